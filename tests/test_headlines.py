"""A headline that alternates is reported once; what somebody decided about a headline is never missed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.outlets import Outlets
from scraper.pipeline import Outcome
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from tests.fakes import PARAGRAPHS, Clock, FakeWeb, InlineReader, article_page
from tests.test_pipeline import OUTLET, URL, World

pytestmark = pytest.mark.anyio
FORMS = {
    "A": "Council votes to rebuild the old pier",
    "B": "Old pier will stand again, council decides",
    "C": "What the vote on the pier means for fishermen",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Clock()
    web = FakeWeb(clock, {})
    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([OUTLET]), clock)
        yield World(archive, web, clock, services)


async def shown(world: World, forms: str, *, hours: float = 2) -> list[Outcome]:
    """Visits, each finding the headline that its letter stands for."""
    found = []
    for form in forms:
        world.web.pages[URL] = article_page(title=FORMS[form])
        world.clock.forward(hours=hours)
        found.append(await world.visit())
    return found


def versions(world: World) -> list[str]:
    """The headlines of all versions, by their letters."""
    entry = world.archive.find(URL)
    assert entry
    letters = {title: letter for letter, title in FORMS.items()}
    return [letters[snapshot.article.title or ""] for snapshot in world.archive.versions(entry.id)]


async def test_forty_switches_are_one_test(world: World) -> None:
    found = await shown(world, "A" + "BA" * 20)
    assert versions(world) == ["A", "B", "A"]
    assert [change.flags for change in world.archive.reports.changes()] == [("headline-test",), ()]
    assert sum(one.verdict == "edited" for one in found) == 2


async def test_a_switch_says_what_it_is(world: World) -> None:
    last = (await shown(world, "ABAB"))[-1]
    assert (last.verdict, last.flags) == ("same", ("coalesced", "headline-test"))
    assert last.reason
    assert last.reason.startswith("headline-test: the headline of version 1 since 2026-03-01")


async def test_the_form_that_stays_becomes_a_version(world: World) -> None:
    """Three days of the other form are no test any more."""
    await shown(world, "ABA")
    await shown(world, "B" * 8, hours=12)
    assert versions(world) == ["A", "B", "A", "B"]


async def test_going_back_and_forth_begins_to_count_anew(world: World) -> None:
    await shown(world, "ABA")
    await shown(world, "BBBBBABBBBB", hours=12)
    assert versions(world) == ["A", "B", "A"]


async def test_one_return_is_an_edit(world: World) -> None:
    """Somebody thought better of it: the text that readers see is kept."""
    assert [one.verdict for one in await shown(world, "ABA")] == ["new", "edited", "edited"]


async def test_a_return_after_a_week_is_no_switch(world: World) -> None:
    await shown(world, "ABA")
    await shown(world, "B", hours=24 * 8)
    await shown(world, "A", hours=24 * 8)
    assert versions(world) == ["A", "B", "A", "B", "A"]
    assert all("headline-test" not in one.flags for one in world.archive.reports.changes()[:2])


async def test_a_headline_never_seen_is_an_edit_in_the_middle_of_a_test(world: World) -> None:
    await shown(world, "ABAB")
    assert (await shown(world, "C"))[0].verdict == "edited"
    assert versions(world) == ["A", "B", "A", "C"]


async def test_three_forms_are_one_test_too(world: World) -> None:
    await shown(world, "ABC" * 6)
    assert versions(world) == ["A", "B", "C", "A"]


async def test_an_edit_of_the_text_is_never_taken_for_a_switch(world: World) -> None:
    """Whatever the headline does beside it."""
    await shown(world, "ABAB")
    world.clock.forward(hours=2)
    changed = PARAGRAPHS[1].replace("14 months", "40 months")
    world.web.pages[URL] = article_page(PARAGRAPHS[0], changed, *PARAGRAPHS[2:], title=FORMS["B"])
    done = await world.visit()
    assert done.edit
    assert done.edit.kinds == ("figures", "headline")


@pytest.mark.parametrize("at", range(2, 9))
async def test_no_text_is_missed_around_a_switch(world: World, at: int) -> None:
    """An edit between two switches is found at the next look, at any point of the test."""
    await shown(world, ("AB" * 9)[:at])
    changed = PARAGRAPHS[1].replace("14 months", "40 months")
    world.clock.forward(hours=2)
    world.web.pages[URL] = article_page(PARAGRAPHS[0], changed, *PARAGRAPHS[2:], title=FORMS["AB"[at % 2]])
    done = await world.visit()
    assert done.edit
    assert "figures" in done.edit.kinds
