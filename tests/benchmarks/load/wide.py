"""Thousands of outlets on hundreds of hosts: the real program, before and after some of the hosts turn bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import psutil

from tests.benchmarks.load.press import Asked, Streets
from tests.benchmarks.load.watch import MIB, Cost, Shown, command, cost, pages, said
from tests.site import Program, wait_for

SLACK: Final = 0.02  # seconds: two clocks on one machine, rounded
FALL: Final = 0.05  # of the looks at good hosts that bad ones may cost
PAGES: Final = ("/", "/outlets", "/outlets/paper0003.example", "/status", "/metrics", "/api/v1/status")
ROWS: Final = 1000  # outlets that have rows of their own in the figures for Prometheus


@dataclass(frozen=True, slots=True)
class Shape:
    """What is run; see `__main__`. Seconds."""

    outlets: int = 5000
    hosts: int = 500
    a_minute: float = 10.0
    bad: float = 0.05
    every: float = 300.0
    delay: float = 2.0


@dataclass(slots=True)
class Result:
    """What came of it. `at` are the moments of Unix time at which the two windows begin, and the end."""

    shape: Shape
    started: Cost
    costs: list[Cost] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    most: dict[str, int] = field(default_factory=dict)
    pages: dict[str, Shown] = field(default_factory=dict)
    command: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    start: float = 0.0
    net: int = 0

    @property
    def streets(self) -> Streets:
        """The hosts and what they publish."""
        shape = self.shape
        return Streets(shape.outlets, shape.hosts, shape.a_minute, shape.bad, self.start, self.net)

    def good(self, kind: str, window: int) -> list[Asked]:
        """Requests of a kind to hosts that never turn bad, within the first (0) or second (1) window."""
        streets, (since, until) = self.streets, self.at[window : window + 2]
        good = {place.number for place in streets.places if not streets.trick(place.host)}
        return [one for one in self.asked if one.kind == kind and since <= one.at < until and one.outlet in good]

    @property
    def fall(self) -> float:
        """By what share looks at good hosts fell when others turned bad."""
        return 1 - len(self.good("feed", 1)) / max(1, len(self.good("feed", 0)))

    def waits(self, window: int) -> list[float]:
        """Seconds from the feed that first listed an article of a good host to the first visit to it."""
        listed: dict[tuple[int, int], float] = {}
        first: dict[tuple[int, int], float] = {}
        news = {n: dict(self.streets.news(n)) for n in {one.outlet for one in self.asked}}
        for one in self.asked:
            if one.kind == "page":
                first.setdefault((one.outlet, one.story), one.at)
            if one.kind == "feed" and one.until:
                for story, at in news[one.outlet].items():
                    if at <= one.at:
                        listed.setdefault((one.outlet, story), one.at)
        inside = [(one.outlet, one.story) for one in self.good("page", window)]
        return sorted(first[key] - listed[key] for key in set(inside) if self.at[window] <= listed.get(key, 0.0))

    @property
    def close(self) -> list[float]:
        """Gaps between two requests to one host that are shorter than its delay. Seconds."""
        by_host: dict[str, list[Asked]] = {}
        places = self.streets.places
        for one in self.asked:
            by_host.setdefault(places[one.outlet].host, []).append(one)
        gaps = (b.at - (a.until or a.at) for asked in by_host.values() for a, b in pairwise(asked))
        return [gap for gap in gaps if gap < self.shape.delay - SLACK]

    @property
    def rows(self) -> int:
        """Outlets that have a row of their own among the figures for Prometheus."""
        return self.pages["/metrics"].text.count("scraper_sources_failing{") if "/metrics" in self.pages else 0

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be."""
        crowded = sum(most > 1 for most in self.most.values())
        unseen = self.shape.outlets - len({one.outlet for one in self.asked if one.kind == "feed"})
        bad = [one for one in self.asked if one.until is None]
        broke = [name for name in ("task-broke", "visit-broke", "archive-trouble") if self.events[name]]
        return [
            *([f"{crowded} hosts had two connections at once"] if crowded else []),
            *([f"{len(self.close)} requests came too soon"] if self.close else []),
            *([f"looks at good hosts fell by {self.fall:.1%}"] if self.fall > FALL else []),
            *([] if self.good("feed", 0) else ["nothing was looked at: no figure here means anything"]),
            *(["no host was bad: no figure here means anything"] if self.shape.bad and not bad else []),
            *([f"{unseen} outlets were never looked at"] if unseen else []),
            *([f"{self.rows} outlets have rows among the figures"] if self.rows > ROWS + 1 else []),
            *(f"{path} answered {one.status}" for path, one in self.pages.items() if one.status != 200),
            *broke,
        ]


def measure(root: Path, shape: Shape) -> Result:
    """Run it all: two thirds of an interval to begin with, then one with good hosts only and one with bad ones."""
    start, program = time.time(), Program(root, delay=f"{shape.delay:g}s")
    net = 10 + os.getpid() % 240  # others may be at it on the same machine
    streets = Streets(shape.outlets, shape.hosts, shape.a_minute, shape.bad, start, net)
    _configure(program, streets, shape)
    with _press(streets) as press, program.daemon() as daemon:
        process = psutil.Process(daemon.pid)
        wait_for(lambda: any(line["event"] == "started" for line in program.log()), 300)
        result, began = Result(shape, cost(process), start=start, net=net), time.time()
        for part in (2 / 3, 5 / 3, 8 / 3):
            _watch(process, result, began + part * shape.every)
            result.at.append(time.time())
            if part == 5 / 3:
                _tell(press, "bad\n")
        result.pages, result.command = pages(program, process, PAGES), command(program, "status")
        daemon.terminate()
        daemon.wait(60)
        told = json.loads(press.communicate(timeout=120)[0])
    result.asked, result.most = [Asked(**one) for one in told["asked"]], told["most"]
    result.events = Counter(line["event"] for line in program.log())
    return result


@contextmanager
def _press(streets: Streets) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.benchmarks.load.press", json.dumps(asdict(streets))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as press:
        try:
            assert press.stdout
            assert press.stdout.readline() == "ready\n"
            yield press
        finally:
            press.kill()


def _tell(press: subprocess.Popen[str], line: str) -> None:
    assert press.stdin
    press.stdin.write(line)
    press.stdin.flush()


def _configure(program: Program, streets: Streets, shape: Shape) -> None:
    folder = program.config / "outlets"
    folder.mkdir(parents=True)
    (program.config / "scraper.toml").write_text(
        f'[network]\nprivate = ["127.{streets.net}.4.0/22"]\ndelay = "{shape.delay:g}s"\nsilence = "20s"\n'
        '[serve]\nbind = "127.0.0.1:0"\n[archive]\nlow_water = "100MB"\n'
    )
    for place in streets.places:
        (folder / f"paper{place.number:04d}.example.toml").write_text(
            f'name = "Paper {place.number}"\nhome = "http://{place.at}/"\nlanguage = "en"\ntimezone = "UTC"\n'
            f'[[sources]]\nkind = "feed"\nurl = "http://{place.at}/feed.xml"\nevery = "{shape.every:g}s"\n'
        )


def _watch(process: psutil.Process, result: Result, until: float) -> None:
    while (left := until - time.time()) > 0:
        time.sleep(min(left, 15))
        result.costs.append(cost(process))


def lines(result: Result) -> Iterator[str]:
    """The figures, then what is wrong."""
    first, last, mb = result.costs[0], result.costs[-1], MIB
    yield f"start              {result.started.own:.1f} s of CPU, {result.started.rss / mb:.0f} MiB"
    yield f"memory (RSS)       {first.rss / mb:.0f} → {last.rss / mb:.0f} MiB, most {_most(result, 'rss') / mb:.0f}"
    yield f"files, threads     at most {_most(result, 'files'):.0f}, {_most(result, 'threads'):.0f}"
    seconds = result.at[-1] - result.at[0]
    own, reading = (getattr(last, name) - getattr(result.started, name) for name in ("own", "reading"))
    yield f"CPU from start on  {own:.0f} s of its own, {reading:.0f} s reading; windows of {seconds / 2:.0f} s"
    yield f"requests           {len(result.asked)}, at most {max(result.most.values(), default=0)} at once a host"
    for window, name in enumerate(("all good", "some bad")):
        looks, visits, waits = result.good("feed", window), result.good("page", window), result.waits(window)
        yield f"{name:18} {len(looks)} looks, {len(visits)} visits; news waited {_spread(waits)}"
    yield f"fall               {result.fall:.1%}"
    yield from said(result.pages)
    yield f"`scraper status`   {result.command:.1f} s of CPU"
    yield f"rows of outlets    {result.rows} of a figure for Prometheus"
    yield "log                " + ", ".join(f"{name} {count}" for name, count in result.events.most_common())
    yield from (f"wrong: {one}" for one in result.wrong) if result.wrong else ["nothing wrong"]


def _most(result: Result, name: str) -> float:
    return max(float(getattr(one, name)) for one in result.costs)


def _spread(waits: list[float]) -> str:
    if not waits:
        return "not: there were none"
    half, most = waits[len(waits) // 2], waits[-1]
    return f"{half:.1f} s in the median, {most:.1f} s at most ({len(waits)} articles)"


def figures(result: Result) -> dict[str, Any]:
    """For programs."""
    return {
        "shape": asdict(result.shape),
        "started": asdict(result.started),
        "costs": list(map(asdict, result.costs)),
        "looks": [len(result.good("feed", n)) for n in (0, 1)],
        "fall": result.fall,
        "pages": {path: one.cpu for path, one in result.pages.items()},
        "status": result.command,
        "wrong": result.wrong,
    }
