"""WARC records of any origin, one after the other (ISO 28500; WARC/0.17 to 1.1).

A record is handed on when all of it was seen: its header fields, the beginning of its block, and where it can be read
again. What is no whole record is a `Gap` with the reason, and reading goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from scraper.gather.stream import CHUNK, Broken, Stream

HEADER_LIMIT: Final = 64 << 10
PREFIX: Final = 64 << 10
_ENDS: Final = re.compile(rb"\r?\n\r?\n")
_BLANK: Final = b"\r\n\r\n"
_VERSION: Final = re.compile(rb"WARC/\d\.\d{1,2}")
# A record over this size is no page. Where the next one can be found without inflating it, it is not inflated.
GIANT: Final = 64 << 20
SPOOL: Final = -1
_MOST_BLANK: Final = 4096
_ONCE: Final = frozenset({"warc-type", "warc-record-id", "warc-date", "warc-target-uri", "content-length"})
_KEPT: Final = frozenset({"response", "revisit", "request"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record can be read again: from `offset` in file number `file`; `SPOOL` is the spool."""

    file: int
    offset: int


@dataclass(frozen=True, slots=True)
class Record:
    """One whole record. `prefix` is how its block begins, for the kinds that hold HTTP; `place` is None if it was not
    wanted and could not be read again."""

    headers: Mapping[str, str]
    length: int
    prefix: bytes
    place: Place | None

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.headers.get("warc-type", "").lower()


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that are no whole record, up to the next one or the end. `why` ends a sentence."""

    offset: int
    why: str


@dataclass(slots=True)
class Spool:
    """Records that cannot be found again in their file, as plain WARC. `file` has no name; `used` is what is in it."""

    file: BinaryIO
    used: int = 0

    def cut(self, at: int) -> None:
        """Forget what was written from `at` on."""
        self.file.seek(at)
        self.file.truncate()
        self.used = at

    def write(self, data: bytes) -> None:
        """Append."""
        self.file.seek(self.used)
        self.file.write(data)
        self.used += len(data)


Wants = Callable[[Mapping[str, str], bytes, int], bool]


def records(stream: Stream, number: int, spool: Spool, wants: Wants, most: int) -> Iterator[Record | Gap]:
    """All records of file `number`. A record without an offset is spooled, if `wants` (header fields, prefix, length)
    it and its block has at most `most` bytes; a larger one is passed over, and still told."""
    while True:
        start, kept = stream.near, spool.used
        try:
            if not _begin(stream):
                return
            start = stream.near
            yield _record(stream, number, spool, wants, most)
        except Broken as exc:
            spool.cut(kept)
            stream.resync(start)
            yield Gap(start, str(exc))


def read(stream: Stream, most: int) -> tuple[dict[str, str], bytes]:
    """The record that `stream` begins with: header fields and block. Raises Broken, also if it is over `most` bytes."""
    if not _begin(stream):
        raise Broken("is not there")
    head = _head(stream)
    headers = fields(head)
    length = _length(headers)
    if length > most:
        raise Broken("is longer than it was")
    block = bytearray()
    while len(block) < length and (piece := stream.take(min(CHUNK, length - len(block)))):
        block += piece
    if len(block) < length:
        raise Broken("is shorter than it says")
    return headers, bytes(block)


def _begin(stream: Stream) -> bool:
    """Go past empty lines; whether there is anything behind them."""
    _pass_blank(stream)
    return stream.more()


def _pass_blank(stream: Stream) -> int:
    passed = 0
    while blank := stream.blank():
        passed += blank
        if passed > _MOST_BLANK:
            raise Broken("is empty lines")
    return passed


def _record(stream: Stream, number: int, spool: Spool, wants: Wants, most: int) -> Record:
    at, start = stream.at, stream.near
    head = _head(stream)
    headers = fields(head)
    length = _length(headers)
    place = Place(number, at) if at is not None else None
    if length > max(most, GIANT) and place and stream.packed and stream.apart:
        # To inflate it would be all that it wants.
        stream.resync(start)
        return Record(headers, length, b"", None)
    prefix = _prefix(stream, length) if headers.get("warc-type", "").lower() in _KEPT else b""
    if place is None and length <= most and wants(headers, prefix, length):
        place = Place(SPOOL, spool.used)
        spool.write(head + b"\r\n\r\n" + prefix)
        _rest(stream, length - len(prefix), spool)
    else:
        _rest(stream, length - len(prefix), None)
    _check_end(stream)
    return Record(headers, length, prefix, place)


def _head(stream: Stream) -> bytes:
    """The header fields as they stand, without the empty line."""
    head = bytearray()
    while piece := stream.take(CHUNK):
        head += piece
        found = _ENDS.search(head, max(0, len(head) - len(piece) - 3))
        if found:
            stream.give_back(bytes(head[found.end() :]))
            return bytes(head[: found.start()])
        if len(head) > HEADER_LIMIT or not head.startswith(b"WARC/"[: len(head)]):
            break
    raise Broken("has no whole header")


def fields(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; the first of each, with folded lines unfolded. Raises Broken."""
    first, *lines = re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines()
    if not _VERSION.fullmatch(first.strip()):
        raise Broken("does not begin like a WARC record")
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        word = name.strip().lower()
        # Torn in its header, a record would go on with the next one's: the address of one, the bytes of another.
        if not colon or (word in _ONCE and word in found):
            raise Broken("has a header that is torn")
        found.setdefault(word, value.strip())
    return found


def _length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()) or len(length) > 15:
        raise Broken("has no length")
    return int(length)


def _prefix(stream: Stream, length: int) -> bytes:
    prefix = bytearray()
    wanted = min(length, PREFIX)
    while len(prefix) < wanted and (piece := _of_block(stream, wanted - len(prefix))):
        prefix += piece
    if len(prefix) < wanted:
        raise Broken("is shorter than it says")
    return bytes(prefix)


def _rest(stream: Stream, length: int, spool: Spool | None) -> None:
    left = length
    if spool is None and not stream.packed:
        left -= stream.skip(left)
    while left and (piece := _of_block(stream, min(left, CHUNK))):
        left -= len(piece)
        if spool:
            spool.write(piece)
    if left:
        raise Broken("is shorter than it says")


def _of_block(stream: Stream, most: int) -> bytes:
    """The next piece of a block; nothing where its member is over and the next begins a record."""
    if stream.apart and stream.ended() and stream.peek(8).startswith(b"WARC/"):
        return b""
    return stream.take(most)


def _check_end(stream: Stream) -> None:
    """A block is followed by an empty line; where it lacks, by a record, another member, or nothing. Raises Broken."""
    try:
        passed = _pass_blank(stream)
        behind = stream.peek(5)
    except Broken:
        return  # what is behind it is told by itself
    begins_anew = stream.packed and stream.at is not None
    if behind and passed < len(_BLANK) and not begins_anew and behind != b"WARC/"[: len(behind)]:
        raise Broken("is longer than it says")
