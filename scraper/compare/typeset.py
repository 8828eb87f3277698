"""What a machine changes everywhere at once, and changes no word: marks redrawn, spaces set, paragraphs cut anew.

A person who curls one quotation mark has edited. A template that curls all of them has not. So a form of marks counts
as redrawn only if it was the only one before, is gone now, and this is so in several places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from scraper.article import Article

PLACES = 4  # marks or spaces, on both sides
PARAGRAPHS = 2
RECUT = 3  # paragraph breaks that came or went

_QUOTES = (re.compile('"'), re.compile("[“”„‟]"), re.compile("[«»]"), re.compile("[「」『』]"))
_APOSTROPHES = (re.compile("'"), re.compile("[‘’‚‛]"))
_DASHES = (re.compile(r"(?<=\s)--?(?=\s)|--"), re.compile("–"), re.compile("—"))
_DOTS = (re.compile(r"\.\.\."), re.compile("…"))
_ANY_QUOTE = re.compile(r'["“”„‟«»「」『』]')
_ONE_APOSTROPHE = str.maketrans("‘’‚‛", "''''")


def quotes(text: str) -> str:
    """`text` with double quotation marks drawn in one way, and no spaces inside them.

    >>> quotes("« Non », dit-il") == quotes("“Non”, dit-il") == quotes('" Non ", dit-il')
    True
    """
    pieces = _ANY_QUOTE.split(text)
    # Every other piece stands between an opening and a closing mark.
    return '"'.join(piece.strip() if at % 2 and at + 1 < len(pieces) else piece for at, piece in enumerate(pieces))


def _apostrophes(text: str) -> str:
    return text.translate(_ONE_APOSTROPHE)


def _dashes(text: str) -> str:
    return re.sub(r"\s*(?:(?<=\s)--?(?=\s)|--|–|—)\s*", " - ", text)


def _dots(text: str) -> str:
    return text.replace("…", "...")


Forms = tuple[re.Pattern[str], ...]
_REDRAWN: tuple[tuple[Forms, Callable[[str], str]], ...] = (
    (_QUOTES, quotes),
    (_APOSTROPHES, _apostrophes),
    (_DASHES, _dashes),
    (_DOTS, _dots),
)


def settled(old: Article, new: Article) -> tuple[Article, Article]:
    """Both articles with their bodies drawn alike, where a whole body was redrawn from one form of marks to another,
    or had its spaces set anew."""
    new = _respaced(old, new)
    redrawn = [(forms, fold) for forms, fold in _REDRAWN if _is_redrawn(forms, old, new)]
    all_forms = tuple(form for forms, _ in redrawn for form in forms)
    if redrawn and _often(all_forms, old) and _often(all_forms, new):
        for _, fold in redrawn:
            old, new = _folded(old, fold), _folded(new, fold)
    return old, new


def recut(old: Article, new: Article) -> bool:
    """Whether the bodies have the same words and marks in order, and only where paragraphs end differs, widely."""
    before, after = ([block.text for block in each.blocks if block.text] for each in (old, new))
    if before == after:
        return True
    return " ".join(before) == " ".join(after) and abs(len(before) - len(after)) >= RECUT


# ---------------------------------------------------------------------------------------------- marks


def _is_redrawn(forms: Forms, old: Article, new: Article) -> bool:
    """Whether both use such marks, and none in the same form."""
    used = [_used(forms, each) for each in (old, new)]
    return all(used) and not used[0] & used[1]


def _used(forms: Forms, article: Article) -> set[int]:
    return {k for k, form in enumerate(forms) if form.search(article.body)}


def _often(forms: Forms, article: Article) -> bool:
    counts = [sum(len(form.findall(block.text)) for form in forms) for block in article.blocks]
    return sum(counts) >= PLACES and sum(map(bool, counts)) >= PARAGRAPHS


def _folded(article: Article, fold: Callable[[str], str]) -> Article:
    return replace(article, blocks=tuple(replace(block, text=fold(block.text)) for block in article.blocks))


# ---------------------------------------------------------------------------------------------- spaces


def _respaced(old: Article, new: Article) -> Article:
    """`new` with the spaces of `old` where nothing else differs, if spaces were put in or left out in many places.

    Marks of where a long word may be broken are spaces in a snapshot.
    """
    known = {_squeezed(block.text): block.text for block in old.blocks}
    changed = [block for block in new.blocks if known.get(_squeezed(block.text), block.text) != block.text]
    places = sum(abs(len(block.text) - len(known[_squeezed(block.text)])) for block in changed)
    if len(changed) < PARAGRAPHS or places < PLACES:
        return new
    blocks = tuple(replace(block, text=known.get(_squeezed(block.text), block.text)) for block in new.blocks)
    title, subtitle, caption = (
        before if before and after and _squeezed(before) == _squeezed(after) else after
        for before, after in ((old.title, new.title), (old.subtitle, new.subtitle), (old.caption, new.caption))
    )
    return replace(new, blocks=blocks, title=title, subtitle=subtitle, caption=caption)


def _squeezed(text: str) -> str:
    return "".join(text.split())
