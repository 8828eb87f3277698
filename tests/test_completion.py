"""Names of outlets on the key that completes: in a real shell, fast, and nothing that a shell could trip over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import needs

LISTED = {"a-paper.example", "another.example", "straße.example"}
HOSTILE = ["$(touch owned).example", "`id`.example", "*.example", "two words.example", "line\nbreak.example",
           "\x1b]0;x\x07.example", "-rf.example", "semi;colon.example", ".hidden.example", "a,b.example"]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three outlets with a file, one that is archived only, and files with names that mean something to a shell."""
    (tmp_path / "config" / "outlets").mkdir(parents=True)
    for name in [*LISTED, *HOSTILE]:
        (tmp_path / "config" / "outlets" / f"{name}.toml").touch()
    (tmp_path / "archive" / "articles" / "archived.example").mkdir(parents=True)
    return tmp_path


def offered(home: Path, line: str, **environment: str) -> set[str]:
    """What is offered at the end of `line`, as a shell asks for it."""
    words = {"_SCRAPER_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    known = {name: value for name, value in os.environ.items() if not name.startswith("SCRAPER_")}
    done = subprocess.run([sys.executable, "-m", "scraper"], cwd=home, env=known | words | environment,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stderr == ""
    return {line.removeprefix("plain,") for line in done.stdout.splitlines() if line}


@pytest.mark.parametrize("line", ["scraper outlets check ", "scraper discover ", "scraper import --outlet "])
def test_outlets_with_a_file_are_offered_and_no_hostile_name(home: Path, line: str) -> None:
    assert offered(home, line) == LISTED


ASKING = [
    *(f"scraper {command} --outlet a" for command in ("search", "changes", "export", "reread")),
    "scraper widgets A",
]


@pytest.mark.parametrize("line", ASKING)
def test_where_something_is_asked_of_the_archive_its_outlets_are_offered_too(home: Path, line: str) -> None:
    assert offered(home, line) == {"a-paper.example", "another.example", "archived.example"}


def test_the_folders_are_those_of_the_line_then_of_the_environment(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "outlets").mkdir(parents=True)
    (other / "outlets" / "elsewhere.example.toml").touch()
    assert offered(home, "scraper outlets check --config other ") == {"elsewhere.example"}
    assert offered(home, "scraper outlets --config other check ") == {"elsewhere.example"}
    assert offered(home, "scraper outlets check ", SCRAPER_CONFIG=str(other)) == {"elsewhere.example"}
    assert offered(home, "scraper outlets check --config none ") == set()


def test_kinds_of_edits_are_offered(home: Path) -> None:
    assert offered(home, "scraper changes --kind f") == {"figures"}


def test_nothing_that_reads_files_is_imported_for_it(home: Path) -> None:
    """A key that is pressed is answered at once: no parser, no database, no network."""
    code = ("import sys; from scraper.cli.completing import held, listed; import click, scraper.cli.search as s;"
            "c = click.Context(s.search); held(c, s.search.params[0], 'a');"
            "print({'apsw', 'httpx', 'rich', 'selectolax', 'scraper.outlets'} & sys.modules.keys())")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@needs("bash")
def test_a_real_shell_takes_it(home: Path) -> None:
    """With the script that `scraper completion bash` prints."""
    program = home / "bin" / "scraper"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m scraper "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """eval "$(scraper completion bash)"
COMP_WORDS=(scraper search --outlet a); COMP_CWORD=3
_scraper_completion scraper; printf '%s\\n' "${COMPREPLY[@]}" """
    path = f"{program.parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=home, env=os.environ | {"PATH": path},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split() == ["a-paper.example", "another.example", "archived.example"]
    assert not (home / "owned").exists()


def test_thousands_of_outlets_are_a_list_that_ends(home: Path) -> None:
    for number in range(1100):
        (home / "config" / "outlets" / f"n{number}.example.toml").touch()
    assert len(offered(home, "scraper outlets check n")) == 1000
