"""TLS: who is trusted, what an end without farewell means, and that a name stays a name wherever it is dialled."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

import pytest
import trustme

from scraper.errors import UsageError
from scraper.fetch.client import Client
from tests.fetch.helpers import Lookup, fresh, get, outcome, policy, seconds
from tests.fetch.hostile import CHUNKED, CLOSED, Behaviour, Hostile, Visit, answer, article, redirect

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate, as a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def serving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's side, with a certificate for `names`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


async def test_trusted_by_file(authority: trustme.CA, trusted: Path, tmp_path: Path) -> None:
    """A certificate of an authority in `ca_file` is trusted, others are not."""
    async with Hostile(tls=serving(authority, "127.0.0.1")) as site:
        async with fresh(tmp_path, ca_file=trusted) as client:
            page = await get(client, site.url("/a"))
            assert (page.body, page.address) == (article("a"), "127.0.0.1")
        async with fresh(tmp_path) as client:
            assert await outcome(client, site.url("/a")) == "transient tls"


async def test_trusted_by_openssl(
    authority: trustme.CA, trusted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE is honoured, as OpenSSL honours it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with Hostile(tls=serving(authority, "127.0.0.1")) as site, fresh(tmp_path) as client:
        assert await outcome(client, site.url("/a")) == "200"


async def test_wrong_name(authority: trustme.CA, trusted: Path, tmp_path: Path) -> None:
    """A certificate for another name is none."""
    async with Hostile(tls=serving(authority, "example.org")) as site, fresh(tmp_path, ca_file=trusted) as client:
        assert await outcome(client, site.url("/a")) == "transient tls"


async def test_old_tls(authority: trustme.CA, trusted: Path, tmp_path: Path) -> None:
    """A server that only speaks TLS 1.1 or older is not spoken to."""
    context = serving(authority, "127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with Hostile(tls=context) as site, fresh(tmp_path, ca_file=trusted) as client:
        assert await outcome(client, site.url("/a")) == "transient tls"


async def test_no_handshake(tmp_path: Path) -> None:
    """A server that accepts and says nothing is given up in time."""

    async def silence(visit: Visit) -> None:
        await asyncio.sleep(60)

    async with Hostile(paths={"*accept*": silence}) as site, fresh(tmp_path, connect_timeout=seconds(0.5)) as client:
        assert await outcome(client, site.url("/a").replace("http:", "https:")) == "transient tls"


async def test_plain_answer_to_tls(tmp_path: Path) -> None:
    """A server that answers a TLS greeting in plain text is no TLS server."""
    async with Hostile(paths={"*accept*": answer(article())}) as site, fresh(tmp_path) as client:
        assert await outcome(client, site.url("/a").replace("http:", "https:")) == "transient tls"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (CLOSED + article()[:400], "transient incomplete"),
        (CLOSED + article(), "transient incomplete"),
        (CHUNKED + b"5\r\nhello\r\n", "transient incomplete"),
        (answer(article()), "200"),
        (CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", "200"),
    ],
)
async def test_end_without_farewell(
    sent: bytes, expected: str, authority: trustme.CA, trusted: Path, tmp_path: Path
) -> None:
    """Without close_notify only a body that says where it ends is whole: anybody on the way can cut the others."""
    async with (
        Hostile(tls=serving(authority, "127.0.0.1"), paths={"/a": cutting(sent)}) as site,
        fresh(tmp_path, ca_file=trusted) as client,
    ):
        assert await outcome(client, site.url("/a")) == expected


def cutting(sent: bytes) -> Behaviour:
    """Send, then close the socket below TLS."""

    async def behave(visit: Visit) -> None:
        await visit.send(sent)
        await asyncio.sleep(0.05)
        assert visit.writer is not None
        socket = visit.writer.get_extra_info("socket")
        socket.shutdown(1)
        await asyncio.sleep(0.2)

    return behave


async def test_garbage_in_the_middle(authority: trustme.CA, trusted: Path, tmp_path: Path) -> None:
    """Records that are none, in the middle of a body, make it incomplete."""

    async def break_off(visit: Visit) -> None:
        assert visit.writer is not None
        await visit.send(CLOSED + article())
        os.write(visit.writer.get_extra_info("socket").fileno(), b"\x17\x03\x03\x00\x20" + b"x" * 32)
        await asyncio.sleep(0.2)

    async with (
        Hostile(tls=serving(authority, "127.0.0.1"), paths={"/a": break_off}) as site,
        fresh(tmp_path, ca_file=trusted) as client,
    ):
        assert await outcome(client, site.url("/a")) == "transient incomplete"


async def test_downgrade_is_recorded(authority: trustme.CA, trusted: Path, tmp_path: Path, site: Hostile) -> None:
    """A redirect from https to http is followed, and can be read from the hops."""
    paths = {"/down": redirect(site.url("/a"))}
    async with (
        Hostile(tls=serving(authority, "127.0.0.1"), paths=dict(paths)) as secure,
        fresh(tmp_path, ca_file=trusted) as client,
    ):
        page = await get(client, secure.url("/down"))
    assert [page.hops[0].url, page.final_url] == [secure.url("/down"), site.url("/a")]


async def test_connect_to(authority: trustme.CA, trusted: Path, tmp_path: Path) -> None:
    """A name that is dialled elsewhere keeps its name, in TLS and in the Host header; no lookup is made."""
    lookup = Lookup()
    async with Hostile("127.0.0.3", tls=serving(authority, "news.example")) as site:
        limits = policy(ca_file=trusted, private=(), connect_to={"news.example:443": f"127.0.0.3:{site.port}"})
        async with Client(limits, tmp_path, lookup=lookup) as client:
            page = await get(client, "https://NEWS.example./a")
    assert (page.final_url, page.address) == ("https://news.example/a", "127.0.0.3")
    assert site.asked("/a")[0].headers["Host"] == "news.example"
    assert lookup.calls == []


async def test_connect_to_is_for_one_place(authority: trustme.CA, tmp_path: Path, canary: Hostile) -> None:
    """That one name is dialled at a private address does not open the address to others, nor the name's other ports."""
    lookup = Lookup(news_example=[["127.0.0.3"]], evil_example=[["127.0.0.3"]])
    limits = policy(private=(), connect_to={"news.example:80": f"127.0.0.3:{canary.port}"})
    async with Client(limits, tmp_path, lookup=lookup) as client:
        assert await outcome(client, "http://news.example/a") == "200"
        for url in (f"http://news.example:{canary.port}/", f"http://evil.example:{canary.port}/", canary.url("/")):
            assert await outcome(client, url) == "refused private-address"


async def test_bad_authority_file(tmp_path: Path) -> None:
    """A `ca_file` that holds no certificate is a mistake of the configuration, found before anything is asked."""
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(UsageError, match="ca_file"):
        async with fresh(tmp_path, ca_file=tmp_path / "ca.pem"):
            pass
