"""Room made in closed WARC files: what a policy lets go is dropped, and the file says so itself.

    closed file → what may go → new file beside it: warcinfo, record of the pruning, what stays, member by member
                → synced → lock: is it still so? → name → catalogue → old file removed

Snapshots, sidecars, tombstones, manifests and the records of visits are never touched. The new file has the serial of
the old one, so that nothing changes its place in the one order of all records, and `-p1` (`-p2` …) in its name. Every
step may be cut short: until the catalogue is written the old file holds, from then on the new one, and whoever opens
the archive next removes the other.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, cast

from scraper.errors import ArchiveDamaged, ArchiveError
from scraper.store import index, manifests, paths, warc
from scraper.store.catalogue import Catalogue, queries
from scraper.store.files import Files, opened, staged, unwritable
from scraper.store.intake import is_metadata
from scraper.store.locks import Lock
from scraper.store.opening import PATIENCE
from scraper.store.scan import Gap, Record, scan
from scraper.store.stamps import stamp, ticks

FORMAT: Final = "scraper-prune/1"
LOCK: Final = "prune.lock"
# A file is written anew only if at least this share of it goes: else it would be copied every day for a page or two.
LEAST: Final = 0.05
_CHUNK: Final = 1 << 20
_DROPPABLE: Final = {"response", "request", "revisit"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What may go. Nothing that was captured from `before` on ever does.

    `spare`: answers of visits that made no version and tell of no deletion. `exported`: every answer and request that
    lies in an exported file, by record id, with the digest of its block. `why` is said wherever one is missed.
    """

    before: datetime
    why: str
    spare: bool = False
    exported: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What became of one WARC file, or would. `freed` are bytes on disk; `note` says why it was left alone."""

    file: str
    records: int = 0
    of_records: int = 0
    freed: int = 0
    size: int = 0
    now: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an archive that pruning needs."""

    root: Path
    files: Files
    catalogue: Catalogue
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


class Pruner:
    """One run over one archive. `writing` is the lock of the whole archive."""

    def __init__(self, parts: Parts, writing: Callable[[], AbstractContextManager[None]]) -> None:
        self.parts = parts
        self.writing = writing

    def prune(self, policy: Policy, *, yes: bool) -> Iterator[Pruned]:
        """All closed files of which something goes, and those that cannot be read. See `FileArchive.prune`."""
        lock = Lock(self.parts.root / paths.RUN / LOCK)
        try:
            lock.claim("the archive is being verified, or pruned", f"process {os.getpid()}".encode())
            for serial, file in self._closed():
                found = self._plan(serial, file, policy)
                if found.records and found.note is None and yes:
                    found = self._do(serial, found, policy)
                if found.records or found.note:
                    yield found
        finally:
            lock.close()

    def _closed(self) -> list[tuple[int, str]]:
        with self.parts.catalogue.read() as db:
            return cast("list[tuple[int, str]]", db.execute(queries()["closed_files"]).fetchall())

    # ------------------------------------------------------------------------------------------ what goes

    def _plan(self, serial: int, file: str, policy: Policy) -> Pruned:
        try:
            records = self._records(file)
        except ArchiveDamaged as exc:
            return Pruned(file, note=f"is left alone: {exc.why}")
        gone = self._drops(serial, records, policy)
        size, freed = (sum(record.length for record in some) for some in (records, gone))
        if freed < LEAST * size:
            return Pruned(file)
        return Pruned(file, len(gone), len(records), freed, size)

    def _records(self, file: str) -> list[Record]:
        """All records without their blocks. Raises ArchiveDamaged: damaged evidence is not pruned, but looked after."""
        with opened(self.parts.root / file) as fd, open(fd, "rb", closefd=False) as stream:
            pieces = list(scan(stream, 0, os.fstat(fd).st_size))
        for piece in pieces:
            if isinstance(piece, Gap) or piece.wrong:
                raise ArchiveDamaged(self.parts.root / file, f"the record at {piece.offset} is damaged")
        return cast("list[Record]", pieces)

    def _drops(self, serial: int, records: Sequence[Record], policy: Policy) -> list[Record]:
        names = self._spared(serial, policy.before) if policy.spare else set()
        names |= {_name(record) for record in records if self._is_exported(record, policy)}
        return [
            record
            for record in records
            if record.kind in _DROPPABLE and (_name(record) in names or _answer(record) in names)
        ]

    def _spared(self, serial: int, before: datetime) -> set[str]:
        values = {"from": serial << 40, "to": (serial + 1) << 40, "before": ticks(before)}
        with self.parts.catalogue.read() as db:
            return {cast("str", row[0]) for row in db.execute(queries()["captures_to_spare"], values)}

    def _is_exported(self, record: Record, policy: Policy) -> bool:
        """Whether the same record lies in an exported file, is old enough, and is missed by no repeat that stays."""
        if record.kind not in _DROPPABLE or policy.exported.get(_name(record)) != record.block_digest:
            return False
        if datetime.fromisoformat(record.headers.get("warc-date", "9999-12-31T23:59:59Z")) >= policy.before:
            return False
        with self.parts.catalogue.read() as db:
            rows = db.execute(queries()["repeats_needed"], {"record_id": _name(record)}).fetchall()
        return all(row[0] in policy.exported for row in rows)

    # ------------------------------------------------------------------------------------------ doing it

    def _do(self, serial: int, found: Pruned, policy: Policy) -> Pruned:
        """Write the new file, then switch. What has become needed meanwhile leaves everything as it was."""
        root, files = self.parts.root, self.parts.files
        records, new = self._records(found.file), paths.pruned(found.file)
        gone = self._drops(serial, records, policy)
        told = self._record(found.file, gone, policy)
        away = {record.offset for record in gone}
        with unwritable(root / new):
            try:
                self._write(root / found.file, root / new, [r for r in records if r.offset not in away], told)
                with self.writing():
                    needed = len(gone) != len(self._drops(serial, records, policy))
                    if not needed:
                        files.publish(root / new)
                        files.sync_folder((root / new).parent)
                        switch(self.parts.catalogue, root, serial, new)
                        files.unlink(root / found.file)
                        files.sync_folder((root / new).parent)
            except (ArchiveError, OSError):
                with contextlib.suppress(OSError):
                    files.unlink(staged(root / new))
                raise
            if needed:
                files.unlink(staged(root / new))
                return replace(found, records=0, note="is left alone: what would have gone is needed by now")
        freed = found.size - (root / new).stat().st_size
        return replace(found, records=len(gone), freed=freed, now=new)

    def _record(self, file: str, gone: Sequence[Record], policy: Policy) -> bytes:
        """The record of the pruning: what is dropped, from what, and why."""
        at = self.parts.clock()
        body = {
            "format": FORMAT,
            "at": stamp(at),
            "why": policy.why,
            "before": stamp(policy.before),
            "file": file,
            "sha256": manifests.file_sha256(self.parts.root / file),
            "dropped": [[_name(record), record.kind, record.block_digest] for record in gone],
        }
        text = json.dumps(body, ensure_ascii=True, sort_keys=True).encode()
        return warc.metadata(f"urn:scraper:pruned:{Path(file).name}", at, self.parts.new_id(), None, text)

    def _write(self, old: Path, new: Path, kept: Sequence[Record], told: bytes) -> None:
        """What stays, byte for byte and in its order, under the temporary name of `new`; `told` behind warcinfo."""
        files = self.parts.files
        target = files.open(staged(new), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            with opened(old) as fd, open(fd, "rb", closefd=False) as stream:
                for number, record in enumerate(kept):
                    for data in _bytes(stream, record):
                        with unwritable(new):  # else the old file would be blamed
                            files.write_all(target, data)
                    if number == 0:
                        with unwritable(new):
                            files.write_all(target, told)
            files.sync(target)
        finally:
            os.close(target)


@contextlib.contextmanager
def nobody_prunes(root: Path) -> Iterator[None]:
    """No file is pruned within the `with` block. Raises ArchiveBusy if one is being pruned for too long."""
    lock = Lock(root / paths.RUN / LOCK)
    try:
        if lock.path.parent.is_dir():  # else nobody ever wrote here
            lock.share("the archive is being pruned", PATIENCE)
        yield
    finally:
        lock.close()


def switch(catalogue: Catalogue, root: Path, serial: int, new: str) -> None:
    """Have the catalogue say of a WARC file what the pruned one says. Durable; may be done again."""
    span = {"from": serial << 40, "to": (serial + 1) << 40}
    with opened(root / new) as fd, open(fd, "rb", closefd=False) as stream, catalogue.write() as db:
        size = os.fstat(fd).st_size
        rows = cast("list[tuple[int, str]]", db.execute(queries()["visits_in"], span).fetchall())
        places = {record_id: seq for seq, record_id in rows}
        db.execute(queries()["visits_aside"], span)
        db.execute(queries()["forget_moved"], span)
        for piece in scan(stream, 0, size, is_metadata):
            if isinstance(piece, Gap):
                raise ArchiveDamaged(root / new, f"the record at {piece.offset} is damaged; restore it from a backup")
            index.add_pruning(db, new, piece)
            if (old := places.get(_name(piece))) is not None:
                db.execute(queries()["visit_moved"], {"old": old, "new": index.sequence(new, piece.offset)})
        db.execute(queries()["warc_pruned"], {"serial": serial, "file": new, "known": size})


def finish_prunings(root: Path, files: Files, catalogue: Catalogue) -> list[str]:
    """Finish what a process that pruned did not; what was done. Call it under the archive's lock."""
    done = []
    folder = root / paths.WARC
    for leftover in folder.glob("[0-9]*/[0-9]*/.*.warc.gz.part"):
        with unwritable(leftover), Lock(root / paths.RUN / LOCK).claimed() as alone:
            if alone:
                files.unlink(leftover)
                done.append(f"{leftover.relative_to(root)} was left by a pruning that did not end, and is removed")
    with catalogue.read() as db:
        known = dict(cast("list[tuple[int, str]]", db.execute(queries()["warc_names"]).fetchall()))
    for path in sorted(folder.glob("[0-9]*/[0-9]*/*-p[0-9]*.warc.gz")):
        new, serial = path.relative_to(root).as_posix(), paths.serial(path.name)
        if serial is None or not (times := paths.prunings(new)):
            continue
        if paths.prunings(known.get(serial, new)) < times:
            switch(catalogue, root, serial, new)
        for old in (root / paths.pruned(new, earlier) for earlier in range(times)):
            if old.exists():
                with unwritable(old):
                    files.unlink(old)
                    files.sync_folder(old.parent)
                done.append(f"{old.relative_to(root)} was pruned to {path.name}, and is removed now")
    return done


def replaced(root: Path, path: str) -> set[str]:
    """The hashes of a WARC file that is not there any more, as the file that took its place remembers it; empty if
    nothing did. Raises ArchiveDamaged."""
    found: set[str] = set()
    for place in (root / path).parent.glob(f"{Path(paths.pruned(path, 0)).name.removesuffix('.warc.gz')}-p*.warc.gz"):
        with opened(place) as fd, open(fd, "rb", closefd=False) as stream:
            pieces = scan(stream, 0, os.fstat(fd).st_size, is_metadata)
            next(pieces, None)  # warcinfo
            for piece in pieces:
                told = index.pruning_of(piece.block or b"") if isinstance(piece, Record) else None
                if told is None:
                    break
                found |= {told["sha256"]} if told["file"] == path else set()
    return found


def _bytes(stream: BinaryIO, record: Record) -> Iterator[bytes]:
    stream.seek(record.offset)
    left = record.length
    while left and (data := stream.read(min(left, _CHUNK))):
        left -= len(data)
        yield data


def _name(record: Record) -> str:
    return record.headers.get("warc-record-id", "")


def _answer(record: Record) -> str:
    return record.headers.get("warc-concurrent-to", "")
