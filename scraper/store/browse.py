"""Lists for those who look through the archive: edits, articles and versions, a stretch at a time.

Reads the catalogue only. Every call has a bound: how much it reads does not grow with the archive.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final, cast

from scraper.habits import Lives, lives
from scraper.model import EditKind, Entry, VerdictKind
from scraper.reports import Change, Changes, Edition, Happening, News, Place, Wanted
from scraper.store.catalogue import Catalogue, Value, queries
from scraper.store.shelves import entries_after, entry_from
from scraper.store.stamps import from_ticks, ticks

STRETCH: Final = 25_000  # edits that are looked at for one stretch of a list, in an index: some 10 ms
VISITS: Final = 20_000  # visits that are looked at for one stretch of the news
LIVES: Final = 10_000  # articles whose habits are looked at
_EVER = (-(1 << 55), 1 << 57)


class Browse:
    """Lists over one catalogue."""

    def __init__(self, catalogue: Catalogue, stretch: int = STRETCH) -> None:
        self._catalogue = catalogue
        self.stretch = stretch

    def edits(self, wanted: Wanted, after: Place | None, limit: int) -> Changes:
        """At most `limit` of the edits that are `wanted`, newest first, from behind `after` on."""
        if wanted.outlets is not None and not wanted.outlets:
            return Changes((), None)
        of = "_of_outlet" if wanted.outlets and len(wanted.outlets) == 1 else ""
        values = _asked(wanted, after) | {"limit": limit, "stretch": self.stretch}
        with self._catalogue.read() as db:
            found = tuple(map(_change, db.execute(queries()[f"edits{of}_before"], values)))
            if len(found) == limit:
                return Changes(found, _behind(found[-1]))
            end = db.execute(queries()[f"edits{of}_stretch"], values).fetchone()
        at, article_id, version = cast("tuple[int, str, int]", end or (0, "", 0))
        return Changes(found, Place(from_ticks(at), article_id, version) if end else None)

    def news(self, after: int) -> News:
        """What happened behind the place `after`, oldest first, as far as one stretch of visits reaches."""
        with self._catalogue.read() as db:
            upto, looked = cast(
                "tuple[int | None, int]",
                db.execute(queries()["news_upto"], {"after": after, "limit": VISITS}).fetchone(),
            )
            if upto is None:
                return News((), after)
            values: dict[str, Value] = {"after": after, "upto": upto}
            edits = [_happening(row) for row in db.execute(queries()["news"], values)]
            gone = [_happening(row) for row in db.execute(queries()["news_gone"], values)]
        found = sorted((*edits, *gone), key=lambda happening: happening.seq)
        return News(tuple(found), upto, more=looked == VISITS)

    def now_at(self) -> int:
        """The place of the last visit; 0 if there is none."""
        with self._catalogue.read() as db:
            (seq,) = cast("tuple[int | None]", db.execute(queries()["news_now"]).fetchone())
        return seq or 0

    def articles(self, outlet: str | None, after: str | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles, of one outlet or of all, in order of their ids, from behind the id `after` on."""
        with self._catalogue.read() as db:
            return entries_after(db, outlet, after or "", limit)

    def newest(self, outlet: str, before: datetime | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles of an outlet that were first seen before `before`, the newest first."""
        values: dict[str, Value] = {
            "outlet": outlet, "before": ticks(before) if before else _EVER[1], "limit": limit,
        }  # fmt: skip
        with self._catalogue.read() as db:
            return [entry_from(row) for row in db.execute(queries()["articles_before"], values)]

    def gone(self, outlet: str | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles that are gone now, of one outlet or of all, the last to go first."""
        values: dict[str, Value] = {"outlet": outlet, "limit": limit}
        with self._catalogue.read() as db:
            return [entry_from(row) for row in db.execute(queries()["articles_gone"], values)]

    def lives(self, outlet: str, zone: tzinfo) -> Lives:
        """The newest articles of an outlet, at most LIVES, with their edits since the oldest of them was first seen."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["newest_seen"], {"outlet": outlet, "limit": LIVES}).fetchall()
            seen = dict(cast("list[tuple[str, int]]", rows))
            since = {"outlet": outlet, "since": min(seen.values(), default=0)}
            edits = cast("list[tuple[str, int]]", db.execute(queries()["edited_since"], since).fetchall())
        return lives(seen, edits, zone)

    def editions(self, article_id: str) -> Sequence[Edition]:
        """All versions of an article, oldest first, without their texts."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["editions"], {"id": article_id}).fetchall()
        return [_edition(row) for row in rows]


def _asked(wanted: Wanted, after: Place | None) -> dict[str, Value]:
    """What the queries for edits are given."""
    until = ticks(wanted.until) - 1 if wanted.until else _EVER[1]
    outlets = sorted(wanted.outlets) if wanted.outlets is not None else None
    kinds = sorted(wanted.kinds)
    return {
        "since": ticks(wanted.since) if wanted.since else _EVER[0],
        "at": min(ticks(after.at) if after else _EVER[1], until),
        "id": after.article_id if after else "~",
        "version": after.version if after else 0,
        "stealth": int(wanted.stealth),
        "kind": kinds[0] if len(kinds) == 1 else None,
        "kinds": json.dumps(kinds) if len(kinds) > 1 else None,
        "outlets": json.dumps(outlets) if outlets is not None else None,
        "outlet": outlets[0] if outlets else None,
    }


def _behind(change: Change) -> Place:
    return Place(change.at, change.article_id, change.version)


def _change(row: tuple[object, ...]) -> Change:
    at, article_id, version, outlet, url, title, path, kinds, stealth, verdict, flags, before = cast(
        "tuple[int, str, int, str, str, str | None, str, str, int, VerdictKind, str, str | None]", row
    )
    split = cast("tuple[EditKind, ...]", tuple(kinds.split()))
    return Change(
        from_ticks(at), article_id, version, outlet, url, title, path, split, bool(stealth), verdict,
        tuple(flags.split()), before,
    )  # fmt: skip


def _happening(row: tuple[object, ...]) -> Happening:
    change = _change(row[1:])
    return Happening(cast("int", row[0]), change, gone=change.verdict == "gone")


def _edition(row: tuple[object, ...]) -> Edition:
    version, path, sha256, verdict, at, title, kinds, stealth, flags, revision = cast(
        "tuple[int, str, str, VerdictKind, int, str | None, str, int, str, int]", row
    )
    split = cast("tuple[EditKind, ...]", tuple(kinds.split()))
    return Edition(
        version, path, sha256, verdict, from_ticks(at), title, split, bool(stealth), tuple(flags.split()), revision
    )
