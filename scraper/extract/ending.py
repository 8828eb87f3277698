"""Whether a page ends in the middle: the answer came whole, and what wrote it had stopped."""

from __future__ import annotations

import re

_TAIL = 2000  # characters; after the end come comments and counters, not more
_BOXES = re.compile(r"<(/?)(?:article|main|section|div)(?=[\s>])", re.IGNORECASE)


def is_unfinished(html: str) -> bool:
    """Whether boxes that have to be closed are open where `html` ends, and neither its body nor itself is closed.

    Authors may leave out the ends of body and page, and minifiers do; those of boxes they may not.

    >>> is_unfinished("<body><div><p>One. <p>Tw"), is_unfinished("<body><div><p>One.</div>")
    (True, False)
    """
    if "</body" in (tail := html[-_TAIL:].lower()) or "</html" in tail:
        return False
    closed = [bool(found[1]) for found in _BOXES.finditer(html)]
    return 2 * sum(closed) < len(closed) and "</body" not in html.lower()
