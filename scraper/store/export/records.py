"""The WARC records of an export, as they lie in the archive: the same bytes, each read and checked first.

everything   all records of all files, up to where they were known when the export began
a choice     for each version: the visit's own record, the answer, its request, the redirects before it, further
             pages of the article, and what a repeat stands for
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scraper.errors import ArchiveDamaged
from scraper.store import index, paths
from scraper.store.export.sorter import Sorter, sorter
from scraper.store.export.view import Row, View, place
from scraper.store.files import opened
from scraper.store.scan import CHUNK, Gap, Headers, Record, scan, whole

Keep = Callable[[Headers], bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """A checked record, and the open file it lies in. `block` is there if it was asked for."""

    record: Record
    file: BinaryIO

    def copy(self, out: BinaryIO) -> None:
        """Write its gzip member to `out`, byte for byte."""
        self.file.seek(self.record.offset)
        left = self.record.length
        while left:
            data = self.file.read(min(CHUNK, left))
            if not data:
                raise OSError(f"{self.file.name}: became shorter while it was read")
            out.write(data)
            left -= len(data)


def pieces(view: View, keep: Keep = lambda _: False) -> Iterator[Piece]:
    """The records that are wanted, in the order in which they were stored, none twice. The blocks that `keep` asks for
    are given along."""
    return _everything(view, keep) if view.wanted.everything else _choice(view, keep)


# ------------------------------------------------------------------------------------------------ everything


def _everything(view: View, keep: Keep) -> Iterator[Piece]:
    files = view.warcs()
    total, done = sum(known for _, _, known in files), 0
    for _, file, known in files:
        try:
            for piece in _file(view, file, known, keep):
                yield piece
                view.ears.step((done + piece.record.offset, total))
        except ArchiveDamaged as exc:
            view.damaged(exc)
        done += known


def _file(view: View, file: str, known: int, keep: Keep) -> Iterator[Piece]:
    path = _place_of(view, file)
    with opened(path) as fd, open(fd, "rb", closefd=False) as stream:
        size = stream.seek(0, 2)
        if size < known:
            view.damaged(ArchiveDamaged(path, f"is {known - size} bytes shorter than it was; restore it from a backup"))
        for piece in scan(stream, 0, min(size, known), keep):
            if isinstance(piece, Gap):
                why = f"{piece.length} bytes at {piece.offset} are no record: {piece.why}; restore it from a backup"
                view.damaged(ArchiveDamaged(path, why))
            elif piece.wrong:
                view.damaged(_wrong(view, file, piece.offset, piece.wrong))
            elif piece.kind != "warcinfo":
                yield Piece(piece, stream)


def _place_of(view: View, file: str) -> Path:
    if not paths.is_warc(file):
        raise ArchiveDamaged(view.root / file, "is no place where WARC files are kept")
    return view.root / file


def _wrong(view: View, file: str, offset: int, why: str) -> ArchiveDamaged:
    return ArchiveDamaged(view.root / file, f"the record at {offset} is damaged: {why}; restore it from a backup")


# ------------------------------------------------------------------------------------------------ a choice


def _choice(view: View, keep: Keep) -> Iterator[Piece]:
    with sorter() as found, _Files(view) as files:
        total = view.count()
        for number, row in enumerate(view.rows(), 1):
            _note(view, files, row, found)
            view.ears.step((number, total))
        for line in found:
            yield from _together(view, files, int(line), keep)


def _note(view: View, files: _Files, row: Row, found: Sorter) -> None:
    """Note where the records of one version are."""
    found.add(_line(view.now_at(row.seq)))
    for seq, _ in view.visits(row):
        found.add(_line(seq))
        record = files.record(seq, lambda headers: headers.get("warc-type") == "metadata")
        for capture in _captures(record.block if record else None):
            for record_id in filter(None, (capture.get("record_id"), capture.get("refers_to"))):
                if (at := view.place(record_id)) is not None:
                    found.add(_line(at))


def _line(seq: int) -> bytes:
    return b"%020d" % seq


def _captures(block: bytes | None) -> list[dict[str, str]]:
    """The captures that a visit's record names. A record that is damaged is told when its turn to be written comes."""
    visit = index.visit_of(block or b"")
    return [capture for capture in (visit["capture"], *visit.get("pages", ())) if capture] if visit else []


def _together(view: View, files: _Files, seq: int, keep: Keep) -> Iterator[Piece]:
    """The record at `seq`; behind an answer its request and the redirects on the way to it."""
    try:
        first = files.checked(seq, keep)
        yield first
        if first.record.kind == "metadata":
            return
        known = {first.record.headers.get("warc-record-id")}
        at = seq + first.record.length
        while beside := files.beside(at, keep, known):
            yield beside
            known.add(beside.record.headers.get("warc-record-id"))
            at += beside.record.length
    except ArchiveDamaged as exc:
        view.damaged(exc)


class _Files:
    """The WARC files of a view; the one that was used last stays open."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known = {serial: (file, known) for serial, file, known in view.warcs()}
        self._open: tuple[int, BinaryIO] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def record(self, seq: int, keep: Keep) -> Record | None:
        """The record at `seq` if it is whole."""
        try:
            return self.checked(seq, keep).record
        except ArchiveDamaged:
            return None

    def checked(self, seq: int, keep: Keep) -> Piece:
        """The record at `seq`. Raises ArchiveDamaged."""
        serial, offset = place(seq)
        file, _ = self._place(serial)
        stream = self._stream(serial)
        record = whole(stream, offset, self._place(serial)[1], keep)
        if record is None:
            raise _wrong(self._view, file, offset, "it is not whole")
        if record.wrong:
            raise _wrong(self._view, file, offset, record.wrong)
        return Piece(record, stream)

    def beside(self, seq: int, keep: Keep, ids: set[str | None]) -> Piece | None:
        """The record at `seq` if it belongs to an answer with one of these ids. Raises ArchiveDamaged."""
        serial, offset = place(seq)
        if offset >= self._place(serial)[1]:
            return None
        record = whole(self._stream(serial), offset, self._place(serial)[1], lambda _: False)
        if record is None or record.headers.get("warc-concurrent-to") not in ids or record.kind == "metadata":
            return None
        return self.checked(seq, keep)

    def _place(self, serial: int) -> tuple[str, int]:
        try:
            return self._known[serial]
        except KeyError:
            raise ArchiveDamaged(self._view.root / paths.WARC, f"lacks the file with the serial {serial}") from None

    def _stream(self, serial: int) -> BinaryIO:
        if self._open is None or self._open[0] != serial:
            self._open = None
            self._stack.close()
            fd = self._stack.enter_context(opened(_place_of(self._view, self._place(serial)[0])))
            self._open = serial, self._stack.enter_context(os.fdopen(fd, "rb", closefd=False))
        return self._open[1]
