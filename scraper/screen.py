"""How text fits a terminal: how many columns it takes, and where a line of it may end. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from scraper.text import HANGS, SOLO

# In scripts without spaces a line may end after any character, but not between one and the marks that belong to it
# (kinsoku; JIS X 4051).
_OPENS = "「『（《〈【〔"
_CLOSES = "。、，．！？：；」』）》〉】〕…ー々"
_PIECE: Final = re.compile(
    rf"\s+|\S*://\S*|[{_OPENS}]*[{SOLO}][{HANGS}]*[{_CLOSES}]*|[^\s{SOLO}{_OPENS}]+|[{_OPENS}]+", re.UNICODE
)


def columns(text: str) -> int:
    """How many columns a terminal needs for `text`: two for wide characters, none for marks that hang on others."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, width: int, hang: int = 2) -> str:
    """`text` with no line wider than `width` columns, broken between words; what follows a break stands `hang` columns
    further to the right than the line began. A word that is wider, such as an address, stays whole.

    >>> print(fitted("  the council has voted", 16))
      the council
        has voted
    """
    return "\n".join(
        line if columns(line) <= width else "\n".join(_broken(line, width, hang)) for line in text.split("\n")
    )


def _broken(line: str, width: int, hang: int) -> Iterator[str]:
    """The lines that `line` becomes. On a narrow terminal there is less before them, so that half of it is left."""
    bare = line.lstrip(" ")
    before = len(line) - len(bare)
    after = " " * min(before + hang, width // 2)
    made = " " * min(before, width // 2)
    taken, empty = columns(made), True
    for piece in _PIECE.findall(bare):
        size = columns(piece)
        if not empty and taken + size > width and not piece.isspace():
            yield made.rstrip()
            made, taken, empty = after, len(after), True
        if not (empty and piece.isspace()):
            made, taken, empty = made + piece, taken + size, False
    yield made.rstrip()
