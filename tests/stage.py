"""A stage for scenarios: an outlet, its stories, an archive that visits them, and what holds after any of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from scraper import urls
from scraper.model import Due, Entry, Outlet, Paging, Source
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.services import Services
from scraper.pipeline.sources import look
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.fakes import Answer, Clock, FakeWeb, InlineReader, answered
from tests.store.kit import dumped, findings

HOME = "https://paper.example/"
FEED, SITEMAP = f"{HOME}feed.xml", f"{HOME}sitemap.xml"
SOURCES = (Source("feed", FEED), Source("sitemap", SITEMAP), Source("front", HOME))
PAPER = Outlet("paper.example", "The Paper", HOME, sources=SOURCES)
NUMBERS = Outlet(
    "numbers.example", "Numbers", "https://numbers.example/", identity=r"-(a\d+)$", witness="/pdf", pages=Paging(most=3)
)
OUTLETS = (PAPER, NUMBERS)


@dataclass(frozen=True)
class Story:
    """What an outlet tells: own words, long enough to be told from another story."""

    title: str
    text: tuple[str, ...]
    date: str | None = "2026-03-01T09:00:00+00:00"


PIER = Story(
    "Council votes to rebuild the old pier",
    (
        "The harbour council voted on Monday to rebuild the old pier, which a storm had broken in two last winter.",
        "Engineers expect the work to take 14 months and to cost 3.2 million crowns, a third of it paid by the region.",
        "Fishermen who moor there say they were never asked, and have called a meeting for next week.",
        "The mayor said the plans would be shown in the library from Thursday, and that all comments would be read.",
    ),
)
SNOW = Story(
    "Snow closes every mountain road in the north",
    (
        "Heavy snowfall closed all mountain roads overnight and stranded several hundred lorries near the tunnel.",
        "Police asked drivers to stay at home until ploughs had cleared at least one lane in each direction.",
        "Forecasters expect another forty centimetres before Wednesday, then a thaw and a danger of avalanches.",
        "Schools in eleven villages will stay closed, and the hospital has asked its staff to remain on the wards.",
    ),
    "2026-03-04T07:00:00+00:00",
)
THEFT = Story(
    "Thieves take a bronze bell from the chapel",
    (
        "Thieves lifted a bronze bell of two hundred kilograms out of a chapel by the lake without being heard.",
        "The parish noticed the loss on Sunday when nobody could ring for mass, the sexton told the radio.",
        "Scrap dealers have been asked to look out for pieces with the year 1788 and a relief of three fish.",
    ),
    "2026-03-09T07:00:00+00:00",
)


def page(story: Story, *, canonical: str | None = None, og: str | None = None, head: str = "", tail: str = "") -> str:
    """A story as a page in own markup, with what it says of its own address."""
    said = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    said += f'<meta property="og:url" content="{og}">' if og else ""
    said += f'<meta property="article:published_time" content="{story.date}">' if story.date else ""
    body = "".join(f"<p>{escape(text)}</p>" for text in story.text)
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(story.title)}</title>{said}{head}</head>'
        '<body><header><nav><a href="/">Home</a> <a href="/news/">News</a></nav></header>'
        f"<main><article><h1>{escape(story.title)}</h1>{body}</article></main>{tail}"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def feed(*items: tuple[str, str]) -> str:
    """A feed of (address, guid)."""
    told = "".join(
        f"<item><title>Told</title><link>{escape(url)}</link>"
        f'<guid isPermaLink="false">{escape(guid)}</guid><pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate></item>'
        for url, guid in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{told}</channel></rss>'


def sitemap(*places: str) -> str:
    """A sitemap of addresses."""
    told = "".join(f"<url><loc>{escape(url)}</loc><lastmod>2026-03-01</lastmod></url>" for url in places)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</urlset>'


@dataclass
class Stage:
    """An archive, the web it sees, and the time. `told` is what each visit ended in: `verdict` or `verdict: word`."""

    archive: FileArchive
    web: FakeWeb
    clock: Clock
    services: Services
    told: list[str] = field(default_factory=list)

    async def visit(self, url: str, *, force: bool = False) -> Outcome:
        """One visit, as the daemon or a one-off fetch makes it."""
        outlet = self.services.outlets.for_url(url)
        owner = outlet.id if outlet else urls.host(url)
        row = self.archive.frontier.lookup(url, outlet) or Due(
            urls.identity(url, outlet), url, urls.host(url), owner, self.clock()
        )
        done = await visit(self.services, row, url=url, force=force)
        word = (done.reason or "").partition(":")[0]
        self.told.append(f"{done.verdict}: {word}" if done.verdict in {"partial", "failed", "gone"} else done.verdict)
        return done

    async def see(
        self, url: str, answer: Answer, *, via: str | None = None, hours: float = 1, **headers: str
    ) -> Outcome:
        """Time passes, `url` answers so (after a redirect to `via`), and is visited."""
        self.clock.forward(hours=hours)
        if isinstance(answer, str | bytes | int):
            answer = answered(url, answer, self.clock, final_url=via, **headers)
        self.web.pages[url] = answer
        return await self.visit(url)

    async def announce(self, source: Source, content: str) -> int:
        """A source says so; what is new because of it is visited. How many addresses were added."""
        kind = "text/html" if source.kind == "front" else "application/xml"
        self.web.pages[source.url] = answered(source.url, content, self.clock, content_type=kind)
        found = await look(self.services, PAPER, source)
        for host in self.archive.frontier.due_hosts(self.clock(), 10):
            for row in self.archive.frontier.take(host, self.clock(), 100):
                await visit(self.services, row)
        return found.added

    def histories(self) -> list[Entry]:
        """All articles, in the order in which they began."""
        return sorted(self.archive.articles(), key=lambda entry: (entry.first_seen, entry.url))

    def versions(self) -> list[int]:
        """How many versions each has."""
        return [len(self.archive.versions(entry.id)) for entry in self.histories()]

    def at(self, url: str) -> int | None:
        """Which history an address leads to."""
        entry = self.archive.find(url, self.services.outlets.for_url(url))
        return [each.id for each in self.histories()].index(entry.id) if entry else None


@contextmanager
def staged(root: Path, outlets: Sequence[Outlet] = OUTLETS) -> Iterator[Stage]:
    """A stage; when it is left, everything has to be whole, and the catalogue the one that the files give."""
    clock = Clock()
    web = FakeWeb(clock)
    with FileArchive.open(root, create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of(list(outlets)), clock)
        yield Stage(archive, web, clock, services)
    assert findings(root) == []
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before
