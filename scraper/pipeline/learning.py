"""Widgets of an outlet, learnt from what the archive holds of it: gathers, asks `learn`, keeps what it decides.

    recent versions → texts that recur → their captures, to see where they stand → decisions
    decision → rule of the outlet → the versions it was learnt from are read again

Nothing that is stored is changed, and no outlet is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from anyio import BrokenWorkerProcess

from scraper.errors import ArchiveDamaged, ExtractError
from scraper.extract.places import Placed, places
from scraper.model import Outlet, Snapshot
from scraper.outlets import Outlets
from scraper.pipeline import learn
from scraper.pipeline.learn import Look, Told
from scraper.pipeline.reread import reread
from scraper.pipeline.services import Services
from scraper.widgets import Widget

WINDOW: Final = timedelta(days=14)
MOST: Final = 300  # versions of an outlet that are looked at, the newest
CANDIDATES: Final = 40  # recurring texts whose pages are looked at
HISTORIES: Final = 12  # articles whose captures are compared
CAPTURES: Final = 5  # of each of them


def with_learned(outlets: Outlets, widgets: Iterable[Widget]) -> Outlets:
    """The outlets, each with the rules that were learnt for it after its own."""
    rules: dict[str, list[Widget]] = {}
    for widget in widgets:
        rules.setdefault(widget.outlet, []).append(widget)
    if not rules:
        return outlets
    return Outlets.of(
        replace(outlet, rules=(*outlet.rules, *(widget.rule() for widget in rules.get(outlet.id, ()))))
        for outlet in outlets.values()
    )


async def learn_widgets(services: Services, outlet: Outlet, *, dry_run: bool = False) -> list[Widget]:
    """Widgets of `outlet` that were not known; kept, and the versions they were seen in read again, unless `dry_run`.

    What a person told the archive to forget is not learnt again. Raises ArchiveError about the whole archive.
    """
    since = services.now() - WINDOW
    snapshots = await services.store(services.archive.recent, outlet.id, since, MOST)
    decided = {made.widget.id for made in await services.store(services.archive.decisions, outlet.id)}
    found = [widget for widget in await _found(services, outlet, snapshots) if widget.id not in decided]
    if found and not dry_run:
        for widget in found:
            await services.store(services.archive.decide_widget, widget, "learn", outlet.home)
        await _read_again(services, outlet, found, snapshots)
    return found


async def _found(services: Services, outlet: Outlet, snapshots: Sequence[Snapshot]) -> list[Widget]:
    by_version = {_told(snapshot): snapshot for snapshot in snapshots}
    recurs = learn.recurring(list(by_version))[:CANDIDATES]
    looked: dict[Told, Sequence[Placed]] = {}
    for told in {told for one in recurs for told in one.sightings}:
        looked[told] = await _places(services, outlet, by_version[told])
    texts = learn.boxed(recurs, looked, outlet.id)
    histories = {article_id: await _looks(services, outlet, versions) for article_id, versions in _histories(snapshots)}
    return [*texts, *learn.restless(histories, outlet.id)]


def _told(snapshot: Snapshot) -> Told:
    texts = tuple(block.text for block in snapshot.article.blocks)
    return Told(snapshot.article_id, snapshot.version, snapshot.captured_at, texts)


def _histories(snapshots: Sequence[Snapshot]) -> Iterator[tuple[str, list[Snapshot]]]:
    """Articles with enough versions to see what changes by itself. A live page changes because it is written."""
    by_article: dict[str, list[Snapshot]] = {}
    for snapshot in sorted(snapshots, key=lambda one: (one.article_id, one.version)):
        if snapshot.article.kind != "live":
            by_article.setdefault(snapshot.article_id, []).append(snapshot)
    enough = [(name, versions[-CAPTURES:]) for name, versions in by_article.items() if len(versions) >= learn.LOOKS]
    yield from enough[:HISTORIES]


async def _looks(services: Services, outlet: Outlet, versions: Sequence[Snapshot]) -> list[Look]:
    looks, before = [], None
    for snapshot in versions:
        found = await _places(services, outlet, snapshot)
        modified = before is not None and _moment(snapshot) != _moment(before)
        looks.append(Look(_told(snapshot), found, modified))
        before = snapshot
    return looks


def _moment(snapshot: Snapshot) -> datetime | date | None:
    return snapshot.article.modified or snapshot.article.published


async def _places(services: Services, outlet: Outlet, snapshot: Snapshot) -> tuple[Placed, ...]:
    """Where the blocks of a version stand on the page it was read from; nothing if that cannot be read any more."""
    rules = outlet.as_of(snapshot.captured_at.date())
    try:
        page = await services.store(services.archive.page, snapshot.capture)
        return await services.reader.run(places, page.body, page.final_url, page.content_type, rules)
    except (ArchiveDamaged, ExtractError, TimeoutError, BrokenWorkerProcess):
        return ()


async def _read_again(
    services: Services, outlet: Outlet, found: Sequence[Widget], snapshots: Sequence[Snapshot]
) -> None:
    """Read the articles again that a widget was seen in: what it did to them was no edit."""
    services = replace(services, outlets=with_learned(services.outlets, found))
    patterns = {widget.pattern for widget in found if widget.kind == "text"}
    anywhere = any(widget.kind == "place" for widget in found)
    touched = {
        snapshot.article_id
        for snapshot in snapshots
        if anywhere or any(learn.mask(block.text) in patterns for block in snapshot.article.blocks)
    }
    for article_id in sorted(touched):
        if entry := await services.store(services.archive.entry, article_id):
            async for _ in reread(services, entry, lambda _: False):
                pass
