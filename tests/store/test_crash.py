"""A write may end at any step, by a kill, an error or a power cut: nothing acknowledged is lost, nothing half is seen.

Names of invariants (I1 …) as in docs/archive.md.
"""

from __future__ import annotations

import itertools
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.errors import ArchiveUnwritable
from scraper.model import Revision
from scraper.store.archive import FileArchive
from scraper.store.files import Files
from scraper.store.reindex import reindex
from scraper.widgets import Widget
from tests.store.kit import (
    HARBOUR,
    START,
    Clock,
    article,
    dumped,
    findings,
    gone,
    intent,
    leftovers,
    opened,
    page,
    texts,
    visit,
    visit_of_pages,
)
from tests.store.stunts import Forgetful, Killed, Stunt, Stunts

DAY = timedelta(days=1)
SMALL = 2500  # bytes of a WARC file: a few records


@dataclass(frozen=True)
class Scene:
    """What was there before, what is being done, and the texts that are there once it is done."""

    before: Callable[[FileArchive], object]
    action: Callable[[FileArchive], object]
    old: tuple[str, ...]
    new: tuple[str, ...]
    warc_size: int = 1 << 30


def _nothing(_: FileArchive) -> None:
    """An empty archive."""


def _one(archive: FileArchive) -> None:
    visit(archive, "A")


def _gone(archive: FileArchive) -> None:
    visit(archive, "A")
    gone(archive, at=START + DAY)


def _back(archive: FileArchive) -> None:
    seen = page(at=START + 2 * DAY)
    archive.commit(intent("back", seen, archive.capture(seen), archive.find(HARBOUR)))


def _full(archive: FileArchive) -> None:
    for number, text in enumerate("ABC"):
        visit(archive, text, at=START + number * timedelta(minutes=1))


def _revised(archive: FileArchive) -> None:
    entry = archive.find(HARBOUR)
    assert entry
    archive.revise(Revision(entry, 0, article("A, read anew", reading="extract 2"), START + DAY, "extract 1 → 2"))


def _learnt(archive: FileArchive) -> None:
    widget = Widget("news.example", "text", "Goal: # readers", date(2024, 6, 2), ("around 9 articles",))
    if not archive.widgets("news.example"):
        archive.decide_widget(widget, "learn", "https://news.example/")
    assert archive.widgets("news.example") == [widget]


def _pages(archive: FileArchive) -> None:
    visit_of_pages(archive, "A", "B", "C")


_BOTH = ("A B C", "A B D")
SCENES = {
    "widget": Scene(_one, _learnt, ("A",), ("A",)),
    "revision": Scene(_one, _revised, ("A",), ("A, read anew",)),
    "new": Scene(_nothing, _one, (), ("A",)),
    "edit": Scene(_one, lambda a: visit(a, "B", at=START + DAY), ("A",), ("A", "B")),
    "pages": Scene(_nothing, _pages, (), ("A B C",)),
    "pages-edit": Scene(_pages, lambda a: visit_of_pages(a, "A", "B", "D", at=START + DAY), ("A B C",), _BOTH, SMALL),
    "same": Scene(_one, lambda a: visit(a, "A", at=START + DAY), ("A",), ("A",)),
    "gone": Scene(_one, lambda a: gone(a, at=START + DAY), ("A",), ("A",)),
    "back": Scene(_gone, _back, ("A",), ("A",)),
    "rotation": Scene(_full, lambda a: visit(a, "D", at=START + DAY), tuple("ABC"), tuple("ABCD"), SMALL),
}


def prepared(tmp_path: Path, scene: Scene) -> Path:
    """The archive before the action, as a template to copy."""
    template = tmp_path / "template"
    with opened(template, warc_size=scene.warc_size) as archive:
        scene.before(archive)
    return template


def copied(template: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(template, to)
    return to


def act(root: Path, scene: Scene, files: Files) -> Exception | Killed | None:
    """Open, do it, close; what came out."""
    archive = None
    try:
        archive = opened(root, files, seed=2, warc_size=scene.warc_size, clock=Clock(START + DAY))
        scene.action(archive)
    except (Killed, ArchiveUnwritable) as error:
        return error
    finally:
        if archive is not None:
            archive.close()
    return None


def assert_sound(root: Path, scene: Scene, *, acknowledged: bool) -> None:
    """I1 to I5 and I7 after any end of `scene.action`, once somebody has opened the archive again."""
    with opened(root, seed=3, warc_size=scene.warc_size, clock=Clock(START + 3 * DAY)) as archive:
        seen = tuple(texts(archive))
    assert seen == scene.new if acknowledged else seen in {scene.old, scene.new}
    assert not leftovers(root)
    assert findings(root) == []
    for path in root.glob("warc/*/*/*.warc.gz"):
        with path.open("rb") as file:
            assert all(record.rec_type for record in ArchiveIterator(file))
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before
    with opened(root, seed=4, warc_size=scene.warc_size, clock=Clock(START + 5 * DAY)) as archive:
        scene.action(archive)
        assert tuple(texts(archive)) == scene.new


@pytest.mark.parametrize("stunt", ["kill-before", "kill-after", "kill-halfway"])
@pytest.mark.parametrize("name", SCENES)
def test_killed_at_any_step_the_archive_is_sound(tmp_path: Path, name: str, stunt: Stunt) -> None:
    """I1, I2, I3, I4, I5, I7: a process that ends at any step leaves what the next one puts right by itself."""
    scene = SCENES[name]
    template = prepared(tmp_path, scene)
    for step in itertools.count(1):
        root = copied(template, tmp_path / "archive")
        files = Stunts(step, stunt)
        ended = act(root, scene, files)
        assert_sound(root, scene, acknowledged=ended is None)
        if files.done is None:
            assert step > 5
            return


@pytest.mark.parametrize("stunt", ["full", "broken", "read-only"])
@pytest.mark.parametrize("name", ["new", "edit", "rotation", "gone"])
def test_an_error_at_any_step_is_said_and_survived(tmp_path: Path, name: str, stunt: Stunt) -> None:
    """I3, I8: what cannot be written is ArchiveUnwritable, and the same process goes on once the cause is gone."""
    scene = SCENES[name]
    template = prepared(tmp_path, scene)
    for step in itertools.count(1):
        root = copied(template, tmp_path / "archive")
        files = Stunts(0, stunt)
        with opened(root, files, seed=2, warc_size=scene.warc_size, clock=Clock(START + DAY)) as archive:
            files.at = files.steps + step
            try:
                scene.action(archive)
            except ArchiveUnwritable:
                assert tuple(texts(archive)) == scene.old
                scene.action(archive)
            assert tuple(texts(archive)) == scene.new
        assert_sound(root, scene, acknowledged=True)
        if files.done is None:
            return


def test_a_failed_sync_ends_its_file(tmp_path: Path) -> None:
    """S5: after EIO from fsync the next record begins a new WARC file, though a second fsync would have said yes."""
    scene = SCENES["edit"]
    root = prepared(tmp_path, scene)
    files = Stunts(0, "broken")
    with opened(root, files, seed=2, clock=Clock(START + DAY)) as archive:
        files.at = files.steps + 2  # write, fsync
        with pytest.raises(ArchiveUnwritable, match="not counted as stored"):
            archive.capture(page(at=START + DAY))
        assert files.done == "fsync"
        archive.capture(page(at=START + DAY))
    assert len(list(root.glob("warc/*/*/*.warc.gz"))) == 2
    assert findings(root) == []


@pytest.mark.parametrize("first", [3, 6, 9, 11, 13, 15])
def test_killed_while_repairing_the_archive_is_sound(tmp_path: Path, first: int) -> None:
    """C14: repair itself may end at any step and is done again."""
    scene = SCENES["edit"]
    template = prepared(tmp_path, scene)
    assert isinstance(act(template, scene, Stunts(first, "kill-after")), Killed)
    for step in itertools.count(1):
        root = copied(template, tmp_path / "archive")
        files = Stunts(step, "kill-halfway")
        archive = None
        try:
            archive = opened(root, files, seed=5)
        except Killed:
            pass
        finally:
            if archive is not None:
                archive.close()
        assert_sound(root, scene, acknowledged=False)
        if files.done is None:
            return


@pytest.mark.parametrize("name", ["new", "edit", "rotation", "gone"])
@pytest.mark.parametrize(("names", "contents"), [("synced", "synced"), ("all", "synced"), ("all", "half")])
def test_a_power_cut_at_any_step_loses_nothing_acknowledged(
    tmp_path: Path, name: str, names: Literal["synced", "all"], contents: Literal["synced", "half"]
) -> None:
    """I1, I2, I3: whatever of the unsynced the disk has kept, the archive is sound after the next start."""
    scene = SCENES[name]
    root = copied(prepared(tmp_path, scene), tmp_path / "live")

    def cut(files: Forgetful, _: int) -> None:
        files.after_power_loss(tmp_path / "after", names, contents)
        assert_sound(tmp_path / "after", scene, acknowledged=False)

    files = Forgetful(root, cut)
    assert act(root, scene, files) is None
    files.after_power_loss(tmp_path / "after", names, contents)
    assert_sound(tmp_path / "after", scene, acknowledged=True)
    assert files.steps > 5


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A name that is taken stops the write; what is there stays as it is."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        Files().create(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_crash_loop_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I10: quarantine keeps a bounded number of pieces."""
    monkeypatch.setattr("scraper.store.quarantine.PIECES", 5)
    root = prepared(tmp_path, SCENES["edit"])
    for _ in range(12):
        with next(root.glob("warc/*/*/*.gz")).open("ab") as file:
            file.write(b"torn")
        opened(root).close()
    pieces = [path for path in (root / "quarantine").iterdir() if path.suffix != ".why"]
    assert 1 <= len(pieces) <= 6
    assert findings(root) == []


def test_what_is_put_aside_is_for_the_owner_only(tmp_path: Path) -> None:
    """I11: neither quarantine nor the things of the moment are open to others."""
    root = prepared(tmp_path, SCENES["edit"])
    with next(root.glob("warc/*/*/*.gz")).open("ab") as file:
        file.write(b"torn")
    opened(root).close()
    assert [stat.S_IMODE((root / name).stat().st_mode) for name in ("quarantine", ".run")] == [0o700, 0o700]
