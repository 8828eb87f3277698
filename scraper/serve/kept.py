"""What was worked out once and can be given again: bounded by how much it is, the longest unused goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

MOST: Final = 8_000_000  # characters: some 12,000 differences of a list, 20 MB


class Kept:
    """Texts by key, for one archive. May be used from any thread; two who ask at once may both make the same."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """What was kept under `key`."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def once(self, key: Hashable, make: Callable[[], str]) -> str:
        """What was kept under `key`, else what `make` makes."""
        found = self.get(key)
        if found is None:
            found = make()
            self._keep(key, found)
        return found

    def _keep(self, key: Hashable, text: str) -> None:
        with self._lock:
            self._size += len(text) - len(self._texts.pop(key, ""))
            self._texts[key] = text
            while self._size > self._most:
                self._size -= len(self._texts.popitem(last=False)[1])
