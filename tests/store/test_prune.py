"""Room made in closed WARC files: what goes, what never goes, and what is left at every moment in between."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.errors import ArchiveBusy, ArchivePruned, ArchiveUnwritable, UsageError
from scraper.store.archive import FileArchive
from scraper.store.exported import exported
from scraper.store.prune import Policy, Pruned, nobody_prunes, replaced
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, START, article, dumped, findings, gone, intent, opened, page, texts, visit
from tests.store.stunts import Killed, Stunt, Stunts
from tests.tally import Tally

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD = Policy(START + 30 * DAY, "made no version, older than 30 d", spare=True)


def seen_again(archive: FileArchive, number: int, at: datetime) -> None:
    """A visit that found nothing new in a page whose bytes are new."""
    banner = hashlib.sha256(str(number).encode()).hexdigest() * 40
    seen = page(body=f"<p>A</p><aside>{banner}</aside>".encode(), at=at)
    capture = archive.capture(seen)
    archive.commit(intent("same", seen, capture, archive.find(HARBOUR)))


def busy(root: Path) -> None:
    """An article with two versions, a repeat, ten visits that found nothing, and a deletion; in closed files."""
    with opened(root, warc_size=6000) as archive:
        visit(archive, "A")
        for number in range(10):
            seen_again(archive, number, START + (number + 1) * HOUR)
        visit(archive, "B", at=START + DAY)
        seen = page(body=b"<p>B</p>", at=START + DAY + HOUR)
        archive.commit(intent("same", seen, archive.capture(seen), archive.find(HARBOUR)))
        gone(archive, at=START + 2 * DAY)
        for number in range(10, 14):
            seen_again(archive, number, START + (50 + number) * DAY)
        archive.write_manifests(date(2024, 6, 20))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A busy archive, closed."""
    busy(tmp_path / "archive")
    return tmp_path / "archive"


def pruned(root: Path, policy: Policy = OLD, *, yes: bool = True) -> list[Pruned]:
    """What one run over an archive did."""
    with opened(root, warc_size=6000, seed=9) as archive:
        return list(archive.prune(policy, yes=yes))


def warcs(root: Path) -> dict[str, bytes]:
    """All WARC files."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.glob("warc/*/*/*.gz"))}


def others(root: Path) -> dict[str, bytes]:
    """All that is no WARC file and no catalogue."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("articles", "manifests", "widgets")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


def kinds(root: Path) -> list[str]:
    """The types of all records a strict reader meets, digests checked."""
    found = []
    for path in sorted(root.glob("warc/*/*/*.gz")):
        with path.open("rb") as file:
            found += [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    return found


def assert_whole(root: Path) -> None:
    """Nothing is wrong, and the catalogue is the one that the files give."""
    assert findings(root) == []
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before


def test_nothing_goes_without_being_told_to(root: Path) -> None:
    """A dry run says what would go, and every byte stays."""
    before = warcs(root)
    found = pruned(root, yes=False)
    assert sum(each.records for each in found) == 22
    assert all(each.now is None for each in found)
    assert {name: data for name, data in warcs(root).items() if name in before} == before


def test_answers_that_made_no_version_go_and_room_is_made(root: Path) -> None:
    """Ten answers and a repeat, with their requests; the disk has as much more room as was said."""
    before = sum(map(len, warcs(root).values()))
    types = kinds(root)
    found = pruned(root)
    freed = sum(each.freed for each in found)
    assert sum(each.records for each in found) == 22
    assert sum(map(len, warcs(root).values())) == before - freed
    assert freed > 0.2 * before
    assert kinds(root).count("response") == types.count("response") - 10
    assert kinds(root).count("metadata") == types.count("metadata") + len(found)


def test_what_stays_is_as_it_was(root: Path) -> None:
    """No snapshot, sidecar, tombstone or manifest is touched; versions and the deletion have their evidence."""
    before = others(root)
    pruned(root)
    assert others(root) == before
    with opened(root) as archive:
        entry = archive.find(HARBOUR)
        assert entry
        assert [archive.page(each.capture).body for each in archive.versions(entry.id)] == [b"<p>A</p>", b"<p>B</p>"]
        assert texts(archive) == ["A", "B"]
        assert entry.gone_since == START + 2 * DAY
    assert_whole(root)


def test_records_that_stay_are_copied_byte_for_byte(root: Path) -> None:
    """Each member of the new file is one of the old one, in its order, but for the record of the pruning."""
    before = warcs(root)
    for each in pruned(root):
        assert each.now
        new, old = (root / each.now).read_bytes(), before[each.file]
        at = 0
        for member in _members(new):
            if b"scraper-prune/1" in member[1]:
                continue
            at = old.index(member[0], at) + len(member[0])


def _members(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        inflate = zlib.decompressobj(31)
        plain = inflate.decompress(data)
        found.append((data[: len(data) - len(inflate.unused_data)], plain))
        data = inflate.unused_data
    return found


def test_a_pruned_answer_says_when_and_why(root: Path) -> None:
    """Not "damaged", and not "missing"."""
    with opened(root) as archive, archive._catalogue.read() as db:
        seqs = db.execute("SELECT record_id FROM captures WHERE verdict = 'same' AND version IS NULL").fetchall()
        seen = page(at=START)
        capture = archive.capture(seen)
    pruned(root)
    told = r"pruned on 2024-06-02 \(made no version, older than 30 d\)"
    with opened(root) as archive, pytest.raises(ArchivePruned, match=told):
        archive.page(replace(capture, record_id=str(seqs[0][0])))


def test_pruning_again_changes_nothing(root: Path) -> None:
    """Idempotent: what went cannot go again."""
    pruned(root)
    before = warcs(root)
    assert pruned(root) == []
    assert set(before.items()) <= set(warcs(root).items())


def test_a_file_can_be_pruned_again_by_another_policy(root: Path) -> None:
    """The younger answers go later; both prunings are told, and the catalogue follows."""
    pruned(root, Policy(START + 6 * HOUR, "first", spare=True))
    assert_whole(root)
    again = pruned(root, Policy(START + 300 * DAY, "second", spare=True))
    assert any("-p2" in (each.now or "") for each in again)
    assert not any("-p1" in name for name in warcs(root) if name.replace("-p1", "-p2") in warcs(root))
    assert_whole(root)


def test_a_payload_that_a_version_repeats_stays(tmp_path: Path) -> None:
    """The answer made no version, a later one with the same bytes did: its evidence is the first one's payload."""
    root = tmp_path / "archive"
    with opened(root, warc_size=3000) as archive:
        visit(archive, "A")
        seen = page(body=b"<p>half a page</p>" * 50, at=START + HOUR)
        archive.commit(intent("partial", seen, archive.capture(seen), archive.find(HARBOUR)))
        again = page(body=b"<p>half a page</p>" * 50, at=START + 2 * HOUR)
        capture = archive.capture(again)
        assert capture.refers_to
        archive.commit(intent("edited", again, capture, archive.find(HARBOUR), article("half a page")))
        for number in range(6):
            seen_again(archive, number, START + (number + 3) * HOUR)
    pruned(root)
    with opened(root) as archive:
        entry = archive.find(HARBOUR)
        assert entry
        assert archive.page(archive.versions(entry.id)[1].capture).body == b"<p>half a page</p>" * 50
    assert_whole(root)


def test_what_was_pruned_is_captured_anew_and_not_as_a_repeat(root: Path) -> None:
    """A record that is gone has nothing a repeat could stand for."""
    pruned(root)
    with opened(root, seed=5) as archive:
        banner = hashlib.sha256(b"0").hexdigest() * 40
        seen = page(body=f"<p>A</p><aside>{banner}</aside>".encode(), at=START + 90 * DAY)
        capture = archive.capture(seen)
        assert capture.refers_to is None
        assert archive.page(capture).body == seen.body


def test_the_manifest_of_a_pruned_file_is_still_told_from_a_lie(root: Path) -> None:
    """`sha256sum -c` misses the old file; `verify` knows what it was, with and without the catalogue."""
    listed = "".join(path.read_text() for path in (root / "manifests").glob("*"))
    gone_ = [each.file for each in pruned(root)]
    assert any(name in listed for name in gone_)
    assert findings(root) == []
    (root / "catalogue.sqlite").unlink()
    assert [finding.file for finding in findings(root)] == ["catalogue.sqlite"]
    name = next(name for name in gone_ if name in listed)
    assert replaced(root, name) == {line.split()[0] for line in listed.splitlines() if line.endswith(name)}


def test_a_pruned_file_is_in_the_next_manifest(root: Path) -> None:
    """From then on the new file is what can be proved."""
    new = {each.now for each in pruned(root)}
    with opened(root) as archive:
        made = archive.write_manifests(datetime.now(UTC).date())
    assert new <= {line.split("  ")[1] for path in made for line in (root / path).read_text().splitlines()}
    assert_whole(root)


def test_a_damaged_file_is_left_alone_and_said(root: Path) -> None:
    """Damage is evidence too."""
    path = root / next(name for name in warcs(root))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = pruned(root)
    assert [each.file for each in found if each.note] == [path.relative_to(root).as_posix()]
    assert path.read_bytes() == data


def test_nobody_prunes_while_somebody_verifies(root: Path) -> None:
    """And the other way round: a verify that meets half of it would cry wolf."""
    with nobody_prunes(root), pytest.raises(ArchiveBusy, match="being verified, or pruned"):
        pruned(root)


# ---------------------------------------------------------------------------------------------------- exported


def test_what_lies_in_an_exported_file_goes_whole(root: Path, tmp_path: Path) -> None:
    """Versions' answers too: only the records of visits stay here, and the rest says where it lies."""
    copies = []
    for name in warcs(root):
        copies.append(tmp_path / Path(name).name)
        shutil.copy(root / name, copies[-1])
    known = {key: value for copy in copies for key, value in exported(copy).items()}
    found = pruned(root, Policy(START + 365 * DAY, "exported to backup.wacz", exported=known))
    assert {kind for each in found for kind in _kinds_of(root / (each.now or ""))} == {"warcinfo", "metadata"}
    with opened(root) as archive:
        entry = archive.find(HARBOUR)
        assert entry
        assert texts(archive) == ["A", "B"]
        with pytest.raises(ArchivePruned, match=r"exported to backup\.wacz"):
            archive.page(archive.versions(entry.id)[0].capture)
    assert_whole(root)


def _kinds_of(path: Path) -> list[str]:
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file)]


def test_a_record_that_is_altered_in_the_export_stays(root: Path, tmp_path: Path) -> None:
    """The copy is proved byte by byte: one that is damaged counts as none."""
    name, data = next(iter(warcs(root).items()))
    place = tmp_path / "copy.warc.gz"
    place.write_bytes(data)
    whole = exported(place)
    broken = bytearray(data)
    broken[len(data) // 2] ^= 1
    place.write_bytes(broken)
    assert set(exported(place)) < set(whole)
    lies = dict.fromkeys(whole, "sha256:" + "0" * 64)
    assert pruned(root, Policy(START + 365 * DAY, "lies", exported=lies)) == []
    assert warcs(root)[name] == data


def test_a_wacz_file_is_an_export_too(root: Path, tmp_path: Path) -> None:
    """Its WARC files lie in `archive/`."""
    name, data = next(iter(warcs(root).items()))
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as wacz:
        wacz.writestr("archive/data.warc.gz", data)
        wacz.writestr("datapackage.json", json.dumps({"profile": "data-package"}))
    plain = tmp_path / Path(name).name
    plain.write_bytes(data)
    assert exported(tmp_path / "a.wacz") == exported(plain)


def test_what_is_no_export_is_said(tmp_path: Path) -> None:
    """A text file, an empty one, a folder."""
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").touch()
    for name in ("text", "empty", "."):
        with pytest.raises(UsageError):
            exported(tmp_path / name)


# ---------------------------------------------------------------------------------------------------- cut short


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two versions with three visits between them that found nothing, in one closed file."""
    root = tmp_path / "archive"
    with opened(root, warc_size=9000) as archive:
        visit(archive, "A")
        for number in range(3):
            seen_again(archive, number, START + (number + 1) * HOUR)
        visit(archive, "B", at=START + DAY)
        archive.capture(page(body=random.Random(1).randbytes(9000), at=START + 40 * DAY))
    return root


def steps_of(root: Path, place: Path) -> int:
    """How many steps pruning a copy takes."""
    shutil.copytree(root, place)
    files = Stunts(-1, "kill-after")
    with opened(place, files, warc_size=6000, seed=9) as archive:
        start = files.steps
        list(archive.prune(OLD, yes=True))
    shutil.rmtree(place)
    return files.steps - start


@pytest.mark.parametrize("stunt", ["kill-before", "kill-after", "kill-halfway", "full", "broken", "read-only"])
def test_cut_short_at_any_step_nothing_is_lost(small: Path, tmp_path: Path, stunt: Stunt, tally: Tally) -> None:
    """C13: whatever step is the last one, the archive is whole after the next open, and the rest can still go."""
    place, right = tmp_path / "copy", 0
    steps = steps_of(small, place)
    assert steps > 10
    for step in range(1, steps + 1):
        shutil.copytree(small, place)
        files = Stunts(-1, stunt)
        archive = opened(place, files, warc_size=6000, seed=9)
        files.at = files.steps + step
        with contextlib.suppress(Killed, ArchiveUnwritable):
            list(archive.prune(OLD, yes=True))
        archive.close()
        with opened(place, warc_size=6000, seed=10) as archive:
            assert texts(archive) == ["A", "B"], (step, files.done)
        assert findings(place) == [], (step, files.done)
        assert not list(place.rglob("*.part")), (step, files.done)
        pruned(place)
        assert len(warcs(place)) == 2, (step, files.done)
        assert_whole(place)
        shutil.rmtree(place)
        right += 1
    tally("prune cut short", steps, right)
