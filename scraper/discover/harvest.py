"""One document of a source → what may be taken from it. Pure, and picklable to run in a process that may be killed.

bytes → parser of its kind → links → admitted, each article once
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from scraper.discover.admit import refusal
from scraper.discover.listing import Link, Listing
from scraper.errors import UrlError
from scraper.model import Outlet, Sighting, SourceKind
from scraper.urls import belongs, identity, origin

# Dates before the web are defaults of broken clocks; a little ahead are clocks and zones that are wrong.
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=1)
# So many articles are not changed within so few minutes, unless by a machine.
_MANY: Final = 10
_JUST_NOW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as received: `url` is where it came from in the end, `source` the source it was found through."""

    kind: SourceKind
    url: str
    source: str
    body: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Find:
    """A sighting with the key of its article, and the date that says how new it is."""

    key: str
    sighting: Sighting
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one document gave. `children` and `next` are lists that may be asked for; the rest as in `Round`."""

    finds: tuple[Find, ...] = ()
    children: tuple[Link, ...] = ()
    next: str | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    capped: str | None = None
    doubt: str | None = None


def harvest(document: Document, outlet: Outlet, now: datetime) -> Harvest:
    """Read `document` and keep what is the outlet's: articles, each once, and further lists. Raises Failed."""
    listing = _parser(document.kind)(document.body, document.url, document.content_type)
    skipped = Counter({"bad-url": listing.bad, "unlikely": listing.unlikely})
    links, doubt = _believed(listing.links, now)
    finds: dict[str, Find] = {}
    for link in links:
        reason = refusal(outlet, link.url)
        key = "" if reason else identity(link.url, outlet)
        if key in finds:
            reason = "duplicate"
        if reason:
            skipped[reason] += 1
        else:
            finds[key] = _find(key, link, document.source, now)
    children = tuple(_dated(child, now) for child in listing.children if _own(child.url, document.url, outlet))
    skipped["foreign-host"] += len(listing.children) - len(children)
    following = listing.next if listing.next and _own(listing.next, document.url, outlet) else None
    return Harvest(tuple(finds.values()), children, following, dict(+skipped), listing.capped, doubt)


def _believed(links: tuple[Link, ...], now: datetime) -> tuple[tuple[Link, ...], str | None]:
    """`links` without dates that say nothing, and what is said of them: a machine that dates all that it lists by the
    moment in which it was asked says nothing about any of it."""
    touched, published = (_says_now(dates, now) for dates in ([x.touched for x in links], [x.published for x in links]))
    if not (touched or published):
        return links, None
    said = [Link(x.url, x.title, None if published else x.published, None if touched else x.touched) for x in links]
    return tuple(said), "every date is that of the look"


def _says_now(dates: list[datetime | None], now: datetime) -> bool:
    told = [at for at in dates if at]
    return len(told) >= _MANY and all(abs(at - now) <= _JUST_NOW for at in told)


def _parser(kind: SourceKind) -> Callable[[bytes, str, str | None], Listing]:
    # Parsers are loaded in the process that parses, and there only those that are needed.
    match kind:
        case "feed":
            from scraper.discover.feeds import parse  # noqa: PLC0415 - as said above
        case "sitemap":
            from scraper.discover.sitemaps import parse  # noqa: PLC0415 - as said above
        case "front":
            from scraper.discover.fronts import parse  # noqa: PLC0415 - as said above
    return parse


def _find(key: str, link: Link, source: str, now: datetime) -> Find:
    published = _plausible(link.published, now)
    return Find(key, Sighting(link.url, source, link.title, published), published or _plausible(link.touched, now))


def _dated(link: Link, now: datetime) -> Link:
    return Link(link.url, touched=_plausible(link.touched, now))


def _plausible(at: datetime | None, now: datetime) -> datetime | None:
    return at if at and _EARLIEST <= at <= now + _AHEAD else None


def _own(url: str, found_at: str, outlet: Outlet) -> bool:
    """Whether a further list may be asked for: on the outlet's hosts, or where the list that names it lies."""
    try:
        return belongs(url, outlet) or origin(url).partition(":")[2] == origin(found_at).partition(":")[2]
    except UrlError:
        return False
