"""What has to work: without it, the refusals elsewhere would prove nothing."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from scraper.fetch.client import Client
from tests.fetch.helpers import fresh, get, seconds
from tests.fetch.hostile import GZIPPED, Hostile, article

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "ok-chunked",
        "ok-gzip",
        "ok-gzip-members",
        "ok-deflate",
        "ok-deflate-raw",
        "ok-http10",
        "ok-early-hints",
        "bare-lf",
        "chunk-tiny",
        "cookies-flood",
        "keep-alive-lie",
        "etag-60k",
    ],
)
async def test_whole_article(name: str, site: Hostile, client: Client) -> None:
    """Every honest way to send an article gives exactly that article."""
    page = await get(client, site.url(f"/{name}"))
    assert (page.status, page.body) == (200, article(name))


async def test_slow_but_alive(site: Hostile, tmp_path: Path) -> None:
    """An article in pieces, over more than one window in which too little may come, is taken."""
    async with fresh(tmp_path, rate_window=seconds(0.4), least_rate=1) as client:
        page = await get(client, site.url("/ok-slow"))
    assert page.body == article("ok-slow", 100)


async def test_raw_is_what_was_sent(site: Hostile, client: Client) -> None:
    """The body is kept as sent too, with its content coding."""
    page = await get(client, site.url("/ok-gzip"))
    assert page.raw == GZIPPED
    assert gzip.decompress(page.raw) == page.body


async def test_what_a_page_says_of_itself(site: Hostile, client: Client) -> None:
    """A page names what was asked, who answered, and both heads as they were on the wire."""
    page = await get(client, site.url("/ok-http10"))
    assert (page.url, page.final_url, page.address, page.http_version) == (
        site.url("/ok-http10"),
        site.url("/ok-http10"),
        "127.0.0.1",
        "1.0",
    )
    assert page.headers == (("Content-Type", "text/html"),)
    assert dict(page.request_headers) == site.asked("/ok-http10")[0].headers


async def test_plain_question(site: Hostile, client: Client) -> None:
    """The request says who asks, allows only bounded codings, and ends its connection."""
    await get(client, site.url("/plain"))
    headers = site.asked("/plain")[0].headers
    assert headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"] == "testbot/1.0 (tests)"
    assert (headers["Accept-Encoding"], headers["Connection"]) == ("gzip, deflate", "close")


async def test_redirect_chain(site: Hostile, client: Client) -> None:
    """The hops to the article are recorded, with the Location as it was written."""
    page = await get(client, site.url("/ok-redirect-chain"))
    assert page.final_url == site.url("/end?q=3")
    assert [(hop.url, hop.status, hop.location) for hop in page.hops] == [
        (site.url("/ok-redirect-chain"), 302, "/chain-1"),
        (site.url("/chain-1"), 302, "chain-2"),
        (site.url("/chain-2"), 302, "end?q=3"),
    ]


async def test_no_cookie_is_kept(site: Hostile, client: Client) -> None:
    """A flood of cookies is recorded on the page and never sent back."""
    first = await get(client, site.url("/cookies-flood"))
    await get(client, site.url("/cookies-flood"))
    assert sum(name == "Set-Cookie" for name, _ in first.headers) == 300
    assert "Cookie" not in site.asked("/cookies-flood")[1].headers


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6 on loopback")
async def test_address_in_brackets(tmp_path: Path) -> None:
    """An IPv6 address is asked for, and named, in brackets."""
    async with Hostile("::1") as six, fresh(tmp_path, private=(f"[::1]:{six.port}",)) as client:
        url = f"http://[::1]:{six.port}/a"
        page = await get(client, url)
    assert (page.final_url, page.address, six.asked("/a")[0].headers["Host"]) == (url, "::1", f"[::1]:{six.port}")


async def test_nothing_is_taken_from_the_environment(
    site: Hostile, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that only the environment names is not used."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.3:9")
    assert (await get(client, site.url("/plain"))).status == 200
