"""Twice the page costs twice the work: counted in calls, not in time, for each thing pages have thousands of."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from tests.extract.pages import PARAGRAPHS, TITLE, ld, page, read, texts

LINE = PARAGRAPHS[1]
# What a page has many of: markup, with the number in it.
MANY = {
    "paragraphs": "<p>{0} {1}</p>",
    "links": '<a href="/x/{1}">link number {1} of them</a> ',
    "lists of links": '<ul><li><a href="/x/{1}">link number {1} of them</a></li></ul>',
    "quotes": "<blockquote>{0} {1}</blockquote>",
    "boxes": "<div><div><span>{0} {1}</span></div></div>",
    "articles": "<article><h2>Head {1}</h2><p>{0}</p></article>",
    "headings": "<h2>A heading of some length {1}</h2>",
    "cards": '<div><a href="/x{1}"><h3>Ferry fares go up again {1}</h3></a><p>{0}</p></div>',
    "line breaks": "{0}<br><br>",
    "rows": "<table><tr><td>cell {1}</td><td>{0}</td></tr></table>",
    "comments": '<div class="k"><b>gull{1}</b> <i>{1} hours ago</i><p>{0}</p><button>Reply</button></div>',
    "forms": '<div><p>Sign up for our newsletter, {1}.</p><form action="/x"><button>OK</button></form></div>',
    "times": '<div class="date"><time>22 August</time> {1}</div>',
    "pictures": '<figure><img src="/{1}.jpg"><figcaption>{0} {1}</figcaption></figure>',
    "nested lists": "<ul><li>item {1}<ul><li>item<ul><li>item</li></ul></li></ul></li></ul>",
}
NESTED = {"lists": ("<ul><li>{0}", "</li></ul>"), "boxes": ("<div><p>{0}</p>", "</div>")}
DATA = {
    "nodes": '[{}{{"@type":"NewsArticle"}}]',
    "quotes": '{{"a": "{}',
    "commas": '{{"a": [{}]',
}


def work(html: bytes) -> int:
    """How many calls reading a page takes, of functions of this program and of the libraries it uses."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        read(html)
    finally:
        sys.setprofile(before)
    return count


def grown(small: bytes, large: bytes, base: bytes) -> float:
    """By how much the work grows, without that for the page around."""
    around = work(base)
    return (work(large) - around) / max(work(small) - around, 1)


@pytest.mark.parametrize("name", sorted(MANY))
def test_work_grows_with_the_page_and_no_faster(name: str) -> None:
    many = ["".join(MANY[name].format(LINE, n) for n in range(count)) for count in (300, 600)]
    small, large = (page([*PARAGRAPHS, f"<div>{inside}</div>"]) for inside in many)
    assert grown(small, large, page()) < 2.6


@pytest.mark.parametrize("name", sorted(NESTED))
def test_depth_costs_no_more_than_the_limit_on_depth_allows(name: str) -> None:
    opened, closed = NESTED[name]
    small, large = (page([*PARAGRAPHS, opened.format(LINE) * n + closed * n]) for n in (150, 300))
    assert grown(small, large, page()) < 3.6


@pytest.mark.parametrize("name", sorted(DATA))
def test_broken_data_cost_what_they_weigh(name: str) -> None:
    head = [
        f'<script type="application/ld+json">{DATA[name].format(chr(34) * n + "," * n)}</script>' for n in (500, 1000)
    ]
    assert grown(page(head=head[0]), page(head=head[1]), page()) < 2.6


def test_a_paragraph_of_five_megabytes_is_one_paragraph() -> None:
    long = "word and then some, " * 250_000
    assert texts(read(page([*PARAGRAPHS, f"<p>{long}</p>"])))[-1] == long.strip()


def test_a_hundred_heavy_data_blocks_do_not_cost_the_article() -> None:
    heavy = ld(headline="Another", articleBody="word " * 20_000, url="/other")
    article = read(page(head=ld(headline=TITLE, author="Ida Krol") + heavy * 100))
    assert (article.authors, texts(article)) == (("Ida Krol",), list(PARAGRAPHS))


def test_many_lines_that_stand_apart_are_all_kept() -> None:
    quotes = [f"<blockquote>{LINE} Number {n}.</blockquote>" for n in range(300)]
    assert len(texts(read(page([*PARAGRAPHS, *quotes])))) == len(PARAGRAPHS) + 300
