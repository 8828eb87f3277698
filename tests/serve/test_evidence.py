"""What a version was made from, as the page about it says: read again each time, and honest about what is not there."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from scraper.store.archive import FileArchive
from scraper.store.exported import exported
from scraper.store.prune import Policy
from tests.serve.shown import Shown, fill, shown
from tests.store.kit import START, article, intent, opened, page


def test_a_capture_that_was_dropped_on_purpose_is_said_to_be(tmp_path: Path) -> None:
    """With why, and where it lies now."""
    root = tmp_path / "archive"
    with opened(root, warc_size=1000) as archive:
        fill(archive)
    copies = [Path(shutil.copy(path, tmp_path)) for path in sorted(root.glob("warc/*/*/*.gz"))[:-1]]
    known = {key: value for copy in copies for key, value in exported(copy).items()}
    with opened(root, warc_size=1000, seed=9) as archive:
        list(archive.prune(Policy(START + timedelta(days=9), "exported to cellar.wacz", exported=known), yes=True))
    with shown(root) as site:
        answer = site.client.get(f"/articles/{site.id()}/evidence?version=0")
        assert answer.status_code == 200
        assert "exported to cellar.wacz" in answer.text


def test_a_damaged_record_is_no_evidence(mine: Shown) -> None:
    """The page does not say that it is as it was stored; it is an error that says what to do."""
    snapshot = mine.archive.latest(mine.id())
    assert snapshot
    path = mine.archive.root / snapshot.capture.file
    data = bytearray(path.read_bytes())
    data[snapshot.capture.offset + snapshot.capture.length // 2] ^= 1
    path.write_bytes(data)
    answer = mine.client.get(f"/articles/{mine.id()}/evidence")
    assert (answer.status_code, "scraper verify" in answer.text) == (503, True)
    assert "it is what was stored" not in answer.text


def test_a_repeat_names_the_record_it_stands_for(tmp_path: Path) -> None:
    """Its payload is read there, and holds."""
    with shown(tmp_path / "archive") as site:
        again(site.archive)
        answer = site.client.get(f"/articles/{site.id()}/evidence?version=1").text
        assert "the same bytes had been kept already" in answer
        assert "it is what was stored" in answer


def again(archive: FileArchive) -> None:
    """Two versions read from the same bytes, as after a change of rules."""
    for number, text in enumerate(("The ferry sails at noon.", "The ferry sails at one.")):
        seen = page(at=START + timedelta(hours=number))
        entry = archive.find(seen.url)
        archive.commit(intent("edited" if entry else "new", seen, archive.capture(seen), entry, article(text)))
