"""The catalogue's database: the one door to apsw, which brings a SQLite of its own.

WAL, so that readers never wait for the writer. What the archive answers for is committed with a sync; when to look next
is not, since losing it in a power cut costs a visit and nothing else. https://sqlite.org/wal.html
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import apsw

from scraper.errors import ArchiveBusy, ArchiveDamaged, ArchiveError, ArchiveNewer, ArchiveOlder, ArchiveUnwritable
from scraper.store.files import Files
from scraper.store.trust import Trust

APPLICATION: Final = 0x4E415243  # "NARC", in the header of every catalogue
VERSION: Final = 8
# Up to 3.51.2 two connections could corrupt a WAL database between them.
OLDEST_SQLITE: Final = (3, 51, 3)
PATIENCE: Final = 60_000  # milliseconds to wait for another process
BUSY: Final = "another process holds it for too long; see what it does, then try again"
LOG_LIMIT: Final = 64 << 20  # bytes that SQLite's log is cut back to once nobody reads in it
SPARE: Final = 4  # connections kept for the next who reads: each has two files open, and a cache of 2 MB
# A commit that was not confirmed: the log itself, or the folder that it lies in.
_UNCONFIRMED: Final = {apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC}
REBUILD: Final = "stop the daemon if one runs, then run `scraper reindex`, which makes it again from the files"

Value = None | int | float | str | bytes
Row = tuple[Value, ...]


@cache
def queries() -> dict[str, str]:
    """The statements of queries.sql by name."""
    return named(sql("queries.sql"))


def named(text: str) -> dict[str, str]:
    """The statements of a file in which each stands under its name."""
    found: dict[str, str] = {}
    for part in text.split("-- name: ")[1:]:
        name, _, statement = part.partition("\n")
        found[name.strip()] = statement.strip()
    return found


def sql(name: str) -> str:
    """A file of statements, by its path in this package."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@contextlib.contextmanager
def door(path: Path) -> Iterator[None]:
    """What SQLite says, as errors of the archive: nothing of apsw gets out."""
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError, UnicodeDecodeError) as exc:
        raise ArchiveDamaged(path, f"is not a whole database ({exc}); {REBUILD}") from exc
    except (apsw.BusyError, apsw.LockedError) as exc:
        raise ArchiveBusy(path, BUSY) from exc
    except apsw.FullError as exc:
        raise ArchiveUnwritable(path, "the disk is full; free some space, nothing that was stored is lost") from exc
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.IOError, apsw.CantOpenError) as exc:
        raise ArchiveUnwritable(path, f"cannot be used ({exc}); check the disk and its permissions") from exc
    except apsw.Error as exc:
        said = f"SQLite gave up ({type(exc).__name__}: {exc})"
        raise ArchiveError(path, f"{said}; try again, and if that does not help, {REBUILD}") from exc


class Catalogue:
    """Connections to one catalogue, for any number of threads. Check `identity` by `open`; make one by `create`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self.trust = Trust()
        self.fence: Callable[[], None] = lambda: None  # raises ArchiveTaken if another machine writes it now
        self.older = False  # whether it has the layout of an older program
        self._idle: list[apsw.Connection] = []
        self._all: list[apsw.Connection] = []
        self._pool = threading.Lock()
        self._turn = threading.RLock()
        self._writers: dict[bool, apsw.Connection] = {}
        self._inode, self._folder = _inode(path), _inode(path.parent)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, older: bool = False) -> Catalogue:
        """An existing catalogue. `older`: of an older layout too, to carry over what only it holds.

        Raises ArchiveNewer, ArchiveOlder, ArchiveDamaged or ArchiveUnwritable; never makes one.
        """
        if tuple(map(int, apsw.sqlite_lib_version().split("."))) < OLDEST_SQLITE:
            raise ArchiveError(path, f"SQLite {apsw.sqlite_lib_version()} may corrupt it; install a newer apsw")
        if path.is_symlink() or path.is_dir():
            kind = "a link" if path.is_symlink() else "a folder"
            raise ArchiveDamaged(path, f"is {kind}, where a file should be; put the file back, or {REBUILD}")
        catalogue = cls(path, read_only=read_only)
        try:
            with catalogue.read() as db:
                catalogue.older = _identify(db, path, older=older)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    # ------------------------------------------------------------------------------------------ using it

    @contextlib.contextmanager
    def read(self) -> Generator[apsw.Connection]:
        """A connection to read by. Everything read within one `with` block is of one moment."""
        with door(self.path):
            db = self._borrow()
            try:
                db.execute("BEGIN")
                yield db
            finally:
                self._give_back(db)

    @contextlib.contextmanager
    def write(self, *, durable: bool = True) -> Generator[apsw.Connection]:
        """A transaction: all of it or nothing. `durable`: it has survived a power cut when this returns."""
        with self._turned(), door(self.path):
            self.trust.check(self.path)
            self.fence()
            self.check_in_place()
            db = self._writer(durable=durable)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException as exc:
                if getattr(exc, "extendedresult", None) in _UNCONFIRMED:
                    self.trust.shaken()
                with contextlib.suppress(apsw.Error):
                    db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _turned(self) -> Iterator[None]:
        """One writes at a time. Nobody waits longer than one wait for another process takes, however many wait."""
        if not self._turn.acquire(timeout=PATIENCE / 1000):
            raise ArchiveBusy(self.path, BUSY)
        try:
            yield
        finally:
            self._turn.release()

    @property
    def in_place(self) -> bool:
        """Whether the file that was opened is the one that everybody finds under its name."""
        return _inode(self.path) == self._inode

    @property
    def log_size(self) -> int:
        """The bytes of SQLite's log beside the file: what was written since somebody began to read, at least."""
        try:
            return Path(logs(self.path)[0]).stat().st_size
        except OSError:
            return 0

    def check_in_place(self) -> None:
        """Raise ArchiveDamaged if the file was removed or replaced since it was opened: writes would be lost."""
        if not self.in_place:
            raise ArchiveDamaged(self.path, "was removed or replaced while in use; " + REBUILD)

    def check_writable(self) -> None:
        """Write what is there already, durably. Raises what every write would raise now."""
        with self.write() as db:
            db.pragma("user_version", VERSION)

    def reopen(self) -> None:
        """Go on with the file that is in place now, in another folder of that name: a disk that came back. What is
        being read from the old one may be read to its end.

        Raises ArchiveDamaged if only the file was replaced: SQLite would take the old one's log for the new one's.
        Raises what `open` raises, and then goes on with the old one.
        """
        if _inode(self.path.parent) == self._folder:
            self.check_in_place()
        fresh = Catalogue.open(self.path, read_only=self.read_only)
        with self._turn, self._pool:
            old, left = self._writers.values(), [db for db in self._all if db in self._idle]
            _leave((*left, *old))
            self._all, self._idle, self._writers = fresh._all, fresh._idle, {}
            self._inode, self._folder = fresh._inode, fresh._folder

    def close(self) -> None:
        """Close all connections. The last one to close in any process folds the log into the file."""
        with self._pool:
            found = (*self._all, *self._writers.values())
            if not self.in_place or self._is_fenced():
                _leave(found)
            for db in found:
                db.close()
            self._all, self._idle, self._writers = [], [], {}

    def _is_fenced(self) -> bool:
        try:
            self.fence()
        except ArchiveError:
            return True
        return False

    def _borrow(self) -> apsw.Connection:
        with self._pool:
            if self._idle:
                return self._idle.pop()
        db = connect_to_read(self.path, unwritable=self.read_only)
        with self._pool:
            self._all.append(db)
        return db

    def _give_back(self, db: apsw.Connection) -> None:
        try:
            db.execute("COMMIT")
        except apsw.Error:
            # A statement failed under it: whatever state it is in, nobody else gets it.
            self._part_with(db)
            return
        with self._pool:
            if db in self._all and len(self._idle) < SPARE:
                self._idle.append(db)
                return
        self._part_with(db)

    def _part_with(self, db: apsw.Connection) -> None:
        with self._pool:
            ours = db in self._all
            self._all = [one for one in self._all if one is not db]
        if ours:
            db.close()
        else:
            _leave([db])  # the file was replaced meanwhile

    def _writer(self, *, durable: bool) -> apsw.Connection:
        if durable not in self._writers:
            db = connect(self.path, apsw.SQLITE_OPEN_READWRITE)
            db.pragma("synchronous", "FULL" if durable else "NORMAL")
            db.pragma("journal_size_limit", LOG_LIMIT)
            self._writers[durable] = db
        return self._writers[durable]


def _leave(connections: Iterable[apsw.Connection]) -> None:
    """Close connections to a file that is no more: its log has the name of another file's log by now, and the last one
    to close would fold it in and delete it."""
    for db in connections:
        with contextlib.suppress(apsw.Error):
            db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        db.close(True)


def connect(path: Path, flags: int, parameters: str = "") -> apsw.Connection:
    """A connection as this program uses them."""
    where = path.absolute().as_uri() + parameters
    db = apsw.Connection(where, flags=flags | apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_NOFOLLOW)
    db.set_busy_timeout(PATIENCE)
    db.pragma("trusted_schema", 0)
    db.pragma("cell_size_check", 1)
    return db


def connect_to_read(path: Path, *, unwritable: bool) -> apsw.Connection:
    """A connection that cannot write. `unwritable`: also where nobody can."""
    db = connect(path, apsw.SQLITE_OPEN_READONLY)
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        db.close()
        if not unwritable or _has_log(path):
            raise
        # Nobody can write here, not even the index of a log: without a log the file alone is the whole truth.
        db = connect(path, apsw.SQLITE_OPEN_READONLY, "?immutable=1")
    return db


def create(path: Path, files: Files) -> None:
    """A new, empty catalogue at `path`: whole or not there. Replaces what is there: callers look first, also for logs.

    Raises OSError, ArchiveError.
    """
    make(path, files, sql("schema.sql"), (APPLICATION, VERSION))


def make(path: Path, files: Files, schema: str, identity: tuple[int, int]) -> None:
    """A new database at `path`, whole or not there, with the tables of `schema`, an application id and a layout."""
    made = fresh(path)
    remove(made, files)
    with door(path):
        db = connect(made, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        try:
            db.pragma("journal_mode", "WAL")
            db.execute("BEGIN IMMEDIATE")
            db.execute(schema)
            db.pragma("application_id", identity[0])
            db.pragma("user_version", identity[1])
            db.execute("COMMIT")
        finally:
            db.close()
    files.rename(made, path)


def fold(path: Path) -> None:
    """Have SQLite write what is in the log of a whole catalogue into it, and remove the log, as it does when the last
    process closes it. Nobody else may have it open."""
    with door(path):
        db = connect(path, apsw.SQLITE_OPEN_READWRITE)
        try:
            db.pragma("wal_checkpoint(TRUNCATE)")
        finally:
            db.close()


def fresh(path: Path) -> Path:
    """Where a catalogue is made that will be at `path`."""
    return path.with_name(f".{path.name}.new")


def rebuilt(path: Path) -> Path:
    """Where the catalogue at `path` is made again."""
    return path.with_name(f".{path.name}.rebuilt")


def unfinished(path: Path) -> list[Path]:
    """All files that somebody may have left who died while making a catalogue for `path`."""
    made = (fresh(path), rebuilt(path), fresh(rebuilt(path)))
    return [Path(each) for name in made for each in (str(name), *logs(name))]


def remove(path: Path, files: Files) -> None:
    """Remove a catalogue that was never in use, with its logs: one that is met by another database ruins that."""
    for each in (path, *map(Path, logs(path))):
        if os.path.lexists(each):
            files.unlink(each)


def logs(path: Path) -> tuple[str, str, str]:
    """The files SQLite may keep beside a database in use."""
    return f"{path}-wal", f"{path}-shm", f"{path}-journal"


def _identify(db: apsw.Connection, path: Path, *, older: bool) -> bool:
    """Whether it has an older layout; that may be, if `older` is."""
    application, version = db.pragma("application_id"), db.pragma("user_version")
    if application != APPLICATION:
        raise ArchiveDamaged(path, f"is not a catalogue of this program; {REBUILD}")
    if version > VERSION:
        raise ArchiveNewer(path, f"has layout {version}, this program knows {VERSION}; use the newer program")
    if version < VERSION and not older:
        raise ArchiveOlder(path, f"has the older layout {version}; {REBUILD}")
    return bool(version < VERSION)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # once a write
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_log(path: Path) -> bool:
    log = Path(logs(path)[0])
    return log.exists() and log.stat().st_size > 0
