"""Time that passes as fast as there is work, and leaps where there is none.

    something under way (a request, a thread, a reading process) → time passes as it does
    nothing under way, only timers                               → time leaps to the next of them

So nothing is made faster than it is: a request takes its milliseconds, a pause of two seconds none. The whole process
sees this time: `datetime.now`, `time.time`, `time.monotonic` and the event loop. Other processes read it from a file.
"""

from __future__ import annotations

import asyncio
import mmap
import selectors
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Final

import time_machine

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
_DOUBLE: Final = struct.Struct("d")
# With nothing under way: the longest leap, so that whoever watches from outside sees it go.
_LEAP: Final = 600.0


class SharedClock:
    """The simulated time, for any process: the real one and an offset that lies in a file."""

    def __init__(self, path: Path, *, start: datetime | None = None) -> None:
        if start:
            path.write_bytes(_DOUBLE.pack(start.timestamp() - time.time()))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _DOUBLE.size)

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    @property
    def offset(self) -> float:
        """Simulated minus real, in seconds."""
        return float(_DOUBLE.unpack(self._map[:])[0])

    def leap(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._map[:] = _DOUBLE.pack(self.offset + seconds)


class LeapingSelector(selectors.DefaultSelector):
    """Waits for sockets as ever while something is under way, and not at all else."""

    def __init__(self, time_: LeapingTime) -> None:
        super().__init__()
        self._time = time_

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector`."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if self._time.under_way:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            if timeout is None:
                return super().select(0.05)
            self._time.leap(min(timeout, _LEAP))
        return ready


class LeapingTime:
    """Puts the process into simulated time until `ends`; then `finish` is called, once."""

    def __init__(self, clock: SharedClock, ends: datetime, finish: Callable[[], object]) -> None:
        self.clock = clock
        self.under_way = 0
        self._ends = ends
        self._finish: Callable[[], object] | None = finish
        self._leapt = 0.0
        self._monotonic = time.monotonic
        self._travel = time_machine.travel(clock(), tick=True)
        self._traveller = self._travel.start()
        time.monotonic = self.monotonic

    def monotonic(self) -> float:
        """The real one, and all leaps."""
        return self._monotonic() + self._leapt

    def leap(self, seconds: float) -> None:
        """Nothing is under way: on to the next timer."""
        self._leapt += seconds
        self._traveller.shift(timedelta(seconds=seconds))
        self.clock.leap(seconds)
        if self._finish and datetime.now(UTC) >= self._ends:
            finish, self._finish = self._finish, None
            finish()

    def loop(self) -> asyncio.AbstractEventLoop:
        """An event loop that lives in this time."""
        return asyncio.SelectorEventLoop(LeapingSelector(self))

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The coroutine function `call`; while one of its calls runs, something is under way."""

        @wraps(call)
        async def run(*args: Any, **more: Any) -> Any:
            with self._one():
                return await call(*args, **more)

        return run

    @contextmanager
    def _one(self) -> Iterator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
