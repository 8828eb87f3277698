"""A hundred outlets behind one server on loopback: what they publish, change and take down, and what was asked of them.

Each is an outlet of the simulated year (`tests.benchmarks.year`): its templates, its banners that are never the same
twice, its edits. Here they answer over real connections.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from scraper.errors import Failed
from scraper.model import Page, Request
from tests.benchmarks.soak.bad import BAD, BadActor
from tests.benchmarks.soak.clock import SharedClock
from tests.benchmarks.year.outlet import HOME, Outlet, Plan
from tests.benchmarks.year.stories import Shown, Story, edit, write
from tests.fakes import Clock

EVERY = timedelta(hours=3)
OUTAGE = timedelta(hours=3)
IDENTITY = r"-(a\d+)$"
NEVER = datetime(2999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shape:
    """How much of it: days, outlets, and articles of each outlet in all. `at_once`: all of them are there at the start;
    `delay`: seconds between requests to one host; `bad`: one outlet more, which sends what it should not."""

    days: float
    outlets: int
    articles: int
    seed: int = 1
    at_once: bool = False
    delay: float = 2.0
    bad: bool = False


@dataclass
class Told:
    """What one story showed: its texts in order, each once in a row; when the first was, when it was first asked for
    and first listed where somebody looked, and when it was gone."""

    shown: list[Shown] = field(default_factory=list)
    first: datetime | None = None
    asked: datetime | None = None
    listed: datetime | None = None
    gone: list[datetime] = field(default_factory=list)


class Publisher(Outlet):
    """One outlet at its own address. Every other one speaks of validators for its feed, every seventh changes from RSS
    to Atom halfway."""

    atom_from = NEVER
    listed = 20

    def live(self, now: datetime) -> list[Story]:
        """What its feed lists, the newest first."""
        there = [story for story in self.stories if story.first.published <= now and not story.is_gone(now)]
        return there[-self.listed :][::-1]

    def _feed(self, now: datetime) -> str:
        make = self._atom if now >= self.atom_from else self._rss
        return make([(f"{HOME}{s.path}", s.text(now).title, s.first.published) for s in self.live(now)])

    def _rss(self, items: list[tuple[str, str, datetime]]) -> str:
        told = "".join(
            f"<item><title>{escape(title)}</title><link>{url}?utm_source=rss</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for url, title, at in items
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>{told}</channel></rss>'

    def _atom(self, items: list[tuple[str, str, datetime]]) -> str:
        told = "".join(
            f'<entry><title>{escape(title)}</title><id>{url}#{n}</id><link href="{url}?from=feed"/>'
            f"<published>{at.isoformat()}</published></entry>"
            for n, (url, title, at) in enumerate(items)
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Daily</title>{told}</feed>'


class World:
    """All outlets, and the book of what was asked and shown."""

    def __init__(self, shape: Shape, start: datetime, clock: SharedClock) -> None:
        self.shape, self.start, self.clock = shape, start, clock
        self.bad = BadActor() if shape.bad else None
        self.publishers = {f"paper{n:03d}.example": self._publisher(n) for n in range(shape.outlets)}
        self.told: dict[tuple[str, int], Told] = defaultdict(Told)
        self.looks: dict[str, list[datetime]] = defaultdict(list)
        self.asked: dict[str, list[datetime]] = defaultdict(list)
        self.requests = 0
        self._lock = threading.Lock()

    def _publisher(self, number: int) -> Publisher:
        rng, span = random.Random(f"{self.shape.seed} {number}"), timedelta(days=self.shape.days)
        redesigns = (self.start + span / 2, NEVER) if number % 10 == 3 else (NEVER, NEVER)
        if number % 3 == 1:
            redesigns = (self.start, redesigns[0])
        out = (self.start + span * rng.uniform(0.1, 0.9),) if number % 4 == 0 and self.shape.days >= 5 else ()
        stories = [self._story(n, span, rng) for n in range(self.shape.articles)]
        made = Publisher(Clock(self.start), stories, Plan(self.start, redesigns, NEVER, out), rng)
        made.listed = self.shape.articles if self.shape.at_once else made.listed
        made.atom_from = self.start + span / 2 if number % 7 == 2 else NEVER
        return made

    def _story(self, number: int, span: timedelta, rng: random.Random) -> Story:
        """Most are edited once or twice; one in twenty is taken down for good."""
        at = self.start + span * (number + rng.random()) / (self.shape.articles + 1)
        if self.shape.at_once:
            at = self.start - timedelta(minutes=10 * (self.shape.articles - number) * rng.uniform(0.9, 1))
        story = write(number, at, rng)
        after = at
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            after += timedelta(hours=rng.choice((0.5, 1, 3, 9, 30, 100)) * rng.uniform(0.8, 1.2))
            edit(story, after, rng)
        if rng.random() < 0.05:
            story.gone, story.status = (after + timedelta(days=rng.uniform(1, 8)), None), rng.choice((404, 410))
        return story

    def answer(self, host: str, path: str, etag: str | None) -> Page | None:
        """What `host` answers, None if it cannot be reached; and what the book says of it."""
        publisher = self.publishers[host]
        with self._lock:
            now = self.clock()
            self.requests += 1
            publisher.clock.at = now
            page = _asked(publisher, Request(f"http://{host}{path}", etag=etag))
            self.asked[host].append(now)
            if path.startswith("/rss"):
                self.looks[host].append(now)
                for story in publisher.live(now) if page else ():
                    self.told[host, story.number].listed = self.told[host, story.number].listed or now
            elif page and path != "/robots.txt":
                self._book(host, publisher, now)
            return page

    def _book(self, host: str, publisher: Publisher, now: datetime) -> None:
        served = publisher.served
        if served.story is None:
            return
        told = self.told[host, served.story.number]
        told.asked = told.asked or now
        if served.what == "gone":
            told.gone.append(now)
        elif served.what == "article" and served.text is not None:
            told.first = told.first or now
            if not told.shown or told.shown[-1] != served.text.shown:
                told.shown.append(served.text.shown)


def _asked(publisher: Publisher, request: Request) -> Page | None:
    """The answer of an outlet, which never waits for anything."""
    plain = request.url.partition("?")[0]
    asking = publisher.get(Request(plain, etag=request.etag))
    try:
        asking.send(None)
    except StopIteration as done:
        return cast("Page", done.value)
    except Failed:
        return None
    raise RuntimeError("an outlet waited")


@contextmanager
def serve(world: World) -> Iterator[str]:
    """Serve `world` while the block runs; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            if world.bad and host == BAD:
                world.bad.send(self.path, self.wfile)
                self.close_connection = True
                return
            page = world.answer(host, self.path, self.headers.get("If-None-Match"))
            if page is None:
                self.close_connection = True
                return
            body = page.body.replace(HOME.encode(), f"http://{host}".encode())
            mark = page.header("etag") or (_mark(body) if self.path.startswith("/rss") else None)
            if self.path.startswith("/rss") and mark == self.headers.get("If-None-Match"):
                self._send(304, mark, page, b"")
            else:
                self._send(page.status, mark, page, body)

        def _send(self, status: int, mark: str | None, page: Page, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", page.content_type or "text/html")
            self.send_header("Content-Length", str(len(body)))
            if mark:
                self.send_header("ETag", mark)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name in the base class
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _mark(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:16]}"'
