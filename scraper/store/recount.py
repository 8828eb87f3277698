"""Whether the catalogue says what the files say: a second one is made of them and compared, row by row.

    the catalogue of one moment, copied → the WARC records it knows → what they and the files say → compared

Both lie in a temporary folder outside the archive, together about twice as large as the catalogue. A daemon may write
meanwhile: what it stores after that moment is not looked at.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import cast

import apsw

from scraper.store import catalogue as catalogues
from scraper.store.catalogue import Catalogue, door, queries
from scraper.store.checks import Step, untold
from scraper.store.files import Files
from scraper.store.intake import Notes
from scraper.store.reindex import Extent, bytes_read, dump, fill


def unlike(root: Path, catalogue: Catalogue, step: Step = untold) -> str | None:
    """The table in which a row is not what the files say, None if there is none. Call it when all files are whole.

    Raises ArchiveError if there is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="scraper-") as folder, contextlib.ExitStack() as stack:
        there = stack.enter_context(_made(Path(folder, "there.sqlite")))
        again = stack.enter_context(_made(Path(folder, "again.sqlite")))
        with catalogue.read() as db:
            _copy(db, there)
        again.execute("BEGIN")
        fill(again, root, Notes(lambda _: None, step=bytes_read(root, step)), None, _Known(there))
        for told, said in zip_longest(dump(there), dump(again)):
            if told != said:
                return min(line.partition(" ")[0] for line in (told, said) if line)
    return None


@contextlib.contextmanager
def _made(path: Path) -> Iterator[apsw.Connection]:
    """A catalogue that nobody needs to keep."""
    catalogues.create(path, Files())
    with door(path):
        db = catalogues.connect(path, apsw.SQLITE_OPEN_READWRITE)
        try:
            db.pragma("synchronous", "OFF")
            yield db
        finally:
            db.close()


def _copy(source: apsw.Connection, to: apsw.Connection) -> None:
    with to.backup("main", source, "main") as copying:
        copying.step()


class _Known(Extent):
    """As much of an archive as a catalogue knows."""

    def __init__(self, db: apsw.Connection) -> None:
        self.db = db
        self.ends = dict(cast("list[tuple[int, int]]", db.execute("SELECT serial, known FROM warcs").fetchall()))

    def until(self, serial: int) -> int | None:
        return self.ends.get(serial, 0)

    def holds(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        values = {"path": path, "folder": folder, "text": f"{path.removesuffix('.json')}.txt"}
        values["day"] = name.removesuffix(".sha256")
        try:
            return self.db.execute(queries()["is_known"], values).fetchone() is not None
        except UnicodeEncodeError:
            return False  # a name that is no text is none of ours
