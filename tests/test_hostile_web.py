"""Hostile sites against the real program: each behaviour ends in one line that says what it was, and harms nobody else.

Every behaviour has a host of its own, so that none is left alone because of another.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.extract.pdfs import pdf, raw
from tests.fakes import PARAGRAPHS, article_page
from tests.fetch import hostile
from tests.fetch.hostile import BEHAVIOURS, Hostile
from tests.site import Program, Reply, Route, Site, feed, outlet, serve, wait_for

HTML = {"Content-Type": "text/html; charset=utf-8"}
GOOD = "good.example"
SHORT = '[network]\ndeadline = "4s"\nsilence = "2s"\nconnect_timeout = "2s"\n'
Lines = dict[str, dict[str, Any]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty archive."""
    return Program(tmp_path)


def lead(program: Program, address: str, names: Iterable[str], more: str = "") -> None:
    """Lead one host for each of `names` to `address`; the program is impatient."""
    program.configure(Site(address=address), *(f"{name}.example" for name in names), more=more)
    settings = program.config / "scraper.toml"
    settings.write_text(settings.read_text().replace("[network]\n", SHORT))


def fetched(program: Program, urls: Mapping[str, str]) -> Lines:
    """One `scraper fetch` of all `urls`: its lines by the name of the behaviour. Nothing is said but these."""
    done = program.run("fetch", "--json", "-", stdin="\n".join(urls.values()))
    assert (done.returncode, done.stderr) in {(0, ""), (1, "")}
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(urls)
    return {name: line for name, url in urls.items() for line in lines if line["url"] == url}


def said(line: Mapping[str, Any]) -> str:
    """`failed timeout again`: verdict, stable word, and whether it will be tried again soon."""
    word = (line["reason"] or "").partition(":")[0]
    return " ".join(filter(None, [line["verdict"], word, "again" if line["retry_at"] else ""]))


# ------------------------------------------------------------------------------------------- transport and redirects

ENDS = {
    "new": "ok-chunked ok-gzip ok-gzip-members ok-deflate ok-deflate-raw ok-http10 ok-early-hints ok-slow bare-lf "
    "chunk-tiny cookies-flood keep-alive-lie etag-60k cl-long-keep-alive bomb-on-redirect ok-redirect-chain "
    "loc-dotdot loc-umlaut",
    "failed incomplete again": "cl-short cl-short-rst chunk-no-end chunk-size-huge partial-206 gzip-cut",
    "failed protocol again": "cl-negative cl-garbage cl-twice status-garbage http09 header-no-colon header-nul "
    "switching chunk-crumbs chunk-size-garbage trailers-flood headers-endless header-1mb "
    "headers-10000 304-unasked endless-1xx",
    "failed http-999 again": "status-999",
    "failed empty again": "empty-200 no-content-204",
    "failed connect again": "close",
    "failed timeout again": "hang slow-headers slow-body slow-chunks stall-body",
    "failed too-large": "chunk-extensions endless-body declared-huge gzip-bomb deflate-bomb bomb-on-404",
    "failed encoding": "gzip-layers gzip-twice br-unasked zstd-unasked gzip-not",
    "failed not-text": "gzip-undeclared",
    "failed wrong-type": "video",
    "failed redirect-loop": "loop-self loop-a cookie-bounce",
    "failed bad-redirect": "loc-empty loc-garbage loc-port-high loc-port-zero loc-bytes loc-label loc-60k "
    "loc-missing loc-twice",
    "failed http-401": "s401",
    "failed http-404": "s404 s404-bare",
    "failed http-500 again": "s500",
    "refused private-address": "to-other ssrf-plain ssrf-relative-scheme ssrf-decimal ssrf-hex ssrf-short "
    "ssrf-fullwidth ssrf-mapped ssrf-nat64 ssrf-6to4 ssrf-upper ssrf-localhost-dot "
    "ssrf-second-hop",
    "refused bad-url": "ssrf-octal ssrf-userinfo ssrf-backslash ssrf-empty-host",
    "refused scheme": "scheme-file scheme-ftp scheme-view-source scheme-jar scheme-unix scheme-about scheme-javascript",
    "deferred http-429 again": "s429 retry-after-2 retry-after-huge retry-after-negative retry-after-float "
    "retry-after-zero",
    "deferred http-503 again": "retry-after-garbage retry-after-date retry-after-year",
}
EXPECTED = {name: end for end, names in ENDS.items() for name in names.split()}


@contextmanager
def running(*sites: Hostile) -> Iterator[None]:
    """Run hostile sites on one port of several addresses, in a thread of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait(what: Any) -> None:
        asyncio.run_coroutine_threadsafe(what, loop).result(20)

    try:
        for site in sites:
            site.port = sites[0].port
            wait(site.__aenter__())
        yield
        for site in sites:
            wait(site.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_every_kind_of_bad_answer_ends_in_its_own_words(program: Program) -> None:
    """A hundred hosts that misbehave, asked side by side: as many lines, and only sound articles are stored."""
    hostile._bomb(100 * 1024**2), hostile._bomb(100 * 1024**2, 15)  # before the clocks run
    site, canary = Hostile(other="127.0.0.2", canary="127.0.0.3"), Hostile("127.0.0.3")
    with running(site, canary):
        lead(program, f"127.0.0.1:{site.port}", EXPECTED)
        lines = fetched(program, {name: f"http://{name}.example/{name}" for name in EXPECTED})
    assert {name: said(line) for name, line in lines.items()} == EXPECTED
    assert canary.visits == []
    assert len(program.texts()) == len(ENDS["new"].split())
    assert program.run("verify", "--deep").returncode == 0


def test_no_behaviour_is_left_out() -> None:
    """Whoever adds one to the hostile server says here how it ends."""
    steps = {"robots.txt", "chain-1", "chain-2", "loop-b"}
    assert {path.strip("/") for path in BEHAVIOURS} - steps == set(EXPECTED)


# ------------------------------------------------------------------------------------------------------ lying content


def page(title: str, body: str, head: str = "") -> str:
    """A page of our own making that is no article."""
    return f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>"


CARDS = "".join(
    f'<article><h2><a href="/2026/s{n}">Headline number {n} of the day</a></h2><p>What happened in {n}.</p></article>'
    for n in range(30)
)
LIES: dict[str, tuple[str, Route]] = {
    "challenge": (
        "partial challenge again",
        page("Just a moment...", "<h1>paper.example</h1><p>Checking if the site connection is secure</p>"),
    ),
    "captcha": (
        "partial challenge again",
        page("Are you a robot?", '<h1>Please verify you are a human</h1><div class="g-recaptcha"></div>'),
    ),
    "challenge-403": (
        "partial challenge again",
        (403, HTML, page("Just a moment...", "<p>Enable JavaScript and cookies to continue</p>").encode()),
    ),
    "plain-403": ("failed http-403", (403, HTML, page("Forbidden", "<h1>Forbidden</h1><p>Not for you.</p>").encode())),
    "login": (
        "partial login-wall again",
        page("Log in", '<h1>Log in to continue</h1><form><input name=u><input type="password"></form>'),
    ),
    "js-shell": (
        "partial empty again",
        page("Paper", "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>"),
    ),
    "maintenance": (
        "partial soft-404 again",
        page("Scheduled maintenance", "<h1>We will be back soon</h1><p>Our site is down for maintenance.</p>"),
    ),
    "soft-404": (
        "partial soft-404 again",
        page("Page not found", "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>"),
    ),
    "parked": (
        "partial soft-404 again",
        page("paper.example", "<h1>paper.example</h1><p>This domain may be for sale. Buy this domain.</p>"),
    ),
    "region": (
        "partial soft-404 again",
        page("Not available", "<h1>Not available in your region</h1><p>We are sorry, for legal reasons.</p>"),
    ),
    "consent": (
        "partial consent-wall again",
        page("Before you continue", "<h1>Before you continue</h1><p>We and our partners use cookies.</p>"),
    ),
    "home": ("partial not-an-article again", page("Paper", f"<main>{CARDS}</main>")),
    "emptied": ("partial empty again", article_page(" ")),
    "gone": ("gone http-410", (410, HTML, b"gone")),
    "legal": ("failed http-451", (451, HTML, b"no")),
}


def then(first: Route, second: Route) -> Callable[[Mapping[str, str]], bytes | str | Reply]:
    """`first` at the first request, `second` from then on."""
    turns = chain([first], repeat(second))

    def reply(headers: Mapping[str, str]) -> bytes | str | Reply:
        turn = next(turns)
        return turn(headers) if callable(turn) else turn

    return reply


def test_what_is_no_article_is_never_stored_as_one(program: Program) -> None:
    """Neither at first sight nor as the next version of an article: that stays as it was, readable."""
    site = Site()
    for name, (_, lie) in LIES.items():
        site.routes |= {f"{name}.example/first": lie, f"{name}.example/after": then(article_page(), lie)}
    with serve(site):
        lead(program, site.address, LIES)
        after = {name: f"http://{name}.example/after" for name in LIES}
        before = fetched(program, after)
        first = fetched(program, {name: f"http://{name}.example/first" for name in LIES if name != "gone"})
        later = fetched(program, after)
    assert {line["verdict"] for line in before.values()} == {"new"}
    assert {name: said(line) for name, line in first.items()} == {n: e for n, (e, _) in LIES.items() if n != "gone"}
    assert {name: said(line) for name, line in later.items()} == {name: end for name, (end, _) in LIES.items()}
    assert {line["snapshot"] for line in later.values()} == {line["snapshot"] for line in before.values()}
    assert len(program.texts()) == len(LIES)


OTHER = article_page(
    "Heavy snowfall closed all mountain roads overnight, stranding several hundred lorries near the tunnel.",
    "Police asked drivers to stay at home until ploughs had cleared at least one lane, perhaps by Sunday.",
    "Two villages are without power, and the hospital runs on its generator, the governor's office said.",
    "Forecasters expect the wind to turn at night and the snow to give way to rain in the lower valleys.",
    title="Snow closes mountain roads",
)


def counted(make: Callable[[int], str | Reply]) -> Callable[[Mapping[str, str]], bytes | str | Reply]:
    """A page that is another one at each request."""
    numbers = count()
    return lambda _headers: make(next(numbers))


SECOND_SIGHT: dict[str, tuple[str, Route]] = {
    "to-home": ("gone redirect-to-front", then(article_page(), (301, {"Location": "/"}, b""))),
    "to-other": ("partial moved again", then(article_page(), (302, {"Location": "/other"}, b""))),
    "noise": ("same", counted(lambda n: article_page(banner=f"Visitor {n * 137}, only {900 - n} members to go!"))),
    "etag-churn": ("same", counted(lambda n: (200, {**HTML, "ETag": f'"{n}"'}, article_page().encode()))),
    "title-churn": ("same", counted(lambda n: article_page(title=f"({n + 2}) Council votes to rebuild the pier"))),
    "date-churn": ("same", counted(lambda n: article_page().replace("2026-03-01T09:00", f"2026-03-01T10:{n:02}"))),
    "shrunk": ("partial shrunk again", then(article_page(*PARAGRAPHS * 5), article_page(PARAGRAPHS[0]))),
    "correction": (
        "edited",
        then(article_page(), article_page(PARAGRAPHS[0].replace("two", "three"), *PARAGRAPHS[1:])),
    ),
}


def test_the_second_sight_of_an_article(program: Program) -> None:
    """An edit is a version; noise, another story and a front page behind a redirect are not."""
    site = Site({"/": page("Paper", CARDS), "/other": OTHER})
    site.routes |= {f"{name}.example/story": route for name, (_, route) in SECOND_SIGHT.items()}
    urls = {name: f"http://{name}.example/story" for name in SECOND_SIGHT}
    with serve(site):
        lead(program, site.address, SECOND_SIGHT)
        fetched(program, urls)
        lines = fetched(program, urls)
    assert {name: said(line) for name, line in lines.items()} == {name: end for name, (end, _) in SECOND_SIGHT.items()}
    assert len(program.texts()) == len(SECOND_SIGHT) + 1


def canonical(url: str, title: str) -> str:
    """An article that claims another address."""
    links = f'<link rel="canonical" href="{url}"><meta property="og:url" content="{url}">'
    own = [
        f"{title} says that nothing which stands at the harbour was ever {word}." for word in ("sold", "lost", "due")
    ]
    return article_page(*own, title=title).replace("</head>", f"{links}</head>")


def test_a_claimed_address_takes_nothing_from_anybody(program: Program) -> None:
    """Neither on the same site, nor of another one, nor where nobody may go."""
    site = Site({"paper.example/story": article_page()})
    claims = ("http://paper.example/story", "http://other.example/story", "http://127.0.0.3/x")
    site.routes |= {f"paper.example/thief-{n}": canonical(claim, f"Thief {n}") for n, claim in enumerate(claims)}
    urls = {name: f"http://paper.example/{name}" for name in ("story", "thief-0", "thief-1", "thief-2")}
    with serve(site):
        lead(program, site.address, {"paper": 0, "other": 0})
        lines = fetched(program, urls)
    assert {line["verdict"] for line in lines.values()} == {"new"}
    assert len({line["article_id"] for line in lines.values()}) == 4
    assert {host for _, host, _ in site.asked} == {"paper.example"}


TITLES = {
    "ansi": "\x1b[2J\x1b]0;owned\x07Red \x1b[31mtitle",
    "bidi": "abc\u202e exe.doc \u2066x\u2069",
    "newline": "Real title\r\n2026-01-01 00:00:00 CRITICAL forged line\u2028level=error",
    "path": "../../../../etc/passwd",
    "c1": "a\x9b31m b\x85 c",
    "lone": "a&#xD800;b",
}
SLUGS = (
    "/..%5c..%5cx",
    "/%252e%252e%252fx",
    "/-rf",
    "/...",
    "/CON",
    "/C:%5Cx",
    "/" + "s" * 3000,
    "/%ff%fe",
    "/x?a=../../y",
)


class AnyPath(Site):
    """A site with an article at whatever path it is asked for."""

    def reply(self, host: str, path: str, headers: Mapping[str, str]) -> Reply:
        """See `Site.reply`."""
        found = super().reply(host, path, headers)
        return (200, HTML, article_page().encode()) if found[0] == 404 and path != "/robots.txt" else found


def test_hostile_titles_and_paths_are_data(program: Program) -> None:
    """No control character reaches the terminal, no line is forged, and no file lands outside or under an odd name."""
    site = AnyPath({f"t-{name}.example/story": article_page(title=title) for name, title in TITLES.items()})
    with serve(site):
        lead(program, site.address, ["slug", *(f"t-{name}" for name in TITLES)])
        urls = [f"http://t-{name}.example/story" for name in TITLES] + [f"http://slug.example{slug}" for slug in SLUGS]
        done = program.run("fetch", "-", stdin="\n".join(urls))
    shown = done.stdout + "".join(program.run("log", url).stdout for url in urls[: len(TITLES)])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]", shown)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2 * len(urls))
    paths = [path.relative_to(program.archive).as_posix() for path in program.texts()]
    assert len(paths) == len(urls)
    assert all(
        re.fullmatch(r"articles/[a-z0-9.-]+/\d{4}/\d\d/[a-z0-9][a-z0-9-]{0,95}/\d{3}_[0-9a-f]{16}\.txt", p)
        for p in paths
    )


# ------------------------------------------------------------------------------------------------------- the daemon


def hang(_headers: Mapping[str, str]) -> str:
    """Longer than anybody waits."""
    time.sleep(6)
    return ""


HEAVY: dict[str, Route] = {
    "nested": page("x", "<div>" * 100_000),
    "formatting": page("x", "".join(f"<b id={n}><p>" for n in range(6000))),
    "paragraphs": page("x", "<article>" + "<p>short one</p>" * 200_000),
    "binary": os.urandom(100_000),
    "pdf-ok": (200, {"Content-Type": "application/pdf"}, pdf([])),
    "pdf-cut": (200, {"Content-Type": "application/pdf"}, raw()[:400]),
    "pdf-loop": (200, {"Content-Type": "application/pdf"}, raw(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")),
    "many-words": article_page().replace("</head>", f"<script>{'word ' * 300_000}</script></head>"),
    "hang": hang,
    "endless-redirect": (302, {"Location": "/story"}, b""),
}


def visits(program: Program) -> list[dict[str, Any]]:
    """The log's visits."""
    return [line for line in program.log() if line["event"] == "visit"]


def test_hostile_outlets_beside_a_good_one(program: Program) -> None:
    """The good one's articles come in time, the daemon lives in bounds, and what could not be read is not retried."""
    site = Site({f"{name}.example/story": reply for name, reply in HEAVY.items()})
    site.routes |= {f"{name}.example/feed.xml": feed(f"http://{name}.example/story") for name in HEAVY}
    site.routes |= {f"{GOOD}/s{n}": article_page(title=f"Good {n}") for n in range(8)}
    site.routes[f"{GOOD}/feed.xml"] = feed(*(f"http://{GOOD}/s{n}" for n in range(8)))
    hosts = [GOOD, *(f"{name}.example" for name in HEAVY)]
    with serve(site):
        lead(program, site.address, ["good", *HEAVY])
        program.configure(
            site, *hosts, outlets={host: outlet(host) for host in hosts}, more='[extract]\ntimeout = "5s"\n'
        )
        with program.daemon() as daemon:
            wait_for(lambda: sum(GOOD in str(path) for path in program.texts()) == 8)
            wait_for(lambda: len({line["url"] for line in visits(program)}) == 8 + len(HEAVY), 60)
            memory = psutil.Process(daemon.pid).memory_info().rss
            time.sleep(2)
            assert daemon.poll() is None
    ends = {line["url"].split(".")[0][7:]: line["verdict"] for line in visits(program) if GOOD not in line["url"]}
    assert [name for name, verdict in ends.items() if verdict == "new"] == ["many-words"]
    assert len([line for line in visits(program) if GOOD not in line["url"]]) == len(HEAVY)
    assert memory < 400_000_000
    assert program.run("verify", "--deep").returncode == 0


def paper(count: int, host: str = GOOD) -> Site:
    """One outlet with a feed of `count` articles."""
    site = Site({f"{host}/s{n}": article_page(f"Number {n}.", *PARAGRAPHS, title=f"S {n}") for n in range(count)})
    site.routes[f"{host}/feed.xml"] = feed(*(f"http://{host}/s{n}" for n in range(count)))
    return site


def events(program: Program, name: str) -> list[dict[str, Any]]:
    """The log's lines with this word."""
    return [line for line in program.log() if line["event"] == name]


def test_a_host_rests_when_its_day_is_spent(program: Program) -> None:
    """Whatever it announces; said once in the log, and shown by status."""
    with serve(paper(9)) as site:
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)}, more="[visits]\nper_host_day = 5\n")
        with program.daemon():
            wait_for(lambda: events(program, "host-capped"))
            time.sleep(2.5)
    assert (len(program.texts()), len(events(program, "host-capped"))) == (3, 1)
    assert "1 left alone for a while" in program.run("status").stdout


def test_what_is_announced_as_old_waits_behind_the_rest(program: Program) -> None:
    """It is visited last; what has no date, or none that can be read, is taken for fresh."""
    items = "".join(
        f"<item><title>t</title><link>http://{GOOD}/s{n}</link>{date}</item>"
        for n, date in enumerate(["<pubDate>Mon, 02 Jan 2017 10:00:00 GMT</pubDate>", "<pubDate>soon</pubDate>", ""])
    )
    with serve(paper(3)) as site:
        body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        site.routes[f"{GOOD}/feed.xml"] = (200, {"Content-Type": "application/rss+xml"}, body.encode())
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)})
        with program.daemon():
            wait_for(lambda: len(program.texts()) == 3)
    assert [path for path in site.paths(GOOD) if path != "/feed.xml"][-1] == "/s0"


def test_the_daemon_stops_before_the_disk_is_full_and_goes_on_by_itself(program: Program) -> None:
    """One line when it stops, one when it goes on; it asks nobody meanwhile."""
    program.archive.mkdir()
    free = shutil.disk_usage(program.archive).free
    ballast = program.root / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 600_000_000)
    with serve(paper(2)) as site:
        low = f'[archive]\nlow_water = "{free // 10**6 - 300}MB"\n'
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)}, more=low)
        with program.daemon() as daemon:
            wait_for(lambda: events(program, "disk-low"))
            time.sleep(3)
            assert (program.texts(), daemon.poll()) == ([], None)
            ballast.unlink()
            wait_for(lambda: len(program.texts()) == 2, 50)
    assert len(events(program, "disk-low")) == len(events(program, "disk-has-room")) == 1


def test_one_damaged_file_does_not_stop_the_daemon(program: Program) -> None:
    """The article fails by name; others are visited as ever."""
    with serve(paper(1)) as site:
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)})
        program.fetch(f"http://{GOOD}/s0")
        [text] = program.texts()
        side = text.with_suffix(".json")
        side.chmod(0o644)
        side.write_bytes(side.read_bytes()[:-20])
        site.routes |= paper(3).routes
        site.routes[f"{GOOD}/s0"] = OTHER
        hasten(program)
        with program.daemon():
            wait_for(
                lambda: {line["url"][-2:]: line["verdict"] for line in visits(program)}.keys() == {"s0", "s1", "s2"}
            )
    ends = {line["url"][-2:]: (line["verdict"], (line["reason"] or "").split(":")[0]) for line in visits(program)}
    assert ends == {"s0": ("failed", "damaged"), "s1": ("new", ""), "s2": ("new", "")}
    assert events(program, "archive-trouble") == []


def hasten(program: Program) -> None:
    """Make everything that waits due now."""
    from scraper.store.catalogue import Catalogue  # noqa: PLC0415  # only here

    catalogue = Catalogue.open(program.archive / "catalogue.sqlite")
    with catalogue.write() as db:
        db.execute("UPDATE frontier SET next_visit = 0")
    catalogue.close()
