"""Articles on several pages, with the real program on a real site on loopback: nothing between them is played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import Answer, paged
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.test_pages import PARAGRAPHS, cut

HOST = "paper.example"
PATH = "/2026/03/pier-vote"
URL = f"http://{HOST}{PATH}"
PAGES = '[pages]\nnext = "rel=next"\nmost = 5\n'


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose article has three pages."""
    with serve(Site()) as running:
        show(running, paged(*cut(5, 4, 3), url=URL))
        yield running


def show(site: Site, pages: dict[str, Answer]) -> None:
    """What the site answers from now on."""
    site.routes = {url.partition(HOST)[2]: page for url, page in pages.items() if isinstance(page, str)}
    site.asked.clear()


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """The program, told of the outlet."""
    made = Program(tmp_path)
    made.configure(site, HOST, "other.example", outlets={HOST: outlet(HOST) + PAGES})
    return made


def fetch(program: Program, url: str = URL) -> dict[str, Any]:
    """One line of `scraper fetch --json`."""
    [line] = program.fetch(url)
    return line


def sound(program: Program) -> bool:
    """Whether the archive proves itself, before its catalogue is made again and after."""
    for command in (("verify", "--deep"), ("reindex",), ("verify", "--deep")):
        done = program.run(*command)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
    return True


def test_all_pages_are_kept_as_one_article(program: Program, site: Site) -> None:
    """`fetch --print` and `show` give the whole text, and the archive proves itself."""
    printed = program.run("fetch", "--print", URL).stdout
    assert all(text in printed for text in PARAGRAPHS)
    assert "Page 2 of 3" not in printed
    assert program.run("show", URL).stdout in printed
    assert site.paths() == [PATH, f"{PATH}?page=2", f"{PATH}?page=3"]
    assert sound(program)


def test_a_host_is_asked_for_pages_at_its_own_pace(program: Program, site: Site) -> None:
    """Pages of one article are requests like others."""
    program.delay = "400ms"
    program.configure(site, HOST, outlets={HOST: outlet(HOST) + PAGES})
    assert fetch(program)["verdict"] == "new"
    times = [at for at, _, path in site.asked if path != "/robots.txt"]
    assert len(times) == 3
    assert min(b - a for a, b in pairwise(times)) >= 0.4


def test_an_edit_on_page_three_alone_is_an_edit(program: Program, site: Site) -> None:
    """Though the server says of page 1 that it is not modified, to whoever asks so."""
    whole = site.routes[PATH]
    assert isinstance(whole, str)

    def first(headers: Any) -> Any:
        known = "If-None-Match" in headers
        return (
            (304, {"ETag": '"a"'}, b"")
            if known
            else (200, {"Content-Type": "text/html", "ETag": '"a"'}, whole.encode())
        )

    site.routes[PATH] = first
    assert [fetch(program)["verdict"] for _ in range(2)] == ["new", "same"]
    edited = [*cut(5, 4), "|".join([*PARAGRAPHS[9:11], PARAGRAPHS[11].replace("rotten", "sound")])]
    show(site, paged(*edited, url=URL))
    site.routes[PATH] = first
    line = fetch(program)
    assert (line["verdict"], line["version"], line["edit"]["kinds"]) == ("edited", 1, ["wording"])
    assert "[-rotten-]" in program.run("diff", URL).stdout


def test_another_number_of_pages_is_no_edit(program: Program, site: Site) -> None:
    """Three, two, four: one version, and an archive that proves itself."""
    fetch(program)
    for sizes in ((7, 5), (3, 3, 3, 3)):
        show(site, paged(*cut(*sizes), url=URL))
        assert fetch(program)["verdict"] == "same"
    assert len(program.texts()) == 1
    assert sound(program)


@pytest.mark.parametrize(
    ("leads", "reason"),
    [
        (URL, "pages: page 3: loop"),
        ("http://other.example/2026/03/pier-vote?page=3", "pages: page 3: other-host"),
        ("http://127.0.0.1:{port}/2026/03/pier-vote?page=3", "pages: page 3: other-host"),
    ],
)
def test_hostile_links_are_not_followed(program: Program, site: Site, leads: str, reason: str) -> None:
    """Nothing half is kept, and nobody is asked who is not the outlet."""
    page = str(site.routes[f"{PATH}?page=2"])
    site.routes[f"{PATH}?page=2"] = page.replace(f"{URL}?page=3", leads.format(port=site.address.partition(":")[2]))
    line = fetch(program)
    assert (line["verdict"], line["reason"]) == ("partial", reason)
    assert {host for _, host, _ in site.asked} == {HOST}
    assert program.texts() == []


def test_an_own_host_at_a_private_address_is_refused(program: Program, site: Site) -> None:
    """The dialler looks at every address, also where the outlet's file names the host."""
    more = 'hosts = ["127.0.0.1:{port}"]\n'.format(port=site.address.partition(":")[2])
    program.configure(site, HOST, outlets={HOST: more + outlet(HOST) + PAGES})
    page = str(site.routes[f"{PATH}?page=2"])
    site.routes[f"{PATH}?page=2"] = page.replace(f"{URL}?page=3", f"http://{site.address}{PATH}?page=3")
    line = fetch(program)
    assert line["verdict"] == "failed"
    assert line["reason"].startswith("pages: page 3: private-address")
    assert site.paths("127.0.0.1") == []


def test_robots_may_close_a_later_page(program: Program, site: Site) -> None:
    """Then there is no article: half of one would be taken for all of it."""
    site.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /*page=3\n")
    line = fetch(program)
    assert (line["verdict"], line["reason"].startswith("pages: page 3: robots"), program.texts()) == (
        "failed",
        True,
        [],
    )
    assert f"{PATH}?page=3" not in site.paths()


def test_a_page_that_fails_is_asked_for_again(program: Program, site: Site) -> None:
    """The last good version stands until all pages are there."""
    fetch(program)
    good = site.routes[f"{PATH}?page=2"]
    site.routes[f"{PATH}?page=2"] = (503, {}, b"")
    line = fetch(program)
    assert (line["verdict"], bool(line["retry_at"])) == ("failed", True)
    assert line["reason"].startswith("pages: page 2: http-503")
    assert all(text in program.run("show", URL).stdout for text in PARAGRAPHS)
    site.routes[f"{PATH}?page=2"] = good
    assert sound(program)


def test_more_pages_than_the_file_allows_are_not_asked_for(program: Program, site: Site) -> None:
    """However many there are."""
    show(site, paged(*(f"{PARAGRAPHS[n % 12]} {n}" for n in range(10_000)), url=URL))
    line = fetch(program)
    assert (line["verdict"], line["reason"], len(site.paths())) == ("partial", "pages: more than 5", 5)


def test_a_later_page_is_no_article_of_its_own(program: Program, site: Site) -> None:
    """Fetched by hand it is the article, from its first page."""
    first = fetch(program)
    later = fetch(program, f"{URL}?page=3")
    assert (later["verdict"], later["article_id"]) == ("same", first["article_id"])
    assert program.run("show", f"{URL}?page=2").stdout == program.run("show", URL).stdout


def test_the_daemon_follows_pages_too(program: Program, site: Site) -> None:
    """And a front page that links to a later page makes no second article."""
    site.routes["/feed.xml"] = feed(URL, f"{URL}?page=2")
    text = outlet(HOST) + '[pages]\nnumber = "[?&]page=([0-9]+)"\n'
    program.configure(site, HOST, outlets={HOST: text})
    with program.daemon() as daemon:
        wait_for(program.texts)
        daemon.terminate()
        daemon.wait()
    assert len(program.texts()) == 1
    assert all(text in program.texts()[0].read_text() for text in PARAGRAPHS)
    assert sound(program)


def test_a_saved_page_is_read_alone_and_that_is_said(program: Program, site: Site, tmp_path: Path) -> None:
    """`extract` asks for nothing."""
    saved = tmp_path / "page.html"
    saved.write_text(str(site.routes[f"{PATH}?page=2"]), encoding="utf-8")
    done = program.run("extract", str(saved), "--url", f"{URL}?page=2", "--explain")
    assert PARAGRAPHS[5] in done.stdout
    assert PARAGRAPHS[0] not in done.stdout
    assert f"only this page was read; the article goes on at {URL}?page=3" in done.stderr
    assert f"a later page; the article begins at {URL}" in done.stderr
    told = json.loads(program.run("extract", str(saved), "--url", f"{URL}?page=2", "--json").stdout)["archive"]
    assert (told["next_page"], told["first_page"]) == (f"{URL}?page=3", URL)
    assert site.paths() == []


def test_read_again_from_its_captures_it_is_the_same_article(program: Program, site: Site) -> None:
    """`reread` needs no network to join it."""
    fetch(program)
    site.asked.clear()
    rule = '[[rules]]\nname = "other"\ndrop = [".nothing-of-the-kind"]\n'
    program.configure(site, HOST, outlets={HOST: outlet(HOST) + PAGES + rule})
    done = program.run("reread", "--json")
    assert [json.loads(line)["result"] for line in done.stdout.splitlines()] == ["same"]
    assert site.asked == []
    assert sound(program)
