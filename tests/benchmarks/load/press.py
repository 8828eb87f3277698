"""Many hosts on loopback, each with an address of its own and several outlets at its ports: a process of its own.

    python -m tests.benchmarks.load.press SHAPE

`SHAPE` is `Streets` as JSON. It says `ready` when all listen. A line of its input turns the bad hosts bad; with the end
of it, it prints its book: every request, when it came and when it was answered, and how many connections a host had at
once. What was published when follows from the shape alone.

Bad hosts hang (take the request and say nothing), drip (one byte now and then) or reset (hang up in anger). Half of
them do so at every address; the other half go on announcing articles, and are bad at these only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any, Final

from tests.fakes import article_page
from tests.stories import Newsroom

FIRST_PORT: Final = 8001
DRIP: Final = 0.5  # seconds between two bytes
TRICKS: Final = ("hang", "drip", "reset")
_LINGER: Final = struct.pack("ii", 1, 0)  # close() sends a reset


@dataclass(frozen=True, slots=True)
class Place:
    """Where one outlet is."""

    number: int
    host: str
    port: int

    @property
    def at(self) -> str:
        """Host and port as they stand in an address."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Streets:
    """So many outlets on so many hosts. Every tenth outlet lists one old article at the start, and `a_minute` new ones
    appear in all, at one outlet after another. A share `bad` of all hosts for each trick. Times are Unix seconds; all
    of it is in 127.`net`.4.0/22."""

    outlets: int = 5000
    hosts: int = 500
    a_minute: float = 10.0
    bad: float = 0.0
    start: float = 0.0
    net: int = 0

    @cached_property
    def places(self) -> list[Place]:
        """All outlets, host by host in turn: an address a host."""
        return [
            Place(
                n,
                f"127.{self.net}.{4 + n % self.hosts // 250}.{1 + n % self.hosts % 250}",
                FIRST_PORT + n // self.hosts,
            )
            for n in range(self.outlets)
        ]

    def trick(self, host: str) -> str | None:
        """What a bad host does."""
        number = self._number(host)
        many = round(self.bad * self.hosts)
        return TRICKS[number % len(TRICKS)] if number < many * len(TRICKS) else None

    def is_wholly_bad(self, host: str) -> bool:
        """Whether even its lists are bad."""
        return bool(self.trick(host)) and self._number(host) % 2 == 0

    def news(self, number: int) -> list[tuple[int, float]]:
        """What an outlet publishes, as story and time: nothing is ever taken away."""
        old = [(0, self.start - 40 * 86_400.0)] if number % 10 == 0 else []
        return [*old, *((turn + 1, self.start + at) for turn, at in enumerate(self._turns(number)))]

    def _turns(self, number: int) -> Iterator[float]:
        """Seconds after the start at which an outlet publishes, for a day."""
        step = 60 / self.a_minute
        # 7919 is prime: news go around the hosts, and not along them.
        place = number * pow(7919, -1, self.outlets) % self.outlets
        yield from (step * (place + turn * self.outlets) for turn in range(1 + int(86_400 / step / self.outlets)))

    def _number(self, host: str) -> int:
        street, house = host.split(".")[2:]
        return (int(street) - 4) * 250 + int(house) - 1


@dataclass(slots=True)
class Asked:
    """One request. `kind` is robots, feed, page or other; `until` is when the whole answer was sent, None if never."""

    outlet: int
    kind: str
    story: int
    at: float
    until: float | None = None


class Book:
    """What was asked, and how many connections each host had at most."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.open: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.turned = False  # whether bad hosts are bad by now

    def came(self, host: str) -> None:
        """One connection more."""
        self.open[host] = self.open.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.open[host])

    def went(self, host: str) -> None:
        """One less."""
        self.open[host] -= 1

    def told(self) -> dict[str, Any]:
        """For whoever measures."""
        return {"asked": [asdict(one) for one in self.asked], "most": self.most}


class _Visit(asyncio.Protocol):
    """One connection to one outlet."""

    def __init__(self, place: Place, streets: Streets, book: Book) -> None:
        self._place, self._streets, self._book = place, streets, book
        self._head = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._book.came(self._place.host)

    def connection_lost(self, _error: Exception | None) -> None:
        self._book.went(self._place.host)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head and len(self._head) < 20_000:
            head, self._head = self._head, b""
            self._answer(head.split(b" ", 2)[1].decode("latin-1"), head)

    def _answer(self, path: str, head: bytes) -> None:
        kind, story = _kind(path)
        asked = Asked(self._place.number, kind, story, time.time())
        self._book.asked.append(asked)
        trick, host = self._streets.trick(self._place.host), self._place.host
        if self._book.turned and trick and (kind == "page" or self._streets.is_wholly_bad(host)):
            self._play(trick)
            return
        asked.until = time.time()  # before it is sent: whoever has it cannot be faster
        self._transport.write(self._page(kind, story, head))
        self._transport.close()

    def _play(self, trick: str) -> None:
        if trick == "reset":
            sock: socket.socket = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self._transport.abort()
        elif trick == "drip":
            self._task = asyncio.get_running_loop().create_task(self._drip())

    async def _drip(self) -> None:
        self._transport.write(_head("200 OK", "text/html", 100_000))
        while True:
            self._transport.write(b"<")
            await asyncio.sleep(DRIP)

    def _page(self, kind: str, story: int, head: bytes) -> bytes:
        there = [one for one, at in self._streets.news(self._place.number) if at <= time.time()]
        if kind == "feed":
            mark = f'"{len(there)}"'
            if f"if-none-match: {mark}".encode() in head.lower():
                return _head("304 Not Modified", "application/rss+xml", 0, mark)
            return _whole("200 OK", "application/rss+xml", _feed(self._place, self._streets, there), mark)
        if kind == "page" and story in there:
            return _whole("200 OK", "text/html; charset=utf-8", _story(self._place, story))
        return _whole("404 Not Found", "text/plain", "nothing here")


def _kind(path: str) -> tuple[str, int]:
    if path.startswith("/story-") and path.removeprefix("/story-").isdigit():
        return "page", int(path.removeprefix("/story-"))
    return {"/robots.txt": "robots", "/feed.xml": "feed"}.get(path, "other"), -1


def _head(status: str, kind: str, length: int, mark: str | None = None) -> bytes:
    etag = f"ETag: {mark}\r\n" if mark else ""
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
            f"{etag}Connection: close\r\n\r\n").encode()  # fmt: skip


def _whole(status: str, kind: str, text: str, mark: str | None = None) -> bytes:
    body = text.encode()
    return _head(status, kind, len(body), mark) + body


def _feed(place: Place, streets: Streets, there: list[int]) -> str:
    times = dict(streets.news(place.number))
    told = "".join(
        f"<item><title>Story {one}</title><link>http://{place.at}/story-{one}</link>"
        f"<pubDate>{time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime(times[one]))}</pubDate></item>"
        for one in reversed(there)
    )
    head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{place.number}</title>'
    return f"{head}{told}</channel></rss>"


def _story(place: Place, story: int) -> str:
    room = Newsroom("en", place.number * 1000 + story)
    return article_page(*(room.paragraph() for _ in range(6)), title=" ".join(room.words(6)))


async def _serve(streets: Streets) -> Book:
    loop, book = asyncio.get_running_loop(), Book()
    for place in streets.places:
        await loop.create_server(partial(_Visit, place, streets, book), place.host, place.port, backlog=16)
    print("ready", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        book.turned = True
    return book


def main() -> None:
    """Serve until the input ends, then tell."""
    streets = Streets(**json.loads(sys.argv[1]))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * streets.outlets + 1000), hard))
    print(json.dumps(asyncio.run(_serve(streets)).told()), flush=True)


if __name__ == "__main__":
    main()
