"""The bytes of a WARC file, plain or inflated, and where in the file each of them can be found again.

    one gzip member a record    every record has an offset, and behind damage the next member is looked for
    gzip in any other way       records are found by reading through
    plain                       every record has an offset

A stream never holds more than some hundred kilobytes, and never inflates a member without end.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO, Final

CHUNK: Final = 64 << 10
# What a member may inflate to before it is asked how much it shrank: pages shrink to a tenth, bombs to a thousandth.
_SUSPECT: Final = 64 << 20
_RATIO: Final = 200
_MAGIC: Final = b"\x1f\x8b\x08"
_BITS: Final = zlib.MAX_WBITS + 16
_VERSION: Final = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
# Behind damage a record may begin anywhere, and a line of its header has to follow.
_RECORD: Final = re.compile(rb"WARC/\d\.\d{1,2}\r?\n[A-Za-z][A-Za-z-]{0,60}:")
_LONGEST_BEGIN: Final = 96


class Broken(Exception):
    """Why the bytes from here on are no whole record."""


class Stream:
    """What lies in `file` from `start` to `end`. `packed`: it is gzip; `apart`: with one member a record."""

    def __init__(self, file: BinaryIO, start: int, end: int, *, packed: bool, apart: bool = True) -> None:
        self.packed = packed
        self.apart = apart
        self._file = file
        self._end = end
        self._pos = start  # of the next byte to be read from the file
        self._raw = b""  # read, and not inflated
        self._buffer = bytearray()  # inflated, and not taken; of one member only
        self._inflate: zlib._Decompress | None = None
        self._member = start  # where the member in the buffer begins
        self._untouched = True  # nothing of it has been taken
        self._out = 0
        self._full = False

    @property
    def at(self) -> int | None:
        """Where the next byte can be found directly; None if only by reading what is before it. `more` comes first."""
        if not self.packed:
            return self._pos - len(self._buffer)
        return self._member if self._untouched else None

    @property
    def near(self) -> int:
        """About where in the file this is, for people."""
        return self._member if self.packed else self._pos - len(self._buffer)

    def more(self) -> bool:
        """Whether there is another byte. Raises Broken."""
        while not self._buffer:
            if not (self._next_piece() if self.packed else self._read()):
                return False
        return True

    def take(self, most: int) -> bytes:
        """Some of the next bytes, at most `most`; nothing at the end. Raises Broken."""
        if not self.more():
            return b""
        piece = bytes(self._buffer[:most])
        del self._buffer[:most]
        self._untouched = False
        return piece

    def give_back(self, data: bytes) -> None:
        """Undo the end of the last `take`."""
        self._buffer[:0] = data

    def peek(self, most: int) -> bytes:
        """How the next bytes begin, as far as they are at hand. Raises Broken."""
        return bytes(self._buffer[:most]) if self.more() else b""

    def blank(self) -> int:
        """Pass over the line ends that are at hand; how many bytes that were. Raises Broken."""
        if not self.more():
            return 0
        rest = self._buffer.lstrip(b"\r\n")
        passed = len(self._buffer) - len(rest)
        if passed:
            self._buffer, self._untouched = rest, False
        return passed

    def skip(self, count: int) -> int:
        """Pass over so many bytes; how many were there. Raises Broken."""
        left = count
        if not self.packed and count > len(self._buffer):
            left -= len(self._buffer)
            self._buffer.clear()
            step = min(left, self._end - self._pos)
            self._pos += step
            return count - left + step
        while left and (piece := self.take(min(left, CHUNK))):
            left -= len(piece)
        return count - left

    def ended(self) -> bool:
        """Whether the member that was taken from last is over, so that what comes next is in another one."""
        return self.packed and not self._buffer and self._is_over()

    def _is_over(self) -> bool:
        return self._inflate is not None and self._inflate.eof

    # ------------------------------------------------------------------------------------------ finding the way

    def resync(self, after: int) -> int:
        """Go to where the next record begins behind `after`, or to the end; where that is, for people."""
        if self.packed and not self.apart:
            return self._resync_inside()
        at = self._find(after + 1)
        self._jump(at)
        return at

    def _jump(self, at: int) -> None:
        self._full = False
        self._pos, self._raw, self._inflate, self._member, self._untouched, self._out = at, b"", None, at, True, 0
        self._buffer.clear()

    def _find(self, at: int) -> int:
        """Where the next record begins that has an offset."""
        sign = _MAGIC if self.packed else b"WARC/"
        while at < self._end:
            self._file.seek(at)
            window = self._file.read(min(CHUNK, self._end - at))
            found = window.find(sign)
            while found >= 0:
                if self._begins(at + found):
                    return at + found
                found = window.find(sign, found + 1)
            if len(window) < CHUNK:
                break
            at += len(window) - len(sign) + 1
        return self._end

    def _begins(self, at: int) -> bool:
        self._file.seek(at)
        head = self._file.read(min(4096, self._end - at))
        if not self.packed:
            return _RECORD.match(head) is not None
        try:
            return _RECORD.match(zlib.decompressobj(_BITS).decompress(head, _LONGEST_BEGIN)) is not None
        except zlib.error:
            return False

    def _resync_inside(self) -> int:
        """The same where records follow each other within a member: what begins like one is taken for one."""
        last = b""
        try:
            while piece := self.take(CHUNK):
                window = last + piece
                if match := _RECORD.search(window):
                    self.give_back(window[match.start() :])
                    return self.near
                last = window[-_LONGEST_BEGIN:]
        except Broken:
            self._jump(self._find(self._member + 1))
        return self.near

    # ------------------------------------------------------------------------------------------ reading

    def _read(self) -> bool:
        self._file.seek(self._pos)
        piece = self._file.read(min(CHUNK, self._end - self._pos))
        self._pos += len(piece)
        self._buffer += piece
        return bool(piece)

    def _next_piece(self) -> bool:
        """More of the member, or the beginning of the next; False at the end."""
        inflate = self._inflate
        if inflate is None or self._is_over():
            return self._next_member()
        if not self._raw and not self._full and not self._read_raw():
            raise Broken("is cut short")
        try:
            piece = inflate.decompress(self._raw, 4 * CHUNK)
        except zlib.error as exc:
            raise Broken("is no whole gzip member") from exc
        self._raw = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        # With a full piece there may be more inside zlib, though all input is taken.
        self._full = len(piece) == 4 * CHUNK and not inflate.eof
        self._out += len(piece)
        if self._out > max(_SUSPECT, _RATIO * (self._pos - len(self._raw) - self._member)):
            raise Broken(f"inflates to over {_RATIO} times its size")
        self._buffer += piece
        return True

    def _next_member(self) -> bool:
        if len(self._raw) < len(_MAGIC) and not self._read_raw() and not self._raw:
            return False
        self._member, self._untouched, self._out = self._pos - len(self._raw), True, 0
        if not self._raw.startswith(_MAGIC):
            # The next call comes here again, and says so again.
            self._inflate = None
            raise Broken("is no gzip member")
        self._inflate = zlib.decompressobj(_BITS)
        return True

    def _read_raw(self) -> bool:
        self._file.seek(self._pos)
        piece = self._file.read(min(CHUNK, self._end - self._pos))
        self._pos += len(piece)
        self._raw += piece
        return bool(piece)


def opened(file: BinaryIO, start: int, end: int) -> Stream | str:
    """A stream over a WARC file, or why it is none, as a sentence's end."""
    file.seek(start)
    head = file.read(min(CHUNK, end - start))
    if head.startswith(_MAGIC):
        try:
            begun = zlib.decompressobj(_BITS).decompress(head, 512)
        except zlib.error:
            begun = b""
        return _refusal(begun or b"\0") or Stream(file, start, end, packed=True, apart=_is_apart(file, start, end))
    return _refusal(head) or Stream(file, start, end, packed=False)


def _refusal(head: bytes) -> str | None:
    if head.startswith((b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")):
        return "is packed with zstd, which is not read here; unpack it (zstd -d) or convert it to .warc.gz"
    if head.startswith(b"filedesc:"):
        return "is an ARC file, the format before WARC; convert it (warcio recompress file.arc.gz file.warc.gz)"
    if not head:
        return "is empty"
    return None if _VERSION.match(head) else "does not begin like a WARC file"


def _is_apart(file: BinaryIO, start: int, end: int) -> bool:
    """Whether what follows the first member begins a record, or nothing follows and it is one record only."""
    inflate, at, out, head = zlib.decompressobj(_BITS), start, 0, bytearray()
    while not inflate.eof and out <= _SUSPECT:
        file.seek(at)
        data = file.read(min(CHUNK, end - at))
        at += len(data)
        if not data:
            return False
        while data and not inflate.eof:
            try:
                piece = inflate.decompress(data, 4 * CHUNK)
            except zlib.error:
                return True
            head += piece[: max(0, CHUNK - len(head))]
            out += len(piece)
            data = inflate.unconsumed_tail
    if not inflate.eof:
        return False  # a giant, or a bomb: only who reads through it sees what comes
    at -= len(inflate.unused_data)
    return _one_record(bytes(head), out) or Stream(file, at, end, packed=True)._begins(at)


def _one_record(head: bytes, length: int) -> bool:
    found = re.search(rb"(?i)\ncontent-length:\s*(\d{1,15})\s*\r?\n", head)
    cut = head.find(b"\r\n\r\n")
    return found is not None and cut > 0 and cut + 4 + int(found[1]) + 4 >= length
