"""A printed article while it is read: paragraphs still to be placed, fields found, what was dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from scraper.article import Dropped
from scraper.extract.sheets import Picture
from scraper.extract.typeset import Paragraph

MAX_DROPPED_TEXT: Final = 2_000
# Type this much smaller than the body's is a note.
SMALLER: Final = 0.97


@dataclass(frozen=True, slots=True)
class Info:
    """What the document's own properties say: believed only where nothing is printed."""

    title: str = ""
    author: str = ""
    language: str | None = None


@dataclass(slots=True)
class Draft:
    """The article so far: paragraphs still to be placed, fields with their origins, what was dropped."""

    left: list[Paragraph]
    size: float
    pictures: dict[int, tuple[Picture, ...]]
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    claims: tuple[str, ...] = ()

    def put(self, name: str, value: object, origin: str) -> None:
        """Set a field unless it is set, or `value` says nothing."""
        if value and name not in self.values:
            self.values[name] = value
            self.origins[name] = origin

    def drop(self, paragraph: Paragraph, rule: str) -> None:
        """Take a paragraph out and remember why."""
        self.left.remove(paragraph)
        self.dropped.append(Dropped(rule, paragraph.text[:MAX_DROPPED_TEXT]))

    def under_picture(self, paragraph: Paragraph) -> bool:
        """Whether a picture stands right above."""
        x0, x1 = paragraph.lines[0].x0, paragraph.lines[0].x1
        return any(
            p.x1 - p.x0 > 8 * paragraph.size
            and -paragraph.size < paragraph.top - p.bottom < 3 * paragraph.size
            and p.x0 < x1
            and x0 < p.x1
            for p in self.pictures.get(paragraph.page, ())
        )


def bare(text: str) -> str:
    """Letters and digits only, in small letters."""
    return re.sub(r"\W+", "", text.casefold())


def is_caption(draft: Draft, paragraph: Paragraph) -> bool:
    """Small type with a credit in bold behind it, or such type right below a picture."""
    small = paragraph.size < SMALLER * draft.size
    if small and paragraph.tail:
        return True
    return (small or bool(paragraph.tail) or paragraph.italic) and draft.under_picture(paragraph)
