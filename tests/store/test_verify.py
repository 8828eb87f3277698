"""Whatever happens to a file, `verify` names it, and no other; and it changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import apsw
import pytest

from scraper.errors import ArchiveError
from scraper.store.verify import verify
from tests.store.kit import START, Clock, findings, gone, opened, page, pieces, visit
from tests.store.stunts import Killed, Stunts

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions, a tombstone, two WARC files, a manifest."""
    root = tmp_path_factory.mktemp("template") / "archive"
    with opened(root, warc_size=5000, clock=Clock()) as archive:
        for number, text in enumerate("ABC"):
            visit(archive, text, at=START + number * DAY)
        gone(archive, at=START + 3 * DAY)
        archive.capture(page("https://news.example/unused", at=START + 3 * DAY))
        archive.write_manifests(date(2024, 6, 4))
    assert len(list(root.glob("warc/*/*/*"))) == 2
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    """A copy to be harmed."""
    shutil.copytree(template, tmp_path / "archive")
    return tmp_path / "archive"


def one(root: Path, pattern: str) -> Path:
    return min(root.glob(pattern))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


FILES = {
    "text": "articles/*/*/*/*/001_*.txt",
    "last text": "articles/*/*/*/*/002_*.txt",
    "sidecar": "articles/*/*/*/*/001_*.json",
    "last sidecar": "articles/*/*/*/*/002_*.json",
    "tombstone": "articles/*/*/*/*/gone-*.json",
    "closed WARC": "warc/*/*/*00001.warc.gz",
    "open WARC": "warc/*/*/*00002.warc.gz",
    "manifest": "manifests/*",
}


def test_a_whole_archive_has_no_findings(root: Path) -> None:
    """Not deep, and not otherwise."""
    assert findings(root, deep=False) == findings(root, deep=True) == []


@pytest.mark.parametrize("harm", [flip, cut, empty, longer, linked, Path.unlink])
@pytest.mark.parametrize("which", FILES)
def test_a_damaged_file_is_named_and_no_other(root: Path, which: str, harm: Callable[[Path], None]) -> None:
    """I12: exactly the damaged file, whatever was done to it."""
    path = one(root, FILES[which])
    harm(path)
    assert [finding.file for finding in findings(root)] == [path.relative_to(root).as_posix()]


@pytest.mark.parametrize("harm", [flip, empty, Path.unlink])
@pytest.mark.parametrize("which", ["text", "last text", "sidecar", "last sidecar", "tombstone"])
def test_damage_is_found_without_the_catalogue_too(root: Path, which: str, harm: Callable[[Path], None]) -> None:
    """Names, chain, manifests and visits prove the snapshots when the database is lost."""
    path = one(root, FILES[which])
    harm(path)
    (root / "catalogue.sqlite").unlink()
    named = {finding.file for finding in findings(root)}
    assert {"catalogue.sqlite", path.relative_to(root).as_posix()} == named


@pytest.mark.parametrize(
    "name",
    [
        "articles/news.example/2024/06/{folder}/note.txt",
        "articles/news.example/2024/06/{folder}/003_0123456789abcdef.json",
        "articles/news.example/2024/06/{folder}/.003_0123456789abcdef.txt.part",
        "articles/news.example/2024/06/{folder}/gone-20250101T000000Z.json",
        "articles/elsewhere/2024/06/x-01234567/000_e3b0c44298fc1c14.txt",
        "articles/stray.txt",
        "warc/2024/06/other.warc.gz",
        "warc/2024/06/scraper-20240701000000-00009.warc.gz",
        "manifests/notes",
        "stray",
    ],
)
def test_surplus_is_named(root: Path, name: str) -> None:
    """A file that nobody stored is found wherever it lies."""
    folder = one(root, "articles/*/*/*/*").name
    path = root / name.format(folder=folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    assert [finding.file for finding in findings(root)] == [path.relative_to(root).as_posix()]


def test_a_lost_folder_is_named(root: Path) -> None:
    """An article whose folder is gone is missed once, not file by file."""
    folder = one(root, "articles/*/*/*/*")
    shutil.rmtree(folder)
    named = [finding.file for finding in findings(root)]
    assert folder.relative_to(root).as_posix() in named


def test_a_torn_tail_is_told_from_damage(root: Path) -> None:
    """What was never acknowledged is repaired by the next command that writes, and said so."""
    with one(root, FILES["open WARC"]).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    (finding,) = findings(root, deep=False)
    assert "torn tail of 7 bytes" in finding.problem
    assert "next command" in finding.repair


def test_a_hole_in_a_warc_is_named_with_its_place(root: Path) -> None:
    """W2: where it is, and how long; what follows is still checked."""
    path = one(root, FILES["closed WARC"])
    content = path.read_bytes()
    torn = pieces(content)[2]
    path.write_bytes(content[: torn.offset] + b"\0" * torn.length + content[torn.offset + torn.length :])
    (finding,) = findings(root)
    assert f"{torn.length} bytes at {torn.offset}" in finding.problem


def test_a_record_that_was_rewritten_is_found(root: Path) -> None:
    """Someone who changes a page and packs the record again does not fit its digest."""
    path = one(root, FILES["closed WARC"])
    content = path.read_bytes()
    target = pieces(content)[1]
    record = gzip.decompress(content[target.offset : target.offset + target.length])
    forged = gzip.compress(record.replace(b"<p>A</p>", b"<p>Z</p>"))
    path.write_bytes(content[: target.offset] + forged + content[target.offset + target.length :])
    (finding,) = findings(root)
    assert "altered" in finding.problem or "is no record" in finding.problem


def test_a_row_that_says_otherwise_is_found(root: Path) -> None:
    """A catalogue that does not fit the files is damage to one of them."""
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.execute("UPDATE versions SET sidecar_sha256 = 'x' WHERE version = 1")
    (finding,) = findings(root)
    assert "001_" in finding.file


def test_an_overwritten_database_is_found(root: Path) -> None:
    """Pages of the catalogue that are not what they were."""
    path = root / "catalogue.sqlite"
    content = bytearray(path.read_bytes())
    for place in range(4096 * 3, len(content), 4096 * 2):
        content[place : place + 100] = b"\xff" * 100
    path.write_bytes(content)
    assert "catalogue.sqlite" in {finding.file for finding in findings(root)}


def test_an_unfinished_write_is_named(tmp_path: Path) -> None:
    """What a killed process left is said to be repaired by the next writer."""
    for step in itertools.count(1):
        files, root = Stunts(0, "kill-before"), tmp_path / str(step)
        with opened(root, files) as archive:
            files.at = files.steps + step
            with pytest.raises(Killed) as killed:
                visit(archive, "A")
        if "link" in str(killed.value):
            break
    assert any("did not end" in finding.problem for finding in findings(root))


def test_verify_changes_nothing(root: Path) -> None:
    """Not one byte, whatever it finds."""
    flip(one(root, FILES["text"]))
    (root / "stray").touch()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    findings(root)
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    assert after == before


def test_what_is_stored_meanwhile_is_no_surplus(root: Path) -> None:
    """A daemon may write while this runs: what was not known a moment ago is asked for again."""
    checking = verify(root)
    with opened(root, seed=1, clock=Clock(START + 5 * DAY)) as archive:
        (root / "stray").touch()
        found = []
        for number in range(3):
            visit(archive, f"new {number}", url=f"https://news.example/{number}", at=START + 5 * DAY)
        found = [finding.file for finding in checking]
    assert found == ["stray"]


def test_there_has_to_be_an_archive(tmp_path: Path) -> None:
    """A mistyped folder is not an archive without faults."""
    with pytest.raises(ArchiveError):
        list(verify(tmp_path / "typo"))


def test_a_manifest_of_a_day_on_which_very_much_came_is_none_the_worse(root: Path) -> None:
    """Longer than any other file of ours may be; the catalogue made a second time has read it, too."""
    path = one(root, FILES["manifest"])
    content = path.read_bytes() + b"-" * (65 << 20) + b"\n"
    path.write_bytes(content)
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.execute("UPDATE manifests SET sha256 = ? WHERE day = ?", (hashlib.sha256(content).hexdigest(), path.stem))
    assert findings(root) == []


def test_a_manifest_longer_than_any_can_be_is_not_read(root: Path) -> None:
    """A hole of a terabyte is named at once."""
    path = one(root, FILES["manifest"])
    with path.open("ab") as file:
        file.truncate(1 << 40)
    assert "which nothing here may be" in findings(root)[0].problem
