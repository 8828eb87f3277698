"""Reading in a cage: whatever a page does to its reader, one page fails and the next one is read."""

from __future__ import annotations

import errno
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest

from scraper.errors import ExtractError
from scraper.worker import Cage, CagedReader
from tests.fakes import Clock, answered, article_page

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


def hang() -> None:
    """Never come back."""
    time.sleep(600)


def eat() -> int:
    """Take more memory than there is."""
    return len(bytearray(8 << 30))


def die() -> None:
    """End the process as a parser does that crashes."""
    os.kill(os.getpid(), signal.SIGSEGV)


async def test_reads_a_page() -> None:
    """An ordinary page comes back as an article."""
    page = answered("https://example.com/pier", article_page(), Clock())
    article = await CagedReader(Cage(workers=1)).read(page, None)
    assert article is not None
    assert article.title == "Council votes to rebuild the old pier"


async def test_a_known_fingerprint_is_not_read_again() -> None:
    """None says that nothing has to be compared."""
    reader = CagedReader(Cage(workers=1))
    page = answered("https://example.com/pier", article_page(), Clock())
    article = await reader.read(page, None)
    assert article is not None
    assert await reader.read(page, None, article.fingerprint) is None


@pytest.mark.parametrize("harm", [eat, die])
async def test_the_next_page_is_read_after_harm(harm: Callable[[], object]) -> None:
    """A child that ran out of memory or crashed is replaced."""
    reader = CagedReader(Cage(workers=1, timeout=timedelta(seconds=20)))
    with pytest.raises((MemoryError, anyio.BrokenWorkerProcess)):
        await reader.run(harm)
    page = answered("https://example.com/pier", article_page(), Clock())
    assert await reader.read(page, None) is not None


async def test_a_hanging_child_is_ended_at_the_deadline() -> None:
    """Time is bounded from outside."""
    reader = CagedReader(Cage(workers=1, timeout=timedelta(seconds=1)))
    with pytest.raises(TimeoutError):
        await reader.run(hang)
    assert await reader.run(os.getpid) != os.getpid()


async def test_errors_keep_their_reason_across_processes() -> None:
    """What extraction says about a page arrives in one piece."""
    with pytest.raises(ExtractError) as caught:
        await CagedReader(Cage(workers=1)).read(
            answered("https://example.com/x", b"PK\x03\x04" + bytes(range(256)) * 50, Clock()), None
        )
    assert caught.value.reason == "not-text"


async def test_waiting_for_a_free_child_is_not_reading_time() -> None:
    """Heavy pages of one outlet must not make the pages of others, which queue behind them, look heavy."""
    reader = CagedReader(Cage(workers=1, timeout=timedelta(seconds=8)))
    await reader.run(os.getpid)
    done: list[bool] = []

    async def nap() -> None:
        await reader.run(time.sleep, 3)
        done.append(True)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(nap)
    assert len(done) == 3


async def test_the_cpu_time_of_a_child_is_bounded() -> None:
    """A child whose parent was killed while it worked does not work on for ever."""
    reader = CagedReader(Cage(workers=1, timeout=timedelta(seconds=60)))
    soft, used = await reader.run(cpu_limit)
    assert 0 < soft - used <= 62


def cpu_limit() -> tuple[int, float]:
    """The CPU seconds this process may take, and those it has taken."""
    return resource.getrlimit(resource.RLIMIT_CPU)[0], time.process_time()


async def test_a_machine_without_processes_to_spare_is_no_fault_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the page is not called heavy, which would put it off for a day."""

    def none_left(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("subprocess.Popen", none_left)
    reader = CagedReader(Cage(workers=1))
    with pytest.raises(ExtractError) as caught:
        await reader.read(answered("https://example.com/pier", article_page(), Clock()), None)
    assert caught.value.reason == "resources"
    with pytest.raises(anyio.BrokenWorkerProcess):
        await reader.run(os.getpid)
