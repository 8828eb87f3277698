"""`scraper show` and `log` name the other places where a text stands, and leave the text itself as it is."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from scraper.article import Block
from scraper.cli import cli
from tests.store.kit import START, article, capture_and_commit, opened
from tests.wire import WIRES

AGENCY, COURIER, ALONE = (f"https://{name}/ferry" for name in ("agency.example", "courier.example", "alone.example"))
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story, a copy of it that was edited and has a hostile headline, and a story of its own."""
    root = tmp_path_factory.mktemp("copies") / "archive"
    wire = WIRES["en"]
    prints = [
        (AGENCY, wire.story, START, "Ferry stops"),
        (COURIER, wire.cut(), START + HOUR, "No boat"),
        (COURIER, (*wire.cut(), wire.local), START + 2 * HOUR, "No boat\u001b[2J\nto the\u202e east"),
        (ALONE, wire.elsewhere, START, "Gulls only"),
    ]
    with opened(root) as archive:
        for url, body, at, title in prints:
            blocks = tuple(Block("paragraph", text) for text in body)
            found = article("", url, blocks=blocks, title=title, published=at - HOUR)
            capture_and_commit(archive, found, url, at, url.split("/")[2])
    return root


def said(root: Path, *args: str) -> str:
    ended = CliRunner().invoke(cli, [*args, "--archive", str(root), "--config", str(root / "none")])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def stored(root: Path, url: str) -> str:
    with opened(root) as archive:
        entry = archive.find(url)
        assert entry
        last = archive.latest(entry.id)
        assert last
        return archive.read_text(last)


def test_the_text_comes_first_and_whole(root: Path) -> None:
    """What is told of copies stands behind it, apart from it."""
    text, found = stored(root, AGENCY), said(root, "show", AGENCY)
    assert found.startswith(text)
    assert found[len(text) :].startswith("\n\nAlso published as:\n\n")


@pytest.mark.parametrize(("args", "url"), [(("--text",), AGENCY), ((), ALONE)])
def test_nothing_but_the_text_where_there_is_nothing_else_to_tell(root: Path, args: tuple[str, ...], url: str) -> None:
    """For scripts: with `--text`, and wherever an article has no copies."""
    assert said(root, "show", url, *args) == stored(root, url)


def test_a_copy_is_told_in_four_lines(root: Path) -> None:
    """Its headline came from a page, and can neither forge a line nor steer the terminal."""
    assert said(root, "show", AGENCY).splitlines()[-4:] == [
        "courier.example: No boat[2J to the\\u202e east",
        "https://courier.example/ferry",
        "    42 % alike, 100 % of the shorter text; 2 versions; captured 2024-06-02T10:30:00Z; "
        "published 2024-06-02T09:30:00Z",
        "    captured first here; published first here; 1 edit there since both have it, the last 2024-06-02T11:30:00Z",
    ]


def test_show_as_json_has_the_copies_and_the_same_text(root: Path) -> None:
    shown = json.loads(said(root, "show", AGENCY, "--json"))
    assert shown["text"] == stored(root, AGENCY)
    (copy,) = shown["also"]
    assert (copy["url"], copy["outlet"], copy["contained"]) == (COURIER, "courier.example", 1.0)
    assert (copy["first_captured"], copy["first_published"], copy["edits"]) == ("this", "this", 1)


def test_json_of_an_article_without_copies_says_so(root: Path) -> None:
    assert json.loads(said(root, "show", ALONE, "--json"))["also"] == []
    assert "also" not in json.loads(said(root, "show", ALONE, "--json", "--text"))


def test_log_names_copies_in_one_line(root: Path) -> None:
    assert said(root, "log", COURIER).splitlines()[-1].startswith(f"also published as: {AGENCY} (")
    assert "also published" not in said(root, "log", ALONE)
