"""Whether the texts of an outlet look otherwise than they used to: after a redesign they may be half texts, or none.

    what was read → blocks of `SIZE` in order → the last two against all before them → what is odd, in words

Pure: `now` comes in with each call. An outlet is held to its own habit only, and to the widest that it showed: a paper
of short notices is not odd, nor is one with a weekly. docs/attention.md has the rule in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple, TypeVar

#: A block has at least so many events, and lasts at least so long: an hour of one editor is no sample of an outlet.
SIZE: Final = 12
LASTS: Final = timedelta(hours=6)
#: What a habit needs: blocks, and days, so that a weekend is among them.
HABIT: Final = 6
DAYS: Final = timedelta(days=7)
#: As many blocks, the last ones, are a habit; and so many are kept while an alarm stands.
COMPARED: Final = 60
KEPT: Final = 240
#: One block of so many, on each side, does not widen a habit.
ODD: Final = 20
#: After so many blocks as before an alarm is over: what comes and goes is one alarm, not ten.
ENDS: Final = 4
#: After so long what was odd is the habit.
STANDS: Final = timedelta(days=30)
#: How far outside of all that was seen before: as a share, and as a ratio of lengths.
SHARE: Final = 0.35
RATIO: Final = 0.6
WIDER: Final = 0.25  # of the habit's own range of lengths, if that is more


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outline:
    """How one article was read: the characters of its text, the share of the page's text that is, what is missing."""

    chars: int
    kept: float
    untitled: bool
    unsigned: bool
    undated: bool
    flagged: bool
    second: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Some events in order: `unread` is the share of pages that gave no text; `chars` and `kept` are medians, the
    others shares, None where hardly anything was read."""

    since: datetime
    upto: datetime
    unread: float
    chars: float | None = None
    kept: float | None = None
    untitled: float | None = None
    unsigned: float | None = None
    undated: float | None = None
    flagged: float | None = None
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of one outlet. `said` is what is odd since `since`, None while nothing is."""

    blocks: tuple[Block, ...] = ()
    said: str | None = None
    since: datetime | None = None


def parts(events: Sequence[T], at: Callable[[T], datetime]) -> Iterator[Sequence[T]]:
    """The events, in order of time, in rows that are long enough in number and in time; what is left waits."""
    start = 0
    for end, event in enumerate(events):
        if end - start + 1 >= SIZE and at(event) - at(events[start]) >= LASTS:
            yield events[start : end + 1]
            start = end + 1


def sample(items: Sequence[T]) -> Sequence[T]:
    """At most `SIZE` of them, evenly."""
    return [items[number * len(items) // SIZE] for number in range(SIZE)] if len(items) > SIZE else items


def block(since: datetime, upto: datetime, events: int, outlines: Sequence[Outline], unread: int) -> Block:
    """A block of `events`, of which `unread` gave no text and `outlines` are some of the others."""
    made = Block(since, upto, unread / events)
    if len(outlines) < SIZE // 2:
        return made

    def share(of: Callable[[Outline], bool]) -> float:
        return sum(map(of, outlines)) / len(outlines)

    return replace(
        made,
        chars=median(one.chars for one in outlines),
        kept=median(one.kept for one in outlines),
        untitled=share(lambda one: one.untitled),
        unsigned=share(lambda one: one.unsigned),
        undated=share(lambda one: one.undated),
        flagged=share(lambda one: one.flagged),
        second=share(lambda one: one.second),
    )


def judged(shape: Shape, more: Sequence[Block], now: datetime) -> Shape:
    """The shape with further blocks, judged anew at each of them and at `now`. An alarm stands until the texts have
    been as before for `ENDS` blocks, or for `STANDS`."""
    for one in more:
        shape = _judged(replace(shape, blocks=(*shape.blocks, one)[-KEPT:]), one.upto)
    return _judged(shape, now)


def _judged(shape: Shape, now: datetime) -> Shape:
    """The block before the last two belongs to neither side: in it the new pages may have begun."""
    blocks = shape.blocks
    fine, recent = Shape(blocks), blocks[-2:]
    if len(blocks) < HABIT + len(recent) + 1:
        return fine
    stands = shape.since if shape.since and now - shape.since < STANDS else None
    begins = stands or blocks[-3].since
    habit = [one for one in blocks[:-3] if one.upto <= begins][-COMPARED:]
    if len(habit) < HABIT or habit[-1].upto - habit[0].since < DAYS:
        return fine
    if odd := list(_odd(habit, recent)):
        return replace(fine, said=_sentence(odd, begins), since=begins)
    if stands and any(list(_odd(habit, [one])) for one in blocks[-ENDS:]):
        return shape
    return fine


def _sentence(odd: Sequence[str], since: datetime) -> str:
    return f"its texts look otherwise since {since:%Y-%m-%d}: {'; '.join(odd)}. A redesign?"


def _odd(habit: Sequence[Block], recent: Sequence[Block]) -> Iterator[str]:
    """What lies outside of the habit in each of the recent blocks."""
    for name, words in _SHARES.items():
        found = _sides(habit, recent, name)
        if found and found.least >= found.high + SHARE:
            yield f"{found.last:.0%} {words} (were {found.high:.0%} at most)"
    if found := _sides(habit, recent, "chars"):
        margin = max(-math.log(RATIO), WIDER * math.log((found.high + 1) / (found.low + 1)))
        short = found.most + 1 < (found.low + 1) * math.exp(-margin)
        if short or found.least + 1 > (found.high + 1) * math.exp(margin):
            yield f"texts of about {found.last:.0f} characters (were {found.low:.0f} to {found.high:.0f})"
    found = _sides(habit, recent, "kept")
    if found and (found.most <= found.low - SHARE or found.least >= found.high + SHARE):
        yield f"{found.last:.0%} of what a page says is taken for text (were {found.low:.0%} to {found.high:.0%})"


class _Sides(NamedTuple):
    """The bounds of a habit, and those of the recent blocks with the last of them."""

    low: float
    high: float
    least: float
    most: float
    last: float


def _sides(habit: Sequence[Block], recent: Sequence[Block], name: str) -> _Sides | None:
    """Both sides of one figure; None if one of them is not known. One day in a month may have been odd."""
    known, now = sorted(_values(habit, name)), _values(recent, name)
    if not known or len(now) < len(recent):
        return None
    odd = len(known) // ODD
    return _Sides(known[odd], known[-1 - odd], min(now), max(now), now[-1])


_SHARES: Final = {
    "unread": "of the pages give no text",
    "untitled": "without a headline",
    "unsigned": "without an author",
    "undated": "without a date",
    "flagged": "flagged as cut or lost",
    "second": "read from elsewhere than the page's own markup",
}


def _values(blocks: Sequence[Block], name: str) -> list[float]:
    return [value for one in blocks if (value := getattr(one, name)) is not None]
