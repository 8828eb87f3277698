"""Page and print of one article, served on loopback and archived by the real program: do they agree, who is told?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.extract.test_prints import PRINTS, html, url
from tests.site import Program, Site, serve

HOST = "www.lantern.example"
OUTLET = f'name = "The Lantern"\nhome = "https://{HOST}/"\nlanguage = "en"\nwitness = "/pdf"\n'
LAYOUTS = ("one-column", "two-columns", "newspaper", "small-pages", "running-heads", "figures", "table", "print-form")


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose articles come as page and as print."""
    with serve(Site()) as site:
        yield site


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """The program, which knows that the outlet prints its articles."""
    program = Program(tmp_path)
    program.configure(site, HOST, outlets={"lantern.example": OUTLET})
    return program


def publish(site: Site, layout: str, change: tuple[str, str] = ("", "")) -> str:
    """Serve the article, and its print beside it; `change` words on the page, as if print had stayed behind."""
    page = url(layout).replace("https://", "http://")
    path = page.removeprefix(f"http://{HOST}")
    site.routes[path] = html(layout).replace("https://", "http://").replace(*change)
    site.routes[f"{path}/pdf"] = (200, {"Content-Type": "application/pdf"}, (PRINTS / f"{layout}.pdf").read_bytes())
    return page


def test_print_says_the_same_as_the_page_in_every_layout(program: Program, site: Site) -> None:
    """No version, no flag: only the page made one."""
    pages = [publish(site, layout) for layout in LAYOUTS]
    first = program.fetch(*pages)
    second = program.fetch(*(f"{page}/pdf" for page in pages))
    assert {(line["verdict"], line["version"]) for line in first} == {("new", 0)}
    assert [(line["verdict"], line["flags"], line["reason"]) for line in second] == [("same", [], None)] * len(LAYOUTS)
    assert len(program.texts()) == len(LAYOUTS)


def test_a_print_that_says_something_else_is_told_with_the_words_and_makes_no_version(
    program: Program, site: Site
) -> None:
    """By `fetch` when it is seen, and by `log` from then on."""
    page = publish(site, "two-columns", ("a third more than planned", "a quarter more than planned"))
    program.fetch(page)
    [told] = program.fetch(f"{page}/pdf")
    assert (told["verdict"], told["flags"]) == ("same", ["witness-differs"])
    assert len(program.texts()) == 1
    shown = program.run("log", page).stdout
    assert f"{page}/pdf disagreed at" in shown
    assert "“third” for “quarter”" in shown


def test_a_print_that_agrees_again_is_not_complained_about(program: Program, site: Site) -> None:
    """What counts is the last look at it."""
    page = publish(site, "two-columns", ("a third more than planned", "a quarter more than planned"))
    program.fetch(page, f"{page}/pdf")
    publish(site, "two-columns")
    assert [line["verdict"] for line in program.fetch(page, f"{page}/pdf")] == ["edited", "same"]
    assert "disagreed" not in program.run("log", page).stdout


def test_what_print_leaves_out_is_not_denied(program: Program, site: Site) -> None:
    """A page with a caption, and a print without the picture, tell the same story."""
    page = publish(site, "indented")
    figure = '<figure><img src="/a.jpg" alt=""><figcaption>The tower, seen from the ferry.</figcaption></figure>'
    path = page.removeprefix(f"http://{HOST}")
    site.routes[path] = html("indented").replace('<div class="article-body">', f'{figure}<div class="article-body">')
    program.fetch(page)
    [told] = program.fetch(f"{page}/pdf")
    assert (told["verdict"], told["flags"]) == ("same", [])
    assert "The tower, seen from the ferry." in program.texts()[0].read_text(encoding="utf-8")
