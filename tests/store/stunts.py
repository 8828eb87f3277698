"""Stand-ins for `Files` at which single steps fail, end the process, or are forgotten by the disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scraper.store.files import Files

Stunt = Literal["kill-before", "kill-after", "kill-halfway", "full", "broken", "read-only"]
ERRORS: dict[Stunt, int] = {"full": errno.ENOSPC, "broken": errno.EIO, "read-only": errno.EROFS}


class Killed(BaseException):
    """The process ends here: no handler for errors may see it."""


class Stunts(Files):
    """The `at`th step (from 1) goes as `stunt` says; all others as always. `steps` counts them."""

    def __init__(self, at: int, stunt: Stunt) -> None:
        self.at = at
        self.stunt = stunt
        self.steps = 0
        self.done: str | None = None

    def _step(self, name: str, act: Callable[[], int | None], half: Callable[[], object] | None = None) -> int:
        self.steps += 1
        if self.steps != self.at:
            return act() or 0
        self.done = name
        if self.stunt in ERRORS:
            if half and self.stunt == "full":
                half()
            raise OSError(ERRORS[self.stunt], os.strerror(ERRORS[self.stunt]))
        if self.stunt == "kill-after":
            act()
        elif self.stunt == "kill-halfway" and half:
            half()
        raise Killed(name)

    def open(self, path: Path, flags: int) -> int:
        if not flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            return super().open(path, flags)
        return self._step(f"open {path.name}", lambda: Files.open(self, path, flags))

    def write(self, fd: int, data: memoryview) -> int:
        return self._step("write", lambda: os.write(fd, data), lambda: os.write(fd, data[: len(data) // 2]))

    def fsync(self, fd: int) -> None:
        self._step("fsync", lambda: os.fsync(fd))

    def truncate(self, fd: int, size: int) -> None:
        self._step("truncate", lambda: os.ftruncate(fd, size))

    def link(self, old: Path, new: Path) -> None:
        self._step(f"link {new.name}", lambda: new.hardlink_to(old))

    def rename(self, old: Path, new: Path) -> None:
        self._step(f"rename {new.name}", lambda: Files.rename(self, old, new))

    def unlink(self, path: Path) -> None:
        self._step(f"unlink {path.name}", path.unlink)

    def mkdir(self, path: Path, mode: int = 0o777) -> None:
        self._step(f"mkdir {path.name}", lambda: path.mkdir(mode))


@dataclass
class Disk:
    """What a disk has promised to keep: contents by file, names by folder. Files are known by their inode."""

    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)

    def has(self, path: Path, root: Path) -> bool:
        """Whether every folder above `path` is sure to be there."""
        return all(above in self.folders for above in path.parents if above != root and above.is_relative_to(root))


class Forgetful(Files):
    """Keeps account of what was synced. After each step, `step` is called: the moment at which power may fail."""

    def __init__(self, root: Path, step: Callable[[Forgetful, int], None]) -> None:
        self.root = root
        self.step = step
        self.steps = 0
        self.disk = Disk()
        self.paths: dict[int, Path] = {}
        for path in root.rglob("*"):
            if path.is_dir():
                self.disk.folders.add(path)
            else:
                self.disk.names[path] = path.stat().st_ino
                self.disk.contents[path.stat().st_ino] = path.read_bytes()

    def _moment(self) -> None:
        self.steps += 1
        self.step(self, self.steps)

    def open(self, path: Path, flags: int) -> int:
        fd = super().open(path, flags)
        self.paths[fd] = path
        if flags & os.O_CREAT:
            self._moment()
        return fd

    def write(self, fd: int, data: memoryview) -> int:
        count = os.write(fd, data)
        self._moment()
        return count

    def fsync(self, fd: int) -> None:
        path = self.paths[fd]
        if path.is_dir():
            kept = {name: inode for name, inode in self.disk.names.items() if name.parent != path}
            self.disk.names = kept | {each: each.stat().st_ino for each in path.iterdir() if each.is_file()}
            self.disk.folders |= {each for each in path.iterdir() if each.is_dir()}
        else:
            self.disk.contents[os.fstat(fd).st_ino] = path.read_bytes()
        self._moment()

    def link(self, old: Path, new: Path) -> None:
        super().link(old, new)
        self._moment()

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        self._moment()

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._moment()

    def mkdir(self, path: Path, mode: int = 0o777) -> None:
        super().mkdir(path, mode)
        self._moment()

    def after_power_loss(self, to: Path, names: Literal["synced", "all"], contents: Literal["synced", "half"]) -> None:
        """Build at `to` what the disk may hold: names or data may have gone first, data may be half there.

        The catalogue keeps its own promise and is copied as it is; locks are gone.
        """
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        there = {path: path.stat().st_ino for path in self.root.rglob("*") if path.is_file()}
        for path, inode in (self.disk.names if names == "synced" else there).items():
            relative = path.relative_to(self.root)
            if relative.parts[0] == ".run" or relative.name.endswith("-shm"):
                continue
            if names == "synced" and not self.disk.has(path, self.root):
                continue
            place = to / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            if relative.name.startswith("catalogue"):
                if path in there:
                    place.write_bytes(path.read_bytes())
                continue
            kept = self.disk.contents.get(inode, b"")
            if contents == "half" and path in there:
                now = path.read_bytes()
                kept = now[: len(kept) + (len(now) - len(kept)) // 2] if len(now) > len(kept) else kept
            place.write_bytes(kept)
        for name in ("catalogue.sqlite", "catalogue.sqlite-wal"):
            if (self.root / name).exists():
                shutil.copyfile(self.root / name, to / name)
