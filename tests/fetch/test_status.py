"""Status codes, Retry-After, conditional requests."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.errors import Deferred
from scraper.fetch.client import Client
from tests.fetch.helpers import Clock, get, outcome, policy
from tests.fetch.hostile import Hostile, Visit, answer, article

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", ["401", "403", "404", "410", "418", "451", "500", "502", "999"])
async def test_any_status_is_a_page(status: str, site: Hostile, client: Client) -> None:
    """A whole answer is a page with its status, its words and its body."""
    site.paths["/x"] = answer(b"<p>no</p>", f"{status} Some Words")
    page = await get(client, site.url("/x"))
    assert (str(page.status), page.reason, page.body) == (status, "Some Words", b"<p>no</p>")
    assert site.count()["/x"] == 1


async def test_bare_404_is_a_page(site: Hostile, client: Client) -> None:
    """A missing article needs no body to be missing."""
    assert await outcome(client, site.url("/s404-bare")) == "404"


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("2", (2, 2)),
        ("huge", (86400, 86400)),
        ("date", (86400, 86400)),
        ("negative", (22, 30)),
        ("float", (22, 30)),
        ("garbage", (22, 30)),
        ("zero", (22, 30)),
        ("year", (22, 30)),
    ],
)
async def test_asked_to_wait(name: str, seconds: tuple[int, int], tmp_path: Path, site: Hostile) -> None:
    """A wait that is asked for is granted, up to a day; nonsense gets the ordinary pause."""
    clock = Clock()
    async with Client(policy(), tmp_path, now=clock) as client:
        with pytest.raises(Deferred) as caught:
            await get(client, site.url(f"/retry-after-{name}"))
    wait = caught.value.retry_at - clock.time
    assert timedelta(seconds=seconds[0]) <= wait <= timedelta(seconds=seconds[1])


async def test_waiting_is_for_the_whole_host(tmp_path: Path, site: Hostile) -> None:
    """After 429 nothing is asked of the host, by any client, until the time has come."""
    clock = Clock()
    async with Client(policy(), tmp_path, now=clock) as one, Client(policy(), tmp_path, now=clock) as two:
        assert await outcome(one, site.url("/retry-after-2")) == "deferred http-429"
        clock.forward(1.9)
        assert await outcome(one, site.url("/plain")) == "deferred host-paused"
        assert await outcome(two, site.url("/plain")) == "deferred host-paused"
        clock.forward(0.2)
        assert await outcome(two, site.url("/plain")) == "200"
    assert site.count() == {"/robots.txt": 1, "/retry-after-2": 1, "/plain": 1}


async def test_growing_pauses(tmp_path: Path, site: Hostile) -> None:
    """From the second failure in a row on a host is left alone, each time longer, up to an hour; success forgets."""
    clock = Clock()
    pauses = []
    async with Client(policy(), tmp_path, now=clock) as client:
        assert await outcome(client, site.url("/s500")) == "500"
        for _ in range(10):
            assert await outcome(client, site.url("/s500")) == "500"
            with pytest.raises(Deferred) as caught:
                await get(client, site.url("/plain"))
            pauses.append((caught.value.retry_at - clock.time).total_seconds())
            clock.forward(pauses[-1] + 0.001)
        assert await outcome(client, site.url("/plain")) == "200"
        assert await outcome(client, site.url("/s500")) == "500"
        assert await outcome(client, site.url("/plain")) == "200"
    assert pauses == sorted(pauses)
    assert (22 <= pauses[0] <= 30, 2700 <= pauses[-1] <= 3600) == (True, True)


async def test_a_pause_is_over_when_it_is_over(tmp_path: Path, site: Hostile) -> None:
    """What goes wrong with a page after a pause does not bring the pause back."""
    clock = Clock()
    async with Client(policy(), tmp_path, now=clock) as client:
        assert await outcome(client, site.url("/s429")) == "deferred http-429"
        clock.forward(31)
        assert await outcome(client, site.url("/gzip-cut")) == "transient incomplete"
        assert await outcome(client, site.url("/plain")) == "200"


async def test_missing_pages_are_no_trouble(site: Hostile, client: Client) -> None:
    """Any number of missing pages does not make a host suspect."""
    for _ in range(5):
        assert await outcome(client, site.url("/s404")) == "404"


async def test_dead_host_is_left_alone(client: Client) -> None:
    """A host that does not answer is asked twice, then left alone."""
    said = [await outcome(client, "http://127.0.0.2:9/x") for _ in range(3)]
    assert said == ["transient connect", "transient connect", "deferred host-paused"]


async def test_conditional_request(site: Hostile, client: Client) -> None:
    """Validators are sent as they were given; 304 is a page without a body."""

    async def conditional(visit: Visit) -> None:
        same = visit.headers.get("If-None-Match") == 'W/"7"' and "If-Modified-Since" in visit.headers
        await visit.send(b"HTTP/1.1 304 Not Modified\r\n\r\n" if same else answer(article("x")))

    site.paths["/x"] = conditional
    page = await get(client, site.url("/x"), etag='W/"7"', last_modified="Sun, 22 Nov 2026 08:00:00 GMT")
    assert (page.status, page.body) == (304, b"")


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        ('"' + "e" * 2000 + '"', "yesterday-ish"),
        ('"a\r\nX-Injected: yes"', "Sun, 22 Nov 2026 08:00:00 GMT\r\nX-Injected: yes"),
        ('"\x00"', "Sun, 22 Nov 2099 08:00:00 GMT"),
        ('"caf\u00e9"', "Sun, 22 Nov 99999 08:00:00 +9999"),
        ("", ""),
    ],
)
async def test_hostile_validators_are_not_sent(etag: str, last_modified: str, site: Hostile, client: Client) -> None:
    """What is no validator, or would make a request large or lie for ever, is dropped."""
    await get(client, site.url("/plain"), etag=etag, last_modified=last_modified)
    assert not {"If-None-Match", "If-Modified-Since", "X-Injected"} & site.asked("/plain")[0].headers.keys()


async def test_no_credentials(site: Hostile, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """401 is an answer; what a .netrc knows stays there."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await outcome(client, site.url("/s401")) == "401"
    assert "Authorization" not in site.asked("/s401")[0].headers


async def test_capture_time_is_ours(site: Hostile, tmp_path: Path) -> None:
    """The time of a capture is the time we asked, whatever Date says."""
    clock = Clock()
    site.paths["/x"] = answer(article("x"), Date="Thu, 01 Jan 1970 00:00:00 GMT", Age="-5")
    async with Client(policy(), tmp_path, now=clock) as client:
        assert (await get(client, site.url("/x"))).fetched_at == clock.time


async def test_flap(site: Hostile, client: Client) -> None:
    """A host that failed once is asked again at once."""
    before = time.monotonic()
    assert [await outcome(client, site.url(path)) for path in ("/s500", "/plain")] == ["500", "200"]
    assert time.monotonic() - before < 1
