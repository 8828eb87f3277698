"""How the archive says it is doing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.model import Edit, Sighting, SourceState, Verdict
from scraper.store.archive import FileArchive
from tests.store.kit import HARBOUR, OUTLET, START, gone, intent, opened, page, visit

DAY = timedelta(days=1)
FEED = "https://news.example/feed"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """Two articles, one of them edited and gone, a failed visit, a queue, a source."""
    with opened(tmp_path / "archive") as made:
        visit(made, "A")
        made.frontier.put(OUTLET, [Sighting("https://news.example/queued", FEED)], START + DAY)
        edit = Edit(("figures", "names"), (), stealth=True)
        visit(made, "B", at=START + DAY, verdict=Verdict("edited", edit=edit))
        visit(made, "tower", url="https://news.example/tower", at=START + 2 * DAY)
        visit(made, "tower stands", url="https://news.example/tower", at=START + 3 * DAY)
        gone(made, at=START + 4 * DAY)
        seen = page("https://news.example/x", status=500, at=START + 5 * DAY)
        verdict = Verdict("failed", "http-500")
        made.commit(intent("failed", seen, made.capture(seen), None, verdict=verdict))
        made.frontier.source_done(SourceState(FEED, "news.example", START, last_error="timeout", failures=2))
        yield made


def test_an_outlet_in_numbers(archive: FileArchive) -> None:
    """Articles, versions, what is gone, what is queued, what is new, what went wrong."""
    (outlet,) = archive.reports.status(START + DAY).outlets
    assert (outlet.articles, outlet.versions, outlet.gone, outlet.queued, outlet.due) == (2, 4, 1, 1, 1)
    assert (outlet.last_new, outlet.last_version) == (START + 2 * DAY, START + 3 * DAY)
    assert (outlet.last_error, outlet.last_error_at) == ("https://news.example/x: http-500", START + 5 * DAY)


def test_the_queue_and_the_disk(archive: FileArchive) -> None:
    """Due now, due next, blocked; bytes of all kinds as they are on the disk."""
    archive.frontier.block_until("slow.example", START + DAY)
    status = archive.reports.status(START)
    assert (status.queue.rows, status.queue.due, status.queue.next_visit) == (1, 0, START + DAY)
    assert status.queue.blocked == (("slow.example", START + DAY),)
    versions = archive.root.glob("articles/*/*/*/*/0*")
    assert status.disk.snapshots == sum(path.stat().st_size for path in versions)
    assert status.disk.warcs == sum(path.stat().st_size for path in archive.root.glob("warc/*/*/*"))
    assert (status.disk.versions, status.disk.warc_files, status.disk.unfinished) == (4, 1, 0)
    assert status.disk.free > 0


def test_sources_as_they_were_left(archive: FileArchive) -> None:
    """The last error of a source is seen."""
    assert [(source.url, source.last_error) for source in archive.reports.status(START).sources] == [(FEED, "timeout")]


def test_changes_newest_first(archive: FileArchive) -> None:
    """Edits with their kinds; filters by time, kind, stealth and outlet."""
    changes = archive.reports.changes()
    assert [(change.title, change.version, change.kinds) for change in changes] == [
        ("Harbour reopens", 1, ("wording",)),
        ("Harbour reopens", 1, ("figures", "names")),
    ]
    assert [change.url for change in archive.reports.changes(stealth=True)] == [HARBOUR]
    assert [change.kinds for change in archive.reports.changes(kind="wording")] == [("wording",)]
    assert [change.at for change in archive.reports.changes(since=START + 2 * DAY)] == [START + 3 * DAY]
    assert [change.at for change in archive.reports.changes(until=START + 2 * DAY)] == [START + DAY]
    assert archive.reports.changes(outlet="other.example") == []
    assert len(archive.reports.changes(limit=1)) == 1
    assert list(archive.reports.status(START, edits=1).edits) == list(archive.reports.changes(limit=1))


def test_an_empty_archive_has_a_report(tmp_path: Path) -> None:
    """Zeros, not errors."""
    with opened(tmp_path / "empty") as archive:
        status = archive.reports.status(START)
    assert (status.outlets, status.sources, status.edits) == ((), (), ())
    assert (status.queue.rows, status.queue.next_visit, status.disk.versions) == (0, None, 0)
