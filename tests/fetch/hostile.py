"""A web server on loopback that misbehaves: one path for each behaviour.

    async with Hostile() as site:
        site.url("/slow-body")

It speaks raw bytes, knows no HTTP library, and remembers what it was asked. Behaviours are the functions and bytes in
`behaviours`; `{other}`, `{canary}` and `{port}` in them stand for two more addresses and the port. `host/path` stands
for a path on one host only. A path that is none of them is an article. For other sites and TLS, start several.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from tests.fetch.answers import CHUNKED, CLOSED, Behaviour, Visit, answer, article, redirect
from tests.fetch.behaviours import BEHAVIOURS, GZIPPED, endless, hang

__all__ = [
    "BEHAVIOURS",
    "CHUNKED",
    "CLOSED",
    "GZIPPED",
    "Behaviour",
    "Hostile",
    "Visit",
    "answer",
    "article",
    "endless",
    "hang",
    "redirect",
    "running",
]


class Hostile:
    """One site. `paths` lays its own behaviours over the ones below; `connections` counts what was accepted."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        paths: dict[str, Behaviour] | None = None,
        tls: ssl.SSLContext | None = None,
        **places: str,
    ) -> None:
        self.host = host
        self.port = port
        self.paths = {**BEHAVIOURS, **(paths or {})}
        self.visits: list[Visit] = []
        self.connections = 0
        self.most_at_once = 0
        self.places = places
        self._tls = tls
        self._at_once = 0
        self._turns: Counter[tuple[str, str]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> Hostile:
        self._server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, path: str) -> str:
        """The address of a behaviour."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Visit]:
        """The requests for `path`, in order."""
        return [visit for visit in self.visits if visit.path == path]

    async def reached(self, path: str) -> None:
        """Wait until `path` has been asked for."""
        while not self.asked(path):
            self._news.clear()
            await self._news.wait()

    def count(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(visit.path for visit in self.visits)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        # What is counted as sent is what was taken, but for little: the system would hold megabytes back.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        self.connections += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client left, or the test is over
        finally:
            self._at_once -= 1
            self._tasks.discard(task)
            writer.transport.abort() if self._tls else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if "*accept*" in self.paths:
            visit = self._visit("*accept*", {}, writer, reader)
            await self._behave(self.paths["*accept*"], visit)
            return
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if ": " in line)
            path = first.split(" ")[1]
            visit = self._visit(path, headers, writer, reader)
            visit.head = len(head)
            self._news.set()
            plain = path.partition("?")[0]
            known = [place for place in (f"{visit.host}{plain}", path, plain) if place in self.paths]
            await self._behave(self.paths[known[0]] if known else answer(article(path.strip("/"))), visit)
            if "keep-alive" not in visit.path:
                return

    def _visit(
        self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter, reader: asyncio.StreamReader
    ) -> Visit:
        key = (headers.get("Host", ""), path)
        turn, self._turns[key] = self._turns[key], self._turns[key] + 1
        visit = Visit(path, headers, time.monotonic(), 0, 0, writer, reader, turn, 0, self.port, self.places)
        self.visits.append(visit)
        return visit

    async def _behave(self, behaviour: Behaviour, visit: Visit) -> None:
        try:
            await visit.act(behaviour)
        finally:
            visit.ended = time.monotonic()


@contextmanager
def running(*sites: Hostile) -> Iterator[None]:
    """Run sites in a thread of their own, those at other addresses than the first at its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait(what: Any) -> None:
        asyncio.run_coroutine_threadsafe(what, loop).result(20)

    try:
        for site in sites:
            site.port = sites[0].port if site.host != sites[0].host else site.port
            wait(site.__aenter__())
        yield
        for site in sites:
            wait(site.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
