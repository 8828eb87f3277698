"""What can go wrong with one request, before it is known in whose name it was made."""

from __future__ import annotations

from scraper.errors import Failed, FetchError, Refused
from scraper.text import clean

# Details quote servers: enough to recognise, not enough to fill a log.
_LONGEST = 300


class Trouble(Exception):
    """A request gave nothing usable. `reason` is a stable word; `transient`: worth asking again soon."""

    def __init__(self, reason: str, detail: str = "", *, transient: bool = True) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = clean(detail)[:_LONGEST]
        self.transient = transient

    def about(self, url: str) -> FetchError:
        """The same as the error that callers see."""
        return Failed(url, self.reason, self.detail, transient=self.transient)


class Forbidden(Trouble):
    """Our own policy said no, and nothing was asked."""

    def about(self, url: str) -> FetchError:
        """The same as the error that callers see."""
        return Refused(url, self.reason, self.detail)
