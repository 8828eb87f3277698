"""The seams: what the pipeline needs from the outside, each with its promises.

One implementation of each exists here (httpx, files and SQLite); others may be put behind the same names, and have to
pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol, TypeVar, TypeVarTuple

from scraper.article import Article
from scraper.copies import Copy
from scraper.habits import Habits
from scraper.hits import Facets, Followed, Found
from scraper.model import (
    Capture,
    Due,
    Entry,
    Intent,
    Look,
    Origin,
    Outlet,
    Page,
    Reading,
    Request,
    Revision,
    Sighting,
    Snapshot,
    SourceState,
)
from scraper.notices import Delivery, Receipt
from scraper.present import Present
from scraper.query import Query
from scraper.reports import Changes, Edition, Harm, News, Place, Seen, Status, Stream, Wanted, Watch
from scraper.widgets import Decided, Decision, Widget

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Fetcher(Protocol):
    """The one gate for everything that goes out."""

    async def get(self, request: Request) -> Page:
        """One whole response to `request`, whatever its status, after robots.txt, the host's turn and address checks.

        Redirects are followed, each hop checked like a first request. A host is never asked twice at once, nor sooner
        than its pace allows, by any process that shares the archive. Raises Refused, Deferred or Failed; nothing else
        escapes, whatever the server sends. A 304 is a Page with an empty body.
        """
        ...


class Poster(Protocol):
    """The same gate for what the operator has sent out."""

    async def post(self, delivery: Delivery) -> Receipt:
        """Hand over `delivery`, once, and give the status of the answer, whatever it is.

        Addresses are checked as for `Fetcher.get`; there is no robots.txt and no pace, no redirect is followed, and the
        answer's body is not read. Raises Refused or Failed; nothing else escapes.
        """
        ...

    async def check(self, host: str, port: int) -> None:
        """Look up `host` and check where a connection to it would go. Raises Refused or Failed."""
        ...


class Reader(Protocol):
    """Extraction, outside the event loop and in a process that may be killed."""

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """The article of `page`; None if its fingerprint is `known`, that is, nothing needs to be read.

        Raises ExtractError, also when the page took too much time or memory.
        """
        ...

    def attempt(self, page: Page) -> str:
        """What decides whether reading `page` takes too much: its bytes, the extractor, and the limits, as a short text
        that changes when one of them does."""
        ...

    async def run(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a pure, importable function of hostile bytes (a feed, a sitemap) under the same limits."""
        ...


class Archive(Protocol):
    """Everything kept: captures, snapshots, and the catalogue over them.

    Calls block and may be made from any thread; any number of processes may share one archive. A call that returned
    has survived `kill -9` and power loss. Nothing written is ever changed. Raises ArchiveError.
    """

    def capture(self, page: Page) -> Capture:
        """Keep the response (and the request) as WARC records; a repeat of a known payload as a revisit record.

        A capture whose visit is never committed stays in its file and is nowhere else.
        """
        ...

    def commit(self, intent: Intent) -> Snapshot | None:
        """Keep what a visit found: a new version if the verdict makes one, and the fact of the visit in any case.

        Version numbers are given here, under a lock of the whole archive, in the order of captures. The verdict is
        looked at once more with what is known by then: a text that is the last version already makes none, nor does one
        captured before it; `gone` makes a tombstone if it is flagged `confirmed`, and `back` without a text ends it.
        None if no version was made. Raises ValueError for a version without its capture.
        """
        ...

    def revise(self, revision: Revision) -> Snapshot | None:
        """Keep another reading of a version, beside the readings before it, which stay as they are.

        The number, the capture and the verdict are those of the version: nothing is said about the outlet. None if the
        version has this text, this edit and these flags already.
        """
        ...

    def find(self, url: str, outlet: Outlet | None = None) -> Entry | None:
        """The article known under any form of `url`."""
        ...

    def hinted(self, hints: Sequence[str]) -> Sequence[Entry]:
        """A few articles, the newest first, that gave one of these hints (`scraper.hints`) and whose address is still
        theirs."""
        ...

    def versions(self, article_id: str) -> Sequence[Snapshot]:
        """All versions, oldest first. Raises ArchiveDamaged if one of them is not as it was stored."""
        ...

    def legible(self, article_id: str) -> Sequence[Snapshot]:
        """The versions whose sidecar is as it was stored, oldest first: what can be told of a history of which some
        other version is damaged. The texts' own files are not looked at."""
        ...

    def sound(self, article_id: str) -> tuple[Sequence[Snapshot], Sequence[Harm]]:
        """The versions of which sidecar and text are as they were stored, and what is wrong with the others; each
        oldest first."""
        ...

    def snapshot(self, article_id: str, version: int) -> Snapshot | None:
        """One version; None if there is none of that number."""
        ...

    def latest(self, article_id: str) -> Snapshot | None:
        """The last version."""
        ...

    def entry(self, article_id: str) -> Entry | None:
        """The article with this id."""
        ...

    def recent(self, outlet: str, since: datetime, limit: int) -> Sequence[Snapshot]:
        """The newest versions of an outlet captured from `since` on, at most `limit`, oldest first."""
        ...

    def decide_widget(self, widget: Widget, decision: Decided, url: str) -> None:
        """Keep a decision about a widget of the outlet whose home is `url`, after all that were made before.

        It is data of the archive like all else; what is stored stays as it is.
        """
        ...

    def decisions(self, outlet: str | None = None) -> Sequence[Decision]:
        """All decisions about widgets of one outlet, or of all, in order."""
        ...

    def widgets(self, outlet: str | None = None) -> Sequence[Widget]:
        """What was learnt and not forgotten since."""
        ...

    def failed_with(self, url: str, words: str, outlet: Outlet | None = None) -> bool:
        """Whether a visit to the article behind any form of `url`, or to what never became one, failed for a reason
        that has these words in it."""
        ...

    def is_imported(self, origin: Origin, at: datetime) -> bool:
        """Whether the record that `origin` names, captured at `at`, was brought here before, or is a record of this
        archive itself."""
        ...

    def imported_payload(self, origin: Origin, url: str) -> Page | None:
        """A page kept here that has the payload of the record that `origin` names (by its id, or by its payload's
        digest at `url`)."""
        ...

    def looks(self, article_id: str, after: int = -1) -> Sequence[Look]:
        """The visits to an article, in the order in which they were kept, from behind the place `after` on."""
        ...

    def coalesced(self, article_id: str) -> Capture | None:
        """The answer of the last visit to an article that was flagged `coalesced`, if its bytes were new then."""
        ...

    def page(self, capture: Capture) -> Page:
        """The captured response, read back and its digest checked; of a repeat, with the payload it repeats."""
        ...


class Library(Protocol):
    """The archive for those who only look: nothing is made or changed. Calls block and may come from any thread.

    What is given out is as it was stored: a damaged file is ArchiveDamaged. Raises ArchiveError only.
    """

    def entry(self, article_id: str) -> Entry | None:
        """The article with this id."""
        ...

    def find(self, url: str, outlet: Outlet | None = None) -> Entry | None:
        """The article known under any form of `url`."""
        ...

    def earlier(self, entry: Entry) -> Sequence[Entry]:
        """The articles that stood at this one's address before it, the last one first."""
        ...

    def follower(self, article_id: str) -> Entry | None:
        """The article that stands now where this one stood."""
        ...

    def articles(self, outlet: str | None, after: str | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles in order of their ids, from behind `after` on."""
        ...

    def newest(self, outlet: str, before: datetime | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles of an outlet first seen before `before`, the newest first."""
        ...

    def gone(self, outlet: str | None, limit: int) -> Sequence[Entry]:
        """At most `limit` articles that are gone now, the last to go first."""
        ...

    def edits(self, wanted: Wanted, after: Place | None, limit: int) -> Changes:
        """At most `limit` edits, newest first, from behind `after` on."""
        ...

    def news(self, after: int) -> News:
        """Edits, and articles that went, in the order in which they were kept, from behind the place `after` on.

        How far one call looks is bounded.
        """
        ...

    def now_at(self) -> int:
        """The place of the last visit that was kept; 0 if there is none."""
        ...

    def editions(self, article_id: str) -> Sequence[Edition]:
        """All versions of an article, oldest first, without their texts."""
        ...

    def harmed(self, article_id: str, versions: Container[int]) -> Sequence[Harm]:
        """Those of some versions of an article of which a file is not as it was stored, oldest first. Reads them."""
        ...

    def readings(self, article_id: str) -> Sequence[Reading]:
        """All readings of all versions, oldest first."""
        ...

    def snapshot(self, article_id: str, version: int) -> Snapshot | None:
        """One version; None if there is none of that number."""
        ...

    def text(self, snapshot: Snapshot) -> str:
        """The snapshot as its file has it."""
        ...

    def sidecar(self, snapshot: Snapshot) -> bytes:
        """The JSON beside it, as its file has it."""
        ...

    def records(self, snapshot: Snapshot) -> Stream:
        """The WARC records it was read from, answers and requests, compressed as in their files, found to be whole."""
        ...

    def captures(self, snapshot: Snapshot) -> Sequence[tuple[Capture, Page]]:
        """The answers it was read from, each read again and checked against its digest.

        Raises ArchivePruned if one was dropped on purpose.
        """
        ...

    def visits(self, article_id: str, limit: int) -> Sequence[Seen]:
        """The last visits to an article, at most `limit`, oldest first."""
        ...

    def watch(self, article_id: str, parts: int) -> Watch:
        """How often an article was visited, and when, at no more than `parts` times."""
        ...

    def copies(self, article_id: str) -> Sequence[Copy]:
        """Other articles with the text of this one."""
        ...

    def habits(self, outlet: str, zone: tzinfo, now: datetime) -> Habits:
        """What an outlet does with the newest of its articles; may be a minute old."""
        ...

    def status(self, now: datetime) -> Status:
        """How everything is doing; may be some seconds old."""
        ...

    def present(self, now: datetime) -> Present:
        """What runs now, whoever runs it."""
        ...


class Frontier(Protocol):
    """When to look at what. The unit of work is a host: `due_hosts`, then `take` what is due at one of them.

    All calls are idempotent. A host's turn itself is kept by the fetcher, so a repeat costs a visit, never a rule.
    """

    def put(
        self,
        outlet: Outlet,
        sightings: Iterable[Sighting],
        now: datetime,
        *,
        look_back: timedelta = timedelta(days=30),
        most: int | None = None,
    ) -> int:
        """Add what is not known yet under any form of its URL; how many were added.

        Fresh items come first: one older than `look_back` waits behind all that are younger. At most 2000 new URLs of
        an outlet are added in a day (UTC), the freshest first, and the last 500 of these only if they are fresh; and
        no more than `most` by this call. What is left out is not remembered: it is for the next look to offer it again.
        """
        ...

    def full(self, outlet: Outlet, now: datetime) -> bool:
        """Whether `put` may leave out something of `outlet` today. Its sources are then to be asked without validators:
        a source that says "not modified" does not offer again what was left out."""
        ...

    def due_hosts(self, now: datetime, limit: int) -> Sequence[str]:
        """Hosts with something due that are not blocked, the longest waiting first."""
        ...

    def take(self, host: str, now: datetime, limit: int) -> Sequence[Due]:
        """What is due at `host`, first things first."""
        ...

    def block_until(self, host: str, until: datetime) -> None:
        """Leave `host` out of `due_hosts` until then; a later call replaces an earlier one."""
        ...

    def thaw(self, now: datetime, horizon: timedelta) -> int:
        """Make due whatever is put off, or blocked, for longer than `horizon`; how many rows that are.

        Nothing is put off so far unless a clock ran ahead and was set right: it would wait until that time comes. What
        was visited at a time that is still to come waits as long from `now` as it was to wait from then.
        """
        ...

    def lookup(self, url: str, outlet: Outlet | None = None) -> Due | None:
        """The row of any form of `url`."""
        ...

    def done(self, due: Due) -> None:
        """Write back a row after its visit, with its new `next_visit` and counters."""
        ...

    def source(self, url: str) -> SourceState | None:
        """What is remembered of a source."""
        ...

    def sources(self) -> Mapping[str, SourceState]:
        """What is remembered of all sources, by address."""
        ...

    def source_done(self, state: SourceState) -> None:
        """Remember a look at a source."""
        ...


class Searcher(Protocol):
    """Full-text search over all versions. It is derived from the archive, and may be behind it.

    Calls may be made from any thread, and block: `find` and `facets` for about `seconds`.
    """

    def follow(self, seconds: float) -> Followed:
        """Take in what the archive has that the search does not know, for about so long; cheap if there is nothing."""
        ...

    def behind(self) -> int:
        """How many versions the search does not know yet. Takes nothing in."""
        ...

    def find(self, query: Query, *, limit: int = 20, cursor: str | None = None, seconds: float = 1.0) -> Found:
        """At most `limit` hits, the most telling first; `cursor` is that of the page before.

        Raises QueryTooDear if it would take longer than `seconds`, QueryError for a cursor that is none, ArchiveError
        if there is no search and none can be made.
        """
        ...

    def facets(self, query: Query, *, seconds: float = 1.0) -> Facets:
        """How many articles `find` would give, by outlet, language and year. Raises as `find`."""
        ...
