"""How fast the web side answers over a large archive, and whether its memory stays where it is.

    python -m tests.benchmarks.pages [--articles 100000] [--versions 300000] [--requests 60] [--keep DIR] [--flat 5000]
        [--peer http://127.0.0.1:5005/]

Makes an archive of that size (tests/benchmarks/bulk.py; with --keep in DIR, to be found again), starts `scraper run
--role web` on it, and asks for each kind of page: the first time alone, then from four connections at once. Printed:
requests, p50 and p95 in milliseconds of wall clock, CPU of the server for one, answers that were not 200, bytes of one.
Then --flat requests for pages of all kinds, one kind like another, in any order: the memory of the process after each
tenth of them. The search takes in what it can while the archive is made anew; how far it is is printed too, since only
what was taken in is searched.

--peer: another program that shows how pages changed, at work on this machine, is asked for its list and for the
comparisons that the list links to, by turns with our front page and our comparisons, from as many connections.
tests/benchmarks/peer.py fills changedetection.io for it:

    pip install changedetection.io                       (somewhere else than here)
    changedetection.io -C -d DIR -h 127.0.0.1 -p 5005    (once, and stopped: it makes DIR)
    python -m tests.benchmarks.peer DIR --watches 1000
    changedetection.io -d DIR -h 127.0.0.1 -p 5005
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

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

    @property
    def middle(self) -> float:
        """The time that half of them took at most."""
        return statistics.median(self.took)

    @property
    def slow(self) -> float:
        """The time that 19 of 20 took at most."""
        return statistics.quantiles(self.took, n=20)[-1]


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
        if "connection: close" in head:
            body = await self._from.read()
            self.close()
            self._to = None
            return int(head.split()[1]), body
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

    def one() -> str:
        return f"{dice.randrange(16**16):016x}"

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
        "api, changes, rare": lambda: f"/api/v1/changes?limit=200&kind={bulk.RARE}",
        "api, changes, far back": lambda: f"/api/v1/changes?limit=200&cursor={cursor()}",
        "api, articles": lambda: "/api/v1/articles?limit=200",
        "api, articles, deep": lambda: f"/api/v1/articles?limit=200&cursor={one()}",
        "api, outlet's articles": lambda: f"/api/v1/articles?outlet={bulk.BUSY}&limit=200&cursor={one()}",
        "api, diff": lambda: f"/api/v1/diff?article={framed.id}&to={dice.randrange(1, 200)}",
        "api, copies": lambda: f"/api/v1/articles/{edited()}/copies",
        "api, outlets": lambda: "/api/v1/outlets",
        "api, versions": lambda: f"/api/v1/articles/{framed.id}/versions",
        "api, visits": lambda: f"/api/v1/articles/{framed.id}/visits",
        "api, search": lambda: f"/api/v1/search?q={word(20, 3000)}",
        "api, status": lambda: "/api/v1/status",
        "feed": lambda: "/feeds/changes.atom",
        "feed, one outlet": lambda: f"/feeds/outlets/outlet{dice.randrange(bulk.OUTLETS)}.example.atom",
        "feed, a rare kind": lambda: f"/feeds/kinds/{bulk.RARE}.atom",
        "feed, a search": lambda: f"/feeds/search.atom?q={word(20, 3000)}",
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


def measure(port: int, process: psutil.Process, chosen: Mapping[str, Callable[[], str]], requests: int) -> None:
    """Print the table."""
    print(f"{'milliseconds':26} {'first':>7} {'p50':>7} {'p95':>7} {'most':>7} {'CPU':>5}  asked  wrong   bytes")
    for name, path in chosen.items():
        first = asyncio.run(ask(port, path, 1, 1))
        before = _spent(process)
        times = asyncio.run(ask(port, path, requests, AT_ONCE))
        cost = 1000 * (_spent(process) - before) / requests
        row = f"{first.took[0]:7.0f} {times.middle:7.0f} {times.slow:7.0f} {max(times.took):7.0f} {cost:5.0f}"
        print(f"{name:26} {row}  {requests + 1:5}  {first.wrong + times.wrong:5}  {times.size:6}", flush=True)


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def flat(port: int, process: psutil.Process, chosen: Mapping[str, Callable[[], str]], requests: int) -> None:
    """Ask for pages of all kinds, and print how much memory the process has meanwhile."""
    dice, kinds = random.Random(29), list(chosen.values())
    sizes, wrong = [process.memory_info().rss], 0

    def any_page() -> str:
        return dice.choice(kinds)()

    for _ in range(10):
        times = asyncio.run(ask(port, any_page, requests // 10, AT_ONCE))
        wrong += times.wrong
        sizes.append(process.memory_info().rss)
    told = ", ".join(f"{size / 1e6:.0f}" for size in sizes)
    print(f"memory, MB, before and after each tenth of {requests} mixed requests ({wrong} wrong): {told}")


def compare(url: str, port: int, chosen: Mapping[str, Callable[[], str]], requests: int) -> None:
    """Ask a peer for its list and for what that links to, by turns with ours: both meet the same machine."""
    place, dice = urlsplit(url), random.Random(31)
    root, theirs = place.path or "/", place.port or 80
    page = asyncio.run(_once(theirs, root)).decode("utf-8", "replace")
    links = [urljoin(root, unescape(link)) for link in re.findall(r'href="([^"#]*/diff/[^"#]*)"', page)]
    if not links:
        raise SystemExit(f"{url} lists nothing that can be compared")
    for name, path in (("front", lambda: root), ("diff", lambda: dice.choice(links))):
        times = Times(), Times()
        for _ in range(10):
            for whose, where, what in ((times[0], port, chosen[name]), (times[1], theirs, path)):
                some = asyncio.run(ask(where, what, requests // 10, AT_ONCE))
                whose.took.extend(some.took)
                whose.wrong += some.wrong
        for who, whose in zip(("ours", "peer"), times, strict=True):
            print(f"{name}, {who}: p50 {whose.middle:.0f}, p95 {whose.slow:.0f}, {whose.wrong} wrong")
        ratio = times[1].middle / times[0].middle, times[1].slow / times[0].slow
        print(f"  the peer takes {ratio[0]:.1f} and {ratio[1]:.1f} times as long")


async def _once(port: int, path: str) -> bytes:
    client = Client(port)
    body = (await client.get(path))[1]
    client.close()
    return body


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
    parser.add_argument("--flat", type=int, default=5000, help="requests over which the memory is looked at")
    parser.add_argument("--peer", help="the address of another program, to be compared with")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = args.keep or Path(folder) / "archive"
        make(root, args.articles, args.versions, args.search)
        chosen = {name: path for name, path in pages(root).items() if args.only in name}
        began = time.monotonic()
        with served(root) as (process, port):
            asyncio.run(ask(port, lambda: "/", 1, 1))
            spent = f"{_spent(process):.1f} s of CPU"
            print(f"the first page is there {time.monotonic() - began:.1f} s after the start, {spent}")
            measure(port, process, chosen, args.requests)
            if args.flat:
                flat(port, process, chosen, args.flat)
            if args.peer:
                compare(args.peer, port, pages(root), args.requests)


if __name__ == "__main__":
    main()
