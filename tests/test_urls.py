"""Addresses: one way to write each, whose they are, and no way to fall over."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper import urls
from scraper.errors import UrlError
from scraper.model import Outlet
from scraper.urls import (
    _PARSED,
    MAX_LENGTH,
    _parsed,
    belongs,
    canonical,
    host,
    identity,
    origin,
    parse,
    resolve,
    same_site,
    slug,
)

MOSCOW_TIMES = Outlet(
    id="themoscowtimes.com",
    name="The Moscow Times",
    home="https://www.themoscowtimes.com/",
    hosts=("static.themoscowtimes.com",),
)
# ------------------------------------------------------------------------------------------------ parse


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("HTTPS://Example.COM:443/a/./b/../c", "https://example.com/a/c"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com/%7ea%2fb%c3%a9", "https://example.com/~a%2Fb%C3%A9"),
        ("https://example.com/a b?q=c d", "https://example.com/a%20b?q=c%20d"),
        ("https://example.com/é", "https://example.com/%C3%A9"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/%2e%2e/x", "https://example.com/x"),
        ("https://example.com/%ff%fe", "https://example.com/%FF%FE"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("https://Straße.de/", "https://xn--strae-oqa.de/"),
        ("https://ü.News_Desk/", "https://xn--tda.news_desk/"),
        (" \n https://example.com/x \t", "https://example.com/x"),
        ("https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]/"),
        ("https://example.com./x", "https://example.com./x"),
        ("https://example.com/x#part", "https://example.com/x#part"),
        ("https://example.com//a//b/", "https://example.com//a//b/"),
        ("https://example.com/a;b=c?d=e;f", "https://example.com/a;b=c?d=e;f"),
    ],
)
def test_one_way_to_write_an_address(written: str, parsed: str) -> None:
    """Whatever the spelling, one address is written in one way."""
    assert parse(written) == parsed


@pytest.mark.parametrize(
    "number", ["127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1.", "127。0。0。1", "１27.0.0.1"]
)
def test_numeric_hosts_are_written_as_what_they_mean(number: str) -> None:
    """A host that name resolution would read as a number shows the address it stands for."""
    assert parse(f"http://{number}/") == "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("ftp://example.com/x", "not http or https but ftp"),
        ("javascript:alert(1)", "not http or https but javascript"),
        ("data:text/html,x", "not http or https but data"),
        ("file:///etc/passwd", "not http or https but file"),
        ("https:example.com", "names no host"),
        ("https:///x", "names no host"),
        ("https://:80/", "names no host"),
        ("", "not an address"),
        ("//example.com/x", "not an address"),
        ("https://me:secret@example.com/", "user name or password"),
        ("https://@example.com/", "user name or password"),
        ("https://example.com:port/", "malformed host or port"),
        ("https://example.com:-1/", "malformed host or port"),
        ("https://example.com:８0/", "malformed host or port"),
        ("https://example.com:99999/", "not a valid address"),
        ("https://example.com:0/", "port 0"),
        ("https://exa mple.com/", "malformed host or port"),
        ("https://[::1/", "malformed host or port"),
        ("https://[1:2]/", "not a valid address"),
        ("https://[fe80::1%25eth0]/", "malformed host or port"),
        ("https://exa\u00admple.com/", "not a valid address"),
        ("https://a..b/", "not a name"),
        (f"https://{'a' * 64}.com/", "not a name"),
        (f"https://{'a.' * 130}com/", "not a name"),
        ("https://exam%70le.com/", "not a name"),
        ("http://256.1.1.1/", "neither a name nor an IPv4 address"),
        ("http://1.2.3.4.5/", "neither a name nor an IPv4 address"),
        ("https://example.com\\@evil.example/", "character"),
        ("https://example.com/a\r\nHost: evil.example", "character"),
        ("https://example.com/\x00", "character"),
        ("https://example.com/\ud800", "character"),
        ("https://example.com/" + "x" * MAX_LENGTH, "longer than"),
        ("https://example.com/" + "é" * (MAX_LENGTH // 2), "longer than"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(written: str, why: str) -> None:
    """Nothing is guessed or completed: what cannot be asked for is refused, and the message says why."""
    with pytest.raises(UrlError, match=re.escape(why)):
        parse(f"{written}x" if written.endswith("\x00") else written)


def test_a_bare_host_is_told_how_to_write_it() -> None:
    """A person who types a host is shown the whole address."""
    with pytest.raises(UrlError, match=r"write https://example\.com/x"):
        parse("example.com/x")


def test_an_overlong_address_does_not_fill_the_message() -> None:
    """The error of a 60 KiB link stays readable."""
    with pytest.raises(UrlError) as caught:
        parse("https://example.com/" + "x" * 60_000)
    assert len(str(caught.value)) < 400


@given(
    st.from_regex(_PARSED, fullmatch=True) | st.from_regex(r"https?://[a-z0-9.-]{1,20}[/a-zA-Z._~-]*", fullmatch=True)
)
@example("https://example.com")
@example("https://example.com/a/../b")
@example("https://example.com/..a/.b")
@example(f"https://{'a.' * 126}com/")
def test_what_is_parsed_already_needs_no_parser(url: str) -> None:
    """The short way gives the very answer that the long way gives."""
    try:
        expected = str(_parsed(url))
    except UrlError:
        expected = ""
    try:
        assert parse(url) == expected
    except UrlError:
        assert not expected


@given(st.text() | st.builds("http://{}".format, st.text()) | st.builds("https://a.example/{}".format, st.text()))
@example("http://\udfff/")
@example("http://[::]]/")
@example("http://a.b:1:2/")
@example("http://0x/")
@example("http://09/")
@example("http://a/" + "%" * 8000)
def test_any_text_is_an_address_or_a_url_error(text: str) -> None:
    """No text makes any function raise something else, and every result is stable."""
    try:
        parsed = parse(text)
    except UrlError:
        for function in (canonical, identity, host, origin, slug):
            with pytest.raises(UrlError):
                function(text)
        return
    assert parse(parsed) == parsed
    assert canonical(canonical(text)) == canonical(text) == canonical(parsed)
    assert identity(text) == identity(parsed)
    assert parse(origin(text)) == origin(text) + "/"


# ------------------------------------------------------------------------------------------------ canonical


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://www.example.com/a/?utm_source=x&b=2&a=1", "https://www.example.com/a/?b=2&a=1"),
        ("https://example.com/a?fbclid=1&UTM_Medium=y#comments", "https://example.com/a"),
        ("https://example.com/a?id=1&amp;utm_source=x", "https://example.com/a?id=1"),
        ("https://example.com/a?%75tm_source=x&maca=en-rss", "https://example.com/a"),
        ("https://example.com/#!/a/b", "https://example.com/#!/a/b"),
        ("http://example.com.:8080/a", "http://example.com:8080/a"),
        ("https://kyivindependent.com./moscow-issues-protest", "https://kyivindependent.com/moscow-issues-protest"),
        ("https://example.com/a;jsessionid=A1B2?x=1", "https://example.com/a?x=1"),
        ("https://example.com/a?&&x=&y&", "https://example.com/a?x=&y"),
        ("https://example.com/a?x=1;y=2&q=a+b%2Bc", "https://example.com/a?x=1;y=2&q=a+b%2Bc"),
    ],
)
def test_canonical_drops_what_is_not_the_page(written: str, expected: str) -> None:
    """Tracking, fragments and trailing dots go; everything that may choose the page stays in its order."""
    assert canonical(written) == expected


@pytest.mark.parametrize("written", ["HTTP://[::FFFF:1.2.3.4]:80/", "http://0x01020304:80/"])
def test_the_default_port_of_a_number_goes_too(written: str) -> None:
    assert canonical(written) == canonical(parse(written))


@pytest.mark.parametrize("name", ["id", "p", "uid", "cid", "eid", "source", "session", "page", "ref", "mod", "cmp"])
def test_parameters_that_name_articles_somewhere_are_kept(name: str) -> None:
    """Publishing systems address articles by these names, whatever trackers do with them."""
    assert canonical(f"https://example.com/?{name}=12") == f"https://example.com/?{name}=12"


# ------------------------------------------------------------------------------------------------ hosts


def test_host_and_origin_without_what_is_implied() -> None:
    """The host is what a pace is kept for, the origin what robots.txt is asked of."""
    assert host("https://WWW.Example.com.:443/x") == "www.example.com"
    assert origin("https://WWW.Example.com.:443/x") == "https://www.example.com"
    assert origin("http://[::1]:8700/x") == "http://[::1]:8700"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.bbc.co.uk/a", "https://feeds.bbc.co.uk/b", True),
        ("https://bbc.co.uk/", "https://itv.co.uk/", False),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("https://www.one.internal/", "https://two.one.internal/", True),
        ("http://127.0.0.1/", "http://127.0.0.1:8700/", True),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://localhost/", "http://localhost:1/", True),
        ("http://[::1]/", "http://[::2]/", False),
    ],
)
def test_one_site_is_one_registrable_domain(one: str, other: str, same: bool) -> None:
    """Sites are told apart by the public suffix list, and by the whole host where it says nothing."""
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://themoscowtimes.com/a", True),
        ("https://m.themoscowtimes.com/a", True),
        ("https://static.themoscowtimes.com/sitemap.xml", True),
        ("https://shop.themoscowtimes.com/a", False),
        ("https://themoscowtimes.com.evil.example/a", False),
        ("https://eviltthemoscowtimes.com/a", False),
        ("https://www.themoscowtimes.com:8080/a", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_its_own_hosts_belong_to_an_outlet(url: str, own: bool) -> None:
    """The home's host in all its forms and the hosts that are listed; nobody else's."""
    assert belongs(url, MOSCOW_TIMES) is own


def test_a_star_stands_for_all_hosts_below() -> None:
    """`*.example.com` takes every subdomain, but not the domain itself nor a name that merely ends alike."""
    outlet = Outlet(id="x", name="X", home="http://127.0.0.1:8700/", hosts=("*.example.com",))
    urls = ("https://a.b.example.com/", "https://example.com/", "https://badexample.com/", "http://127.0.0.1:8701/")
    assert [belongs(url, outlet) for url in urls] == [True, False, False, False]


# ------------------------------------------------------------------------------------------------ resolve and slug


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("c", "https://example.com/a/c"),
        ("../c", "https://example.com/c"),
        ("../../../c", "https://example.com/c"),
        ("/c?x=1", "https://example.com/c?x=1"),
        ("?x=1", "https://example.com/a/b?x=1"),
        ("#top", "https://example.com/a/b?q=1#top"),
        ("//other.example/c", "https://other.example/c"),
        (" \n/c d\n", "https://example.com/c%20d"),
        ("/c\r\n/d", "https://example.com/c/d"),
        ("HTTP://Other.example", "http://other.example/"),
        ("", None),
        ("  ", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://a:b:c/", None),
        ("//[::1", None),
        ("/\\evil.example/x", None),
        ("/" + "x" * 60_000, None),
    ],
)
def test_links_lead_to_addresses_or_nowhere(ref: str, expected: str | None) -> None:
    """A link is resolved as RFC 3986 says; one that is broken or not http leads nowhere."""
    assert resolve("https://example.com/a/b?q=1#old", ref) == expected


@given(st.text(), st.text())
@example("https://example.com/", "http://[")
@example("https://example.com/", "\ud800")
def test_no_link_makes_resolve_fall_over(base: str, ref: str) -> None:
    """Whatever base and link are, the answer is an address in its one form or None."""
    found = resolve(base, ref)
    assert found is None or parse(found) == found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/2024/06/12/peacekeepers-leave-a85385/amp", "peacekeepers-leave-a85385"),
        ("/a-title/", "a-title"),
        ("/a-title.html", "a-title"),
        ("/", "example-com"),
        ("/..%5c..%5cx", "x"),
        ("/%252e%252e%252fx", "2e-2e-2fx"),
        ("/-rf", "rf"),
        ("/.", "example-com"),
        ("/...", "example-com"),
        ("/CON", "con-page"),
        ("/aux.html", "aux-page"),
        ("/C:%5Cx", "c-x"),
        ("/name.%20", "name"),
        ("/" + "s" * 300, "s" * 80),
        ("/%ff%fe%c0%af", "example-com"),
        ("/cafe%CC%81", "cafe"),
        ("/CASE", "case"),
        ("/x?a=../../y&b=%00", "x"),
        ("/x%23y", "x-y"),
        ("/100%", "100"),
        ("/world/Новости", "world"),
    ],
)
def test_slugs_are_safe_names(path: str, name: str) -> None:
    """The folder of an article gets a name that no file system minds, whatever its address is."""
    assert slug(f"https://example.com{path}") == name


@given(st.text())
def test_any_path_gives_a_safe_slug(path: str) -> None:
    """A slug holds only letters, digits and inner dashes, is never empty, too long or reserved."""
    try:
        name = slug(f"https://example.com/{path}")
    except UrlError:
        return
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?", name)
    assert not re.fullmatch(r"con|prn|aux|nul|(?:com|lpt)\d", name)


@pytest.mark.parametrize("host", ["раper.example", "pаper.example", "paper.exаmple", "рареr.example", "papеr.example"])
def test_a_host_in_look_alike_letters_is_another_host(host: str) -> None:
    """Cyrillic letters that look like Latin ones: told apart, and shown so that one can see it."""
    told = urls.host(f"https://{host}/news/pier")
    assert told != "paper.example"
    assert told.isascii()
    assert "xn--" in told


@pytest.mark.parametrize(
    "host", ["PAPER.example", "ｐａｐｅｒ.example", "paper。example", "ⓟaper.example"]
)  # fmt: skip
def test_a_host_in_another_form_of_the_same_letters_is_the_same(host: str) -> None:
    """As browsers take it (UTS 46)."""
    assert urls.host(f"https://{host}/news/pier") == "paper.example"


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(UrlError) as error:
        urls.parse("https://me:secret@example.com/secret-page")
    assert "me:secret" not in str(error.value)
    assert "https://…@example.com/" in str(error.value)
