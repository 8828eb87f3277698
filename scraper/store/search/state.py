"""How far the search has followed the catalogue, as `search.sqlite` remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import apsw

from scraper.store.search.file import queries

_COUNTS: Final = ("versions", "unread")


@dataclass(frozen=True, slots=True)
class State:
    """How far following has come. `mark`: visits up to here are done. `walk`: articles up to this id were looked at;
    None if all were, at `walked` (seconds since 1970). `catalogue`: which file that was."""

    mark: int = 0
    walk: str | None = ""
    walked: int = 0
    catalogue: str = ""


def load(db: apsw.Connection) -> State:
    """What was saved; the beginning of everything if nothing was."""
    found = {name: _value(db, name) for name in ("mark", "walk", "walked", "catalogue")}
    walk = found["walk"]
    return State(
        int(found["mark"] or 0),
        None if walk == "." else (walk or "=")[1:],
        int(found["walked"] or 0),
        found["catalogue"] or "",
    )


def save(db: apsw.Connection, state: State) -> None:
    """Remember it, in the transaction that took in what it says."""
    walk = "." if state.walk is None else f"={state.walk}"
    for name, value in (("mark", state.mark), ("walk", walk), ("walked", state.walked), ("catalogue", state.catalogue)):
        db.execute(queries()["set_state"], {"name": name, "value": str(value)})
    # Every look asks for these two, and to add them up again each time would cost by all articles.
    for name, value in zip(_COUNTS, _counted(db), strict=True):
        db.execute(queries()["set_state"], {"name": name, "value": str(value)})


def counts(db: apsw.Connection) -> tuple[int, int]:
    """How many versions were taken in, and how many of them could not be read."""
    versions, unread = (_value(db, name) for name in _COUNTS)
    return _counted(db) if versions is None or unread is None else (int(versions), int(unread))


def _counted(db: apsw.Connection) -> tuple[int, int]:
    return cast("tuple[int, int]", db.execute(queries()["counts"]).fetchone())


def _value(db: apsw.Connection, name: str) -> str | None:
    row = db.execute(queries()["state"], {"name": name}).fetchone()
    return cast("str", row[0]) if row else None
