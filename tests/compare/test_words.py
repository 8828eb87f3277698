"""Cutting text into words, figures and quotations, in every script."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.compare import align, classify, lexicon, names, words

CUT = {
    "It's $1,500.50, no?": ["It's", " ", "$", "1,500.50", ",", " ", "no", "?"],
    "10 000 at -5": ["10 000", " ", "at", " ", "-5"],
    "2010-2024": ["2010", "-", "2024"],
    "l’homme d’État": ["l’homme", " ", "d’État"],
    "安全、ABC社": ["安", "全", "、", "ABC", "社"],
    "ที่นี่": ["ที่", "นี่"],
    "हिन्दी में": ["हिन्दी", " ", "में"],
    "в’їзд": ["в’їзд"],
    "صباحًا ١٢٫٥": ["صباحًا", " ", "١٢٫٥"],
    "צה״ל כאן": ["צה״ל", " ", "כאן"],
    "👍🏽!": ["👍", "🏽", "!"],
    "나라말": ["나라말"],
}


@pytest.mark.parametrize("text", CUT)
def test_a_text_is_cut_where_a_reader_would(text: str) -> None:
    assert words.tokens(text) == CUT[text]


@given(st.text())
@example("\ud800 \u2029\x00'")
@settings(deadline=None)
def test_the_pieces_of_any_text_are_that_text(text: str) -> None:
    assert "".join(words.tokens(text)) == text


VALUES = {
    "1,000": "1000",
    "10 000": "10000",
    "1.000.000": "1000000",
    "1.000": "1.000",
    "1,5": "1,5",
    "１２": "12",
    "๔๒": "42",
    "१२": "12",
    "−3": "-3",
    "12:30": "12:30",
    "05": "05",
}


@pytest.mark.parametrize("figure", VALUES)
def test_a_figure_has_one_value_in_every_script(figure: str) -> None:
    assert words.value(figure) == VALUES[figure]


QUOTED = {
    "He said “yes” twice.": ["yes"],
    "«Так», — «ні»": ["Так", "ні"],
    "„Ja, ‚gern‘“, sagte er": ["Ja, ‚gern‘"],
    "»Ja«, sagte er": ["Ja"],
    "”Ja”, sade han": ["Ja"],
    "「『はい』と」言った": ["『はい』と"],
    '"One" and "two"': ["One", "two"],
    "'I don't know', he said": ["I don't know"],
    "the soldiers' homes and 'tis": [],
    "It's 5'10\" tall": [],
    "“A quotation that goes on": ["A quotation that goes on"],
    "no marks": [],
}


@pytest.mark.parametrize("text", QUOTED)
def test_what_is_quoted_is_found_in_every_style(text: str) -> None:
    assert [text[start:end] for start, end in words.quoted(text)] == QUOTED[text]


@given(st.text(alphabet="“”„«»\"'‘’ a1", max_size=60))
@settings(deadline=None)
def test_quotations_are_in_order_and_apart(text: str) -> None:
    edges = [edge for span in words.quoted(text) for edge in span]
    assert edges == sorted(edges)
    assert all(0 < edge <= len(text) for edge in edges)


@pytest.mark.parametrize("module", [align, classify, lexicon, names, words])
def test_the_examples_in_the_docstrings_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module is what it takes
