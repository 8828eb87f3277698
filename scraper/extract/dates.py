"""When: dates as pages write them → datetimes and dates. No clock: what is plausible is fixed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

from scraper.extract import months

When = datetime | date

# Before there were daily papers, or after this program will be read; and the day clocks start at when they are unset.
EARLIEST: Final = date(1800, 1, 1)
LATEST: Final = date(2039, 12, 31)
_UNSET: Final = (date(1969, 12, 31), date(1970, 1, 1), date(1970, 1, 2))

_ISO = re.compile(
    r"\s*(\d{4})(?P<dash>-?)(\d{2})(?P=dash)(\d{2})"
    r"(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?\s*(?:\[.*\])?\s*"
)
_ISO_START = re.compile(r"\s*\d{4}-\d{2}-\d{2}[T\s]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?\s?(?:[Zz]|[+-]\d{2}:?\d{2})?")
_MACHINE = re.compile(r"\s*[-+]?\d{4,6}-\d|\s*\d{4}-?\d{2}-?\d{2}T")
_EPOCH = re.compile(r"\s*(\d{9,10})(\d{3})?\s*")
_RFC = re.compile(r"\s*(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4}\s+\d{1,2}:\d{2}")
_YMD = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[./年년-]\s?(\d{1,2})\s?[./月월-]\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d{2})(?!\d)")
_SHORT = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{2})(?![\d.])")
_CLOCK = re.compile(
    r"(?<![\d.])(\d{1,2})(?:[:.h]|\s?[時时點点시]\s?)(\d{2})(?::(\d{2}))?(?!\.?\d)\s?([ap]\.?\s?m\b|[πμ]\.\s?μ\.)?",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)|/((?:19|20)\d{2})(\d{2})(\d{2})(?=[/_.-]|$)"
)
# What names a day has a year or two digits of one.
_DIGITS = re.compile(r"\d\d")
_MONTH = r"[^\W\d_][\w\u0300-\u036f\u0900-\u0dff]{1,12}"
_YEAR = r"(?:19|20)\d{2}"
_WORDY = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th|º|er)?\s+(?:del?\s+|d['’])?({_MONTH})\.?,?\s+(?:del?\s+)?({_YEAR})(?!\d)"
    rf"|({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+({_YEAR})(?!\d)"
    rf"|(?<!\d)({_YEAR})(?:\.|\s+m\.)?\s+({_MONTH})\.?\s+(\d{{1,2}})(?!\d)"
)
_SCRIPT = re.compile(
    r"\s*[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d{4}) (\d{1,2}:\d{2}(?::\d{2})?) (?:GMT|UTC)?([+-]\d{4})\b"
)
# Half of the day, where it is said before the time.
_HALVES = re.compile(r"(?:오전|오후|午前|午後|上午|下午|晚上)")
_AFTERNOON: Final = frozenset(("오후", "午後", "下午", "晚上"))


def read(text: str) -> When | None:
    """The moment or day that a machine-readable `text` names, None if none; raises nothing whatever the text.

    ISO 8601 and its relatives, RFC 5322, seconds or milliseconds since 1970. A time of day without zone stays naive.

    >>> read("2024-05-06T07:08:09+0200").isoformat()
    '2024-05-06T07:08:09+02:00'
    """
    text = text.strip()[:80]
    try:
        if match := _ISO.fullmatch(text):
            return _from_iso(match)
        if match := _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(match[1]), UTC)
        if match := _ISO_START.match(text):
            return read(match[0]) if match[0] != text else None
        if match := _SCRIPT.match(text):
            month, day, year, clock, zone = match.groups()
            text = f"{day} {month} {year} {clock} {zone}"
        if _RFC.match(text):
            return parsedate_to_datetime(text)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def declared(text: str, language: str | None = None) -> When | None:
    """The moment or day in a place meant for machines, which may hold a line for people in `language` instead."""
    return read(text) if _MACHINE.match(text) else read(text) or in_text(text, language)


def _from_iso(match: re.Match[str]) -> When:
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    if match[5] is None:
        return date(year, month, day)
    micro = int((match[8] or "").ljust(6, "0")[:6])
    # 24:00 is the end of a day in ISO 8601.
    hour, extra = (0, timedelta(days=1)) if match[5] == "24" and match[6] == "00" else (int(match[5]), timedelta())
    return datetime(year, month, day, hour, int(match[6]), int(match[7] or 0), micro, _zone(match[9])) + extra


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > timedelta(hours=15) or int(digits[2:]) > 59:
        raise ValueError(text)
    return timezone(-offset if text[0] == "-" else offset)


def plausible(when: When) -> bool:
    """Whether an article can have this date.

    >>> plausible(date(1970, 1, 1)), plausible(date(2024, 2, 29))
    (False, True)
    """
    day = day_of(when)
    return EARLIEST <= day <= LATEST and day not in _UNSET


def day_of(when: When) -> date:
    """The day of a moment in its own zone, or the day itself."""
    return when.date() if isinstance(when, datetime) else when


def is_earlier(one: object, other: object) -> bool:
    """Whether `one` is certainly before `other`: by the moment where both name it in the same way, else by the day."""
    if isinstance(one, datetime) and isinstance(other, datetime) and (one.tzinfo is None) == (other.tzinfo is None):
        return one < other
    return isinstance(one, date) and isinstance(other, date) and day_of(one) < day_of(other)


def placed(when: When, zone: str | None) -> When:
    """`when` with the offset that the outlet's zone had then, if it has a time of day but no offset of its own.

    Of an hour that comes twice when clocks are set back it is the first; one that is left out when they are set forward
    is taken with the offset before.

    >>> placed(datetime(2026, 10, 25, 2, 30), "Europe/Berlin").isoformat()
    '2026-10-25T02:30:00+02:00'
    >>> placed(datetime(2026, 3, 29, 2, 30), "Europe/Berlin").isoformat()
    '2026-03-29T02:30:00+01:00'
    """
    if isinstance(when, datetime) and when.tzinfo is None and zone:
        return fixed(when.replace(tzinfo=ZoneInfo(zone)))
    return when


def fixed(at: datetime) -> datetime:
    """The same moment with a plain offset: in the hours around a change of clocks a moment with a zone is equal to none
    with an offset, and so would differ from itself as it is read back from an archive."""
    offset = at.utcoffset()
    return at if offset is None else at.replace(tzinfo=timezone(offset), fold=0)


def in_text(text: str, language: str | None = None) -> When | None:
    """The date that a line for people names (`12 June 2024 14:51`), with its time of day if it has one.

    Numeric days such as 3/4/2024 are left alone where day and month could be exchanged, and so are months whose name is
    another's in the next country if `language` does not tell.
    """
    text = text[:200]
    if not _DIGITS.search(text):
        return None
    found = _worded(text, language) or _numeric(text)
    if found is None:
        return None
    day, end = found
    clock = _CLOCK.search(text, end) or _CLOCK.search(text)
    if clock is None:
        return day
    hour = _hour(clock, text)
    if hour > 23 or int(clock[2]) > 59:
        return day
    return datetime(day.year, day.month, day.day, hour, int(clock[2]))  # noqa: DTZ001 - the line names no zone


def _hour(clock: re.Match[str], text: str) -> int:
    hour = int(clock[1])
    if clock[4]:
        return hour % 12 + (12 if clock[4][0] in "pPμ" else 0)
    half = _HALVES.search(text, max(0, clock.start() - 4), clock.start())
    return hour % 12 + (12 if half[0] in _AFTERNOON else 0) if half else hour


def is_in(text: str) -> bool:
    """Whether a line names a day, even one that could be read in two ways."""
    return bool(_DIGITS.search(text)) and (in_text(text, "pl") is not None or _DMY.search(text) is not None)


def _worded(text: str, language: str | None) -> tuple[date, int] | None:
    for match in _WORDY.finditer(text):
        first, second, third = (group for group in match.groups() if group)
        # Day, month, year; or month, day, year; or year, month, day.
        day, name, year = (
            (first, second, third) if match[1] else (second, first, third) if match[4] else (third, second, first)
        )
        month = months.number(name, language)
        if month and (made := _date(int(year), month, int(day))):
            return made, match.end()
    return None


def _numeric(text: str) -> tuple[date, int] | None:
    if match := _YMD.search(text):
        made = _date(int(match[1]), int(match[2]), int(match[3]))
        return (made, match.end()) if made else None
    if match := _DMY.search(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12 or first == second:
            made = _date(year, second, first)
            return (made, match.end()) if made else None
        if second > 12:
            made = _date(year, first, second)
            return (made, match.end()) if made else None
    if match := _SHORT.search(text):
        made = _date(2000 + int(match[3]), int(match[2]), int(match[1]))
        return (made, match.end()) if made else None
    return None


def in_path(url: str) -> date | None:
    """The day that the path of an address names.

    >>> in_path("https://example.com/news/2024/06/12/a-title/")
    datetime.date(2024, 6, 12)
    """
    match = _PATH.search(url)
    if not match:
        return None
    year, month, day = (int(g) for g in match.groups() if g)
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
