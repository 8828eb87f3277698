"""The values handed from step to step: Outlet → Sighting → Page → Article → Verdict → Intent → Snapshot.

All are frozen, and picklable because they cross into worker processes; nobody fills in somebody else's object. Times
are aware datetimes in UTC unless a field says otherwise.
`Article` has a file of its own, `scraper/article.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from scraper.article import Article

SourceKind = Literal["feed", "sitemap", "front"]
VerdictKind = Literal["new", "same", "edited", "partial", "gone", "back", "refused", "deferred", "failed"]
# What a record in the archive can say: a verdict, or that a version was read anew, or a decision about a widget.
RecordKind = VerdictKind | Literal["reread", "learnt", "forgot"]
EditKind = Literal[
    "headline", "subtitle", "byline", "date", "caption",
    "cosmetic", "typo", "wording", "addition", "removal", "figures", "names", "quotes", "correction", "moved",
    "routine",
]  # fmt: skip


# ---------------------------------------------------------------------------------------------- what is watched


@dataclass(frozen=True, slots=True)
class Source:
    """Where an outlet announces articles. Exactly one of `every` and `cron` is set."""

    kind: SourceKind
    url: str
    every: timedelta | None = None
    cron: str | None = None


@dataclass(frozen=True, slots=True)
class Admit:
    """Which URLs of an outlet are articles: regular expressions searched in the path and query of the canonical URL.

    A URL is admitted if `only` is empty or one of it matches, and none of `never` does.
    """

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated piece of knowledge about an outlet's or CMS's markup, as data.

    `drop` are CSS selectors of what is not article, `keep` of what generic rules must not drop, `body` of the
    container that holds the article (the first that matches), `fields` maps a field of Article to `selector` or
    `selector@attribute`, `drop_text` are regular expressions that must match a whole block, `entries` of the entries of
    a live page. Valid from `since` up to and including `until`.
    """

    name: str
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    drop_text: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """How an outlet spreads one article over several pages. At least one of `next` and `number` is given.

    `next` is a CSS selector of the link to the next page. `number` is a regular expression, searched in path and query
    of an address, whose one group is the number of a page; what it matches is left out of the address of page 1. No
    more than `most` pages are joined.
    """

    next: str | None = None
    number: str | None = None
    most: int = 10


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher: one file in `config/outlets/`, named `<id>.toml` after its domain.

    `hosts` are further hosts that are this outlet's own (`*.example.com` for all below). `identity` is a regular
    expression whose groups, joined by `-`, name an article whatever its slug or date. `witness` is a suffix that turns
    an article's URL into that of a second form of the same text (`/pdf`). `pages` says how articles of several pages
    are told; without it each page is read alone. `rules` holds the preset's rules, then the outlet's own.
    """

    id: str
    name: str
    home: str
    language: str | None = None
    timezone: str | None = None
    preset: str | None = None
    hosts: tuple[str, ...] = ()
    delay: timedelta | None = None
    sources: tuple[Source, ...] = ()
    admit: Admit = Admit()
    identity: str | None = None
    witness: str | None = None
    pages: Paging | None = None
    rules: tuple[Rule, ...] = ()

    def as_of(self, day: date) -> Outlet:
        """The outlet with the rules of `day` only: an old capture is read with the rules of its day."""
        live = tuple(r for r in self.rules if (not r.since or r.since <= day) and (not r.until or day <= r.until))
        return replace(self, rules=live)


# ---------------------------------------------------------------------------------------------- discovery


@dataclass(frozen=True, slots=True)
class Sighting:
    """A link seen at a source. `url` is as announced (made absolute); nothing here is believed, only looked at."""

    url: str
    source: str
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What one look at one source gave. `skipped` counts links left out, by a stable reason word; `capped` names the
    limit that ended the round early, if one did; `doubt` what the source says of all it lists and nobody believes."""

    source: Source
    sightings: tuple[Sighting, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    capped: str | None = None
    doubt: str | None = None
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None


# ---------------------------------------------------------------------------------------------- fetching

# A front page is a page; it is told apart because it says what is new.
RequestKind = Literal["page", "front", "feed", "sitemap", "pdf"]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask for. `delay` is the outlet's own pace, if it has one; `patience` how long the caller is ready
    to wait for the host's turn before it is told to come back later."""

    url: str
    kind: RequestKind = "page"
    etag: str | None = None
    last_modified: str | None = None
    delay: timedelta | None = None
    patience: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed. `answer` is the redirect as received, if it has just come from the network; its
    body was not read. Two hops are the same that lead the same way."""

    url: str
    status: int
    location: str
    answer: Page | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page was brought from, if somebody else had captured it: a record in a WARC `file`, whose block had the
    SHA-256 `digest`. `payload` is the digest of its payload as the record declares it, in whatever form; `key` is what
    the record is known by in whatever file it lies, and `also` the keys of others that this page was made of."""

    file: str
    record_id: str
    digest: str
    key: str
    payload: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One whole response, as received. `raw` is the body as sent, without transfer coding but with its content coding;
    `body` is decoded. `headers` keep their order and repetition. A body that did not arrive whole is never a Page.
    `origin` is None if we asked for it ourselves."""

    url: str
    final_url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    fetched_at: datetime
    address: str | None = None
    hops: tuple[Hop, ...] = ()
    http_version: str = "1.1"
    origin: Origin | None = None

    def header(self, name: str) -> str | None:
        """The first header called `name`, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def content_type(self) -> str | None:
        """The Content-Type as the server sent it."""
        return self.header("content-type")


# ---------------------------------------------------------------------------------------------- comparison


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an edit: its kind, the words before and after, and the index of the new block (None for fields).

    `entry` names the entry of a live page it lies in, as `Block.entry` does.
    """

    kind: EditKind
    old: str = ""
    new: str = ""
    block: int | None = None
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """The difference between two versions. `kinds` are sorted and without repeats; `stealth`: an edit of headline,
    figures, names or quotes, or a removal, without a correction in the same edit and without a dateModified that is
    newer than that of the version before."""

    kinds: tuple[EditKind, ...]
    parts: tuple[Part, ...]
    stealth: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparison decided about one page. `reason` is a stable word, with detail after a colon, or None."""

    kind: VerdictKind
    reason: str | None = None
    edit: Edit | None = None
    flags: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- keeping


@dataclass(frozen=True, slots=True)
class Capture:
    """A page kept in a WARC. `file` is relative to the archive; `digest` is the payload digest as in the record
    (`sha256:<hex>`); `offset` and `length` are those of the response (or revisit) record in the compressed file.
    `refers_to` is the id of the record a revisit stands for."""

    file: str
    offset: int
    length: int
    record_id: str
    digest: str
    url: str
    status: int
    captured_at: datetime
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One article in the catalogue. `path` is its folder, relative to the archive; `latest` the number of its last
    version (None before the first); `gone_since` is set while a tombstone stands. `follows` is the id of the article
    that stood at this address before, if the outlet used the address again."""

    id: str
    outlet: str
    url: str
    path: str
    title: str | None
    first_seen: datetime
    latest: int | None
    gone_since: datetime | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version as stored, as it is read now. `path` is the text file, relative to the archive; `sha256` that of its
    bytes; `revision` counts how often it was read anew with another result. `further` are the captures of an article's
    second page and those after it, in their order."""

    article_id: str
    version: int
    path: str
    sha256: str
    verdict: VerdictKind
    captured_at: datetime
    article: Article
    capture: Capture
    edit: Edit | None = None
    flags: tuple[str, ...] = ()
    revision: int = 0
    further: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a version as stored: `path` is its text. Revision 0 is the first; `reading` names extractor and
    rules, `at` is when it was made (of the first: when the page was captured)."""

    version: int
    revision: int
    path: str
    sha256: str
    at: datetime
    reading: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A version that stands, read anew from its capture: `article` is what extractor and rules of today make of it.

    `edit` is the difference from the version before as both are read now, `flags` are the version's. `reason` says what
    has changed about the reading.
    """

    entry: Entry
    version: int
    article: Article
    at: datetime
    reason: str
    edit: Edit | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What the store is asked to keep after one visit that ended in `verdict`.

    `article` is given for the verdicts that make a version (new, edited, back), which need a `capture`; `capture` is
    None when no answer came. `entry` is the known article, None for a new one. `aliases` are all URL forms under which
    it was seen. `publisher` is the outlet's file, if it has one: its `identity` names articles whatever their URL.
    `further` are the captures of the article's second page and those after it, as far as they were asked for.
    `follows` is the article that stood at this address so far, if `article` is another one that begins here. `claims`
    are the addresses on its site that the page says are its own and nothing proves.
    """

    url: str
    outlet: str
    verdict: Verdict
    at: datetime
    entry: Entry | None = None
    article: Article | None = None
    capture: Capture | None = None
    page: Page | None = None
    aliases: tuple[str, ...] = ()
    publisher: Outlet | None = None
    further: tuple[Capture, ...] = ()
    follows: Entry | None = None
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One visit to an article as it was kept. `seq` is its place among all; `digest` and `status` are of the answer."""

    seq: int
    at: datetime
    verdict: RecordKind
    reason: str | None
    flags: tuple[str, ...]
    digest: str | None
    status: int | None


# ---------------------------------------------------------------------------------------------- when to look again


@dataclass(frozen=True, slots=True)
class Due:
    """One row of the frontier, taken to be visited. `unchanged` counts visits in a row that found nothing new,
    `failures` visits in a row that got no usable answer (none at all, or a page that was not the article), `misses`
    answers in a row that said the article is gone, and `gone_first` when the first of these came."""

    key: str
    url: str
    host: str
    outlet: str
    next_visit: datetime
    article_id: str | None = None
    published: datetime | None = None
    first_seen: datetime | None = None
    last_visit: datetime | None = None
    last_edit: datetime | None = None
    edits: int = 0
    unchanged: int = 0
    failures: int = 0
    misses: int = 0
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    fingerprint: str | None = None
    reading: str | None = None
    last_error: str | None = None
    gone_first: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between looks. `added` is how many addresses it has added on the day (UTC) of
    `last_checked`; `note` what is to be known of the last look: which limit it met, what of it is not believed."""

    url: str
    outlet: str
    last_checked: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    items: int = 0
    etag: str | None = None
    last_modified: str | None = None
    added: int = 0
    note: str | None = None
