"""An outlet's file tried against its site: its sources, and what would be stored of its newest articles. Keeps nothing.

    source → discover → sightings → fetch → read → compare with nothing → Sample

What a visit would do as well, up to the point where it would write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from scraper import urls
from scraper.article import Article
from scraper.compare import compare
from scraper.discover import discover
from scraper.errors import ExtractError, FetchError
from scraper.model import Outlet, Request, Round, Sighting, Source
from scraper.pipeline import judge
from scraper.pipeline.services import Services

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tried:
    """One look at one source: what it announced, or why nothing came."""

    source: Source
    round: Round | None = None
    why: str | None = None

    @property
    def works(self) -> bool:
        """Whether it announces articles."""
        return bool(self.round and self.round.sightings)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one article's page gives. `why` says what keeps it from being stored; None if it would be."""

    url: str
    article: Article | None = None
    why: str | None = None


async def source(services: Services, outlet: Outlet, source: Source) -> Tried:
    """Look at `source` once, as if it had never been looked at. Raises nothing of the web."""
    try:
        found = await discover(outlet, source, None, services.fetcher.get, services.now(), run=services.reader.run)
    except FetchError as error:
        return Tried(source, why=error.said)
    return Tried(source, found, None if found.sightings else "announces no article")


def newest(tried: Iterable[Tried], most: int) -> list[str]:
    """The addresses of the newest articles announced, each once; those of a source without dates in its own order."""
    seen: dict[str, Sighting] = {}
    for one in tried:
        for sighting in one.round.sightings if one.round else ():
            seen.setdefault(urls.identity(sighting.url), sighting)
    found = sorted(seen.values(), key=lambda one: one.published or _LONG_AGO, reverse=True)
    return [urls.canonical(one.url) for one in found[:most]]


async def article(services: Services, outlet: Outlet, url: str) -> Sample:
    """Ask for the page at `url` and read it with the outlet's rules; of an article of several pages, this one."""
    try:
        page = await services.fetcher.get(Request(url, judge.kind_of(url), delay=outlet.delay))
        if page.status not in {200, 203}:
            return Sample(url, why=f"http-{page.status}")
        found = await services.reader.read(page, outlet)
    except (FetchError, ExtractError) as error:
        return Sample(url, why=error.said)
    if found is None:
        return Sample(url, why="empty")
    verdict = compare(None, found)
    return Sample(url, found, None if verdict.kind == "new" else verdict.reason)
