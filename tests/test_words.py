"""What counts as a word, and which spellings are one."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import words
from scraper.text import clean


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "Straße"),
        ("İSTANBUL", "istanbul"),
        ("KIRMIZI", "kırmızı"),
        ("Łódź", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("cafe\u0301", "CAFÉ"),
        ("ﬁnal", "final"),
        ("ＡＢＣ", "abc"),
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200dwidth", "zerowidth"),
        ("Ёлка", "елка"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("شָלוֹם".replace("ش", "ש"), "שלום"),
        ("٢٠٢٤", "2024"),
        ("ｶﾞｽ", "ガス"),
    ],
)
def test_spellings_that_readers_take_for_one(one: str, other: str) -> None:
    """Case, accents, width, vowel points, digits and what nobody sees make no difference."""
    assert words.words(clean(one)) == words.words(clean(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("multi-agent, 100%!", ["multi", "agent", "100"]),
        ("l’eau don't", ["l", "eau", "don", "t"]),
        ("東京タワー2024", ["東", "京", "タ", "ワ", "ー", "2024"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("... — « » 🙂", []),
        ("x" * 100, ["x" * words.LONGEST]),
        ("a\ud800b", ["a", "b"]),
    ],
)
def test_where_words_begin_and_end(text: str, expected: list[str]) -> None:
    """Punctuation parts them, scripts without spaces are taken character by character."""
    assert words.words(text) == expected


@given(st.text())
def test_words_are_safe_to_quote(text: str) -> None:
    """Whatever comes in, a word is lower-case ASCII letters and digits, or beyond ASCII: no quote, blank or control."""
    assert all(re.fullmatch(r"[a-z0-9\u0080-\U0010ffff]+", word) for word in words.words(text))
    assert not any(unicodedata.category(char) in {"Cs", "Cc"} for word in words.words(text) for char in word)


@given(st.text())
def test_places_are_those_of_the_words(text: str) -> None:
    """The same words in the same order, and each within the text it came from."""
    found = list(words.placed(text))
    assert [word for word, _, _ in found] == words.words(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)


@given(st.text())
def test_each_word_has_a_spelling(text: str) -> None:
    """Spellings for stems go along with the words that are compared."""
    assert [word for _, word in words.spelled(text)] == words.words(text)


# What can be written a byte a character is folded another way than the rest, which a Cyrillic letter asks for.
WESTERN = st.text([*bytes(range(256)).decode("cp1252", "ignore"), "\x81", "Ł", "\u0301"])


@given(WESTERN)
def test_text_of_western_europe_is_folded_as_any_other(text: str) -> None:
    """Letter by letter the same: ligatures, soft hyphens, quotes, control characters, and what has no byte."""
    assert words.fold(f"{text}\x00ж") == f"{words.fold(text)}\x00ж"


@given(WESTERN)
def test_words_of_western_europe_are_found_where_those_of_any_other_are(text: str) -> None:
    """Also where a letter becomes two, or none."""
    assert list(words.placed(f"{text} ж"))[:-1] == list(words.placed(text))
