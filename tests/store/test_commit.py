"""What a commit makes of a visit: versions, names, folders, tombstones, and what it never does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import ArchiveDamaged
from scraper.model import Edit, Part, Verdict
from scraper.store.archive import FileArchive
from tests.store.kit import HARBOUR, OUTLET, START, article, gone, intent, opened, page, texts, visit

DAY = timedelta(days=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An empty archive."""
    with opened(tmp_path / "archive") as made:
        yield made


def test_a_new_text_is_version_000(archive: FileArchive) -> None:
    """The first text of an article lies under the name that its bytes and number give it."""
    made = visit(archive, "The harbour is open.")
    assert made
    content = (archive.root / made.path).read_bytes()
    folder = "articles/news.example/2024/06/harbour-reopens-" + hashlib.sha256(HARBOUR.encode()).hexdigest()[:8]
    assert made.path == f"{folder}/000_{hashlib.sha256(content).hexdigest()[:16]}.txt"
    assert content.decode() == article().text


def test_what_was_committed_is_read_back(archive: FileArchive) -> None:
    """`versions`, `latest` and `snapshot` give the very value that `commit` gave."""
    made = visit(archive, "The harbour is open.")
    assert made
    assert archive.latest(made.article_id) == archive.snapshot(made.article_id, 0) == made
    assert archive.versions(made.article_id) == [made]


def test_an_edit_is_the_next_version_and_remembers_the_one_before(archive: FileArchive) -> None:
    """Version 001 names the hashes of both files of version 000."""
    first = visit(archive, "The harbour is open.")
    second = visit(archive, "The harbour is closed.", at=START + DAY)
    assert first
    assert second
    sidecar = json.loads((archive.root / second.path).with_suffix(".json").read_bytes())
    before = (archive.root / first.path).with_suffix(".json").read_bytes()
    assert (second.version, second.verdict, first.verdict) == (1, "edited", "new")
    assert sidecar["archive"]["previous"] == {
        "version": 0,
        "text_sha256": first.sha256,
        "sidecar_sha256": hashlib.sha256(before).hexdigest(),
    }


def test_a_text_that_returns_is_a_new_version_again(archive: FileArchive) -> None:
    """A, then B, then A again are three versions."""
    for number, text in enumerate(("A", "B", "A")):
        visit(archive, text, at=START + number * DAY)
    assert texts(archive) == ["A", "B", "A"]


def test_the_same_text_is_never_a_version_again(archive: FileArchive) -> None:
    """What two visits saw alike is stored once, whatever the second one's verdict says."""
    visit(archive, "A")
    assert visit(archive, "A", at=START + DAY) is None
    assert texts(archive) == ["A"]


def test_every_visit_is_remembered(archive: FileArchive) -> None:
    """Visits that made no version are in the history with their reason."""
    visit(archive, "A")
    seen = page(at=START + DAY, status=503)
    verdict = Verdict("partial", "challenge", flags=("teaser",))
    archive.commit(intent("partial", seen, archive.capture(seen), archive.find(HARBOUR), verdict=verdict))
    history = [(seen.verdict, seen.reason, seen.flags, seen.version) for seen in archive.reports.visits(HARBOUR)]
    assert history == [("new", None, (), 0), ("partial", "challenge", ("teaser",), None)]


def test_a_visit_that_found_no_article_is_remembered_too(archive: FileArchive) -> None:
    """A URL that never became an article has a history, and no entry."""
    seen = page(status=404)
    archive.commit(intent("failed", seen, archive.capture(seen), None, verdict=Verdict("failed", "http-404")))
    assert [seen.reason for seen in archive.reports.visits(HARBOUR)] == ["http-404"]
    assert archive.find(HARBOUR) is None


def test_an_article_is_found_under_every_form_of_its_address(archive: FileArchive) -> None:
    """Aliases, tracking parameters, www and AMP forms all lead to the article."""
    visit(archive, "A", aliases=(HARBOUR, "https://news.example/?p=77"))
    forms = (
        f"{HARBOUR}?utm_source=feed",
        "http://www.news.example/2024/06/harbour-reopens/amp/",
        "https://news.example/?p=77",
    )
    assert {entry.url for form in forms if (entry := archive.find(form))} == {HARBOUR}
    assert archive.find("https://news.example/other") is None
    assert archive.find("not an address") is None


def test_an_outlets_own_identity_outlives_a_new_slug(archive: FileArchive) -> None:
    """Where the outlet numbers its articles, the number is what counts."""
    old, new = "https://news.example/81-harbour-opens", "https://news.example/81-harbour-stays-shut"
    visit(archive, "A", url=old, publisher=OUTLET)
    entry = archive.find(new, OUTLET)
    assert entry
    assert entry.url == old


def test_a_new_slug_is_no_edit(archive: FileArchive) -> None:
    """The snapshot names the first address, so the same text under another one is the same snapshot."""
    first = visit(archive, "A")
    assert first
    moved = "https://news.example/2024/06/harbour-is-open-again"
    seen = page(moved, at=START + DAY)
    entry = archive.entry(first.article_id)
    made = archive.commit(intent("edited", seen, archive.capture(seen), entry, article("A", moved)))
    assert made is None
    assert archive.find(moved) == entry


def test_an_edit_under_a_new_slug_keeps_folder_and_address(archive: FileArchive) -> None:
    """What the page calls itself now is noted beside the text, not in it."""
    first = visit(archive, "A")
    assert first
    moved = "https://news.example/2024/06/harbour-is-open-again"
    seen = page(moved, at=START + DAY)
    made = archive.commit(
        intent("edited", seen, archive.capture(seen), archive.entry(first.article_id), article("B", moved))
    )
    assert made
    assert Path(made.path).parent == Path(first.path).parent
    assert made.article.canonical_url == HARBOUR
    assert json.loads((archive.root / made.path).with_suffix(".json").read_bytes())["archive"]["named"] == moved


def test_two_articles_never_share_a_folder(archive: FileArchive) -> None:
    """If eight digits do not tell two addresses apart, sixteen do."""
    first = visit(archive, "A")
    assert first
    other = "https://news.example/2024/06/other"
    with archive._catalogue.write() as db:
        taken = f"articles/news.example/2024/06/other-{hashlib.sha256(other.encode()).hexdigest()[:8]}"
        db.execute("UPDATE articles SET path = ?", (taken,))
    made = visit(archive, "B", url=other)
    assert made
    assert Path(made.path).parent.name == f"other-{hashlib.sha256(other.encode()).hexdigest()[:16]}"


def test_a_folder_without_a_date_is_that_of_the_capture(archive: FileArchive) -> None:
    """An article that gives no date is filed under the day it was first seen."""
    seen = page(at=START.replace(year=2031, month=2))
    made = archive.commit(intent("new", seen, archive.capture(seen), None, article(published=None)))
    assert made
    assert made.path.startswith("articles/news.example/2031/02/")


def test_the_outlets_own_day_decides_the_folder(archive: FileArchive) -> None:
    """An article of the last of the month in the outlet's zone lies in that month."""
    seen = page()
    night = article(published=date(2024, 5, 31))
    made = archive.commit(intent("new", seen, archive.capture(seen), None, night))
    assert made
    assert made.path.startswith("articles/news.example/2024/05/")


@pytest.mark.parametrize("outlet", ["../../etc", "[::1]", "", "UPPER.example", "a/b"])
def test_no_outlet_name_leaves_the_archive(archive: FileArchive, outlet: str) -> None:
    """The id of an outlet nobody configured comes from a URL, and is never a path."""
    seen = page()
    made = archive.commit(intent("new", seen, archive.capture(seen), None, article(), outlet=outlet))
    assert made
    assert len(Path(made.path).parts) == 6
    assert (archive.root / made.path).resolve().is_relative_to(archive.root / "articles")


def test_a_version_needs_its_capture(archive: FileArchive) -> None:
    """A text without the bytes it was read from is no evidence."""
    with pytest.raises(ValueError, match="capture"):
        archive.commit(intent("new", page(), None, None, article()))


def test_a_comparison_with_an_older_version_is_flagged(archive: FileArchive) -> None:
    """Two visits at once: both texts are kept, and the second says that it was compared with another version."""
    visit(archive, "A")
    stale = archive.find(HARBOUR)
    visit(archive, "B", at=START + DAY)
    seen = page(at=START + 2 * DAY)
    made = archive.commit(intent("edited", seen, archive.capture(seen), stale, article("C")))
    assert made
    assert (made.version, made.flags) == (2, ("concurrent",))


def test_a_capture_older_than_the_last_version_makes_none(archive: FileArchive) -> None:
    """Versions follow the order of captures: who comes too late is remembered as a visit."""
    early = archive.capture(page(body=b"early"))
    visit(archive, "B", at=START + DAY)
    assert archive.commit(intent("edited", page(), early, archive.find(HARBOUR), article("A"))) is None
    assert texts(archive) == ["B"]
    assert archive.reports.visits(HARBOUR)[-1].reason == "superseded"


def test_an_edit_is_kept_with_its_parts(archive: FileArchive) -> None:
    """Kinds, parts and stealth come back as they were given."""
    visit(archive, "A")
    edit = Edit(("figures", "headline"), (Part("headline", "Old", "New"), Part("figures", "3", "4", 0)), stealth=True)
    made = visit(archive, "B", at=START + DAY, verdict=Verdict("edited", edit=edit, flags=("truncated",)))
    assert made
    assert (made.edit, made.flags) == (edit, ("truncated",))
    assert archive.snapshot(made.article_id, 1) == made


def test_versions_over_999_have_four_digits(archive: FileArchive) -> None:
    """Numbers grow to the left."""
    first = visit(archive, "A")
    assert first
    with archive._catalogue.write() as db:
        db.execute("UPDATE articles SET latest = 999")
    made = visit(archive, "B", at=START + DAY)
    assert made
    assert Path(made.path).name.startswith("1000_")


# ------------------------------------------------------------------------------------------------ gone and back


def tombstones(archive: FileArchive) -> list[dict[str, Any]]:
    """All tombstones and their ends, in order."""
    found = sorted(archive.root.glob("articles/*/*/*/*/[gb]*-*.json"), key=lambda path: path.name.split("-", 1)[1])
    return [json.loads(path.read_bytes()) for path in found]


def test_gone_is_recorded_when_it_is_confirmed(archive: FileArchive) -> None:
    """One tombstone, dated when the article was first missed, that names the captures."""
    visit(archive, "A")
    gone(archive, at=START + DAY, confirmed=False)
    gone(archive, at=START + 2 * DAY)
    gone(archive, at=START + 3 * DAY)
    (stone,) = tombstones(archive)
    entry = archive.find(HARBOUR)
    assert entry
    assert entry.gone_since == START + DAY
    assert (stone["gone_since"], stone["after_version"]) == ("2024-06-03T09:30:00Z", 0)
    assert [(each["at"], each["reason"], each["status"]) for each in stone["visits"]] == [
        ("2024-06-03T09:30:00Z", "http-404", 404)
    ]


def test_unconfirmed_absence_is_not_gone(archive: FileArchive) -> None:
    """A single 404 says nothing about the article."""
    visit(archive, "A")
    gone(archive, at=START + DAY, confirmed=False)
    entry = archive.find(HARBOUR)
    assert entry
    assert entry.gone_since is None
    assert not tombstones(archive)


def test_back_with_the_same_text_ends_the_tombstone(archive: FileArchive) -> None:
    """No version is made; the end of the tombstone is a file of its own."""
    visit(archive, "A")
    gone(archive, at=START + DAY)
    seen = page(at=START + 2 * DAY)
    assert archive.commit(intent("back", seen, archive.capture(seen), archive.find(HARBOUR))) is None
    entry = archive.find(HARBOUR)
    assert entry
    assert (entry.gone_since, entry.latest) == (None, 0)
    assert [stone["kind"] for stone in tombstones(archive)] == ["gone", "back"]


def test_back_with_another_text_is_a_version(archive: FileArchive) -> None:
    """The new version ends the tombstone, and is called back."""
    visit(archive, "A")
    gone(archive, at=START + DAY)
    made = visit(archive, "B", at=START + 2 * DAY)
    entry = archive.find(HARBOUR)
    assert made
    assert entry
    assert (made.verdict, made.version, entry.gone_since) == ("back", 1, None)


def test_an_article_can_go_twice_within_a_second(archive: FileArchive) -> None:
    """Names of tombstones never collide."""
    visit(archive, "A")
    for _ in range(2):
        gone(archive, at=START)
        seen = page(at=START)
        archive.commit(intent("back", seen, archive.capture(seen), archive.find(HARBOUR)))
    assert len(tombstones(archive)) == 4


# ------------------------------------------------------------------------------------------------ reading


def test_text_is_read_from_the_file(archive: FileArchive) -> None:
    """`read_text` gives the file's own text."""
    made = visit(archive, "A")
    assert made
    assert archive.read_text(made) == made.article.text


@pytest.mark.parametrize("ending", [".txt", ".json"])
def test_an_altered_file_is_an_error_not_another_text(archive: FileArchive, ending: str) -> None:
    """A flipped byte is never served; other versions are."""
    first, second = visit(archive, "A"), visit(archive, "B", at=START + DAY)
    assert first
    assert second
    path = (archive.root / second.path).with_suffix(ending)
    path.write_bytes(path.read_bytes().replace(b"Harbour", b"Harvour"))
    with pytest.raises(ArchiveDamaged, match=path.name):
        archive.read_text(second) if ending == ".txt" else archive.snapshot(second.article_id, 1)
    assert archive.snapshot(first.article_id, 0) == first


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "pipe", "huge"])
def test_what_is_not_a_plain_file_is_refused(archive: FileArchive, kind: str, tmp_path: Path) -> None:
    """No link is followed, no pipe waited for, no sparse monster read."""
    made = visit(archive, "A")
    assert made
    path = archive.root / made.path
    path.unlink()
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            (tmp_path / "secret").write_text("secret")
            path.symlink_to(tmp_path / "secret")
        case "pipe":
            subprocess.run(["mkfifo", str(path)], check=True)
        case "huge":
            with path.open("wb") as file:
                file.truncate(1 << 40)
    with pytest.raises(ArchiveDamaged, match=path.name):
        archive.read_text(made)


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "articles/../../x.txt", "warc/x"])
def test_a_snapshot_names_no_file_outside(archive: FileArchive, path: str) -> None:
    """Whoever made up the snapshot, nothing but snapshots is read."""
    made = visit(archive, "A")
    assert made
    with pytest.raises(ArchiveDamaged):
        archive.read_text(replace(made, path=path))


def test_calls_from_many_threads_keep_their_order(archive: FileArchive) -> None:
    """Eight threads at one article: every text a version, every number once."""

    def edit(number: int) -> None:
        seen = page(body=str(number).encode(), at=START + number * DAY)
        done = None
        while done is None:
            done = archive.commit(
                intent("edited", seen, archive.capture(seen), archive.find(HARBOUR), article(f"text {number}"))
            )

    visit(archive, "first")
    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts(archive)) == sorted(["first", *(f"text {number}" for number in range(8))])
    entry = archive.find(HARBOUR)
    assert entry
    assert [snapshot.version for snapshot in archive.versions(entry.id)] == list(range(9))
