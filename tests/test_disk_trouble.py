"""The disk under a running daemon fails and comes back: one message, no outlet is asked meanwhile, and it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.test_contention import locked
from tests.stunt import Stunted
from tests.tally import Tally
from tests.test_daemon import curl, free_port, stories

HOST = "paper.example"
STORIES = list(stories(HOST, 5).items())
Undo = Callable[[], object]


@contextmanager
def mounted(archive: Path, size: str = "6m") -> Iterator[None]:
    """A real disk of `size`, and the archive on it."""
    real = archive.with_name("disk")
    for folder, how in ((real, ["-t", "tmpfs", "-o", f"size={size}", "tmpfs"]), (archive, ["--bind", str(real)])):
        folder.mkdir()
        if subprocess.run(["mount", *how, folder], capture_output=True, check=False).returncode:
            pytest.skip("no permission to mount")
    try:
        yield
    finally:
        for folder in (archive, real):
            subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def plain(archive: Path) -> Iterator[None]:
    """The archive on the disk of everything else."""
    archive.mkdir()
    yield


def announce(site: Site, count: int) -> None:
    """The feed shows the first `count` stories."""
    site.routes |= dict(STORIES)
    site.routes[f"{HOST}/feed.xml"] = feed(*(f"http://{key}" for key, _ in STORIES[:count]))


def read_only(archive: Path) -> Undo:
    """Nothing new can be made on the disk, as after an error of it; what is open for writing stays so."""
    real = archive.with_name("disk")
    for command in (["umount", "-l"], ["mount", "--bind", real], ["mount", "-o", "remount,bind,ro"]):
        subprocess.run([*command, archive], check=True)
    return lambda: subprocess.run(["mount", "-o", "remount,bind,rw", archive], check=True)


def filled(archive: Path) -> Undo:
    """Somebody else fills the disk to the last byte."""
    other = archive / "README.md"
    with other.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 12))
        except OSError:
            pass
    return other.unlink


def away(archive: Path) -> Undo:
    """The disk is taken out, and a bare folder stays where it was mounted."""
    real = archive.with_name("disk")
    subprocess.run(["umount", "-l", archive], check=True)
    return lambda: subprocess.run(["mount", "--bind", real, archive], check=True)


def renamed(archive: Path) -> Undo:
    """The folder is not there at all, and then comes back as it was."""
    other = archive.with_name("elsewhere")
    archive.rename(other)
    return lambda: other.rename(archive)


def setup(program: Program, site: Site) -> int:
    """A daemon's configuration on small disks; the port of its health."""
    port = free_port()
    announce(site, 1)
    program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1s")}, more='[archive]\nlow_water = "0B"\n')
    path = program.config / "scraper.toml"
    path.write_text(path.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
    return port


def readiness(port: int) -> tuple[int, str]:
    """What a supervisor is told."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
            return answer.status, json.load(answer)["status"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["status"]
    except OSError:
        return 0, "nobody listens"


def errors(program: Program) -> list[str]:
    """What the daemon complained of, in order."""
    return [line["event"] for line in program.log() if line["level"] in {"error", "critical"}]


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (read_only, "archive-unwritable"),
        (filled, "archive-unwritable"),
        (away, "archive-gone"),
        (renamed, "archive-gone"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_daemon_rests_says_so_once_and_goes_on(
    tmp_path: Path, harm: Callable[[Path], Undo], word: str, tally: Tally
) -> None:
    """I8, S1, S9, S15: health stays, readiness says why, outlets are left alone, and nobody has to do anything."""
    program, site = Program(tmp_path), Site()
    disk = plain if harm is renamed else mounted
    with serve(site), disk(program.archive):
        port = setup(program, site)
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 1)
            undo = harm(program.archive)
            announce(site, 3)
            wait_for(lambda: errors(program))
            wait_for(lambda: readiness(port) == (503, word))
            assert curl(f"http://127.0.0.1:{port}/healthz") == '{"status":"ok"}'
            time.sleep(1)  # what was being asked for when it began
            asked = len(site.asked)
            time.sleep(4)
            assert len(site.asked) == asked
            assert len(errors(program)) <= 2, "one for the write that failed, one for the folder that is gone"
            undo()
            wait_for(lambda: len(program.texts()) == 3)
            wait_for(lambda: readiness(port) == (200, "ready"))
            daemon.send_signal(signal.SIGTERM)  # a killed one may leave a write for the next to end
            assert daemon.wait(30) == 0
        assert "archive-back" in [line["event"] for line in program.log()]
        assert "Traceback" not in (tmp_path / "daemon.log").read_text()
        checked = program.run("verify", "--deep")
        assert checked.stdout.replace("README.md", "") == "everything is as it was stored\n"
    tally("faults of the disk under a daemon", 1, 1)


def test_a_disk_that_fails_twice_to_confirm_is_believed_no_more(tmp_path: Path, tally: Tally) -> None:
    """S5: the first failed sync is a pause; after the second nobody writes until the daemon is started again, all
    can be read, and one message says so. Nothing is lost or acknowledged too early."""
    program, site = Stunted(tmp_path), Site()
    with serve(site):
        port = setup(program, site)
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 1)
            program.say("syncs", 1)
            announce(site, 2)
            wait_for(lambda: errors(program) == ["archive-unwritable"])
            wait_for(lambda: len(program.texts()) == 2)
            wait_for(lambda: "archive-back" in [line["event"] for line in program.log()])
            program.say("syncs", 1)
            announce(site, 4)
            wait_for(lambda: readiness(port) == (503, "archive-read-only"))
            time.sleep(1)  # what was being asked for when it began
            asked, kept = len(site.asked), len(program.texts())
            time.sleep(8)  # the disk would be tried again by now
            assert (len(site.asked), len(program.texts())) == (asked, kept)
            assert errors(program)[-1] == "archive-read-only"
            assert errors(program).count("archive-read-only") == 1
            assert len(errors(program)) <= 3, "two for the writes that failed"
            shown, refused = program.run("status"), program.run("fetch", f"http://{STORIES[4][0]}")
            assert "\ntrouble    archive-read-only: " in shown.stdout
            assert refused.returncode == 1
            assert [refused.stderr.count(text) for text in ("\n", "start the program again")] == [1, 1]
            assert program.run("show", URL).returncode == 0
            assert "Story 0" in curl(f"http://127.0.0.1:{port}/")
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 4)
            wait_for(lambda: readiness(port) == (200, "ready"))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
    assert program.left("syncs") == "0"
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()
    tally("faults of the disk under a daemon", 1, 1)


def test_a_catalogue_that_somebody_holds_is_a_pause(tmp_path: Path, tally: Tally) -> None:
    """S11: the pages go on, the cause is said in words of this program, and nothing announced meanwhile is missed."""
    program, site = Stunted(tmp_path), Site()
    program.say("patience", 500)
    with serve(site):
        port = setup(program, site)
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 1)
            with locked(program.archive):
                announce(site, 3)
                wait_for(lambda: readiness(port) == (503, "archive-trouble"))
                assert "Story 0" in curl(f"http://127.0.0.1:{port}/")
                assert "holds it for too long" in curl(f"http://127.0.0.1:{port}/status")
                assert program.run("show", URL).returncode == 0
            wait_for(lambda: len(program.texts()) == 3)
            wait_for(lambda: readiness(port) == (200, "ready"))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
    assert "locked" not in (tmp_path / "daemon.log").read_text()
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"
    tally("faults of the disk under a daemon", 1, 1)


def test_a_disk_that_is_low_at_the_start_keeps_the_daemon_waiting(tmp_path: Path) -> None:
    """S3: nobody is asked for anything, `status` says why, and a fetch is refused in one sentence."""
    program, site = Program(tmp_path), Site()
    with serve(site):
        port = setup(program, site)
        path = program.config / "scraper.toml"
        path.write_text(path.read_text().replace('low_water = "0B"', 'low_water = "100TB"'))
        with program.daemon() as daemon:
            wait_for(lambda: readiness(port) == (503, "disk-low"))
            told = json.loads(program.run("status", "--json").stdout)
            assert told["trouble"]["word"] == "disk-low"
            assert told["daemon"] == dict.fromkeys(("scheduler", "web", "worker"), f"process {daemon.pid}")
            refused = program.run("fetch", f"http://{STORIES[0][0]}")
            (said,) = json.loads(curl(f"http://127.0.0.1:{port}/api/v1/status"))["attention"]
            assert [said["word"]] == [need["word"] for need in told["attention"]] == ["trouble"]
            page = curl(f"http://127.0.0.1:{port}/status")
            assert all("less than low_water under [archive]" in text for text in (said["said"], page))
            figures = curl(f"http://127.0.0.1:{port}/metrics")
            assert 'scraper_attention{word="trouble"} 1.0' in figures
            assert 'scraper_attention{word="late"} 0.0' in figures
        shown = program.run("status").stdout
    assert site.asked == []
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "low_water" in refused.stderr
    assert "daemon     none is at work; `scraper run` starts one\ntrouble    disk-low: " in shown


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Program]:
    """An archive with one article whose last writer was killed, so that a log is left beside the catalogue; and one
    article more that could be fetched."""
    program, site = Program(tmp_path), Site()
    with serve(site):
        setup(program, site)
        with mounted(program.archive):
            with program.daemon():
                wait_for(lambda: len(program.texts()) == 1)
            yield program


NOBODY = "65534"
READS = (["show"], ["log"], ["status"], ["verify", "--deep"])
WRITES = (["fetch"], ["reindex"], ["run"])
URL, OTHER = (f"http://{key}" for key, _ in STORIES[:2])


def with_url(command: list[str]) -> list[str]:
    """The command about the story that is kept; a fetch is of another one."""
    of_one = {"show": URL, "log": URL, "fetch": OTHER}
    return [*command, of_one[command[0]]] if command[0] in of_one else command


def answers(program: Program, *before: str) -> dict[str, tuple[int, int]]:
    """Each command's exit code, and how many lines it wrote to stderr. `before` is a command that runs it."""
    found = {}
    for command in (*READS, *WRITES):
        words = [*before, *program.command(*with_url(command))]
        done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
        found[" ".join(command)] = (done.returncode, len(done.stderr.splitlines()))
        assert "Traceback" not in done.stderr
    return found


EXPECTED = {" ".join(command): (0, 0) for command in READS} | {" ".join(command): (1, 1) for command in WRITES}


def test_a_read_only_disk_can_be_read_by_every_command(kept: Program) -> None:
    """S9: also where the log of a killed writer lies beside the catalogue; what would write says so in one line."""
    undo = read_only(kept.archive)
    assert answers(kept) == EXPECTED
    undo()
    assert kept.fetch(OTHER)[0]["verdict"] == "new"


def test_a_read_only_disk_without_leftovers_too(kept: Program) -> None:
    """S9: nobody can make the index of a log there; without a log none is needed."""
    assert kept.fetch(OTHER)[0]["verdict"] == "new"
    assert not (kept.archive / "catalogue.sqlite-wal").exists()
    read_only(kept.archive)
    assert answers(kept) == EXPECTED


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_archive_of_another_user_can_be_read(tmp_path: Path) -> None:
    """S9: also beside its daemon; what would write is refused in one line, and nothing of it is changed."""
    program, site = Program(tmp_path), Site()
    powerless = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    with serve(site):
        setup(program, site)
        assert program.fetch(URL)[0]["verdict"] == "new"
        subprocess.run(["chown", "-R", NOBODY, program.archive], check=True)
        assert answers(program, *powerless) == EXPECTED
        with program.daemon():
            wait_for(lambda: any(line["event"] == "started" for line in program.log()))
            assert answers(program, *powerless) == EXPECTED
