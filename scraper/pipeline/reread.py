"""Versions read again from their captures: what today's extractor and rules make of what the outlet sent then.

    version → capture → article as it is read today → is that as good? → revision of the reading

A difference that only the reading made is no edit. It is kept as another reading of the same version, and the readings
before stay where they are. The outlet is never asked.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from scraper import paging
from scraper.article import Article, render
from scraper.compare import compare
from scraper.errors import ArchiveDamaged, ArchivePruned, ExtractError
from scraper.model import Edit, Entry, Outlet, Revision, Snapshot
from scraper.pipeline.services import Services

Result = Literal["same", "revised", "kept", "pruned", "unreadable"]
NO_EDIT: Final = "no-edit"


@dataclass(frozen=True, slots=True)
class Rereading:
    """What became of one version. `kept`: the new reading is not believed, for `reason`. `pruned`: there is
    nothing left to read it from, on purpose. `edit` is what the reading
    changed in the text; `no_edit`: as both are read now, the version says what the one before says."""

    url: str
    outlet: str
    version: int
    result: Result
    reason: str | None = None
    edit: Edit | None = None
    no_edit: bool = False
    snapshot: str | None = None


async def read_again(services: Services, snapshot: Snapshot, outlet: Outlet | None) -> Article | None:
    """A version as it would be read today, from its capture; None if that cannot be had any more."""
    try:
        return await _read(services, snapshot, outlet)
    except (ArchiveDamaged, ExtractError):
        return None


async def _read(services: Services, snapshot: Snapshot, outlet: Outlet | None) -> Article:
    """All pages that were captured, as far as today's rules lead from one to the next. `next_page` says where they
    would have led to from the last of them."""
    pages: list[Article] = []
    for capture in (snapshot.capture, *snapshot.further):
        page = await services.store(services.archive.page, capture)
        article = await services.reader.read(page, outlet)
        assert article is not None  # noqa: S101  # only a known fingerprint gives None
        pages.append(article)
        if article.next_page is None:
            break
    return replace(paging.join(pages), next_page=pages[-1].next_page)


async def revised(
    services: Services, entry: Entry, snapshot: Snapshot, again: Article, outlet: Outlet | None, now: datetime
) -> Revision | None:
    """`revision` of a version by itself, if its text reads otherwise. The one before is read again too, or the edit
    between them would tell what the reading did."""
    if render(replace(again, canonical_url=entry.url)) == render(snapshot.article):
        return None
    before = None
    if snapshot.version:
        with contextlib.suppress(ArchiveDamaged):  # then the edit stands as it was told
            before = await services.store(services.archive.snapshot, entry.id, snapshot.version - 1)
    if before is None or before.article.reading == again.reading:
        return revision(entry, snapshot, again, before.article if before else None, now)
    return revision(entry, snapshot, again, await read_again(services, before, outlet), now)


def revision(
    entry: Entry, snapshot: Snapshot, again: Article, before: Article | None, now: datetime, *, force: bool = False
) -> Revision | None:
    """What has to be kept of `again`, the version read anew; None if it says nothing new, or is not believed.

    `before` is the version before as it is read today: what differs from it is the edit, as today's reading sees it.
    That may be news although the text is the same: the version before may read otherwise. None: the edit stands.
    """
    old, again = snapshot.article, replace(again, canonical_url=entry.url)
    if doubt(old, again) and not force:
        return None
    edit, flags = _retold(snapshot, again, before)
    if render(again) == render(old) and _gist(edit) == _gist(snapshot.edit) and flags == snapshot.flags:
        return None
    return Revision(entry, snapshot.version, again, now, f"{old.reading} → {again.reading}", edit, flags)


def _retold(snapshot: Snapshot, again: Article, before: Article | None) -> tuple[Edit | None, tuple[str, ...]]:
    """The edit and the flags of a version as they are seen today. What was made as no edit never becomes one."""
    if before is None or (snapshot.edit is None and NO_EDIT not in snapshot.flags):
        return snapshot.edit, snapshot.flags
    edit = compare(replace(before, canonical_url=again.canonical_url), again, shrink_confirmed=True).edit
    flags = tuple(flag for flag in snapshot.flags if flag != NO_EDIT)
    return edit, flags if edit else (*flags, NO_EDIT)


def _gist(edit: Edit | None) -> tuple[tuple[str, ...], bool]:
    """What lists and filters go by; that the words of the evidence are cut otherwise is no news."""
    return (edit.kinds, edit.stealth) if edit else ((), False)


def doubt(old: Article, again: Article) -> str | None:
    """Why a new reading is worse than the old one, if it is: an extractor can be wrong about a page too."""
    verdict = compare(old, again)
    return verdict.reason if verdict.kind == "partial" else None


async def reread(
    services: Services,
    entry: Entry,
    is_current: Callable[[Snapshot], bool],
    *,
    dry_run: bool = False,
    force: bool = False,
) -> AsyncIterator[Rereading]:
    """Read every version of an article again, oldest first, and keep what is new about it.

    `is_current` says of a version that it was read with what would be used today: it is left alone. `force`: a reading
    that seems worse is kept as well. `dry_run`: nothing is written. Raises ArchiveError about the whole archive.
    """
    outlet = services.outlets.get(entry.outlet)
    before: Article | None = None
    whole, harmed = await services.store(services.archive.sound, entry.id)
    for one in harmed:
        why = f"damaged: {one.file}: {one.why}"
        yield Rereading(entry.url, entry.outlet, one.version, "unreadable", reason=why)
    missing = {one.version for one in harmed}
    for snapshot in whole:
        before = None if snapshot.version - 1 in missing else before
        told = Rereading(entry.url, entry.outlet, snapshot.version, "same", snapshot=snapshot.path)
        again = snapshot.article
        if not is_current(snapshot):
            try:
                again = replace(await _read(services, snapshot, outlet), canonical_url=entry.url)
            except ArchivePruned as error:
                yield replace(told, result="pruned", reason=error.why)
            except (ArchiveDamaged, ExtractError) as error:
                yield replace(told, result="unreadable", reason=str(error))
            else:
                made = revision(entry, snapshot, again, before, services.now(), force=force)
                stored = await services.store(services.archive.revise, made) if made and not dry_run else None
                yield _told(told, snapshot, again, made, stored)
        before = again


def _told(
    told: Rereading, snapshot: Snapshot, again: Article, made: Revision | None, stored: Snapshot | None
) -> Rereading:
    if made is None:
        worse = doubt(snapshot.article, again)
        return replace(told, result="kept", reason=worse) if worse else told
    return replace(
        told,
        result="revised",
        reason=made.reason,
        edit=compare(snapshot.article, made.article, shrink_confirmed=True).edit,
        no_edit=NO_EDIT in made.flags,
        snapshot=stored.path if stored else told.snapshot,
    )
