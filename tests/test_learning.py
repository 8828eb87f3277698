"""What an archive learns about an outlet's widgets, and what it never takes for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from scraper import urls
from scraper.model import Due, Outlet
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.learning import learn_widgets, with_learned
from scraper.pipeline.reread import reread
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from scraper.store.verify import verify
from scraper.widgets import Widget
from tests.fakes import Clock, FakeWeb, InlineReader
from tests.store.kit import dumped

pytestmark = pytest.mark.anyio

OUTLET = Outlet("paper.example", "The Harbour Paper", "https://paper.example/")
TOPICS = ("harbour", "school", "railway", "market", "orchard", "theatre", "bakery", "museum", "stadium", "library")
BACKGROUND = (
    "The valley council has had no mayor since the spring, when Ole Brandt left office after eleven years and the two"
    " largest groups could not agree on who should follow him."
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def story(number: int, inside: str = "", after: str = "", **more: str) -> str:
    """An article about something of its own, in plain markup without a telling name."""
    topic = TOPICS[number % len(TOPICS)]
    lines = [
        f"The {topic} in the lower town will be shut for {number + 3} weeks from Monday, its owners said.",
        f"Nobody had told the {number + 20} people who work at the {topic}, one of them said while packing a box.",
        f"The last time the {topic} was shut was in {1960 + number}, when the river stood in its rooms for a month.",
        f"A neighbour who asked not to be named called the news about the {topic} the worst of the year so far.",
    ]
    text = "".join(f"<p>{line}</p>" for line in lines[:2]) + inside + "".join(f"<p>{line}</p>" for line in lines[2:])
    modified = f'<meta property="article:modified_time" content="{more["modified"]}">' if "modified" in more else ""
    return (
        f'<!doctype html><html lang="en"><head><title>Nobody told the {topic}</title>{modified}'
        f'<meta property="article:published_time" content="2026-03-01T09:{number:02d}:00+00:00"></head><body><main>'
        f"<article><h1>Nobody told the {topic}</h1><div class='k1'>{text}{after}</div></article></main></body></html>"
    )


@dataclass
class World:
    """An archive of one outlet, the pages it shows, and the time."""

    archive: FileArchive
    web: FakeWeb
    clock: Clock
    services: Services

    async def show(self, number: int, page: str) -> Outcome:
        """One visit to story `number`, which looks like `page` now."""
        url = f"https://paper.example/2026/03/story-{number}/"
        self.web.pages[url] = page
        due = self.archive.frontier.lookup(url, OUTLET) or Due(
            urls.identity(url, OUTLET), url, urls.host(url), OUTLET.id, self.clock()
        )
        return await visit(self.services, due, force=True)

    async def weeks(self, inside: list[str], after: list[str] | None = None) -> None:
        """Ten stories, one every seven hours, with the next of these pieces in each."""
        for number in range(len(TOPICS)):
            self.clock.forward(hours=7)
            more = after[number % len(after)] if after else ""
            await self.show(number, story(number, inside[number % len(inside)], more))

    def texts(self) -> list[str]:
        return [self.archive.versions(entry.id)[-1].article.body for entry in self.archive.articles()]

    async def learn(self, *, dry_run: bool = False) -> list[Widget]:
        return await learn_widgets(self.services, OUTLET, dry_run=dry_run)

    def take_up(self) -> None:
        """What the daemon does when something was learnt."""
        self.services = replace(
            self.services, outlets=with_learned(Outlets.of([OUTLET]), self.archive.widgets(OUTLET.id))
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Clock()
    web = FakeWeb(clock, {})
    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([OUTLET]), clock)
        yield World(archive, web, clock, services)


COUNTERS = [
    f"<div class='z{n}'><p>This morning {1200 + n * 7} households have the paper on the table.</p></div>"
    for n in range(3)
]
CLICK = [
    "<div><p>A walk through the lower town, told by those who live there.</p>"
    "<p>Meet at the stairs <a href='/walk'>behind the mill</a>.</p></div>"
]


async def test_a_counter_in_a_box_of_its_own_is_learnt(world: World) -> None:
    """Other numbers, other class names: the same words around most articles, in a box."""
    await world.weeks(COUNTERS)
    (widget,) = await world.learn()
    assert (widget.kind, widget.pattern) == ("text", "This morning #households have the paper on the table.")
    assert widget.since == date(2026, 3, 1)


async def test_a_box_to_click_on_is_learnt_whole(world: World) -> None:
    await world.weeks(CLICK)
    assert {widget.pattern for widget in await world.learn()} == {
        "A walk through the lower town, told by those who live there.",
        "Meet at the stairs behind the mill.",
    }


async def test_what_was_learnt_is_left_out_of_what_was_stored(world: World) -> None:
    """By a revision of the reading: no number is given, and nothing is written over."""
    await world.weeks(COUNTERS)
    assert any("households" in text for text in world.texts())
    await world.learn()
    assert not any("households" in text for text in world.texts())
    assert all(len(world.archive.versions(entry.id)) == 1 for entry in world.archive.articles())
    assert list(verify(world.archive.root, deep=True)) == []


async def test_a_page_without_the_widget_is_no_edit_afterwards(world: World) -> None:
    await world.weeks(COUNTERS)
    await world.learn()
    world.take_up()
    assert (await world.show(1, story(1))).verdict == "same"
    assert (await world.show(2, story(2, COUNTERS[0].replace("1200", "9")))).verdict == "same"


async def test_a_real_edit_beside_it_still_is_one(world: World) -> None:
    await world.weeks(COUNTERS)
    await world.learn()
    world.take_up()
    done = await world.show(1, story(1).replace("21 people", "210 people"))
    assert done.edit
    assert done.edit.kinds == ("figures",)


CREDIT = "A news agency contributed to this report."
FACTS = [
    f"<div class='facts'><h3>In short</h3><p>The house has {n + 2} doors, as had the {topic}.</p></div>"
    for n, topic in enumerate(TOPICS)
]
NEVER = {
    "background that reporters use again": ([""], [f"<p>{BACKGROUND}</p>"]),
    "background in the middle of the text": ([f"<p>{BACKGROUND}</p>"], [""]),
    "background with a link in it": ([""], [f"<p>{BACKGROUND.replace('Ole Brandt', '<a href=x>Ole Brandt</a>')}</p>"]),
    "a credit in italics": ([""], [f"<p><em>{CREDIT}</em></p>"]),
    "a credit in a box of its own": ([""], [f"<div class='k2'><p>{CREDIT}</p></div>"]),
    "a subheading that recurs": (["<h2>What happened before</h2>"], [""]),
    "a box with other facts each time": (FACTS, [""]),
    "background beside a widget": ([""], [f"<p>{BACKGROUND}</p>{COUNTERS[0]}"]),
    "a quotation that recurs": ([f"<blockquote><p>{BACKGROUND}</p></blockquote>"], [""]),
}


@pytest.mark.parametrize("name", NEVER)
async def test_what_may_be_article_is_never_learnt(world: World, name: str) -> None:
    await world.weeks(*NEVER[name])
    learnt = {widget.pattern for widget in await world.learn(dry_run=True)}
    assert learnt <= {"This morning #households have the paper on the table."}


async def test_background_that_comes_under_old_articles_is_an_edit(world: World) -> None:
    """Added to many articles on one day it is still a paragraph: an outlet that rewrites its past."""
    await world.weeks([""])
    for number in range(len(TOPICS)):
        world.clock.forward(hours=1)
        done = await world.show(number, story(number, after=f"<p>{BACKGROUND}</p>"))
        assert done.verdict == "edited"
    assert await world.learn(dry_run=True) == []


async def test_one_busy_day_is_no_template(world: World) -> None:
    """The same box on all articles of one afternoon may be about the story they all tell."""
    for number in range(len(TOPICS)):
        world.clock.forward(minutes=20)
        await world.show(number, story(number, COUNTERS[number % 3]))
    assert await world.learn(dry_run=True) == []


async def test_a_few_articles_are_not_enough(world: World) -> None:
    for number in range(4):
        world.clock.forward(hours=20)
        await world.show(number, story(number, COUNTERS[number % 3]))
    assert await world.learn(dry_run=True) == []


TALK = (
    "Ann from the upper town has just sat down.",
    "Bo brought a cake and two chairs.",
    "Cy left early, for the train.",
    "Di came by boat.",
)


async def restless(world: World, **more: str) -> None:
    """A box that says something else at every look, on three articles."""
    for look, line in enumerate(TALK):
        for number in range(3):
            world.clock.forward(hours=5)
            modified = {"modified": f"2026-03-0{look + 1}T10:00:00+00:00"} if more else {}
            await world.show(number, story(number, f"<div class='table-talk'><p>{line}</p></div>", **modified))


async def test_a_box_that_changes_at_every_look_is_learnt_by_its_place(world: World) -> None:
    await restless(world)
    (widget,) = await world.learn()
    assert (widget.kind, widget.pattern) == ("place", "div.table-talk")


async def test_its_false_versions_are_no_edits_any_more(world: World) -> None:
    """They keep their numbers, and read like the versions before."""
    await restless(world)
    assert len(world.archive.reports.changes()) == 9
    await world.learn()
    assert world.archive.reports.changes() == []


async def test_an_edit_in_which_only_the_widget_went_is_taken_back(world: World) -> None:
    """The text after it reads as ever; what the edit said about it does not."""
    await world.weeks(COUNTERS)
    assert (await world.show(1, story(1))).verdict == "edited"
    await world.learn()
    assert world.archive.reports.changes() == []
    assert list(verify(world.archive.root, deep=True)) == []


async def test_a_box_that_the_outlet_says_it_updates_is_article(world: World) -> None:
    await restless(world, modified="yes")
    assert await world.learn(dry_run=True) == []


async def test_a_dry_run_keeps_nothing(world: World) -> None:
    await world.weeks(COUNTERS)
    assert len(await world.learn(dry_run=True)) == 1
    assert world.archive.decisions() == []


async def test_the_same_archive_teaches_the_same(world: World) -> None:
    await world.weeks([*CLICK, *COUNTERS])
    assert await world.learn(dry_run=True) == await world.learn(dry_run=True)


async def test_what_is_known_is_not_learnt_twice(world: World) -> None:
    await world.weeks(COUNTERS)
    await world.learn()
    world.take_up()
    assert await world.learn() == []


async def test_what_was_forgotten_comes_back_and_stays(world: World) -> None:
    """A person's word counts more than the evidence."""
    await world.weeks(COUNTERS)
    (widget,) = await world.learn()
    world.archive.decide_widget(widget, "forget", OUTLET.home)
    world.take_up()
    for entry in list(world.archive.articles()):
        assert [found.result async for found in reread(world.services, entry, lambda _: False)] == ["revised"]
    assert all("households" in text for text in world.texts())
    assert await world.learn() == []


async def test_decisions_survive_without_the_catalogue(world: World) -> None:
    await world.weeks(COUNTERS)
    (widget,) = await world.learn()
    world.archive.decide_widget(widget, "forget", OUTLET.home)
    world.archive.write_manifests(date(2026, 12, 31))
    before, decisions = dumped(world.archive.root), world.archive.decisions()
    world.archive.close()
    reindex(world.archive.root)
    assert dumped(world.archive.root) == before
    with FileArchive.open(world.archive.root) as again:
        assert again.decisions() == decisions
        assert again.widgets() == []


async def test_a_decision_that_was_altered_is_found(world: World) -> None:
    await world.weeks(COUNTERS)
    await world.learn()
    (path,) = world.archive.root.glob("widgets/paper.example/*.json")
    path.write_bytes(path.read_bytes().replace(b"learn", b"burnt"))
    name = path.relative_to(world.archive.root).as_posix()
    assert [finding.file for finding in verify(world.archive.root)] == [name]


def test_a_learnt_text_is_a_rule_for_that_block_only() -> None:
    """Numbers may be others; every other letter counts, and what looks like a pattern is none."""
    (pattern,) = Widget("a.example", "text", "Goal (#): #* [new] #", date(2026, 3, 1)).rule().drop_text
    assert re.fullmatch(pattern, "Goal (1,000): 12* [new] 3.5")
    assert not re.fullmatch(pattern, "Goal (1,000): 12* [new] 3.5 and more")
    assert not re.fullmatch(pattern, "Goal (x): 12* n 3")
