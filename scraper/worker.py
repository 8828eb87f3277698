"""Extraction in a process that may be killed.

    page → child process under a memory limit → article, or the reason why not

Small pages can cost gigabytes or minutes in any parser, and PDFium ends its whole process when memory runs out. Nothing
that a page can do reaches further than one child: it is ended at the deadline and another one takes its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, TypeVarTuple

import anyio

from scraper.article import Article
from scraper.cage.pool import Broken, Pool
from scraper.errors import ExtractError
from scraper.model import Outlet, Page
from scraper.pipeline import attempts

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
        self.pool = Pool(self.cage.workers, _warm)

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        memory, seconds = self._bounds(page)
        rules = outlet.as_of(page.fetched_at.date()) if outlet else None
        job = (page.body, page.final_url, page.content_type, rules, known)
        try:
            return await self._twice(memory, seconds, job)
        except TimeoutError as exc:
            raise ExtractError(page.final_url, attempts.HEAVY, f"{attempts.TOO_SLOW} {seconds:g} s") from exc
        except (Broken, MemoryError) as exc:
            raise ExtractError(page.final_url, attempts.HEAVY, attempts.ENDED) from exc
        except OSError as exc:  # nothing the page did: this machine has no process or file to spare
            raise ExtractError(page.final_url, "resources", exc.strerror or "no process to read it in") from exc

    def attempt(self, page: Page) -> str:
        """See `interfaces.Reader`."""
        from scraper.extract.reading import VERSION  # noqa: PLC0415  # not needed to start

        memory, seconds = self._bounds(page)
        digest = hashlib.sha256(page.body).hexdigest()[:16]
        return f"bytes {digest}, extractor {VERSION}, {memory >> 20} MiB, {seconds:g} s"

    async def run(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a pure, importable function of hostile bytes (a feed, a sitemap) under the same limits.

        Raises TimeoutError or anyio.BrokenWorkerProcess when a limit ended it (or no process could be started), else
        whatever `func` raises.
        """
        try:
            return await self.pool.call(self.cage.memory, self.cage.timeout.total_seconds(), func, *args)
        except TimeoutError:
            raise
        except Broken as exc:
            raise anyio.BrokenWorkerProcess(str(exc)) from exc
        except OSError as exc:
            raise anyio.BrokenWorkerProcess(exc.strerror or "no process to read it in") from exc

    async def _twice(self, memory: int, seconds: float, job: _Job) -> Article | None:
        """A child may have been ended by what has nothing to do with the page: only two of them are evidence."""
        try:
            return await self.pool.call(memory, seconds, _read, job)
        except Broken:
            return await self.pool.call(memory, seconds, _read, job)

    def _bounds(self, page: Page) -> tuple[int, float]:
        """Bytes and seconds that reading `page` may take."""
        if page.body[:1024].lstrip().startswith(b"%PDF-"):
            return self.cage.pdf_memory, self.cage.pdf_timeout.total_seconds()
        return self.cage.memory, self.cage.timeout.total_seconds()


def _warm() -> None:
    _read((b"<title>x</title><article><h1>x</h1><p>x</p></article>", "http://localhost/", None, None, None))


def _read(job: _Job) -> Article | None:
    from scraper.extract import read  # noqa: PLC0415  # only the child needs the parsers

    body, url, content_type, outlet, known = job
    return read(body, url, content_type=content_type, outlet=outlet, known=known)
