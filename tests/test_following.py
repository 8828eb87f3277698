"""The search follows the archive beside the daemon, and takes nothing down with it."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import structlog

from scraper.following import PATIENCE, keep_up
from scraper.hits import Facets, Followed, Found
from scraper.outlets import Outlets
from scraper.pipeline.services import Services
from scraper.query import Query
from scraper.store import paths
from scraper.store.locks import Lock
from tests.fakes import InlineReader
from tests.serve.shown import told
from tests.store.kit import article, opened


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


class Told(Broken):
    """A search that tells one thing after another, and then the last one for ever."""

    def __init__(self, *told: Followed) -> None:
        super().__init__()
        self._told = told

    def follow(self, _seconds: float) -> Followed:
        self.asked += 1
        if self.asked > len(self._told):
            anyio.from_thread.run_sync(self.followed.set)
        return self._told[min(self.asked, len(self._told)) - 1]


class Host:
    """A daemon that is well."""

    trouble: str | None = None

    def __init__(self) -> None:
        self.stopping = anyio.Event()


def kept_up(root: Path, search: Broken) -> list[MutableMapping[str, Any]]:
    """What is logged while a daemon keeps `search` up until it followed."""

    async def main() -> None:
        with opened(root / "archive") as archive:
            services = Services(None, InlineReader(), archive, archive.frontier, Outlets.of(()))  # type: ignore[arg-type]  # nothing is fetched
            host = Host()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(keep_up, search, services, host, 0.001)
                with anyio.fail_after(60):
                    await search.followed.wait()
                host.stopping.set()

    with structlog.testing.capture_logs() as said:
        anyio.run(main)
    return said


def behind(said: list[MutableMapping[str, Any]]) -> list[str]:
    return [line["why"] for line in said if line["event"] == "search-behind"]


BUSY = Followed(behind=3, why="they are being taken in just now", busy=True)
FULL = Followed(behind=3, why="no room")


def test_that_two_meet_is_nothing_to_tell_of(tmp_path: Path) -> None:
    """Not each time they do, and what was said before it is not said again after it."""
    assert behind(kept_up(tmp_path, Told(BUSY, Followed(), BUSY, BUSY, Followed()))) == []
    assert behind(kept_up(tmp_path, Told(FULL, BUSY, FULL, Followed(), FULL))) == ["no room", "no room"]


def test_somebody_who_never_ends_is_told_of_once(tmp_path: Path) -> None:
    """As long as less and less is left it goes on, however long it takes."""
    going_on = [replace(BUSY, behind=left) for left in range(2 * PATIENCE, 0, -1)]
    assert behind(kept_up(tmp_path, Told(*going_on, Followed()))) == []
    assert behind(kept_up(tmp_path, Told(*[BUSY] * 3 * PATIENCE, Followed()))) == [BUSY.why]


def test_two_that_meet_in_one_archive_know_it_of_each_other(tmp_path: Path) -> None:
    """Really: one holds the lock of the search while the other looks."""
    with opened(tmp_path / "archive") as archive, opened(tmp_path / "archive") as other:
        told(archive, article("The harbour reopens on Monday."))
        with Lock(archive.root / paths.RUN / "search.lock").held(0.0, "a test"):
            met = other.search.follow(5)
        assert (met.busy, met.behind) == (True, 1)
        after = other.search.follow(5)
        assert (after.busy, after.behind, after.why) == (False, 0, None)


def test_a_search_that_breaks_ends_nobody_else(tmp_path: Path) -> None:
    search = Broken()
    said = kept_up(tmp_path, search)
    assert search.asked >= 3
    assert [line["event"] for line in said if line["log_level"] == "error"] == ["search-broke"] * 2
