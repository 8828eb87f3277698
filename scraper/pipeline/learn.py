"""What an archive can learn about an outlet's widgets that no single page tells: pure decisions over many pages.

    texts of many articles → what recurs → where it stands, and whether it lives → widgets
    versions of one article → boxes whose text changes at every look             → widgets

A paragraph of background that reporters use again recurs too, at the end of text after text; so recurrence alone
decides nothing. A widget stands in a box of its own that holds nothing but such texts, on nearly every page of its
time, and it lives: there is something to click, its numbers change, or it comes and goes under articles of any age.
What recurs and does none of this stays: it makes no false version, and it may be a credit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from scraper.extract.places import Placed
from scraper.widgets import Widget

ARTICLES: Final = 5  # articles in which a text has to recur
SPAN: Final = timedelta(days=1)  # between the first and the last time: one busy story is not a template
SHARE: Final = 0.3  # of the outlet's articles captured meanwhile
SURE: Final = 0.9  # of the sightings looked at
CHANGES: Final = 3  # articles in which a text came or went, or a box changed
LOOKS: Final = 3  # captures of one article in which a box has to have another text each time
SAMPLE: Final = 6  # sightings of a text that are looked at on their pages
LONGEST: Final = 600  # characters; a widget is short

_NUMBER = re.compile(r"[0-9#][0-9#.,'’ \u00a0\u202f]*")


def mask(text: str) -> str:
    """`text` with each number as `#`: a counter is the same text at every look.

    >>> mask("Goal: 1,000 new members by 24.12.")
    'Goal: #new members by #'
    """
    return _NUMBER.sub("#", text)


@dataclass(frozen=True, slots=True)
class Told:
    """One version of an article as it is read now: when it was captured, and its blocks."""

    article_id: str
    version: int
    at: datetime
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recurring:
    """A text that recurs. `came_and_went`: articles that had it in one version and not in the next, or the reverse;
    `forms`: how many texts there are behind the mask; `sightings`: versions to look at on their pages."""

    pattern: str
    articles: int
    share: float
    first: datetime
    last: datetime
    came_and_went: int
    forms: int
    sightings: tuple[Told, ...]


def recurring(told: Sequence[Told]) -> list[Recurring]:
    """Texts that recur around enough articles for long enough, in the order of their first sighting."""
    where: dict[str, list[Told]] = defaultdict(list)
    for version in told:
        for pattern in {mask(text) for text in version.texts if len(text) <= LONGEST}:
            where[pattern].append(version)
    moves = _moves(told)
    found = (_recurring(pattern, seen, told, moves) for pattern, seen in where.items())
    return sorted(filter(None, found), key=lambda one: (one.first, one.pattern))


def _recurring(
    pattern: str, seen: Sequence[Told], told: Sequence[Told], moves: Mapping[str, set[str]]
) -> Recurring | None:
    articles = {version.article_id for version in seen}
    first, last = min(version.at for version in seen), max(version.at for version in seen)
    if len(articles) < ARTICLES or last - first < SPAN or not any(map(str.isalpha, pattern)):
        return None
    meanwhile = {version.article_id for version in told if first <= version.at <= last}
    share = len(articles) / len(meanwhile)
    if share < SHARE:
        return None
    forms = {text for version in seen for text in version.texts if mask(text) == pattern}
    return Recurring(pattern, len(articles), share, first, last, len(moves[pattern]), len(forms), _sample(seen))


def _sample(seen: Iterable[Told]) -> tuple[Told, ...]:
    """The first sighting in each of a few articles, spread over the time."""
    first: dict[str, Told] = {}
    for version in sorted(seen, key=lambda v: (v.at, v.article_id, v.version)):
        first.setdefault(version.article_id, version)
    one_each = list(first.values())
    step = max(1, (len(one_each) - 1) // (SAMPLE - 1))
    return tuple(one_each[::step][:SAMPLE])


def _moves(told: Iterable[Told]) -> Mapping[str, set[str]]:
    """For each text, the articles in which it came or went between two versions."""
    moves: dict[str, set[str]] = defaultdict(set)
    before: dict[str, set[str]] = {}
    for version in sorted(told, key=lambda v: (v.article_id, v.version)):
        now = {mask(text) for text in version.texts}
        for pattern in before.get(version.article_id, now) ^ now:
            moves[pattern].add(version.article_id)
        before[version.article_id] = now
    return moves


def boxed(recurs: Sequence[Recurring], pages: Mapping[Told, Sequence[Placed]], outlet: str) -> list[Widget]:
    """Those of the recurring texts that are widgets, by where they stand on the pages of their sightings."""
    patterns = {one.pattern for one in recurs}
    found = []
    for one in recurs:
        looks = [look for version in one.sightings if version in pages for look in _look(one, pages[version], patterns)]
        acts = sum(look == "acts" for look in looks)
        standing = sum(look != "prose" for look in looks)
        lives = acts >= SURE * len(looks) or one.forms >= LOOKS or one.came_and_went >= CHANGES
        if len(looks) >= ARTICLES and standing >= SURE * len(looks) and lives:
            found.append(Widget(outlet, "text", one.pattern, one.first.date(), _evidence(one, acts, standing)))
    return found


def _look(one: Recurring, places: Sequence[Placed], patterns: set[str]) -> list[str]:
    """How a text stands on one page: in a box of nothing but recurring texts (`acts`: one can click there), or not."""
    looks = []
    for place in places:
        if mask(place.text) == one.pattern:
            own = [box for box in place.boxes if all(mask(places[n].text) in patterns for n in box.blocks)]
            looks.append("acts" if any(box.acts for box in own) else "box" if own else "prose")
    return looks[:1]


def _evidence(one: Recurring, acts: int, standing: int) -> tuple[str, ...]:
    return (
        f"around {one.articles} articles, {one.share:.0%} of those captured meanwhile",
        f"from {one.first:%Y-%m-%d} to {one.last:%Y-%m-%d}",
        f"in a box of its own on {standing} pages looked at, with something to click on {acts}",
        f"{one.forms} forms; came or went in {one.came_and_went} articles",
        *(f"seen in {version.article_id} version {version.version}" for version in one.sightings[:3]),
    )


@dataclass(frozen=True, slots=True)
class Look:
    """One capture of an article, and whether the outlet says that it was modified since the capture before."""

    told: Told
    places: tuple[Placed, ...]
    modified: bool


def restless(histories: Mapping[str, Sequence[Look]], outlet: str) -> list[Widget]:
    """Boxes that hold another text at every look, in enough articles, none of which the outlet says it modified."""
    alive: dict[str, dict[str, datetime]] = defaultdict(dict)
    calm: set[str] = set()
    for article_id, looks in histories.items():
        for selector, texts in _boxes(looks).items():
            if _is_restless(texts, looks):
                alive[selector][article_id] = looks[0].told.at
            elif len(texts) >= LOOKS:
                calm.add(selector)
    return [
        Widget(outlet, "place", selector, min(seen.values()).date(), _restless_evidence(seen))
        for selector, seen in sorted(alive.items())
        if len(seen) >= CHANGES and selector not in calm
    ]


def _boxes(looks: Sequence[Look]) -> dict[str, list[str]]:
    """The text of each box with a name of its own, at each look at which it is there once."""
    found: dict[str, list[str]] = defaultdict(list)
    for look in looks:
        here: dict[str, set[tuple[int, ...]]] = defaultdict(set)
        for place in look.places:
            for box in place.boxes:
                if box.selector:
                    here[box.selector].add(box.blocks)
        for selector, blocks in here.items():
            if len(blocks) == 1:
                found[selector].append("\n".join(look.places[n].text for n in next(iter(blocks))))
    return found


def _is_restless(texts: Sequence[str], looks: Sequence[Look]) -> bool:
    changed = all(a != b for a, b in pairwise(texts))
    said = sum(look.modified for look in looks[1:])
    return len(texts) == len(looks) >= LOOKS and changed and 2 * said < len(looks) - 1


def _restless_evidence(seen: Mapping[str, datetime]) -> tuple[str, ...]:
    examples = (f"seen in {article_id}" for article_id in sorted(seen)[:3])
    return (f"another text at every look in {len(seen)} articles, none of them modified", *examples)
