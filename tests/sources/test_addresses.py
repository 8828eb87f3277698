"""Every way into the program by which an address can come × every way to write one where nobody may go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes import article_page
from tests.fetch.hostile import Behaviour, Hostile, answer, redirect, running
from tests.site import Program, Site, outlet
from tests.sources.rows import items, sitemapindex, urlset, xml
from tests.tally import Tally

HOST = "paper.example"
# Places where nobody may go, all but the last few of them the canary's, as they can be written.
HOSTS = (
    "127.0.0.3", "2130706435", "0x7f000003", "0x7f.0.0.3", "0177.0.0.3", "127.3", "127.0.3", "127.0.0.3.",
    "127\u30020\u30020\u30023", "\uff11\uff12\uff17.0.0.3", "[::ffff:127.0.0.3]", "[::ffff:7f00:3]",
    "[64:ff9b::7f00:3]", "[64:ff9b:1::7f00:3]", "[2002:7f00:3::]", "[::127.0.0.3]",
    "[0:0:0:0:0:ffff:7f00:0003]", "localhost", "localhost.", "LOCALHOST", "0.0.0.0", "0", "[::]", "[::1]",
    "[fec0::1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[ff02::1]", "[fc00::1]", "224.0.0.1",
    "255.255.255.255", "169.254.169.254", "[fd00:ec2::254]", "100.64.0.1", "100.100.100.200", "198.18.0.1",
    "192.0.2.1", "192.0.0.8", "240.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "user@127.0.0.3",
    "user:secret@127.0.0.3", "paper.example@127.0.0.3", "127.0.0.3\\@paper.example",
    "paper.example\\@127.0.0.3", "127.0.0.3%00.paper.example", "%31%32%37.0.0.3", "\u2460\u2461\u2466.0.0.3",
)  # fmt: skip


def spelled(port: int) -> list[str]:
    """All of them as addresses of the canary's port."""
    return [f"http://{host}:{port}/x" for host in HOSTS]


def safe(url: str) -> str:
    """`url` as it may stand in markup."""
    return url.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty archive."""
    return Program(tmp_path)


def test_by_hand_and_behind_redirects(program: Program, tally: Tally) -> None:
    """From stdin, from the command line, behind one redirect and behind two, in a header that refreshes: refused."""
    site, canary = Hostile(), Hostile("127.0.0.3")
    with running(site, canary):
        places = spelled(site.port)
        for n, place in enumerate(places):
            site.paths[f"/one-{n}"] = redirect(place.encode())
            site.paths[f"/two-{n}"] = redirect(f"/one-{n}")
        program.configure(Site(address=f"127.0.0.1:{site.port}"), HOST)
        behind = [f"http://{HOST}/{way}-{n}" for n in range(len(places)) for way in ("one", "two")]
        done = program.run("fetch", "--json", "-", stdin="\n".join([*places, *behind]), timeout=100)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        told = {line["url"]: line["verdict"] for line in lines}
        for url in ("file:///etc/passwd", "ftp://127.0.0.3/x", "gopher://127.0.0.3:70/x", places[0]):
            assert program.run("fetch", url).returncode in {1, 2}
    # What is no address is said on stderr, and nothing else is.
    said = [line for line in done.stderr.splitlines() if line]
    assert all(line.startswith("scraper: ") for line in said)
    assert len(told) + len(said) == len(places) + len(behind)
    own = {url for url, verdict in told.items() if verdict not in {"refused", "failed"}}
    tally("addresses where nobody may go", len(places) + len(behind), len(places) + len(behind) - len(own))
    assert own == set()
    assert canary.connections == 0
    assert program.texts() == []


def claiming(place: str) -> str:
    """An article that names `place` wherever a page can name an address."""
    at = safe(place).replace('"', "&quot;")
    ld = json.dumps({"@type": "NewsArticle", "url": place, "mainEntityOfPage": place, "image": place, "amp": place})
    head = (
        f'<link rel="canonical" href="{at}"><link rel="amphtml" href="{at}"><link rel="next" href="{at}">'
        f'<link rel="alternate" type="application/rss+xml" href="{at}"><link rel="icon" href="{at}">'
        f'<meta property="og:url" content="{at}"><meta property="og:image" content="{at}">'
        f'<meta http-equiv="refresh" content="0;url={at}"><base href="{at}">'
        f'<script type="application/ld+json">{ld}</script>'
    )
    links = f'<a class="next" rel="next" href="{at}">next</a><a href="{at}/pdf">print</a><img src="{at}">'
    return article_page().replace("</head>", f"{head}</head>").replace("</article>", f"{links}</article>")


def test_in_what_pages_and_sources_say(program: Program, tally: Tally) -> None:
    """Feed, index, sitemap, front page, robots.txt, and everything on a page that looks like an address."""
    canary = Hostile("127.0.0.3")
    site = Hostile()
    with running(site, canary):
        places = spelled(site.port)
        listed = [safe(place) for place in places]
        anchors = "".join(
            f'<h2><a href="{place}">A headline of some words {n}</a></h2>' for n, place in enumerate(listed)
        )
        robots = "".join(f"Sitemap: {place}\n" for place in places) + "User-agent: *\nDisallow:\n"
        paths: dict[str, Behaviour] = {
            "/robots.txt": answer(robots.encode(), Content_Type="text/plain"),
            "/feed": xml(items(*listed, "/a/good")),
            "/index": xml(sitemapindex(*listed, "/map")),
            "/map": xml(urlset(*listed, "/a/good")),
            "/": answer(f"<html><body>{anchors}</body></html>".encode()),
        }
        site.paths |= paths | {f"/a/{n}": answer(claiming(place).encode()) for n, place in enumerate(places)}
        more = "".join(
            f'[[sources]]\nkind = "{kind}"\nurl = "http://{HOST}{path}"\nevery = "1h"\n'
            for kind, path in (("sitemap", "/index"), ("front", "/"), ("sitemap", "/robots.txt"))
        )
        paper = outlet(HOST, "1h", "feed", "/feed").replace(
            "[[sources]]", 'witness = "/pdf"\n[pages]\nnext = "a.next"\n[[sources]]', 1
        )
        program.configure(Site(address=f"127.0.0.1:{site.port}"), HOST, outlets={HOST: paper + more})
        found = program.run("discover", HOST, "--json")
        urls = "\n".join(f"http://{HOST}/a/{n}" for n in range(len(places)))
        done = program.run("fetch", "--json", "-", stdin=urls, timeout=100)
    assert {json.loads(line)["url"] for line in found.stdout.splitlines()} == {f"http://{HOST}/a/good"}
    verdicts = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    tally("addresses where nobody may go", 12 * len(places), 12 * len(places) if not canary.connections else 0)
    assert len(verdicts) == len(places)
    assert canary.connections == 0


def test_where_the_configuration_says_so(program: Program) -> None:
    """Exactly that host and port, or network; what it does not name stays closed."""
    site, canary = Hostile(), Hostile("127.0.0.3")
    with running(site, canary):
        site.paths["/on"] = redirect(f"http://127.0.0.3:{site.port}/x")
        program.configure(Site(address=f"127.0.0.1:{site.port}"), HOST)
        settings = program.config / "scraper.toml"
        told = settings.read_text()
        for private in ("127.0.0.1/32", f"127.0.0.3:{site.port + 1}", f"127.0.0.4:{site.port}", "127.0.0.0/31"):
            settings.write_text(told.replace("[network]\n", f'[network]\nprivate = ["{private}"]\n'))
            assert program.fetch(f"http://{HOST}/on")[0]["verdict"] == "refused", private
        assert canary.connections == 0
        settings.write_text(told.replace("[network]\n", f'[network]\nprivate = ["127.0.0.3:{site.port}"]\n'))
        assert program.fetch(f"http://{HOST}/on")[0]["verdict"] == "new"
    assert canary.connections > 0
