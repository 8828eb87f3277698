"""Fetches that somebody asked for: a short queue, worked off one at a time for each host, and what became of each.

    POST → queued → running → done | failed

The work itself is the host's: `act` is the same visit as everybody else's. What became of each is noted, so that it can
be told after the process that did it has ended, and by other processes.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

import msgspec
import structlog
from anyio import to_thread
from anyio.abc import TaskGroup

from scraper.errors import ArchiveError

State = Literal["queued", "running", "done", "failed"]
log = structlog.get_logger("scraper.serve")

FOLDER: Final = "fetch"  # of the notes
NOTE: Final = "jobs"
NOTED: Final = 200  # jobs, the last ones
CUT: Final = "the program ended before this was done; ask for it again"
# What is noted of a result: not the words of an edit, which may be many and are in the archive.
_KEPT: Final = ("url", "final_url", "verdict", "version", "article_id", "outlet", "title", "reason", "retry_at")


class Desk(Protocol):
    """Where notes are kept: see `store.slips.Slips`."""

    def read(self, name: str) -> bytes | None:
        """What was noted last, or None."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Note `data` instead."""
        ...


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


def noted(desk: Desk) -> list[Job]:
    """The jobs as they were noted last, the oldest first; none if that makes no sense."""
    try:
        return msgspec.json.decode(desk.read(NOTE) or b"[]", type=list[Job])
    except (ArchiveError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


class Jobs:
    """All fetches asked for over HTTP. Use it inside one event loop; `work` has to run for anything to happen. Those
    that a process before this one did not end are failed: whatever ended it is not done again unasked."""

    def __init__(
        self,
        act: Callable[[str], Awaitable[dict[str, object]]],
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        desk: Desk | None = None,
    ) -> None:
        self._act = act
        self._desk = desk
        self._changed = asyncio.Event()
        self._limits = limits or Limits()
        self._now = now
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._asked: list[datetime] = []
        self._waiting: asyncio.Queue[str] = asyncio.Queue(self._limits.waiting)
        for job in noted(desk) if desk else ():
            cut = replace(job, state="failed", error=CUT, ended_at=now())
            self._jobs[job.id] = job if job.ended_at else cut

    async def work(self, tasks: TaskGroup) -> None:
        """Begin to work off what is asked for, until `tasks` is cancelled."""
        if self._desk:
            tasks.start_soon(self._keep, self._desk)
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
        self._set(job)
        self._forget()
        return job

    def get(self, job_id: str) -> Job | None:
        """One job; None if there is none, or it was forgotten."""
        return self._jobs.get(job_id)

    def last(self, limit: int) -> list[Job]:
        """The last jobs, the newest first. May be called from any thread."""
        return list(self._jobs.copy().values())[-limit:][::-1]

    def _set(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._changed.set()

    async def _keep(self, desk: Desk) -> None:
        """Note what changed, as often as it does and the disk can."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            kept = msgspec.json.encode([brief(job) for job in list(self._jobs.values())[-NOTED:]])
            try:
                await to_thread.run_sync(desk.write, NOTE, kept)
            except ArchiveError as error:
                log.warning("jobs-unwritten", why=str(error))

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
        job = replace(self._jobs[job_id], state="running")
        self._set(job)
        try:
            result = await self._act(job.url)
        except Exception as error:  # one fetch must not end the others; the host logs what it was
            log.exception("fetch-broke", url=job.url, error=repr(error))
            ended = replace(job, state="failed", error=str(error) or type(error).__name__)
        else:
            ended = replace(job, state="done", result=result)
        self._set(replace(ended, ended_at=self._now()))


def brief(job: Job) -> Job:
    """What is noted of a job, and told of it in a list."""
    result = job.result or {}
    return replace(job, result={name: result[name] for name in _KEPT if name in result} if job.result else None)
