"""A record of everything an archive does to its disk, SQLite's files among it, and what the disk may hold after a cut.

    Files, SQLite's VFS → Tape: every operation in order, with its bytes
    killed(n)           all that was done up to operation n: the process dies, the machine does not
    cuts(n)             what was synced by then, and any part of the rest: the power fails

After *All File Systems Are Not Created Equal* (Pillai and others, OSDI 2014): names may reach the disk before data,
data before names, each operation without those around it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import apsw

from scraper.store.files import Files

NOTE = ".run/write.lock"
Fault = Literal["full", "broken", "read-only", "interrupted", "short"]
ERRORS: dict[Fault, int] = {
    "full": errno.ENOSPC,
    "broken": errno.EIO,
    "read-only": errno.EROFS,
    "interrupted": errno.EINTR,
}


class Op(NamedTuple):
    """One operation. `at` is a path relative to the root or the number of a file; `rest` what it needs besides."""

    kind: Literal["make", "write", "cut", "sync", "link", "rename", "drop", "mkdir", "syncdir"]
    at: str | int
    rest: tuple[object, ...] = ()

    @property
    def is_sync(self) -> bool:
        return self.kind in {"sync", "syncdir"}


@dataclass
class World:
    """A disk: names, what is in each file, folders."""

    names: dict[str, int] = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: Path) -> World:
        """What lies at `root` now, all of it synced."""
        found = cls()
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if name.startswith(".run") or name.endswith("-shm"):
                continue
            if path.is_dir():
                found.folders.add(name)
            else:
                found.names[name] = len(found.names)
                found.contents[found.names[name]] = path.read_bytes()
        return found

    def copy(self) -> World:
        return World(dict(self.names), dict(self.contents), set(self.folders))

    def apply(self, op: Op, part: float = 1.0) -> None:
        """Do `op`; of a write only the first `part`."""
        match op:
            case Op("make" | "link", str(at), (int(number),)):
                self.names[at] = number
                self.contents.setdefault(number, b"")
            case Op("write", int(at), (int(offset), bytes(data))):
                was, data = self.contents.get(at, b""), data[: int(len(data) * part)]
                self.contents[at] = was[:offset].ljust(offset, b"\0") + data + was[offset + len(data) :]
            case Op("cut", int(at), (int(size),)):
                self.contents[at] = self.contents.get(at, b"")[:size].ljust(size, b"\0")
            case Op("rename", str(at), (str(new), int(number))):
                self.names.pop(at, None)
                self.names[new] = number
                self.contents.setdefault(number, b"")
            case Op("drop", str(at)):
                self.names.pop(at, None)
            case Op("mkdir", str(at)):
                self.folders.add(at)

    def key(self) -> int:
        """Equal for equal disks."""
        there = {name: self.contents[number] for name, number in self.names.items() if self._is_there(name)}
        return hash((frozenset(there.items()), frozenset(self.folders)))

    def _is_there(self, name: str) -> bool:
        above = name.rpartition("/")[0]
        return not above or (above in self.folders and self._is_there(above))

    def write_to(self, root: Path, note: bytes | None) -> Path:
        """Make it real at `root`, which is empty."""
        for folder in sorted(self.folders):
            if self._is_there(folder):
                (root / folder).mkdir(parents=True, mode=0o700 if folder == "quarantine" else 0o777)
        numbers: dict[int, Path] = {}
        for name, number in sorted(self.names.items()):
            if not self._is_there(name):
                continue
            if number in numbers:
                (root / name).hardlink_to(numbers[number])
            else:
                (root / name).write_bytes(self.contents[number])
                numbers[number] = root / name
        if note is not None:
            (root / ".run").mkdir(mode=0o700)
            (root / NOTE).write_bytes(note)
        return root


class State(NamedTuple):
    """A disk after a fault: after how many operations, what it is called in the report, what it holds, and the note in
    the lock file."""

    after: int
    name: str
    world: World
    note: bytes | None


class Tape(Files):
    """Does everything as always, and writes it down. With a `fault` the operation `fail_at` (from 1) fails, and if it
    `lasts` all after it, until `fail_at` is 0 again. Use `recording` to have SQLite's files on it too."""

    def __init__(self, root: Path, before: World | None = None, ops: Iterable[Op] = ()) -> None:
        self.root = root
        self.base = before or World.of(root)
        self.ops: list[Op] = list(ops)
        self.notes: list[bytes | None] = [None] * len(self.ops)
        self.began = len(self.ops)
        self.acks: list[tuple[int, object]] = []
        self.fail_at = 0
        self.fault: Fault = "broken"
        self.lasts = False
        self.failed: list[str] = []
        self.tried = 0
        self._now = self.base.copy()
        for op in self.ops:
            self._now.apply(op)
        self._fresh = max([0, *self._now.contents, *self._now.names.values()])
        self._fds: dict[int, int | str] = {}

    # ------------------------------------------------------------------------------------------ writing it down

    def name(self, path: Path | str) -> str:
        return Path(path).relative_to(self.root).as_posix() if Path(path) != self.root.parent else ".."

    def number(self, path: Path | str) -> int:
        """Of the file at `path`; one that nobody made here is new."""
        name = self.name(path)
        if name not in self._now.names:
            self._fresh += 1
            self.put(Op("make", name, (self._fresh,)))
        return self._now.names[name]

    def put(self, op: Op) -> None:
        self._now.apply(op)
        self.ops.append(op)
        place = self.root / NOTE
        self.notes.append(place.read_bytes() if place.exists() else None)

    def trip(self, what: str) -> Fault | None:
        """Count an operation that is about to be done; how it fails, if it does."""
        self.tried += 1
        if not self.fail_at or self.tried < self.fail_at or (self.tried > self.fail_at and not self.lasts):
            return None
        self.failed.append(what)
        return self.fault

    def _may_fail(self, what: str) -> None:
        fault = self.trip(what)
        if fault in ERRORS:
            raise OSError(ERRORS[fault], os.strerror(ERRORS[fault]))

    # ------------------------------------------------------------------------------------------ Files

    def open(self, path: Path, flags: int) -> int:
        writes = flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
        if writes:
            self._may_fail(f"open {path.name}")
        fresh = not os.path.lexists(path)
        fd = super().open(path, flags)
        self._fds[fd] = self.name(path) if path.is_dir() else self.number(path)
        if flags & os.O_TRUNC and not fresh:
            self.put(Op("cut", self._fds[fd], (0,)))
        return fd

    def write(self, fd: int, data: memoryview) -> int:
        fault = self.trip("write")
        if fault == "short":
            data = data[: max(1, len(data) // 2)]
        elif fault == "full":
            self._written(fd, data[: len(data) // 2])
        if fault in ERRORS:
            raise OSError(ERRORS[fault], os.strerror(ERRORS[fault]))
        return self._written(fd, data)

    def _written(self, fd: int, data: memoryview) -> int:
        before = os.fstat(fd).st_size
        count = os.write(fd, data)
        offset = os.lseek(fd, 0, os.SEEK_CUR) - count if before != os.fstat(fd).st_size - count else before
        self.put(Op("write", self._fds[fd], (offset, bytes(data[:count]))))
        return count

    def fsync(self, fd: int) -> None:
        self._may_fail("fsync")
        super().fsync(fd)
        at = self._fds[fd]
        self.put(Op("syncdir", at) if isinstance(at, str) else Op("sync", at))

    def truncate(self, fd: int, size: int) -> None:
        self._may_fail("truncate")
        super().truncate(fd, size)
        self.put(Op("cut", self._fds[fd], (size,)))

    def link(self, old: Path, new: Path) -> None:
        self._may_fail(f"link {new.name}")
        super().link(old, new)
        self.put(Op("link", self.name(new), (self.number(old),)))

    def rename(self, old: Path, new: Path) -> None:
        self._may_fail(f"rename {new.name}")
        super().rename(old, new)
        if self.name(old) in self._now.names:  # the index of a log is in memory, and no power cut keeps it
            self.put(Op("rename", self.name(old), (self.name(new), self._now.names[self.name(old)])))

    def unlink(self, path: Path) -> None:
        self._may_fail(f"unlink {path.name}")
        super().unlink(path)
        self.put(Op("drop", self.name(path)))

    def mkdir(self, path: Path, mode: int = 0o777) -> None:
        self._may_fail(f"mkdir {path.name}")
        super().mkdir(path, mode)
        if path != self.root:
            self.put(Op("mkdir", self.name(path)))

    # ------------------------------------------------------------------------------------------ what may be left

    def killed(self) -> Iterator[State]:
        """The disk after every operation, and in the middle of every write; before the first one too."""
        for count, world in self._worlds():
            yield State(count, f"killed after {count}", world.copy(), self._note(count))
            if count < len(self.ops) and self.ops[count].kind == "write":
                half = world.copy()
                half.apply(self.ops[count], 0.5)
                yield State(count, f"killed in the middle of {count + 1}", half, self._note(count))

    def _worlds(self) -> Iterator[tuple[int, World]]:
        world = self.base.copy()
        for op in self.ops[: self.began]:
            world.apply(op)
        yield self.began, world
        for count in range(self.began, len(self.ops)):
            world.apply(self.ops[count])
            yield count + 1, world

    def _note(self, count: int) -> bytes | None:
        return self.notes[count - 1] if count else None

    def moments(self) -> range:
        """Every number of operations after which something may happen."""
        return range(self.began, len(self.ops) + 1)

    def unsynced(self, count: int) -> list[int]:
        """The operations up to `count` that the disk has not promised to keep."""
        open_, synced_files, synced_folders = [], set[int](), set[str]()
        for at in range(count - 1, -1, -1):
            op = self.ops[at]
            if op.kind == "sync":
                synced_files.add(op.at)  # type: ignore[arg-type]  # a sync is of a file
            elif op.kind == "syncdir":
                synced_folders.add(op.at)  # type: ignore[arg-type]  # and a syncdir of a folder
            elif not self._is_synced(op, synced_files, synced_folders):
                open_.append(at)
        return open_[::-1]

    def _is_synced(self, op: Op, files: set[int], folders: set[str]) -> bool:
        if isinstance(op.at, int):
            return op.at in files
        if op.kind == "rename":
            return {_above(op.at), _above(str(op.rest[0]))} <= folders
        # SQLite syncs the folder of a log together with the log.
        by_sqlite = op.kind == "make" and op.at.endswith("-wal") and op.rest[0] in files
        return _above(op.at) in folders or by_sqlite

    def cuts(self, count: int, chance: random.Random, more: int = 0) -> Iterator[State]:
        """What the disk may hold if the power fails after `count` operations: nothing unsynced, all of it, names or
        contents only, each unsynced operation alone or all but it, the last writes half or as zeros, and `more` by
        chance."""
        loose = self.unsynced(count)
        names = {at for at in loose if isinstance(self.ops[at].at, str)}
        data = set(loose) - names
        choices: dict[str, set[int]] = {"nothing": set(), "everything": set(loose), "names": names, "data": data}
        choices |= {f"only {at + 1}": {at} for at in loose} | {f"all but {at + 1}": set(loose) - {at} for at in loose}
        choices |= {f"by chance {n}": {at for at in loose if chance.random() < 0.5} for n in range(more)}
        note = self._note(count)
        for name, kept in choices.items():
            world = self._built(count, set(loose) - kept)
            yield State(count, f"cut after {count}, kept {name}", world, note if chance.random() < 0.5 else None)
        for at in [at for at in loose if self.ops[at].kind == "write"][-3:]:
            yield State(count, f"cut after {count}, {at + 1} half", self._built(count, set(), {at: 0.5}), None)
            yield State(count, f"cut after {count}, {at + 1} zeros", self._built(count, set(), {}, {at}), None)

    def _built(
        self, count: int, lost: set[int], parts: dict[int, float] | None = None, zeros: Iterable[int] = ()
    ) -> World:
        world, zeroed = self.base.copy(), set(zeros)
        for at, op in enumerate(self.ops[:count]):
            if at in zeroed:
                offset, data = op.rest
                world.apply(Op("write", op.at, (offset, bytes(len(data)))))  # type: ignore[arg-type]  # of a write
            elif at not in lost:
                world.apply(op, (parts or {}).get(at, 1.0))
        return world

    def acknowledged(self, count: int) -> list[object]:
        """What somebody was told is stored, before operation `count + 1` began."""
        return [what for at, what in self.acks if at <= count]

    def continued(self, root: Path, count: int) -> Tape:
        """A tape of who comes after the process that was killed after `count` operations, at `root`. What was not
        synced then is not synced now, and what was acknowledged holds."""
        after = Tape(root, self.base, self.ops[:count])
        after.notes = self.notes[:count]
        after.acks = [(at, what) for at, what in self.acks if at <= count]
        return after

    def acknowledge(self, what: object) -> None:
        self.acks.append((len(self.ops), what))


def _above(path: str) -> str:
    return path.rpartition("/")[0] or "."


# ------------------------------------------------------------------------------------------------ SQLite


class _Shim(apsw.VFS):
    """SQLite's way to the disk, past a tape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        super().__init__("tape", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # its name
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        file = _File(self.tape, path, name, flags)
        if path and flags[0] & apsw.SQLITE_OPEN_CREATE and Path(path).is_relative_to(self.tape.root):
            self.tape.number(path)
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  # as above
        if self.tape.trip(f"delete {Path(filename).name}"):
            raise apsw.IOError
        if not os.path.lexists(filename):
            return  # SQLite does not mind
        super().xDelete(filename, syncdir)
        self.tape.put(Op("drop", self.tape.name(filename)))
        if syncdir:
            self.tape.put(Op("syncdir", _above(self.tape.name(filename))))


class _File(apsw.VFSFile):
    """One of its files. What is not in the archive (temporary files) is not recorded."""

    def __init__(self, tape: Tape, path: str | None, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.tape = tape
        self.path = path if path and Path(path).is_relative_to(tape.root) else None
        super().__init__("unix", name, flags)

    def _fail(self, what: str) -> bool:
        fault = self.tape.trip(what) if self.path else None
        if fault == "full":
            raise apsw.FullError
        if fault in {"broken", "read-only"}:
            raise apsw.IOError
        return fault == "short"

    def xLock(self, level: int) -> None:  # noqa: N802  # the name in the base class
        try:
            super().xLock(level)
        except apsw.IOError as exc:
            raise apsw.BusyError from exc  # a file that was opened to be read: SQLite does not mind, apsw would

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # the name in the base class
        self._fail("sqlite write")
        super().xWrite(data, offset)
        if self.path:
            self.tape.put(Op("write", self.tape.number(self.path), (offset, bytes(data))))

    def xSync(self, flags: int) -> None:  # noqa: N802  # as above
        self._fail("sqlite sync")
        super().xSync(flags)
        if self.path:
            self.tape.put(Op("sync", self.tape.number(self.path)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # as above
        self._fail("sqlite truncate")
        super().xTruncate(newsize)
        if self.path:
            self.tape.put(Op("cut", self.tape.number(self.path), (newsize,)))


@contextlib.contextmanager
def recording(tape: Tape) -> Iterator[Tape]:
    """SQLite's files are on the tape too while the block runs."""
    shim = _Shim(tape)
    try:
        yield tape
    finally:
        shim.unregister()


def chosen(states: Iterable[State], limit: int, chance: random.Random, seen: set[int] | None = None) -> list[State]:
    """Different disks among `states`, at most `limit` of them by chance."""
    known = set[int]() if seen is None else seen
    found = []
    for state in states:
        key = hash((state.world.key(), state.note))
        if key not in known:
            known.add(key)
            found.append(state)
    return found if len(found) <= limit else chance.sample(found, limit)
