"""Everything this program raises on purpose.

    ScraperError
    ├── UsageError              what was asked cannot be done as asked; exit code 2
    │   ├── ConfigError         mistakes in files under config/, all of them at once
    │   ├── UrlError            not an http or https address
    │   └── QueryError          what cannot be searched for as it is written
    │       └── QueryTooDear    what would take too long to search for
    ├── WebError                something about one URL; carries it and a stable reason word
    │   ├── FetchError          no usable answer came
    │   │   ├── Refused         our own policy stopped it before the forbidden thing happened
    │   │   ├── Deferred        the host asked to wait, or is being left alone for a while
    │   │   └── Failed          transport, size, status; transient or permanent
    │   └── ExtractError        the bytes could not be read as an article (damaged PDF, not text, too heavy)
    └── ArchiveError            the archive on disk; carries the path
        ├── ArchiveBusy         another process holds what is needed
        │   └── ArchiveTaken    another machine has taken the archive over from this process
        ├── ArchiveNewer        written by a newer program
        ├── ArchiveUnwritable   disk full, read-only, permission lost
        └── ArchiveDamaged      a file is not what the archive says it is
            ├── ArchiveOlder    the catalogue has an older layout
            └── ArchivePruned   a record was dropped by `scraper prune`, on purpose

Errors carry identity (URL, path, line) and end with what to do about it. They survive a pickle: some are raised in a
worker process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class ScraperError(Exception):
    """Base of all errors raised on purpose."""


class UsageError(ScraperError):
    """What was asked cannot be done as asked."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in one configuration file, at a line (from 1; 0 if it is about the whole file)."""

    file: Path
    line: int
    word: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.word}: {self.message}" if self.word else f"{where}: {self.message}"


class ConfigError(UsageError):
    """All mistakes found in the configuration, in reading order."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


class UrlError(UsageError):
    """Not an address this program can ask for."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why

    def __str__(self) -> str:
        return f"{self.url!r} {self.why}"


class QueryError(UsageError):
    """What was asked cannot be searched for as it is written."""


class QueryTooDear(QueryError):
    """The search was given up: it took longer than it may."""


class WebError(ScraperError):
    """Something about what was found at `url`.

    `reason` is a stable word (`robots`, `private-address`, `too-large`, `timeout`, `http-503`, `not-text` …) that
    people's tools match on; `detail` is for people.
    """

    def __init__(self, url: str, reason: str, detail: str = "") -> None:
        super().__init__(url, reason, detail)
        self.url = url
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.url}: {self.said}"

    @property
    def said(self) -> str:
        """The reason, and after a colon its detail if there is one."""
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class FetchError(WebError):
    """No usable answer came."""


class Refused(FetchError):
    """Our own policy stopped the request before anything forbidden happened."""


class Deferred(FetchError):
    """The host is to be left alone until `retry_at` (UTC)."""

    def __init__(self, url: str, reason: str, detail: str, retry_at: datetime) -> None:
        super().__init__(url, reason, detail)
        self.args = (url, reason, detail, retry_at)  # what a pickle is made again from
        self.retry_at = retry_at


class Failed(FetchError):
    """The request was made and gave nothing usable. `transient`: worth asking again soon."""

    def __init__(self, url: str, reason: str, detail: str = "", *, transient: bool = True) -> None:
        super().__init__(url, reason, detail)
        self.transient = transient


class ExtractError(WebError):
    """The bytes cannot be read as an article (`not-text`, `bad-pdf`, `too-heavy` …)."""


class ArchiveError(ScraperError):
    """Something is wrong with the archive at `path`."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


class ArchiveBusy(ArchiveError):
    """Another process holds what is needed."""


class ArchiveTaken(ArchiveBusy):
    """Another machine has taken the archive over: this process writes no more. Nothing that was stored is lost."""


class ArchiveNewer(ArchiveError):
    """The archive was written by a newer program than this one."""


class ArchiveUnwritable(ArchiveError):
    """Disk full, read-only, or permission lost. Nothing that was stored is lost."""


class ArchiveReadOnly(ArchiveUnwritable):
    """What the disk confirms cannot be believed: this process writes no more. Nothing that was stored is lost."""


class ArchiveDamaged(ArchiveError):
    """A file is not what the archive says it is."""


class ArchivePruned(ArchiveDamaged):
    """What is asked for was dropped by `scraper prune`; the archive says when and why, and is whole without it."""


class ArchiveOlder(ArchiveDamaged):
    """The catalogue has the layout of an older program; it is made again when the archive is opened for writing."""
