"""Outlets that never run dry, the daemon, and windows without and with a crowd."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import psutil

from tests.fakes import article_page
from tests.site import Program, Reply, Site, feed, outlet, serve, wait_for
from tests.stories import Newsroom

FALL = 0.1  # of visits a second that a crowd may cost
SLOW = 1.0  # seconds that 99 of 100 answers may take
SETTLE = 5.0  # seconds between windows


@dataclass(frozen=True, slots=True)
class Shape:
    """What is run; see `__main__`."""

    outlets: int = 20
    delay: float = 2.0
    seconds: float = 30.0
    rounds: int = 2
    clients: int = 50
    idle: int = 200
    think: float = 1.0

    @property
    def articles(self) -> int:
        """Of each outlet: more than can be visited."""
        total = (self.seconds + SETTLE) * 2 * self.rounds + 60
        return int(total / self.delay) if self.delay else int(total * 60 / self.outlets)


@dataclass(slots=True)
class Result:
    """Visits a second in each window, CPU of the daemon (share of a core), and what the crowd was told."""

    alone: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)
    cpu: list[tuple[float, float]] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    @property
    def fall(self) -> float:
        """By what share visits fell."""
        return 1 - sum(self.crowded) / max(sum(self.alone), 0.001)

    def slow(self, kind: str | None = None, share: float = 0.99) -> float:
        """How long `share` of the answers took at most."""
        times = sorted(self.took[kind]) if kind else sorted(chain.from_iterable(self.took.values()))
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be."""
        refused = {status: number for status, number in self.statuses.items() if status != "200"}
        return [
            *([f"visits fell by {self.fall:.0%}"] if self.fall >= FALL else []),
            *([f"99 of 100 answers took up to {self.slow():.2f} s"] if self.slow() >= SLOW else []),
            *([f"not all answers were given: {refused}"] if refused else []),
            *self.complaints,
        ]

    def figures(self) -> dict[str, Any]:
        """For programs."""
        return {
            "alone": self.alone, "crowded": self.crowded, "fall": self.fall, "cpu": self.cpu,
            "p50": self.slow(share=0.5), "p99": self.slow(), "statuses": self.statuses, "wrong": self.wrong,
        }  # fmt: skip


class Press:
    """Outlets with articles of some hundred words each, made when they are asked for."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.site = Site()
        self.hosts = [f"paper{number}.example" for number in range(shape.outlets)]
        for host in self.hosts:
            for number in range(shape.articles):
                self.site.routes[f"{host}/story-{number}"] = self._story(host, number)
            links = [f"http://{host}/story-{number}" for number in range(shape.articles)]
            self.site.routes[f"{host}/feed.xml"] = feed(*links)

    @staticmethod
    def _story(host: str, number: int) -> Any:
        @cache
        def page() -> str:
            room = Newsroom("en", hash((host, number)))
            return article_page(*(room.paragraph() for _ in range(10)), title=" ".join(room.words(7)))

        def answer(_headers: Mapping[str, str]) -> Reply | str:
            return page()

        return answer


def measure(root: Path, shape: Shape) -> Result:
    """Run it all."""
    press, program, result = Press(shape), Program(root, delay=f"{shape.delay:g}s"), Result()
    with serve(press.site):
        program.configure(press.site, *press.hosts, outlets={host: outlet(host, "10m") for host in press.hosts})
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) >= shape.outlets, 120)
            [line] = [line for line in program.log() if line["event"] == "listening"]
            port, process = int(line["address"].rstrip("/").rpartition(":")[2]), psutil.Process(daemon.pid)
            for _ in range(shape.rounds):
                alone, spent = _window(program, process, shape.seconds)
                result.alone.append(alone)
                crowd = _crowd(port, shape)
                time.sleep(SETTLE)
                crowded, busy = _window(program, process, shape.seconds)
                result.crowded.append(crowded)
                result.cpu.append((spent, busy))
                _note(result, crowd)
                time.sleep(SETTLE)
    result.complaints = sorted({
        f"{line['event']}: {line.get('error') or line.get('why') or line.get('reason')}" for line in program.log()
        if line["level"] != "info"
    })  # fmt: skip
    result.complaints += ["database is locked"] * ("database is locked" in (root / "daemon.log").read_text())
    return result


def _window(program: Program, process: psutil.Process, seconds: float) -> tuple[float, float]:
    """Visits a second, and the share of a core that the daemon's own process took."""
    before, cpu, began = len(program.texts()), sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return (len(program.texts()) - before) / took, (sum(process.cpu_times()[:2]) - cpu) / took


def _crowd(port: int, shape: Shape) -> subprocess.Popen[str]:
    given = (port, shape.clients, shape.idle, shape.think, shape.seconds + SETTLE)
    command = [sys.executable, "-m", "tests.benchmarks.crowd.clients", *map(str, given)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _note(result: Result, crowd: subprocess.Popen[str]) -> None:
    told = json.loads(crowd.communicate(timeout=120)[0])
    result.statuses.update(told["statuses"])
    for kind, times in told["took"].items():
        result.took.setdefault(kind, []).extend(times)
