"""When to look at what: `interfaces.Frontier` in the catalogue.

One row an article, one row a host. Finding hosts with due work, and what is due at one of them, costs by what is
returned and not by what is kept. A power cut may take back the last moments of it: that costs a visit, never a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, cast

from scraper import urls
from scraper.errors import UrlError
from scraper.model import Due, Outlet, Sighting, SourceState
from scraper.store.catalogue import Catalogue, Row, Value, queries
from scraper.store.drafts import keys_of
from scraper.store.stamps import from_ticks, ticks

BY_HAND, FRESH, OLD = 0, 1, 2
_CLASSES: Final = (BY_HAND, FRESH, OLD)
FRESH_FOR: Final = timedelta(days=30)
# The largest papers publish some hundred pieces a day: more new addresses than this are an archive that is being
# listed, or a trap, and neither may fill the queue of everybody. The last quarter is for what is fresh, or else a
# sitemap of everything there ever was would use up the day before the news of it.
NEW_PER_DAY: Final = 2000
_MOST_A_DAY: Final = {FRESH: NEW_PER_DAY, OLD: NEW_PER_DAY * 3 // 4}
_AT_ONCE: Final = 500  # rows a transaction: a sitemap of 50 000 must not keep a commit waiting

_DUE_TIMES = {"next_visit", "published", "first_seen", "last_visit", "last_edit", "gone_first"}
_DUE = ("key", "url", "host", "outlet", "next_visit", "article_id", "published", "first_seen", "last_visit",
        "last_edit", "edits", "unchanged", "failures", "misses", "etag", "last_modified", "digest", "fingerprint",
        "reading", "last_error", "gone_first")  # fmt: skip
_SOURCE_TIMES = {"last_checked", "last_ok", "last_new"}


class SqliteFrontier:
    """The frontier of one archive. Calls may come from any thread and any process."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def put(
        self,
        outlet: Outlet,
        sightings: Iterable[Sighting],
        now: datetime,
        *,
        look_back: timedelta = FRESH_FOR,
        most: int | None = None,
    ) -> int:
        """See `interfaces.Frontier`. What is no address is left out; at most `NEW_PER_DAY` are added in a day."""
        rank = _ranking(outlet, now, look_back)
        rows = (row for each in sorted(sightings, key=rank) if (row := _sighted(outlet, each, rank(each)[0], now)))
        day, added = _day(outlet, now), 0
        while batch := list(islice(rows, _AT_ONCE)):
            with self._catalogue.write(durable=False) as db:
                before = there = cast("int", db.execute(queries()["frontier_new"], day).get)
                for row in batch:
                    wanted = most is None or added + there - before < most
                    if wanted and there < _MOST_A_DAY[cast("int", row["priority"])]:
                        db.execute(queries()["frontier_add"], row)
                        there += db.changes()
            added += there - before
        return added

    def full(self, outlet: Outlet, now: datetime) -> bool:
        """See `interfaces.Frontier`."""
        with self._catalogue.read() as db:
            return cast("int", db.execute(queries()["frontier_new"], _day(outlet, now)).get) >= min(
                _MOST_A_DAY.values()
            )

    def due_hosts(self, now: datetime, limit: int) -> Sequence[str]:
        """See `interfaces.Frontier`."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["due_hosts"], {"now": ticks(now), "limit": limit}).fetchall()
        return [cast("str", row[0]) for row in rows]

    def take(self, host: str, now: datetime, limit: int) -> Sequence[Due]:
        """See `interfaces.Frontier`. What was asked for by hand, then what is fresh, then the old."""
        found: list[Due] = []
        with self._catalogue.read() as db:
            for priority in _CLASSES:
                values = {"host": host, "priority": priority, "now": ticks(now), "limit": limit - len(found)}
                found += map(_due, db.execute(queries()["take"], values).fetchall())
        return found

    def block_until(self, host: str, until: datetime) -> None:
        """See `interfaces.Frontier`."""
        with self._catalogue.write(durable=False) as db:
            db.execute(queries()["host_block"], {"host": host, "until": ticks(until)})

    def thaw(self, now: datetime, horizon: timedelta) -> int:
        """See `interfaces.Frontier`."""
        values = {"now": ticks(now), "latest": ticks(now + horizon)}
        with self._catalogue.write(durable=False) as db:
            db.execute(queries()["hosts_thaw"], values)
            changed = db.changes()
        # Looked for without keeping anybody from writing, and put right a few at once: there may be a million.
        with self._catalogue.read() as db:
            ahead = [cast("int", row[0]) for row in db.execute(queries()["frontier_ahead"], values)]
        for first in range(0, len(ahead), _AT_ONCE):
            changed += self._put_right(ahead[first : first + _AT_ONCE], values)
        return changed

    def _put_right(self, rows: Sequence[int], values: dict[str, int]) -> int:
        changed = 0
        with self._catalogue.write(durable=False) as db:
            for row in rows:
                db.execute(queries()["frontier_thaw"], {"row": row, **values})
                changed += db.changes()
                db.execute(queries()["frontier_set_back"], {"row": row, "now": values["now"]})
                changed += db.changes()
        return changed

    def lookup(self, url: str, outlet: Outlet | None = None) -> Due | None:
        """See `interfaces.Frontier`. None also for what is no address."""
        keys = keys_of(url, outlet)
        with self._catalogue.read() as db:
            for key in keys:
                if row := db.execute(queries()["frontier_by_key"], {"key": key}).fetchone():
                    return _due(row)
            for key in keys:
                if article := db.execute(queries()["article_by_key"], {"key": key}).fetchone():
                    row = db.execute(queries()["frontier_by_article"], {"article_id": article[0]}).fetchone()
                    return _due(row) if row else None
        return None

    def done(self, due: Due) -> None:
        """See `interfaces.Frontier`. A row that is not there is added; other rows of the same article are dropped."""
        row: dict[str, Value] = {name: _plain(getattr(due, name)) for name in _DUE}
        row["priority"] = _priority(due)
        with self._catalogue.write(durable=False) as db:
            db.execute(queries()["frontier_done"], row)
            if due.article_id:
                twins = {"article_id": due.article_id, "key": due.key}
                db.execute(queries()["frontier_forget_twins"], twins)
            db.execute(queries()["host_served"], {"host": due.host, "at": ticks(due.last_visit) or 0})

    def source(self, url: str) -> SourceState | None:
        """See `interfaces.Frontier`."""
        with self._catalogue.read() as db:
            row = db.execute(queries()["source"], {"url": url}).fetchone()
        return source_state(row) if row else None

    def sources(self) -> Mapping[str, SourceState]:
        """See `interfaces.Frontier`."""
        with self._catalogue.read() as db:
            return {state.url: state for state in map(source_state, db.execute(queries()["report_sources"]))}

    def source_done(self, state: SourceState) -> None:
        """See `interfaces.Frontier`."""
        row = {field.name: _plain(getattr(state, field.name)) for field in fields(state)}
        with self._catalogue.write(durable=False) as db:
            db.execute(queries()["source_done"], row)


def _ranking(outlet: Outlet, now: datetime, look_back: timedelta) -> Callable[[Sighting], tuple[int, timedelta]]:
    """What sorts sightings: by priority, then the youngest first."""
    kinds = {source.url: source.kind for source in outlet.sources}

    def rank(sighting: Sighting) -> tuple[int, timedelta]:
        if sighting.published is None:
            # A feed or front page shows what is new, a sitemap everything there ever was.
            return (FRESH, timedelta()) if kinds.get(sighting.source) in {"feed", "front"} else (OLD, timedelta.max)
        age = max(now - sighting.published, timedelta())
        return (FRESH if age <= look_back else OLD), age

    return rank


def _day(outlet: Outlet, now: datetime) -> dict[str, Value]:
    """The day (UTC) that `now` is in, for `frontier_new`."""
    since = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"outlet": outlet.id, "since": ticks(since), "until": ticks(since + timedelta(days=1))}


def _sighted(outlet: Outlet, sighting: Sighting, priority: int, now: datetime) -> dict[str, Value] | None:
    try:
        url = urls.canonical(sighting.url)
        key, plain = urls.identity(url, outlet), urls.identity(url)
    except UrlError:
        return None
    return {
        "key": key,
        "plain": plain,
        "url": url,
        "host": urls.host(url),
        "outlet": outlet.id,
        "priority": priority,
        "next_visit": ticks(now),
        "published": ticks(sighting.published),
        "first_seen": ticks(now),
    }


def _priority(due: Due) -> int:
    """An article that has aged waits behind the young ones; so does one whose age nobody knows."""
    born, seen = due.published or due.last_edit or due.first_seen, due.last_visit
    return FRESH if born and (seen is None or seen - born <= FRESH_FOR) else OLD


def _plain(value: Value | datetime) -> Value:
    return ticks(value) if isinstance(value, datetime) else value


def _due(row: Row) -> Due:
    values = dict(zip(_DUE, row, strict=True))
    return Due(**{name: _time(values[name]) if name in _DUE_TIMES else values[name] for name in _DUE})  # type: ignore[arg-type]  # columns as declared STRICT in schema.sql


def source_state(row: Row) -> SourceState:
    """A row of `sources` as a value."""
    names = [field.name for field in fields(SourceState)]
    values = dict(zip(names, row, strict=True))
    return SourceState(**{name: _time(values[name]) if name in _SOURCE_TIMES else values[name] for name in names})  # type: ignore[arg-type]  # as above


def _time(value: Value) -> datetime | None:
    return from_ticks(cast("int | None", value))
