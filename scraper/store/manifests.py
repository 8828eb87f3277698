"""One file a day that `sha256sum -c`, run in the archive's folder, can check without this program.

    manifests/2024-06-02.sha256    snapshots, sidecars and tombstones made on that day, WARC files closed on it

Days are in UTC. A manifest is written once its day is over and never changed. What comes in later under an old date (an
import, a visit at midnight) is listed in the next one that is written, so that each file is in exactly one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import apsw

from scraper.errors import ArchiveDamaged
from scraper.store import paths
from scraper.store.catalogue import Catalogue, queries
from scraper.store.files import Files, opened, read, staged, unwritable
from scraper.store.stamps import day_of, day_start

_LONGEST = 1 << 16  # bytes of a line
_LARGEST = 1 << 30  # bytes of a manifest: of a day on which millions of versions were brought here


@dataclass(frozen=True, slots=True)
class Line:
    """One file to list: its day, its path, and its hash if the catalogue has it."""

    day: date
    path: str
    sha256: str | None


def write(root: Path, files: Files, catalogue: Catalogue, today: date) -> list[str]:
    """Write the manifest of every day before `today` that lacks one and has something to list; their paths.

    Call it under the archive's lock. Raises ArchiveError.
    """
    with catalogue.read() as db:
        written = {cast("str", row[0]) for row in db.execute(queries()["manifest_days"])}
        lines = sorted(_unlisted(db, today), key=lambda line: (line.day, line.path))
    written |= {path.stem for path in (root / paths.MANIFESTS).glob("*")}  # a stranger's: `verify` names it
    made, late = [], list[Line]()
    for day in _days(lines, today):
        mine = late + [line for line in lines if line.day == day]
        if day.isoformat() in written:
            late = mine
        elif mine:
            made.append(_write_day(root, files, catalogue, day, mine))
            late = []
    return made


def _days(lines: list[Line], today: date) -> list[date]:
    """All days with something to list, and yesterday, which takes what is too late for its own."""
    return sorted({line.day for line in lines} | ({today - timedelta(days=1)} if lines else set()))


def _unlisted(db: apsw.Connection, today: date) -> Iterator[Line]:
    until = {"until": day_start(today)}
    rows = cast("list[tuple[int, str, str, str]]", db.execute(queries()["unlisted"], until).fetchall())
    for at, path, sha256, sidecar_sha256 in rows:
        yield Line(day_of(at), path, sha256)
        yield Line(day_of(at), path.removesuffix(".txt") + ".json", sidecar_sha256)
    for query in ("unlisted_markers", "unlisted_widgets"):
        for row in db.execute(queries()[query], until):
            yield Line(day_of(cast("int", row[0])), *cast("tuple[str, str]", row[1:]))
    for row in db.execute(queries()["closed_warcs"], until):
        _, file, closed = cast("tuple[int, str, int]", row)
        yield Line(day_of(closed), file, None)


def _write_day(root: Path, files: Files, catalogue: Catalogue, day: date, lines: list[Line]) -> str:
    listed = "".join(f"{line.sha256 or file_sha256(root / line.path)}  {line.path}\n" for line in lines).encode()
    path = paths.manifest(day)
    with unwritable(root / path):
        files.make_folder(root / paths.MANIFESTS)
        files.sync_up(root / paths.MANIFESTS, root)
        files.create(root / path, listed)
    with catalogue.write() as db:
        take_in(db, path, listed)
    return path


def settle(root: Path, files: Files, catalogue: Catalogue) -> list[str]:
    """Take in manifests that were written when a process died before it could say so, and remove what one of them did
    not finish; what was done, as sentences. One that lists anything else than known files is left to `verify`."""
    folder = root / paths.MANIFESTS
    with catalogue.read() as db:
        days = [cast("str", row[0]) for row in db.execute(queries()["manifest_days"])]
    told: list[str] = []
    known = {paths.manifest(date.fromisoformat(day)) for day in days}
    for place in sorted(folder.glob("*.sha256")):
        path = place.relative_to(root).as_posix()
        if not paths.MANIFEST.fullmatch(place.name) or path in known:
            continue
        with contextlib.suppress(ArchiveDamaged), catalogue.write() as db:
            found = content(place)
            if _is_ours(db, found):
                take_in(db, path, found)
                told.append(f"{path} was written and not yet known; taken in")
    for leftover in folder.glob(staged(Path("*.sha256")).name):
        with unwritable(leftover):
            files.unlink(leftover)
        told.append(f"{leftover.name} was not finished, and is removed")
    return told


def _is_ours(db: apsw.Connection, content: bytes) -> bool:
    """Whether a manifest lists only files that the catalogue knows, none of which is in another manifest."""
    lines = parse(content)
    return content.count(b"\n") == len(lines) and all(_is_known(db, sha256, path) for sha256, path in lines)


def _is_known(db: apsw.Connection, sha256: str, path: str) -> bool:
    values = {"path": path, "sha256": sha256, "text": path.removesuffix(".json").removesuffix(".txt") + ".txt"}
    values["folder"] = path.rpartition("/")[0]
    return db.execute(queries()["is_unlisted"], values).fetchone() is not None


def take_in(db: apsw.Connection, path: str, content: bytes) -> None:
    """Note in the catalogue that the manifest at `path` lists what it lists."""
    day = Path(path).name.removesuffix(".sha256")
    db.execute(queries()["add_manifest"], {"day": day, "sha256": hashlib.sha256(content).hexdigest()})
    for _, listed in parse(content):
        values = {"path": listed, "day": day, "folder": listed.rpartition("/")[0]}
        if paths.is_warc(listed):
            db.execute(queries()["list_warc"], {"path": listed, "day": day})
        elif paths.is_widget(listed):
            db.execute(queries()["list_widget"], {"path": listed, "day": day})
        elif Path(listed).name.startswith(("gone-", "back-")):
            db.execute(queries()["list_marker"], {"path": listed, "day": day})
        elif row := db.execute(queries()["reading_at_path"], {k: values[k] for k in ("path", "folder")}).fetchone():
            found = dict(zip(("article_id", "version", "revision"), row, strict=True))
            db.execute(queries()["list_reading"], {**found, "day": day})


def parse(content: bytes) -> list[tuple[str, str]]:
    """The hashes and paths of a manifest. Lines that are none are left out; `verify` finds them by the hash."""
    lines = (line.split("  ", 1) for line in content.decode("utf-8", "replace").splitlines())
    return [(line[0], line[1]) for line in lines if len(line) == 2]


def content(path: Path) -> bytes:
    """All of the manifest at `path`. Raises ArchiveDamaged, also if it is larger than any can be."""
    return read(path, _LARGEST)


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """The same of the manifest at `path`, which is never held as a whole. Raises ArchiveDamaged."""
    with opened(path) as fd, open(fd, "rb", closefd=False) as file:
        while line := file.readline(_LONGEST):
            yield from parse(line)


def own_sha256(path: Path) -> str:
    """The SHA-256 of the manifest at `path`. Raises ArchiveDamaged, also if it is larger than any can be."""
    return file_sha256(path, _LARGEST)


def file_sha256(path: Path, most: int | None = None) -> str:
    """The SHA-256 of a file of any size, or of `most` bytes. Raises ArchiveDamaged."""
    with opened(path) as fd, open(fd, "rb", closefd=False) as file:
        size = os.fstat(fd).st_size
        if most is not None and size > most:
            raise ArchiveDamaged(path, f"is {size} bytes long, which nothing here may be; restore it from a backup")
        return hashlib.file_digest(file, "sha256").hexdigest()
