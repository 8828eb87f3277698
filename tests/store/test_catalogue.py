"""Opening an archive: what is refused, what is said, and that nothing is ever made over what is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from scraper.errors import ArchiveBusy, ArchiveDamaged, ArchiveError, ArchiveNewer, ArchiveOlder, ArchiveUnwritable
from scraper.model import SourceState
from scraper.store.archive import FileArchive
from scraper.store.catalogue import APPLICATION, VERSION, Catalogue, create, door
from scraper.store.files import Files
from scraper.store.opening import network
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, article, dumped, findings, intent, opened, page, texts, visit


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with one article, closed."""
    with opened(tmp_path / "archive") as archive:
        visit(archive, "A")
    return tmp_path / "archive"


def test_an_archive_is_made_only_when_asked(tmp_path: Path) -> None:
    """A mistyped folder is said to be none, and stays one."""
    with pytest.raises(ArchiveError, match="is no archive yet"):
        FileArchive.open(tmp_path / "typo")
    with pytest.raises(ArchiveError, match="is no archive yet"):
        FileArchive.open(tmp_path / "typo", read_only=True)
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(("create", "read_only"), [(False, False), (True, False), (False, True)])
def test_a_file_where_an_archive_should_be_is_called_a_file(tmp_path: Path, create: bool, read_only: bool) -> None:
    """Nobody is told to begin an archive where none can ever be, and the file is left alone."""
    place = tmp_path / "archive.txt"
    place.write_text("a list of shops")
    with pytest.raises(ArchiveError, match=f"{place}: is a file, not a folder"):
        FileArchive.open(place, create=create, read_only=read_only)
    assert place.read_text() == "a list of shops"


def test_an_archive_may_be_made_beside_a_readme(tmp_path: Path) -> None:
    """The folder that comes with the program holds a page of text."""
    (tmp_path / "README.md").write_text("here")
    opened(tmp_path).close()
    assert (tmp_path / "catalogue.sqlite").stat().st_size > 0


def test_the_catalogue_has_an_identity(root: Path) -> None:
    """Its header says whose it is and which layout it has, and it is in WAL mode."""
    db = apsw.Connection(str(root / "catalogue.sqlite"))
    assert (db.pragma("application_id"), db.pragma("user_version")) == (APPLICATION, VERSION)
    assert db.pragma("journal_mode") == "wal"


def test_commits_are_synced(root: Path) -> None:
    """What the archive answers for is written with synchronous=FULL, when to look next without."""
    catalogue = Catalogue.open(root / "catalogue.sqlite")
    with catalogue.write() as db:
        assert db.pragma("synchronous") == 2
    with catalogue.write(durable=False) as db:
        assert db.pragma("synchronous") == 1
    catalogue.close()


def _newer(path: Path) -> None:
    apsw.Connection(str(path)).pragma("user_version", VERSION + 1)


def _older(path: Path) -> None:
    apsw.Connection(str(path)).pragma("user_version", VERSION - 1)


def _foreign(path: Path) -> None:
    apsw.Connection(str(path)).pragma("application_id", 7)


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is not a database, it only lies where one should be" * 100)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "error", "said"),
    [
        (_newer, ArchiveNewer, "use the newer program"),
        (_foreign, ArchiveDamaged, "not a catalogue of this program"),
        (_garbage, ArchiveDamaged, "scraper reindex"),
        (_empty, ArchiveDamaged, "scraper reindex"),
        (Path.unlink, ArchiveDamaged, "scraper reindex"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_catalogue_that_is_not_ours_is_refused(
    root: Path, harm: Callable[[Path], object], error: type[ArchiveError], said: str, read_only: bool
) -> None:
    """S13, B3: the sentence names the way out, and nothing is touched."""
    path = root / "catalogue.sqlite"
    harm(path)
    for log in ("-wal", "-shm"):
        Path(f"{path}{log}").unlink(missing_ok=True)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(error, match=said):
        FileArchive.open(root, create=not read_only, read_only=read_only)
    assert (path.read_bytes() if path.exists() else None) == before


def test_an_empty_catalogue_over_no_files_is_made_again(tmp_path: Path) -> None:
    """A process that died while it made the archive leaves nothing that keeps the next one from it."""
    (tmp_path / "catalogue.sqlite").touch()
    (tmp_path / ".catalogue.sqlite.new").write_bytes(b"half")
    with opened(tmp_path) as archive:
        assert visit(archive, "A")


MOUNTS = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 21 0:35 / /srv/press rw,relatime shared:2 - nfs4 server:/press rw
41 40 0:36 / /srv/press/local rw - xfs /dev/vdb rw
42 21 0:37 / /media/my\\040share rw - fuse.sshfs host:/ rw
43 21 0:38 / /srv/cluster rw - ocfs2 /dev/drbd0 rw
"""


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("/home/archive", None),
        ("/srv/press/archive", "nfs4"),
        ("/srv/press/local/archive", None),
        ("/srv/pressroom", None),
        ("/media/my share/archive", "fuse.sshfs"),
        ("/srv/cluster/archive", "ocfs2"),
    ],
)
def test_a_network_file_system_is_known(tmp_path: Path, where: str, kind: str | None) -> None:
    """S17: the mount that a folder lies on decides."""
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert network(Path(where), tmp_path / "mountinfo") == kind
    assert network(Path(where), tmp_path / "missing") is None


def test_no_archive_is_made_on_a_network_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's log is no log between two machines: said before anything is written."""
    monkeypatch.setattr("scraper.store.opening.network", lambda _: "nfs4")
    with pytest.raises(ArchiveUnwritable, match="nfs4"):
        FileArchive.open(tmp_path / "archive", create=True)
    assert not (tmp_path / "archive").exists()


def test_an_archive_that_another_machine_may_write_is_only_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P3: made on a local disk and then shared: who sees it over the network writes nothing there, not even a lock."""
    monkeypatch.setattr("scraper.store.opening.network", lambda _: "nfs4")
    shutil.rmtree(root / ".run")
    with pytest.raises(ArchiveUnwritable, match="two machines cannot share"):
        FileArchive.open(root)
    with FileArchive.open(root, read_only=True) as archive:
        assert texts(archive) == ["A"]
    assert not (root / ".run" / "write.lock").exists()


def test_creating_is_all_or_nothing(tmp_path: Path) -> None:
    """What `create` leaves is one file, whole."""
    create(tmp_path / "catalogue.sqlite", Files())
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.sqlite"]


def test_damage_met_on_the_way_is_said(root: Path) -> None:
    """S12: a page overwritten in the middle is damage, with the way out, not an unknown error."""
    path = root / "catalogue.sqlite"
    with path.open("r+b") as file:
        for offset in range(4096, path.stat().st_size, 4096):
            file.seek(offset)
            file.write(b"\xff" * 200)
    with pytest.raises(ArchiveDamaged, match="scraper reindex"):
        texts(FileArchive.open(root, read_only=True))


@pytest.mark.parametrize("error", apsw.Error.__subclasses__(), ids=lambda error: error.__name__)
def test_whatever_sqlite_says_is_an_error_of_the_archive(tmp_path: Path, error: type[apsw.Error]) -> None:
    """With the file's name, and never raw: whoever catches ArchiveError has caught it."""
    with pytest.raises(ArchiveError, match=str(tmp_path / "catalogue.sqlite")), door(tmp_path / "catalogue.sqlite"):
        raise error("so it says")


def test_a_catalogue_that_lacks_a_table_is_said(root: Path) -> None:
    """What SQLite itself calls an error of the statement: with what it said, and the way out."""
    apsw.Connection(str(root / "catalogue.sqlite")).execute("DROP TABLE aliases")
    with (
        FileArchive.open(root, read_only=True) as archive,
        pytest.raises(ArchiveError, match=r"no such table: aliases.*scraper reindex"),
    ):
        archive.find(HARBOUR)


def test_a_catalogue_deleted_under_a_daemon_can_be_made_again_as_it_is_said(root: Path) -> None:
    """S15: `reindex` refuses while somebody has the archive open, so the sentence begins with stopping the daemon."""
    with opened(root) as daemon:
        (root / "catalogue.sqlite").unlink()
        with pytest.raises(ArchiveDamaged, match=r"stop the daemon.*then run `scraper reindex`"):
            daemon.capture(page())
        with pytest.raises(ArchiveDamaged, match=r"stop the daemon.*then run `scraper reindex`"):
            FileArchive.open(root, read_only=True)
        with pytest.raises(ArchiveBusy):
            reindex(root)
    reindex(root)
    with FileArchive.open(root, read_only=True) as archive:
        assert texts(archive) == ["A"]


def test_a_catalogue_that_was_replaced_is_not_written_to(root: Path) -> None:
    """S15: writes into a file that nobody will find are refused, and said."""
    with opened(root) as archive:
        other = root.parent / "other"
        shutil.copy(root / "catalogue.sqlite", other)
        other.replace(root / "catalogue.sqlite")
        with pytest.raises(ArchiveDamaged, match="removed or replaced"):
            archive.capture(page())
        with pytest.raises(ArchiveDamaged, match="removed or replaced"):
            archive.frontier.source_done(SourceState("https://news.example/feed", "news.example"))


def contents(root: Path) -> dict[Path, bytes]:
    """All files but those SQLite keeps beside an open database."""
    return {
        path: path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_reading_changes_nothing(root: Path) -> None:
    """A read-only archive refuses to write, and leaves every file as it was."""
    before = contents(root)
    with FileArchive.open(root, read_only=True) as archive:
        assert texts(archive) == ["A"]
        with pytest.raises(ArchiveUnwritable, match="read only"):
            archive.capture(page())
        with pytest.raises(ArchiveUnwritable, match="read only"):
            archive.commit(intent("new", page(), None, None, article()))
    assert contents(root) == before


def test_readers_work_while_somebody_writes(root: Path) -> None:
    """Each sees what is committed, at once."""
    with opened(root) as writer, FileArchive.open(root, read_only=True) as reader:
        assert visit(writer, "B")
        assert texts(reader) == ["A", "B"]


READ_AS_NOBODY = """
import os, sys, json
from pathlib import Path
from scraper.model import SourceState
from scraper.store.archive import FileArchive
from scraper.store.catalogue import queries
from scraper.store.files import Files
from tests.store.kit import texts, page
from scraper.errors import ArchiveUnwritable
queries()
root = Path(sys.argv[1])
os.setgid(65534), os.setuid(65534)
with FileArchive.open(root, read_only=True) as archive:
    found = texts(archive)
try:
    FileArchive.open(root)
except ArchiveUnwritable as error:
    found.append(str(error))
print(json.dumps(found))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize("in_use", [True, False])
def test_an_archive_of_another_user_can_be_read(in_use: bool) -> None:
    """S9: without permission to write, reading works, beside a daemon and without one."""
    root = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to others
    try:
        with opened(root) as archive:
            visit(archive, "A")
            found = read_as_nobody(root) if in_use else []
        assert (found or read_as_nobody(root)) == ["A", f"{root}/.run/lease: {NOT_MINE}"]
    finally:
        shutil.rmtree(root)


NOT_MINE = "permission to write is refused; run as the owner of the archive or restore its permissions"


def read_as_nobody(root: Path) -> object:
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = subprocess.run(
        [sys.executable, "-c", READ_AS_NOBODY, str(root)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


# ------------------------------------------------------------------------------------------------ locks


def test_one_daemon_a_role(root: Path) -> None:
    """I6, P1: the second daemon with a role is refused and told who has it; other roles may run beside it."""
    with opened(root) as first, FileArchive.open(root) as second:
        with first.hold_daemon_lock({"scheduler", "worker"}):
            with second.hold_daemon_lock({"web"}):
                pass
            with (
                pytest.raises(ArchiveBusy, match=f"worker.*process {os.getpid()}"),
                second.hold_daemon_lock({"worker"}),
            ):
                pass
        with second.hold_daemon_lock({"worker"}):
            pass


def test_a_lock_of_a_dead_process_is_taken_over(root: Path) -> None:
    """P4: what counts is the kernel's lock, not a number in a file."""
    (root / ".run" / "daemon-worker.lock").write_text("process 1")
    with opened(root) as archive, archive.hold_daemon_lock({"worker"}):
        pass


def test_a_writer_that_waits_too_long_is_told_why(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else holds the archive: the message says who."""
    monkeypatch.setattr("scraper.store.archive.PATIENCE", 0.05)
    with opened(root) as first, FileArchive.open(root) as second, first._writing():
        first._spool.mark()
        with pytest.raises(ArchiveBusy, match=f"being written .process {os.getpid()}"):
            second.capture(page())


def test_a_lock_file_that_was_deleted_is_made_again(root: Path) -> None:
    """A lock on a file that nobody can find excludes nobody."""
    with opened(root) as first, FileArchive.open(root) as second:
        first.capture(page())
        shutil.rmtree(root / ".run")
        with first._writing():
            assert (root / ".run" / "write.lock").exists()
        second.capture(page())
        assert visit(first, "B")
    with FileArchive.open(root, read_only=True) as archive:
        assert texts(archive) == ["A", "B"]
        assert archive.find(HARBOUR)


def test_an_older_layout_is_made_anew_and_keeps_when_to_look_next(root: Path) -> None:
    """What only the old catalogue holds is carried over, and the old one is kept."""
    with FileArchive.open(root) as archive:
        archive.frontier.source_done(SourceState("https://news.example/rss", "news.example", items=7))
        before = dumped(root)
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.execute("DROP TABLE readings; DROP TABLE widgets; ALTER TABLE versions DROP COLUMN revision")
        db.pragma("user_version", 1)
    with FileArchive.open(root) as archive:
        assert "older layout 1: made again" in archive.repairs[0]
        source = archive.frontier.source("https://news.example/rss")
        assert source
        assert source.items == 7
    assert dumped(root) == before
    assert list((root / "quarantine").glob("*-catalogue.sqlite"))
    assert findings(root) == []


def test_an_older_layout_is_not_made_anew_by_who_only_reads(root: Path) -> None:
    _older(root / "catalogue.sqlite")
    with pytest.raises(ArchiveOlder, match="scraper reindex"):
        FileArchive.open(root, read_only=True)


def test_an_older_layout_in_use_is_left_alone(root: Path) -> None:
    with FileArchive.open(root):
        _older(root / "catalogue.sqlite")
        with pytest.raises(ArchiveBusy):
            FileArchive.open(root)
