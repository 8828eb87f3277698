"""What the archive says of itself, as values: for `scraper status`, `log`, `changes`, and for whatever serves them.

All times are UTC. Nothing here knows where the archive is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scraper.model import EditKind, RecordKind, SourceState, VerdictKind


@dataclass(frozen=True, slots=True)
class OutletReport:
    """One outlet. `last_new` is when its newest article was first seen, `last_version` its newest version of any."""

    outlet: str
    articles: int = 0
    versions: int = 0
    gone: int = 0
    queued: int = 0
    due: int = 0
    last_new: datetime | None = None
    last_version: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """An outlet whose sources answer and announce nothing new; `since` when they last did, if they ever did."""

    outlet: str
    since: datetime | None = None


# Long enough for a weekly. A source that lists nothing at all is silent at once.
QUIET: Final = timedelta(days=8)


def silences(sources: Iterable[SourceState], now: datetime) -> tuple[Silence, ...]:
    """The outlets that are silent at `now`."""
    by_outlet: dict[str, list[SourceState]] = {}
    for source in sources:
        if source.last_ok and not source.failures:
            by_outlet.setdefault(source.outlet, []).append(source)
    found = []
    for outlet, answering in sorted(by_outlet.items()):
        news = max((source.last_new for source in answering if source.last_new), default=None)
        if not any(source.items for source in answering) or (news and now - news > QUIET):
            found.append(Silence(outlet, news))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class QueueReport:
    """The frontier. `blocked` are hosts that are left alone, and until when."""

    rows: int
    due: int
    next_visit: datetime | None
    blocked: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class DiskReport:
    """Bytes kept, and bytes free on the disk they are on. `unfinished` writes are repaired by the next one. `log` is
    what SQLite has written of the catalogue beside it: it grows as long as somebody reads, and `log_grown` if that is
    too long."""

    snapshots: int
    warcs: int
    catalogue: int
    free: int
    versions: int
    warc_files: int
    unfinished: int
    log: int = 0
    log_grown: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """One time that `verify` was done as a whole, in one run or in several: from when, until when, what was found."""

    deep: bool
    began: datetime
    ended: datetime
    problems: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole archive."""

    outlets: tuple[OutletReport, ...]
    sources: tuple[SourceState, ...]
    queue: QueueReport
    disk: DiskReport
    edits: tuple[Change, ...]
    silent: tuple[Silence, ...] = ()
    verified: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One edit, as the catalogue has it; its parts are in the sidecar. `before` is the path of the snapshot that was
    edited, if it is there."""

    at: datetime
    article_id: str
    version: int
    outlet: str
    url: str
    title: str | None
    snapshot: str
    kinds: tuple[EditKind, ...]
    stealth: bool
    verdict: VerdictKind
    flags: tuple[str, ...] = ()
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit, or one time a version was read anew (`reread`). `version` is the one it made, if it made one;
    `record_id` that of its WARC metadata record."""

    at: datetime
    url: str
    verdict: RecordKind
    reason: str | None
    flags: tuple[str, ...]
    version: int | None
    record_id: str


@dataclass(frozen=True, slots=True)
class Watch:
    """How an article was watched. `visits` is how many there were, `times` are some of them, evenly over the span;
    `endings` those of the last that found it gone or back, oldest first; none if no tombstone of it was ever made."""

    visits: int = 0
    times: tuple[datetime, ...] = ()
    endings: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which edits are asked for: captured from `since` and before `until`, of these outlets (all, if None), with one of
    these kinds (all, if empty), made in silence if `stealth`."""

    since: datetime | None = None
    until: datetime | None = None
    outlets: frozenset[str] | None = None
    kinds: frozenset[EditKind] = frozenset()
    stealth: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of all edits, newest first: behind this version of this article."""

    at: datetime
    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Changes:
    """A stretch of the list. `next` is where the next one begins, None at the end of the list. It may hold fewer than
    were asked for, even none: how far one stretch looks is bounded."""

    items: tuple[Change, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Harm:
    """A version of which a file is not as it was stored: `file` is relative to the archive, `why` a sentence."""

    version: int
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An edit as it was kept, or with `gone` that an article went. `seq` is its place among all visits, in the order in
    which they were kept: unlike times, it never comes in between."""

    seq: int
    change: Change
    gone: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """A stretch of what happened, oldest first. `upto` is how far was looked; `more`: there is more behind it."""

    items: tuple[Happening, ...]
    upto: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """One version as the catalogue has it, without its text."""

    version: int
    path: str
    sha256: str
    verdict: VerdictKind
    captured_at: datetime
    title: str | None
    kinds: tuple[EditKind, ...]
    stealth: bool
    flags: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes that are too many to hold: `size` of them, `sha256` of all in hex. `pieces` gives them anew each time, and
    raises ArchiveDamaged where they turn out not to be there after all; close it to stop early."""

    size: int
    sha256: str
    pieces: Callable[[], Generator[bytes]]
