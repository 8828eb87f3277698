"""What is worked out once and given again is what would be worked out now, and is not kept without end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from scraper.habits import Habits
from scraper.store import library
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary
from tests.store.kit import HARBOUR, OUTLET, START, opened, visit

LATER = START + timedelta(days=3)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An archive with an article that was edited once."""
    with opened(tmp_path / "archive") as made:
        visit(made, "A")
        visit(made, "B", at=START + timedelta(hours=1))
        yield made


def counted(habits: Habits) -> tuple[int, int]:
    """Articles, and edits of the most edited one."""
    return habits.articles, dict(habits.most_edited).get(habits.most_edited[0][0], 0)


def test_habits_are_as_new_once_they_are_a_minute_old(archive: FileArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within it they are given again; then what was stored meanwhile is in them."""
    kept = FileLibrary(archive)
    assert counted(kept.habits(OUTLET.id, UTC, LATER)) == (1, 1)
    visit(archive, "C", at=START + timedelta(hours=2))
    assert counted(kept.habits(OUTLET.id, UTC, LATER)) == (1, 1)
    monkeypatch.setattr(library, "STEADY", -1.0)
    assert counted(kept.habits(OUTLET.id, UTC, LATER)) == (1, 2)
    assert kept.habits(OUTLET.id, UTC, LATER) == FileLibrary(archive).habits(OUTLET.id, UTC, LATER)


def test_where_nothing_is_stored_only_the_time_moves_on(archive: FileArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is not read again for it, and the habits are those of the later moment all the same."""
    monkeypatch.setattr(library, "STEADY", -1.0)
    kept = FileLibrary(archive)
    visit(archive, "A", url=f"{HARBOUR}-2")
    early = kept.habits(OUTLET.id, UTC, START + timedelta(minutes=90))
    late = kept.habits(OUTLET.id, UTC, LATER)
    assert late == FileLibrary(archive).habits(OUTLET.id, UTC, LATER)
    assert late.rates != early.rates


def test_habits_of_very_many_outlets_are_not_kept(archive: FileArchive) -> None:
    """Each takes memory: the longest unused go."""
    kept = FileLibrary(archive)
    for number in range(2 * library.OUTLETS):
        kept.habits(f"outlet{number}.example", UTC, LATER)
    assert len(kept._known) == library.OUTLETS
