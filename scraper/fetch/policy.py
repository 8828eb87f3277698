"""How the web may be asked: every limit of this verb, in one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from scraper.errors import UsageError
from scraper.model import RequestKind

# What is fetched for this verb itself, beside what others ask for.
Kind = RequestKind | Literal["robots"]

_MIB = 1024**2
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_HEADER_TEXT = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What may be asked, how fast, how much and how long. Sizes are bytes, of the wire and of the decoded body alike.

    `private` are networks (`10.1.0.0/16`) or exact `host:port` that may be reached although they are not public;
    `connect_to` maps `host:port` to the `host:port` to connect to instead, as curl does: TLS name and Host header stay.
    `silence` is the longest wait for the next byte; `least_rate` is in bytes a second, over `rate_window`, once the
    first window has passed. `per_host_day` requests go to one host in a day (UTC), and a tenth more for its sources and
    robots.txt alone. `ca_file` is trusted in addition to the system's store.
    """

    user_agent: str = "scraper/0.1 (news archive; its operator has not set a contact)"
    private: tuple[str, ...] = ()
    connect_to: Mapping[str, str] = field(default_factory=dict)
    ca_file: Path | None = None
    delay: timedelta = timedelta(seconds=2)
    deadline: timedelta = timedelta(seconds=60)
    pdf_deadline: timedelta = timedelta(seconds=180)
    connect_timeout: timedelta = timedelta(seconds=10)
    silence: timedelta = timedelta(seconds=20)
    least_rate: int = 256
    rate_window: timedelta = timedelta(seconds=10)
    redirects: int = 6
    max_body: int = 10_000_000
    max_feed: int = 20 * _MIB
    max_sitemap: int = 50 * _MIB
    max_pdf: int = 50 * _MIB
    max_robots: int = 512 * 1024
    max_ratio: int = 200
    max_header_bytes: int = 64 * 1024
    max_headers: int = 200
    max_pause: timedelta = timedelta(hours=1)
    max_retry_after: timedelta = timedelta(hours=24)
    max_crawl_delay: timedelta = timedelta(seconds=60)
    connections: int = 200
    per_host_day: int = 2000

    def __post_init__(self) -> None:
        if not _HEADER_TEXT.fullmatch(self.user_agent) or not _TOKEN.match(self.user_agent):
            raise UsageError(
                f"user_agent {self.user_agent!r} has to be plain ASCII that begins with the program's name, "
                'such as "scraper/0.1 (mailto:you@example.org)"'
            )

    @property
    def token(self) -> str:
        """The product token that robots.txt groups are matched against (RFC 9309, 2.2.1)."""
        match = _TOKEN.match(self.user_agent)
        return match.group().lower() if match else ""

    def limit(self, kind: Kind) -> int:
        """The largest body taken for `kind`."""
        limits: dict[Kind, int] = {
            "page": self.max_body,
            "front": self.max_body,
            "feed": self.max_feed,
            "sitemap": self.max_sitemap,
            "pdf": self.max_pdf,
            "robots": self.max_robots + 1,  # one more shows that there is more
        }
        return limits[kind]

    def a_day(self, kind: Kind) -> int:
        """How often a host may have been asked on a day for one more request of `kind`. What tells what is new comes
        through also when the pages have used up the day."""
        pages = kind in {"page", "pdf"}
        return self.per_host_day if pages else self.per_host_day + max(self.per_host_day // 10, 1)

    def time(self, kind: Kind) -> float:
        """Seconds that one request of `kind` may take, once its turn has come."""
        return (self.pdf_deadline if kind == "pdf" else self.deadline).total_seconds()
