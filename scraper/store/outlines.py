"""How the articles of an outlet were read lately: the blocks that `scraper.drift` judges, from versions and visits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final, cast

from scraper import drift
from scraper.article import Article
from scraper.drift import Block, Outline
from scraper.errors import ArchiveDamaged
from scraper.store.archive import FileArchive
from scraper.store.catalogue import Value, named, sql
from scraper.store.stamps import from_ticks, ticks

#: As far back as a habit begins, where nothing is known of an outlet.
BACK: Final = timedelta(days=45)
MOST: Final = 5000  # events that are looked at in one step; what is behind them is for the next
SETTLES: Final = timedelta(minutes=10)  # what was captured is read by then
# Pages that came, and did not give what they should: a network that is down says nothing about pages.
_UNREAD: Final = frozenset(
    {"challenge", "consent-wall", "login-wall", "not-an-article", "empty", "teaser", "shrunk", "undecodable",
     "soft-404", "too-heavy"}
)  # fmt: skip
_LOST: Final = frozenset({"text-lost", "truncated", "undecodable", "teaser"})


@cache
def statements() -> dict[str, str]:
    """The statements of outlines.sql by name."""
    return named(sql("outlines.sql"))


@dataclass(frozen=True, slots=True)
class _Event:
    """One article that was read for the first time, or a page that could not be (`article_id` is None)."""

    at: datetime
    article_id: str | None


def blocks(archive: FileArchive, outlet: str, after: datetime | None, now: datetime) -> list[Block]:
    """The whole blocks of `outlet` behind the end of the last one, oldest first, no more than a habit needs. Raises
    ArchiveError; what is damaged is left out."""
    events = _events(archive, outlet, max(after or now - BACK, now - BACK), now - SETTLES)
    rows = list(drift.parts(events, lambda event: event.at))
    return [_block(archive, row) for row in rows[-drift.COMPARED :]]


def _events(archive: FileArchive, outlet: str, after: datetime, until: datetime) -> list[_Event]:
    """In order of time, as far as both lists reach. An address that is tried again and again says nothing more."""
    values: dict[str, Value] = {"outlet": outlet, "after": ticks(after), "until": ticks(until), "most": MOST}
    with archive.catalogue.read() as db:
        read = cast("list[tuple[int, str]]", db.execute(statements()["first_versions"], values).fetchall())
        words: dict[str, Value] = {"words": json.dumps(sorted(_UNREAD))}
        failed = cast("list[tuple[int, str]]", db.execute(statements()["unread"], values | words).fetchall())
    upto = min((rows[-1][0] for rows in (read, failed) if len(rows) == MOST), default=ticks(until))
    first = {key: at for at, key in reversed(failed)}
    events = [_Event(from_ticks(at), article_id) for at, article_id in read if at <= upto]
    events += [_Event(from_ticks(at), None) for at in first.values() if at <= upto]
    return sorted(events, key=lambda event: (event.at, event.article_id or ""))


def _block(archive: FileArchive, events: Sequence[_Event]) -> Block:
    read = [event.article_id for event in events if event.article_id]
    outlines = [found for article_id in drift.sample(read) if (found := _outline(archive, article_id))]
    return drift.block(events[0].at, events[-1].at, len(events), outlines, len(events) - len(read))


def _outline(archive: FileArchive, article_id: str) -> Outline | None:
    try:
        snapshot = archive.snapshot(article_id, 0)
    except ArchiveDamaged:
        return None
    return outline(snapshot.article) if snapshot else None


def outline(article: Article) -> Outline:
    """How `article` was read."""
    chars = sum(len(one.text) for one in article.blocks)
    dropped = sum(len(piece.text) for piece in article.dropped)
    return Outline(
        chars=chars,
        kept=chars / (chars + dropped) if chars + dropped else 0.0,
        untitled=not article.title,
        unsigned=not article.authors,
        undated=article.published is None,
        flagged=not _LOST.isdisjoint(article.flags),
        second="body" in article.origins,
    )
