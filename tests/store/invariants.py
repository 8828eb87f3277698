"""The invariants of docs/archive.md as one checker. Each failure begins with the name of the invariant it breaks.

promises → what the archive said is stored, and to whom
broken(root, promises, …) → what does not hold, nothing if all does
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from scraper.errors import ArchiveError
from scraper.model import Capture, Snapshot
from scraper.store.archive import FileArchive
from scraper.store.quarantine import PIECES
from scraper.store.reindex import reindex
from tests.store.kit import counted, dumped, findings, tallies

EVIDENCE = ("articles", "warc", "widgets", "manifests")


@dataclass
class Promises:
    """What was acknowledged: files by their hash, captures, and files that lay there before."""

    files: dict[str, str] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path, told: Sequence[object] = ()) -> Promises:
        """All that lies at `root` apart from WARC files, and what `told` says is there."""
        made = cls({name: _sha256(root / name) for name in evidence(root) if not name.endswith(".warc.gz")})
        for what in told:
            made.add(what)
        return made

    def add(self, what: object) -> None:
        """A snapshot, a capture, or the hash of a file by its path."""
        if isinstance(what, Capture):
            self.captures.append(what)
        elif isinstance(what, Snapshot):
            self.files[what.path] = what.sha256
            self.captures.append(what.capture)
        elif isinstance(what, dict):
            self.files |= what


def evidence(root: Path) -> list[str]:
    """The files that are the archive, apart from the catalogue."""
    found = (path for part in EVIDENCE for path in (root / part).rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in found)


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "missing"
    size = path.stat().st_size
    return f"{size} bytes" if size > 1 << 26 else hashlib.sha256(path.read_bytes()).hexdigest()


def contents(root: Path) -> dict[str, str]:
    """Every byte of the archive; what SQLite keeps beside the catalogue belongs to whoever has it open."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {path.relative_to(root).as_posix(): _sha256(path) for path in files if ".run" not in path.parts}


Opened = Callable[[Path], FileArchive]


def broken(root: Path, promises: Promises, opened: Opened, *, damaged: bool = False) -> Iterator[str]:
    """What does not hold once somebody has opened the archive at `root` again. `damaged`: files were harmed on purpose,
    so that `verify` has to find something."""
    yield from _verify_changes_nothing(root)
    unfinished = [] if damaged or not evidence(root) else _found(root)
    try:
        with opened(root) as archive:
            repairs = list(archive.repairs)
            yield from _promised(root, archive, promises)
            yield from _whole(archive)
    except ArchiveError as error:
        yield f"I8: it cannot be opened: {error}"
        return
    if unfinished and not repairs:
        yield f"I8: nothing was said of {unfinished}"
    yield from _tidy(root)
    yield from _readable(root)
    if not damaged:
        yield from (f"I12: {finding}" for finding in findings(root))
    before = dumped(root)
    reindex(root)
    if before != (after := dumped(root)):
        yield f"I4: {sorted(set(before) ^ set(after))}"


def _verify_changes_nothing(root: Path) -> Iterator[str]:
    before = contents(root)
    try:
        findings(root)
    except ArchiveError as error:
        yield f"I12: verify gives up: {error}"
    if changed := set(contents(root).items()) ^ set(before.items()):
        yield f"I12: verify changed {sorted(changed)}"


def _found(root: Path) -> list[str]:
    return [f"{finding.file}: {finding.problem}" for finding in findings(root, deep=False)]


def _promised(root: Path, archive: FileArchive, promises: Promises) -> Iterator[str]:
    for path, sha256 in promises.files.items():
        if (now := _sha256(root / path)) != sha256:
            yield f"I1, I3: {path} is {now}, was acknowledged as {sha256}"
    for capture in promises.captures:
        try:
            archive.page(capture)
        except ArchiveError as error:
            yield f"I1: {error}"


def _whole(archive: FileArchive) -> Iterator[str]:
    with archive.catalogue.read() as db:
        if tallies(db) != counted(db):
            yield f"I4: counted as {tallies(db)}, there are {counted(db)}"
    for entry in archive.articles():
        versions = archive.versions(entry.id)
        for snapshot in versions:
            try:
                if archive.read_text(snapshot) != snapshot.article.text:
                    yield f"I2: {snapshot.path} is not what its sidecar says"
                archive.page(snapshot.capture)
            except ArchiveError as error:
                yield f"I2: {error}"
        if [snapshot.version for snapshot in versions] != list(range(len(versions))):
            yield f"I5, I6: versions {[snapshot.version for snapshot in versions]} of {entry.url}"
        bodies = [snapshot.article.text for snapshot in versions]
        if any(a == b for a, b in pairwise(bodies)):
            yield f"I5: the same text twice: {entry.url}"
        places = [(snapshot.capture.file.rpartition("-")[2], snapshot.capture.offset) for snapshot in versions]
        if places != sorted(places):
            yield f"I9: versions of {entry.url} are not in the order of their captures"


def _tidy(root: Path) -> Iterator[str]:
    for path in root.rglob(".*"):
        if path.is_file() and path.parent.name != ".run":
            yield f"I10: {path.relative_to(root)} was left behind"
    for name in (".run", "quarantine"):
        if (root / name).exists() and (mode := stat.S_IMODE((root / name).stat().st_mode)) != 0o700:
            yield f"I11: {name} has the mode {mode:o}"
    if (root / "quarantine").exists() and len(list((root / "quarantine").iterdir())) > 2 * PIECES + 2:
        yield "I10: quarantine grows"


def _readable(root: Path) -> Iterator[str]:
    for path in sorted(root.glob("warc/*/*/*.warc.gz")):
        with path.open("rb") as file:
            try:
                for record in ArchiveIterator(file, check_digests="raise"):
                    record.raw_stream.read()
            except ArchiveLoadFailed as error:
                yield f"I7: {path.name}: {error}"
