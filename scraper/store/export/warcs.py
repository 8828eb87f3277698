"""One WARC file of the chosen records: WARC 1.1, a gzip member for each record."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import BinaryIO, Final

from scraper.store import warc
from scraper.store.export.records import Keep, Piece, pieces
from scraper.store.export.view import FIRST, LAST, View, Wanted
from scraper.store.stamps import stamp

# Names of records are made from what is exported: the same archive gives the same bytes.
_SPACE: Final = uuid.UUID("6f1b4a0e-7d53-5a0e-9d0c-2b1f2f4f8a11")


def write(
    view: View,
    out: BinaryIO,
    name: str = "export.warc.gz",
    written: Callable[[Piece, int], None] = lambda _piece, _offset: None,
    keep: Keep = lambda _: False,
) -> None:
    """A `warcinfo`, then the records as they lie in the archive. If anything could not be read, a second `warcinfo` at
    the end says what. `written` is told each record and the offset at which it lies in the new file."""
    offset = _put(out, _info(view, name, "begin", [("description", said(view.wanted)), ("as-of", stamp(view.as_of))]))
    for piece in pieces(view, keep):
        piece.copy(out)
        written(piece, offset)
        offset += piece.record.length
    if view.problems:
        lines = [("problem", f"{problem.file}: {problem.problem}") for problem in view.listed]
        _put(out, _info(view, name, "end", [("description", f"incomplete: {view.problems} problems"), *lines]))


def _put(out: BinaryIO, record: bytes) -> int:
    out.write(record)
    return len(record)


def _info(view: View, name: str, place: str, fields: list[tuple[str, str]]) -> bytes:
    what = repr((place, name, fields, stamp(view.as_of)))
    record_id = f"<urn:uuid:{uuid.uuid5(_SPACE, hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest())}>"
    return warc.warcinfo(name, view.as_of, record_id, fields)


def said(wanted: Wanted) -> str:
    """What was asked for, in words."""
    if wanted.everything:
        return "an archive of news, whole"
    parts = [f"version {wanted.version}" if isinstance(wanted.version, int) else f"{wanted.version} versions"]
    parts += [f"of {', '.join(wanted.outlets)}"] if wanted.outlets else []
    parts += [f"since {stamp(wanted.since)}"] if wanted.since != FIRST else []
    parts += [f"until {stamp(wanted.until)}"] if wanted.until != LAST else []
    parts += [f"kind {wanted.kind}"] if wanted.kind else []
    parts += ["stealth"] if wanted.stealth else []
    return f"of an archive of news: {', '.join(parts)}"
