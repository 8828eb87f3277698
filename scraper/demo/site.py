"""The demo's outlets as live sites: one visit after another, other banners each time, an edit now and then.

    request → whose page, in which of its texts → page with this visit's surroundings

An article goes on to its next text once the present one has been shown `looks` times and `pause` seconds have passed:
no text goes unseen, however slow the visitor, so what an archive should hold is known exactly (`DemoSite.truth`).
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scraper.demo import pages, past
from scraper.demo.outlets import outlet_files
from scraper.demo.stories import State, Story, load

__all__ = ["Answer", "DemoSite", "Truth", "application", "outlet_files", "serve", "story"]

# Where a person's browser can look at an outlet without being counted as a visitor.
PEEK: Final = "/live/"

WIDTH: Final = 78


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one article by now: what an archive that saw every visit should say.

    `edits` are real changes of its text that have been shown; `faces` how often a page came with other surroundings
    than the time before, the text being the same; `text` the blocks it shows, empty once it is `gone`.
    """

    url: str
    title: str
    visits: int
    edits: int
    faces: int
    last: str
    gone: bool
    text: tuple[str, ...]


@dataclass(slots=True)
class _Life:
    """How far one story has come."""

    story: Story
    published: datetime
    changed: float
    modified: datetime
    at: int = 0
    shown: int = 0
    visits: int = 0
    faces: int = 0
    seen: int = -1

    @property
    def state(self) -> State:
        """The text it shows now."""
        return self.story.states[self.at]

    @property
    def path(self) -> str:
        """Its path, which may hold the day of publication."""
        return self.published.strftime(self.story.path)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.story.host}{self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    content_type: str
    body: bytes
    etag: str | None = None


@dataclass(slots=True)
class DemoSite:
    """Three outlets with seven articles, and a `past` that is made up. The same `seed`, clock and requests give the
    same pages.

    `clock` counts seconds; `opened` is when the outlets' day began; `pause` and `looks` say when a text may change.
    """

    seed: int = 0
    clock: Callable[[], float] = time.monotonic
    opened: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    pause: float = 3.0
    looks: int = 3
    past: tuple[past.Old, ...] = field(init=False)
    _lives: list[_Life] = field(init=False)
    _started: float = field(init=False)
    _count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._started = self.clock()
        self._lives = [self._life(story) for story in load()]
        self.past = past.olds(self.opened)

    def _life(self, story: Story) -> _Life:
        published = self.opened - timedelta(hours=story.hours)
        return _Life(story, published, self._started, published)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The outlets' hosts."""
        return tuple(dict.fromkeys(life.story.host for life in self._lives))

    def truth(self) -> tuple[Truth, ...]:
        """What is true of each article by now."""
        return tuple(map(_truth, self._lives))

    @property
    def finished(self) -> bool:
        """Whether every article has shown its last text."""
        return all(life.seen == len(life.story.states) - 1 for life in self._lives)

    # -------------------------------------------------------------------------------------- answers

    def answer(self, host: str, path: str) -> Answer:
        """The response to a visitor, who is counted."""
        life = self._find(host, path)
        if life:
            self._move(life)
            self._note(life)
            return self._page(life)
        return self._other(host, path)

    def peek(self, host: str, path: str) -> Answer:
        """The same for somebody who only looks: nothing is counted, and no text moves on."""
        life = self._find(host, path)
        return self._page(life) if life else self._other(host, path)

    def _find(self, host: str, path: str) -> _Life | None:
        path = path.rstrip("/")
        return next((x for x in self._lives if x.story.host == host and x.path.rstrip("/") == path), None)

    def _move(self, life: _Life) -> None:
        """Go on to the next text if the present one has been shown for long enough."""
        now = self.clock()
        last = life.at == len(life.story.states) - 1
        if last or life.shown < self.looks or now - life.changed < self.pause:
            return
        life.at += 1
        life.shown = 0
        life.changed = now
        if life.state.honest:
            life.modified = self.opened + timedelta(seconds=round(now - self._started))

    def _note(self, life: _Life) -> None:
        life.visits += 1
        life.shown += 1
        life.faces += life.seen == life.at and life.state.status == 200
        life.seen = life.at

    def _page(self, life: _Life) -> Answer:
        if life.state.status != 200:
            return _html(pages.gone(life.story.host), life.state.status)
        return _html(pages.article(self._subject(life), self._noise(life.story.host)))

    def _other(self, host: str, path: str) -> Answer:
        if host not in self.hosts:
            return Answer(404, "text/plain; charset=utf-8", b"no such outlet\n")
        live = [self._subject(life) for life in self._lives if life.story.host == host and life.state.status == 200]
        live.sort(key=lambda subject: subject.published, reverse=True)
        match path:
            case "/":
                return _html(pages.front(host, live, self._noise(host)))
            case "/rss/":
                return _tagged("application/rss+xml; charset=utf-8", pages.feed(host, live))
            case "/sitemap-news.xml":
                return _tagged("application/xml; charset=utf-8", pages.news_sitemap(host, live))
            case "/robots.txt":
                return _tagged("text/plain; charset=utf-8", pages.robots(host))
            case _:
                return self._old(host, path)

    def _old(self, host: str, path: str) -> Answer:
        """What was reported before the demo began, as it stands: it is in no list, and changes no more."""
        url = f"http://{host}{path}"
        for old in self.past:
            if old.url.rstrip("/") == url.rstrip("/"):
                status, text = past.page(old, self.opened, self._noise(host))
                return _html(text, status)
        return _html(pages.gone(host), 404)

    def _subject(self, life: _Life) -> pages.Subject:
        return pages.Subject(life.url, life.story.host, life.story.section, life.published, life.modified, life.state)

    def _noise(self, host: str) -> pages.Noise:
        """Surroundings that no page had before."""
        self._count += 1
        return pages.Noise(random.Random(f"{self.seed} {host} {self._count}"), self._count)  # noqa: S311 - banners, no secrets


def _truth(life: _Life) -> Truth:
    states = life.story.states[: life.seen + 1]
    texts = [state for state in states if state.status == 200]
    now = states[-1] if states else life.story.states[0]
    return Truth(
        url=life.url,
        title=now.title,
        visits=life.visits,
        edits=max(0, len(texts) - 1),
        faces=life.faces,
        last=now.kind,
        gone=now.status != 200,
        text=now.body if now.status == 200 else (),
    )


def _html(text: str, status: int = 200) -> Answer:
    return Answer(status, "text/html; charset=utf-8", text.encode())


def _tagged(content_type: str, text: str) -> Answer:
    """An answer with a validator: lists change only when an article does."""
    body = text.encode()
    return Answer(200, content_type, body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def story() -> str:
    """What the demo shows, in a few lines."""
    stories = load()
    edits = [state.kind for one in stories for state in one.states[1:]]
    hosts = len({one.host for one in stories})
    told = (
        f"{hosts} outlets on this machine publish {len(stories)} articles. Their banners, tickers, related cards and "
        f"counters are others at each visit. {len(edits) - edits.count('gone')} times an article is really edited: "
        "figures corrected on the quiet, a headline sharpened, a quotation altered, a paragraph added or taken out, a "
        "correction printed, an earlier text put back. The archive should hold exactly that many new versions.",
        "At the end one article is deleted. A deletion is believed only after several visits over hours, so the "
        "archive calls it gone, unconfirmed, and keeps its text.",
        "So that there is something to look at from the start, a past of nine days is made up: captures of older "
        "articles, each at its own date, imported while the first visits are made.",
    )
    return "\n\n".join(textwrap.fill(part, WIDTH) for part in told)


# ------------------------------------------------------------------------------------------------ on loopback


@asynccontextmanager
async def serve(site: DemoSite, port: int = 0) -> AsyncIterator[str]:
    """Serve `site` on 127.0.0.1 while the block runs; gives its address. `Host` decides which outlet is meant.

    For a browser, the outlets are also found under `/live/<host>/`.
    """
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        server = _Server(uvicorn.Config(application(site), log_config=None, access_log=False, lifespan="off"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [sock])
            await server.ready.wait()
            try:
                yield f"http://127.0.0.1:{sock.getsockname()[1]}"
            finally:
                server.should_exit = True


class _Server(uvicorn.Server):
    """A server that says when it is there, and leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = anyio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def application(site: DemoSite) -> Starlette:
    """The site as an ASGI application."""

    async def respond(request: Request) -> Response:
        path = request.url.path
        if path.startswith(PEEK):
            host, _, rest = path.removeprefix(PEEK).partition("/")
            return _response(site.peek(host, f"/{rest}"), request)
        host = request.headers.get("host", "").partition(":")[0].lower()
        if host not in site.hosts and path == "/":
            return _response(_html(pages.index(site.hosts)), request)
        return _response(site.answer(host, path), request)

    return Starlette(routes=[Route("/{path:path}", respond, methods=["GET"])])


def _response(answer: Answer, request: Request) -> Response:
    headers = {"content-type": answer.content_type}
    if answer.etag:
        headers["etag"] = answer.etag
        if request.headers.get("if-none-match") == answer.etag:
            return Response(status_code=304, headers=headers)
    return Response(answer.body, answer.status, headers)
