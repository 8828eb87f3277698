"""Values out of bytes: how a flat input becomes a structured one, the same for the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar, get_args

from scraper.article import Access, Article, Block, BlockKind, Dropped, Kind

T = TypeVar("T")


class Taker:
    """Takes from the front; an input that has ended goes on as zeros, so every input is whole."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        """The next byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def raw(self, most: int = 255) -> bytes:
        """Some bytes, their number before them."""
        length = min(self.byte(), most)
        piece = self._data[self._at : self._at + length]
        self._at += length
        return piece

    def rest(self) -> bytes:
        """All that is left."""
        piece = self._data[self._at :]
        self._at = len(self._data)
        return piece

    def text(self, most: int = 255) -> str:
        """Any text: what is not UTF-8 becomes lone surrogates."""
        return written(self.raw(most))

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.byte() % len(choices)]

    def maybe(self, make: Callable[[], T]) -> T | None:
        """A value, or None."""
        return make() if self.byte() & 1 else None

    def many(self, make: Callable[[], T], most: int = 4) -> tuple[T, ...]:
        """So many values."""
        return tuple(make() for _ in range(self.byte() % (most + 1)))

    def moment(self) -> datetime | date:
        """A day, or a time of it with any zone or none."""
        day = date.fromordinal(1 + (self.byte() << 12 | self.byte() << 4 | self.byte() & 15) % date.max.toordinal())
        if self.byte() & 1:
            return day
        at = datetime(day.year, day.month, day.day, self.byte() % 24, self.byte() % 60)  # noqa: DTZ001  # some have no zone
        offset = self.maybe(lambda: timezone(timedelta(minutes=self.byte() * 7 - 839)))
        return at.replace(tzinfo=offset) if offset else at


def said(reason: str) -> str:
    """`reason`, which has to say something, in one line."""
    assert reason
    assert reason.isprintable()
    return reason


def written(data: bytes) -> str:
    """`data` as a text that anybody may send: lone surrogates for what is not UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def article(take: Taker) -> Article:
    """An article of any values that its types allow."""
    return Article(
        url=take.text(),
        canonical_url=take.text(),
        title=take.maybe(take.text),
        subtitle=take.maybe(take.text),
        authors=take.many(take.text),
        published=take.maybe(take.moment),
        modified=take.maybe(take.moment),
        caption=take.maybe(take.text),
        blocks=take.many(lambda: _block(take), 6),
        language=take.maybe(take.text),
        site=take.maybe(take.text),
        section=take.maybe(take.text),
        keywords=take.many(take.text),
        image=take.maybe(take.text),
        access=take.maybe(lambda: take.pick(get_args(Access))),
        kind=take.pick(get_args(Kind)),
        timezone=take.maybe(lambda: take.pick(("UTC", "Europe/Kyiv", "Asia/Tokyo", "America/St_Johns"))),
        claims=take.many(take.text),
        origins=dict(take.many(lambda: (take.text(), take.text()))),
        dropped=take.many(lambda: Dropped(take.text(), take.text())),
        evidence=take.many(take.text),
        flags=take.many(take.text),
        fingerprint=take.text(),
        reading=take.text(),
        next_page=take.maybe(take.text),
        first_page=take.maybe(take.text),
    )


def _block(take: Taker) -> Block:
    at = take.maybe(lambda: datetime(2024, 1, 1 + take.byte() % 28, take.byte() % 24, tzinfo=UTC))
    return Block(take.pick(get_args(BlockKind)), take.text(), take.text(), at)
