"""Whether what the disk confirms can be believed: after the second sync that failed, this process writes no more.

    first   the write is not acknowledged, its file is done with, what comes next goes into another   (spool, files)
    second  every write is refused until the program is started again; reading goes on

A disk that says it has no room tells the truth, and does not count. Why a sync is not simply tried again:
https://wiki.postgresql.org/wiki/Fsync_Errors
"""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from scraper.errors import ArchiveReadOnly

MOST: Final = 2  # syncs that may fail in the life of a process, the last of which ends its writing
WHY: Final = (
    "the disk failed twice to confirm what was written; check it, then start the program again: until then nothing is "
    "written, reading goes on, and nothing that was stored is lost"
)
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}


class Trust:
    """Of one process in its disk. Calls may come from any thread."""

    def __init__(self) -> None:
        self._failed = 0
        self._mutex = threading.Lock()
        self._tell: list[Callable[[], object]] = []

    def when_lost(self, tell: Callable[[], object]) -> None:
        """Have `tell` called once, when it is lost."""
        self._tell.append(tell)

    def check(self, path: Path) -> None:
        """Raise ArchiveReadOnly, about `path`, if nothing may be written any more."""
        if self._failed >= MOST:
            raise ArchiveReadOnly(path, WHY)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Count a sync that fails in the block."""
        try:
            yield
        except OSError as error:
            if error.errno not in _NO_ROOM:
                self.shaken()
            raise

    def shaken(self) -> None:
        """A sync failed."""
        with self._mutex:
            self._failed += 1
            tell = self._tell if self._failed == MOST else []
        for each in tell:
            each()
