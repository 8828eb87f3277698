"""The web side of the daemon: a socket, an application over the archive, and the fetches that are asked of it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
from collections.abc import Generator
from datetime import UTC, datetime

import anyio
import uvicorn

from scraper.article import Article
from scraper.compare import diff
from scraper.daemon import Daemon
from scraper.model import Edit
from scraper.pipeline import visit_now
from scraper.serve.app import create_app
from scraper.serve.gate import Door
from scraper.serve.jobs import Jobs
from scraper.serve.site import Site
from scraper.settings import Serve
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary

AT_ONCE = 200  # connections; more are told to come again, so that reading cannot starve fetching


class Web:
    """What `scraper run` serves. `served` may be given as the task of a daemon."""

    def __init__(self, daemon: Daemon, archive: FileArchive, settings: Serve, sock: socket.socket) -> None:
        self._sock = sock
        self._jobs = Jobs(lambda url: _fetch(daemon, url))
        site = Site(
            library=FileLibrary(archive),
            search=archive.search,
            differ=_Differ(),
            outlets=lambda: daemon.services.outlets,
            trouble=lambda: daemon.trouble,
            jobs=self._jobs,
            counts=lambda: daemon.counts,
        )
        door = Door(settings.token, frozenset({settings.address[0].lower(), *settings.hosts}))
        config = uvicorn.Config(
            create_app(site, door), log_config=None, access_log=False, lifespan="off", server_header=False,
            limit_concurrency=AT_ONCE, timeout_keep_alive=5, timeout_graceful_shutdown=3,
        )  # fmt: skip
        self._server = _Server(config)

    async def served(self) -> None:
        """Serve until cancelled."""
        async with anyio.create_task_group() as tasks:
            await self._jobs.work(tasks)
            await self._server.serve(sockets=[self._sock])


class _Differ:
    """See `serve.site.Differ`."""

    def data(self, old: Article, new: Article) -> dict[str, object]:
        return diff.to_json(diff.diff(old, new))

    def html(self, old: Article, new: Article) -> str:
        return diff.to_html(diff.diff(old, new))


async def _fetch(daemon: Daemon, url: str) -> dict[str, object]:
    """One visit, as the line that `scraper fetch --json` prints."""
    outcome = await visit_now(daemon.services, url)
    daemon.counts[outcome.verdict] += 1
    found: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(outcome), default=_plain))
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Edit):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the daemon has one for everything."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
