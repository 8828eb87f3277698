"""What an operator wants to be told of, and what is handed over to tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scraper.model import EditKind


@dataclass(frozen=True, slots=True)
class Notice:
    """One `[[notify]]` table. Edits are told of these outlets (of all, if empty), with one of these kinds (any, if
    empty), made in silence if `stealth`, with one of `words` (any) in the headline or in what was changed; and with
    `gone` the articles that went. They are collected for `every`; `most` of them are told in one message, the rest is
    counted. `where` is the table's place in the configuration, for messages.
    """

    name: str
    to: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    outlets: frozenset[str] = frozenset()
    kinds: frozenset[EditKind] = frozenset()
    stealth: bool = False
    words: tuple[str, ...] = ()
    gone: bool = False
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
