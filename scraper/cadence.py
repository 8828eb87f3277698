"""When to look again: a pure function of a frontier row, the verdict of its last visit, and the time.

    age → rung of the ladder → closer after an edit, farther after quiet → spread by the key → within bounds

Never reads a clock, never sleeps, and never trusts a date: what the page says and what this machine's clock said may
both be wrong, by decades. All times are aware; the answer is in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from scraper.model import Due, SourceState, VerdictKind

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """Articles younger than `age` (None: any age) are looked at every `step`."""

    age: timedelta | None
    step: timedelta
    why: str


# Each step is at least twice the one before: so an article that is edited is never looked at later than an older one.
LADDER = (
    Rung(HOUR, 10 * MINUTE, "headlines are tried out and first mistakes put right"),
    Rung(6 * HOUR, 20 * MINUTE, "the story still grows"),
    Rung(DAY, HOUR, "most corrections come on the day itself"),
    Rung(3 * DAY, 4 * HOUR, "complaints arrive and are answered"),
    Rung(7 * DAY, 12 * HOUR, "late corrections"),
    Rung(30 * DAY, 2 * DAY, "follow-ups, quiet rewording"),
    Rung(365 * DAY, 14 * DAY, "rare, and the more telling"),
    Rung(None, 45 * DAY, "deletions, and history rewritten"),
)

FLOOR = MINUTE
HORIZON = 90 * DAY
JITTER = 0.1
# An article of which neither publication nor first sight can be believed.
UNKNOWN_AGE = DAY
# The clock of a server, or ours, may be somewhat ahead. More than that is a mistake, and so is a date before the web.
AHEAD = DAY
FIRST_YEAR = 1991

# An edit halves the step for so many steps; and however old the article, the looks after it are spaced by the time
# since the edit, at least an hour: 1 h, 2 h, 4 h … until the ladder is met again.
STIRRED = 4
AFTER_EDIT = HOUR
# Quiet stretches the step, evenly, up to twice after so many unchanged visits in a row.
QUIET_VISITS, QUIET_FACTOR = 20, 2.0
# A page that is edited all the time is a live page: (edits so far, least step). With `MOST_VERSIONS` it bounds history.
LIVELY = ((8, 30 * MINUTE), (24, HOUR))
MOST_VERSIONS = 24  # per article in 24 hours
# Further entries of a live page, and nothing else, make a version at most so often: a live page that grows all day long
# leaves half of its versions to edits and removals.
GROWTH = 2 * HOUR

# Trouble: first pause, doubled each time, and where doubling ends.
TRANSIENT = (5 * MINUTE, DAY)
PARTIAL = (15 * MINUTE, DAY)
PERMANENT = (DAY, 7 * DAY)
REFUSED = 7 * DAY
DEFERRED = 15 * MINUTE

# A second and a third look at what answered that it is gone; then rarely, for a tombstone too may be lifted.
CONFIRM = (7 * HOUR, 20 * HOUR)
GONE = 30 * DAY
# A source that gave nothing for one of these reasons will give nothing soon either. What passes (no answer, a rest that
# the host asked for, 5xx) is not among them: of that the host's own pauses take care.
LASTING = frozenset({
    "http-400", "http-401", "http-402", "http-403", "http-404", "http-405", "http-406", "http-451", "robots", "scheme",
    "private-address", "bad-url", "bad-redirect", "redirect-loop", "wrong-type", "encoding", "too-large", "too-heavy",
    "entities",
})  # fmt: skip
LASTING_MOST = DAY
# One that says that it is gone for good is asked whether it meant that, then once a week.
SOURCE_GONE = (HOUR, DAY, 7 * DAY)

# Answers in a row, and the least time between the first and the last of them, that make it believed.
BELIEVED = {410: (2, 6 * HOUR), 404: (3, 24 * HOUR)}


def next_visit(
    due: Due, kind: VerdictKind, now: datetime, retry_at: datetime | None = None, *, permanent: bool = False
) -> datetime:
    """When to look again after a visit at `now` that ended in `kind`. The counters of `due` include that visit.

    `retry_at` is what the host asked for: the answer is never before it, unless it lies beyond `HORIZON`. `permanent`
    says of a failure that asking soon is no use. Always between `FLOOR` and `HORIZON` from now, the same for the same
    row, later for an older article, and spread over ±10 % by the row's key.
    """
    now = now.astimezone(UTC)
    wait = _wait(due, kind, now, permanent=permanent) * _spread(due.key)
    if retry_at is not None:
        asked = retry_at.astimezone(UTC) - now
        # Spread one way only: earlier than asked would be impolite.
        asked += max(asked, timedelta()) * (_spread(due.key) - (1 - JITTER)) / 2
        wait = asked if kind == "deferred" else max(wait, asked)
    return now + min(max(wait, FLOOR), HORIZON)


def explain(due: Due, kind: VerdictKind | None, now: datetime) -> list[str]:
    """Why `next_visit` is when it is, in words, after a last visit that ended in `kind` (None: there was none)."""
    now = now.astimezone(UTC)
    if kind is None or due.last_visit is None:
        return ["it has not been visited yet"]
    at = due.last_visit.astimezone(UTC)
    if kind in {"failed", "partial"}:
        return [f"{due.failures} visits in a row gave no usable answer: the pause doubles each time"]
    if kind == "gone":
        believed = gone_confirmed(due.misses, due.gone_first or at, 404, at)
        return ["it is gone: one look now and then, in case it comes back" if believed else "it has to be confirmed"]
    if kind in {"refused", "deferred"}:
        return ["it was not asked for: see the reason of the last visit"]
    return list(_calm_reasons(due, at))


def _calm_reasons(due: Due, at: datetime) -> Iterator[str]:
    rung = next(rung for rung in LADDER if rung.age is None or _age(due, at) < rung.age)
    than = f"younger than {spelt(rung.age)}" if rung.age else "of any age"
    yield f"{than}: every {spelt(rung.step)}, because {rung.why}"
    if due.unchanged:
        share = 1 + min(due.unchanged / QUIET_VISITS, 1.0) * (QUIET_FACTOR - 1)
        yield f"{due.unchanged} visits in a row found nothing new: {share:.2f} times that"
    if due.last_edit and due.edits and _lively(due, "same", at) < _calm(due, at):
        yield f"it was edited {spelt(at - due.last_edit)} before the last visit: looked at more often"
    for edits, least in LIVELY:
        if due.edits >= edits:
            yield f"{due.edits} edits so far, as on live pages: not more often than every {spelt(least)}"


def spelt(span: timedelta) -> str:
    """A span in its largest whole unit.

    >>> spelt(timedelta(minutes=20)), spelt(timedelta(hours=36)), spelt(timedelta(days=30))
    ('20 min', '36 h', '30 d')
    """
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if span >= 2 * unit or (span >= unit and not span % unit):
            return f"{span // unit} {name}"
    return f"{span // timedelta(seconds=1)} s"


def gone_confirmed(misses: int, since: datetime, status: int, now: datetime) -> bool:
    """Whether `misses` answers in a row since `since`, the last with `status`, make an article gone.

    A redirect to a front page counts as 404. A clock that went back confirms nothing.

    >>> at = datetime(2024, 6, 2, tzinfo=UTC)
    >>> gone_confirmed(2, at, 410, at + timedelta(hours=6)), gone_confirmed(2, at, 404, at + timedelta(days=2))
    (True, False)
    """
    visits, over = BELIEVED.get(status, BELIEVED[404])
    return misses >= visits and now - since >= over


def source_rests(state: SourceState, every: timedelta | None, now: datetime) -> bool:
    """Whether a source is not to be asked yet, because of how its last looks failed; `every` is its own interval.

    >>> at = datetime(2024, 6, 2, tzinfo=UTC)
    >>> gone = SourceState("http://a.example/feed", "a.example", last_checked=at, last_error="http-410", failures=1)
    >>> source_rests(gone, MINUTE, at + 50 * MINUTE), source_rests(gone, MINUTE, at + HOUR)
    (True, False)
    """
    if state.last_checked is None or not state.failures or state.last_checked > now:
        return False
    word = (state.last_error or "").partition(":")[0]
    if word == "http-410":
        pause = SOURCE_GONE[min(state.failures, len(SOURCE_GONE)) - 1]
    elif word in LASTING:
        pause = min((every or HOUR) * (1 << min(state.failures - 1, 20)), max(LASTING_MOST, every or HOUR))
    else:
        return False
    return now - state.last_checked < pause * (1 - JITTER)


def ask_plainly(due: Due, now: datetime) -> bool:
    """Whether to leave the validators out this time: about weekly, so that a server's 304 cannot hide an edit for ever.

    Articles that are visited less often than that are asked plainly at every third visit.
    """
    every = max(3, min(12, 7 * DAY // _rung(_age(due, now.astimezone(UTC)))))
    return due.unchanged % every == every - 1


def crowded(versions: Iterable[datetime], now: datetime) -> bool:
    """Whether an article has had as many versions in 24 hours as it may; `versions` are their times of capture."""
    return sum(at > now - DAY for at in versions) >= MOST_VERSIONS


def growing(versions: Iterable[datetime], now: datetime) -> bool:
    """Whether further entries of a live page have to wait; `versions` are their times of capture.

    >>> at = datetime(2024, 6, 2, tzinfo=UTC)
    >>> growing([at], at + timedelta(hours=1)), growing([at], at + timedelta(hours=2)), growing([], at)
    (True, False, False)
    """
    return any(at > now - GROWTH for at in versions)


def _wait(due: Due, kind: VerdictKind, now: datetime, *, permanent: bool) -> timedelta:
    if kind in {"failed", "partial"}:
        return _troubled(due, kind, now, permanent=permanent)
    if kind == "gone":
        return _confirm(due, now)
    flat = {"refused": REFUSED, "deferred": DEFERRED}.get(kind)
    return flat or _lively(due, kind, now)


def _troubled(due: Due, kind: VerdictKind, now: datetime, *, permanent: bool) -> timedelta:
    if kind == "partial":
        # A page that stays worse (a paywall) is looked at as often as a good one would be, in the end.
        first, most = PARTIAL
        return _doubled((first, max(most, _calm(due, now))), due.failures)
    if permanent:
        return max(_doubled(PERMANENT, due.failures), min(_calm(due, now), PERMANENT[1]))
    return _doubled(TRANSIENT, due.failures)


def _confirm(due: Due, now: datetime) -> timedelta:
    if gone_confirmed(due.misses, due.gone_first or now, 404, now):
        return GONE
    return CONFIRM[0] if due.misses <= 1 else CONFIRM[1]


def _calm(due: Due, now: datetime) -> timedelta:
    """The step by age and quiet alone."""
    quiet = min(due.unchanged / QUIET_VISITS, 1.0) * (QUIET_FACTOR - 1)
    return _rung(_age(due, now)) * (1 + quiet)


def _lively(due: Due, kind: VerdictKind, now: datetime) -> timedelta:
    """The step of an article that is there: by age and quiet, and closer while it is being edited."""
    step = _calm(due, now)
    if due.last_edit and (due.edits or kind == "back"):
        since = max(now - due.last_edit, timedelta())
        if since < STIRRED * _rung(_age(due, now)):
            step /= 2
        step = min(step, max(AFTER_EDIT, since))
    return max([step, *(least for edits, least in LIVELY if due.edits >= edits)])


def _rung(age: timedelta) -> timedelta:
    return next(rung.step for rung in LADDER if rung.age is None or age < rung.age)


def _age(due: Due, now: datetime) -> timedelta:
    """How old an article is: since the earlier of publication and first sight, of those that can be believed.

    The earlier, because a page that says "now" at every request would stay young for ever.
    """
    told = [at for at in (due.published, due.first_seen) if at and at.year >= FIRST_YEAR and at - now <= AHEAD]
    return max(now - min(told), timedelta()) if told else UNKNOWN_AGE


def _doubled(trouble: tuple[timedelta, timedelta], times: int) -> timedelta:
    first, most = trouble
    doublings = min(max(times - 1, 0), 20)
    return min(first * (1 << doublings), most)


def _spread(key: str) -> float:
    """A factor between 1 - JITTER and 1 + JITTER, the same for the same key in every process."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return 1 - JITTER + 2 * JITTER * int.from_bytes(digest) / 2**64
