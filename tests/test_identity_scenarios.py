"""Which addresses are one history and which are two: tables of visits through the whole pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from scraper.model import Source
from tests.fakes import Answer
from tests.stage import HOME, PIER, SNOW, SOURCES, THEFT, Stage, Story, feed, page, sitemap, staged

pytestmark = pytest.mark.anyio

FEED, SITEMAP, FRONT = SOURCES
A = f"{HOME}2026/03/01/pier-vote-goes-to-the-council/"
B = f"{HOME}2026/03/01/old-pier-will-be-rebuilt-after-all/"
OTHER = f"{HOME}2026/03/04/snow-closes-mountain-roads/"
N = "https://numbers.example/2026/03/01/pier-vote-a4711"
LATE = "2026-03-06T08:00:00+00:00"
RETITLED = replace(PIER, title="Old pier will be rebuilt after all, council says")
EDITED = replace(PIER, text=(*PIER.text[:3], "The mayor said the plans would not be shown to anybody before summer."))
# Another story, which repeats what PIER said first.
SEQUEL = replace(SNOW, text=(*PIER.text, *SNOW.text[:1]))
# The same headline as PIER, and the same date; not a word of the text.
REWRITTEN = replace(SNOW, title=PIER.title, date=PIER.date)


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@dataclass(frozen=True)
class See:
    """A visit: what the address answers then, after which redirect, and so many hours after the step before."""

    url: str
    answer: Answer
    via: str | None = None
    hours: float = 1


@dataclass(frozen=True)
class Told:
    """A source is looked at, and what is new is visited; the pages that are there then."""

    source: Source
    content: str
    pages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """`verdicts` of the visits that were asked for, `versions` of each history in the order in which they began, and to
    which of these addresses lead."""

    name: str
    steps: tuple[See | Told, ...]
    verdicts: tuple[str, ...]
    versions: tuple[int, ...]
    leads: dict[str, int] = field(default_factory=dict)


def at(url: str, story: Story, **said: str) -> See:
    """A story at an address, with what the page says of its own address."""
    return See(url, page(story, **said))


def twice(url: str, story: Story, via: str | None = None) -> tuple[See, See]:
    """Two looks in a row at the same."""
    return See(url, page(story), via), See(url, page(story), via)


def form(name: str, url: str, base: str = A, story: Story = PIER) -> Row:
    """The article at `base` is there under another form of its address as well."""
    steps = (at(base, story), at(url, story))
    return Row(name, steps, ("new", "same"), (1,), {base: 0, url: 0})


def apart(name: str, one: See, other: See, **leads: int) -> Row:
    """Two articles."""
    return Row(name, (one, other), ("new", "new"), (1, 1), {one.url: 0, other.url: 1, **leads})


FORMS = [
    form("a feed with tracking parameters", f"{A}?utm_source=feed&utm_medium=rss&fbclid=x1"),
    form("no trailing slash", A.rstrip("/")),
    form("a fragment", f"{A}#comments"),
    form("http", A.replace("https", "http")),
    form("www", A.replace("//", "//www.")),
    form("a host for phones", A.replace("//", "//m.")),
    form("a host named mobile", A.replace("//", "//mobile.")),
    form("a host for AMP", A.replace("//", "//amp.")),
    form("amp behind the path", f"{A}amp/"),
    form("amp before the path", A.replace(HOME, f"{HOME}amp/")),
    form("an AMP ending", f"{HOME}news/pier-vote.amp.html", f"{HOME}news/pier-vote"),
    form("an AMP parameter", f"{A}?amp=1"),
    form("an AMP output", f"{A}?outputType=amp"),
    form("print behind the path", f"{A}print"),
    form("a print parameter", f"{A}?print=1"),
    form("index.html", f"{A}index.html"),
    form("an upper-case host with a port", A.replace("https://paper.example", "https://PAPER.example:443")),
    form("parameters in another order", f"{HOME}story?b=2&a=1", f"{HOME}story?a=1&b=2"),
    form("a session in the path", f"{A.rstrip('/')};jsessionid=1A2B"),
    form("the number of an outlet under a new slug", "https://numbers.example/2026/03/01/rebuilt-a4711", N),
    form("the number of an outlet under a new date", "https://numbers.example/2026/04/09/pier-vote-a4711", N),
    form("the print form of an outlet's file", f"{N}/pdf", N),
    form("an outlet without a file", "http://www.other.example/a/b?utm_id=1", "https://other.example/a/b/"),
]

NAMED = [
    Row(
        "a new slug with a redirect, and a new headline",
        (at(A, PIER), See(A, page(RETITLED), B), at(B, RETITLED)),
        ("new", "edited", "same"),
        (2,),
        {A: 0, B: 0},
    ),
    Row(
        "a new date in the path with a redirect",
        (
            at(A, PIER),
            See(A, page(PIER), A.replace("03/01", "03/02")),
            See(A.replace("03/01", "03/02"), page(PIER)),
        ),
        ("new", "same", "same"),
        (1,),
    ),
    Row(
        "http that redirects to https",
        (See(A.replace("https", "http"), page(PIER), A), at(A, EDITED)),
        ("new", "edited"),
        (2,),
    ),
    Row(
        "an outlet's number: a new slug, a new date and a new headline, no redirect",
        (at(N, PIER), See("https://numbers.example/2026/03/05/rebuilt-after-all-a4711", page(RETITLED))),
        ("new", "edited"),
        (2,),
    ),
    Row(
        "a new slug that names the old one as canonical",
        (at(A, PIER), at(B, RETITLED, canonical=A)),
        ("new", "edited"),
        (2,),
        {A: 0, B: 0},
    ),
    Row(
        "a new slug that names the old one as og:url",
        (at(A, PIER), at(B, PIER, og=A)),
        ("new", "same"),
        (1,),
        {A: 0, B: 0},
    ),
    Row(
        "an old slug that names the new one as canonical, which is announced later",
        (at(A, PIER), at(A, RETITLED, canonical=B), at(B, RETITLED, canonical=B)),
        ("new", "edited", "same"),
        (2,),
        {A: 0, B: 0},
    ),
    Row(
        "a new date in the path, no redirect, the same text",
        (at(A, PIER), See(A.replace("03/01", "03/02"), page(PIER))),
        ("new", "same"),
        (1,),
        {A: 0, A.replace("03/01", "03/02"): 0},
    ),
    Row(
        "a number in the slug that no file tells of, no redirect",
        (See(f"{HOME}pier-vote-4711881", page(PIER)), See(f"{HOME}old-pier-rebuilt-4711881", page(RETITLED))),
        ("new", "edited"),
        (2,),
    ),
    Row(
        "one number in the path, another story",
        (See(f"{HOME}pier-vote-4711881", page(PIER)), See(f"{HOME}snow-4711881", page(SNOW))),
        ("new", "new"),
        (1, 1),
    ),
    Row(
        "a report of the same form each day",
        (
            at(f"{HOME}2026/03/01/prices-at-the-quay", replace(PIER, title="Prices at the quay")),
            at(
                f"{HOME}2026/03/02/prices-at-the-quay",
                replace(
                    PIER,
                    title="Prices at the quay",
                    text=(*PIER.text[:3], "A crate of herring fetched 41 crowns, two more than the day before."),
                    date="2026-03-02T09:00:00+00:00",
                ),
            ),
        ),
        ("new", "new"),
        (1, 1),
    ),
    Row(
        "a column with the same slug each week",
        (
            See(f"{HOME}2026/03/01/the-week-in-the-harbour", page(replace(PIER, title="The week in the harbour"))),
            See(f"{HOME}2026/03/08/the-week-in-the-harbour", page(replace(SNOW, title="The week in the harbour"))),
        ),
        ("new", "new"),
        (1, 1),
    ),
]

CLAIMS = [
    Row("canonical: the front page", (at(A, PIER, canonical=HOME), at(OTHER, SNOW, canonical=HOME)),
        ("new", "new"), (1, 1), {A: 0, OTHER: 1, HOME: 9}),
    Row("canonical: a section", (at(A, PIER, canonical=f"{HOME}news/"), at(OTHER, SNOW, canonical=f"{HOME}news/")),
        ("new", "new"), (1, 1), {A: 0, OTHER: 1, f"{HOME}news/": 9}),
    Row("canonical: another article", (at(A, PIER), at(OTHER, SNOW, canonical=A)),
        ("new", "new"), (1, 1), {A: 0, OTHER: 1}),
    Row("canonical: an article nobody knows yet", (at(A, PIER, canonical=OTHER), at(OTHER, SNOW)),
        ("new", "new"), (1, 1), {A: 0, OTHER: 1}),
    Row("canonical: another article that quotes it at length",
        (at(A, PIER), at(OTHER, replace(SNOW, text=(*SNOW.text, *PIER.text[2:])), canonical=A)),
        ("new", "new"), (1, 1)),
    Row("canonical: another host (syndication)",
        (See("https://wire.example/pier", page(PIER)), at(A, PIER, canonical="https://wire.example/pier")),
        ("new", "new"), (1, 1), {"https://wire.example/pier": 0, A: 1}),
    Row("canonical: http", (at(A, PIER, canonical=A.replace("https", "http")), at(A, EDITED)),
        ("new", "edited"), (2,), {A: 0}),
    Row("canonical: broken", (at(A, PIER, canonical="https://[::1/"), at(A, EDITED, canonical="x y")),
        ("new", "edited"), (2,)),
    Row("canonical: comes and goes", (at(A, PIER, canonical=A), at(A, PIER), at(A, PIER, og=A)),
        ("new", "same", "same"), (1,)),
]  # fmt: skip

TWO = [
    apart("the same headline, another text", at(A, PIER), at(B, REWRITTEN)),
    apart("the same text twice, no common form", See(f"{HOME}a/one", page(PIER)), See(f"{HOME}b/two", page(PIER))),
    apart("the path in another case", See(f"{HOME}A-Story", page(PIER)), See(f"{HOME}a-story", page(SNOW))),
    apart("a parameter that names articles", See(f"{HOME}?p=1", page(PIER)), See(f"{HOME}?p=2", page(SNOW))),
    apart("the same number at two outlets", at(N, PIER), See(f"{HOME}pier-vote-a4711", page(PIER))),
    Row("a redirect to another article", (at(A, PIER), See(A, page(SNOW), OTHER), at(OTHER, SNOW)),
        ("new", "partial: moved", "new"), (1, 1), {A: 0, OTHER: 1}),
    Row("a redirect to another article that is known, and says half the same",
        (at(A, PIER), at(OTHER, SEQUEL), See(A, page(SEQUEL), OTHER), at(A, PIER)),
        ("new", "new", "partial: moved", "same"), (1, 1), {A: 0, OTHER: 1}),
]  # fmt: skip

LIVE = f"{HOME}news/latest"
MORE = replace(SNOW, text=(*SNOW.text, "Late in the day the first lorries were led down by a plough, one by one."))
UNDATED = replace(PIER, date=None), replace(SNOW, date=None)
REUSED = [
    Row("another story at one address", (at(LIVE, PIER), *twice(LIVE, SNOW)),
        ("new", "partial: replaced", "new"), (1, 1), {LIVE: 1}),
    Row("a third, and a fourth under the headline of the first",
        (at(LIVE, PIER), *twice(LIVE, SNOW), *twice(LIVE, THEFT),
         *twice(LIVE, replace(PIER, date="2026-03-20T09:00:00+00:00"))),
        ("new", *("partial: replaced", "new") * 3), (1, 1, 1, 1), {LIVE: 3}),
    Row("the next story is edited between the two looks", (at(LIVE, PIER), at(LIVE, SNOW), at(LIVE, MORE)),
        ("new", "partial: replaced", "new"), (1, 1), {LIVE: 1}),
    Row("the next story has its own versions",
        (at(LIVE, PIER), at(LIVE, EDITED), *twice(LIVE, SNOW), at(LIVE, MORE)),
        ("new", "edited", "partial: replaced", "new", "edited"), (2, 2), {LIVE: 1}),
    Row("the next story is much shorter", (at(LIVE, PIER), *twice(LIVE, replace(SNOW, text=SNOW.text[:1]))),
        ("new", "partial: replaced", "new"), (1, 1)),
    Row("the old story again at the second look", (at(LIVE, PIER), at(LIVE, SNOW), at(LIVE, PIER), at(LIVE, SNOW)),
        ("new", "partial: replaced", "same", "partial: replaced"), (1,), {LIVE: 0}),
    Row("neither story has a date", (at(LIVE, UNDATED[0]), *twice(LIVE, UNDATED[1])),
        ("new", "partial: replaced", "new"), (1, 1)),
    Row("published on the same day, after the old one was captured",
        (at(LIVE, PIER), *twice(LIVE, replace(SNOW, date="2026-03-01T18:00:00+00:00"))),
        ("new", "partial: replaced", "new"), (1, 1)),
    Row("written anew under the same date", (at(A, PIER), *twice(A, replace(SNOW, date=PIER.date))),
        ("new", "partial: replaced", "edited"), (2,), {A: 0}),
    Row("written anew under the same headline", (at(A, PIER), at(A, replace(REWRITTEN, date=LATE))),
        ("new", "edited"), (2,), {A: 0}),
    Row("a new headline and a new date over the same text", (at(A, PIER), at(A, replace(RETITLED, date=LATE))),
        ("new", "edited"), (2,), {A: 0}),
    Row("the address was gone in between", (at(LIVE, PIER), *(See(LIVE, 410, hours=9),) * 2, *twice(LIVE, SNOW)),
        ("new", "gone: http-410", "gone: http-410", "partial: replaced", "new"), (1, 1), {LIVE: 1}),
    Row("another form of the address leads to the story of today",
        (at(LIVE, PIER), *twice(LIVE, SNOW), See(f"{LIVE}?utm_source=x", page(SNOW))),
        ("new", "partial: replaced", "new", "same"), (1, 1), {f"{LIVE}/amp": 1}),
    Row("an old slug that redirects to an address that is used again",
        (at(A, PIER), *twice(A, SNOW, LIVE), *twice(LIVE, THEFT)),
        ("new", "partial: moved", "partial: moved", "new", "same"), (1, 1), {A: 0, LIVE: 1}),
]  # fmt: skip

PAGES = {A: page(PIER), B: page(RETITLED), OTHER: page(SNOW)}
LINKS = "<html><body><h1>Paper</h1>{}</body></html>"


def link(url: str) -> str:
    """A link on a front page."""
    return f'<article><h2><a href="{url}">A headline of some length, as links have</a></h2></article>'


ANNOUNCED = [
    Row("by feed, sitemap and front page in three forms",
        (Told(FEED, feed((f"{A}?utm_source=rss", "g1")), {f"{A}?utm_source=rss": page(PIER), A: page(PIER)}),
         Told(SITEMAP, sitemap(A.rstrip("/"))), Told(FRONT, LINKS.format(link(f"{A}#top")))),
        (), (1,), {A: 0}),
    Row("two items with one guid", (Told(FEED, feed((A, "g1"), (OTHER, "g1")), PAGES),), (), (1, 1), {A: 0, OTHER: 1}),
    Row("one item that changes its guid", (Told(FEED, feed((A, "g1")), PAGES), Told(FEED, feed((A, "g2")))), (), (1,)),
    Row("one guid that moves to a new slug, which names the old one",
        (Told(FEED, feed((A, "g1")), PAGES), Told(FEED, feed((B, "g1")), {B: page(RETITLED, canonical=A)})),
        (), (2,), {A: 0, B: 0}),
    Row("one guid, a new story", (Told(FEED, feed((A, "g1")), PAGES), Told(FEED, feed((OTHER, "g1")))), (), (1, 1)),
    Row("http in the feed, https in the sitemap",
        (Told(FEED, feed((A.replace("https", "http"), "g")), {A.replace("https", "http"): page(PIER)}),
         Told(SITEMAP, sitemap(A), PAGES)), (), (1,)),
]  # fmt: skip

ROWS = [*FORMS, *NAMED, *CLAIMS, *TWO, *REUSED, *ANNOUNCED]


async def play(stage: Stage, row: Row) -> None:
    """Do what a row says."""
    for step in row.steps:
        if isinstance(step, See):
            await stage.see(step.url, step.answer, via=step.via, hours=step.hours)
        else:
            stage.web.pages |= step.pages
            stage.clock.forward(hours=1)
            await stage.announce(step.source, step.content)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_histories(row: Row, tmp_path: Path) -> None:
    """Each visit ends in its verdict, each address leads to its history; `staged` proves the files."""
    with staged(tmp_path / "archive") as stage:
        await play(stage, row)
        assert tuple(stage.told) == row.verdicts
        assert tuple(stage.versions()) == row.versions
        found = {url: stage.at(url) for url in row.leads}
        assert found == {url: None if number == 9 else number for url, number in row.leads.items()}


def test_there_are_many_rows() -> None:
    """And no two of one name."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 60
