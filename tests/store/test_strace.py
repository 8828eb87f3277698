"""A second look at crashes, with the real program: the kernel kills it at the Nth call of a kind that writes.

`strace` injects the signal, so nothing of the program or of its libraries is replaced. The ordinary run tries some
calls by chance, `make torture` all of them.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.store.archive import FileArchive
from tests.fakes import article_page
from tests.site import Program, Site, serve
from tests.store.invariants import Promises, broken
from tests.store.kit import findings
from tests.tally import Tally
from tests.tools import needs

HOST = "paper.example"
pytestmark = needs("strace")
CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "link", "unlink", "ftruncate", "mkdir")
FIRST, SECOND = f"http://{HOST}/first", f"http://{HOST}/second"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The program, with one article archived and another one waiting."""
    program = Program(tmp_path)
    with serve(Site({"/first": article_page(title="First"), "/second": article_page(title="Second")})) as site:
        program.configure(site, HOST)
        program.fetch(FIRST)
        yield program


def fetching(program: Program, *strace: str) -> subprocess.CompletedProcess[str]:
    """`scraper fetch`, watched; only what it does to the archive counts."""
    command = ["strace", "-f", "-qq", *strace, *program.command("fetch", SECOND)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def counted(program: Program, log: Path) -> Counter[str]:
    """How often one fetch makes each call."""
    template = program.archive.with_name("template")
    shutil.copytree(program.archive, template)
    fetching(program, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    shutil.rmtree(program.archive)
    shutil.copytree(template, program.archive)
    calls = (line.split(" ", 1)[1].strip().partition("(")[0] for line in log.read_text().splitlines() if "(" in line)
    return Counter(call for call in calls if call in CALLS)


def test_killed_by_the_kernel_at_any_call(program: Program, tmp_path: Path, effort: int, tally: Tally) -> None:
    """C1 to C9: whatever call was the last, the next fetch repairs, and nothing that was there is lost."""
    chance, wrong, tried = random.Random(9), [], 0
    times = counted(program, tmp_path / "calls")
    assert times["fsync"] + times["fdatasync"] > 3
    points = [(call, number + 1) for call in CALLS if call != "openat" for number in range(times[call])]
    points += [("openat", times["openat"] - number) for number in range(min(60, times["openat"]))]
    for call, number in chance.sample(points, min(len(points), 8 * effort)):
        promises = Promises.of(program.archive)
        done = fetching(
            program, "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"
        )
        tried += 1
        found = list(broken(program.archive, promises, FileArchive.open))
        wrong += [f"{call} {number} (exit {done.returncode}): {each}" for each in found]
        shutil.rmtree(program.archive)
        shutil.copytree(program.archive.with_name("template"), program.archive)
    tally("crash points", tried, tried - len(wrong))
    assert wrong == []


def test_a_disk_that_cannot_be_read_costs_one_file(program: Program) -> None:
    """S6: EIO on a WARC file is a finding, not the end; EIO on a snapshot is said of that one."""
    [warc] = (program.archive / "warc").rglob("*.gz")
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(warc), "-e", "inject=read,pread64:error=EIO"]
    done = subprocess.run(
        [*command, *program.command("verify", "--deep")], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    assert warc.name in done.stdout
    assert "Input/output error" in done.stdout
    assert findings(program.archive) == []
