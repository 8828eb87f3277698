"""The web side of the real daemon, with many who hold a connection and take nothing, or take it slowly."""

from __future__ import annotations

import os
import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from scraper.limits import connections_at_once, requests_at_once
from scraper.store.catalogue import SPARE
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, descriptors, feed, outlet, serve, wait_for
from tests.store.kit import HARBOUR, article, intent, opened, page

GOOD = "good.example"
MANY = 1000
SIZE = 24 << 20


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """With one article whose capture is large; bytes that do not compress."""
    program = Program(tmp_path)
    with opened(program.archive) as archive:
        seen = page(body=os.urandom(SIZE))
        archive.commit(intent("new", seen, archive.capture(seen), None, article()))
    return program


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """Files enough for the other end of all connections."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MANY + 500
    if limits[0] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, limits[1]), limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def port_of(program: Program) -> int:
    """Where the daemon listens, as soon as it does."""
    wait_for(lambda: [line for line in program.log() if line["event"] == "listening"])
    [line] = [line for line in program.log() if line["event"] == "listening"]
    return int(re.findall(r":(\d+)/", line["address"])[0])


def client(port: int) -> httpx.Client:
    """Who looks at it as one should."""
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)


def download(port: int) -> str:
    """Where the large capture is to be had."""
    with client(port) as ask:
        [found] = ask.get("/api/v1/articles", params={"url": HARBOUR}).json()["items"]
    return f"/api/v1/articles/{found['id']}/versions/0?format=warc"


def connected(port: int, said: str = "") -> socket.socket:
    """A connection that takes as little as it can."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(60)
    sock.connect(("127.0.0.1", port))
    sock.sendall(said.encode())
    return sock


def asking(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_idle_connections_and_slow_readers_keep_neither_pages_nor_fetching(program: Program) -> None:
    """A thousand who say nothing, and more readers than there may be: articles that appear meanwhile are archived, who
    asks is answered, and what all of them held is given back."""
    with serve(Site({f"{GOOD}/feed.xml": feed(f"http://{GOOD}/s0")})) as site, ExitStack() as held:
        site.routes[f"{GOOD}/s0"] = article_page(title="S 0")
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD, every="1s")})
        daemon = held.enter_context(program.daemon())
        port = port_of(program)
        wait_for(lambda: len(program.texts()) == 2)
        path, before = download(port), descriptors(daemon.pid)
        with ExitStack() as crowd:
            for _ in range(MANY):
                crowd.enter_context(connected(port))
            for _ in range(250):
                crowd.enter_context(connected(port, asking(path)))
            wait_for(lambda: descriptors(daemon.pid) > before + 100)
            names = [f"s{n}" for n in range(5)]
            site.routes |= {f"{GOOD}/{n}": article_page(f"Story {n}.", *PARAGRAPHS, title=f"S {n}") for n in names}
            site.routes[f"{GOOD}/feed.xml"] = feed(*(f"http://{GOOD}/{n}" for n in names))
            with client(port) as ask:
                for _ in range(20):
                    assert ask.get("/healthz").json() == {"status": "ok"}
                wait_for(lambda: ask.get("/api/v1/status").status_code == 200)
            wait_for(lambda: len(program.texts()) == 6)
        wait_for(lambda: descriptors(daemon.pid) <= before + 2 * SPARE)
        assert daemon.poll() is None


def test_a_large_download_never_lies_in_memory(program: Program) -> None:
    """However many take it, and however slowly."""
    program.configure(Site())
    with program.daemon() as daemon, ExitStack() as held:
        port = port_of(program)
        path, process = download(port), psutil.Process(daemon.pid)
        with client(port) as ask:
            assert len(ask.get(path).content) > SIZE
            before = process.memory_info().rss
            readers = [held.enter_context(connected(port, asking(path))) for _ in range(12)]
            assert all(reader.recv(12) == b"HTTP/1.1 200" for reader in readers)
            assert process.memory_info().rss - before < SIZE


def test_connections_leave_files_for_the_fetcher() -> None:
    """All of them where there is room, a few where there is not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        found = []
        for files in (2000, 700, 64):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
            found.append(connections_at_once(200, 200))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == [200, 26, 8]
    assert requests_at_once(200) == 200
