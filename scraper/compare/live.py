"""Two readings of a live page, entry by entry: which came, which went, and what was changed in those that stayed.

    blocks → entries → paired by name, by text, by likeness → what fell off the page → parts

A live page grows by itself: entries that came on top are `routine`. Its older entries stand on further pages, so that
the oldest go when new ones come: these fell off, and were not removed. Where an entry stands on the page says nothing.
Pure, and bounded like every comparison.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from scraper.article import Article, Block
from scraper.compare import align, lexicon, typeset, words
from scraper.compare.classify import Classifier
from scraper.compare.diff import diff
from scraper.model import EditKind, Part

# What stands above an entry begins with its time, in the one form that extraction prints.
_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d \d\d:\d\d(?:[+-]\d\d:\d\d)?|\d\d:\d\d)(?: · |$)")
# An entry dated so much before the newest one known may still have come after it: writers finish late.
GRACE: Final = timedelta(minutes=30)
# So many of the oldest entries that go at once, with nothing new, are the page's length, not somebody's hand.
CUT: Final = 3
ALIKE: Final = 0.5
NEARLY: Final = 0.8  # of entries with other times and no names of the page's own
_PAIRS: Final = 60  # more entries than this on both sides without name and text in common are not compared by likeness


@dataclass(frozen=True)
class Item:
    """One entry: its name, its blocks, and the index of the first of them among the article's."""

    key: str
    blocks: tuple[Block, ...]
    start: int

    @cached_property
    def head(self) -> tuple[str, str]:
        """The time on top of the entry as printed, and its heading; empty where there is none."""
        first = self.blocks[0]
        match = _TIME.match(first.text) if first.kind == "subheading" else None
        return (match[0].removesuffix(" · "), first.text[match.end() :]) if match else ("", "")

    @property
    def at(self) -> datetime | None:
        """When it was published."""
        at = self.blocks[0].at
        return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at

    @cached_property
    def body(self) -> tuple[tuple[int, Block], ...]:
        """Its blocks without the time, each with its index among the article's blocks."""
        time, heading = self.head
        first = [replace(self.blocks[0], text=heading)] if heading or not time else []
        rest = enumerate(self.blocks[1:], self.start + 1)
        return (*((self.start, block) for block in first), *rest)

    @cached_property
    def text(self) -> str:
        """All that it says, without its time."""
        return " ¶ ".join(block.text for _, block in self.body)


@dataclass(frozen=True)
class Growth:
    """What became of the entries: those that stayed in pairs, what came, what was taken away, what fell off.

    `before` and `after` are all entries of both pages, in page order.
    """

    before: tuple[Item, ...]
    after: tuple[Item, ...]
    pairs: tuple[tuple[Item, Item], ...]
    came: tuple[Item, ...]
    gone: tuple[Item, ...]
    fallen: tuple[Item, ...] = ()


def items(article: Article) -> list[Item]:
    """The entries of an article in page order: blocks of one name side by side."""
    found: list[Item] = []
    start = 0
    for at in range(1, len(article.blocks) + 1):
        if at == len(article.blocks) or article.blocks[at].entry != article.blocks[start].entry:
            if article.blocks[start].entry:
                found.append(Item(article.blocks[start].entry, article.blocks[start:at], start))
            start = at
    return found


def has_entries(article: Article) -> bool:
    """Whether an article was read entry by entry."""
    return any(block.entry for block in article.blocks)


def grown(old: Article, new: Article) -> Growth:
    """Which entries of `old` are which of `new`, and what became of the others."""
    before, after = items(old), items(new)
    pairs = _paired(before, after)
    left = {id(item) for pair in pairs for item in pair}
    shown, known = {item.text for item in after}, {item.text for item in before}
    # A pinned entry may stand on a page twice, and then once.
    gone = [item for item in before if id(item) not in left and item.text not in shown]
    came = [item for item in after if id(item) not in left and item.text not in known]
    growth = Growth(tuple(before), tuple(after), tuple(pairs), tuple(came), tuple(gone))
    fallen = _fallen(growth)
    out = {id(item) for item in fallen}
    return replace(growth, gone=tuple(item for item in gone if id(item) not in out), fallen=tuple(fallen))


def without(article: Article, gone: Sequence[Item]) -> Article:
    """`article` without these entries."""
    out = {at for item in gone for at in range(item.start, item.start + len(item.blocks))}
    return replace(article, blocks=tuple(b for at, b in enumerate(article.blocks) if at not in out)) if out else article


# ---------------------------------------------------------------------------------------------- pairing


def _paired(before: Sequence[Item], after: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Entries with name and text in common, with text in common, with the name, and last those much alike."""
    pairs = _joined(before, after, lambda item: f"{item.key}\0{item.text}")
    pairs += _joined(*_left(before, after, pairs), lambda item: item.text)
    # Numbers that follow the place on the page are no names: then the same texts have others now.
    named = 2 * sum(1 for a, b in pairs if a.key != b.key) <= len(pairs)
    if named:
        pairs += _joined(*_left(before, after, pairs), lambda item: item.key)
    return [*pairs, *_alike(*_left(before, after, pairs), named=named)]


def _left(
    before: Sequence[Item], after: Sequence[Item], pairs: Sequence[tuple[Item, Item]]
) -> tuple[list[Item], list[Item]]:
    taken = {id(item) for pair in pairs for item in pair}
    return [item for item in before if id(item) not in taken], [item for item in after if id(item) not in taken]


def _joined(before: Sequence[Item], after: Sequence[Item], key: Callable[[Item], str]) -> list[tuple[Item, Item]]:
    waiting: defaultdict[str, deque[Item]] = defaultdict(deque)
    for item in before:
        waiting[key(item)].append(item)
    return [(waiting[key(item)].popleft(), item) for item in after if waiting[key(item)]]


def _alike(before: Sequence[Item], after: Sequence[Item], *, named: bool) -> list[tuple[Item, Item]]:
    if not before or not after or len(before) > _PAIRS or len(after) > _PAIRS:
        return []
    coded = align.encode([words.words(item.text) for item in (*before, *after)])
    old, new = coded[: len(before)], coded[len(before) :]
    scores = [
        (align.similarity(old[i], new[j]), -i, -j)
        for i, a in enumerate(before)
        for j, b in enumerate(after)
        if old[i] and new[j] and align.similarity(old[i], new[j]) >= _enough(a, b, named=named)
    ]
    found: dict[int, int] = {}
    for _, i, j in sorted(scores, reverse=True):
        if -i not in found and -j not in found.values():
            found[-i] = -j
    return [(before[i], after[j]) for i, j in found.items()]


def _enough(a: Item, b: Item, *, named: bool) -> float:
    """How much alike two entries without a name in common have to be: reports of one day are made of the same words."""
    if a.at == b.at and a.head[0] == b.head[0]:
        return ALIKE
    given = named and not a.key.startswith("~") and not b.key.startswith("~")
    return 2.0 if given else NEARLY


# ---------------------------------------------------------------------------------------------- growth


def _ranks(before: Sequence[Item], after: Sequence[Item]) -> tuple[dict[int, float], float]:
    """A number for each entry, greater for younger ones of the same side, and how much of it is grace.

    Times make the numbers of both sides comparable; without them they are places on the page.
    """
    times = {id(item): item.at.timestamp() for item in (*before, *after) if item.at is not None}
    if len(times) == len(before) + len(after):
        return times, GRACE.total_seconds()
    turn = -1.0 if _is_newest_first(before) and _is_newest_first(after) else 1.0
    return {id(item): turn * k for side in (before, after) for k, item in enumerate(side)}, 0.0


def _is_newest_first(found: Sequence[Item]) -> bool:
    steps = [(a > b) - (a < b) for a, b in pairwise(item.head[0] for item in found) if a and b]
    return sum(steps) >= 0


def _fallen(growth: Growth) -> list[Item]:
    """Of the entries that are gone, those that only fell off the old end of the page."""
    ranks, grace = _ranks(growth.before, growth.after)
    if not growth.pairs:
        # Nothing is left of what the page showed: it went on, if all that is there now is younger.
        ends = [ranks[id(item)] for item in growth.came], [ranks[id(item)] for item in growth.gone]
        return [*growth.gone] if grace and all(ends) and min(ends[0]) > max(ends[1]) else []
    oldest, stayed = (min(ranks[id(pair[side])] for pair in growth.pairs) for side in (0, 1))
    tail = [item for item in growth.gone if ranks[id(item)] < oldest]
    pushed = any(ranks[id(item)] > stayed for item in growth.came)
    return tail if pushed or len(tail) >= CUT else []


def _came(growth: Growth) -> Iterator[tuple[EditKind, Item]]:
    """What came, each with its kind: on top or below all others it is `routine`, among older ones an `addition`."""
    ranks, grace = _ranks(growth.before, growth.after)
    known = [ranks[id(item)] for item in growth.before] if grace else [ranks[id(pair[1])] for pair in growth.pairs]
    for item in growth.came:
        rank = ranks[id(item)]
        amid = bool(known) and min(known) < rank < max(known) - grace
        yield "addition" if amid else "routine", item


# ---------------------------------------------------------------------------------------------- parts


def parts(old: Article, new: Article, growth: Growth) -> list[Part]:
    """The parts of the edit that lie in the body, in the order of the new page."""
    classifier = Classifier(old, new)
    language = new.language or old.language
    free = [[(at, b) for at, b in enumerate(each.blocks) if not b.entry] for each in (old, new)]
    found = [*_changed(classifier, free[0], free[1], "")]
    for was, now in growth.pairs:
        found += _restamped(was, now)
        if was.text != now.text:
            found += _changed(classifier, was.body, now.body, now.key)
    for kind, item in _came(growth):
        found.append(Part(kind, "", item.text, item.start, item.key))
        noted = (
            block.text for _, block in item.body if lexicon.notice(words.fold(block.text), language) == "correction"
        )
        found += [Part("correction", "", text, item.start, item.key) for text in noted]
    last = len(new.blocks)
    found += [Part("removal", item.text, "", min(item.start, last), item.key) for item in growth.gone]
    return sorted(found, key=lambda part: part.block or 0)


def _changed(
    classifier: Classifier, old: Sequence[tuple[int, Block]], new: Sequence[tuple[int, Block]], key: str
) -> Iterator[Part]:
    """What was changed between two stretches of blocks, by the usual kinds."""
    before, after = (_bare([block for _, block in side]) for side in (old, new))
    if typeset.recut(before, after):
        return
    places = [at for at, _ in new] or [at for at, _ in old[:1]]
    for part in classifier.body(diff(before, after)):
        at = places[min(part.block or 0, len(places) - 1)] if places else None
        yield replace(part, block=at, entry=key)


def _bare(blocks: Sequence[Block]) -> Article:
    return Article("", "", blocks=tuple(blocks))


def _restamped(was: Item, now: Item) -> Iterator[Part]:
    """An entry that is dated back. One that is dated on is stamped anew at every change, often by a machine."""
    if was.at is not None and now.at is not None and now.at < was.at and was.head[0] != now.head[0]:
        yield Part("date", was.head[0], now.head[0], now.start, now.key)


def is_growth(parts: Sequence[Part]) -> bool:
    """Whether all that happened is that a live page got further entries."""
    return all(part.kind == "routine" and part.entry for part in parts)


def is_lost(latest: Article, seen: Article, new: Article) -> bool:
    """Whether `seen` shows an entry, or a form of one, that neither the last version has nor the page any more."""
    kept = {item.text for each in (latest, new) for item in items(each)}
    return any(item.text not in kept for item in items(seen))
