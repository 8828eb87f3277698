"""What an outlet does with its articles: when it posts, when it edits, how long a text stays as it was. Pure.

    moments of articles and edits → `Lives`, in order and counted, once → `Habits` at any `now`, by steps down them

Moments are microseconds since 1970 in UTC.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import nsmallest
from itertools import accumulate, pairwise
from typing import Final

# Upper ends of the spans of an article's age for which edits are counted, in hours.
AGES: Final = (1, 2, 4, 8, 16, 24, 48, 96, 192, 384, 768)
MOST_EDITED: Final = 10
_HOUR: Final = 3_600_000_000
_ENDS: Final = tuple(hours * _HOUR for hours in AGES)
_NEVER: Final = 1 << 62
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lives:
    """Articles of one outlet, eight bytes for each moment. `seen`: when each was first seen, in order, and `sums` of
    these up to each; `never` those of articles that were never edited; `unchanged` how long each of the others stood
    as it was, in order. `edits` are counted by age; `rhythm` and `most_edited` are as in `Habits`."""

    seen: array[int]
    sums: Sequence[int]
    never: array[int]
    unchanged: array[int]
    edits: tuple[int, ...]
    rhythm: tuple[tuple[int, ...], ...]
    most_edited: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """`rhythm` counts articles by weekday (Monday first) and hour in the outlet's zone. `rates` are edits an hour and
    article by age, as (hours up to which, rate). `survival` is the share of texts that stood unchanged at an age in
    hours (Kaplan and Meier 1958), steps only. `most_edited` are ids with their number of edits. `articles` were looked
    at.
    """

    articles: int
    rhythm: tuple[tuple[int, ...], ...]
    rates: tuple[tuple[int, float], ...]
    survival: tuple[tuple[float, float], ...]
    most_edited: tuple[tuple[str, int], ...]


def lives(seen: Mapping[str, int], edits: Iterable[tuple[str, int]], zone: tzinfo) -> Lives:
    """Articles by id with the moments at which they were first seen, and edits of them in any order; those of other
    articles are left out. An edit dated before its article was made as that was first seen: clocks are set back."""
    of, ages, first = list[str](), list[int](), dict[str, int]()
    for id_, at in edits:
        born = seen.get(id_)
        if born is not None:
            age = at - born if at > born else 0
            of.append(id_)
            ages.append(age)
            if age < first.get(id_, _NEVER):
                first[id_] = age
    ages.sort()
    upto = [bisect_left(ages, end) for end in (0, *_ENDS)]
    ordered = array("q", sorted(seen.values()))
    return Lives(
        seen=ordered,
        sums=tuple(accumulate(ordered, initial=0)),
        never=array("q", sorted(at for id_, at in seen.items() if id_ not in first)),
        unchanged=array("q", sorted(first.values())),
        edits=tuple(later - before for before, later in pairwise(upto)),
        rhythm=_rhythm(ordered, zone),
        most_edited=tuple(nsmallest(MOST_EDITED, Counter(of).items(), key=lambda one: (-one[1], one[0]))),
    )


def habits(found: Lives, now: datetime) -> Habits:
    """All of it at `now`: an article that is not edited yet counts as long as it was watched until then."""
    at = (now - _EPOCH) // _MICROSECOND
    return Habits(
        articles=len(found.seen),
        rhythm=found.rhythm,
        rates=tuple(_rates(found, at)),
        survival=tuple(_survival(found, at)),
        most_edited=found.most_edited,
    )


def _rhythm(seen: Iterable[int], zone: tzinfo) -> tuple[tuple[int, ...], ...]:
    moments = (datetime.fromtimestamp(at // 1_000_000, zone) for at in seen)
    local = Counter((at.weekday(), at.hour) for at in moments)
    return tuple(tuple(local[day, hour] for hour in range(24)) for day in range(7))


def _rates(found: Lives, now: int) -> Iterator[tuple[int, float]]:
    """Edits in a span of age, by the hours that articles were watched in it."""
    begin = 0
    for hours, end, edits in zip(AGES, _ENDS, found.edits, strict=True):
        watched = _watched(found, now, begin, end)
        yield hours, edits * _HOUR / watched if watched else 0.0
        begin = end


def _watched(found: Lives, now: int, begin: int, end: int) -> int:
    """Microseconds for which all articles together were of an age between these two."""
    whole, some = bisect_right(found.seen, now - end), bisect_left(found.seen, now - begin)
    return whole * (end - begin) + (some - whole) * (now - begin) - (found.sums[some] - found.sums[whole])


def _survival(found: Lives, now: int) -> Iterator[tuple[float, float]]:
    """The product-limit estimate: who is still watched counts as long as it was watched."""
    share, stood = 1.0, found.unchanged
    yield 0.0, share
    place = 0
    while place < len(stood):
        age = stood[place]
        after = bisect_right(stood, age, place)
        watched = bisect_right(found.never, now - age) if age else len(found.never)
        share *= 1 - (after - place) / (len(stood) - place + watched)
        yield age / _HOUR, share
        place = after
