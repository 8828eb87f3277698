"""What is worked out once and given again is what would be worked out now, and is not kept without end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from scraper.habits import Habits
from scraper.model import Revision
from scraper.store import library, shelves
from scraper.store.archive import FileArchive
from scraper.store.library import FileLibrary
from tests.store.kit import HARBOUR, OUTLET, START, article, gone, opened, visit

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


# ------------------------------------------------------------------------------------------------ found whole


def of_version(archive: FileArchive, number: int) -> tuple[str, Path]:
    """The id of the article, and the text of one of its versions."""
    entry = archive.find(HARBOUR)
    assert entry
    snapshot = archive.snapshot(entry.id, number)
    assert snapshot
    return entry.id, archive.root / snapshot.path


def harm(path: Path) -> None:
    """Other bytes, as many as before, and a time of change that says nothing of it."""
    before = path.stat()
    path.chmod(0o644)
    now = before
    while now.st_ctime_ns == before.st_ctime_ns:  # a tick of the system's clock
        path.write_bytes(b"x" * before.st_size)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        now = path.stat()


@pytest.mark.parametrize("suffix", [".txt", ".json"])
def test_what_was_whole_a_moment_ago_is_damaged_as_soon_as_somebody_touched_it(
    archive: FileArchive, suffix: str
) -> None:
    """Text or sidecar, whatever its size and its time of change say; its neighbour is whole as before."""
    kept, (id_, text) = FileLibrary(archive), of_version(archive, 1)
    assert kept.harmed(id_, {0, 1}) == []
    harm(text.with_suffix(suffix))
    assert [one.version for one in kept.harmed(id_, {0, 1})] == [1]


def test_what_is_missing_since_a_moment_is_damaged(archive: FileArchive) -> None:
    """And whole again once it was put back."""
    kept, (id_, text) = FileLibrary(archive), of_version(archive, 1)
    assert kept.harmed(id_, {0, 1}) == []
    text.rename(text.with_suffix(".away"))
    assert [one.version for one in kept.harmed(id_, {0, 1})] == [1]
    text.with_suffix(".away").rename(text)
    assert kept.harmed(id_, {0, 1}) == []


def test_files_that_nobody_touched_are_read_once_in_a_while(
    archive: FileArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of fifty versions has a hundred of them. What rots by itself is found out when that time is over."""
    kept, (id_, _) = FileLibrary(archive), of_version(archive, 1)
    assert kept.harmed(id_, {0, 1}) == []
    read: list[str] = []
    monkeypatch.setattr(shelves, "text_as_stored", lambda root, path, sha256: read.append(path))
    assert kept.harmed(id_, {0, 1}) == []
    assert not read
    monkeypatch.setattr(library, "CHECKED", -1.0)
    assert FileLibrary(archive).harmed(id_, {0, 1}) == []
    assert len(read) == 2


def test_a_version_that_was_read_anew_is_looked_at_anew(archive: FileArchive) -> None:
    """It has other files."""
    kept, (id_, _) = FileLibrary(archive), of_version(archive, 1)
    assert kept.harmed(id_, {0, 1}) == []
    entry = archive.find(HARBOUR)
    assert entry
    again = Revision(entry, 1, article("Another reading."), START + timedelta(hours=2), "rules")
    assert archive.revise(again)
    harm(of_version(archive, 1)[1])
    assert [one.version for one in kept.harmed(id_, {0, 1})] == [1]


# ------------------------------------------------------------------------------------------------ visits


def test_the_ends_of_an_article_are_told_once_it_has_a_tombstone(archive: FileArchive) -> None:
    """Then also the visit that saw it gone first; of one that was there again the next time nothing has ended."""
    kept, (id_, _) = FileLibrary(archive), of_version(archive, 1)
    gone(archive, at=START + timedelta(hours=2), confirmed=False)
    assert kept.watch(id_, 9).endings == ()
    gone(archive, at=START + timedelta(hours=8))
    visit(archive, "B", at=START + timedelta(hours=9))
    assert [one.verdict for one in kept.watch(id_, 9).endings] == ["gone", "gone", "back"]
