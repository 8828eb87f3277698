"""First come, first served, within this process and within somebody's patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class OutOfPatience(Exception):
    """The turn did not come in time."""


async def acquire(lock: asyncio.Lock | asyncio.Semaphore, patience: float) -> None:
    """Get hold of `lock` within so many seconds; raises OutOfPatience."""
    try:
        async with asyncio.timeout(patience):
            await lock.acquire()
    except TimeoutError as error:
        raise OutOfPatience from error


class Queues:
    """One fair queue for each name; a queue that nobody stands in takes no room."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str, patience: float) -> AsyncIterator[None]:
        """Wait until all who came before have gone, at most `patience` seconds; raises OutOfPatience."""
        lock, users = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = lock, users + 1
        try:
            await acquire(lock, patience)
            try:
                yield
            finally:
                lock.release()
        finally:
            lock, users = self._locks.pop(name)
            if users > 1:
                self._locks[name] = lock, users - 1
