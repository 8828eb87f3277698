"""Which links are an outlet's articles, as far as an address can tell."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from scraper.errors import UrlError
from scraper.model import Outlet
from scraper.urls import belongs, canonical

_FILE = re.compile(
    r"(?i)\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|webm|mov|avi|mkv|ogg|oga|ogv|wav|flac|aac|m3u8"
    r"|css|js|mjs|json|xml|rss|atom|gz|zip|rar|7z|tar|exe|dmg|apk|iso|woff2?|ttf|eot|docx?|xlsx?|pptx?|csv|epub|ics|txt)$"
)
_DEEPEST: Final = 15
_REPEATS: Final = 3


def refusal(outlet: Outlet, url: str) -> str | None:
    """Why `url` is not taken for an article of `outlet`, as a stable word; None if it is taken.

    `bad-url` no address; `foreign-host` not the outlet's own; `not-article-path` the front page, a media or other file,
    or a path that grows by repeating itself; `never` and `not-in-only` by the outlet's own patterns, searched in path
    and query of the canonical URL.
    """
    try:
        plain = canonical(url)
    except UrlError:
        return "bad-url"
    if not belongs(plain, outlet):
        return "foreign-host"
    # After the scheme, the first slash begins the path: canonical URLs always have one.
    target = plain[plain.index("/", 8) :]
    if any(re.search(pattern, target) for pattern in outlet.admit.never):
        return "never"
    if outlet.admit.only:
        return None if any(re.search(pattern, target) for pattern in outlet.admit.only) else "not-in-only"
    return None if _may_be_article(target) else "not-article-path"


def _may_be_article(target: str) -> bool:
    path, _, query = target.partition("?")
    if _FILE.search(path) or (path == "/" and not query):
        return False
    segments = [segment for segment in path.split("/") if segment]
    # A relative link on a page of its own folder makes a/a/a/… without end.
    return len(segments) <= _DEEPEST and max(Counter(segments).values(), default=0) < _REPEATS
