"""The body of a printed article: paragraphs → blocks with their kinds, and what is no text of it.

Print shows a kind by its place and type alone: a bullet, cells in line, an indent on both sides, larger type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from scraper.article import Block
from scraper.extract.draft import SMALLER, Draft, bare, is_caption
from scraper.extract.typeset import BULLETS, NUMBERED, Paragraph, in_line

_MAX_SUBHEADING: Final = 150
# Notes at the foot of a page are so much smaller than the text.
_NOTE: Final = 0.9
# A sentence of so many words that stands twice was pulled out of the text.
_PULLED: Final = 5
# A quotation is set in by so many type sizes.
_QUOTED: Final = 1.2

_NOTE_MARK = re.compile(r"(?:\d{1,2}[.)]?|[*†‡§¹²³⁴-⁹]+)\s*\S")


def blocks(draft: Draft) -> Iterator[Block]:
    """The body, without captions of further pictures, notes at the foot, and sentences pulled out of it."""
    for paragraph in list(draft.left):
        if is_caption(draft, paragraph):
            draft.drop(paragraph, "pdf:caption")
        elif _is_footnote(draft, paragraph):
            draft.drop(paragraph, "pdf:footnote")
        elif _is_pulled(draft, paragraph):
            draft.drop(paragraph, "pdf:pull-quote")
    listed, rows, quotes = _listed(draft.left), _rows(draft.left), _quotes(draft)
    for n, paragraph in enumerate(draft.left):
        text = paragraph.text
        if n in rows:
            yield Block("row", " | ".join(paragraph.cells))
        elif text[0] in BULLETS or n in listed:
            if item := listed.get(n, text[1:]).strip():
                yield Block("item", item)
        elif n in quotes:
            yield Block("quote", text)
        elif _is_subheading(paragraph, draft.size):
            yield Block("subheading", text)
        else:
            yield Block("paragraph", text)


def _is_footnote(draft: Draft, paragraph: Paragraph) -> bool:
    """Small type that begins with a mark, and nothing but such type below it on its page."""
    if paragraph.size >= _NOTE * draft.size or not _NOTE_MARK.match(paragraph.text):
        return False
    below = [p for p in draft.left if p.page == paragraph.page and p.top > paragraph.top]
    return all(p.size < _NOTE * draft.size for p in below)


def _is_pulled(draft: Draft, paragraph: Paragraph) -> bool:
    """Large or slanted type that only says again what stands in a paragraph, word for word."""
    apart = paragraph.size >= 1.08 * draft.size or paragraph.bold or paragraph.italic
    words = bare(paragraph.text)
    if not apart or len(paragraph.text.split()) < _PULLED:
        return False
    return any(words in bare(p.text) for p in draft.left if p is not paragraph and len(p.text) > len(paragraph.text))


def _listed(found: Sequence[Paragraph]) -> dict[int, str]:
    """The items of lists that have dashes or numbers, by their place in `found`."""
    return {n: found[n].text[1:] for n in _dashed_lists(found)} | _numbered_lists(found)


def _numbered_lists(found: Sequence[Paragraph]) -> dict[int, str]:
    """Items that count on from each other, and whose numbers stand out to the left of the text or in from its edge."""
    matches = [(n, p, match) for n, p in enumerate(found) if (match := NUMBERED.fullmatch(p.text))]
    items: dict[int, str] = {}
    edge = min((line.x0 for p in found for line in p.lines), default=0.0)
    for (n, p, first), (m, q, second) in pairwise(matches):
        counts = m - n == 1 and int(second[1]) - int(first[1]) == 1
        if counts and (min(p.lines[0].x0, q.lines[0].x0) > edge + 0.5 * p.size or p.hangs or q.hangs):
            items |= {n: first[2], m: second[2]}
    return items


def _rows(found: Sequence[Paragraph]) -> set[int]:
    """Lines of cells, two or more below each other, that are in line."""
    single = [len(p.lines) == 1 and p.text[0] not in BULLETS for p in found]
    pairs = ((n, p, q) for n, (p, q) in enumerate(pairwise(found)) if single[n] and single[n + 1])
    return {at for n, p, q in pairs if in_line(p.lines[0], q.lines[0]) for at in (n, n + 1)}


def _quotes(draft: Draft) -> set[int]:
    """Paragraphs of more than one line that are set in from both edges of the text around them."""
    quotes: set[int] = set()
    for n, p in enumerate(draft.left):
        around = [q for q in draft.left if q.column == p.column and abs(q.size - p.size) < 1 and q is not p]
        if len(p.lines) < 2 or not around:
            continue
        left = min(line.x0 for q in around for line in q.lines)
        right = max(line.x1 for q in around for line in q.lines)
        step = _QUOTED * p.size
        if min(line.x0 for line in p.lines) >= left + step and max(line.x1 for line in p.lines) <= right - step:
            quotes.add(n)
    return quotes


def _dashed_lists(found: Sequence[Paragraph]) -> set[int]:
    """Paragraphs that begin with a dash, two or more in a row: a list, and not somebody speaking."""
    dashed = [n for n, p in enumerate(found) if p.text[:2] in {"- ", "– "}]
    return {n for pair in pairwise(dashed) if pair[1] - pair[0] == 1 for n in pair}


def _is_subheading(paragraph: Paragraph, body: float) -> bool:
    apart = paragraph.size >= 1.08 * body or (paragraph.bold and paragraph.size >= SMALLER * body)
    return apart and len(paragraph.text) <= _MAX_SUBHEADING and not paragraph.text.endswith((".", ",", ";"))
