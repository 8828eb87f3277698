"""What a machine changes everywhere at once, and changes no word: quotes and dashes redrawn, paragraphs cut anew.

A person who curls one quotation mark has edited. A template that curls all of them has not. So a form of marks counts
as redrawn only if it was the only one before, is gone now, and this is so in several places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from scraper.article import Article

PLACES = 4  # marks, on both sides
PARAGRAPHS = 2
RECUT = 3  # paragraph breaks that came or went

_STRAIGHT, _CURLED = re.compile("[\"']"), re.compile("[“”„‘’‚]")
_HYPHENS, _EN, _EM = re.compile(r"(?<=\s)--?(?=\s)|--"), re.compile("–"), re.compile("—")
_DOTS, _ELLIPSIS = re.compile(r"\.\.\."), re.compile("…")
_ONE_QUOTE = str.maketrans("“”„‘’‚", "\"\"\"'''")


def _quotes(text: str) -> str:
    return text.translate(_ONE_QUOTE)


def _dashes(text: str) -> str:
    return re.sub(r"\s*(?:(?<=\s)--?(?=\s)|--|–|—)\s*", " - ", text)


def _dots(text: str) -> str:
    return text.replace("…", "...")


_FORMS: tuple[tuple[tuple[re.Pattern[str], ...], Callable[[str], str]], ...] = (
    ((_STRAIGHT, _CURLED), _quotes),
    ((_HYPHENS, _EN, _EM), _dashes),
    ((_DOTS, _ELLIPSIS), _dots),
)


def settled(old: Article, new: Article) -> tuple[Article, Article]:
    """Both articles with their bodies drawn alike, where a whole body was redrawn from one form of marks to another."""
    for forms, fold in _FORMS:
        if _redrawn(forms, old, new):
            old, new = _folded(old, fold), _folded(new, fold)
    return old, new


def recut(old: Article, new: Article) -> bool:
    """Whether the bodies have the same words and marks in order, and only where paragraphs end differs, widely."""
    before, after = ([block.text for block in each.blocks if block.text] for each in (old, new))
    if before == after:
        return True
    return " ".join(before) == " ".join(after) and abs(len(before) - len(after)) >= RECUT


def _redrawn(forms: tuple[re.Pattern[str], ...], old: Article, new: Article) -> bool:
    used = [_used(forms, each) for each in (old, new)]
    return all(used) and not used[0] & used[1] and all(_often(forms, each) for each in (old, new))


def _used(forms: tuple[re.Pattern[str], ...], article: Article) -> set[int]:
    return {k for k, form in enumerate(forms) if form.search(article.body)}


def _often(forms: tuple[re.Pattern[str], ...], article: Article) -> bool:
    counts = [sum(len(form.findall(block.text)) for form in forms) for block in article.blocks]
    return sum(counts) >= PLACES and sum(map(bool, counts)) >= PARAGRAPHS


def _folded(article: Article, fold: Callable[[str], str]) -> Article:
    return replace(article, blocks=tuple(replace(block, text=fold(block.text)) for block in article.blocks))
