"""Content codings, opened a little at a time under a limit: what came in an answer or lies in a WARC record. Pure.

One coding is opened, never more (RFC 9110, 8.4), by zlib and never by more than `STEP` bytes at a time. What the
document itself may be (a .gz file, a PDF) is not looked at.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

STEP: Final = 64 * 1024
# Below this size a high ratio is a page of spaces, not a bomb.
RATIO_COUNTS_FROM: Final = 1024**2
# Writers make a new gzip member every 64 KiB at the least; empty members by the thousand are there to cost time.
_MOST_MEMBERS: Final = 10_000

_GZIP_MAGIC: Final = b"\x1f\x8b"


class Undecodable(Exception):
    """Why a body cannot be opened: `encoding`, `too-large` or `incomplete`, with detail for people."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Decoder:
    """zlib, at most `STEP` bytes at a time."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._zlib = zlib.decompressobj(wbits)
        self._pending = b""
        self._full = False
        self._ended = False

    def complete(self) -> bool:
        """Whether the end of the stream was seen."""
        return self._zlib.eof

    def take(self, data: bytes) -> None:
        """More input."""
        if not self._ended:
            self._pending += data

    def next(self) -> bytes:
        """The next piece of output, nothing if more input is needed. Raises Undecodable."""
        try:
            return self._next()
        except zlib.error as error:
            raise Undecodable("encoding", str(error)) from error

    def _next(self) -> bytes:
        while self._pending or self._full:
            if self.complete():
                if not self._goes_on():
                    break
                continue
            out = self._zlib.decompress(self._pending, STEP)
            self._pending = self._zlib.unused_data if self.complete() else self._zlib.unconsumed_tail
            # With a full step there may be more inside zlib, though all input is taken.
            self._full = len(out) == STEP and not self.complete()
            if out:
                return out
        return b""

    def _goes_on(self) -> bool:
        """Whether another stream follows the one that ended. What follows and is none is ignored."""
        self._ended, self._pending = True, b""
        return False


class _Gzip(Decoder):
    """All members of a gzip body (RFC 1952, 2.2)."""

    def __init__(self) -> None:
        super().__init__(16 + zlib.MAX_WBITS)
        self._members = 1

    def _goes_on(self) -> bool:
        if len(self._pending) < len(_GZIP_MAGIC):
            return False
        if not self._pending.startswith(_GZIP_MAGIC):
            return super()._goes_on()
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Undecodable("encoding", f"over {_MOST_MEMBERS} gzip members")
        self._zlib = zlib.decompressobj(self._wbits)
        return True


class _Deflate(Decoder):
    """`deflate` as it is sent: zlib's format (RFC 9110, 8.4.1.2), or the bare stream that some servers take it for."""

    def __init__(self) -> None:
        super().__init__(zlib.MAX_WBITS)
        self._begun = False

    def _next(self) -> bytes:
        if self._begun:
            return super()._next()
        if len(self._pending) < 2:
            return b""
        self._begun = True
        head = self._pending
        try:
            return super()._next()
        except zlib.error:
            self._zlib, self._pending = zlib.decompressobj(-zlib.MAX_WBITS), head
            return super()._next()


_DECODERS: Final[dict[str, Callable[[], Decoder]]] = {"gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate}


def decoder(coding: str) -> Decoder | None:
    """What opens `coding`; None if that is "" or `identity`. Raises Undecodable for one that nobody here can open."""
    if coding in {"", "identity"}:
        return None
    if coding not in _DECODERS:
        raise Undecodable("encoding", f"content coding {coding[:40]!r} cannot be opened")
    return _DECODERS[coding]()


def decoded(raw: bytes, coding: str, limit: int, *, ratio: int | None = None) -> bytes:
    """All of `raw`, opened. Raises Undecodable: `too-large` over `limit` bytes or over `ratio` times its size,
    `incomplete` if the end of the stream is missing, `encoding` if it is none.

    >>> decoded(b"plain", "", 100)
    b'plain'
    """
    opener = decoder(coding)
    if opener is None:
        return raw
    out = bytearray()
    for start in range(0, len(raw), STEP):
        opener.take(raw[start : start + STEP])
        while piece := opener.next():
            out += piece
            if len(out) > limit or (ratio and len(out) > max(RATIO_COUNTS_FROM, ratio * len(raw))):
                raise Undecodable("too-large", f"{len(raw)} bytes decode to more than is taken")
    if raw and not opener.complete():
        raise Undecodable("incomplete", "the compressed body ends in the middle")
    return bytes(out)
