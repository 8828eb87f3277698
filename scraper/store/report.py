"""How the archive is doing, and what happened to one article: values for `scraper status`, `log`, `changes`.

Reads the catalogue only, never a page or snapshot, and never writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import cast

import apsw

from scraper.model import EditKind, Outlet, RecordKind
from scraper.reports import Change, DiskReport, OutletReport, QueueReport, Seen, Status, Wanted, Watch, silences
from scraper.store.browse import Browse
from scraper.store.catalogue import LOG_LIMIT, Catalogue, Value, queries
from scraper.store.drafts import keys_of
from scraper.store.frontier import source_state
from scraper.store.proofs import noted
from scraper.store.stamps import from_ticks, ticks

_STRETCH = 200  # edits read at once


class Reports:
    """Reports on one archive."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self._root = root
        self._catalogue = catalogue
        self._browse = Browse(catalogue)

    def status(self, now: datetime, *, edits: int = 10) -> Status:
        """Everything at `now`, with the newest `edits`."""
        with self._catalogue.read() as db:
            sources = tuple(map(source_state, db.execute(queries()["report_sources"])))
            return Status(
                outlets=_outlets(db, now),
                sources=sources,
                queue=_queue(db, now),
                disk=self._disk(db),
                edits=self._browse.edits(Wanted(), None, edits).items,
                silent=silences(sources, now),
                verified=noted(self._root),
            )

    def changes(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        outlet: str | None = None,
        kind: EditKind | None = None,
        stealth: bool = False,
        limit: int = 100,
    ) -> Sequence[Change]:
        """Edits captured from `since` and before `until`, newest first; `stealth`: only those made in silence."""
        wanted = Wanted(
            since, until, frozenset({outlet}) if outlet else None, frozenset({kind}) if kind else frozenset(), stealth
        )
        return list(islice(self._all_changes(wanted), limit))

    def _all_changes(self, wanted: Wanted) -> Iterator[Change]:
        stretch = self._browse.edits(wanted, None, _STRETCH)
        yield from stretch.items
        while stretch.next:
            stretch = self._browse.edits(wanted, stretch.next, _STRETCH)
            yield from stretch.items

    def visits(self, url: str, outlet: Outlet | None = None) -> Sequence[Seen]:
        """All visits to the article behind any form of `url`, oldest first; also to what never became one."""
        keys = keys_of(url, outlet)
        with self._catalogue.read() as db:
            for key in keys:
                if article := db.execute(queries()["article_by_key"], {"key": key}).fetchone():
                    return _seen(db, "visits_of_article", {"id": cast("str", article[0])})
            return [seen for key in keys for seen in _seen(db, "visits_of_key", {"key": key})]

    def visits_of(self, article_id: str) -> Sequence[Seen]:
        """All visits to the article with this id, oldest first."""
        with self._catalogue.read() as db:
            return _seen(db, "visits_of_article", {"id": article_id})

    def last_visits(self, article_id: str, limit: int) -> Sequence[Seen]:
        """The last visits to the article with this id, at most `limit`, oldest first."""
        with self._catalogue.read() as db:
            return _seen(db, "last_visits", {"id": article_id, "limit": limit})[::-1]

    def watch(self, article_id: str, parts: int) -> Watch:
        """How the article with this id was watched, at no more than `parts` times."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["visits_spread"], {"id": article_id, "parts": parts}).fetchall()
            endings = _seen(db, "endings", {"id": article_id, "limit": parts})[::-1]
        times = cast("list[tuple[int, int]]", rows)
        return Watch(sum(count for _, count in times), tuple(from_ticks(at) for at, _ in times), tuple(endings))

    def _disk(self, db: apsw.Connection) -> DiskReport:
        size, versions = _numbers(db, "report_size")
        warcs, files = _numbers(db, "report_warcs")
        (pending,) = _numbers(db, "report_pending")
        log = self._catalogue.log_size
        return DiskReport(
            snapshots=size,
            warcs=warcs,
            catalogue=self._catalogue.path.stat().st_size,
            free=shutil.disk_usage(self._root).free,
            versions=versions,
            warc_files=files,
            unfinished=pending,
            log=log,
            log_grown=log > LOG_LIMIT,
        )


def _outlets(db: apsw.Connection, now: datetime) -> tuple[OutletReport, ...]:
    found: dict[str, dict[str, int]] = {}
    for query, names in (
        ("report_outlets", ("articles", "last_new", "versions", "last_version", "gone")),
        ("report_queue_of_outlet", ("queued", "due")),
    ):
        values = {"now": ticks(now)} if ":now" in queries()[query] else None
        for outlet, *counts in cast("list[tuple[str, int]]", db.execute(queries()[query], values).fetchall()):
            found.setdefault(outlet, {}).update(zip(names, counts, strict=True))
    return tuple(_outlet(db, outlet, counts) for outlet, counts in sorted(found.items()))


def _outlet(db: apsw.Connection, outlet: str, counts: dict[str, int]) -> OutletReport:
    row = db.execute(queries()["report_trouble"], {"outlet": outlet}).fetchone()
    at, reason, url = cast("tuple[int, str | None, str]", row) if row else (None, None, "")
    return OutletReport(
        outlet,
        articles=counts.get("articles", 0),
        versions=counts.get("versions", 0),
        gone=counts.get("gone", 0),
        queued=counts.get("queued", 0),
        due=counts.get("due", 0),
        last_new=from_ticks(counts.get("last_new")),
        last_version=from_ticks(counts.get("last_version")),
        last_error=f"{url}: {reason}" if row else None,
        last_error_at=from_ticks(at),
    )


def _queue(db: apsw.Connection, now: datetime) -> QueueReport:
    rows, soonest = cast("tuple[int, int | None]", db.execute(queries()["report_queue"]).fetchone())
    (due,) = cast("tuple[int]", db.execute(queries()["report_due"], {"now": ticks(now)}).fetchone())
    blocked = cast("list[tuple[str, int]]", db.execute(queries()["report_blocked"], {"now": ticks(now)}).fetchall())
    return QueueReport(rows, due, from_ticks(soonest), tuple((host, from_ticks(until)) for host, until in blocked))


def _numbers(db: apsw.Connection, query: str) -> tuple[int, ...]:
    return cast("tuple[int, ...]", db.execute(queries()[query]).fetchone())


def _seen(db: apsw.Connection, query: str, values: Mapping[str, Value]) -> list[Seen]:
    rows = db.execute(queries()[query], values).fetchall()
    made = cast("list[tuple[int, str, RecordKind, str | None, str, int | None, str, int | None]]", rows)
    return [
        Seen(from_ticks(at), url, verdict, reason, tuple(flags.split()), version, record_id)
        for at, url, verdict, reason, flags, version, record_id, _ in made
    ]
