"""One question, one answer: what is taken of a response, and what is refused before it is read."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from scraper.fetch import headers
from scraper.fetch.body import Body
from scraper.fetch.headers import Header
from scraper.fetch.policy import FetchPolicy, Kind
from scraper.fetch.trouble import Trouble
from scraper.fetch.wire import URL, Meter, Reply, Transport, mapped, question

_ERRORS = 400
_ILL = 500
_PARTIAL = 206
_UNCHANGED = 304
# Not read: neither their bodies nor the answers themselves are anybody's text.
_TOO_MANY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer, its body decoded. Redirects, 304, 429 and 503 have none: theirs is not read."""

    status: int
    reason: str
    http_version: str
    headers: list[Header]
    request_headers: list[Header]
    raw: bytes
    body: bytes
    address: str | None

    @property
    def asks_to_wait(self) -> bool:
        """Whether the host says that it is asked too much."""
        return self.status in _TOO_MANY

    @property
    def leads_on(self) -> bool:
        """Whether the answer is at another URL."""
        return headers.is_redirect(self.status)


class Exchange:
    """Asks for one URL over one connection. Knows nothing of turns, of robots.txt, and of where redirects lead."""

    def __init__(
        self, transport: Transport, policy: FetchPolicy, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport = transport
        self._policy = policy
        self._monotonic = monotonic

    async def get(self, url: URL, kind: Kind, condition: Sequence[tuple[str, str]] = ()) -> Answer:
        """The answer to one GET. Raises Trouble; has no deadline of its own."""
        meter = Meter(self._policy, self._monotonic)
        asked = question(url, [*headers.question(self._policy, kind), *condition], meter, self._policy)
        with mapped(meter):
            reply = await self._transport.handle_async_request(asked)
            try:
                return await self._receive(reply, meter, kind, conditional=bool(condition))
            finally:
                await reply.aclose()

    async def post(self, url: URL, head: Sequence[tuple[str, str]], body: bytes) -> tuple[int, list[Header]]:
        """Status and head of the answer to one POST; its body is not read. Raises Trouble; has no deadline."""
        meter = Meter(self._policy, self._monotonic)
        asked = question(url, [("User-Agent", self._policy.user_agent), ("Connection", "close"), *head], meter,
                         self._policy, body)  # fmt: skip
        with mapped(meter):
            reply = await self._transport.handle_async_request(asked)
            try:
                headers.check_size(reply.headers.raw, self._policy)
                return reply.status_code, reply.headers.raw
            finally:
                await reply.aclose()

    async def _receive(self, reply: Reply, meter: Meter, kind: Kind, *, conditional: bool) -> Answer:
        head, status = reply.headers.raw, reply.status_code
        headers.check_size(head, self._policy)
        _check_status(status, conditional=conditional)
        raw = body = b""
        if not (headers.is_redirect(status) or status in _TOO_MANY or status == _UNCHANGED):
            try:
                raw, body = await self._body(reply, head, meter, kind)
            except Trouble as error:
                # What ails the answer of a server that says it is ill may pass with that.
                error.transient |= status >= _ILL
                raise
            if not body and 200 <= status < 300 and kind != "robots":
                raise Trouble("empty", f"status {status} without a body")
        return Answer(
            status,
            reply.extensions.get("reason_phrase", b"").decode("latin-1"),
            reply.extensions["http_version"].decode("ascii").removeprefix("HTTP/"),
            head,
            reply.request.headers.raw,
            raw,
            body,
            meter.address,
        )

    async def _body(self, reply: Reply, head: list[Header], meter: Meter, kind: Kind) -> tuple[bytes, bytes]:
        """The body, raw and decoded, under the limits of `kind`; those of a PDF if it says that it is one."""
        is_pdf = headers.text(head, b"content-type").lower().startswith("application/pdf")
        limit = self._policy.limit("pdf" if is_pdf and kind == "page" else kind)
        cut = kind == "robots"
        if reply.status_code < _ERRORS:
            headers.check_type(head)
        if not cut:
            headers.check_length(head, limit)
        taken = Body(headers.coding(head), limit, ratio=self._policy.max_ratio, cut=cut)
        meter.expect(limit)
        doubtful = reply.status_code < _ERRORS and headers.is_doubtful(head)
        async with aclosing(cast("AsyncGenerator[bytes]", reply.aiter_raw())) as pieces:
            async for piece in pieces:
                if not taken.feed(piece):
                    break
                if doubtful and taken.is_no_page():
                    raise Trouble("wrong-type", headers.text(head, b"content-type")[:100], transient=False)
        return taken.finish()


def _check_status(status: int, *, conditional: bool) -> None:
    """Refuse answers to questions that were not asked."""
    if status < 200:
        raise Trouble("protocol", f"status {status} to a plain GET")
    if status == _PARTIAL:
        raise Trouble("incomplete", "a part of the document, which nobody asked for")
    if status == _UNCHANGED and not conditional:
        raise Trouble("protocol", "not modified since nothing")
