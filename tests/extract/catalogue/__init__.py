"""Widgets and true lines as many systems print them, in our own words: what has to go and what has to stay.

A file holds one snippet after another, each under a line `=== category language`. `widgets-*.txt` are widgets,
`lines-*.txt` are lines of articles. Append to a file, never insert: a snippet is known by its place in it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HEAD = re.compile(r"^=== (\S+) (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A piece of markup, with what it is and its language. `id` is unique: file, category, language, number."""

    id: str
    category: str
    language: str
    html: str


def load(name: str) -> list[Snippet]:
    """The snippets of the file `name` in its order."""
    _, *parts = HEAD.split((HERE / f"{name}.txt").read_text(encoding="utf-8"))
    found: list[Snippet] = []
    seen: Counter[str] = Counter()
    for category, language, html in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        key = f"{name}/{category}-{language}"
        seen[key] += 1
        found.append(Snippet(f"{key}-{seen[key]}", category, language, html.strip()))
    return found


def names(kind: str) -> list[str]:
    """The files of one kind (`widgets` or `lines`)."""
    return sorted(path.stem for path in HERE.glob(f"{kind}-*.txt"))


def everything(kind: str) -> list[Snippet]:
    """All snippets of one kind."""
    return [snippet for name in names(kind) for snippet in load(name)]
