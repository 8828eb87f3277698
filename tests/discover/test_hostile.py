"""Any bytes at all: a listing or a reason, never anything else."""

from __future__ import annotations

import gzip
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.discover import feeds, find_sources, fronts, robots_sitemaps, sitemaps
from scraper.discover.harvest import Document, harvest
from scraper.discover.listing import headline, instant
from scraper.discover.markup import tame
from scraper.errors import Failed, ScraperError
from scraper.model import SourceKind
from scraper.urls import parse
from tests.discover.web import NOW, OUTLET, SOURCE, index, item, rss, sitemap

LINK = "https://example.com/2024/a-title"
SEEDS = [
    rss(item(LINK, title="A &amp; B", date="12 Jun 2024 10:00:00 GMT")),
    sitemap(LINK, f"{LINK}2"),
    index("/a.xml"),
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "title": "x"}]}',
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="x/"><entry><link href="a"/><id>b</id></entry></feed>',
    b"<html><body><a href='/2024/06/12/a-title'>A title of several words</a></body></html>",
    b"User-agent: *\nSitemap: https://example.com/sitemap.xml\n",
]
PIECES = [
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x [", b"]>", b"<?xml", b"?>", b"&#0;", b"&x;", b"&", b"<item>",
    b"</item>", b"<entry", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1f\x8b\x08", b"<a href=", b"'",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good document with pieces put in, taken out, cut or compressed."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 40)))
        body = body[:start] + draw(st.sampled_from(PIECES) | st.binary(max_size=6)) + body[end:]
    return gzip.compress(body) if draw(st.booleans()) else body


@pytest.mark.parametrize("kind", ["feed", "sitemap", "front"])
@settings(max_examples=150, deadline=None)
@given(body=damaged() | st.binary(max_size=200), content_type=st.none() | st.text(max_size=30))
@example(body=b"<rss>" + b"<item><link>https://example.com/" * 3, content_type=None)
@example(body=b"{" * 5, content_type="application/json; charset=zlib")
def test_any_bytes_are_a_harvest_or_a_reason(kind: SourceKind, body: bytes, content_type: str | None) -> None:
    """Whatever arrives, the sightings are addresses of the outlet or there is a Failed."""
    try:
        found = harvest(Document(kind, SOURCE, SOURCE, body, content_type), OUTLET, NOW)
    except Failed:
        return
    assert all(parse(find.sighting.url) == find.sighting.url for find in found.finds)
    assert len({find.key for find in found.finds}) == len(found.finds)


@settings(max_examples=60, deadline=None)
@given(damaged() | st.binary(max_size=200))
def test_any_page_has_sources_or_a_reason(body: bytes) -> None:
    """Autodiscovery never falls over a page or a robots.txt."""
    with suppress(ScraperError):
        assert find_sources(body, "https://example.com/", robots=body)
    assert isinstance(robots_sitemaps(body, "https://example.com/"), tuple)


@given(st.text(), st.sampled_from(PIECES))
def test_tamed_markup_has_no_document_type_of_its_own(text: str, piece: bytes) -> None:
    """What a parser is given begins with an element, or is nothing."""
    with suppress(Failed):
        tamed = tame(f"{text}{piece.decode('latin-1')}{text}", SOURCE)
        assert not tamed or tamed[0] == "<"
        assert not tamed.startswith(("<!", "<?"))


@given(st.text() | st.dates().map(str) | st.datetimes().map(str))
@example("9999-12-31T23:59:59-23:59")
@example("0001-01-01T00:00:00+23:59")
@example("Wed, 12 Jun 99999 10:00:00 +9999")
@example("1" * 5000)
def test_any_date_is_a_moment_in_utc_or_nothing(text: str) -> None:
    """No date makes the reader fall over, and none comes back without a zone."""
    at = instant(text)
    assert at is None or not at.utcoffset()


@given(st.text())
def test_any_title_is_one_clean_line(text: str) -> None:
    """Titles can go to a terminal, a log and a database."""
    title = headline(text)
    assert title is None or (title.encode() and len(title.splitlines()) == 1 and "\x1b" not in title)


@pytest.mark.parametrize("parser", [feeds.parse, sitemaps.parse])
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE r [" + b"]" * 200_000,
        b"<!--" * 200_000,
        b"<rss>" + b"<![CDATA[" * 200_000,
        b"<rss>" + b"&" * 500_000,
        b"<urlset>" + b"<url><loc>" * 100_000,
        b"<" * 500_000,
        b"<?" * 300_000,
        b"{" * 500_000,
        b"<rss><channel><item><pubDate>" * 20_000,
    ],
    ids=lambda value: value[:20].decode() if isinstance(value, bytes) else None,
)
@pytest.mark.timeout(100)
def test_long_repetition_stays_linear(parser: object, body: bytes) -> None:
    """Half a megabyte of one construct is read or refused in seconds."""
    assert callable(parser)
    with suppress(Failed):
        parser(body, SOURCE)


def test_the_front_page_parser_is_not_asked_for_more_than_it_can_do() -> None:
    """Ten thousand links are weighed up to the limit."""
    page = b"<a href='/x'>x</a>" * 10_000
    assert fronts.parse(page, SOURCE).unlikely == 1
