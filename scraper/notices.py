"""What an operator wants to be told of, and what is handed over to tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.model import EditKind


@dataclass(frozen=True, slots=True)
class Notice:
    """One `[[notify]]` table. Edits are told of these outlets (of all, if empty), with one of these kinds (any, if
    empty), made in silence if `stealth`, with one of `words` (any) in the headline or in what was changed; and with
    `gone` the articles that went: only these, unless `edits`. They are collected for `every`; `most` of them are told
    in one message, the rest is counted. `where` is the table's place in the configuration, for messages.
    """

    name: str
    to: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    outlets: frozenset[str] = frozenset()
    kinds: frozenset[EditKind] = frozenset()
    stealth: bool = False
    words: tuple[str, ...] = ()
    gone: bool = False
    edits: bool = True
    every: timedelta = timedelta(minutes=5)
    most: int = 20
    where: str = ""

    @property
    def is_webhook(self) -> bool:
        """Whether it is told by a plain POST, and not through another service."""
        return self.to.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to a webhook: `body` is JSON."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a webhook answered: its status, and how long it asks to be left alone. Its text is never read."""

    status: int
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RuleState:
    """How a rule is doing, without what is secret. It has `begun` once a daemon knew it. `sent` and `given_up` count
    messages; `trouble` is that of the last sending, if it failed; a message waits since `waiting`, until `again`."""

    name: str
    begun: bool = False
    sent: int = 0
    given_up: int = 0
    last_ok: datetime | None = None
    trouble: str | None = None
    trouble_at: datetime | None = None
    waiting: datetime | None = None
    again: datetime | None = None
