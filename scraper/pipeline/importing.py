"""Captures from WARC files, each visited as if it had been fetched on its day. Asks nobody anything.

    by date → known? → listed and admitted? → page → reads as an article? → received (capture → … → commit) → frontier

What comes next is read ahead, in as many processes as there are; what is decided and kept goes in the order of dates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar, TypeVarTuple

import anyio
from anyio.abc import ObjectSendStream

from scraper import cadence, urls
from scraper.article import Article
from scraper.compare import compare
from scraper.discover.admit import refusal
from scraper.errors import ArchiveDamaged, ExtractError, Failed, Refused, UrlError
from scraper.gather.holdings import Holdings
from scraper.gather.http import Unfit
from scraper.gather.shelf import Found
from scraper.interfaces import Reader
from scraper.model import Due, Entry, Hop, Origin, Outlet, Page, Request
from scraper.pipeline import attempts, judge
from scraper.pipeline.rows import replayed
from scraper.pipeline.services import Services
from scraper.pipeline.visiting import Outcome, received

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# Why a capture was left out because there was nothing to do, or because it comes with another.
KNOWN, LATER = "known", "later-page"
# A browser follows redirects at once; a crawler may come back to where one leads.
FOLLOWED: Final = timedelta(minutes=10)
HOPS: Final = 10
# Further pages of an article belong to the same round of a crawler.
BESIDE: Final = timedelta(days=1)
READ: Final = frozenset({200, 203})
_ROWS: Final = 5000


@dataclass(frozen=True, slots=True)
class Brought:
    """How one capture ended: an outcome, or the reason word for which it was left out."""

    found: Found
    outlet: str
    outcome: Outcome | None = None
    left: str | None = None


@dataclass(slots=True)
class _Item:
    """One capture on its way. `read` is what its page says, or why it cannot be read."""

    found: Found
    outlet: Outlet | None
    left: str | None = None
    page: Page | None = None
    read: Article | ExtractError | None = None
    ready: anyio.Event = field(default_factory=anyio.Event)

    @property
    def address(self) -> str:
        """Where it was asked for."""
        return self.found.asked or self.found.url


async def bring(services: Services, holdings: Holdings, tell: Callable[[Brought], None], *, ahead: int = 3) -> None:
    """Visit all captures that are wanted, in the order of their dates, and `tell` how each ended.

    One that was brought before is known by its record, and left out. Raises ArchiveError, and whatever `tell` raises.
    """
    send, receive = anyio.create_memory_object_stream[_Item](ahead)
    importer = _Importer(services, holdings)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(importer.prepare_all, send)
        async with receive:
            async for item in receive:
                await item.ready.wait()
                tell(await importer.visit(item))


class _Importer:
    """`rows` remembers what was replayed of the articles that were met last, and up to which visit."""

    def __init__(self, services: Services, holdings: Holdings) -> None:
        self.services = services
        self.holdings = holdings
        self.rows: dict[str, tuple[int, Due]] = {}

    # ------------------------------------------------------------------------------------------ ahead

    async def prepare_all(self, send: ObjectSendStream[_Item]) -> None:
        """Load and read what comes next, as far as that needs no decision that depends on what comes before."""
        async with send, anyio.create_task_group() as tasks:
            for found in self.holdings.shelf.by_date():
                item = _Item(found, self.services.outlets.for_url(found.asked or found.url))
                tasks.start_soon(self._prepare, item)
                await send.send(item)

    async def _prepare(self, item: _Item) -> None:
        try:
            item.left = await self._is_out(item)
            if item.left is None and item.found.status in READ:
                await self._read(item)
        finally:
            item.ready.set()

    async def _is_out(self, item: _Item) -> str | None:
        """Why there is no need to look at it, if so."""
        if await self._is_known(item.found):
            return KNOWN
        return None if item.found.location else why_not(item.address, item.outlet)

    async def _is_known(self, found: Found) -> bool:
        origin = Origin("", found.record_id, "", found.key)
        return await self.services.store(self.services.archive.is_imported, origin, found.at)

    async def _load(self, found: Found) -> Page:
        """Raises Unfit."""
        return await self.services.store(self.holdings.page, found, self._elsewhere)

    def _elsewhere(self, found: Found) -> Page | None:
        origin = Origin("", found.repeats, "", "", found.payload)
        try:
            return self.services.archive.imported_payload(origin, found.uri)
        except ArchiveDamaged:
            return None

    async def _read(self, item: _Item) -> None:
        try:
            item.page = item.page or await self._load(item.found)
            outlet = self.services.outlets.for_url(item.page.final_url)
            item.read = await self._reader(item).read(item.page, outlet)
        except Unfit as exc:
            item.left = exc.reason
        except ExtractError as exc:
            item.read = exc

    def _reader(self, item: _Item) -> Reader:
        return attempts.remembering(self.services, item.address, item.outlet, force=False).reader

    # ------------------------------------------------------------------------------------------ in order

    async def visit(self, item: _Item) -> Brought:
        """What becomes of a capture whose turn it is."""
        owner = owner_of(item.address, item.outlet)
        result = item.left or await self._visit(item)
        if isinstance(result, Outcome):
            return Brought(item.found, result.outlet or owner, result)
        return Brought(item.found, owner, left=result)

    async def _visit(self, item: _Item) -> Outcome | str:
        if await self._is_known(item.found):
            return KNOWN  # as the end of a redirect, since it was prepared
        entry = await self.services.store(self.services.archive.find, item.address, item.outlet)
        if item.found.location and (why := await self._follow(item, entry)):
            return why
        if item.page is None and entry:
            await self._read_known(item)
        if why := item.left or _not_begun(item, entry):
            return why
        return await self._receive(item, entry)

    async def _read_known(self, item: _Item) -> None:
        """The answer of an address that is an article's, whatever its status."""
        try:
            item.page = await self._load(item.found)
        except Unfit as exc:
            item.left = exc.reason

    async def _follow(self, item: _Item, entry: Entry | None) -> str | None:
        """Put the page to which a redirect led in place of it; or say why there is none."""
        hops: list[Hop] = []
        at = item.found
        while at.location and len(hops) < HOPS:
            hops.append(Hop(at.uri, at.status, at.location))
            onward = self.holdings.shelf.after(at.location, at.at, FOLLOWED)
            if onward is None or onward.number == at.number:
                return "redirect"
            at = onward
        if at.asked:
            return "redirect"  # whoever captured the end of it says there how it was reached
        leads = why_not(at.url, self.services.outlets.for_url(at.url))
        if at.location or (entry is None and (leads or at.status not in READ or await self._is_known(at))):
            return "redirect"
        try:
            page = await self._load(at)
        except Unfit as exc:
            return exc.reason
        origin = replace(page.origin, key=item.found.key, also=(at.key,)) if page.origin else None
        item.page = replace(page, url=item.found.uri, hops=tuple(hops), origin=origin)
        if at.status in READ:
            await self._read(item)
        return None

    async def _receive(self, item: _Item, entry: Entry | None) -> Outcome:
        page = item.page
        assert page is not None  # noqa: S101  # `_not_begun` leaves out what has none
        due, rows = await self._row(item, entry, page), list[Due]()
        services = replace(
            self.services,
            fetcher=_Recorded(self, page.fetched_at),
            reader=_Once(self._reader(item), page, item.read),
            now=lambda: page.fetched_at,
        )
        outcome = await received(services, due, page, lambda _, row: rows.append(row))
        for row in rows:
            await self.services.store(self._remember, row, outcome)
        return outcome

    async def _row(self, item: _Item, entry: Entry | None, page: Page) -> Due:
        url = urls.canonical(page.url)
        outlet = item.outlet
        row = Due(urls.identity(url, outlet), url, urls.host(url), owner_of(url, outlet), page.fetched_at)
        if entry is None:
            return replace(row, first_seen=page.fetched_at)
        seen, known = self.rows.pop(entry.id, (-1, replace(row, article_id=entry.id, first_seen=entry.first_seen)))
        looks = await self.services.store(self.services.archive.looks, entry.id, seen)
        known = replayed(known, looks)
        self.rows[entry.id] = (looks[-1].seq if looks else seen, known)
        if len(self.rows) > _ROWS:
            del self.rows[next(iter(self.rows))]
        known = replace(known, digest=None) if outlet and outlet.pages else known
        return replace(known, key=row.key, url=row.url, host=row.host, outlet=row.outlet)

    def _remember(self, row: Due, outcome: Outcome) -> None:
        """Have articles of listed outlets looked at again, when their age asks for it; what is watched already, and was
        looked at since, stays as it is, but has to be compared with the text that is now the last."""
        outlet = self.services.outlets.get(row.outlet)
        if outlet is None or row.article_id is None:
            return
        there = self.services.frontier.lookup(row.url, outlet)
        row, now = replace(row, **judge.NOTHING_KNOWN), self.services.now()
        if there and there.last_visit and (row.last_visit is None or there.last_visit >= row.last_visit):
            if outcome.verdict in {"new", "edited", "back"}:
                self.services.frontier.done(replace(there, **judge.NOTHING_KNOWN))
            return
        at = cadence.next_visit(row, outcome.verdict, now)
        if there:
            row, at = replace(row, key=there.key, url=there.url, host=there.host), min(at, there.next_visit)
        self.services.frontier.done(replace(row, next_visit=at))


def owner_of(url: str, outlet: Outlet | None) -> str:
    """Under which name an address is kept: the outlet's, or its host."""
    return outlet.id if outlet else urls.host(url).removeprefix("www.")


def why_not(url: str, outlet: Outlet | None) -> str | None:
    """Why an address is not looked at, by the address alone; None if it is."""
    if outlet is None:
        return "front" if judge.is_front(url) else None
    if why := refusal(outlet, url):
        return why
    numbered = urls.numbered(url, outlet) if outlet.pages else None
    return LATER if numbered and numbered[1] > 1 else None


def _not_begun(item: _Item, entry: Entry | None) -> str | None:
    """Why no history begins with a capture, or goes on; None if it is to be visited.

    Of unlisted outlets only what reads as an article is brought: whoever made the files meant the whole web, perhaps.
    """
    if isinstance(item.read, Article) and item.read.first_page and item.outlet and item.outlet.pages:
        return LATER
    if entry:
        return None
    if item.page is None or item.page.status not in READ:
        return f"http-{item.found.status}"
    if item.outlet:
        return None
    if not isinstance(item.read, Article):
        return item.read.reason if item.read else "unreadable"
    verdict = compare(None, item.read)
    return None if verdict.kind == "new" else (verdict.reason or "not-an-article").partition(":")[0]


class Nobody:
    """A fetcher that asks nobody: what an import has instead of a network."""

    async def get(self, request: Request) -> Page:
        """See `interfaces.Fetcher`."""
        raise Refused(request.url, "import", "nothing is asked for during an import")


class _Once:
    """A reader that has read one page already."""

    def __init__(self, reader: Reader, page: Page, read: Article | ExtractError | None) -> None:
        self._reader = reader
        self._page = page
        self._read = read

    def attempt(self, page: Page) -> str:
        """See `interfaces.Reader`."""
        return self._reader.attempt(page)

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        if page is not self._page or self._read is None:
            return await self._reader.read(page, outlet, known)
        if isinstance(self._read, ExtractError):
            raise self._read
        return self._read

    async def run(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """See `interfaces.Reader`."""
        return await self._reader.run(func, *args)


class _Recorded:
    """The web as the given files have it, about the time of one capture: further pages of an article are asked here."""

    def __init__(self, importer: _Importer, at: datetime) -> None:
        self._importer = importer
        self._at = at

    async def get(self, request: Request) -> Page:
        """See `interfaces.Fetcher`. Nothing goes out: what was not captured is Failed."""
        try:
            found = self._importer.holdings.shelf.near(urls.canonical(request.url), self._at, BESIDE)
            if found is None:
                raise Failed(request.url, "not-captured", transient=False)
            return await self._importer._load(found)
        except Unfit as exc:
            raise Failed(request.url, exc.reason, exc.detail, transient=False) from exc
        except UrlError as exc:
            raise Failed(request.url, "bad-url", transient=False) from exc
