"""A stand-in for `Files` at which a single step fails, or ends the process. `tape.py` looks at all of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
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
