"""What a host of the pipeline holds itself to: room on the disk, a clock that can be right, and so much patience with
pages too heavy to read."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from scraper.store import paths
from scraper.store.catalogue import REBUILD
from scraper.store.locks import said
from scraper.store.trust import WHY

_MB = 1000**2
# A machine without a battery for its clock begins in 1970, until the network has set it right. This program is younger.
CLOCKS_BEGIN: Final = datetime(2024, 1, 1, tzinfo=UTC)


class Shortage(NamedTuple):
    """Why nothing new may be kept for now: `disk-low`, `archive-gone`, `archive-unwritable`, `archive-read-only` or
    `clock-unset`, and a sentence."""

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
    if (unwritable := _unwritable(root)) or free >= low_water:
        return unwritable
    return Shortage(
        "disk-low",
        f"{free // _MB} MB are free on the disk of {root}, less than low_water under [archive] in scraper.toml "
        f"({low_water // _MB} MB); free some space, and work goes on by itself",
    )


def _unwritable(root: Path) -> Shortage | None:
    """Whether a process at work there believes the disk no more, or a folder may not be written."""
    if said(root / paths.RUN / paths.MISTRUST):
        return Shortage("archive-read-only", f"{root}: {WHY}")
    for place in (root, *(root / name for name in (paths.ARTICLES, paths.WARC, paths.RUN))):
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            why = "may not be written (read-only, or no permission); put that right, and work goes on by itself"
            return Shortage("archive-unwritable", f"{place}: {why}")
    return None


class HeavyHosts:
    """Hosts whose pages are too heavy to read, one after the other: each of them costs as much as hundreds of others.

    It lives as long as its process: such a host is blocked in the frontier, which outlives that.
    """

    MOST = 3
    PAUSE = timedelta(hours=1)

    def __init__(self) -> None:
        self._more: Counter[str] = Counter()

    def tell(self, host: str, *, heavy: bool) -> timedelta | None:
        """How long to leave `host` alone after one page more, if it is to be left alone. A good page makes up for a
        heavy one; after the pause one heavy page is enough for the next."""
        if not heavy:
            self._more[host] -= 1
            self._more = +self._more
            return None
        self._more[host] = min(self._more[host] + 1, self.MOST)
        return self.PAUSE if self._more[host] == self.MOST else None


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


# A request holds its host's file and its connection, and now and then opens one file more.
_FILES_A_REQUEST: Final = 3
# What the rest of the program has open: catalogue, WARC, locks, reading processes, the web side.
_FILES_OF_OURS: Final = 40
_LOOKING_ON: Final = 8  # of these: connections to the web side, wherever files are short
_FILES_FOR_MANY: Final = 450  # 200 connections, of which each may take a file, and a few more that come than stay


def requests_at_once(most: int) -> int:
    """How many requests may be under way at once, `most` at the most, so that files never run out for what is stored
    and served. Raises this process's own limit of open files as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most * _FILES_A_REQUEST + _FILES_OF_OURS + _FILES_FOR_MANY
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = most if soft == resource.RLIM_INFINITY else (soft - _FILES_OF_OURS) // _FILES_A_REQUEST
    return max(min(most, room), 2)


def connections_at_once(most: int, requests: int) -> int:
    """How many connections the web side may have, `most` at the most, so that `requests` under way never lack a file:
    each may take a file for what it downloads, and a few more come than stay."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return most
    spare = soft - _FILES_OF_OURS - requests * _FILES_A_REQUEST
    return max(min(most, spare * 4 // 9), _LOOKING_ON)


_ARENA_MAX: Final = -8  # M_ARENA_MAX of mallopt(3)


def one_heap() -> None:
    """Have the C library serve all threads of this process from one heap. Call it before there are any.

    Else each thread that reads a page or asks the catalogue gets a heap of its own, and keeps the pieces. Where the C
    library knows of no such thing, nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def end_in(seconds: float, code: int = 0) -> None:
    """End this process then, with `code`, if it is still there: a thread may be waiting for a lock, or for a disk."""
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()
