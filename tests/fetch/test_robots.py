"""robots.txt: asked for once, obeyed in full, and never the end of us."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch import robots
from scraper.fetch.client import Client
from tests.fetch.helpers import Clock, fresh, get, outcome, policy, seconds
from tests.fetch.hostile import Behaviour, Hostile, Visit, answer, endless, hang, redirect

# ------------------------------------------------------------------------------------------------ over the wire

PRIVATE = b"User-agent: *\nDisallow: /private\n"


def text(body: bytes) -> bytes:
    return answer(body, Content_Type="text/plain")


async def drip(visit: Visit) -> None:
    """Rules, one byte at a time."""
    await visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
    await visit.drip(PRIVATE * 100)


RULES: dict[str, tuple[Behaviour, str, str]] = {
    "ok": (text(PRIVATE), "200", "refused robots"),
    "404": (answer(b"", "404 Not Found"), "200", "200"),
    "410": (answer(b"", "410 Gone"), "200", "200"),
    "403": (answer(PRIVATE, "403 Forbidden"), "200", "200"),
    "401": (answer(PRIVATE, "401 Unauthorized"), "200", "200"),
    "empty": (text(b""), "200", "200"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "200", "200"),
    "500": (answer(b"", "500 Oops"), "deferred robots-unreachable", "deferred robots-unreachable"),
    "503": (answer(b"", "503 Busy"), "deferred http-503", "deferred robots-unreachable"),
    "429": (answer(b"", "429 Slow down"), "deferred http-429", "deferred robots-unreachable"),
    "hang": (hang, "deferred robots-unreachable", "deferred robots-unreachable"),
    "slow": (drip, "deferred robots-unreachable", "deferred robots-unreachable"),
    "redirect": (redirect("/robots2.txt"), "200", "refused robots"),
    "redirects": (redirect("/r1"), "200", "refused robots"),
    "loop": (redirect("/robots.txt"), "200", "200"),
    "canary": (redirect("http://127.0.0.3:1/robots.txt"), "deferred robots-unreachable", "deferred robots-unreachable"),
    "file": (redirect("file:///etc/passwd"), "deferred robots-unreachable", "deferred robots-unreachable"),
    "10mb": (text(PRIVATE + b"Disallow: /other\n" * 600_000), "200", "refused robots"),
    "endless": (endless(b"HTTP/1.1 200 OK\r\n\r\n" + PRIVATE, b"Allow: /x\n"), "200", "refused robots"),
    "html": (answer(b"<!doctype html><pre>\nUser-agent: *\nDisallow: /\n</pre>"), "200", "200"),
    "binary": (text(random.Random(7).randbytes(50_000)), "200", "200"),
    "bom-cr": (
        text(b"\xef\xbb\xbfuSeR-aGeNt :  * # all\r  DISALLOW :/private # no\rAllow: /\r"),
        "200",
        "refused robots",
    ),
    "delay-bad": (
        text(PRIVATE + b"".join(b"Crawl-delay: %s\n" % word for word in (b"-5", b"NaN", b"inf", b"1e400", b"soon"))),
        "200",
        "refused robots",
    ),
    "agents": (
        text(b"User-agent: *\nDisallow: /\n\nUser-agent: TestBot\nDisallow: /private\n\nUser-agent: x\nDisallow: /\n"),
        "200",
        "refused robots",
    ),
    "longest": (text(b"User-agent: *\nDisallow: /\nAllow: /article\n"), "200", "refused robots"),
}


# The two that never end, and the limit that ends each.
ENDED_BY = {"hang": {"silence": seconds(0.6)}, "slow": {"rate_window": seconds(0.4)}}


@pytest.mark.anyio
@pytest.mark.parametrize("name", RULES)
async def test_obeyed(name: str, tmp_path: Path) -> None:
    """What robots.txt says, or fails to say, decides about each URL; it is asked for once."""
    behaviour, public, private = RULES[name]
    paths: dict[str, Behaviour] = {"/robots.txt": behaviour, "/robots2.txt": text(PRIVATE)}
    paths |= {f"/r{n}": redirect(f"/r{n + 1}") for n in range(1, 4)} | {"/r4": text(PRIVATE)}
    async with Hostile(paths=paths) as site, fresh(tmp_path, **ENDED_BY.get(name, {})) as client:
        said = [await outcome(client, site.url(path)) for path in ("/article", "/private", "/private?x", "/article2")]
        assert said[:2] == [public, private]
        assert said[2] == said[1]
        assert site.count()["/private"] == (private == "200")
        assert sum(visit.sent for visit in site.visits) < 24 * 1024**2


@pytest.mark.anyio
async def test_asked_once_for_all(tmp_path: Path) -> None:
    """Many requests at once, by two clients on the same state, need one robots.txt; a day later they need another."""
    clock = Clock()
    async with (
        Hostile(paths={"/robots.txt": text(PRIVATE)}) as site,
        Client(policy(), tmp_path, now=clock) as one,
        Client(policy(), tmp_path, now=clock) as two,
    ):
        await asyncio.gather(*(get(one, site.url(f"/a{n}")) for n in range(5)))
        await get(two, site.url("/b"))
        assert site.count()["/robots.txt"] == 1
        clock.forward(24 * 3600 + 1)
        site.paths["/robots.txt"] = text(b"User-agent: *\nDisallow: /\n")
        assert await outcome(one, site.url("/c")) == "refused robots"
        assert await outcome(two, site.url("/c")) == "refused robots"
        assert site.count()["/robots.txt"] == 2


@pytest.mark.anyio
async def test_failure_is_remembered_for_a_while(tmp_path: Path) -> None:
    """A robots.txt that fails is not asked for again at once, but sooner than after a day."""
    clock = Clock()
    async with (
        Hostile(paths={"/robots.txt": answer(b"", "500 Oops")}) as site,
        Client(policy(), tmp_path, now=clock) as client,
    ):
        for _ in range(3):
            assert await outcome(client, site.url("/a")) == "deferred robots-unreachable"
        assert site.count() == {"/robots.txt": 1}
        clock.forward(301)
        site.paths["/robots.txt"] = text(PRIVATE)
        assert await outcome(client, site.url("/a")) == "200"


@pytest.mark.anyio
async def test_old_rules_hold_while_there_are_no_new_ones(tmp_path: Path) -> None:
    """When robots.txt cannot be had any more, the last copy goes on to hold, for a month."""
    clock = Clock()
    async with Hostile(paths={"/robots.txt": text(PRIVATE)}) as site, Client(policy(), tmp_path, now=clock) as client:
        await get(client, site.url("/a"))
        site.paths["/robots.txt"] = answer(b"", "500 Oops")
        clock.forward(25 * 3600)
        assert await outcome(client, site.url("/a")) == "200"
        assert await outcome(client, site.url("/private")) == "refused robots"
        clock.forward(31 * 24 * 3600)
        assert await outcome(client, site.url("/a")) == "deferred robots-unreachable"


@pytest.mark.anyio
@pytest.mark.parametrize("garbage", [b"", b"{", b"[1]\nx", b'{"read_at": 1e999}\n', b"\xff" * 5000])
async def test_garbage_in_the_state(garbage: bytes, tmp_path: Path) -> None:
    """A torn or foreign state file counts as none."""
    async with Hostile() as site:
        async with fresh(tmp_path) as client:
            await get(client, site.url("/a"))
        spoil(tmp_path, garbage)
        async with fresh(tmp_path) as client:
            assert await outcome(client, site.url("/a")) == "200"
        assert site.count()["/robots.txt"] == 2


def spoil(folder: Path, content: bytes) -> None:
    """Every file there has this content."""
    for file in folder.iterdir():
        file.write_bytes(content)


@pytest.mark.anyio
async def test_crawl_delay(tmp_path: Path) -> None:
    """The site's delay counts from the end of one request to the start of the next, if it is longer than ours."""
    async with (
        Hostile(paths={"/robots.txt": text(b"User-agent: *\nCrawl-delay: 0.3\n")}) as site,
        fresh(tmp_path) as client,
    ):
        await get(client, site.url("/a"))
        await get(client, site.url("/b"))
    gaps = [later.began - sooner.ended for sooner, later in pairwise(site.visits)]
    assert min(gaps) >= 0.28


@pytest.mark.anyio
async def test_sitemaps(tmp_path: Path) -> None:
    """Sitemap lines are handed on, some of them, and only those that a web address can be."""
    lines = [b"Sitemap: http://a.test/%d.xml" % n for n in range(5000)]
    odd = [b"Sitemap: file:///etc/passwd", b"Sitemap: javascript:1", b"Sitemap: http://a.test/" + b"x" * 9000]
    async with Hostile(paths={"/robots.txt": text(b"\n".join(odd + lines))}) as site, fresh(tmp_path) as client:
        found = await client.sitemaps(site.url("/any"))
    assert found == tuple(f"http://a.test/{n}.xml" for n in range(50))


# ------------------------------------------------------------------------------------------------ rules alone


def allows(rules: str, path: str) -> bool:
    return robots.read(rules.encode(), policy()).allows(f"https://example.org{path}")


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("User-agent: *\nDisallow: /fish*.php", "/fish/x.php?a", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php?x", True),
        ("User-agent: *\nDisallow: /a%3cd.html", "/a%3Cd.html", False),
        ("User-agent: *\nDisallow: /ma\u00df", "/ma%C3%9F", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("Disallow: /", "/a", True),
        ("User-agent: a\nUser-agent: TESTBOT/2.0\nDisallow: /", "/a", False),
        ("User-agent: a\nUser-agent: testbot\nDisallow: /", "/a", False),
        ("User-agent: *bot*\nDisallow: /", "/a", True),
        ("User-agent: testbot*\nDisallow: /", "/a", False),
        ("User-agent: nottestbot\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: testbot\nAllow: /", "/a", True),
        ("User-agent: x\nDisallow: /\n\nSitemap: http://a/\n\nUser-agent: *\nAllow: /", "/a", True),
        ("User-agent: x\n\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: other/1.0 (testbot)\nDisallow: /", "/a", True),
        ("User-agent: /\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_groups_and_patterns(rules: str, path: str, expected: bool) -> None:
    """Groups, wildcards and precedence are those of RFC 9309."""
    assert allows(rules, path) is expected


HEAVY = {
    "stars": "User-agent: *\nDisallow: /private\nDisallow: /" + "*a" * 200 + "b\n",
    "starred rules": "User-agent: *\nDisallow: /private\n" + "Disallow: /*a*a*a$\n" * 30_000,
    "rules": "User-agent: *\nDisallow: /private\n" + "".join(f"Disallow: /x{n}\n" for n in range(100_000)),
    "agents": "\n".join(f"User-agent: a{n}" for n in range(20_000))
    + "\nUser-agent: *\nDisallow: /private\n"
    + "".join(f"Disallow: /${n}\n" for n in range(6000)),
    "groups": "User-agent: *\nDisallow: /private\n" + "User-agent: *\nUser-agent: x\nDisallow: /y\n" * 15_000,
}


@pytest.mark.parametrize("rules", HEAVY.values(), ids=HEAVY)
def test_heavy_rules(rules: str) -> None:
    """No robots.txt takes long to read, or long to ask, whatever it is made of."""
    started = time.process_time()
    known = robots.read(rules.encode(), policy())
    assert not known.allows("https://example.org/private")
    assert known.allows("https://example.org/" + "a" * 4000 + "c")
    assert time.process_time() - started < 2


def test_cut_at_the_end_of_a_line() -> None:
    """What is too long is cut between rules: half of `/private` would forbid everything."""
    rules = b"User-agent: *\n" + b"Disallow: /private\n" * 10
    for size in range(len(b"User-agent: *\nDisallow: /"), 60):
        assert robots.read(rules, policy(max_robots=size)).allows("https://example.org/a")


def test_crawl_delay_is_capped() -> None:
    """A site may slow us down, not stop us."""
    assert robots.read(b"User-agent: *\nCrawl-delay: 1000000000\n", policy()).delay == 60


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_any_bytes(rules: bytes, path: str) -> None:
    """Whatever is sent as robots.txt, it can be read and asked."""
    known = robots.read(rules, policy())
    assert known.allows(f"https://example.org/{path}") in {True, False}
    assert 0 <= known.delay <= seconds(60).total_seconds()
