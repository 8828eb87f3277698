"""Phrases are found as one pattern of all of them would find them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.wordings import Wordings

CELLS = """
page .. not/cannot found | not found | ~found | log/sign in .. account | l'abonn* .. lire | a* page | you/'re here
only 5 % | 404 | 見つかり | 残り .. 文字 | sign in
"""
HARD = Wordings(CELLS, soft=False)
SOFT = Wordings(CELLS, soft=True)
WORDS = st.sampled_from(
    [
        "page",
        "not",
        "cannot",
        "found",
        "log",
        "sign",
        "in",
        "account",
        "l'abonnement",
        "lire",
        "a",
        "able",
        "you're",
        "here",
        "only",
        "5",
        "%",
        "404",
        "ok",
        "見つかりました",
        "残り",
        "文字",
    ]
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from(["", " ", " - ", ", ", "x"])), max_size=20).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@pytest.mark.parametrize("wordings", [HARD, SOFT])
@given(text=TEXTS)
def test_the_phrases_in_a_text_are_those_that_one_pattern_finds(wordings: Wordings, text: str) -> None:
    together = re.compile("|".join(wordings.patterns))
    assert list(wordings.all(text)) == [match[0] for match in together.finditer(text)]


def test_the_first_phrase_is_the_one_that_stands_first() -> None:
    assert SOFT.first("sign in, the page was not found") == "sign in"


def test_a_doubtful_phrase_is_found_only_if_asked_for() -> None:
    assert (HARD.first("found"), SOFT.first("found")) == ("", "found")
