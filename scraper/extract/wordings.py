"""Phrases in cells, and the first of them in a text: the same as one pattern of all of them would find, for less.

One phrase to a cell. `a/b` is either word, `x*` any ending, `..` a few words in between; `~` marks the doubtful ones.
A pattern of some hundred phrases tries each of them at each letter; here only those are tried whose words all begin
like some word of the text, which hardly any does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

# Scripts without blanks between words.
_OPEN: Final = re.compile("[\u0e00-\u0e7f\u2e80-\u9fff\uac00-\ud7af]")
_WORD: Final = re.compile(r"\w+")
_RUN: Final = re.compile(r"(\w+)(\*?)")
# Words are told apart by so many of their first letters.
_STEM: Final = 4


@lru_cache(maxsize=512)
def stems(text: str) -> frozenset[str]:
    """What the words of `text` begin with."""
    return frozenset([word[:_STEM] for word in _WORD.findall(text)])


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class Wordings:
    """The phrases of one kind. `soft` takes the doubtful ones too."""

    def __init__(self, text: str, *, soft: bool) -> None:
        self.patterns: list[str] = []
        # By a stem of the first word that tells: where the phrase stands, and the stems of its other words.
        self._by_stem: defaultdict[str, list[tuple[int, list[frozenset[str]]]]] = defaultdict(list)
        self._by_letters: list[tuple[tuple[str, ...], int]] = []
        for phrase in _cells(text, soft=soft):
            self._add([word.split("/") for word in phrase.casefold().split()], len(self.patterns))
            self.patterns.append(_pattern(phrase))

    def _add(self, words: list[list[str]], at: int) -> None:
        if any(_OPEN.search(choice) for word in words for choice in word):
            self._by_letters.append((tuple(choice.partition("*")[0] for choice in words[0]), at))
            return
        needed = [found for word in words if (found := _stems_of(word))]
        for stem in needed[0]:
            self._by_stem[stem].append((at, needed[1:]))

    def _possible(self, text: str) -> list[re.Pattern[str]]:
        """The phrases that may be in `text`, in their order."""
        known = stems(text)
        found = {
            at
            for stem in known & self._by_stem.keys()
            for at, needed in self._by_stem[stem]
            if not any(map(known.isdisjoint, needed))
        }
        found.update(at for letters, at in self._by_letters if any(one in text for one in letters))
        return [_compiled(self.patterns[at]) for at in sorted(found)]

    def first(self, text: str) -> str:
        """The first phrase in a folded text, empty if there is none."""
        return next(self.all(text), "")

    def all(self, text: str) -> Iterator[str]:
        """All phrases in a folded text that do not overlap, from its beginning; of several in one place the first."""
        possible, at = self._possible(text), 0
        while found := [match for pattern in possible if (match := pattern.search(text, at))]:
            match = min(found, key=lambda match: match.start())
            yield match[0]
            at = match.end()


def _stems_of(word: list[str]) -> frozenset[str]:
    """What a word of the text begins with where a phrase has one of these; empty if that cannot be said."""
    runs = [_RUN.search(choice) for choice in word]
    if any(run is None or (run[2] and len(run[1]) < _STEM) for run in runs):
        return frozenset()
    return frozenset(run[1][:_STEM] for run in runs if run)


def _cells(text: str, *, soft: bool) -> Iterator[str]:
    for line in text.strip().splitlines():
        for cell in line.split("|"):
            phrase = cell.strip()
            if phrase and (soft or not phrase.startswith("~")):
                yield phrase.removeprefix("~").strip()


def _pattern(phrase: str) -> str:
    """A phrase as a regular expression; scripts without blanks have no word boundaries."""
    words = []
    for word in phrase.casefold().split():
        choices = "|".join(re.escape(one).replace(r"\*", r"\w*") for one in word.split("/"))
        words.append(r"\W?.{0,40}?" if word == ".." else rf"(?:{choices})")
    body = r"\W{1,3}".join(words).replace(r"\W{1,3}\W?.{0,40}?\W{1,3}", r"\W(?:.{0,40}?\W)??")
    return body if _OPEN.search(phrase) else rf"(?<!\w)(?:{body})(?!\w)"
