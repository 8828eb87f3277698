"""How far a rule has come, and what becomes of a message. Pure: values and the steps between them.

    look → pending, kept → sent → not pending, kept

What is pending is kept before it is sent, with its id and its very words: whoever is killed in between sends the same
message again, which its receiver can tell by the id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
GIVE_UP: Final = timedelta(days=1)

# Statuses that speak of the message and not of the receiver: to send it again would change nothing.
_REFUSED: Final = frozenset({400, 406, 411, 413, 414, 415, 417, 422, 431})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one sending: `again` may help, `never` will not."""

    what: Literal["done", "again", "never"]
    why: str = ""
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that was not taken yet. `since` is when it was made, `again` when it is sent next."""

    id: str
    upto: int
    message: dict[str, Any]
    since: datetime
    again: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A rule: told up to `place`, as of `looked`. `sent` and `given_up` count messages; `trouble` is that of the last
    sending, if it failed."""

    place: int
    looked: datetime
    pending: Pending | None = None
    sent: int = 0
    given_up: int = 0
    last_ok: datetime | None = None
    trouble: str | None = None
    trouble_at: datetime | None = None


def is_due(progress: Progress, every: timedelta, now: datetime) -> bool:
    """Whether it is time to look for news. A clock that was set back delays nothing for longer than `every`."""
    return progress.pending is None and not timedelta() <= now - progress.looked < every


def is_to_send(pending: Pending, now: datetime) -> bool:
    """Whether it is time to send what is pending. No pause is longer than a day: one that is was made by a clock that
    ran ahead and was set right."""
    return not timedelta() < pending.again - now <= GIVE_UP


def after(progress: Progress, pending: Pending, answer: Answer, now: datetime) -> Progress:
    """The rule after `pending` was sent with this `answer`."""
    done = replace(progress, pending=None, place=pending.upto)
    if answer.what == "done":
        return replace(done, sent=progress.sent + 1, last_ok=now, trouble=None, trouble_at=None)
    again = now + pause(pending.tries + 1, answer.after)
    if answer.what == "never" or again - pending.since > GIVE_UP:
        why = f"given up: {answer.why}"
        return replace(done, given_up=progress.given_up + 1, trouble=why, trouble_at=now)
    waiting = replace(pending, tries=pending.tries + 1, again=again)
    return replace(progress, pending=waiting, trouble=answer.why, trouble_at=now)


def pause(tries: int, asked: timedelta | None) -> timedelta:
    """How long to wait after so many sendings in vain: what the receiver asked for, else 30 s, 1 min, 2 min … 1 h.

    >>> pause(3, None)
    datetime.timedelta(seconds=120)
    """
    return max(asked or timedelta(), min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE))


def judged(status: int, retry_after: timedelta | None) -> Answer:
    """What the status of a webhook's answer means."""
    if 200 <= status < 300:
        return Answer("done", f"status {status}")
    if status in _REFUSED:
        return Answer("never", f"the receiver refused the message with status {status}")
    if 300 <= status < 400:
        return Answer("again", f"status {status}: redirects are not followed, give the address it leads to")
    return Answer("again", f"status {status}", retry_after)
