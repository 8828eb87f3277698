"""What an outlet does with its articles, counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scraper.habits import AGES, Life, habits

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def life(age: float, *edits: float, id_: str = "a") -> Life:
    """An article first seen `age` hours ago, edited at these ages."""
    seen = NOW - timedelta(hours=age)
    return Life(id_, None, seen, tuple(seen + timedelta(hours=edit) for edit in edits))


def test_posting_is_counted_in_the_outlets_own_time() -> None:
    """2026-05-04 is a Monday; at 22:30 in UTC it is Tuesday in Kyiv."""
    late = Life("a", None, datetime(2026, 5, 4, 22, 30, tzinfo=UTC))
    assert habits([late], NOW, ZoneInfo("Europe/Kyiv")).rhythm[1][1] == 1
    assert habits([late], NOW, UTC).rhythm[0][22] == 1


def test_a_rate_is_edits_by_the_hours_watched() -> None:
    """Two articles are watched for all of the first hour, with one edit; of the third and fourth one, half of it."""
    rates = dict(habits([life(1, 0.5), life(3, 2.5)], NOW, UTC).rates)
    assert (rates[1], rates[2], rates[4]) == (0.5, 0.0, 1.0)


def test_texts_that_are_still_watched_count_as_long_as_they_were() -> None:
    """One of four changes at once, one is too young to tell, one of the remaining two changes later."""
    found = habits([life(10, 1), life(2), life(10, 4), life(10)], NOW, UTC).survival
    assert [(age, round(share, 3)) for age, share in found] == [(0.0, 1.0), (1.0, 0.75), (4.0, 0.375)]


def test_the_most_edited_come_first() -> None:
    lives = [life(9, 1, id_="once"), life(9, 1, 2, 3, id_="thrice"), life(9, id_="never")]
    assert [(one.id, count) for one, count in habits(lives, NOW, UTC).most_edited] == [("thrice", 3), ("once", 1)]


ages = st.floats(0, 2000)


@given(st.lists(st.builds(lambda age, edits: life(age, *sorted(edits)), ages, st.lists(ages, max_size=3)), max_size=20))
def test_any_articles_have_habits(lives: list[Life]) -> None:
    """Shares fall and stay between 0 and 1; edits dated before their article, or after now, do no harm."""
    found = habits(lives, NOW, UTC)
    shares = [share for _, share in found.survival]
    assert all(0 <= b <= a <= 1 for a, b in pairwise(shares))
    assert len(found.rates) == len(AGES)
    assert all(rate >= 0 for _, rate in found.rates)
    assert sum(map(sum, found.rhythm)) == len(lives)
