"""A disk that is really full: the work stops with a sentence, nothing is lost, and goes on when there is room."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.errors import ArchiveUnwritable
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import START, dumped, findings, leftovers, opened, page, texts, visit


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of one MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no permission to mount")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(archive: FileArchive, start: int) -> int:
    """Store text after text until there is no room; how many there are then. One that was refused half-way may be
    found whole by the repair, and is then there."""
    with contextlib.suppress(ArchiveUnwritable):
        for number in itertools.count(start):
            visit(archive, f"text {number} " * 200, at=START + timedelta(minutes=number))
    with pytest.raises(ArchiveUnwritable, match="full"):
        archive.capture(page(body=os.urandom(1 << 23)))
    return len(texts(archive))


def test_a_full_disk_stops_the_work_and_loses_nothing(small: Path) -> None:
    """I3, I8, S1, S2: three times full, three times room again, in one process; then the archive is whole."""
    stored = 0
    with opened(small / "archive") as archive:
        for size in (2, 3, 4):
            before, stored = stored, fill(archive, stored)
            assert stored > before
            assert texts(archive) == [f"text {number} " * 199 + f"text {number} " for number in range(stored)]
            subprocess.run(["mount", "-o", f"remount,size={size}m", small], check=True)
        assert visit(archive, "room again", at=START + timedelta(days=9))
    assert not leftovers(small)
    assert findings(small / "archive") == []
    lines = dumped(small / "archive")
    reindex(small / "archive")
    assert dumped(small / "archive") == lines


def test_a_full_disk_can_be_read(small: Path) -> None:
    """Reading needs no room."""
    with opened(small / "archive") as archive:
        stored = fill(archive, 0)
        with FileArchive.open(small / "archive", read_only=True) as reader:
            assert len(texts(reader)) == stored
