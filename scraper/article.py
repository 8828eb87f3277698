"""An article, and its text in the seed format: what extraction yields, comparison compares and the store keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

BlockKind = Literal["paragraph", "subheading", "item", "quote", "row", "code"]
Kind = Literal[
    "article", "live", "listing", "video", "gallery", "other", "error", "challenge", "consent", "login", "empty"
]
Access = Literal["free", "paid", "teaser"]

# The months are the format's own, in every language and every locale.
_MONTHS = ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the body. `text` is a single clean line, except for `code`, whose lines are kept.

    On a live page `entry` names the entry it belongs to, the same at every visit as far as the page allows; it is empty
    elsewhere, and for what stands above, between and below entries. `at` is when the entry was published: aware where
    the page gives a zone or the outlet's is known.
    """

    kind: BlockKind
    text: str
    entry: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of the page that was judged not to be article, and the rule that said so."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What one page says, cleaned. Never filled in by guessing: what the page does not give is None or empty.

    `published` and `modified` are aware datetimes where the page gives a time of day and a zone can be known, plain
    dates where it gives only the day. `timezone` is the IANA zone in which the outlet dates its articles, if known.
    `url` is where the page was found, `canonical_url` what the outlet calls it. `claims` are the other URLs the page
    says it has (AMP, short link, og:url): recorded, not believed. `origins` names for each field where it came from.
    `fingerprint` identifies the pruned page, so that an unchanged one need not be read again; `reading` names the
    extractor and rules version that read it. `evidence` says why `kind` or `access` is what it is. `flags` are stable
    words such as `undecodable`, `text-lost`, `teaser`, `truncated`. `next_page` is where this page says the article
    goes on, `first_page` where it begins if this is a later page; both only for outlets whose file has `[pages]`.
    """

    url: str
    canonical_url: str
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | date | None = None
    modified: datetime | date | None = None
    caption: str | None = None
    blocks: tuple[Block, ...] = ()
    language: str | None = None
    site: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: str | None = None
    access: Access | None = None
    kind: Kind = "article"
    timezone: str | None = None
    claims: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    evidence: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    fingerprint: str = ""
    reading: str = ""
    next_page: str | None = None
    first_page: str | None = None

    @property
    def body(self) -> str:
        """Paragraphs, subheadings, list items and quotations, one a line, without headline, byline and caption."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def text(self) -> str:
        """The article in the seed format, as a snapshot file holds it."""
        return render(self)

    @property
    def day(self) -> date | None:
        """The outlet's own day of publication, in the outlet's zone."""
        if isinstance(self.published, datetime):
            at = self.published
            return (at.astimezone(ZoneInfo(self.timezone)) if self.timezone and at.tzinfo else at).date()
        return self.published


def render(article: Article) -> str:
    """The seed format: blocks apart by one blank line, one paragraph a line, LF, one newline at the end."""
    return "\n\n".join(_parts(article)) + "\n"


def _parts(article: Article) -> Iterator[str]:
    yield from filter(None, (article.title, article.subtitle, byline(article), article.caption))
    for kind, run in groupby(article.blocks, key=lambda block: block.kind):
        lines = [_line(kind, block.text) for block in run if block.text]
        if kind in {"item", "row"}:
            yield "\n".join(lines)
        else:
            yield from lines
    yield "Original url:"
    yield f"<{article.canonical_url}>"


def _line(kind: BlockKind, text: str) -> str:
    match kind:
        case "item":
            return f"- {text}"
        case "quote":
            return f"> {text}"
        case "code":
            # A blank line would end the block for every reader of the format.
            return "\n".join(line for line in text.split("\n") if line.strip())
        case _:
            return text


def byline(article: Article) -> str | None:
    """The line of authors and date, or None if the page gave neither.

    >>> byline(Article("u", "u", authors=("Ann", "Bo", "Cy"), published=date(2024, 6, 2)))
    'by Ann, Bo and Cy, June 2, 2024'
    """
    *first, last = article.authors or ("",)
    names = f"by {', '.join(first)} and {last}" if first else f"by {last}" if last else ""
    day = article.day
    when = f"{_MONTHS[day.month - 1]} {day.day}, {day.year}" if day else ""
    return ", ".join(filter(None, (names, when))) or None
