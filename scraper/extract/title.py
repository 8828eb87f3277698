"""The headline: what readers saw on top, checked against what the page declares."""

from __future__ import annotations

import re
from typing import Final

from scraper.text import clean

_FOLD: Final = str.maketrans(dict.fromkeys('"“”„‟«»″＂❝❞「」『』‹›‘’‚‛′`´＇', "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:/]+\s+|\s*[|｜]\s*|\s*--+\s*")
_COUNTER = re.compile(r"^\(\d{1,4}\)\s+")
# A site's name and a colon are taken off a headline that is one without them.
MIN_REST: Final = 20
_WORD = re.compile(r"\w+")
_MARKS: Final = dict.fromkeys(code for code in range(128) if not (chr(code).isalnum() or chr(code) == "_"))
# What a text begins with tells most texts apart.
_BEGINNING: Final = 40


def fold(text: str) -> str:
    """`text` as titles are compared: letters and digits only, in one case."""
    text = text.casefold()
    return text.translate(_MARKS) if text.isascii() else "".join(_WORD.findall(text))


def is_same(text: str, folded: str) -> bool:
    """Whether `text` is `folded` once it is folded."""
    return folded.startswith(fold(text[:_BEGINNING])) and fold(text) == folded


def tidy(text: str | None) -> str:
    """A title on one line, without the count of unread messages that scripts put in front."""
    return _COUNTER.sub("", clean(text)) if text else ""


def alike(a: str, b: str) -> bool:
    """Whether two titles are the same but for typography, a cut at the end or a kicker in front."""
    x, y = fold(a), fold(b)
    if not x or not y:
        return False
    if x == y:
        return True
    short, long = sorted((x, y), key=len)
    return len(short) >= 15 and len(short) * 10 >= len(long) * 9 and (long.startswith(short) or long.endswith(short))


def without_site(text: str, sites: tuple[str, ...], heads: tuple[str, ...] = ()) -> str:
    """`text` without the site's name at either end, or without what follows a headline that is known."""
    for head in heads:
        if head and text != head and text.startswith(head) and _SEPARATOR.match(text, len(head)):
            return head
    own = {fold(site) for site in sites if site}
    name, colon, rest = text.partition(": ")
    if colon and len(rest) > MIN_REST and _is_site(name, own):
        text = rest.strip()
    while True:
        cuts = list(_SEPARATOR.finditer(text))
        if not cuts:
            return text
        first, last = cuts[0], cuts[-1]
        if _is_site(text[last.end() :], own):
            text = text[: last.start()].strip()
        elif _is_site(text[: first.start()], own):
            text = text[first.end() :].strip()
        else:
            return text


def _is_site(part: str, own: set[str]) -> bool:
    bare = fold(part)
    return bool(bare) and any(bare == name or (len(name) > 3 and bare in {name + "com", "the" + name}) for name in own)


def choose(seen: list[str], declared: list[str], shown: str, sites: tuple[str, ...]) -> tuple[str, str] | None:
    """The headline and where it came from.

    `seen` are the page's visible headings of the first level, `declared` the headlines it declares, best first, `shown`
    its <title>. A visible heading that agrees with anything declared is taken as printed. Where none agrees the first
    declared one stands; without any, the heading.
    """
    seen = [text for text in map(tidy, seen) if text and fold(text) not in {fold(site) for site in sites if site}]
    heads = tuple(seen)
    stripped = [without_site(tidy(text), sites, heads) for text in declared if text]
    for text in stripped:
        for head in seen:
            if alike(head, text):
                # The same letters, and more marks between them: a heading made of parts lost those on the way.
                return (text, "declared") if fold(head) == fold(text) and len(text) > len(head) else (head, "h1")
        if len(text) > 3:
            break
    if stripped:
        return stripped[0], "declared"
    title = without_site(tidy(shown), sites, heads)
    for head in seen:
        if fold(head) and fold(head) in fold(shown):
            return head, "h1"
    if seen:
        return seen[0], "h1"
    return (title, "title") if title else None
