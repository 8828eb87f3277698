"""Lines, sorted and each once, in a database of the moment on disk: more of them than memory holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import cast

import apsw

from scraper.store.catalogue import door


class Sorter:
    """Add lines, then read them in the order of their bytes. Gone when it is closed."""

    def __init__(self) -> None:
        self._db = apsw.Connection("")  # a file that SQLite makes and removes by itself
        self._db.execute("CREATE TABLE lines (line BLOB PRIMARY KEY) STRICT, WITHOUT ROWID; BEGIN")

    def add(self, line: bytes) -> None:
        """Add one line; adding it again changes nothing."""
        self._db.execute("INSERT OR IGNORE INTO lines VALUES (?)", (line,))

    def __iter__(self) -> Iterator[bytes]:
        for (line,) in self._db.execute("SELECT line FROM lines ORDER BY line"):
            yield cast("bytes", line)

    def __len__(self) -> int:
        return cast("tuple[int]", self._db.execute("SELECT count(*) FROM lines").fetchone())[0]

    def close(self) -> None:
        """Let go of the disk."""
        self._db.close()


@contextlib.contextmanager
def sorter() -> Iterator[Sorter]:
    """A sorter for as long as the block runs. Raises ArchiveUnwritable if the disk of temporary files is full."""
    with door(Path(gettempdir())):
        made = Sorter()
        try:
            yield made
        finally:
            made.close()
