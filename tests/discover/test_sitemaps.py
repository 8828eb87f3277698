"""Sitemaps as they are found: compressed, cut, misdeclared, endless."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discover import sitemaps
from scraper.discover.listing import Listing
from scraper.discover.markup import LARGEST
from scraper.errors import Failed
from tests.discover.web import articles, index, item, located, rss, sitemap

MAP = "https://example.com/sitemap.xml"
TEN = articles(range(10))


def read(body: bytes) -> Listing:
    """What a sitemap lists."""
    return sitemaps.parse(body, MAP)


def found(body: bytes) -> list[str]:
    """The addresses a sitemap lists."""
    return [link.url for link in read(body).links]


def refused(body: bytes) -> str:
    """The reason for which a sitemap is refused."""
    with pytest.raises(Failed) as caught:
        read(body)
    return caught.value.reason


# ------------------------------------------------------------------------------------------------ forms


TWICE = gzip.compress(gzip.compress(sitemap(*TEN)))
HALVES = gzip.compress(sitemap(*TEN)[:200]) + gzip.compress(sitemap(*TEN)[200:])


@pytest.mark.parametrize(
    "body",
    [
        sitemap(*TEN),
        gzip.compress(sitemap(*TEN)),
        TWICE,
        HALVES,
        gzip.compress(sitemap(*TEN)) + bytes(512),
        b"\xef\xbb\xbf" + sitemap(*TEN),
        b"\n\n" + sitemap(*TEN),
        sitemap(*TEN).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        sitemap(*TEN).replace(b"<urlset", b"<!-- made by --><?pi x?><urlset"),
        sitemap(*TEN).replace(b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', b""),
        sitemap(*TEN).replace(b"http://www.sitemaps.org/schemas/sitemap/0.9", b"http://www.google.com/schemas/sitemap/0.84"),
        "\r\n".join(["\ufeff" + TEN[0], "", *TEN[1:], " "]).encode(),
    ],
    ids=["plain", "gzip", "gzip twice", "two members", "padded", "mark", "blank lines", "utf-16", "comments",
         "no namespace", "old namespace", "text"],
)  # fmt: skip
def test_one_sitemap_in_many_forms(body: bytes) -> None:
    """Whatever it is wrapped in, a sitemap of ten addresses lists ten."""
    assert found(body) == TEN


def test_a_news_sitemap_gives_titles_and_dates() -> None:
    """The publication date and title of the news extension are taken, of images nothing."""
    news = (
        "<news:news><news:publication><news:name>Example</news:name></news:publication>"
        "<news:publication_date>2026-11-20T08:00:00+02:00</news:publication_date>"
        "<news:title>&lt;b&gt;Bridges&lt;/b&gt; &amp; \x1b roads</news:title></news:news>"
        "<image:image><image:loc>https://example.com/i.jpg</image:loc><image:title>Not this</image:title></image:image>"
    )
    (link,) = read(sitemap(located(TEN[0], f"<lastmod>2026-11-21</lastmod>{news}"))).links
    assert (link.url, link.title) == (TEN[0], "Bridges & roads")
    assert link.published == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert link.touched == datetime(2026, 11, 21, tzinfo=UTC)


def test_an_index_names_its_sitemaps() -> None:
    """The sitemaps of an index are further lists, not articles."""
    listing = read(index(("https://example.com/a.xml", "2026-11-20"), "/b.xml.gz"))
    assert [child.url for child in listing.children] == ["https://example.com/a.xml", "https://example.com/b.xml.gz"]
    assert (listing.children[0].touched, listing.links) == (datetime(2026, 11, 20, tzinfo=UTC), ())


def test_robots_txt_names_sitemaps() -> None:
    """A robots.txt that is configured as a source is an index of its Sitemap lines."""
    body = b"# hello\nUser-agent: *\nDisallow: /x\nSITEMAP : https://example.com/a.xml\nSitemap: file:///etc/passwd\n"
    assert [child.url for child in read(body).children] == ["https://example.com/a.xml"]


def test_a_robots_txt_without_sitemaps_is_no_error() -> None:
    """It was read, and names none."""
    assert read(b"User-agent: *\nDisallow:\n").children == ()


def test_a_feed_may_be_used_as_a_sitemap() -> None:
    """Search engines allow it, so outlets do it."""
    assert found(rss(*map(item, TEN))) == TEN


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>Not found</body></html>", "not-a-sitemap"),
        (b"<!doctype html><p>x", "not-a-sitemap"),
        (b"Not found", "not-a-sitemap"),
        (b"<urlset><url><loc>https://example.com/cut", "broken-sitemap"),
        (gzip.compress(b"<urlset>" + bytes(LARGEST)), "too-large"),
        (gzip.compress(gzip.compress(b"<urlset>" + bytes(LARGEST))), "too-large"),
        (b"".join(gzip.compress(b"") for _ in range(2000)), "too-large"),
        (gzip.compress(sitemap(*TEN), mtime=0)[:10], "broken-gzip"),
        (b"<urlset " + b'a="1" ' * 20_000 + b"/>", "too-heavy"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_sitemap_says_why(body: bytes, reason: str) -> None:
    """Bombs, error pages and broken files end in a word."""
    assert refused(body) == reason


# ------------------------------------------------------------------------------------------------ cut files


def test_a_cut_address_is_not_taken() -> None:
    """Two whole entries are two; the third, cut inside its address, is none."""
    whole = sitemap(*TEN)
    assert found(whole[: whole.index(b"article/2") + 9]) == TEN[:2]


@given(st.integers(0, 1100))
def test_wherever_a_sitemap_is_cut_only_whole_addresses_remain(end: int) -> None:
    """Cutting never makes a shorter address of a longer one."""
    try:
        links = found(sitemap(*TEN)[:end])
    except Failed:
        return
    assert links == TEN[: len(links)]


@given(st.integers(0, 400))
def test_wherever_a_text_sitemap_is_cut_in_its_compression(end: int) -> None:
    """The last line of a file whose end is missing is not believed."""
    packed = gzip.compress("\n".join(articles(n * 7919 for n in range(60))).encode())
    whole = gzip.decompress(packed).decode().split("\n")
    try:
        links = found(packed[:end])
    except Failed:
        return
    assert links == whole[: len(links)]


def test_an_entry_cut_by_bad_nesting_is_read_or_left() -> None:
    """A missing end tag costs at most the entry it is missing from."""
    body = sitemap(*TEN).replace(b"</loc></url>", b"</url>", 1)
    assert found(body)[-9:] == TEN[1:]


# ------------------------------------------------------------------------------------------------ hostile content


def test_a_file_of_half_a_million_addresses_is_cut() -> None:
    """No more is read than the protocol allows a file, and it is said."""
    listing = read(sitemap(*articles(range(60_000))))
    assert (len(listing.links), listing.capped) == (sitemaps.MOST_LINKS, "items")


def test_a_sitemap_without_end_is_read_as_far_as_it_goes() -> None:
    """The root element never ends; its entries do."""
    assert found(sitemap(*TEN).removesuffix(b"</urlset>")) == TEN


@pytest.mark.parametrize(
    "doctype", ['<!DOCTYPE u [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>', f'<!DOCTYPE u [<!ENTITY b "{"x" * 5000}">]>']
)
def test_growing_entities_refuse_the_sitemap(doctype: str) -> None:
    """Nothing is expanded."""
    assert refused(sitemap("https://example.com/&b;", doctype=doctype)) == "entities"


def test_outside_entities_are_no_addresses() -> None:
    """Neither the file's text nor the entity's name becomes an address."""
    doctype = '<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "http://127.0.0.1:9/">]>'
    listing = read(sitemap("&a;", "https://example.com/&b;", TEN[0], doctype=doctype))
    assert ([link.url for link in listing.links], listing.bad) == ([TEN[0]], 2)


def test_bad_locations_cost_no_good_one() -> None:
    """Empty, overlong and foreign-looking locations are counted; escaped, spaced, CDATA and relative ones are read."""
    good = ["https://example.com/a b", "https://example.com/?a=1&b=2", "<![CDATA[https://example.com/c?d=1&e=2]]>",
            "https://example.com/?a=1&amp;b=3", "https://example.com/новости", "\n https://example.com/d\n",
            "/e"]  # fmt: skip
    bad = ["", "  ", "https://example.com/" + "x" * 60_000, "javascript:alert(1)", "ftp://example.com/x", "<b>x</b>"]
    listing = read(sitemap(*(located(loc) for loc in [*bad, *good])))
    assert [link.url for link in listing.links] == [
        "https://example.com/a%20b",
        "https://example.com/?a=1&b=2",
        "https://example.com/c?d=1&e=2",
        "https://example.com/?a=1&b=3",
        "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
        "https://example.com/d",
        "https://example.com/e",
    ]
    assert listing.bad == len(bad)


def test_bad_lastmods_cost_no_address() -> None:
    """A lastmod that says nothing is no lastmod."""
    marks = ["", "garbage", "0000-00-00", "9" * 5000, "9999-12-31T23:59:59-23:59"]
    body = sitemap(*(located(url, f"<lastmod>{mark}</lastmod>") for url, mark in zip(TEN, marks, strict=False)))
    assert [link.url for link in read(body).links] == TEN[:5]


def test_deep_nesting_ends_the_reading_not_the_program() -> None:
    """What was read before a hundred thousand nested elements is kept."""
    body = sitemap(*TEN).removesuffix(b"</urlset>") + b"<x>" * 100_000
    assert found(body) == TEN
