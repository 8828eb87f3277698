"""Sitemaps: urlset, index, news sitemap, plain text, `Sitemap:` lines of robots.txt, and feeds used as sitemaps.

    bytes → unpack → tamed XML → parser that is fed and never closed → links

The parser is asked only for elements whose end was really there. Nobody tells it that the document is over, so it never
makes a whole address of one that was cut in the middle. sitemaps.org/protocol, and Google's news extension of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from scraper.discover import feeds
from scraper.discover.listing import Link, Listing, address, headline, instant
from scraper.discover.markup import tame, text_of, unpack
from scraper.errors import Failed

MOST_LINKS: Final = 50_000  # what the protocol allows a file
MOST_CHILDREN: Final = 50_000

_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(\w+)[\s>/]")
_LINE = re.compile(r"(?i)(?:(sitemap)\s*:\s*)?(https?://\S+)")
_STEP: Final = 1 << 16


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    links: list[Link] = field(default_factory=list)
    children: list[Link] = field(default_factory=list)
    bad: int = 0

    def add(self, link: Link | None, *, child: bool) -> None:
        if link:
            (self.children if child else self.links).append(link)
        else:
            self.bad += 1

    @property
    def full(self) -> bool:
        return len(self.links) >= MOST_LINKS or len(self.children) >= MOST_CHILDREN or self.bad >= MOST_LINKS

    def listing(self) -> Listing:
        capped = "items" if self.full else None
        return Listing(tuple(self.links), tuple(self.children), bad=self.bad, capped=capped)


def parse(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """What the sitemap at `url` lists, in its own order: links, and sitemaps if it is an index. Pure.

    `touched` is the lastmod, a hint and nothing more; `published` and `title` come from a news sitemap. At most
    `MOST_LINKS`. Raises Failed: `empty`, `not-a-sitemap`, `broken-sitemap`, `entities`, `too-large` and others of
    `markup`.
    """
    body, cut = unpack(body, url)
    text = text_of(body, content_type, url)
    if not text.startswith("<"):
        return _plain(text, url, cut=cut)
    text = tame(text, url)
    root = _ROOT.match(text)
    name = root[1].lower() if root else ""
    if name in {"rss", "feed", "rdf"}:
        return feeds.parse(text.encode(), url)
    if name not in {"urlset", "sitemapindex"}:
        raise Failed(url, "not-a-sitemap", f"begins with {text[:40]!r}")
    found, ended = _elements(text, url)
    if not (found.links or found.children or found.bad or ended):
        raise Failed(url, "broken-sitemap", "no entry could be read")
    return found.listing()


def _plain(text: str, url: str, *, cut: bool) -> Listing:
    """A text sitemap, one address a line, or the `Sitemap:` lines of a robots.txt."""
    found = _Found()
    lines = text.splitlines()
    for line in lines[:-1] if cut else lines:
        match = _LINE.fullmatch(line.strip("\ufeff \t"))
        if match:
            found.add(_linked(address(url, match[2])), child=bool(match[1]))
        elif line.strip():
            found.bad += 1
        if found.full:
            break
    if not found.links and not found.children and not text.lower().startswith(("user-agent", "sitemap", "#")):
        raise Failed(url, "not-a-sitemap", f"begins with {text[:40]!r}")
    return found.listing()


def _linked(found: str | None) -> Link | None:
    return Link(found) if found else None


# ------------------------------------------------------------------------------------------------ XML


def _elements(text: str, url: str) -> tuple[_Found, bool]:
    """All entries, and whether the root element ended."""
    found = _Found()
    parser = etree.XMLPullParser(
        events=("end",), tag=("{*}url", "{*}sitemap", "{*}urlset", "{*}sitemapindex"), recover=True,
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for at in range(0, len(text), _STEP):
        try:
            parser.feed(text[at : at + _STEP].encode())
        except etree.XMLSyntaxError as exc:
            if not (found.links or found.children):
                raise Failed(url, "broken-sitemap", str(exc)) from exc
            break
        for element in _ended(parser):
            name = _name(element)
            if name in {"urlset", "sitemapindex"}:
                return found, True
            found.add(_entry(element, url), child=name == "sitemap")
            _forget(element)
            if found.full:
                return found, True
    return found, False


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):
            yield element


def _forget(element: etree._Element) -> None:
    """Let go of what was read: half a million entries are not kept as a tree."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _entry(element: etree._Element, url: str) -> Link | None:
    fields = {_name(child): child for child in element}
    found = address(url, _text(fields.get("loc")))
    if not found:
        return None
    news = fields.get("news")
    told = {_name(child): _text(child) for child in news} if news is not None else {}
    return Link(
        found, headline(told.get("title")), instant(told.get("publication_date")), instant(_text(fields.get("lastmod")))
    )


def _name(element: etree._Element) -> str:
    # Comments and processing instructions, which are not kept, would have a function for a tag.
    return str(element.tag).rpartition("}")[2].lower()


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
