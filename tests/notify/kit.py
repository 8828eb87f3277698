"""A receiver on loopback, a rule at work over a real archive, and a clock that is set by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scraper.fetch.client import Client
from scraper.model import Edit, Verdict
from scraper.notices import Notice
from scraper.notifying import FOLDER, Sender, Teller
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary
from scraper.store.slips import Slips
from tests.fetch.helpers import policy
from tests.store.kit import START, article, capture_and_commit, intent, page

SECRET = "a secret that is long enough"
MINUTE = timedelta(minutes=1)


@dataclass
class Got:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A webhook. `statuses` are given one after the other, then 200; `extra` are headers of each answer."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def messages(self) -> list[Any]:
        return [one.json for one in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens on 127.0.0.1."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            for name, value in receiver.extra.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"what the receiver says is nobody's business")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Desk:
    """A rule at work. `at` is its clock; `begin` stands for a start of the program."""

    archive: FileArchive
    notice: Notice
    root: Path
    public: str | None = "https://archive.example/"
    at: datetime = START
    allowed: tuple[str, ...] = ("127.0.0.1/32",)
    texts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new process: nothing is known but what was kept."""
        poster = Client(policy(private=self.allowed), self.root / "hosts")
        sender = Sender([self.notice], poster, lambda: self.at)
        desk = Slips(self.archive.root, FOLDER)
        self.teller = Teller(self.notice, FileLibrary(self.archive), desk, sender, self.public)

    async def step(self, later: timedelta = timedelta()) -> None:
        """One step, so much later."""
        self.at += later
        await self.teller.step(self.at)

    def edit(self, name: str = "harbour", outlet: str = "news.example", title: str = "Harbour reopens",
             at: datetime | None = None, edit: Edit | None = None) -> None:  # fmt: skip
        """The article `name` is seen for the first time, or with another text."""
        number = self.texts[name] = self.texts.get(name, -1) + 1
        url = f"https://{outlet}/2024/06/{name}"
        found = article(f"The {name} in its form number {number}.", url, title=title)
        if edit is None:
            capture_and_commit(self.archive, found, url, at or self.at, outlet)
            return
        seen = page(url, found.text.encode(), at or self.at)
        made = intent("edited", seen, self.archive.capture(seen), self.archive.find(url), found, outlet=outlet)
        assert self.archive.commit(replace(made, verdict=Verdict("edited", edit=edit)))
