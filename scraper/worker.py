"""Extraction in a process that may be killed.

    page → child process under a memory limit → article, or the reason why not

Small pages can cost gigabytes or minutes in any parser, and PDFium ends its whole process when memory runs out. Nothing
that a page can do reaches further than one child: it is ended at the deadline and another one takes its place.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, TypeVarTuple, Unpack

import anyio
from anyio import to_process

from scraper.article import Article
from scraper.errors import ExtractError
from scraper.model import Outlet, Page

T = TypeVar("T")
_Job = tuple[bytes, str, str | None, Outlet | None, str | None]
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Cage:
    """How many children there are, and how much address space (bytes) and wall time one page may take in one."""

    workers: int = 2
    memory: int = 1 << 30
    timeout: timedelta = timedelta(seconds=20)
    pdf_memory: int = 3 << 29
    pdf_timeout: timedelta = timedelta(seconds=90)


class CagedReader:
    """The `Reader` of the daemon and of one-off commands. Use it inside one event loop; it holds no page."""

    def __init__(self, cage: Cage | None = None) -> None:
        self.cage = cage or Cage()
        self._limiter = anyio.CapacityLimiter(self.cage.workers)

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        pdf = page.body[:1024].lstrip().startswith(b"%PDF-")
        memory = self.cage.pdf_memory if pdf else self.cage.memory
        timeout = self.cage.pdf_timeout if pdf else self.cage.timeout
        rules = outlet.as_of(page.fetched_at.date()) if outlet else None
        job = (page.body, page.final_url, page.content_type, rules, known)
        try:
            return await self._twice(memory, timeout.total_seconds(), job)
        except TimeoutError as exc:
            raise ExtractError(page.final_url, "too-heavy", f"not read within {timeout.total_seconds():.0f} s") from exc
        except (anyio.BrokenWorkerProcess, pickle.UnpicklingError, MemoryError) as exc:
            raise ExtractError(page.final_url, "too-heavy", "ended its reading process") from exc
        except OSError as exc:  # nothing the page did: this machine has no process or file to spare
            raise ExtractError(page.final_url, "resources", exc.strerror or "no process to read it in") from exc

    async def _twice(self, memory: int, seconds: float, job: _Job) -> Article | None:
        """A child may have been ended by what has nothing to do with the page: only two of them are evidence."""
        try:
            return await self._caged(memory, seconds, _read, job)
        except anyio.BrokenWorkerProcess:
            return await self._caged(memory, seconds, _read, job)

    async def run(self, func: Callable[[Unpack[Ts]], T], *args: *Ts) -> T:
        """Run a pure, importable function of hostile bytes (a feed, a sitemap) under the same limits.

        Raises TimeoutError or anyio.BrokenWorkerProcess when a limit ended it (or no process could be started), else
        whatever `func` raises.
        """
        try:
            return await self._caged(self.cage.memory, self.cage.timeout.total_seconds(), func, *args)
        except TimeoutError:
            raise
        except OSError as exc:
            raise anyio.BrokenWorkerProcess(exc.strerror or "no process to read it in") from exc

    async def _caged(self, memory: int, seconds: float, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run `func` in a child. Its time begins when a child is free: a page pays for itself, not for others."""
        async with self._limiter:
            with anyio.fail_after(seconds):
                mine = anyio.CapacityLimiter(1)
                return await to_process.run_sync(_call, memory, seconds, func, args, cancellable=True, limiter=mine)


def _read(job: _Job) -> Article | None:
    from scraper.extract import read  # noqa: PLC0415  # only the child needs the parsers

    body, url, content_type, outlet, known = job
    return read(body, url, content_type=content_type, outlet=outlet, known=known)


def _call(memory: int, seconds: float, func: Callable[..., T], args: tuple[object, ...]) -> T:
    # A signal to the whole group (Ctrl-C, a service manager) is for the parent: it ends its children when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _limit(memory, seconds)
    return func(*args)


def _limit(memory: int, seconds: float) -> None:
    """Bound the address space beyond what the libraries have taken already, and the CPU time, which ends a child whose
    parent was killed while it worked. Soft limits: the next page may differ."""
    used = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # not a path of ours
        used = int(statm.read().split()[0]) * resource.getpagesize()
    _soften(resource.RLIMIT_AS, used + memory)
    _soften(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds) + 1)


def _soften(what: int, limit: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
