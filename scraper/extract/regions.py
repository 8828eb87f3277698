"""Rows of print → reading order: blocks of lines, columns, what floats beside a text. Pure; knows nothing of PDF.

Lines right below each other are a block. Blocks are put in order as T. Breuel does ("High performance document layout
analysis", 2003): one comes before another below it in the same column, and before another to its right if nothing
between the two reaches across both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scraper.extract.rows import rows_of
from scraper.extract.sheets import Line, Sheet

# Lines nearer than the usual distance times this belong to one block.
_GAP: Final = 1.28
_SAME_SIZE: Final = 0.6
# Beyond these a sheet is a poster or a list, and looking for columns costs more than it tells.
_MAX_LINES: Final = 1_500
_MAX_BLOCKS: Final = 300


@dataclass(frozen=True, slots=True)
class _Block:
    lines: tuple[Line, ...]
    x0: float
    x1: float
    top: float
    bottom: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Block:
        return cls(
            tuple(lines),
            min(line.x0 for line in lines),
            max(line.x1 for line in lines),
            lines[0].y - 0.7 * lines[0].size,
            lines[-1].y + 0.2 * lines[-1].size,
        )

    def above(self, other: _Block) -> bool:
        """Whether the two share some of their width."""
        return min(self.x1, other.x1) - max(self.x0, other.x0) > 1

    def beside(self, other: _Block) -> bool:
        """Whether the two share some of their height and nothing of their width."""
        return not self.above(other) and min(self.bottom, other.bottom) - max(self.top, other.top) > 1


def rows(sheets: Sequence[Sheet]) -> list[list[Line]]:
    """The lines of each sheet in reading order, `page` and `column` set."""
    pages: list[list[Line]] = []
    column = 0
    for number, sheet in enumerate(sheets):
        lines = rows_of(sheet)
        page: list[Line] = []
        before: list[_Block] = []
        for block in _ordered(_blocks(lines)) if len(lines) <= _MAX_LINES else [_Block.of([line]) for line in lines]:
            if before and _new_column(before, block):
                column += 1
                before = []
            before.append(block)
            page.extend(replace(line, page=number, column=column) for line in block.lines)
        column += 1
        pages.append(page)
    return pages


# ------------------------------------------------------------------------------------------------ blocks


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    """Lines of one size right below each other. `lines` come from the top."""
    leads = _leads(lines)
    following = [_below(n, lines, leads) for n in range(len(lines))]
    leading: dict[int, list[int]] = {}
    for n, found in enumerate(following):
        if found is not None:
            leading.setdefault(found, []).append(n)
    blocks: list[_Block] = []
    done: set[int] = set()
    for n in range(len(lines)):
        if n in done:
            continue
        chain = [n]
        done.add(n)
        while (found := following[chain[-1]]) is not None and leading[found] == [chain[-1]] and found not in done:
            chain.append(found)
            done.add(found)
        blocks.append(_Block.of([lines[at] for at in chain]))
    return blocks


def _leads(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance of two lines below each other, by size of type: the smallest of the frequent ones."""
    gaps: dict[float, Counter[float]] = {}
    for n, line in enumerate(lines):
        for other in lines[n + 1 :]:
            gap = other.y - line.y
            if gap >= 3 * line.size:
                break
            if _overlap(line, other) and gap > 0.5 * line.size and abs(line.size - other.size) <= _SAME_SIZE:
                gaps.setdefault(round(line.size), Counter())[round(gap * 2) / 2] += 1
                break
    return {size: min(gap for gap, n in found.items() if n >= max(found.values()) / 3) for size, found in gaps.items()}


def _below(n: int, lines: Sequence[Line], leads: dict[float, float]) -> int | None:
    """The line right below `n`, if it is one of the same make."""
    line = lines[n]
    limit = _GAP * min(leads.get(round(line.size), 1.25 * line.size), 1.6 * line.size)
    nearest: tuple[float, float, int] | None = None
    for at in range(n + 1, len(lines)):
        other = lines[at]
        if other.y - line.y > limit:
            break
        if not _overlap(line, other) or other.y - line.y <= 0.5 * line.size:
            continue
        found = (round(other.y - line.y), abs(other.x0 - line.x0), at)
        if abs(other.size - line.size) <= _SAME_SIZE:
            nearest = min(nearest, found) if nearest else found
    return nearest[2] if nearest else None


def _overlap(a: Line, b: Line) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 1


# ------------------------------------------------------------------------------------------------ order


def _ordered(blocks: list[_Block]) -> list[_Block]:
    if len(blocks) > _MAX_BLOCKS or not any(a.beside(b) for n, a in enumerate(blocks) for b in blocks[n + 1 :]):
        return sorted(blocks, key=lambda block: (block.top, block.x0))
    blocks = sorted(blocks, key=lambda block: block.top + block.bottom)
    shared = [sum(1 << n for n, other in enumerate(blocks) if block.above(other)) for block in blocks]
    earlier = [[m for m in range(len(blocks)) if m != n and _before(m, n, blocks, shared)] for n in range(len(blocks))]
    for found in earlier:
        found.sort(key=lambda n: (blocks[n].top, blocks[n].x0))
    done: dict[int, None] = {}
    for n in sorted(range(len(blocks)), key=lambda n: (blocks[n].top, blocks[n].x0)):
        _visit(n, earlier, done)
    return [blocks[n] for n in done]


def _before(a: int, b: int, blocks: Sequence[_Block], shared: Sequence[int]) -> bool:
    """Whether block `a` is read before `b`, as far as the two alone can tell."""
    if blocks[a].above(blocks[b]):
        return blocks[a].top < blocks[b].top
    if blocks[a].x0 > blocks[b].x0:
        return False
    low, high = min(a, b), max(a, b)
    between = ((1 << high) - 1) & ~((1 << (low + 1)) - 1)
    return not shared[a] & shared[b] & between


def _visit(start: int, earlier: Sequence[Sequence[int]], done: dict[int, None]) -> None:
    """Put what comes before `start` into `done`, and then it itself. A circle is cut where it is met."""
    open_, stack = {start}, [(start, iter(earlier[start]))]
    if start in done:
        return
    while stack:
        n, rest = stack[-1]
        following = next((m for m in rest if m not in done and m not in open_), None)
        if following is None:
            stack.pop()
            done[n] = None
        else:
            open_.add(following)
            stack.append((following, iter(earlier[following])))


def _new_column(before: Sequence[_Block], block: _Block) -> bool:
    """Whether `block` does not stand below those of its column, or reaches over another beside it."""
    last = before[-1]
    return not last.above(block) or block.top < last.top
