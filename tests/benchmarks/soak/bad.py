"""One outlet that sends what it should not: endless news, pages too heavy to read, bombs, drips, cut answers."""

from __future__ import annotations

import gzip
import itertools
import time
from collections import Counter
from typing import Final, Protocol

BAD: Final = "bad.example"
ITEMS: Final = 100  # in its feed, all of them new at every look
DRIP: Final = 2.0  # seconds for which an answer drips, then it ends in the middle
HEAVY: Final = "".join(f"<b id={n}><p>word {n} " for n in range(4000))
NESTED: Final = "<div>" * 60_000 + "the end"


class Sink(Protocol):
    """Where an answer goes."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


class BadActor:
    """Counts what it was asked for, by what it sent."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self._new = itertools.count()
        self._bomb = gzip.compress(b"<p>" + b"a" * 50_000_000, 9)

    def send(self, path: str, out: Sink) -> None:
        """Send the whole answer to a request for `path`."""
        try:
            self._send(path, out)
        except OSError:
            self.sent["had enough"] += 1

    def _send(self, path: str, out: Sink) -> None:
        kind = "feed" if path.startswith("/rss") else path.strip("/").partition("-")[0]
        self.sent[kind] += 1
        match kind:
            case "feed":
                out.write(_head("application/rss+xml") + self._feed())
            case "robots.txt":
                out.write(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
            case "heavy":
                out.write(_head() + HEAVY.encode())
            case "nested":
                out.write(_head() + NESTED.encode())
            case "bomb":
                out.write(_head(more="Content-Encoding: gzip\r\n") + self._bomb)
            case "drip":
                out.write(_head(more="Content-Length: 100000\r\n"))
                for _ in range(20):
                    out.write(b"<p>")
                    time.sleep(DRIP / 20)
            case _:
                out.write(_head(more="Content-Length: 100000\r\n") + b"<p>cut off")

    def _feed(self) -> bytes:
        kinds = ("heavy", "nested", "bomb", "drip", "cut")
        names = (f"{kinds[n % len(kinds)]}-{n}" for n in itertools.islice(self._new, ITEMS))
        items = "".join(f"<item><title>News</title><link>http://{BAD}/{name}</link></item>" for name in names)
        return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def _head(kind: str = "text/html", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n{more}\r\n".encode()
