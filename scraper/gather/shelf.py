"""The index of what lies in the given files, on disk: a few million captures take no memory, and come out by date.

It is a database that nobody else sees and that has no name as soon as it is open: whatever ends the process, nothing of
it is left.
"""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from scraper.gather.records import Place, Spool

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """One capture in the given files. `number` is its place among all, `source` the file. `url` is canonical, `uri` as
    the record has it; `asked` is what led there, where the record tells. `key` is the same for the same record in
    whatever file. `repeats` is the id of the record that a revisit stands for, `payload` the digest of the payload as
    declared. `wanted`: within the dates asked for."""

    number: int
    source: int
    at: datetime
    url: str
    uri: str
    asked: str
    kind: str
    status: int
    media_type: str
    location: str
    record_id: str
    key: str
    payload: str
    repeats: str
    length: int
    place: Place
    wanted: bool


_COLUMNS: Final = [field.name for field in fields(Found) if field.name not in {"place", "at"}]
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)}, at, file, offset FROM found"  # noqa: S608  # names of ours only
_SCHEMA: Final = """
CREATE TABLE found (number INTEGER PRIMARY KEY, source INTEGER, at INTEGER, url TEXT, uri TEXT,
    asked TEXT, kind TEXT, status INTEGER,
    media_type TEXT, location TEXT, record_id TEXT, key TEXT, payload TEXT, repeats TEXT, length INTEGER,
    wanted INTEGER, file INTEGER, offset INTEGER);
CREATE INDEX found_by_date ON found (at, number);
CREATE INDEX found_by_url ON found (url, at);
CREATE INDEX found_by_id ON found (record_id);
CREATE INDEX found_by_payload ON found (payload, at) WHERE payload <> '' AND kind = 'response';
CREATE TABLE requests (own TEXT, answer TEXT, file INTEGER, offset INTEGER);
CREATE INDEX requests_by_answer ON requests (answer);
CREATE INDEX requests_by_id ON requests (own);
"""


class Shelf:
    """Any thread may look things up, one adds; close it. `folder` has to be on a disk with room for it."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self.spool = Spool(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115  # closed by `close`
        with tempfile.TemporaryDirectory(dir=folder, prefix="gather-") as place:
            self._db = sqlite3.connect(f"{place}/index", isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = OFF")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Forget everything."""
        self._db.close()
        self.spool.file.close()

    def begin(self) -> None:
        """Begin to add."""
        self._db.execute("BEGIN")

    def end(self) -> None:
        """What was added can be read."""
        self._db.execute("COMMIT")

    def add(self, found: Found) -> None:
        """Remember a capture."""
        values = {field.name: getattr(found, field.name) for field in fields(Found)}
        place, at = values.pop("place"), values.pop("at")
        row = (*(values[name] for name in _COLUMNS), ticks(at), *astuple(place))
        marks = ", ".join("?" * len(row))
        self._db.execute(f"INSERT INTO found ({', '.join(_COLUMNS)}, at, file, offset) VALUES ({marks})", row)  # noqa: S608

    def add_request(self, own: str, answer: str, place: Place) -> None:
        """Remember where a request lies: its record id, and that of the answer it got."""
        self._db.execute("INSERT INTO requests VALUES (?, ?, ?, ?)", (own, answer, *astuple(place)))

    def by_date(self) -> Iterator[Found]:
        """All captures that were asked for, the oldest first; of one moment, in the order of the files."""
        at, number = -(1 << 62), -1
        query = f"{_SELECT} WHERE wanted AND (at, number) > (?, ?) ORDER BY at, number LIMIT {_AT_ONCE}"
        while rows := self._rows(query, at, number):
            yield from map(_found, rows)
            at, number = cast("int", rows[-1][-3]), cast("int", rows[-1][0])

    def count(self) -> int:
        """How many that are."""
        return cast("int", self._rows("SELECT count(*) FROM found WHERE wanted")[0][0])

    def near(self, url: str, at: datetime, within: timedelta) -> Found | None:
        """The answer of `url` nearest to `at`, that is no redirect and not further away than `within`."""
        moment, reach = ticks(at), within // _TICK
        query = f"{_SELECT} WHERE url = ? AND at BETWEEN ? AND ? AND location = '' ORDER BY abs(at - ?), number LIMIT 1"
        return self._one(query, url, moment - reach, moment + reach, moment)

    def after(self, url: str, at: datetime, within: timedelta) -> Found | None:
        """The first answer of `url` from `at` on, also a redirect, and not later than `within`."""
        query = f"{_SELECT} WHERE url = ? AND at BETWEEN ? AND ? ORDER BY at, number LIMIT 1"
        return self._one(query, url, ticks(at), ticks(at) + within // _TICK)

    def repeated(self, found: Found) -> Found | None:
        """The record whose payload `found` repeats: the one it names, else the nearest before it with that digest."""
        by_id = f"{_SELECT} WHERE record_id = ? AND kind = 'response' ORDER BY number LIMIT 1"
        if found.repeats and (named := self._one(by_id, found.repeats)):
            return named
        if not found.payload:
            return None
        query = f"{_SELECT} WHERE payload = ? AND kind = 'response' ORDER BY at > ?, abs(at - ?), number LIMIT 1"
        return self._one(query, found.payload, ticks(found.at), ticks(found.at))

    def request(self, answer: str, concurrent: str) -> Place | None:
        """Where the request lies that got the answer with this record id, or that the answer names."""
        query = "SELECT file, offset FROM requests WHERE answer = ? OR own = ? LIMIT 1"
        rows = self._rows(query, answer or None, concurrent or None)
        return Place(cast("int", rows[0][0]), cast("int", rows[0][1])) if rows else None

    def _one(self, query: str, *values: str | int) -> Found | None:
        rows = self._rows(query, *values)
        return _found(rows[0]) if rows else None

    def _rows(self, query: str, *values: str | int | None) -> list[tuple[object, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def ticks(at: datetime) -> int:
    """Whole microseconds since 1970."""
    return (at - _EPOCH) // _TICK


def _found(row: tuple[object, ...]) -> Found:
    *plain, at, file, offset = row
    values = dict(zip(_COLUMNS, plain, strict=True))
    values |= {"at": _EPOCH + cast("int", at) * _TICK, "wanted": bool(values["wanted"])}
    return Found(**values, place=Place(cast("int", file), cast("int", offset)))  # type: ignore[arg-type]  # as declared
