"""Sources that change from look to look, and crawler traps, beside a good neighbour on the real daemon."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from scraper.model import Source
from scraper.pipeline.sources import MOST_OF_A_PAGE, look
from tests.fakes import PARAGRAPHS, answered, article_page
from tests.site import Program, Reply, Route, Site, feed, outlet, serve, wait_for
from tests.sources.robots import ROBOTS
from tests.sources.rows import ROWS, sitemapindex, urlset
from tests.stage import HOME, PAPER, Stage, staged
from tests.tally import Tally

XML = {"Content-Type": "application/xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
GOOD = "good.example"
LOOKS = 4


def in_turn(*replies: Callable[[], Reply] | Reply) -> Route:
    """These answers one after the other, the last one for ever."""
    turns = iter(replies)
    kept = [replies[0]]

    def reply(_headers: Mapping[str, str]) -> Reply:
        kept[0] = next(turns, kept[0])
        return kept[0]() if callable(kept[0]) else kept[0]

    return reply


def each_time(make: Callable[[int], str], kind: Mapping[str, str] = XML) -> Route:
    """Another answer at each look."""
    numbers = itertools.count()
    return lambda _headers: (200, dict(kind), make(next(numbers)).encode())


def links(host: str, count: int) -> list[str]:
    """Addresses of articles."""
    return [f"http://{host}/s{n}" for n in range(count)]


def items(host: str, count: int, more: str) -> str:
    """A feed with something more in each item; `{n}` in it is the item's number."""
    told = "".join(
        f"<item><title>t</title><link>{link}</link>{more.replace('{n}', str(n))}</item>"
        for n, link in enumerate(links(host, count))
    )
    return f'<rss version="2.0"><channel><title>x</title>{told}</channel></rss>'


def now() -> str:
    """This moment, as feeds write it."""
    return format_datetime(datetime.now(UTC))


def anchors(*paths: str) -> str:
    """A front page."""
    told = "".join(
        f'<h2><a href="{path}">A headline of several words, number {n}</a></h2>' for n, path in enumerate(paths)
    )
    return f"<!doctype html><html><head><title>Paper</title></head><body><main>{told}</main></body></html>"


def told(host: str) -> Callable[[int], str]:
    """A sitemap of a hundred addresses, all of them changed just now."""

    def make(_look: int) -> str:
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        return urlset(*(f"<url><loc>{link}</loc><lastmod>{stamp}</lastmod></url>" for link in links(host, 12)))

    return make


def mapped(host: str, count: int) -> Reply:
    """A sitemap."""
    return 200, XML, urlset(*links(host, count)).encode()


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><item>&c;</item></rss>'

# name: kind of source, what it answers, articles in the end, the most requests that the host may see
LIVES: dict[str, tuple[str, Callable[[str], Route], int, int]] = {
    "feed-no-items": ("feed", lambda h: in_turn(feed(*links(h, 3)), feed()), 3, 40),
    "feed-410": ("feed", lambda h: in_turn(feed(*links(h, 3)), (410, {}, b"gone")), 3, 8),
    "feed-404": ("feed", lambda h: in_turn(feed(*links(h, 3)), (404, {}, b"gone")), 3, 12),
    "guid-churn": ("feed", lambda h: each_time(lambda n: items(h, 5, f"<guid>{n}-{{n}}</guid>")), 5, 40),
    "touch-all": ("feed", lambda h: each_time(lambda _: items(h, 12, f"<pubDate>{now()}</pubDate>")), 12, 40),
    "sm-lastmod-now": ("sitemap", lambda h: each_time(told(h)), 12, 40),
    "sm-shrinks": ("sitemap", lambda h: in_turn(mapped(h, 9), mapped(h, 1)), 9, 40),
    "sm-self": ("sitemap", lambda h: (200, XML, sitemapindex(*[f"http://{h}/source"] * 100).encode()), 0, 30),
    "html-instead": ("feed", lambda h: in_turn(feed(*links(h, 3)), (200, HTML, anchors("/a").encode())), 3, 40),
    "laughs": ("feed", lambda _h: (200, XML, LAUGHS), 0, 12),
    "feed-article": ("feed", lambda h: feed(*links(h, 2)), 2, 30),
}  # fmt: skip
TRAPS: dict[str, Callable[[int], str]] = {
    "session": lambda n: anchors(*(f"/2026/03/story-of-some-words-{m}?session=x{n}y{m}" for m in range(50))),
    "deeper": lambda n: anchors(*(f"{'a/' * (n + 1)}story-of-some-words-{m}" for m in range(50))),
    "facets": lambda n: anchors(*(f"/list-of-some-words-{m}?colour={n}&amp;size={m}" for m in range(50))),
    "fake-articles": lambda n: anchors(*(f"/2026/03/another-story-of-words-{n}-{m}" for m in range(50))),
}
ELSEWHERE = {"robots-turns"}  # tests/fetch/test_robots.py: rules are taken anew within a day
MATRIX = """rss-ok atom-ok json-ok rss-space rss-1252 rss-utf16 html-instead feed-empty feed-no-items feed-410 feed-loop
feed-gzip-bomb feed-slow feed-endless feed-100k guid-churn guid-same guid-steal link-variants link-bad
dates-bad titles-bad laughs quadratic xxe-file xml-deep xml-attrs cdata-open json-types next-forever
links-canary touch-all feed-article sm-ok sm-index-ok sm-gz-ok sm-gz-twice sm-gz-lie sm-gz-bomb sm-text sm-50k
sm-500k sm-endless sm-cut sm-laughs sm-xxe sm-self sm-tree sm-foreign sm-lastmod-now sm-lastmod-bad sm-loc-bad
sm-news sm-loop sm-shrinks session deeper facets fake-articles robots-ok robots-404 robots-hang robots-slow
robots-redirect robots-canary robots-10mb robots-endless robots-html robots-binary robots-bom-cr
robots-delay-bad robots-wildcards robots-rules-100k robots-sitemaps robots-agents robots-turns"""


def test_every_behaviour_has_a_path() -> None:
    """Whatever feeds, sitemaps, front pages and robots files are known to do stands in one of the tables."""
    assert set(MATRIX.split()) <= ROWS.keys() | LIVES.keys() | TRAPS.keys() | ROBOTS.keys() | ELSEWHERE


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty archive."""
    return Program(tmp_path)


class Papers(Site):
    """Any address is an article of its own, unless a route says otherwise."""

    def reply(self, host: str, path: str, headers: Mapping[str, str]) -> Reply:
        """See `Site.reply`."""
        found = super().reply(host, path, headers)
        if found[0] != 404 or found[2] != b"nothing here" or path == "/robots.txt":
            return found
        texts = (f"{text} It is what {host} says of {path}." for text in PARAGRAPHS)
        return 200, dict(HTML), article_page(*texts, title=f"What stands at {path}").encode()


def kept(program: Program, host: str) -> int:
    """Versions of the outlet."""
    return sum(f"/{host}/" in str(path) for path in program.texts())


def test_lives_of_sources(program: Program, tally: Tally) -> None:
    """Nothing is lost or doubled by what a source says next; it is left alone if asking is no use, and told so."""
    hosts = {name: f"{name}.example" for name in LIVES}
    site = Papers({f"{host}/source": LIVES[name][1](host) for name, host in hosts.items()})
    site.routes[f"{GOOD}/feed.xml"] = feed(*links(GOOD, 5))
    files = {host: outlet(host, "1s", LIVES[name][0], "/source") for name, host in hosts.items()}
    with serve(site):
        program.configure(site, GOOD, *hosts.values(), outlets=files | {GOOD: outlet(GOOD, "1s")})
        with program.daemon() as daemon:
            wait_for(lambda: site.paths(hosts["touch-all"]).count("/source") >= LOOKS)
            wait_for(lambda: kept(program, GOOD) == 5)
            wait_for(lambda: all(kept(program, host) >= LIVES[name][2] for name, host in hosts.items()))
            assert daemon.poll() is None
        asked = Counter(host for _, host, _ in site.asked)
    ends = {name: (kept(program, host), asked[host] <= LIVES[name][3]) for name, host in hosts.items()}
    tally("hostile feeds, sitemaps and robots files", len(LIVES), sum(ends[n] == (LIVES[n][2], True) for n in LIVES))
    assert ends == {name: (articles, True) for name, (_, _, articles, _) in LIVES.items()}, asked
    status = program.run("status", "--all").stdout
    assert "http-410: 1 source, gone" in status
    assert "feed-no-items.example: nothing new since" in status
    assert "sm-self.example: lists nothing" in status
    assert status.count("not believed: every date is that of the look") == 2


@pytest.fixture
def anyio_backend() -> str:
    """As the daemon."""
    return "asyncio"


async def add(stage: Stage, page: Callable[[int], str], looks: int) -> int:
    """How many addresses so many looks at a front page add."""
    added = 0
    for _ in range(looks):
        stage.clock.forward(minutes=5)
        stage.web.pages[HOME] = answered(HOME, page(len(stage.web.asked)), stage.clock)
        added += (await look(stage.services, PAPER, Source("front", HOME, every=timedelta(minutes=5)))).added
    return added


@pytest.mark.anyio
async def test_traps(tmp_path: Path, tally: Tally) -> None:
    """A front page that always has one more link: so many new addresses a day, and it is said."""
    right = 0
    for name, page in TRAPS.items():
        with staged(tmp_path / name) as stage:
            added = await add(stage, page, 10)
            state = stage.archive.frontier.source(HOME)
            said = state and "as many new addresses as a day may have" in (state.note or "")
            stage.clock.forward(days=1)
            more = await add(stage, page, 1)
            right += added <= MOST_OF_A_PAGE and (added == MOST_OF_A_PAGE) == bool(said) == (more > 0)
    tally("hostile feeds, sitemaps and robots files", len(TRAPS), right)
    assert right == len(TRAPS)


def test_the_day_of_a_trap_is_bounded(program: Program) -> None:
    """Pages and front page together, whatever it links to."""
    site = Papers({"trap.example/": each_time(TRAPS["fake-articles"], HTML)})
    with serve(site):
        files = {"trap.example": outlet("trap.example", "1s", "front", "/")}
        program.configure(site, "trap.example", outlets=files, more="[visits]\nper_host_day = 30\n")
        with program.daemon():
            wait_for(lambda: any(line["event"] == "host-capped" for line in program.log()))
            wait_for(lambda: site.paths().count("/") >= 3)
    assert len(site.asked) <= 33
