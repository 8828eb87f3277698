"""The catalogue, made again from the files alone.

    WARC files in order → visits, captures, and the versions and tombstones they name
    articles/           → versions and tombstones no visit names (their WARC file is lost)
    manifests/          → what is listed where
    the old catalogue   → when to look next, if it can still be read
    new file, synced    → renamed over the old one, which nobody may have open

Reads everything, changes nothing but the catalogue, and moves pieces of unfinished writes to quarantine/. The old one
is in use until the new one is whole; if it was damaged, or has an older layout, it is kept in quarantine/.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import apsw

from scraper import urls
from scraper.errors import ArchiveDamaged, ArchiveError, ArchiveOlder, UrlError
from scraper.store import catalogue as catalogues
from scraper.store import manifests, paths
from scraper.store.catalogue import door, queries
from scraper.store.checks import Step, untold
from scraper.store.drafts import is_marker, is_sidecar
from scraper.store.files import Files, unwritable
from scraper.store.intake import Notes, take_in_file, take_in_warc, warc_files
from scraper.store.lease import Lease, leased
from scraper.store.locks import Lock
from scraper.store.opening import refuse_network
from scraper.store.quarantine import Quarantine
from scraper.store.stamps import now

State = Literal["whole", "older", "damaged", "missing"]  # of the old catalogue
# What the files do not hold: when to look next, and what somebody was just about to write.
_CARRIED = ("sources", "frontier", "hosts", "pending")
_DERIVED = (
    "articles",
    "aliases",
    "hints",
    "versions",
    "readings",
    "marks",
    "markers",
    "widgets",
    "captures",
    "moved",
    "pruned",
    "visits",
    "imports",
    "manifests",
    "tallies",
)
# A name that was reserved for a file is no fact about files; how far a file was read is none either.
_FILES = "SELECT serial, file, created_at, manifest FROM warcs WHERE serial IN (SELECT seq >> 40 FROM visits)"


class Extent:
    """How much of an archive is to be taken in: all of it."""

    def until(self, serial: int) -> int | None:
        """Where the WARC file with this serial ends; None is its end on the disk."""
        return None

    def holds(self, path: str) -> bool:
        """Whether a file that no visit names is one of it."""
        return True


ALL = Extent()


@dataclass(slots=True)
class Rebuilt:
    """What the new catalogue holds, and what was wrong with the files."""

    articles: int = 0
    versions: int = 0
    visits: int = 0
    carried: bool = False
    findings: list[str] = field(default_factory=list)


def reindex(root: Path, files: Files | None = None, step: Step = untold) -> Rebuilt:
    """Make the catalogue of the archive at `root` again; `step` is told how far it is. Raises ArchiveBusy while any
    process has it open, or another machine has it; ArchiveUnwritable on a network file system."""
    root, files = root.resolve(), files or Files()
    if not any((root / part).exists() for part in (paths.ARTICLES, paths.WARC, paths.CATALOGUE)):
        raise ArchiveError(root, "is no archive; there are no files to make a catalogue from")
    refuse_network(root)
    with leased(root / paths.RUN) as lease:
        lock = Lock(root / paths.RUN / "open.lock")
        try:
            lock.claim("the archive is in use, and its catalogue cannot be made again under it")
            return _rebuild(root, files, step, lease)
        finally:
            lock.close()


def renew(root: Path, files: Files) -> str | None:
    """Make a catalogue that has an older layout again; what was done, None if there was nothing to do.

    Raises ArchiveBusy while another process has the archive open.
    """
    place = root / paths.CATALOGUE
    try:
        catalogues.Catalogue.open(place).close()
    except ArchiveOlder as exc:
        done = reindex(root, files)
        kept = "" if done.carried else "; when to look next is forgotten"
        return f"{exc.why.partition(';')[0]}: made again, {done.versions} versions{kept}"
    except ArchiveError:
        return None  # whatever else is wrong is said when it is opened
    return None


def _rebuild(root: Path, files: Files, step: Step, lease: Lease) -> Rebuilt:
    place = root / paths.CATALOGUE
    made, result = catalogues.rebuilt(place), Rebuilt()
    with unwritable(made), door(made):
        catalogues.remove(made, files)
        catalogues.create(made, files)
        db = catalogues.connect(made, apsw.SQLITE_OPEN_READWRITE)
        try:
            db.pragma("synchronous", "OFF")  # it is synced once, when it is whole
            db.execute("BEGIN IMMEDIATE")
            notes = Notes(result.findings.append, step=bytes_read(root, step))
            fill(db, root, notes, Quarantine(root, files, now))
            state = _carry_over(db, place, result)
            result.carried = state in {"whole", "older"}
            _seed_frontier(db)
            _count(db, result)
            db.execute("COMMIT")
        finally:
            db.close()
        lease.check()
        _put_in_place(root, files, made, state)
    return result


def bytes_read(root: Path, step: Step) -> Callable[[int], None]:
    """Something to tell of each piece that was read of a WARC file, which tells `step` of all of them."""
    done = total = 0
    for _, path in warc_files(root):
        with contextlib.suppress(OSError):
            total += path.stat().st_size

    def read_on(length: int) -> None:
        nonlocal done
        done += length
        step("bytes", done, total)

    return read_on


def fill(db: apsw.Connection, root: Path, notes: Notes, quarantine: Quarantine | None, extent: Extent = ALL) -> None:
    """Take in what the files say. Pieces of unfinished writes go to `quarantine`, or stay where they are."""
    for serial, path in warc_files(root):
        if (end := extent.until(serial)) != 0:
            take_in_warc(db, root, serial, path, notes, end)
    for path in article_files(root):
        place = path.relative_to(root).as_posix()
        if path.name.startswith(".") and path.name.endswith(".part"):
            if quarantine:
                notes.say(quarantine.take(path, "a write that did not end"))
        elif place in notes.lost or not paths.is_article_file(place) or not extent.holds(place):
            continue  # it is not what its visit says, and that has been said; or somebody else's
        elif is_sidecar(place):
            _take_in_unnamed(db, root, quarantine, path, notes)
        elif is_marker(place) and not db.execute("SELECT 1 FROM markers WHERE path = ?", (place,)).fetchone():
            take_in_file(db, root, place, None, notes)
    _fill_lists(db, root, notes, extent)


def _fill_lists(db: apsw.Connection, root: Path, notes: Notes, extent: Extent) -> None:
    """Decisions about widgets that no visit names, and manifests."""
    for path in sorted((root / paths.WIDGETS).glob("*/*.json")):
        place = path.relative_to(root).as_posix()
        strange = place in notes.lost or not paths.is_widget(place) or not extent.holds(place)
        if not strange and not db.execute("SELECT 1 FROM widgets WHERE path = ?", (place,)).fetchone():
            take_in_file(db, root, place, None, notes)
    for path in sorted((root / paths.MANIFESTS).glob("*.sha256")):
        place = path.relative_to(root).as_posix()
        if paths.MANIFEST.fullmatch(path.name) and extent.holds(place):
            try:
                manifests.take_in(db, place, manifests.content(path))
            except ArchiveDamaged as exc:
                notes.say(str(exc))


def _take_in_unnamed(db: apsw.Connection, root: Path, quarantine: Quarantine | None, path: Path, notes: Notes) -> None:
    """A sidecar: known already, or the work of a process that died before it could say so, or of a lost WARC file."""
    place = path.relative_to(root).as_posix()
    text = path.with_suffix(".txt")
    values = {"folder": place.rpartition("/")[0], "path": place.removesuffix(".json") + ".txt"}
    if db.execute(queries()["reading_at_path"], values).fetchone():
        return
    if text.exists():
        notes.say(f"{place} is in no visit that is left; taken in as it is")
        take_in_file(db, root, place, None, notes)
    elif quarantine and db.execute("SELECT 1 FROM visits WHERE version IS NOT NULL LIMIT 1").fetchone():
        notes.say(quarantine.take(path, "a write that did not end: there is no text"))


def article_files(root: Path, after: str = "") -> Iterator[Path]:
    """All files in articles' folders, in order; those in folders behind `after` only. Links are not followed."""
    last = Path(after).parts
    for folder, names, found in os.walk(root / paths.ARTICLES):
        names.sort()
        here = Path(folder).relative_to(root).parts
        if here == last[: len(here)]:  # what is in `after`, and in the folders above it, came before it
            names[:] = [name for name in names if (*here, name) >= last[: len(here) + 1]]
        elif here > last:
            yield from (Path(folder, name) for name in sorted(found))


def _carry_over(db: apsw.Connection, old: Path, result: Rebuilt) -> State:
    """When to look next is not in the files: it is taken from the old catalogue if that is whole."""
    if not old.exists():
        result.findings.append("when to look next is forgotten: there was no catalogue")
        return "missing"
    try:
        found = catalogues.Catalogue.open(old, older=True)
        with contextlib.closing(found), found.read() as source:
            if source.pragma("quick_check", 1) != "ok":
                return "damaged"
            for table in _CARRIED:
                _copy(source, db, table)
    except (ArchiveError, apsw.Error) as exc:
        result.findings.append(f"when to look next is forgotten: {exc}")
        return "damaged"
    return "older" if found.older else "whole"


def _copy(source: apsw.Connection, db: apsw.Connection, table: str) -> None:
    """Copy the columns that both have. The names are ours, never anything from outside."""
    theirs, ours = (
        {cast("str", row[1]) for row in each.execute(f"PRAGMA table_info({table})")}  # see above
        for each in (source, db)
    )
    names = sorted(theirs & ours)
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    rows = source.execute(f"SELECT {columns} FROM {table}")  # noqa: S608  # see above
    db.executemany(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608  # see above


def _seed_frontier(db: apsw.Connection) -> None:
    """Articles that have no row are due when they were last seen: `take` puts the old ones last."""
    for row in db.execute(queries()["articles_to_seed"]).fetchall():
        article_id, url, outlet, first, last, key, other = row
        with contextlib.suppress(UrlError):
            values = {
                "key": key or other,
                "url": url,
                "host": urls.host(cast("str", url)),
                "outlet": outlet,
                "at": last,
                "article_id": article_id,
                "first_seen": first,
            }
            db.execute(queries()["seed_frontier"], values)


def _count(db: apsw.Connection, result: Rebuilt) -> None:
    counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM versions), (SELECT count(*) FROM visits)"
    result.articles, result.versions, result.visits = cast("tuple[int, int, int]", db.execute(counts).fetchone())


def _put_in_place(root: Path, files: Files, made: Path, state: State) -> None:
    """Sync the new one, and let it take the old one's name. A log of the old one must not meet the new one."""
    place, quarantine = root / paths.CATALOGUE, Quarantine(root, files, now)
    fd = files.open(made, os.O_RDWR)
    try:
        files.sync(fd)
    finally:
        os.close(fd)
    if state == "whole":
        catalogues.fold(place)
    elif place.is_symlink() or place.is_dir():
        quarantine.take(place, "it is no file, and the catalogue was made again")
    elif state != "missing":
        quarantine.hold(place, f"it was {state} when the catalogue was made again")
    for log in filter(os.path.lexists, catalogues.logs(place)):
        quarantine.take(Path(log), "it belongs to a catalogue that was made again")
    files.rename(made, place)
    files.sync_folder(root)


def dump(db: apsw.Connection) -> Iterator[str]:
    """All that the files say, line by line in a fixed order: two catalogues of one archive give the same lines."""
    for table in _DERIVED:
        for row in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):  # noqa: S608  # names of ours only
            yield f"{table} {row!r}"
    for row in db.execute(f"{_FILES} ORDER BY 1"):
        yield f"warcs {row!r}"
