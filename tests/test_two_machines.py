"""P3: the real program on two machines that share one folder.

The second machine is a process behind walls: it has a boot id of its own, and other files under the names of the locks,
as on a file system whose locks go no further than one kernel. All else is shared with the first.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.test_container import stands
from tests.site import Program, serve, wait_for
from tests.test_daemon import HOSTS, papers
from tests.tools import found, needs

DAEMON = ("run", "--role", "worker")
STORY = f"http://{HOSTS[0]}/2026/story-0"
LOCKS = ("lease.lock", "open.lock", "write.lock", "search.lock", "prune.lock", "read-only.lock",
         "daemon-scheduler.lock", "daemon-web.lock", "daemon-worker.lock")  # fmt: skip
BOOT = "4f5e1c52-0000-4000-8000-000000000002"
# The command itself, which waits for so many seconds before it takes a lease that stands still.
WATCHING = (
    "import sys, scraper.store.lease as lease; lease.WATCH = {}; from scraper.cli import main; main(sys.argv[1:])"
)

pytestmark = [
    needs("bwrap"),
    pytest.mark.skipif(not stands(), reason="this machine does not let a process have namespaces of its own"),
]


def watching(program: Program, seconds: float, *args: str) -> list[str]:
    """A command that watches a lease for so long."""
    python, _, _, *words = program.command(*args)
    return [python, "-c", WATCHING.format(seconds), *words]


def there(program: Program, command: list[str]) -> list[str]:
    """`command` on the second machine."""
    own = program.root / "there"
    own.mkdir(exist_ok=True)
    (own / "boot").write_text(f"{BOOT}\n")
    walls = ["--ro-bind", str(own / "boot"), "/proc/sys/kernel/random/boot_id"]
    for name in LOCKS:
        (own / name).touch()
        (program.archive / ".run" / name).touch()
        walls += ["--bind", str(own / name), str(program.archive / ".run" / name)]
    return [
        found("bwrap") or "",
        "--die-with-parent",
        "--bind",
        "/",
        "/",
        "--dev-bind",
        "/dev",
        "/dev",
        *walls,
        *command,
    ]


@contextmanager
def at_work(program: Program, command: list[str], log: str = "daemon.log") -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that has started; killed if it is still there in the end."""
    with (program.root / log).open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            wait_for(lambda: process.poll() is not None or '"started"' in said(program, log), 120)
            assert process.poll() is None, said(program, log)
            yield process
        finally:
            process.kill()


def said(program: Program, log: str = "daemon.log") -> str:
    return (program.root / log).read_text("utf-8")


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An archive of one article, and its outlet."""
    it, site = Program(tmp_path_factory.mktemp("made")), papers(1)
    with serve(site):
        it.configure(site, *HOSTS)
        assert run(it.command("fetch", STORY)).returncode == 0
        yield it


@pytest.fixture
def program(made: Program, tmp_path: Path) -> Program:
    """A copy of it that no machine has had yet."""
    shutil.copytree(made.config, tmp_path / "config")
    shutil.copytree(made.archive, tmp_path / "archive", ignore=shutil.ignore_patterns(".run"))
    (tmp_path / "archive" / ".run").mkdir(mode=0o700)
    return Program(tmp_path)


def test_who_writes_is_refused_on_the_other_machine_and_who_reads_is_not(program: Program) -> None:
    writes = (["run"], ["fetch", STORY], ["reindex"])
    with at_work(program, program.command(*DAEMON)):
        commands = [there(program, program.command(*words)) for words in writes]
        running = [subprocess.Popen(each, stderr=subprocess.PIPE, text=True) for each in commands]
        refused = [(one.communicate(timeout=240)[1], one.returncode) for one in running]
        status = run(there(program, program.command("status")))
        shown = run(there(program, program.command("show", STORY)))
    for errors, code in refused:
        assert (code, "is written by another machine, " in errors, "Traceback" in errors) == (1, True, False), errors
    assert f"another machine, {os.uname().nodename}, has had the archive since 20" in status.stdout
    assert (shown.returncode, "Story 0" in shown.stdout) == (0, True), shown.stderr


def test_what_was_let_go_of_is_had_at_once_there_and_here(program: Program) -> None:
    """Whoever would have to watch would wait for days."""
    for command in (there(program, watching(program, 1e6, "fetch", STORY)), watching(program, 1e6, "fetch", STORY)):
        done = run(command)
        assert done.returncode == 0, done.stderr


def test_after_a_crash_one_starts_again_at_once_and_another_machine_after_a_while(program: Program) -> None:
    """So does the same machine after a power cut: another boot is another machine."""
    for _ in range(2):
        with at_work(program, watching(program, 1e6, *DAEMON)) as daemon:
            daemon.kill()
    with at_work(program, there(program, watching(program, 1, *DAEMON)), "there.log"):
        assert "stood still for 1 seconds, and was taken over" in said(program, "there.log")
        status = json.loads(run(program.command("status", "--json")).stdout)
    assert status["elsewhere"]["host"] == os.uname().nodename


def test_a_daemon_that_stood_still_gives_way(program: Program) -> None:
    """Stopped as a suspended machine is; on waking it stores nothing more, says why, and ends."""
    with at_work(program, program.command(*DAEMON)) as daemon:
        daemon.send_signal(signal.SIGSTOP)
        taken = run(there(program, watching(program, 1, "fetch", "--force", STORY)))
        assert taken.returncode == 0, taken.stderr
        before = kept(program)
        daemon.send_signal(signal.SIGCONT)
        assert daemon.wait(120) == 1
    log = said(program)
    assert ('"archive-taken"' in log, "Traceback" in log) == (True, False), log
    assert "was taken over by another machine" in log.splitlines()[-1]
    assert kept(program) == before
    assert run(program.command("verify", "--deep")).returncode == 0


def kept(program: Program) -> dict[str, bytes]:
    """Everything that is evidence, and the catalogue with its log."""
    files = [path for path in program.archive.rglob("*") if path.is_file() and ".run" not in path.parts]
    return {path.name: path.read_bytes() for path in files if path.suffix != ".sqlite-shm"}
