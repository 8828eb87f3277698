"""A property that does not hold for an input: how it is named, told from others, and made small."""

from __future__ import annotations

import hashlib
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import Target

ROOT = Path(__file__).parents[2]
_OURS = (str(ROOT / "scraper"), str(ROOT / "tests" / "fuzz"))


@dataclass(frozen=True)
class Breach:
    """What was raised and the last two places of ours on the way: the same for inputs that break the same thing."""

    error: str
    places: tuple[str, ...]
    said: str = ""

    @property
    def name(self) -> str:
        """A file name: readable, and another one for each breach."""
        mark = hashlib.sha256(repr((self.error, self.places)).encode()).hexdigest()[:8]
        return f"{re.sub('[^a-z0-9]+', '-', self.error.lower()).strip('-')}-{mark}"

    def __str__(self) -> str:
        return f"{self.error} at {' ← '.join(self.places)}: {self.said}"


def breach_of(target: Target, data: bytes) -> Breach | None:
    """What `data` breaks, if anything; an input that takes too long is one that does."""
    started = time.process_time()
    try:
        target.check(data)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_OURS)]
        places = dict.fromkeys(f"{Path(f.filename).relative_to(ROOT)}:{f.name}:{f.line}" for f in frames)
        return Breach(type(error).__name__, tuple(places)[-2:], str(error)[:200])
    spent, most = time.process_time() - started, target.seconds + target.per_kib * len(data) / 1024
    return Breach("too-slow", (), f"{spent:.1f} s of CPU for {len(data)} bytes") if spent > most else None


def smaller(target: Target, data: bytes, breach: Breach, tries: int = 2000, seconds: float = 20.0) -> bytes:
    """`data` with pieces left out as long as it still breaks the same thing; a bounded search, never longer."""
    until = time.monotonic() + seconds
    best = data
    while tries > 0 and time.monotonic() < until:
        for shorter in _shorter(best):
            tries -= 1
            found = breach_of(target, shorter)
            if found and (found.error, found.places) == (breach.error, breach.places):
                best = shorter
                break
            if tries <= 0 or time.monotonic() > until:
                return best
        else:
            return best
    return best


def _shorter(data: bytes) -> Iterator[bytes]:
    """`data` without one half, one quarter … one byte of it."""
    size = len(data) // 2
    while size:
        for at in range(0, len(data), size):
            yield data[:at] + data[at + size :]
        size //= 2


def kept(folder: Path, breach: Breach, data: bytes) -> Path | None:
    """Keep `data` as the finding of this name unless a shorter one is there; where, if it was kept."""
    path = folder / breach.name
    if path.exists() and path.stat().st_size <= len(data):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
