"""What the archive says of itself, as values: for `scraper status`, `log`, `changes`, and for whatever serves them.

All times are UTC. Nothing here knows where the archive is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
class QueueReport:
    """The frontier. `blocked` are hosts that are left alone, and until when."""

    rows: int
    due: int
    next_visit: datetime | None
    blocked: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class DiskReport:
    """Bytes kept, and bytes free on the disk they are on. `unfinished` writes are repaired by the next one."""

    snapshots: int
    warcs: int
    catalogue: int
    free: int
    versions: int
    warc_files: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole archive."""

    outlets: tuple[OutletReport, ...]
    sources: tuple[SourceState, ...]
    queue: QueueReport
    disk: DiskReport
    edits: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit, as the catalogue has it; its parts are in the sidecar."""

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
