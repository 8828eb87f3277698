"""What runs now on an archive: who works on it, what was visited lately, what comes next. Values, and their words.

All of it is known by every process that has the archive: nobody asks the daemon. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scraper.model import Entry

#: How far back "lately" goes.
LATELY: Final = timedelta(minutes=10)
#: The roles without which an archive does not grow by itself.
GROWS: Final = ("scheduler", "worker")


@dataclass(frozen=True, slots=True)
class AtWork:
    """A process that has roles of a daemon, since when, and what it is called (`process 123`)."""

    process: str
    roles: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Visited:
    """Visits to articles of one outlet within `LATELY`: how many, and how many of them found what; `last` is when."""

    outlet: str
    visits: int
    new: int
    edited: int
    failed: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """A visit that is planned. `article_id` and `title` are None for what was not stored yet."""

    at: datetime
    outlet: str
    url: str
    article_id: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """All of it. `visited` has the busiest outlet first, `coming` the next visit, `went` the article that was the last
    to go, among those that did not long ago."""

    at_work: tuple[AtWork, ...] = ()
    visited: tuple[Visited, ...] = ()
    coming: tuple[Coming, ...] = ()
    went: tuple[Entry, ...] = ()


def working(at_work: Sequence[AtWork]) -> tuple[str, str | None]:
    """Whether a daemon is at work, as a sentence, and what to do about it if none is.

    >>> working([])
    ('No daemon is at work on this archive: nothing is looked at or visited.', 'scraper run')
    """
    held = {role for one in at_work for role in one.roles}
    since = min((one.since for one in at_work if {*one.roles} & {*GROWS}), default=None)
    missing = [role for role in GROWS if role not in held]
    if since is None:
        if not held:
            return "No daemon is at work on this archive: nothing is looked at or visited.", "scraper run"
        return "Only these pages are served: nothing is looked at or visited.", f"scraper run --role {','.join(GROWS)}"
    if missing:
        what = "sources are not looked at" if missing == ["scheduler"] else "articles are not visited"
        return f"A daemon is at work without the role {missing[0]}: {what}.", f"scraper run --role {missing[0]}"
    return f"The daemon has been at work since {since:%Y-%m-%d %H:%M}.", None


def lately(visited: Sequence[Visited]) -> str:
    """What was visited, in one line.

    >>> lately([Visited("a.example", 3, 1, 0, 2, datetime(2026, 11, 22))])
    '3 visits in the last 10 minutes: a.example 3 (1 new, 2 failed)'
    """
    minutes = int(LATELY.total_seconds() // 60)
    number = sum(one.visits for one in visited)
    if not number:
        return f"no visit in the last {minutes} minutes"
    of = ", ".join(f"{one.outlet} {one.visits}{_found(one)}" for one in visited[:5])
    more = f" and {len(visited) - 5} outlets more" if len(visited) > 5 else ""
    return f"{number} visit{'' if number == 1 else 's'} in the last {minutes} minutes: {of}{more}"


def briefly(visited: Sequence[Visited]) -> str:
    """The same without names.

    >>> briefly([Visited("a.example", 3, 1, 0, 2, datetime(2026, 11, 22))])
    '3 visits in the last 10 minutes (1 new, 2 failed)'
    """
    if not visited:
        return lately(visited)
    sums = [sum(of) for of in zip(*((one.visits, one.new, one.edited, one.failed) for one in visited), strict=True)]
    whole = Visited("", sums[0], sums[1], sums[2], sums[3], visited[0].last)
    return f"{lately([whole]).partition(':')[0]}{_found(whole)}"


def _found(one: Visited) -> str:
    counts = ((one.new, "new"), (one.edited, "edited"), (one.failed, "failed"))
    said = ", ".join(f"{number} {word}" for number, word in counts if number)
    return f" ({said})" if said else ""
