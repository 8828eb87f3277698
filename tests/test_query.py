"""The query language: every text is a query, or a sentence that says what is wrong with it."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper import query
from scraper.errors import QueryError
from scraper.query import Query, parse

SCRAPS = """
harbour Straße 東京 OR NOT AND -x - -- a* ab* * title: title:x author:Brandt author:"Ann"  " "" 100% a+b . NEAR( ( )
outlet:a.example lang:en after:2024 before:2024-02-30 removed:yes removed:maybe version:3 version:x ^ + { } :
"""
PIECES = st.sampled_from([*SCRAPS.split(), '"a b"', '-"a b"*', 'title:"a b"'])


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Harbour  STRIKE", "harbour strike"),
        ("multi-agent", '"multi agent"'),
        ("“two words”", '"two words"'),
        ("ferry OR boat -rail", "ferry OR boat -rail"),
        ("strike NOT rail AND bus", "strike -rail bus"),
        ("東京", '"東京"'),
        ("harb*", "harb*"),
        ('"climate cha"*', '"climate cha"*'),
        ("title:Strike author:'brandt'", "title:strike author:brandt"),
        ("x after:2024-05 before:2024", "x after:2024-05-01 before:2024-01-01"),
        ("x lang:pt_BR outlet:A.Example", "x outlet:a.example lang:pt"),
        ("x removed:yes version:all", "x removed:yes version:all"),
        ("https://example.org/a", '"https example org a"'),
        ("at 12:30 . , (really)", 'at "12 30" really'),
        ("nosuch:field", '"nosuch field"'),
    ],
)
def test_what_a_text_means(text: str, canonical: str) -> None:
    """The reading, written out again."""
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no word to look for"),
        ("... !", "no word to look for"),
        ("outlet:a.example", "no word to look for"),
        ('"open', "not closed"),
        ("-only -these", "only says what to leave out"),
        ("OR boat", "between two words"),
        ("ferry OR", "followed by no word"),
        ("ferry OR OR boat", "between two words"),
        ("ferry NOT", "followed by no word"),
        ("ferry OR -boat", "cannot be an alternative"),
        ("ferry OR NOT boat", "cannot be an alternative"),
        ("ferry OR lang:en", "whole query"),
        ("x -outlet:a.example", "whole query"),
        ("title: x", "followed by nothing"),
        ("a*", "too short"),
        ("aa* bb* cc* dd* ee*", "at most 4"),
        ("x after:yesterday", "is no date"),
        ("x before:2024-02-30", "is no date"),
        ("x after:0000", "is no date"),
        ("x lang:english", "is no language"),
        ("x outlet:a/b", "is no outlet"),
        ("x removed:perhaps", "neither yes nor no"),
        ("x version:last", "version:latest"),
        (" ".join(f"w{n}" for n in range(17)), "at most 32"),
        ("a " * 10_000, "at most 1000"),
        ("x" * 1_000_000, "at most 1000"),
        ("(" * 900, "no word to look for"),
        ("*" * 900, "no word to look for"),
        ("\x00", "no word to look for"),
        ("\ud800", "no word to look for"),
        ("🙂", "no word to look for"),
    ],
)
def test_what_is_no_query_is_told_why(text: str, says: str) -> None:
    """One sentence, which names the mistake."""
    with pytest.raises(QueryError, match=says):
        parse(text)


@given(st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map(" ".join)))
@example("ß*")
@example('-"')
@example("0¹")
def test_any_text_is_a_query_or_a_sentence(text: str) -> None:
    """And a query that is written out and read again is the same query."""
    with contextlib.suppress(QueryError):
        found = parse(text)
        assert parse(str(found)) == found


def test_filters_from_two_sides_both_hold() -> None:
    """Options narrow what the text asks for, and never widen it."""
    asked = parse("x after:2024-05-01 outlet:a.example outlet:b.example")
    narrowed = asked.narrowed(after=date(2023, 1, 1), before=date(2025, 1, 1), outlets=("b.example", "c.example"))
    assert str(narrowed) == "x outlet:b.example after:2024-05-01 before:2025-01-01"


def test_filters_that_exclude_each_other_are_told() -> None:
    """Rather than find nothing without a word."""
    with pytest.raises(QueryError, match="nothing is both"):
        parse("x lang:de").narrowed(languages=("en",))


@given(st.text(max_size=12))
def test_values_of_filters_never_break_anything(value: str) -> None:
    """What comes from an address bar or the command line is a value or a mistake."""
    for read in (query.outlet, query.language, query.versions, lambda given: query.day("after", given)):
        with contextlib.suppress(QueryError):
            read(value)


def test_a_query_is_a_value() -> None:
    """Two that say the same are the same."""
    assert parse("a b") == parse("A  b ") == Query(parse("a b").clauses)
