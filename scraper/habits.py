"""What an outlet does with its articles: when it posts, when it edits, how long a text stays as it was. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

# Upper ends of the spans of an article's age for which edits are counted, in hours.
AGES: Final = (1, 2, 4, 8, 16, 24, 48, 96, 192, 384, 768)
MOST_EDITED: Final = 10


@dataclass(frozen=True, slots=True)
class Life:
    """One article: when it was first seen and edited, by its captures (UTC), oldest first."""

    id: str
    title: str | None
    first_seen: datetime
    edits: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Habits:
    """`rhythm` counts articles by weekday (Monday first) and hour in the outlet's zone. `rates` are edits an hour and
    article by age, as (hours up to which, rate). `survival` is the share of texts that stood unchanged at an age in
    hours (Kaplan and Meier 1958), steps only. `most_edited` come with their number of edits. `articles` were looked at.
    """

    articles: int
    rhythm: tuple[tuple[int, ...], ...]
    rates: tuple[tuple[int, float], ...]
    survival: tuple[tuple[float, float], ...]
    most_edited: tuple[tuple[Life, int], ...]


def habits(lives: Sequence[Life], now: datetime, zone: tzinfo) -> Habits:
    """All of it, from the articles that were seen until `now`."""
    often = sorted((life for life in lives if life.edits), key=lambda life: (-len(life.edits), life.id))
    return Habits(
        articles=len(lives),
        rhythm=_rhythm((life.first_seen for life in lives), zone),
        rates=_rates(lives, now),
        survival=_survival(lives, now),
        most_edited=tuple((life, len(life.edits)) for life in often[:MOST_EDITED]),
    )


def _rhythm(seen: Iterable[datetime], zone: tzinfo) -> tuple[tuple[int, ...], ...]:
    local = Counter((at.astimezone(zone).weekday(), at.astimezone(zone).hour) for at in seen)
    return tuple(tuple(local[day, hour] for hour in range(24)) for day in range(7))


def _hours(span: timedelta) -> float:
    """Hours, never less than none: clocks are set back."""
    return max(0.0, span.total_seconds() / 3600)


def _rates(lives: Sequence[Life], now: datetime) -> tuple[tuple[int, float], ...]:
    """Edits in a span of age, by the hours that articles were watched in it."""
    edits = [0] * len(AGES)
    watched = [0.0] * len(AGES)
    for life in lives:
        for at in life.edits:
            place = bisect_right(AGES, _hours(at - life.first_seen))
            if place < len(AGES):
                edits[place] += 1
        age, begin = _hours(now - life.first_seen), 0
        for place, end in enumerate(AGES):
            watched[place] += min(max(age - begin, 0), end - begin)
            begin = end
    return tuple((end, edits[n] / watched[n] if watched[n] else 0.0) for n, end in enumerate(AGES))


def _survival(lives: Sequence[Life], now: datetime) -> tuple[tuple[float, float], ...]:
    """The product-limit estimate: who is still watched counts as long as it was watched."""
    first = [_hours(life.edits[0] - life.first_seen) for life in lives if life.edits]
    ends = Counter(first)
    watched = sorted(first + [_hours(now - life.first_seen) for life in lives if not life.edits])
    steps, share = [(0.0, 1.0)], 1.0
    for age in sorted(ends):
        at_risk = len(watched) - bisect_right(watched, age - 1e-9)
        share *= 1 - ends[age] / at_risk
        steps.append((age, share))
    return tuple(steps)
