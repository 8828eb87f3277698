"""Front pages: which of their links are articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discover import fronts
from scraper.discover.fronts import LIKELY, Anchor, weigh
from scraper.errors import Failed
from tests.discover.web import look, urls

FRONT = "https://example.com/"

PAGE = """<!doctype html><html><head><title>Example</title></head><body>
<header><nav><a href="/">Home</a> <a href="/politics/">Politics</a> <a href="/about">About us</a>
<a href="/subscribe?from=top">Subscribe now and support our reporting</a></nav></header>
<main>
<article><a href="/politics/parliament-votes-on-new-budget/"><img src="/i.jpg" alt=""></a>
<h2><a href="/politics/parliament-votes-on-new-budget/">Parliament votes on the new budget</a></h2></article>
<article><h3><a href="https://www.example.com/2026/11/22/storm?utm_source=front#comments">Storm</a></h3></article>
<div><a href="/story/1234567">Ferry service to the islands resumes today</a></div>
<div><a href="/photos/bridge-over-the-old-river.jpg">A bridge over the old river</a></div>
<div><a href="https://other.example/2026/11/22/a-long-foreign-headline-here">A long foreign headline here</a></div>
<a href="mailto:desk@example.com">Write to us about anything you like</a>
<a href="javascript:void(0)">Open the menu of this site now</a><a href="#top">Back to the top of the page</a>
<a href="https://exa mple.com/2026/11/22/x">A link that leads to nowhere at all</a>
<a href="/tag/budget-of-the-year-2026">All about the budget of this year</a>
<a href="/author/jane-roe-of-the-desk/">Jane Roe of the desk</a>
<a href="/page/2/">Older stories from our archive</a>
</main><footer><a href="/privacy">Privacy</a><a href="/terms-of-use">Terms</a></footer></body></html>"""


def test_a_front_page_gives_its_articles_with_their_headlines() -> None:
    """Headlines are taken with their words; navigation, lists, services and other sites are not."""
    found, _ = look("front", PAGE.encode())
    assert [(one.url, one.title) for one in found.sightings] == [
        ("https://example.com/politics/parliament-votes-on-new-budget/", "Parliament votes on the new budget"),
        ("https://www.example.com/2026/11/22/storm", "Storm"),
        ("https://example.com/story/1234567", "Ferry service to the islands resumes today"),
    ]
    assert found.skipped["foreign-host"] == 1
    assert found.skipped["not-article-path"] == 1
    assert found.skipped["bad-url"] == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/2026/11/22/storm", "Storm"),
        ("/2026/nov/22/storm-hits-coast", None),
        ("/parliament-votes-on-new-budget/", None),
        ("/news/world-us-canada-67012345", "A vote"),
        ("/en/article/1107345", "Foreign ministers meet in the capital"),
        ("/?p=8812", "The island's last ferry is sold"),
        ("/politik/haushalt-a-1234567.html", None),
        ("/story/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8-2026-11-22-123456", None),
    ],
)
def test_what_looks_like_an_article(path: str, text: str | None) -> None:
    """Dates, long slugs, numbers and sentences speak for an article."""
    assert sum(weigh(Anchor(f"https://example.com{path}", text)).values()) >= LIKELY


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "Example"),
        ("/politics", "Politics"),
        ("/world/europe/", "Europe"),
        ("/tag/elections-of-the-year-2026", "Everything about the elections"),
        ("/author/jane-roe", "Jane Roe"),
        ("/news/page/2/", "Older news from our archive here"),
        ("/search?q=budget&page=3", "Next page of what you searched"),
        ("/newsletters/the-morning-briefing-by-email", "The morning briefing by email"),
        ("/shop/mug-with-our-logo-on-it", "Mug with our logo on it"),
        ("/list?color=red&size=9", "Red ones of size nine"),
        ("/login", "Sign in to your account to read"),
    ],
)
def test_what_does_not_look_like_an_article(path: str, text: str) -> None:
    """Sections, lists, people, services and filters are left out, however long their words."""
    assert sum(weigh(Anchor(f"https://example.com{path}", text)).values()) < LIKELY


def test_the_weighing_explains_itself() -> None:
    """Each reason is named with its weight, and nothing else is."""
    anchor = Anchor("https://example.com/2026/11/22/storm-hits-the-coast", "Storm", frozenset({"h2", "nav"}))
    assert weigh(anchor) == {
        "date in the path": 3,
        "slug of several words": 3,
        "in a heading": 2,
        "in navigation": -2,
    }


def test_a_base_element_moves_relative_links() -> None:
    """Links start from where the page says they do."""
    page = b"<base href='/2026/11/22/'><a href='storm-hits-the-coast'>Storm</a>"
    (link,) = fronts.parse(page, FRONT).links
    assert link.url == "https://example.com/2026/11/22/storm-hits-the-coast"


def test_a_page_of_endless_links_is_bounded() -> None:
    """A page that invents articles gives only so many, and it is said."""
    page = "".join(f"<a href='/2026/11/22/invented-article-number-{n}'>x</a>" for n in range(2000))
    found, web = look("front", page.encode())
    assert (len(found.sightings), found.capped, len(web.asked)) == (fronts.MOST_LINKS, "items", 1)


def test_paths_that_grow_by_themselves_are_refused() -> None:
    """A relative link on a page of its own folder is a trap."""
    page = "<a href='/a/a/a/a/2026/11/22/storm-hits-the-coast'>Storm hits the coast of the island</a>"
    found, _ = look("front", page.encode())
    assert (urls(found), found.skipped) == ([], {"not-article-path": 1})


def test_session_marks_make_no_new_articles() -> None:
    """Two links that differ by a session only are one article."""
    page = "".join(f"<a href='/2026/11/22/storm;jsessionid={n}?PHPSESSID={n}'>Storm</a>" for n in range(3))
    found, _ = look("front", page.encode())
    assert urls(found) == ["https://example.com/2026/11/22/storm"]


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b"  ", "empty"), (b"OK", "not-a-page")])
def test_what_is_no_page_says_why(body: bytes, reason: str) -> None:
    """An empty answer or plain text is not a page without articles."""
    with pytest.raises(Failed, match=reason):
        fronts.parse(body, FRONT)


@given(st.builds("https://example.com/{}".format, st.text("abcz019-_/.?=&%", max_size=60)), st.none() | st.text())
def test_every_link_has_a_weight(url: str, text: str | None) -> None:
    """Nothing about a link makes the weighing fall over, and no weight is left unexplained."""
    assert all(weigh(Anchor(url, text)).values())
