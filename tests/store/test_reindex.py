"""The catalogue holds nothing that the files lack, apart from when to look next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from scraper.errors import ArchiveBusy, ArchiveError
from scraper.model import Edit, Sighting, SourceState, Verdict
from scraper.store.archive import FileArchive
from scraper.store.files import Files
from scraper.store.reindex import reindex
from tests.store.kit import (
    HARBOUR,
    OUTLET,
    START,
    Clock,
    article,
    dumped,
    findings,
    gone,
    intent,
    opened,
    page,
    texts,
    visit,
)
from tests.store.stunts import Killed, Stunts

DAY = timedelta(days=1)
OTHER = "https://news.example/81-tower-falls"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with everything in it: edits, moves, repeats, 304, failures, tombstones, manifests, rotation."""
    with opened(tmp_path / "archive", warc_size=6000, clock=Clock()) as archive:
        visit(archive, "A", aliases=(HARBOUR, "https://news.example/?p=1"))
        edit = Edit(("figures", "names"), (), stealth=True)
        visit(archive, "B", at=START + DAY, verdict=Verdict("edited", edit=edit, flags=("truncated",)))
        visit(archive, "B", at=START + 2 * DAY)
        not_modified = page(body=b"", status=304, at=START + 3 * DAY)
        archive.commit(intent("same", not_modified, archive.capture(not_modified), archive.find(HARBOUR)))
        visit(archive, "tower", url=OTHER, publisher=OUTLET, at=START + 3 * DAY)
        gone(archive, at=START + 4 * DAY, confirmed=False)
        gone(archive, at=START + 5 * DAY)
        back = page(at=START + 6 * DAY)
        archive.commit(intent("back", back, archive.capture(back), archive.find(HARBOUR)))
        gone(archive, at=START + 7 * DAY)
        visit(archive, "A", at=START + 8 * DAY)
        gone(archive, at=START + 9 * DAY, url=OTHER)
        nothing = page("https://news.example/nothing", status=500, at=START + 9 * DAY)
        archive.commit(intent("failed", nothing, archive.capture(nothing), None, verdict=Verdict("failed", "http-500")))
        archive.commit(intent("refused", nothing, None, None, verdict=Verdict("refused", "robots")))
        moved = page("https://news.example/new-slug", at=START + 9 * DAY)
        archive.commit(intent("edited", moved, archive.capture(moved), archive.find(HARBOUR), article("D", moved.url)))
        archive.write_manifests(date(2024, 6, 8))
        archive.capture(page("https://news.example/never-committed"))
    return tmp_path / "archive"


def test_the_catalogue_is_made_again_line_by_line(root: Path) -> None:
    """I4: articles, aliases, versions, captures, visits, tombstones, manifests: all as before."""
    before = dumped(root)
    (root / "catalogue.sqlite").unlink()
    made = reindex(root)
    assert dumped(root) == before
    assert (made.articles, made.versions, made.carried) == (2, 5, False)
    assert findings(root) == []


def test_the_archive_goes_on_where_it_was(root: Path) -> None:
    """Versions, serials and revisits continue after the catalogue was made again."""
    (root / "catalogue.sqlite").unlink()
    shutil.rmtree(root / ".run")
    reindex(root)
    with opened(root, seed=1, warc_size=6000, clock=Clock(START + 10 * DAY)) as archive:
        made = visit(archive, "E", at=START + 10 * DAY)
        assert made
        assert made.version == 4
        assert archive.capture(page(OTHER, b"<p>tower</p>", START + 11 * DAY)).refers_to
        assert texts(archive) == ["A", "B", "A", "D", "E"]
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before
    assert findings(root) == []


def test_known_articles_are_looked_at_again(root: Path) -> None:
    """Without the old catalogue every article is due, once."""
    (root / "catalogue.sqlite").unlink()
    reindex(root)
    with opened(root, seed=1) as archive:
        rows = archive.frontier.take("news.example", START + 30 * DAY, 10)
        assert sorted(row.url for row in rows) == sorted([HARBOUR, OTHER])
        assert all(row.article_id for row in rows)


def test_when_to_look_next_is_carried_over(root: Path) -> None:
    """A catalogue that can still be read gives what the files do not hold."""
    state = SourceState("https://news.example/feed", "news.example", START)
    with opened(root, seed=1) as archive:
        archive.frontier.put(OUTLET, [Sighting("https://news.example/queued", state.url)], START)
        archive.frontier.source_done(state)
        archive.frontier.block_until("other.example", START + DAY)
        before = archive.frontier.lookup("https://news.example/queued")
    assert reindex(root).carried
    with opened(root, seed=2) as archive:
        assert archive.frontier.lookup("https://news.example/queued") == before
        assert archive.frontier.source(state.url) == state
        assert archive.reports.status(START).queue.blocked == (("other.example", START + DAY),)


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def _pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def _old_log(path: Path) -> None:
    _garbage(path)
    Path(f"{path}-wal").write_bytes(b"a log of another database")


@pytest.mark.parametrize("harm", [_garbage, _pages, _old_log])
def test_a_damaged_catalogue_is_replaced(root: Path, harm: Callable[[Path], None]) -> None:
    """S12, S13: the files are enough, and no log of the old database meets the new one."""
    before = dumped(root)
    harm(root / "catalogue.sqlite")
    made = reindex(root)
    assert not made.carried
    assert any("when to look next is forgotten" in finding for finding in made.findings) or harm is _pages
    assert dumped(root) == before
    assert findings(root) == []


def test_nobody_may_have_it_open(root: Path) -> None:
    """The catalogue is not replaced under a process that uses it."""
    with FileArchive.open(root, read_only=True), pytest.raises(ArchiveBusy, match="in use"):
        reindex(root)
    reindex(root)


def test_what_is_no_archive_is_not_made_one(tmp_path: Path) -> None:
    """A mistyped folder stays empty."""
    with pytest.raises(ArchiveError, match="no archive"):
        reindex(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == []


def test_the_old_catalogue_is_in_use_until_the_new_one_is_whole(root: Path) -> None:
    """C12: killed at any step, either the old or the new one is there, and both say the same."""
    before = dumped(root)
    for step in range(1, 4):
        with pytest.raises(Killed):
            reindex(root, Stunts(step, "kill-before"))
        assert dumped(root) == before
    assert reindex(root, Files()).carried


def test_a_lost_warc_file_costs_its_visits_only(root: Path) -> None:
    """Snapshots say enough of themselves to be known without the record of their visit."""
    for path in root.glob("warc/*/*/*"):
        path.unlink()
    (root / "catalogue.sqlite").unlink()
    made = reindex(root)
    with FileArchive.open(root, read_only=True) as archive:
        assert texts(archive) == ["A", "B", "A", "D"]
        assert archive.find("https://news.example/?p=1") == archive.find(HARBOUR)
        tower = archive.find(OTHER, OUTLET)
    assert tower
    assert tower.gone_since
    assert made.visits == 0


def test_the_number_of_a_lost_version_is_not_given_again(root: Path) -> None:
    """Its files are gone, but its visit is known: the next version has the next number."""
    for path in root.glob("articles/*/*/*/harbour*/003_*"):
        path.unlink()
    made = reindex(root)
    assert any("003_" in finding and "missing" in finding for finding in made.findings)
    with opened(root, seed=1) as archive:
        new = visit(archive, "E", at=START + 20 * DAY)
    assert new
    assert new.version == 4


def test_an_altered_snapshot_is_not_taken_for_the_one_that_was_stored(root: Path) -> None:
    """The record of the visit knows the hash: what does not have it is said, and left out."""
    sidecar = next(root.glob("articles/*/*/*/harbour*/001_*.json"))
    sidecar.write_bytes(sidecar.read_bytes().replace(b"Ann Author", b"Eve Editor"))
    made = reindex(root)
    assert [finding for finding in made.findings if sidecar.name in finding]
    with FileArchive.open(root, read_only=True) as archive:
        entry = archive.find(HARBOUR)
        assert entry
        assert [snapshot.version for snapshot in archive.versions(entry.id)] == [0, 2, 3]


def test_pieces_of_an_unfinished_write_are_put_aside(root: Path) -> None:
    """A sidecar without its text, and a temporary file, are no version; they are kept in quarantine."""
    text = next(root.glob("articles/*/*/*/harbour*/000_*.txt"))
    (text.parent / ".004_0123456789abcdef.txt.part").write_text("half")
    (text.parent / "004_0123456789abcdef.json").write_text("{}")
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before
    assert findings(root) == []
    assert len(list((root / "quarantine").glob("*.json"))) == 1
