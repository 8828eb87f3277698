"""The rules of notifications at work in the daemon: one task a rule, taken up anew when the configuration changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import anyio
import structlog
from anyio import to_thread
from anyio.abc import TaskGroup

from scraper import outlets, settings
from scraper.errors import ArchiveError, ConfigError, UsageError
from scraper.following import Host
from scraper.notices import Notice

log = structlog.get_logger()

BEAT: Final = 1.0  # seconds between looks at whether it is time
LOOK: Final = 5.0  # seconds between looks at the configuration


class Rule(Protocol):
    """One rule at work: see `notifying.Teller`."""

    async def step(self, now: datetime) -> None:
        """Look for news if it is time, and send what is to be sent. Raises ArchiveError."""
        ...


Make = Callable[[Notice], Rule]


class Rulebook:
    """The rules as `config` has them, kept as they were while it has mistakes. Calls block; from one thread at a time.
    `say`: mistakes are told to the log."""

    def __init__(self, config: Path, notices: Sequence[Notice], *, say: bool = False) -> None:
        self._config = config
        self._say = say
        self._looking = threading.Lock()
        self._signature = self._signed()
        self.notices = tuple(notices)

    def _signed(self) -> tuple[str, str]:
        """Rules name outlets, so that a new file there may make a rule right."""
        return settings.signature(self._config), outlets.signature(self._config)

    def look(self) -> bool:
        """Whether the rules are others than at the last look."""
        signature, before = self._signed(), self.notices
        if signature != self._signature:
            self._signature = signature
            try:
                self.notices = settings.load(self._config, os.environ).notify
            except UsageError as error:
                for mistake in error.mistakes if isinstance(error, ConfigError) and self._say else ():
                    log.error("config-mistake", mistake=str(mistake))  # noqa: TRY400  # the traceback would say nothing
        return self.notices != before

    def current(self) -> Sequence[Notice]:
        """The rules as they are now, for who shows them. May be called from any thread."""
        with self._looking:
            self.look()
            return self.notices


class Rules:
    """All rules at work. `make` makes one of a notice; it raises UsageError, at the start, for one that cannot be."""

    def __init__(self, book: Rulebook, make: Make, now: Callable[[], datetime]) -> None:
        self._book = book
        self._make = make
        self._now = now
        self._first = {notice.name: make(notice) for notice in book.notices}
        self._working: dict[str, _Working] = {}

    async def keep_telling(self, host: Host) -> None:
        """Tell what happens until the daemon stops, each rule by itself. What ails one is said once, and ails no other.

        A rule that is changed goes on where it was, and what waits is sent to where it leads now.
        """
        async with anyio.create_task_group() as tasks:
            for notice in self._book.notices:
                self._start(tasks, notice, self._first[notice.name], host)
            while not host.stopping.is_set():
                with anyio.move_on_after(LOOK):
                    await host.stopping.wait()
                if await to_thread.run_sync(self._book.look):
                    await self._take_up(tasks, host)

    async def _take_up(self, tasks: TaskGroup, host: Host) -> None:
        fresh = {notice.name: notice for notice in self._book.notices}
        for name, working in list(self._working.items()):
            if fresh.get(name) != working.notice:
                working.scope.cancel()
                await working.ended.wait()  # two tasks of one name would write over each other's notes
                del self._working[name]
        for name, notice in fresh.items():
            if name not in self._working:
                try:
                    self._start(tasks, notice, self._make(notice), host)
                except UsageError as error:
                    log.error("config-mistake", mistake=str(error))  # noqa: TRY400  # as above
        log.info("rules-reloaded", rules=len(self._working))

    def _start(self, tasks: TaskGroup, notice: Notice, rule: Rule, host: Host) -> None:
        self._working[notice.name] = working = _Working(notice)
        tasks.start_soon(self._tell, working, rule, host)

    async def _tell(self, working: _Working, rule: Rule, host: Host) -> None:
        said: str | None = None
        with working.scope:
            while not host.stopping.is_set():
                why = None if host.trouble else await _stepped(rule, self._now())
                if why and why != said:
                    log.warning("notify-trouble", rule=working.notice.name, why=why)
                said = why
                with anyio.move_on_after(BEAT):
                    await host.stopping.wait()
        working.ended.set()


class _Working:
    """The task of one rule."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()


async def _stepped(rule: Rule, now: datetime) -> str | None:
    try:
        await rule.step(now)
    except ArchiveError as error:
        return str(error)
    except Exception as error:  # the host's net: a rule that breaks must not end the daemon
        log.exception("notify-broke", error=repr(error))
        return f"internal: {type(error).__name__}"
    return None
