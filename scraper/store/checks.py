"""What all parts of `verify` share: findings, the catalogue as long as it can be read, files that may be anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scraper.errors import ArchiveDamaged
from scraper.store.catalogue import Catalogue, queries
from scraper.store.drafts import is_sidecar, is_text
from scraper.store.files import read
from scraper.store.scan import Gap, Record

#: Who is told how far the work is: of what, how much is done, and of how much; 0 if that is not known.
Step = Callable[[str, int, int], None]

BACKUP: Final = "restore it from a backup"
SURPLUS: Final = "move it out of the archive, or restore what it belongs to"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was stored: the file (relative to the archive), what is wrong, what to do."""

    file: str
    problem: str
    repair: str


def untold(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Check:
    """One run over the archive at `root`. `named` are the files that were named already, `surplus` those that nothing
    accounted for when they were met; `step` is told how far it is."""

    def __init__(self, root: Path, catalogue: Catalogue | None, step: Step, *, deep: bool) -> None:
        self.root = root
        self.catalogue = catalogue
        self.step = step
        self.deep = deep
        self.damage: str | None = None
        self.named: set[str] = set()
        self.surplus: list[str] = []

    def _rows_of(self, query: str, values: dict[str, Any] | None = None) -> list[Any]:
        """Rows of the catalogue; none from the moment it turns out to be damaged."""
        if self.catalogue is None:
            return []
        try:
            with self.catalogue.read() as db:
                return db.execute(queries()[query], values).fetchall()
        except ArchiveDamaged as exc:
            self.catalogue, self.damage = None, exc.why
            return []
        except UnicodeEncodeError:
            return []  # a name that is no text is none of ours

    def _content(self, path: str) -> bytes | Finding:
        try:
            return read(self.root / path)
        except ArchiveDamaged as exc:
            return Finding(path, exc.why, BACKUP)

    def _counted(self, files: Iterable[Path], versions: int) -> Iterator[Path]:
        """`files`, with a step for each text among them."""
        done = 0
        for path in files:
            yield path
            if is_text(path.name):
                done += 1
                self.step("versions", done, max(done, versions) if versions else 0)

    def _missing(self, paths_: Iterable[str]) -> Iterator[Finding]:
        """What is really not there, or no file: some of it may have been stored after the folder was read."""
        for path in sorted(paths_):
            if not os.path.lexists(self.root / path):
                yield Finding(path, "is missing", BACKUP)
            elif not stat.S_ISREG((self.root / path).lstat().st_mode):
                yield Finding(path, "is not a regular file", BACKUP)


def followed(pieces: Iterable[Record | Gap], read_on: Callable[[int], None]) -> Iterator[Record | Gap]:
    """`pieces` of a WARC file; `read_on` is told how long each was."""
    for piece in pieces:
        yield piece
        read_on(piece.length)


def spoken_of(known: Iterable[str], markers: Iterable[str]) -> set[str]:
    """The files that the catalogue's rows speak of."""
    return {*known, *(path.removesuffix(".txt") + ".json" for path in known), *markers}


def pairs(there: set[str]) -> set[str]:
    """What belongs to the files that are there: no text without sidecar, no sidecar without text."""
    stems = {path.rpartition(".")[0] for path in there if is_text(path) or is_sidecar(path)}
    return {f"{stem}{ending}" for stem in stems for ending in (".txt", ".json")}
