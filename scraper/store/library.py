"""The archive for those who only look: `interfaces.Library` over the files, whatever may be written meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from scraper.copies import Copy
from scraper.habits import Life
from scraper.model import Capture, Entry, Outlet, Page, Reading, Snapshot
from scraper.present import Present
from scraper.reports import Changes, Edition, Harm, News, Place, Seen, Status, Wanted, Watch
from scraper.store import pages
from scraper.store.archive import FileArchive
from scraper.store.browse import Browse
from scraper.store.present import present

FRESH: Final = 10.0  # seconds that one report is given again: counting everything costs some tenths of a second
STALE: Final = 60.0  # seconds that it is given while somebody counts anew
STEADY: Final = 60.0  # the same for the habits of an outlet


class FileLibrary:
    """See `interfaces.Library`. Opened and closed with the archive it looks at."""

    def __init__(self, archive: FileArchive) -> None:
        self._archive = archive
        self._browse = Browse(archive.catalogue)
        self._counting = threading.Lock()
        self._living = threading.Lock()
        self._lives: dict[str, tuple[float, Sequence[Life]]] = {}
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

    def harmed(self, article_id: str) -> Sequence[Harm]:
        """See `interfaces.Library`."""
        return self._archive.sound(article_id)[1]

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

    def records(self, snapshot: Snapshot) -> bytes:
        """See `interfaces.Library`."""
        captures = (snapshot.capture, *snapshot.further)
        places = map(self._archive.placed, captures)
        return b"".join(pages.members(self._archive.root, place) for place in places)

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

    def lives(self, outlet: str) -> Sequence[Life]:
        """See `interfaces.Library`."""
        with self._living:
            made, found = self._lives.get(outlet, (0.0, ()))
            if not made or time.monotonic() - made > STEADY:
                found = self._browse.lives(outlet)
                self._lives = {name: kept for name, kept in self._lives.items() if time.monotonic() - kept[0] < STEADY}
                self._lives[outlet] = time.monotonic(), found
            return found

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
