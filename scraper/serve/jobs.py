"""Fetches that somebody asked for: a short queue, worked off one at a time for each host, and what became of each.

    POST → queued → running → done | failed

The work itself is the host's: `act` is the same visit as everybody else's.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import structlog
from anyio.abc import TaskGroup

State = Literal["queued", "running", "done", "failed"]
log = structlog.get_logger("scraper.serve")


class Full(Exception):
    """Too much is waiting already, or too much was asked for in the last minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Job:
    """One fetch. `result` is the line that `scraper fetch --json` prints; `error` a sentence if there is none."""

    id: str
    url: str
    state: State
    asked_at: datetime
    ended_at: datetime | None = None
    result: dict[str, object] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may wait, how many may be asked for in a minute, how many are remembered, how many run at once."""

    waiting: int = 100
    a_minute: int = 30
    kept: int = 1000
    at_once: int = 4


class Jobs:
    """All fetches asked for over HTTP. Use it inside one event loop; `work` has to run for anything to happen."""

    def __init__(
        self,
        act: Callable[[str], Awaitable[dict[str, object]]],
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._act = act
        self._limits = limits or Limits()
        self._now = now
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._asked: list[datetime] = []
        self._waiting: asyncio.Queue[str] = asyncio.Queue(self._limits.waiting)

    async def work(self, tasks: TaskGroup) -> None:
        """Begin to work off what is asked for, until `tasks` is cancelled."""
        for _ in range(self._limits.at_once):
            tasks.start_soon(self._work)

    def add(self, url: str) -> Job:
        """Queue a fetch; one of the same URL that has not ended is the one asked for. Raises Full."""
        for job in self._jobs.values():
            if job.url == url and job.state in {"queued", "running"}:
                return job
        self._spend()
        job = Job(secrets.token_hex(8), url, "queued", self._now())
        try:
            self._waiting.put_nowait(job.id)
        except asyncio.QueueFull:
            raise Full(60) from None
        self._jobs[job.id] = job
        self._forget()
        return job

    def get(self, job_id: str) -> Job | None:
        """One job; None if there is none, or it was forgotten."""
        return self._jobs.get(job_id)

    def _spend(self) -> None:
        """One of what may be asked for in a minute."""
        now = self._now()
        self._asked = [at for at in self._asked if 0 <= (now - at).total_seconds() < 60]
        if len(self._asked) >= self._limits.a_minute:
            raise Full(max(1, 60 - int((now - self._asked[0]).total_seconds())))
        self._asked.append(now)

    def _forget(self) -> None:
        """Keep the newest; what has not ended stays."""
        for job in list(self._jobs.values())[: max(0, len(self._jobs) - self._limits.kept)]:
            if job.state in {"done", "failed"}:
                del self._jobs[job.id]

    async def _work(self) -> None:
        while True:
            await self._one(await self._waiting.get())

    async def _one(self, job_id: str) -> None:
        job = self._jobs[job_id] = replace(self._jobs[job_id], state="running")
        try:
            result = await self._act(job.url)
        except Exception as error:  # one fetch must not end the others; the host logs what it was
            log.exception("fetch-broke", url=job.url, error=repr(error))
            ended = replace(job, state="failed", error=str(error) or type(error).__name__)
        else:
            ended = replace(job, state="done", result=result)
        self._jobs[job_id] = replace(ended, ended_at=self._now())
