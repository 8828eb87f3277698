"""The command line under abuse: streams that are closed or full, odd encodings, broken archives, interruptions."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from scraper.cli import COMMANDS, cli
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, serve, wait_for

HOST = "paper.example"
URL = f"http://{HOST}/story"
RUSSIAN = "Совет порта решил заново построить старый причал, который прошлой зимой разрушил шторм."


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with one article."""
    with serve(Site({"/story": article_page(title="Причал 😀"), "/two": article_page(title="Two")})) as site:
        yield site


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """The program, led to the site."""
    program = Program(tmp_path)
    program.configure(site, HOST, "slow.example")
    return program


def shell(program: Program, *args: str, then: str) -> subprocess.CompletedProcess[str]:
    """A command in a shell that does something to its streams."""
    line = f"{shlex.join(program.command(*args))} {then}"
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("then", [">/dev/full", "| true"])
def test_output_that_cannot_be_written_is_one_sentence_at_most(program: Program, then: str) -> None:
    """The article is kept all the same."""
    done = shell(program, "fetch", URL, then=then)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1
    assert len(program.texts()) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble(program: Program, closed: str) -> None:
    """And no file of the archive gets the number of a closed stream, and with it what is meant for the terminal."""
    done = shell(program, "fetch", URL, "-", then=f"{closed}; exit $?")
    assert done.returncode == 0, done.stderr
    assert len(program.texts()) == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_terminals_of_any_encoding_get_what_they_can_show(program: Program, encoding: str) -> None:
    """A title that the terminal cannot show costs nothing."""
    done = subprocess.run(
        program.command("fetch", "--print", URL),
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"},
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_same_article_names_its_snapshot_too(program: Program) -> None:
    """Whether or not the visit had to look at it."""
    [new], [same] = program.fetch(URL), program.fetch(URL)
    assert (same["verdict"], same["snapshot"]) == ("same", new["snapshot"])


def test_an_interrupted_fetch_leaves_a_whole_archive(program: Program, site: Site) -> None:
    """Exit code 130, within a moment, and what was stored before stays."""

    over = threading.Event()

    def hang(_headers: object) -> str:
        over.wait(60)  # as long as the test takes on the slowest machine
        return ""

    site.routes["slow.example/x"] = hang
    command = program.command("fetch", "http://slow.example/x", URL)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(program.texts)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
        over.set()
    assert code == 130
    assert program.run("verify", "--deep").returncode == 0


def a_file(program: Program) -> None:
    """The archive's place is taken by a file."""
    program.archive.write_text("not a folder")


def no_catalogue(program: Program) -> None:
    """Somebody deleted it."""
    program.fetch(URL)
    for path in program.archive.glob("catalogue.sqlite*"):
        path.unlink()


def broken_catalogue(program: Program) -> None:
    """Somebody wrote over it."""
    program.fetch(URL)
    (program.archive / "catalogue.sqlite").write_bytes(b"hello" * 1000)


@pytest.mark.parametrize("harm", [a_file, no_catalogue, broken_catalogue])
@pytest.mark.parametrize("command", ["fetch", "show"])
def test_an_archive_that_cannot_be_used_is_one_sentence(
    program: Program, command: str, harm: Callable[[Program], None]
) -> None:
    """With the path in it, and never a fresh archive over what is there."""
    harm(program)
    done = program.run(command, f"http://{HOST}/two")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert str(program.archive) in done.stderr


def test_a_damaged_article_costs_no_other(program: Program) -> None:
    """It fails by name, the next URL is archived, and verify names the file."""
    program.fetch(URL)
    [text] = program.texts()
    side = text.with_suffix(".json")
    side.chmod(0o644)
    side.write_bytes(side.read_bytes().replace(b'"archive"', b'"archivE"', 1))
    done = program.run("fetch", "--json", "--force", URL, f"http://{HOST}/two")
    bad, good = (json.loads(line) for line in done.stdout.splitlines())
    assert (bad["verdict"], bad["reason"].partition(":")[0], good["verdict"]) == ("failed", "damaged", "new")
    assert (done.returncode, done.stderr) == (1, "")
    assert side.name in program.run("verify").stdout


def test_a_full_disk_ends_a_fetch_of_many_with_one_sentence(program: Program, site: Site) -> None:
    """Not with the tree of errors of all hosts that were being asked."""
    site.routes |= {f"/n{n}": article_page(f"{RUSSIAN} {n} ", *PARAGRAPHS, title=f"N {n}") for n in range(40)}
    program.fetch(URL)
    limit = "ulimit -f 170; trap '' XFSZ; exec "  # kilobytes a file: the catalogue soon wants more
    urls = [f"http://{host}/n{n}" for n in range(40) for host in (HOST, "slow.example")]
    line = limit + shlex.join(program.command("fetch", *urls))
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert program.run("fetch", URL).returncode == 0
    assert program.run("verify", "--deep").returncode == 0


def test_below_the_low_water_mark_nothing_is_fetched(program: Program, site: Site) -> None:
    """The sentence says what is missing and which setting decides."""
    program.configure(site, HOST, more='[archive]\nlow_water = "99TB"\n')
    done = program.run("fetch", URL)
    assert (done.returncode, done.stdout, site.asked) == (1, "", [])
    assert "low_water" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("since", ["999999w", "0001-01-01", "0d"])
def test_any_time_span_is_one(program: Program, since: str) -> None:
    """However long before the first calendar it begins."""
    program.fetch(URL)
    assert program.run("changes", "--since", since).returncode == 0


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_fits_a_terminal(command: str) -> None:
    """80 columns, and the same as anywhere."""
    shown = CliRunner().invoke(cli, [command, "--help"], terminal_width=80).output
    assert max(map(len, shown.splitlines())) <= 80
    assert "--help" in shown


def test_rubbish_on_stdin_is_named_line_by_line(program: Program) -> None:
    """And neither costs the good URL nor steers the terminal."""
    rubbish = b"\x1b[2J\n\x00\xff\xfe\nhttp://\n" + b"http://x.example/" + b"a" * 60_000 + b"\n" + URL.encode() + b"\n"
    done = subprocess.run(
        program.command("fetch", "--json", "-"), input=rubbish, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (2, "new")
    assert len(done.stderr.splitlines()) == 4
    assert b"\x1b" not in done.stderr
    assert len(done.stderr) < 2000
