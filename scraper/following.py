"""The search is kept up to the archive while the daemon runs: a moment of work now and then, beside everything else."""

from __future__ import annotations

from typing import Protocol

import anyio
import structlog

from scraper.errors import ArchiveError
from scraper.hits import Followed
from scraper.interfaces import Searcher
from scraper.pipeline.services import Services

log = structlog.get_logger()

EVERY = 5.0  # seconds between looks at what the search does not know
PATIENCE = 120  # looks in a row at which somebody else was at it and nothing came of that: ten minutes
AT_ONCE = 2.0  # seconds that one look may take: years of an archive are taken in within a night


class Host(Protocol):
    """What is known of the daemon: whether it is to end, and what keeps it from storing."""

    stopping: anyio.Event

    @property
    def trouble(self) -> str | None:
        """The word for it, or None."""
        ...


async def keep_up(searcher: Searcher, services: Services, host: Host, every: float = EVERY) -> None:
    """Take in what is new until the daemon stops. What ails it is said once, and is no trouble of the archive.

    That somebody else takes it in just now, as who searches does, is nothing to tell of; unless that never ends."""
    said: str | None = None
    waited = _Waited()
    while not host.stopping.is_set():
        if not host.trouble:
            done = await services.store(_follow, searcher)
            if done.taken:
                log.info("search-followed", versions=done.taken, behind=done.behind)
            if not waited.is_for_somebody(done):
                if done.why and done.why != said:
                    log.warning("search-behind", why=done.why, behind=done.behind)
                said = done.why
        with anyio.move_on_after(every):
            await host.stopping.wait()


class _Waited:
    """How often in a row somebody else was taking it in, and how little was left at best."""

    def __init__(self) -> None:
        self._looks = 0
        self._least = 0

    def is_for_somebody(self, done: Followed) -> bool:
        """Whether somebody else takes it in, and goes on."""
        if not done.busy:
            self._looks = 0
            return False
        if self._looks == 0 or done.behind < self._least:
            self._looks, self._least = 0, done.behind
        self._looks += 1
        return self._looks < PATIENCE


def _follow(searcher: Searcher) -> Followed:
    try:
        return searcher.follow(AT_ONCE)
    except ArchiveError as error:
        return Followed(why=str(error))
    except Exception as error:  # the host's net: a search that breaks must not end the daemon
        log.exception("search-broke", error=repr(error))
        return Followed(why=f"internal: {type(error).__name__}")
