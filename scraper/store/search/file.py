"""The file `search.sqlite`: opened, recognised, made and made again. Nothing in it is evidence, so it may be lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Final

import apsw

from scraper.errors import ArchiveDamaged, ArchiveError, ArchiveNewer
from scraper.store.catalogue import connect, connect_to_read, door, logs, make, named, sql
from scraper.store.files import Files, unwritable

APPLICATION: Final = 0x4E415253  # "NARS"
VERSION: Final = 2  # of the tables, and of what counts as a word (scraper/words.py, stems.py)


@cache
def queries() -> dict[str, str]:
    """The statements by name."""
    return named(sql("search/queries.sql"))


# What a number, a date or a row of versions does that is not as it was written.
_ODD: Final = (ValueError, TypeError, IndexError, KeyError, OverflowError)


@contextlib.contextmanager
def _sound(path: Path) -> Generator[None]:
    """Whatever cannot be made sense of is damage: the file can be made again, and nothing else helps."""
    try:
        with door(path):
            yield
    except ArchiveError as exc:
        if type(exc) is ArchiveError and exc.path == path:
            raise ArchiveDamaged(path, exc.why) from exc
        raise
    except _ODD as exc:
        raise ArchiveDamaged(path, f"is not what was written ({type(exc).__name__}: {exc})") from exc


@contextlib.contextmanager
def to_read(path: Path) -> Generator[apsw.Connection]:
    """A connection to search by, for one search: within it everything is of one moment.

    Raises ArchiveDamaged if the file is to be made (again), ArchiveNewer if a newer program made it.
    """
    if not path.exists():
        raise ArchiveDamaged(path, "is missing; the next search that may write makes it again")
    with _sound(path):
        db = connect_to_read(path, unwritable=True)
        # Whoever made the file again has given its log's name to another: only who holds the lock may fold one in.
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        try:
            _identify(db, path)
            db.execute("BEGIN")
            yield db
        finally:
            db.close()


@contextlib.contextmanager
def to_write(path: Path, files: Files) -> Generator[apsw.Connection]:
    """A connection for whoever holds the lock of the search, who is alone. The file is made if it is none of ours."""
    _make_sure(path, files)
    with _sound(path):
        db = connect(path, apsw.SQLITE_OPEN_READWRITE)
        try:
            # A power cut may take back the last moments: then they are followed again.
            db.pragma("synchronous", "NORMAL")
            db.pragma("journal_size_limit", 64 << 20)
            yield db
        finally:
            db.close()


@contextlib.contextmanager
def transaction(db: apsw.Connection) -> Generator[None]:
    """All of it or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(apsw.Error):
            db.execute("ROLLBACK")
        raise


def begin_anew(path: Path, files: Files) -> None:
    """An empty file in place of what is there, for whoever holds the lock of the search."""
    with unwritable(path):
        for log in filter(os.path.lexists, logs(path)):
            files.unlink(Path(log))
        make(path, files, sql("search/schema.sql"), (APPLICATION, VERSION))


def _make_sure(path: Path, files: Files) -> None:
    try:
        with to_read(path):
            return
    except ArchiveNewer:
        raise
    except ArchiveDamaged:
        begin_anew(path, files)


def _identify(db: apsw.Connection, path: Path) -> None:
    if db.pragma("application_id") != APPLICATION:
        raise ArchiveDamaged(path, "is no search index of this program")
    version = db.pragma("user_version")
    if version > VERSION:
        raise ArchiveNewer(path, f"has layout {version}, this program knows {VERSION}; use the newer program")
    if version < VERSION:
        raise ArchiveDamaged(path, f"has the older layout {version}")


def is_about(error: ArchiveError, path: Path) -> bool:
    """Whether an error is that this file is damaged, so that making it again helps."""
    return isinstance(error, ArchiveDamaged) and error.path == path
