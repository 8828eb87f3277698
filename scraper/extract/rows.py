"""Runs of glyphs on a sheet → rows: what stands on one baseline and belongs together. Pure; knows nothing of PDF.

runs | initials | rows | bullets
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from scraper.extract.sheets import Line, Picture, Sheet

# Pieces of a row nearer than this, in multiples of the type size, are one line whoever drew them.
_NEAR: Final = 0.7
# Wider gaps in a row that was drawn in one go part its cells.
_CELL: Final = 1.2
# Rows whose cells are so long, this often below each other, are the columns of a text.
_PROSE: Final = 18
_PROSE_ROWS: Final = 4
_MAX_ROWS: Final = 600
# An initial over several lines is so much larger than they are.
_INITIAL: Final = 1.8
# Words of one letter, in the languages whose papers set initials.
_SHORT_WORDS: Final = frozenset("AIOÀÉEYUWZВИКОСУЯАІЙ")

_WORD = re.compile(r"[^\W\d_]+")


def rows_of(sheet: Sheet) -> list[Line]:
    """The rows of one sheet from the top: pieces on one baseline put together, bullets and initials set before them.

    Pieces far from each other are put together only if one was drawn right after the other, as the cells of a table
    are, and do not look like the columns of a text.
    """
    pieces = list(sheet.lines)
    for initial in [line for line in pieces if _may_be_initial(line)]:
        pieces = _with_initial(pieces, initial)
    order = {id(piece): n for n, piece in enumerate(pieces)}
    lined = _lined(pieces)
    gutters = _gutters(lined, order)
    done: list[Line] = []
    for row in lined:
        group = [row[0]]
        for piece in row[1:]:
            if _meet(group[-1], piece, order, gutters):
                group.append(piece)
            else:
                done.append(_row(group))
                group = [piece]
        done.append(_row(group))
    return [_bulleted(line, sheet.marks) for line in done]


def _lined(pieces: Iterable[Line]) -> list[list[Line]]:
    """Pieces on one baseline, from left to right."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda line: (line.y, line.x0)):
        if rows and abs(piece.y - rows[-1][0].y) <= 0.3 * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _meet(left: Line, right: Line, order: dict[int, int], gutters: Sequence[float]) -> bool:
    if _gap(left, right) < _NEAR:
        return True
    in_one_go = abs(order[id(right)] - order[id(left)]) == 1
    return in_one_go and not any(left.x1 <= x <= right.x0 for x in gutters)


def _gap(left: Line, right: Line) -> float:
    return (right.x0 - left.x1) / max(left.size, right.size)


def _gutters(rows: Sequence[Sequence[Line]], order: dict[int, int]) -> list[float]:
    """Where columns of text meet on a sheet that was drawn row by row, across its columns."""
    if len(rows) > _MAX_ROWS:
        return []
    gaps = [
        (left.x1, right.x0)
        for row in rows
        for left, right in pairwise(row)
        if _gap(left, right) >= _NEAR and min(len(left.text), len(right.text)) >= _PROSE
    ]
    middles = {round((low + high) / 2) for low, high in gaps}
    return [x for x in sorted(middles) if sum(low <= x <= high for low, high in gaps) >= _PROSE_ROWS]


def _row(parts: Sequence[Line]) -> Line:
    first, *more = parts
    for part in more:
        first = _beside(first, part)
    return first


def _beside(left: Line, right: Line) -> Line:
    gap = (right.x0 - left.x1) / right.size
    space = " " if gap > 0.12 else ""
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
        cells=(*left.cells, (len(left.text + space), right.x0)) if gap > _CELL else left.cells,
    )


def _bulleted(line: Line, marks: Sequence[Picture]) -> Line:
    """`line`, with a bullet before it if a small mark was drawn to its left."""
    if not any(
        0 < line.x0 - mark.x1 < 2.5 * line.size and line.y - line.size < mark.top and mark.bottom < line.y
        for mark in marks
    ):
        return line
    return replace(line, text=f"• {line.text}", tail=line.tail and line.tail + 2, cells=())


# ------------------------------------------------------------------------------------------------ initials


def _may_be_initial(line: Line) -> bool:
    text = line.text.strip()
    return 0 < len(text) <= 2 and text[-1].isupper()


def _with_initial(pieces: list[Line], initial: Line) -> list[Line]:
    """`pieces`, the letter `initial` put before the first of the lines beside it, if it is set over several."""
    beside = [
        line
        for line in pieces
        if line is not initial
        and initial.size >= _INITIAL * line.size
        and -0.3 * line.size < line.x0 - initial.x1 < 1.5 * line.size
        and initial.y - initial.size < line.y < initial.y + 0.5 * line.size
    ]
    if len({round(line.y) for line in beside}) < 2:
        return pieces
    first = min(beside, key=lambda line: (line.y, line.x0))
    letter = initial.text.strip()
    space = " " if _is_word(letter, first.text, pieces) else ""
    added = len(letter + space)
    whole = replace(first, text=letter + space + first.text, tail=first.tail + added)
    return [whole if piece is first else piece for piece in pieces if piece is not initial]


def _is_word(letter: str, text: str, pieces: Sequence[Line]) -> bool:
    """Whether `letter` is a word of its own before `text`: what the rest of the sheet calls a word decides."""
    match = _WORD.match(text)
    if match is None or letter not in _SHORT_WORDS:
        return False
    known = {word.casefold() for piece in pieces for word in _WORD.findall(piece.text)[1:]}
    return (letter + match[0]).casefold() not in known and match[0].casefold() in known
