"""pywb, as it is installed in an environment of its own: its tools, and its server on loopback."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

TOOLS = Path(__file__).parents[2] / ".venv-replay" / "bin"


def tool(name: str, *args: object, cwd: Path | None = None, stdin: str = "") -> str:
    """What one of the tools prints. Fails, and never skips, where they are not installed."""
    if not (TOOLS / name).exists():
        pytest.fail(f"{TOOLS / name} is not there; `make test` makes the environment for replay", pytrace=False)
    env = os.environ | {"PYTHONWARNINGS": "ignore"}
    command = [str(TOOLS / name), *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Replayed:
    """What the server answered; `at` is the time of the capture it showed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def at(self) -> str | None:
        """The time of the capture that was shown."""
        return self.headers.get("memento-datetime")


@dataclass(frozen=True)
class Wayback:
    """A folder of collections, and the server over it."""

    root: Path
    port: int

    def get(self, collection: str, url: str, at: datetime, how: str = "id_") -> Replayed:
        """A page at a time: `id_` as it was received, `mp_` as a browser shows it. Redirects are not followed."""
        return self._ask(f"/{collection}/{stamp14(at)}{how}/{quote(url, safe='/:?&=%')}")

    def index(self, collection: str, url: str) -> list[dict[str, str]]:
        """What the CDX API lists of an address."""
        answer = self._ask(f"/{collection}/cdx?url={quote(url, safe='')}&output=json")
        return [json.loads(line) for line in answer.body.decode().splitlines()]

    def _ask(self, path: str) -> Replayed:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
            answer = connection.getresponse()
            return Replayed(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def stamp14(at: datetime) -> str:
    """A time as web archives write it."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def collect(root: Path, name: str, warcs: Path, drop: str | None = None) -> str:
    """A collection over WARC files where they lie: their index, and the lines of the configuration.

    `drop`: leave out the lines of the index that hold this, as `grep -v` would.
    """
    index = tool("cdx-indexer", "-s", "-j", "-r", "-d", warcs, warcs)
    kept = [line for line in index.splitlines(keepends=True) if drop is None or drop not in line]
    (root / f"{name}.cdxj").write_text("".join(kept))
    return f"  {name}:\n    index_paths: {root / name}.cdxj\n    archive_paths: {warcs}/\n"


def unpack(root: Path, name: str, wacz: Path) -> None:
    """A collection made from a WACZ file, with the index that it has."""
    for folder in ("archive", "indexes"):
        (root / "collections" / name / folder).mkdir(parents=True)
    tool("wb-manager", "add", "--unpack-wacz", name, wacz, cwd=root)


@contextmanager
def serving(root: Path, collections: Sequence[str]) -> Iterator[Wayback]:
    """The server over all collections, on a free port of loopback, while the block runs."""
    (root / "config.yaml").write_text("collections:\n" + "".join(collections))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (root / "wayback.log").open("w") as log:
        command = [str(TOOLS / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, port)
            yield Wayback(root, port)
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("wayback does not answer; see wayback.log")
