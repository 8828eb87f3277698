"""The real program in a world that goes wrong on demand: python -m tests.stunt FOLDER ARGUMENTS…

Whoever started it writes into FOLDER while it runs; it looks there each time:

    syncs    so many of the next syncs fail, as on a disk with an error; then they say yes again
    ahead    so many seconds this machine's clock is ahead; monotonic clocks go on as they do
    zone     the time zone of this machine (TZ)
    patience so many milliseconds it waits for others at its catalogue; as it is at the start
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import time_machine

from scraper.cli import main
from scraper.store import catalogue
from tests.site import Program

_LOOK = 0.05  # seconds


@dataclass
class Stunted(Program):
    """The program, with what can go wrong as methods."""

    @property
    def folder(self) -> Path:
        """Where the program looks."""
        return self.root / "stunts"

    def command(self, *args: str) -> list[str]:
        """As ever, but for the module."""
        self.folder.mkdir(exist_ok=True)
        plain = super().command(*args)
        return [plain[0], "-m", "tests.stunt", str(self.folder), *plain[3:]]

    def say(self, what: str, value: object) -> None:
        """From now on."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / what
        path.with_suffix(".new").write_text(str(value))
        path.with_suffix(".new").replace(path)

    def left(self, what: str) -> str:
        """What is written there now."""
        return _read(self.folder / what)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _fail_syncs(told: Path) -> None:
    fsync, turn = os.fsync, threading.Lock()

    def failing(fd: int) -> None:
        with turn:
            left = int(_read(told) or 0)
            if left:
                told.write_text(str(left - 1))
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(fd)

    os.fsync = failing  # type: ignore[assignment]  # nobody here hands in anything but a number


def _shift(folder: Path) -> None:
    """Set clock and zone whenever something new is written, beginning with what is written now."""
    real = time.time
    traveller = time_machine.travel(real() + float(_read(folder / "ahead") or 0), tick=True).start()
    known = (_read(folder / "ahead"), _read(folder / "zone"))
    pause = threading.Event()

    def follow() -> None:
        nonlocal known
        while not pause.wait(_LOOK):
            told = (_read(folder / "ahead"), _read(folder / "zone"))
            if told[0] != known[0]:
                traveller.shift(timedelta(seconds=float(told[0] or 0) - float(known[0] or 0)))
            if told[1] != known[1]:
                os.environ["TZ"] = told[1]
                time.tzset()
            known = told

    threading.Thread(target=follow, daemon=True).start()


def stunt(arguments: Sequence[str]) -> None:
    """Run the program with `arguments`, after the folder."""
    folder = Path(arguments[0])
    _fail_syncs(folder / "syncs")
    catalogue.PATIENCE = int(_read(folder / "patience") or catalogue.PATIENCE)  # type: ignore[misc]  # final but for here
    _shift(folder)
    main(list(arguments[1:]))


if __name__ == "__main__":
    stunt(sys.argv[1:])
