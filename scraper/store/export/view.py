"""What an export reads: the archive as it is when the export begins, whatever is written while it runs.

    Wanted → rows of the catalogue, in the order of captures → items: each with its files, checked against their hashes

All rows are read in one transaction, so that they are of one moment; the files they name never change. One row after
the other: memory does not grow with the archive. What is damaged is named, counted and left out.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, cast

import apsw

from scraper.errors import ArchiveDamaged, UsageError
from scraper.model import EditKind, Snapshot, VerdictKind
from scraper.store import index
from scraper.store.catalogue import Catalogue, queries
from scraper.store.shelves import as_stored, text_as_stored
from scraper.store.sidecar import Json, checked, loads, snapshot_from
from scraper.store.stamps import from_ticks, ticks

Which = Literal["all", "latest", "first"]
FIRST: Final = from_ticks(-(1 << 55))
LAST: Final = from_ticks(1 << 57)
LISTED: Final = 1000  # problems that are listed within an export; all are counted


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which versions: of these outlets (all if none is named), captured from `since` on and before `until`.

    `version` is the number of one, or which of those captured in that time. Without any filter an export of WARC
    records holds every record, those of visits that made no version too.
    """

    outlets: tuple[str, ...] = ()
    since: datetime = FIRST
    until: datetime = LAST
    version: int | Which = "all"
    kind: EditKind | None = None
    stealth: bool = False

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class Row:
    """One version, as the catalogue has it. `url` is the article's; `seq` the place of its capture."""

    article_id: str
    version: int
    outlet: str
    url: str
    path: str
    sha256: str
    sidecar_sha256: str
    verdict: VerdictKind
    captured_at: datetime
    seq: int
    title: str | None
    kinds: tuple[EditKind, ...]
    stealth: bool
    flags: tuple[str, ...]
    revision: int

    @property
    def sidecar_path(self) -> str:
        """Where the sidecar lies."""
        return self.path.removesuffix(".txt") + ".json"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (relative to the archive) that is not as it was stored, or not there, and in what way."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The files of a version, as they lie in the archive, and what they say."""

    text: bytes
    sidecar: bytes
    data: Json
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Item:
    """One version: exactly one of `stored` and `problem` is there."""

    row: Row
    stored: Stored | None
    problem: Problem | None = None


def _quiet(_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told: `problem` of each problem as it is met, `step` after each thing done, with how many were done of
    how many (versions, or bytes of WARC files)."""

    problem: Callable[[Problem], None] = _quiet
    step: Callable[[tuple[int, int]], None] = _quiet


class View:
    """One moment of an archive, for one export. `problems` counts; `listed` are the first of them."""

    def __init__(self, root: Path, db: apsw.Connection, wanted: Wanted, ears: Ears) -> None:
        self.root = root
        self.db = db
        self.wanted = wanted
        self.ears = ears
        self.problems = 0
        self.listed: list[Problem] = []
        self.as_of = _last_moment(db)

    def rows(self) -> Iterator[Row]:
        """The wanted versions, in the order of their captures."""
        for values in self.db.execute(queries()["export_rows"], _values(self.wanted)):
            yield _row(values)

    def count(self) -> int:
        """How many these are."""
        query = f"SELECT count(*) FROM ({queries()['export_rows'].rstrip(';')})"  # noqa: S608  # a statement of ours
        (number,) = cast("tuple[int]", self.db.execute(query, _values(self.wanted)).fetchone())
        return number

    def items(self) -> Iterator[Item]:
        """The same, with their files."""
        total = self.count()
        for number, row in enumerate(self.rows(), 1):
            yield self._item(row)
            self.ears.step((number, total))

    def _item(self, row: Row) -> Item:
        try:
            return Item(row, self._stored(row))
        except ArchiveDamaged as exc:
            return Item(row, None, self.damaged(exc))

    def _stored(self, row: Row) -> Stored:
        text = text_as_stored(self.root, row.path, row.sha256)
        place = self.root / row.sidecar_path
        side = as_stored(place, row.sidecar_sha256)
        data = loads(side, place)
        return Stored(text, side, data, checked(place, lambda: snapshot_from(data, row.path)))

    def damaged(self, error: ArchiveDamaged) -> Problem:
        """Count what `error` says, and tell it."""
        path = error.path.relative_to(self.root) if error.path.is_relative_to(self.root) else error.path
        problem = Problem(path.as_posix(), error.why)
        self.problems += 1
        if len(self.listed) < LISTED:
            self.listed.append(problem)
        self.ears.problem(problem)
        return problem

    def place(self, record_id: str) -> int | None:
        """Where the record of a capture is, as a `seq`."""
        row = self.db.execute(queries()["capture_place"], {"record_id": record_id}).fetchone()
        return cast("int", row[0]) if row else None

    def now_at(self, seq: int) -> int:
        """Where the record of a capture lies that was written at `seq`: elsewhere if its file was pruned."""
        row = self.db.execute(queries()["seq_now"], {"seq": seq}).fetchone()
        return cast("int", row[0]) if row else seq

    def warcs(self) -> list[tuple[int, str, int]]:
        """All WARC files: serial, path, and how far they belong to this moment."""
        rows = self.db.execute(queries()["all_warcs"]).fetchall()
        return cast("list[tuple[int, str, int]]", rows)

    def visits(self, row: Row) -> list[tuple[int, str]]:
        """The places and ids of the records of the visits that made a version, or read it anew."""
        values = {"id": row.article_id, "version": row.version}
        return cast("list[tuple[int, str]]", self.db.execute(queries()["visits_of_version"], values).fetchall())


class Exports:
    """Opens views of one archive."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self._root = root
        self._catalogue = catalogue

    @contextlib.contextmanager
    def view(self, wanted: Wanted, ears: Ears | None = None) -> Iterator[View]:
        """The archive at this moment, for as long as the block runs; nobody who writes has to wait for it.

        Raises UsageError if nothing of an outlet is here.
        """
        with self._catalogue.read() as db:
            for outlet in wanted.outlets:
                if db.execute(queries()["outlet_is_known"], {"outlet": outlet}).fetchone() == (0,):
                    raise UsageError(
                        f"--outlet {outlet}: nothing of that outlet is here; `scraper status` lists outlets"
                    )
            yield View(self._root, db, wanted, ears or Ears())


def place(seq: int) -> tuple[int, int]:
    """Serial of a WARC file and offset in it."""
    return index.place(seq)


def _last_moment(db: apsw.Connection) -> datetime:
    row = db.execute(queries()["last_moment"]).fetchone()
    return from_ticks(cast("int", row[0])) if row else from_ticks(0)


def _values(wanted: Wanted) -> dict[str, str | int | None]:
    return {
        "outlets": json.dumps(wanted.outlets) if wanted.outlets else None,
        "since": ticks(wanted.since),
        "until": ticks(wanted.until),
        "number": wanted.version if isinstance(wanted.version, int) else None,
        "which": wanted.version if isinstance(wanted.version, str) else "all",
        "kind": wanted.kind,
        "stealth": int(wanted.stealth),
    }


def _row(values: tuple[object, ...]) -> Row:
    article_id, version, outlet, url, path, sha256, side, verdict, at, seq, title, kinds, stealth, flags, revision = (
        cast("tuple[str, int, str, str, str, str, str, VerdictKind, int, int, str | None, str, int, str, int]", values)
    )
    split = cast("tuple[EditKind, ...]", tuple(kinds.split()))
    return Row(
        article_id, version, outlet, url, path, sha256, side, verdict, from_ticks(at), seq, title, split, bool(stealth),
        tuple(flags.split()), revision,
    )  # fmt: skip
