"""The only place where files of the archive are opened for writing, written, synced, linked, renamed and removed.

`Files` is a seam: its primitives can be replaced one by one, so that tests can fail, kill or forget any single step.
Nothing here overwrites: a name that is taken stays as it is. A failed fsync is final for its descriptor, because a
second one may report success for data that the kernel has already dropped.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from scraper.errors import ArchiveDamaged, ArchiveUnwritable
from scraper.store.trust import Trust

_WHY = {
    errno.ENOSPC: "the disk is full; free some space, nothing that was stored is lost",
    errno.EDQUOT: "the disk quota is used up; free some space, nothing that was stored is lost",
    errno.EROFS: "the file system is read-only; mount it writable, nothing that was stored is lost",
    errno.EACCES: "permission to write is refused; run as the owner of the archive or restore its permissions",
    errno.EPERM: "permission to write is refused; run as the owner of the archive or restore its permissions",
    errno.EIO: "the disk reports an error; what was being written is not counted as stored, check the disk",
}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


@contextlib.contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Say what keeps `path` from being written as ArchiveUnwritable; an OSError never leaves the store."""
    try:
        yield
    except OSError as exc:
        why = _WHY.get(exc.errno or 0, f"cannot be written ({exc.strerror or exc}); check the disk and its permissions")
        raise ArchiveUnwritable(path, why) from exc


class Files:
    """How the archive touches the disk. All methods raise OSError; `read` raises ArchiveDamaged."""

    # ------------------------------------------------------------------------------------------ primitives

    def open(self, path: Path, flags: int) -> int:
        """A descriptor that no child process inherits; a symbolic link in the last place is refused, and a pipe is
        never waited for."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)

    def write(self, fd: int, data: memoryview) -> int:
        """Write some of `data`; how much."""
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        """Have the disk confirm all that was written to `fd`."""
        os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file at `size`."""
        os.ftruncate(fd, size)

    def link(self, old: Path, new: Path) -> None:
        """Give a file a further name. Raises FileExistsError if it is taken."""
        os.link(old, new)

    def rename(self, old: Path, new: Path) -> None:
        """Rename; `new` is replaced if it is there, so callers look first."""
        os.rename(old, new)  # noqa: PTH104  # beside os.link and os.open this is the plain word for it

    def unlink(self, path: Path) -> None:
        """Remove a name."""
        os.unlink(path)  # noqa: PTH108  # as above

    def mkdir(self, path: Path, mode: int = 0o777) -> None:
        """Make one folder."""
        os.mkdir(path, mode)  # noqa: PTH102  # as above

    # ------------------------------------------------------------------------------------------ made of them

    @cached_property
    def trust(self) -> Trust:
        """Whether what the disk confirms can be believed."""
        return Trust()

    def sync(self, fd: int) -> None:
        """`fsync` of something that must last; one that fails is remembered."""
        with self.trust.watching():
            self.fsync(fd)

    def write_all(self, fd: int, data: bytes) -> None:
        """Write all of `data`, in as many steps as the system takes."""
        view = memoryview(data)
        while view:
            view = view[self.write(fd, view) :]

    def stage(self, path: Path, data: bytes) -> Path:
        """Write `data`, durably, under the temporary name that belongs to `path`; that name."""
        temporary = staged(path)
        fd = self.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            self.write_all(fd, data)
            self.sync(fd)
        finally:
            os.close(fd)
        return temporary

    def publish(self, path: Path) -> None:
        """Give what was staged its name. Raises FileExistsError rather than overwrite. `sync_folder` makes it last."""
        temporary = staged(path)
        try:
            self.link(temporary, path)
        except OSError as exc:
            if exc.errno not in _NO_LINKS:
                raise
            # No hard links on this file system. All writers hold the archive's lock, so looking first is enough.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from exc
            self.rename(temporary, path)
            return
        self.unlink(temporary)

    def create(self, path: Path, data: bytes) -> None:
        """A new file with `data`: whole and durable under its name, or not there. Raises FileExistsError."""
        self.stage(path, data)
        self.publish(path)
        self.sync_folder(path.parent)

    def sync_folder(self, folder: Path) -> None:
        """Have the disk confirm the names in `folder`."""
        fd = self.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sync(fd)
        finally:
            os.close(fd)

    def make_folder(self, folder: Path, mode: int = 0o777) -> None:
        """Make `folder` and what is missing above it, durably."""
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            self.mkdir(folder, mode)
        self.sync_folder(folder.parent)

    def sync_up(self, folder: Path, root: Path) -> None:
        """Have the disk confirm `folder` and all above it, up to `root`: somebody may have made them and died before
        they were sure to stay."""
        for each in (folder, *folder.parents):
            self.sync_folder(each)
            if each == root:
                return

    def move(self, old: Path, new: Path) -> None:
        """Move a file to a free name, durably. Raises FileExistsError."""
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        self.rename(old, new)
        self.sync_folder(new.parent)
        self.sync_folder(old.parent)


def staged(path: Path) -> Path:
    """The temporary name that belongs to `path`: hidden, and found again after a crash."""
    return path.with_name(f".{path.name}.part")


def read(path: Path, limit: int = 64 << 20) -> bytes:
    """All bytes of a regular file of at most `limit` bytes; never follows a link, never waits for a pipe.

    Raises ArchiveDamaged.
    """
    with opened(path) as fd:
        size = os.fstat(fd).st_size
        if size > limit:
            raise ArchiveDamaged(path, f"is {size} bytes long, which nothing here may be; restore it from a backup")
        # A file object would set aside `limit` bytes for each of the many small files.
        pieces, left = list[bytes](), limit
        while piece := os.read(fd, min(size + 1, left)):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor to read a regular file by. Raises ArchiveDamaged if `path` is not one, is not there, or if the disk
    fails while it is read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as exc:
        what = "is missing" if exc.errno == errno.ENOENT else f"cannot be opened ({exc.strerror})"
        raise ArchiveDamaged(path, f"{what}; restore it from a backup") from exc
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ArchiveDamaged(path, "is not a regular file; restore it from a backup")
        yield fd
    except OSError as exc:
        raise ArchiveDamaged(path, f"cannot be read ({exc.strerror}); restore it from a backup") from exc
    finally:
        os.close(fd)
