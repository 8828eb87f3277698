"""Front and section pages: which of their links look like articles. A door to selectolax.

    page → anchors with their surroundings → weighed → links

For outlets that announce nothing better. Only the page itself is read, no link on it is followed: a page that invents
links without end is a page with `MOST_LINKS` links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.charset import decode
from scraper.discover.listing import Link, Listing, address, headline
from scraper.discover.markup import LARGEST
from scraper.errors import Failed
from scraper.urls import canonical

MOST_LINKS: Final = 300
MOST_ANCHORS: Final = 5000
LIKELY: Final = 3

_CLIMB: Final = 12
_PLACES: Final = frozenset({"article", "main", "h1", "h2", "h3", "h4", "nav", "footer", "aside", "form"})
_DATE = re.compile(r"[/_-](?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?\d{1,2})?(?=[/-]|$)")
_NUMBER = re.compile(r"(?:^|[-_/.,])[a-z]?\d{5,}(?:\.\w+)?/?$")
_PAGE = re.compile(r"\.(?:s?html?|ece|php|aspx?)$")
_PAGING = re.compile(r"/page/\d+/?$|[?&]page=\d+")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Segments behind which outlets keep lists, people and services. Single words of path, never parts of a slug.
_LISTS: Final = frozenset({
    "about", "about-us", "account", "advertise", "advertising", "all-about", "amp", "apps", "archive", "archives",
    "author", "authors", "autor", "careers", "cart", "categories", "category", "cdn-cgi", "checkout", "contact",
    "contact-us", "contacts", "contributor", "contributors", "cookie-policy", "cookies", "copyright", "corrections",
    "donate", "donation", "donations", "events", "faq", "feed", "feeds", "help", "impressum", "imprint", "jobs",
    "keyword", "kontakt", "legal", "login", "logout", "membership", "memberships", "newsletter", "newsletters",
    "page", "people", "plus", "preferences", "press", "privacy", "privacy-policy", "profile", "redaktion", "register",
    "registration", "rss", "search", "section", "sections", "series", "service", "shop", "sign-in", "sign-up",
    "signin", "signup", "sitemap", "staff", "store", "subscribe", "subscription", "subscriptions", "support", "tag",
    "tags", "team", "terms", "terms-of-use", "thema", "topic", "topics", "user", "users", "wp-admin", "wp-content",
    "wp-json", "wp-login.php",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link as it stands on a page: its canonical address, its words, and the elements it stands in."""

    url: str
    text: str | None = None
    places: frozenset[str] = frozenset()


def parse(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """The links of the page at `url` that look like articles, each once, in the order of the page. Pure.

    The title is the longest anchor text. Links to other hosts are weighed like all others: whose they are is not
    decided here. Raises Failed: `empty`, `not-a-page`, `too-large`.
    """
    links: dict[str, Link] = {}
    unlikely: set[str] = set()
    bad, capped = 0, None
    for anchor in _anchors(body, url, content_type):
        if anchor is None:
            bad += 1
        elif sum(weigh(anchor).values()) < LIKELY:
            unlikely.add(anchor.url)
        elif anchor.url in links or len(links) < MOST_LINKS:
            links[anchor.url] = _longer(links.get(anchor.url), anchor)
        else:
            capped = "items"
    return Listing(tuple(links.values()), bad=bad, unlikely=len(unlikely - links.keys()), capped=capped)


def _longer(known: Link | None, anchor: Anchor) -> Link:
    title = anchor.text
    if known and len(known.title or "") >= len(title or ""):
        title = known.title
    return Link(anchor.url, title)


def weigh(anchor: Anchor) -> Mapping[str, int]:
    """What speaks for and against `anchor` leading to an article, each reason with its weight. Pure.

    An article is likely from a sum of `LIKELY`.

    >>> weigh(Anchor("https://x.example/2024/06/12/peacekeepers-leave-karabakh-a85385", "Peacekeepers leave"))
    {'date in the path': 3, 'slug of several words': 3, 'number at the end': 2}
    """
    parts = urlsplit(anchor.url)
    path, last = parts.path.lower(), parts.path.rstrip("/").rpartition("/")[2].lower()
    words, named = len(_WORD.findall(unquote(last))), any(char.isdigit() for char in path + parts.query)
    said = len(_WORD.findall(anchor.text or ""))
    reasons = {
        "date in the path": 3 * bool(_DATE.search(path)),
        "slug of several words": 3 if words >= 4 else 2 if words == 3 else 0,
        "number at the end": 2 * bool(_NUMBER.search(path)),
        "number in the query": 2 * bool(re.search(r"(?:^|&)(?:p|id|article|news_?id)=\d+(?:&|$)", parts.query)),
        "ends like a page": bool(_PAGE.search(path)),
        "long text": 2 if said >= 5 else 0,
        "in a heading": 2 * bool(anchor.places & {"h1", "h2", "h3", "h4"}),
        "in an article element": 1 * ("article" in anchor.places),
        "in navigation": -2 * bool(anchor.places & {"nav", "footer", "form"}),
        "behind a list or service": -6 * any(segment in _LISTS for segment in [*path.split("/")[:-1], last]),
        "next page of a list": -6 * bool(_PAGING.search(anchor.url)),
        "a section's name": -2 * (words <= 1 and not named),
        "a filter": -2 * (parts.query.count("=") >= 2),
    }
    return {reason: int(weight) for reason, weight in reasons.items() if weight}


# ------------------------------------------------------------------------------------------------ the page


def tree_of(body: bytes, url: str, content_type: str | None) -> tuple[LexborHTMLParser, str]:
    """The page's tree, and the address its relative links start from. Raises Failed."""
    if not body.strip():
        raise Failed(url, "empty", "an answer without content")
    if len(body) > LARGEST:
        raise Failed(url, "too-large", f"more than {LARGEST} bytes")
    text = decode(body, content_type).text
    if "<" not in text:
        raise Failed(url, "not-a-page", f"begins with {text[:40]!r}")
    try:
        tree = LexborHTMLParser(text)
        base = tree.css_first("base[href]")
    except (SelectolaxError, ValueError, UnicodeError) as exc:
        raise Failed(url, "not-a-page", f"{type(exc).__name__} while it was read") from exc
    return tree, (address(url, base.attributes.get("href")) if base else None) or url


def _anchors(body: bytes, url: str, content_type: str | None) -> Iterator[Anchor | None]:
    """All links to other pages; None for one with a broken address."""
    tree, base = tree_of(body, url, content_type)
    here = canonical(url)
    for node in tree.css("a[href]")[:MOST_ANCHORS]:
        href = (node.attributes.get("href") or "").strip()
        if not href or href.startswith("#") or not _leads_to_a_page(href):
            continue
        found = address(base, href)
        plain = canonical(found) if found else None
        if plain != here:
            yield Anchor(plain, headline(_words(node)), _places(node)) if plain else None


def _leads_to_a_page(href: str) -> bool:
    scheme, colon, _ = href[:12].partition(":")
    return not colon or scheme.lower() in {"http", "https"} or not scheme.isalpha()


def _words(node: LexborNode) -> str:
    return node.text(separator=" ") or node.attributes.get("title") or node.attributes.get("aria-label") or ""


def _places(node: LexborNode) -> frozenset[str]:
    """The telling elements around `node`, a dozen levels up, and the headings in it."""
    found = {heading for heading in ("h1", "h2", "h3", "h4") if node.css_first(heading)}
    parent = node.parent
    for _ in range(_CLIMB):
        if parent is None:
            break
        if parent.tag in _PLACES:
            found.add(parent.tag)
        parent = parent.parent
    return frozenset(found)
