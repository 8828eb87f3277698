"""A line ends between words, wherever a terminal ends; nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.screen import columns, fitted

LINE = "The council has voted by nine to four to keep the light at the end of the mole."


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_word_is_cut(width: int) -> None:
    lines = fitted(LINE, width).split("\n")
    assert max(map(len, lines)) <= width
    assert " ".join(line.strip() for line in lines) == LINE
    assert len(lines) == -(-len(LINE) // width) or width == 20


def test_what_follows_stands_further_to_the_right() -> None:
    assert fitted("  one two three", 9, 4).split("\n") == ["  one two", "    three"[:9]]


def test_half_of_a_narrow_terminal_is_left_for_words() -> None:
    lines = fitted(f"{'':32}{LINE}", 40, 0).split("\n")
    assert [len(line) - len(line.lstrip()) for line in lines] == [20] * len(lines)


def test_an_address_stays_whole() -> None:
    address = f"http://news.example/{'a-long-way/' * 9}東京/1"
    assert address in fitted(f"asked at {address} and elsewhere", 40).split("\n  ")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("港は月曜日に再開する。", ["港は月曜", "日に再開", "する。"]),
        ("市長は「港は開く」と言った", ["市長は", "「港は開", "く」と言", "った"]),
        ("東京Tower再開", ["東京Tower", "再開"]),
    ],
)
def test_scripts_without_spaces_end_after_any_character_but_before_no_stop(text: str, lines: list[str]) -> None:
    assert fitted(text, 9, 0).split("\n") == lines


def test_a_mark_stays_with_the_character_it_hangs_on() -> None:
    assert fitted("กำลังเปิดท่าเรือ", 4, 0).replace("\n", "") == "กำลังเปิดท่าเรือ"
    assert not re.search("\n[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", fitted("กำลังเปิดท่าเรือ", 4, 0))


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("港再開。「」 ab\n")), st.integers(4, 90)
)
def test_any_text_keeps_all_that_can_be_seen(text: str, width: int) -> None:
    """And a line that is too wide is one word."""
    made = fitted(text, width)
    assert "".join(made.split()) == "".join(text.split())
    for line in made.split("\n"):
        assert columns(line) <= width or len(line.split()) == 1


@given(st.text("ab \n", max_size=200))
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert fitted(text, 200) == text
