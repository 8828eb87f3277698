"""What an article keeps of that which was judged not to be article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scraper.article import Dropped
from scraper.extract.blocks import Piece
from scraper.extract.tree import Element

MAX_DROPPED: Final = 300
MAX_DROPPED_TEXT: Final = 300


def dropped(elements: Sequence[Element], pieces: Sequence[Piece]) -> tuple[Dropped, ...]:
    """What was judged not to be article, in reading order, cut to what a reader needs to recognise it."""
    found = [
        (e.order, e.drop, e.text(dropped=True, limit=2 * MAX_DROPPED_TEXT)) for e in elements if e.drop and e.size > 0
    ]
    found += [(piece.element.order, piece.drop, piece.text) for piece in pieces if piece.drop]
    found.sort(key=lambda item: item[0])
    cut = ((rule, " ".join(text[: 4 * MAX_DROPPED_TEXT].split())[:MAX_DROPPED_TEXT]) for _, rule, text in found)
    return tuple(Dropped(rule, text) for rule, text in cut if text)[:MAX_DROPPED]
