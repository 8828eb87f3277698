"""The article that a page belongs to though its address is a new one: found by hints, proved by the text.

no article under this address → what it claims, its number, its path without date → is it the same story?
"""

from __future__ import annotations

import contextlib

from scraper import hints
from scraper.article import Article
from scraper.errors import ArchiveDamaged
from scraper.model import Entry, Outlet, Page
from scraper.pipeline import stories
from scraper.pipeline.services import Services


async def related(
    services: Services, page: Page, article: Article, claims: tuple[str, ...], outlet: Outlet | None
) -> Entry | None:
    """The article whose story `article` tells at another address, if there is one. Raises ArchiveDamaged if it
    claims to be one that cannot be read, and ArchiveError about the whole archive."""
    if article.kind not in {"article", "live"}:
        return None
    for url in claims:
        entry = await services.store(services.archive.find, url, outlet)
        if entry and await _tells(services, entry, article, said=True):
            return entry  # if it cannot be read, it is not known whether this page begins another article
    for said, found in ((True, hints.claim(page.final_url)), (False, hints.of(page.final_url))):
        for entry in await services.store(services.archive.hinted, found):
            with contextlib.suppress(ArchiveDamaged):  # that some article is near says little: it stops no other one
                if await _tells(services, entry, article, said=said):
                    return entry
    return None


async def _tells(services: Services, entry: Entry, article: Article, *, said: bool) -> bool:
    latest = await services.store(services.archive.latest, entry.id)
    return latest is not None and stories.alike(latest.article, article, said=said)
