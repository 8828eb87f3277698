"""What runs now: from the locks of whoever works, and the catalogue they write. It reads a bounded part of either."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, cast

import apsw

from scraper.present import LATELY, AtWork, Coming, Present, Visited
from scraper.store import paths
from scraper.store.catalogue import Catalogue, named, sql
from scraper.store.locks import roles_since
from scraper.store.shelves import entry_from
from scraper.store.stamps import from_ticks, ticks

MOST: Final = 2000  # visits that are looked at, the last ones
FEW: Final = 5


@cache
def statements() -> dict[str, str]:
    """The statements of present.sql by name."""
    return named(sql("present.sql"))


def present(root: Path, catalogue: Catalogue, now: datetime) -> Present:
    """What runs at `now` on the archive at `root`. Raises ArchiveError."""
    with catalogue.read() as db:
        visited, coming = _visited(db, now), _coming(db, now)
        went = tuple(map(entry_from, db.execute(statements()["went"], {"most": MOST, "limit": FEW})))
    return Present(_at_work(root), visited, coming, went)


def _at_work(root: Path) -> tuple[AtWork, ...]:
    found: dict[str, dict[str, datetime]] = {}
    for role, (process, since) in roles_since(root / paths.RUN).items():
        found.setdefault(process, {})[role] = since
    return tuple(AtWork(process, tuple(sorted(roles)), min(roles.values())) for process, roles in found.items())


def _visited(db: apsw.Connection, now: datetime) -> tuple[Visited, ...]:
    rows = db.execute(statements()["visited"], {"since": ticks(now - LATELY), "most": MOST}).fetchall()
    counts: dict[str, Counter[str]] = {}
    last: dict[str, int] = {}
    for outlet, verdict, number, at in cast("list[tuple[str, str, int, int]]", rows):
        if verdict not in {"reread", "learnt", "forgot"}:
            counts.setdefault(outlet, Counter())[verdict] += number
            last[outlet] = max(last.get(outlet, at), at)
    made = [
        Visited(outlet, of.total(), of["new"], of["edited"], of["failed"], from_ticks(last[outlet]))
        for outlet, of in counts.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.visits, one.outlet)))


def _coming(db: apsw.Connection, now: datetime) -> tuple[Coming, ...]:
    rows = db.execute(statements()["coming"], {"now": ticks(now), "limit": FEW}).fetchall()
    made = cast("list[tuple[int, str, str, str | None, str | None]]", rows)
    return tuple(Coming(from_ticks(at), outlet, url, id_, title) for at, outlet, url, id_, title in made)
