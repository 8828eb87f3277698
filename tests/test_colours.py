"""Colours and widths: for a person at a terminal who wants them, and nothing of them anywhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.cli import colours
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve

HOST = "a-paper-with-quite-a-long-name.example"
STORY = f"http://{HOST}/2026/11/22/the-council-has-voted-on-the-pier-and-nobody-is-pleased"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One article of two versions."""
    path = STORY.partition(HOST)[2]
    with serve(Site({path: article_page(title="A vote (stealth) needs attention")})) as site:
        program = Program(tmp_path_factory.mktemp("colours"))
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        program.fetch(STORY)
        site.routes[path] = article_page(PARAGRAPHS[0], PARAGRAPHS[1].replace("3.2", "4.7"), *PARAGRAPHS[2:])
        program.fetch(STORY)
        yield program


def at_terminal(program: Program, *args: str, wide: int = 60, **environment: str) -> str:
    """What a person sees of a command at a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, wide, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}}
    with subprocess.Popen(program.command(*args), stdin=theirs, stdout=theirs, stderr=theirs,
                          env=known | {"TERM": "xterm"} | environment):  # fmt: skip
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65536)
    except OSError:  # the other end is closed
        return b""


COMMANDS = [["log", "--visits", STORY], ["search", "council"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_colours_add_nothing_to_what_is_said(program: Program, command: list[str]) -> None:
    """The same words at a terminal of 80 columns and in a pipe; none of them for who wants none."""
    coloured = at_terminal(program, *command, wide=80)
    piped = program.run(*command).stdout
    assert ESCAPE.sub("", coloured) == piped
    assert "\x1b" not in piped
    assert not [line for line in piped.splitlines() if line != line.rstrip()]
    if command[0] == "log":
        assert "\x1b[" in coloured
        assert at_terminal(program, *command, wide=80, NO_COLOR="1") == piped


def test_an_insertion_can_be_told_without_colours(program: Program) -> None:
    assert "[-3.2-]{+4.7+}" in at_terminal(program, "diff", STORY, NO_COLOR="1")
    assert "[-3.2-]" not in at_terminal(program, "diff", STORY)


@pytest.mark.parametrize("command", ["status", "search"])
def test_tables_fit_a_narrow_terminal(program: Program, command: str) -> None:
    """Addresses excepted, which have to stay whole to be copied."""
    words = {"search": ["search", "council"]}.get(command, [command])
    shown = ESCAPE.sub("", at_terminal(program, *words)).splitlines()
    start = next((n for n, line in enumerate(shown) if line.startswith("outlet ")), 0)
    assert max(len(line) for line in shown[start:] if "://" not in line) <= 60
    if command == "search":
        assert f"  {STORY}" in shown


# Each command that speaks of an archive, in words that people read.
EVERY = [
    ["log", STORY], ["log", "--visits", STORY], ["why", STORY], ["show", STORY], ["diff", STORY], ["status"],
    ["changes"], ["outlets"], ["outlets", "check"], ["verify"], ["widgets", HOST], ["log", "no-such-article"],
    ["prune", "--older-than", "30d", "--dry-run"], ["changes", "--kind", "nothing"],
]  # fmt: skip


WIDE = [["why", STORY], ["show", STORY], ["status"]]


@pytest.mark.parametrize(("command", "wide"), [(one, 40) for one in EVERY] + [(one, 80) for one in WIDE])
def test_no_line_is_wider_than_the_terminal(program: Program, command: list[str], wide: int) -> None:
    """But for a word that is, such as an address or a path: it has to stay whole to be copied."""
    said = at_terminal(program, *command, wide=wide).replace("\r\x1b[K", "\n")
    shown = ESCAPE.sub("", said).splitlines()
    assert shown
    assert [line for line in shown if len(line) > wide and len(line.split()) > 1] == []


@pytest.mark.parametrize("command", [["show", STORY], ["why", STORY]], ids=" ".join)
def test_in_a_pipe_no_line_is_broken(program: Program, command: list[str]) -> None:
    """And the words are the same."""
    piped = program.run(*command).stdout
    assert max(map(len, piped.splitlines())) > 80
    assert "".join(ESCAPE.sub("", at_terminal(program, *command)).split()) == "".join(piped.split())


@pytest.mark.parametrize(
    ("line", "coloured"),
    [("new      A title", True), ("newest edits", False), ("deferred http://a.example/", True), ("same", True),
     ("gone with the wind", False), ("everything is as it was stored", True), ("2 problems", True)],
)  # fmt: skip
def test_words_mean_something_only_where_they_stand(line: str, coloured: bool) -> None:
    painted = colours.painted(line)
    assert (painted != line) is coloured
    assert ESCAPE.sub("", painted) == line


def test_a_text_is_printed_as_it_is_kept(program: Program) -> None:
    assert "\x1b" not in at_terminal(program, "show", STORY, wide=200)


def test_a_file_is_no_terminal(program: Program, tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-m", "scraper", *program.command("changes")[3:]], stdout=out, check=True)
    assert b"\x1b" not in (tmp_path / "out").read_bytes()
