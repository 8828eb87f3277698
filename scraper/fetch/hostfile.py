"""What is remembered of a host: one small file, which whoever asks the host holds locked (flock).

The kernel frees the lock of a process that died, so there is nothing to clean up. The content is a courtesy to the
next in turn, not part of the archive: it is not synced, and a torn or foreign one counts as none.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

DAY: Final = 86_400

_MOST: Final = 4096
_UNSAFE: Final = re.compile(r"[^a-z0-9.-]")


@dataclass(frozen=True, slots=True)
class HostState:
    """A host as it was left. Times are Unix seconds: `done` when it was last asked or answered, `delay` the pace that
    held then, `pause` how long after `done` it is to be left alone, `failures` in a row, `error` the last reason;
    `asked` counts the requests of the day (UTC, days since 1970) `day`."""

    done: float = 0.0
    delay: float = 0.0
    pause: float = 0.0
    failures: int = 0
    error: str = ""
    day: int = 0
    asked: int = 0

    def paused(self, now: float) -> float:
        """Seconds for which the host is to be left alone."""
        return max(self.done + self.pause - now, 0.0)

    def pace(self, now: float, delay: float) -> float:
        """Seconds until the host's pace, or `delay` if that is slower, allows the next request."""
        return max(self.done + max(self.delay, delay) - now, 0.0)

    def asked_on(self, now: float) -> int:
        """How often the host was asked on the day of `now`."""
        return self.asked if self.day == day_of(now) else 0


def day_of(now: float) -> int:
    """The day (UTC) of a moment, in days since 1970.

    >>> day_of(86_399.9), day_of(86_400)
    (0, 1)
    """
    return int(now // DAY)


def file_name(name: str) -> str:
    """A file name for any host or origin: readable, safe, short, and another one for each.

    >>> file_name("example.org")
    'example.org-bfabc3743295'
    """
    return f"{_UNSAFE.sub('_', name.lower())[:80].lstrip('.')}-{sha256(name.encode()).hexdigest()[:12]}"


def decode(text: bytes) -> HostState:
    """The state in a file; an unused one if there is none, or anything is odd about it."""
    try:
        values = json.loads(text)
        done, delay, pause = (float(values[name]) for name in ("done", "delay", "pause"))
        day, asked = (int(values.get(name, 0)) for name in ("day", "asked"))
        state = HostState(done, delay, pause, int(values["failures"]), str(values["error"]), day, asked)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return HostState()
    sane = all(math.isfinite(t) and t >= 0 for t in (done, delay, pause)) and min(state.failures, day, asked) >= 0
    return state if sane else HostState()


def encode(state: HostState) -> bytes:
    """The content of a file."""
    return json.dumps(asdict(state)).encode()


class HostFile:
    """An open and locked file. While it is open nobody else asks the host."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def lock(cls, path: Path) -> HostFile | None:
        """Open and lock; None if somebody else holds it. Raises OSError."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def read(self) -> HostState:
        """The state. Raises OSError."""
        return decode(os.pread(self._descriptor, _MOST, 0))

    def write(self, state: HostState) -> None:
        """Replace the state. In place, because the lock is on this very file. Raises OSError."""
        text = encode(state)
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def __enter__(self) -> HostFile:
        return self

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        os.close(self._descriptor)


def peek(path: Path) -> HostState:
    """The state, without asking for a turn. Raises OSError."""
    try:
        with path.open("rb") as file:
            return decode(file.read(_MOST))
    except FileNotFoundError:
        return HostState()
