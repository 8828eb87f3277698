"""`scraper reread`: rules that were learnt later are tried on what was captured before."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scraper.cli import cli
from scraper.store.archive import FileArchive
from scraper.widgets import Widget
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve

HOST = "paper.example"
PIER, MAYOR = f"http://{HOST}/news/pier-vote", f"http://{HOST}/news/mayor"
ASIDE = "The pier was built in 1911 and has been mended four times since, twice after storms."
RULE = '\n[[rules]]\ndrop = [".history"]\n'


def page(count: str, **more: str) -> str:
    """An article with a box that no general rule knows for one."""
    aside = ASIDE.replace("four", count)
    return article_page(*PARAGRAPHS, **more).replace("</article>", f"<p class='history'>{aside}</p></article>")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Two articles; the box of the first changed once, which made a version. Then comes the rule."""
    with serve(Site({"/news/pier-vote": page("four"), "/news/mayor": article_page(title="Mayor resigns")})) as site:
        program = Program(tmp_path)
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        program.fetch(PIER, MAYOR)
        site.routes["/news/pier-vote"] = page("five")
        program.fetch(PIER)
    path = program.config / "outlets" / f"{HOST}.toml"
    path.write_text(path.read_text() + RULE)
    return program


def reread(program: Program, *args: str) -> tuple[int, str]:
    """What the command says, on an archive whose outlet does not answer any more."""
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    ended = CliRunner().invoke(cli, ["reread", *args, *places])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.output


def objects(program: Program, *args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in reread(program, "--json", *args)[1].splitlines()]


def shown(program: Program, command: str, *args: str) -> str:
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    ended = CliRunner().invoke(cli, [command, *args, *places])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.output


def test_a_dry_run_says_what_would_change(program: Program) -> None:
    code, said = reread(program, "--dry-run")
    assert code == 0
    assert said.splitlines()[-4:] == [
        "2 articles, 3 versions read again (dry run)",
        "       1 as before",
        "       2 revised",
        "       1 of them read like the version before: no edit of the outlet",
    ]
    assert ASIDE in shown(program, "show", PIER, "--version", "0")


def test_the_text_is_what_the_rules_of_today_leave(program: Program) -> None:
    assert {line["result"] for line in objects(program)} == {"same", "revised"}
    assert ASIDE not in shown(program, "show", PIER, "--version", "0")
    assert ASIDE in shown(program, "show", PIER, "--version", "0", "--revision", "0")
    assert shown(program, "verify", "--deep") == "everything is as it was stored\n"


def test_a_false_edit_is_no_change_any_more(program: Program) -> None:
    assert PIER in shown(program, "changes")
    reread(program)
    assert shown(program, "changes") == ""


def test_history_says_which_reading_gave_which_text(program: Program) -> None:
    reread(program)
    said = shown(program, "log", PIER)
    assert said.count("read by") == 4
    assert "no-edit" in said


def test_a_second_run_has_nothing_to_do(program: Program) -> None:
    """What reads the same under the new rules is not stored, and says so again only with --all."""
    reread(program)
    assert [line for line in objects(program) if line["result"] == "revised"] == []
    assert len(objects(program, "--all", PIER)) == 2


def test_one_outlet_or_article_can_be_chosen(program: Program) -> None:
    assert {line["url"] for line in objects(program, MAYOR)} == {MAYOR}
    assert len(objects(program, "--outlet", HOST)) == 3


@pytest.mark.parametrize("args", [("--outlet", "other.example"), (f"http://{HOST}/unknown",)])
def test_what_is_not_there_is_named(program: Program, args: tuple[str, ...]) -> None:
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    ended = CliRunner().invoke(cli, ["reread", *args, *places])
    assert args[-1] in str(ended.exception)


def test_a_capture_that_is_lost_is_said_and_the_rest_goes_on(program: Program) -> None:
    """The version stays as it was read; the exit code says that not all was done."""
    (warc,) = program.archive.glob("warc/*/*/*.warc.gz")
    content = warc.read_bytes()
    warc.write_bytes(content[: len(content) // 3] + b"\0" * (len(content) - len(content) // 3))
    code, said = reread(program)
    assert code == 1
    assert "unreadable" in said
    assert ASIDE in shown(program, "show", PIER, "--version", "0", "--revision", "0")


def test_there_has_to_be_an_archive(tmp_path: Path) -> None:
    """A command that reads again never makes one."""
    ended = CliRunner().invoke(cli, ["reread", "--archive", str(tmp_path / "none")])
    assert "no archive yet" in str(ended.exception)
    assert not (tmp_path / "none").exists()


# --------------------------------------------------------------------------------------------- widgets


def test_a_widget_is_listed_with_its_evidence_and_taken_back(program: Program) -> None:
    """What was learnt is data of the archive: it can be read, and a person can overrule it."""
    widget = Widget(HOST, "text", ASIDE, date(2020, 1, 1), ("around 9 articles",))
    with FileArchive.open(program.archive) as archive:
        archive.decide_widget(widget, "learn", f"http://{HOST}/")
    said = shown(program, "widgets", HOST)
    assert widget.id in said
    assert "around 9 articles" in said
    assert "forgotten" in shown(program, "widgets", HOST, "--forget", widget.id)
    assert shown(program, "widgets", HOST) == "none learnt\n"
    assert [line.split()[2] for line in shown(program, "widgets", HOST, "--history").splitlines()] == [
        "learn",
        "forget",
    ]


def test_a_widget_that_is_not_there_is_named(program: Program) -> None:
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    ended = CliRunner().invoke(cli, ["widgets", HOST, "--forget", "00000000", *places])
    assert "has no widget 00000000" in str(ended.exception)


def test_little_teaches_nothing(program: Program) -> None:
    """Two articles say nothing about a template."""
    assert shown(program, "widgets", HOST, "--learn") == "nothing new to learn\n"
