"""A visit that somebody asked for, out of turn: of any URL, of a listed outlet or not."""

from __future__ import annotations

from scraper import urls
from scraper.model import Due
from scraper.pipeline.services import Services
from scraper.pipeline.visiting import Outcome, visit


async def visit_now(services: Services, url: str, *, force: bool = False) -> Outcome:
    """Visit the canonical `url` now. What the frontier knows of it is used, and written back.

    Raises ArchiveError only, as `visit` does.
    """
    outlet = services.outlets.for_url(url)
    due = await services.store(services.frontier.lookup, url, outlet) or Due(
        key=urls.identity(url, outlet),
        url=url,
        host=urls.host(url),
        outlet=outlet.id if outlet else urls.host(url).removeprefix("www."),
        next_visit=services.now(),
    )
    return await visit(services, due, url=url, force=force)
