"""One look at one source: what it announces goes into the frontier. Decides nothing.

source → discover → frontier
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from scraper import cadence
from scraper.discover import discover
from scraper.errors import FetchError
from scraper.model import Outlet, Round, Source, SourceState
from scraper.pipeline.services import Services

#: New addresses that a front or section page may add in a day: there is always one more link on some of them.
MOST_OF_A_PAGE: Final = 300


@dataclass(frozen=True, slots=True)
class Look:
    """How one look at one source ended: what was announced, and how much of it was not known before. Neither that nor
    an error: the source rests, and was not asked."""

    source: Source
    round: Round | None = None
    added: int = 0
    error: str | None = None


async def look(
    services: Services, outlet: Outlet, source: Source, *, look_back: timedelta = timedelta(days=30)
) -> Look:
    """Look at one source once and put what it announces into the frontier. Raises ArchiveError only.

    What is announced with a date longer ago than `look_back` waits behind all that is fresher.
    """
    frontier, now = services.frontier, services.now()
    state = await services.store(frontier.source, source.url) or SourceState(source.url, outlet.id)
    if cadence.source_rests(state, source.every, now):
        return Look(source)
    try:
        found = await discover(outlet, source, state, services.fetcher.get, now, run=services.reader.run)
    except FetchError as error:
        # Being left alone is no failure of the source's own: what its host did is counted where it did it.
        if error.reason not in {"host-paused", "host-capped", "pace"}:
            state = replace(_today(state, now), last_checked=now, last_error=error.said, failures=state.failures + 1)
            await services.store(frontier.source_done, state)
        return Look(source, error=error.said)
    state = _today(state, now)
    left = max(MOST_OF_A_PAGE - state.added, 0) if source.kind == "front" else None
    put = partial(frontier.put, look_back=look_back, most=left)
    added = await services.store(put, outlet, found.sightings, now)
    # What a day's ration left out has to be announced again: nothing is known of a source that still holds some.
    full = await services.store(frontier.full, outlet, now)
    whole = not full and added != left
    notes = (
        f"stopped at {found.capped}" if found.capped else None,
        f"not believed: {found.doubt}" if found.doubt else None,
        None if whole else "as many new addresses as a day may have",
    )
    state = replace(
        state,
        added=state.added + added,
        note=None if found.unchanged and whole else "; ".join(filter(None, notes)) or None,
        last_checked=now,
        last_ok=now,
        last_new=now if added else state.last_new,
        last_error=None,
        failures=0,
        items=state.items if found.unchanged else len(found.sightings),
        etag=found.etag if whole else None,
        last_modified=found.last_modified if whole else None,
    )
    await services.store(frontier.source_done, state)
    return Look(source, found, added)


def _today(state: SourceState, now: datetime) -> SourceState:
    """`state` with the count of this day, which is none at the first look of a day."""
    last = state.last_checked
    return state if last and last.astimezone(UTC).date() == now.astimezone(UTC).date() else replace(state, added=0)
