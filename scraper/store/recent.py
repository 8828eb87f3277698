"""What was found out a short while ago, given again to those who ask the same."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

T = TypeVar("T")
MOST: Final = 1000  # things remembered; the oldest go first


@dataclass(slots=True)
class _Held(Generic[T]):
    turn: threading.Lock = field(default_factory=threading.Lock)
    found: tuple[float, T] | None = None


class Recent(Generic[T]):
    """Remembers things by key for so many seconds. May be used from any thread: one finds out, whoever asks the same
    meanwhile waits for it. What could not be found out is not remembered."""

    def __init__(self, seconds: float, most: int = MOST) -> None:
        self._seconds, self._most = seconds, most
        self._held: OrderedDict[Hashable, _Held[T]] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What is remembered of `key`, else what `find` finds; it raises what `find` raises."""
        held = self._of(key)
        with held.turn:
            if held.found is None or time.monotonic() - held.found[0] > self._seconds:
                held.found = None
                held.found = time.monotonic(), find()
            return held.found[1]

    def _of(self, key: Hashable) -> _Held[T]:
        with self._lock:
            held = self._held.setdefault(key, _Held())
            while len(self._held) > self._most:
                self._held.popitem(last=False)
            return held
