"""The difference that an edit made, ready to be shown. Texts never change, so what was worked out once is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from scraper.errors import ArchiveDamaged
from scraper.model import Snapshot
from scraper.serve.site import Site

KEPT: Final = 2000  # fragments, each of some kilobytes
LONGEST: Final = 200_000  # characters of both texts together, above which a difference is not worked out for a list

_cache: OrderedDict[tuple[str, str], str] = OrderedDict()
_lock = threading.Lock()


def fragment(site: Site, article_id: str, version: int) -> str | None:
    """The difference between `version` and the one before it as an HTML fragment; None if there is none to show."""
    try:
        new = site.library.snapshot(article_id, version)
        old = site.library.snapshot(article_id, version - 1) if version else None
    except ArchiveDamaged:
        return None
    return between(site, old, new) if old and new else None


def between(site: Site, old: Snapshot, new: Snapshot) -> str | None:
    """The difference between two versions as an HTML fragment; None if they are too long for a list."""
    if len(old.article.body) + len(new.article.body) > LONGEST:
        return None
    return _once((old.path, new.path), lambda: site.differ.html(old.article, new.article))


def _once(key: tuple[str, str], make: Callable[[], str]) -> str:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = make()
    with _lock:
        _cache[key] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made
