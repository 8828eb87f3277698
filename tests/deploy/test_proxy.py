"""The archive behind a real nginx and a real Caddy with the files that are shipped, as a browser meets it."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

import scraper
from scraper.serve.gate import Door
from tests.serve.shown import Shown, fill, shown
from tests.site import wait_for
from tests.tools import found, needs

DEPLOY = Path(scraper.__file__).parent.parent / "deploy"
NAME = "archive.example.org"
TOKEN = "0123456789abcdef0123456789abcdef"
AROUND = """
daemon off;
master_process off;
pid {root}/nginx.pid;
error_log {root}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    include {root}/archive.conf;
}}
"""
# Caddy would ask the world for a certificate.
BEFORE = """{{
	admin off
	auto_https off
	storage file_system {root}/kept
	log {{
		output file {root}/log
	}}
}}
"""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The archive with a token and a name."""
    with shown(tmp_path_factory.mktemp("behind") / "archive", Door(TOKEN, frozenset({NAME}))) as it:
        fill(it.archive)
        yield it


def _nginx(root: Path, port: int, upstream: str) -> list[str | Path]:
    """How to run it; only where things are was changed in the file."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
    text = re.sub(r"/etc/ssl/\S+\.pem", f"{root}/both.pem", text)
    (root / "archive.conf").write_text(text.replace("http://127.0.0.1:8765", upstream), encoding="utf-8")
    (root / "nginx.conf").write_text(AROUND.format(root=root), encoding="utf-8")
    return [found("nginx") or "", "-p", root, "-e", root / "error.log", "-c", root / "nginx.conf"]


def _caddy(root: Path, port: int, upstream: str) -> list[str | Path]:
    """The same; and a certificate, which it gets itself elsewhere."""
    text = (DEPLOY / "Caddyfile").read_text("utf-8").replace("127.0.0.1:8765", upstream)
    here = f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {root}/both.pem {root}/both.pem\n"
    (root / "Caddyfile").write_text(BEFORE.format(root=root) + text.replace(f"{NAME} {{\n", here), encoding="utf-8")
    return [found("caddy") or "", "run", "--config", root / "Caddyfile", "--adapter", "caddyfile"]


@pytest.fixture(scope="module", params=[pytest.param(_nginx, marks=needs("nginx"), id="nginx"),
                                        pytest.param(_caddy, marks=needs("caddy"), id="caddy")])  # fmt: skip
def proxy(
    request: pytest.FixtureRequest, behind: Shown, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client that asks the proxy by the name of the archive."""
    root = tmp_path_factory.mktemp("proxy")
    authority = trustme.CA()
    authority.issue_cert(NAME).private_key_and_cert_chain_pem.write_to_path(str(root / "both.pem"))
    authority.cert_pem.write_to_path(str(root / "authority.pem"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = request.param(root, port, str(behind.client.base_url).rstrip("/"))
    home = {"HOME": str(root), "XDG_DATA_HOME": str(root), "XDG_CONFIG_HOME": str(root)}
    with (root / "said").open("wb") as said, subprocess.Popen(
        command, env=os.environ | home, stdout=said, stderr=said
    ) as process:  # fmt: skip
        try:
            wait_for(lambda: _answers(port) or process.poll() is not None)
            with httpx.Client(
                base_url=f"https://127.0.0.1:{port}", trust_env=False, timeout=30, headers={"Host": NAME},
                verify=ssl.create_default_context(cafile=root / "authority.pem"),
            ) as client:  # fmt: skip
                yield client
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def ask(proxy: httpx.Client, path: str, method: str = "GET", **more: object) -> httpx.Response:
    """A request under the archive's name, with the token as a browser's password."""
    return proxy.request(method, path, extensions={"sni_hostname": NAME}, **({"auth": ("any", TOKEN)} | more))  # type: ignore[arg-type]


def test_pages_come_through_with_their_headers(proxy: httpx.Client) -> None:
    answer = ask(proxy, "/")
    assert (answer.status_code, "<ins" in answer.text) == (200, True)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["server"].lower() in {"nginx", "caddy"}


def test_the_token_is_asked_for_and_taken_as_bearer_and_as_password(proxy: httpx.Client) -> None:
    bare = ask(proxy, "/", auth=None)
    bearer = ask(proxy, "/api/v1/status", auth=None, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (bare.status_code, bearer.status_code) == (401, 200)
    assert "Basic" in bare.headers["www-authenticate"]


def test_feeds_lead_back_by_https(proxy: httpx.Client) -> None:
    """What the proxy says of how it was asked is believed, because it is on this machine."""
    feed = ask(proxy, "/feeds/changes.atom").text
    assert f'href="https://{NAME}/feeds/changes.atom"' in feed
    assert "http://127" not in feed


def test_a_visitor_cannot_say_how_the_proxy_was_asked(proxy: httpx.Client) -> None:
    feed = ask(
        proxy, "/feeds/changes.atom", headers={"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.example"}
    )
    assert f'href="https://{NAME}/feeds/changes.atom"' in feed.text


def test_the_archive_is_asked_for_by_its_own_name_only(proxy: httpx.Client) -> None:
    """Caddy, which knows the name from its file, has nothing to say under another."""
    answer = ask(proxy, "/", headers={"Host": "evil.example"})
    assert answer.status_code == 421 or not answer.content


def test_a_form_of_our_own_page_is_taken_and_a_strangers_is_not(proxy: httpx.Client, behind: Shown) -> None:
    form = {"url": "https://news.example/2024/06/anything"}
    own = ask(
        proxy, "/fetch", "POST", data=form, headers={"Origin": f"https://{NAME}", "Sec-Fetch-Site": "same-origin"}
    )
    stranger = ask(proxy, "/fetch", "POST", data=form, headers={"Origin": "https://evil.example"})
    assert (own.status_code, stranger.status_code) == (303, 403)
    assert own.headers["location"].startswith(("/fetch/", f"https://{NAME}/fetch/"))


def test_what_is_too_large_ends_at_the_proxy(proxy: httpx.Client) -> None:
    """Caddy up to 2.7 calls it a bad gateway."""
    assert ask(proxy, "/fetch", "POST", content=b"x" * 100_000).status_code in {413, 502}
