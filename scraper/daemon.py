"""The daemon: sources are looked at on schedule, articles when they are due, one host at a time, until told to stop.

    every source's own schedule → look        (APScheduler, memory store rebuilt from config/ at start)
    every second → hosts with due work → drain (one task a host; the host's pace is kept by the fetcher)

The second is one of a clock that nobody sets: schedules go by the time of day, and are made again when that jumps.

It decides nothing about articles. It owns what only a host can: tasks, signals, sockets, and what happens to an error
that nobody else understood.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import structlog
from anyio.abc import TaskGroup
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from scraper import cadence, outlets, schedule, trouble
from scraper.errors import ArchiveError, ArchiveTaken, ConfigError, UsageError
from scraper.limits import ClockWatch, HeavyHosts, Shortage, end_in
from scraper.model import Due, Outlet, Source, SourceState, Verdict
from scraper.pipeline import Outcome, attempts, judge, visit
from scraper.pipeline.learning import learn_widgets, with_learned
from scraper.pipeline.services import Services
from scraper.pipeline.sources import look
from scraper.settings import Visits
from scraper.trouble import FIRST_PAUSE, Trouble

log = structlog.get_logger()

BATCH = 5  # articles taken from the frontier at once: what a crash at worst visits twice
TURN = 20.0  # seconds of work at one host before another one gets the task
GRACE = 6.0  # seconds that work in flight may go on after the signal to stop
LAST_GRACE = 8.0  # seconds after which the process ends, whatever it waits for: the next start repairs
STARTS = 50  # sources that are first looked at in a second: a start is not one burst of look-ups and handshakes
BEAT = 1.0  # seconds between looks at whether there is work, and whether all is well
RELOAD = 5  # beats between looks at the configuration
ROLES = ("scheduler", "worker", "web")


class Daemon:
    """One running daemon over one archive. `maintain` is called once a day and at start, `shortage` each second to say
    why nothing new may be kept for now, `probe` to find out by an ArchiveError whether the archive can be written
    again: all three outside the event loop."""

    def __init__(
        self,
        services: Services,
        config: Path,
        *,
        visits: Visits | None = None,
        roles: frozenset[str] = frozenset(ROLES),
        maintain: Callable[[], object] = lambda: None,
        shortage: Callable[[], Shortage | None] = lambda: None,
        probe: Callable[[], object] = lambda: None,
    ) -> None:
        self.services = services
        self.config = config
        self.visits = visits or Visits()
        self.roles = roles
        self.maintain = maintain
        self.shortage = shortage
        self.probe = probe
        self.stopping = anyio.Event()
        self._taken: ArchiveTaken | None = None
        self._trouble = Trouble()
        self._clock = ClockWatch(_now(), time.monotonic())
        self._heavy = HeavyHosts()
        self.counts: Counter[str] = Counter()  # visits by verdict
        self._looking: set[str] = set()  # sources
        self._draining: set[str] = set()  # hosts
        self._under_way = 0  # whatever may not be cut short without a word
        self._planned = True  # by the clock as it is now
        self._signature, self._learnt = outlets.signature(config), len(services.archive.decisions())
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    @property
    def trouble(self) -> str | None:
        """The word for what keeps the daemon from storing, or None."""
        return self._trouble.word

    @property
    def why(self) -> str:
        """The sentence for it; nothing if there is none."""
        return self._trouble.why

    async def run(self, web: Callable[[], Coroutine[object, object, None]] | None = None) -> None:
        """Serve `web`, and work until `stopping` is set or a signal comes; then let work in flight end, for a few
        seconds at most. Raises ArchiveTaken if it ends because another machine has the archive now."""
        async with anyio.create_task_group() as around:
            around.start_soon(self._listen)
            if web and "web" in self.roles:
                around.start_soon(web)
            with anyio.CancelScope() as patience:
                async with anyio.create_task_group() as work:
                    await self._mind_the_archive()
                    await self._plan(work)
                    self._scheduler.start()
                    work.start_soon(self._beats, work)
                    log.info("started", outlets=len(self.services.outlets), roles=sorted(self.roles))
                    await self.stopping.wait()
                    # Shutting the scheduler down would cancel what it runs: it is only paused until the work has ended.
                    self._scheduler.pause()
                    patience.deadline = anyio.current_time() + GRACE
                await self._settle()
            self._scheduler.shutdown(wait=False)
            around.cancel_scope.cancel()
        log.info("stopped", cut_short=patience.cancelled_caught)
        if self._taken:
            raise self._taken

    async def _settle(self) -> None:
        """Wait for what the scheduler itself runs: cancelled, it would be told of as broken."""
        while self._under_way:  # noqa: ASYNC110  # a job lasts for moments, and tells nobody of its end
            await anyio.sleep(0.02)

    # ------------------------------------------------------------------------------------------ schedule

    async def _plan(self, tasks: TaskGroup) -> None:
        if "scheduler" in self.roles:
            await self._plan_sources(tasks)
            self._plan_housekeeping()

    def _plan_housekeeping(self) -> None:
        add = self._scheduler.add_job
        daily = CronTrigger(hour=0, minute=10, timezone=UTC)
        add(self._maintain, daily, id="maintain", next_run_time=_now(), replace_existing=True)
        add(self._learn, CronTrigger(hour=0, minute=40, timezone=UTC), id="learn", replace_existing=True)

    async def _beats(self, tasks: TaskGroup) -> None:
        """What has to go on whatever the time of day is said to be."""
        for beat in itertools.count():
            if self.stopping.is_set():
                return
            began = time.monotonic()
            await self._mind_the_clock(tasks)
            await self._mind_the_archive()
            if beat % RELOAD == RELOAD - 1 and not self.trouble:
                await self._reload(tasks)
            if "worker" in self.roles:
                await self._wake(tasks)
            with anyio.move_on_after(max(BEAT - (time.monotonic() - began), BEAT / 10)):
                await self.stopping.wait()

    async def _mind_the_clock(self, tasks: TaskGroup) -> None:
        """Schedules made by a clock that was wrong would wait until it comes to be right."""
        if by := self._clock.jumped(_now(), time.monotonic()):
            log.warning("clock-set", by=f"{by:+.0f}s")
            self._planned = False
        if not self._planned and not self.trouble:
            with self._guarded("plan"):
                await self._plan(tasks)
                self._planned = True

    async def _plan_sources(self, tasks: TaskGroup) -> None:
        """One job a source. A source looked at before is due when its interval has passed, not at every start."""
        known = await self.services.store(self.services.frontier.sources)
        listed = [(outlet, source) for outlet in self.services.outlets.values() for source in outlet.sources]
        for number, (outlet, source) in enumerate(listed):
            if number % STARTS == STARTS - 1:
                await anyio.lowlevel.checkpoint()  # thousands take a second, in which nothing else would go on
            trigger = schedule.trigger(source)
            soon = _now() + timedelta(seconds=_spread(source.url) * len(listed) / STARTS)
            self._scheduler.add_job(
                self._start_look,
                trigger,
                args=[tasks, outlet, source],
                id=f"source {source.url}",
                replace_existing=True,
                next_run_time=self._first_look(source, trigger, known.get(source.url), soon),
            )

    @staticmethod
    def _first_look(source: Source, trigger: BaseTrigger, state: SourceState | None, soon: datetime) -> datetime:
        if state is None or state.last_checked is None:
            return soon
        if source.every is None:
            at: datetime = trigger.get_next_fire_time(None, _now())
            return at
        return max(soon, min(state.last_checked + source.every, _now() + source.every))

    async def _start_look(self, tasks: TaskGroup, outlet: Outlet, source: Source) -> None:
        if self.trouble:
            # Else a source that is looked at once a day would be a day late after a minute of trouble.
            self._scheduler.modify_job(f"source {source.url}", next_run_time=_now() + timedelta(seconds=FIRST_PAUSE))
        elif source.url not in self._looking and not self.stopping.is_set():
            self._looking.add(source.url)
            tasks.start_soon(self._look, outlet, source)

    async def _reload(self, tasks: TaskGroup) -> None:
        """Take up a changed configuration; keep the old one, and say why, if the new one has mistakes."""
        with self._guarded("reload"):
            learnt = len(await self.services.store(self.services.archive.decisions))
            await self._take_up(tasks, await self.services.store(outlets.signature, self.config), learnt)

    async def _take_up(self, tasks: TaskGroup, signature: str, learnt: int) -> None:
        if (signature, learnt) == (self._signature, self._learnt):
            return
        self._signature, self._learnt = signature, learnt
        try:
            fresh = await self.services.store(outlets.load, self.config)
        except UsageError as error:
            for mistake in error.mistakes if isinstance(error, ConfigError) else (error,):
                log.error("config-mistake", mistake=str(mistake))  # noqa: TRY400  # the traceback would say nothing
            return
        widgets = await self.services.store(self.services.archive.widgets)
        self.services = replace(self.services, outlets=with_learned(fresh, widgets))
        for job in self._scheduler.get_jobs():
            if job.id.startswith("source "):
                job.remove()
        if "scheduler" in self.roles:
            await self._plan_sources(tasks)
        log.info("config-reloaded", outlets=len(fresh), widgets=len(widgets))

    async def _maintain(self) -> None:
        with self._guarded("maintenance"):
            thawed = await self.services.store(self.services.frontier.thaw, _now(), cadence.HORIZON)
            if thawed:
                log.warning("clock-ran-ahead", visits=thawed)
            await self.services.store(self.maintain)

    async def _learn(self) -> None:
        """Learn what is a widget on each outlet's pages; the rules are taken up like a changed file in config/."""
        for outlet in self.services.outlets.values():
            with self._guarded("learn", outlet=outlet.id):
                if self.stopping.is_set() or self.trouble:
                    return
                for widget in await learn_widgets(self.services, outlet):
                    log.info("widget-learnt", outlet=outlet.id, id=widget.id, pattern=widget.pattern,
                             why=widget.evidence[0])  # fmt: skip

    # ------------------------------------------------------------------------------------------ work

    async def _look(self, outlet: Outlet, source: Source) -> None:
        try:
            with self._guarded("look", source=source.url):
                seen = await look(self.services, outlet, source, look_back=self.visits.first_look_back)
                if seen.error:
                    log.info("source-failed", outlet=outlet.id, source=source.url, reason=seen.error)
                elif seen.round:
                    found = seen.round
                    log.info("source-read", outlet=outlet.id, source=source.url, items=len(found.sightings),
                             new=seen.added, skipped=sum(found.skipped.values()), capped=found.capped)  # fmt: skip
        finally:
            self._looking.discard(source.url)

    async def _wake(self, tasks: TaskGroup) -> None:
        """Give a task to every host that has due work and none, as long as there is room."""
        with self._guarded("wake"):
            if self.stopping.is_set() or self.trouble:
                return
            at_once = self.visits.hosts_at_once
            room = at_once - len(self._draining)
            hosts = await self.services.store(self.services.frontier.due_hosts, _now(), at_once * 2)
            for host in [h for h in hosts if h not in self._draining][: max(0, room)]:
                self._draining.add(host)
                tasks.start_soon(self._drain, host)

    async def _drain(self, host: str) -> None:
        """Visit what is due at one host, first things first, then give way to others."""
        until = time.monotonic() + TURN
        try:
            with self._guarded("drain", host=host):
                while time.monotonic() < until and await self._drain_batch(host):
                    pass
        finally:
            self._draining.discard(host)

    async def _drain_batch(self, host: str) -> bool:
        """A few visits; whether there may be more."""
        batch = await self.services.store(self.services.frontier.take, host, _now(), BATCH)
        for due in batch:
            if self.stopping.is_set() or self.trouble:
                return False
            if not await self._visit(due):
                return False
        return bool(batch)

    async def _visit(self, due: Due) -> bool:
        """One visit, whatever happens in it; whether the host wants to be asked for more."""
        try:
            outcome = await visit(self.services, due)
        except ArchiveError:
            raise
        except Exception as error:  # the host's net: a bug met on one page must not stop the others
            log.exception("visit-broke", url=due.url, error=repr(error))
            row = judge.after(due, Verdict("failed", f"internal: {type(error).__name__}"), _now(), permanent=True)
            await self.services.store(self.services.frontier.done, row)
            return True
        self.counts[outcome.verdict] += 1
        log.info("visit", url=due.url, verdict=outcome.verdict, version=outcome.version, reason=outcome.reason,
                 edit=outcome.edit.kinds if outcome.edit else None, ms=outcome.elapsed_ms)  # fmt: skip
        if outcome.verdict == "deferred" and outcome.retry_at:
            if (outcome.reason or "").startswith("host-capped"):
                log.warning("host-capped", host=due.host, requests=self.visits.per_host_day,
                            until=outcome.retry_at.isoformat())  # fmt: skip
            await self.services.store(self.services.frontier.block_until, due.host, outcome.retry_at)
            return False
        return await self._bears(due, outcome)

    async def _bears(self, due: Due, outcome: Outcome) -> bool:
        """Whether what its pages cost to read lets the host go on; if not, it is left alone for a while."""
        pause = self._heavy.tell(due.host, heavy=attempts.cost_too_much(outcome.reason))
        if pause is None:
            return True
        until = _now() + pause
        log.warning("host-heavy", host=due.host, until=until.isoformat())
        await self.services.store(self.services.frontier.block_until, due.host, until)
        return False

    # ------------------------------------------------------------------------------------------ trouble

    @contextlib.contextmanager
    def _guarded(self, what: str, **fields: str) -> Generator[None]:
        """Nothing that goes wrong in one task ends the daemon; all of it is said."""
        self._under_way += 1
        try:
            yield
        except ArchiveError as error:
            self._stop_storing(error)
        except Exception as error:  # the host's net, as in _visit
            log.exception("task-broke", task=what, error=repr(error), **fields)
        finally:
            self._under_way -= 1

    def _stop_storing(self, error: ArchiveError) -> None:
        """Ask no outlet for anything until the archive can be written again, or end if another machine writes it. What
        was stored is not touched."""
        if isinstance(error, ArchiveTaken):
            self._give_way(error)
            return
        self._met(*trouble.of(error))

    def _give_way(self, error: ArchiveTaken) -> None:
        if not self._taken:
            self._taken = error
            log.error("archive-taken", why=str(error))
            self.stopping.set()
            end_in(LAST_GRACE, 1)

    def _met(self, word: str, why: str, key: str = "") -> None:
        if self._trouble.met(word, why, time.monotonic(), key):
            log.error(word, why=why, then=trouble.then(word))

    async def _mind_the_archive(self) -> None:
        """Stop before the disk is full; see whether trouble is over, without asking an outlet for it."""
        with self._guarded("mind"):
            if short := await self.services.store(self.shortage):
                if self.trouble != short.word or self._trouble.is_to_be_looked_at(time.monotonic()):
                    self._met(*short, key=short.word)
            elif self._trouble.is_to_be_looked_at(time.monotonic()):
                await self.services.store(self.probe)
                word = self.trouble
                if self._trouble.over(time.monotonic()):
                    log.info("archive-back", after=word)

    # ------------------------------------------------------------------------------------------ signals and sockets

    async def _listen(self) -> None:
        """First signal: stop cleanly. Second: stop now, which a crash-safe archive allows. SIGHUP: read config anew."""
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
            async for number in signals:
                if number == signal.SIGHUP:
                    self._signature = ""
                elif self.stopping.is_set():
                    os._exit(1)
                else:
                    log.info("stopping", signal=signal.Signals(number).name, hosts=len(self._draining))
                    self.stopping.set()
                    end_in(LAST_GRACE)


def _spread(text: str) -> float:
    """A number from 0 to 1 that is always the same for the same text."""
    return hashlib.sha256(text.encode()).digest()[0] / 255


def _now() -> datetime:
    return datetime.now(UTC)
