"""Whether a page ends in the middle: the answer came whole, and what wrote it had stopped."""

from __future__ import annotations

import re

_TAIL = 2000  # characters; after the end come comments and counters, not more
# What holds all that follows until it is closed: none of it is markup, and none of it is read.
_SWALLOWS = re.compile(r"<(?:!--|(?:script|style|textarea|title|xmp|iframe)(?=[\s/>]))")
_SLIGHT = 80  # characters that are nothing of an article
_BOXES = re.compile(r"<(/?)(?:article|main|section|div)(?=[\s>])", re.IGNORECASE)


def is_unfinished(html: str) -> bool:
    """Whether boxes that have to be closed are open where `html` ends, and neither its body nor itself is closed; or
    whether a comment, a script or the like is open there, which has swallowed the rest of the page.

    Authors may leave out the ends of body and page, and minifiers do; those of boxes they may not.

    >>> is_unfinished("<body><div><p>One. <p>Tw"), is_unfinished("<body><div><p>One.</div>")
    (True, False)
    >>> is_unfinished("<body><p>One.<!-- " + "<p>Two." * 20 + "</body>")
    True
    """
    lowered = html.lower()
    if _swallowed(lowered):
        return True
    if "</body" in (tail := lowered[-_TAIL:]) or "</html" in tail:
        return False
    closed = [bool(found[1]) for found in _BOXES.finditer(html)]
    return 2 * sum(closed) < len(closed) and "</body" not in lowered


def _swallowed(html: str) -> bool:
    """Whether something that is no markup, and in the page's body, goes on to the end."""
    at, end = 0, len(html)
    while opened := _SWALLOWS.search(html, at):
        name = opened[0][1:]
        closed = html.find("-->" if name == "!--" else f"</{name}", opened.end() - (name == "!--") * 2)
        if closed < 0:
            return "</body" not in html[: opened.start()] and end - opened.end() > _SLIGHT
        at = closed + 3
    return False
