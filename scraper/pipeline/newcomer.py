"""An outlet that nobody has listed: what its home page leads to, each source tried once. Writes nothing.

    home page → what it says → its feeds → its news sitemaps → well-known addresses, if nothing worked → Newcomer

Whatever is asked for goes through the one gate, in the host's turn, and is little: a first look is no crawl.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urldefrag, urljoin

from anyio import BrokenWorkerProcess

from scraper import urls
from scraper.discover import COMMON, discover, homes
from scraper.errors import ExtractError, Failed, FetchError, Refused, UsageError
from scraper.model import Outlet, Page, Request, Sighting, Source, SourceKind
from scraper.pipeline.services import Services

MOST_FEEDS: Final = 8
MOST_SITEMAPS: Final = 4
MOST_NEWS: Final = 2  # news sitemaps, where a feed works already
MOST_LISTS: Final = 3  # that are asked for one source: an index and the newest below it
MOST_HOSTS: Final = 5
LONGEST: Final = 2000  # characters of an address in a file
OLD: Final = timedelta(days=60)

_EVERY: Final[Mapping[SourceKind, timedelta]] = {
    "feed": timedelta(minutes=10), "sitemap": timedelta(hours=1), "front": timedelta(minutes=30),
}  # fmt: skip
_WALLS: Final = frozenset({"challenge", "consent", "login"})
Sitemaps = Callable[[str], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Trial:
    """One source and what a look at it gave. `why` says why it is not taken; None if it is."""

    source: Source
    found: tuple[Sighting, ...] = ()
    why: str | None = None
    told: homes.Told = field(default_factory=homes.Told)

    @property
    def newest(self) -> datetime | None:
        """When the newest article was published, if the source says so."""
        return max((one.published for one in self.found if one.published), default=None)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An outlet as its pages describe it, with the sources that work. `trials` are all that were tried, `untried` those
    that a working feed makes needless; `offset` is that of all dates in its feed."""

    outlet: Outlet
    home: homes.Home
    trials: tuple[Trial, ...]
    untried: tuple[Source, ...] = ()
    offset: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: the home page, whether it is a source too, and whether an outlet that is listed already may
    be looked at again."""

    url: str
    front: bool = False
    again: bool = False


async def meet(services: Services, wish: Wish, sitemaps: Sitemaps, signs: Mapping[str, tuple[str, ...]]) -> Newcomer:
    """Look at a home page and at what it names. An outlet without sources is one whose pages name none that works.
    `sitemaps` gives those in the robots.txt that speaks for an address, `signs` are those of presets.

    Raises UsageError if the outlet is listed already, before it is asked anything if that can be known; Refused,
    Deferred or Failed about the home page: also `challenge`, `consent`, `login` if it is nothing else, and `http-…`.
    """
    _check_free(services, wish.url, wish)
    page = await services.fetcher.get(Request(wish.url, "front"))
    address = _plain(urls.canonical(page.final_url))
    _check_free(services, address, wish)
    home = await _described(services, page, await sitemaps(page.final_url), signs)
    name = urls.host(address).removeprefix("www.")
    # Articles may lie on hosts below the home's; which, the sources will tell.
    outlet = Outlet(name, home.name or name, address, language=home.language, preset=home.preset, hosts=(f"*.{name}",))
    walk = _Walk(services, outlet, page)
    named = [replace(one, url=_plain(one.url)) for one in home.named if len(one.url) <= LONGEST]
    await walk.feeds(named)
    await walk.sitemaps(named)
    await walk.guesses()
    if wish.front:
        await walk.look(Source("front", address, every=_EVERY["front"]))
    trials = tuple(_chosen(walk.trials, services.now()))
    tried = {trial.source.url for trial in trials}
    kept = [trial for trial in trials if not trial.why]
    languages = (trial.told.language for trial in kept)
    offsets = {trial.told.offset for trial in kept if trial.source.kind == "feed"}
    outlet = replace(
        outlet,
        language=outlet.language or next(filter(None, languages), None),
        hosts=_hosts(replace(outlet, hosts=()), [one for trial in kept for one in trial.found]),
        sources=tuple(trial.source for trial in kept),
    )
    untried = tuple(source for source in named if source.url not in tried)
    return Newcomer(outlet, home, trials, untried, offsets.pop() if len(offsets) == 1 else None)


def _check_free(services: Services, url: str, wish: Wish) -> None:
    known = services.outlets.for_url(url)
    if known and not (wish.again and known.id == urls.host(url).removeprefix("www.")):
        again = "" if wish.again else ", --force writes it anew"
        raise UsageError(f"{url} is a host of the outlet {known.id} already; `scraper outlets` lists them{again}")


def _plain(url: str) -> str:
    return urldefrag(url).url


async def _described(
    services: Services, page: Page, sitemaps: tuple[str, ...], signs: Mapping[str, tuple[str, ...]]
) -> homes.Home:
    """What the home page says. Raises Failed if what came is none."""
    if not 200 <= page.status < 300:
        kind = await _kind(services, page)
        raise Failed(page.final_url, kind if kind in _WALLS else f"http-{page.status}", page.reason)
    job = (page.body, page.final_url, page.content_type, sitemaps, dict(signs))
    try:
        home = await services.reader.run(homes.describe, *job)
    except (TimeoutError, MemoryError, BrokenWorkerProcess) as error:
        raise Failed(page.final_url, "too-heavy", "the page takes more than one page may") from error
    # A page that names its feeds is no wall, whatever else it says.
    if not any(source.kind == "feed" for source in home.named) and (kind := await _kind(services, page)) in _WALLS:
        raise Failed(page.final_url, kind)
    return home


async def _kind(services: Services, page: Page) -> str:
    try:
        article = await services.reader.read(page, None)
    except ExtractError as error:
        return error.reason
    return article.kind if article else ""


@dataclass(slots=True)
class _Walk:
    """The sources tried so far."""

    services: Services
    outlet: Outlet
    page: Page
    trials: list[Trial] = field(default_factory=list)

    def works(self, *kinds: SourceKind) -> bool:
        """Whether one of these kinds gave articles."""
        return any(trial.found for trial in self.trials if trial.source.kind in kinds)

    async def feeds(self, named: Iterable[Source]) -> None:
        """The feeds that the page names."""
        for source in [one for one in named if one.kind == "feed"][:MOST_FEEDS]:
            await self.look(source)

    async def sitemaps(self, named: Iterable[Source]) -> None:
        """The sitemaps that the page and robots.txt name; where feeds work, only those of news."""
        found = sorted((one for one in named if one.kind == "sitemap"), key=lambda one: not _is_of_news(one))
        if self.works("feed"):
            found = [one for one in found if _is_of_news(one)][:MOST_NEWS]
        for source in found[:MOST_SITEMAPS]:
            if self.works("sitemap") and not _is_of_news(source):
                return
            await self.look(source)

    async def guesses(self) -> None:
        """Addresses that widespread systems use, until one works: first of feeds, then of sitemaps."""
        for path in COMMON:
            kind: SourceKind = "sitemap" if "sitemap" in path else "feed"
            url = urljoin(self.outlet.home, path)
            if self.works("feed") or (kind == "sitemap" and self.works("sitemap")):
                return
            if url not in {trial.source.url for trial in self.trials}:
                await self.look(Source(kind, url, every=_EVERY[kind]))

    async def look(self, source: Source) -> None:
        """Try one source."""
        self.trials.append(await self._tried(source))

    async def _tried(self, source: Source) -> Trial:
        known = next((o for o in self.services.outlets.values() for s in o.sources if s.url == source.url), None)
        if known and known.id != self.outlet.id:
            return Trial(source, why=f"is a source of {known.id} already")
        asking = _Asking(self.services, self.page)
        try:
            now, run = self.services.now(), self.services.reader.run
            round_ = await discover(self.outlet, source, None, asking.get, now, run=run)
            found = tuple(one for one in round_.sightings if self._is_free(one))
            if not found:
                return Trial(source, why="announces no article")
            return Trial(source, found, told=await asking.told() if source.kind == "feed" else homes.Told())
        except FetchError as error:
            return Trial(source, why=error.said)

    def _is_free(self, seen: Sighting) -> bool:
        owner = self.services.outlets.for_url(seen.url)
        return owner is None or owner.id == self.outlet.id


@dataclass(slots=True)
class _Asking:
    """The gate for one source, which opens a few times only."""

    services: Services
    page: Page
    pages: list[Page] = field(default_factory=list)

    async def get(self, request: Request) -> Page:
        """As `Fetcher.get`; the home page is there already. Raises Refused after `MOST_LISTS`."""
        if request.kind == "front":
            return self.page
        if len(self.pages) >= MOST_LISTS:
            raise Refused(request.url, "enough", "a first look asks for few lists")
        page = await self.services.fetcher.get(request)
        self.pages.append(page)
        return page

    async def told(self) -> homes.Told:
        """What the feed says of itself."""
        page = self.pages[0]
        try:
            return await self.services.reader.run(homes.told, page.body, page.final_url, page.content_type)
        except (TimeoutError, MemoryError, BrokenWorkerProcess):
            return homes.Told()


def _is_of_news(source: Source) -> bool:
    return "news" in source.url.partition("://")[2].partition("/")[2].lower()


def _chosen(trials: Iterable[Trial], now: datetime) -> Iterator[Trial]:
    """`trials`, with the reason in those that are not worth a look every hour."""
    working = [trial for trial in trials if trial.found]
    fresh = [trial for trial in working if trial.newest is None or now - trial.newest <= OLD]
    first: dict[frozenset[str], str] = {}
    for trial in trials:
        seen = frozenset(urls.identity(one.url) for one in trial.found)
        same = next((url for known, url in first.items() if seen <= known), None) if seen else None
        if trial.found and fresh and trial not in fresh:
            yield replace(trial, why=f"its newest article is of {trial.newest:%Y-%m-%d}")
        elif same:
            yield replace(trial, why=f"announces what {same} does")
        else:
            if seen:
                first[seen] = trial.source.url
            yield trial


def _hosts(outlet: Outlet, found: Iterable[Sighting]) -> tuple[str, ...]:
    """The hosts below the home's on which articles lie, the most used first."""
    names = Counter(urls.host(one.url) for one in found if not urls.belongs(one.url, outlet))
    return tuple(name for name, _ in names.most_common()) if len(names) <= MOST_HOSTS else (f"*.{outlet.id}",)
