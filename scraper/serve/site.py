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


class Differ(Protocol):
    """How one text became another: as plain data, and as an HTML fragment in which everything is escaped."""

    def data(self, old: Article, new: Article) -> dict[str, object]:
        """`{"changed": …, "rows": […]}`."""
        ...

    def html(self, old: Article, new: Article) -> str:
        """Block elements with `<ins>` and `<del>`."""
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
