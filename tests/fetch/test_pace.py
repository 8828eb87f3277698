"""The pace of a host: within a process, between processes, after a crash, and over a clock that jumps."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import Deferred
from scraper.fetch import hostfile
from scraper.fetch.client import Client
from scraper.fetch.hostfile import HostState
from scraper.fetch.pace import Ask, Pace
from tests.fetch.helpers import Clock, fresh, get, outcome, policy, seconds
from tests.fetch.hostile import Hostile, Visit, answer, article

pytestmark = pytest.mark.anyio


async def slowly(visit: Visit) -> None:
    """An article that takes a while."""
    await asyncio.sleep(0.1)
    await visit.send(answer(article("slowly")))


def gaps(*sites: Hostile) -> list[float]:
    """The pauses between the end of one request and the start of the next, in seconds."""
    visits = sorted((visit for site in sites for visit in site.visits), key=lambda visit: visit.began)
    return [later.began - sooner.ended for sooner, later in pairwise(visits)]


def descriptors() -> list[int]:
    """The open files of this process."""
    return [int(link.name) for link in Path("/proc/self/fd").iterdir()]


async def test_one_at_a_time(tmp_path: Path, site: Hostile) -> None:
    """Many requests for one host come one after the other, in the order in which they were made."""
    site.paths |= {f"/{n}": slowly for n in range(4)}
    async with fresh(tmp_path, delay=seconds(0.15)) as client:
        await asyncio.gather(*(get(client, site.url(f"/{n}")) for n in range(4)))
    assert min(gaps(site)) >= 0.14
    assert [visit.path for visit in site.visits] == ["/robots.txt", "/0", "/1", "/2", "/3"]


async def test_a_host_is_a_name(tmp_path: Path, site: Hostile) -> None:
    """Two ports of one host are one host."""
    async with Hostile(paths={"/x": slowly}) as port, fresh(tmp_path, delay=seconds(0.15)) as client:
        await asyncio.gather(*(get(client, place.url("/x")) for place in (site, port)))
        assert min(gaps(site, port)) >= 0.14


async def test_redirects_take_turns(tmp_path: Path, site: Hostile) -> None:
    """Each hop, and robots.txt too, waits for the host's pace."""
    async with fresh(tmp_path, delay=seconds(0.1)) as client:
        await get(client, site.url("/ok-redirect-chain"))
    assert len(site.visits) == 5
    assert min(gaps(site)) >= 0.09


async def test_hosts_do_not_wait_for_each_other(tmp_path: Path, site: Hostile, other: Hostile) -> None:
    """One host's pace is no other's."""
    async with fresh(tmp_path, delay=seconds(3600)) as client:
        assert await outcome(client, site.url("/robots.txt"), patience=seconds(0)) == "404"
        assert await outcome(client, other.url("/robots.txt"), patience=seconds(0)) == "200"
        assert await outcome(client, site.url("/robots.txt"), patience=seconds(0)) == "deferred pace"


async def test_outlet_delay(tmp_path: Path, site: Hostile) -> None:
    """An outlet's own pace holds, also for those who come after it with a shorter one."""
    async with fresh(tmp_path, delay=seconds(0)) as client:
        await get(client, site.url("/a"), delay=seconds(0.3))
        await get(client, site.url("/b"))
    assert gaps(site)[-1] >= 0.29


async def test_patience(tmp_path: Path, site: Hostile) -> None:
    """Who cannot wait long enough is told at once when to come back."""
    async with fresh(tmp_path, delay=seconds(7200)) as client:
        await get(client, site.url("/robots.txt"), patience=seconds(0))
        async with asyncio.timeout(60):
            with pytest.raises(Deferred) as caught:
                await get(client, site.url("/a"), patience=seconds(3600))
    assert (caught.value.reason, caught.value.detail) == ("pace", "others wait for 127.0.0.1 too")


async def test_patience_in_the_queue(tmp_path: Path, site: Hostile) -> None:
    """Patience also ends in the queue behind somebody slow; the queue goes on without us."""
    enough = asyncio.Event()

    async def held(visit: Visit) -> None:
        await enough.wait()
        await visit.send(answer(article("held")))

    site.paths["/held"] = held
    async with fresh(tmp_path) as client:
        first = asyncio.create_task(get(client, site.url("/held")))
        await site.reached("/held")
        assert await outcome(client, site.url("/b"), patience=seconds(0.02)) == "deferred pace"
        enough.set()
        assert (await first).status == 200
        assert await outcome(client, site.url("/c"), patience=seconds(60)) == "200"


async def test_cancelled_turn(tmp_path: Path, site: Hostile) -> None:
    """A request that is cancelled frees its host, and nothing is left open."""
    async with fresh(tmp_path) as client:
        task = asyncio.create_task(get(client, site.url("/hang")))
        await site.reached("/hang")
        before = len(descriptors())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await outcome(client, site.url("/b"), patience=seconds(60)) == "200"
        assert len(descriptors()) < before


# ------------------------------------------------------------------------------------------------ processes

ASK = """
import asyncio, sys
from pathlib import Path
from tests.fetch.helpers import fresh, get, seconds

async def main(url, state, delay, count):
    async with fresh(Path(state), delay=seconds(float(delay)), deadline=seconds(30), silence=seconds(30)) as client:
        for n in range(int(count)):
            print((await get(client, f"{url}?{n}")).status, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def start(url: str, state: Path, delay: float, count: int) -> asyncio.subprocess.Process:
    """Another process that asks for `url` so many times."""
    arguments = [sys.executable, "-c", ASK, url, str(state), str(delay), str(count)]
    return await asyncio.create_subprocess_exec(*arguments, stdout=subprocess.PIPE)


async def test_two_processes(tmp_path: Path, site: Hostile) -> None:
    """Two processes never ask one host at once, nor sooner than the pace after the other's request."""
    site.paths["/x"] = slowly
    started = [await start(site.url("/x"), tmp_path, 0.2, 4) for _ in range(2)]
    said = [(await process.communicate())[0].split() for process in started]
    assert said == [[b"200"] * 4] * 2
    assert site.most_at_once == 1
    assert min(gaps(site)) >= 0.19
    assert site.count()["/robots.txt"] <= 2


async def test_killed_in_a_request(tmp_path: Path, site: Hostile) -> None:
    """After kill -9 in the middle of a request the host is free, and still gets its pause."""
    process = await start(site.url("/hang"), tmp_path, 0.8, 1)
    await site.reached("/hang?0")
    began = site.asked("/hang?0")[0].began
    async with fresh(tmp_path, delay=seconds(0.8)) as client:
        assert await outcome(client, site.url("/a"), patience=seconds(0.05)) == "deferred pace"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        assert await outcome(client, site.url("/b"), patience=seconds(60)) == "200"
    assert site.asked("/b")[0].began - began > 0.75


# ------------------------------------------------------------------------------------------------ clocks and files


async def test_clock_set_back(tmp_path: Path, site: Hostile) -> None:
    """After the clock was set back by a day a pause begins anew, and does not last a day."""
    clock = Clock()
    async with Client(policy(), tmp_path, now=clock) as client:
        assert await outcome(client, site.url("/s429")) == "deferred http-429"
        clock.forward(-86400)
        with pytest.raises(Deferred) as caught:
            await get(client, site.url("/a"))
        assert caught.value.retry_at - clock.time <= seconds(30)
        clock.forward(31)
        assert await outcome(client, site.url("/a")) == "200"


async def test_clock_set_back_within_the_pace(tmp_path: Path, site: Hostile) -> None:
    """The ordinary pause survives a clock that was set back, too."""
    clock = Clock()
    async with Client(policy(delay=seconds(20)), tmp_path, now=clock) as client:
        await get(client, site.url("/robots.txt"))
        clock.forward(-86400)
        with pytest.raises(Deferred) as caught:
            await get(client, site.url("/a"), patience=seconds(1))
        assert caught.value.retry_at - clock.time <= seconds(20)
        clock.forward(20)
        assert await outcome(client, site.url("/robots.txt"), patience=seconds(0)) == "404"


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"null", b"[]", b'{"done": 1}', b"\x00" * 100, b"\xff\xfe", b"[" * 4096, b'{"done":' + b"9" * 4000]
    + [
        b'{"done": %s, "delay": 0, "pause": %s, "failures": 0, "error": ""}' % pair
        for pair in [(b"NaN", b"1"), (b"1", b"Infinity"), (b"-1", b"1"), (b'"x"', b"1"), (b"1e999", b"1")]
    ],
)
async def test_odd_state(text: bytes, tmp_path: Path, site: Hostile) -> None:
    """A torn, foreign or impossible state counts as none."""
    (tmp_path / f"{hostfile.file_name('127.0.0.1')}.json").write_bytes(text)
    async with fresh(tmp_path) as client:
        assert await outcome(client, site.url("/a"), patience=seconds(60)) == "200"


async def test_unusable_state_folder(tmp_path: Path, site: Hostile) -> None:
    """Where nobody can say who else asks a host, it is not asked, and that is said."""
    async with fresh(tmp_path / "hosts") as client:
        (tmp_path / "hosts").rmdir()
        (tmp_path / "hosts").write_text("a file")
        assert await outcome(client, site.url("/a")) == "transient state"
    assert site.connections == 0


async def test_full_disk(tmp_path: Path, site: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the pace is kept within the process."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async with fresh(tmp_path, delay=seconds(0.2)) as client:
        monkeypatch.setattr(os, "pwrite", full)
        await get(client, site.url("/a"))
        await get(client, site.url("/b"))
    assert min(gaps(site)) >= 0.19


async def test_many_hosts_down_cost_nothing(tmp_path: Path) -> None:
    """Asking for 200 hosts that are being left alone opens nothing and is done in a moment."""
    clock = Clock()
    pace = Pace(tmp_path, policy(), clock)
    asks = [Ask(f"http://host-{n}.test/", f"host-{n}.test", 0.0, 60.0, 9) for n in range(200)]
    for ask in asks:
        async with pace.turn(ask) as turn:
            turn.asked_to_wait(503, None)

    async def is_paused(ask: Ask) -> bool:
        with pytest.raises(Deferred, match="host-paused"):
            async with pace.turn(ask):
                pass
        return True

    files = len(descriptors())
    started = time.process_time()
    assert all(await asyncio.gather(*map(is_paused, asks)))
    assert time.process_time() - started < 0.5
    assert len(descriptors()) == files


async def test_open_files_are_bounded(tmp_path: Path) -> None:
    """However many hosts are to be asked at once, only so many connections and locks are open."""
    open_now = most = 0
    pace = Pace(tmp_path, policy(connections=10), Clock())

    async def visit(n: int) -> None:
        nonlocal open_now, most
        async with pace.turn(Ask(f"http://h{n}.test/", f"h{n}.test", 0.0, 60.0, 9)):
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0.001)
            open_now -= 1

    await asyncio.gather(*(visit(n) for n in range(100)))
    assert most == 10


async def test_out_of_descriptors(tmp_path: Path, site: Hostile) -> None:
    """Without a free descriptor a request fails, says so, and does not blame the host."""
    async with fresh(tmp_path) as client:
        await get(client, site.url("/a"))
        with no_descriptors(left=0):
            said = [await outcome(client, site.url("/a")) for _ in range(3)]
        with no_descriptors(left=1):
            said += [await outcome(client, site.url("/a")) for _ in range(3)]
        assert said == ["transient resources"] * 6
        assert await outcome(client, site.url("/a")) == "200"


@contextmanager
def no_descriptors(left: int) -> Iterator[None]:
    """All descriptors but `left` are in use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(descriptors()) + 10, hard))
    opened = []
    try:
        with suppress(OSError):
            while True:
                opened.append(os.open("/dev/null", os.O_RDONLY))
        for _ in range(left):
            os.close(opened.pop())
        yield
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@given(st.text(min_size=1), st.text(min_size=1))
def test_file_names(one: str, two: str) -> None:
    """Any host has a file name of its own that is short, safe and not hidden."""
    names = hostfile.file_name(one), hostfile.file_name(two)
    assert (names[0] == names[1]) == (one == two)
    assert all(len(name) < 100 and "/" not in name and not name.startswith(".") and name.isascii() for name in names)


@given(
    st.builds(
        HostState,
        *(st.floats(0, 1e12) for _ in range(3)),
        failures=st.integers(0, 10**6),
        error=st.text(max_size=40),
    )
)
def test_state_round_trip(state: HostState) -> None:
    """What is written of a host is what is read."""
    assert hostfile.decode(hostfile.encode(state)) == state


@given(st.binary(max_size=200))
def test_any_state(text: bytes) -> None:
    """Any content of a state file can be read."""
    assert hostfile.decode(text).failures >= 0
