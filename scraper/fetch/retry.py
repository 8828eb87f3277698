"""How long to leave a host alone. Pure: no clock, no sleep, no chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

# The troubles that speak about a host rather than about one of its pages.
_OF_THE_HOST = frozenset({"dns", "connect", "tls", "timeout"})

_FIRST_PAUSE = timedelta(seconds=30)
_JITTER = 0.25


def blames_host(reason: str) -> bool:
    """Whether a failure for `reason` is a sign that the whole host is in trouble.

    >>> blames_host("connect"), blames_host("too-large")
    (True, False)
    """
    return reason in _OF_THE_HOST


def http_date(value: str) -> datetime | None:
    """An HTTP date as UTC, None for anything else (RFC 9110, 5.6.7)."""
    try:
        when = parsedate_to_datetime(value[:64])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(value: str | None, now: datetime, most: timedelta) -> timedelta | None:
    """How long the server asks us to wait, at `most` so long; None for absence, garbage, zero and the past.

    >>> retry_after("120", datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1))
    datetime.timedelta(seconds=120)
    """
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        # More than nine digits are 30 years or more: not worth converting, and int() refuses 5000 of them.
        wait = timedelta(seconds=int(value)) if len(value) < 10 else most
    else:
        when = http_date(value)
        wait = when - now if when else timedelta()
    return min(wait, most) if wait > timedelta() else None


def pause_after(failures: int, host: str, most: timedelta) -> timedelta:
    """How long to leave `host` alone after so many failures in a row: nothing, 30 s, 1 min, 2 min … up to `most`.

    Up to a quarter less, by the host's name, so that hosts that went down together are not all asked together.
    """
    if failures < 2:
        return timedelta()
    return min(_FIRST_PAUSE * (1 << min(failures - 2, 20)), most) * (1 - _JITTER * _spread(host))


def tomorrow(now: float, host: str) -> float:
    """When `host` may be asked again whose day (UTC) is used up: within an hour after midnight, by its name, so that
    not all of them are asked at midnight. Unix seconds.

    >>> 86_400 <= tomorrow(5.0, "example.org") < 86_400 + 3600
    True
    """
    return (now // 86_400 + 1) * 86_400 + 3600 * _spread(host)


def _spread(host: str) -> float:
    """A number from 0 to 1 that is always the same for the same host."""
    return int.from_bytes(sha256(host.encode()).digest()[:4]) / 2**32


def pause_asked(asked: timedelta | None, failures: int, host: str, most: timedelta) -> timedelta:
    """How long to leave alone a host that answered 429 or 503: what it asked for, else as for a second failure."""
    return asked or pause_after(max(failures, 2), host, most)
