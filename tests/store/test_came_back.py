"""A disk that goes away under an open archive and comes back, and how to find out whether it can be written."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.errors import ArchiveUnwritable
from scraper.model import SourceState
from tests.store.kit import START, findings, opened, texts, visit
from tests.store.stunts import Stunt, Stunts


def test_an_archive_on_a_disk_that_came_back_is_used_again(tmp_path: Path) -> None:
    """S9, S15: the folder went away and another one with the same content is there; nobody has to be restarted."""
    root, away = tmp_path / "archive", tmp_path / "away"
    with opened(root) as archive:
        visit(archive, "before")
        root.rename(away)
        with pytest.raises(ArchiveUnwritable, match="not there any more"):
            visit(archive, "while it is away", at=START + timedelta(hours=1))
        assert not root.exists()
        shutil.copytree(away, root)
        assert visit(archive, "after", at=START + timedelta(hours=2))
        assert texts(archive) == ["before", "after"]
        archive.frontier.source_done(SourceState("https://news.example/feed", "news.example"))
    assert findings(root) == []
    with opened(away) as old:
        assert texts(old) == ["before"]


def test_a_reader_at_work_sees_one_moment_to_its_end(tmp_path: Path) -> None:
    """What was begun on the old disk is read from the old disk."""
    root = tmp_path / "archive"
    with opened(root) as archive:
        visit(archive, "before")
        with archive._catalogue.read() as db:
            db.execute("SELECT count(*) FROM versions").fetchall()
            root.rename(tmp_path / "away")
            shutil.copytree(tmp_path / "away", root)
            visit(archive, "after", at=START + timedelta(hours=2))
            assert db.execute("SELECT count(*) FROM versions").get == 1
        assert len(texts(archive)) == 2
    assert findings(root) == []


def test_whether_an_archive_can_be_written_is_found_out_by_writing(tmp_path: Path) -> None:
    """And leaves nothing behind."""
    with opened(tmp_path) as archive:
        visit(archive, "before")
        before = sorted(tmp_path.rglob("*"))
        archive.check_writable()
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("stunt", ["full", "broken", "read-only"])
def test_a_disk_that_cannot_be_written_is_said_so(tmp_path: Path, stunt: Stunt) -> None:
    """I8: the word is the one that a visit would give."""
    files = Stunts(-1, stunt)
    with opened(tmp_path, files) as archive:
        visit(archive, "before")
        files.at = files.steps + 2
        with pytest.raises(ArchiveUnwritable):
            archive.check_writable()
        assert not (tmp_path / ".run" / "probe").exists()
        archive.check_writable()
    assert findings(tmp_path) == []
