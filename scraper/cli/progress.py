"""How far a long command is: one line on stderr, on a terminal only. Nothing of it ever reaches stdout or a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import click

from scraper.cli.common import size
from scraper.text import printable

if TYPE_CHECKING:
    from scraper.interfaces import Fetcher
    from scraper.model import Page, Request
    from scraper.pipeline.services import Services

EVERY: Final = 0.2  # seconds between two lines: a terminal far away takes no more gladly
BAR: Final = 20  # columns
GUESS_AFTER: Final = 3.0  # seconds; what is said of the time left before that is wrong


class Progress:
    """One line that is written over. Use it in a `with`: whatever ends the work leaves no trace of it."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = 0.0
        self._total = -1
        self._began = 0.0
        self._dirty = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def tell(self, say: Callable[[], str], done: int = 0, total: int = 0) -> None:
        """Show what `say()` says, unless something was shown just now; with a bar if a `total` is known."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        if total != self._total:
            self._total, self._began = total, now
        self._next, self._dirty = now + EVERY, True
        bar = f"{_bar(done, total)} {100 * min(done, total) // total:3} %  " if total else ""
        line = f"{bar}{say()}{_left(now - self._began, done, total)}"
        click.echo(f"\r\x1b[K{_cut(printable(line))}", err=True, nl=False)

    def step(self, what: str, done: int, total: int) -> None:
        """So many of `total` are done, or bytes if `what` is bytes; a total of 0 is not known."""

        def say() -> str:
            if what == "bytes":
                return f"{size(done)} of {size(total)}"
            return f"{done:,} of {total:,} {what}" if total else f"{done:,} {what}"

        self.tell(say, done, total)

    def clear(self) -> None:
        """Make room for another line."""
        if self._dirty:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._dirty = False


def _bar(done: int, total: int) -> str:
    full, rest = ("━", "─") if _takes("━─") else ("#", "-")
    filled = BAR * min(done, total) // total
    return full * filled + rest * (BAR - filled)


def _takes(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _left(seconds: float, done: int, total: int) -> str:
    """`, 3 min left`: as if all took as long as what is done."""
    if not total or not done or done >= total or seconds < GUESS_AFTER:
        return ""
    left = seconds / done * (total - done)
    for name, unit in (("h", 3600), ("min", 60)):
        if left >= 1.5 * unit:
            return f", {left / unit:.0f} {name} left"
    return f", {left:.0f} s left"


def _cut(line: str) -> str:
    """As much of a line as the terminal has room for: one that wraps cannot be written over."""
    from rich.cells import set_cell_size

    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return set_cell_size(line, (columns or 80) - 1).rstrip()


def told(services: Services) -> Services:
    """`services` whose gate says whom it asks, as long as it asks."""
    return replace(services, fetcher=_Told(services.fetcher, Progress()))


@dataclass(frozen=True, slots=True)
class _Told:
    """A gate that says whom it asks: between two requests to one host lie seconds, in which nothing seems to happen."""

    inner: Fetcher
    progress: Progress

    async def get(self, request: Request) -> Page:
        """See `interfaces.Fetcher`."""
        self.progress.tell(lambda: f"asking {request.url}")
        try:
            return await self.inner.get(request)
        finally:
            self.progress.clear()
