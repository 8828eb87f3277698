"""What should have come of it, against what the archive holds and what the outlets were asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from scraper.cadence import BELIEVED
from scraper.model import Entry, Outlet
from scraper.store.archive import FileArchive
from tests.benchmarks.soak.world import EVERY, IDENTITY, OUTAGE, Publisher, Told, World

# A story that was listed so shortly before the end may not have been asked for yet.
LATE = timedelta(hours=2)
# After an outage a host is left alone for an hour at most, and a source is asked again at its own time.
RECOVERY = timedelta(hours=1) + EVERY


@dataclass
class Found:
    """The account. Lists name what is wrong; all of them should be empty."""

    stories: int = 0
    versions: int = 0
    edits: int = 0
    taken_down: int = 0
    looks: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    missed_edits: list[str] = field(default_factory=list)
    false_edits: list[str] = field(default_factory=list)
    missed_gone: list[str] = field(default_factory=list)
    false_gone: list[str] = field(default_factory=list)
    missed_looks: list[str] = field(default_factory=list)
    doubled_looks: list[str] = field(default_factory=list)
    impolite: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    waited: tuple[float, ...] = ()

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What is wrong, by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, list) and value}


Away = tuple[datetime, datetime]


def judge(world: World, archive: FileArchive, ends: datetime, away: Away | None = None) -> Found:
    """Go through every story, every source and every host. `away`: from when to when there was no daemon."""
    found, known = Found(), dict[str, int]()
    for article in archive.articles():
        known[article.id] = 0
    for host, publisher in world.publishers.items():
        for story in publisher.stories:
            url = f"http://{host}{story.path}"
            entry = archive.find(url, Outlet(host, host, f"http://{host}/", identity=IDENTITY))
            told = world.told[host, story.number]
            if entry:
                known[entry.id] += 1
                _story(found, archive, entry, told)
            elif told.shown or (told.listed and told.listed < ends - LATE and not told.gone):
                found.lost.append(url)
        _looks(found, host, _disturbances(publisher, away), [world.start, *world.looks[host], ends])
        least = world.shape.delay - 0.05
        close = [b for a, b in pairwise(world.asked[host]) if (b - a).total_seconds() < least]
        found.impolite += [f"{host} at {at:%d %H:%M:%S}" for at in close]
    found.waited = tuple(sorted(_waits(world, away)))
    if away:
        found.out_of_order = list(_out_of_order(world, away[1]))
    found.strange = [article for article, times in known.items() if times == 0]
    found.doubled = [article for article, times in known.items() if times > 1]
    return found


def _waits(world: World, away: Away | None) -> Iterator[float]:
    """Seconds from publication to the first look, of what nobody was kept from looking for."""
    for (host, number), told in world.told.items():
        publisher = world.publishers[host]
        at = max(publisher.stories[number].first.published, world.start)
        if told.first and not any(since < told.first and at < until for since, until in _disturbances(publisher, away)):
            yield (told.first - at).total_seconds()


def _out_of_order(world: World, back: datetime) -> Iterator[str]:
    """Of what was published while nobody looked: older articles that were visited before newer ones."""
    for host, publisher in world.publishers.items():
        missed = [(world.told[host, s.number].asked, s) for s in publisher.stories if s.first.published < back]
        visited = sorted((at, s.first.published, s.path) for at, s in missed if at and at > back)
        late = [(a, b) for a, b in pairwise(visited) if a[1] < b[1] and b[0] - back < EVERY]
        yield from (f"{host}{a[2]} before {b[2]}" for a, b in late)


def _story(found: Found, archive: FileArchive, entry: Entry, told: Told) -> None:
    url = entry.url
    versions = archive.versions(entry.id)
    found.stories += 1
    found.versions += len(versions)
    found.edits += len(told.shown) - 1
    if len(versions) < len(told.shown):
        found.missed_edits.append(f"{url}: {len(told.shown)} texts shown, {len(versions)} kept")
    if len(versions) > len(told.shown):
        found.false_edits.append(f"{url}: {len(told.shown)} texts shown, {len(versions)} kept")
    _gone(found, url, told, bool(list((archive.root / versions[-1].path).parent.glob("gone-*.json"))))


def _gone(found: Found, url: str, told: Told, marked: bool) -> None:
    needed, over = max(BELIEVED.values())
    certain = len(told.gone) > needed and told.gone[-1] - told.gone[0] > over + timedelta(hours=12)
    found.taken_down += marked
    if certain and not marked:
        found.missed_gone.append(f"{url}: told {len(told.gone)} times since {told.gone[0]:%d %H:%M}")
    if marked and not told.gone:
        found.false_gone.append(url)


def _disturbances(publisher: Publisher, away: Away | None) -> list[Away]:
    """From when to when nobody could look, and what that upsets."""
    out = [(at, at + OUTAGE + RECOVERY) for at in publisher.plan.outages]
    return [*out, (away[0], away[1] + RECOVERY)] if away else out


def _looks(found: Found, host: str, disturbed: list[Away], looks: list[datetime]) -> None:
    """Whether the feed was asked for when it was due, from start to end."""
    found.looks += len(looks) - 2
    for at, (before, after) in enumerate(pairwise(looks)):
        if any(before < until and after > since for since, until in disturbed):
            continue
        if after - before > EVERY * 1.5:
            found.missed_looks.append(f"{host} between {before:%d %H:%M} and {after:%d %H:%M}")
        if after - before < EVERY * 0.5 and 0 < at < len(looks) - 2:
            found.doubled_looks.append(f"{host} at {before:%d %H:%M} and {after:%d %H:%M}")


def size_of(folder: Path) -> int:
    """The bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
