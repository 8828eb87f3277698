"""What the daemon takes of the machine, and what its pages and commands cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import psutil

from tests.site import Program

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What the daemon was at a moment: CPU seconds of its own and of its reading processes so far; bytes."""

    own: float
    reading: float
    rss: int
    files: int
    threads: int


def cost(process: psutil.Process) -> Cost:
    """Look once."""
    times = process.cpu_times()
    reading = times.children_user + times.children_system
    for child in process.children(recursive=True):
        reading += sum(child.cpu_times()[:2])
    memory = process.memory_info().rss
    return Cost(times.user + times.system, reading, memory, process.num_fds(), process.num_threads())


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its status, CPU seconds of the daemon, its text."""

    status: int
    cpu: float
    text: str


def pages(program: Program, process: psutil.Process, paths: Sequence[str]) -> dict[str, Shown]:
    """Each asked once, one after the other."""
    [line] = [line for line in program.log() if line["event"] == "listening"]
    found = {}
    with httpx.Client(base_url=line["address"], timeout=120, trust_env=False) as client:
        for path in paths:
            before = cost(process).own
            answer = client.get(path)
            found[path] = Shown(answer.status_code, cost(process).own - before, answer.text)
    return found


def said(shown: dict[str, Shown]) -> Iterator[str]:
    """Pages, to read."""
    for path, one in shown.items():
        yield f"{path:30} {one.status}, {one.cpu:.2f} s of CPU, {len(one.text) / 1000:.0f} kB"


def command(program: Program, *words: str) -> float:
    """CPU seconds of a command."""
    before = _children()
    program.run(*words, timeout=600)
    return _children() - before


def _children() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)
