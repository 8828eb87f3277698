"""What a home page and a feed say of their outlet: its name, its language, the system it is made with, its sources.

    home page → tree → name, language, signs of a preset, feeds and sitemaps named
    feed      → text → language, and how far from UTC its dates are

For whoever writes an outlet's file. Both are claims of a page, and nothing here is filled in: what is not said is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.discover.fronts import tree_of
from scraper.discover.markup import text_of, unpack
from scraper.discover.sources import find_sources
from scraper.errors import Failed
from scraper.model import Source
from scraper.text import clean

LONGEST_NAME: Final = 120
#: So many dates with one offset are a habit.
ENOUGH_DATES: Final = 5

_NAMES: Final = (
    ("og:site_name", "meta[property='og:site_name'][content]"),
    ("application-name", "meta[name='application-name'][content]"),
    ("title", "head title"),
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
_SPOKEN = re.compile(r"<(?:dc:)?language>\s*(?:<!\[CDATA\[)?\s*([\w-]{2,20})|\bxml:lang=[\"']([\w-]{2,20})[\"']"
                     r"|\"language\"\s*:\s*\"([\w-]{2,20})\"")  # fmt: skip
_ITEM = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)[\s>]|\"items\"\s*:")
_DATED = re.compile(r"(?:<(?:[a-z]{1,10}:)?(?:pubDate|date|published)>|\"date_published\"\s*:\s*\")\s*([^<\"]{8,64})")
_OFFSET = re.compile(r"\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?\s?([+-]\d\d):?(\d\d)\s*$")
_FEED = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Home:
    """What a home page says. `named_by` tells which part of it gave the name; `preset` is the one whose signs it
    bears, `generator` what the page says itself that it is made with; `sources` are the feeds and sitemaps named, the
    page itself if there are none."""

    name: str | None
    named_by: str | None
    language: str | None
    preset: str | None
    sources: tuple[Source, ...]
    generator: str | None = None

    @property
    def named(self) -> tuple[Source, ...]:
        """The feeds and sitemaps."""
        return tuple(source for source in self.sources if source.kind != "front")


@dataclass(frozen=True, slots=True)
class Told:
    """What a feed says. `offset` is that of all its dates from UTC (`+03:00`), if they have one and it is not UTC."""

    language: str | None = None
    offset: str | None = None


def describe(
    page: bytes, url: str, content_type: str | None, sitemaps: tuple[str, ...], signs: Mapping[str, tuple[str, ...]]
) -> Home:
    """What the home page at `url` says; `sitemaps` are those of its robots.txt, and `signs` the selectors of which one
    on a page tells a preset. Pure. Raises Failed: `empty`, `not-a-page`, `too-large`."""
    tree, _ = tree_of(page, url, content_type)
    if _FEED.match(text_of(page.lstrip()[: 1 << 12], content_type, url)):
        raise Failed(url, "not-a-page", "is a feed; the address of the outlet's home page is wanted")
    lines = "\n".join(f"Sitemap: {one}" for one in sitemaps)
    name, named_by = next(_names(tree), (None, None))
    return Home(
        name,
        named_by,
        language=_spoken(tree),
        preset=next((name for name, selectors in signs.items() if _bears(tree, selectors)), None),
        generator=_generator(tree),
        sources=find_sources(page, url, content_type=content_type, robots=lines.encode("utf-8", "replace")),
    )


def _names(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """The names the page gives, the best first, each with what gave it."""
    for said_by, selector in _NAMES:
        node = tree.css_first(selector)
        said = (node.attributes.get("content") or node.text()) if node else ""
        # Cut before anything is computed: titles of megabytes exist.
        if name := clean(said[: LONGEST_NAME * 10])[:LONGEST_NAME].strip():
            yield name, said_by


def _generator(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("meta[name='generator' i][content]")
    said = (node.attributes.get("content") or "") if node else ""
    return clean(said[: LONGEST_NAME * 10])[:LONGEST_NAME].strip() or None


def _spoken(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("html[lang]")
    return language(node.attributes.get("lang") if node else None)


def language(said: str | None) -> str | None:
    """The language tag that `said` is, written as tags are; None if it is none.

    >>> language("EN_us"), language("x-default")
    ('en-US', None)
    """
    match = _LANGUAGE.fullmatch((said or "").strip()[:20])
    if not match:
        return None
    spoken, script, place = match.groups()
    return "-".join(filter(None, (spoken.lower(), script and script.title(), place and place.upper())))


def _bears(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> bool:
    try:
        return any(tree.css_first(selector) is not None for selector in selectors)
    except SelectolaxError:
        return False


def told(body: bytes, url: str, content_type: str | None) -> Told:
    """What the feed at `url` says beside its items. Pure; what cannot be read says nothing."""
    try:
        text = text_of(unpack(body, url)[0], content_type, url)
    except Failed:
        return Told()
    first = _ITEM.search(text)
    head = text[: min(first.start() if first else len(text), 1 << 16)]
    spoken = _SPOKEN.search(head)
    return Told(language(next(filter(None, spoken.groups()), None)) if spoken else None, _offset(text))


def _offset(text: str) -> str | None:
    """The one offset of all dates, if there are enough of them; UTC tells no zone."""
    dates = [_OFFSET.search(match[1]) for match in _DATED.finditer(text)]
    offsets = {f"{match[1]}:{match[2]}" if match else "" for match in dates}
    if len(dates) < ENOUGH_DATES or len(offsets) != 1:
        return None
    return next((one for one in offsets if one and one[1:] != "00:00"), None)
