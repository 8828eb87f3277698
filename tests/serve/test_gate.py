"""Nobody gets in who should not, and every answer leaves with its headers."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scraper.serve.app import routes_of
from scraper.serve.gate import Door
from scraper.serve.tries import Tries
from tests.serve.shown import Shown, fill, shown

TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The web side behind a token."""
    with shown(tmp_path_factory.mktemp("locked") / "archive", Door(TOKEN, tries=Tries(10_000))) as it:
        fill(it.archive)
        yield it


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_no_route_answers_without_the_token(locked: Shown, method: str) -> None:
    """Walks the router: a new route is tried too. Only whether the process lives may be asked by everybody."""
    for route in routes_of(locked.site):
        path = route.path.replace("{id}", locked.id()).replace("{n}", "0").replace("{name}", "news.example")
        answer = locked.client.request(method, path.replace("{job}", "x"))
        assert (answer.status_code == 401) is (path != "/healthz"), path
        assert "news" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        "", "Bearer", f"bearer {TOKEN}",  f"Bearer  {TOKEN}", TOKEN, f"Token {TOKEN}",
        f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Bearer {TOKEN.upper()}", f"Bearer {'x' * 60_000}", "Basic",
        "Basic !!!", basic(""), basic(TOKEN[:-1]), "Basic " + base64.b64encode(TOKEN.encode()).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), f'Digest username="x", response="{TOKEN}"',
    ],
)  # fmt: skip
def test_a_wrong_token_opens_nothing(locked: Shown, sent: str) -> None:
    answer = locked.client.get("/api/v1/status", headers={"Authorization": sent})
    assert answer.status_code == 401
    assert TOKEN not in answer.text


@pytest.mark.parametrize("sent", [f"Bearer {TOKEN}", basic(TOKEN)])
def test_the_token_opens(locked: Shown, sent: str) -> None:
    assert locked.client.get("/api/v1/status", headers={"Authorization": sent}).status_code == 200


def test_two_tokens_are_none(locked: Shown) -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")]
    assert locked.client.get("/api/v1/status", headers=headers).status_code == 401


@pytest.mark.parametrize("query", [f"token={TOKEN}", f"access_token={TOKEN}", f"key={TOKEN}"])
def test_a_token_in_an_address_is_none(locked: Shown, query: str) -> None:
    """Addresses end up in logs and histories."""
    assert locked.client.get(f"/api/v1/status?{query}").status_code == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "", "127.0.0.1@evil", "[::1", "a b"],
)
def test_a_strangers_name_is_not_answered(site: Shown, host: str) -> None:
    """A page of a stranger can have its name resolve to 127.0.0.1 (DNS rebinding)."""
    assert site.client.get("/api/v1/status", headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "[::1]:8765", "LOCALHOST"])
def test_the_machines_own_names_are_answered(site: Shown, host: str) -> None:
    assert site.client.get("/api/v1/status", headers={"Host": host}).status_code == 200


def test_a_listed_name_is_answered(tmp_path: Path) -> None:
    with shown(tmp_path / "archive", Door(hosts=frozenset({"archive.lan"}))) as it:
        assert it.client.get("/api/v1/status", headers={"Host": "archive.lan:8765"}).status_code == 200
        assert it.client.get("/api/v1/status", headers={"Host": "other.lan"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:8765.evil"},
        {"Origin": "https://127.0.0.1.evil"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
def test_a_strangers_page_cannot_ask_for_a_fetch(mine: Shown, headers: dict[str, str]) -> None:
    answer = mine.client.post("/api/v1/fetch", json={"url": "http://x.example/a"}, headers=headers)
    assert (answer.status_code, mine.asked) == (403, [])
    assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_can(mine: Shown) -> None:
    origin = str(mine.client.base_url).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert mine.client.post("/api/v1/fetch", json={"url": "http://x.example/a"}, headers=headers).status_code == 202


@pytest.mark.parametrize("path", ["/api/v1/status", "/healthz", "/nothing", "/metrics", "/feeds/changes.atom"])
def test_every_answer_has_its_headers(site: Shown, path: str) -> None:
    headers = site.client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/status/", "//api/v1/status", "/api/v1/./status", "/api/v1/x/../status", "/api/v1/status;x",
        "/API/v1/status", "/api/v1/status.json", "/api/v1/%2e%2e/v1/status", "/..%2f..%2fetc/passwd", "/%00",
        "/..%5c..%5cetc", "/etc/passwd", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_other_ways_to_write_a_path_are_other_paths(site: Shown, path: str) -> None:
    assert _status(site, path.encode()) == 404


@pytest.mark.parametrize(
    "header", ["X-Original-URL: /metrics", "X-Rewrite-URL: /metrics", "X-HTTP-Method-Override: POST"]
)
def test_no_header_changes_what_is_asked(site: Shown, header: str) -> None:
    name, _, value = header.partition(": ")
    assert site.client.get("/api/v1/nothing", headers={name: value}).status_code == 404


def _status(site: Shown, path: bytes) -> int:
    """The status of a GET for a path that no client would send as it is."""
    return int(raw(site, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").split(b" ")[1])


def raw(site: Shown, request: bytes) -> bytes:
    """What comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", site.client.base_url.port or 0), timeout=60) as sock:
        sock.sendall(request)
        return b"".join(iter(lambda: sock.recv(65536), b""))


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
    ],
    ids=["smuggled", "http09", "two-hosts", "many-headers", "long-header", "rubbish"],
)
def test_broken_requests_are_refused(site: Shown, request_: bytes) -> None:
    try:
        answer = raw(site, request_)
    except ConnectionError:
        answer = b""  # seen off before it had said all it wanted to say
    assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 431", b"HTTP/1.1 404", b"HTTP/1.1 200"}
    assert site.client.get("/healthz").status_code == 200


BODIES = {
    "empty": b"",
    "no-json": b"url=http://x.example/",
    "list": b"[]",
    "number": b"1",
    "no-url": b"{}",
    "more": b'{"url": "http://x.example/", "more": 1}',
    "wrong-type": b'{"url": 1}',
    "deep": b"[" * 30_000,
    "long-number": b'{"url": ' + b"9" * 60_000 + b"}",
    "nan": b'{"url": NaN}',
    "bom": b'\xef\xbb\xbf{"url": "http://x.example/"}',
    "utf-16": '{"url": "http://x.example/"}'.encode("utf-16"),
    "broken-utf-8": b'{"url": "http://x.example/\xff"}',
    "lone-surrogate": b'{"url": "http://x.example/\\ud800"}',
    "no-address": b'{"url": "javascript:alert(1)"}',
    "file": b'{"url": "file:///etc/passwd"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_question_is_said_to_be_none(mine: Shown, name: str) -> None:
    answer = mine.client.post("/api/v1/fetch", content=BODIES[name])
    assert answer.status_code == 400, answer.text
    assert (answer.headers["content-type"], mine.asked) == ("application/problem+json", [])


def test_a_large_body_is_not_read(site: Shown) -> None:
    answer = site.client.post("/api/v1/fetch", content=b"x" * 100_000)
    assert answer.status_code == 413


def test_a_body_without_end_is_not_read_to_its_end(site: Shown) -> None:
    def forever() -> Iterator[bytes]:
        while True:
            yield b"x" * 10_000

    try:
        status = site.client.post("/api/v1/fetch", content=forever()).status_code
    except httpx.WriteError:
        status = 413  # hung up while we were still talking
    assert status == 413


def test_a_compressed_body_is_not_opened(site: Shown) -> None:
    answer = site.client.post("/api/v1/fetch", content=b"x", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415
