"""What faults leave behind, and what they do not: files that failed, pieces in quarantine, temporary files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scraper.errors import ArchiveDamaged, ArchiveUnwritable
from scraper.store.files import Files, read
from tests.store.kit import START, Clock, findings, opened, page
from tests.store.scenes import DAY, SCENES, prepared
from tests.store.stunts import Stunts


def test_a_failed_sync_ends_its_file(tmp_path: Path) -> None:
    """S5: after EIO from fsync the next record begins a new WARC file, though a second fsync would have said yes."""
    root = prepared(tmp_path / "archive", SCENES["edit"])
    files = Stunts(0, "broken")
    with opened(root, files, seed=2, clock=Clock(START + DAY)) as archive:
        files.at = files.steps + 2  # write, fsync
        with pytest.raises(ArchiveUnwritable, match="not counted as stored"):
            archive.capture(page(at=START + DAY))
        assert files.done == "fsync"
        archive.capture(page(at=START + DAY))
    assert len(list(root.glob("warc/*/*/*.warc.gz"))) == 2
    assert findings(root) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A name that is taken stops the write; what is there stays as it is."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        Files().create(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_crash_loop_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I10: quarantine keeps a bounded number of pieces."""
    monkeypatch.setattr("scraper.store.quarantine.PIECES", 5)
    root = prepared(tmp_path / "archive", SCENES["edit"])
    for _ in range(12):
        with next(root.glob("warc/*/*/*.gz")).open("ab") as file:
            file.write(b"torn")
        opened(root).close()
    pieces = [path for path in (root / "quarantine").iterdir() if path.suffix != ".why"]
    assert 1 <= len(pieces) <= 6
    assert findings(root) == []


def test_what_is_put_aside_is_for_the_owner_only(tmp_path: Path) -> None:
    """I11: neither quarantine nor the things of the moment are open to others."""
    root = prepared(tmp_path / "archive", SCENES["edit"])
    with next(root.glob("warc/*/*/*.gz")).open("ab") as file:
        file.write(b"torn")
    opened(root).close()
    assert [stat.S_IMODE((root / name).stat().st_mode) for name in ("quarantine", ".run")] == [0o700, 0o700]


def test_a_file_that_comes_in_pieces_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is far away may give less than it was asked for. What is longer than it may be is refused."""
    path, content, whole = tmp_path / "file", bytes(range(100)), os.read
    path.write_bytes(content)
    monkeypatch.setattr(os, "read", lambda fd, size: whole(fd, min(size, 7)))
    assert read(path) == content
    assert read(path, limit=100) == content
    with pytest.raises(ArchiveDamaged, match="100 bytes long"):
        read(path, limit=99)


def test_an_empty_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read(tmp_path / "file") == b""
