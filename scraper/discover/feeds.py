"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed. The door to fastfeedparser and feedparser.

    bytes → text → tamed XML, cut after the last item that is wanted → items → links

fastfeedparser is quick and reads nearly everything; feedparser reads the rest: feeds with `xml:base`, feeds the other
one gives up on or loses an item of. Both are given bytes they cannot take for an address or a file name: either would
open it. An item is never identified by its guid: some feeds repeat one, some change it at every fetch, and nobody
keeps a feed from using another outlet's.

RFC 4287 (Atom), RFC 5005 (paging), RSS 2.0 (rssboard.org/rss-specification), JSON Feed 1.1 (jsonfeed.org).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import fastfeedparser
import feedparser
from lxml import etree

from scraper.discover.listing import Link, Listing, address, headline, instant
from scraper.discover.markup import tame, text_of, unpack
from scraper.errors import Failed

MOST_ITEMS: Final = 500

_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(rss|feed|rdf|html|head|body)[\s>/]", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)[\s>]")
_DATE = re.compile(r"(<(?:[a-z]{1,10}:)?(?:pubDate|date|published|updated|issued|modified|created)>)([^<]*)(?=</)")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_BASE = re.compile(r"\sxml:base\s*=")
# Neither library promises which errors it raises, and both have raised all of these on some feed.
_TROUBLE: Final = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError, SyntaxError)


def parse(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the feed at `url` lists, in its own order, at most `MOST_ITEMS` links. Pure.

    A valid feed without items is an empty listing. An item without a usable address is counted as bad and costs no
    other. `published` is the item's date, for Atom without one its `updated`; relative addresses are resolved against
    `xml:base` or `url`. Raises Failed: `empty`, `not-a-feed`, `broken-feed`, `entities`, `too-large` and others of
    `markup`.
    """
    text = text_of(unpack(body, url)[0], content_type, url)
    if text.startswith("{"):
        return _json(text, url)
    text = tame(text, url)
    root = _ROOT.search(text, 0, 1 << 16)
    if not root or root[1].lower() not in {"rss", "feed", "rdf"}:
        raise Failed(url, "not-a-feed", f"begins with {text[:40]!r}")
    # What follows the last tag of a document that was cut off is a piece of something, such as of an address.
    text, capped = _cut(text[root.start() : text.rfind(">") + 1])
    # Without items there is nothing to read, and deep nesting keeps the libraries busy for seconds.
    text = _DATE.sub(_plain_date, text)
    found = _read(text.encode(), url) if _ITEM.search(text) else Listing()
    if not found.links and not capped and not _well_formed(text):
        raise Failed(url, "broken-feed", "is not well-formed, and holds no item that could be read")
    return Listing(found.links[:MOST_ITEMS], next=found.next, bad=found.bad, capped="items" if capped else None)


def _cut(text: str) -> tuple[str, bool]:
    """`text` up to the last item that is wanted: the libraries would read a hundred thousand."""
    for count, match in enumerate(_ITEM.finditer(text)):
        if count == MOST_ITEMS:
            return text[: match.start()], True
    return text, False


def _plain_date(match: re.Match[str]) -> str:
    # fastfeedparser would spend milliseconds on each other text, and read a clock for "yesterday".
    return match[0] if len(match[2]) <= 64 and _YEAR.search(match[2]) else match[1]


def _well_formed(text: str) -> bool:
    try:
        etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return False
    return True


# ------------------------------------------------------------------------------------------------ XML


def _read(data: bytes, url: str) -> Listing:
    quick = None if _BASE.search(data.decode()) else _quick(data, url)
    if quick and quick.links and not quick.bad:
        return quick
    thorough = _thorough(data, url)
    return thorough if not quick or len(thorough.links) > len(quick.links) else quick


def _quick(data: bytes, url: str) -> Listing | None:
    try:
        feed = fastfeedparser.parse(data, include_content=False, include_tags=False, include_media=False)
    except _TROUBLE:
        return None
    links = [
        _link(entry, _alternate(entry) or entry.get("link"), url, entry.get("published"), entry.get("updated"))
        for entry in feed["entries"]
    ]
    return _listing(links, _next(feed.get("feed"), url))


def _thorough(data: bytes, url: str) -> Listing:
    # It is not told the feed's address: it would make one of every guid.
    headers = {"content-type": "application/xml; charset=utf-8"}
    # What is said of HTML concerns summaries, which nobody reads here; links are resolved in any case.
    plain = {"sanitize_html": False, "resolve_relative_uris": False}
    try:
        feed = feedparser.parse(io.BytesIO(data), response_headers=headers, **plain)
        links = [_thorough_link(entry, url) for entry in feed["entries"]]
    except _TROUBLE as exc:
        raise Failed(url, "broken-feed", f"{type(exc).__name__} while it was read") from exc
    return _listing(links, _next(feed.get("feed"), url))


def _thorough_link(entry: Mapping[str, Any], url: str) -> Link | None:
    # Asked for a key that is not there, feedparser would warn and answer with another one.
    touched = entry["updated"] if "updated" in tuple(entry.keys()) else None
    # Its `link` may be a guid; a real one is among `links`.
    return _link(entry, _alternate(entry), url, entry.get("published") or touched, touched)


def _link(entry: Mapping[str, Any], link: object, url: str, published: object, touched: object) -> Link | None:
    """The item's link, or its id where that is an address; None if neither can be used."""
    found = address(url, link) or _absolute(entry.get("id"), url)
    if not found:
        return None
    return Link(found, headline(entry.get("title")), instant(published), instant(touched))


def _alternate(entry: Mapping[str, Any]) -> object:
    """Of several Atom links the one to the page itself: fastfeedparser would take the first, whatever it leads to."""
    own = [link for link in entry.get("links") or () if (link.get("rel") or "alternate") == "alternate"]
    pages = [link for link in own if "html" in (link.get("type") or "html")]
    return next((link.get("href") for link in pages or own), None)


def _absolute(name: object, url: str) -> str | None:
    # Only an id that says it is one: `urn:uuid:…` or `12345` must not be resolved against the feed.
    return address(url, name) if isinstance(name, str) and name.lower().startswith(("http://", "https://")) else None


def _next(feed: Any, url: str) -> str | None:
    links = feed.get("links") if isinstance(feed, Mapping) else None
    found = (address(url, link.get("href")) for link in links or () if link.get("rel") == "next")
    return next(filter(None, found), None)


def _listing(links: list[Link | None], following: str | None) -> Listing:
    good = tuple(filter(None, links))
    return Listing(good, next=following, bad=len(links) - len(good))


# ------------------------------------------------------------------------------------------------ JSON


def _json(text: str, url: str) -> Listing:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise Failed(url, "broken-feed", "is JSON that cannot be read") from exc
    items = feed.get("items")
    version = feed.get("version")
    if not isinstance(items, list) or not (isinstance(version, str) or items):
        raise Failed(url, "not-a-feed", "is JSON without a list of items")
    links = [_json_link(item, url) for item in items[:MOST_ITEMS]]
    found = _listing(links, address(url, feed.get("next_url")))
    return Listing(found.links, next=found.next, bad=found.bad, capped="items" if len(items) > MOST_ITEMS else None)


def _json_link(item: object, url: str) -> Link | None:
    if not isinstance(item, dict):
        return None
    found = address(url, item.get("url")) or _absolute(item.get("id"), url)
    if not found:
        return None
    changed = instant(item.get("date_modified"))
    return Link(found, headline(item.get("title")), instant(item.get("date_published")), changed)
