"""Feeds as outlets write them, and as they should not."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.discover import feeds
from scraper.discover.markup import LARGEST
from scraper.errors import Failed
from tests.discover.web import articles, item, look, rss, urls

FEED = "https://example.com/feeds/news.xml"
ONE = "https://example.com/article/one"
TWO = "https://example.com/article/two"


def found(body: bytes) -> list[str]:
    """The addresses a feed lists."""
    return [link.url for link in feeds.parse(body, FEED).links]


def refused(body: bytes) -> str:
    """The reason for which a feed is refused."""
    with pytest.raises(Failed) as caught:
        feeds.parse(body, FEED)
    return caught.value.reason


# ------------------------------------------------------------------------------------------------ dialects


def test_rss_gives_links_titles_and_dates() -> None:
    """A plain RSS 2.0 feed is read whole."""
    body = rss(
        item(ONE, title="Bridges &amp; roads", date="Wed, 12 Jun 2024 10:00:00 +0200"),
        item(TWO, title="A second piece", date="Wed, 12 Jun 2024 09:00:00 EST"),
        item("https://example.com/article/three"),
    )
    one, two, three = feeds.parse(body, FEED).links
    assert (one.url, one.title, one.published) == (ONE, "Bridges & roads", datetime(2024, 6, 12, 8, tzinfo=UTC))
    assert two.published == datetime(2024, 6, 12, 14, tzinfo=UTC)
    assert (three.title, three.published) == (None, None)


ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.com/article/">
<title>Example</title><link rel="self" href="https://example.com/atom"/><id>urn:feed</id>
<entry xml:base="2024/"><title>Relative</title><link href="first"/><id>urn:1</id>
<updated>2024-06-12T10:00:00+02:00</updated></entry>
<entry><title type="html">Two &lt;b&gt;links&lt;/b&gt;</title><id>urn:2</id>
<link rel="enclosure" href="/sound.mp3"/><link rel="alternate" type="text/html" href="{TWO}"/>
<published>2024-06-11T10:00:00Z</published><updated>2024-06-12T10:00:00Z</updated></entry></feed>"""


def test_atom_with_xml_base_and_an_entry_without_published() -> None:
    """Relative links follow the nearest xml:base; an entry's only date is its update."""
    one, two = feeds.parse(ATOM.encode(), FEED).links
    assert (one.url, one.published) == ("https://example.com/article/2024/first", datetime(2024, 6, 12, 8, tzinfo=UTC))
    assert (two.url, two.title) == (TWO, "Two links")
    assert two.published == datetime(2024, 6, 11, 10, tzinfo=UTC)


def test_atom_without_xml_base_is_relative_to_the_feed() -> None:
    """Without xml:base the address of the feed itself is the base."""
    body = ATOM.replace(' xml:base="https://example.com/article/"', "").replace(' xml:base="2024/"', "")
    assert found(body.encode())[0] == "https://example.com/feeds/first"


def test_atom_entry_without_link_is_known_by_an_id_that_is_an_address() -> None:
    """An id may stand in for a missing link, but only if it is an address itself."""
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>{ONE}</id></entry>
    <entry><id>tag:example.com,2024:2</id></entry><entry><id>12345</id></entry></feed>"""
    assert found(body.encode()) == [ONE]


@pytest.mark.parametrize(
    "links",
    [
        '<link rel="replies" href="/c"/><link rel="self" href="/s"/><link rel="alternate" type="text/html" href="{}"/>',
        '<link rel="related" href="/elsewhere"/><link href="{}"/>',
        '<link rel="alternate" type="application/json" href="/x"/><link rel="alternate" type="text/html" href="{}"/>',
    ],
)
@pytest.mark.parametrize("base", ["", ' xml:base="/elsewhere/"'])
def test_of_several_atom_links_the_page_is_taken(links: str, base: str) -> None:
    """Replies, related pages and other forms are not the article, whichever library reads the feed."""
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"{base}><entry><id>1</id>{links.format(ONE)}</entry></feed>'
    assert found(body.encode()) == [ONE]


@pytest.mark.parametrize("base", ["2024/", "/feeds/2024/", "https://example.com/feeds/2024/"])
def test_xml_base_may_be_relative_itself(base: str) -> None:
    """It starts from the address of the feed."""
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><entry><link href="a"/></entry></feed>'
    assert found(body.encode()) == ["https://example.com/feeds/2024/a"]


def test_an_item_with_a_foreign_link_element_keeps_its_own() -> None:
    """Items that one library loses are read by the other."""
    odd = f'<item><atom:link rel="standout" href="/s"/><link>{ONE}</link></item>'
    assert found(rss(odd, f'<item><link href="{TWO}"/></item>', item(f"{ONE}/3"))) == [ONE, TWO, f"{ONE}/3"]


def test_a_guid_is_no_link_unless_it_is_an_address() -> None:
    """An item that only has a short name for itself cannot be looked at."""
    listing = feeds.parse(rss(item(title="A", guid="12345"), item(title="B", guid=ONE)), FEED)
    assert ([link.url for link in listing.links], listing.bad) == ([ONE], 1)


def test_rss_1_0() -> None:
    """In RSS 1.0 the items stand beside the channel."""
    body = f"""<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel r:about="https://example.com/"><title>E</title></channel>
    <item r:about="{ONE}"><title>One</title><link>{ONE}</link>
    <dc:date>2024-06-12T10:00:00Z</dc:date></item></r:RDF>"""
    (link,) = feeds.parse(body.encode(), FEED).links
    assert (link.url, link.published) == (ONE, datetime(2024, 6, 12, 10, tzinfo=UTC))


def test_rss_0_91_with_its_public_dtd() -> None:
    """The document type of old feeds is passed over, not loaded."""
    body = f"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
    "http://127.0.0.1:9/rss-0.91.dtd"><rss version="0.91"><channel><item><link>{ONE}</link></item></channel></rss>"""
    assert found(body.encode()) == [ONE]


def test_json_feed() -> None:
    """JSON Feed is read by its own rules, the date of an item as RFC 3339."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "/feed.json?page=2",
        "items": [{"id": "1", "url": ONE, "title": "One", "date_published": "2024-06-12T10:00:00+02:00"}, {"id": TWO}],
    }
    listing = feeds.parse(json.dumps(feed).encode(), FEED)
    assert [link.url for link in listing.links] == [ONE, TWO]
    assert listing.links[0].published == datetime(2024, 6, 12, 8, tzinfo=UTC)
    assert listing.next == "https://example.com/feed.json?page=2"


def test_json_items_of_wrong_types_cost_only_themselves() -> None:
    """Numbers, nulls and lists where text belongs never cost a good item."""
    items = [1, None, {"url": 5}, {"url": ["x"], "title": {}}, {"url": "/a", "title": 7, "date_published": []}]
    listing = feeds.parse(json.dumps({"version": "1", "items": [*items, {"url": ONE, "title": "One"}]}).encode(), FEED)
    assert [link.url for link in listing.links] == ["https://example.com/a", ONE]
    assert listing.bad == 4


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"items": ' + b"[" * 200_000, "broken-feed"),
        (b'{"items": [], "x": ' + b"9" * 5000 + b"}", "broken-feed"),
        (b'{"items": [', "broken-feed"),
        (b'{"posts": []}', "not-a-feed"),
        (b'{"items": 5}', "not-a-feed"),
    ],
)
def test_json_that_is_no_feed(body: bytes, reason: str) -> None:
    """Depth, endless numbers, cut and foreign JSON end in a word, not in a crash."""
    assert refused(body) == reason


# ------------------------------------------------------------------------------------------------ encodings


PLAIN = rss(item(ONE, title="Zürich – naïve"), declaration="").decode()
UTF16 = '<?xml version="1.0" encoding="utf-16"?>' + PLAIN


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n \xef\xbb\xbf<?xml version='1.0'?>" + PLAIN.encode(),
        b"\xef\xbb\xbf\r\n\r\n<?xml version='1.0'?>" + PLAIN.encode(),
        UTF16.encode("utf-16"),
        b"\xfe\xff" + UTF16.encode("utf-16-be"),
        b"<?xml version='1.0' encoding='windows-1252'?>" + PLAIN.encode("cp1252"),
        b"<?xml version='1.0' encoding='utf-16'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='iso-8859-1'?>" + PLAIN.encode(),
        b"Warning: something failed in /srv/x.php\n<?xml version='1.0'?>" + PLAIN.encode(),
        gzip.compress(PLAIN.encode()),
    ],
    ids=["blank, mark", "mark, blank", "utf-16", "utf-16-be", "1252", "says utf-16", "says latin", "php", "gzip"],
)
def test_one_feed_in_many_wrappings(body: bytes) -> None:
    """Blanks, byte order marks, wrong declarations and undeclared compression change nothing."""
    (link,) = feeds.parse(body, FEED).links
    assert (link.url, link.title) == (ONE, "Zürich – naïve")


def test_the_header_names_the_encoding() -> None:
    """The Content-Type counts where the document declares nothing."""
    (link,) = feeds.parse(PLAIN.encode("cp1252"), FEED, "application/rss+xml; charset=windows-1252").links
    assert link.title == "Zürich – naïve"


def test_declared_utf_8_that_is_windows_1252_is_taken() -> None:
    """A wrong declaration costs no item; what cannot be decoded is shown as such."""
    (link,) = feeds.parse(b"<?xml version='1.0' encoding='utf-8'?>" + PLAIN.encode("cp1252"), FEED).links
    assert link.url == ONE
    assert link.title in {"Zürich – naïve", "Z\ufffdrich \ufffd na\ufffdve"}


# ------------------------------------------------------------------------------------------------ no feed, no news


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\xef\xbb\xbf ", "empty"),
        (b"<!doctype html><html><body><p>Read our <rss> feed</p></body></html>", "not-a-feed"),
        (b"<html><head><title>Just a moment</title></head></html>", "not-a-feed"),
        (b"<urlset><url><loc>https://example.com/x</loc></url></urlset>", "not-a-feed"),
        (b"Not found", "not-a-feed"),
        (b"/etc/passwd", "not-a-feed"),
        (b"https://example.com/other-feed", "not-a-feed"),
        (b"<?xml version='1.0'?>", "not-a-feed"),
        (b"<rss version='2.0'><channel><title>Cut", "broken-feed"),
        (b"<rss><channel><item><title><![CDATA[" + b"x" * 3_000_000, "broken-feed"),
        (b"<rss><channel>" + b"<a>" * 100_000, "broken-feed"),
        (b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"><channel/></rss>", "too-heavy"),
        (b"<!DOCTYPE rss [ <!ENTITY a 'x'> <rss><channel/></rss>", "broken-xml"),
        (b"\x1f\x8b\x08\x00garbage", "broken-gzip"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_feed_says_why(body: bytes, reason: str) -> None:
    """An error page, an empty answer or a broken file is never 'no news'."""
    assert refused(body) == reason


def test_a_valid_feed_without_items_is_no_error() -> None:
    """Silence is an answer."""
    assert feeds.parse(rss(), FEED).links == ()


def test_a_body_is_never_taken_for_a_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that happen to name a file are content: feedparser alone would open the file."""
    (tmp_path / "<rss><item>").write_bytes(rss(item(ONE)))
    monkeypatch.chdir(tmp_path)
    assert refused(b"<rss><item>") == "broken-feed"


def test_an_unpacked_bomb_is_too_large() -> None:
    """A small file that unpacks to more than the limit is stopped there."""
    assert refused(gzip.compress(b"<rss>" + bytes(LARGEST))) == "too-large"


# ------------------------------------------------------------------------------------------------ entities

GROWING = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'
LONG = f'<!DOCTYPE r [<!ENTITY b "{"x" * 100_000}">]>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c SYSTEM "http://127.0.0.1:9/">]>'


@pytest.mark.parametrize("doctype", [GROWING, LONG], ids=["laughs", "quadratic"])
def test_entities_that_grow_refuse_the_feed(doctype: str) -> None:
    """Neither nested nor long entities are expanded anywhere."""
    assert refused(rss(item(ONE, title="&b;" * 100), declaration=doctype)) == "entities"


def test_outside_entities_are_not_resolved() -> None:
    """A title that names a local file holds nothing of it, and the feed is read all the same."""
    listing = feeds.parse(rss(item(ONE, title="A&b;B&c;"), item(TWO), declaration=OUTSIDE), FEED)
    assert [link.url for link in listing.links] == [ONE, TWO]
    assert listing.links[0].title == "A\ufffdB\ufffd"


def test_an_address_made_of_an_entity_is_no_address() -> None:
    """What an entity would have said is unknown, so is the address it stands in."""
    assert found(rss(item("https://example.com/&b;"), item(ONE), declaration=OUTSIDE)) == [ONE]


def test_loose_markup_is_mended() -> None:
    """Bare ampersands, HTML's entities, unknown ones, and characters that XML forbids cost nothing."""
    body = rss(item(f"{ONE}?a=1&b=2&copy=3", title="Q & A &eacute; &bogus; &#0;\x1b\x00 <![CDATA[R & D]]>"))
    (link,) = feeds.parse(body, FEED).links
    assert (link.url, link.title) == (f"{ONE}?a=1&b=2&copy=3", "Q & A é &bogus; R & D")


# ------------------------------------------------------------------------------------------------ bad items, good items


def test_bad_links_never_cost_a_good_one() -> None:
    """Items without a usable address are counted; relative, spaced and plain ones are taken."""
    bad = ["", " ", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@example.com",
           "https://example.com/" + "x" * 60_000, "https://exa mple.com/", "https://example.com:port/"]  # fmt: skip
    good = ["/article/relative", "https://example.com/article/with space", ONE]
    listing = feeds.parse(rss(*(item(link, title="t") for link in [*bad, *good])), FEED)
    assert [link.url for link in listing.links] == [
        "https://example.com/article/relative",
        "https://example.com/article/with%20space",
        ONE,
    ]
    assert listing.bad == len(bad)


def test_bad_dates_cost_no_item() -> None:
    """None of the items is lost to its date."""
    dates = ["", "Wed, 12 Jun 2099 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "9999-12-31T23:59:59+09:99",
             "yesterday", "two hours ago", "2024-13-45T10:00:00Z", "9" * 5000, "x" * 200_000]  # fmt: skip
    links = articles(range(len(dates)))
    result, _ = look("feed", rss(*(item(link, date=date) for link, date in zip(links, dates, strict=True))))
    assert sorted(urls(result)) == links
    assert all(sighting.published is None for sighting in result.sightings)


def test_bad_titles_are_cut_and_cleaned() -> None:
    """A title is one short line without control characters; what it says as text it may say."""
    titles = ["&lt;script&gt;alert(1)&lt;/script&gt;", "\x1b[31mred", "&#0;zero", "x" * 5_000_000, "   "]
    listing = feeds.parse(rss(*(item(ONE, title=title) for title in titles)), FEED)
    assert [link.title for link in listing.links] == ["alert(1)", "[31mred", "zero", "x" * 500, None]


def test_lone_surrogates_in_json_are_replaced() -> None:
    """Half a character would break every output later; it is replaced at the border."""
    body = b'{"version": "1", "items": [{"url": "/a\\ud800", "title": "x"}, {"url": "/b", "title": "y\\udfff"}]}'
    (link,) = feeds.parse(body, FEED).links
    assert (link.url, link.title) == ("https://example.com/b", "y\ufffd")


def test_guids_are_not_identities() -> None:
    """Ten items with one guid are ten articles."""
    links = articles(range(10))
    assert found(rss(*(item(link, guid="same") for link in links))) == links


def test_a_feed_of_a_hundred_thousand_items_is_cut() -> None:
    """Only so many items are read, and it is said."""
    body = rss(*(item(f"{ONE}/{n}") for n in range(100_000)))
    listing = feeds.parse(body, FEED)
    assert (len(listing.links), listing.capped) == (feeds.MOST_ITEMS, "items")


def test_a_feed_that_never_ends_is_read_as_far_as_it_goes() -> None:
    """Whole items of an unfinished feed are taken."""
    body = rss(item(ONE), item(TWO)).removesuffix(b"</channel></rss>") + b"<item><title>cut in the mid"
    assert found(body) == [ONE, TWO]


@pytest.mark.parametrize(
    "cut",
    [
        "<item><link>https://example.com/a-lon",
        "<item><link><![CDATA[https://example.com/a-lon",
        f"<item><guid>{ONE}-and",
        '<entry><link href="https://example.com/a-lon',
        "<item><title>x</title><link>https://example.com/a-lon",
    ],
)
def test_an_address_that_was_cut_off_is_not_taken_for_a_shorter_one(cut: str) -> None:
    """The last tag of an unfinished feed is the last that is believed."""
    body = rss(item(ONE), item(TWO)).removesuffix(b"</channel></rss>") + cut.encode()
    assert found(body) == [ONE, TWO]


def test_items_beside_deep_nesting_are_taken() -> None:
    """A hundred thousand nested elements do not crash the parser."""
    assert found(rss(item(ONE), channel="<a>" * 100_000 + "</a>" * 100_000)) in ([ONE], [])


@pytest.mark.parametrize(
    "link", ['<atom:link rel="next" href="?page=2"/>', '<atom:link rel="next" href="https://example.com/feeds/news.xml?page=2"/>']
)  # fmt: skip
def test_the_next_page_of_a_feed(link: str) -> None:
    """RFC 5005 paging is seen in RSS as well."""
    assert feeds.parse(rss(item(ONE), channel=link), FEED).next == f"{FEED}?page=2"
