"""`scraper outlets check NAME --live`: what an outlet's file brings, on the site itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scraper.cli import main
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, feed, outlet, serve

HOST = "paper.example"
HOME = f"http://{HOST}/"
Check = Callable[..., tuple[int, str]]


@pytest.fixture
def site() -> Iterator[Site]:
    """Seven articles and a feed of them."""
    pages = {
        f"/2026/11/the-bridge-is-closed-{n}": article_page(*PARAGRAPHS, title=f"Bridge closed, {n}") for n in range(7)
    }
    with serve(Site({"/feed.xml": feed(*(HOME[:-1] + path for path in pages)), **pages})) as site:
        yield site


@pytest.fixture
def program(site: Site, tmp_path: Path) -> Program:
    """An outlet whose file has a rule."""
    program = Program(tmp_path)
    rule = '[[rules]]\nname = "appeals"\ndrop = [".appeal"]\n'
    program.configure(site, HOST, outlets={HOST: outlet(HOST) + rule})
    return program


@pytest.fixture
def check(program: Program, capsys: pytest.CaptureFixture[str]) -> Check:
    """Exit code and output of the command."""

    def run(*args: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(program.command("outlets", "check", *args)[3:])
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().out

    return run


def test_it_shows_what_would_be_stored_and_stores_nothing(site: Site, program: Program, check: Check) -> None:
    """Five articles, in 80 columns; neither a text nor a capture is there afterwards."""
    code, out = check(HOST, "--live")
    assert (code, out.count("article   http")) == (0, 5)
    assert "title     Bridge closed, 0" in out
    assert max(map(len, out.splitlines())) <= 80
    assert program.texts() == []
    assert not [path for path in program.archive.rglob("*.warc*") if path.stat().st_size]
    assert len([path for path in site.paths() if path.startswith("/2026")]) == 5


def test_json_has_first_and_last_line_and_what_was_dropped(site: Site, check: Check) -> None:
    """One object a source and an article."""
    path = "/2026/11/the-bridge-is-closed-0"
    page = site.routes[path]
    assert isinstance(page, str)
    site.routes[path] = page.replace("</article>", '<div class="appeal"><p>Give us ten pounds.</p></div></article>')
    code, out = check(HOST, "--live", "--json")
    robots, source, first, *others = map(json.loads, out.splitlines())
    assert (code, robots["why"], source["articles"], len(others)) == (0, None, 7, 4)
    assert (first["why"], first["first"], first["last"]) == (None, PARAGRAPHS[0], PARAGRAPHS[-1])
    assert (first["dropped"].get("appeals"), first["words"] > 50) == (1, True)


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/feed.xml", (404, {}, b""), "http-404"),
        ("/feed.xml", feed(), "announces no article"),
        ("/2026/11/the-bridge-is-closed-3", (410, {}, b""), "not kept  http-410"),
        ("/2026/11/the-bridge-is-closed-3", "<title>x</title><p>Too little.</p>", "not kept"),
        ("/robots.txt", "User-agent: *\nDisallow: /2026", "not kept  robots"),
    ],
)
def test_what_does_not_work_is_said_and_counts(site: Site, check: Check, path: str, answer: object, said: str) -> None:
    """Exit code 1, and the rest is tried all the same."""
    site.routes[path] = answer  # type: ignore[assignment]
    code, out = check(HOST, "--live")
    assert code == 1
    assert said in out


def test_one_outlet_has_to_be_named(check: Check) -> None:
    """Nobody asks all of them by a slip; a wrong name asks nobody."""
    assert (check("--live")[0], check("nobody.example", "--live")[0]) == (2, 2)
