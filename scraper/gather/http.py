"""The HTTP message in a WARC record, as a server's answer: what was sent, and what it says. Pure.

Writers differ in what they leave of an answer. The transfer coding may lie in the block or be gone while its header
stays, and the same goes for the content coding and for Content-Length. What lies there decides, not what is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scraper.codings import Undecodable, decoded

ORIGINAL: Final = "X-Archive-Orig-"
_ENDS: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?[ \t]*")
_SIZE: Final = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r\n")
_MOST_HEADERS: Final = 1000
_CODINGS: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# Headers that explain why a body is not as long as it was announced.
_SAYS_PACKED: Final = (
    "content-encoding",
    "transfer-encoding",
    "x-archive-orig-content-encoding",
    "x-orig-content-encoding",
    "x-crawl-content-encoding",
)
_TEXT: Final = (b"<", b"%PDF-", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

Headers = tuple[tuple[str, str], ...]


class Unfit(Exception):
    """Why a record gives no page: a stable word, and detail for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Message:
    """An answer. `raw` is its body without transfer coding, as far as it lies in the block."""

    status: int
    reason: str
    version: str
    headers: Headers
    raw: bytes = b""

    def header(self, name: str) -> str:
        """The first header called `name` (lower case), or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def media_type(self) -> str:
        """The type without its parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


def head(block: bytes) -> Message:
    """Status line and headers of an answer whose block begins like that. Raises Unfit."""
    found = _ENDS.search(block)
    first, *lines = re.sub(rb"\r?\n[ \t]+", b" ", block[: found.start()] if found else block).splitlines() or [b""]
    status = _STATUS.fullmatch(first)
    if status is None:
        raise Unfit("no-http", "it does not begin like an answer of a server")
    if not found:
        raise Unfit("no-http", "its head has no end")
    if len(lines) > _MOST_HEADERS:
        raise Unfit("no-http", f"{len(lines)} header lines")
    major, minor, code, reason = status.groups()
    version = major.decode() if major not in {b"0", b"1"} else f"{major.decode()}.{(minor or b'1').decode()}"
    return Message(int(code), (reason or b"").decode("latin-1").strip(), version, headers(lines))


def headers(lines: Sequence[bytes]) -> Headers:
    """Header lines as pairs, bytes one to one as characters. What has no colon is none."""
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon and name.strip())


def message(block: bytes) -> Message:
    """A whole answer. Raises Unfit: `no-http`, `incomplete`."""
    begun, found = head(block), _ENDS.search(block)
    body = block[found.end() :] if found else b""
    if "chunked" in begun.header("transfer-encoding").lower() and _SIZE.match(body):
        return replace(begun, raw=_unchunked(body))
    length, packed = begun.header("content-length"), any(begun.header(name) for name in _SAYS_PACKED)
    if length.isdecimal() and len(length) < 16 and len(body) < int(length) and not packed and begun.version[0] == "1":
        raise Unfit("incomplete", f"{len(body)} bytes of {length}")
    return replace(begun, raw=body)


def _unchunked(body: bytes) -> bytes:
    """The body that lies in chunks (RFC 9112, 7.1). Raises Unfit if it does not end as chunks do."""
    out, at = bytearray(), 0
    while size := _SIZE.match(body, at):
        length, begin = int(size[1], 16), size.end()
        if not length:
            return bytes(out)
        end = begin + length
        if body[end : end + 2] != b"\r\n":
            break
        out += body[begin:end]
        at = end + 2
    raise Unfit("incomplete", "its chunks have no end")


def stands_for(repeat: Message, first: Message) -> Message:
    """The answer that `repeat` is said to repeat: its own head, with the body of `first` and how that is packed."""
    kept = [pair for pair in repeat.headers if pair[0].lower() not in _CODINGS]
    packed = [pair for pair in first.headers if pair[0].lower() in _CODINGS]
    return replace(repeat, headers=(*kept, *packed), raw=first.raw)


def body(answer: Message, limit: int, ratio: int) -> tuple[Message, bytes]:
    """The answer, and its body as meant. A content coding that is only said is moved out of the way of whoever reads
    it again. Raises Unfit: `encoding`, `too-large`, `incomplete`."""
    if len(answer.raw) > limit:
        raise Unfit("too-large", f"{len(answer.raw)} bytes")
    said = ",".join(value for name, value in answer.headers if name.lower() == "content-encoding")
    layers = [part for part in (each.strip().lower() for each in said.split(",")) if part not in {"", "identity"}]
    if not layers:
        return answer, answer.raw
    if answer.raw.lstrip()[:5].startswith(_TEXT):
        plain = ((ORIGINAL * (name.lower() == "content-encoding") + name, value) for name, value in answer.headers)
        return replace(answer, headers=tuple(plain)), answer.raw
    if len(layers) > 1:
        raise Unfit("encoding", f"{len(layers)} layers of content coding")
    try:
        return answer, decoded(answer.raw, layers[0], limit, ratio=ratio)
    except Undecodable as exc:
        raise Unfit(exc.reason, exc.detail) from exc
