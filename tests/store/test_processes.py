"""Real processes on one archive: killed at random, or writing at the same time."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import dumped, findings

Acknowledged = list[tuple[str, int, str]]


def started(root: Path, name: str, *, articles: int, count: int) -> subprocess.Popen[str]:
    """A writer in a process of its own."""
    command = [sys.executable, "-m", "tests.store.writer", str(root), name, str(articles), str(count)]
    here = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def writing(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A writer that has stored its first version, and is killed at the end."""
    with started(root, "writer", articles=2, count=100_000) as writer:
        assert writer.stdout
        writer.stdout.readline()
        try:
            yield writer
        finally:
            writer.kill()
            writer.communicate()


def acknowledged(output: str) -> Acknowledged:
    """What a writer was told is stored; a line that was cut off by its death is none."""
    whole = output[: output.rfind("\n") + 1]
    lines = (line.split(" ", 2) for line in whole.splitlines())
    return [(path, int(version), text) for path, version, text in lines]


def assert_all_there(root: Path, told: Acknowledged) -> None:
    """Every acknowledged version is there, under its number, with its text."""
    with FileArchive.open(root, read_only=True) as archive:
        for path, version, text in told:
            content = (root / path).read_text()
            assert text in content
            assert Path(path).name.startswith(f"{version:03d}_")
        for number in range(3):
            entry = archive.find(f"https://news.example/story-{number}")
            if entry:
                versions = archive.versions(entry.id)
                assert [snapshot.version for snapshot in versions] == list(range(len(versions)))
                bodies = [snapshot.article.body for snapshot in versions]
                assert len(set(bodies)) == len(bodies)


def test_killed_again_and_again_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """C15: SIGKILL at random moments; each next writer repairs and goes on, and in the end all is there."""
    chance = random.Random(20241122)
    told: Acknowledged = []
    for turn in range(8):
        writer = started(tmp_path, f"turn-{turn}", articles=3, count=100_000)
        assert writer.stdout
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.25))
        writer.send_signal(signal.SIGKILL)
        output, errors = writer.communicate()
        assert errors == ""
        told += acknowledged(first + output)
    assert len(told) >= 8
    with FileArchive.open(tmp_path) as archive:
        assert archive.repairs is not None
    assert_all_there(tmp_path, told)
    assert findings(tmp_path) == []
    assert not list(tmp_path.rglob(".*.part"))
    for path in tmp_path.glob("warc/*/*/*.gz"):
        with path.open("rb") as file:
            assert all(record.rec_type for record in ArchiveIterator(file, check_digests="raise"))
    before = dumped(tmp_path)
    reindex(tmp_path)
    assert dumped(tmp_path) == before


def test_two_writers_give_every_version_its_own_number(tmp_path: Path) -> None:
    """Promise 5: two processes that edit the same articles at once; numbers are unique and without gaps."""
    writers = [started(tmp_path, name, articles=3, count=40) for name in ("left", "right")]
    outputs = [writer.communicate(timeout=90) for writer in writers]
    assert [(writer.returncode, errors) for writer, (_, errors) in zip(writers, outputs, strict=True)] == [(0, "")] * 2
    told = [line for output, _ in outputs for line in acknowledged(output)]
    assert len(told) == 80
    assert len({(Path(path).parent, version) for path, version, _ in told}) == 80
    assert_all_there(tmp_path, told)
    assert findings(tmp_path) == []


def test_an_archive_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    """A reader sees whole versions only, at every moment, and `verify` finds nothing wrong."""
    with writing(tmp_path), FileArchive.open(tmp_path, read_only=True) as archive:
        until, seen = time.monotonic() + 1.5, 0
        while time.monotonic() < until:
            entry = archive.find("https://news.example/story-0")
            assert entry
            latest = archive.latest(entry.id)
            assert latest
            assert archive.read_text(latest) == latest.article.text
            assert archive.page(latest.capture).body.startswith(latest.article.body.encode())
            assert findings(tmp_path, deep=latest.version % 2 == 0) == []
            seen = max(seen, latest.version)
    assert seen > 2


def test_a_stopped_writer_holds_nobody_for_ever(tmp_path: Path) -> None:
    """A process that was paused while it wrote, and then killed, lets go of the lock."""
    with writing(tmp_path) as writer:
        os.kill(writer.pid, signal.SIGSTOP)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        started_at = time.monotonic()
        with FileArchive.open(tmp_path) as archive:
            assert archive.find("https://news.example/story-0")
    assert time.monotonic() - started_at < 20
