"""A body, taken in steps under limits: what came over the wire, and what it says. Pure.

One content coding is opened, never more (RFC 9110, 8.4), by zlib and never by more than `_STEP` bytes at a time. What
the document itself may be (a .gz file, a PDF) is not looked at.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

from scraper.fetch.trouble import Trouble

_STEP: Final = 64 * 1024
# Below this size a high ratio is a page of spaces, not a bomb.
_RATIO_COUNTS_FROM: Final = 1024**2
# Writers make a new gzip member every 64 KiB at the least; empty members by the thousand are there to cost time.
_MOST_MEMBERS: Final = 10_000
# A body in pieces of one byte costs 30 µs for each: bearable for an article, not for ten megabytes.
_MANY_PIECES: Final = 50_000
_LEAST_MEAN_PIECE: Final = 16

_GZIP_MAGIC: Final = b"\x1f\x8b"


class Body:
    """Collects one body. `coding` is "", "gzip" or "deflate".

    A body that is too long is refused for good, on the wire or decoded: no second look makes it shorter. With `cut` it
    ends at `limit` instead, as RFC 9309 wants it for robots.txt.
    """

    def __init__(self, coding: str, limit: int, *, ratio: int = 200, cut: bool = False) -> None:
        self._limit = limit
        self._ratio = ratio
        self._cut = cut
        self._raw = bytearray()
        self._said = bytearray()
        self._pieces = 0
        self._stopped = False
        decoders: dict[str, Callable[[], _Decoder]] = {"gzip": _Gzip, "deflate": _Deflate}
        self._decoder = decoders[coding]() if coding else None

    def feed(self, data: bytes) -> bool:
        """Take the next piece; False when no more is wanted. Raises Trouble."""
        self._pieces += 1
        self._raw += data
        if self._pieces > _MANY_PIECES and len(self._raw) < _LEAST_MEAN_PIECE * self._pieces:
            raise Trouble("protocol", "a body in crumbs")
        if len(self._raw) > self._limit:
            return self._over("on the wire")
        return self._decode(self._decoder, data) if self._decoder else True

    def finish(self) -> tuple[bytes, bytes]:
        """The body as sent and as decoded. Raises Trouble if the coding says that something is missing."""
        raw = bytes(self._raw)
        if self._decoder is None:
            return raw[: self._limit], raw[: self._limit]
        if raw and not self._decoder.complete() and not self._stopped:
            raise Trouble("incomplete", "the compressed body ends in the middle")
        return raw, bytes(self._said[: self._limit])

    def _decode(self, decoder: _Decoder, data: bytes) -> bool:
        decoder.take(data)
        try:
            while out := decoder.next():
                self._said += out
                if len(self._said) > self._limit:
                    return self._over("decoded")
                if len(self._said) > max(_RATIO_COUNTS_FROM, self._ratio * len(self._raw)):
                    raise Trouble("too-large", f"decodes to over {self._ratio} times its size", transient=False)
        except zlib.error as error:
            raise Trouble("encoding", str(error), transient=False) from error
        return True

    def _over(self, where: str) -> bool:
        if self._cut:
            self._stopped = True
            return False
        # Asked again at once it would be as large, and cost as much.
        raise Trouble("too-large", f"over {self._limit} bytes {where}", transient=False)


class _Decoder:
    """zlib, at most `_STEP` bytes at a time."""

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
        """The next piece of output, nothing if more input is needed. Raises zlib.error and Trouble."""
        while self._pending or self._full:
            if self.complete():
                if not self._goes_on():
                    break
                continue
            out = self._zlib.decompress(self._pending, _STEP)
            self._pending = self._zlib.unused_data if self.complete() else self._zlib.unconsumed_tail
            # With a full step there may be more inside zlib, though all input is taken.
            self._full = len(out) == _STEP and not self.complete()
            if out:
                return out
        return b""

    def _goes_on(self) -> bool:
        """Whether another stream follows the one that ended. What follows and is none is ignored."""
        self._ended, self._pending = True, b""
        return False


class _Gzip(_Decoder):
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
            raise Trouble("encoding", f"over {_MOST_MEMBERS} gzip members", transient=False)
        self._zlib = zlib.decompressobj(self._wbits)
        return True


class _Deflate(_Decoder):
    """`deflate` as it is sent: zlib's format (RFC 9110, 8.4.1.2), or the bare stream that some servers take it for."""

    def __init__(self) -> None:
        super().__init__(zlib.MAX_WBITS)
        self._begun = False

    def next(self) -> bytes:
        if self._begun:
            return super().next()
        if len(self._pending) < 2:
            return b""
        self._begun = True
        head = self._pending
        try:
            return super().next()
        except zlib.error:
            self._zlib, self._pending = zlib.decompressobj(-zlib.MAX_WBITS), head
            return super().next()
