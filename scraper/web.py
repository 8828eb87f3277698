"""The web side of the daemon: a socket, an application over the archive, and the fetches that are asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import socket
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from typing import cast

import anyio
import anyio.to_thread
import structlog
import uvicorn

from scraper import minding
from scraper.article import Article
from scraper.compare import diff
from scraper.connections import AT_ONCE, connections
from scraper.daemon import Daemon
from scraper.errors import ArchiveError, UsageError
from scraper.model import Edit
from scraper.notices import RuleState
from scraper.pipeline import visit_now
from scraper.serve.app import create_app
from scraper.serve.gate import Door
from scraper.serve.jobs import FOLDER, Jobs
from scraper.serve.site import Notice, Site
from scraper.serve.warming import warm
from scraper.settings import Serve
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary
from scraper.store.slips import Slips

log = structlog.get_logger()

READY = 3.0  # seconds that making ready may delay the first answer


def listen_on(bind: str) -> socket.socket:
    """The socket of the web side, taken before anything else starts. Raises UsageError if it cannot be had."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: else asyncio takes it for something else and every answer waits for the acknowledgement of its head.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host.strip("[]"), int(port)))
        sock.listen()  # whoever is told of the address and comes at once has to wait, and is not turned away
    except OSError as error:
        sock.close()
        raise UsageError(
            f"cannot listen on {bind}: {error.strerror}; choose another address as `bind` under [serve] in scraper.toml"
        ) from error
    return sock


def address_of(sock: socket.socket) -> str:
    """`http://127.0.0.1:8765/`, with the port that the system chose."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@dataclasses.dataclass(frozen=True, slots=True)
class Alarms:
    """What the pages tell of besides the archive: how many bytes have to stay free, and how the rules of notifications
    are doing."""

    low_water: int = 0
    rules: Callable[[], Sequence[RuleState]] = tuple


class Web:
    """What `scraper run` serves. `served` may be given as the task of a daemon; `notice` is shown above the edits, and
    there are no more than `at_once` connections."""

    def __init__(
        self,
        daemon: Daemon,
        archive: FileArchive,
        settings: Serve,
        sock: socket.socket,
        notice: Callable[[], Notice | None] = lambda: None,
        alarms: Alarms | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        alarms = alarms or Alarms()
        self._sock = sock
        self._jobs = Jobs(lambda url: _fetch(daemon, url), desk=Slips(archive.root, FOLDER))
        self._site = site = Site(
            library=FileLibrary(archive),
            search=archive.search,
            differ=Comparing(),
            outlets=lambda: daemon.services.outlets,
            trouble=lambda: daemon.trouble,
            why=lambda: daemon.why,
            low_water=alarms.low_water,
            rules=alarms.rules,
            shapes=lambda: minding.odd(Slips(archive.root, minding.FOLDER)),
            jobs=self._jobs,
            counts=lambda: daemon.counts,
            notice=notice,
        )
        door = Door(settings.token, frozenset({settings.address[0].lower(), *settings.hosts}))
        config = uvicorn.Config(
            create_app(site, door), http=cast("type[asyncio.Protocol]", connections(at_once=at_once)), log_config=None,
            access_log=False, lifespan="off", ws="none", server_header=False, timeout_keep_alive=5,
            timeout_graceful_shutdown=3,
        )  # fmt: skip
        self._server = _Server(config)

    async def served(self) -> None:
        """Serve until cancelled. Who comes before all is ready waits, for a few seconds at most."""
        async with anyio.create_task_group() as tasks:
            await self._jobs.work(tasks)
            with anyio.move_on_after(READY):
                await anyio.to_thread.run_sync(_warm, self._site, abandon_on_cancel=True)
            await self._server.serve(sockets=[self._sock])


@dataclasses.dataclass(frozen=True, slots=True)
class _Difference:
    """See `serve.site.Difference`."""

    found: diff.Diff

    @property
    def changed(self) -> bool:
        return self.found.changed

    @property
    def coarse(self) -> bool:
        return self.found.coarse

    def data(self) -> dict[str, object]:
        return diff.to_json(self.found)

    def html(self) -> str:
        return diff.to_html(self.found)


class Comparing:
    """See `serve.site.Differ`."""

    def between(self, old: Article, new: Article) -> _Difference:
        """The difference."""
        return _Difference(diff.diff(old, new, diff.SHOWN))


def _warm(site: Site) -> None:
    try:
        warm(site)
    except ArchiveError as error:  # whoever asks is told of it
        log.warning("archive-trouble", error=str(error))


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
