"""`scraper search`: what a person sees, what a program gets, and what is said of a wrong query."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scraper.article import Block
from scraper.cli import cli, main
from tests.site import Program, outlet, serve, wait_for
from tests.store.kit import START, article, capture_and_commit, opened
from tests.test_daemon import papers

HOUR = timedelta(hours=1)
PIER, SHEEP = "https://courier.example/pier", "https://north.example/sheep"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article that lost a sentence and has a hostile one, and another."""
    root = tmp_path_factory.mktemp("search") / "archive"
    steering = "Steering\u001b[2J\u202e said the pilot [bold]"
    long = "The board met again on Monday and heard the engineers on the state of the piles. " * 5
    prints = [
        (PIER, ("The pier opens.", "The mayor will resign.", steering, long), START),
        (PIER, ("The pier opens.", steering, long), START + HOUR),
        (SHEEP, ("The sheep cross the pier.",), START + 2 * HOUR),
    ]
    with opened(root) as archive:
        for url, body, at in prints:
            blocks = tuple(Block("paragraph", text) for text in body)
            found = article("", url, blocks=blocks, title="A pier\u202e, and more", language="en")
            capture_and_commit(archive, found, url, at, url.split("/")[2])
    return root


def ran(root: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["search", *args, "--archive", str(root), "--config", str(root / "none")])


def lines(root: Path, *args: str) -> list[dict[str, object]]:
    """The hits for a program."""
    return [json.loads(line) for line in ran(root, *args, "--json").stdout.splitlines()]


def test_a_hit_says_where_when_and_in_which_versions(root: Path) -> None:
    """Headline, outlet, day, versions, address and the sentence."""
    assert ran(root, "resign").stdout.splitlines() == [
        "A pier\\u202e, and more",
        "  courier.example  2024-06-02  version 0, removed in version 1",
        f"  {PIER}",
        "    The mayor will resign.",
        "",
    ]


def test_a_hit_is_an_object_for_a_program(root: Path) -> None:
    """With marks as offsets, so that whoever shows it escapes it in its own way."""
    (hit,) = lines(root, "mayor")
    text, marks = str(hit["snippet"]), hit["snippet_marks"]
    assert [text[start:end] for start, end in marks] == ["mayor"]  # type: ignore[attr-defined]  # pairs of numbers
    assert (hit["url"], hit["versions"], hit["removed_in"]) == (PIER, [[0, 0]], 1)


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["pier"], {PIER, SHEEP}),
        (["pier", "-sheep"], {PIER}),
        (["pier", "--outlet", "north.example"], {SHEEP}),
        (["pier", "--outlet", "north.example", "--outlet", "courier.example"], {PIER, SHEEP}),
        (["resign", "--version", "latest"], set()),
        (["pier", "--removed"], set()),
        (["--removed", "mayor", "resigns"], {PIER}),
        (["pier", "--since", "2024-06-03"], set()),
        (["pier", "--until", "2024-06-03", "--language", "en-US"], {PIER, SHEEP}),
    ],
)
def test_options_narrow_the_query(root: Path, args: list[str], found: set[str]) -> None:
    """Each by itself, and beside what the query says."""
    assert {str(hit["url"]) for hit in lines(root, *args)} == found


def test_nothing_in_a_hit_can_steer_the_terminal(root: Path) -> None:
    """No escape, no override, no markup of our own tools; no line of text beyond 80 columns."""
    said = ran(root, "steering").stdout
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold]" in said
    assert all(len(line) <= 80 for line in ran(root, "engineers").stdout.splitlines())


def test_nothing_found_is_no_failure(root: Path) -> None:
    """It is said on stderr, and stdout stays empty for whoever reads it."""
    ended = ran(root, "unicorn")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, "", "nothing found\n")


def test_more_hits_than_asked_for_are_told(root: Path) -> None:
    """With the option that shows them."""
    ended = ran(root, "pier", "--limit", "1")
    assert len(ended.stdout.split("\n\n")) == 2
    assert "--limit" in ended.stderr


@pytest.mark.parametrize(
    "args",
    [
        ['"open'],
        ["-sheep"],
        ["x", "--version", "last"],
        ["x", "--since", "soon"],
        ["x lang:de", "--language", "en"],
        ["x removed:no", "--removed"],
        ["x", "--outlet", "a/b"],
    ],
)
def test_a_wrong_query_is_one_sentence(root: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And exit code 2."""
    with pytest.raises(SystemExit) as ended:
        main(["search", *args, "--archive", str(root)])
    said = capsys.readouterr()
    assert (ended.value.code, said.out, len(said.err.splitlines())) == (2, "", 1)


def test_the_daemon_keeps_the_search_up(tmp_path: Path) -> None:
    """What it archives can be found, without any command having taken it in."""
    program = Program(tmp_path)
    with serve(papers(3)) as site:
        host = "paper0.example"
        program.configure(site, host, outlets={host: outlet(host)})
        with program.daemon():
            wait_for(lambda: len(program.texts()) == 3)
            wait_for(lambda: "search-followed" in (tmp_path / "daemon.log").read_text(encoding="utf-8"))
        assert len(program.run("search", "story", "--json").stdout.splitlines()) == 3
    assert program.run("verify").returncode == 0
