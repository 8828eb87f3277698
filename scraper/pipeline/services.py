"""What a visit needs of the world, in one value: made once by a host, handed down by the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import to_thread

from scraper.interfaces import Archive, Fetcher, Frontier, Reader
from scraper.outlets import Outlets

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Services:
    """What a visit needs of the world. One set serves a whole process."""

    fetcher: Fetcher
    reader: Reader
    archive: Archive
    frontier: Frontier
    outlets: Outlets
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    disk: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(4))

    async def store(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a blocking call of the store outside the event loop. Not abandoned when cancelled: it is finished."""
        return await to_thread.run_sync(func, *args, limiter=self.disk)
