"""What somebody did not finish is finished, or moved aside. Run under the archive's lock by whoever takes it next.

    torn tail of the WARC   → cut back to the last whole record, and the rest made sure       (spool.settle)
    visit in the WARC,        not in the catalogue → taken in, with the files it names
    pending, files whole    → the visit is written and taken in
    pending, files not whole→ what is there goes to quarantine/; the visit is forgotten, nobody was told of it

Every step may be cut short and done again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from scraper.errors import ArchiveDamaged
from scraper.store import manifests, paths
from scraper.store.catalogue import REBUILD, Catalogue, logs, queries, unfinished
from scraper.store.files import Files, read, staged, unwritable
from scraper.store.intake import Notes, take_in, take_in_visit, take_in_warc, visit_record, warc_files
from scraper.store.locks import quiet
from scraper.store.quarantine import Quarantine
from scraper.store.scan import Record
from scraper.store.sidecar import Json
from scraper.store.spool import Spool
from scraper.store.stamps import from_ticks, stamp
from scraper.store.warc import VISIT


@dataclass(frozen=True, slots=True)
class Recovery:
    """The parts of an archive that repair needs. `notes` are told what was done."""

    root: Path
    files: Files
    catalogue: Catalogue
    spool: Spool
    quarantine: Quarantine
    notes: Notes

    def settle(self) -> None:
        """Leave nothing half done. Costs two small queries if there is nothing to do."""
        found, repairs = self.spool.settle(self.quarantine)
        for repair in repairs:
            self.notes.say(repair)
        if found:
            self._take_in(found)
        for record_id, url, at, visit in self._pending():
            self._finish(record_id, url, at, json.loads(visit))

    def adopt_newer(self) -> None:
        """Take in WARC files that the catalogue does not know: it is older than the files, a restored backup say."""
        newer = [(serial, path) for serial, path in warc_files(self.root) if serial > self.spool.serial]
        for serial, path in newer:
            with self.catalogue.write() as db:
                visits = take_in_warc(db, self.root, serial, path, self.notes)
            self.notes.say(f"{path.relative_to(self.root)} was not in the catalogue: {visits} visits taken in")
        if newer:
            self.settle()

    def tidy(self) -> None:
        """Remove temporary files of makers of catalogues and manifests who died, and take in what they had finished."""
        self._confirm()
        for leftover in filter(os.path.lexists, unfinished(self.catalogue.path)):
            with unwritable(leftover):
                self.files.unlink(leftover)
            self.notes.say(f"{leftover.name} was left by a catalogue that was not finished, and is removed")
        self._tidy_search()
        self.quarantine.tidy()
        for repair in manifests.settle(self.root, self.files, self.catalogue):
            self.notes.say(repair)

    def _confirm(self) -> None:
        """Have the disk confirm what the catalogue says. Whoever committed last may have died before it did, and files
        are removed because of it."""
        log = Path(logs(self.catalogue.path)[0])
        if not log.exists():
            return
        with unwritable(log):
            fd = self.files.open(log, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                self.files.sync(fd)
            finally:
                os.close(fd)
            self.files.sync_folder(log.parent)

    def _tidy_search(self) -> None:
        """The same for the search, unless somebody is making it now."""
        with quiet(self.root / paths.RUN / "search.lock") as nobody:
            for leftover in filter(os.path.lexists, unfinished(self.root / paths.SEARCH) if nobody else ()):
                with unwritable(leftover):
                    self.files.unlink(leftover)

    def _take_in(self, found: Iterable[Record]) -> None:
        file = self.spool.file
        with self.catalogue.write() as db:
            for record in found:
                if take_in(db, self.root, record, file, self.notes):
                    url = record.headers.get("warc-target-uri", "").removeprefix(VISIT)
                    self.notes.say(f"visit of {url} completed from {file}")
            db.execute(queries()["warc_known"], {"serial": self.spool.serial, "known": self.spool.end})

    def _pending(self) -> list[tuple[str, str, int, str]]:
        with self.catalogue.read() as db:
            return cast("list[tuple[str, str, int, str]]", db.execute(queries()["pending"]).fetchall())

    def _finish(self, record_id: str, url: str, at: int, visit: Json) -> None:
        if not all(paths.is_ours(path) for path, _ in visit["files"]):
            raise ArchiveDamaged(self.catalogue.path, f"names files outside the archive; {REBUILD}")
        if all(_is_whole(self.root / path, sha256) for path, sha256 in visit["files"]):
            self._adopt_files(record_id, visit)
            self.notes.say(f"visit of {url} completed: {visit['files'][-1][0]}")
        else:
            for path, _ in visit["files"]:
                self._move_aside(path, f"its write of {stamp(from_ticks(at))} did not end")
            self.notes.say(f"visit of {url} was cut short and is forgotten")
        self._sync_folders(visit)
        with self.catalogue.write() as db:
            db.execute(queries()["settle_pending"], {"record_id": record_id})

    def _sync_folders(self, visit: Json) -> None:
        """Whoever made the folders may have died before the disk had confirmed them; the next visit finds them there
        and takes them for sure."""
        for path, _ in visit["files"]:
            folder = next(above for above in (self.root / path).parents if above.is_dir())
            with unwritable(folder):
                self.files.sync_up(folder, self.root)

    def _adopt_files(self, record_id: str, visit: Json) -> None:
        for path, _ in visit["files"]:
            leftover = staged(self.root / path)
            if leftover.exists():
                with unwritable(leftover):
                    self.files.unlink(leftover)  # a second name of a file that is there
        self._sync_folders(visit)
        file, offset = self.spool.append([visit_record(visit, record_id)])
        with self.catalogue.write() as db:
            take_in_visit(db, self.root, visit, (file, offset, record_id), self.notes)
            db.execute(queries()["warc_known"], {"serial": self.spool.serial, "known": self.spool.end})

    def _move_aside(self, path: str, why: str) -> None:
        for place in (self.root / path, staged(self.root / path)):
            if place.exists():
                self.notes.say(self.quarantine.take(place, why))


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(read(path)).hexdigest() == sha256
    except ArchiveDamaged:
        return False
