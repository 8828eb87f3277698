"""What a host of the pipeline holds itself to: room on the disk, a clock that can be right, and so many visits at one
web host in a day."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from scraper.store import paths
from scraper.store.catalogue import REBUILD

_MB = 1000**2
# A machine without a battery for its clock begins in 1970, until the network has set it right. This program is younger.
CLOCKS_BEGIN: Final = datetime(2024, 1, 1, tzinfo=UTC)


class Shortage(NamedTuple):
    """Why nothing new may be kept for now: `disk-low`, `archive-gone`, `archive-unwritable` or `clock-unset`, and a
    sentence."""

    word: str
    why: str


def shortage(root: Path, low_water: int, now: datetime) -> Shortage | None:
    """Why nothing new may be kept under `root` for now: less than `low_water` bytes are free, the disk is not there
    or may not be written, or this machine does not know what time it is. None if all is well.

    A full disk is worse than a gap: whatever else runs on the machine would stop too.
    """
    if now < CLOCKS_BEGIN:
        told = f"{now:%Y-%m-%d}"
        return Shortage("clock-unset", f"this machine's clock says {told}; set it, and work goes on by itself")
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        return Shortage("archive-gone", f"{root}: {error.strerror}; bring the disk back, and work goes on by itself")
    if not (root / paths.CATALOGUE).exists():
        why = f"is not there; bring the disk back, and work goes on by itself. If it was deleted, {REBUILD}"
        return Shortage("archive-gone", f"{root / paths.CATALOGUE}: {why}")
    for place in (root, *(root / name for name in (paths.ARTICLES, paths.WARC, paths.RUN))):
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            why = "may not be written (read-only, or no permission); put that right, and work goes on by itself"
            return Shortage("archive-unwritable", f"{place}: {why}")
    if free >= low_water:
        return None
    return Shortage(
        "disk-low",
        f"{free // _MB} MB are free on the disk of {root}, less than low_water under [archive] in scraper.toml "
        f"({low_water // _MB} MB); free some space, and work goes on by itself",
    )


class DayBudget:
    """Visits of each web host on one day (UTC). It lives as long as its process: what is spent is no fact about the
    world, and a host whose budget is spent is blocked in the frontier, which outlives the process."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._day = date.min
        self._spent: Counter[str] = Counter()

    def spend(self, host: str, now: datetime) -> datetime | None:
        """Take one visit from what `host` may have today; if nothing is left, when its next day begins."""
        now = now.astimezone(UTC)
        if now.date() != self._day:
            self._day = now.date()
            self._spent.clear()
        if self._spent[host] >= self.most:
            return datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        self._spent[host] += 1
        return None


class ClockWatch:
    """Tells when somebody set this machine's clock: it and the clock that nobody sets no longer agree."""

    SLACK: Final = 5.0  # seconds: a correction by NTP that no schedule notices

    def __init__(self, now: datetime, monotonic: float) -> None:
        self._offset = now.timestamp() - monotonic

    def jumped(self, now: datetime, monotonic: float) -> float:
        """By how many seconds the clock was set since the last call: negative if back, 0 if it was not."""
        offset = now.timestamp() - monotonic
        by, self._offset = offset - self._offset, offset
        return by if abs(by) > self.SLACK else 0.0
