"""The demo's outlets: other surroundings at each visit, the same text until it is really edited."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import anyio
import httpx
import pytest
from rich.console import Console

from scraper import extract, outlets
from scraper.article import Article
from scraper.demo import show
from scraper.demo.outlets import outlet_files
from scraper.demo.site import DemoSite, Truth, serve, story
from scraper.demo.stories import load
from scraper.model import Outlet

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARKS = {"subheading": "## ", "item": "- ", "quote": "> "}


class Seconds:
    """A clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def site(clock: Seconds) -> DemoSite:
    return DemoSite(seed=1, clock=clock, opened=OPENED, pause=4, looks=2)


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Outlet]:
    """The outlets as the daemon of the demo is told about them."""
    for name, text in outlet_files("http://127.0.0.1:1").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return dict(outlets.load(tmp_path))


def split(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("http://").partition("/")
    return host, f"/{path}"


def xml(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - written by the demo itself


def read(page: bytes, url: str, outlet: Outlet | None = None) -> Article:
    return extract(page, url, content_type="text/html; charset=utf-8", outlet=outlet)


def marked(article: Article) -> tuple[str, ...]:
    return tuple(MARKS.get(block.kind, "") + block.text for block in article.blocks)


def visit_all(site: DemoSite) -> list[tuple[Truth, bytes]]:
    """One visit to every article; what is true of each, and its page."""
    pages = [site.answer(*split(truth.url)).body for truth in site.truth()]
    return list(zip(site.truth(), pages, strict=True))


def test_every_visit_gets_other_surroundings(site: DemoSite) -> None:
    first, second = (visit_all(site) for _ in range(2))
    assert all(a[1] != b[1] for a, b in zip(first, second, strict=True))
    assert [(truth.edits, truth.faces) for truth in site.truth()] == [(0, 1)] * len(first)


def test_surroundings_never_reach_the_text(site: DemoSite, known: dict[str, Outlet]) -> None:
    """Twelve visits of each article, read with its outlet's rules: always exactly what the newsroom wrote."""
    for _ in range(12):
        for truth, page in visit_all(site):
            assert marked(read(page, truth.url, known[split(truth.url)[0]])) == truth.text


def test_surroundings_never_reach_the_text_of_an_unknown_outlet(site: DemoSite) -> None:
    for _ in range(4):
        for truth, page in visit_all(site):
            assert marked(read(page, truth.url)) == truth.text


def test_a_text_changes_only_when_it_was_shown_and_time_has_passed(site: DemoSite, clock: Seconds) -> None:
    visit_all(site)
    clock.now += 60
    assert [truth.edits for truth, _ in visit_all(site)] == [0] * 7
    assert [truth.edits for truth, _ in visit_all(site)] == [1] * 7
    assert [truth.edits for truth, _ in visit_all(site)] == [1] * 7


def test_every_edit_is_seen_by_a_reader(site: DemoSite, clock: Seconds, known: dict[str, Outlet]) -> None:
    """Played to its end, each article has exactly as many texts as it had edits and one."""
    texts: dict[str, list[str]] = {truth.url: [] for truth in site.truth()}
    while not site.finished:
        for truth, page in visit_all(site):
            if not truth.gone:
                article = read(page, truth.url, known[split(truth.url)[0]])
                assert (article.title, marked(article)) == (truth.title, truth.text)
                if texts[truth.url][-1:] != [article.text]:
                    texts[truth.url].append(article.text)
        clock.now += 5
    assert {url: len(seen) - 1 for url, seen in texts.items()} == {t.url: t.edits for t in site.truth()}
    assert sum(truth.edits for truth in site.truth()) == 16


def test_an_article_that_is_taken_away_is_gone_from_every_list(site: DemoSite, clock: Seconds) -> None:
    while not site.finished:
        visit_all(site)
        clock.now += 5
    (gone,) = [truth for truth in site.truth() if truth.gone]
    host, path = split(gone.url)
    assert site.answer(host, path).status == 410
    assert not any(path.encode() in site.answer(host, where).body for where in ("/rss/", "/sitemap-news.xml", "/"))


def test_an_edit_on_the_quiet_leaves_the_date_of_modification(site: DemoSite, clock: Seconds) -> None:
    host, path = split(site.truth()[0].url)
    stamps = []
    for _ in range(9):
        page = site.answer(host, path).body.decode()
        stamps.append(re.findall(r'modified_time" content="([^"]+)', page)[0])
        clock.now += 5
    # Figures and headline are changed in silence, the update at the end is not.
    assert stamps[0] == stamps[5] != stamps[6]


def test_the_same_seed_gives_the_same_pages(clock: Seconds) -> None:
    pages = [visit_all(DemoSite(seed=seed, clock=clock, opened=OPENED)) for seed in (1, 1, 2)]
    assert pages[0] == pages[1] != pages[2]


def test_feed_and_sitemap_are_well_formed_and_name_every_article(site: DemoSite) -> None:
    for host in site.hosts:
        urls = {truth.url for truth in site.truth() if split(truth.url)[0] == host}
        feed = xml(site.answer(host, "/rss/").body)
        sitemap = xml(site.answer(host, "/sitemap-news.xml").body)
        assert {link.text for link in feed.iterfind("channel/item/link")} == urls
        assert {loc.text for loc in sitemap.iterfind("{*}url/{*}loc")} == urls


def test_the_configuration_admits_every_article(site: DemoSite, known: dict[str, Outlet]) -> None:
    for truth in site.truth():
        assert outlets.admitted(truth.url, known[split(truth.url)[0]].admit)


def test_the_configuration_reaches_only_this_machine() -> None:
    network = tomllib.loads(outlet_files("http://127.0.0.1:8700")["scraper.toml"])["network"]
    assert (network["private"], set(network["connect_to"].values())) == (["127.0.0.1:8700"], {"127.0.0.1:8700"})


def test_it_serves_on_loopback_by_host(site: DemoSite) -> None:
    anyio.run(partial(_served, site))


async def _served(site: DemoSite) -> None:
    host, path = split(site.truth()[0].url)
    async with serve(site) as base, httpx.AsyncClient(base_url=base) as client:
        page = await client.get(path, headers={"Host": host})
        feed = await client.get("/rss/", headers={"Host": host})
        again = await client.get("/rss/", headers={"Host": host, "If-None-Match": feed.headers["etag"]})
        peek = await client.get(f"/live/{host}{path}")
        missing = await client.get("/nothing/", headers={"Host": host})
    assert (page.status_code, again.status_code, peek.status_code, missing.status_code) == (200, 304, 200, 404)
    assert site.truth()[0].visits == 1, "whoever only looks is not counted"


def test_every_edit_of_every_story_changes_something() -> None:
    assert sum(len(one.states) - 1 for one in load()) == 17


def test_the_story_says_what_is_shown() -> None:
    assert "3 outlets" in story()
    assert "7 articles" in story()
    assert "16 times" in story()
    assert max(map(len, story().splitlines())) <= 78


def test_the_table_shows_what_was_done_and_what_was_kept() -> None:
    rows = [
        show.Row("Dam Gates to Open", 9, 2, 6, 3, "figures", kinds=("figures",), stealth=True),
        show.Row("Gone", 4, 0, 1, 1, "new", gone=True),
        show.Row("Long gone", 9, 0, 1, 1, "gone", gone=True, confirmed=True),
    ]
    console = Console(width=120, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as shown:
        console.print(show.table(rows))
    assert re.search(r"Dam Gates to Open +9 +6 +2 +3 +figures on the quiet", shown.get())
    assert re.search(r"\nGone .* gone, unconfirmed *\nLong gone .* gone *\n", shown.get())


def test_a_version_without_an_edit_is_called_false() -> None:
    assert show.sentence([show.Row("a", 5, 1, 3, 4, "figures")]).endswith("3 banner changes, 2 false versions")
