"""Extraction in a process that may be killed.

    page → child process under a memory limit → article, or the reason why not

Small pages can cost gigabytes or minutes in any parser, and PDFium ends its whole process when memory runs out. Nothing
that a page can do reaches further than one child: it is ended at the deadline and another one takes its place.
"""

from __future__ import annotations

import contextlib
import pickle
import resource
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
            with anyio.fail_after(timeout.total_seconds()):
                return await to_process.run_sync(_read, memory, job, cancellable=True, limiter=self._limiter)
        except TimeoutError as exc:
            raise ExtractError(page.final_url, "too-heavy", f"not read within {timeout.total_seconds():.0f} s") from exc
        except (anyio.BrokenWorkerProcess, pickle.UnpicklingError, MemoryError) as exc:
            raise ExtractError(page.final_url, "too-heavy", "ended its reading process") from exc

    async def run(self, func: Callable[[Unpack[Ts]], T], *args: *Ts) -> T:
        """Run a pure, importable function of hostile bytes (a feed, a sitemap) under the same limits.

        Raises TimeoutError or anyio.BrokenWorkerProcess when a limit ended it, else whatever `func` raises.
        """
        with anyio.fail_after(self.cage.timeout.total_seconds()):
            return await to_process.run_sync(
                _call, self.cage.memory, func, args, cancellable=True, limiter=self._limiter
            )


def _read(memory: int, job: tuple[bytes, str, str | None, Outlet | None, str | None]) -> Article | None:
    from scraper.extract import read  # noqa: PLC0415  # only the child needs the parsers

    _limit(memory)
    body, url, content_type, outlet, known = job
    return read(body, url, content_type=content_type, outlet=outlet, known=known)


def _call(memory: int, func: Callable[..., T], args: tuple[object, ...]) -> T:
    _limit(memory)
    return func(*args)


def _limit(memory: int) -> None:
    """Bound the address space beyond what the libraries have taken already (a soft limit: the next page may differ)."""
    used = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # not a path of ours
        used = int(statm.read().split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, hard))
