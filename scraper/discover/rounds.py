"""One look at one source.

    ask (conditionally) → judge the answer → harvest → further lists, in order and within limits → Round

The harvest is handed to `run`, which may do it in a process of its own; here nothing is parsed.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar, TypeVarTuple

from anyio import BrokenWorkerProcess

from scraper.discover.harvest import Document, Find, Harvest, harvest
from scraper.discover.listing import Link
from scraper.errors import Deferred, Failed, FetchError, UrlError
from scraper.model import Outlet, Page, Request, RequestKind, Round, Source, SourceKind, SourceState
from scraper.urls import canonical

MOST_FOUND: Final = 100_000
MOST_SITEMAPS: Final = 50
MOST_DEPTH: Final = 3
MOST_PAGES: Final = 6
#: Sitemaps of an index that seem unchanged since the last look: only so many a round, all of them in turn.
STALE_A_ROUND: Final = 5

_MARGIN: Final = timedelta(days=2)
_KINDS: Final[dict[SourceKind, RequestKind]] = {"feed": "feed", "sitemap": "sitemap", "front": "front"}
_TRANSIENT: Final = frozenset({408, 421, 425, 429})
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Get = Callable[[Request], Awaitable[Page]]


class Run(Protocol):
    """Calls a pure, importable function somewhere, for instance in a process that may be killed."""

    async def __call__(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """What `func` returns or raises; TimeoutError, MemoryError or BrokenWorkerProcess if it was ended."""
        ...


async def _here(func: Callable[[*Ts], T], *args: *Ts) -> T:
    return func(*args)


async def discover(
    outlet: Outlet, source: Source, state: SourceState | None, get: Get, now: datetime, run: Run = _here
) -> Round:
    """Look once at `source`: what it announces that is the outlet's, each article once, the newest first.

    One conditional request, and more only for the sitemaps of an index (breadth first, the newest first, each once) and
    for the next pages of a feed. A list that cannot be had costs no other. The validators of an index are not kept: an
    index that has not changed says nothing about its sitemaps. What is missing from a source is not gone.

    Raises Failed when the source itself gave nothing usable (`http-404`, `not-a-feed`, `empty`, `too-heavy` …), and
    whatever `get` raises for it.
    """
    walk = _Walk(outlet, source, state, get, now, run)
    page = await get(walk.request())
    if page.status == 304 and state and (state.etag or state.last_modified):
        etag, modified = page.header("etag") or state.etag, page.header("last-modified") or state.last_modified
        return Round(source, unchanged=True, etag=etag, last_modified=modified)
    walk.seen |= {_plain(source.url), _plain(page.final_url)}
    first = await walk.read(page)
    walk.take(first)
    if first.children:
        await walk.down(first.children)
        return walk.round()
    await walk.along(first)
    return walk.round(page.header("etag"), page.header("last-modified"))


@dataclass(slots=True)
class _Walk:
    """One round while it goes on."""

    outlet: Outlet
    source: Source
    state: SourceState | None
    get: Get
    now: datetime
    run: Run
    seen: set[str] = field(default_factory=set)
    finds: dict[str, Find] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    capped: str | None = None
    doubt: str | None = None
    asked: int = 1
    trouble: FetchError | None = None

    @property
    def since(self) -> datetime | None:
        """What changed before is known from an earlier look."""
        return self.state.last_ok - _MARGIN if self.state and self.state.last_ok else None

    def request(self, url: str | None = None) -> Request:
        """The request for the source itself, with its validators, or for a further list at `url`, without."""
        kind, delay = _KINDS[self.source.kind], self.outlet.delay
        if url or not self.state:
            return Request(url or self.source.url, kind, delay=delay)
        return Request(self.source.url, kind, self.state.etag, self.state.last_modified, delay=delay)

    async def read(self, page: Page) -> Harvest:
        """What `page` gives. Raises Failed."""
        if not 200 <= page.status < 300:
            transient = page.status in _TRANSIENT or page.status >= 500
            raise Failed(page.url, f"http-{page.status}", page.reason, transient=transient)
        document = Document(self.source.kind, page.final_url, self.source.url, page.body, page.content_type)
        try:
            return await self.run(harvest, document, self.outlet, self.now)
        except (TimeoutError, MemoryError, BrokenWorkerProcess, pickle.UnpicklingError) as exc:
            raise Failed(page.url, "too-heavy", "could not be read within the limits of a reading process") from exc

    def take(self, found: Harvest) -> int:
        """Keep what `found` adds; how many articles that are."""
        before = len(self.finds)
        self.skipped.update(found.skipped)
        self.cap(found.capped)
        self.doubt = self.doubt or found.doubt
        for find in found.finds:
            if find.key in self.finds:
                self.skipped["duplicate"] += 1
            elif len(self.finds) < MOST_FOUND:
                self.finds[find.key] = find
            else:
                self.cap("items")
        return len(self.finds) - before

    def cap(self, limit: str | None) -> None:
        """Remember the first limit that was met."""
        self.capped = self.capped or limit

    async def further(self, url: str) -> Harvest | None:
        """The list at `url`; None if it was seen before or cannot be had. Raises Deferred: the host wants to rest."""
        if _plain(url) in self.seen:
            return None
        self.seen.add(_plain(url))
        self.asked += 1
        try:
            page = await self.get(self.request(url))
            self.seen.add(_plain(page.final_url))
            return await self.read(page)
        except Deferred:
            raise
        except FetchError as error:
            self.skipped[error.reason] += 1
            self.trouble = error
            return None

    async def down(self, children: tuple[Link, ...]) -> None:
        """All sitemaps below an index, level by level, until a limit is met."""
        level, depth = children, 2
        while level and depth <= MOST_DEPTH and self.capped != "deferred":
            level, depth = await self.across(level), depth + 1
        if level and depth > MOST_DEPTH:
            self.cap("depth")

    async def across(self, level: tuple[Link, ...]) -> tuple[Link, ...]:
        """One level of sitemaps; the sitemaps that they name."""
        below: list[Link] = []
        for child in self.in_turn(level):
            if self.asked >= MOST_SITEMAPS or len(self.finds) >= MOST_FOUND:
                self.cap("sitemaps" if self.asked >= MOST_SITEMAPS else "items")
                return ()
            try:
                found = await self.further(child.url)
            except Deferred as error:
                return self.rest(error)
            if found:
                self.take(found)
                below += found.children
        return tuple(below)

    def rest(self, error: Deferred) -> tuple[Link, ...]:
        """Stop at a host that wants to be left alone, with what is there. Raises `error` if that is nothing."""
        if not self.finds:
            raise error
        self.cap("deferred")
        return ()

    def in_turn(self, level: Iterable[Link]) -> list[Link]:
        """The order in which a level is read: newest first, then a few of those that seem unchanged, in rotation."""
        fresh: list[Link] = []
        stale: list[Link] = []
        for child in sorted(_once(level), key=_newness, reverse=True):
            at = _recency(child)
            (stale if self.since and at and at < self.since else fresh).append(child)
        start = int(self.now.timestamp() // 3600) * STALE_A_ROUND % max(len(stale), 1)
        turn = (stale[start:] + stale[:start])[:STALE_A_ROUND]
        if len(stale) > len(turn):
            self.skipped["stale-sitemap"] += len(stale) - len(turn)
        return fresh + turn

    async def along(self, found: Harvest) -> None:
        """The next pages of a feed (RFC 5005), while they may hold what an earlier look has not shown."""
        while found.next and self.may_have_missed(found):
            if self.asked >= MOST_PAGES:
                self.cap("pages")
                return
            try:
                page = await self.further(found.next)
            except Deferred as error:
                self.rest(error)
                return
            if not page or not self.take(page):
                return
            found = page

    def may_have_missed(self, found: Harvest) -> bool:
        """Whether the oldest item of a page is newer than the last look."""
        dates = [find.at for find in found.finds if find.at]
        return not self.since or (bool(dates) and min(dates) > self.since)

    def round(self, etag: str | None = None, last_modified: str | None = None) -> Round:
        """What came of it. Raises the last trouble if there was nothing but trouble."""
        if self.trouble and not self.finds:
            raise self.trouble
        newest = sorted(self.finds.values(), key=lambda find: find.at or _LONG_AGO, reverse=True)
        return Round(
            self.source,
            tuple(find.sighting for find in newest),
            dict(self.skipped),
            self.capped,
            doubt=self.doubt,
            etag=etag,
            last_modified=last_modified,
        )


# ------------------------------------------------------------------------------------------------ the order of sitemaps

_NUMBERS = re.compile(r"(\d{1,18})")
# Year, month and day with something between them, or without anything and then in two digits each.
_PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:(?:[-_/]|&\w{1,5}=)(1[0-2]|0?[1-9])(?!\d)"
    r"(?:(?:[-_/]|&\w{1,5}=)(3[01]|[12]\d|0?[1-9])(?!\d))?)?"
    r"|(?<!\d)((?:19|20)\d\d)(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9])?(?!\d)"
)


def _plain(url: str) -> str:
    try:
        return canonical(url)
    except UrlError:
        return url


def _once(level: Iterable[Link]) -> list[Link]:
    return list({_plain(child.url): child for child in level}.values())


def _newness(child: Link) -> tuple[datetime, list[str | int]]:
    """By date, then by name, where 10 comes after 9."""
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in _NUMBERS.split(child.url)]
    return _recency(child) or _LONG_AGO, parts


def _recency(child: Link) -> datetime | None:
    """When a sitemap changed last: its lastmod, or the end of the period in its name (`2024-6.xml`)."""
    return child.touched or _period(child.url)


def _period(url: str) -> datetime | None:
    match = _PERIOD.search(url.partition("://")[2].partition("/")[2])
    if not match:
        return None
    year, month, day = match.groups()[:3] if match[1] else match.groups()[3:]
    try:
        first = datetime(int(year), int(month or 12), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    # One day, or to the end of the month (of the year): a day too many does no harm.
    return first + timedelta(days=1 if day else 31)
