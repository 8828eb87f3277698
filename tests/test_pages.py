"""Articles of several pages, from the frontier to the archive: all of an article is kept, or nothing of it.

The web and the clock are played, everything between them is real.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from scraper import urls
from scraper.errors import Deferred, Failed, FetchError, Refused
from scraper.model import Due, Outlet, Paging, Rule, Snapshot
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.fakes import Answer, Clock, FakeWeb, InlineReader, answered, article_page, paged
from tests.store.kit import dumped, findings

pytestmark = pytest.mark.anyio

URL = "https://paper.example/2026/03/pier-vote"
OUTLET = Outlet("paper.example", "The Paper", "https://paper.example/", pages=Paging(next='[rel~="next"]', most=6))
NUMBERED = replace(OUTLET, pages=Paging(number="[?&]page=([0-9]+)"))
PARAGRAPHS = [
    f"On day {n} of its inquiry the committee heard that {n * 17} of the pier's {n * 40 + 300} planks were rotten."
    for n in range(1, 13)
]


def cut(*sizes: int) -> list[str]:
    """The paragraphs, so many on each page."""
    texts, rest = [], PARAGRAPHS
    for size in sizes:
        texts.append("|".join(rest[:size]))
        rest = rest[size:]
    return texts


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@dataclass
class World:
    """An archive, the web it sees, and the time."""

    root: Path
    archive: FileArchive
    web: FakeWeb
    clock: Clock
    services: Services

    def use(self, outlet: Outlet) -> None:
        """The outlet's file, as it is from now on."""
        self.services = replace(self.services, outlets=Outlets.of([outlet]))

    async def visit(self, url: str = URL, *, force: bool = False) -> Outcome:
        """One visit an hour later, as the daemon or a one-off fetch makes it."""
        self.clock.forward(hours=1)
        outlet = self.services.outlets["paper.example"]
        due = self.archive.frontier.lookup(url, outlet) or Due(
            urls.identity(url, outlet), url, urls.host(url), outlet.id, self.clock()
        )
        return await visit(self.services, due, url=url, force=force)

    def show(self, pages: dict[str, Answer]) -> None:
        """What the outlet shows from now on."""
        self.web.pages = pages
        self.web.asked = []

    def asked(self) -> list[str]:
        """What was asked for, by the ends of the addresses."""
        return [request.url.removeprefix("https://paper.example/2026/03/") for request in self.web.asked]

    def latest(self) -> Snapshot:
        """The last version."""
        entry = self.archive.find(URL, self.services.outlets["paper.example"])
        assert entry is not None
        found = self.archive.latest(entry.id)
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty archive, and a web with one article of three pages."""
    clock = Clock()
    web = FakeWeb(clock, paged(*cut(5, 4, 3), url=URL))
    root = tmp_path / "archive"
    with FileArchive.open(root, create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([OUTLET]), clock)
        yield World(root, archive, web, clock, services)


@pytest.mark.parametrize("form", ["{url}?page={number}", "{url}/{number}", "{url}-{number}", "{url}/page/{number}/"])
async def test_all_pages_are_one_article(world: World, form: str) -> None:
    """Its text is that of all of them, without their numbers."""
    world.show(paged(*cut(5, 4, 3), url=URL, form=form))
    done = await world.visit()
    assert (done.verdict, done.version) == ("new", 0)
    assert world.latest().article.body.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("paging", "form"),
    [
        (Paging("a.pager-next"), "{url}?page={number}"),
        (Paging(number="[?&]page=([0-9]+)"), "{url}?page={number}"),
        (Paging("a.pager-next", "[?&]page=([0-9]+)"), "{url}?page={number}"),
        (Paging(number=r"-p([0-9]+)$"), "{url}-p{number}"),
        (Paging(number="/([0-9]+)/$"), "{url}/{number}/"),
    ],
)
async def test_the_file_may_say_in_several_ways_what_leads_on(world: World, paging: Paging, form: str) -> None:
    """A selector, a number in the address, or both."""
    world.use(replace(OUTLET, pages=paging))
    world.show(paged(*cut(5, 4, 3), url=URL, form=form))
    await world.visit()
    assert world.latest().article.body.split("\n") == PARAGRAPHS


async def test_a_selector_knows_which_page_the_first_number_is(world: World) -> None:
    """Some systems count from nought: the second page is number 1."""
    world.use(replace(OUTLET, pages=Paging("a.pager-next", "[?&]p=([0-9]+)")))
    pages = paged(*cut(5, 4, 3), url=URL, form="{url}?p={number}")
    world.show({key.replace("p=2", "p=1").replace("p=3", "p=2"): _counted_down(page) for key, page in pages.items()})
    await world.visit()
    assert world.latest().article.body.split("\n") == PARAGRAPHS


def _counted_down(page: Answer) -> str:
    return str(page).replace("p=2", "p=1").replace("p=3", "p=2")


async def test_without_the_key_each_page_is_read_alone(world: World) -> None:
    """And nothing in the sidecar speaks of pages."""
    world.use(replace(OUTLET, pages=None))
    await world.visit()
    assert world.asked() == ["pier-vote"]
    sidecar = (world.root / world.latest().path).with_suffix(".json").read_text()
    assert "page" not in sidecar.replace("Page 1 of 3", "")


async def test_the_sidecar_names_every_capture(world: World) -> None:
    """Each page can be read back from its own record."""
    await world.visit()
    kept = world.latest()
    found = [world.archive.page(capture) for capture in (kept.capture, *kept.further)]
    assert [page.final_url for page in found] == [URL, f"{URL}?page=2", f"{URL}?page=3"]
    assert [page.body.decode() for page in found] == list(world.web.pages.values())


async def test_the_archive_of_joined_articles_is_proved_and_made_again(world: World) -> None:
    """Also with a failed visit, an edit and repeats in it."""
    await world.visit()
    world.web.pages[f"{URL}?page=3"] = 503
    await world.visit()
    world.show(paged(*cut(5, 4, 2), url=URL))
    await world.visit()
    world.archive.close()
    before = dumped(world.root)
    assert findings(world.root) == []
    reindex(world.root)
    assert dumped(world.root) == before


# ---------------------------------------------------------------------------------------------- edits


async def test_an_edit_on_the_last_page_is_seen_though_the_first_is_unchanged(world: World) -> None:
    """A validator of page 1 is not even sent: it knows nothing of page 3."""
    first = answered(URL, str(world.web.pages[URL]), world.clock, etag='"a"', last_modified="Sun, 01 Mar 2026")
    world.web.pages[URL] = first
    await world.visit()
    assert (await world.visit()).verdict == "same"
    world.web.pages |= {URL: first, f"{URL}?page=3": paged(*cut(5, 4, 2), url=URL)[f"{URL}?page=3"]}
    world.web.asked = []
    done = await world.visit()
    assert (done.verdict, done.edit and done.edit.kinds) == ("edited", ("removal",))
    assert [(request.etag, request.last_modified) for request in world.web.asked] == [(None, None)] * 3


async def test_an_article_of_one_page_keeps_its_validators(world: World) -> None:
    """It costs what it costs without the key: one conditional request."""
    world.show({URL: answered(URL, article_page(*PARAGRAPHS), world.clock, etag='"a"')})
    await world.visit()
    await world.visit()
    assert [request.etag for request in world.web.asked] == [None, '"a"']


async def test_a_page_more_is_seen_where_nothing_else_has_changed(world: World) -> None:
    """The link to it is all that is new on page 1."""
    world.show(paged(*cut(5), url=URL))
    await world.visit()
    pages = paged(*cut(5, 4), url=URL)
    pages[URL] = str(pages[URL]).replace("<p>Page 1 of 2</p>", "")
    world.show(pages)
    done = await world.visit()
    assert (done.verdict, done.edit and done.edit.kinds) == ("edited", ("addition",))


async def test_cut_in_other_places_an_article_is_the_same(world: World) -> None:
    """Three pages, two, four, one, and back: no version is made of that."""
    await world.visit()
    for sizes in ((7, 5), (3, 3, 3, 3), (12,), (5, 4, 3)):
        world.show(paged(*cut(*sizes), url=URL))
        assert (await world.visit()).verdict == "same"
    assert world.latest().version == 0


async def test_another_banner_on_each_page_is_no_edit(world: World) -> None:
    """The surroundings of all pages are surroundings."""
    await world.visit()
    world.show(paged(*cut(5, 4, 3), url=URL, banner="Only 13 to go!"))
    assert (await world.visit()).verdict == "same"


# ---------------------------------------------------------------------------------------------- half an article


@pytest.mark.parametrize(
    ("answer", "verdict", "reason", "again"),
    [
        (503, "failed", "pages: page 3: http-503", True),
        (404, "failed", "pages: page 3: http-404", False),
        (Failed(URL, "timeout"), "failed", "pages: page 3: timeout", True),
        (Failed(URL, "too-large", transient=False), "failed", "pages: page 3: too-large", False),
        (Refused(URL, "robots"), "failed", "pages: page 3: robots", False),
        (b"", "failed", "pages: page 3: empty: the answer has no content", False),
        (b"PK\x03\x04zip", "failed", "pages: page 3: not-text: ", False),
        ("<title>Just a moment...</title><p>Checking your browser</p>", "partial", "pages: page 3: ", True),
    ],
)  # fmt: skip
async def test_a_page_that_fails_fails_the_visit(
    world: World, answer: str | int | bytes | FetchError, verdict: str, reason: str, again: bool
) -> None:
    """The last good version stands, nothing half is kept, and it is tried again."""
    good = dict(world.web.pages)
    await world.visit()
    world.show(paged(*cut(5, 4, 2), url=URL) | {f"{URL}?page=3": answer})
    done = await world.visit()
    assert (done.verdict, done.retry_at is not None) == (verdict, again)
    assert (done.reason or "").startswith(reason)
    assert world.latest().version == 0
    world.show(good)
    assert (await world.visit()).verdict == "same"


async def test_a_new_article_with_a_page_missing_is_not_there_yet(world: World) -> None:
    """Half of it would be taken for all of it."""
    good = dict(world.web.pages)
    world.web.pages[f"{URL}?page=2"] = 503
    assert (await world.visit()).verdict == "failed"
    assert world.archive.find(URL, OUTLET) is None
    world.show(good)
    assert (await world.visit()).verdict == "new"


async def test_a_host_that_wants_to_be_left_alone_is_asked_when_it_said(world: World) -> None:
    """Also if it says so at page 2."""
    until = world.clock() + timedelta(hours=9)
    world.web.pages[f"{URL}?page=2"] = Deferred(URL, "http-429", "", until)
    done = await world.visit()
    assert done.verdict == "failed"
    assert done.retry_at is not None
    assert done.retry_at >= until


@pytest.mark.parametrize(
    ("leads", "reason"),
    [
        (URL, "pages: page 3: loop"),
        ("https://other.example/2026/03/pier-vote?page=3", "pages: page 3: other-host"),
        ("http://127.0.0.1/2026/03/pier-vote?page=3", "pages: page 3: other-host"),
        ("http://169.254.169.254/latest/meta-data", "pages: page 3: other-host"),
        ("https://paper.example/2026/03/another-story", "pages: page 3: another-article"),
    ],
)
async def test_a_link_that_leads_astray_is_not_followed(world: World, leads: str, reason: str) -> None:
    """It is not even asked for."""
    page = str(world.web.pages[f"{URL}?page=2"])
    world.web.pages[f"{URL}?page=2"] = page.replace(f"{URL}?page=3", leads)
    done = await world.visit()
    assert (done.verdict, done.reason) == ("partial", reason)
    assert world.asked() == ["pier-vote", "pier-vote?page=2"]


@pytest.mark.parametrize("leads", ["file:///etc/passwd", "javascript:next()", "#", "", "data:text/html,x", "http://["])
async def test_a_link_to_nowhere_is_the_end(world: World, leads: str) -> None:
    """As many pagers have it on the last page."""
    page = str(world.web.pages[f"{URL}?page=3"]).replace("</article>", f'</article><a rel="next" href="{leads}">x</a>')
    world.web.pages[f"{URL}?page=3"] = page
    assert (await world.visit()).verdict == "new"
    assert len(world.asked()) == 3


async def test_ten_thousand_pages_are_not_asked_for(world: World) -> None:
    """The file says how many at most."""
    world.show(paged(*(f"{PARAGRAPHS[n % 12]} {n}" for n in range(10_000)), url=URL))
    done = await world.visit()
    assert (done.verdict, done.reason) == ("partial", "pages: more than 6")
    assert len(world.asked()) == 6


async def test_a_slow_host_is_asked_another_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages there are, a visit ends."""
    monkeypatch.setattr("scraper.pipeline.chain.PATIENCE", timedelta())
    done = await world.visit()
    assert (done.verdict, done.reason) == ("failed", "pages: page 2: out-of-time")
    assert done.retry_at is not None


async def test_a_redirect_to_another_story_is_not_a_page(world: World) -> None:
    """Nor is one back to page 1, which is how many systems answer for a page they have not."""
    reasons = []
    for to in ("https://paper.example/2026/03/another-story", URL):
        world.web.pages[f"{URL}?page=3"] = answered(f"{URL}?page=3", article_page(), world.clock, final_url=to)
        reasons.append((await world.visit()).reason)
    assert reasons == [f"pages: page 3: {why} behind a redirect" for why in ("another-article", "loop")]


@pytest.mark.parametrize(
    ("shown", "reason"),
    [(1, "repeats page 1"), (2, "repeats an earlier page")],
)
async def test_the_same_page_under_another_number_is_a_loop(world: World, shown: int, reason: str) -> None:
    """However its address goes on counting."""
    place = URL if shown == 1 else f"{URL}?page=2"
    later = str(world.web.pages[place]).replace("?page=2", "?page=4").replace("?page=3", "?page=4")
    world.web.pages[f"{URL}?page=3"] = later.replace(f"Page {shown} of", "Page 3 of")
    assert (await world.visit()).reason == f"pages: page 3: {reason}"


async def test_a_page_that_says_it_is_another_article_is_not_joined(world: World) -> None:
    """Its canonical link is its own word for it."""
    link = '<link rel="canonical" href="https://paper.example/2026/03/another-story"></head>'
    world.web.pages[f"{URL}?page=2"] = str(world.web.pages[f"{URL}?page=2"]).replace("</head>", link)
    assert (await world.visit()).reason == "pages: page 2: another-article"


async def test_links_that_went_are_told_from_pages_that_went(world: World) -> None:
    """A pager in other markup would leave page 1 alone: then the pages are there, and that is said for as long as it
    lasts. Once they are gone, two looks make it an edit."""
    await world.visit()
    pages: dict[str, Answer] = {url: str(page).replace('rel="next"', "") for url, page in world.web.pages.items()}
    world.show(pages)
    for _ in range(3):
        done = await world.visit()
        assert (done.verdict, done.reason) == (
            "partial",
            f"pages: page 2: {URL}?page=2 is there, and no link leads to it",
        )
    world.show({URL: pages[URL]})
    seen = [(await world.visit()).verdict for _ in range(2)]
    assert seen == ["partial", "edited"]


async def test_a_wall_on_a_later_page_is_a_teaser(world: World) -> None:
    """The last good version stands."""
    await world.visit()
    wall = '<div class="paywall"><p>Subscribe to continue reading</p></div></article>'
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script></head>'
    page = str(paged(*cut(5, 4, 1), url=URL)[f"{URL}?page=3"])
    world.web.pages[f"{URL}?page=3"] = page.replace("</article>", wall).replace("</head>", head)
    done = await world.visit()
    assert (done.verdict, done.reason) == ("partial", "teaser")


# ---------------------------------------------------------------------------------------------- one history


@pytest.mark.parametrize("outlet", [OUTLET, NUMBERED])
async def test_a_later_page_is_the_same_article(world: World, outlet: Outlet) -> None:
    """Asked for, or seen on a front page: one history, read from page 1."""
    world.use(outlet)
    first = await world.visit()
    world.web.asked = []
    done = await world.visit(f"{URL}?page=3")
    assert (done.verdict, done.article_id, world.asked()[0]) == ("same", first.article_id, "pier-vote")


@pytest.mark.parametrize("outlet", [OUTLET, NUMBERED])
async def test_an_article_may_be_met_at_a_later_page_first(world: World, outlet: Outlet) -> None:
    """It is read, kept and watched from page 1."""
    world.use(outlet)
    head = f'<link rel="canonical" href="{URL}"></head>'
    world.show({url: str(page).replace("</head>", head) for url, page in world.web.pages.items()})
    met = await world.visit(f"{URL}?page=2")
    assert met.verdict == "new"
    assert world.latest().article.body.split("\n") == PARAGRAPHS
    row = world.archive.frontier.lookup(URL, outlet)
    assert row is not None
    assert row.url == URL
    assert (await world.visit()).verdict == "same"
    assert world.archive.find(f"{URL}?page=3", outlet) == world.archive.find(URL, outlet)


async def test_a_later_page_that_does_not_say_so_is_kept_as_what_it_is(world: World) -> None:
    """What is known of it is kept; nothing is guessed."""
    page = str(world.web.pages[f"{URL}?page=3"]).replace('rel="prev"', "")
    world.show({f"{URL}?page=3": page})
    done = await world.visit(f"{URL}?page=3")
    assert (done.verdict, world.asked()) == ("new", ["pier-vote?page=3"])


async def test_two_pages_that_send_to_each_other_end_somewhere(world: World) -> None:
    """Whoever says that the article begins elsewhere is believed once."""
    pages = paged(*cut(5, 4), url=URL, form="{url}/{number}")
    head = f'<link rel="first" href="{URL}/2"></head>'
    world.show({url: str(page).replace("</head>", head) for url, page in pages.items()})
    assert (await world.visit()).verdict in {"new", "partial"}
    assert len(world.asked()) < 6


async def test_a_file_that_learns_of_pages_completes_what_was_kept(world: World) -> None:
    """A version, so that the text is there; not an edit, for nobody made one."""
    world.use(replace(OUTLET, pages=None))
    await world.visit()
    world.use(OUTLET)
    done = await world.visit(force=True)
    assert (done.verdict, done.version, done.edit, done.flags) == ("edited", 1, None, ("pages-joined",))
    assert world.latest().article.body.split("\n") == PARAGRAPHS
    assert (await world.visit()).verdict == "same"


async def test_a_new_reading_of_a_joined_article_is_not_an_edit(world: World) -> None:
    """All its captures are read again with today's rules."""
    aside = "<p class='aside-x'>The pier was built in 1911 and has been mended four times since, twice after storms."
    world.show({url: str(page).replace("</article>", aside + "</article>") for url, page in world.web.pages.items()})
    await world.visit()
    world.use(replace(OUTLET, rules=(Rule("x#1", drop=(".aside-x",)),)))
    assert (await world.visit()).verdict == "same"
    world.use(replace(OUTLET, pages=None, rules=(Rule("x#1", drop=(".aside-x",)),)))
    assert (await world.visit(force=True)).verdict == "same"
