"""What single values may be."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.tomlfile import values
from scraper.tomlfile.files import Check, Wrong
from tests.config.helpers import tried

DURATION = values.duration("0s", "1000d")
SIZE = values.size("0B", "100TB")


@pytest.mark.parametrize(
    ("check", "given_", "read"),
    [
        (DURATION, "10m", timedelta(minutes=10)),
        (DURATION, "2s", timedelta(seconds=2)),
        (DURATION, "200ms", timedelta(milliseconds=200)),
        (DURATION, "1h30m", timedelta(minutes=90)),
        (DURATION, "7d", timedelta(days=7)),
        (DURATION, "1.5s", timedelta(milliseconds=1500)),
        (DURATION, "1m500ms", timedelta(seconds=60, milliseconds=500)),
        (SIZE, "10MB", 10_000_000),
        (SIZE, "512KiB", 524_288),
        (SIZE, "1.5GiB", 1_610_612_736),
        (SIZE, "7 kB", 7000),
        (SIZE, "0B", 0),
        (values.flag, True, True),
        (values.number(1, 9), 9, 9),
        (values.choice("a", "b"), "b", "b"),
        (values.optional(values.text), "", None),
        (values.name, "ghost", "ghost"),
        (values.day, date(2026, 2, 3), date(2026, 2, 3)),
        (values.url, "HTTPS://Example.com", "https://example.com/"),
        (values.host, "*.Example.com", "*.example.com"),
        (values.host, "bücher.example", "xn--bcher-kva.example"),
        (values.host, "127.0.0.1:8700", "127.0.0.1:8700"),
        (values.endpoint, "Example.com:443", "example.com:443"),
        (values.endpoint, "[0:0::1]:080", "[::1]:80"),
        (values.listener, "127.0.0.1:0", "127.0.0.1:0"),
        (values.private, "10.1.0.0/16", "10.1.0.0/16"),
        (values.private, "fd00::/8", "fd00::/8"),
        (values.private, "10.0.0.7", "10.0.0.7/32"),
        (values.private, "localhost:8700", "localhost:8700"),
        (values.language, "sr-Latn-RS", "sr-Latn-RS"),
        (values.language, "uk", "uk"),
        (values.zone, "Europe/Kyiv", "Europe/Kyiv"),
        (values.cron, "*/10 6-22 * * mon-fri", "*/10 6-22 * * mon-fri"),
        (values.cron, "0 4 * * *", "0 4 * * *"),
    ],
)
def test_a_right_value_is_read(check: Check[Any], given_: object, read: object) -> None:
    assert check(given_) == read


@pytest.mark.parametrize(
    ("check", "given_", "why"),
    [
        (DURATION, "10 minutes", "a length of time such as"),
        (DURATION, "", "a length of time such as"),
        (DURATION, "5", "a length of time such as"),
        (DURATION, "30m1h", "a length of time such as"),
        (DURATION, "-5s", "a length of time such as"),
        (DURATION, 60, "not 60"),
        (DURATION, "1001d", "from 0s to 1000d"),
        (DURATION, "999999999d", "a length of time such as"),
        (SIZE, "10", "a size such as"),
        (SIZE, 10_000_000, "a size such as"),
        (SIZE, "10 megabytes", "a size such as"),
        (SIZE, "101TB", "from 0B to 100TB"),
        (values.text, "a\nb", "control character"),
        (values.text, "  ", "is empty"),
        (values.text, " a", "begins or ends with a space"),
        (values.text, "a" * 501, "longer than 500"),
        (values.text, ["a"], "not a list"),
        (values.flag, "true", "has to be true or false"),
        (values.number(1, 9), 10, "from 1 to 9"),
        (values.number(1, 9), True, "a whole number"),
        (values.number(1, 9), 1.0, "a whole number"),
        (values.choice("feed", "sitemap", "front"), "fed", "did you mean 'feed'"),
        (values.choice("feed", "front"), 5, '"feed" or "front", not 5'),
        (values.name, "../../etc/passwd", "small letters"),
        (values.day, datetime(2026, 2, 3, 1), "has to be a day"),  # noqa: DTZ001  # TOML's local date-time is naive
        (values.day, "2026-02-03", "without quotes"),
        (values.url, "example.com/feed", "write https://example.com/feed"),
        (values.url, "file:///etc/passwd", "not http or https but file"),
        (values.url, "https://user:pw@example.com/", "user name or password"),
        (values.url, "https://example.com/#a", "has to end before"),
        (values.url, "https://", "names no host"),
        (values.host, "https://example.com", "a host name such as"),
        (values.host, "exa mple.com", "a host name such as"),
        (values.host, "example.com:0", "a host name such as"),
        (values.endpoint, "example.com", "a host and a port"),
        (values.endpoint, "example.com:0", "a host and a port"),
        (values.endpoint, "example.com:65536", "a host and a port"),
        (values.endpoint, "-.com:80", "does not begin with the name"),
        (values.endpoint, "[1::2::3]:80", "no IPv6 address"),
        (values.private, "localhost", "a network such as"),
        (values.private, "10.1.2.3/16", 'write "10.1.0.0/16"'),
        (values.private, "10.1.0.0/33", "is no network"),
        (values.private, "0.0.0.0/0", "every address"),
        (values.private, "::/0", "every address"),
        (values.language, "english", "a language tag"),
        (values.language, "en_US", "a language tag"),
        (values.zone, "Europe/Kiyv", "did you mean 'Europe/Kyiv'"),
        (values.zone, "../../etc/passwd", "not a time zone"),
        (values.zone, "Europe", "not a time zone"),
        (values.cron, "* * *", "Wrong number of fields"),
        (values.cron, "61 * * * *", "higher than the maximum"),
        (values.cron, "0 0 * * 1", "name days of the week"),
        (values.cron, "0 0 * * mon,5", "name days of the week"),
        (values.cron, "@hourly", "Wrong number of fields"),
    ],
)
def test_a_wrong_value_is_refused_with_a_reason(check: Check[Any], given_: object, why: str) -> None:
    with pytest.raises(Wrong) as caught:
        check(given_)
    assert why in str(caught.value)


ANY = st.recursive(
    st.none() | st.text() | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=3,
)
NEAR = st.text("0123456789dhmsMGKiBb. :/[]*-@#?%٣é\n\x00", max_size=20)
CHECKS = [
    DURATION, SIZE, values.text, values.number(0, 9), values.choice("a"), values.name, values.day, values.url,
    values.host, values.endpoint, values.listener, values.private, values.language, values.zone, values.cron,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
@given(given_=ANY | NEAR)
def test_nothing_but_wrong_is_ever_raised(check: Check[Any], given_: object) -> None:
    assert tried(check, given_)
