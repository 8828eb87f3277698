"""What was brought from WARC files of somebody else's, as the visits' records say it: queries only."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import apsw

from scraper.model import Capture, Look, Origin, RecordKind
from scraper.store import index
from scraper.store.catalogue import queries
from scraper.store.stamps import from_ticks, ticks


def is_known(db: apsw.Connection, key: str, record_id: str, at: datetime) -> bool:
    """Whether the record with this key was brought before, or is a record of this archive itself."""
    values = {"key": key, "record_id": record_id, "at": ticks(at)}
    return db.execute(queries()["import_known"], values).fetchone() is not None


def payload_of(db: apsw.Connection, origin: Origin, url: str) -> Capture | None:
    """The capture here whose payload is meant by `origin`: by the id of the record it was brought from, or is, else by
    address and digest."""
    values = {"record_id": origin.record_id, "payload": origin.payload, "url": url}
    for query in ("captured_by_id", "brought_by_id", "captured_by_payload", "brought_by_payload"):
        wanted = {name: value for name, value in values.items() if f":{name}" in queries()[query]}
        if all(wanted.values()) and (row := db.execute(queries()[query], wanted).fetchone()):
            seq, file, length, name, digest, found, status, moment = cast(
                "tuple[int, str, int, str, str, str, int, int]", row
            )
            return Capture(file, index.place(seq)[1], length, name, digest, found, status, from_ticks(moment))
    return None


def looks(db: apsw.Connection, article_id: str, after: int) -> list[Look]:
    """The visits to an article whose records come after `after`, in their order."""
    rows = db.execute(queries()["looks_after"], {"id": article_id, "after": after}).fetchall()
    return [_look(*cast("tuple[int, int, str, str | None, str, str | None, int | None]", row)) for row in rows]


def _look(
    seq: int, at: int, verdict: str, reason: str | None, flags: str, digest: str | None, status: int | None
) -> Look:
    return Look(seq, from_ticks(at), cast("RecordKind", verdict), reason, tuple(flags.split()), digest, status)
