"""Broken framing, slow and endless answers, codings and bombs: each is named, bounded, and never stored."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.fetch.client import Client
from tests.fetch.helpers import LIMIT, fresh, get, outcome, seconds
from tests.fetch.hostile import GZIPPED, Hostile, Visit, answer, article

pytestmark = pytest.mark.anyio

FRAMING = {
    "cl-short": "transient incomplete",
    "cl-short-rst": "transient incomplete",
    "cl-negative": "transient protocol",
    "cl-garbage": "transient protocol",
    "cl-twice": "transient protocol",
    "status-garbage": "transient protocol",
    "status-999": "999",
    "http09": "transient protocol",
    "header-no-colon": "transient protocol",
    "header-nul": "transient protocol",
    "switching": "transient protocol",
    "chunk-no-end": "transient incomplete",
    "chunk-size-garbage": "transient protocol",
    "chunk-size-huge": "transient incomplete",
    "chunk-extensions": "transient too-large",
    "trailers-flood": "transient protocol",
    "headers-endless": "transient protocol",
    "header-1mb": "transient protocol",
    "headers-10000": "transient protocol",
    "partial-206": "transient incomplete",
    "empty-200": "transient empty",
    "no-content-204": "transient empty",
    "304-unasked": "transient protocol",
    "close": "transient connect",
}
SILENCE, RATE = {"silence": seconds(0.6)}, {"rate_window": seconds(0.4)}
SLOW: dict[str, tuple[str, dict[str, timedelta]]] = {
    "hang": ("transient timeout", SILENCE),
    "slow-headers": ("transient too-slow", RATE),
    "slow-body": ("transient too-slow", RATE),
    "slow-chunks": ("transient too-slow", RATE),
    "stall-body": ("transient timeout", SILENCE),
    "endless-body": ("transient too-large", {}),
    "declared-huge": ("transient too-large", {}),
    "endless-1xx": ("transient protocol", {}),
}
CODINGS = {
    "gzip-bomb": "permanent too-large",
    "deflate-bomb": "permanent too-large",
    "gzip-layers": "permanent encoding",
    "gzip-twice": "permanent encoding",
    "br-unasked": "permanent encoding",
    "zstd-unasked": "permanent encoding",
    "gzip-cut": "transient incomplete",
    "gzip-not": "permanent encoding",
    "bomb-on-404": "permanent too-large",
    "bomb-on-500": "transient too-large",
    "unasked-on-502": "transient encoding",
    "video": "permanent wrong-type",
}


@pytest.mark.parametrize(("name", "expected"), (FRAMING | CODINGS).items())
async def test_named_and_bounded(name: str, expected: str, site: Hostile, client: Client) -> None:
    """Each behaviour has its own stable word, and little was read of it."""
    assert await outcome(client, site.url(f"/{name}")) == expected
    assert site.asked(f"/{name}")[0].sent < 16 * 1024**2
    assert site.count()[f"/{name}"] == 1


@pytest.mark.parametrize(("name", "expected", "limits"), [(name, *row) for name, row in SLOW.items()])
async def test_slow_and_endless(
    name: str, expected: str, limits: dict[str, timedelta], site: Hostile, tmp_path: Path
) -> None:
    """What would never end is ended by the one limit that is meant for it."""
    async with fresh(tmp_path, **limits) as client:
        assert await outcome(client, site.url(f"/{name}")) == expected
    assert site.asked(f"/{name}")[0].sent < 16 * 1024**2
    assert site.count()[f"/{name}"] == 1


async def test_a_request_looks_for_no_package(site: Hostile, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library asked at every lock whether another one is installed, which read folders each time."""
    await outcome(client, site.url("/ok"))  # whatever is imported late
    sought: list[str] = []

    class Watch:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            sought.append(name)

    monkeypatch.setattr(sys, "meta_path", [Watch, *sys.meta_path])
    assert await outcome(client, site.url("/ok")) == "200"
    assert sought == []


async def test_refused_before_it_is_read(site: Hostile, client: Client) -> None:
    """What announces itself as too large, or as a video, is not read: the server cannot even fill the sockets."""
    for name in ("/declared-huge", "/video"):
        await outcome(client, site.url(name))
        assert site.asked(name)[0].sent < 8 * 1024**2


async def test_deadline_for_all(tmp_path: Path, site: Hostile) -> None:
    """A server that is never silent and never too slow still has to end in time."""
    async with fresh(tmp_path, deadline=seconds(0.7)) as client:
        assert await outcome(client, site.url("/slow-body")) == "transient timeout"


async def test_crumbs(tmp_path: Path, site: Hostile) -> None:
    """An endless body in chunks of one byte, each of which costs time, is ended by their number."""
    async with fresh(tmp_path) as client:
        assert await outcome(client, site.url("/chunk-crumbs")) == "transient protocol"


async def test_forged_answer_is_never_read(site: Hostile, client: Client) -> None:
    """An answer behind the answer, on a connection that is said to stay open, never becomes the next page."""
    first = await get(client, site.url("/cl-long-keep-alive"))
    second = await get(client, site.url("/plain"))
    assert (first.body, second.body) == (article("cl-long"), article("plain"))
    assert site.connections == len(site.visits) == 3


async def test_undeclared_gzip_stays_shut(site: Hostile, client: Client) -> None:
    """Compressed bytes that are not declared to be so are left as they are."""
    assert (await get(client, site.url("/gzip-undeclared"))).body == GZIPPED


async def test_limits_by_kind(tmp_path: Path, site: Hostile) -> None:
    """A feed may be larger than a page; a page that says it is a PDF has the limit of PDFs."""
    big = b"x" * (LIMIT + 1)
    site.paths |= {"/big": answer(big), "/pdf": answer(big, Content_Type="application/pdf")}
    async with fresh(tmp_path) as client:
        assert await outcome(client, site.url("/big")) == "transient too-large"
        assert await outcome(client, site.url("/big"), "feed") == "200"
        assert await outcome(client, site.url("/pdf")) == "200"


async def test_cut_article_after_a_whole_one(site: Hostile, client: Client) -> None:
    """The same article, cut at the second visit, is a failure and not a shorter page."""
    assert (await get(client, site.url("/a"))).body == article("a")
    site.paths["/a"] = answer(article("a")[:500], Content_Length=str(len(article("a"))))
    assert await outcome(client, site.url("/a")) == "transient incomplete"


RAW = {
    "silent": (60.0, b"", "deferred robots-unreachable"),
    "close": (0.0, b"", "transient connect"),
    "ssh": (0.0, b"SSH-2.0-OpenSSH_9.2\r\n", "transient protocol"),
    "tls-alert": (0.0, b"\x15\x03\x01\x00\x02\x02\x28", "transient protocol"),
    "random": (0.0, bytes(range(256)) * 20, "transient protocol"),
}


@pytest.mark.parametrize(("wait", "words", "expected"), RAW.values(), ids=RAW)
async def test_no_web_server(wait: float, words: bytes, expected: str, tmp_path: Path) -> None:
    """Something that is no web server is a failure with a reason, whatever it says."""

    async def speak(visit: Visit) -> None:
        await visit.send(words)
        await asyncio.sleep(wait)

    limits = SILENCE if wait else {}
    async with Hostile(paths={"*accept*": speak}) as raw, fresh(tmp_path, **limits) as client:
        assert await outcome(client, raw.url("/x")) == expected


async def test_nobody_listens(site: Hostile, client: Client) -> None:
    """A refused connection is one."""
    assert await outcome(client, "http://127.0.0.2:9/x") == "transient connect"


async def test_host_that_hangs_holds_up_nobody(site: Hostile, other: Hostile, client: Client) -> None:
    """While one host hangs, another is served."""
    slow = asyncio.create_task(outcome(client, site.url("/hang")))
    await site.reached("/hang")
    assert await outcome(client, other.url("/a")) == "200"
    assert not slow.done()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


BOMBS = """
import asyncio, resource, sys
from pathlib import Path
from scraper.fetch.client import Client
from scraper.fetch.policy import FetchPolicy
from tests.fetch.helpers import outcome

async def main():
    places = FetchPolicy(private=("127.0.0.1/32",), delay=__import__("datetime").timedelta(0))
    async with Client(places, Path(sys.argv[2])) as client:
        await outcome(client, sys.argv[1] + "/plain")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name in ("gzip-bomb", "deflate-bomb", "bomb-on-404", "bomb-on-redirect", "endless-body"):
            await outcome(client, f"{sys.argv[1]}/{name}")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(main())
"""


async def test_memory_of_bombs(tmp_path: Path, site: Hostile) -> None:
    """Under the real limit of 10 MB, bombs of 100 MB raise the memory by a few limits at most."""
    command = [sys.executable, "-c", BOMBS, site.url(""), str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    assert int(said.split()[-1]) < 50 * 1024


async def test_redirect_with_a_bomb(site: Hostile, client: Client) -> None:
    """The body of a redirect is not opened; where it leads is."""
    assert (await get(client, site.url("/bomb-on-redirect"))).body == article("ok")
