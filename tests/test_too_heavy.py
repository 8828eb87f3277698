"""Pages that take all the time or memory there is: read once, told so, and not again until something changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, TypeVarTuple, Unpack

import pytest

from scraper.article import Article
from scraper.errors import ExtractError
from scraper.limits import HeavyHosts
from scraper.model import Outlet, Page, Paging
from tests.extract.pdfs import raw
from tests.fakes import InlineReader, article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.stage import NUMBERS, PIER, SNOW, page, staged
from tests.tally import Tally

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

HOST = "heavy.example"
URL = f"http://{HOST}/story"
TIGHT = '[extract]\ntimeout = "1500ms"\npdf_timeout = "200ms"\n'
SLOW = '[extract]\ntimeout = "4s"\n'
LINKS = article_page(*(f'<a href="/{n}">link words here</a>' for n in range(40_000)))
OPERATORS = raw(b"BT /F1 9 Tf " + b"(x) Tj " * 190_000 + b" ET")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty archive."""
    return Program(tmp_path)


def fetched(program: Program, *args: str) -> str:
    """What one `scraper fetch` says of the page: `failed too-heavy not tried again`."""
    [line] = program.fetch(*args, URL)
    reason, _, more = (line["reason"] or "").partition(": ")
    return f"{line['verdict']} {reason} {more.partition(' (')[0]}".strip()


PDF = {"Content-Type": "application/pdf"}
AGAIN = "failed too-heavy not tried again"


def test_the_same_bytes_are_not_read_again(program: Program) -> None:
    """Not by another process, not after the catalogue was made again; with --force they are, and when they change."""
    first = "failed too-heavy not read within 1.5 s"
    with serve(Site({"/story": LINKS})) as site:
        program.configure(site, HOST, more=TIGHT)
        assert [fetched(program), fetched(program)] == [first, AGAIN]
        (program.archive / "catalogue.sqlite").unlink()
        assert program.run("reindex").returncode == 0
        assert [fetched(program), fetched(program, "--force")] == [AGAIN, first]
        told = program.run("why", URL).stdout
        site.routes["/story"] = article_page()
        assert fetched(program) == "new"
    assert told.count("more time or memory than one page may") == 4
    assert "only --force tries the same bytes again" in told


def test_a_heavy_pdf_is_not_read_again(program: Program) -> None:
    """It has limits of its own."""
    with serve(Site({"/story": (200, PDF, OPERATORS)})) as site:
        program.configure(site, HOST, more=TIGHT)
        assert [fetched(program), fetched(program)] == ["failed too-heavy not read within 0.2 s", AGAIN]


def test_other_limits_are_another_try(program: Program) -> None:
    """Who gives a page more time wants it read."""
    with serve(Site({"/story": LINKS})) as site:
        program.configure(site, HOST, more=TIGHT)
        fetched(program)
        program.configure(site, HOST, more=TIGHT.replace("1500ms", "1600ms"))
        assert fetched(program) == "failed too-heavy not read within 1.6 s"


class Picky:
    """A reader for which some pages are too heavy. It counts, and its extractor can be raised."""

    def __init__(self, heavy: str) -> None:
        self.heavy = heavy
        self.version = 1
        self.tried: Counter[int] = Counter()

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        if self.heavy.encode() not in page.body:
            return await InlineReader().read(page, outlet, known)
        self.tried[self.version] += 1
        raise ExtractError(page.final_url, "too-heavy", "ended its reading process")

    def attempt(self, page: Page) -> str:
        """See `interfaces.Reader`."""
        return f"bytes {len(page.body)}, extractor {self.version}"

    async def run(self, func: Callable[[Unpack[Ts]], T], *args: *Ts) -> T:
        """See `interfaces.Reader`."""
        return func(*args)


@pytest.fixture
def anyio_backend() -> str:
    """As the daemon."""
    return "asyncio"


@pytest.mark.anyio
async def test_a_newer_extractor_tries_again(tmp_path: Path) -> None:
    """Once; and the version that was good stands all the while."""
    reader, url = Picky("BOMB"), "https://paper.example/story"
    with staged(tmp_path) as stage:
        stage.services = replace(stage.services, reader=reader)
        await stage.see(url, page(PIER))
        for version in (1, 1, 2, 2):
            reader.version = version
            await stage.see(url, page(PIER, tail="BOMB"), hours=200)
        assert stage.versions() == [1]
    assert stage.told == ["new", *["failed: too-heavy"] * 4]
    assert reader.tried == {1: 1, 2: 1}


@pytest.mark.anyio
async def test_a_heavy_second_page_is_remembered_too(tmp_path: Path) -> None:
    """Nothing is made of the first alone, and the second is not read at every visit."""
    reader, url = Picky("BOMB"), "https://numbers.example/long-read-a12345"
    outlet = replace(NUMBERS, pages=Paging(next="a.next", most=3))
    with staged(tmp_path, [outlet]) as stage:
        stage.services = replace(stage.services, reader=reader)
        stage.web.pages[f"{url}?page=2"] = page(SNOW, tail="BOMB")
        for _ in range(3):
            await stage.see(url, page(PIER, tail=f'<a class="next" href="{url}?page=2">2</a>'), hours=200)
        assert stage.versions() == []
    assert reader.tried == {1: 1}


def test_a_host_of_heavy_pages_is_left_alone() -> None:
    """After three in a row; then one look an hour, until there are good ones."""
    hosts = HeavyHosts()
    ends = [hosts.tell("a.example", heavy=heavy) for heavy in (True, True, False, True, True, True)]
    assert [end is not None for end in ends] == [False, False, False, False, True, True]
    assert hosts.tell("b.example", heavy=True) is None


def test_nobody_waits_for_hosts_of_heavy_pages(program: Program, tally: Tally) -> None:
    """Two of them and one good outlet on the real daemon: all good pages come, and the heavy hosts are parked."""
    good, bad = "good.example", [f"heavy{n}.example" for n in range(2)]
    site = Site({f"{good}/s{n}": article_page(title=f"Good {n}") for n in range(30)})
    site.routes[f"{good}/feed.xml"] = feed(*(f"http://{good}/s{n}" for n in range(30)))
    for host in bad:
        site.routes |= {f"{host}/s{n}": LINKS.replace("pier", f"pier {n}") for n in range(8)}
        site.routes[f"{host}/feed.xml"] = feed(*(f"http://{host}/s{n}" for n in range(8)))
    with serve(site):
        program.configure(
            site, good, *bad, outlets={host: outlet(host, every="1h") for host in (good, *bad)}, more=SLOW
        )
        with program.daemon():
            wait_for(lambda: len(program.texts()) == 30, 120)
            wait_for(lambda: sum(line["event"] == "host-heavy" for line in program.log()) == 2, 120)
    asked = Counter(host for _, host, path in site.asked if path.startswith("/s") and host in bad)
    tally("hosts of heavy pages beside a good one", 2, sum(number == HeavyHosts.MOST for number in asked.values()))
    assert asked == dict.fromkeys(bad, HeavyHosts.MOST)
