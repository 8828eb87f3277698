"""Regular expressions from configuration files: which of them could keep the program busy for ever.

Python's engine tries one way to match after the other. Two shapes make the number of ways explode on text that almost
matches, and both are refused here: a repetition inside a repetition, and two repetitions that can share one stretch of
text (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991). What is left costs at most the square
of the text's length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any, Final

from re import _parser  # type: ignore[attr-defined]  # isort: skip - the engine's own parser has no public name

MAX_LENGTH: Final = 300

# Ways through a pattern that are looked at one by one; with more alternatives than that it cannot be judged.
_MOST_PATHS: Final = 256
# Ways to match that short repetitions such as `{2,5}` may multiply to.
_MOST_WAYS: Final = 1000
# A repetition that may go on longer than this counts as endless.
_LONG: Final = 16
# With the pattern's own, enough characters to see whether two classes share one. Case is not told apart: `(?i)` may
# stand anywhere.
_ALPHABET: Final = frozenset("".join(map(chr, range(32, 127))).lower() + "\n\té\u00a0д世٣")
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip

# At most one repetition and no alternatives: most patterns, and none of them dangerous.
_SIMPLE: Final = re.compile(r"(?:\(\?:|[^*+?{|])*+[*+?{]?[^*+?{|]*+")

_Node = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class _Atom:
    """A class of characters that stands `least` to `most` times."""

    chars: frozenset[str]
    least: int = 1
    most: int = 1

    @property
    def endless(self) -> bool:
        return self.most > _LONG and self.least != self.most


class _Dangerous(Exception):
    """Carries what to tell the author of the pattern."""


def danger(pattern: str) -> str | None:
    """Why `pattern` must not be run on text from outside; None if it may. It is never run to find out.

    On the safe side: a few harmless patterns are refused too, and can be written otherwise. `pattern` is one that
    compiles; for anything else the answer means nothing, or is re.error.

    >>> danger(r"-a([0-9]+)$") is None, danger(r"(/[a-z]+)+$") is None
    (True, False)
    """
    if len(pattern) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters; split it"
    if _SIMPLE.fullmatch(pattern):
        return None
    try:
        for path in _paths(_parser.parse(pattern), _ALPHABET | set(pattern.lower())):
            _judge(path)
    except _Dangerous as why:
        return str(why)
    return None


def _judge(path: list[_Atom]) -> None:
    endless = [place for place, atom in enumerate(path) if atom.endless]
    for first, second in combinations(endless, 2):
        shared = path[first].chars & path[second].chars
        between = [atom for atom in path[first + 1 : second] if atom.least]
        if shared and all(atom.chars & shared for atom in between):
            raise _Dangerous("repeats two things that can match the same text; let the first exclude what follows it")
    if prod(atom.most - atom.least + 1 for atom in path if not atom.endless) > _MOST_WAYS:
        raise _Dangerous("has too many ways to match; use fewer or narrower repetitions")


def _paths(nodes: Any, alphabet: frozenset[str]) -> list[list[_Atom]]:
    """Every way through a sequence of nodes, alternatives chosen and groups opened."""
    paths: list[list[_Atom]] = [[]]
    for node in nodes:
        openings = _openings(node, alphabet)
        if len(paths) * len(openings) > _MOST_PATHS:
            raise _Dangerous("has too many alternatives to be judged; split it")
        paths = [path + opening for path in paths for opening in openings]
    return paths


def _openings(node: _Node, alphabet: frozenset[str]) -> list[list[_Atom]]:
    kind, value = node
    match kind.name:
        case "AT":
            return [[]]
        case "SUBPATTERN" | "ATOMIC_GROUP":
            return _paths(value[-1] if kind.name == "SUBPATTERN" else value, alphabet)
        case "BRANCH":
            return [path for branch in value[1] for path in _paths(branch, alphabet)]
        case "ASSERT" | "ASSERT_NOT":
            for path in _paths(value[1], alphabet):
                _judge(path)
            return [[]]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeated(int(value[0]), int(value[1]), _paths(value[2], alphabet))
        case "GROUPREF" | "GROUPREF_EXISTS":
            raise _Dangerous("refers back to a group; write out what it should match")
        case _:
            return [[_Atom(_chars(node, alphabet))]]


def _repeated(least: int, most: int, inside: list[list[_Atom]]) -> list[list[_Atom]]:
    if most <= 1:
        return inside if least else [*inside, []]
    if len(inside) > 1 or any(atom.least != atom.most for atom in inside[0]):
        raise _Dangerous("repeats a group that repeats or chooses something itself; write it without nesting")
    return [[_Atom(frozenset[str]().union(*(atom.chars for atom in inside[0])), least, most)]]


def _chars(node: _Node, alphabet: frozenset[str]) -> frozenset[str]:
    kind, value = node
    match kind.name:
        case "LITERAL":
            return frozenset(chr(value).lower())
        case "NOT_LITERAL":
            return alphabet - {chr(value).lower()}
        case "RANGE":
            span = range(value[0], value[1] + 1)
            ends = {chr(value[0]).lower(), chr(value[1]).lower()}
            return frozenset(char for char in alphabet if ord(char) in span or ord(char.upper()[0]) in span) | ends
        case "CATEGORY":
            return frozenset(filter(re.compile(_CATEGORIES[value.name]).fullmatch, alphabet))
        case "IN":
            parts = [_chars(part, alphabet) for part in value if part[0].name != "NEGATE"]
            within = frozenset[str]().union(*parts)
            return alphabet - within if len(parts) < len(value) else within
        case _:
            return alphabet
