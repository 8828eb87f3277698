"""Which machine may write an archive: a lease in `.run/`, for a folder that machines share unknown to their kernels.

    none, or one that was let go of → take it        of this machine → join it: flock(2) is the truth there
    of another machine → watch it → it beats: refuse · it does not for WATCH seconds: take it over

**Who is a machine.** One boot of one kernel, by its boot id: whoever runs under one kernel sees the same locks, in
whatever container or PID namespace, and a clone of a virtual machine, which has the same /etc/machine-id, boots for
itself. So the lease of the same machine before a reboot is that of another; if that boot did not let go of it, it is
watched once. Where there is no boot id (not Linux), machine-id and host name together are the next best.

**Who is alive.** Whose lease *changes* while it is watched, by the watcher's own clock that nobody sets. The clocks of
two machines are never compared. Every process that has the archive open for writing beats, each BEAT seconds.

**Who gets it.** Moving a file away succeeds for one only, and so does making one that is not there. What turns out not
to be the lease that was watched is put back.

**Who stood still** finds another machine's lease before the next write, and writes no more (`check`). What is left is
the window between that look and the end of that one write: files cannot be told to refuse a writer. A lease is never
removed but marked as free, so that one who stood still also sees that somebody else has come and gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from scraper.errors import ArchiveBusy, ArchiveTaken
from scraper.store.files import unwritable
from scraper.store.locks import Lock
from scraper.store.stamps import now, stamp

NAME: Final = "lease"
BEAT = 5.0  # seconds
WATCH = 20.0  # seconds: three beats may be late, or be seen late by a file system that remembers for a while
POLL = 0.25  # seconds between two looks of whoever watches
PATIENCE: Final = 60.0  # seconds to wait for another process of this machine that takes it or lets go of it
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
MACHINE_ID: Final = Path("/etc/machine-id")
_SIZE: Final = 256  # bytes: what a lease says is written over in one piece
_PLAIN: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Holder:
    """What a lease says: the machine, what it calls itself, since when it has the archive, its last heartbeat (both by
    its own clock), and whether it still `held` it then."""

    machine: str
    host: str
    since: str
    beat: str
    held: bool

    @classmethod
    def of(cls, data: bytes) -> Holder:
        """Whatever is written there; what makes no sense is held by a machine that nobody knows."""
        found = dict(re.findall(r"^(\w+) (\S.*?) *$", data.decode("ascii", "replace"), re.MULTILINE))
        host, since, beat = (found.get(key, "unknown") for key in ("host", "since", "beat"))
        return cls(found.get("machine", ""), host, since, beat.partition(" ")[0], found.get("state") != "free")


@cache
def machine() -> str:
    """The name of this machine for as long as it runs: 32 hex digits that tell nothing of it."""
    known = _line(BOOT_ID) or f"{_line(MACHINE_ID)} {os.uname().nodename}"
    return hashlib.sha256(f"scraper {known}".encode()).hexdigest()[:32]


def elsewhere(run_dir: Path) -> Holder | None:
    """The machine that has a lease on the archive, if it is another one; whether it is alive is not asked."""
    try:
        data = _read(run_dir / NAME)
    except OSError:
        return None
    holder = Holder.of(data) if data is not None else None
    return holder if holder and holder.held and holder.machine != machine() else None


class Lease:
    """This machine's lease on one archive, as one process has part in it. Calls may come from any thread."""

    def __init__(self, run_dir: Path, name: str | None = None) -> None:
        self.path = run_dir / NAME
        self.machine = name or machine()
        self._lock = Lock(run_dir / f"{NAME}.lock")  # shared by all processes of this machine that have part in it
        self._ended = threading.Event()
        self._beating: threading.Thread | None = None

    def take(self) -> str | None:
        """Have part in the lease until `close`; whose was taken over, as a sentence for the log, if one was.

        Raises ArchiveBusy if another machine has it, ArchiveUnwritable.
        """
        self._lock.share("the lease of this machine is being let go of", PATIENCE)
        try:
            with unwritable(self.path):
                said = self._won()
        except BaseException:
            self._lock.close()
            raise
        self._ended.clear()
        self._beating = threading.Thread(target=_keep, args=(weakref.ref(self), self._ended), daemon=True)
        self._beating.start()
        return said

    def check(self) -> None:
        """Raises ArchiveTaken if another machine has taken the lease, or had it meanwhile. For before each write."""
        if self._beating is None:
            return
        with unwritable(self.path):
            data = _read(self.path)
            if data is None and not self._made_again():
                data = _read(self.path)
        if data is not None and not self._is_mine(data):
            raise ArchiveTaken(self.path.parent.parent, _taken(Holder.of(data)))

    def close(self) -> None:
        """Have no more part in it; who is the last of this machine marks it as free."""
        if self._beating is None:
            return
        self._ended.set()
        self._beating.join()
        self._beating = None
        with contextlib.suppress(OSError):
            if self._lock.is_last():
                self._say("free")
        self._lock.close()

    def beat(self) -> None:
        """Show that this machine is alive. That another has the lease by now, or the disk is gone, `check` says."""
        with contextlib.suppress(OSError):
            self._say("held")

    # ------------------------------------------------------------------------------------------ taking it

    def _won(self) -> str | None:
        said = None
        while True:
            data = _read(self.path)
            if data is None:
                if self._made():
                    return said
            elif self._is_mine(data):
                if self._say("held"):
                    return said
            elif not Holder.of(data).held:
                self._moved_away(data)
            elif self._stands_still(data) and self._moved_away(data):
                said = f"the lease of {Holder.of(data).host} stood still for {WATCH:.0f} seconds, and was taken over"

    def _stands_still(self, data: bytes) -> bool:
        """Watch a lease; whether it never changed. Raises ArchiveBusy if it did, and is not to be had.

        Time in which the watcher itself stood still, or a disk that both share, does not count.
        """
        watched, last = 0.0, time.monotonic()
        while True:
            seen = _read(self.path)
            if seen != data:
                holder = Holder.of(seen) if seen else None
                if holder and holder.held and holder.machine != self.machine:
                    raise ArchiveBusy(self.path.parent.parent, _alive(holder))
                return False
            if watched >= WATCH:
                return True
            time.sleep(POLL)
            watched, last = watched + min(time.monotonic() - last, 2 * POLL), time.monotonic()

    def _moved_away(self, data: bytes) -> bool:
        """Move the lease away that says `data`: whoever else wants to finds none. Another one is put back."""
        aside = self.path.with_name(f".{NAME}-{secrets.token_hex(8)}")
        try:
            self.path.rename(aside)
        except FileNotFoundError:
            return False
        found = _read(aside)
        if found != data:
            self._made(found)
        if aside.is_dir() and not aside.is_symlink():
            aside.rmdir()
        else:
            aside.unlink(missing_ok=True)
        return found == data

    def _made(self, data: bytes | None = None) -> bool:
        """Make a lease where there is none; whether nobody was quicker."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o600)
        except FileExistsError:
            return False
        try:
            os.write(fd, self._text("held") if data is None else data)
        finally:
            os.close(fd)
        return True

    def _made_again(self) -> bool:
        """Somebody removed it under us. Not where the whole archive is gone: that would be the bare folder below."""
        return not self.path.parent.is_dir() or self._made()

    # ------------------------------------------------------------------------------------------ what it says

    def _say(self, state: str) -> bool:
        """Write over this machine's own lease; whether it was there. What another has put in its place is another file,
        also if this process stands still between two steps here."""
        try:
            fd = os.open(self.path, os.O_RDWR | _PLAIN)
        except FileNotFoundError:
            return False
        try:
            data = os.read(fd, _SIZE)
            if not self._is_mine(data):
                return False
            os.pwrite(fd, self._text(state, Holder.of(data)), 0)
        finally:
            os.close(fd)  # a file system that keeps writes back sends them now
        return True

    def _text(self, state: str, before: Holder | None = None) -> bytes:
        at = stamp(now().replace(microsecond=0))
        since = before.since if before and before.held else at
        host = re.sub(r"[^\w.-]", "", os.uname().nodename, flags=re.ASCII)[:64] or "unknown"
        # The machine comes first: whoever reads while this is written over finds it there all the same.
        lines = (f"machine {self.machine}", f"state {state}", f"host {host}", f"since {since}",
                 f"beat {at} {secrets.token_hex(4)}")  # fmt: skip
        return "\n".join(lines).encode("ascii").ljust(_SIZE - 1) + b"\n"

    def _is_mine(self, data: bytes) -> bool:
        return data.startswith(f"machine {self.machine}\n".encode("ascii"))


@contextlib.contextmanager
def leased(run_dir: Path) -> Iterator[Lease]:
    """Have part in this machine's lease within the `with` block. Raises ArchiveBusy if another machine has it."""
    lease = Lease(run_dir)
    lease.take()
    try:
        yield lease
    finally:
        lease.close()


def _keep(of: weakref.ref[Lease], ended: threading.Event) -> None:
    """Beat until the lease is closed, or nobody knows it any more."""
    while not ended.wait(BEAT):
        lease = of()
        if lease is None:
            return
        lease.beat()
        del lease


def _read(path: Path) -> bytes | None:
    """What is written there; None if nothing is there. A folder, a link or a pipe says nothing. It is opened anew each
    time: that is when file systems that remember look again."""
    try:
        fd = os.open(path, os.O_RDONLY | _PLAIN)
    except FileNotFoundError:
        return None
    except OSError:
        if path.is_symlink():
            return b""
        raise
    try:
        return os.read(fd, _SIZE)
    except (IsADirectoryError, BlockingIOError):
        return b""
    finally:
        os.close(fd)


def _line(path: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_bytes().decode("ascii").strip()
    return ""


def _alive(holder: Holder) -> str:
    return (
        f"is written by another machine, {holder.host}, since {holder.since}: its lease was seen beating, last at "
        f"{holder.beat} by its clock; do this on that machine, or stop what runs there first. Reading works here"
    )


def _taken(holder: Holder) -> str:
    then = "choose one of the two machines to write" if holder.held else "it has let go of it since: start again here"
    return (
        f"was taken over by another machine, {holder.host}, at {holder.since} by its clock, while this process stood "
        f"still or its disk was away. Nothing more is written here, and nothing that was stored is lost; {then}"
    )
