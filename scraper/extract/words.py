"""Lists of words in the source, written as prose is written: apart by blanks."""

from __future__ import annotations


def tokens(text: str) -> frozenset[str]:
    """The words of `text`.

    >>> sorted(tokens("h1 h2"))
    ['h1', 'h2']
    """
    return frozenset(text.split())
