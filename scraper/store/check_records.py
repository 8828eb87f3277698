"""WARC files and manifests: records are whole and the ones that were stored, files that are listed are there.

Of each WARC file is known how far it was read, and of each manifest how many of its lines were: a run that goes on
begins there, and what was appended or written since is read like the rest. Nothing is held but one record, and the rows
of the catalogue about a few.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from scraper.errors import ArchiveDamaged
from scraper.store import index, manifests, paths
from scraper.store.checking import Check
from scraper.store.checks import BACKUP, UNLIKE, Finding, followed, untold
from scraper.store.files import opened
from scraper.store.intake import is_metadata, warc_files
from scraper.store.prune import replaced
from scraper.store.reindex import bytes_read
from scraper.store.scan import Gap, Record, scan
from scraper.store.stamps import from_ticks, moment, stamp

_PAGE = 1000  # rows at a time
# What the catalogue knows of a record: its offset, and what it says of itself.
_Known = tuple[int, tuple[str | int | None, ...]]


class RecordCheck(Check):
    """What lies under `warc/` and `manifests/`."""

    def warcs(self) -> Iterator[Finding]:
        """All WARC files; deep: all their records."""
        known = {file: (serial, size) for serial, file, size in self._rows_of("all_warcs")}
        there = {path.relative_to(self.root).as_posix() for _, path in warc_files(self.root)}
        read_on = bytes_read(self.root, self.step if self.deep else untold)
        for file in sorted(there):
            serial, size = known.get(file, (None, 0))
            if serial is None and self.catalogue:
                self._stray(file)
            yield from self._warc(file, serial, size, read_on)
        # A name that was only reserved was never a file.
        yield from self._missing(file for file, (_, size) in known.items() if size and file not in there)
        for path in sorted((self.root / paths.WARC).rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if name not in there and not path.is_dir():
                self._stray(name)

    def _warc(self, file: str, serial: int | None, known: int, read_on: Callable[[int], None]) -> Iterator[Finding]:
        start = min(self.checked.get(file, 0), known) if self.deep else known
        try:
            expected = self._captures(serial, start)
            with opened(self.root / file) as fd, open(fd, "rb", closefd=False) as stream:
                size = os.fstat(fd).st_size
                if size < known:
                    yield Finding(file, f"is cut short by {known - size} bytes", BACKUP)
                    return
                read_on(start)
                pieces = followed(scan(stream, start, size, is_metadata), read_on)
                yield from self._records(file, expected, known, pieces)
        except ArchiveDamaged as exc:
            yield Finding(file, exc.why, BACKUP)

    def _records(
        self, file: str, expected: Iterator[_Known], known: int, pieces: Iterator[Record | Gap]
    ) -> Iterator[Finding]:
        wanted = next(expected, None)
        for piece in pieces:
            while wanted and wanted[0] < piece.offset:
                yield Finding(file, f"the record at {wanted[0]} is missing", BACKUP)
                wanted = next(expected, None)
            yield from self._gap(file, known, piece) if isinstance(piece, Gap) else self._record(file, piece)
            if isinstance(piece, Record) and wanted and wanted[0] == piece.offset:
                if wanted[1] != _told(piece):
                    yield Finding(file, f"the record at {piece.offset} is not the one that was stored", UNLIKE)
                wanted = next(expected, None)
            # What is not known yet may be cut off again by whoever wrote it, and something else written there.
            if self.deep and (end := piece.offset + piece.length) <= known:
                self.checked[file] = end
                self.at()
        while wanted:
            yield Finding(file, f"the record at {wanted[0]} is missing", BACKUP)
            wanted = next(expected, None)

    def _gap(self, file: str, known: int, gap: Gap) -> Iterator[Finding]:
        if gap.offset < known:
            yield Finding(file, f"{gap.length} bytes at {gap.offset} are no record: {gap.why}", BACKUP)
        elif self._is_still_torn(file, gap):
            repair = "the next command that writes cuts it off and keeps it"
            yield Finding(file, f"has a torn tail of {gap.length} bytes at {gap.offset}", repair)

    def _record(self, file: str, record: Record) -> Iterator[Finding]:
        if record.wrong:
            yield Finding(file, f"the record at {record.offset} was altered: {record.wrong}", BACKUP)
        if record.kind == "metadata":
            yield from self._said(record)

    def _said(self, record: Record) -> Iterator[Finding]:
        """The files a visit made have the hashes that its record gave them."""
        visit = index.visit_of(record.block or b"")
        for path, sha256 in visit["files"] if visit else ():
            if path in self.named or not paths.is_ours(path):
                continue
            content = self._content(path)
            if isinstance(content, Finding):
                yield content
            elif hashlib.sha256(content).hexdigest() != sha256:
                yield Finding(path, "is not what the visit that made it says", BACKUP)
            elif path in self.surplus:
                self.accounted.add(path)

    def _captures(self, serial: int | None, start: int) -> Iterator[_Known]:
        """The records of a file from `start` that the catalogue knows by now, in their order."""
        if serial is None or not self.deep:
            return iter(())
        span = {"from": serial << 40, "to": (serial + 1) << 40}
        last = next((seq for (seq,) in self._rows_of("last_capture", span)), None)
        return self._paged(start, {"after": span["from"] + start - 1, "upto": last or 0, "limit": _PAGE})

    def _paged(self, start: int, values: dict[str, int]) -> Iterator[_Known]:
        while rows := self._rows_of("captures_of_warc", values):
            for _, seq, *told, at in rows:
                if (offset := index.place(seq)[1]) >= start:
                    yield offset, (*told, stamp(from_ticks(at)))
            values = {**values, "after": rows[-1][0]}

    def _is_still_torn(self, file: str, gap: Gap) -> bool:
        """A record that is being written looks torn until it is whole."""
        with opened(self.root / file) as fd, open(fd, "rb", closefd=False) as stream:
            piece = next(scan(stream, gap.offset, os.fstat(fd).st_size), None)
        return isinstance(piece, Gap)

    # ------------------------------------------------------------------------------------------ manifests

    def manifests(self) -> Iterator[Finding]:
        """All manifests, and what they list."""
        written = dict(self._rows_of("manifest_days"))
        for path in sorted((self.root / paths.MANIFESTS).glob("*")):
            match = paths.MANIFEST.fullmatch(path.name)
            name = path.relative_to(self.root).as_posix()
            if match is None or (self.catalogue and match["day"] not in written):
                self._stray(name)
                continue
            try:
                sha256 = manifests.own_sha256(path)
                if written.get(match["day"], sha256) != sha256:
                    yield Finding(name, "was altered since it was written", UNLIKE)
                else:
                    yield from self._listed(name, path)
            except ArchiveDamaged as exc:
                yield Finding(name, exc.why, BACKUP)
        yield from self._missing(f"{paths.MANIFESTS}/{day}.sha256" for day in written)

    def _listed(self, name: str, path: Path) -> Iterator[Finding]:
        for number, (sha256, file) in enumerate(manifests.lines(path), 1):
            if number > self.checked.get(name, 0):
                yield from self._line(sha256, file)
                self.checked[name] = number
                if paths.is_warc(file) or not number % _PAGE:
                    self.at()

    def _line(self, sha256: str, path: str) -> Iterator[Finding]:
        place = self.root / path
        if path in self.named:
            return
        if not os.path.lexists(place):
            if not paths.is_warc(path) or sha256 not in replaced(self.root, path):
                yield Finding(path, "is listed in a manifest and missing", BACKUP)
        elif self.deep or not paths.is_warc(path):
            with contextlib.suppress(ArchiveDamaged):
                if manifests.file_sha256(place) != sha256:
                    yield Finding(path, "was altered since its manifest was written", BACKUP)


def _told(record: Record) -> tuple[str | int | None, ...]:
    """What a record says of itself, as the catalogue remembers it; the time in one way of writing it."""
    at, said = record.headers.get("warc-date", ""), ("warc-record-id", "warc-payload-digest", "warc-target-uri")
    with contextlib.suppress(ValueError):
        at = stamp(moment(at))
    return (record.length, *map(record.headers.get, said), at)
