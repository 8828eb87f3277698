"""Where an article goes on, and where it began: the links of an outlet whose file has `[pages]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scraper import paging, urls
from scraper.extract.addresses import own_address
from scraper.extract.tree import Document
from scraper.model import Outlet

# A pager has a dozen links; a page that has more of them than this is no article.
MAX_LINKS: Final = 500


@dataclass(frozen=True, slots=True)
class Pager:
    """The addresses of the page after this one, and of page 1 if this is a later one."""

    next: str | None = None
    first: str | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What is known, for a fingerprint; nothing where there is but one page."""
        return tuple(f"{name}={url}" for name, url in (("next", self.next), ("first", self.first)) if url)


def read(doc: Document, outlet: Outlet | None) -> Pager:
    """What the links of `doc` say. Nothing of it is believed yet: whether a link leads to the same article is asked of
    the addresses of both pages, by who follows it."""
    if outlet is None or outlet.pages is None or not urls.belongs(doc.url, outlet):
        return Pager()
    return Pager(_next(doc, outlet), _first(doc, outlet))


def _next(doc: Document, outlet: Outlet) -> str | None:
    """The first link that is named as leading on; of an outlet that numbers its pages, one to a higher number."""
    selector, numbers = (outlet.pages.next, outlet.pages.number) if outlet.pages else (None, None)
    here = urls.numbered(doc.url, outlet)
    # A selector knows which link it is, so the second page may be number 1. Without one it is number 2.
    least = (here[1] if here else 0 if selector else 1) + 1
    found = _resolved(doc, selector or "a[href]", "" if selector else str(least))
    elsewhere = (url for url in found if paging.place(url) != paging.place(doc.url))
    if numbers is None:
        return next(elsewhere, None)
    most = (1 << 30) if selector else least
    return next((url for url in elsewhere if least <= _number(doc.url, url, outlet) <= most), None)


def _number(here: str, url: str, outlet: Outlet) -> int:
    """The number of the page at `url`; 0 if it is none of this article."""
    page = urls.numbered(url, outlet)
    return page[1] if page and urls.identity(url, outlet) == urls.identity(here, outlet) else 0


def _first(doc: Document, outlet: Outlet) -> str | None:
    """Where the article begins, if this page says so: by its number, its canonical link, or a link to the start."""
    page = urls.numbered(doc.url, outlet)
    if page and page[1] > 1:
        return page[0]
    told = (own_address(doc), *_resolved(doc, '[rel~="first"],[rel~="start"],[rel~="prev"]', ""))
    return next((url for url in told if paging.continues(url, doc.url, outlet)), None)


def _resolved(doc: Document, selector: str, digits: str) -> Iterator[str]:
    """Where the links lead that `selector` names and that have `digits` in their address."""
    for href in [href for href in doc.select_attribute(selector, "href") if digits in href][:MAX_LINKS]:
        if url := urls.resolve(doc.url, href):
            yield urls.canonical(url)
