"""A live page over a day, from the web to the archive: exactly the versions that say something, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper import urls
from scraper.model import Due, Outlet
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from scraper.store.verify import verify
from tests.extract import live_pages
from tests.extract.live_pages import NEWEST_FIRST, URL, Post, Scene, Template
from tests.fakes import Clock, FakeWeb, InlineReader

pytestmark = pytest.mark.anyio

OUTLET = Outlet("paper.example", "The Paper", "https://paper.example/")
START = datetime(2026, 3, 1, 7, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@dataclass
class Day:
    """A live page, the archive that watches it, and the time. Each look sees other advertisements and other minutes."""

    archive: FileArchive
    web: FakeWeb
    clock: Clock
    services: Services
    template: Template = NEWEST_FIRST["full"]
    posts: list[Post] = field(default_factory=lambda: live_pages.posts(5))
    shown: int = 100
    looks: int = 0

    def add(self, text: str) -> None:
        """A further entry, dated now."""
        name = f"post-{9000 + len(self.posts)}"
        self.posts.append(Post(name, self.clock(), f"Entry of {self.clock():%H:%M}", (text,)))

    def change(self, at: int, old: str, new: str) -> None:
        """Somebody edits an entry."""
        post = self.posts[at]
        self.posts[at] = replace(post, texts=tuple(text.replace(old, new) for text in post.texts))

    async def look(self, minutes: int = 20) -> Outcome:
        """One visit, so many minutes after the last one."""
        self.clock.forward(minutes=minutes)
        self.looks += 1
        scene = Scene(ticks=self.looks * minutes, round_=self.looks)
        self.web.pages[URL] = self.template(self.posts[-self.shown :], scene)
        due = self.archive.frontier.lookup(URL, OUTLET) or Due(
            urls.identity(URL, OUTLET), URL, urls.host(URL), OUTLET.id, self.clock()
        )
        return await visit(self.services, due)

    def history(self) -> list[tuple[str, ...]]:
        """The kinds of all versions."""
        entry = self.archive.find(URL, OUTLET)
        assert entry is not None
        return [version.edit.kinds if version.edit else () for version in self.archive.versions(entry.id)]

    def texts(self) -> list[str]:
        """The texts of all versions."""
        entry = self.archive.find(URL, OUTLET)
        assert entry is not None
        return [version.article.text for version in self.archive.versions(entry.id)]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """An empty archive at the beginning of a day."""
    clock = Clock(START + timedelta(hours=4))
    web = FakeWeb(clock)
    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([OUTLET]), clock)
        yield Day(archive, web, clock, services)


@pytest.mark.parametrize("name", ["full", "ids", "microdata", "bare", "flat", "script"])
async def test_a_day_of_a_live_page(day: Day, name: str) -> None:
    """Entries come every hour, one is changed, one is taken away; advertisements and minutes change at every look."""
    day.template = NEWEST_FIRST[name]
    await day.look()
    for look in range(1, 25):
        if look % 3 == 0:
            day.add(f"The gauge at the mill shows {look} marks below the line, the water board says in a notice.")
        if look == 8:
            day.change(1, "quay school", "mill school")
        if look == 17:
            del day.posts[3]
        await day.look()
    kinds = day.history()
    assert kinds == [(), ("routine",), ("wording",), ("routine",), ("removal", "routine"), ("routine",)]
    assert all(f"shows {look} marks" in day.texts()[-1] for look in range(3, 22, 3))


async def test_parts_name_their_entries(day: Day) -> None:
    """In the outcome of the visit, and in the sidecar."""
    await day.look()
    day.change(0, "to all traffic", "to lorries")
    name = day.posts.pop(2).name
    done = await day.look(180)
    assert done.edit is not None
    assert {(part.kind, part.entry) for part in done.edit.parts} == {("wording", "post-7100"), ("removal", name)}
    assert done.edit.stealth
    assert done.snapshot is not None
    entry = day.archive.find(URL, OUTLET)
    assert entry is not None
    assert day.archive.versions(entry.id)[-1].edit == done.edit


async def test_growth_alone_waits_and_an_edit_does_not(day: Day) -> None:
    """Ten minutes after a version: an entry is in the next one, a changed figure is one."""
    await day.look()
    day.add("A second pump is on its way, the fire brigade says, and will be set up at the quay.")
    waits = await day.look(10)
    day.change(4, "340", "430")
    edited = await day.look(10)
    assert (waits.verdict, waits.flags) == ("same", ("coalesced",))
    assert edited.edit is not None
    assert edited.edit.kinds == ("figures", "routine")


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "edited"])
async def test_an_entry_that_was_never_in_a_version_is_not_lost(day: Day, gone: bool) -> None:
    """It came, was seen, and was taken away or changed before the next version was due."""
    await day.look()
    day.add("Eleven people are missing, the police told this paper, and named no names.")
    await day.look(10)
    if gone:
        day.posts.pop()
    else:
        day.change(-1, "Eleven", "Two")
    last = await day.look(10)
    assert last.edit is not None
    assert last.edit.kinds == (("removal",) if gone else ("figures",))
    assert last.edit.stealth
    assert ["Eleven people" in text for text in day.texts()] == [False, True, False]


async def test_what_falls_off_a_short_page_between_versions_is_kept(day: Day) -> None:
    """Five entries are shown, four come at every look: each of them is in a version, and none was removed."""
    day.shown = 5
    await day.look()
    for look in range(6):
        for n in range(4):
            day.add(f"Report {look * 4 + n}: the water board has opened another gate of the upper dam this hour.")
            day.clock.forward(minutes=1)
        await day.look(10)
    await day.look(180)
    together = "\n".join(day.texts())
    assert all(f"Report {n}:" in together for n in range(24))
    assert {kind for kinds in day.history() for kind in kinds} == {"routine"}


async def test_a_page_that_is_edited_at_every_look_has_a_days_ration(day: Day) -> None:
    """Not more than any other article."""
    await day.look()
    for look in range(40):
        day.add(f"Report {look}: the water board has opened another gate of the upper dam this hour.")
        day.change(0, f"{look} times" if look else "beams", f"{look + 1} times")
        last = await day.look(10)
    assert last.flags == ("coalesced",)
    assert len(day.history()) == 24


async def test_the_archive_of_a_live_page_proves_itself(day: Day, tmp_path: Path) -> None:
    """Also where two versions came of one visit."""
    await day.look()
    day.add("Eleven people are missing, the police told this paper, and named no names.")
    await day.look(10)
    day.posts.pop()
    await day.look(10)
    day.archive.close()
    assert list(verify(tmp_path / "archive", deep=True)) == []
