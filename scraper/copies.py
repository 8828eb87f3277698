"""One text at several addresses: what is known of two articles that are copies, and who had it first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from scraper.article import Article
from scraper.model import Entry

First = Literal["this", "other"]

# The farthest zones: a day or a time without one may have been anywhere.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with the text of the one that was asked for (*this* one).

    `similarity` and `contained` (0 to 1) are those of the most similar versions, `version` of the other article and
    `of_version` of this one; see `likeness.Likeness`. `published` is what the other outlet says itself. `captured_at`
    is when the text was first captured there, `of_captured_at` here, in UTC.
    `edits` counts the other's edits that were captured after both had the text, the last at `edited_at`; `of_edits`
    and `of_edited_at` say the same of this one.
    `first_captured` and `first_published` say which of the two had it first by our own clock, and by what the outlets
    print: two claims, either of them None where times do not allow one.
    """

    entry: Entry
    similarity: float
    contained: float
    version: int
    of_version: int
    versions: int
    published: datetime | date | None
    captured_at: datetime
    of_captured_at: datetime
    edits: int = 0
    edited_at: datetime | None = None
    of_edits: int = 0
    of_edited_at: datetime | None = None
    first_captured: First | None = None
    first_published: First | None = None


def first_captured(this: datetime, other: datetime) -> First | None:
    """Whose text was captured earlier; None if neither."""
    return None if this == other else "this" if this < other else "other"


def first_published(this: Article, seen: datetime, other: Article, other_seen: datetime) -> First | None:
    """Whose text is older by the outlets' own times, if these cannot mean the same moment or the reverse.

    `seen` is when each article was first captured: what says it was published after that is not believed.
    """
    one, two = span(this), span(other)
    if one is None or two is None or one[0] > seen or two[0] > other_seen:
        return None
    return "this" if one[1] <= two[0] else "other" if two[1] <= one[0] else None


def span(article: Article) -> tuple[datetime, datetime] | None:
    """All moments (UTC, from and before) that the article's time of publication may mean; None if it has none.

    A time is as exact as it is printed. Midnight sharp is a day: that is how systems write a day alone.
    """
    at, zone = article.published, ZoneInfo(article.timezone) if article.timezone else None
    if at is None:
        return None
    try:
        if not isinstance(at, datetime):
            return _moments(datetime.combine(at, time()), timedelta(days=1), zone)
        whole = timedelta(days=1) if at.time() == time() else timedelta(seconds=1 if at.second else 60)
        return _moments(at, whole, zone)
    except OverflowError:
        return None


def _moments(at: datetime, length: timedelta, zone: ZoneInfo | None) -> tuple[datetime, datetime]:
    if at.tzinfo is None and zone is None:
        start = at.replace(tzinfo=UTC)
        return start - _EAST, start + length + _WEST
    start = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    return start, start + length
