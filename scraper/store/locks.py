"""Locks between processes, kept by the kernel: one that dies lets go of them, however it dies.

They lie in `<archive>/.run/`, which is no part of the archive and may be deleted while nothing runs. flock(2).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from scraper.errors import ArchiveBusy, ArchiveUnwritable
from scraper.store.files import unwritable

_NOTE = 256  # bytes: a note is written in one piece


class Lock:
    """One lock file. Threads of one process exclude each other as processes do. The holder may leave a short note,
    which the next one reads: a hint, never the truth, since nothing makes it durable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        self._fd: int | None = None

    @contextlib.contextmanager
    def held(self, wait: float, what: str) -> Iterator[None]:
        """Hold the lock. Raises ArchiveBusy, with `what` is going on and who holds it, after `wait` seconds."""
        until = time.monotonic() + wait
        if not self._mutex.acquire(timeout=max(0.0, wait)):
            raise ArchiveBusy(self.path, f"{what}: another thread holds the archive; try again")
        try:
            self._take(fcntl.LOCK_EX, until, what)
            try:
                yield
            finally:
                if self._fd is not None:
                    fcntl.flock(self._fd, fcntl.LOCK_UN)
        finally:
            self._mutex.release()

    def share(self, what: str, wait: float = 0.0) -> None:
        """Hold the lock together with others, until `close`. Raises ArchiveBusy if somebody holds it alone.

        Where lock files cannot be written (a read-only file system), one that is there is used, else none.
        """
        try:
            self._opened()
        except ArchiveUnwritable:
            try:
                self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except OSError:
                return
        self._take(fcntl.LOCK_SH, time.monotonic() + wait, what)

    def claim(self, what: str, note: bytes = b"") -> None:
        """Hold the lock alone until `close`, and leave a note. Raises ArchiveBusy at once if somebody else does."""
        self._take(fcntl.LOCK_EX, time.monotonic(), what)
        self.note(note)

    def is_last(self) -> bool:
        """Whether nobody else shares a lock that was held together with others; from then on it is held alone."""
        if self._fd is None:
            return False
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextlib.contextmanager
    def claimed(self) -> Iterator[bool]:
        """Whether the lock could be had alone at once; it is let go of again at the end."""
        try:
            self.claim("", b"")
        except ArchiveBusy:
            yield False
        else:
            yield True
        finally:
            self.close()

    def _take(self, how: int, until: float, what: str) -> None:
        pause = 0.0005
        while True:
            fd = self._opened()
            try:
                fcntl.flock(fd, how | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                if time.monotonic() >= until:
                    raise ArchiveBusy(self.path, f"{what}{_by(self.noted())}; wait for it or stop it") from exc
                time.sleep(pause)
                pause = min(2 * pause, 0.02)
                continue
            if _is_at(fd, self.path):
                return
            self.close()  # somebody removed the file: a lock on what nobody can find excludes nobody

    def _opened(self) -> int:
        if self._fd is None:
            with unwritable(self.path):
                self.path.parent.mkdir(mode=0o700, exist_ok=True)
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
                self._fd = os.open(self.path, flags, 0o600)
        return self._fd

    def note(self, text: bytes) -> None:
        """Leave a note for whoever comes next."""
        if self._fd is not None:
            os.pwrite(self._fd, text[:_NOTE].ljust(_NOTE) if text else b" " * _NOTE, 0)

    def noted(self) -> bytes:
        """The note that was left, or nothing."""
        return os.pread(self._fd, _NOTE, 0).strip() if self._fd is not None else b""

    def close(self) -> None:
        """Let go."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _by(note: bytes) -> str:
    return f" ({note.decode('ascii', 'replace')})" if note else ""


def _is_at(fd: int, path: Path) -> bool:
    try:
        mine, there = os.fstat(fd), path.stat()
    except FileNotFoundError:
        return False
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)


@contextlib.contextmanager
def hold_roles(run_dir: Path, roles: Iterable[str]) -> Iterator[None]:
    """Hold the daemon's lock of each of its roles. Raises ArchiveBusy, naming the process that has one of them."""
    with contextlib.ExitStack() as stack:
        for role in sorted(roles):
            lock = Lock(run_dir / f"daemon-{role}.lock")
            stack.callback(lock.close)
            lock.claim(f"a daemon already runs on this archive as {role}", f"process {os.getpid()}".encode())
        yield


def roles_held(run_dir: Path) -> dict[str, str]:
    """The roles that daemons have on an archive now, each with what its daemon says of itself (`process 123`)."""
    return {role: process for role, (process, _) in roles_since(run_dir).items()}


def roles_since(run_dir: Path) -> dict[str, tuple[str, datetime]]:
    """The same with when each role was taken: its note was written then."""
    found = {}
    for path in sorted(run_dir.glob("daemon-*.lock")):
        with quiet(path) as nobody:
            if not nobody:
                with contextlib.suppress(OSError):
                    process = path.read_text(encoding="ascii", errors="replace").strip()
                    since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    found[path.stem.removeprefix("daemon-")] = process, since
    return found


class Word:
    """A lock that says something of the process that holds it, to whoever looks, until that process ends."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock(path)

    def say(self) -> None:
        """From now on; nothing if another process says so already, or if it cannot be said here."""
        with contextlib.suppress(ArchiveBusy, ArchiveUnwritable, OSError):
            self._lock.claim("", f"process {os.getpid()}".encode())

    def close(self) -> None:
        """No more."""
        self._lock.close()


def said(path: Path) -> bool:
    """Whether a process says the word at `path` now."""
    with quiet(path) as nobody:
        return not nobody


@contextlib.contextmanager
def quiet(path: Path) -> Iterator[bool]:
    """Whether nobody holds the lock at `path`; if so, nobody gets it within the `with` block. Makes no file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        yield True
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(fd)
