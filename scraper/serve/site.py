"""What the web side is given by its host: the archive to look at, and the little it may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from scraper.article import Article
from scraper.interfaces import Library, Searcher
from scraper.model import Outlet
from scraper.notices import RuleState
from scraper.serve.jobs import Jobs
from scraper.serve.kept import Kept


class Difference(Protocol):
    """How one text became another, worked out once. `changed`: whether any word differs; `coarse`: so much changed that
    paragraphs are not compared word by word."""

    @property
    def changed(self) -> bool:
        """See above."""
        ...

    @property
    def coarse(self) -> bool:
        """See above."""
        ...

    def data(self) -> dict[str, object]:
        """`{"rows": […], …}`."""
        ...

    def html(self) -> str:
        """Block elements with `<ins>` and `<del>`: a fragment in which everything is escaped."""
        ...


class Differ(Protocol):
    """Works out how one text became another."""

    def between(self, old: Article, new: Article) -> Difference:
        """The difference."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """Words of the host above the newest edits, with a link (`url`, called `label`) or none. With `again` browsers are
    told to ask for that page anew after so many seconds."""

    text: str
    url: str | None = None
    label: str = ""
    again: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """Handed to every endpoint. `trouble` says in a word what keeps the daemon from its work, or None, and `why` in a
    sentence; `low_water` bytes have to stay free; `shapes` says by outlet what is odd about its texts; `rules` are
    those of notifications. `jobs` is None where nothing may be fetched. `kept` are differences that were worked out.
    `counts` are visits of this process by verdict. `notice` is what the host says."""

    library: Library
    search: Searcher
    differ: Differ
    outlets: Callable[[], Mapping[str, Outlet]]
    trouble: Callable[[], str | None]
    jobs: Jobs | None = None
    why: Callable[[], str] = str
    low_water: int = 0
    shapes: Callable[[], Mapping[str, str]] = dict
    rules: Callable[[], Sequence[RuleState]] = tuple
    kept: Kept = field(default_factory=Kept)
    counts: Callable[[], Mapping[str, int]] = dict
    notice: Callable[[], Notice | None] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
