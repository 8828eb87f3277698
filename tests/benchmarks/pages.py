"""How fast the web side answers over a large archive, and whether its memory stays where it is.

    python -m tests.benchmarks.pages [--articles 100000] [--versions 300000] [--requests 60] [--keep DIR]

Makes an archive of that size (tests/benchmarks/bulk.py; with --keep in DIR, to be found again), starts `scraper run
--role web` on it, and asks for each kind of page: the first time alone, then from four connections at once. Printed:
requests, p50 and p95 in milliseconds of wall clock, answers that were not 200, bytes of one; and the memory of the
process before, after each round and at the end. The search takes in what it can while the archive is made anew; how far
it is is printed too, since only what was taken in is searched.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scraper.store import paths
from scraper.store.archive import FileArchive, Seams
from tests.benchmarks import bulk
from tests.benchmarks.search import LANGUAGES, Hasty, Language

AT_ONCE = 4


@dataclass
class Times:
    """What came of one kind of page."""

    took: list[float] = field(default_factory=list)
    wrong: int = 0
    size: int = 0


class Client:
    """One connection that is kept, asking one thing after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._to: asyncio.StreamWriter | None = None
        self._from: asyncio.StreamReader | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        if self._to is None or self._from is None or self._to.is_closing() or self._from.at_eof():
            self._from, self._to = await asyncio.open_connection("127.0.0.1", self._port)
        self._to.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = (await self._from.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(line for line in head.splitlines() if line.startswith("content-length:"))
        return int(head.split()[1]), await self._from.readexactly(int(length.partition(":")[2]))

    def close(self) -> None:
        """Hang up."""
        if self._to:
            self._to.close()


async def ask(port: int, path: Callable[[], str], requests: int, at_once: int) -> Times:
    """Ask for so many pages, some at once."""
    times, left = Times(), itertools.count()

    async def one() -> None:
        client = Client(port)
        while next(left) < requests:
            began = time.perf_counter()
            status, body = await client.get(path())
            times.took.append(1000 * (time.perf_counter() - began))
            times.wrong += status != 200
            times.size = max(times.size, len(body))
        client.close()

    await asyncio.gather(*(one() for _ in range(at_once)))
    return times


def pages(root: Path) -> Mapping[str, Callable[[], str]]:
    """What is asked for, by name."""
    dice = random.Random(17)
    with FileArchive.open(root, read_only=True) as archive:
        framed = archive.find(bulk.FRAMED)
        some = archive.recent(bulk.BUSY, bulk.END.replace(year=2000), 200)
        every = [snapshot.article_id for snapshot in some]
    if framed is None:
        raise SystemExit(f"{root} is no archive of this benchmark")
    words = {code: Language(code).words for code in LANGUAGES}
    end = int(bulk.END.timestamp()) * 1_000_000

    def cursor() -> str:
        return f"{end - dice.randrange(300, 600) * 86_400_000_000}-{'0' * 16}-0"

    def word(low: int, high: int) -> str:
        return dice.choice(words["fr"][low:high]).replace("é", "%C3%A9")

    def edited() -> str:
        return dice.choice(every)

    return {
        "front": lambda: "/",
        "front, a rare kind": lambda: f"/?kind={bulk.RARE}",
        "front, in silence": lambda: "/stealth",
        "front, one outlet": lambda: f"/?outlet=outlet{dice.randrange(bulk.OUTLETS)}.example",
        "front, one language": lambda: f"/?language={dice.choice(LANGUAGES)}",
        "front, rare, outlet": lambda: f"/?kind={bulk.RARE}&outlet={bulk.BUSY}",
        "front, far back": lambda: f"/?cursor={cursor()}",
        "article": lambda: f"/articles/{edited()}",
        "article of 200 versions": lambda: f"/articles/{framed.id}?version={dice.randrange(200)}",
        "diff": lambda: f"/articles/{framed.id}/diff?to={dice.randrange(1, 200)}",
        "diff, side by side": lambda: f"/articles/{framed.id}/diff?from=0&to=199&view=side",
        "outlets": lambda: "/outlets",
        "outlet, the busiest": lambda: f"/outlets/{bulk.BUSY}",
        "outlet, any": lambda: f"/outlets/outlet{dice.randrange(1, bulk.OUTLETS)}.example",
        "gone": lambda: "/gone",
        "status": lambda: "/status",
        "search, frequent word": lambda: f"/search?q={word(20, 400)}",
        "search, rare word": lambda: f"/search?q={word(2000, 20000)}",
        "search, removed": lambda: f"/search?q={word(20, 3000)}%20removed:yes",
        "api, changes": lambda: "/api/v1/changes?limit=200",
        "api, articles": lambda: "/api/v1/articles?limit=200",
        "api, outlet's articles": lambda: "/api/v1/articles?outlet=outlet39.example&limit=200",
        "api, versions": lambda: f"/api/v1/articles/{framed.id}/versions",
        "api, visits": lambda: f"/api/v1/articles/{framed.id}/visits",
        "api, search": lambda: f"/api/v1/search?q={word(20, 3000)}",
        "api, status": lambda: "/api/v1/status",
        "feed": lambda: "/feeds/changes.atom",
        "metrics": lambda: "/metrics",
    }


@contextlib.contextmanager
def served(root: Path) -> Iterator[tuple[psutil.Process, int]]:
    """`scraper run --role web` on the archive at `root`; its process and port."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        config, port = Path(folder), free.getsockname()[1]
        free.close()
        (config / "outlets").mkdir()
        (config / "scraper.toml").write_text(f'[serve]\nbind = "127.0.0.1:{port}"\n')
        for number in range(bulk.OUTLETS):
            name, code = f"outlet{number}.example", LANGUAGES[number % len(LANGUAGES)]
            source = f'[[sources]]\nkind = "feed"\nurl = "https://{name}/feed.xml"\nevery = "1h"\n'
            text = f'name = "{name}"\nhome = "https://{name}/"\nlanguage = "{code}"\n{source}'
            (config / "outlets" / f"{name}.toml").write_text(text)
        command = [sys.executable, "-m", "scraper", "run", "--role", "web", "--config", str(config)]
        process = subprocess.Popen([*command, "--archive", str(root)], stderr=subprocess.DEVNULL)
        try:
            _await(port)
            yield psutil.Process(process.pid), port
        finally:
            process.terminate()
            process.wait()


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("the web side does not answer")


def measure(root: Path, requests: int, only: str) -> None:
    """Print the table."""
    chosen = {name: path for name, path in pages(root).items() if only in name}
    with served(root) as (process, port):
        memory = [process.memory_info().rss]
        print(f"{'milliseconds':26} {'first':>7} {'p50':>7} {'p95':>7} {'most':>7}  asked  wrong   bytes")
        for again in range(2):
            for name, path in chosen.items():
                first = asyncio.run(ask(port, path, 1, 1))
                found = asyncio.run(ask(port, path, requests, AT_ONCE))
                slow = statistics.quantiles(found.took, n=20)[-1]
                row = f"{first.took[0]:7.0f} {statistics.median(found.took):7.0f} {slow:7.0f} {max(found.took):7.0f}"
                if not again:
                    print(f"{name:26} {row}  {requests + 1:5}  {first.wrong + found.wrong:5}  {found.size:6}")
            memory.append(process.memory_info().rss)
        print("memory, MB: " + ", ".join(f"{size / 1e6:.0f}" for size in memory) + " (before, after each round)")


def make(root: Path, articles: int, versions: int, search: float) -> None:
    """The archive, if it is not there yet; and let its search take in what it can."""
    began = time.monotonic()
    if not (root / paths.CATALOGUE).exists():
        bulk.fill(root, articles, versions)
        print(f"archive of {articles} articles and {versions} versions made in {time.monotonic() - began:.0f} s")
    with FileArchive.open(root, seams=Seams(Hasty())) as archive:
        behind = archive.search.follow(search).behind
    print(f"search: {behind} versions are not taken in")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--versions", type=int, default=300_000)
    parser.add_argument("--requests", type=int, default=60, help="of each kind of page, in each round")
    parser.add_argument("--search", type=float, default=600, help="seconds that the search may take in what is new")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = args.keep or Path(folder) / "archive"
        make(root, args.articles, args.versions, args.search)
        measure(root, args.requests, args.only)


if __name__ == "__main__":
    main()
