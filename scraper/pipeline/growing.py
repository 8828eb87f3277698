"""A live page's growth, at a bounded rate: which version may wait, and what must not be lost by waiting.

    edited → crowded? growth alone, too soon? → coalesced → next visit: is what was coalesced lost by now? → a version

Entries that only came are a version at most every `cadence.GROWTH`; they are all in the next one. But an entry that
came, was seen, and was changed or gone before the next version would be in none. So what the last visit saw and did not
keep is kept first, from its capture, if the page does not show it any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from scraper import cadence
from scraper.article import Article
from scraper.compare import compare, live
from scraper.errors import ArchiveDamaged, ExtractError
from scraper.model import Capture, Due, Entry, Intent, Outlet, Page, Snapshot, Verdict
from scraper.pipeline import headlines
from scraper.pipeline.services import Services

COALESCED: Final = "coalesced"
GROWS: Final = "growing: entries alone wait for the next version"
CROWDED: Final = "crowded: as many versions in a day as are kept"


async def held(services: Services, due: Due, entry: Entry, verdict: Verdict, answer: tuple[Page, Article]) -> Verdict:
    """`verdict`, or that it makes no version yet: as many as a day may have, growth too soon after the last one, or a
    headline that alternates."""
    page, article = answer
    if verdict.kind != "edited":
        return verdict
    versions = await services.store(services.archive.legible, entry.id)
    verdict = headlines.tested(versions, article, verdict, due.last_error, page.fetched_at)
    if verdict.kind != "edited":
        return verdict
    times = [snapshot.captured_at for snapshot in versions]
    if cadence.crowded(times, page.fetched_at):
        return Verdict("same", CROWDED, flags=(COALESCED,))
    grows = verdict.edit is not None and live.is_growth(verdict.edit.parts)
    if grows and cadence.growing(times, page.fetched_at):
        return Verdict("same", GROWS, flags=(COALESCED,))
    return verdict


async def catch_up(
    services: Services, due: Due, entry: Entry, latest: Snapshot, new: Article, outlet: Outlet | None
) -> Snapshot | None:
    """Make a version of what the last visit saw and did not keep, if it would be lost; that version, None if not."""
    if due.last_error not in {GROWS, CROWDED} or not live.has_entries(latest.article):
        return None
    found = await _last_seen(services, entry, outlet)
    if found is None or found[2].reading != latest.article.reading:
        return None
    capture, page, read = found
    seen = replace(read, canonical_url=latest.article.canonical_url)
    verdict = compare(latest.article, seen)
    if verdict.kind != "edited" or not live.is_lost(latest.article, seen, new):
        return None
    versions = await services.store(services.archive.legible, entry.id)
    if cadence.crowded([snapshot.captured_at for snapshot in versions], page.fetched_at):
        return None
    intent = Intent(due.url, entry.outlet, verdict, page.fetched_at, entry, seen, capture, page, (due.url,), outlet)
    return await services.store(services.archive.commit, intent)


async def _last_seen(services: Services, entry: Entry, outlet: Outlet | None) -> tuple[Capture, Page, Article] | None:
    """The answer of the last visit to an article that was coalesced, as it is read today."""
    capture = await services.store(services.archive.coalesced, entry.id)
    if capture is None:
        return None
    try:
        page = await services.store(services.archive.page, capture)
        read = await services.reader.read(page, outlet)
    except (ArchiveDamaged, ExtractError):
        return None
    return (capture, page, read) if read is not None else None
