"""Lines of print → paragraphs: where one ends, and how words cut at the end of a line are put together again.

Pure; knows nothing of PDF, outlets or fields.

**Hyphens at the end of a line.** A soft hyphen is left out. A hyphen after a blank is a dash. Otherwise, in this order:
it stays before anything but a small letter, after a digit and after an abbreviation in capitals; it stays if the same
compound stands elsewhere in the document, and goes if the joined word does; and for a compound seen nowhere else, it
goes only in a document that divides words at all, and there only if the first half is not a name known from elsewhere
("Moscow-" + "brokered"). A document divides words if more of its lines end in a hyphen than compounds can account for,
or if one of its cut words was found joined elsewhere. A kept hyphen is followed by no blank.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from scraper.extract.sheets import Line
from scraper.text import clean

BULLETS: Final = "•‣▪■●◦○·⁃"
# The number of an item, and the item.
NUMBERED: Final = re.compile(r"(\d{1,3})[.)] +(\S.*)")

# Gaps between lines, as multiples of the usual one, that still belong to one paragraph.
_GAP: Final = 1.28
# An indent of a first line, in multiples of the type size.
_INDENT: Final = 0.8
_SAME_SIZE: Final = 0.6
# So many gaps behind a full stop show that paragraphs are parted by gaps.
_PARTED: Final = 3
# Points by which cells of one column of a table may miss each other.
_IN_LINE: Final = 1.5
# English news prints a compound at about one line end in seventy; hyphenated columns a cut word at one in ten or more.
_DIVIDES: Final = 1 / 15

_ENDED = re.compile(r"[.!?…:;。！？]['\"”’»›)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐'’][^\W\d_]+)*")
_LAST_PART = re.compile(r"([^\W_]+)[-‐]$")
_FIRST_PART = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?i)(?:https?://|www\.)\S*[^\W_]")
_URL_CUT = re.compile(r"(?i)(?:https?://|www\.)\S*[-/_=&?.#%]$")
# Chinese and Japanese are set without blanks between words, so none was lost at the end of a line.
_SOLID = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_HYPHENS: Final = "-‐"
_SOFT: Final = "\u00ad"
# Nobody types this one; browsers and typesetting programs put it where they divide a word.
_TYPESET: Final = "\u2010"


@dataclass(frozen=True, slots=True)
class _Measures:
    """What is usual in a document: the distance of lines by size of type, how far the type of each size reaches in each
    column, and whether its paragraphs are parted by gaps."""

    leads: dict[float, float]
    edges: dict[tuple[int, int], float]
    parted: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together. `text` is one clean line; `tail` its bold ending, empty if none or all is bold."""

    text: str
    lines: tuple[Line, ...]
    tail: str = ""

    @property
    def size(self) -> float:
        """The size of its type."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        """Whether all of it is italic."""
        return all(line.italic for line in self.lines)

    @property
    def page(self) -> int:
        """The sheet it begins on, from 0."""
        return self.lines[0].page

    @property
    def column(self) -> int:
        """The column it begins in."""
        return self.lines[0].column

    @property
    def hangs(self) -> bool:
        """Whether its first line begins to the left of the others."""
        return len(self.lines) > 1 and min(line.x0 for line in self.lines[1:]) > self.lines[0].x0 + 0.5 * self.size

    @property
    def top(self) -> float:
        """Where its first line begins, below the top of the sheet."""
        return self.lines[0].y - self.size

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands between the wide gaps of its only line; the whole text if there are none."""
        line = self.lines[0]
        if len(self.lines) > 1 or not line.cells:
            return (self.text,)
        return tuple(clean(line.text[a:b]) for a, b in pairwise((0, *(at for at, _ in line.cells), len(line.text))))

    @property
    def glued(self) -> str:
        """Its lines put together without blanks, as a long address is cut."""
        return "".join(line.text.strip() for line in self.lines)


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """`lines`, in reading order, as paragraphs; one that a page or column break cuts is put together again."""
    leads = _leadings(lines)
    measures = _Measures(leads, _edges(lines), _are_parted(lines, leads))
    words = _Words.of(lines)
    groups: list[list[Line]] = []
    for n, line in enumerate(lines):
        if groups and not _breaks(groups[-1], line, lines[n + 1 : n + 3], measures):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [made for group in groups if (made := _paragraph(_uncut(group, measures), words)).text]


def _uncut(lines: list[Line], measures: _Measures) -> list[Line]:
    """`lines`, with a soft hyphen at the end of each that is full of one address and nothing else."""
    return [
        replace(line, text=line.text.rstrip() + _SOFT)
        if _ADDRESS.fullmatch(line.text.strip())
        and line is not lines[-1]
        and measures.edges[line.column, round(line.size)] - line.x1 < 0.5 * line.size
        else line
        for line in lines
    ]


def _paragraph(lines: list[Line], words: _Words) -> Paragraph:
    bold_lines: list[Line] = []
    for line in reversed(lines):
        bold_lines.insert(0, line)
        if not line.bold:
            break
    first = bold_lines[0]
    cut = words.join([first.text[first.tail :], *(line.text for line in bold_lines[1:])])
    tail = "" if first.bold else cut
    return Paragraph(words.join(line.text for line in lines), tuple(lines), tail)


# ------------------------------------------------------------------------------------------------ where it ends


def _leadings(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance of two lines, by size of type: the smallest of the frequent ones."""
    gaps: dict[float, Counter[float]] = {}
    for a, b in pairwise(lines):
        gap = b.y - a.y
        if a.column == b.column and abs(a.size - b.size) <= _SAME_SIZE and 0 < gap < 3 * a.size:
            gaps.setdefault(round(a.size), Counter())[round(gap * 2) / 2] += 1
    return {size: _frequent(found) for size, found in gaps.items()}


def _frequent(gaps: Counter[float]) -> float:
    enough = max(gaps.values()) / 3
    return min(gap for gap, count in gaps.items() if count >= enough)


def _are_parted(lines: Sequence[Line], leads: dict[float, float]) -> bool:
    """Whether full lines end before a gap, three times or more: then a short line inside a paragraph is no end."""
    gaps = 0
    for a, b in pairwise(lines):
        lead = min(leads.get(round(a.size), 1.25 * a.size), 1.6 * a.size)
        alike = a.column == b.column and abs(a.size - b.size) <= _SAME_SIZE and a.bold == b.bold
        gaps += alike and _GAP * lead < b.y - a.y < 3 * lead and bool(_ENDED.search(a.text.rstrip()))
    return gaps >= _PARTED


def _edges(lines: Sequence[Line]) -> dict[tuple[int, int], float]:
    """How far the type of each size reaches in each column."""
    edges: dict[tuple[int, int], float] = {}
    for line in lines:
        key = line.column, round(line.size)
        edges[key] = max(edges.get(key, line.x1), line.x1)
    return edges


def _breaks(group: list[Line], line: Line, following: Sequence[Line], measures: _Measures) -> bool:
    last = group[-1]
    full = measures.edges[last.column, round(last.size)] - last.x1 < _first_word(line)
    if abs(line.size - last.size) > _SAME_SIZE or (line.bold != last.bold and not _continues_bold(last, line, full)):
        return True
    if _begins_item(group, line) or in_line(last, line):
        return True
    if line.column != last.column:
        return not _goes_on(last, line, full)
    lead = min(measures.leads.get(round(line.size), 1.25 * line.size), 1.6 * line.size)
    if line.y - last.y > _GAP * lead or (_is_indented(line, last, following) and not _hangs(group)):
        return True
    return not (full or measures.parted) and bool(_ENDED.search(last.text.rstrip()))


def _begins_item(group: list[Line], line: Line) -> bool:
    return line.text[:1] in BULLETS or bool(NUMBERED.match(line.text) and NUMBERED.match(group[0].text))


def _is_indented(line: Line, last: Line, following: Sequence[Line]) -> bool:
    """Whether `line` begins further in than the lines before and behind it: beside a picture, more lines do."""
    if line.x0 - last.x0 <= _INDENT * line.size:
        return False
    below = [next_ for next_ in following if next_.column == line.column and abs(next_.x0 - line.x0) < 0.3 * line.size]
    return len(below) < (2 if _ENDED.search(last.text.rstrip()) else 1)


def in_line(a: Line, b: Line) -> bool:
    """Whether two lines have as many cells, and one of them at least begins at the same place in both."""
    pairs = zip(a.cells, b.cells, strict=False)
    return len(a.cells) == len(b.cells) > 0 and any(abs(x - y) < _IN_LINE for (_, x), (_, y) in pairs)


def _hangs(group: list[Line]) -> bool:
    """Whether the first line of an item stands out to the left of the others."""
    return group[0].text[:1] in BULLETS or bool(NUMBERED.match(group[0].text))


def _continues_bold(last: Line, line: Line, full: bool) -> bool:
    """Whether bold words go on from the end of one line into the next, one of the two being bold as a whole."""
    return (line.bold and last.tail < len(last.text)) or (last.bold and full and not _ENDED.search(last.text.rstrip()))


def _first_word(line: Line) -> float:
    """How much room the first word of `line` and the blank before it would have needed."""
    word = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
    return (line.x1 - line.x0) * (len(word) + 1) / max(len(line.text), 1)


def _goes_on(last: Line, line: Line, full: bool) -> bool:
    """Whether a paragraph goes on over a page or column break.

    It does if its last line is no end: it was cut in a word, or the next begins small; or it ends without a full stop
    and had no room for the next word.
    """
    end = last.text.rstrip()
    if end[-1:] in _HYPHENS + _SOFT:
        return True
    if _ENDED.search(end):
        return False
    return line.text[:1].islower() or full


# ------------------------------------------------------------------------------------------------ words


@dataclass(frozen=True, slots=True)
class _Words:
    """The whole words of a document, and whether it divides words at the ends of lines."""

    seen: frozenset[str]
    divides: bool
    sets_hyphens: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Words:
        """The vocabulary of `lines`, without what is cut at their ends."""
        seen: set[str] = set()
        cuts: list[tuple[str, str]] = []
        before = ""
        for line in lines:
            text = line.text.strip()
            found = _WORD.findall(text)
            begins, ends = before[-1:] in _HYPHENS and bool(before), text[-1:] in _HYPHENS and bool(text)
            if begins:
                cuts.append((before, text))
            seen.update(found[int(begins) : len(found) - int(ends)])
            before = text
        words = frozenset(seen | {word.casefold() for word in seen})
        known = any(_halves(a, b)[0] + _halves(a, b)[1] in words for a, b in cuts if all(_halves(a, b)))
        within = any(_TYPESET in line.text.strip()[:-1] for line in lines)
        return cls(words, known or (len(cuts) > 2 and len(cuts) > _DIVIDES * len(lines)), not within)

    def join(self, texts: Iterable[str]) -> str:
        """`texts` as one clean line."""
        whole = ""
        for text in texts:
            whole = self._add(whole, text.strip()) if whole else text.strip()
        return clean(whole)

    def _add(self, whole: str, text: str) -> str:
        if whole.endswith(_SOFT):
            return whole[:-1] + text
        if _URL_CUT.search(whole):
            return whole + text
        if whole.endswith(_TYPESET) and self.sets_hyphens and not text[:1].isupper():
            return whole[:-1] + text
        if whole[-1:] not in _HYPHENS:
            return whole + _joint(whole, text) + text
        if whole[-2:-1].isspace() or len(whole) == 1:
            return f"{whole} {text}"
        return whole + text if self._keeps(whole, text) else whole[:-1] + text

    def _keeps(self, whole: str, text: str) -> bool:
        left, right = _halves(whole, text)
        if not right[:1].islower() or not left or left[-1].isdigit() or (len(left) > 1 and left.isupper()):
            return True
        if f"{left}-{right}".casefold() in self.seen:
            return True
        if (left + right).casefold() in self.seen:
            return False
        return not self.divides or (left[0].isupper() and left in self.seen)


def _joint(whole: str, text: str) -> str:
    """What stood between two lines: a blank, but not behind a dash set close, nor in scripts that have none."""
    close = whole.endswith("—") and not whole.endswith(" —")
    return "" if close or (_SOLID.match(whole[-1:]) and _SOLID.match(text)) else " "


def _halves(a: str, b: str) -> tuple[str, str]:
    left, right = _LAST_PART.search(a), _FIRST_PART.match(b)
    return (left[1] if left else "", right[0] if right else "")
