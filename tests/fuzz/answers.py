"""What a server sends: heads and bodies of answers, their encoding, and the small files that are kept of a host."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime

import httpcore
import httpx

from scraper import charset
from scraper.fetch import headers, hostfile, retry
from scraper.fetch.body import Body
from scraper.fetch.exchange import Exchange
from scraper.fetch.policy import FetchPolicy
from scraper.fetch.trouble import Trouble
from scraper.fetch.wire import URL, Meter, Reply, Transport
from tests.fuzz.taker import Taker, said, written

NOW = datetime(2024, 6, 2, tzinfo=UTC)
POLICY = FetchPolicy()
LIMIT = 1 << 16
TYPES = (None, "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "text/html;charset=utf-16",
         "text/html; charset='gb2312'", "text/html; charset=iso-2022-jp", "text/html; charset=idna")  # fmt: skip


# ------------------------------------------------------------------------------------------------ a whole answer


class _Canned(Transport):
    """The real transport over a connection that says what it is told to."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = list(pieces)

    async def handle_async_request(self, request: httpx.Request) -> Reply:
        """See `wire.Transport`."""
        meter: Meter = request.extensions["meter"]
        connection = httpcore.AsyncHTTPConnection(
            httpcore.Origin(b"http", b"example.com", 80), network_backend=_Backend(self._pieces, meter)
        )
        asked = httpcore.Request("GET", "http://example.com/", headers=request.headers.raw)
        got = await connection.handle_async_request(asked)
        body = b"".join([piece async for piece in got.stream])  # type: ignore[union-attr]  # an async connection's
        await connection.aclose()
        stream = httpx.ByteStream(body)
        return Reply(got.status, headers=got.headers, stream=stream, extensions=got.extensions, request=request)


class _Backend(httpcore.AsyncMockBackend):
    """Hands out the pieces, counted as they come."""

    def __init__(self, pieces: list[bytes], meter: Meter) -> None:
        super().__init__(pieces)
        self._meter = meter

    async def connect_tcp(self, *args: object, **more: object) -> httpcore.AsyncNetworkStream:
        """A connection to nowhere."""
        return _Wire(list(self._buffer), self._meter)


class _Wire(httpcore.AsyncMockStream):
    """One connection of nothing but its pieces."""

    def __init__(self, pieces: list[bytes], meter: Meter) -> None:
        super().__init__(pieces)
        self._meter = meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's interface
        """The next piece, counted."""
        data = await super().read(max_bytes, timeout)
        self._meter.count(len(data))
        return data


def check_answer(data: bytes) -> None:
    """Whatever bytes a server sends, cut wherever: one whole answer within the limits, or Trouble with a reason."""
    take = Taker(data)
    cut, body = take.byte(), take.rest()
    pieces = [body[:cut], body[cut:]]
    exchange = Exchange(_Canned([piece for piece in pieces if piece]), POLICY)
    condition = [("If-None-Match", '"x"')] if cut & 1 else []
    try:
        answer = asyncio.run(exchange.get(URL("http://example.com/"), "page", condition))
    except Trouble as trouble:
        said(trouble.reason)
        return
    assert answer.status >= 200
    assert len(answer.body) <= POLICY.max_body
    for name, value in headers.decoded(answer.headers):
        assert "\n" not in name + value
        assert "\0" not in name


# ------------------------------------------------------------------------------------------------ bodies


def check_body(data: bytes) -> None:
    """A coded body says the same however it is cut into pieces, never more than its limit, and is what zlib makes of
    it where zlib can."""
    take = Taker(data)
    coding, step, packed, rest = take.pick(("gzip", "deflate", "")), 1 + take.byte(), take.byte() & 1, take.rest()
    body = _packed(rest, coding) if packed else rest
    whole = _opened(coding, [body])
    assert whole == _opened(coding, [body[at : at + step] for at in range(0, len(body), step)])
    if packed and len(rest) <= LIMIT and isinstance(whole, tuple):
        assert whole[1] == rest
    if isinstance(whole, tuple):
        assert len(whole[1]) <= LIMIT


def _packed(data: bytes, coding: str) -> bytes:
    if coding == "gzip":
        packer = zlib.compressobj(wbits=31)
        return packer.compress(data) + packer.flush()
    return zlib.compress(data) if coding else data


def _opened(coding: str, pieces: list[bytes]) -> tuple[bytes, bytes] | str:
    taken = Body(coding, LIMIT)
    try:
        for piece in pieces:
            if not taken.feed(piece):
                break
        return taken.finish()
    except Trouble as trouble:
        return said(trouble.reason)


def check_heads(data: bytes) -> None:
    """Single header values of any text: dates, waits, validators and what is kept of a host are values or nothing."""
    text = data.decode("latin-1")
    at = retry.http_date(text)
    assert at is None or at.tzinfo is UTC
    wait = retry.retry_after(text, NOW, POLICY.max_retry_after)
    assert wait is None or 0 < wait.total_seconds() <= POLICY.max_retry_after.total_seconds()
    for _, value in headers.condition(text, text, NOW):
        assert value.isprintable()
        assert value.isascii()
    state = hostfile.decode(data)
    assert hostfile.decode(hostfile.encode(state)) == state
    assert state.paused(0.0) >= 0
    for name in (b"content-encoding", b"content-type", b"content-length"):
        try:
            headers.coding([(name, data)])
            headers.check_type([(name, data)])
            headers.check_length([(name, data)], 100)
        except Trouble as trouble:
            said(trouble.reason)


# ------------------------------------------------------------------------------------------------ encodings


def check_charset(data: bytes) -> None:
    """Any bytes are text of a known encoding without NULs; UTF-8 that is declared to be is taken as it is."""
    take = Taker(data)
    declared, page = take.pick(TYPES), take.rest()
    for label in (declared, written(page[:60])):
        found = charset.decode(page, label)
        assert found.codec in charset.CODECS.values()
        assert "\0" not in found.text
        assert found == charset.decode(page, label)
    if b"\0" in page or page[:3] == b"\xef\xbb\xbf" or page[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return
    try:
        plain = page.decode()
    except UnicodeDecodeError:
        return
    assert charset.decode(page, "text/html; charset=utf-8").text == plain
