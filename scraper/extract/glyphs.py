"""Glyphs of a page → runs: pieces of one baseline, each as text in the order it is read. Pure; knows nothing of PDF.

A producer may write glyphs in any order: word by word, letter by letter, and scripts that run from right to left as
they are seen or as they are read. What counts is where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from statistics import median
from typing import Final

from scraper.extract.sheets import LEFTWARDS, Line

# Letters are set closer than their widths by less than this, in multiples of the type size.
_STEP_BACK: Final = -0.3
# On a page of which lines have fewer letters than this, letters were drawn in no order.
_SCATTERED: Final = 3
_PAIRS: Final = "()[]{}<>«»‹›⟨⟩"
_WIDE_GAP: Final = 1.2
# The least gap, in multiples of the type size, that is a blank between words.
_BLANK: Final = 0.12
# Where the reader of the file saw none, it has to be as wide as the narrowest blank of justified lines.
_SURE_BLANK: Final = 0.17
# What runs from left to right within a line that runs to the left: words in other scripts, and numbers.
_FORWARDS = re.compile(
    r"[^\W_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*"
    r"[^\W_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?[%°]?|[\u0660-\u0669\u06f0-\u06f9](?:[.,/:٫٬]?[\u0660-\u0669\u06f0-\u06f9])*"
)
# What runs to the left within a line that runs forwards.
_BACKWARDS = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[^a-zA-Z\u00c0-\u058f]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?"
)
_SPACED_LETTERS = re.compile(r"\w(?: {1,3}\w){3,}")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character from `x0` to `x1` on the baseline `y`, in points from the upper left corner of the sheet."""

    char: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    seen: bool = True


def runs(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """Runs of glyphs on one baseline without a wide gap, in the order in which they were drawn.

    A page most of whose letters are read from right to left is one that is; words that run the other way are turned.
    """
    letters = sum(glyph.char.isalpha() for glyph in glyphs)
    leftwards = sum(bool(LEFTWARDS.match(glyph.char)) for glyph in glyphs) * 2 > letters
    groups = list(_baselines(glyphs))
    if len(groups) * _SCATTERED > len(glyphs):
        groups = list(_baselines(_gathered(glyphs)))
    for group in groups:
        if any(LEFTWARDS.match(glyph.char) for glyph in group):
            for run in _parts(_in_place(group, leftwards), leftwards):
                yield from _line(run, list(chain.from_iterable(_turned(run, leftwards))))
        else:
            for run in _parts(group, leftwards=False):
                yield from _line(run, _evenly(_spaced(run)))


def _baselines(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs drawn one after the other on one baseline; a footnote mark is on that of its line."""
    group: list[Glyph] = []
    for glyph in glyphs:
        if group and abs(glyph.y - group[-1].y) > _off(group[-1].size, glyph.size):
            yield group
            group = []
        group.append(glyph)
    if group:
        yield group


def _gathered(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Glyphs that were drawn all over the page, line by line from the top and from left to right."""
    printed = sorted((glyph for glyph in glyphs if not glyph.char.isspace()), key=lambda glyph: glyph.y)
    for group in _baselines(printed):
        yield from sorted(group, key=lambda glyph: glyph.x0)


def _off(size: float, other: float) -> float:
    """How far a baseline lies from that of its line at most: an initial next to small type is on another."""
    return min(0.5 * max(size, other), 0.9 * min(size, other))


def _parts(glyphs: Iterable[Glyph], leftwards: bool) -> Iterator[list[Glyph]]:
    """What is not parted by a wide gap, nor by a step back."""
    part: list[Glyph] = []
    for glyph in glyphs:
        if part:
            em = max(part[-1].size, glyph.size)
            step = part[-1].x0 - glyph.x1 if leftwards else glyph.x0 - part[-1].x1
            if not _STEP_BACK * em < step < _WIDE_GAP * em:
                yield part
                part = []
        part.append(glyph)
    if part:
        yield part


def _line(run: Sequence[Glyph], glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """The glyphs of `run` as one line, which reads as `glyphs` do."""
    printed = [glyph for glyph in run if not glyph.char.isspace()]
    if not printed:
        return
    text = "".join(glyph.char for glyph in glyphs).rstrip()
    lead = len(text) - len(text.lstrip())
    tail = len(text)
    while tail > lead and (glyphs[tail - 1].bold or text[tail - 1].isspace()):
        tail -= 1
    # The size and baseline of most of the run: a footnote mark has its own.
    size = sorted(glyph.size for glyph in printed)[len(printed) // 2]
    yield Line(
        text=text[lead:],
        x0=min(glyph.x0 for glyph in printed),
        x1=max(glyph.x1 for glyph in printed),
        y=sorted(glyph.y for glyph in printed)[len(printed) // 2],
        size=round(size, 2),
        tail=tail - lead,
        italic=all(glyph.italic for glyph in printed),
    )


# ------------------------------------------------------------------------------------------------ both directions


def _in_place(group: Sequence[Glyph], leftwards: bool) -> list[Glyph]:
    """The glyphs of a line with letters of both directions as they stand on paper, from the side where the line begins,
    blanks where the gaps are."""
    done: list[Glyph] = []
    for glyph in sorted(_unbound(group), key=lambda glyph: glyph.x0, reverse=leftwards):
        if done:
            low, high = (glyph.x1, done[-1].x0) if leftwards else (done[-1].x1, glyph.x0)
            if high - low > _BLANK * glyph.size:
                done.append(_blank(glyph, low, high))
        done.append(glyph)
    return done


def _unbound(group: Sequence[Glyph]) -> Iterator[Glyph]:
    """The printed glyphs, the letters of a ligature, which stand at one place, in the order of reading.

    They are given in the direction of their word, whichever it is.
    """
    printed = [glyph for glyph in group if not glyph.char.isspace()]
    last: Glyph | None = None
    for x0, same in groupby(printed, key=lambda glyph: glyph.x0):
        letters = list(same)
        rising = last is not None and last.x0 < x0 and x0 - last.x0 < 2 * last.size
        yield from reversed(letters) if rising and LEFTWARDS.match(letters[0].char) else letters
        last = letters[0]


def _turned(glyphs: Sequence[Glyph], leftwards: bool) -> Iterator[list[Glyph]]:
    text = "".join(glyph.char[:1] for glyph in glyphs)
    done = 0
    for match in (_FORWARDS if leftwards else _BACKWARDS).finditer(text):
        before, turned = glyphs[done : match.start()], glyphs[match.start() : match.end()][::-1]
        yield [_mirrored(glyph) for glyph in before] if leftwards else list(before)
        yield list(turned) if leftwards else [_mirrored(glyph) for glyph in turned]
        done = match.end()
    yield [_mirrored(glyph) for glyph in glyphs[done:]] if leftwards else list(glyphs[done:])


def _mirrored(glyph: Glyph) -> Glyph:
    """A bracket as it is written, where it was drawn turned around."""
    at = _PAIRS.find(glyph.char)
    return replace(glyph, char=_PAIRS[at ^ 1]) if at >= 0 else glyph


def _blank(like: Glyph, x0: float, x1: float) -> Glyph:
    return Glyph(" ", x0, x1, like.y, like.size, like.bold, like.italic)


# ------------------------------------------------------------------------------------------------ blanks


def _spaced(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """`glyphs` with blanks in the gaps for which neither the file nor its reader has one."""
    done: list[Glyph] = []
    for glyph in glyphs:
        last = done[-1] if done else glyph
        bare = not (last.char.isspace() or glyph.char.isspace())
        if bare and glyph.x0 - last.x1 > _SURE_BLANK * glyph.size:
            done.append(_blank(glyph, last.x1, glyph.x0))
        done.append(glyph)
    return done


def _evenly(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """`glyphs` without the blanks that were inferred from the even gaps of spaced letters."""
    text = "".join(glyph.char[:1] for glyph in glyphs)
    if not _SPACED_LETTERS.search(text):
        return glyphs
    printed = [glyph for glyph in glyphs if not glyph.char.isspace()]
    gaps = [b.x0 - a.x1 for a, b in pairwise(printed)]
    usual = median(gaps)
    if usual < 0.08 * printed[0].size:
        return glyphs
    done = [printed[0]]
    for (a, b), gap in zip(pairwise(printed), gaps, strict=True):
        if gap > 1.4 * usual + _BLANK * b.size:
            done.append(_blank(b, a.x1, b.x0))
        done.append(b)
    return done
