"""What rules may say: selectors and patterns that work, and that leave articles whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.tomlfile import rules
from scraper.tomlfile.files import Check, Wrong
from tests.config.helpers import tried


@pytest.mark.parametrize(
    ("check", "word"),
    [
        (rules.selector, "main .word-wrap > p"),
        (rules.selector, "p"),
        (rules.drop_selector, "aside.article__related-article"),
        (rules.drop_selector, '[class*="RelatedBlock"]'),
        (rules.drop_selector, 'div[data-component="tags"]'),
        (rules.drop_selector, "div:has(> form[data-members-form])"),
        (rules.drop_selector, "figure, aside, nav"),
        (rules.drop_selector, "a[href='x(y']"),
        (rules.field_selector, "time.byline@datetime"),
        (rules.field_selector, "a[href*='@']"),
        (rules.pattern, "a b"),
        (rules.url_pattern, "^/tag/"),
        (rules.url_pattern, "^/$"),
        (rules.block_pattern, "Related article: .+"),
        (rules.witness, "/pdf"),
        (rules.witness, ".pdf"),
    ],
)
def test_a_right_word_is_returned_as_it_is(check: Check[str], word: str) -> None:
    assert check(word) == word


@pytest.mark.parametrize(
    ("check", "word", "why"),
    [
        (rules.selector, "p::", "is not a CSS selector"),
        (rules.selector, "//div[@class='x']", "is not a CSS selector"),
        (rules.selector, "p:contains('x')", "is not a CSS selector"),
        (rules.selector, "div:has(p", "leaves a bracket"),
        (rules.selector, "div[a='b]", "leaves a bracket"),
        (rules.selector, "p" + " p" * 200, "longer than 300"),
        (rules.drop_selector, "p", "matches a plain <p>"),
        (rules.drop_selector, "*", "matches a plain <html>"),
        (rules.drop_selector, "article", "matches a plain <article>"),
        (rules.drop_selector, "header", "matches a plain <header>"),
        (rules.drop_selector, "p:last-child", "matches a plain <p>"),
        (rules.drop_selector, ".ad, div", "matches a plain <div>"),
        (rules.drop_selector, ":not(.article)", "matches a plain <html>"),
        (rules.field_selector, "time@@datetime", "is not a CSS selector"),
        (rules.field_selector, "@datetime", "is not a CSS selector"),
        (rules.pattern, "(", "is not a regular expression"),
        (rules.pattern, "[[a]", "is not a regular expression"),
        (rules.pattern, "(a+)+$", "without nesting"),
        (rules.pattern, "a" * 301, "longer than 300"),
        (rules.url_pattern, "/", "matches every address"),
        (rules.url_pattern, "x*", "matches every address"),
        (rules.block_pattern, ".*", "would drop reporting"),
        (rules.block_pattern, "[A-Z].{3,}", "would drop reporting"),
        (rules.block_pattern, r"\w+", "would drop reporting"),
        (rules.witness, "pdf", "the end of an address"),
        (rules.witness, "/pdf?x=1", "the end of an address"),
    ],
)
def test_a_wrong_word_is_refused_with_a_reason(check: Check[str], word: str, why: str) -> None:
    with pytest.raises(Wrong) as caught:
        check(word)
    assert why in str(caught.value)


PIECES = st.sampled_from(["p", "div", ".a", "#b", " ", ">", "+", "~", ",", "*", "[a]", "[a='b", "]", ":not(", ")",
                          ":has(", ":is(", "::", ":nth-child(2n)", "\\", "'", '"', "@", "é", "{", "("])  # fmt: skip
WORDS = st.lists(PIECES, min_size=1, max_size=8).map("".join)


@pytest.mark.parametrize("check", [rules.selector, rules.drop_selector, rules.field_selector])
@given(word=WORDS | st.text(max_size=20))
def test_any_selector_is_taken_or_refused_and_never_anything_else(check: Check[Any], word: str) -> None:
    assert tried(check, word)


@given(WORDS)
def test_a_selector_that_is_let_in_to_drop_leaves_a_bare_article_whole(word: str) -> None:
    page = LexborHTMLParser("<body><article><h1>Head</h1><p>One.</p><ul><li>Two.</li></ul><p>Three.</p></article>")
    if tried(rules.drop_selector, word) == "fine":
        for node in page.css(word):
            node.decompose()
    assert page.text() == "HeadOne.Two.Three."


@given(st.text(max_size=30))
def test_any_pattern_is_taken_or_refused_and_never_anything_else(word: str) -> None:
    for check in (rules.pattern, rules.url_pattern, rules.block_pattern):
        assert tried(check, word)
