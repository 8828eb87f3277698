"""The piece of a text that shows why it was found, and what in it was looked for. Pure, linear, and capped.

blocks of a version → where the phrases stand in each → the most telling block → a window of it
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from scraper import words
from scraper.article import Article
from scraper.hits import Marked, Span
from scraper.store.search.match import Match, Phrase, columns_of
from scraper.store.search.sheets import COLUMNS, parts

WIDTH: Final = 240  # characters of a snippet
_READ: Final = 100_000  # characters of a version that are looked at
_SPOTS: Final = 1000
_MARKS: Final = 100
_TITLE: Final = COLUMNS.index("title")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a part of the query, by its number, stands in a text."""

    part: int
    start: int
    end: int


def title(article: Article, match: Match) -> Marked:
    """The headline, with what was looked for."""
    text = article.title or ""
    return Marked(text, _merged(_spots(text[:_READ], _TITLE, match)), "title")


def snippet(article: Article, match: Match, gone: Collection[str] = ()) -> Marked:
    """The most telling piece of a version: where most parts of the query stand, outside the headline if possible.

    Of equal ones it is one of the texts in `gone`: those that do not stand there any more.
    """
    best, left = (0, False, "", 0, list[_Spot]()), _READ
    first = ("", len(COLUMNS) - 1)
    most = (sum(not part.excluded for part in match.parts), bool(gone))
    for column, text in parts(article):
        if column == _TITLE or left <= 0 or not text:
            continue
        seen, left = text[:left], left - len(text)
        if not first[0] and COLUMNS[column] == "body":
            first = (seen, column)
        spots = _spots(seen, column, match)
        rank = (len({spot.part for spot in spots}), text in gone)
        if spots and rank > best[:2]:
            best = (*rank, seen, column, spots)
        if rank == most:
            break
    _, _, text, column, spots = best if best[4] else (0, False, *first, list[_Spot]())
    return _window(text, COLUMNS[column], spots)


def _spots(text: str, column: int, match: Match) -> list[_Spot]:
    """Where the phrases stand, as far as the first `_SPOTS` of them: what is everywhere is shown anywhere."""
    wanted = [
        (number, phrase)
        for number, part in enumerate(match.parts)
        for phrase in part.phrases
        if not part.excluded and column in columns_of(phrase)
    ]
    folded = words.fold(text)
    # Most blocks have nothing of it, which costs less to see than to take them apart.
    if not any(phrase.words[-1] in folded for _, phrase in wanted):
        return []
    single = {phrase.words[0]: number for number, phrase in wanted if len(phrase.words) == 1 and not phrase.begins}
    others = [(number, phrase) for number, phrase in wanted if len(phrase.words) > 1 or phrase.begins]
    last: deque[tuple[str, int, int]] = deque(maxlen=max((len(phrase.words) for _, phrase in others), default=1))
    spots: list[_Spot] = []
    for word in words.placed(text):
        last.append(word)
        if word[0] in single:
            spots.append(_Spot(single[word[0]], *word[1:]))
        spots += [_Spot(number, last[-len(each.words)][1], word[2]) for number, each in others if _ends(last, each)]
        if len(spots) >= _SPOTS:
            break
    return sorted(spots, key=lambda spot: (spot.start, spot.end))


def _ends(last: Sequence[tuple[str, int, int]], phrase: Phrase) -> bool:
    """Whether a phrase ends with the last word."""
    *before, end = phrase.words
    found = last[-1][0]
    if not (found.startswith(end) if phrase.begins else found == end) or len(last) <= len(before):
        return False
    return all(last[-len(phrase.words) + at][0] == word for at, word in enumerate(before))


def _window(text: str, field: str, spots: Sequence[_Spot]) -> Marked:
    """The stretch of `text` with most parts of the query in it, from a blank to a blank where there is one."""
    start = max(0, _densest(spots) - WIDTH // 4) if len(text) > WIDTH else 0
    start = max(0, min(start, len(text) - WIDTH))
    end = min(len(text), start + WIDTH)
    if start and (blank := text.find(" ", start, start + 25)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", end - 25, end)) > start:
        end = blank
    inside = [_Spot(spot.part, spot.start - start, spot.end - start) for spot in spots]
    shown = " ".join(text[start:end].split()) if "\n" in text else text[start:end]
    if len(shown) != end - start:  # lines of code: as many characters, so that the marks stay where they are
        shown = "".join(" " if char.isspace() else char for char in text[start:end])
    marks = _merged([spot for spot in inside if spot.start >= 0 and spot.end <= len(shown)])
    return Marked(shown, marks, field, begins=start == 0, ends=end == len(text))


def _densest(spots: Sequence[_Spot]) -> int:
    """Where to begin so that most different parts are within the window: two pointers over all spots."""
    best, at, last, inside = (0, 0), 0, 0, dict[int, int]()
    for spot in spots:
        while last < len(spots) and spots[last].end <= spot.start + WIDTH * 3 // 4:
            inside[spots[last].part] = inside.get(spots[last].part, 0) + 1
            last += 1
        if len(inside) > best[0]:
            best, at = (len(inside), last), spot.start
        if spot.part in inside:
            inside[spot.part] -= 1
            if not inside[spot.part]:
                del inside[spot.part]
    return at


def _merged(spots: Sequence[_Spot]) -> tuple[Span, ...]:
    """Their places, in order and apart from each other."""
    merged: list[Span] = []
    for spot in spots:
        if merged and spot.start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], spot.end))
        elif len(merged) < _MARKS:
            merged.append((spot.start, spot.end))
    return tuple(merged)
