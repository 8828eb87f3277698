"""Readers' comments without a telling name: many branches of one make, each with who, when, what, and the same control.

A live page's posts look alike, but begin with their time and not with somebody; a list of films has neither the time
nor the control.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from scraper.extract.tree import Element
from scraper.extract.words import tokens

MIN_POSTS: Final = 4
# So many of the posts are looked at, and so many texts in each: enough to know their make, and never much work.
SAMPLE: Final = 12
TEXTS: Final = 30
MAX_NAME: Final = 40
MIN_POST: Final = 30
MOST: Final = 0.75
_POSTS: Final = tokens("div li article section dd tr")
_HEADINGS: Final = tokens("h1 h2 h3 h4 figure table")
_DIGITS = re.compile(r"\d+")
_TIMED = re.compile(r"^\W*\d{1,2}[:.h]\d{2}|\d{4}|^\W*\d+\W*$")


def find(elements: Sequence[Element]) -> list[Element]:
    """The branches that hold nothing but a thread of comments, and the single comments of others."""
    found: list[Element] = []
    for element in elements:
        if len(element.kids) >= MIN_POSTS and element.size > MIN_POSTS * MIN_POST:
            posts = _posts(element)
            if len(posts) >= MIN_POSTS and _is_thread(posts):
                found.extend([element] if _is_whole(element, posts) else posts)
    return found


def _is_whole(element: Element, posts: Sequence[Element]) -> bool:
    """Whether there is nothing but the posts in an element, short lines apart."""
    if element.tag in {"body", "main"} or sum(post.size for post in posts) * 5 < element.size * 4:
        return False
    known = {post.order for post in posts}
    return not any(kid.run > 2 * MIN_POST for kid in element.elements() if kid.order not in known)


def _posts(element: Element) -> list[Element]:
    """The children of the make that most of the text is in."""
    makes: dict[tuple[str, str], list[Element]] = {}
    for kid in element.elements():
        if kid.tag in _POSTS and kid.size >= MIN_POST:
            makes.setdefault((kid.tag, kid.get("class")), []).append(kid)
    return max(makes.values(), key=lambda kids: sum(kid.size for kid in kids), default=[])


def _is_thread(posts: Sequence[Element]) -> bool:
    told = [texts for post in posts[:SAMPLE] if (texts := _texts(post))]
    least = MOST * len(posts[:SAMPLE])
    if len(told) < least:
        return False
    names = {texts[0] for texts in told if len(texts[0]) <= MAX_NAME and not _TIMED.search(texts[0])}
    timed = sum(any(len(text) <= MAX_NAME and _DIGITS.search(text) for text in texts[1:]) for texts in told)
    if timed < least or len(names) * 2 < len(told):
        return False
    labels = Counter(label for texts in told for label in {_DIGITS.sub("", text) for text in texts[1:]})
    return any(count >= least and 2 < len(label) <= MAX_NAME for label, count in labels.items())


def _texts(post: Element) -> list[str]:
    """The first texts of a branch as they stand between its tags; [] if it has a heading, a picture or a table."""
    found: list[str] = []
    stack: list[Element | str] = [post]
    while stack and len(found) < TEXTS:
        node = stack.pop()
        if isinstance(node, str):
            if text := node.strip():
                found.append(text[:200])
        elif node.tag in _HEADINGS:
            return []
        else:
            stack.extend(reversed(node.kids))
    return found if len(found) > 2 else []
