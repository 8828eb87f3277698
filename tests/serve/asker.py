"""Asks the web side for anything, also what no client would, and holds answers to what all of them must have."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.serve.shown import Shown

PROBLEM = "application/problem+json"
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        """A header, empty if it is not there."""
        return ", ".join(self.headers.get(name.lower(), ()))

    @property
    def json(self) -> Any:
        """Its body, read."""
        return json.loads(self.body)


class Asker:
    """One client, over connections that are kept. `headers` go with every request."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._headers = dict(headers or {})
        self._connection: http.client.HTTPConnection | None = None

    def __call__(
        self, method: str, path: str, body: bytes | None = None, headers: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """Ask; nothing of the path is mended or escaped, and a name may be given more than once."""
        kept = self._connection is not None
        try:
            return self._ask(method, path, body, headers)
        except ConnectionError:  # a connection that was kept may have been ended meanwhile, which is no answer
            self.close()
            if kept:
                return self(method, path, body, headers)
            raise

    def _ask(self, method: str, path: str, body: bytes | None, headers: Sequence[tuple[str, str]]) -> Answer:
        mine = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        self._connection = mine
        sent = {name.lower() for name, _ in headers}
        mine.putrequest(method, path, skip_host="host" in sent, skip_accept_encoding=True)
        for name, value in [*self._headers.items(), *headers]:
            mine.putheader(name, value)
        if body is not None and not sent & {"content-length", "transfer-encoding"}:
            mine.putheader("Content-Length", str(len(body)))
        mine.endheaders(body)
        came = mine.getresponse()
        found: dict[str, list[str]] = {}
        for name, value in came.getheaders():
            found.setdefault(name.lower(), []).append(value)
        answer = Answer(came.status, found, came.read())
        if came.will_close:
            self.close()
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
        self._connection = None


@contextmanager
def asker(site: Shown, token: str | None = None) -> Iterator[Asker]:
    """A client of it, with a token if there is one."""
    ask = Asker(site.client.base_url.port or 0, {"Authorization": f"Bearer {token}"} if token else {})
    try:
        yield ask
    finally:
        ask.close()


def raw(site: Shown, *parts: bytes, seconds: float = 30) -> bytes:
    """All that comes back for these bytes until the other side hangs up; what it does not take is no error."""
    with socket.create_connection(("127.0.0.1", site.client.base_url.port or 0), timeout=seconds) as sock:
        try:
            for part in parts:
                sock.sendall(part)
            return b"".join(iter(lambda: sock.recv(65536), b""))
        except ConnectionError:
            return b""


def statuses(came: bytes) -> list[int]:
    """Of each answer among these bytes."""
    return [int(status) for status in _ANSWER.findall(came)]


def faults(answer: Answer) -> list[str]:
    """What is wrong with an answer, whatever was asked: nothing may break inside, nothing may leak, and nobody between
    may keep it or show it to others."""
    control, policy = answer["cache-control"], answer["content-security-policy"]
    found = {
        "broke": answer.status >= 500,
        "cacheable by others": not {"private", "no-store"} & set(re.split(r"\s*,\s*", control)),
        "no policy": "default-src 'none'" not in policy,
        "sniffed": answer["x-content-type-options"] != "nosniff",
        "framed": answer["x-frame-options"] != "DENY",
        "says who made it": any(name in answer.headers for name in ("server", "x-powered-by", "via")),
        "lets strangers in": any(name.startswith("access-control") for name in answer.headers),
        "sets a cookie": "set-cookie" in answer.headers,
        "leads away": bool(answer["location"]) and not re.match(r"/(?![/\\])", answer["location"]),
        "shows its insides": any(word in answer.body for word in (b"Traceback", b".py\"", b"site-packages")),
        "says what runs": b"Python/" in answer.body or b"uvicorn" in answer.body,
    }  # fmt: skip
    return [name for name, wrong in found.items() if wrong] + _problem_faults(answer)


def _problem_faults(answer: Answer) -> list[str]:
    """An error is a problem as the RFC has it, or a page for people."""
    if answer.status < 400 or answer["content-type"].startswith("text/html") or not answer.body:
        return []
    if answer["content-type"] != PROBLEM:
        return [f"an error as {answer['content-type']}"]
    told = answer.json
    kept = told["type"].startswith("urn:scraper:problem:") and told["status"] == answer.status
    return [] if kept and told.keys() == {"type", "title", "status", "detail"} else [f"a problem like {told}"]
