"""Who may come in, and how answers leave: token, host, origin, size of what is sent, and headers (ASGI middleware).

    host → token → origin → body → the page → headers

Host: a page of a stranger can make a browser ask 127.0.0.1 under a name of its own (DNS rebinding); the name gives it
away. Origin: a form on a stranger's page can make a browser send a POST; the browser says where from.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scraper.serve.problems import Problem
from scraper.serve.tries import Tries, place_of

log = structlog.get_logger("scraper.serve")

OPEN: Final = frozenset({"/healthz"})
LARGEST: Final = 64 * 1024  # bytes of a request's body; all that is ever sent here is one URL
MOST: Final = 100  # headers of a request; browsers send twenty
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, a browser calls our own forms a stranger's
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=(), camera=(), geolocation=(), microphone=()",
}
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# A name, an address, or one of IPv6 in brackets; nothing that another parser might take for something else.
_HOST: Final = re.compile(r"(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]{1,5})?", re.ASCII)
_READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Door:
    """What the gate asks for. `hosts` are names under which this service may be asked for besides those of the machine
    itself, without a port. With a token and no names any will do: a stranger's page has no token to send. `tries`
    counts tokens that are wrong."""

    token: str | None = None
    hosts: frozenset[str] = frozenset()
    tries: Tries = field(default_factory=Tries, compare=False)

    def knows(self, host: str) -> bool:
        """Whether `host`, a Host header, is one of ours."""
        name = _name(host)
        return name in _LOOPBACK | self.hosts or bool(name and self.token and not self.hosts)

    def opens(self, authorization: Iterable[str]) -> bool:
        """Whether exactly one header was sent and it carries the token: as a bearer, or as the password of anybody,
        which is what browsers and feed readers can send."""
        sent = list(authorization)
        if self.token is None:
            return True
        if len(sent) != 1:
            return False
        return hmac.compare_digest(_secret(sent[0]).encode(), self.token.encode())


def _name(host: str) -> str:
    """The host of a Host header in lower case, without port and brackets; empty if it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def _secret(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme == "Bearer":
        return value
    if scheme != "Basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


class Gate:
    """Lets in what may come in, and sees off every answer with its headers."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; the rest is told why not, and no more than that."""
        if scope["type"] != "http":
            return  # there are no websockets here, and no lifespan is asked for
        sender = _with_headers(send)
        try:
            _check_form(scope)
            self._check(scope)
            await self.app(scope, _bounded(scope, receive), sender)
        except Problem as problem:
            await problem.response()(scope, receive, sender)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"] in OPEN:
            return
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.door.knows(hosts[0]):
            raise Problem(421, "unknown-host", "this service is not asked for under that name; see `hosts` in [serve]")
        if not self.door.opens(headers.getlist("authorization")):
            raise self._shut(scope, has_tried="authorization" in headers)
        if scope["method"] not in _READS:
            self._check_origin(headers, hosts[0])

    def _shut(self, scope: Scope, *, has_tried: bool) -> Problem:
        """What is told at a shut door. Who sends no token, as a browser does at first, has not tried one."""
        place = place_of((scope["client"] or ("",))[0])
        wait = self.door.tries.wrong(place) if has_tried else 0
        if not wait:
            challenge = {"WWW-Authenticate": 'Bearer, Basic realm="scraper", charset="UTF-8"'}
            return Problem(401, "unauthorized", "a token is needed", challenge)
        if self.door.tries.is_news(place):
            log.warning("wrong-tokens", place=place)
        return Problem(429, "wrong-tokens", "too many wrong tokens from there; the right one is let in at any time",
                       {"Retry-After": str(wait)})  # fmt: skip

    @staticmethod
    def _check_origin(headers: Headers, host: str) -> None:
        """A browser says where a request comes from; what says nothing is no browser that could be led astray."""
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        if not ({*sites} <= {"same-origin", "none"} and {*origins} <= {f"http://{host}", f"https://{host}"}):
            raise Problem(403, "foreign-origin", "that came from another site")
        if headers.get("content-encoding", "identity") != "identity":
            raise Problem(415, "content-encoding", "send the body as it is")


def _check_form(scope: Scope) -> None:
    """What the parser lets through and no client sends; the connection ends with it, and what else it may carry."""
    close = {"Connection": "close"}
    names = [name for name, _ in scope["headers"]]
    if scope["http_version"] not in {"1.0", "1.1"}:
        raise Problem(400, "no-http", "HTTP/1.1 is spoken here", close)
    if len(names) > MOST:
        raise Problem(431, "too-many-headers", f"a request may have {MOST} headers", close)
    if {b"content-length", b"transfer-encoding"} <= {*names}:  # two readers might disagree where it ends
        raise Problem(400, "no-http", "a request has one length", close)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive` that gives no more than LARGEST bytes."""
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > LARGEST:
        raise _too_large()
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST:
            raise _too_large()
        return message

    return receive_some


def _too_large() -> Problem:
    """413. The connection ends with it: else whoever goes on sending would hold it."""
    return Problem(413, "too-large", f"a request may have {LARGEST} bytes", {"Connection": "close"})


def _with_headers(send: Send) -> Send:
    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            # What is behind a token is nobody else's to keep, and all of it may change.
            headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return send_more
