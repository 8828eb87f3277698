"""What the tests of this verb share: limits in time that only a test of them meets, and an outcome as one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scraper.errors import Deferred, Failed, Refused
from scraper.fetch.client import Client
from scraper.fetch.policy import FetchPolicy
from scraper.model import Page, Request, RequestKind

LIMIT = 300_000


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def policy(**changes: Any) -> FetchPolicy:
    """Small sizes, the two loopback sites that may be reached, and ample times.

    A test of a limit in time shortens that one and no other: a machine that stands still for some seconds must not turn
    one outcome into another."""
    values: dict[str, Any] = {
        "user_agent": "testbot/1.0 (tests)",
        "private": ("127.0.0.1/32", "127.0.0.2/32"),
        "delay": seconds(0),
        "deadline": seconds(120),
        "connect_timeout": seconds(60),
        "silence": seconds(60),
        "rate_window": seconds(60),
        "max_body": LIMIT,
    }
    return FetchPolicy(**(values | changes))


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, number: float) -> None:
        self.time += seconds(number)


class Lookup:
    """A resolver with a script: each call takes the next answer for the name, the last one for ever."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.calls: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.calls.append(host)
        answers = self._names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


async def get(client: Client, url: str, kind: RequestKind = "page", **more: Any) -> Page:
    return await client.get(Request(url, kind, **more))


async def outcome(client: Client, url: str, kind: RequestKind = "page", **more: Any) -> str:
    """`200`, or as in `refused robots`, `deferred http-429`, `transient timeout`, `permanent too-large`."""
    try:
        return str((await get(client, url, kind, **more)).status)
    except Refused as error:
        return f"refused {error.reason}"
    except Deferred as error:
        return f"deferred {error.reason}"
    except Failed as error:
        return f"{'transient' if error.transient else 'permanent'} {error.reason}"


def fresh(path: Path, **changes: Any) -> Client:
    """A client that has its state in `path`."""
    return Client(policy(**changes), path)
