"""What an outlet does with its articles, counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.habits import AGES, Habits, habits, lives

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = 3_600_000_000
MOMENT = int(NOW.timestamp()) * 1_000_000
Told = Mapping[str, tuple[float, list[float]]]  # by id: how many hours ago it was seen, at which ages it was edited


def told(articles: Told, zone: ZoneInfo | None = None) -> Habits:
    """The habits of an outlet with these articles, at noon of a Monday."""
    seen = {id_: MOMENT - round(age * HOUR) for id_, (age, _) in articles.items()}
    edits = [(id_, seen[id_] + round(at * HOUR)) for id_, (_, ages) in articles.items() for at in ages]
    return habits(lives(seen, edits, zone or UTC), NOW)


def test_posting_is_counted_in_the_outlets_own_time() -> None:
    """2026-05-04 is a Monday; at 22:30 in UTC it is Tuesday in Kyiv."""
    late = {"a": (-10.5, list[float]())}
    assert told(late, ZoneInfo("Europe/Kyiv")).rhythm[1][1] == 1
    assert told(late).rhythm[0][22] == 1


def test_a_rate_is_edits_by_the_hours_watched() -> None:
    """Two articles are watched for all of the first hour, with one edit; of the third and fourth one, half of it."""
    rates = dict(told({"a": (1, [0.5]), "b": (3, [2.5])}).rates)
    assert (rates[1], rates[2], rates[4]) == (0.5, 0.0, 1.0)


def test_texts_that_are_still_watched_count_as_long_as_they_were() -> None:
    """One of four changes at once, one is too young to tell, one of the remaining two changes later."""
    found = told({"a": (10, [1]), "b": (2, []), "c": (10, [4]), "d": (10, [])}).survival
    assert [(age, round(share, 3)) for age, share in found] == [(0.0, 1.0), (1.0, 0.75), (4.0, 0.375)]


def test_the_most_edited_come_first() -> None:
    found = told({"once": (9, [1]), "thrice": (9, [1, 2, 3]), "never": (9, [])})
    assert found.most_edited == (("thrice", 3), ("once", 1))


def test_edits_of_other_articles_are_left_out() -> None:
    """Those of an outlet are looked up by time, and some may be of articles that are too old to count."""
    found = habits(lives({"a": MOMENT - HOUR}, [("older", MOMENT)], UTC), NOW)
    assert (found.most_edited, found.survival, set(dict(found.rates).values())) == ((), ((0.0, 1.0),), {0.0})


ages = st.floats(0, 2000) | st.sampled_from([0.0, *map(float, AGES)])
articles = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.tuples(ages, st.lists(ages, max_size=3)))


@given(articles)
def test_habits_are_what_their_definitions_say(found: Told) -> None:
    """Counted in steps down ordered lists they come out as when each article is gone through for each figure."""
    exact = {
        id_: (round(age * HOUR) / HOUR, [round(at * HOUR) / HOUR for at in edits])
        for id_, (age, edits) in found.items()
    }
    habits_ = told(exact)
    assert [rate for _, rate in habits_.rates] == pytest.approx(_rates(exact))
    assert dict(habits_.survival) == pytest.approx(_survival(exact))


def _rates(articles: Told) -> list[float]:
    """Edits at each age, by the hours for which articles were of that age."""
    made, begin = list[float](), 0
    for end in AGES:
        watched = sum(min(max(age - begin, 0), end - begin) for age, _ in articles.values())
        edits = sum(begin <= at < end for _, ages in articles.values() for at in ages)
        made.append(edits / watched if watched else 0.0)
        begin = end
    return made


def _survival(articles: Told) -> dict[float, float]:
    """At each age at which a text changed, the share of those that came to it unchanged and left it so."""
    stood = [(min(edits, default=age), bool(edits)) for age, edits in articles.values()]
    steps, share = {0.0: 1.0}, 1.0
    for age in sorted({at for at, edited in stood if edited}):
        there = sum(at >= age for at, _ in stood)
        share *= 1 - sum(at == age for at, edited in stood if edited) / there
        steps[age] = share
    return steps


@given(
    st.dictionaries(
        st.text("ab", min_size=1, max_size=3), st.tuples(st.floats(-50, 2000), st.lists(st.floats(-50, 2000)))
    )
)
def test_any_articles_have_habits(found: Told) -> None:
    """Shares fall and stay between 0 and 1; edits dated before their article, or after now, do no harm."""
    made = told(found)
    shares = [share for _, share in made.survival]
    assert all(0 <= b <= a <= 1 for a, b in pairwise(shares))
    assert [hours for hours, _ in made.rates] == list(AGES)
    assert all(rate >= 0 for _, rate in made.rates)
    assert sum(map(sum, made.rhythm)) == made.articles == len(found)
