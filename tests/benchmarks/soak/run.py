"""One soak: the outlets are served, the daemon runs on them until its time is over, and all of it is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from scraper.store.archive import FileArchive
from scraper.store.verify import verify
from tests.benchmarks.soak.bad import BAD
from tests.benchmarks.soak.clock import START, SharedClock
from tests.benchmarks.soak.judge import Found, judge, size_of
from tests.benchmarks.soak.watch import Sample, sample
from tests.benchmarks.soak.world import EVERY, Shape, World, serve

ROOT = Path(__file__).parents[3]
SAMPLES = 240
DRAIN = 7200.0  # seconds after a pause for which it is watched how much is due


@dataclass(frozen=True)
class Pause:
    """The daemon is stopped `after` so many days and started again when `days` have passed."""

    after: float
    days: float


@dataclass
class Result:
    """What came of it."""

    shape: Shape
    found: Found
    samples: list[Sample]
    events: Counter[str]
    verdicts: Counter[str]
    objects: list[int]
    findings: list[str]
    requests: int
    seconds: float
    archive_bytes: int
    catalogue_bytes: int
    left: list[str]
    exits: list[int] = field(default_factory=list)
    drained: list[tuple[float, int]] = field(default_factory=list)
    bad: dict[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """All that should not be, by name."""
        own = {"verify": self.findings, "left behind": self.left}
        own["exit codes"] = [str(code) for code in self.exits if code]
        own["broke"] = [name for name in ("task-broke", "visit-broke", "archive-trouble") if self.events[name]]
        return self.found.wrong | {name: said for name, said in own.items() if said}


@dataclass
class Soak:
    """One in progress, in the folder `root`."""

    root: Path
    shape: Shape
    pause: Pause | None = None
    samples: list[Sample] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)
    drained: list[tuple[float, int]] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        """Where the daemon keeps everything."""
        return self.root / "archive"

    def run(self) -> Result:
        """All of it."""
        began = time.monotonic()
        temporary = self.root / "tmp"
        temporary.mkdir(parents=True)
        clock = SharedClock(self.root / "clock", start=START)
        world = World(self.shape, START, clock)
        ends = START + timedelta(days=self.shape.days)
        with serve(world) as address:
            self._configure(world, address)
            for until in self._parts(ends):
                self._daemon(clock, until)
                if self.pause and until < ends:
                    clock.leap(self.pause.days * 86_400)
        return self._result(world, clock(), time.monotonic() - began)

    def _parts(self, ends: datetime) -> list[datetime]:
        return [START + timedelta(days=self.pause.after), ends] if self.pause else [ends]

    def _configure(self, world: World, address: str) -> None:
        folder = self.root / "config" / "outlets"
        folder.mkdir(parents=True)
        hosts = [*world.publishers, *([BAD] if world.bad else [])]
        connect = ", ".join(f'"{host}:80" = "{address}"' for host in hosts)
        (self.root / "config" / "scraper.toml").write_text(
            f'[network]\nuser_agent = "soak/1 (a benchmark on this machine)"\ndelay = "{self.shape.delay:g}s"\n'
            f"connect_to = {{ {connect} }}\n"
            '[archive]\nlow_water = "100MB"\nwarc_size = "64MB"\n[extract]\nworkers = 2\n',
            encoding="utf-8",
        )
        for host in hosts:
            (folder / f"{host}.toml").write_text(
                f'name = "{host}"\nhome = "http://{host}/"\nlanguage = "en"\ntimezone = "UTC"\n'
                "identity = '-(a\\d+)$'\n"
                f'[[sources]]\nkind = "feed"\nurl = "http://{host}/rss"\nevery = "{EVERY.total_seconds() / 60:.0f}m"\n',
                encoding="utf-8",
            )

    def _daemon(self, clock: SharedClock, until: datetime) -> None:
        """One daemon from its start to its clean end, watched all the time."""
        left = (until - clock()).total_seconds()
        command = [sys.executable, "-m", "tests.benchmarks.soak.program", str(self.root / "config"), str(self.archive)]
        with (self.root / "daemon.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, str(self.root / "clock"), str(left)],
                stderr=log, cwd=ROOT, env=os.environ | {"TMPDIR": str(self.root / "tmp")}, start_new_session=True,
            )  # fmt: skip
        try:
            self._watch(psutil.Process(process.pid), process, clock)
        finally:
            if process.poll() is None:
                process.kill()
            self.exits.append(process.wait())

    def _watch(self, seen: psutil.Process, process: subprocess.Popen[bytes], clock: SharedClock) -> None:
        step = timedelta(days=self.shape.days) / SAMPLES
        following = clock() + step
        while process.poll() is None:
            if len(self.exits) == 1 and self.pause:
                self._see_it_drain(clock)
            if clock() >= following:
                following = clock() + step
                found = sample(seen, self.archive, self.root / "tmp", clock())
                self.samples += [found] if found else []
            time.sleep(0.05)

    def _see_it_drain(self, clock: SharedClock) -> None:
        """How much is due, in the first hours after a pause."""
        since = (clock() - START).total_seconds() / 86_400 - self.pause.after - self.pause.days if self.pause else 0.0
        if since * 86_400 <= DRAIN:
            with FileArchive.open(self.archive, read_only=True) as archive:
                self.drained.append((since * 86_400, archive.reports.status(clock()).queue.due))

    def _result(self, world: World, ended: datetime, seconds: float) -> Result:
        events, verdicts, objects = _told(self.root / "daemon.log")
        with FileArchive.open(self.archive, read_only=True) as archive:
            found = judge(world, archive, ended, self._away())
        left = [str(path) for path in (self.root / "tmp").iterdir()]
        left += [str(path) for path in self.archive.rglob(".*.part")]
        findings = [f"{one.file}: {one.problem}" for one in verify(self.archive, deep=True)]
        return Result(
            self.shape, found, self.samples, events, verdicts, objects, findings, world.requests, seconds,
            size_of(self.archive), (self.archive / "catalogue.sqlite").stat().st_size, left, self.exits, self.drained,
            dict(world.bad.sent) if world.bad else {},
        )  # fmt: skip

    def _away(self) -> tuple[datetime, datetime] | None:
        """From when to when there was no daemon."""
        if self.pause is None:
            return None
        begun = START + timedelta(days=self.pause.after)
        return begun, begun + timedelta(days=self.pause.days)


def _told(path: Path) -> tuple[Counter[str], Counter[str], list[int]]:
    """What the daemon's log says: events, verdicts of visits, and objects in memory day by day."""
    events, verdicts, objects = Counter[str](), Counter[str](), list[int]()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("{"):
                events["no log line"] += 1
                continue
            said = json.loads(line)
            events[said["event"]] += 1
            if said["event"] == "visit":
                verdicts[said["verdict"]] += 1
            if said["event"] == "objects":
                objects.append(said["count"])
    return events, verdicts, objects
