"""Where an outlet announces its articles, as its home page and robots.txt say."""

from __future__ import annotations

from datetime import timedelta

from scraper.discover import find_sources, robots_sitemaps
from scraper.discover.sources import MOST_SITEMAPS
from scraper.model import Source

HOME = "https://www.example.com/"
PAGE = b"""<html><head>
<link rel="alternate" type="application/rss+xml" title="Example" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="Example" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="Example comments feed" href="/comments/feed/">
<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="https://feeds.example.com/atom">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" hreflang="de" href="/de/"><link rel="alternate" type="application/rss+xml" href="javascript:x">
<link rel="alternate" type="application/rss+xml" href="https://other.example/feed">
<link rel="sitemap" href="/sitemap.xml"><link rel="stylesheet" href="/feed.css"></head><body>Hello</body></html>"""
ROBOTS = b"""\xef\xbb\xbfSitemap: https://www.example.com/news-sitemap.xml\r
User-agent: *
Disallow: /x
  sitemap:/sitemap.xml
Sitemap: file:///etc/passwd
Sitemap: http://127.0.0.1:9/x
Sitemap: https://other.example/sitemap.xml
"""


def test_feeds_and_sitemaps_of_a_home_page() -> None:
    """Feeds first, each once, none of comments, of other sites or without an address."""
    sources = find_sources(PAGE, HOME, robots=ROBOTS)
    assert [(source.kind, source.url) for source in sources] == [
        ("feed", "https://www.example.com/feed/"),
        ("feed", "https://feeds.example.com/atom"),
        ("feed", "https://www.example.com/feed.json"),
        ("sitemap", "https://www.example.com/sitemap.xml"),
        ("sitemap", "https://www.example.com/news-sitemap.xml"),
    ]


def test_every_source_has_a_rhythm() -> None:
    """What is found can be written into an outlet file as it is."""
    assert all(source.every and source.cron is None for source in find_sources(PAGE, HOME))


def test_a_page_that_names_nothing_is_its_own_source() -> None:
    """Its links are all there is."""
    assert find_sources(b"<p>Hello", HOME) == (Source("front", HOME, every=timedelta(minutes=30)),)


def test_sitemap_lines_are_read_wherever_they_stand() -> None:
    """Behind a byte order mark, indented, relative; those of other sites and schemes are left out."""
    assert robots_sitemaps(ROBOTS, f"{HOME}robots.txt") == (
        "https://www.example.com/news-sitemap.xml",
        "https://www.example.com/sitemap.xml",
    )


def test_five_thousand_sitemap_lines_are_bounded() -> None:
    """Only so many are taken."""
    lines = "\n".join(f"Sitemap: https://www.example.com/{n}.xml" for n in range(5000))
    assert len(robots_sitemaps(lines.encode(), HOME)) == MOST_SITEMAPS
