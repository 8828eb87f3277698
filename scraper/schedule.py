"""When a source is looked at: its interval or its cron expression as a trigger of APScheduler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scraper.model import Source

CRON_JITTER: Final = 20  # seconds around the minute that a cron expression names
# APScheduler counts every time that was missed, one by one: after a leap of a year that would hold up everything else.
MISSED: Final = timedelta(hours=1)


class Caught(BaseTrigger):  # type: ignore[misc]  # APScheduler says nothing of its types
    """The schedule of `trigger`, of which nothing is counted that lies further back than an hour."""

    def __init__(self, trigger: BaseTrigger) -> None:
        self._trigger = trigger

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """See `BaseTrigger`."""
        if previous_fire_time and now - previous_fire_time > MISSED:
            previous_fire_time = None
        found: datetime | None = self._trigger.get_next_fire_time(previous_fire_time, now)
        return found


def trigger(source: Source) -> BaseTrigger:
    """The source's schedule with a jitter, else every source would fire on the same second."""
    if source.cron:
        cron = CronTrigger.from_crontab(source.cron, timezone=UTC)
        cron.jitter = CRON_JITTER
        return Caught(cron)
    every = source.every.total_seconds() if source.every else 900.0
    return Caught(IntervalTrigger(seconds=max(1, round(every)), jitter=min(60, int(every / 10)) or None))
