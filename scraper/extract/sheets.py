"""Printed pages as values, the direction they are read in, and what is printed on every page. Pure, without PDF.

    glyphs → runs → rows → regions in reading order → lines without running heads and page numbers

Lengths are points, `y` grows downwards from the top of the sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from scraper.text import clean

# Arabic, Hebrew and their neighbours, in their plain and their presentation forms.
LEFTWARDS: Final = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# Running heads and feet are at most so many rows.
_RUNNING_ROWS: Final = 3

_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?i)(?:(?:https?://\S+|page|seite|p\.|стр\.?|страница|сторінка)\s*)?[-–—|]?\s*(\d{1,4})\s*(?:(?:/|of|von|из|із|з|de|sur)\s*(\d{1,4}))?\s*[-–—|]?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs on one baseline `y`, from `x0` to `x1`. `tail` is where a bold ending of `text` begins: 0 if all of it is
    bold, its length if nothing is. `cells` are what stands behind wide gaps: where it begins in `text`, and where on
    the sheet. `column` counts the columns of
    the document in reading order."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    tail: int
    italic: bool = False
    page: int = 0
    column: int = 0
    cells: tuple[tuple[int, float], ...] = ()

    @property
    def bold(self) -> bool:
        """Whether the whole line is bold."""
        return self.tail == 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Where an image or another mark stands on its sheet."""

    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as printed: its runs of glyphs in the order of drawing, its images, marks that may be bullets, and text
    that no reader sees."""

    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...] = ()
    marks: tuple[Picture, ...] = ()
    unseen: tuple[Line, ...] = ()


# ------------------------------------------------------------------------------------------------ direction


def forwards(sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """`sheets` as in a mirror if most of their text is read from right to left, so that lines begin at `x0` always."""
    letters = sum(len(line.text) for sheet in sheets for line in sheet.lines)
    leftwards = sum(len(LEFTWARDS.findall(line.text)) for sheet in sheets for line in sheet.lines)
    return [_mirror(sheet) for sheet in sheets] if leftwards * 2 > letters else sheets


def _mirror(sheet: Sheet) -> Sheet:
    return Sheet(
        tuple(replace(line, x0=-line.x1, x1=-line.x0) for line in sheet.lines),
        tuple(replace(picture, x0=-picture.x1, x1=-picture.x0) for picture in sheet.pictures),
        tuple(replace(mark, x0=-mark.x1, x1=-mark.x0) for mark in sheet.marks),
        sheet.unseen,
    )


# ------------------------------------------------------------------------------------------------ heads and feet
def without_running(pages: list[list[Line]]) -> tuple[list[Line], list[Line]]:
    """All lines in reading order, without those that stand at the same place on page after page; and those.

    A running line is at the very top or bottom, and repeated with the same text, numbers aside, on half of the pages
    at least, twice or more; or it is nothing but the number of its page.
    """
    seen = Counter(key for page in pages for key in {_place(line) for line in _edge(page)})
    needed = max(2, len(pages) / 2)
    kept: list[Line] = []
    running: list[Line] = []
    for number, page in enumerate(pages, 1):

        def runs(line: Line, number: int = number) -> bool:
            return seen[_place(line)] >= needed or _numbers(line, number, len(pages))

        out = {id(line) for edge in _edges(page) for line in takewhile(runs, edge)}
        kept.extend(line for line in page if id(line) not in out)
        running.extend(line for line in page if id(line) in out)
    # Pages that are nothing but what the others are have no running heads: they are one page, many times.
    return (kept, running) if kept else (running, [])


def _edges(page: list[Line]) -> tuple[list[Line], list[Line]]:
    """The uppermost lines from the top, and the lowest from the bottom."""
    by_height = sorted(page, key=lambda line: line.y)
    return by_height[:_RUNNING_ROWS], by_height[::-1][:_RUNNING_ROWS]


def _edge(page: list[Line]) -> list[Line]:
    top, bottom = _edges(page)
    return top + bottom


def _place(line: Line) -> tuple[int, str]:
    return round(line.y / 4), _NUMBER.sub("#", clean(line.text).casefold())


def _numbers(line: Line, number: int, pages: int) -> bool:
    """Whether `line` is the number of page `number` of `pages` and nothing else; a bare one on a single page is not."""
    match = _PAGE_NUMBER.fullmatch(clean(line.text))
    if not match or int(match[1]) != number:
        return False
    return pages > 1 or int(match[2] or 0) == pages
