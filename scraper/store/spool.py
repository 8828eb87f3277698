"""The WARC file that is being appended to: one for all processes, under the archive's lock.

    known end (note in the lock file, else the catalogue) → records after it are read, a torn tail is cut → append, sync

A record is acknowledged after its sync. An append that fails is cut off again; a sync that fails ends the file, and the
next record begins a new one.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, cast

from scraper.errors import ArchiveUnwritable
from scraper.store import paths, warc
from scraper.store.catalogue import Catalogue, queries
from scraper.store.files import Files, opened, unwritable
from scraper.store.locks import Lock
from scraper.store.quarantine import Quarantine
from scraper.store.scan import Gap, Record, scan
from scraper.store.stamps import from_ticks, ticks

# No writer that died leaves more behind than the pages of an article: what is longer was put there by somebody else.
TAIL: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next record goes: the file (relative to the archive), its serial, when it was begun, how much of it is
    in the catalogue, and its end. `spent`: a new file has to be begun."""

    serial: int
    file: str
    begun: datetime
    known: int
    end: int
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """`name` and `size` of WARC files, and the seams: what time it is, and what a record is called."""

    name: str
    size: int
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


class Spool:
    """Call every method under the archive's lock, `settle` first."""

    def __init__(self, root: Path, files: Files, catalogue: Catalogue, lock: Lock, settings: Settings) -> None:
        self.root = root
        self.files = files
        self.catalogue = catalogue
        self.lock = lock
        self.settings = settings
        self._place: Place | None = None
        self._fd: int | None = None
        self._open: str | None = None  # the file behind `_fd`

    # ------------------------------------------------------------------------------------------ where we are

    def settle(self, quarantine: Quarantine) -> tuple[list[Record], list[str]]:
        """Find the end of the file, and cut off what is no whole record. The metadata records that lie after the known
        end, with their blocks, and what was repaired."""
        self._place = self._noted() or self._recorded()
        place = self._place
        if place is None or place.spent:
            return [], self._cut_spent(place) if place else []
        size = self._size(place)
        if size is not None and 0 < size - place.end <= TAIL:
            return self._read_tail(place, size, quarantine)
        return [], self._give_up(place, size)

    def _give_up(self, place: Place, size: int | None) -> list[str]:
        """Begin a new file if the old one is not what it was; why."""
        if size == place.end:
            return []
        self._place = replace(place, spent=True, end=max(place.end, size or 0))
        if size is None:
            return [f"{place.file} is no file that can be written; a new one is begun"]
        if size < place.end:
            return [f"{place.file} is {place.end - size} bytes shorter than it was; a new one is begun"]
        return [f"{place.file} is {size - place.end} bytes longer than it was; left alone, a new one is begun"]

    def mark(self) -> None:
        """Leave word for the next process: everything up to here is whole and in the catalogue."""
        if self._place:
            place = self._place
            end = -1 - place.end if place.spent else place.end
            self.lock.note(f"process {os.getpid()} warc {place.serial} {place.known} {end}".encode())

    def taken_in(self) -> None:
        """All records up to the end are in the catalogue."""
        if self._place:
            self._place = replace(self._place, known=self._place.end)

    @property
    def serial(self) -> int:
        """The serial of the file that was appended to last."""
        return self._place.serial if self._place else 0

    @property
    def file(self) -> str:
        """That file, relative to the archive."""
        return self._place.file if self._place else ""

    @property
    def end(self) -> int:
        """Where that file ends."""
        return self._place.end if self._place else 0

    def _noted(self) -> Place | None:
        """The place the last holder of the lock left, if it fits the catalogue: one that was restored from a backup
        knows less than the note says, and has to learn from the file."""
        words = self.lock.noted().decode("ascii", "replace").split()
        if len(words) != 6 or not all(word.lstrip("-").isdecimal() for word in words[3:]):
            return None
        serial, known, end = map(int, words[3:])
        last = self._recorded()
        if last is None or last.serial != serial or last.known < known:
            return None
        if end < 0:
            return replace(last, spent=True, end=max(-1 - end, last.known))
        return replace(last, end=end) if end >= last.known else None

    def _recorded(self) -> Place | None:
        with self.catalogue.read() as db:
            row = db.execute(queries()["current_warc"]).fetchone()
        if row is None:
            return None
        serial, file, begun, known = cast("tuple[int, str, int, int]", row)
        return Place(serial, file, from_ticks(begun), known, known)

    def _size(self, place: Place) -> int | None:
        """How long the file is; None if something else lies there: a folder, a link, a pipe."""
        try:
            fd = self._descriptor(place)
        except ArchiveUnwritable:
            if _is_other(self.root / place.file):
                return None
            raise
        return os.fstat(fd).st_size if fd is not None else 0

    def _cut_spent(self, place: Place) -> list[str]:
        """Cut off what was written to a file whose sync failed and could not be cut off then: nobody was told of it."""
        size = self._size(place)
        if size is None or size <= place.end:
            return []
        path = self.root / place.file
        with unwritable(path):
            fd = self._must_open(place)
            try:
                self.files.truncate(fd, place.end)
            except PermissionError:
                return []  # it may only grow; what is too much there is no more than a visit that nobody was told of
            self.files.sync(fd)
        return [f"{place.file} cut back to {place.end}; {size - place.end} bytes there were not sure to last"]

    def _read_tail(self, place: Place, size: int, quarantine: Quarantine) -> tuple[list[Record], list[str]]:
        end, found, cut = place.end, [], None
        with opened(self.root / place.file) as fd, open(fd, "rb", closefd=False) as file:
            for piece in scan(file, end, size, lambda headers: headers.get("warc-type") == "metadata"):
                if isinstance(piece, Gap):
                    cut = piece
                    break
                end = piece.offset + piece.length
                if piece.kind == "metadata":
                    found.append(piece)
            torn = b"" if cut is None else _at(file, end, size)
        self._place = place = replace(place, end=end)
        if cut is None:
            self._make_sure(place)
            return found, []
        kept = quarantine.keep(f"{Path(place.file).name}.{end}", torn, f"torn tail of {place.file}: {cut.why}")
        with unwritable(self.root / place.file):
            self.files.truncate(self._must_open(place), end)
        self._make_sure(place)
        return found, [f"{place.file} cut back to {end}; {size - end} torn bytes kept as quarantine/{kept.name}"]

    def _make_sure(self, place: Place) -> None:
        """Whoever wrote this may have died before the disk had confirmed it, and the catalogue will rely on it."""
        path = self.root / place.file
        with unwritable(path):
            try:
                self.files.sync(self._must_open(place))
            except OSError:
                self.close()  # asking again by the same descriptor may be answered with a lie
                raise
            self.files.sync_up(path.parent, self.root)

    # ------------------------------------------------------------------------------------------ appending

    def append(self, records: Sequence[bytes]) -> tuple[str, int]:
        """Append `records` in one go, durably: the file, and the offset of the first. Raises ArchiveUnwritable."""
        data = b"".join(records)
        place = self._place
        full = place is not None and place.end > 0 and place.end + len(data) > self.settings.size
        if place is None or place.spent or full:
            place = self._begin(place.serial + 1 if place else 1)
        path = self.root / place.file
        with unwritable(path):
            head = b"" if place.end else self._head(place, path)
            self._write(place, head + data)
            if head:
                self.files.sync_folder(path.parent)
        offset = place.end + len(head)
        self._place = replace(place, end=offset + len(data))
        return place.file, offset

    def _begin(self, serial: int) -> Place:
        """Reserve the name of a new file. It exists in the catalogue first, so that no serial is ever used twice.

        How far the file before goes is noted with it: the visit that its last answer belongs to may lie in the new one.
        """
        at = self.settings.clock()
        file = paths.warc(self.settings.name, at, serial)
        with self.catalogue.write() as db:
            if before := self._place:
                db.execute(queries()["warc_known"], {"serial": before.serial, "known": before.end})
            db.execute(queries()["reserve_warc"], {"serial": serial, "file": file, "at": ticks(at)})
        self._place = Place(serial, file, at, 0, 0)
        return self._place

    def _head(self, place: Place, path: Path) -> bytes:
        self.files.make_folder(path.parent)
        self.files.sync_up(path.parent, self.root)
        return warc.warcinfo(path.name, place.begun, self.settings.new_id())

    def _write(self, place: Place, data: bytes) -> None:
        fd = self._must_open(place)
        try:
            self.files.write_all(fd, data)
        except OSError:
            with contextlib.suppress(OSError):
                self.files.truncate(fd, place.end)
            raise
        try:
            self.files.sync(fd)
        except OSError:
            # What the disk holds now is unknown, and asking again may be answered with a lie. This file is done with.
            self._place = replace(place, spent=True)
            self.mark()
            with contextlib.suppress(OSError):
                self.files.truncate(fd, place.end)
            self.close()
            raise

    def _must_open(self, place: Place) -> int:
        fd = self._descriptor(place)
        if fd is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            fd = self._fd = self.files.open(self.root / place.file, flags)
            self._open = place.file
        return fd

    def _descriptor(self, place: Place) -> int | None:
        if self._open != place.file:
            self.close()
            path = self.root / place.file
            with unwritable(path):
                try:
                    self._fd = self.files.open(path, os.O_WRONLY | os.O_APPEND)
                except FileNotFoundError:
                    return None
            self._open = place.file
        return self._fd

    def close(self) -> None:
        """Close the file; the next append opens it again."""
        if self._fd is not None:
            os.close(self._fd)
        self._fd = self._open = None


def _is_other(path: Path) -> bool:
    return os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode)


def _at(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)
