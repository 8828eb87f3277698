"""`scraper notify`: whether those who are to be told of edits can be reached."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import ago, as_json, count, load, places, put, put_json
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.notices import Notice, RuleState
    from scraper.notify.progress import Answer
    from scraper.settings import Settings


@click.group()
def notify() -> None:
    """Tell somebody of edits: see [[notify]] in scraper.toml.

    \b
    scraper notify test all
    """


@notify.command(no_args_is_help=True)
@click.argument("name")
@as_json
@places
def test(name: str, json_: bool, archive: Path, config: Path) -> None:
    """Send a test message by the rule NAME now, and say what came back.

    Exit code 1 if it was not taken. The archive is not needed.

    \b
    scraper notify test all
    """
    settings, _ = load(config)
    notice = _named(settings, name)
    answer = asyncio.run(_sent(notice, settings, archive))
    if json_:
        put_json({"rule": name, "taken": answer.what == "done", "said": answer.why})
    else:
        put(f"{name}: {'taken' if answer.what == 'done' else 'not taken'}: {answer.why}")
    raise click.exceptions.Exit(int(answer.what != "done"))


def rules_of(archive: Path, notices: Iterable[Notice]) -> list[RuleState]:
    """How far each rule has come."""
    from scraper.notifying import FOLDER, state
    from scraper.store.slips import Slips

    desk = Slips(archive, FOLDER)
    return [state(desk, notice.name) for notice in notices]


def rule_lines(rules: Sequence[RuleState], now: datetime) -> Iterator[str]:
    """The rules for a person, under a line of their own."""
    if rules:
        yield f"\nnotify: {count(len(rules), 'rule')}"
    for rule in rules:
        if not rule.begun:
            yield f"  {rule.name}: begins with the daemon"
            continue
        good = f"last {ago(rule.last_ok, now)}" if rule.last_ok else "none so far"
        lost = f", {rule.given_up} given up" if rule.given_up else ""
        yield f"  {rule.name}: {count(rule.sent, 'message')} taken, {good}{lost}"
        if rule.trouble_at:
            again = f"; again {ago(rule.again, now)}" if rule.again else ""
            yield f"    {rule.trouble}, {ago(rule.trouble_at, now)}{again}"


def _named(settings: Settings, name: str) -> Notice:
    for notice in settings.notify:
        if notice.name == name:
            return notice
    known = ", ".join(notice.name for notice in settings.notify)
    raise UsageError(f"there is no [[notify]] table called {name}; " + (f"known are {known}" if known else "none is"))


async def _sent(notice: Notice, settings: Settings, archive: Path) -> Answer:
    from scraper.fetch.client import Client
    from scraper.fetch.policy import FetchPolicy
    from scraper.notifying import send_test

    poster = Client(FetchPolicy(**dataclasses.asdict(settings.network)), archive / ".run" / "hosts")
    return await send_test(notice, poster, datetime.now(UTC))
