"""S5: a sync that fails is final for what it should have made sure; a second one ends the writing of its process."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from scraper import limits
from scraper.errors import ArchiveReadOnly, ArchiveUnwritable
from scraper.model import SourceState
from scraper.store.archive import FileArchive
from scraper.store.files import Files
from tests.store.kit import START, findings, opened, page, texts, visit

OTHER = "https://news.example/2024/06/ferry-sails"


class Flaky(Files):
    """Syncs fail with `error` as long as `left` is above zero, and say yes afterwards, as disks and kernels do."""

    def __init__(self, error: int = errno.EIO) -> None:
        self.error = error
        self.left = 0
        self.failed: list[int] = []  # the files (inodes) whose sync failed, in order
        self.asked: list[int] = []

    def fsync(self, fd: int) -> None:
        inode = os.fstat(fd).st_ino
        self.asked.append(inode)
        if self.left:
            self.left -= 1
            self.failed.append(inode)
            raise OSError(self.error, os.strerror(self.error))
        super().fsync(fd)


class _Log(apsw.VFSFile):
    """A file of SQLite that cannot be synced if it is a log, as often as `left` says."""

    left = 0

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.is_log = bool(flags[0] & apsw.SQLITE_OPEN_WAL)
        super().__init__("unix", name, flags)

    def xLock(self, level: int) -> None:  # noqa: N802  # the name in the base class
        try:
            super().xLock(level)
        except apsw.IOError as exc:
            raise apsw.BusyError from exc  # a file that was opened to be read: SQLite does not mind, apsw would

    def xSync(self, flags: int) -> None:  # noqa: N802  # as above
        if self.is_log and _Log.left:
            _Log.left -= 1
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)


class _Disk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("flaky", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # as above
        return _Log(name, flags)


@contextmanager
def flaky_logs() -> Iterator[None]:
    """SQLite's files go through `_Log` while the block runs."""
    disk = _Disk()
    try:
        yield
    finally:
        _Log.left = 0
        disk.unregister()


def a_file(archive: FileArchive, files: Flaky) -> None:
    """The sync of a file of the archive fails."""
    files.left = 1
    with pytest.raises(ArchiveUnwritable, match="not counted as stored"):
        archive.capture(page())


def the_catalogue(archive: FileArchive, _files: Flaky) -> None:
    """The sync of a commit of the catalogue fails."""
    _Log.left = 1
    with pytest.raises(ArchiveUnwritable, match="cannot be used"):
        visit(archive, "never acknowledged", url=OTHER)
    assert _Log.left == 0


Harm = Callable[[FileArchive, Flaky], None]


@pytest.mark.parametrize("second", [a_file, the_catalogue])
@pytest.mark.parametrize("first", [a_file, the_catalogue])
def test_after_the_second_failed_sync_nothing_is_written_and_all_can_be_read(
    tmp_path: Path, first: Harm, second: Harm
) -> None:
    """One sentence for every write, of articles and of the queue; another program says it too, until this one ends."""
    files = Flaky()
    with flaky_logs(), opened(tmp_path, files) as archive:
        assert visit(archive, "A")
        first(archive, files)
        assert visit(archive, "B", at=START)
        assert limits.shortage(tmp_path, 0, START) is None
        second(archive, files)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*.gz")}
        for write in (
            lambda: archive.capture(page()),
            lambda: visit(archive, "C"),
            archive.check_writable,
            lambda: archive.frontier.source_done(SourceState("https://x.example/f", "x.example")),
        ):
            with pytest.raises(ArchiveReadOnly, match=r"failed twice.*start the program again"):
                write()
        assert {path: path.read_bytes() for path in tmp_path.rglob("*.gz")} == before
        assert texts(archive) == ["A", "B"]
        short = limits.shortage(tmp_path, 0, START)
        assert short
        assert (short.word, "start the program again" in short.why) == ("archive-read-only", True)
    assert limits.shortage(tmp_path, 0, START) is None
    with opened(tmp_path) as archive:
        assert visit(archive, "C")
        assert texts(archive) == ["A", "B", "C"]
    assert findings(tmp_path) == []


def test_a_descriptor_whose_sync_failed_is_never_synced_again(tmp_path: Path) -> None:
    """S5: whichever sync of a visit it is: that file is done with, and nothing of it was acknowledged."""
    with opened(tmp_path, counted := Flaky()) as archive:
        begun = len(counted.asked)
        visit(archive, "A")
    tried = 0
    for at in range(len(counted.asked) - begun):
        root, files = tmp_path / str(at), Flaky()
        with opened(root, files) as archive:
            begun = len(files.asked)
            files.fsync = _failing_at(files, begun + at)  # type: ignore[method-assign,assignment]  # one of its syncs
            try:
                visit(archive, "A")
            except ArchiveUnwritable:
                tried += 1
            after = len(files.asked)
            assert visit(archive, "B")
            again = [inode for inode in files.asked[after:] if inode in files.failed and _is_file(root, inode)]
            assert again == []
        assert findings(root) == []
    assert tried > 5


def _failing_at(files: Flaky, at: int) -> Callable[[int], None]:
    def fsync(fd: int) -> None:
        files.left = int(len(files.asked) == at)
        Flaky.fsync(files, fd)

    return fsync


def _is_file(root: Path, inode: int) -> bool:
    """Whether it is a file that is still there: folders have no data that could be lost."""
    return any(path.stat().st_ino == inode and path.is_file() for path in root.rglob("*"))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT], ids=["full", "quota"])
def test_a_disk_without_room_is_believed(tmp_path: Path, error: int) -> None:
    """I8: it told the truth, however often; there is room again, and work goes on."""
    files = Flaky(error)
    with opened(tmp_path, files) as archive:
        for _ in range(5):
            files.left = 1
            with pytest.raises(ArchiveUnwritable):
                archive.capture(page())
        assert visit(archive, "A")
    assert findings(tmp_path) == []
