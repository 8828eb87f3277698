"""What a feed, a sitemap or a front page lists, whatever it is written in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scraper.text import clean
from scraper.urls import resolve

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_LONGEST_TITLE: Final = 500
_LONGEST_DATE: Final = 64


@dataclass(frozen=True, slots=True)
class Link:
    """One thing listed. `url` is absolute; `published` and `touched` (last change) are what the list says, in UTC."""

    url: str
    title: str | None = None
    published: datetime | None = None
    touched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All that one document lists. `children` are further lists (sitemaps of an index), `next` the following page of a
    feed; `bad` counts what had no usable address, `unlikely` links that do not look like articles; `capped` names the
    limit that cut the list short."""

    links: tuple[Link, ...] = ()
    children: tuple[Link, ...] = ()
    next: str | None = None
    bad: int = 0
    unlikely: int = 0
    capped: str | None = None


def address(base: str, ref: object) -> str | None:
    """The absolute address of `ref`, or None. What was damaged in decoding is no address any more."""
    if not isinstance(ref, str) or "\ufffd" in ref:
        return None
    return resolve(base, ref)


def headline(text: object) -> str | None:
    """`text` as one short clean line without tags; None if nothing is left. It may still hold markup as text."""
    if not isinstance(text, str):
        return None
    # Cut before anything is computed: titles of megabytes exist.
    plain = html.unescape(_TAG.sub(" ", text[: _LONGEST_TITLE * 8]))
    return clean(plain)[:_LONGEST_TITLE].strip() or None


def instant(text: object) -> datetime | None:
    """The moment that `text` (RFC 3339, W3C or RFC 5322) names, in UTC; None if it names none.

    A day without a time is its first moment; a time without a zone is taken for UTC.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_DATE:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
