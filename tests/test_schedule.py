"""When sources are looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from scraper.model import Source
from scraper.schedule import CRON_JITTER, trigger

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://paper.example/feed"
SOURCES = [
    Source("feed", FEED, every=timedelta(seconds=1)),
    Source("feed", FEED, every=timedelta(minutes=15)),
    Source("feed", FEED, every=timedelta(days=1)),
    Source("feed", FEED, cron="* * * * *"),
    Source("feed", FEED, cron="0 * * * *"),
]


def missed(source: Source, last: datetime, now: datetime) -> list[datetime]:
    """All times that the scheduler finds to have passed, as it counts them: each from the one before."""
    schedule, found, at = trigger(source), list[datetime](), last
    while at <= now:
        found.append(at)
        following = schedule.get_next_fire_time(at, now)
        assert following
        at = following
    return found


@pytest.mark.parametrize("source", SOURCES, ids=str)
@pytest.mark.parametrize("away", [timedelta(hours=2), timedelta(days=7), timedelta(days=3650)], ids=str)
def test_what_was_missed_while_the_clock_leapt_is_not_counted_one_by_one(source: Source, away: timedelta) -> None:
    """T2: a source that is looked at every second stopped the daemon for minutes when a clock was set a year ahead."""
    assert len(missed(source, NOW - away, NOW)) <= 3


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_source_keeps_its_pace(source: Source) -> None:
    """Each time follows the one before, after the interval and its jitter."""
    schedule, times = trigger(source), [NOW]
    while len(times) < 20:
        following = schedule.get_next_fire_time(times[-1], times[-1])
        assert following
        times.append(following)
    gap = source.every or (timedelta(hours=1) if source.cron == SOURCES[-1].cron else timedelta(minutes=1))
    slack = timedelta(seconds=2 * CRON_JITTER) if source.cron else timedelta(seconds=min(60, gap.total_seconds() / 10))
    gaps = [b - a for a, b in pairwise(times[1:])]
    assert all(timedelta() < each <= gap + slack + timedelta(seconds=CRON_JITTER) for each in gaps)
    assert sum(gaps, timedelta()) / len(gaps) >= gap * 0.8


def test_no_source_fires_on_the_very_minute_with_all_others() -> None:
    """Also one that names its minutes."""
    source = Source("feed", FEED, cron="*/10 * * * *")
    assert len({trigger(source).get_next_fire_time(None, NOW) for _ in range(20)}) > 1
