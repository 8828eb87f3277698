"""A body, taken in steps under limits: what came over the wire, and what it says. Pure.

The content coding is opened by `scraper.codings`.
"""

from __future__ import annotations

from typing import Final

from scraper.codings import RATIO_COUNTS_FROM, Decoder, Undecodable, decoder
from scraper.fetch.trouble import Trouble

# A body in pieces of one byte costs 30 µs for each: bearable for an article, not for ten megabytes.
_MANY_PIECES: Final = 50_000
_LEAST_MEAN_PIECE: Final = 16

_MARK: Final = b"\xef\xbb\xbf"
_PDF: Final = b"%PDF-"


class Body:
    """Collects one body. `coding` is "", "gzip" or "deflate".

    A body that is too long is refused: for good if it unpacks to that, which somebody meant; else a server has lost its
    way, and may find it again. With `cut` it ends at `limit` instead, as RFC 9309 wants it for robots.txt.
    """

    def __init__(self, coding: str, limit: int, *, ratio: int = 200, cut: bool = False) -> None:
        self._limit = limit
        self._ratio = ratio
        self._cut = cut
        self._raw = bytearray()
        self._said = bytearray()
        self._pieces = 0
        self._stopped = False
        self._decoder = decoder(coding)

    def feed(self, data: bytes) -> bool:
        """Take the next piece; False when no more is wanted. Raises Trouble."""
        self._pieces += 1
        self._raw += data
        if self._pieces > _MANY_PIECES and len(self._raw) < _LEAST_MEAN_PIECE * self._pieces:
            raise Trouble("protocol", "a body in crumbs")
        if len(self._raw) > self._limit:
            return self._over("on the wire", transient=True)
        return self._decode(self._decoder, data) if self._decoder else True

    def is_no_page(self) -> bool:
        """Whether what has come so far begins as no markup and no PDF does."""
        said = bytes((self._said if self._decoder else self._raw)[:1024])
        start = said.removeprefix(_MARK).lstrip()
        return not (start.startswith((b"<", _PDF)) or _PDF.startswith(start))

    def finish(self) -> tuple[bytes, bytes]:
        """The body as sent and as decoded. Raises Trouble if the coding says that something is missing."""
        raw = bytes(self._raw)
        if self._decoder is None:
            return raw[: self._limit], raw[: self._limit]
        if raw and not self._decoder.complete() and not self._stopped:
            raise Trouble("incomplete", "the compressed body ends in the middle")
        return raw, bytes(self._said[: self._limit])

    def _decode(self, decoder: Decoder, data: bytes) -> bool:
        decoder.take(data)
        try:
            while out := decoder.next():
                self._said += out
                if len(self._said) > self._limit:
                    return self._over("decoded", transient=False)
                if len(self._said) > max(RATIO_COUNTS_FROM, self._ratio * len(self._raw)):
                    raise Trouble("too-large", f"decodes to over {self._ratio} times its size", transient=False)
        except Undecodable as error:
            raise Trouble(error.reason, error.detail, transient=False) from error
        return True

    def _over(self, where: str, *, transient: bool) -> bool:
        if self._cut:
            self._stopped = True
            return False
        raise Trouble("too-large", f"over {self._limit} bytes {where}", transient=transient)
