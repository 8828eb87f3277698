"""The backup that docs/archive.md describes, by its very words, while somebody writes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.store.kit import dumped, findings
from tests.store.test_processes import acknowledged, assert_all_there, started
from tests.store.test_resumed import fill
from tests.tally import Tally
from tests.tools import needs

DOCS = Path(__file__).parents[2] / "docs" / "archive.md"


def commands() -> list[str]:
    """The blocks of shell under "Backup and restore"."""
    section = DOCS.read_text().split("## Backup and restore")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def shell(script: str, folder: Path) -> None:
    """Run a block in `folder`, with the command `scraper` of this tree."""
    program = f'scraper() {{ "{sys.executable}" -m scraper "$@"; }}\n'
    done = subprocess.run(["sh", "-ec", program + script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def cut_short(script: str, folder: Path, number: int) -> bool:
    """Run a block until the kernel kills each program in it at its nth write into a file; whether any was."""
    calls = ("copy_file_range", "sendfile", "pwrite64")
    inject = [word for call in calls for word in ("-e", f"inject={call}:signal=KILL:when={number}")]
    command = ["strace", "-f", "-qq", "-o", str(folder / "calls"), "-e", f"trace={','.join(calls)}", *inject]
    subprocess.run([*command, "sh", "-c", script], cwd=folder, capture_output=True, check=False)
    return "SIGKILL" in (folder / "calls").read_text()


@needs("strace")
def test_a_backup_that_is_cut_short_is_gone_on_with(tmp_path: Path, effort: int, tally: Tally) -> None:
    """L5: again and again in the middle of a file; done once more it is whole, and copied only what was not."""
    backup, restore = commands()
    fill(tmp_path / "archive")
    tried = 3 * effort
    for number in range(1, tried + 1):
        assert cut_short(backup, tmp_path, number)
    assert [path for path in (tmp_path / "backup").rglob("*.*") if path.is_file() and not path.stat().st_size]
    kept = {path: path.stat().st_ctime_ns for path in (tmp_path / "backup").rglob("*.txt") if path.stat().st_size}
    shell(backup, tmp_path)
    assert {path: path.stat().st_ctime_ns for path in kept} == kept
    shell(restore, tmp_path)
    assert findings(tmp_path / "restored") == []
    assert dumped(tmp_path / "restored") == dumped(tmp_path / "archive")
    tally("backups cut short and gone on with", tried, tried)


def test_a_backup_taken_while_a_writer_works_restores_whole(tmp_path: Path, effort: int, tally: Tally) -> None:
    """B1: everything acknowledged before the second step began is there, and nothing is half."""
    backup, restore = commands()
    rounds = 2 * effort
    for number in range(rounds):
        folder = tmp_path / str(number)
        folder.mkdir()
        with started(folder / "archive", "writer", articles=3, count=100_000) as writer:
            assert writer.stdout
            told = "".join(writer.stdout.readline() for _ in range(6))
            shell(backup, folder)
            time.sleep(0.05)
            writer.kill()
            writer.communicate()
        shell(restore, folder)
        assert_all_there(folder / "restored", acknowledged(told))
        assert findings(folder / "restored") == []
        assert dumped(folder / "restored")
    tally("backups while a writer works", rounds, rounds)
