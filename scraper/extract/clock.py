"""Times as entries of live pages print them: a time of day alone, how long ago it was, and the one form we print."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from scraper.extract import dates
from scraper.text import clean

MAX_LINE: Final = 48
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h]|\s?[時时시]\s?)(\d{2})(?:[:.]\d{2}|[分분])?(?:\s?([ap])\.?m\b\.?)?"
    r"(?:\s?(?:uhr|h|hrs|Uhr|[A-Z]{1,5}|ч|год)\.?)?"
)
# Said of a moment as seen from now: another text at every look.
_AGO = re.compile(
    r"(?i)\b(?:ago|just now|right now|gerade eben|à l[’']instant|ahora mismo|agora mesmo|adesso|щойно|только что|"
    r"temu|przed chwilą|önce|şimdi|geleden|zojuist|sedan|siden|sitten|sidan|назад|тому|πριν|trước|yang lalu|पहले|"
    r"atrás|fa)\b\s*$|^\W*(?:vor|il y a|hace|há|acum|před|pred|fyrir|πριν|قبل|منذ|לפני|vừa|just)\b|前$|刚刚$|剛剛$|전$"
)
_COUNT = re.compile(
    r"(?i)\d|\b(?:an?|one|ein\w*|une?|un[ao]?|um|uma)\b|دقيقة|ساعة|دقائق|שעה|דקה|刚刚|剛剛|just|щойно|только"
)
_UPDATED = re.compile(r"(?i)updat|modif|aktualis|edited")


def is_ago(text: str) -> bool:
    """Whether a short line says how long ago something was.

    >>> is_ago("5 min ago"), is_ago("vor 2 Stunden"), is_ago("3分前"), is_ago("Two years ago he left the party.")
    (True, True, True, False)
    """
    text = text.strip()
    return len(text) <= 32 and bool(_AGO.search(text)) and bool(_COUNT.search(text)) and not text.endswith((".", "!"))


def of_day(text: str) -> str | None:
    """The time of day that a whole line is, as `HH:MM`; None if it is none.

    >>> of_day("2.05 pm"), of_day("14時05分"), of_day("9:41 Uhr"), of_day("2-1"), of_day("25:10")
    ('14:05', '14:05', '09:41', None, None)
    """
    match = _CLOCK.fullmatch(text.strip()) if len(text) <= MAX_LINE else None
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    if match[3]:
        hour = hour % 12 + (12 if match[3] in "pP" else 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def moment(*values: str) -> datetime | None:
    """The first moment, with its time of day, that one of `values` names; hostile text is fine."""
    for value in values:
        if not value or len(value) > 80 or is_ago(value):
            continue
        when = dates.declared(clean(value))
        if isinstance(when, datetime) and dates.plausible(when):
            return when
    return None


def is_update(name: str) -> bool:
    """Whether a name or a line speaks of when something was changed, not of when it was published."""
    return bool(_UPDATED.search(name))


def line(at: datetime | None, clock: str, heading: str) -> str:
    """What stands above an entry in a snapshot: its own time, never relative, and its heading.

    >>> from datetime import UTC
    >>> line(datetime(2026, 3, 1, 14, 5, tzinfo=UTC), "", "Gates open")
    '2026-03-01 14:05+00:00 · Gates open'
    """
    when = at.isoformat(" ", "minutes") if at else clock
    return " · ".join(filter(None, (when, heading)))


def placed(at: datetime, zone: str | None) -> datetime:
    """`at` in the outlet's zone if that is known, else as the page gave it."""
    found = dates.placed(at, zone)
    assert isinstance(found, datetime)  # noqa: S101 - a datetime stays one
    if not zone or found.tzinfo is None:
        return found
    try:
        return dates.fixed(found.astimezone(ZoneInfo(zone)))
    except (OverflowError, ValueError):
        return found
