"""The whole program on real pages: serve a folder of saved pages as outlets on loopback, run the daemon on them.

    python -m tests.benchmarks.end_to_end BENCH [--limit N]

BENCH holds `truth.jsonl` (one JSON object a line: id, url, site, corpus, truth), `pages/<id>.html.gz`, and `score.py`
with `score_a`, `score_b`, `summarise` and `body_f1`. Every site becomes an outlet with a feed or a sitemap; the daemon
discovers, fetches, extracts and stores every page; then a second day is played: every page is visited again behind
another banner. Printed: what was stored, articles a second, CPU by stage, memory, the F1 of what is *stored* beside
that of `scraper.extract`, and what the second day stored (nothing, it should be).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import psutil

from scraper import extract, urls
from tests.benchmarks.corpus import Record, load, scorer

SCRAPER = [sys.executable, "-m", "scraper"]


class Web:
    """All sites on one port, told apart by Host. Each visit of a page shows another banner."""

    def __init__(self, records: list[Record]) -> None:
        self.pages = {self.key(r.plain): r for r in records}
        self.sites: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            self.sites[urlsplit(record.url).netloc.lower()].append(record)
        self.visits: Counter[str] = Counter()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = web.answer(self.headers.get("Host", "").lower(), self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def key(url: str) -> str:
        parts = urlsplit(urls.canonical(url))
        return f"{parts.netloc}{parts.path}?{parts.query}"

    def answer(self, host: str, path: str) -> tuple[int, str, bytes]:
        """Status, type and body of one request."""
        if path == "/feed.xml":
            return 200, "application/rss+xml", self.feed(host)
        if path == "/sitemap.xml":
            return 200, "application/xml", self.sitemap(host)
        record = self.pages.get(self.key(f"http://{host}{path}"))
        if record is None:
            return 404, "text/plain", b"not here"
        self.visits[record.id] += 1
        return 200, "text/html", banner(record.body, self.visits[record.id])

    def feed(self, host: str) -> bytes:
        items = "".join(f"<item><link>{escape(r.plain)}</link><guid>{r.id}</guid></item>" for r in self.sites[host])
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()

    def sitemap(self, host: str) -> bytes:
        items = "".join(f"<url><loc>{escape(r.plain)}</loc></url>" for r in self.sites[host])
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'.encode()


def banner(body: bytes, visit: int) -> bytes:
    """The page behind a donation banner that changes at each visit."""
    box = f'<div class="donation-banner"><p>{visit * 37} readers have joined us. Support us today!</p></div>'.encode()
    at = body.lower().find(b"<body")
    end = body.find(b">", at) + 1 if at >= 0 else 0
    return body[:end] + box + body[end:] if end else body


def configure(web: Web, config: Path) -> None:
    """One outlet a site, feed and sitemap in turn; every host leads to the loopback server."""
    (config / "outlets").mkdir(parents=True)
    connect = ", ".join(f'"{host}:80" = "{web.address}"' for host in web.sites)
    (config / "scraper.toml").write_text(
        f'[network]\ndelay = "0s"\nconnect_to = {{ {connect} }}\n[serve]\nbind = "127.0.0.1:0"\n', encoding="utf-8"
    )
    for number, host in enumerate(sorted(web.sites)):
        kind, path = ("feed", "feed.xml") if number % 2 else ("sitemap", "sitemap.xml")
        (config / "outlets" / f"{host}.toml").write_text(
            f'name = "{host}"\nhome = "http://{host}/"\n[[sources]]\nkind = "{kind}"\nurl = "http://{host}/{path}"\n'
            'every = "1h"\n',
            encoding="utf-8",
        )


@dataclass
class Usage:
    """CPU seconds of the daemon itself and of its reading processes; the most memory both took, in MiB."""

    daemon: float = 0.0
    readers: float = 0.0
    memory: float = 0.0

    def watch(self, process: psutil.Process) -> None:
        """Take one reading; processes may end in between."""
        try:
            own = process.cpu_times()
            self.daemon = own.user + own.system
            children = process.children(recursive=True)
            times = [c.cpu_times() for c in children]
            self.readers = max(self.readers, sum(t.user + t.system for t in times))
            total = process.memory_info().rss + sum(c.memory_info().rss for c in children)
            self.memory = max(self.memory, total / 2**20)
        except psutil.NoSuchProcess:
            return


def sidecars(archive: Path) -> Iterator[dict[str, Any]]:
    """All sidecars of versions."""
    for path in sorted((archive / "articles").rglob("[0-9]*_*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def stored_count(archive: Path) -> int:
    """How many versions there are."""
    return sum(1 for _ in (archive / "articles").rglob("[0-9]*_*.txt")) if (archive / "articles").exists() else 0


def first_day(config: Path, archive: Path, expected: int) -> tuple[float, Usage]:
    """Run the daemon until all is stored or nothing has come for 20 s; seconds from first to last, and its usage."""
    log = archive.with_suffix(".log").open("w")
    daemon = subprocess.Popen([*SCRAPER, "run", "--config", config, "--archive", archive], stderr=log)
    process, usage = psutil.Process(daemon.pid), Usage()
    first = last = time.monotonic()
    count = 0
    while count < expected and time.monotonic() - last < 20 and daemon.poll() is None:
        time.sleep(0.2)
        usage.watch(process)
        if (now := stored_count(archive)) != count:
            first = first if count else time.monotonic()
            count, last = now, time.monotonic()
    daemon.terminate()
    daemon.wait(15)
    return last - first, usage


def second_day(config: Path, archive: Path, records: list[Record]) -> Counter[str]:
    """Visit everything again, asked by hand; how the visits ended."""
    done = subprocess.run(
        [*SCRAPER, "fetch", "--json", "--force", "-", "--config", config, "--archive", archive],
        input="\n".join(r.plain for r in records), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Counter(json.loads(line)["verdict"] for line in done.stdout.splitlines())


def scores(bench: Path, records: list[Record], archive: Path) -> None:
    """F1 of what is stored beside that of the pure function."""
    bodies: dict[str, str] = {}
    for side in sidecars(archive):
        text = "\n".join(block["text"] for block in side["articleBody"])
        bodies |= {Web.key(url): text for _, url in side["archive"]["forms"]}
    measure = scorer(bench)
    for corpus in ("aeb", "news"):
        if not (mine := [r for r in records if r.corpus == corpus]):
            continue
        stored: list[tuple[Record, dict[str, object]]] = [(r, {"body": bodies.get(Web.key(r.plain), "")}) for r in mine]
        now: list[tuple[Record, dict[str, object]]] = [(r, {"body": extract(r.body, r.url).body}) for r in mine]
        print(f"  {corpus:5} body F1 {measure.figures(corpus, stored)['f1']:.4f} as stored, "
              f"{measure.figures(corpus, now)['f1']:.4f} as extracted")  # fmt: skip


def main() -> None:
    """Serve, run, revisit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="leave the archive here")
    args = parser.parse_args()
    records = load(args.bench, args.limit)
    web = Web(records)
    root = args.keep or Path(tempfile.mkdtemp(prefix="scraper-bench-"))
    config, archive = root / "config", root / "archive"
    configure(web, config)
    seconds, usage = first_day(config, archive, len(records))
    count = stored_count(archive)
    print(f"{len(records)} pages of {len(web.sites)} hosts; {os.cpu_count()} cores")
    print(f"first day   {count} stored in {seconds:.1f} s: {count / max(seconds, 0.001):.1f} articles a second")
    print(f"  CPU       daemon (fetch, compare, store) {1000 * usage.daemon / max(count, 1):.1f} ms an article, "
          f"reading {1000 * usage.readers / max(count, 1):.1f} ms")  # fmt: skip
    print(f"  memory    {usage.memory:.0f} MiB at most, reading processes included")
    started = time.monotonic()
    ended = second_day(config, archive, records)
    print(f"second day  {dict(ended)} in {time.monotonic() - started:.1f} s, start of the program included; "
          f"{stored_count(archive) - count} new versions")  # fmt: skip
    scores(args.bench, records, archive)
    print(f"  archive   {archive}")


if __name__ == "__main__":
    main()
