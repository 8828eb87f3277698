"""Children that may be killed: whatever one of them does, its parent, and all who wait, get on."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from scraper.cage import frames, pool
from scraper.cage.pool import Broken, Pool
from scraper.errors import Failed
from scraper.model import Verdict
from tests import cage
from tests.site import wait_for
from tests.tally import Tally

pytestmark = pytest.mark.anyio

MIB = 1 << 20


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


HARM: list[tuple[Callable[..., object], tuple[object, ...], type[Exception]]] = [
    (cage.hang, (), TimeoutError),
    (cage.spin, (), TimeoutError),
    (cage.stop, (), TimeoutError),
    (cage.stutter, (), TimeoutError),
    (cage.eat, (), MemoryError),
    (cage.die, (), Broken),
    (cage.die, (signal.SIGKILL,), Broken),
    (cage.die, (signal.SIGABRT,), Broken),
    (cage.leave, (), Broken),
    (sys.exit, (1,), Broken),
    (cage.boast, (), Broken),
    (cage.babble, (), Broken),
    (cage.giant, (), MemoryError),
    (cage.lie, (b"\x80\x05garbage",), Broken),
    (cage.lie, (b"",), Broken),
    (cage.lie, (pickle.dumps(os.getpid), frames.VALUE), Broken),
    (cage.lie, (pickle.dumps(1), frames.ERROR), Broken),
    (cage.lie, (b"", frames.READY), Broken),
    (cage.lie, (b"", b"?"), Broken),
    (cage.lie, (b"\x80\x04" + b"(" * 100_000,), Broken),
]


async def test_whatever_a_child_does_the_next_job_is_done(tally: Tally) -> None:
    """By another child, and nothing of the one before is left: not in memory, not in the table of processes."""
    children, right = Pool(1), 0
    for harm, args, error in HARM:
        with pytest.raises(error):
            await children.call(256 * MIB, 1.5, harm, *args)
        right += await children.call(256 * MIB, 20, abs, -3) == 3
    tally("children that misbehave", len(HARM), right)
    assert right == len(HARM)
    wait_for(lambda: {child.pid for child in psutil.Process().children()} <= children.pids)
    assert len(children.pids) == 1


async def test_an_answer_too_many_is_not_taken_for_the_next() -> None:
    """A child that answers before it is asked, or twice, is not believed: its text would go to another page."""
    children = Pool(1)
    pid = await children.call(256 * MIB, 20, os.getpid)
    assert await children.call(256 * MIB, 20, cage.many) == "first"
    assert await children.call(256 * MIB, 20, abs, -3) == 3
    assert pid not in children.pids


async def test_a_giant_answer_is_not_read() -> None:
    """Its size is known before it comes."""
    with pytest.raises(Broken, match="bytes"):
        await Pool(1).call(2048 * MIB, 20, cage.giant)


VALUES = [
    Failed("http://x.test/", "broken-feed", "why"),
    Verdict("new"),
    {"a": (1, None)},
    datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
async def test_values_and_errors_of_this_program_cross(value: object) -> None:
    """As what they are: a page with a time in its outlet's zone was once taken for one that ends its reader."""
    assert str(frames.answer(frames.VALUE, 0, frames.told(value)).value) == str(value)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/localtime", "", "a\0b", 7, None])
async def test_a_zone_that_is_none_is_no_answer(key: object) -> None:
    """A child may name what it likes: no file outside the zones is opened."""
    told = pickle.dumps((frames.zone, (key,))).replace(b"\x86\x94.", b"R.")
    with pytest.raises(frames.Garbage):
        frames.answer(frames.VALUE, 0, told)


async def test_an_answer_does_nothing(tmp_path: Path) -> None:
    """Reading it calls nothing but what makes values: a child whose parser was taken over stays in its cage."""
    told = pickle.dumps(cage.Evil(tmp_path / "made"))
    with pytest.raises(frames.Garbage):
        frames.answer(frames.VALUE, 0, told)
    assert not (tmp_path / "made").exists()


async def test_nobody_waits_for_slow_jobs(tally: Tally) -> None:
    """Two of them and two places: good ones go on all the while, and the slow ones end at their own time."""
    children, done, slow = Pool(2), 0, []
    await children.call(256 * MIB, 20, abs, -1)
    slow = [asyncio.create_task(children.call(256 * MIB, 9, cage.spin)) for _ in range(2)]
    await asyncio.sleep(pool.SLOW + 0.5)
    while not any(task.done() for task in slow):
        done += await children.call(256 * MIB, 20, abs, -1)
    assert done > 50
    ends = await asyncio.gather(*slow, return_exceptions=True)
    tally("slow pages beside good ones", 2, sum(isinstance(end, TimeoutError) for end in ends))
    assert [type(end) for end in ends] == [TimeoutError, TimeoutError]


async def test_the_number_of_children_is_bounded() -> None:
    """However many jobs are waiting, and however slow they are."""
    children, most = Pool(2), 0
    jobs = [asyncio.create_task(children.call(256 * MIB, 4, cage.hang)) for _ in range(9)]
    for _ in range(40):
        await asyncio.sleep(0.1)
        most = max(most, len(children.pids))
    assert most == 4
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    assert children.pids == frozenset()


async def test_a_cancelled_job_ends_its_child() -> None:
    """Nobody would ever take its answer."""
    children = Pool(1)
    job = asyncio.create_task(children.call(256 * MIB, 60, cage.hang))
    await asyncio.sleep(1)
    assert children.pids
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    assert children.pids == frozenset()


async def test_a_child_that_died_between_two_jobs_is_replaced() -> None:
    """Also if the kernel ended it because somebody else took all memory."""
    children = Pool(1)
    pid = await children.call(256 * MIB, 20, os.getpid)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert await children.call(256 * MIB, 20, os.getpid) != pid
    assert not psutil.pid_exists(pid)


async def test_a_worn_child_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many jobs, or when it holds on to memory: what leaks, leaks for a while only."""
    monkeypatch.setattr(pool, "MOST_JOBS", 3)
    children = Pool(1)
    pids = [await children.call(256 * MIB, 20, os.getpid) for _ in range(6)]
    assert (len(set(pids[:3])), len(set(pids[3:])), len(set(pids))) == (1, 1, 2)
    monkeypatch.setattr(pool, "MOST_JOBS", 500)
    held = [await children.call(2048 * MIB, 20, cage.hoard, size) for size in (MIB, 20 * MIB, 200 * MIB, MIB)]
    assert (len(set(held[:3])), len(set(held))) == (1, 2)


async def test_a_child_holds_itself_to_limits() -> None:
    """Of processor time, for one whose parent is gone; it dumps no core, and is the first to go if memory runs out."""
    found = await Pool(1).call(256 * MIB, 3, cage.limits)
    assert 0 < found["cpu"] <= 5
    assert (found["core"], found["oom"]) == (0, 1000)


PARENT = """
import asyncio
from scraper.cage.pool import Pool
from tests import cage

async def main():
    children = Pool(3)
    await children.call(1 << 28, 60, abs, -1)
    jobs = [asyncio.create_task(children.call(1 << 28, 60, job)) for job in (cage.hang, cage.spin, cage.stop)]
    while len(children.pids) < 3:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    print(*children.pids, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_its_parent(number: signal.Signals) -> None:
    """Idle, at work, hanging or stopped: when the parent is gone, so are they."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        parent.send_signal(number)
    assert len(pids) == 3
    wait_for(lambda: not any(map(_is_alive, pids)))


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_end_of_the_loop_is_the_end_of_the_children() -> None:
    """Nobody has to remember to close anything."""
    children = Pool(2)

    async def work() -> frozenset[int]:
        await asyncio.gather(*(children.call(256 * MIB, 20, time.sleep, 0.2) for _ in range(2)))
        return children.pids

    pids = asyncio.run(work())
    assert len(pids) == 2
    wait_for(lambda: not any(map(psutil.pid_exists, pids)))
