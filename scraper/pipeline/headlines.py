"""Headlines that alternate: an outlet trying two of them on its readers, reported once and not at every switch.

    A → B   an edit, as far as anybody can tell
    B → A   an edit; a return within days is flagged `headline-test`
    A → B … no version, as long as the forms are known ones and go on to alternate
    B, for days on end: a version, flagged too: the test is over

Nothing else may have changed, and a form that was never seen is always an edit. Pure: it never looks at a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from scraper.article import Article
from scraper.model import Snapshot, Verdict

TEST: Final = "headline-test"
AGAIN: Final = timedelta(days=7)  # after so long a known headline is a decision, not a switch
SETTLED: Final = timedelta(days=3)  # a form that stays for so long has won


def tested(
    versions: Sequence[Snapshot], new: Article, verdict: Verdict, remembered: str | None, now: datetime
) -> Verdict:
    """`verdict` on an edit, unless it is one more switch of a headline between forms that are known.

    `versions` are all so far that can be read, oldest first; `remembered` is the reason of the visit before, in which
    this function keeps since when a form has been shown. A switch is `same`, and flagged `coalesced`, so that it is
    looked at again.
    """
    if verdict.edit is None or verdict.edit.kinds != ("headline",) or len(versions) < 2:
        return verdict
    last, known = versions[-1], [one.version for one in versions[:-1] if one.article.title == new.title]
    if not known or last.edit is None or last.edit.kinds != ("headline",) or now - last.captured_at >= AGAIN:
        return verdict
    flagged = replace(verdict, flags=(*verdict.flags, TEST))
    if TEST not in last.flags:
        return flagged
    since = _since(remembered, known[-1]) or now
    if now - since >= SETTLED:
        return flagged
    return Verdict("same", f"{_shown(known[-1])} since {since.isoformat()}", flags=("coalesced", TEST))


def _shown(version: int) -> str:
    return f"{TEST}: the headline of version {version}"


def _since(remembered: str | None, version: int) -> datetime | None:
    """Since when this form has been shown, if it was shown at the visit before as well."""
    head = f"{_shown(version)} since "
    if not remembered or not remembered.startswith(head):
        return None
    try:
        return datetime.fromisoformat(remembered.removeprefix(head))
    except ValueError:
        return None
