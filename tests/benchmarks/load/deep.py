"""One outlet of which a million addresses are known, and a large sitemap that is read again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import psutil

from scraper.model import Outlet, Sighting, Source
from scraper.store.archive import FileArchive
from scraper.store.catalogue import queries
from scraper.store.frontier import NEW_PER_DAY
from scraper.store.stamps import ticks
from tests.benchmarks.load.watch import MIB, Cost, Shown, command, cost, pages, said
from tests.site import Program, Site, outlet, serve, wait_for

HOST: Final = "paper.example"
SITEMAP: Final = f"http://{HOST}/sitemap.xml"
PAPER: Final = Outlet(HOST, HOST, f"http://{HOST}/", sources=(Source("sitemap", SITEMAP),))
PAGES: Final = ("/", f"/outlets/{HOST}", "/status", "/metrics")
CPU: Final = 30.0  # seconds that one reading may take
GROWTH: Final = 16 * MIB  # bytes by which the process may be larger after the last reading than after the second
A_DAY: Final = NEW_PER_DAY * 3 // 4  # of unknown age that a day may add
# What is asked of the frontier all day long. None of it may go through the million.
OFTEN: Final = ("due_hosts", "take", "frontier_add", "frontier_new", "frontier_by_key", "frontier_by_article",
                "frontier_done", "frontier_forget_twins", "frontier_ahead", "source")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What is run; see `__main__`."""

    known: int = 1_000_000
    sitemap: int = 50_000
    rounds: int = 4
    every: float = 20.0


@dataclass(slots=True)
class Result:
    """What came of it: `costs` at the start and after each reading."""

    shape: Shape
    started: Cost
    filled: float
    catalogue: int
    costs: list[Cost] = field(default_factory=list)
    read: list[tuple[int, int]] = field(default_factory=list)
    pages: dict[str, Shown] = field(default_factory=dict)
    status: float = 0.0
    plans: dict[str, list[str]] = field(default_factory=dict)
    visits: int = 0

    @property
    def readings(self) -> list[tuple[float, float]]:
        """CPU seconds of each reading after the first: of the daemon itself, and of its reading processes."""
        return [(b.own - a.own, b.reading - a.reading) for a, b in pairwise(self.costs)]

    @property
    def growth(self) -> int:
        """Bytes of memory from the second reading to the last."""
        return self.costs[-1].rss - self.costs[1].rss

    @property
    def whole(self) -> list[str]:
        """Statements that go through all rows of the frontier."""
        return [name for name, plan in self.plans.items() if any("SCAN frontier" in step for step in plan)]

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be."""
        slow = [sum(one) for one in self.readings if sum(one) >= CPU]
        other = [one for one in self.read if one != (self.shape.sitemap, 0)]
        return [
            *(f"a reading took {seconds:.1f} s of CPU" for seconds in slow),
            *(f"a reading found {items} items, {new} of them new" for items, new in other),
            *([f"memory grew by {self.growth / MIB:.0f} MiB"] if self.growth > GROWTH else []),
            *(f"{name} goes through all rows" for name in self.whole),
            *([f"{self.visits} visits, of what is not due"] if self.visits else []),
            *(f"{path} answered {one.status}" for path, one in self.pages.items() if one.status != 200),
        ]


def address(number: int) -> str:
    """Of one article."""
    return f"http://{HOST}/2024/{number % 12 + 1:02d}/the-story-of-the-harbour-and-the-council-{number}"


def measure(root: Path, shape: Shape) -> Result:
    """Fill an archive, then have the daemon read the sitemap `rounds` times."""
    program, site = Program(root, delay="0s"), Site()
    with FileArchive.open(program.archive, create=True) as archive:
        filled = fill(archive, shape.known)
        plans = {name: _plan(archive, name) for name in OFTEN}
    site.routes[f"{HOST}/sitemap.xml"] = 200, {"Content-Type": "application/xml"}, _sitemap(shape)
    with serve(site):
        program.configure(
            site, HOST, outlets={HOST: outlet(HOST, f"{shape.every:g}s", "sitemap", "/sitemap.xml")},
            more='[archive]\nlow_water = "0B"\n',
        )  # fmt: skip
        with program.daemon() as daemon:
            wait_for(lambda: _events(program, "started"), 300)
            process, size = psutil.Process(daemon.pid), (program.archive / "catalogue.sqlite").stat().st_size
            result = Result(shape, cost(process), filled, size, plans=plans)
            for number in range(shape.rounds):
                wait_for(partial(_read, program, number), 600)
                result.costs.append(cost(process))
            result.pages = pages(program, process, PAGES)
            result.status = command(program, "status")
    result.read = [(line["items"], line["new"]) for line in _events(program, "source-read")]
    result.visits = len(_events(program, "visit"))
    return result


def fill(archive: FileArchive, known: int) -> float:
    """Put `known` addresses in, as many a day as a day may add, and as if they had been visited: they are due within
    the weeks to come. CPU seconds."""
    began, now, done = _cpu(), datetime.now(UTC), 0
    day = now - timedelta(days=known // A_DAY + 2)
    while done < known:
        seen = [Sighting(address(n), SITEMAP) for n in range(done, min(done + A_DAY, known))]
        done += archive.frontier.put(PAPER, seen, day)
        day += timedelta(days=1)
    with archive.catalogue.write(durable=False) as db:
        visited = {"now": ticks(now), "first": ticks(now + timedelta(days=1)), "many": known}
        db.execute(
            "UPDATE frontier SET next_visit = :first + rowid * 2000000000000 / :many, last_visit = :now", visited
        )
    return _cpu() - began


def _cpu() -> float:
    return sum(psutil.Process().cpu_times()[:2])


def _plan(archive: FileArchive, name: str) -> list[str]:
    statement = queries()[name]
    values = dict.fromkeys(re.findall(r":([a-z_]+)", statement), 1)
    with archive.catalogue.read() as db:
        return [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def _sitemap(shape: Shape) -> bytes:
    step = max(1, shape.known // shape.sitemap)
    listed = "".join(
        f"<url><loc>{address(n)}</loc><lastmod>2024-{n % 12 + 1:02d}-01</lastmod></url>"
        for n in range(0, step * shape.sitemap, step)
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'.encode()


def _read(program: Program, times: int) -> bool:
    return len(_events(program, "source-read")) > times


def _events(program: Program, name: str) -> list[dict[str, Any]]:
    return [line for line in program.log() if line["event"] == name]


def lines(result: Result) -> Iterator[str]:
    """The figures, then what is wrong."""
    known, started = result.shape.known, result.started
    size = result.catalogue / MIB
    yield f"filled             {known} addresses, {result.filled:.0f} s of CPU, catalogue {size:.0f} MiB"
    yield f"start              {started.own:.1f} s of CPU, {started.rss / MIB:.0f} MiB"
    for number, (own, reading) in enumerate(result.readings, 2):
        rss = result.costs[number - 1].rss / MIB
        yield f"reading {number}          {own:.1f} s of CPU of its own, {reading:.1f} s reading; {rss:.0f} MiB"
    yield from said(result.pages)
    yield f"`scraper status`   {result.status:.1f} s of CPU"
    for name, plan in result.plans.items():
        yield f"{name:22} {'; '.join(plan) or 'no table'}"
    yield from (f"wrong: {one}" for one in result.wrong) if result.wrong else ["nothing wrong"]


def figures(result: Result) -> dict[str, Any]:
    """For programs."""
    return {
        "known": result.shape.known, "readings": result.readings, "rss": [one.rss for one in result.costs],
        "pages": {path: one.cpu for path, one in result.pages.items()}, "plans": result.plans, "wrong": result.wrong,
    }  # fmt: skip
