"""The brakes of the daemon: room on the disk, and visits of one host in a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from scraper.limits import DayBudget, shortage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    """Nothing is said when nothing is wrong."""
    assert shortage(tmp_path, 0) is None


def test_a_disk_that_is_nearly_full_is_said_with_both_figures(tmp_path: Path) -> None:
    """And with the name of the setting that decides it."""
    assert "less than low_water under [archive] in scraper.toml (1000000000000 MB)" in (
        shortage(tmp_path, 10**18) or ""
    )


def test_an_archive_that_has_vanished_has_no_room(tmp_path: Path) -> None:
    """An unmounted disk is a reason to wait, not to fall over."""
    assert "No such file" in (shortage(tmp_path / "gone", 0) or "")


def test_a_host_is_visited_so_often_and_then_tomorrow() -> None:
    """What one host has spent costs no other."""
    budget = DayBudget(2)
    assert [budget.spend("a.example", NOON) for _ in range(3)] == [None, None, TOMORROW]
    assert budget.spend("b.example", NOON) is None


def test_a_new_day_is_a_new_budget() -> None:
    """Days are those of UTC, whatever zone the clock speaks."""
    budget = DayBudget(1)
    late = datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2)))
    assert [budget.spend("a.example", at) for at in (late, late, TOMORROW)] == [None, TOMORROW, None]
