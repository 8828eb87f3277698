"""The archive for those who only look: `interfaces.Library` over the files, whatever may be written meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from scraper.copies import Copy
from scraper.habits import Habits, Lives, habits
from scraper.model import Capture, Entry, Outlet, Page, Reading, Snapshot
from scraper.present import Present
from scraper.reports import Changes, Edition, Harm, News, Place, Seen, Status, Stream, Wanted, Watch
from scraper.store import pages
from scraper.store.archive import FileArchive
from scraper.store.browse import Browse
from scraper.store.present import present
from scraper.store.recent import Recent

FRESH: Final = 10.0  # seconds that one report is given again: counting everything costs some tenths of a second
STALE: Final = 60.0  # seconds that it is given while somebody counts anew
STEADY: Final = 60.0  # the same for the habits of an outlet
CHECKED: Final = 10.0  # and for files and records that were found whole: 20 MB of them cost tenths of a second
WHOLE: Final = 4000  # versions that are remembered as whole, some two megabytes of them
OUTLETS: Final = 32  # whose habits are kept, some hundred kilobytes each


@dataclass(frozen=True, slots=True)
class _Known:
    """The habits of an outlet, when (monotonic) and from what they were worked out: `place` was the last visit then."""

    made: float
    place: int
    lives: Lives
    habits: Habits


class FileLibrary:
    """See `interfaces.Library`. Opened and closed with the archive it looks at."""

    def __init__(self, archive: FileArchive) -> None:
        self._archive = archive
        self._browse = Browse(archive.catalogue)
        self._counting = threading.Lock()
        self._living = threading.Lock()
        self._known: dict[tuple[str, str], _Known] = {}
        self._checked = Recent[Stream](CHECKED)
        self._whole = Recent[None](CHECKED, WHOLE)
        self._status: tuple[float, Status] | None = None

    def entry(self, article_id: str) -> Entry | None:
        """See `interfaces.Library`."""
        return self._archive.entry(article_id)

    def find(self, url: str, outlet: Outlet | None = None) -> Entry | None:
        """See `interfaces.Library`."""
        return self._archive.find(url, outlet)

    def earlier(self, entry: Entry) -> Sequence[Entry]:
        """See `interfaces.Library`."""
        return self._archive.earlier(entry)

    def follower(self, article_id: str) -> Entry | None:
        """See `interfaces.Library`."""
        return self._archive.follower(article_id)

    def articles(self, outlet: str | None, after: str | None, limit: int) -> Sequence[Entry]:
        """See `interfaces.Library`."""
        return self._browse.articles(outlet, after, limit)

    def newest(self, outlet: str, before: datetime | None, limit: int) -> Sequence[Entry]:
        """See `interfaces.Library`."""
        return self._browse.newest(outlet, before, limit)

    def gone(self, outlet: str | None, limit: int) -> Sequence[Entry]:
        """See `interfaces.Library`."""
        return self._browse.gone(outlet, limit)

    def edits(self, wanted: Wanted, after: Place | None, limit: int) -> Changes:
        """See `interfaces.Library`."""
        return self._browse.edits(wanted, after, limit)

    def news(self, after: int) -> News:
        """See `interfaces.Library`."""
        return self._browse.news(after)

    def now_at(self) -> int:
        """See `interfaces.Library`."""
        return self._browse.now_at()

    def editions(self, article_id: str) -> Sequence[Edition]:
        """See `interfaces.Library`."""
        return self._browse.editions(article_id)

    def harmed(self, article_id: str, versions: Container[int]) -> Sequence[Harm]:
        """See `interfaces.Library`."""
        return self._archive.harmed(article_id, versions, self._whole)

    def readings(self, article_id: str) -> Sequence[Reading]:
        """See `interfaces.Library`."""
        return self._archive.readings(article_id)

    def snapshot(self, article_id: str, version: int) -> Snapshot | None:
        """See `interfaces.Library`."""
        return self._archive.snapshot(article_id, version)

    def text(self, snapshot: Snapshot) -> str:
        """See `interfaces.Library`."""
        return self._archive.read_text(snapshot)

    def sidecar(self, snapshot: Snapshot) -> bytes:
        """See `interfaces.Library`."""
        return self._archive.read_sidecar(snapshot)

    def records(self, snapshot: Snapshot) -> Stream:
        """See `interfaces.Library`."""
        captures = (snapshot.capture, *snapshot.further)
        return self._checked.once(tuple(one.record_id for one in captures), lambda: self._stream(captures))

    def _stream(self, captures: Sequence[Capture]) -> Stream:
        return pages.stream([pages.members(self._archive.root, self._archive.placed(one)) for one in captures])

    def captures(self, snapshot: Snapshot) -> Sequence[tuple[Capture, Page]]:
        """See `interfaces.Library`."""
        return [(capture, self._archive.page(capture)) for capture in (snapshot.capture, *snapshot.further)]

    def visits(self, article_id: str, limit: int) -> Sequence[Seen]:
        """See `interfaces.Library`."""
        return self._archive.reports.last_visits(article_id, limit)

    def watch(self, article_id: str, parts: int) -> Watch:
        """See `interfaces.Library`."""
        return self._archive.reports.watch(article_id, parts)

    def copies(self, article_id: str) -> Sequence[Copy]:
        """See `interfaces.Library`."""
        return self._archive.copies(article_id)

    def habits(self, outlet: str, zone: tzinfo, now: datetime) -> Habits:
        """See `interfaces.Library`. The archive is read for it if there was a visit since it was last read."""
        key = outlet, str(zone)
        with self._living:
            found = self._known.pop(key, None)
            if found is None or time.monotonic() - found.made > STEADY:
                place = self.now_at()
                lives = found.lives if found and found.place == place else self._browse.lives(outlet, zone)
                found = _Known(time.monotonic(), place, lives, habits(lives, now))
            self._known[key] = found  # the longest unused is the first
            for other in list(self._known)[:-OUTLETS]:
                del self._known[other]
            return found.habits

    def present(self, now: datetime) -> Present:
        """See `interfaces.Library`."""
        return present(self._archive.root, self._archive.catalogue, now)

    def status(self, now: datetime) -> Status:
        """See `interfaces.Library`. One caller counts; the others are given what was counted before, if that is not
        too old, else they wait."""
        known = self._status
        usable = known is not None and time.monotonic() - known[0] < STALE
        if not self._counting.acquire(blocking=not usable) and known:
            return known[1]
        try:
            if self._status is None or time.monotonic() - self._status[0] > FRESH:
                self._status = time.monotonic(), self._archive.reports.status(now)
            return self._status[1]
        finally:
            self._counting.release()
