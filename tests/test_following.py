"""The search follows the archive beside the daemon, and takes nothing down with it."""

from __future__ import annotations

from pathlib import Path

import anyio
import structlog

from scraper.following import keep_up
from scraper.hits import Facets, Followed, Found
from scraper.outlets import Outlets
from scraper.pipeline.services import Services
from scraper.query import Query
from tests.fakes import InlineReader
from tests.store.kit import opened


class Broken:
    """A search that breaks twice and then follows."""

    def __init__(self) -> None:
        self.asked = 0
        self.followed = anyio.Event()

    def follow(self, _seconds: float) -> Followed:
        self.asked += 1
        if self.asked <= 2:
            raise RuntimeError("a bug")
        anyio.from_thread.run_sync(self.followed.set)
        return Followed()

    def behind(self) -> int:
        raise NotImplementedError

    def find(self, query: Query, *, limit: int = 20, cursor: str | None = None, seconds: float = 1.0) -> Found:
        raise NotImplementedError

    def facets(self, query: Query, *, seconds: float = 1.0) -> Facets:
        raise NotImplementedError


class Host:
    """A daemon that is well."""

    trouble: str | None = None

    def __init__(self) -> None:
        self.stopping = anyio.Event()


def test_a_search_that_breaks_ends_nobody_else(tmp_path: Path) -> None:
    async def main() -> int:
        with opened(tmp_path / "archive") as archive:
            services = Services(None, InlineReader(), archive, archive.frontier, Outlets.of(()))  # type: ignore[arg-type]  # nothing is fetched
            search, host = Broken(), Host()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(keep_up, search, services, host, 0.01)
                with anyio.fail_after(20):
                    await search.followed.wait()
                host.stopping.set()
            return search.asked

    with structlog.testing.capture_logs() as said:
        assert anyio.run(main) >= 3
    assert [line["event"] for line in said if line["log_level"] == "error"] == ["search-broke"] * 2
