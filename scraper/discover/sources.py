"""Where an outlet announces its articles, as far as its own pages say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from scraper.charset import decode
from scraper.discover.listing import address
from scraper.model import Source, SourceKind
from scraper.urls import canonical, same_site

MOST_SITEMAPS: Final = 50
MOST_FEEDS: Final = 20

#: Paths worth a try at an outlet whose pages name no source: what widespread systems use.
COMMON: Final = ("/feed/", "/rss/", "/rss.xml", "/atom.xml", "/feed.json", "/news-sitemap.xml", "/sitemap_index.xml",
                 "/sitemap.xml", "/wp-sitemap.xml")  # fmt: skip

_EVERY: Final[dict[SourceKind, timedelta]] = {
    "feed": timedelta(minutes=10),
    "sitemap": timedelta(hours=1),
    "front": timedelta(minutes=30),
}
_FEED_TYPES: Final = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/rss", "application/atom", "text/rss+xml",
})  # fmt: skip
_COMMENTS = re.compile(r"(?i)/comments?(?:/|$|\?)|[?&]comments?=|(?:^|\s)comments?\s+(?:feed|rss)")
_SITEMAP_LINE = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,8192})")


def find_sources(
    page: bytes, url: str, *, content_type: str | None = None, robots: bytes | None = None
) -> tuple[Source, ...]:
    """The feeds and sitemaps that a home page (and its site's robots.txt, if given) names, feeds first. Pure.

    Feeds of comments are left out, as is what lies on another site. If the page names nothing, the page itself is the
    one source that is left. Nothing is fetched: whether a source works, only a look at it tells. Raises Failed.
    """
    from scraper.discover.fronts import tree_of  # noqa: PLC0415 - a parser is loaded when there is a page to parse

    tree, base = tree_of(page, url, content_type)
    feeds, sitemaps = [], []
    for node in tree.css("link[rel][href]")[:1000]:
        told = {name: value or "" for name, value in node.attributes.items()}
        rel, found = told["rel"].lower().split(), address(base, told["href"])
        if not found or _COMMENTS.search(found) or _COMMENTS.search(told.get("title", "")):
            continue
        if "alternate" in rel and told.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES:
            feeds.append(found)
        elif "sitemap" in rel:
            sitemaps.append(found)
    sitemaps += robots_sitemaps(robots or b"", url)
    named = [*_own("feed", feeds, url, MOST_FEEDS), *_own("sitemap", sitemaps, url, MOST_SITEMAPS)]
    return tuple(named) or (Source("front", canonical(url), every=_EVERY["front"]),)


def robots_sitemaps(robots: bytes, url: str) -> tuple[str, ...]:
    """The `Sitemap:` lines of a robots.txt at `url`, each address once, at most `MOST_SITEMAPS` of the same site.

    They stand outside the groups of rules and concern everybody (sitemaps.org; RFC 9309, 2.2.4).
    """
    text = decode(robots[: 512 << 10], "text/plain; charset=utf-8").text
    found = (address(url, match[1]) for match in _SITEMAP_LINE.finditer(text))
    own = dict.fromkeys(link for link in found if link and same_site(link, url))
    return tuple(own)[:MOST_SITEMAPS]


def _own(kind: SourceKind, found: list[str], url: str, most: int) -> Iterator[Source]:
    own = dict.fromkeys(link for link in found if same_site(link, url))
    for link in tuple(own)[:most]:
        yield Source(kind, link, every=_EVERY[kind])
