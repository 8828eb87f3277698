"""The demo's past: what its outlets reported before it began, as captures that somebody else might have made. Pure.

    past.toml → stories → moments at which each was looked at → pages as they were then → one WARC file

The past is made up, like the outlets, and whoever shows it says so. It comes into the archive as every WARC file does.
"""

from __future__ import annotations

import gzip
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from scraper.demo import pages
from scraper.demo.stories import State, Story, load

if TYPE_CHECKING:  # the demo's pages come first
    from scraper.pipeline.importing import Brought

FILE: Final = "made-up-past.warc.gz"
STORIES: Final = "past.toml"
# Hours after publication at which each was looked at, and after each edit.
_LOOKS: Final = (0.1, 1.0, 4.0, 20.0, 44.0, 92.0, 164.0)
_AFTER: Final = (0.4, 2.0)
# A deletion is believed after several answers over hours.
_GONE: Final = (0.4, 2.0, 7.0, 13.0, 26.0)
_LAST: Final = 1.0  # hour before the demo begins
_SPACE: Final = uuid.UUID("7d4a1a4e-6c1c-4f0b-9d0e-9a6a1c9c5d11")


@dataclass(frozen=True, slots=True)
class Old:
    """One story of the past, of a demo that began at `opened`."""

    story: Story
    opened: datetime

    @property
    def published(self) -> datetime:
        """When it was."""
        return self.opened - timedelta(hours=self.story.hours)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.story.host}{self.published.strftime(self.story.path)}"

    def state(self, at: datetime) -> State:
        """The text it showed then."""
        shown = [state for state in self.story.states if self._since(state) <= at]
        return shown[-1] if shown else self.story.states[0]

    def subject(self, at: datetime) -> pages.Subject:
        """The article as it stood then."""
        moved = [self._since(one) for one in self.story.states if one.honest and self._since(one) <= at]
        story = self.story
        return pages.Subject(
            self.url, story.host, story.section, self.published, max(moved, default=self.published), self.state(at)
        )

    def looks(self) -> list[datetime]:
        """When it was looked at, in order."""
        hours = {*_LOOKS}
        for one in self.story.states[1:]:
            hours |= {one.later + more for more in (_AFTER if one.status == 200 else _GONE)}
        end = self.opened - timedelta(hours=_LAST)
        moments = (self.published + timedelta(hours=after) for after in sorted(hours))
        return [at.replace(microsecond=0) for at in moments if at < end]

    def _since(self, state: State) -> datetime:
        return self.published + timedelta(hours=state.later)


@dataclass(slots=True)
class Past:
    """What came of it so far; `gone` are ids of articles."""

    articles: int = 0
    versions: int = 0
    gone: set[str | None] = field(default_factory=set)

    def add(self, brought: Brought) -> None:
        """Count one capture."""
        if outcome := brought.outcome:
            self.articles += outcome.verdict == "new"
            self.versions += outcome.verdict in {"new", "edited"}
            if outcome.verdict == "gone" and "confirmed" in outcome.flags:
                self.gone.add(outcome.article_id)

    def __str__(self) -> str:
        return f"{self.articles} articles in {self.versions} versions, {len(self.gone)} of them gone"


def olds(opened: datetime) -> tuple[Old, ...]:
    """All that was reported before a demo that began at `opened`."""
    return tuple(Old(story, opened) for story in load(STORIES))


def page(old: Old, at: datetime, noise: pages.Noise) -> tuple[int, str]:
    """Status and page of an answer then."""
    state = old.state(at)
    if state.status != 200:
        return state.status, pages.gone(old.story.host)
    return 200, pages.article(old.subject(at), noise)


def warc(past: Sequence[Old], seed: int = 0) -> bytes:
    """All captures of the past as a WARC file (ISO 28500), oldest first; each has surroundings of its own."""
    looks = sorted((at, old.url, old) for old in past for at in old.looks())
    return b"".join(_captures([(at, old) for at, _, old in looks], seed))


def _captures(looks: Sequence[tuple[datetime, Old]], seed: int) -> Iterator[bytes]:
    for number, (at, old) in enumerate(looks):
        rng = random.Random(f"{seed} past {number}")  # noqa: S311 - banners, no secrets
        yield gzip.compress(_record(old.url, at, *page(old, at, pages.Noise(rng, number))), mtime=0)


def _record(url: str, at: datetime, status: int, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status} -\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    block = head.encode() + body
    named = {
        "WARC-Type": "response",
        "WARC-Target-URI": url,
        "WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Record-ID": f"<{uuid.uuid5(_SPACE, f'{url} {at.isoformat()}').urn}>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"
