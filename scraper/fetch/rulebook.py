"""Which robots.txt holds for which origin, for a day, shared by all processes through files.

Kept here, asked for by the client: this part never touches the network.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from scraper.fetch import hostfile, robots
from scraper.fetch.policy import FetchPolicy
from scraper.fetch.robots import Rules

FRESH: Final = timedelta(hours=24)
# An old copy holds while there is no new one to be had (RFC 9309, 2.4), but not for ever.
_STALE: Final = timedelta(days=30)
# When to ask again for a robots.txt that did not come.
_AGAIN: Final = (timedelta(minutes=5), timedelta(hours=2))
# Parsed rules take some 16 times their text.
_MOST_TEXT: Final = 4 * 1024**2
_MOST_ORIGINS: Final = 2000

_log = structlog.get_logger("scraper.fetch")


@dataclass(frozen=True, slots=True)
class Copy:
    """What is known of one robots.txt. `read_at` is when `text` came, `tried_at` when it was last asked for; with
    `failures` in a row since. Times are Unix seconds."""

    text: bytes = b""
    read_at: float = 0.0
    tried_at: float = 0.0
    failures: int = 0

    def is_fresh(self, now: float) -> bool:
        """Whether there is no need to ask."""
        return self.read_at > 0 and 0 <= now - self.read_at < FRESH.total_seconds()

    def again(self, now: float) -> float:
        """Seconds until a robots.txt that failed may be asked for again."""
        if not self.failures or self.tried_at > now:
            return 0.0
        first, most = _AGAIN
        wait = min(first * (1 << min(self.failures - 1, 20)), most)
        return max(self.tried_at + wait.total_seconds() - now, 0.0)

    def is_usable(self, now: float) -> bool:
        """Whether the text may be obeyed, though nothing newer could be had."""
        return self.read_at > 0 and now - self.read_at < _STALE.total_seconds()


class Rulebook:
    """Copies and parsed rules of many origins, in memory as far as they fit, in files all of them."""

    def __init__(self, folder: Path, policy: FetchPolicy) -> None:
        self._folder = folder
        self._policy = policy
        self._known: OrderedDict[str, tuple[Copy, Rules]] = OrderedDict()
        self._text = 0

    def find(self, origin: str, now: float) -> tuple[Copy, Rules]:
        """What is known of `origin`'s robots.txt; an empty copy if nothing is. A newer copy of another process counts
        once ours is no longer fresh."""
        known = self._known.get(origin)
        if known and known[0].is_fresh(now):
            self._known.move_to_end(origin)
            return known
        copy = self._load(origin)
        if known and known[0].tried_at >= copy.tried_at:
            return known
        return self._remember(origin, copy)

    def keep(self, origin: str, text: bytes, now: datetime) -> Rules:
        """A robots.txt came, or it is known that there is none (no text)."""
        at = now.timestamp()
        return self._save(origin, Copy(text[: self._policy.max_robots + 1], at, at))

    def failed(self, origin: str, now: datetime) -> Copy:
        """None could be had. What was known stays."""
        at = now.timestamp()
        old, _ = self.find(origin, at)
        new = Copy(old.text, old.read_at, at, old.failures + 1)
        self._save(origin, new)
        return new

    def _save(self, origin: str, copy: Copy) -> Rules:
        path = self._path(origin)
        head = {"read_at": copy.read_at, "tried_at": copy.tried_at, "failures": copy.failures}
        new = path.with_suffix(f".{os.getpid()}")
        try:
            new.write_bytes(json.dumps(head).encode() + b"\n" + copy.text)
            new.replace(path)
        except OSError as error:
            _log.warning("robots-unwritten", origin=origin, error=error.strerror)
        return self._remember(origin, copy)[1]

    def _load(self, origin: str) -> Copy:
        """The copy in the file; an empty one if there is none, or anything is odd about it."""
        try:
            with self._path(origin).open("rb") as file:
                head, _, text = file.read(self._policy.max_robots + 4096).partition(b"\n")
            values = json.loads(head)
            times = float(values["read_at"]), float(values["tried_at"])
            return Copy(text, *times, failures=int(values["failures"]))
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return Copy()

    def _remember(self, origin: str, copy: Copy) -> tuple[Copy, Rules]:
        old = self._known.pop(origin, None)
        self._text += len(copy.text) - (len(old[0].text) if old else 0)
        known = self._known[origin] = copy, robots.read(copy.text, self._policy)
        while self._text > _MOST_TEXT or len(self._known) > _MOST_ORIGINS:
            _, (dropped, _) = self._known.popitem(last=False)
            self._text -= len(dropped.text)
        return known

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hostfile.file_name(origin)}.robots"
