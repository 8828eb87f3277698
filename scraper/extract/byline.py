"""The printed lines between headline and text: who wrote it and when, where the page declares neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from scraper.extract import dates, people
from scraper.extract.blocks import Piece, live
from scraper.extract.tree import BLOCKS, Element
from scraper.extract.words import tokens
from scraper.text import clean

MAX_LINE: Final = 200
MAX_OPENING: Final = 4
# How far above the headline such lines may stand, in elements.
ABOVE: Final = 25
_HEADS: Final = frozenset(("byline", "caption", "date", "meta"))
_OURS: Final = frozenset((None, "byline", "date", "meta", "legal", "caption"))
_PARTS = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+|\n")
_CAPITALISED = re.compile(r"[^\W\d_a-zа-яёіїєґα-ω][\w'’.-]*")
_PARTICLES: Final = tokens(
    "van von de der den del della di da dos das la le el al bin ibn du ten ter zu af av y e and und et og och i и та"
)


def lines(elements: Sequence[Element], headline: Element | None, first: Element | None) -> list[str]:
    """The short lines around the headline and above `first`, the element of the first paragraph, in reading order."""
    if headline is None or first is None:
        return []
    found = []
    for element in elements:
        if element.order >= first.order:
            break
        if element.order < headline.order - ABOVE or element is headline or not 0 < element.size <= MAX_LINE:
            continue
        if (
            element.tag in BLOCKS
            and not any(kid.tag in BLOCKS and kid.size for kid in element.elements())
            and _is_ours(element)
        ):
            found.append(clean(element.text(dropped=True, apart=True)))
    return found


def heads(elements: Sequence[Element], headline: Element | None, first: Element | None) -> Iterator[str]:
    """The texts outside the column that fields are read from: headings, captions, bylines, dates, and the lines between
    the headline and `first`, the first paragraph."""
    start = headline.order if headline else 0
    end = first.order if first else start
    gone: set[int] = set()  # to ask each element whether it is live would cost the square of the depth
    for e in elements:
        if e.drop is not None or (e.parent is not None and e.parent.order in gone):
            gone.add(e.order)
        if e.tag == "h1" or e.drop in _HEADS or (e.attrs and _is_authors(e.attrs)):
            yield e.text(dropped=True)
        elif start - ABOVE <= e.order < end and e.order not in gone:
            yield "".join(kid for kid in e.kids if isinstance(kid, str))


def _is_authors(attrs: Mapping[str, str | None]) -> bool:
    return attrs.get("rel") == "author" or "author" in (attrs.get("itemprop") or "")


def _is_ours(element: Element) -> bool:
    return element.drop in _OURS and all(above.drop in _OURS for above in element.ancestors())


def authors(printed: Sequence[str], sites: Sequence[str]) -> tuple[str, ...]:
    """The names that a line beginning with `By` gives, or one that holds a name beside a date."""
    for line in printed:
        parts = [part for part in _PARTS.split(line) if part]
        for part in parts:
            found = people.names([part], sites) if people.begins_with_by(part) else ()
            if found and all(is_name(name) or name.isupper() for name in found):
                return found
        if len(parts) > 1 and dates.is_in(line):
            for part in parts:
                found = people.names([part], sites)
                if found and all(map(is_name, found)) and not dates.is_in(part):
                    return found
    return ()


def is_name(text: str) -> bool:
    """Whether a text has the shape of somebody's name: two to five words in capitals.

    >>> is_name("Maria de la Cruz"), is_name("Shifting dynamics"), is_name("Monday")
    (True, False, False)
    """
    words = text.split()
    big = [word for word in words if _CAPITALISED.fullmatch(word)]
    return 2 <= len(words) <= 5 and len(big) >= 2 and all(word in big or word.lower() in _PARTICLES for word in words)


def opening(pieces: Sequence[Piece]) -> tuple[tuple[str, ...], Piece] | None:
    """The author named by a line at the beginning of the text, in bold type and without a word more; and that line."""
    for piece in live(pieces)[:MAX_OPENING]:
        if piece.kind == "paragraph" and len(piece.text) <= 80 and piece.bold * 10 >= len(piece.text) * 9:
            found = people.names([piece.text.replace("/", ";")])
            if found and all(map(is_name, found)):
                return found, piece
        if len(piece.text) > MAX_LINE:
            break
    return None


def moment(printed: Sequence[str], language: str | None = None) -> dates.When | None:
    """The first date that the lines name, with a time of day if its own line or the next one has it."""
    days = [(at, when) for at, line in enumerate(printed) if (when := dates.in_text(line, language))]
    if not days:
        return None
    at, when = next(((a, w) for a, w in days if isinstance(w, datetime)), days[0])
    if not isinstance(when, datetime) and at + 1 < len(printed) and len(printed[at + 1]) < 20:
        joined = dates.in_text(f"{printed[at]} {printed[at + 1]}", language)
        return joined or when
    return when
