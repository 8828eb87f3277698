"""How far a long command is: seen on a terminal, and nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scraper.cli import main
from scraper.cli.progress import Progress
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve

HOST = "paper.example"
CLEAR = "\r\x1b[K"
STORIES = [f"/news/story-{number}" for number in range(3)]


class Seen(NamedTuple):
    """What a command left on stdout, what a person saw on stderr, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What stood on the one line, one after the other."""
        return [line for line in self.err.split(CLEAR) if line]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Three articles, one of them with two versions, and an outlet that can be asked."""
    site_ = Site({path: article_page(title=f"Story {path[-1]}") for path in STORIES})
    with serve(site_) as site:
        program = Program(tmp_path_factory.mktemp("progress"))
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        program.fetch(*(f"http://{HOST}{path}" for path in STORIES))
        site.routes[STORIES[0]] = article_page(PARAGRAPHS[0].replace("Tuesday", "Friday"), *PARAGRAPHS[1:])
        program.fetch(f"http://{HOST}{STORIES[0]}")
        yield program


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Seen]:
    """Run a command in this process whose stderr is a terminal of so many columns."""

    def run(*args: str, columns: int = 80) -> Seen:
        master, slave = pty.openpty()
        tty.setraw(slave)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        capsys.readouterr()
        with os.fdopen(slave, "w", encoding="utf-8") as stderr:
            monkeypatch.setattr(sys, "stderr", stderr)
            monkeypatch.setenv("TERM", "xterm")
            with pytest.raises(SystemExit) as ended:
                main(args)
            stderr.flush()
            os.set_blocking(master, False)
            said = b""
            while True:
                try:
                    said += os.read(master, 65536)
                except BlockingIOError:
                    break
        monkeypatch.undo()
        os.close(master)
        return Seen(int(ended.value.code or 0), capsys.readouterr().out, said.decode())

    return run


def places(program: Program) -> list[str]:
    return ["--archive", str(program.archive), "--config", str(program.config)]


def commands(program: Program, folder: Path) -> dict[str, list[str]]:
    [warc] = program.archive.glob("warc/*/*/*.warc.gz")
    return {
        "verify": ["verify"],
        "verify --deep": ["verify", "--deep"],
        "reindex": ["reindex"],
        "reread": ["reread", "--all"],
        "export": ["export", "--format", "jsonl", "-o", str(folder / "out.jsonl")],
        "export warc": ["export", "--format", "warc", "-o", str(folder / "out.warc.gz")],
        "import": ["import", "--dry-run", str(warc)],
    }


NAMES = ["verify", "verify --deep", "reindex", "reread", "export", "export warc", "import"]


@pytest.mark.parametrize("name", NAMES)
def test_a_terminal_shows_how_far_it_is_and_no_trace_is_left(
    program: Program, tmp_path: Path, on_terminal: Callable[..., Seen], name: str
) -> None:
    """One line, written over and wiped at the end; stdout is what it is without a terminal."""
    args = [*commands(program, tmp_path)[name], *places(program)]
    seen = on_terminal(*args)
    assert [line for line in seen.lines if " of " in line], seen
    assert seen.err.rstrip("\n").split(CLEAR)[-1].find(" % ") == -1
    (tmp_path / "out.jsonl").unlink(missing_ok=True)
    (tmp_path / "out.warc.gz").unlink(missing_ok=True)
    piped = program.run(*args)
    assert (piped.returncode, piped.stdout) == (seen.code, seen.out)
    assert "\r" not in piped.stderr


def test_a_narrow_terminal_is_never_overflown(
    program: Program, on_terminal: Callable[..., Seen], tmp_path: Path
) -> None:
    """A line that wraps could not be written over."""
    [warc] = program.archive.glob("warc/*/*/*.warc.gz")
    long = tmp_path / f"{'新聞' * 40}.warc.gz"
    long.write_bytes(warc.read_bytes())
    seen = on_terminal("import", "--dry-run", str(long), *places(program), columns=40)
    [line] = [line for line in seen.lines if "file 1 of 1" in line][:1]
    assert 20 < sum(1 + (ord(each) > 0x2E80) for each in line) < 40


def test_a_hostile_name_cannot_steer_the_terminal(
    program: Program, on_terminal: Callable[..., Seen], tmp_path: Path
) -> None:
    [warc] = program.archive.glob("warc/*/*/*.warc.gz")
    evil = tmp_path / "\x1b]0;owned\x07.warc.gz"
    evil.write_bytes(warc.read_bytes())
    seen = on_terminal("import", "--dry-run", str(evil), *places(program))
    assert "\x1b]" not in seen.err
    assert "\x07" not in seen.err


def test_it_is_said_who_is_asked(program: Program, on_terminal: Callable[..., Seen]) -> None:
    """Between two requests to a host lie seconds."""
    seen = on_terminal("outlets", "add", f"http://{HOST}:80/never", *places(program))
    assert seen.code == 2  # it is listed already, and nobody was asked
    seen = on_terminal("discover", HOST, *places(program))
    assert [line for line in seen.lines if line.startswith(f"asking http://{HOST}/")], seen


def test_time_left_is_said_when_it_can_be_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not before some seconds have gone, and never of a total that nobody knows."""
    clock = iter([100.0, 102.0, 160.0, 220.0, 300.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    progress = Progress()
    for done, total in ((0, 1000), (10, 1000), (250, 1000), (900, 1000), (7, 0)):
        progress.step("versions", done, total)
    lines = capsys.readouterr().err.split(CLEAR)[1:]
    assert [line.rpartition("versions")[2] for line in lines] == ["", "", ", 3 min left", ", 13 s left", ""]
    assert lines[2].startswith("━━━━━─────")
