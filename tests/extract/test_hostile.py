"""Whatever a page holds: an article, or one of our own errors with a reason; the same twice; in bounded time."""

from __future__ import annotations

import builtins
import socket
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import extract
from scraper.article import Article
from scraper.errors import ExtractError
from tests.extract.pages import PARAGRAPHS, TITLE, URL, WIDGETS, ld, page, read, texts

SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def outcome(data: bytes, content_type: str | None = None) -> Article | str:
    """The article, or the reason why there is none. Any other exception is a failure of the test."""
    try:
        return extract(data, URL, content_type=content_type)
    except ExtractError as exc:
        return exc.reason


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


# ------------------------------------------------------------------------------------------------ any bytes


@SLOW
@given(st.binary(max_size=2_000))
def test_any_bytes_give_an_article_or_a_reason_and_the_same_twice(data: bytes) -> None:
    first = outcome(data)
    assert first == outcome(data)
    assert isinstance(first, Article) or first in {"empty", "not-text", "too-heavy", "bad-pdf", "encrypted"}


MARKUP = (
    "<p>|</p>|<div>|</div>|<div class='ad'>|<article>|</article>|<h1>|</h1>|<a href='/x'>|</a>|<table>|<tr>|<td>"
    "|</table>|<ul>|<li>|<br>|<pre>|<blockquote>|<b>|<span class='x'>|<p hidden>|<figure>|<figcaption>"
    "|<time datetime='x'>|<main>|<!--|-->|<script>|</script>|<svg>|<template>|<meta charset=x>|<html lang='%'>"
    "|<link rel=canonical href='//['>|&#0;|&#x110000;|\0|\ufeff|<p style='display:none'>"
)
TAGS = st.sampled_from(MARKUP.split("|"))


@SLOW
@given(st.lists(st.one_of(TAGS, st.text(max_size=60), st.sampled_from(PARAGRAPHS)), max_size=80))
def test_any_soup_of_tags_gives_an_article_or_a_reason_and_the_same_twice(soup: list[str]) -> None:
    data = "".join(soup).encode("utf-8", "surrogatepass")
    first = outcome(data)
    assert first == outcome(data)
    if isinstance(first, Article):
        assert first.text.endswith(">\n")
        assert all(block.text == block.text.strip("\n") and block.text for block in first.blocks)


@SLOW
@given(st.integers(0, 4_000), st.integers(1, 4_000))
def test_a_page_cut_anywhere_is_still_read(start: int, length: int) -> None:
    whole = page([*PARAGRAPHS, *list(WIDGETS.values())[:6]], head=ld(headline=TITLE))
    outcome(whole[start : start + length])


NAMES = (
    "@type @id @graph name headline author datePublished image url publisher keywords hasPart isAccessibleForFree "
    "articleBody mainEntityOfPage inLanguage wordCount cssSelector"
)
KEYS = NAMES.split()


@SLOW
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(KEYS),
                st.one_of(inner, st.sampled_from(["NewsArticle", "Article", "LiveBlogPosting"])),
                max_size=8,
            ),
        ),
        max_leaves=20,
    )
)  # fmt: skip
def test_data_of_any_shape_never_costs_the_article(data: object) -> None:
    node = data if isinstance(data, dict) else {"name": data}
    article = read(page(head=ld(**{str(key): value for key, value in node.items()})))
    assert texts(article) == list(PARAGRAPHS)


# ------------------------------------------------------------------------------------------------ data that bite


@pytest.mark.parametrize(
    "head",
    [
        script('{"a":' * 100_000 + "1" + "}" * 100_000),
        script("[" * 100_000),
        script('{"@type":"NewsArticle","wordCount":' + "9" * 1_000_000 + "}"),
        script('{"@type":"NewsArticle","headline":"' + "x" * 10_000_000 + '"}'),
        script('{"@type":"NewsArticle","headline":NaN,"author":Infinity}'),
        script("not json at all"),
        script('{"@type":"NewsArticle","__proto__":{"x":1},"headline":1,"headline":[2]}'),
        script('<!-- {"@type":"NewsArticle",} -->'),
        '<link rel="canonical" href="https://paper.example/x">' * 1_000,
        '<meta property="article:tag" content="x">' * 20_000,
        f'<meta name="description" content="{"a" * 1_000_000}">',
        f'<meta property="og:title" content="{TITLE}&#0;&#xD800;\ufffe">',
    ],
    ids=lambda head: head[:48],
)
def test_a_hostile_head_never_costs_the_article(head: str) -> None:
    article = read(page(head=head))
    assert texts(article) == list(PARAGRAPHS)
    article.text.encode()


def test_ten_thousand_authors_are_cut_to_a_few() -> None:
    authors = [{"@type": "Person", "name": f"Ann Bo{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}"} for n in range(10_000)]
    assert 0 < len(read(page(head=ld(headline=TITLE, author=authors))).authors) <= 30


def test_broken_json_is_read_as_far_as_it_goes() -> None:
    broken = '{"@type": "NewsArticle", "headline": "Bridge", "author": "Ida\nKrol",},'
    assert read(page(head=script(broken))).authors == ("Ida Krol",)


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>", "=HYPERLINK(\"http://x\")", "x'); DROP TABLE articles;--", "../../etc/passwd",
        "]]> <!-- & <",
        "Real title\r\n2026-01-01 CRITICAL forged line", "a\u202eb\u0000c", " \t\xa0\u3000 ",
    ],
)  # fmt: skip
def test_a_title_is_data_and_one_line(title: str) -> None:
    article = read(page(title=title))
    assert "\n" not in (article.title or "")
    assert "\0" not in article.text
    assert texts(article) == list(PARAGRAPHS)


# ------------------------------------------------------------------------------------------------ weight

HEAVY = {
    "nested divs": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "open formatting": "".join(f"<b id={n}><p>" for n in range(3_000)),
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</div>",
    "options": "<select>" + "<option>x" * 200_000,
    "fifty megabytes": "<p>" + "word " * 10_000_000,
}
LARGE = {
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(10_000)) + ">x</div>",
    "columns": "<table><tr>" + '<td colspan="1000000000">c</td>' * 600 + "</tr></table>",
    "references": "<p>" + "&eacute;" * 200_000 + "</p>",
    "marks": "<p>e" + "\u0301" * 200_000 + "</p>",
    "dates": "<p>" + "2024-05-06 12:33 May 5, 2024 " * 20_000 + "</p>",
    "links": "".join(f'<a href="/x/{n}">link {n}</a> ' for n in range(20_000)),
    "paragraphs": "<p>short</p>" * 20_000,
    "pictures": '<img src="/x.png">' * 20_000,
    "bad references": "<p>&#0;&#xFFFFFFFF;&#99999999999;</p>" * 100,
}


@pytest.mark.timeout(100)
@pytest.mark.parametrize("name", sorted(HEAVY))
def test_what_no_parser_survives_is_refused_before_it_is_parsed(name: str) -> None:
    assert outcome(page([*PARAGRAPHS, HEAVY[name]])) == "too-heavy"


@pytest.mark.timeout(100)
@pytest.mark.parametrize("name", sorted(LARGE))
def test_what_is_only_large_is_read(name: str) -> None:
    assert texts(read(page([*PARAGRAPHS, LARGE[name]])))[: len(PARAGRAPHS)] == list(PARAGRAPHS)


def test_a_page_with_more_elements_than_are_read_is_flagged() -> None:
    assert "truncated" in read(page([*PARAGRAPHS, "<p>x</p>" * 110_000])).flags


def test_an_attribute_may_hold_a_whole_article() -> None:
    box = f"<div data-state='{'word ' * 30_000}'></div>"
    assert texts(read(page([*PARAGRAPHS, box]))) == list(PARAGRAPHS)


@pytest.mark.parametrize("opened", ["<!-- ", "<script>", "<style>", "<textarea>"])
def test_text_that_an_open_box_has_swallowed_is_flagged(opened: str) -> None:
    assert "truncated" in read(page([*PARAGRAPHS, f"{opened}{PARAGRAPHS[0]} And so on."])).flags


@pytest.mark.parametrize("whole", ["<!-->", "<!-- a --!> b -->", "<script>x = '<!--'</script>", "<style>a{}</style >"])
def test_what_is_closed_has_swallowed_nothing(whole: str) -> None:
    assert read(page([whole, *PARAGRAPHS])).flags == ()


def test_text_nested_deeper_than_other_parsers_go_is_kept() -> None:
    deep = "<div>" * 400 + f"<p>{PARAGRAPHS[0]} Again.</p>" + "</div>" * 400
    assert f"{PARAGRAPHS[0]} Again." in texts(read(page([*PARAGRAPHS, deep])))


def test_text_that_the_pages_data_hold_and_the_markup_lost_is_flagged() -> None:
    told = "\n".join([*PARAGRAPHS, *(f"{text} Once more, with feeling." for text in PARAGRAPHS * 3)])
    assert "text-lost" in read(page(head=ld(headline=TITLE, articleBody=told))).flags


# ------------------------------------------------------------------------------------------------ purity


def test_reading_touches_neither_network_nor_disk_nor_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    html = page(list(PARAGRAPHS) + list(WIDGETS.values()), head=ld(headline=TITLE, datePublished="2026-03-02"))
    expected = read(html)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("extraction looked outside")

    monkeypatch.setattr(builtins, "open", forbidden)
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    monkeypatch.setattr(time, "time", forbidden)
    assert read(html) == expected
