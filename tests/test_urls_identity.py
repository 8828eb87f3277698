"""One key for all forms of an article's address, and never one for two articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scraper.model import Outlet
from scraper.urls import identity

MOSCOW_TIMES = Outlet(
    id="themoscowtimes.com",
    name="The Moscow Times",
    home="https://www.themoscowtimes.com/",
    hosts=("static.themoscowtimes.com",),
    identity=r"-(a\d+)$",
    witness="/pdf",
)
KYIV_INDEPENDENT = Outlet(
    id="kyivindependent.com",
    name="The Kyiv Independent",
    home="https://kyivindependent.com/",
    identity=r"^/(?:(?:news-feed|national|opinion)/)?([^/]+)$",
)

words = st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-", min_size=1, max_size=12).filter(
    lambda word: word not in {"amp", "print", "index"}
)
paths = st.lists(words, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
hosts = st.builds("news{}.{}".format, st.text("abc0", max_size=6), st.sampled_from(["com", "com.ua", "example"]))
queries = st.lists(st.tuples(st.sampled_from(["id", "p", "uid", "cid", "source", "lang"]), words), max_size=3)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Plausible addresses of articles."""
    name = draw(hosts)
    query = "&".join(f"{key}={value}" for key, value in draw(queries))
    return f"https://{name}{draw(paths)}" + (f"?{query}" if query else "")


def with_path(url: str, ending: str) -> str:
    """`url` with `ending` behind its path, before its query."""
    path, mark, query = url.partition("?")
    return path + ending + mark + query


def with_query(url: str, part: str) -> str:
    """`url` with one more parameter."""
    return f"{url}{'&' if '?' in url else '?'}{part}"


ENDINGS = ("/", "/index.html", "/index.php", "/amp", "/amp/", ".amp", "/amp.html", ".amp.html", "/print", "/print/")
PARTS = ("amp", "amp=1", "output=amp", "outputType=amp", "print=1", "print", "utm_source=rss&utm_id=x", "fbclid=a")


def after_host(url: str, more: str) -> str:
    """`url` with `more` behind its host."""
    return re.sub(r"(//[^/]+)", lambda found: found[0] + more, url)


def before_host(url: str, more: str) -> str:
    """`url` with `more` in front of its host."""
    return url.replace("//", f"//{more}", 1)


FORMS: dict[str, Callable[[str], str]] = {
    "http": lambda url: url.replace("https://", "http://"),
    "port 80": lambda url: after_host(url, ":80").replace("https://", "http://"),
    "port 443": lambda url: after_host(url, ":443"),
    "upper-case host": lambda url: re.sub(r"//[^/]+", lambda found: found[0].upper(), url),
    "dot behind the host": lambda url: after_host(url, "."),
    "amp in front of the path": lambda url: after_host(url, "/amp"),
    "fragment": lambda url: f"{url}#comments",
    "several": lambda url: with_query(with_path(before_host(url, "www."), "/amp/"), "utm_campaign=z") + "#x",
    **{f"host {label}": partial(before_host, more=label) for label in ("www.", "m.", "amp.", "mobile.", "www.m.")},
    **{f"path {ending}": partial(with_path, ending=ending) for ending in ENDINGS},
    **{f"query {part}": partial(with_query, part=part) for part in PARTS},
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20)
@given(url=addresses())
def test_all_forms_of_an_address_share_one_key(form: str, url: str) -> None:
    """However an article is linked to, it is one article."""
    assert identity(FORMS[form](url)) == identity(url)


@given(addresses(), addresses())
def test_different_articles_never_share_a_key(one: str, other: str) -> None:
    """Path (its case too) and every parameter that is not tracking count; only the order of parameters does not."""
    path, _, query = one.partition("?")
    other_path, _, other_query = other.partition("?")
    assume(path != other_path or sorted(query.split("&")) != sorted(other_query.split("&")))
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/?p=12", "https://example.com/?p=13"),
        ("https://example.com/a?print=12", "https://example.com/a?print=13"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/caf%C3%A9", "https://example.com/cafe%CC%81"),
        ("https://example.com/x?a=../../y&b=%00", "https://example.com/x"),
        ("https://example.com/x%23y", "https://example.com/x"),
        ("https://example.com/print", "https://example.com/"),
        ("https://example.com/amp", "https://example.com/"),
        ("https://news.example.com/a", "https://example.com/a"),
        ("http://127.0.0.1:8700/a", "http://127.0.0.1:8701/a"),
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://example.com/#!/a", "https://example.com/#!/b"),
    ],
)
def test_pairs_that_look_alike_but_are_two_articles(one: str, other: str) -> None:
    """What a careless folding would merge stays apart: a merged article is a lost one."""
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    "form",
    [
        "https://www.themoscowtimes.com/2024/06/12/russian-peacekeepers-complete-withdrawal-a85385",
        "https://www.themoscowtimes.com/2024/06/12/russian-peacekeepers-complete-withdrawal-a85385/pdf",
        "http://themoscowtimes.com/2024/06/13/another-slug-a85385/?utm_source=rss",
        "https://www.themoscowtimes.com/x-a85385/amp",
        "https://www.themoscowtimes.com/x-a85385?lang=en",
    ],
)
def test_an_outlets_pattern_names_its_articles(form: str) -> None:
    """Another date, slug or form of the address is still the article that the outlet's number names."""
    assert identity(form, MOSCOW_TIMES) == "themoscowtimes.com a85385"


def test_the_witness_form_is_folded_without_a_pattern() -> None:
    """The printable form of an article is the article."""
    outlet = Outlet(id="x", name="X", home="https://x.example/", witness="/pdf")
    assert identity("https://x.example/a/pdf", outlet) == identity("https://x.example/a", outlet)


def test_a_pattern_says_nothing_about_other_hosts() -> None:
    """A copy elsewhere that ends in the same number is not the outlet's article."""
    elsewhere = "https://copies.example/x-a85385"
    assert identity(elsewhere, MOSCOW_TIMES) == identity(elsewhere)


def test_pages_that_a_pattern_does_not_name_keep_their_path() -> None:
    """A pattern that does not match changes nothing."""
    assert identity("https://www.themoscowtimes.com/news", MOSCOW_TIMES) == "themoscowtimes.com/news"


@pytest.mark.parametrize("section", ["", "/news-feed", "/national"])
@pytest.mark.parametrize("shape", ["https://kyivindependent.com{}/slug/", "http://www.kyivindependent.com.{}/slug"])
def test_old_section_paths_lead_to_the_same_article(section: str, shape: str) -> None:
    """An outlet that moved its articles out of sections still has one article for each slug."""
    assert identity(shape.format(section), KYIV_INDEPENDENT) == "kyivindependent.com slug"


def test_forty_links_to_one_article_are_two_at_most() -> None:
    """All decorations of one link give one key; only the parameter that may matter gives another."""
    base = "https://example.com/2024/a-title"
    keys = {identity(form(base)) for form in FORMS.values()} | {identity(base + "?id=2")}
    assert keys == {"example.com/2024/a-title", "example.com/2024/a-title?id=2"}
