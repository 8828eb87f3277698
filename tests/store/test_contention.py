"""Somebody else has the catalogue: writing waits and gives up without loss, reading goes on, the log does not stay."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.cli.state import _lines
from scraper.errors import ArchiveBusy
from scraper.model import SourceState
from scraper.store.archive import FileArchive
from tests.store.kit import HARBOUR, START, article, findings, intent, opened, page, texts, visit

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Another program, which knows nothing of ours, holds the catalogue at `root`."""
    command = [sys.executable, "-c", HOLD, str(root / "catalogue.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for long."""
    monkeypatch.setattr("scraper.store.catalogue.PATIENCE", 100)


@pytest.mark.usefixtures("impatient")
def test_a_catalogue_that_somebody_holds_stops_writing_only_and_loses_nothing(tmp_path: Path) -> None:
    """S11: one sentence in words of this program; what was fetched is kept, reading goes on, and then all does."""
    with opened(tmp_path) as archive:
        visit(archive, "A")
        with locked(tmp_path):
            seen = page(body=b"<p>B</p>", at=START + timedelta(hours=1))
            capture = archive.capture(seen)
            with pytest.raises(ArchiveBusy, match="another process holds it for too long") as caught:
                archive.commit(intent("edited", seen, capture, archive.find(HARBOUR), article("B")))
            with pytest.raises(ArchiveBusy):
                archive.frontier.source_done(SourceState("https://x.example/feed", "x.example"))
            assert "locked" not in str(caught.value)
            assert texts(archive) == ["A"]
            with FileArchive.open(tmp_path, read_only=True) as other:
                assert other.reports.status(START).disk.versions == 1
        assert archive.commit(intent("edited", seen, capture, archive.find(HARBOUR), article("B")))
        assert texts(archive) == ["A", "B"]
    assert findings(tmp_path) == []


@pytest.mark.usefixtures("impatient")
def test_all_who_wait_for_such_a_catalogue_are_told(tmp_path: Path) -> None:
    """S11: those behind the first do not wait for ever."""
    told: list[str] = []

    def write(archive: FileArchive) -> None:
        try:
            archive.frontier.source_done(SourceState("https://x.example/feed", "x.example"))
        except ArchiveBusy as error:
            told.append(error.why)

    with opened(tmp_path) as archive, locked(tmp_path):
        threads = [threading.Thread(target=write, args=(archive,)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
    assert len(told) == 8
    assert len(set(told)) == 1


def test_a_log_that_a_reader_keeps_is_told_of_and_cut_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S16: as long as somebody reads it grows, and `status` says so; afterwards it is as small as it may be."""
    for place in ("catalogue", "report"):
        monkeypatch.setattr(f"scraper.store.{place}.LOG_LIMIT", 1_000_000)
    with opened(tmp_path) as archive:
        visit(archive, "text")
        with archive._catalogue.read() as reader:
            assert reader.execute("SELECT count(*) FROM versions").fetchall() == [(1,)]
            for number in range(50):
                visit(archive, f"text {number}", at=START + timedelta(hours=number + 1))
            status = archive.reports.status(START)
            assert status.disk.log_grown
            assert status.disk.log > 1_000_000
            assert any(line.startswith("log ") for line in _lines(status, set(), START, None))
            assert reader.execute("SELECT count(*) FROM versions").fetchall() == [(1,)]
        # A checkpoint is made when the log is long: the first to write after that begins it anew.
        for number in range(50, 53):
            visit(archive, f"text {number}", at=START + timedelta(hours=number + 1))
        status = archive.reports.status(START)
        assert status.disk.log <= 1_000_000
        assert not status.disk.log_grown
        assert not any(line.startswith("log ") for line in _lines(status, set(), START, None))
