"""How much of one text is in another, whatever outlet, headline or template it stands under. Pure.

    text → words → runs of words (`shingles`) → the smallest of their hashes (`marks`)

The share of equal runs of four words in two texts is their resemblance, that of one's runs in the other its containment
(Broder, "On the resemblance and containment of documents", 1997). The runs with the smallest hashes are a fair sample
of all, and the same ones in every text that has them: texts with a mark in common are candidates, found by looking up a
few numbers, however many texts there are. Whether they are copies is then decided with the whole texts.

Resemblance alone would link two stories that share background. So the beginnings have to agree too, because a wire
story is cut from its end and background stands behind the news; and so have the figures, because a report that an
outlet fills in anew each day is another report. The numbers below are measured by
`python -m tests.benchmarks.copies`.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Final

from scraper.text import HANGS, MARKS, SOLO

# Runs are of four words, as in Broder's paper; two characters of a script without spaces are about one word.
_WIDTH: Final = 4
_SOLO_WORTH: Final = 2
# Less than this many words may be said by anybody: a line of an agency, a note that the story follows.
LEAST_WORDS: Final = 40
# Marks are taken of the beginning only: it bounds what a text costs, and what is cut from a story is its end.
MOST_WORDS: Final = 1200
_MOST_CHARACTERS: Final = 20_000
KEPT: Final = 16
_BYTES: Final = 6  # of a hash: among 10^7 marks, a chance meeting in 10^7 look-ups or so

_WORD = re.compile(rf"[^\s\d{MARKS}{SOLO}]+|\d+|[{SOLO}][{HANGS}]*")
_SOLO_WORD = re.compile(f"[{SOLO}]")
_FIGURE = re.compile(r"\d+(?:[.,٫٬]\d+)*")

# From here on a text with the same beginning is a copy; within an outlet, where forms and greetings recur, later.
_CONTAINED: Final = 0.4
_CONTAINED_AT_HOME: Final = 0.7
# What begins in another way is one only if little stands before what both have, and that is most of both: an own
# paragraph before the whole story, or an own lead in place of the first. Background is shorter than a story.
_AFTER_A_PREFACE: Final = 0.6
_UNDER_A_LEAD: Final = 0.7
_NO_BACKGROUND: Final = 250
_SHORT_PREFACE: Final = 45
_SHORT_LEAD: Final = 60
_LEAD_WORDS: Final = 40
_LEAD: Final = 0.35
_FIGURES: Final = 0.6
_FEW_FIGURES: Final = 4
# Longer than any turn of phrase, which two texts may share before what they really share.
_WINDOW: Final = 24
# What marks may say of a pair that is worth reading: sixteen of them are a rough guess only.
WORTH_READING: Final = 0.2


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share; shares are from 0 to 1.

    `resemblance`: of all their runs of words, how many are in both; `shared` is their number, in words. `contained`: of
    those of the shorter text, how many are in the other. `leads`: of each beginning, the share that stands in the first
    half of the other text, the lower one first. `onset`: how many words stand before what both have, in the text where
    they are more. `figures`: of the numbers of the text that has fewer, how many are in the other.
    """

    resemblance: float
    contained: float
    shared: int
    leads: tuple[float, float]
    onset: int
    figures: float

    def is_copy(self, *, at_home: bool) -> bool:
        """Whether one is a copy of the other. `at_home`: both are of one outlet, which asks for more."""
        if self.figures < _FIGURES:
            return False
        lower, higher = self.leads
        if at_home:
            return self.contained >= _CONTAINED_AT_HOME and lower >= _LEAD
        if lower >= _LEAD:
            return self.contained >= _CONTAINED
        if higher >= _LEAD:
            return self.resemblance >= _AFTER_A_PREFACE and self.onset <= _SHORT_PREFACE
        return self.resemblance >= _UNDER_A_LEAD and self.onset <= _SHORT_LEAD and self.shared >= _NO_BACKGROUND


def marks(texts: Iterable[str]) -> tuple[int, ...]:
    """The marks of a body given block by block: at most `KEPT` numbers below 2**48, the smallest first.

    The same on every machine and at any time. Empty for a text of less than `LEAST_WORDS`.
    """
    words = _words("\n".join(texts)[:_MOST_CHARACTERS])
    worth = _worth(words)
    if len(words) < LEAST_WORDS * worth:
        return ()
    runs = _shingles(words[: MOST_WORDS * worth], worth)
    hashes = sorted([blake2b(run.encode("utf-8", "replace"), digest_size=_BYTES).digest() for run in runs])
    return tuple(int.from_bytes(each) for each in hashes[:KEPT])


def packed(numbers: Sequence[int]) -> bytes:
    """Marks as bytes."""
    return b"".join(number.to_bytes(_BYTES) for number in numbers)


def unpacked(data: bytes) -> tuple[int, ...]:
    """The inverse of `packed`."""
    parts = struct.unpack(f">{'HI' * (len(data) // _BYTES)}", data)
    return tuple([high << 32 | low for high, low in zip(parts[::2], parts[1::2], strict=True)])


def guess(one: Sequence[int], other: Sequence[int]) -> float:
    """What two texts' marks say of their containment: rough, and 0 only if they have none in common.

    The smallest marks of both together are a sample of both texts together; how thinly a text's own marks are spread
    says how long it is (Beyer et al., "On synopses for distinct-value estimation", 2007).
    """
    first, second = set(one), set(other)
    sample = sorted(first | second)[: min(len(one), len(other))]
    both = sum(mark in first and mark in second for mark in sample)
    if not both:
        return 0.0 if first.isdisjoint(second) else WORTH_READING
    resemblance = both / len(sample)
    sizes = [len(each) / (each[-1] + 1) for each in (one, other)]
    return min(1.0, resemblance * (1 + max(sizes) / min(sizes)) / (1 + resemblance))


def likeness(one: Sequence[str], other: Sequence[str]) -> Likeness:
    """What two bodies, each given block by block, have in common."""
    texts = ("\n".join(one), "\n".join(other))
    first, second = map(_words, texts)
    worth = max(_worth(first), _worth(second))
    a, b = _shingles(first, worth), _shingles(second, worth)
    both = a & b
    leads = sorted((_lead(first, second, worth), _lead(second, first, worth)))
    return Likeness(
        resemblance=len(both) / len(a | b) if both else 0.0,
        contained=len(both) / min(len(a), len(b)) if both else 0.0,
        shared=len(both) // worth,
        leads=(leads[0], leads[1]),
        onset=max(_onset(words, both, worth) for words in (first, second)),
        figures=_figures(*texts),
    )


def _words(text: str) -> list[str]:
    folded = text.casefold()
    if not unicodedata.is_normalized("NFKC", folded):
        folded = unicodedata.normalize("NFKC", folded)
    return _WORD.findall(folded)


def _worth(words: Sequence[str]) -> int:
    """How many of `words` are worth one: those of scripts without spaces are characters."""
    solo = sum(len(word) < 3 and _SOLO_WORD.match(word) is not None for word in islice(words, 0, None, 8))
    return _SOLO_WORTH if 16 * solo > len(words) else 1


def _runs(words: Sequence[str], worth: int) -> Iterator[str]:
    return map(" ".join, zip(*(words[at:] for at in range(_WIDTH * worth)), strict=False))


def _shingles(words: Sequence[str], worth: int) -> set[str]:
    return set(_runs(words, worth))


def _lead(words: Sequence[str], other: Sequence[str], worth: int) -> float:
    """How much of a beginning stands in the first half of the other text."""
    lead = _shingles(words[: _LEAD_WORDS * worth], worth)
    half = max(3 * _LEAD_WORDS * worth, len(other) // 2)
    return len(lead & _shingles(other[:half], worth)) / len(lead) if lead else 0.0


def _onset(words: Sequence[str], both: set[str], worth: int) -> int:
    """How many words stand before the first place where half of the runs are in both texts."""
    known = [run in both for run in _runs(words, worth)]
    window = _WINDOW * worth
    for at, begins in enumerate(known):
        if begins and 2 * sum(known[at : at + window]) >= window:
            return at // worth
    return len(words) // worth


def _figures(one: str, other: str) -> float:
    """How many of the numbers are in both; 1 if there are too few to say."""
    first, second = (set(_FIGURE.findall(text)) for text in (one, other))
    least = min(len(first), len(second))
    return len(first & second) / least if least >= _FEW_FIGURES else 1.0
