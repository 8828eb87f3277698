"""A day can be checked with `sha256sum -c`, for ever, and each file is in exactly one manifest."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from scraper.store.archive import FileArchive
from tests.store.kit import HARBOUR, START, Clock, dumped, findings, gone, opened, visit
from tests.store.stunts import Killed, Stunts

DAY = timedelta(days=1)
JUNE_2, JUNE_3, JUNE_4, JUNE_5 = (date(2024, 6, day) for day in (2, 3, 4, 5))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """Two days of one article, its end, and WARC files that were closed on the way."""
    with opened(tmp_path / "archive", warc_size=3000, clock=Clock(START)) as made:
        visit(made, "A")
        visit(made, "B", at=START + DAY)
        gone(made, at=START + DAY)
        yield made


def listed(archive: FileArchive) -> dict[str, list[str]]:
    """The paths in every manifest, by its day."""
    found = sorted((archive.root / "manifests").iterdir())
    return {path.stem: [line.split("  ", 1)[1] for line in path.read_text().splitlines()] for path in found}


def test_sha256sum_checks_a_day_without_us(archive: FileArchive) -> None:
    """The tool that is everywhere agrees, and notices a changed byte."""
    (first, *_) = archive.write_manifests(JUNE_4)
    check = ["sha256sum", "--check", "--strict", first]
    assert subprocess.run(check, cwd=archive.root, check=False, capture_output=True).returncode == 0
    text = next(archive.root.glob("articles/*/*/*/*/000_*.txt"))
    text.write_bytes(text.read_bytes() + b" ")
    told = subprocess.run(check, cwd=archive.root, check=False, capture_output=True, text=True)
    assert told.returncode == 1
    assert f"{text.relative_to(archive.root)}: FAILED" in told.stdout


def test_every_file_is_in_the_manifest_of_its_day(archive: FileArchive) -> None:
    """Texts, sidecars, tombstones; WARC files on the day they were closed; nothing of today."""
    visit(archive, "C", at=START + 2 * DAY)
    assert archive.write_manifests(JUNE_4) == ["manifests/2024-06-02.sha256", "manifests/2024-06-03.sha256"]
    found = listed(archive)
    names = {
        day: sorted(Path(path).name.partition("_")[0].partition("-")[0] for path in each) for day, each in found.items()
    }
    closed = len(list(archive.root.glob("warc/*/*/*"))) - 1
    assert closed > 0
    assert names == {
        "2024-06-02": ["000", "000"] + ["scraper"] * closed,
        "2024-06-03": ["001", "001", "gone"],
    }


def test_a_written_manifest_never_changes(archive: FileArchive) -> None:
    """What comes late under an old date is listed in the next one."""
    archive.write_manifests(JUNE_4)
    before = {path: path.read_bytes() for path in (archive.root / "manifests").iterdir()}
    late = visit(archive, "late", url="https://news.example/late", at=START)
    assert late
    assert archive.write_manifests(JUNE_4) == []
    assert archive.write_manifests(JUNE_5) == ["manifests/2024-06-04.sha256"]
    assert {path: path.read_bytes() for path in before} == before
    assert late.path in listed(archive)["2024-06-04"]


def test_each_file_is_listed_once(archive: FileArchive) -> None:
    """However often and late it is asked for."""
    for today in (JUNE_3, JUNE_4, JUNE_4, JUNE_5):
        archive.write_manifests(today)
        visit(archive, f"on {today}", at=START)
    archive.write_manifests(date(2024, 6, 9))
    counted = Counter(path for each in listed(archive).values() for path in each)
    assert set(counted.values()) == {1}
    snapshots = {path.relative_to(archive.root).as_posix() for path in archive.root.glob("articles/*/*/*/*/*")}
    assert snapshots <= set(counted)


def test_a_day_on_which_nothing_happened_has_none(archive: FileArchive) -> None:
    """No empty files."""
    archive.write_manifests(JUNE_4)
    assert archive.write_manifests(date(2024, 7, 1)) == []


@pytest.mark.parametrize("step", range(1, 9))
def test_killed_while_writing_it_each_file_is_still_listed_once(tmp_path: Path, step: int) -> None:
    """A manifest that was written when the process died is believed; one that was not is written again."""
    root = tmp_path / "archive"
    with opened(root) as archive:
        visit(archive, "A")
    files = Stunts(0, "kill-after")
    with opened(root, files, seed=1) as archive:
        files.at = files.steps + step
        try:
            archive.write_manifests(JUNE_4)
        except Killed:
            assert files.done
    with opened(root, seed=2) as archive:
        archive.write_manifests(JUNE_4)
        visit(archive, "B", at=START + 3 * DAY)
        archive.write_manifests(date(2024, 6, 8))
        counted = Counter(path for each in listed(archive).values() for path in each)
    assert (len(counted), set(counted.values())) == (4, {1})
    assert not list(root.rglob(".*.part"))
    assert findings(root) == []


def test_the_catalogue_knows_where_each_file_is_listed(archive: FileArchive) -> None:
    """One row a manifest, and its day on every version."""
    archive.write_manifests(JUNE_4)
    lines = dumped(archive.root)
    assert sum(line.startswith("manifests ") for line in lines) == 2
    assert all("'2024-06-0" in line for line in lines if line.startswith("readings "))
    assert archive.find(HARBOUR)
