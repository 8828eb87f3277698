"""What a person should look at: one judgement of outlets and queue, in the same words on the command line and on pages.

Pure: `now` comes in with each call, and nothing is asked of a disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from scraper.model import SourceState
from scraper.notices import RuleState
from scraper.reports import Status, silences

#: Visits that are due for longer than this are late: the youngest articles are looked at every few minutes.
LATE: Final = timedelta(hours=1)
#: A source that has not answered for longer than this is dead: no outage of a night or a weekend lasts so long.
DEAD: Final = timedelta(days=3)
#: So many times what has to stay free is little: there is time to find a larger disk.
LITTLE: Final = 5
WELL: Final = "well"
#: All words there are, the worst first.
WORDS: Final = ("trouble", "offline", "late", "dead", "failing", "shape", "silent", "notify", "disk")

_GB: Final = 1e9
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to look at: one of `WORDS`, a sentence, and the outlet if it is about one."""

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


def needs(
    status: Status,
    listed: Iterable[str],
    trouble: str | None,
    now: datetime,
    *,
    low_water: int = 0,
    shapes: Mapping[str, str] = _NONE,
    rules: Sequence[RuleState] = (),
) -> tuple[Need, ...]:
    """Everything to look at, the worst first. `listed` are the outlets that are watched, `trouble` what keeps anything
    from being stored, `low_water` the bytes that have to stay free, `shapes` by outlet what is odd about its texts,
    `rules` those of notifications."""
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
    about = list(filter(None, (_of_outlet(mine, now) for mine in by_outlet.values())))
    about += [Need("shape", said, outlet) for outlet, said in shapes.items() if outlet in watched]
    about.sort(key=lambda need: (WORDS.index(need.word), need.outlet))
    low = [] if trouble else _disk(status.disk.free, low_water)
    return (*found, *about, *_rules(rules, now), *low)


def _rules(rules: Sequence[RuleState], now: datetime) -> Iterator[Need]:
    """Messages that nobody takes: an operator who waits for them hears nothing."""
    for rule in rules:
        if rule.waiting and now - rule.waiting > LATE:
            span = _span(now - rule.waiting)
            yield Need("notify", f"the messages of rule {rule.name} have not been taken for {span}: {rule.trouble}")
        elif rule.trouble and not rule.waiting:
            yield Need("notify", f"a message of rule {rule.name} was {rule.trouble}")


def _disk(free: int, low_water: int) -> list[Need]:
    """Whether it is time to think of a larger disk."""
    if free >= LITTLE * low_water:
        return []
    least = f"{low_water / _GB:.1f} GB (low_water)"
    return [Need("disk", f"{free / _GB:.1f} GB are free on the disk; below {least} nothing is archived")]


def _of_outlet(sources: Sequence[SourceState], now: datetime) -> Need | None:
    """What is to be said of one outlet."""
    name, failing = sources[0].outlet, [source for source in sources if source.failures]
    if dead := [source for source in failing if source.last_ok and now - source.last_ok > DEAD]:
        return Need("dead", _dead(dead, len(sources), now), name)
    if len(failing) == len(sources):
        many = f"none of its {len(sources)} sources answers" if len(sources) > 1 else "its source does not answer"
        return Need("failing", many, name)
    if failing:
        return Need("failing", f"{len(failing)} of {len(sources)} sources do not answer", name)
    if quiet := silences(sources, now):
        since = quiet[0].since
        return Need("silent", f"silent for {_span(now - since)}" if since else "silent: it lists nothing", name)
    return None


def _dead(dead: Sequence[SourceState], many: int, now: datetime) -> str:
    """Since when they have not answered, and the last reason in a word."""
    last = max(filter(None, (source.last_ok for source in dead)))
    which = "its source has" if many == 1 else f"{len(dead)} of {many} sources {'has' if len(dead) == 1 else 'have'}"
    why = (dead[0].last_error or "").partition(":")[0]
    return f"{which} not answered for {_span(now - last)}{f' ({why})' if why else ''}"


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    number, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"
