"""What was too heavy to read is not read again: the same bytes, by the same extractor, under the same limits.

Nothing is kept for that but what every visit leaves behind anyway: the reason it failed, which says what was tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar, TypeVarTuple

from scraper.article import Article
from scraper.errors import ExtractError
from scraper.model import Outlet, Page
from scraper.pipeline.services import Services

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

HEAVY: Final = "too-heavy"
#: What it says of pages that were given up while they were read.
TOO_SLOW: Final = "not read within"
ENDED: Final = "ended its reading process"
#: What the reason says when nothing was tried this time.
AGAIN: Final = "not tried again"


def remembering(services: Services, url: str, outlet: Outlet | None, *, force: bool) -> Services:
    """`services` for one visit to `url`, whose reader looks first at what became of the visits before."""
    return replace(services, reader=_Remembering(services, url, outlet, force))


def cost_too_much(reason: str | None) -> bool:
    """Whether a visit that ended for `reason` spent all the time or memory that there is for one page.

    Some pages are seen to be too heavy before they are read, and some were known to be.

    >>> cost_too_much("pages: page 2: too-heavy: not read within 20 s (…)"), cost_too_much("too-heavy: a long tag (…)")
    (True, False)
    """
    return any(f"{HEAVY}: {end}" in (reason or "") for end in (TOO_SLOW, ENDED))


@dataclass(frozen=True, slots=True)
class _Remembering:
    """A `Reader` that knows what was too heavy before; with `force` it tries all the same."""

    services: Services
    url: str
    outlet: Outlet | None
    force: bool

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        attempt = self.attempt(page)
        if not self.force and await self._was_heavy(attempt):
            raise ExtractError(page.final_url, HEAVY, f"{AGAIN} ({attempt})")
        try:
            return await self.services.reader.read(page, outlet, known)
        except ExtractError as error:
            if error.reason != HEAVY:
                raise
            raise ExtractError(error.url, HEAVY, f"{error.detail} ({attempt})") from error

    async def _was_heavy(self, attempt: str) -> bool:
        services = self.services
        return await services.store(services.archive.failed_with, self.url, f"({attempt})", self.outlet)

    def attempt(self, page: Page) -> str:
        """See `interfaces.Reader`."""
        return self.services.reader.attempt(page)

    async def run(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """See `interfaces.Reader`."""
        return await self.services.reader.run(func, *args)
