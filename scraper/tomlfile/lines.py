"""Where in a TOML text each key stands: what the standard library's reader does not tell.

Follows the grammar of TOML 1.0. Values are stepped over, not read: the text has been accepted by `tomllib` before.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from typing import Final

Path = tuple[str | int, ...]

_BLANK: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"[^,\]}\n#]+")
# The long forms first: `""` alone is an empty string, `"""` opens a long one, which may end in two quotes of its own.
_STRING: Final = re.compile(
    r'''"""(?:\\.|(?!""")[^\\])*"""(?:"{0,2})'''
    r"""|'''(?:(?!''').)*'''(?:'{0,2})"""
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|'[^'\n]*'""",
    re.DOTALL,
)


def positions(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table and array item of `text`, by its path of keys and indices.

    An array of tables has the line of its first header. `text` is valid TOML with line ends as `\\n`; for anything
    else the result means nothing.

    >>> positions("a = 1\\n[[b]]\\nc.d = [\\n  2,\\n]")[("b", 0, "c", "d", 0)]
    4
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


class _Scanner:
    """One walk over one text. `_at` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._last: dict[Path, int] = {}  # arrays of tables: the index of the table that is being filled

    def document(self) -> None:
        table: Path = ()
        while self._skip(_GAP) < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, what: re.Pattern[str]) -> int:
        match = what.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _mark(self, path: Path) -> None:
        self.found.setdefault(path, bisect_left(self._breaks, self._at) + 1)

    def _header(self) -> Path:
        width = 2 if self._text.startswith("[[", self._at) else 1
        start, self._at = self._at, self._at + width
        *above, last = self._key()
        end, self._at = self._at + width, start
        path: Path = ()
        for key in above:
            path = self._inside((*path, key))
        path = (*path, last)
        self._mark(path)
        if width == 2:
            self._last[path] = self._last.get(path, -1) + 1
            path = self._inside(path)
        self._at = end
        return path

    def _inside(self, path: Path) -> Path:
        self._mark(path)
        path = (*path, self._last[path]) if path in self._last else path
        self._mark(path)
        return path

    def _key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_BLANK)
            start = self._at
            quoted = self._peek() in {'"', "'"}
            raw = self._text[start : self._skip(_STRING if quoted else _BARE)]
            keys.append(tomllib.loads(f"key = {raw}")["key"] if quoted else raw)
            self._skip(_BLANK)
            if self._peek() != ".":
                return keys
            self._at += 1

    def _pair(self, table: Path) -> None:
        start = self._at
        keys = self._key()
        equals, self._at = self._at, start
        for depth in range(1, len(keys) + 1):
            self._mark((*table, *keys[:depth]))
        self._at = equals + 1
        self._value((*table, *keys))

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        match self._peek():
            case "[":
                self._array(path)
            case "{":
                self._inline(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        self._skip(_GAP)
        while self._peek() not in {"]", ""}:
            self._mark((*path, index))
            self._value((*path, index))
            index += 1
            self._comma()
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        self._skip(_GAP)
        while self._peek() not in {"}", ""}:
            self._pair(path)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip(_GAP)
        if self._peek() == ",":
            self._at += 1
            self._skip(_GAP)
