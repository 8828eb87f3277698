"""`scraper why`: no version is made or left out without a reason that a person can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scraper.cli import cli
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve

HOST = "paper.example"
PIER, LOST, WALLED = (f"http://{HOST}/news/{name}" for name in ("pier-vote", "lost", "walled"))
EDIT = PARAGRAPHS[1].replace("3.2 million", "32 million")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Each kind of visit: new, the same bytes, another banner, an edit, a wall, gone; and a URL that never was one."""
    wall = "<html><title>Log in</title><h1>Log in</h1><form><input type=password></form></html>"
    pages: list[Any] = [
        article_page(),
        article_page(),
        article_page(banner="Only three more to go!"),
        article_page(PARAGRAPHS[0], EDIT, *PARAGRAPHS[2:], banner="Only three more to go!"),
        wall,
        (410, {}, b""),
    ]
    with serve(Site({})) as site:
        program = Program(tmp_path_factory.mktemp("why"))
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        for page in pages:
            site.routes["/news/pier-vote"] = page
            program.fetch(PIER)
        program.fetch(LOST)
    return program


def said(program: Program, *args: str) -> str:
    places = ["--archive", str(program.archive), "--config", str(program.config)]
    ended = CliRunner().invoke(cli, ["why", *args, *places])
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_every_visit_says_why(program: Program) -> None:
    lines = [line.split("  ", 1)[1].split(maxsplit=1) for line in said(program, PIER).splitlines() if line[:1] == "2"]
    assert [line[0] for line in lines] == ["new", "same", "same", "edited", "partial", "gone"]
    assert [line[1].strip() for line in lines] == [
        "version 0: the first text of this article",
        "no version: the very same bytes as at the visit before",
        "no version: only what surrounds the article changed",
        "version 1: figures (stealth)",
        "no version: a login form instead of the article",
        "http-410: has to be confirmed by later visits",
    ]


def test_an_edit_shows_its_words(program: Program) -> None:
    assert "figures: “3.2” → “32”" in said(program, PIER)


def test_the_next_visit_has_its_reason(program: Program) -> None:
    lines = said(program, PIER).splitlines()
    assert lines[-2].startswith("next visit 2")
    assert lines[-1].strip() == "it has to be confirmed"


def test_only_the_last_visits_can_be_asked_for(program: Program) -> None:
    assert sum(line[:1] == "2" for line in said(program, PIER, "--last", "2").splitlines()) == 2


def test_what_never_was_an_article_has_a_reason_too(program: Program) -> None:
    assert "http-404" in said(program, LOST)


def test_json_is_one_object_a_line(program: Program) -> None:
    *visits, last = [json.loads(line) for line in said(program, "--json", PIER).splitlines()]
    assert [visit["verdict"] for visit in visits] == ["new", "same", "same", "edited", "partial", "gone"]
    assert last["why"] == ["it has to be confirmed"]


def test_what_is_unknown_is_said(program: Program) -> None:
    ended = CliRunner().invoke(cli, ["why", f"http://{HOST}/never", "--archive", str(program.archive)])
    assert "is not in this archive" in str(ended.exception)


def test_it_fits_a_terminal(program: Program, tmp_path: Path) -> None:
    assert max(map(len, said(program, PIER).splitlines())) <= 100
