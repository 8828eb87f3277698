"""How often a host is asked: by one request at a time, and no sooner than its pace allows, by all processes together.

    the host's queue in this process → its pace → a free connection → its file, locked → request → file, written

Nothing is held while waiting for the pace, so the number of open files does not grow with the number of hosts.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from scraper.errors import Deferred
from scraper.fetch import hostfile, retry
from scraper.fetch.hostfile import HostFile, HostState
from scraper.fetch.policy import FetchPolicy
from scraper.fetch.queues import OutOfPatience, Queues, acquire
from scraper.fetch.trouble import Trouble

# How often to look whether another process is done with a host.
_LOOK: Final = (0.02, 0.5)
# Clocks of one machine agree, but not to the last digit.
_CLOCK_SLACK: Final = 1.0

_log = structlog.get_logger("scraper.fetch")


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody's wish to ask `host` on behalf of `url`, if it was asked less than `a_day` times today. Seconds."""

    url: str
    host: str
    delay: float
    patience: float
    a_day: int


class Turn:
    """A host's turn, while it lasts. What is reported here decides when the host may be asked again.

    A turn about which nothing is reported counts as a request that says nothing about the host.
    """

    def __init__(self, ask: Ask, before: HostState, policy: FetchPolicy) -> None:
        self._ask = ask
        self._before = before
        self._policy = policy
        self._after = replace(before, pause=0.0)  # a pause that was waited for is over
        self._used = True

    def unused(self) -> None:
        """The host was not asked after all."""
        self._used = False

    def answered(self, status: int) -> None:
        """An answer came. One of 500 and more is a trouble of the host."""
        self._after = HostState() if status < 500 else self._worse(f"http-{status}", timedelta())

    def failed(self, trouble: Trouble) -> None:
        """No usable answer came."""
        if retry.blames_host(trouble.reason):
            self._after = self._worse(trouble.reason, timedelta())

    def asked_to_wait(self, status: int, asked: timedelta | None) -> timedelta:
        """The host said that it is asked too much; for how long it will be left alone."""
        failures, most = self._before.failures + 1, self._policy.max_pause
        pause = retry.pause_asked(asked, failures, self._ask.host, most)
        self._after = self._worse(f"http-{status}", pause)
        return pause

    def _worse(self, error: str, pause: timedelta) -> HostState:
        failures = self._before.failures + 1
        pause = max(pause, retry.pause_after(failures, self._ask.host, self._policy.max_pause))
        return HostState(pause=pause.total_seconds(), failures=failures, error=error)

    def state(self, now: float) -> HostState:
        """What is to be remembered, now that the turn is over."""
        if not self._used:
            return self._before
        day, asked = hostfile.day_of(now), self._before.asked_on(now) + 1
        return replace(self._after, done=now, delay=self._ask.delay, day=day, asked=asked)


class Pace:
    """Gives turns. One for each state folder and process; any number of processes may share the folder."""

    def __init__(self, folder: Path, policy: FetchPolicy, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._policy = policy
        self._clock = now
        self._queues = Queues()
        self._connections = asyncio.Semaphore(policy.connections)
        self._unwritten: dict[str, HostState] = {}

    @asynccontextmanager
    async def turn(self, ask: Ask) -> AsyncIterator[Turn]:
        """The host's turn. Raises Deferred if it is being left alone or `patience` ends first, Trouble if the state
        folder cannot be used."""
        self._check_pause(ask, self._known(ask.host))
        ends = asyncio.get_running_loop().time() + ask.patience
        try:
            async with self._queues.turn(ask.host, ask.patience), self._granted(ask, ends) as turn:
                yield turn
        except OutOfPatience as error:
            at = self._now() + max(self._known(ask.host).pace(self._now(), ask.delay), ask.delay)
            raise Deferred(ask.url, "pace", f"others wait for {ask.host} too", _utc(at)) from error

    @asynccontextmanager
    async def _granted(self, ask: Ask, ends: float) -> AsyncIterator[Turn]:
        """Wait for the pace, then for a connection and the lock, until all three are there."""
        look, longest = _LOOK
        while True:
            await _sleep(self._known(ask.host).pace(self._now(), ask.delay), ends)
            async with self._try(ask, ends) as turn:
                if turn:
                    yield turn
                    return
            await _sleep(look, ends)
            look = min(look * 1.5, longest)

    @asynccontextmanager
    async def _try(self, ask: Ask, ends: float) -> AsyncIterator[Turn | None]:
        """The turn, if nobody else has it and it has come; then its end is written when the caller is done."""
        async with self._connection(ends):
            file = self._lock(ask.host)
            if file is None:
                yield None
                return
            with file:
                turn = self._begin(ask, file)
                try:
                    yield turn
                finally:
                    if turn:
                        self._write(file, ask.host, turn.state(self._now()))

    @asynccontextmanager
    async def _connection(self, ends: float) -> AsyncIterator[None]:
        await acquire(self._connections, ends - asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._connections.release()

    def _begin(self, ask: Ask, file: HostFile) -> Turn | None:
        """The turn, if it has come; the file may say otherwise by now."""
        now = self._now()
        state = self._read(file, ask.host)
        if state.done > now + _CLOCK_SLACK:
            # The clock was set back: what was to be waited for begins anew, instead of lasting until the old time.
            state = replace(state, done=now)
            self._write(file, ask.host, state)
        self._check_pause(ask, state)
        if state.pace(now, ask.delay) > 0:
            return None
        # Written before the request too: if this process dies in it, the host still gets its pause.
        begun = replace(state, done=now, delay=ask.delay, pause=0.0, day=hostfile.day_of(now))
        self._write(file, ask.host, replace(begun, asked=state.asked_on(now) + 1))
        return Turn(ask, state, self._policy)

    def _check_pause(self, ask: Ask, state: HostState) -> None:
        now = self._now()
        seconds = state.paused(now)
        if seconds > 0 and state.done <= now + _CLOCK_SLACK:
            failures = f"{state.failures} failure{'s' * (state.failures != 1)}"
            detail = f"{ask.host} is being left alone after {failures} ({state.error})"
            raise Deferred(ask.url, "host-paused", detail, _utc(now + seconds))
        if state.asked_on(now) >= ask.a_day:
            detail = f"{ask.host} was asked {state.asked_on(now)} times today, as often as per_host_day allows"
            raise Deferred(ask.url, "host-capped", detail, _utc(retry.tomorrow(now, ask.host)))

    def _now(self) -> float:
        return self._clock().timestamp()

    def _path(self, host: str) -> Path:
        return self._folder / f"{hostfile.file_name(host)}.json"

    def _known(self, host: str) -> HostState:
        """What the file says, unless the clock was set back since: then the file has to be locked and put right."""
        try:
            state = hostfile.peek(self._path(host))
        except OSError as error:
            raise _unusable(self._folder, error) from error
        state = self._unwritten.get(host, state)
        return state if state.done <= self._now() + _CLOCK_SLACK else HostState()

    def _lock(self, host: str) -> HostFile | None:
        try:
            return HostFile.lock(self._path(host))
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def _read(self, file: HostFile, host: str) -> HostState:
        try:
            return self._unwritten.get(host, file.read())
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def _write(self, file: HostFile, host: str, state: HostState) -> None:
        """Remember; on a full disk at least within this process."""
        try:
            file.write(state)
            self._unwritten.pop(host, None)
        except OSError as error:
            self._unwritten[host] = state
            _log.warning("host-state-unwritten", host=host, error=os.strerror(error.errno or 0))


async def _sleep(seconds: float, ends: float) -> None:
    """Wait, unless it is clear from the start that patience ends before."""
    if seconds > max(ends - asyncio.get_running_loop().time(), 0.0):
        raise OutOfPatience
    if seconds > 0:
        await asyncio.sleep(seconds)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _unusable(folder: Path, error: OSError) -> Trouble:
    """Without its file a host is not asked: nobody could say who else asks it."""
    reason = "resources" if error.errno in {errno.EMFILE, errno.ENFILE} else "state"
    return Trouble(reason, f"{folder}: {error.strerror}")
