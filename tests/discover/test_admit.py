"""Which links are let in, and the word for each that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discover import refusal
from scraper.model import Admit
from tests.discover.web import OUTLET

WORDS = {None, "bad-url", "foreign-host", "never", "not-in-only", "not-article-path"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/2024/06/12/a-title", None),
        ("http://www.example.com/a-title?utm_source=rss", None),
        ("https://m.example.com/a-title", None),
        ("https://example.com/?p=123", None),
        ("https://example.com/a-title.html", None),
        ("https://example.com/a-title/pdf", None),
        ("https://other.example/a-title", "foreign-host"),
        ("https://shop.example.com/a-title", "foreign-host"),
        ("https://example.com.evil.example/a-title", "foreign-host"),
        ("https://example.com:8443/a-title", "foreign-host"),
        ("http://127.0.0.1/a-title", "foreign-host"),
        ("javascript:alert(1)", "bad-url"),
        ("/a-title", "bad-url"),
        ("", "bad-url"),
        ("https://example.com", "not-article-path"),
        ("https://example.com/?utm_source=rss", "not-article-path"),
        ("https://example.com/photos/bridge.JPG", "not-article-path"),
        ("https://example.com/clip.mp4?x=1", "not-article-path"),
        ("https://example.com/sitemap.xml.gz", "not-article-path"),
        ("https://example.com/a/a/a/b", "not-article-path"),
        ("https://example.com/" + "/".join(map(str, range(20))), "not-article-path"),
    ],
)
def test_an_address_tells_whether_it_may_be_an_article(url: str, reason: str | None) -> None:
    """Only the outlet's own pages are let in, and each refusal has its word."""
    assert refusal(OUTLET, url) == reason


def test_the_outlets_patterns_are_searched_in_path_and_query() -> None:
    """`never` wins over `only`, and tracking parameters are not seen by either."""
    outlet = replace(OUTLET, admit=Admit(only=(r"^/news/", r"[?&]id=\d"), never=(r"/live/", r"utm_")))
    paths = ["/news/a", "/x?id=7", "/sport/a", "/news/live/a", "/news/a?utm_source=x"]
    reasons = [refusal(outlet, f"https://example.com{path}") for path in paths]
    assert reasons == [None, None, "not-in-only", "never", None]


def test_only_may_admit_what_looks_like_a_file() -> None:
    """Who names a pattern knows the outlet better than a list of endings does."""
    outlet = replace(OUTLET, admit=Admit(only=(r"\.txt$",)))
    assert refusal(outlet, "https://example.com/release.txt") is None


@given(st.text() | st.text().map(lambda text: f"https://example.com/{text}"))
def test_every_text_has_an_answer(url: str) -> None:
    """No link falls through the words."""
    assert refusal(OUTLET, url) in WORDS
