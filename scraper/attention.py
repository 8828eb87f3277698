"""What a person should look at: one judgement of outlets and queue, in the same words on the command line and on pages.

Pure: `now` comes in with each call, and nothing is asked of a disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scraper.model import SourceState
from scraper.reports import Status, silences

#: Visits that are due for longer than this are late: the youngest articles are looked at every few minutes.
LATE: Final = timedelta(hours=1)
WELL: Final = "well"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to look at: a stable word (`trouble`, `offline`, `late`, `failing`, `silent`), a sentence, and the
    outlet if it is about one."""

    word: str
    said: str
    outlet: str | None = None


def state(sources: Sequence[SourceState], now: datetime, *, listed: bool = True) -> str:
    """How the outlet with these sources is doing, in a few words; `WELL` if there is nothing to say."""
    if not listed:
        return "not watched"
    if not sources:
        return "not looked at yet"
    need = _of_outlet(sources, now)
    return need.said if need else WELL


def needs(status: Status, listed: Iterable[str], trouble: str | None, now: datetime) -> tuple[Need, ...]:
    """Everything to look at, the worst first. `listed` are the outlets that are watched, `trouble` what keeps anything
    from being stored."""
    found = [Need("trouble", trouble)] if trouble else []
    watched = set(listed)
    sources = [source for source in status.sources if source.outlet in watched]
    offline = len(sources) > 1 and all(source.failures for source in sources)
    if offline:
        found.append(Need("offline", f"not one of {len(sources)} sources answers: is this machine connected?"))
    queue = status.queue
    if queue.due and queue.next_visit and now - queue.next_visit > LATE:
        found.append(Need("late", f"visits are {_span(now - queue.next_visit)} late, {queue.due} are due"))
    by_outlet: dict[str, list[SourceState]] = {}
    for source in () if offline else sources:
        by_outlet.setdefault(source.outlet, []).append(source)
    about = [_of_outlet(mine, now) for _, mine in sorted(by_outlet.items())]
    return (*found, *sorted(filter(None, about), key=lambda need: need.word))


def _of_outlet(sources: Sequence[SourceState], now: datetime) -> Need | None:
    """What is to be said of one outlet."""
    name, failing = sources[0].outlet, [source for source in sources if source.failures]
    if len(failing) == len(sources):
        many = f"none of its {len(sources)} sources answers" if len(sources) > 1 else "its source does not answer"
        return Need("failing", many, name)
    if failing:
        return Need("failing", f"{len(failing)} of {len(sources)} sources do not answer", name)
    if quiet := silences(sources, now):
        since = quiet[0].since
        return Need("silent", f"silent for {_span(now - since)}" if since else "silent: it lists nothing", name)
    return None


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    number, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"
