"""A version that is read anew keeps its number, its capture and every reading before it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import ArchiveDamaged
from scraper.model import Edit, Revision, Snapshot
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, START, article, dumped, findings, gone, opened, visit

DAY = timedelta(days=1)


def revise(archive: FileArchive, text: str, *, version: int = 0, at: int = 1, **more: object) -> Snapshot | None:
    """`version` gives `text` under the reading called after the day."""
    entry = archive.find(HARBOUR)
    assert entry
    seen = article(text, reading=f"extract {at + 1}")
    plain = Revision(entry, version, seen, START + at * DAY, f"extract {at} → {at + 1}")
    return archive.revise(replace(plain, **more))  # type: ignore[arg-type]  # the fields of Revision, as named


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    """One article of two versions."""
    made = opened(tmp_path / "archive")
    visit(made, "A and a banner")
    visit(made, "B and a banner", at=START + timedelta(hours=1))
    return made


def files(archive: FileArchive) -> list[str]:
    return sorted(path.name for path in archive.root.glob("articles/*/*/*/*/*.txt"))


def test_a_revision_is_what_the_version_reads_like_now(archive: FileArchive) -> None:
    made = revise(archive, "A")
    latest = archive.snapshot(made.article_id, 0) if made else None
    assert latest == made
    assert latest
    assert (latest.version, latest.revision, latest.article.body) == (0, 1, "A")


def test_the_reading_before_stays_where_it_was(archive: FileArchive) -> None:
    before = files(archive)
    revise(archive, "A")
    assert set(before) < set(files(archive))
    assert len(files(archive)) == len(before) + 1


def test_a_revision_speaks_of_the_same_capture(archive: FileArchive) -> None:
    first = archive.versions(entry_id(archive))[0]
    made = revise(archive, "A")
    assert made
    assert (made.capture, made.captured_at, made.verdict) == (first.capture, first.captured_at, first.verdict)


def entry_id(archive: FileArchive) -> str:
    entry = archive.find(HARBOUR)
    assert entry
    return entry.id


def test_the_history_names_every_reading_by_its_hash(archive: FileArchive) -> None:
    revise(archive, "A")
    made = revise(archive, "A.", at=2)
    assert made
    said = json.loads((archive.root / made.path).with_suffix(".json").read_text())["archive"]
    assert [past["revision"] for past in said["history"]] == [0, 1]
    assert [past["reading"] for past in said["history"]] == ["extract 1", "extract 2"]
    assert said["reread_because"] == "extract 2 → 3"


def test_the_same_text_is_no_revision(archive: FileArchive) -> None:
    assert revise(archive, "A and a banner") is None
    assert len(archive.readings(entry_id(archive))) == 2


def test_a_text_may_return_to_an_earlier_reading(archive: FileArchive) -> None:
    revise(archive, "A")
    made = revise(archive, "A and a banner", at=2)
    assert made
    assert Path(made.path).stem.endswith("-2")
    assert [reading.revision for reading in archive.readings(made.article_id) if reading.version == 0] == [0, 1, 2]
    assert findings(archive.root) == []


def test_the_next_version_remembers_the_last_reading(archive: FileArchive) -> None:
    revise(archive, "B", version=1)
    visit(archive, "C", at=START + 2 * DAY)
    revise(archive, "B!", version=1, at=3)
    assert findings(archive.root) == []


def test_no_number_is_given_for_a_revision(archive: FileArchive) -> None:
    revise(archive, "B", version=1)
    made = visit(archive, "C", at=START + 2 * DAY)
    assert made
    assert made.version == 2


def test_a_revision_neither_finds_nor_loses_an_article(archive: FileArchive) -> None:
    """Nobody looked: what the outlet said about the article being gone stands."""
    gone(archive, at=START + DAY, confirmed=False)
    revise(archive, "B", version=1, at=2)
    gone(archive, at=START + 3 * DAY)
    (tombstone,) = archive.root.glob("articles/*/*/*/*/gone-*.json")
    assert len(json.loads(tombstone.read_text())["visits"]) == 1
    entry = archive.find(HARBOUR)
    assert entry
    assert entry.gone_since == START + DAY


def test_an_edit_that_only_the_reading_saw_is_taken_back(archive: FileArchive) -> None:
    assert len(archive.reports.changes()) == 1
    revise(archive, "A", version=1, edit=None, flags=("no-edit",))
    assert archive.reports.changes() == []


def test_an_edit_is_told_as_it_is_read_now(archive: FileArchive) -> None:
    revise(archive, "B", version=1, edit=Edit(("figures",), (), stealth=True))
    assert archive.reports.changes()[0].kinds == ("figures",)


def test_a_new_title_is_the_article_s(archive: FileArchive) -> None:
    entry = archive.find(HARBOUR)
    assert entry
    archive.revise(Revision(entry, 1, article("B", title="Harbour is open"), START + DAY, "extract 1 → 2"))
    archive.revise(Revision(entry, 0, article("A", title="Harbour was shut"), START + DAY, "extract 1 → 2"))
    again = archive.find(HARBOUR)
    assert again
    assert again.title == "Harbour is open"


def test_the_catalogue_made_again_knows_all_readings(archive: FileArchive) -> None:
    revise(archive, "A")
    revise(archive, "B", version=1, at=2)
    archive.write_manifests(date(2024, 6, 6))
    before = dumped(archive.root)
    archive.close()
    reindex(archive.root)
    assert dumped(archive.root) == before


def test_the_catalogue_is_the_same_from_the_snapshots_alone(archive: FileArchive) -> None:
    """Without the WARC files the sidecars say what was read when, in whatever order they are met."""
    for number in range(5):
        revise(archive, f"A, {number}", at=number + 1)
    before = [line for line in dumped(archive.root) if line.startswith(("versions ", "readings ", "articles "))]
    archive.close()
    for path in archive.root.glob("warc/*/*/*"):
        path.unlink()
    reindex(archive.root)
    again = [line for line in dumped(archive.root) if line.startswith(("versions ", "readings ", "articles "))]
    assert again == before


def test_every_reading_is_in_one_manifest(archive: FileArchive) -> None:
    revise(archive, "A")
    archive.write_manifests(date(2024, 6, 6))
    lines = [line for path in archive.root.glob("manifests/*") for line in path.read_text().splitlines()]
    listed = [line.split("  ")[1] for line in lines]
    assert sum(path.endswith(".txt") for path in listed) == 3
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("revision", [0, 1])
@pytest.mark.parametrize("ending", [".txt", ".json"])
def test_damage_to_any_reading_is_found(archive: FileArchive, revision: int, ending: str) -> None:
    revise(archive, "A")
    reading = archive.readings(entry_id(archive))[revision]
    place = (archive.root / reading.path).with_suffix(ending)
    place.write_bytes(place.read_bytes().replace(b"A", b"Z"))
    assert [finding.file for finding in findings(archive.root)] == [place.relative_to(archive.root).as_posix()]


@pytest.mark.parametrize("revision", [0, 1])
def test_a_lost_reading_is_found(archive: FileArchive, revision: int) -> None:
    revise(archive, "A")
    place = archive.root / archive.readings(entry_id(archive))[revision].path
    place.unlink()
    assert [finding.file for finding in findings(archive.root)] == [place.relative_to(archive.root).as_posix()]


def test_a_damaged_reading_is_not_built_on(archive: FileArchive) -> None:
    reading = archive.readings(entry_id(archive))[0]
    (archive.root / reading.path).with_suffix(".json").write_text("{}")
    with pytest.raises(ArchiveDamaged):
        revise(archive, "A")


def test_a_version_that_is_not_there_cannot_be_revised(archive: FileArchive) -> None:
    with pytest.raises(ValueError, match="no version 7"):
        revise(archive, "A", version=7)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.sampled_from("ABC"), max_size=6))
def test_any_row_of_readings_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    with opened(tmp_path_factory.mktemp("readings") / "archive") as made:
        visit(made, "A")
        kept = ["A"]
        for number, text in enumerate(texts):
            revise(made, text, at=number + 1)
            kept += [text] if text != kept[-1] else []
        found = made.readings(entry_id(made))
        assert [made.read_text(reading).split("\n\n")[2] for reading in found] == kept
        assert findings(made.root) == []
