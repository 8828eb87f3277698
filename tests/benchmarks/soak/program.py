"""`scraper run` in simulated time: python -m tests.benchmarks.soak.program CONFIG ARCHIVE CLOCK SECONDS

The command's own function, with its fetcher over sockets, its caged reader and its archive. Changed is what time it is,
and how often the daemon looks whether there is work: every 30 seconds instead of every second. A month has 2.6 million
seconds.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import structlog
from anyio import to_thread

from scraper import daemon, log
from scraper.cli.run import _run
from scraper.fetch.exchange import Exchange
from scraper.worker import CagedReader
from tests.benchmarks.soak.clock import LeapingTime, SharedClock

BEAT = 30.0  # seconds


async def _watched(config: Path, archive: Path) -> None:
    """The daemon, and once a day what it holds in memory."""
    counting = asyncio.create_task(_count())
    try:
        await _run(frozenset({"scheduler", "worker"}), archive, config)
    finally:
        counting.cancel()


async def _count() -> None:
    while True:
        await asyncio.sleep(86_400)
        gc.collect()
        structlog.get_logger().info("objects", count=len(gc.get_objects()), tasks=len(asyncio.all_tasks()))


def main() -> None:
    """Run until the simulated time is over; then a SIGTERM, as from a service manager."""
    config, archive, clock_file, seconds = sys.argv[1:]
    clock = SharedClock(Path(clock_file))
    time_ = LeapingTime(
        clock, clock() + timedelta(seconds=float(seconds)), lambda: os.kill(os.getpid(), signal.SIGTERM)
    )
    daemon.BEAT = BEAT
    Exchange.get = time_.counted(Exchange.get)  # type: ignore[method-assign]  # a request is under way
    to_thread.run_sync = time_.counted(to_thread.run_sync)  # type: ignore[assignment]  # so is a call of the store
    for reading in ("read", "run"):  # and a page that is read
        setattr(CagedReader, reading, time_.counted(getattr(CagedReader, reading)))
    log.setup("json", "info")
    with asyncio.Runner(loop_factory=time_.loop) as runner:
        runner.run(_watched(Path(config), Path(archive)))


if __name__ == "__main__":
    main()
