"""The real `scraper verify`, killed and interrupted by the kernel in the middle of its work, and gone on with.

`strace` sends the signal at a call that notes the place; nothing of the program is replaced, but that it does so
wherever it can, and not every five seconds.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import main
from scraper.store.archive import FileArchive
from scraper.store.bookmarks import Keeper
from tests.store.test_resumed import Told, fill, grow, harm
from tests.tally import Tally
from tests.tools import needs

EAGER = "from scraper.store import bookmarks; bookmarks.EVERY = 0; from scraper.cli import main; main()"
#: What one note calls, in order: stage, its sync, its name, the sync of the folder.
CALLS = ("rename", "fsync")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("program") / "archive"
    fill(root)
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "archive")
    return tmp_path / "archive"


def verify(root: Path, *args: str, strace: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """The program, which notes its place wherever it can."""
    program = [sys.executable, "-c", EAGER, "verify", *args, "--archive", str(root), "--config", str(root / "none")]
    watched = ["strace", "-f", "-qq", "-o", "/dev/null", *strace] if strace else []
    return subprocess.run([*watched, *program], capture_output=True, text=True, timeout=300, check=False)


def at(call: str, number: int, signal: str) -> tuple[str, ...]:
    """Have the kernel send a signal where a call is made for the nth time."""
    return ("-e", f"trace={call}", "-e", f"inject={call}:signal={signal}:when={number}")


def told(done: subprocess.CompletedProcess[str]) -> Told:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {(line["file"], line["problem"], line["repair"]) for line in lines}


def verified(root: Path) -> list[dict[str, Any]]:
    """What `scraper status` says of it."""
    with FileArchive.open(root, read_only=True) as archive:
        said = archive.reports.status(datetime.now(UTC)).verified
    return [asdict(one) for one in said]


def notes(root: Path, log: Path) -> int:
    """How often a whole run notes its place."""
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", "trace=rename", sys.executable, "-c", EAGER]
    subprocess.run([*command, "verify", "--deep", "--archive", str(root)], capture_output=True, check=False)
    return sum("rename(" in line for line in log.read_text().splitlines())


@needs("strace")
def test_killed_in_the_middle_of_a_note_it_is_gone_on_with(
    root: Path, tmp_path: Path, effort: int, tally: Tally
) -> None:
    """S19, L5: the place is the old one or the new one, and what is found is what one run finds, with its exit code."""
    harm(root)
    whole, number = verify(root, "--deep", "--json"), notes(root, tmp_path / "log")
    assert (whole.returncode, number > 20) == (1, True), whole.stderr
    chosen = [(call, place) for call in CALLS for place in random.Random(1).sample(range(2, number), 2 * effort)]
    for call, place in chosen:
        killed = verify(root, "--deep", "--json", strace=at(call, place, "KILL"))
        assert killed.returncode != 1, killed
        found = verify(root, "--deep", "--json", "--resume")
        assert "goes on where the last run was" in found.stderr
        assert (found.returncode, told(found)) == (1, told(whole))
    tally("verify killed and gone on with", len(chosen), len(chosen))


@needs("strace")
def test_ctrl_c_says_how_to_go_on_and_the_end_says_what_was_checked_when(root: Path) -> None:
    harm(root)
    whole = verify(root, "--deep")
    stopped = verify(root, "--deep", strace=at("rename", 20, "INT"))
    assert (stopped.returncode, "Traceback" in stopped.stderr) == (130, False), stopped.stderr
    assert "interrupted at" in stopped.stderr
    assert "`scraper verify --deep --resume` goes on from here" in stopped.stderr
    done = verify(root, "--deep", "--resume")
    problems = whole.stdout.splitlines()[-1]
    assert (done.returncode, problems in done.stdout.splitlines()) == (1, True), done.stdout
    assert "checked in 2 parts:" in done.stdout
    assert "the rest, and what was stored since the beginning" in done.stdout.splitlines()[-1]


@needs("strace")
def test_a_sound_archive_that_grew_in_between_is_sound(root: Path) -> None:
    """And the next run begins anew: no place is left."""
    verify(root, strace=at("rename", 4, "KILL"))
    grow(root)
    done = verify(root, "--resume")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "everything is as it was stored"), done.stdout
    again = verify(root, "--resume")
    assert "no run was cut short; this run begins at the beginning" in again.stderr


@needs("strace")
def test_status_says_when_all_of_it_was_verified_last(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not what was cut short; and what was found then."""
    harm(root)
    verify(root, strace=at("rename", 4, "KILL"))
    assert verified(root) == []
    whole = verify(root, "--deep", "--json")
    [said] = verified(root)
    assert (said["deep"], said["problems"], whole.returncode) == (True, len(whole.stdout.splitlines()), 1)
    assert said["began"] <= said["ended"]
    verify(root, "--resume")
    assert [one["deep"] for one in verified(root)] == [False, True]
    with pytest.raises(SystemExit):
        main(["status", "--archive", str(root), "--config", str(root / "none")])
    out = capfd.readouterr().out
    assert re.search(r"(?m)^verified   .* with \d+ problems, deep .* with \d+ problems$", out), out


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"began": 1, "ended": 2, "problems": 3}', b"[" * 100_000])
def test_a_damaged_word_of_the_last_one_is_none(root: Path, damage: bytes) -> None:
    assert verify(root).returncode == 0
    (root / ".run" / "verify" / "last.json").write_bytes(damage)
    assert verified(root) == []


@needs("strace")
def test_what_is_allowed_so_long_ends_in_time_and_is_gone_on_with(root: Path) -> None:
    """Every sync takes a while, so that the whole takes longer than it may."""
    harm(root)
    whole = verify(root, "--json")
    slow = ("-e", "trace=fsync", "-e", "inject=fsync:delay_enter=200000")
    stopped = verify(root, "--json", "--for", "1s", strace=slow)
    assert "`scraper verify --resume` goes on from here" in stopped.stderr, stopped.stderr
    assert stopped.returncode == int(bool(stopped.stdout))
    assert told(verify(root, "--json", "--resume")) == told(whole)


def test_beside_another_one_it_keeps_no_place_and_does_not_go_on(root: Path) -> None:
    with Keeper(root, deep=False):
        beside, refused = verify(root), verify(root, "--resume")
    assert (beside.returncode, "this one keeps none" in beside.stderr) == (0, True), beside.stderr
    assert (refused.returncode, "another `scraper verify` keeps its place here" in refused.stderr) == (1, True)


@pytest.mark.parametrize("given", ["2", "h", "0h", "-1h", "1 h", "2w", "\u0662h"])
def test_a_time_that_is_none_is_wrong_usage(root: Path, capfd: pytest.CaptureFixture[str], given: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", f"--for={given}", "--archive", str(root)])
    assert (ended.value.code, "30m, 2h and 1d are" in capfd.readouterr().err) == (2, True)
