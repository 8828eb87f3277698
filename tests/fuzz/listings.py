"""What announces articles: feeds, sitemaps, front pages, robots.txt."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC

from scraper import urls
from scraper.discover import feeds, fronts, sitemaps
from scraper.discover.listing import Link, Listing
from scraper.errors import Failed
from scraper.fetch import robots
from scraper.fetch.policy import FetchPolicy
from scraper.text import clean
from tests.fuzz.taker import Taker, said

HOME = "https://example.com/news/"
TYPES = (None, "text/xml", "text/xml; charset=utf-8", "application/json; charset=windows-1251", "text/html")
POLICY = FetchPolicy()
Parse = Callable[[bytes, str, str | None], Listing]


def check_feed(data: bytes) -> None:
    """A feed of any bytes is a listing within its bounds, or Failed with a reason."""
    _check_listing(feeds.parse, data, feeds.MOST_ITEMS)


def check_sitemap(data: bytes) -> None:
    """A sitemap, gzipped or not, of any bytes is a listing within its bounds, or Failed with a reason."""
    _check_listing(sitemaps.parse, data, sitemaps.MOST_LINKS)


def check_front(data: bytes) -> None:
    """A front page of any bytes is a listing within its bounds, or Failed with a reason."""
    _check_listing(fronts.parse, data, fronts.MOST_LINKS)


def _check_listing(parse: Parse, data: bytes, most: int) -> None:
    take = Taker(data)
    declared, body = take.pick(TYPES), take.rest()
    try:
        found = parse(body, HOME, declared)
    except Failed as error:
        said(error.reason)
        return
    assert len(found.links) <= most
    assert found.bad >= 0
    for link in (*found.links, *found.children):
        _check_link(link)
    if found.next:
        assert urls.parse(found.next) == found.next


def _check_link(link: Link) -> None:
    assert urls.parse(link.url) == link.url
    if link.title is not None:
        assert link.title
        assert clean(link.title) == link.title
        assert len(link.title) <= 500
    for at in (link.published, link.touched):
        assert at is None or at.tzinfo is UTC


def check_robots(data: bytes) -> None:
    """Any bytes are rules: a delay within bounds, sitemaps that are addresses, an answer for every address."""
    rules = robots.read(data, POLICY)
    assert math.isfinite(rules.delay)
    assert 0 <= rules.delay <= POLICY.max_crawl_delay.total_seconds()
    assert len(rules.sitemaps) <= robots.MOST_SITEMAPS
    for path in ("", "a/b.html?x=%2F", "%C3%A9/$", "*" * 40):
        assert rules.allows(f"https://example.com/{path}") in {True, False}
