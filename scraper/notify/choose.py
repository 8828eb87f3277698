"""Which happenings a rule is about. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from scraper.model import Edit
from scraper.notices import Notice
from scraper.reports import Happening
from scraper.text import SOLO

OLD: Final = timedelta(days=2)  # what was captured so long before the last look was imported, and is no news
OLDEST: Final = timedelta(days=7)  # the same before now, however long nobody looked

# A letter of a script that sets its words apart; in others a word is found anywhere.
_LETTER: Final = rf"[^\W{SOLO}]"


def oldest(looked: datetime, now: datetime) -> datetime:
    """What was captured before this moment is not told."""
    return max(min(looked, now) - OLD, now - OLDEST)


def is_about(notice: Notice, happening: Happening) -> bool:
    """Whether `notice` asks for `happening`, its words apart."""
    change = happening.change
    if notice.outlets and change.outlet not in notice.outlets:
        return False
    if happening.gone:
        return notice.gone
    return (
        notice.edits
        and (not notice.kinds or not notice.kinds.isdisjoint(change.kinds))
        and (change.stealth or not notice.stealth)
    )


def has_words(notice: Notice, title: str | None, edit: Edit | None) -> bool:
    """Whether one of the words of `notice`, if it has any, is in the headline or in what was changed."""
    if not notice.words:
        return True
    texts = [title or "", *(text for part in (edit.parts if edit else ()) for text in (part.old, part.new))]
    pattern = _pattern(notice.words)
    return any(pattern.search(_folded(text)) for text in texts)


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(r"\s+".join(map(re.escape, _folded(word).split())) for word in words)
    return re.compile(f"(?<!{_LETTER})(?:{either})(?!{_LETTER})")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())
