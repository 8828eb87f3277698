"""Phrases as data, and where they occur in a text.

One phrase to a cell, cells apart by `|`. `a/b` is either word, `_` any one word, `_?` any one or none, `x*` any ending
(of four letters or more);
`~` before the first word marks a phrase as doubtful, `^` says that a
text has to begin with it. Quotation marks are looked past: what somebody says is no
template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# In the scripts of India and south-east Asia vowels are signs that are no letters by themselves.
_WORD: Final = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u0eff])+|[$€£]")
# The same in ASCII: what is no letter and no digit parts words, but for the sign of the dollar, which is one.
_PARTS: Final = dict.fromkeys((code for code in range(128) if not chr(code).isalnum()), " ") | {ord("$"): " $ "}
_QUOTED: Final = re.compile(
    '"[^"]{1,400}"|“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»|»[^«]{1,400}«|「[^」]{1,200}」'
)
MAX_TEXT: Final = 3_000


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in one case, without what stands in quotation marks.

    >>> words("Join us: “We were first of all tired.”")
    ('join', 'us')
    """
    folded = unquoted(text[:MAX_TEXT]).replace("’", "'").casefold()
    return tuple(folded.translate(_PARTS).split() if folded.isascii() else _WORD.findall(folded))


def unquoted(text: str) -> str:
    """`text` without what stands inside quotation marks."""
    return _QUOTED.sub(" ", text)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Which words a cell takes: these, and those that begin like this; any, and perhaps none."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    any: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase: its mark, how it is written, the name of its set, whether any word may come first, its cells."""

    mark: str
    text: str
    name: str
    later: bool
    cells: tuple[_Cell, ...]


@lru_cache(maxsize=4096)
def _cell(text: str) -> _Cell:
    choices = text.split("/")
    beginnings = tuple(one[:-1] for one in choices if one.endswith("*"))
    return _Cell(frozenset(choices), beginnings, text == "_", text == "_?")


class Wording:
    """Sets of phrases, each under a name, and pieces of scripts that write words together (`glued`)."""

    def __init__(self, texts: Mapping[str, str], glued: Mapping[str, Iterable[str]]) -> None:
        self._glued = [(sign, name) for name, signs in glued.items() for sign in signs]
        self._index: dict[str, list[_Phrase]] = {}
        for name, text in texts.items():
            for cell in text.replace("\n", "|").replace("~", "~ ").replace("^", "^ ").split("|"):
                if phrase := cell.split():
                    self._add(phrase, name)

    def _add(self, phrase: list[str], name: str) -> None:
        """File a phrase under the first letters of its first word, or of its second if any word may come first."""
        mark = phrase.pop(0) if phrase[0] in {"~", "^"} else ""
        made = _Phrase(mark, " ".join(phrase), name, phrase[0] == "_", tuple(map(_cell, phrase)))
        key = phrase[1] if phrase[0] == "_" else phrase[0]
        for word in filter(None, key.split("/")):
            self._index.setdefault(word.rstrip("*?")[:4], []).append(made)

    def found(self, text: str, *, soft: bool = True) -> dict[str, str]:
        """The different phrases in `text` outside quotation marks, each with the name of its set; the doubtful ones
        only if `soft`."""
        found: dict[str, str] = {}
        if self._glued and not text.isascii():
            plain = unquoted(text[:MAX_TEXT])
            found = {sign: name for sign, name in self._glued if sign in plain}
        said = words(text)
        for at, word in enumerate(said):
            for phrase in self._index.get(word[:4], ()):
                start = at - 1 if phrase.later else at
                if start < 0 or (phrase.mark == "~" and not soft) or (phrase.mark == "^" and start):
                    continue
                if _fits(phrase.cells, said, start):
                    found[phrase.text] = phrase.name
        return found


def _fits(phrase: Sequence[_Cell], said: Sequence[str], at: int) -> bool:
    for place, cell in enumerate(phrase):
        if cell.optional:
            rest = phrase[place + 1 :]
            return _fits(rest, said, at) or (at < len(said) and _fits(rest, said, at + 1))
        if at >= len(said):
            return False
        word = said[at]
        if not (word in cell.words or cell.any or word.startswith(cell.beginnings)):
            return False
        at += 1
    return True
