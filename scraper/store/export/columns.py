"""One version as a row of plain values, the same for every format of columns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, Literal

from scraper.model import Part
from scraper.store.export.view import Item, Row, Stored

Type = Literal["text", "number", "truth", "time", "day", "texts", "parts"]
Value = str | int | bool | datetime | date | tuple[str, ...] | tuple[Part, ...] | None

# In the order in which they stand. Times are in UTC; lists keep their order.
COLUMNS: Final[Mapping[str, Type]] = {
    "article_id": "text",
    "version": "number",
    "revision": "number",
    "outlet": "text",
    "url": "text",
    "verdict": "text",
    "flags": "texts",
    "captured_at": "time",
    "title": "text",
    "subtitle": "text",
    "authors": "texts",
    "published": "time",
    "published_day": "day",
    "modified": "time",
    "modified_day": "day",
    "language": "text",
    "site": "text",
    "section": "text",
    "keywords": "texts",
    "image": "text",
    "caption": "text",
    "access": "text",
    "kind": "text",
    "edit_kinds": "texts",
    "edit_parts": "parts",
    "stealth": "truth",
    "words": "number",
    "snapshot": "text",
    "sha256": "text",
    "sidecar_sha256": "text",
    "warc_file": "text",
    "warc_offset": "number",
    "warc_record_id": "text",
    "http_status": "number",
    "problem": "text",
    "text": "text",
}


def values(item: Item) -> dict[str, Value]:
    """The row of a version; of one that is damaged only what the catalogue knows, and the problem."""
    found: dict[str, Value] = dict.fromkeys(COLUMNS)
    found |= _known(item.row)
    if item.stored:
        found |= _said(item.stored)
    if item.problem:
        found["problem"] = item.problem.problem
    return found


def _known(row: Row) -> dict[str, Value]:
    return {
        "article_id": row.article_id,
        "version": row.version,
        "revision": row.revision,
        "outlet": row.outlet,
        "url": row.url,
        "verdict": row.verdict,
        "flags": row.flags,
        "captured_at": row.captured_at,
        "title": row.title,
        "authors": (),
        "keywords": (),
        "edit_kinds": row.kinds,
        "edit_parts": (),
        "stealth": row.stealth,
        "snapshot": row.path,
        "sha256": row.sha256,
        "sidecar_sha256": row.sidecar_sha256,
    }


def _said(stored: Stored) -> dict[str, Value]:
    snapshot, article = stored.snapshot, stored.snapshot.article
    return {
        "subtitle": article.subtitle,
        "authors": article.authors,
        "published": _instant(article.published),
        "published_day": article.day,
        "modified": _instant(article.modified),
        "modified_day": _day(article.modified),
        "language": article.language,
        "site": article.site,
        "section": article.section,
        "keywords": article.keywords,
        "image": article.image,
        "caption": article.caption,
        "access": article.access,
        "kind": article.kind,
        "edit_parts": snapshot.edit.parts if snapshot.edit else (),
        "words": len(article.body.split()),
        "warc_file": snapshot.capture.file,
        "warc_offset": snapshot.capture.offset,
        "warc_record_id": snapshot.capture.record_id,
        "http_status": snapshot.capture.status,
        "text": stored.text.decode("utf-8"),
    }


def _instant(at: datetime | date | None) -> datetime | None:
    """The moment, if the page gave one: a day is none, nor is a time of day nowhere in particular."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        return None
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within hours of the first or last day of the calendar
        return None


def _day(at: datetime | date | None) -> date | None:
    return at.date() if isinstance(at, datetime) else at


def utf8(text: str) -> str:
    """`text` as it can be written: a lone surrogate, which a page may name in a data block, becomes an escape."""
    return text.encode("utf-8", "backslashreplace").decode()
