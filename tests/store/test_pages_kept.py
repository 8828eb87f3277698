"""An article on several pages: all of its captures are named, proved and found again."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.model import Revision, Snapshot, Verdict
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, START, article, dumped, findings, intent, opened, page, visit, visit_of_pages

DAY = timedelta(days=1)


def stored(archive: FileArchive, *texts: str, **more: object) -> Snapshot:
    """The version that a visit made."""
    found = visit_of_pages(archive, *texts, **more)  # type: ignore[arg-type]  # the fields of Intent, as named
    assert found is not None
    return found


def sidecar(root: Path, snapshot: Snapshot) -> dict[str, object]:
    """What the file beside a snapshot says under `archive`."""
    found: dict[str, object] = json.loads((root / snapshot.path).with_suffix(".json").read_text())["archive"]
    return found


def visits(root: Path) -> list[dict[str, object]]:
    """The metadata records, in order."""
    found = []
    for path in sorted(root.glob("warc/*/*/*.gz")):
        with path.open("rb") as file:
            found += [json.loads(one.raw_stream.read()) for one in ArchiveIterator(file) if one.rec_type == "metadata"]
    return found


def test_a_version_names_the_capture_of_each_page(tmp_path: Path) -> None:
    """In their order, and each can be read back."""
    with opened(tmp_path) as archive:
        kept = stored(archive, "A", "B", "C")
        assert [one.url for one in kept.further] == [f"{HARBOUR}?page=2", f"{HARBOUR}?page=3"]
        assert [archive.page(one).body for one in kept.further] == [b"<p>B</p>", b"<p>C</p>"]
        assert archive.versions(kept.article_id) == [kept]
    told = sidecar(tmp_path, kept)["pages"]
    assert isinstance(told, list)
    assert [set(one) for one in told] == [{"url", "status", "captured_at", "warc"}] * 2


def test_an_article_on_one_page_says_nothing_of_pages(tmp_path: Path) -> None:
    """Its files are what they were before there were any."""
    with opened(tmp_path) as archive:
        kept = visit(archive, "A")
    assert kept is not None
    assert not {"pages", "next_page", "first_page"} & set(sidecar(tmp_path, kept))
    assert "pages" not in visits(tmp_path)[0]


def test_a_visit_that_failed_names_what_it_asked_for(tmp_path: Path) -> None:
    """The evidence is kept also of pages that made no article."""
    with opened(tmp_path) as archive:
        seen, broken = page(), page(f"{HARBOUR}?page=2", b"", status=503)
        first, second = archive.capture(seen), archive.capture(broken)
        verdict = Verdict("failed", "pages: page 2: http-503")
        archive.commit(intent("failed", seen, first, None, verdict=verdict, further=(second,)))
    [told] = visits(tmp_path)
    assert [one["status"] for one in told["pages"]] == [503]  # type: ignore[attr-defined]  # a list of objects
    assert any(line.startswith("captures") and "page=2" in line for line in dumped(tmp_path))


def test_a_page_that_is_the_same_is_a_repeat(tmp_path: Path) -> None:
    """Only the page that was edited is written whole."""
    with opened(tmp_path) as archive:
        stored(archive, "A", "B", "C")
        kept = stored(archive, "A", "B", "D", at=START + DAY)
        assert [one.refers_to is not None for one in (kept.capture, *kept.further)] == [True, True, False]
        assert [archive.page(one).body for one in kept.further] == [b"<p>B</p>", b"<p>D</p>"]


def test_every_page_leads_to_the_article(tmp_path: Path) -> None:
    """Each is a form of its address."""
    with opened(tmp_path) as archive:
        kept = stored(archive, "A", "B")
        found = archive.find(f"{HARBOUR}?page=2")
        assert found is not None
        assert found.id == kept.article_id


def test_another_reading_keeps_the_captures_of_all_pages(tmp_path: Path) -> None:
    """What the outlet sent stays as it was."""
    with opened(tmp_path) as archive:
        kept = stored(archive, "A", "B")
        entry = archive.find(HARBOUR)
        assert entry is not None
        again = archive.revise(Revision(entry, 0, article("A and B", reading="extract 2"), START + DAY, "1 → 2"))
    assert again is not None
    assert again.further == kept.further
    assert findings(tmp_path) == []


def test_made_again_the_catalogue_is_the_same(tmp_path: Path) -> None:
    """Captures of all pages are in it, and the proof is complete."""
    with opened(tmp_path) as archive:
        stored(archive, "A", "B", "C")
        stored(archive, "A", "B", "D", at=START + DAY)
    before = dumped(tmp_path)
    reindex(tmp_path)
    assert dumped(tmp_path) == before
    assert findings(tmp_path) == []
    assert sum(line.startswith("captures") for line in before) == 6


@pytest.mark.parametrize("number", [0, 1])
def test_damage_to_any_page_is_found(tmp_path: Path, number: int) -> None:
    """One byte within the record of a later page."""
    with opened(tmp_path / "a") as archive:
        kept = stored(archive, "A", "B", "C")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    capture = kept.further[number]
    path = tmp_path / "b" / capture.file
    content = bytearray(path.read_bytes())
    content[capture.offset + capture.length // 2] ^= 0x20
    path.write_bytes(content)
    assert [finding.file for finding in findings(tmp_path / "b")] == [capture.file]
    assert findings(tmp_path / "a") == []
