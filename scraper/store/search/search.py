"""The search itself: a query in, a page of hits out, within a bounded time.

    query → match → sheets by how telling they are → versions → hits with a piece of their text

Everything shown is read from the archive and checked against its hash; `search.sqlite` only says where to look.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar, cast

import apsw

from scraper.errors import ArchiveDamaged, ArchiveError, QueryError, QueryTooDear
from scraper.hits import Facets, Followed, Found, Hit, Marked, Span
from scraper.model import Entry, Snapshot
from scraper.query import Query
from scraper.store.catalogue import Catalogue, Value
from scraper.store.files import Files
from scraper.store.search import file, snippets
from scraper.store.search.file import queries
from scraper.store.search.follow import Follower, Read
from scraper.store.search.match import Match, match
from scraper.store.search.sheets import unpacked

T = TypeVar("T")

SECONDS: Final = 1.0  # that one search may take
REPAIR: Final = 5.0  # seconds that making a damaged file again may take before the search goes on with what there is
STEPS: Final = 10_000  # of SQLite's machine between two looks at the clock: for each it waits for threads of Python
COUNTED: Final = 10_000  # sheets that are counted for facets
_CURSOR: Final = re.compile(r"(\d{1,9})\.(\d{1,6})", re.ASCII)
_LAST: Final = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the search reads of an archive: an article by its id, and one of its versions."""

    entry: Callable[[str], Entry | None]
    snapshot: Callable[[str, int], Snapshot | None]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A row of the query `found`."""

    article: int
    id: str
    outlet: str
    language: str
    day: int
    latest: int
    sheets: int
    no: int
    numbers: bytes
    mask: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """An article that was found: its versions in order, and those in which the query holds."""

    sheet: _Sheet
    numbers: Sequence[int]
    holds: Sequence[int]


class Search:
    """`interfaces.Searcher` over one archive. Calls may come from any thread; each has a connection of its own."""

    def __init__(
        self, root: Path, catalogue: Catalogue, shelf: Shelf, read: Read, now: Callable[[], datetime], files: Files
    ) -> None:
        self._follower = Follower(root, catalogue, read, now, files)
        self._path = self._follower.path
        self._shelf = shelf

    def close(self) -> None:
        """Let go of the lock's file."""
        self._follower.close()

    def follow(self, seconds: float) -> Followed:
        """See `interfaces.Searcher`."""
        return self._follower.follow(seconds)

    def behind(self) -> int:
        """See `interfaces.Searcher`."""
        return self._follower.behind()

    def find(self, query: Query, *, limit: int = 20, cursor: str | None = None, seconds: float = SECONDS) -> Found:
        """See `interfaces.Searcher`."""
        place = _place(cursor)
        return self._soundly(lambda: self._find(query, limit, place, seconds))

    def facets(self, query: Query, *, seconds: float = SECONDS) -> Facets:
        """See `interfaces.Searcher`."""
        return self._soundly(lambda: self._facets(query, seconds))

    def _find(self, query: Query, limit: int, place: tuple[int, int], seconds: float) -> Found:
        offset, skip = place
        hits: list[tuple[str, _Standing, int]] = []
        with self._asked(query, seconds) as (db, asked):
            for number, found in enumerate(_found(db, "found", query, asked, offset), start=offset):
                versions = list(enumerate(_shown(query, found)))[skip:]
                hits += [(f"{number}.{each}", found, version) for each, version in versions]
                skip = 0
                if len(hits) > limit:
                    break
            made = [self._hit(found, version, asked) for _, found, version in hits[:limit]]
        following = hits[limit][0] if len(hits) > limit else None
        return Found(tuple(hit for hit in made if hit), following)

    def _facets(self, query: Query, seconds: float) -> Facets:
        with self._asked(query, seconds) as (db, asked):
            found, more = _counted(db, query, asked)
        outlets, codes, days = zip(*found, strict=True) if found else ((), (), ())
        years = Counter[str]()
        for day, count in Counter(days).items():
            years[str(date.fromordinal(day).year)] += count
        return Facets(
            len(found), _most_first(Counter(outlets)), _most_first(Counter(codes)), _most_first(years), more=more
        )

    # ------------------------------------------------------------------------------------------ asking

    @contextlib.contextmanager
    def _asked(self, query: Query, seconds: float) -> Generator[tuple[apsw.Connection, Match]]:
        """A connection that answers for a bounded time, and what to ask it. Raises QueryTooDear when that is over."""
        budget = _Budget(time.monotonic() + seconds)
        try:
            with file.to_read(self._path) as db, budget.kept(db):
                asked = match(db, query)
                db.register_fts5_function("standing", cast("apsw.FTS5Function", asked.standing))
                yield db, asked
        except ArchiveError as exc:
            if budget.over:
                why = f"takes longer than {seconds:g} s to look for; add a rarer word, or ask for fewer at once"
                raise QueryTooDear(why) from exc
            raise

    def _soundly(self, ask: Callable[[], T]) -> T:
        """What `ask` says; if the file is missing or damaged, it is made again first, as far as a moment allows.

        Raises ArchiveUnwritable where it cannot be made, ArchiveBusy where another process does so just now.
        """
        try:
            return ask()
        except ArchiveDamaged as exc:
            if not file.is_about(exc, self._path):
                raise
        self._follower.make_again()
        self._follower.follow(REPAIR)
        return ask()

    def _hit(self, found: _Standing, version: int, asked: Match) -> Hit | None:
        """None if the catalogue does not have the article any more."""
        sheet, entry = found.sheet, self._shelf.entry(found.sheet.id)
        if entry is None:
            return None
        shown = self._read(sheet.id, version)
        removed = next((n for n in found.numbers if n > found.holds[-1]), None)
        gone: set[str] = set()
        if shown and removed is not None:
            last = self._read(sheet.id, found.numbers[-1])
            gone = {block.text for block in shown.article.blocks} - _texts(last)
        return Hit(
            article_id=sheet.id,
            outlet=sheet.outlet,
            url=entry.url,
            title=snippets.title(shown.article, asked) if shown else Marked(entry.title or "", field="title"),
            language=sheet.language or None,
            day=date.fromordinal(sheet.day),
            published=shown.article.published if shown else None,
            version=version,
            captured_at=shown.captured_at if shown else None,
            versions=_runs(found),
            latest=sheet.latest,
            removed_in=removed,
            gone_since=entry.gone_since,
            snippet=snippets.snippet(shown.article, asked, gone) if shown else None,
        )

    def _read(self, article_id: str, version: int) -> Snapshot | None:
        with contextlib.suppress(ArchiveDamaged):
            return self._shelf.snapshot(article_id, version)
        return None


class _Budget:
    """The time that one search may take. `over` once it was cut short."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.over = False

    @contextlib.contextmanager
    def kept(self, db: apsw.Connection) -> Generator[None]:
        """Interrupt whatever `db` does when the time is over."""
        db.set_progress_handler(self._is_over, STEPS)
        yield

    def _is_over(self) -> bool:
        self.over = self.over or time.monotonic() > self.until
        return self.over


def _found(db: apsw.Connection, name: str, query: Query, asked: Match, offset: int = 0) -> Iterator[_Standing]:
    """All articles that are found, in the order of the statement `name`; each once, by its last sheet that has it.

    One is yielded for every row, so that `offset` counts rows: where a row is no find, `holds` is empty.
    """
    for row in db.execute(queries()[name], _values(query, asked) | {"offset": offset}):
        yield _standing(db, _Sheet(*row), asked)


def _counted(db: apsw.Connection, query: Query, asked: Match) -> tuple[list[tuple[str, str, int]], bool]:
    """Outlet, language and day of all articles that are found, and whether more than COUNTED sheets are."""
    if asked.plain and len(asked.parts) == 1 and query.removed is None and query.versions == "any":
        # A word that stands in a sheet stands in some version: no need to know in which.
        rows = db.execute(queries()["found_anywhere"], _values(query, asked) | {"most": COUNTED + 1}).fetchall()
        found = {each[0]: each[1:] for each in cast("list[tuple[int, str, str, int]]", rows[:COUNTED])}
        return list(found.values()), len(rows) > COUNTED
    standing = list(islice(_found(db, "found_unsorted", query, asked), COUNTED + 1))
    sheets = [one.sheet for one in standing[:COUNTED] if _shown(query, one)]
    return [(sheet.outlet, sheet.language, sheet.day) for sheet in sheets], len(standing) > COUNTED


def _values(query: Query, asked: Match) -> dict[str, Value]:
    """What the statements that find sheets are given."""
    return {
        "match": asked.text,
        "outlets": f" {' '.join(query.outlets)} " if query.outlets else None,
        "languages": f" {' '.join(query.languages)} " if query.languages else None,
        "after": query.after.toordinal() if query.after else 0,
        "before": query.before.toordinal() if query.before else _LAST,
        "changed": query.removed is True,
        "gone": asked.gone if query.removed is True else None,
        "plain": asked.plain,
    }


def _standing(db: apsw.Connection, sheet: _Sheet, asked: Match) -> _Standing:
    if sheet.sheets == 1:
        numbers = unpacked(sheet.numbers)
        return _Standing(sheet, numbers, _chosen(numbers, sheet.mask))
    numbers, holds, last = [], list[int](), sheet.no
    rows = db.execute(queries()["all_numbers"], {"article": sheet.article}).fetchall()
    for no, packed in cast("list[tuple[int, bytes]]", rows):
        some = unpacked(packed)
        numbers += some
        found = db.execute(queries()["found_in_sheet"], {"match": asked.text, "no": no}).fetchone()
        if found and (mask := cast("int", found[0])):
            holds += _chosen(some, mask)
            last = no
    return _Standing(sheet, numbers, holds if last == sheet.no else [])


def _chosen(numbers: Sequence[int], mask: int) -> list[int]:
    return [number for at, number in enumerate(numbers) if mask >> at & 1]


def _shown(query: Query, found: _Standing) -> Sequence[int]:
    """The versions of an article that make hits."""
    holds = found.holds
    if not holds:
        return ()
    stands = holds[-1] == found.numbers[-1]
    if query.removed is not None and query.removed == stands:
        return ()
    match query.versions:
        case "any":
            return holds[-1:]
        case "latest":
            return holds[-1:] if stands else ()
        case "all":
            return holds[::-1]
        case number:
            return [number] if number in holds else ()


def _runs(found: _Standing) -> tuple[Span, ...]:
    """The versions in which the query holds, as first and last of each row of versions."""
    runs: list[Span] = []
    holds = set(found.holds)
    before = False
    for number in found.numbers:
        if number in holds:
            runs[-1:] = [(runs[-1][0], number)] if before else [*runs[-1:], (number, number)]
        before = number in holds
    return tuple(runs)


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(counts.most_common())


def _texts(snapshot: Snapshot | None) -> set[str]:
    return {block.text for block in snapshot.article.blocks} if snapshot else set()


def _place(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise QueryError("there is no such page; begin again with the first")
    return int(found[1]), int(found[2])
