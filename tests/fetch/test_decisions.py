"""The pure parts: bodies, pauses, headers, policy."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import Failed, Refused, UsageError
from scraper.fetch import headers, retry
from scraper.fetch.body import Body
from scraper.fetch.policy import FetchPolicy
from scraper.fetch.trouble import Forbidden, Trouble
from scraper.interfaces import Fetcher
from tests.fetch.helpers import fresh, policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """`data`, cut at any places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def opened(coding: str, data: bytes, cuts: list[int] | None = None, **limits: int) -> bytes:
    """What a body says."""
    body = Body(coding, limits.get("limit", 10**6))
    for piece in pieces(data, cuts or []):
        body.feed(piece)
    return body.finish()[1]


cuts = st.lists(st.integers(0, 10**6), max_size=8)


@given(st.binary(), cuts)
def test_every_coding_in_any_pieces(text: bytes, cuts: list[int]) -> None:
    """However a body is coded and cut on its way, it says the same."""
    raw = zlib.compressobj(6, zlib.DEFLATED, -15)
    assert opened("", text, cuts) == text
    assert opened("gzip", gzip.compress(text), cuts) == text
    assert opened("deflate", zlib.compress(text), cuts) == text
    assert opened("deflate", raw.compress(text) + raw.flush(), cuts) == text


@given(
    st.lists(st.binary(min_size=1), min_size=1, max_size=5), cuts, st.sampled_from([b"", b"\0" * 9, b"\x1f", b"junk"])
)
def test_members(texts: list[bytes], cuts: list[int], rest: bytes) -> None:
    """All members of a gzip body are read, and what follows them is not."""
    assert opened("gzip", b"".join(map(gzip.compress, texts)) + rest, cuts) == b"".join(texts)


@given(st.binary(min_size=1), st.data(), cuts)
def test_every_cut_is_seen(text: bytes, data: st.DataObject, cuts: list[int]) -> None:
    """A compressed body that ends anywhere before its end is not taken for a whole one."""
    whole = gzip.compress(text)
    end = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(Trouble, match="incomplete"):
        opened("gzip", whole[:end], cuts)


@given(st.binary(), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes(data: bytes, coding: str) -> None:
    """Bytes that are not what they are said to be are trouble of a known kind, or text."""
    with suppress(Trouble):
        assert len(opened(coding, data, limit=10_000)) <= 10_000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_memory_of_a_bomb(coding: str) -> None:
    """A bomb is stopped at the limit, with little more than the limit in memory."""
    limit = 5 * 1024**2
    pack = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    bomb = b"".join(pack.compress(bytes(1024**2)) for _ in range(100)) + pack.flush()
    tracemalloc.start()
    try:
        with pytest.raises(Trouble, match="too-large"):
            opened(coding, bomb, limit=limit)
        assert tracemalloc.get_traced_memory()[1] < 3 * limit
    finally:
        tracemalloc.stop()


def test_ratio() -> None:
    """What grows two hundredfold is a bomb, also below the limit; a page of spaces under a megabyte is not."""
    with pytest.raises(Trouble, match="200 times"):
        opened("gzip", gzip.compress(bytes(8 * 1024**2)), limit=10 * 1024**2)
    assert len(opened("gzip", gzip.compress(bytes(900_000)))) == 900_000


def test_empty_members_by_the_thousand() -> None:
    """Members that hold nothing cost time only up to a point."""
    with pytest.raises(Trouble, match="members"):
        opened("gzip", gzip.compress(b"") * 20_000)


def test_limit_is_exact() -> None:
    """A body of the limit's size passes, one byte more does not."""
    text = random.Random(1).randbytes(1000)
    assert opened("gzip", gzip.compress(text), limit=1100) == text
    assert opened("", text, limit=1000) == text
    with pytest.raises(Trouble, match="too-large"):
        opened("", text, limit=999)


# ------------------------------------------------------------------------------------------------ pauses


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sunday, 22-Nov-26 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun Nov 22 12:05:00 2026", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 14:05:00 +0200", timedelta(minutes=5)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Sun, 22 Nov 2026 11:59:59 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5e3", None),
        ("\u0663", None),
        ("soon(tm)", None),
        ("", None),
        (None, None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +9999", None),
        ("Sun, 22 Nov 2026 12:05:00 +99999999999", None),
    ],
)
def test_retry_after(value: str | None, expected: timedelta | None) -> None:
    """Seconds and dates are understood, up to a day; everything else is as if nothing had been said."""
    assert retry.retry_after(value, NOW, DAY) == expected


@given(st.text())
def test_any_retry_after(value: str) -> None:
    """No Retry-After is an error, or longer than a day."""
    assert timedelta() < (retry.retry_after(value, NOW, DAY) or DAY) <= DAY


@given(st.integers(0, 10**9), st.text())
def test_pauses(failures: int, host: str) -> None:
    """Pauses begin with the second failure, grow, and end at the limit."""
    hour = timedelta(hours=1)
    pause = retry.pause_after(failures, host, hour)
    assert (pause > timedelta()) == (failures > 1)
    assert pause <= retry.pause_after(failures + 1, host, hour) <= hour


def test_pauses_are_spread() -> None:
    """Hosts that went down together are not asked again together."""
    assert len({retry.pause_after(5, f"host-{n}.test", DAY) for n in range(100)}) == 100


# ------------------------------------------------------------------------------------------------ headers


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ([], ""),
        ([b"identity"], ""),
        ([b""], ""),
        ([b"GZIP"], "gzip"),
        ([b"x-gzip"], "gzip"),
        ([b" deflate "], "deflate"),
        ([b"identity, gzip"], "gzip"),
    ],
)
def test_coding(declared: list[bytes], expected: str) -> None:
    """One known coding is opened, under all its names."""
    assert headers.coding([(b"Content-Encoding", value) for value in declared]) == expected


@pytest.mark.parametrize(
    "declared", [[b"br"], [b"zstd"], [b"gzip, gzip"], [b"gzip", b"deflate"], [b"\xff"], [b"gzip;q=1"]]
)
def test_other_codings(declared: list[bytes]) -> None:
    """Codings that were not asked for, and more than one, are not opened."""
    with pytest.raises(Trouble, match="encoding"):
        headers.coding([(b"Content-Encoding", value) for value in declared])


@given(st.text(), st.text())
def test_any_validators(etag: str, last_modified: str) -> None:
    """Whatever validators are remembered, what is sent is a safe header."""
    for name, value in headers.condition(etag, last_modified, NOW):
        assert name in {"If-None-Match", "If-Modified-Since"}
        assert value.isascii()
        assert value.isprintable()
        assert len(value) <= 1024


def test_future_dates_are_not_sent() -> None:
    """A Last-Modified in the future would be answered with 304 for ever."""
    past, future = "Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 13:00:00 GMT"
    assert list(headers.condition(None, past, NOW)) == [("If-Modified-Since", past)]
    assert list(headers.condition(None, future, NOW)) == []


def test_cookies_do_not_count() -> None:
    """A head may have many cookies, but not many headers."""
    headers.check_size([(b"Set-Cookie", b"x" * 300)] * 300, policy())
    with pytest.raises(Trouble, match="201 headers"):
        headers.check_size([(b"X", b"y")] * 201, policy())
    with pytest.raises(Trouble, match="bytes of headers"):
        headers.check_size([(b"X", b"y" * 70_000)], policy())


# ------------------------------------------------------------------------------------------------ policy and errors


@pytest.mark.parametrize("agent", ["", " x", "(x)", "b\u00f6t/1", "bot\r\nX: y"])
def test_agents_that_make_no_sense(agent: str) -> None:
    """Who asks has to have a name that fits into a header."""
    with pytest.raises(UsageError, match="user_agent"):
        FetchPolicy(user_agent=agent)


@pytest.mark.parametrize(("agent", "token"), [("Bot/1.0 (x)", "bot"), ("news-bot_2 y", "news-bot_2"), ("Bot", "bot")])
def test_token(agent: str, token: str) -> None:
    """robots.txt knows us by the first word of our name."""
    assert FetchPolicy(user_agent=agent).token == token


def test_trouble_becomes_an_error() -> None:
    """What a server said is quoted in one clean, short line."""
    failed = Trouble("protocol", "a\x1b[31m\nb" + "c" * 1000, transient=False).about("http://x/")
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.transient, failed.detail[:9], len(failed.detail)) == (
        "protocol",
        False,
        "a[31m bcc",
        300,
    )
    assert isinstance(Forbidden("robots").about("http://x/"), Refused)


def test_client_is_a_fetcher(tmp_path: Path) -> None:
    """The client is what the pipeline asks for."""
    fetcher: Fetcher = fresh(tmp_path)
    assert callable(fetcher.get)
