"""The table of what was tried is that of all processes of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import torture
from tests.tally import lines

INNER = """
def test_one(tally, effort):
    tally("things", effort, effort)

def test_two(tally):
    tally("things", 2, 1)

def test_that_does_not_count():
    raise AssertionError("not chosen")
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_rows_of_all_tests_are_summed_up(tmp_path: Path, processes: str) -> None:
    root = Path(__file__).parent.parent
    (tmp_path / "test_inner.py").write_text(INNER)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-m", "torture", "-n", processes]
    options = ["--effort", "3", "--tally", str(tmp_path / "t.json"), f"--rootdir={tmp_path}", "-c", "/dev/null"]
    done = subprocess.run([*command, *options, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False)
    assert json.loads((tmp_path / "t.json").read_text()) == {"things": [5, 4]}
    assert "1 WRONG" in done.stdout
    assert done.returncode == 0


def test_the_table_lines_up() -> None:
    rows = {"short": [1, 1], "a longer row": [1000, 999]}
    assert list(lines(rows)) == [
        "a longer row      1,000        999  1 WRONG",
        "short                 1          1  all right",
    ]


def test_the_table_takes_its_place_in_a_page() -> None:
    page = torture.written(f"before\n{torture.BEGIN}\nold\n{torture.END}\nafter", "new \\1")
    assert page == f"before\n{torture.BEGIN}\nnew \\1\n{torture.END}\nafter"
    with pytest.raises(ValueError, match="no place"):
        torture.written("a page of another kind", "new")
