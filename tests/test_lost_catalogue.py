"""The catalogue is damaged, gone, or another one: never a fresh empty one over a full archive, and one way back."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scraper.cli import main
from tests.fakes import article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.invariants import EVIDENCE
from tests.test_hostile_web import hasten, visits
from tests.wire import WIRES

HOST = "paper.example"
ONE, TWO = (f"http://{HOST}/news/{name}-a{number}" for number, name in ((1041, "pier-vote"), (1042, "mayor")))
ROUTES = {
    "/news/pier-vote-a1041": article_page(),
    "/news/mayor-a1042": article_page(*WIRES["en"].story, title="Mayor resigns"),
}


def emptied(path: Path) -> None:
    """Zero bytes, and no log."""
    without_logs(path)
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    """Something else of about that size."""
    path.write_bytes(b"not a database at all" * 4000)


def random_bytes(path: Path) -> None:
    """A file that begins like one and is none."""
    path.write_bytes(b"SQLite format 3\0" + os.urandom(60_000))


def truncated(path: Path) -> None:
    """Half of it is there."""
    os.truncate(path, path.stat().st_size // 2)


def gone(path: Path) -> None:
    """With its log, if it has one."""
    without_logs(path)
    path.unlink()


def only_its_log(path: Path) -> None:
    """What a copy of a running archive may leave behind."""
    Path(f"{path}-wal").write_bytes(b"\x37\x7f\x06\x82" + os.urandom(4096))
    path.unlink()


def folder(path: Path) -> None:
    """A folder has its name."""
    gone(path)
    path.mkdir()


def link(path: Path) -> None:
    """Somebody put it on another disk."""
    without_logs(path)
    other = path.parent.with_name("elsewhere.sqlite")
    path.rename(other)
    path.symlink_to(other)


def without_logs(path: Path) -> None:
    for log in ("-wal", "-shm"):
        Path(f"{path}{log}").unlink(missing_ok=True)


HARMS = (emptied, overwritten, random_bytes, truncated, gone, only_its_log, folder, link)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one article."""
    program = Program(tmp_path_factory.mktemp("catalogue"))
    with serve(Site(dict(ROUTES))) as site:
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        program.fetch(ONE)
    return program.root


@pytest.fixture
def program(template: Path, tmp_path: Path) -> Program:
    """A copy of it."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Program(tmp_path)


def evidence(program: Program) -> dict[str, bytes]:
    """All files that are the archive."""
    places = (place for part in EVIDENCE for place in (program.archive / part).rglob("*") if place.is_file())
    return {str(place): place.read_bytes() for place in places}


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_lost_catalogue_is_said_with_its_repair_and_repaired_by_it(
    program: Program, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """S13: every command says the same sentence and touches nothing; after it the archive is whole."""

    def run(*args: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*args, "--archive", str(program.archive), "--config", str(program.config)])
        return ended.value.code, *capsys.readouterr()

    harm(program.archive / "catalogue.sqlite")
    before = evidence(program)
    for command in (["show", ONE], ["fetch", TWO], ["status"]):
        code, out, err = run(*command)
        assert (code, out, len(err.splitlines())) == (1, "", 1), (command, out, err)
        assert "scraper reindex" in err
    code, _, err = run("reindex")
    assert code in {0, 1}, err
    code, _, err = run("show", ONE)
    assert (code, err) == (0, "")
    code, out, _ = run("verify", "--deep")
    assert (code, evidence(program)) == (0, before), out


@pytest.fixture
def site() -> Iterator[Site]:
    """The outlet, announcing nothing new."""
    with serve(Site(dict(ROUTES))) as site:
        yield site


def errors(program: Program) -> list[str]:
    """What the daemon complained of, in order."""
    return [f"{line['event']}: {line['why']}" for line in program.log() if line["level"] == "error"]


def deleted(program: Program) -> None:
    """Somebody cleaned up."""
    (program.archive / "catalogue.sqlite").unlink()


def replaced_by_an_older_one(program: Program) -> None:
    """Somebody restored a backup under the daemon."""
    other = program.root / "backup.sqlite"
    shutil.copy(other, program.root / "copy.sqlite")
    (program.root / "copy.sqlite").replace(program.archive / "catalogue.sqlite")


@pytest.mark.parametrize("harm", [deleted, replaced_by_an_older_one], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_daemon_whose_catalogue_is_taken_stores_nothing_and_says_once_what_to_do(
    program: Program, site: Site, harm: Callable[[Program], None], ends: signal.Signals
) -> None:
    """S15: it asks nobody, does not spin, and goes on after the `reindex` that it names; nothing stored is lost."""
    program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1s")})
    shutil.copy(program.archive / "catalogue.sqlite", program.root / "backup.sqlite")
    site.routes["/feed.xml"] = feed(ONE, TWO)
    with program.daemon() as daemon:
        wait_for(lambda: len(program.texts()) == 2)
        wait_for(lambda: any(line["url"] == TWO for line in visits(program)))
        harm(program)
        wait_for(lambda: errors(program))
        time.sleep(1)  # what was being asked for when it began
        asked, written = len(site.asked), evidence(program)
        time.sleep(4)
        assert (len(site.asked), evidence(program)) == (asked, written)
        assert 1 <= len(errors(program)) <= 2
        assert all("scraper reindex" in error for error in errors(program))
        assert harm is not deleted or program.run("fetch", ONE).returncode == 1
        daemon.send_signal(ends)
        daemon.wait(30)
    assert program.run("reindex").returncode in {0, 1}
    assert len(program.texts()) == 2
    assert program.run("verify", "--deep").returncode == 0
    hasten(program)
    with program.daemon():
        count = len(visits(program))
        wait_for(lambda: len(visits(program)) > count)
    assert all(line["verdict"] in {"new", "same"} for line in visits(program))
    assert program.run("verify", "--deep").returncode == 0
