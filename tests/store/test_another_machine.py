"""P3: an archive that another machine has: who comes later is refused, who was overtaken stops, reading goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.errors import ArchiveBusy, ArchiveTaken, ArchiveUnwritable
from scraper.model import SourceState
from scraper.store import lease, paths
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, START, opened, page, texts, visit

HERE, THERE = "a" * 32, "b" * 32


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Which machine opens archives from now on."""

    def become(name: str) -> None:
        monkeypatch.setattr(lease, "machine", lambda: name)

    become(HERE)
    return become


Be = Callable[[str], None]


def sums(root: Path) -> dict[str, str]:
    """Every file but those of the moment; a log without a word is one, which SQLite makes where it only reads."""
    files = [path for path in root.rglob("*") if path.is_file() and paths.RUN not in path.parts]
    told = [path for path in files if path.suffix != ".sqlite-shm" and path.stat().st_size]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in told}


@pytest.fixture
def overtaken(tmp_path: Path, be: Be) -> FileArchive:
    """An archive with one version; while its process stood still another machine took it, and let go of it."""
    archive = opened(tmp_path)
    visit(archive, "A")
    text = (tmp_path / ".run" / "lease").read_text("ascii")
    (tmp_path / ".run" / "lease").write_text(text.replace(HERE, THERE).replace("state held", "state free"), "ascii")
    return archive


@pytest.mark.parametrize("what", [opened, reindex, FileArchive.open])
def test_who_comes_later_writes_nothing(
    tmp_path: Path, be: Be, monkeypatch: pytest.MonkeyPatch, what: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(lease, "BEAT", 0.05)
    with opened(tmp_path) as archive:
        visit(archive, "A")
        before = sums(tmp_path)
        be(THERE)
        with pytest.raises(ArchiveBusy, match="is written by another machine"):
            what(tmp_path)
        assert sums(tmp_path) == before
        be(HERE)


def test_reading_goes_on_and_leaves_no_lease(tmp_path: Path, be: Be) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "A")
        be(THERE)
        with FileArchive.open(tmp_path, read_only=True) as other:
            assert texts(other) == ["A"]
        be(HERE)
        archive.check_lease()


def test_who_was_overtaken_writes_no_more(overtaken: FileArchive) -> None:
    before = sums(overtaken.root)
    writes: list[Callable[[], object]] = [
        lambda: visit(overtaken, "B"),
        lambda: overtaken.capture(page()),
        lambda: overtaken.write_manifests(START.date()),
        lambda: overtaken.frontier.source_done(SourceState("https://news.example/feed", "news.example")),
        overtaken.check_writable,
        overtaken.check_lease,
    ]
    for write in writes:
        with pytest.raises(ArchiveTaken, match="was taken over by another machine"):
            write()
    assert overtaken.find(HARBOUR)
    overtaken.close()
    assert sums(overtaken.root) == before  # the log of the catalogue was not folded in, which by now is another's


def test_the_search_is_left_to_the_machine_that_writes(tmp_path: Path, be: Be) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "A")
        be(THERE)
        with FileArchive.open(tmp_path, read_only=True) as other:
            done = other.search.follow(60)
        be(HERE)
        assert (done.taken, done.behind, "another machine" in (done.why or "")) == (0, 1, True)
        assert archive.search.follow(60).behind == 0


def test_no_catalogue_is_made_again_on_a_network_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "A")
    before = sums(tmp_path)
    monkeypatch.setattr("scraper.store.opening.network", lambda _: "nfs4")
    with pytest.raises(ArchiveUnwritable, match="nfs4"):
        reindex(tmp_path)
    with FileArchive.open(tmp_path, read_only=True) as archive:
        assert "nfs4" in (archive.search.follow(60).why or "")
    assert sums(tmp_path) == before


def test_one_that_takes_over_says_so(tmp_path: Path, be: Be, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "A")
    text = (tmp_path / ".run" / "lease").read_text("ascii")
    (tmp_path / ".run" / "lease").write_text(text.replace("state free", "state held"), "ascii")
    monkeypatch.setattr(lease, "WATCH", 0.05)
    be(THERE)
    with opened(tmp_path) as archive:
        assert ["stood still" in repair for repair in archive.repairs] == [True]
