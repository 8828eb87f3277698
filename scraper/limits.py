"""What a host of the pipeline holds itself to: room on the disk, and so many visits at one web host in a day."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_MB = 1000**2


def shortage(root: Path, low_water: int) -> str | None:
    """Why nothing new may be kept under `root` for now: less than `low_water` bytes are free. None if there is room.

    A full disk is worse than a gap: whatever else runs on the machine would stop too.
    """
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        return f"{root}: {error.strerror}"
    if free >= low_water:
        return None
    return (
        f"{free // _MB} MB are free on the disk of {root}, less than low_water under [archive] in scraper.toml "
        f"({low_water // _MB} MB); free some space, and work goes on by itself"
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
