"""Fields that are written to do harm, wherever they are shown: every view, on a terminal and in a pipe, log, names."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.fetch.answers import Behaviour
from tests.matrix import fields, play
from tests.matrix.fields import TITLES, titled
from tests.matrix.row import LINES, Row, html, turns
from tests.matrix.table import ROWS
from tests.site import Program
from tests.tally import Tally

# What steers a terminal, turns the order of reading, or hides: never written as it is.
STEERS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
EVERYTHING = " § ".join(title for name, title in TITLES.items() if name not in {"long", "zalgo", "lone"})
URL = "http://harm.example/harm"
VIEWS = (
    f"log {URL}",
    f"show {URL}",
    f"diff {URL}",
    f"diff {URL} --html",
    "changes",
    "status",
    f"why {URL}",
    "widgets harm.example",
)
JSON_VIEWS = (
    f"log {URL}",
    f"show {URL}",
    f"diff {URL}",
    "changes",
    "status",
    f"why {URL}",
    f"fetch {URL}",
    "outlets",
)


def harm(word: str) -> Behaviour:
    """An article that is hostile in every field, with an edit of each by `word`."""
    page = titled("harm", f"{word} {EVERYTHING}")
    assert isinstance(page, bytes)
    body = page.partition(b"\r\n\r\n")[2].decode()
    return html(body.replace(LINES[1], f"{LINES[1].replace('14', word)}</p><p>{word} § $(id) \u202e gnp.exe &lt;b>"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An archive with one such article, in two versions."""
    program = Program(tmp_path_factory.mktemp("harm"))
    row = Row("harm", "everything at once", ("new", "edited"), turns(harm("15"), harm("16")))
    with play.started() as world:
        world.main.paths["/harm"] = row.behaviour
        play.configure(program, world, [row])
        assert play.fetched(program, [URL])[0] == {URL: "new"}
        assert play.fetched(program, [URL])[0] == {URL: "edited"}
        yield program


def piped(program: Program, view: str, *more: str) -> str:
    """What a command prints into a pipe."""
    done = program.run(*view.split(), *more)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def on_a_terminal(program: Program, view: str) -> str:
    """What a command prints on a terminal, its own colours left out."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(program.command(*view.split()), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
    os.close(ours)
    assert process.returncode == 0
    # Ours are closed again, with nothing between that steers.
    painted = r"(?:\x1b\[(?:1|2|31|32|33|36|31;9|32;4)m)+([^\x1b]*)\x1b\[0m"
    return re.sub(painted, r"\1", said.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side is closed
        return b""


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_lets_a_field_steer_the_terminal(program: Program, view: str) -> None:
    """In a pipe as on a terminal; what is left out is escaped, so that it can be seen."""
    for shown in (piped(program, view), on_a_terminal(program, view)):
        # In HTML the marks of a direction are part of the text, and every paragraph stands for itself.
        assert set(re.findall(f"[{STEERS}]", shown)) <= (set("\u061c\u200e\u200f") if "--html" in view else set())
        assert not any(line.startswith(("level=error", "2026-01-01 00:00:00")) for line in shown.splitlines())


@pytest.mark.parametrize("view", JSON_VIEWS)
def test_json_is_one_object_a_line_and_plain(program: Program, view: str) -> None:
    """Whatever the fields hold, nothing of it is syntax."""
    shown = piped(program, view, "--json")
    assert shown.isascii()
    for line in shown.splitlines():
        assert "admin" not in json.loads(line)


class Markup(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the base class."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_difference_as_html_has_no_markup_of_the_article_s(program: Program) -> None:
    """Only what the program writes itself."""
    markup = Markup()
    markup.feed(piped(program, f"diff {URL} --html"))
    assert markup.tags <= {
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "ins",
        "del",
        "blockquote",
        "ul",
        "li",
        "small",
        "span",
        "figcaption",
    }
    assert markup.attributes <= {"class", "dir"}


@pytest.mark.parametrize("form", ["json", "console"])
def test_log_lines_are_the_daemon_s_own(tmp_path: Path, form: str) -> None:
    """Each begins as the daemon begins them, and none holds what could steer or forge."""
    program = Program(tmp_path)
    rows = [row for row in ROWS if row.id in {"title-newline", "title-ansi", "title-bidi", "slug-ansi", "ssrf-plain"}]
    with play.started() as world:
        play.configure(program, world, rows, outlets=True)
        settings = program.config / "scraper.toml"
        settings.write_text(f'{settings.read_text()}[log]\nformat = "{form}"\nlevel = "debug"\n')
        log = tmp_path / "daemon.log"
        with program.daemon() as daemon:
            assert play.wait(lambda: log.read_text().count("verdict") >= len(rows) + 8, 60)
            os.kill(daemon.pid, 15)
            daemon.wait(30)
    said = log.read_text("utf-8")
    assert re.findall(f"[{STEERS}]", said) == []
    begins = r"\{\"" if form == "json" else r"\d{4}-\d\d-\d\dT[\d:.]+Z \[\w+ *\] "
    assert [line for line in said.splitlines() if not re.match(begins, line)] == []


def test_files_have_safe_names_and_lie_in_the_archive(tmp_path: Path, tally: Tally) -> None:
    """Whatever titles and addresses say; and no command that stands in one was run."""
    program = Program(tmp_path)
    rows = fields.ROWS
    with play.started() as world:
        play.configure(program, world, rows)
        play.fetched(program, [row.urls[0] for row in rows])
    paths = [path.relative_to(program.archive).as_posix() for path in program.texts()]
    safe = [path for path in paths if re.fullmatch(SAFE, path)]
    tally("hostile file names", len(rows), len(safe))
    assert (len(paths), safe) == (len(rows), paths)
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "config"}
    assert not Path("/tmp/owned").exists()  # noqa: S108  # what a hostile title wants to make


SAFE = r"articles/[a-z0-9.-]+/\d{4}/\d\d/[a-z0-9][a-z0-9-]{0,95}/\d{3}_[0-9a-f]{16}\.txt"
# Addresses that a careless archive takes for one: by case, by Unicode form, by query, by what is escaped.
LIKE = (
    "/news/CASE", "/news/case", "/news/Case",
    "/news/caf%C3%A9", "/news/cafe%CC%81", "/news/cafe",
    "/news/x", "/news/x?a=1", "/news/x?a=2", "/news/x?A=1", "/news/x%23y", "/news/x%3Fa=1", "/news/x%2Fy", "/news/x/y",
    "/news/%CE%A9", "/news/%E2%84%A6",
)  # fmt: skip


def test_addresses_that_look_alike_share_nothing(tmp_path: Path) -> None:
    """Each has its article, its folder and its text; also on a disk that knows no case and one Unicode form."""
    program = Program(tmp_path)
    row = Row("alike", "many addresses", ("new",) * len(LIKE), paths=LIKE)
    with play.started() as world:
        world.main.paths |= {path: html(own(path)) for path in LIKE}
        play.configure(program, world, [row])
        ends = play.fetched(program, row.urls)[0]
    assert set(ends.values()) == {"new"}
    folders = {unicodedata.normalize("NFC", str(path.parent)).casefold() for path in program.texts()}
    assert len(folders) == len(LIKE)
    assert {re.findall(r"MARK-(\d+)", path.read_text())[0] for path in program.texts()} == {
        str(n) for n in range(len(LIKE))
    }


def own(path: str) -> str:
    """An article with words that stand at no other address."""
    n = LIKE.index(path)
    lines = [f"Street {n * 100 + k} has {n * 7 + k} lamps, of which one is out, they say." for k in range(5)]
    body = "".join(f"<p>{line}</p>" for line in (f"It is filed as MARK-{n} here.", *lines))
    return f"<!doctype html><title>Of street {n}</title><article><h1>Of street {n}</h1>{body}</article>"
