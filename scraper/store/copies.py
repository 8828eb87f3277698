"""Which articles have the text of another one, found by the marks of their versions (`scraper/likeness.py`).

    marks of an article → articles that share one → a guess by marks → both texts, read and compared → copies

Each step is bounded, so that the cost does not grow with the archive. Every version that was ever shown is looked up,
not only the first and the last: what came off the wire may have stood there in between.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

import apsw

from scraper import likeness
from scraper.copies import Copy, first_captured, first_published
from scraper.errors import ArchiveDamaged
from scraper.model import Entry, Snapshot
from scraper.store.catalogue import queries
from scraper.store.stamps import from_ticks

# A mark that more articles have than this is that of a formula or of background, and says little about any of them.
_COMMON: Final = 64
_MOST_MARKS: Final = 256
_MOST_READ: Final = 64
_MOST_GUESSED: Final = 16  # with a single mark in common, which in a large archive mostly is a turn of phrase
_MOST_VERSIONS: Final = 12
# An outlet does not put one story at so many addresses: what recurs there is its form.
_FORM: Final = 5

Read = Callable[[str, int], Snapshot | None]
Find = Callable[[apsw.Connection, str], Entry | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """One version, as far as the catalogue knows it. `edit`: it was made by an edit."""

    version: int
    at: datetime
    marks: tuple[int, ...]
    edit: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles whose marks say that they may be copies, and the versions that are most alike by them."""

    this: Entry
    other: Entry
    of_version: int
    version: int
    ours: Sequence[Shown]
    theirs: Sequence[Shown]


def pairs(db: apsw.Connection, entry: Entry, find: Find) -> list[Pair]:
    """What is worth reading, the most promising first."""
    ours = _shown(db, entry.id)
    shared = _shared(db, list(dict.fromkeys(mark for each in _spread(ours) for mark in each.marks))[:_MOST_MARKS])
    del shared[entry.id]
    ranked = sorted(shared, key=lambda article_id: (-shared[article_id], article_id))
    several = sum(number > 1 for number in shared.values())
    return [
        pair
        for article_id in ranked[: min(_MOST_READ, several + _MOST_GUESSED)]
        if (other := find(db, article_id)) and (pair := _pair(entry, other, ours, _shown(db, article_id)))
    ]


def _shared(db: apsw.Connection, marks: Sequence[int]) -> Counter[str]:
    """How many of `marks` each article has. Common ones do not count, unless most are: then the whole text is common,
    as that of an agency that half the world prints, and some of those who have it are found."""
    rows = [db.execute(queries()["marked"], {"mark": mark, "limit": _COMMON + 1}).fetchall() for mark in marks]
    rare = [having for having in rows if len(having) <= _COMMON]
    telling = rare if 2 * len(rare) >= len(rows) else rows
    return Counter(cast("str", article_id) for having in telling for (article_id,) in having)


def _shown(db: apsw.Connection, article_id: str) -> list[Shown]:
    rows = cast("list[tuple[int, int, bytes, str]]", db.execute(queries()["marks_of"], {"id": article_id}).fetchall())
    marks = {data: likeness.unpacked(data) for _, _, data, _ in rows}  # an edit mostly leaves all of them
    return [Shown(version, from_ticks(at), marks[data], bool(kinds)) for version, at, data, kinds in rows]


def _spread(shown: Sequence[Shown]) -> list[Shown]:
    """The versions to compare, each with other marks: the last ones first, and the first ones."""
    unlike = list({each.marks: each for each in shown if each.marks}.values())
    if len(unlike) > _MOST_VERSIONS:
        half = _MOST_VERSIONS // 2
        unlike = unlike[:half] + unlike[-half:]
    return unlike[::-1]


def _pair(this: Entry, other: Entry, ours: Sequence[Shown], theirs: Sequence[Shown]) -> Pair | None:
    best = max(
        ((likeness.guess(a.marks, b.marks), a.version, b.version) for a in _spread(ours) for b in _spread(theirs)),
        default=(0.0, 0, 0),
    )
    return Pair(this, other, best[1], best[2], ours, theirs) if best[0] >= likeness.WORTH_READING else None


def copies(found: Sequence[Pair], read: Read) -> list[Copy]:
    """The pairs that are copies by their whole texts, by when each was captured. What is damaged is left out."""
    made = [copy for copy in _read(found, read) if copy]
    at_home = [copy for copy in made if copy.entry.outlet == found[0].this.outlet]
    kept = [copy for copy in made if len(at_home) <= _FORM or copy not in at_home]
    return sorted(kept, key=lambda copy: (copy.captured_at, copy.entry.id))


def _read(found: Sequence[Pair], read: Read) -> Iterator[Copy | None]:
    texts: dict[int, Snapshot | None] = {}
    for pair in found:
        with contextlib.suppress(ArchiveDamaged):
            if pair.of_version not in texts:
                texts[pair.of_version] = read(pair.this.id, pair.of_version)
            ours, theirs = texts[pair.of_version], read(pair.other.id, pair.version)
            if ours and theirs:
                yield _copy(pair, ours, theirs)


def _copy(pair: Pair, ours: Snapshot, theirs: Snapshot) -> Copy | None:
    bodies = [[block.text for block in each.article.blocks] for each in (ours, theirs)]
    found = likeness.likeness(*bodies)
    if not found.is_copy(at_home=pair.this.outlet == pair.other.outlet):
        return None
    here, there = _since(pair.ours, pair.of_version, pair.theirs), _since(pair.theirs, pair.version, pair.ours)
    copy = Copy(
        entry=pair.other,
        similarity=round(found.resemblance, 3),
        contained=round(found.contained, 3),
        version=pair.version,
        of_version=pair.of_version,
        versions=len(pair.theirs),
        published=theirs.article.published,
        captured_at=there,
        of_captured_at=here,
        first_captured=first_captured(here, there),
        first_published=first_published(ours.article, pair.this.first_seen, theirs.article, pair.other.first_seen),
    )
    both = max(here, there)
    after, of_after = _edits(pair.theirs, both), _edits(pair.ours, both)
    return replace(
        copy,
        edits=len(after),
        edited_at=max(after, default=None),
        of_edits=len(of_after),
        of_edited_at=max(of_after, default=None),
    )


def _since(shown: Sequence[Shown], version: int, others: Sequence[Shown]) -> datetime:
    """When the text that both have was first captured here, by the marks: an article may have begun with another."""
    theirs = [set(each.marks) for each in others]
    best = next(each for each in shown if each.version == version)
    enough = max(len(mark & set(best.marks)) for mark in theirs) / 2
    return min(each.at for each in shown if any(len(mark & set(each.marks)) >= enough for mark in theirs))


def _edits(shown: Sequence[Shown], since: datetime) -> list[datetime]:
    return [each.at for each in shown if each.edit and each.at > since]
