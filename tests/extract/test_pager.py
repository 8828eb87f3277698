"""What the links of one page say of the pages beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.article import Article
from scraper.extract import extract, read
from scraper.model import Outlet, Paging
from tests.fakes import article_page

PAPER = Outlet("paper.example", "The Paper", "https://paper.example/", hosts=("paper.example.net",))
REL, NUMBER = Paging('[rel~="next"]'), Paging(number="[?&]page=([0-9]+)")
URL = "https://paper.example/2026/a-story"


def article(markup: str, pages: Paging | None = REL, url: str = URL, head: str = "") -> Article:
    """The article of a page with `markup` behind its text."""
    page = article_page().replace("</article>", f"</article>{markup}").replace("</head>", f"{head}</head>")
    return extract(page.encode(), url, outlet=replace(PAPER, pages=pages))


@pytest.mark.parametrize(
    ("markup", "pages"),
    [
        ('<a rel="next" href="?page=2">2</a>', REL),
        ('<a rel="nofollow next" href="/2026/a-story?page=2#top">2</a>', REL),
        ('<a class="x" href="/1">1</a><nav><a class="fwd" href="a-story?page=2">›</a></nav>', Paging(".fwd")),
        ('<a href="?page=1">1</a> <a href="?page=2">2</a> <a href="?page=3">3</a> <a href="?page=12">12</a>', NUMBER),
        ('<a href="/b-story?page=2">b</a> <a href="/2026/a-story?utm_source=x&page=2">2</a>', NUMBER),
        ('<a href="?page=3">last</a> <a class="fwd" href="?page=2">2</a>', Paging(".fwd", "[?&]page=([0-9]+)")),
        ('<a rel="next" href="/2027/b-story">b</a><a rel="next" href="?page=2">2</a>',
         Paging('[rel~="next"]', "[?&]page=([0-9]+)")),
    ],
)  # fmt: skip
def test_the_link_to_the_next_page_is_found(markup: str, pages: Paging) -> None:
    assert article(markup, pages).next_page == f"{URL}?page=2"


def test_the_link_may_stand_in_the_head() -> None:
    assert article("", head=f'<link rel="next" href="{URL}/2">').next_page == f"{URL}/2"


@pytest.mark.parametrize(
    ("markup", "pages"),
    [
        ("", REL),
        ('<a rel="next" href="">2</a><a rel="next">2</a><a rel="next" href="javascript:go(2)">2</a>', REL),
        ('<a rel="next" href="#">2</a><a rel="next" href="?utm_source=pager">2</a>', REL),
        ('<a rel="next" href="file:///etc/passwd">2</a><a rel="next" href="http://u:p@paper.example/2">2</a>', REL),
        ('<a href="?page=2">2</a>', Paging(".fwd")),
        ('<a href="?page=3">3</a><a href="?page=1">1</a>', NUMBER),
        ('<a href="https://paper.example/b-story?page=2">2</a>', NUMBER),
        ('<a href="https://other.example/2026/a-story?page=2">2</a>', NUMBER),
        ('<a rel="next" href="?page=2">2</a>', None),
    ],
)
def test_where_nothing_leads_on_there_is_no_next_page(markup: str, pages: Paging | None) -> None:
    assert article(markup, pages).next_page is None


def test_links_of_another_site_say_nothing() -> None:
    """The rules of an outlet are for its own pages."""
    assert article('<a rel="next" href="/2">2</a>', url="https://other.example/a").next_page is None


@pytest.mark.parametrize(
    ("head", "url", "pages"),
    [
        (f'<link rel="canonical" href="{URL}">', f"{URL}?page=2", REL),
        (f'<link rel="canonical" href="{URL}">', f"{URL}/2", REL),
        (f'<link rel="first" href="{URL}">', f"{URL}-3", REL),
        (f'<link rel="prev" href="{URL}">', f"{URL}?page=2", REL),
        ("", f"{URL}?page=2", NUMBER),
        ("", f"{URL}?page=7", NUMBER),
        (f'<link rel="canonical" href="{URL}">', f"{URL}?page=1", NUMBER),
    ],
)
def test_a_later_page_says_where_the_article_begins(head: str, url: str, pages: Paging) -> None:
    assert article("", pages, url, head).first_page == URL


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("", URL),
        (f'<link rel="canonical" href="{URL}">', URL),
        (f'<link rel="canonical" href="{URL}">', f"{URL}/amp"),
        (f'<link rel="canonical" href="{URL}">', "https://paper.example/2026/b-story"),
        ('<link rel="prev" href="https://paper.example/2026/the-story-before">', URL),
        ('<link rel="first" href="https://paper.example/">', f"{URL}/2"),
        ('<link rel="prev" href="https://other.example/2026/a-story">', f"{URL}/2"),
    ],
)
def test_another_page_is_no_later_one(head: str, url: str) -> None:
    """The story before, the front page, another host: none of them is where this article begins."""
    assert article("", REL, url, head).first_page is None


def test_a_new_link_to_a_next_page_is_something_new() -> None:
    """Though the text is as it was."""
    outlet = replace(PAPER, pages=REL)
    page = article_page()
    known = extract(page.encode(), URL, outlet=outlet).fingerprint
    more = page.replace("</article>", '</article><a rel="next" href="?page=2">2</a>')
    assert read(page.encode(), URL, outlet=outlet, known=known) is None
    assert read(more.encode(), URL, outlet=outlet, known=known) is not None


def test_an_outlet_without_the_key_is_read_as_ever() -> None:
    """Its reading and its fingerprints stay, so that nothing that is kept is read anew."""
    page = article_page().replace("</article>", '</article><a rel="next" href="?page=2">2</a>').encode()
    plain, ruled = extract(page, URL, outlet=PAPER), extract(page, URL, outlet=replace(PAPER, pages=REL))
    nobody = extract(page, URL)
    assert (plain.reading, plain.fingerprint) == (nobody.reading, nobody.fingerprint)
    assert plain.reading != ruled.reading


def test_the_data_of_a_short_page_do_not_stand_in_for_it() -> None:
    """They often hold the text of all pages, on each of them."""
    data = '{"@type": "NewsArticle", "headline": "A pier", "articleBody": "%s"}' % ("All of the article. " * 60)
    head = f'<script type="application/ld+json">{data}</script><link rel="canonical" href="{URL}">'
    last = "The council will meet again on Thursday, to hear from the engineers."
    page = f"<html><head><title>A pier</title>{head}</head><article><h1>A pier</h1><p>{last}</p></article></html>"
    later = extract(page.encode(), f"{URL}?page=2", outlet=replace(PAPER, pages=REL))
    assert later.body == last


def test_a_page_of_a_million_links_is_read_in_time() -> None:
    """No more than some hundred of them are looked at."""
    links = "".join(f'<a rel="next" href="https://{"x" * 40}.example/{n}?page=2">2</a>' for n in range(20_000))
    assert article(links, NUMBER).next_page is None
