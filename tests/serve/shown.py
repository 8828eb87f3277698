"""An archive to show, the web side over it, and a client that asks as a browser or a program would."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import uvicorn
from starlette.types import ASGIApp

from scraper.article import Article
from scraper.compare import compare
from scraper.connections import Connection
from scraper.model import Snapshot
from scraper.serve.app import create_app
from scraper.serve.gate import Door
from scraper.serve.jobs import Jobs
from scraper.serve.site import Site
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary
from scraper.web import Comparing
from tests.site import wait_for
from tests.store.kit import HARBOUR, OUTLET, START, article, gone, intent, opened, page

FERRY = "https://news.example/2024/06/ferry-sails"


def told(archive: FileArchive, found: Article, url: str = HARBOUR, hours: float = 0) -> Snapshot | None:
    """One visit that found `found`, compared as the pipeline compares."""
    seen = page(url, found.text.encode(), START + timedelta(hours=hours))
    entry = archive.find(url)
    before = archive.latest(entry.id) if entry else None
    verdict = compare(before.article if before else None, found)
    return archive.commit(
        intent(verdict.kind, seen, archive.capture(seen), entry, found, verdict=verdict, publisher=OUTLET)
    )


def fill(archive: FileArchive) -> None:
    """Two articles: one edited twice, the second time in silence, and one that is gone."""
    told(archive, article("The harbour reopens on Monday with 12 berths."))
    told(archive, article("The harbour reopens on Monday with 12 berths. Boats may wait outside."), hours=1)
    told(archive, article("The harbour reopens on Monday with 9 berths. Boats may wait outside."), hours=2)
    told(archive, article("The ferry sails at noon.", FERRY, title="Ferry sails"), FERRY, hours=3)
    gone(archive, at=START + timedelta(hours=5), url=FERRY)
    archive.search.follow(60)  # as the daemon does; a request has no time for all of it


@dataclass
class Shown:
    """The web side over an archive. `client` asks it; `archive` is written as the test likes."""

    archive: FileArchive
    client: httpx.Client
    site: Site
    asked: list[str] = field(default_factory=list)

    def json(self, path: str, values: Mapping[str, object] | None = None, status: int = 200) -> Any:
        """What a GET gives."""
        answer = self.client.get(path, params={name: str(value) for name, value in (values or {}).items()})
        assert answer.status_code == status, answer.text
        return answer.json()

    def id(self, url: str = HARBOUR) -> str:
        """The id of an article."""
        entry = self.archive.find(url)
        assert entry
        return entry.id


@contextmanager
def shown(root: Path, door: Door | None = None, **more: Any) -> Iterator[Shown]:
    """The web side over the archive at `root`, which is made if there is none."""
    with opened(root) as archive:
        asked: list[str] = []

        async def act(url: str) -> dict[str, object]:
            asked.append(url)
            return {"url": url, "verdict": "new"}

        plain: dict[str, Any] = {"jobs": Jobs(act), "trouble": lambda: None, "outlets": lambda: {OUTLET.id: OUTLET}}
        site = Site(
            library=FileLibrary(archive),
            search=archive.search,
            differ=Comparing(),
            **(plain | more),
        )
        with serving(create_app(site, door), site.jobs) as port:
            base = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
                yield Shown(archive, client, site, asked)


class _Server(uvicorn.Server):
    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # signals are the tests' own
        return nullcontext()


@contextmanager
def serving(app: ASGIApp, jobs: Jobs | None = None, **more: Any) -> Iterator[int]:
    """Serve on loopback, in a thread with an event loop of its own; gives the port."""
    # Named as TCP, as the daemon does: else asyncio does not know it for that, and each answer waits 40 ms (`web.py`).
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    plain = {"http": Connection, "log_config": None, "access_log": False, "lifespan": "off", "server_header": False}
    server = _Server(uvicorn.Config(app, **(plain | more)))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            if jobs:
                await jobs.work(tasks)
            await server.serve(sockets=[sock])
            tasks.cancel_scope.cancel()

    thread = threading.Thread(target=lambda: anyio.run(main))
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield int(sock.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        sock.close()
