"""Printed pages as lines: reading order, and what is printed on every page. Pure; knows nothing of PDF.

    runs of glyphs on a sheet → columns → rows in reading order → rows without running heads and page numbers

Lengths are points, `y` grows downwards from the top of the sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from scraper.text import clean

# A gutter has text on both sides over this many lines; more than this share of the lines may not cross it.
_COLUMN_LINES: Final = 4
_CROSSING: Final = 0.3
# Beyond this a sheet is a poster or a list, and looking for columns costs more than it tells.
_MAX_FOR_COLUMNS: Final = 600
# Running heads and feet are at most so many rows.
_RUNNING_ROWS: Final = 3

_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?i)(?:(?:https?://\S+|page|seite|p\.|стр\.?|страница|сторінка)\s*)?[-–—|]?\s*(\d{1,4})\s*(?:(?:/|of|von|из|із|з|de|sur)\s*(\d{1,4}))?\s*[-–—|]?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs on one baseline `y`, from `x0` to `x1`. `tail` is where a bold ending of `text` begins: 0 if all of it is
    bold, its length if nothing is. `column` counts the columns of the document in reading order."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    tail: int
    italic: bool = False
    page: int = 0
    column: int = 0

    @property
    def bold(self) -> bool:
        """Whether the whole line is bold."""
        return self.tail == 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Where an image stands on its sheet."""

    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as printed: its runs of glyphs in any order, and its images."""

    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...] = ()


def rows(sheets: Sequence[Sheet]) -> list[list[Line]]:
    """The lines of each sheet in reading order, runs on one baseline of a column joined, `page` and `column` set."""
    pages: list[list[Line]] = []
    column = 0
    for number, sheet in enumerate(sheets):
        page: list[Line] = []
        for part in _columns(list(sheet.lines)):
            page.extend(replace(line, page=number, column=column) for line in _joined(part))
            column += 1
        pages.append(page)
    return pages


def _columns(lines: list[Line]) -> Iterable[list[Line]]:
    """Parts of a sheet to be read one after the other, each a single column."""
    gutter = _gutter(lines)
    if gutter is None:
        yield lines
        return
    for crossing, band in _bands(lines, gutter):
        if crossing:
            yield band
        else:
            yield from _columns([line for line in band if line.x1 <= gutter])
            yield from _columns([line for line in band if line.x0 >= gutter])


def _bands(lines: list[Line], gutter: float) -> Iterable[tuple[bool, list[Line]]]:
    """Runs of lines, from the top, that cross the gutter or do not."""
    band: list[Line] = []
    crossed = False
    for line in sorted(lines, key=lambda line: line.y):
        crosses = line.x0 < gutter < line.x1
        if band and crosses != crossed:
            yield crossed, band
            band = []
        band.append(line)
        crossed = crosses
    if band:
        yield crossed, band


def _gutter(lines: list[Line]) -> float | None:
    """The `x` between two columns, None if there is but one."""
    if not 2 * _COLUMN_LINES <= len(lines) <= _MAX_FOR_COLUMNS:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    margin = (right - left) * 0.15
    best: tuple[int, float, float] | None = None
    for end in sorted({round(line.x1, 1) for line in lines}):
        if left + margin < end < right - margin:
            x = end + 0.2
            start = min((line.x0 for line in lines if line.x0 >= x), default=x)
            crossing = sum(line.x0 < x < line.x1 for line in lines)
            if start - end >= lines[0].size * 0.8 and _splits(lines, x, crossing):
                found = (crossing, end - start, x)
                best = min(best, found) if best else found
    return best[2] if best else None


def _splits(lines: list[Line], x: float, crossing: int) -> bool:
    """Whether both sides of `x` hold enough lines, side by side."""
    if crossing > _CROSSING * len(lines):
        return False
    left = [line.y for line in lines if line.x1 <= x]
    right = [line.y for line in lines if line.x0 >= x]
    if min(len(set(left)), len(set(right))) < _COLUMN_LINES:
        return False
    shared = min(max(left), max(right)) - max(min(left), min(right))
    return shared > 0.5 * min(max(left) - min(left), max(right) - min(right))


def _joined(lines: list[Line]) -> list[Line]:
    """Lines from the top, what stands on one baseline put together from left to right."""
    done: list[Line] = []
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.y, line.x0)):
        if row and abs(line.y - row[0].y) > 0.3 * min(line.size, row[0].size):
            done.append(_row(row))
            row = []
        row.append(line)
    return [*done, _row(row)] if row else done


def _row(parts: list[Line]) -> Line:
    first, *more = sorted(parts, key=lambda line: line.x0)
    for part in more:
        first = _beside(first, part)
    return first


def _beside(left: Line, right: Line) -> Line:
    space = " " if right.x0 - left.x1 > 0.12 * right.size else ""
    text = left.text + space + right.text
    if right.tail == 0:
        tail = left.tail if left.tail < len(left.text) else len(left.text + space)
    else:
        tail = len(left.text + space) + right.tail
    return replace(
        left,
        text=text,
        x1=max(left.x1, right.x1),
        size=max(left.size, right.size),
        tail=tail,
        italic=left.italic and right.italic,
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
