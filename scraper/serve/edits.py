"""The difference that an edit made, ready to be shown. Texts never change, so what was worked out once is kept."""

from __future__ import annotations

from typing import Final

from scraper.errors import ArchiveDamaged
from scraper.reports import Change
from scraper.serve.site import Site

LONGEST: Final = 200_000  # characters of both texts together, above which a difference is not worked out for a list


def fragment(site: Site, change: Change) -> str | None:
    """The difference between the version that `change` made and the one before it, as an HTML fragment; None if there
    is none to show, or one is damaged, or they are too long for a list."""
    if change.before is None:
        return None
    found = site.kept.get((change.before, change.snapshot))
    return found if found is not None else _made(site, change)


def _made(site: Site, change: Change) -> str | None:
    try:
        new = site.library.snapshot(change.article_id, change.version)
        old = site.library.snapshot(change.article_id, change.version - 1)
    except ArchiveDamaged:
        return None
    if not old or not new or len(old.article.body) + len(new.article.body) > LONGEST:
        return None
    # Under the paths of what was read: one of them may have been read anew since the list was made.
    return site.kept.once((old.path, new.path), lambda: site.differ.between(old.article, new.article).html())
