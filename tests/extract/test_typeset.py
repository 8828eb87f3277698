"""Lines of print put together to paragraphs."""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.sheets import Line
from scraper.extract.typeset import paragraphs

EM = 10.0


def line(text: str, y: float, column: int = 0, x: float = 50) -> Line:
    return Line(text, x, x + len(text) * EM / 2, y, EM, len(text), page=column, column=column)


def column(*texts: str, at: int = 0) -> list[Line]:
    """Lines of one paragraph, one below the other."""
    return [line(text, 100 + 12.0 * n, at) for n, text in enumerate(texts)]


def joined(*texts: str, known: str = "") -> str:
    """`texts` set as one paragraph, in a document that also has the words `known`."""
    other = [line(known, 20)] if known else []
    return paragraphs([*other, *column(*texts)])[-1].text


@pytest.mark.parametrize(
    ("left", "right", "known", "whole"),
    [
        ("a Moscow-", "brokered deal", "", "a Moscow-brokered deal"),
        ("the with-", "drawal of", "no withdrawal yet", "the withdrawal of"),
        ("a self-", "declared state", "it is self-declared", "a self-declared state"),
        ("the COVID-", "19 wards", "", "the COVID-19 wards"),
        ("a CSTO-", "led force", "", "a CSTO-led force"),
        ("from Kyiv-", "Lviv trains", "", "from Kyiv-Lviv trains"),
        ("the 3-", "year plan", "", "the 3-year plan"),
        ("the gov\u00ad", "ernment said", "", "the government said"),
        ("it came -", "at last", "", "it came - at last"),
        ("it came —", "at last", "", "it came — at last"),
        ("it came—", "at last", "", "it came—at last"),
        ("橋は月曜日から通行", "止めとなる。", "", "橋は月曜日から通行止めとなる。"),
        ("see https://a.example/b-", "c for more", "", "see https://a.example/b-c for more"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line(left: str, right: str, known: str, whole: str) -> None:
    assert joined(left, right, known=known) == whole


def test_a_document_that_divides_words_is_put_together_but_for_names() -> None:
    cut = (
        "The minis-",
        "ter said the govern-",
        "ment refused the Minsk-",
        "drafted plan that Minsk had pub-",
        "lished.",
    )
    assert joined(*cut) == "The minister said the government refused the Minsk-drafted plan that Minsk had published."


def test_a_wide_gap_begins_a_paragraph() -> None:
    found = paragraphs(
        [
            line("One line of text that is long,", 100),
            line("two.", 112),
            line("Another one begins that is long", 136),
            line("too.", 148),
        ]
    )
    assert [p.text for p in found] == ["One line of text that is long, two.", "Another one begins that is long too."]


def test_an_indented_line_begins_a_paragraph() -> None:
    texts = column("The first line is long enough to be full,", "and ends here, no full stop")
    found = paragraphs([*texts, line("Here the next begins", 124, x=65), line("and goes on.", 136)])
    assert len(found) == 2


def test_a_short_last_line_that_ends_a_sentence_ends_its_paragraph() -> None:
    found = paragraphs(
        column(
            "The first line is long enough to be full, as", "one can see.", "A second paragraph follows without a gap."
        )
    )
    assert len(found) == 2


def test_a_change_of_size_begins_a_paragraph() -> None:
    big = Line("Large", 50, 100, 60, 20, 5)
    assert [p.text for p in paragraphs([big, *column("Small type.")])] == ["Large", "Small type."]


def test_a_full_stop_at_the_page_break_ends_the_paragraph() -> None:
    found = paragraphs([*column("Here is a full line that ends the page now."), *column("A new one begins.", at=1)])
    assert len(found) == 2


WORDS = st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=60).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(20, 60), st.integers(3, 40))
def test_what_was_set_in_lines_and_pages_is_read_back(texts: list[str], width: int, rows: int) -> None:
    """Set with a gap between paragraphs; pages end anywhere but between two of them."""
    texts = [f"A{text}." for text in texts]
    found = paragraphs(_set(texts, width, rows))
    assert [p.text for p in found] == texts


def _set(texts: list[str], width: int, rows: int) -> list[Line]:
    """Ragged lines of at most `width` characters, about `rows` of them on a page."""
    done: list[Line] = []
    y, page = 100.0, 0
    for text in texts:
        for n, part in enumerate(wrap(text, width, break_long_words=False)):
            if n and y > 100 + 12 * rows:
                page, y = page + 1, 100.0
            done.append(line(part, y, page))
            y += 12
        y += 12
    return done


@given(WORDS, st.integers(12, 40))
def test_words_are_neither_lost_nor_made(text: str, width: int) -> None:
    lines = column(*wrap(text, width))
    assert all(a.y < b.y for a, b in pairwise(lines))
    assert "".join(p.text for p in paragraphs(lines)).replace(" ", "") == text.replace(" ", "")
