"""What kind of edit a difference is: each changed place with its kinds, and the words that are the evidence.

    Diff → rows that changed → hunks (runs that went and came at one place) → kinds

Decided by what the words are and where they stand, never by a class of characters that does not matter: a digit, a
"not" and a comma inside a quotation always count. One hunk may be of several kinds. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal

from scraper.article import Article
from scraper.compare import align, lexicon, names, words
from scraper.compare.diff import aligned
from scraper.compare.rows import BREAK, Diff, Row
from scraper.model import EditKind, Part

LARGE = 5.0  # words; what comes or goes with at least so many says something of its own
LOPSIDED = 3  # times as many words on one side
# Georgian has capitals in Unicode, and in no newspaper.
_CASED = re.compile(r"(?![\u10a0-\u10ff\u2d00-\u2d2f])[^\W\d_]*?[a-z\u00df-\u024f\u0370-\u058f\u1e00-\u1fff]")
# One is also an article, half and the day words turn up in phrases: they are figures only when exchanged for a figure.
_AMBIGUOUS = frozenset({"0", "1", "half", "third", "quarter", "double", "triple", "score", "pct"})


_NEAR = 24  # characters; a figure stands right before what it measures

Spans = Sequence[tuple[int, int]]


class Setting:
    """The texts of a row and what in them is quoted, found once for all its hunks."""

    def __init__(self, row: Row) -> None:
        self.before, self.after = row.before, row.after
        self.quoted_before = _spans(self.before, "quote" in row.old)
        self.quoted_after = _spans(self.after, "quote" in row.new)

    @cached_property
    def requoted(self) -> bool:
        """Whether other words are quoted now."""
        return _all_quoted(self.before, self.quoted_before) != _all_quoted(self.after, self.quoted_after)


@dataclass(frozen=True, slots=True)
class Hunk:
    """What went and what came at one place. The numbers say where in the row's old and new text."""

    setting: Setting
    old: str
    new: str
    old_at: int
    new_at: int


class Classifier:
    """The kinds of the changes between two articles. What is dear (names) is found once, and only if asked for."""

    def __init__(self, old: Article, new: Article) -> None:
        self._old, self._new = old, new
        self._language = new.language or old.language

    @cached_property
    def _names(self) -> frozenset[str]:
        return names.proper(self._old, self._new)

    def body(self, found: Diff) -> Iterator[Part]:
        """The parts of the edit that lie in the body, in reading order."""
        at = 0
        gone = {row.old_at: row for row in found.rows if row.op == "delete" and row.place == "body"}
        for row in found.rows:
            if row.place == "body":
                at = row.new_at if row.new_at is not None else at
                yield from self._row(row, at) if row.moved is None else self._moved(row, at, gone)
                at += len(row.new)

    def _moved(self, row: Row, at: int, gone: Mapping[int | None, Row]) -> Iterator[Part]:
        """A moved block is reported where it came, with what was changed in it on the way."""
        if row.op != "insert":
            return
        source = gone[row.moved]
        yield Part("moved", source.before, row.after, at)
        if source.before != row.after:
            runs = tuple(aligned(source.before, row.after))
            yield from self._change(replace(row, op="change", runs=runs, old=source.old), at)

    def _row(self, row: Row, at: int) -> Iterator[Part]:
        before, after = row.before, row.after
        if row.op == "insert":
            yield Part(self._notice(after) or "addition", "", after, at)
        elif row.op == "delete":
            routine = self._notice(before) == "routine"
            yield Part("routine" if routine else "removal", before, "", at)
        elif row.op == "change":
            yield from self._change(row, at)

    def _change(self, row: Row, at: int) -> Iterator[Part]:
        was, notice = (self._notice(text) for text in (row.before, row.after))
        if was and notice and words.words(row.before) != words.words(row.after):
            yield Part(notice, row.before, row.after, at)
            return
        kept = self._kept(row)
        parts = [
            Part(kind, _shown(hunk.old), _shown(hunk.new), at)
            for hunk in hunks(row)
            for kind in [each for each in self._kinds(hunk) if each not in kept] or ["wording"]
        ]
        yield from parts
        if notice and not was and all(part.kind != notice for part in parts):
            yield Part(notice, row.before, row.after, at)

    def _kept(self, row: Row) -> frozenset[EditKind]:
        """`figures` or `names`, if a paragraph has the same ones in the same order: what stands elsewhere in a
        sentence that was written anew is not changed."""
        old, new = self._sorted(row.before, row.after), self._sorted(row.after, row.before)
        kept: list[EditKind] = ["figures"] if old.figures == new.figures else []
        if len(old.names) == len(new.names) and all(map(names.same_name, old.names, new.names)):
            kept.append("names")
        return frozenset(kept)

    def _kinds(self, hunk: Hunk) -> list[EditKind]:
        quotes: list[EditKind] = ["quotes"] if _in_quotes(hunk) else []
        old = self._sorted(hunk.old, hunk.new, behind=hunk.setting.before[: hunk.old_at])
        new = self._sorted(hunk.new, hunk.old, behind=hunk.setting.after[: hunk.new_at])
        old, new = old.beside(new), new.beside(old)
        large = self._large(hunk)
        if large:
            grew = words.weight(hunk.new) > words.weight(hunk.old)
            return [*quotes, large, *(_lost(old, new) if grew else _lost(new, old))]
        found: list[EditKind] = [*quotes]
        figures = Counter(old.figures) != Counter(new.figures)
        if not figures and _same_letters(hunk):
            return found or ["cosmetic"]
        if figures:
            found.append("figures")
        if not _same_names(old.names, new.names):
            found.append("names")
        # What somebody is quoted with is `quotes`, however small the change: it is not the outlet's own wording.
        rest = None if quotes else self._rest(hunk, old.plain, new.plain)
        if rest and not (found and (rest == "cosmetic" or self._sounds_alike(old.plain, new.plain))):
            found.append(rest)
        return found or ["cosmetic"]

    def _sounds_alike(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether small words took another form only because of the word that was changed behind them."""
        return [lexicon.unsounded(w, self._language) for w in old] == [
            lexicon.unsounded(w, self._language) for w in new
        ]

    def _large(self, hunk: Hunk) -> EditKind | None:
        """`addition` or `removal` if one side says something of its own, or a notice was put into a paragraph."""
        old, new = words.weight(hunk.old), words.weight(hunk.new)
        notice = self._notice(hunk.new.strip(" .\u2029")) if new and not old else None
        if notice or _is_large(hunk.new, new, old):
            return notice or "addition"
        if _is_large(hunk.old, old, new):
            return "routine" if self._notice(hunk.old.strip(" .\u2029")) == "routine" else "removal"
        return None

    def _notice(self, text: str) -> Literal["correction", "routine"] | None:
        return lexicon.notice(words.fold(text), self._language)

    def _sorted(self, side: str, other: str, behind: str = "") -> Sorted:
        """The words of one side of a hunk, by what they are. Number words that may mean something else are figures
        if the other side has a figure too; so is what a figure measures. `behind` is the text that stands before."""
        sure = self._has_figures(other)
        measured = self._ends_in_figure(behind)
        figures, named, rest = [], [], []
        for token in words.tokens(side):
            value = words.value(token) if words.is_figure(token) else self._figure(token)
            counts = value and (sure or words.is_figure(token) or _is_sure(value))
            unit = lexicon.unit(words.fold(token).casefold(), self._language) if measured and not counts else None
            measured = bool(counts or unit) or (measured and not words.is_word(token))
            if value and counts:
                figures.append(value)
            elif unit:
                figures.append(f"={unit}")
            elif words.is_word(token) and names.is_capital(token) and names.key(token) in self._names:
                named.append(names.key(token))
            elif words.is_word(token):
                rest.append(token)
        return Sorted(figures, named, rest)

    def _ends_in_figure(self, text: str) -> bool:
        found = words.tokens(text[-_NEAR:].rstrip())
        return bool(found) and (words.is_figure(found[-1]) or self._figure(found[-1]) is not None)

    def _figure(self, word: str) -> str | None:
        if not words.is_word(word):
            return None
        return lexicon.figure_word(words.fold(word).casefold(), self._language)

    def _has_figures(self, text: str) -> bool:
        return any(words.is_figure(token) or self._figure(token) for token in words.tokens(text))

    def _rest(self, hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> EditKind:
        if old == new:
            return "cosmetic"
        if Counter(filter(self._negates, old)) != Counter(filter(self._negates, new)):
            return "wording"
        if len(old) == len(new) and all(a == b or _typo(a, b) for a, b in zip(old, new, strict=True)):
            return "typo"
        return "typo" if _stutter(hunk) else "wording"

    def _negates(self, word: str) -> bool:
        return lexicon.is_negation(word, self._language)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The words of one side of a hunk: figures by value, names by key, the rest as printed."""

    figures: list[str]
    names: list[str]
    rest: list[str]

    @property
    def plain(self) -> list[str]:
        """The rest, folded and without case."""
        return [words.fold(word).casefold() for word in self.rest]

    def beside(self, other: Sorted) -> Sorted:
        """This side, knowing the other: a capitalised word that a name stands for, or that stands for one, is a name
        too, although it may be an ordinary word elsewhere."""
        capital = [word for word in self.rest if names.is_capital(word)][: max(0, len(other.names) - len(self.names))]
        rest = [word for word in self.rest if word not in capital]
        return replace(self, names=[*self.names, *map(names.key, capital)], rest=rest)


def hunks(row: Row) -> Iterator[Hunk]:
    """The places of a row where words went or came, in reading order."""
    setting = Setting(row)
    old_at = new_at = 0
    for equal, runs in groupby(row.runs, key=lambda run: run.op == "equal"):
        texts = {"equal": "", "delete": "", "insert": ""}
        for run in runs:
            texts[run.op] += run.text
        if not equal:
            yield Hunk(setting, texts["delete"], texts["insert"], old_at, new_at)
        old_at += len(texts["equal"]) + len(texts["delete"])
        new_at += len(texts["equal"]) + len(texts["insert"])


def _shown(text: str) -> str:
    return text.replace(BREAK, "¶").strip() or text


def _is_large(text: str, more: float, less: float) -> bool:
    sentence = less == 0 and more >= 2 and any(map(words.ends_sentence, words.tokens(text)))
    return sentence or (more >= LARGE and more >= LOPSIDED * less)


# ---------------------------------------------------------------------------------------------- quotations


def _in_quotes(hunk: Hunk) -> bool:
    """Whether what somebody is quoted with changed, or what counts as quoted.

    A quotation that came or went as a whole, with its marks, is an addition or a removal, not a changed quotation.
    """
    around = hunk.setting
    old = _quoted_part(around.before, around.quoted_before, hunk.old_at, hunk.old)
    new = _quoted_part(around.after, around.quoted_after, hunk.new_at, hunk.new)
    if words.fold(old) != words.fold(new):
        return True
    marks = _has_marks(hunk.old) or _has_marks(hunk.new)
    return marks and not words.words(hunk.old + hunk.new) and around.requoted


def _spans(text: str, whole: bool) -> Spans:
    return [(0, len(text))] if whole else words.quoted(text)


def _quoted_part(text: str, spans: Spans, at: int, piece: str) -> str:
    """What of a piece is quoted, apart from quotations that it holds whole, with their marks."""
    end, k = at + len(piece), max(0, bisect(spans, (at, 0)) - 1)
    inside = []
    while k < len(spans) and spans[k][0] < end:
        s, e = spans[k]
        if not (at < s and e < end):
            inside.append(text[max(s, at) : min(e, end)])
        k += 1
    return "".join(inside).strip()


def _all_quoted(text: str, spans: Spans) -> list[str]:
    return [word for s, e in spans for word in words.words(text[s:e])]


def _has_marks(text: str) -> bool:
    return not words.QUOTE_MARKS.isdisjoint(text)


# ---------------------------------------------------------------------------------------------- words


def _is_sure(value: str) -> bool:
    """Whether a number word is a figure wherever it stands."""
    number = value[0].isdigit() and value not in _AMBIGUOUS
    return number or value == "dozen" or (value[0] == "e" and value[1:].isdigit())


def _same_letters(hunk: Hunk) -> bool:
    """Whether only marks, spaces or capitals differ: "U.S." and "US", "every day" and "everyday"."""
    return "".join(words.words(hunk.old)) == "".join(words.words(hunk.new))


def _lost(less: Sorted, more: Sorted) -> Iterator[EditKind]:
    """What the short side of a lopsided change had and the long side has not: that was changed, not only added to."""
    if Counter(less.figures) - Counter(more.figures):
        yield "figures"
    if set(less.names) - set(more.names):
        yield "names"
    if set(less.plain) - set(more.plain):
        yield "wording"


def _same_names(old: Sequence[str], new: Sequence[str]) -> bool:
    return len(old) == len(new) and all(map(names.same_name, sorted(old), sorted(new)))


def _typo(old: str, new: str) -> bool:
    """Whether two words are one, once misspelt: a slip inside the word. Another ending is grammar, so `wording`.

    In a script without capitals the word may be a name, and nothing says that it is not.

    >>> _typo("goverment", "government"), _typo("teh", "the"), _typo("attack", "attacks"), _typo("fired", "hired")
    (True, True, False, False)
    """
    if not _CASED.match(old):
        return False
    short = min(len(old), len(new))
    apart = align.letters_apart(old, new)
    if short >= 3 and apart == 1 and sorted(old) == sorted(new):
        return True
    return short >= 4 and old[0] == new[0] and old[-1] == new[-1] and apart <= (1 if short < 7 else 2)


def _stutter(hunk: Hunk) -> bool:
    """Whether only a word that stood twice in a row was struck out (or doubled)."""
    around, old, new = hunk.setting, words.words(hunk.old), words.words(hunk.new)
    if bool(old) == bool(new):
        return False
    twice = old or new
    text, at, piece = (around.before, hunk.old_at, hunk.old) if old else (around.after, hunk.new_at, hunk.new)
    near = 2 * len(piece) + 8
    before, after = words.words(text[max(0, at - near) : at]), words.words(text[at + len(piece) :][:near])
    return before[-len(twice) :] == twice or after[: len(twice)] == twice
