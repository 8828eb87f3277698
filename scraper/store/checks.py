"""What all parts of `verify` say and ask: findings, how far the work is, what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scraper.store.drafts import is_sidecar, is_text
from scraper.store.scan import Gap, Record

#: Who is told how far the work is: of what, how much is done, and of how much; 0 if that is not known.
Step = Callable[[str, int, int], None]

BACKUP: Final = "restore it from a backup"
# File and row differ, and each is whole: which one is wrong shows once the row is made again.
UNLIKE: Final = "run `scraper reindex`; if it is named again, restore it from a backup"
SURPLUS: Final = "move it out of the archive, or restore what it belongs to"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was stored: the file (relative to the archive), what is wrong, what to do; and when
    it was found, if that was in an earlier part of the run."""

    file: str
    problem: str
    repair: str
    found_at: datetime | None = None


def untold(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


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
