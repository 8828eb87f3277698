"""When to look again: the ladder, edits, quiet, trouble, deletions, wrong clocks."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import cadence
from scraper.cadence import DAY, FLOOR, HORIZON, HOUR, LADDER, MINUTE, ask_plainly, crowded, gone_confirmed, next_visit
from scraper.model import Due, VerdictKind

NOW = datetime(2024, 6, 2, 12, tzinfo=UTC)
SPREAD = 1.1001


def row(age: timedelta = timedelta(), **fields: object) -> Due:
    """An article published and first seen `age` ago."""
    plain = Due(
        "k", "https://example.org/a", "example.org", "example.org", NOW, published=NOW - age, first_seen=NOW - age
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the tests name fields of Due


def wait(due: Due, kind: VerdictKind = "same", now: datetime = NOW, **more: object) -> timedelta:
    """How long until the next look."""
    return next_visit(due, kind, now, **more) - now  # type: ignore[arg-type]  # the tests name parameters


def about(expected: timedelta, found: timedelta) -> bool:
    """Whether two times are equal but for the spread."""
    return expected / SPREAD <= found <= expected * SPREAD


kinds = st.sampled_from(get_args(VerdictKind))
times = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
rows = st.builds(
    lambda key, published, seen, edit, counts: row(
        key=key, published=published, first_seen=seen, last_edit=edit, gone_first=seen,
        edits=counts[0], unchanged=counts[1], failures=counts[2], misses=counts[3],
    ),
    st.text(max_size=5),
    st.none() | times,
    st.none() | times,
    st.none() | times,
    st.tuples(*[st.integers(0, 2000)] * 4),
)  # fmt: skip


# ---------------------------------------------------------------------------------------------- properties


@given(rows, kinds, times, st.none() | times, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_next_look_is_never_in_the_past_and_never_beyond_the_horizon(
    due: Due, kind: VerdictKind, now: datetime, retry_at: datetime | None, permanent: bool
) -> None:
    assert FLOOR <= next_visit(due, kind, now, retry_at, permanent=permanent) - now <= HORIZON


@given(rows, kinds, times)
@settings(max_examples=60, deadline=None)
def test_the_same_row_gives_the_same_time_in_any_zone(due: Due, kind: VerdictKind, now: datetime) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=5, minutes=45)))
    found = next_visit(due, kind, elsewhere)
    assert found == next_visit(due, kind, now)
    assert found.utcoffset() == timedelta()


@given(
    st.tuples(st.integers(0, 365 * 24 * 30), st.integers(0, 365 * 24 * 30)),
    st.integers(0, 60),
    st.integers(0, 40),
    st.none() | st.integers(0, 24 * 400),
    st.sampled_from(["same", "edited", "new", "back", "partial", "failed"]),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_an_older_article_is_never_looked_at_sooner(
    ages: tuple[int, int], unchanged: int, edits: int, since: int | None, kind: VerdictKind, permanent: bool
) -> None:
    younger, older = sorted(timedelta(hours=age) for age in ages)
    edit = None if since is None else NOW - timedelta(hours=since)
    fields = {"unchanged": unchanged, "edits": edits, "last_edit": edit, "failures": edits}
    waits = [wait(row(age, **fields), kind, permanent=permanent) for age in (younger, older)]
    assert waits[0] <= waits[1]


def test_looks_at_articles_seen_together_are_spread_by_a_tenth() -> None:
    waits = [wait(row(2 * DAY, key=f"https://example.org/{k}")) / (4 * HOUR) for k in range(500)]
    assert 0.9 <= min(waits) < 0.92
    assert 1.08 < max(waits) <= 1.1
    assert 0.98 < sum(waits) / len(waits) < 1.02


# ---------------------------------------------------------------------------------------------- the ladder


@pytest.mark.parametrize(("rung", "before"), [*zip(LADDER, (None, *LADDER), strict=False)])
def test_an_article_is_looked_at_at_the_step_of_its_age(rung: cadence.Rung, before: cadence.Rung | None) -> None:
    youngest = before.age if before and before.age else timedelta()
    oldest = rung.age - MINUTE if rung.age else 30 * 365 * DAY
    assert about(rung.step, wait(row(youngest)))
    assert about(rung.step, wait(row(oldest)))


def test_each_step_is_at_least_twice_the_one_before() -> None:
    assert all(younger.step * 2 <= older.step for younger, older in pairwise(LADDER))


def test_a_quiet_first_day_takes_some_forty_looks() -> None:
    now, due, looks = NOW, row(), 0
    while now < NOW + DAY:
        looks += 1
        due = replace(due, unchanged=looks)
        now = next_visit(due, "same", now)
    assert 22 <= looks <= 42


def test_quiet_stretches_the_step_up_to_twice() -> None:
    waits = [wait(row(2 * DAY, unchanged=count)) for count in range(60)]
    assert waits == sorted(waits)
    assert about(8 * HOUR, waits[20])
    assert waits[20] == waits[59]


# ---------------------------------------------------------------------------------------------- edits


def test_an_edit_halves_the_step() -> None:
    assert about(10 * MINUTE, wait(row(2 * HOUR, edits=1, last_edit=NOW), "edited"))


def test_the_first_version_is_not_an_edit() -> None:
    assert about(45 * DAY, wait(row(900 * DAY, last_edit=NOW), "new"))


def test_after_an_edit_even_an_old_article_is_looked_at_within_the_hour_then_ever_more_rarely() -> None:
    now, due, waits = NOW, row(900 * DAY, edits=1, last_edit=NOW), []
    for _ in range(14):
        waits.append(wait(due, "same", now))
        now += waits[-1]
        due = replace(due, unchanged=due.unchanged + 1)
    assert about(HOUR, waits[0])
    assert waits == sorted(waits)
    assert waits[-1] > 30 * DAY


def test_an_article_that_came_back_is_looked_at_soon() -> None:
    assert about(HOUR, wait(row(900 * DAY, last_edit=NOW), "back"))


def test_a_page_edited_all_the_time_is_looked_at_once_an_hour() -> None:
    assert about(HOUR, wait(row(30 * MINUTE, edits=24, last_edit=NOW), "edited"))
    assert about(30 * MINUTE, wait(row(30 * MINUTE, edits=8, last_edit=NOW), "edited"))


def test_history_is_crowded_after_as_many_versions_as_a_day_may_have() -> None:
    hourly = [NOW - k * HOUR for k in range(24)]
    assert crowded(hourly, NOW)
    assert not crowded(hourly, NOW + 2 * HOUR)


# ---------------------------------------------------------------------------------------------- trouble


def test_a_failure_is_tried_again_in_minutes_then_within_a_day_for_ever() -> None:
    waits = [wait(row(failures=count), "failed") for count in (1, 2, 3, 9, 10, 500)]
    for expected, found in zip([5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 1280 * MINUTE, DAY, DAY], waits, strict=True):
        assert about(expected, found)


def test_a_last_word_is_asked_again_after_days_and_then_weekly() -> None:
    waits = [wait(row(failures=count), "failed", permanent=True) for count in (1, 2, 3, 4, 99)]
    for days, found in zip([1, 2, 4, 7, 7], waits, strict=True):
        assert about(days * DAY, found)


def test_a_refusal_stands_for_a_week() -> None:
    assert about(7 * DAY, wait(row(), "refused"))


@given(st.integers(1, 10**6))
@settings(deadline=None)
def test_a_host_that_asked_to_wait_is_never_asked_sooner(seconds: int) -> None:
    asked = NOW + timedelta(seconds=seconds)
    assert next_visit(row(), "deferred", NOW, asked) >= asked
    assert next_visit(row(failures=1), "failed", NOW, asked) >= asked


@pytest.mark.parametrize("asked", [NOW - 50 * 365 * DAY, NOW + 50 * 365 * DAY])
def test_a_senseless_wait_is_bounded(asked: datetime) -> None:
    assert FLOOR <= next_visit(row(), "deferred", NOW, asked) - NOW <= HORIZON


def test_a_page_that_got_worse_is_confirmed_soon_and_then_left_to_its_age() -> None:
    waits = [wait(row(900 * DAY, failures=count), "partial") for count in (1, 2, 30)]
    for expected, found in zip([15 * MINUTE, 30 * MINUTE, 45 * DAY], waits, strict=True):
        assert about(expected, found)


# ---------------------------------------------------------------------------------------------- gone


def misses(status: int) -> tuple[int, timedelta]:
    """How many looks, and how much time, until a page that answers `status` for ever is believed to be gone."""
    now, due = NOW, row(400 * DAY)
    while True:
        due = replace(due, misses=due.misses + 1, gone_first=due.gone_first or now)
        assert due.gone_first
        if gone_confirmed(due.misses, due.gone_first, status, now):
            return due.misses, now - NOW
        now = next_visit(due, "gone", now)


@pytest.mark.parametrize(("status", "looks", "least"), [(410, 2, 6 * HOUR), (404, 3, DAY), (301, 3, DAY)])
def test_a_deletion_is_confirmed_over_visits_and_time(status: int, looks: int, least: timedelta) -> None:
    found, took = misses(status)
    assert found <= looks
    assert least <= took <= least + 4 * DAY


def test_a_confirmed_tombstone_is_looked_at_monthly() -> None:
    assert about(30 * DAY, wait(row(misses=3, gone_first=NOW - 2 * DAY), "gone"))


@pytest.mark.parametrize("status", [404, 410, 301])
def test_a_clock_that_went_back_confirms_no_deletion(status: int) -> None:
    assert not gone_confirmed(99, NOW + HOUR, status, NOW)


# ---------------------------------------------------------------------------------------------- dates and clocks

AGES = {
    "a page that says now at every request": (NOW, NOW - 5 * DAY, 12 * HOUR),
    "a date before the web": (datetime(1970, 1, 1, tzinfo=UTC), NOW - 5 * DAY, 12 * HOUR),
    "a date in 2099": (datetime(2099, 1, 1, tzinfo=UTC), NOW - 5 * DAY, 12 * HOUR),
    "an old article found today": (NOW - 900 * DAY, NOW, 45 * DAY),
    "only a date in 2099": (datetime(2099, 1, 1, tzinfo=UTC), None, 4 * HOUR),
    "nothing known": (None, None, 4 * HOUR),
    "a server an hour ahead": (NOW + HOUR, None, 10 * MINUTE),
    "our clock an hour back": (None, NOW + HOUR, 10 * MINUTE),
}


@pytest.mark.parametrize("name", AGES)
def test_a_wrong_date_costs_a_step_not_the_schedule(name: str) -> None:
    published, seen, step = AGES[name]
    assert about(step, wait(row(published=published, first_seen=seen)))


def test_an_edit_in_the_future_is_an_edit_just_now() -> None:
    assert about(HOUR, wait(row(900 * DAY, edits=1, last_edit=NOW + DAY)))


# ---------------------------------------------------------------------------------------------- validators


@pytest.mark.parametrize(("age", "longest"), [(2 * DAY, 7 * DAY), (6 * DAY, 10 * DAY), (20 * DAY, 10 * DAY)])
def test_now_and_then_a_page_is_asked_without_validators(age: timedelta, longest: timedelta) -> None:
    step = wait(row(age))
    plain = [count for count in range(100) if ask_plainly(row(age, unchanged=count), NOW)]
    assert max(b - a for a, b in pairwise(plain)) * step <= longest
    assert len(plain) < 40


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(cadence).failed == 0


@given(rows, st.none() | kinds, st.none() | times)
def test_there_is_always_a_reason_for_the_next_visit(due: Due, kind: VerdictKind | None, last: datetime | None) -> None:
    """Whatever the row says, a person is told something."""
    reasons = cadence.explain(replace(due, last_visit=last), kind, NOW)
    assert reasons
    assert all(reasons)


def test_the_reason_names_the_rung_and_what_moves_the_step() -> None:
    """The same numbers that the step is made of."""
    young = Due("k", "u", "h", "o", NOW, first_seen=NOW - 2 * HOUR, last_visit=NOW, unchanged=10)
    assert cadence.explain(young, "same", NOW) == [
        "younger than 6 h: every 20 min, because the story still grows",
        "10 visits in a row found nothing new: 1.50 times that",
    ]
