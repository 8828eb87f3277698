"""What a visit's verdict makes of the archive: pure, and decided under the lock, with what is known at that moment.

The verdict was reached earlier, maybe against an older version than the last one, maybe by two processes at once. So a
text that is there already never becomes a version again, and one captured before the last version is not put after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from scraper.article import Article
from scraper.model import Entry, Intent, VerdictKind
from scraper.store.index import sequence
from scraper.store.sidecar import Link

CONCURRENT = "concurrent"  # the comparison was made with another version than the one before


@dataclass(frozen=True, slots=True)
class Known:
    """An article as the catalogue has it now. `last` is its newest version that is there, `seq` and `at` are place and
    time of that one's capture."""

    entry: Entry
    last: Link | None
    seq: int
    at: datetime | None = None

    @property
    def next_version(self) -> int:
        """A number that was never given before, also if the file of the last version was lost."""
        return (self.entry.latest if self.entry.latest is not None else -1) + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written besides the visit itself: a version, a tombstone (`gone`), the end of one (`back`)."""

    verdict: VerdictKind
    writes: Literal["version", "gone", "back"] | None = None
    reason: str | None = None
    flags: tuple[str, ...] = ()


def snapshot_text(article: Article) -> bytes:
    """The bytes of the snapshot file."""
    return article.text.encode("utf-8", "replace")


def named(article: Article, known: Known | None) -> Article:
    """`article` under the URL its first version had: a new slug is no edit."""
    return replace(article, canonical_url=known.entry.url) if known else article


def plan(intent: Intent, known: Known | None) -> Plan:
    """What is to be written. Raises ValueError if a version is asked for without a capture."""
    verdict = intent.verdict
    gone = known is not None and known.entry.gone_since is not None
    if intent.article is not None and verdict.kind in {"new", "edited", "back"}:
        return _version(intent, intent.article, known, gone=gone)
    if verdict.kind == "back":
        return Plan("back", "back", verdict.reason, verdict.flags) if gone else Plan("same", None, verdict.reason)
    confirmed = verdict.kind == "gone" and "confirmed" in verdict.flags
    writes: Literal["gone"] | None = "gone" if confirmed and known and not gone else None
    return Plan(verdict.kind, writes, verdict.reason, verdict.flags)


def _version(intent: Intent, article: Article, known: Known | None, *, gone: bool) -> Plan:
    verdict = intent.verdict
    if intent.capture is None:
        raise ValueError(f"{intent.url}: a version needs the capture it was read from")
    if known is None:
        return Plan("new", "version", verdict.reason, verdict.flags)
    if known.last and hashlib.sha256(snapshot_text(named(article, known))).hexdigest() == known.last.text_sha256:
        return Plan("back", "back", verdict.reason, verdict.flags) if gone else Plan("same", None, "known-text")
    if known.last and (sequence(intent.capture.file, intent.capture.offset) < known.seq or _is_older(intent, known)):
        return Plan("same", None, "superseded", verdict.flags)
    stale = intent.entry is None or intent.entry.latest != known.entry.latest
    flags = (*verdict.flags, CONCURRENT) if stale else verdict.flags
    return Plan("back" if gone else "edited", "version", verdict.reason, flags)


def _is_older(intent: Intent, known: Known) -> bool:
    """Whether somebody else's capture is of a time before the last version: behind that in the order of records, it
    says nothing about what came since."""
    brought = intent.page is not None and intent.page.origin is not None
    return brought and known.at is not None and intent.at < known.at
