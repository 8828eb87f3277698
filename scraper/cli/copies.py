"""How `show` and `log` tell of copies: *here* is the article that was asked for, *there* the other one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from scraper.cli.common import count, stamp
from scraper.copies import Copy
from scraper.text import clean

_WHERE: Final = {"this": "here", "other": "there"}
_MUCH_SHORTER: Final = 0.1


def data(copy: Copy) -> dict[str, object]:
    """A copy for a program. Keys that begin with `this_` speak of the article that was asked for."""
    return {
        "article_id": copy.entry.id,
        "outlet": copy.entry.outlet,
        "url": copy.entry.url,
        "title": copy.entry.title,
        "similarity": copy.similarity,
        "contained": copy.contained,
        "version": copy.version,
        "this_version": copy.of_version,
        "versions": copy.versions,
        "published": copy.published,
        "captured_at": copy.captured_at,
        "this_captured_at": copy.of_captured_at,
        "edits": copy.edits,
        "edited_at": copy.edited_at,
        "this_edits": copy.of_edits,
        "this_edited_at": copy.of_edited_at,
        "first_captured": copy.first_captured,
        "first_published": copy.first_published,
    }


def named(copies: Sequence[Copy]) -> str:
    """All of them in one line."""
    return "also published as: " + ", ".join(f"{copy.entry.url} ({_percent(copy.similarity)} alike)" for copy in copies)


def lines(copies: Sequence[Copy]) -> Iterator[str]:
    """All of them for a person, four lines each; nothing if there are none."""
    if copies:
        yield "\n\nAlso published as:"
    for copy in copies:
        yield f"\n{copy.entry.outlet}: {clean(copy.entry.title or 'no headline')}"
        yield copy.entry.url
        yield f"    {'; '.join(_facts(copy))}"
        yield f"    {'; '.join(_claims(copy))}"


def _facts(copy: Copy) -> Iterator[str]:
    share = f", {_percent(copy.contained)} of the shorter text"
    shorter = copy.contained - copy.similarity > _MUCH_SHORTER
    yield f"{_percent(copy.similarity)} alike{share if shorter else ''}"
    yield count(copy.versions, "version")
    yield f"captured {stamp(copy.captured_at)}"
    at = copy.published
    if at:
        yield f"published {stamp(at) if isinstance(at, datetime) else at}"


def _claims(copy: Copy) -> Iterator[str]:
    """Who had it first, by our captures and by what the outlets print, and who changed it afterwards."""
    captured, published = copy.first_captured, copy.first_published
    yield f"captured first {_WHERE[captured]}" if captured else "captured at the same time"
    yield f"published first {_WHERE[published]}" if published else "no telling which was published first"
    for place, edits, at in (("there", copy.edits, copy.edited_at), ("here", copy.of_edits, copy.of_edited_at)):
        if at:
            yield f"{count(edits, 'edit')} {place} since both have it, the last {stamp(at)}"


def _percent(share: float) -> str:
    """Rounded down: what differs is never 100 %."""
    return f"{int(100 * share)} %"
