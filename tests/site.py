"""Real sites on loopback and the real program run on them: what the outermost tests are made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Reply = tuple[int, dict[str, str], bytes]
Route = bytes | str | Reply | Callable[[Mapping[str, str]], "bytes | str | Reply"]


@dataclass
class Site:
    """A web server on 127.0.0.1 that plays any host. `routes` maps `host/path` (or `/path` for all hosts) to a reply.

    `asked` records what came: (seconds, host, path). A route without a type is HTML.
    """

    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    address: str = ""

    def reply(self, host: str, path: str, headers: Mapping[str, str]) -> Reply:
        """What to answer."""
        self.asked.append((time.monotonic(), host, path))
        route = self.routes.get(f"{host}{path}", self.routes.get(path, (404, {}, b"nothing here")))
        answer = route(headers) if callable(route) else route
        if isinstance(answer, tuple):
            return answer
        return 200, {"Content-Type": "text/html; charset=utf-8"}, answer.encode() if isinstance(answer, str) else answer

    def paths(self, host: str | None = None) -> list[str]:
        """The paths that were asked for, robots.txt left out."""
        return [p for _, h, p in self.asked if p != "/robots.txt" and host in {None, h}]


@contextmanager
def serve(site: Site) -> Iterator[Site]:
    """Serve `site` while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").split(":")[0].lower()
            status, headers, body = site.reply(host, self.path, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return  # the program had enough: that is its right

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Program:
    """The installed program with a configuration and an archive of its own."""

    root: Path
    delay: str = "0s"

    @property
    def archive(self) -> Path:
        """Where it keeps everything."""
        return self.root / "archive"

    @property
    def config(self) -> Path:
        """Where its configuration is."""
        return self.root / "config"

    def configure(self, site: Site, *hosts: str, outlets: Mapping[str, str] | None = None, more: str = "") -> None:
        """Lead `hosts` (port 80) to `site`, and write the outlet files given as domain → TOML."""
        (self.config / "outlets").mkdir(parents=True, exist_ok=True)
        connect = ", ".join(f'"{host}:80" = "{site.address}"' for host in hosts)
        (self.config / "scraper.toml").write_text(
            f'[network]\ndelay = "{self.delay}"\nconnect_to = {{ {connect} }}\n[serve]\nbind = "127.0.0.1:0"\n{more}',
            encoding="utf-8",
        )
        for domain, text in (outlets or {}).items():
            (self.config / "outlets" / f"{domain}.toml").write_text(text, encoding="utf-8")

    def command(self, *args: str) -> list[str]:
        """The command line, with this archive and configuration."""
        return [sys.executable, "-m", "scraper", *args, "--config", str(self.config), "--archive", str(self.archive)]

    def run(self, *args: str, stdin: str = "", timeout: float = 200) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*args), input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )

    def fetch(self, *urls: str) -> list[dict[str, Any]]:
        """`scraper fetch --json`, its lines."""
        done = self.run("fetch", "--json", *urls)
        return [json.loads(line) for line in done.stdout.splitlines()]

    @contextmanager
    def daemon(self, *args: str, files: int | None = None) -> Iterator[subprocess.Popen[str]]:
        """`scraper run` while the block runs; killed if it is still there afterwards. Its log goes to `daemon.log`.

        With `files` it may open no more than so many at once.
        """
        command = self.command("run", *args)
        if files:
            command = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh", *command]
        with (self.root / "daemon.log").open("a") as log:
            process = subprocess.Popen(command, stderr=log, text=True, start_new_session=True)
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()

    def log(self) -> list[dict[str, Any]]:
        """The daemon's log lines."""
        path = self.root / "daemon.log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def texts(self) -> list[Path]:
        """All snapshots, in order of their path."""
        return sorted((self.archive / "articles").rglob("[0-9]*_*.txt"))


def wait_for(condition: Callable[[], object], seconds: float = 100) -> None:
    """Wait until `condition` holds; fail the test if it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s: {condition}"
        time.sleep(0.05)


def feed(*links: str) -> Reply:
    """An RSS feed that announces `links`."""
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml"}, text.encode()


def outlet(host: str, every: str = "2s", kind: str = "feed", path: str = "/feed.xml") -> str:
    """A minimal outlet file."""
    return (
        f'name = "{host}"\nhome = "http://{host}/"\n'
        f'[[sources]]\nkind = "{kind}"\nurl = "http://{host}{path}"\nevery = "{every}"\n'
    )


def descriptors(pid: int) -> int:
    """How many files a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  # procfs, not a path of ours
