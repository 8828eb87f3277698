"""Which regular expressions may be run on text from outside."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.tomlfile.patterns import MAX_LENGTH, danger

HARMLESS = [
    "",
    "/tag/",
    r"-a([0-9]{4,9})$",
    r"^/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+-a[0-9]+/?$",
    r"^/(?:tag|author|page/[0-9]+)(?:/|$)",
    r"[a-z0-9-]+-\d+",
    r"[^.]+\.[^.]+",
    r"(?:ab){2,}c",
    r"(?i)related article: .+",
    r"\w+ \d+",
    r"(a|b)+c",
    r"x*+y",
    r"^/(?!news/)[a-z]+/$",
    r"(?:(?:ab){16}){16}",
]
DANGEROUS = [
    r"(a+)+$",
    r"(/[a-z]+)+$",
    r"(a|aa)+$",
    r"(?:a?){20}",
    r".*.*x",
    r".*-.*",
    r"\w+\s*\w+",
    r"(\w*)(\d*)$",
    r"ж+ж+",
    r"\w+ж+",
    r"[^x]+[^y]+",
    r"(?i)[a-z]+[A-Z]+$",
    r"(\w+)-(\w+)\1",
    r"(?=a+a+)b",
    r"(?!a+a+)b",
    r"(?>a+)(?>a+)",
    "a?" * 30,
    "a{2,9}" * 6,
    "(a|b|c|dd)" * 8,
    "a" * (MAX_LENGTH + 1),
]


@pytest.mark.parametrize("pattern", HARMLESS)
def test_a_pattern_that_cannot_explode_is_let_in(pattern: str) -> None:
    assert danger(pattern) is None


@pytest.mark.parametrize("pattern", DANGEROUS)
def test_a_pattern_that_may_explode_is_refused_with_a_reason(pattern: str) -> None:
    assert danger(pattern)


ATOMS = st.sampled_from(["a", "b", "-", ".", r"\w", "[ab]", "[^b]", "(?:a|b)", "(?:ab|a)", "(a)", "(?:a-)", "^", "$"])
REPEATS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{0,3}", "*?", "{5,}"])
PIECES = st.builds(str.__add__, ATOMS.filter(lambda atom: atom not in "^$"), REPEATS) | ATOMS
GROUPED = st.recursive(
    PIECES,
    lambda inner: st.builds(
        lambda parts, close: f"(?:{''.join(parts)}){close}", st.lists(inner, min_size=1, max_size=3), REPEATS
    ),
    max_leaves=6,
)
PATTERNS = st.lists(GROUPED, min_size=1, max_size=5).map("".join)


@given(PATTERNS, st.sampled_from(["a", "b", "-", "ab", "a-", "aab"]))
def test_what_is_let_in_ends_soon_even_on_text_made_to_keep_it_busy(pattern: str, bait: str) -> None:
    """A pattern that explodes would not come back from 150 repeats before the test runner's own limit."""
    if danger(pattern) is None:
        re.search(pattern, bait * 150 + "!")
        re.fullmatch(pattern, bait * 150 + "!")
