"""What two addresses of one article may have in common when nothing proves that they are one article's.

    /2026/03/01/pier-vote  and  /2026/03/02/pier-vote     the path without its date
    /pier-vote-4711881     and  /pier-rebuilt-4711881     a long number
    a page at /b that calls itself /a                     what it claims

A hint is where to look, never a reason to believe: the texts decide. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from scraper import urls
from scraper.errors import UrlError

MOST: Final = 5  # claims of a page
_DATE = re.compile(r"/(?:19|20)\d\d(?:[/-]?\d{1,2}){1,2}(?=/)", re.ASCII)
# Shorter ones count sections, parts and years.
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{5,12}(?!\d)", re.ASCII)
_TELLING = re.compile(r"[^-/]+(?:-[^-/]+){2,}$")


def of(url: str) -> tuple[str, ...]:
    """The hints that an address gives; none if it is no address.

    >>> of("https://example.com/2026/03/01/old-pier-rebuilt")
    ('dateless example.com/old-pier-rebuilt',)
    """
    try:
        site, _, path = urls.identity(url).partition("/")
    except UrlError:
        return ()
    path = f"/{path}".partition("?")[0]
    bare, number = _DATE.sub("", path), _NUMBER.findall(path)
    found = [f"dateless {site}{bare}"] if bare != path and _TELLING.search(bare) else []
    return (*found, f"number {site} {number[-1]}") if number else tuple(found)


def claim(url: str) -> tuple[str, ...]:
    """The hint that somebody claims this address; none if it is no address."""
    try:
        return (f"claimed {urls.identity(url)}",)
    except UrlError:
        return ()


def claims(said: Iterable[str], found: str) -> tuple[str, ...]:
    """Of all that the page at `found` says it is, the addresses that are on its site and no forms of its own."""
    kept: dict[str, str] = {}
    for url in said:
        try:
            if urls.same_site(url, found) and urls.canonical(url).count("/") > 2:
                kept.setdefault(urls.identity(url), urls.canonical(url))
        except UrlError:
            continue
    kept.pop(urls.identity(found), None)
    return tuple(kept.values())[:MOST]
