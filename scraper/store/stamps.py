"""Times as the archive writes them: ISO 8601 in UTC with Z in files, microseconds since 1970 in the catalogue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def stamp(at: datetime) -> str:
    """`at` in UTC; microseconds only where there are any.

    >>> stamp(datetime(2024, 6, 2, 9, 30, tzinfo=UTC))
    '2024-06-02T09:30:00Z'
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The inverse of `stamp`. Raises ValueError for a text without zone: no time here is ever a local one."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(UTC)


def compact(at: datetime) -> str:
    """`at` for a file name: `20240602T093000Z`."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


@overload
def ticks(at: datetime) -> int: ...
@overload
def ticks(at: None) -> None: ...
@overload
def ticks(at: datetime | None) -> int | None: ...
def ticks(at: datetime | None) -> int | None:
    """Whole microseconds since 1970, exact, for the catalogue."""
    return None if at is None else (at - _EPOCH) // _TICK


@overload
def from_ticks(number: int) -> datetime: ...
@overload
def from_ticks(number: None) -> None: ...
@overload
def from_ticks(number: int | None) -> datetime | None: ...
def from_ticks(number: int | None) -> datetime | None:
    """The inverse of `ticks`."""
    return None if number is None else _EPOCH + number * _TICK


def day_of(number: int) -> date:
    """The day in UTC of a time in the catalogue."""
    return from_ticks(number).date()


def day_start(day: date) -> int:
    """The first moment of `day` in UTC, as in the catalogue."""
    return ticks(datetime(day.year, day.month, day.day, tzinfo=UTC))


def now() -> datetime:
    """The clock of the store, where nobody gave it another one."""
    return datetime.now(UTC)
