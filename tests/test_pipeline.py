"""A visit from the frontier to the archive: the web and the clock are played, everything between them is real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper import urls
from scraper.errors import Deferred, Failed, Refused
from scraper.model import Admit, Due, Outlet, Rule, Source
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.reread import reread
from scraper.pipeline.services import Services
from scraper.pipeline.sources import look
from scraper.store.archive import FileArchive
from scraper.store.verify import verify
from tests.fakes import PARAGRAPHS, Clock, FakeWeb, InlineReader, answered, article_page

pytestmark = pytest.mark.anyio

URL = "https://paper.example/2026/03/pier-vote/"
OUTLET = Outlet(
    "paper.example",
    "The Paper",
    "https://paper.example/",
    sources=(Source("feed", "https://paper.example/feed.xml"),),
    admit=Admit(never=("^/tag/",)),
)


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@dataclass
class World:
    """An archive, the web it sees, and the time."""

    archive: FileArchive
    web: FakeWeb
    clock: Clock
    services: Services

    async def visit(self, url: str = URL, *, force: bool = False) -> Outcome:
        """One visit, as the daemon or a one-off fetch makes it."""
        due = self.archive.frontier.lookup(url, OUTLET) or Due(
            urls.identity(url, OUTLET), url, urls.host(url), OUTLET.id, self.clock()
        )
        return await visit(self.services, due, force=force)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty archive and a web with one article."""
    clock = Clock()
    web = FakeWeb(clock, {URL: article_page()})
    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([OUTLET]), clock)
        yield World(archive, web, clock, services)


async def test_first_visit_makes_version_zero(world: World) -> None:
    """And the frontier knows when to look again."""
    done = await world.visit()
    assert (done.verdict, done.version, done.outlet) == ("new", 0, "paper.example")
    row = world.archive.frontier.lookup(URL, OUTLET)
    assert row is not None
    assert row.next_visit > world.clock()


async def test_surroundings_make_no_version(world: World) -> None:
    """Thirty visits behind thirty banners are one version."""
    await world.visit()
    for number in range(30):
        world.clock.forward(hours=1)
        world.web.pages[URL] = article_page(banner=f"Only {number * 13} to go! Give {number} euros.")
        assert (await world.visit()).verdict == "same"
    entry = world.archive.find(URL, OUTLET)
    assert entry is not None
    assert entry.latest == 0


async def test_every_real_edit_is_a_version(world: World) -> None:
    """Also one that returns to an earlier text."""
    other = article_page(*PARAGRAPHS[:3], "The mayor said the plans would not be shown.")
    seen = []
    for page in (article_page(), other, article_page()):
        world.web.pages[URL] = page
        world.clock.forward(hours=1)
        done = await world.visit()
        seen.append((done.verdict, done.version))
    assert seen == [("new", 0), ("edited", 1), ("edited", 2)]


async def test_a_url_under_another_form_is_the_same_article(world: World) -> None:
    """www, AMP, tracking parameters and http lead to one history."""
    await world.visit()
    for form in (
        "http://paper.example/2026/03/pier-vote",
        "https://www.paper.example/2026/03/pier-vote/?utm_source=feed",
        "https://paper.example/2026/03/pier-vote/amp/",
    ):
        world.web.pages[form] = article_page()
        assert (await world.visit(form)).verdict == "same"


async def test_a_redirected_slug_keeps_its_history(world: World) -> None:
    """A retitled article moves: one history, and the folder it was first given."""
    first = await world.visit()
    moved = "https://paper.example/2026/03/pier-vote-passes/"
    page = article_page(*PARAGRAPHS, title="Council votes by one voice to rebuild the pier")
    world.web.pages[URL] = answered(URL, page, world.clock, final_url=moved)
    second = await world.visit()
    assert (second.verdict, second.article_id) == ("edited", first.article_id)
    assert second.flags == ("moved",), "alike enough to be believed, and yet it says so"
    world.web.pages[moved] = page
    assert (await world.visit(moved)).article_id == first.article_id


async def test_another_article_behind_a_redirect_is_not_this_one(world: World) -> None:
    """What replaced an article is not a version of it."""
    await world.visit()
    other = article_page(
        "Heavy snowfall closed all mountain roads overnight, stranding several hundred lorries near the tunnel.",
        "Police asked drivers to stay at home until ploughs had cleared at least one lane.",
        title="Snow closes mountain roads",
    )
    world.web.pages[URL] = answered(URL, other, world.clock, final_url="https://paper.example/2026/03/snow/")
    done = await world.visit()
    assert (done.verdict, (done.reason or "").split(":")[0]) == ("partial", "moved")


async def test_a_canonical_link_to_another_article_is_not_believed(world: World) -> None:
    """A page cannot write into another one's history."""
    first = await world.visit()
    thief = "https://paper.example/2026/03/thief/"
    head = f'<link rel="canonical" href="{URL}"><meta property="og:url" content="{URL}">'
    page = article_page("Nothing here is about any pier, it is about a theft.", *PARAGRAPHS[2:], title="A theft")
    world.web.pages[thief] = page.replace("</head>", head + "</head>")
    done = await world.visit(thief)
    assert done.verdict == "new"
    assert done.article_id != first.article_id


async def test_a_shrunk_text_needs_a_second_look(world: World) -> None:
    """The long version stands until the outlet shows the very same short text again."""
    long = [f"Paragraph {n} of the report tells what the committee heard on day {n} of its inquiry." for n in range(20)]
    world.web.pages[URL] = article_page(*long)
    await world.visit()
    world.web.pages[URL] = article_page(*long[:3])
    verdicts = []
    for _ in range(2):
        world.clock.forward(hours=1)
        done = await world.visit()
        verdicts.append((done.verdict, (done.reason or "").split(":")[0]))
    assert verdicts == [("partial", "shrunk"), ("edited", "")]


async def test_gone_is_confirmed_over_time_and_ended_by_coming_back(world: World) -> None:
    """A tombstone, then `back`; the text never goes away."""
    first = await world.visit()
    page = world.web.pages.pop(URL)
    flags = []
    for _ in range(5):
        world.clock.forward(hours=13)
        done = await world.visit()
        flags.append((done.verdict, *done.flags))
    assert flags[0] == ("gone", "unconfirmed")
    assert flags[-1] == ("gone", "confirmed")
    entry = world.archive.find(URL, OUTLET)
    assert entry is not None
    assert entry.gone_since is not None
    world.web.pages[URL] = page
    world.clock.forward(hours=13)
    back = await world.visit()
    assert (back.verdict, back.article_id) == ("back", first.article_id)
    entry = world.archive.find(URL, OUTLET)
    assert entry is not None
    assert entry.gone_since is None


async def test_not_modified_ends_a_tombstone_too(world: World) -> None:
    """The server says that the text is what it was: then it is back."""
    world.web.pages[URL] = answered(URL, article_page(), world.clock, etag='"a1"')
    await world.visit()
    world.web.pages.pop(URL)
    for _ in range(5):
        world.clock.forward(hours=13)
        await world.visit()
    world.web.pages[URL] = answered(URL, 304, world.clock)
    assert (await world.visit()).verdict == "back"


async def test_another_text_in_its_place_needs_a_second_look(world: World) -> None:
    """A front page or an error under status 200 is not believed at first sight, whatever it looks like."""
    await world.visit()
    other = [
        f"Snow closed the road at kilometre {n * 7}, and the ploughs of district {n} were called." for n in range(9)
    ]
    world.web.pages[URL] = article_page(*other, title="Snow closes mountain roads")
    seen = []
    for _ in range(2):
        world.clock.forward(hours=1)
        done = await world.visit()
        seen.append((done.verdict, (done.reason or "").split(":")[0]))
    assert seen == [("partial", "replaced"), ("edited", "")]


async def test_trouble_between_two_looks_forgets_nothing(world: World) -> None:
    """What the first look saw is remembered until there is an answer."""
    long = [f"Paragraph {n} of the report tells what the committee heard on day {n} of its inquiry." for n in range(20)]
    world.web.pages[URL] = article_page(*long)
    await world.visit()
    verdicts = []
    for page in (article_page(*long[:3]), Failed(URL, "timeout"), Refused(URL, "robots"), article_page(*long[:3])):
        world.web.pages[URL] = page
        world.clock.forward(hours=1)
        verdicts.append((await world.visit()).verdict)
    assert verdicts == ["partial", "failed", "refused", "edited"]


async def test_another_form_is_asked_without_becoming_the_watch(world: World) -> None:
    """What a person asks for is fetched as asked; the article goes on to be visited where it was."""
    world.web.pages[URL] = answered(URL, article_page(), world.clock, etag='"a1"')
    await world.visit()
    form = "https://paper.example/2026/03/pier-vote/amp/"
    world.web.pages[form] = article_page()
    row = world.archive.frontier.lookup(URL, OUTLET)
    assert row is not None
    done = await visit(world.services, row, url=form)
    asked, after = world.web.asked[-1], world.archive.frontier.lookup(URL, OUTLET)
    assert (done.url, done.verdict, asked.url, asked.etag) == (form, "same", form, None)
    assert after is not None
    assert (after.url, after.etag) == (URL, '"a1"')


@pytest.mark.parametrize("answer", [404, Failed(URL, "timeout"), "<html><body><script>x()</script></body></html>"])
async def test_another_form_that_leads_nowhere_says_nothing(world: World, answer: int | str | Failed) -> None:
    """Neither is the article gone, nor is its own next visit put off."""
    await world.visit()
    row = world.archive.frontier.lookup(URL, OUTLET)
    assert row is not None
    world.web.pages[URL + "amp/"] = answer
    done = await visit(world.services, row, url=URL + "amp/")
    assert done.verdict in {"failed", "partial"}
    assert world.archive.frontier.lookup(URL, OUTLET) == row


async def test_a_second_form_testifies_and_makes_no_version(world: World) -> None:
    """Print and page of one article may disagree: that is said, and is no edit; the page goes on to be watched."""
    outlet = replace(OUTLET, witness="/print-it")
    world.services = replace(world.services, outlets=Outlets.of([outlet]))
    first = "https://paper.example/2026/03/pier-vote/print-it"
    head = '<link rel="canonical" href="https://paper.example/2026/03/pier-vote">'
    world.web.pages[first] = article_page().replace("</head>", head + "</head>")
    due = Due(urls.identity(first, outlet), first, "paper.example", outlet.id, world.clock())
    assert (await visit(world.services, due)).verdict == "new"
    row = world.archive.frontier.lookup(URL, outlet)
    assert row is not None
    assert row.url == "https://paper.example/2026/03/pier-vote"
    page = "https://paper.example/2026/03/pier-vote"
    world.web.pages[page] = article_page()
    assert (await visit(world.services, row)).verdict == "same"
    world.web.pages[page] = article_page(*PARAGRAPHS[:3], "The mayor said no.")
    assert (await visit(world.services, row)).verdict == "edited"
    told = await visit(world.services, row, url=first)
    assert (told.verdict, told.flags) == ("same", ("witness-differs",))


async def test_a_live_page_is_kept_at_a_bounded_rate(world: World) -> None:
    """A text that is another one at every look makes no more than a day's ration of versions."""
    for minute in range(40):
        world.web.pages[URL] = article_page(f"At minute {minute} the count stood at {minute * 17} votes.", *PARAGRAPHS)
        world.clock.forward(minutes=1)
        last = await world.visit()
    assert last.verdict == "same"
    assert "coalesced" in last.flags
    world.clock.forward(days=2)
    assert (await world.visit()).verdict == "edited"


@pytest.mark.parametrize(
    ("error", "verdict", "again"),
    [
        (Refused(URL, "robots"), "refused", False),
        (Failed(URL, "timeout"), "failed", True),
        (Failed(URL, "too-large", transient=False), "failed", False),
        (Deferred(URL, "http-429", "", datetime(2026, 3, 1, 13, tzinfo=UTC)), "deferred", True),
    ],
)
async def test_no_answer_is_a_record(
    world: World, error: Failed | Refused | Deferred, verdict: str, again: bool
) -> None:
    """Nothing is stored, and it is known when to ask again, if ever."""
    world.web.pages[URL] = error
    done = await world.visit()
    assert (done.verdict, done.retry_at is not None) == (verdict, again)
    assert world.archive.find(URL, OUTLET) is None
    row = world.archive.frontier.lookup(URL, OUTLET)
    assert row is not None
    assert row.next_visit > world.clock()


async def test_a_new_reading_is_not_an_edit(world: World) -> None:
    """When rules change, the last capture is read again with them before an edit is believed."""
    aside = (
        "<p class='aside-x'>The pier was built in 1911 and has been mended four times since, twice after storms.</p>"
    )
    page = article_page().replace("</article>", aside + "</article>")
    world.web.pages[URL] = page
    await world.visit()
    ruled = replace(OUTLET, rules=(Rule("x#1", drop=(".aside-x",)),))
    world.services = replace(world.services, outlets=Outlets.of([ruled]))
    world.web.pages[URL] = page.replace("Join us today!", "Only 3 to go!")
    assert (await world.visit()).verdict == "same"


@dataclass(frozen=True)
class Reread:
    """An article stored with its aside, and rules learnt since that leave it out."""

    world: World
    page: str
    aside: str


@pytest.fixture
async def ruled(world: World) -> Reread:
    aside = "The pier was built in 1911 and has been mended four times since, twice after storms."
    page = article_page().replace("</article>", f"<p class='aside-x'>{aside}</p></article>")
    world.web.pages[URL] = page
    await world.visit()
    outlet = replace(OUTLET, rules=(Rule("x#1", drop=(".aside-x",)),))
    world.services = replace(world.services, outlets=Outlets.of([outlet]))
    return Reread(world, page, aside)


async def test_what_the_reading_changed_is_kept_as_a_revision(ruled: Reread) -> None:
    """The version keeps its number; the text is what it reads like now."""
    ruled.world.web.pages[URL] = ruled.page.replace("Join us today!", "Only 3 to go!")
    done = await ruled.world.visit()
    assert (done.verdict, done.version) == ("same", 0)
    (snapshot,) = ruled.world.archive.versions(done.article_id or "")
    assert snapshot.revision == 1
    assert ruled.aside not in snapshot.article.body


async def test_an_edit_is_told_from_the_reading_beside_it(ruled: Reread) -> None:
    """The edit names what the outlet did, and nothing of what the reading did."""
    ruled.world.web.pages[URL] = ruled.page.replace("3.2 million", "32 million")
    done = await ruled.world.visit()
    assert done.edit
    assert done.edit.kinds == ("figures",)
    first, second = ruled.world.archive.versions(done.article_id or "")
    assert (first.revision, second.revision) == (1, 0)
    assert list(verify(ruled.world.archive.root, deep=True)) == []


async def test_a_reading_that_loses_the_text_is_not_believed(ruled: Reread) -> None:
    """Rules can be wrong too: what they leave a fifth of stays as it was read."""
    greedy = replace(OUTLET, rules=(Rule("x#2", drop=("article p:not(:first-of-type)",)),))
    ruled.world.services = replace(ruled.world.services, outlets=Outlets.of([greedy]))
    done = await ruled.world.visit(force=True)
    (snapshot,) = ruled.world.archive.versions(done.article_id or "")
    assert snapshot.revision == 0


async def test_an_edit_that_only_the_old_reading_saw_is_taken_back(ruled: Reread) -> None:
    """A widget that changed made a version once; read with better rules, both versions say the same."""
    world = ruled.world
    plain, better = Outlets.of([OUTLET]), world.services.outlets
    world.services = replace(world.services, outlets=plain)
    world.web.pages[URL] = ruled.page.replace("mended four times", "mended five times")
    assert (await world.visit()).verdict == "edited"
    world.services = replace(world.services, outlets=better)
    entry = world.archive.find(URL)
    assert entry
    told = [found async for found in reread(world.services, entry, lambda _: False)]
    assert [(found.result, found.no_edit) for found in told] == [("revised", False), ("revised", True)]
    assert world.archive.reports.changes() == []
    assert len(world.archive.versions(entry.id)) == 2


async def test_an_edit_before_new_rules_tells_nothing_of_the_rules(ruled: Reread) -> None:
    """The last version is read with them, so the one before has to be too when the two are compared again."""
    world, better = ruled.world, ruled.world.services.outlets
    world.services = replace(world.services, outlets=Outlets.of([OUTLET]))
    edited = ruled.page.replace("3.2 million", "32 million")
    world.web.pages[URL] = edited
    await world.visit()
    world.services = replace(world.services, outlets=better)
    world.web.pages[URL] = edited.replace("Join us today!", "Only 3 to go!")
    await world.visit()
    (change,) = world.archive.reports.changes()
    assert change.kinds == ("figures",)


async def test_a_dry_run_says_the_same_and_writes_nothing(ruled: Reread) -> None:
    world = ruled.world
    entry = world.archive.find(URL)
    assert entry
    before = sorted(path.name for path in world.archive.root.rglob("*.*"))
    told = [found async for found in reread(world.services, entry, lambda _: False, dry_run=True)]
    assert [found.result for found in told] == ["revised"]
    assert sorted(path.name for path in world.archive.root.rglob("*.*")) == before


async def test_a_look_at_a_source_fills_the_frontier(world: World) -> None:
    """What `admit` refuses stays out; what is known is not queued again."""
    items = "".join(
        f"<item><title>t</title><link>https://paper.example{p}</link></item>" for p in ("/a-story", "/tag/x")
    )
    world.web.pages["https://paper.example/feed.xml"] = answered(
        "https://paper.example/feed.xml", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>',
        world.clock, content_type="application/rss+xml",
    )  # fmt: skip
    first = await look(world.services, OUTLET, OUTLET.sources[0])
    second = await look(world.services, OUTLET, OUTLET.sources[0])
    assert (first.added, second.added, first.error) == (1, 0, None)
    assert world.archive.frontier.due_hosts(world.clock(), 10) == ["paper.example"]


async def test_old_items_wait_behind_fresh_ones(world: World) -> None:
    """The first look at an outlet does not flood it with its past."""
    dated = {"/old": "Sun, 01 Jan 2023 10:00:00 GMT", "/fresh": "Sun, 01 Mar 2026 09:00:00 GMT"}
    items = "".join(
        f"<item><title>t</title><link>https://paper.example{path}</link><pubDate>{date}</pubDate></item>"
        for path, date in dated.items()
    )
    url = "https://paper.example/feed.xml"
    feed = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    world.web.pages[url] = answered(url, feed, world.clock, content_type="application/rss+xml")
    assert (await look(world.services, OUTLET, OUTLET.sources[0])).added == 2
    taken = world.archive.frontier.take("paper.example", world.clock(), 10)
    assert [due.url for due in taken] == ["https://paper.example/fresh", "https://paper.example/old"]


async def test_being_left_alone_is_no_failure_of_a_source(world: World) -> None:
    """One dead host is told once, where it failed, and not again for each of its sources."""
    url = "https://paper.example/feed.xml"
    world.web.pages[url] = Deferred(url, "host-paused", "", datetime(2026, 3, 1, 13, tzinfo=UTC))
    await look(world.services, OUTLET, OUTLET.sources[0])
    assert world.archive.frontier.source(url) is None


async def test_a_source_that_fails_is_remembered(world: World) -> None:
    """Status can say since when and why."""
    world.web.pages["https://paper.example/feed.xml"] = Failed("https://paper.example/feed.xml", "connect", "refused")
    seen = await look(world.services, OUTLET, OUTLET.sources[0])
    assert seen.error == "connect: refused"
    state = world.archive.frontier.source("https://paper.example/feed.xml")
    assert state is not None
    assert (state.failures, state.last_error) == (1, "connect: refused")
