"""Operators are told of edits while the daemon runs: one task a rule, beside everything else.

what was kept since the last look → what the rule asks for → one message → kept → sent → kept
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import anyio
import msgspec
import structlog
from anyio import to_thread

from scraper.errors import ArchiveDamaged, FetchError
from scraper.interfaces import Library, Poster
from scraper.model import Edit
from scraper.notices import Delivery, Notice, RuleState
from scraper.notify import choose, hub, message, progress, sign
from scraper.notify.message import Message, Told
from scraper.notify.progress import Answer, Pending, Progress
from scraper.reports import Happening

log = structlog.get_logger()

HUB_DEADLINE: Final = 60.0  # seconds for one message through another service; its thread is then left behind
FOLDER: Final = "notify"


class Desk(Protocol):
    """Where notes are kept: see `store.slips.Slips`."""

    def read(self, name: str) -> bytes | None:
        """What was noted last, or None."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Note `data` instead."""
        ...


class Sender:
    """Sends messages of all rules. Raises UsageError, at once, for a rule whose service is not known."""

    def __init__(
        self, notices: Sequence[Notice], poster: Poster, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._poster = poster
        self._now = now
        self._hubs = {notice.name: hub.target(notice) for notice in notices if not notice.is_webhook}
        # Threads that were left behind still count: a service that hangs holds up the others of its kind at most.
        self._threads = anyio.CapacityLimiter(max(4, 2 * len(self._hubs)))

    async def send(self, notice: Notice, id_: str, made: Message) -> Answer:
        """Send one message once, and say what came of it. Raises nothing that is about the receiver."""
        try:
            if notice.is_webhook:
                return await self._post(notice, id_, message.encoded(made))
            return await self._through(self._hubs[notice.name], made)
        except FetchError as error:
            return Answer("again", _said(error))

    async def _post(self, notice: Notice, id_: str, body: bytes) -> Answer:
        headers = sign.headers(id_, body, notice.secret, self._now())
        receipt = await self._poster.post(Delivery(notice.to, body, headers))
        return progress.judged(receipt.status, receipt.retry_after)

    async def _through(self, target: hub.Target, made: Message) -> Answer:
        if target.host:
            await self._poster.check(target.host, target.port)
        with anyio.move_on_after(HUB_DEADLINE):
            taken = await to_thread.run_sync(target.send, made, abandon_on_cancel=True, limiter=self._threads)
            return Answer("done", "taken") if taken else Answer("again", "the service did not take it")
        return Answer("again", f"no answer within {HUB_DEADLINE:g} s")


def _said(error: FetchError) -> str:
    """What went wrong, without the address: that may be a secret."""
    said = f"{error.reason}: {error.detail}" if error.detail else error.reason
    if error.reason == "private-address":
        said += '; if that is meant, name its host and port as `private` under [network], such as "127.0.0.1:9000"'
    return said


class Teller:
    """One rule at work. `step` may be called as often as one likes, by one task at a time."""

    def __init__(self, notice: Notice, library: Library, desk: Desk, sender: Sender, public: str | None) -> None:
        self._notice = notice
        self._library = library
        self._desk = desk
        self._sender = sender
        self._public = public
        self._progress: Progress | None = None

    async def step(self, now: datetime) -> None:
        """Look for news if it is time, and send what is to be sent. Raises ArchiveError."""
        done = self._progress
        if done is None:
            done = await to_thread.run_sync(self._begin, now)
        if progress.is_due(done, self._notice.every, now):
            done = await to_thread.run_sync(self._look, done, now)
        self._progress = done
        if done.pending and progress.is_to_send(done.pending, now):
            answer = await self._sender.send(self._notice, done.pending.id, done.pending.message)
            self._progress = progress.after(done, done.pending, answer, now)
            self._say(done.pending, answer)
            await to_thread.run_sync(self._keep, self._progress)

    def _begin(self, now: datetime) -> Progress:
        """Where this rule was left; a new one begins now."""
        kept, last = read(self._desk, self._notice.name), self._library.now_at()
        if kept and kept.place <= last:
            return kept
        # Another archive stands here than the one that was told of, or it was set back.
        fresh = dataclasses.replace(kept, place=last, pending=None) if kept else Progress(last, now)
        self._keep(fresh)
        return fresh

    def _keep(self, made: Progress) -> None:
        self._desk.write(self._notice.name, msgspec.json.encode(made))

    def _look(self, before: Progress, now: datetime) -> Progress:
        told, more, upto = self._news(before, choose.oldest(before.looked, now))
        if upto == before.place:
            # Nothing happened at all: not worth a write.
            return dataclasses.replace(before, looked=now)
        if not told:
            found = dataclasses.replace(before, place=upto, looked=now)
        else:
            id_ = f"{self._notice.name}-{upto:x}-{int(now.timestamp()):x}"
            made = message.message(self._notice, id_, now, told, more, self._public)
            found = dataclasses.replace(before, looked=now, pending=Pending(id_, upto, made, now, now))
        self._keep(found)
        return found

    def _news(self, before: Progress, oldest: datetime) -> tuple[list[Told], int, int]:
        """What is to be told, how much more is to be counted, and how far was looked."""
        told: list[Told] = []
        more, place = 0, before.place
        while True:
            news = self._library.news(place)
            for happening in news.items:
                if happening.change.at < oldest or not choose.is_about(self._notice, happening):
                    continue
                counted = len(told) >= self._notice.most
                edit = self._edit(happening) if self._notice.words or not counted else None
                if not choose.has_words(self._notice, happening.change.title, edit):
                    continue
                more += counted
                told += [] if counted else [Told(happening, edit)]
            place = news.upto
            if not news.more:
                return told, more, place

    def _edit(self, happening: Happening) -> Edit | None:
        """What was changed; None if that cannot be read, which `scraper verify` tells of."""
        if happening.gone:
            return None
        try:
            snapshot = self._library.snapshot(happening.change.article_id, happening.change.version)
        except ArchiveDamaged:
            return None
        return snapshot.edit if snapshot else None

    def _say(self, pending: Pending, answer: Answer) -> None:
        name, made = self._notice.name, self._progress
        if answer.what == "done":
            log.info("notified", rule=name, id=pending.id, edits=len(pending.message["edits"]),
                     more=pending.message["more"])  # fmt: skip
        elif made and made.pending:
            log.warning("notify-waits", rule=name, id=pending.id, why=answer.why, tries=made.pending.tries,
                        again=made.pending.again.isoformat(timespec="seconds"))  # fmt: skip
        else:
            log.error("notify-given-up", rule=name, id=pending.id, why=answer.why,
                      edits=len(pending.message["edits"]) + pending.message["more"])  # fmt: skip


def read(desk: Desk, name: str) -> Progress | None:
    """Where a rule was left; None for a new one, and for one whose note makes no sense."""
    try:
        kept = desk.read(name)
        return msgspec.json.decode(kept, type=Progress) if kept else None
    except (ArchiveDamaged, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def state(desk: Desk, name: str) -> RuleState:
    """How a rule is doing, as it was noted last."""
    kept = read(desk, name)
    if kept is None:
        return RuleState(name)
    waits = kept.pending if kept.pending and kept.pending.tries else None
    return RuleState(
        name, True, kept.sent, kept.given_up, kept.last_ok, kept.trouble, kept.trouble_at,
        waits.since if waits else None, waits.again if waits else None,
    )  # fmt: skip


async def send_test(notice: Notice, poster: Poster, now: datetime) -> Answer:
    """Send a message that tells nothing. Raises UsageError if the rule's service is not known."""
    id_ = f"{notice.name}-test-{int(now.timestamp()):x}"
    return await Sender([notice], poster).send(notice, id_, message.test_message(notice, id_, now))
