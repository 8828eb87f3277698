"""Records and files into the catalogue, with a look at the disk: what repair and `reindex` share.

What is lost or damaged is said and left out, never guessed; the number of a lost version is never given again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import apsw

from scraper.errors import ArchiveDamaged, ArchiveNewer
from scraper.store import index, paths, warc
from scraper.store.catalogue import queries
from scraper.store.drafts import is_marker, is_sidecar
from scraper.store.files import opened, read
from scraper.store.scan import Gap, Headers, Record, scan, whole
from scraper.store.sidecar import Json, checked, loads
from scraper.store.stamps import moment, ticks


@dataclass(slots=True)
class Notes:
    """What was met on the way: `say` takes sentences; `lost` are files that are named by a visit and are not whole;
    `step` is told how many bytes of the WARC files were read."""

    say: Callable[[str], None]
    lost: set[str] = field(default_factory=set)
    step: Callable[[int], None] = lambda _: None


def warc_files(root: Path) -> list[tuple[int, Path]]:
    """All WARC files of ours by serial, each as it was pruned last. Others are somebody else's."""
    found = sorted((root / paths.WARC).glob("[0-9]*/[0-9]*/*.warc.gz"), key=lambda path: paths.prunings(path.name))
    last = {paths.pruned(path.as_posix(), 0): path for path in found}
    return sorted((number, path) for path in last.values() if (number := paths.serial(path.name)) is not None)


def take_in_warc(
    db: apsw.Connection, root: Path, serial: int, path: Path, notes: Notes, until: int | None = None
) -> int:
    """Take in a WARC file, whole or `until` an offset, and all that its visits name; how many visits. What cannot be
    read is said."""
    file, visits, end = path.relative_to(root).as_posix(), 0, 0
    with _said(notes), opened(path) as fd, open(fd, "rb", closefd=False) as stream:
        size = os.fstat(fd).st_size if until is None else until
        row = {"serial": serial, "file": file, "at": ticks(_begun(stream, size, path))}
        db.execute(queries()["reserve_warc"], row)
        if (other := db.execute(queries()["warc_at"], {"serial": serial}).fetchone()) != (file,):
            raise ArchiveDamaged(path, f"has the number of {other and other[0]} and is left out; one is a stranger")
        for piece in scan(stream, 0, size, is_metadata):
            if isinstance(piece, Gap):
                notes.say(f"{file}: {piece.length} bytes at {piece.offset} are no record: {piece.why}")
                continue
            end = piece.offset + piece.length
            notes.step(piece.length)
            if piece.kind == "metadata":
                visits += take_in(db, root, piece, file, notes)
            if paths.prunings(file):
                index.add_pruning(db, file, piece)
    # Also of a file that cannot be read the serial is known, so that it is never given again.
    db.execute(queries()["reserve_warc"], {"serial": serial, "file": file, "at": ticks(paths.begun(path.name))})
    db.execute(queries()["warc_known"], {"serial": serial, "known": end})
    return visits


@contextlib.contextmanager
def _said(notes: Notes) -> Iterator[None]:
    try:
        yield
    except ArchiveDamaged as exc:
        notes.say(str(exc))


def _begun(stream: BinaryIO, size: int, path: Path) -> datetime:
    """When a file was begun: the time of its first record, else what its name says."""
    first = whole(stream, 0, size)
    if first and "warc-date" in first.headers:
        with contextlib.suppress(ArchiveDamaged):
            return checked(path, lambda: moment(first.headers["warc-date"]))
    return paths.begun(path.name)


def is_metadata(headers: Headers) -> bool:
    """Whether a record holds what a visit found."""
    return headers.get("warc-type") == "metadata"


def visit_record(visit: Json, record_id: str) -> bytes:
    """The metadata record of a visit."""
    body = json.dumps(visit, ensure_ascii=True, sort_keys=True).encode()
    answer = visit["capture"]["record_id"] if visit["capture"] else None
    return warc.metadata(visit["url"], moment(visit["at"]), record_id, answer, body)


def take_in(db: apsw.Connection, root: Path, record: Record, file: str, notes: Notes) -> bool:
    """Take a metadata record of ours, and the files it names, into the catalogue; whether it was one."""
    visit = index.visit_of(record.block or b"")
    if visit is None:
        if newer := index.newer_format(record.block or b""):
            raise ArchiveNewer(root / file, f"holds records of a newer program ({newer}); use the newer program")
        return False
    place = (file, record.offset, record.headers.get("warc-record-id", ""))
    try:
        checked(root / file, lambda: take_in_visit(db, root, visit, place, notes))
    except ArchiveDamaged as exc:
        notes.say(f"{exc} (record at {record.offset})")
        return False
    return True


def take_in_visit(db: apsw.Connection, root: Path, visit: Json, place: tuple[str, int, str], notes: Notes) -> None:
    """The same for a visit whose record is at `place` (file, offset, id)."""
    for path, sha256 in visit["files"]:
        if (is_sidecar(path) or is_marker(path) or paths.is_widget(path)) and not take_in_file(
            db, root, path, sha256, notes
        ):
            notes.lost.add(path)
            lost = {"article_id": visit["article_id"], "version": visit["version"] or 0}
            db.execute(queries()["number_is_taken"], lost)
    index.add_visit(db, visit, *place)
    db.execute(queries()["settle_pending"], {"record_id": place[2]})


def take_in_file(db: apsw.Connection, root: Path, path: str, sha256: str | None, notes: Notes) -> bool:
    """Take in a sidecar, a tombstone or a decision about a widget; whether it is whole, with the SHA-256 if given."""
    try:
        content = _content(root, path, sha256)
        made, data = hashlib.sha256(content).hexdigest(), loads(content, root / path)
        if paths.is_widget(path):
            checked(root / path, lambda: index.add_widget(db, data, path, made))
        elif is_marker(path):
            checked(root / path, lambda: index.add_marker(db, data, path, made))
        else:
            text = path.removesuffix(".json") + ".txt"
            size = len(content) + _size(root / text)
            checked(root / path, lambda: index.add_version(db, data, text, made, size))
    except ArchiveDamaged as exc:
        notes.say(str(exc))
        return False
    return True


def _content(root: Path, path: str, sha256: str | None) -> bytes:
    if not paths.is_ours(path):
        raise ArchiveDamaged(root / path, "is no place where files of the archive are kept")
    content = read(root / path)
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise ArchiveDamaged(root / path, "is not what the visit that made it says; restore it from a backup")
    return content


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
