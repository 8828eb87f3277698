"""Addresses: which are public, which are named by the configuration, and what a resolver may answer."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.fetch.client import Client
from scraper.fetch.guard import Endpoint, Guard
from scraper.fetch.trouble import Forbidden, Trouble
from tests.fetch.helpers import Lookup, outcome, policy, seconds
from tests.fetch.hostile import Hostile

pytestmark = pytest.mark.anyio

# Some of these pass `ipaddress.is_global` on Python 3.11.
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
    "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1",
    "fec0::1", "ff02::1", "fe80::1%lo",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    """No address of this machine, its networks, or the protocols' own is public, however it is wrapped."""
    with pytest.raises(Forbidden):
        Guard().check_literal(Endpoint.of(address, 80))


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    """Ordinary addresses pass."""
    Guard().check_literal(Endpoint.of(address, 80))


@given(st.ip_addresses(v=4))
def test_wrapped_addresses(address: object) -> None:
    """An IPv4 address inside an IPv6 one is judged as what it is."""

    def passes(text: str) -> bool:
        try:
            Guard().check_literal(Endpoint.of(text, 80))
        except Forbidden:
            return False
        return True

    assert not passes(f"::ffff:{address}") or passes(str(address))
    assert not passes(f"64:ff9b::{address}") or passes(str(address))


@pytest.mark.parametrize(
    ("private", "host", "port", "passes"),
    [
        ("10.1.0.0/16", "10.1.2.3", 80, True),
        ("10.1.0.0/16", "10.2.2.3", 80, False),
        ("10.1.0.0/16", "::ffff:10.1.2.3", 80, False),
        ("127.0.0.1:8700", "127.0.0.1", 8700, True),
        ("127.0.0.1:8700", "127.0.0.1", 8701, False),
        ("127.0.0.1:8700", "127.0.0.2", 8700, False),
        ("[::1]:8700", "::1", 8700, True),
        ("[0::0:1]:8700", "::1", 8700, True),
        ("[::1]:8700", "::1", 80, False),
        ("fd00::/8", "fd12::1", 80, True),
    ],
)
def test_private_entries(private: str, host: str, port: int, passes: bool) -> None:
    """What the configuration names may be reached, and nothing beside it."""
    guard = Guard((private,))
    if passes:
        guard.check_literal(Endpoint.of(host, port))
    else:
        with pytest.raises(Forbidden):
            guard.check_literal(Endpoint.of(host, port))


@pytest.mark.parametrize("entry", ["", "x", "127.0.0.1:", ":80", "[::1]", "h:99999", "h:-1", "10.1.0.1/16", "a b:0"])
def test_entries_that_make_no_sense(entry: str) -> None:
    """A mistake in the configuration is one, and does not open anything."""
    with pytest.raises(UsageError):
        Guard((entry,))


async def test_private_by_name(tmp_path: Path, site: Hostile) -> None:
    """A host and port named by the configuration may be anywhere; the same host at another port may not."""
    lookup = Lookup(bench_test=[["127.0.0.1"]])
    limits = policy(private=(f"Bench.test:{site.port}",))
    async with Client(limits, tmp_path, lookup=lookup) as client:
        assert await outcome(client, f"http://bench.test:{site.port}/a") == "200"
        assert await outcome(client, f"http://bench.test:{site.port + 1}/a") == "refused private-address"


# ------------------------------------------------------------------------------------------------ names


async def addresses(guard: Guard, host: str) -> list[str]:
    return [endpoint.host for endpoint in await guard.addresses(Endpoint.of(host, 80), 1)]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.3"],
        ["1.1.1.1", "127.0.0.3"],
        ["2606:4700::1111", "::ffff:127.0.0.3"],
        ["64:ff9b::7f00:3"],
        ["2002:7f00:3::"],
        ["fe80::1%2"],
        ["1.1.1.1"] * 20 + ["10.0.0.1"],
    ],
)
async def test_one_forbidden_answer_refuses_the_name(answers: list[str]) -> None:
    """A name that may lead to a forbidden address is refused, whatever else it leads to."""
    with pytest.raises(Forbidden):
        await addresses(Guard(lookup=Lookup(evil_test=[answers])), "evil.test")


async def test_rebinding(tmp_path: Path, site: Hostile, canary: Hostile) -> None:
    """A name is looked up once for each connection, and what was checked is what is dialled."""
    lookup = Lookup(evil_test=[["127.0.0.1"], ["127.0.0.1"], ["127.0.0.3"]])
    async with Client(policy(), tmp_path, lookup=lookup) as client:
        assert await outcome(client, f"http://evil.test:{site.port}/a") == "200"
        assert await outcome(client, f"http://evil.test:{site.port}/b") == "refused private-address"
    assert (site.connections, len(lookup.calls), canary.connections) == (2, 3, 0)


async def test_refusal_is_no_turn(tmp_path: Path, site: Hostile) -> None:
    """A host that was not asked, because of where its name led, need not be waited for."""
    lookup = Lookup(news_test=[["127.0.0.3"], ["127.0.0.1"]])
    async with Client(policy(delay=seconds(60)), tmp_path, lookup=lookup) as client:
        url = f"http://news.test:{site.port}/robots.txt"
        assert await outcome(client, url) == "refused private-address"
        assert await outcome(client, url, patience=seconds(1)) == "404"


async def test_next_address(tmp_path: Path, site: Hostile) -> None:
    """When the first address does not answer, the next one is tried."""
    lookup = Lookup(news_test=[["127.0.0.2", "127.0.0.1"]])
    async with Client(policy(), tmp_path, lookup=lookup) as client:
        assert await outcome(client, f"http://news.test:{site.port}/a") == "200"


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), False),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), True),
        (socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"), True),
        (OSError(24, "Too many open files"), True),
        (UnicodeError("label too long"), True),
    ],
)
async def test_lookup_that_fails(error: Exception, transient: bool) -> None:
    """A name that does not exist is not news a minute later; all other failures may pass."""

    def fail(host: str, port: int) -> Sequence[str]:
        raise error

    with pytest.raises(Trouble) as caught:
        await addresses(Guard(lookup=fail), "x.test")
    assert (caught.value.reason, caught.value.transient) == ("dns", transient)


@pytest.mark.parametrize("answers", [[], ["garbage"], [""]])
async def test_no_address(answers: list[str]) -> None:
    """An answer without an address is a failed lookup."""
    with pytest.raises(Trouble, match="no address"):
        await addresses(Guard(lookup=Lookup(x_test=[answers])), "x.test")


async def test_stuck_lookups(tmp_path: Path, site: Hostile) -> None:
    """While a hundred names are stuck in their lookup a good one is served."""
    release = threading.Event()

    def lookup(host: str, port: int) -> Sequence[str]:
        if host.startswith("stuck"):
            release.wait(60)
        return ["127.0.0.1"]

    async with Client(policy(), tmp_path, lookup=lookup) as client:
        stuck = [asyncio.create_task(outcome(client, f"http://stuck{n}.test:{site.port}/")) for n in range(100)]
        await asyncio.sleep(0.1)
        assert await outcome(client, f"http://good.test:{site.port}/a") == "200"
        assert not any(task.done() for task in stuck)
        release.set()
        assert await stuck[0] == "200"
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_stuck_lookups_are_given_up(tmp_path: Path) -> None:
    """A name whose lookup never ends is given up after the time for connecting."""
    release = threading.Event()

    def lookup(host: str, port: int) -> Sequence[str]:
        release.wait(60)
        return ["127.0.0.1"]

    async with Client(policy(connect_timeout=seconds(0.3)), tmp_path, lookup=lookup) as client:
        asked = (outcome(client, f"http://stuck{n}.test/") for n in range(100))
        assert set(await asyncio.gather(*asked)) == {"transient dns"}
    release.set()


async def test_lookups_are_bounded() -> None:
    """The same stuck name takes one thread however often it is asked, and all stuck names together a bounded number."""
    release = threading.Event()
    running = []

    def lookup(host: str, port: int) -> Sequence[str]:
        running.append(host)
        release.wait(10)
        return ["1.1.1.1"]

    guard = Guard(lookup=lookup)
    asked = [guard.addresses(Endpoint(f"h{n % 200}.test", 80), 0.3) for n in range(400)]
    said = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(error, Trouble) for error in said)
    assert len(running) == len(set(running)) == 128
    release.set()
