"""Reading WARC files record by record, without trusting a byte of them.

Ordinary readers stop without a word where a record is cut short. This one says what is wrong where, finds the next
whole record after it, and checks lengths and digests as it goes. Memory stays small whatever a record claims to be.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 64 << 10
HEADER_LIMIT = 64 << 10
HTTP_LIMIT = 1 << 20
KEEP_LIMIT = 256 << 20
_MAGIC = b"\x1f\x8b\x08"
_END = b"\r\n\r\n"
_VERSION = re.compile(rb"WARC/1\.\d")

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One whole record. `offset` and `length` are those of its gzip member; `headers` have lower-case names; `block`
    is there if it was asked for. `wrong` says which digests do not fit."""

    offset: int
    length: int
    headers: Headers
    block_digest: str
    payload_digest: str
    block: bytes | None = None

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.headers.get("warc-type", "")

    @property
    def wrong(self) -> str | None:
        """What a declared digest does not fit, if any. A revisit's payload is in another record."""
        if self.headers.get("warc-block-digest", self.block_digest) != self.block_digest:
            return "its block is not what its digest says"
        payload = self.headers.get("warc-payload-digest", self.payload_digest)
        if self.kind != "revisit" and payload != self.payload_digest:
            return "its payload is not what its digest says"
        return None


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that are no whole record, up to the next one or the end."""

    offset: int
    length: int
    why: str


class _Broken(Exception):
    """Why a gzip member is no whole record."""


def scan(
    file: BinaryIO, start: int, end: int, keep: Callable[[Headers], bool] = lambda _: False
) -> Iterator[Record | Gap]:
    """All records from `start` to `end`, and the gaps between them. The blocks that `keep` asks for are given along."""
    at = start
    while at < end:
        try:
            record = read_record(file, at, end, keep)
        except _Broken as exc:
            after = _resync(file, at + 1, end)
            yield Gap(at, after - at, str(exc))
            at = after
        else:
            yield record
            at += record.length


def whole(file: BinaryIO, offset: int, end: int, keep: Callable[[Headers], bool] = lambda _: True) -> Record | None:
    """The record at `offset`, with its block unless `keep` says otherwise; None if there is none."""
    try:
        return read_record(file, offset, end, keep)
    except _Broken:
        return None


def read_record(file: BinaryIO, offset: int, end: int, keep: Callable[[Headers], bool]) -> Record:
    """The record whose gzip member begins at `offset`. Raises _Broken."""
    file.seek(offset)
    inflate = zlib.decompressobj(zlib.MAX_WBITS + 16)
    sink = _Sink(keep)
    at, data = offset, b""
    while not inflate.eof:
        if not data:
            data = file.read(min(CHUNK, end - at))
            at += len(data)
        if not data:
            raise _Broken("is cut short")
        try:
            sink.feed(inflate.decompress(data, 4 * CHUNK))
        except zlib.error as exc:
            raise _Broken("is not a gzip member") from exc
        data = inflate.unconsumed_tail
    return sink.record(offset, at - len(inflate.unused_data) - offset)


def _resync(file: BinaryIO, start: int, end: int) -> int:
    """Where the next gzip member with a WARC header begins, `end` if nowhere."""
    at = start
    while at < end:
        at = _data(file, at, end)
        file.seek(at)
        window = file.read(min(CHUNK, end - at))
        found = window.find(_MAGIC)
        while found >= 0:
            if _begins_record(file, at + found):
                return at + found
            found = window.find(_MAGIC, found + 1)
        if len(window) < CHUNK:
            return end
        at += len(window) - len(_MAGIC) + 1
    return end


def _data(file: BinaryIO, at: int, end: int) -> int:
    """Where the next byte is that the disk holds: a hole of any size costs nothing."""
    try:
        return min(end, os.lseek(file.fileno(), at, os.SEEK_DATA))
    except io.UnsupportedOperation:
        return at
    except OSError as exc:
        return end if exc.errno == errno.ENXIO else at


def _begins_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    try:
        head = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(file.read(4096), 16)
    except zlib.error:
        return False
    return _VERSION.match(head) is not None


class _Sink:
    """Takes the bytes of one record as they are inflated."""

    def __init__(self, keep: Callable[[Headers], bool]) -> None:
        self._keep = keep
        self._head = bytearray()
        self._headers: dict[str, str] | None = None
        self._left = 0  # bytes of the block to come
        self._end = bytearray()
        self._block = hashlib.sha256()
        self._payload = hashlib.sha256()
        self._http: bytearray | None = None  # the HTTP headers, until they have ended
        self._kept: bytearray | None = None

    def feed(self, data: bytes) -> None:
        if self._headers is None:
            self._head += data
            cut = self._head.find(_END)
            if cut < 0 and len(self._head) > HEADER_LIMIT:
                raise _Broken("has no end of its header")
            if cut < 0:
                return
            data = bytes(self._head[cut + len(_END) :])
            self._begin(parse_headers(bytes(self._head[:cut])))
        body, rest = data[: self._left], data[self._left :]
        self._left -= len(body)
        self._take(body)
        self._end += rest[: len(_END) + 1]
        if len(self._end) > len(_END):
            raise _Broken("is longer than it says")

    def _begin(self, headers: dict[str, str]) -> None:
        self._headers = headers
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdecimal()) or len(length) > 15:
            raise _Broken("has no length")
        self._left = int(length)
        if headers.get("content-type", "").startswith("application/http"):
            self._http = bytearray()
        if self._left <= KEEP_LIMIT and self._keep(headers):
            self._kept = bytearray()

    def _take(self, body: bytes) -> None:
        self._block.update(body)
        if self._kept is not None:
            self._kept += body
        if self._http is None:
            self._payload.update(body)
            return
        self._http += body
        cut = self._http.find(_END)
        if cut >= 0:
            self._payload.update(self._http[cut + len(_END) :])
            self._http = None
        elif len(self._http) > HTTP_LIMIT:
            raise _Broken("has no end of its HTTP headers")

    def record(self, offset: int, length: int) -> Record:
        if self._headers is None or self._left or bytes(self._end) != _END:
            raise _Broken("is shorter than it says")
        kept = bytes(self._kept) if self._kept is not None else None
        block, payload = (f"sha256:{made.hexdigest()}" for made in (self._block, self._payload))
        return Record(offset, length, self._headers, block, payload, kept)


def parse_headers(head: bytes) -> dict[str, str]:
    """WARC header fields by lower-case name; the first of each. Raises _Broken."""
    first, *lines = head.split(b"\r\n")
    if not _VERSION.fullmatch(first):
        raise _Broken("does not begin like a WARC record")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers
