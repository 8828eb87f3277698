"""Feeds and sitemaps that are hostile, broken or odd, each with what has to come of one look at it.

A row is one source on a host of its own, `<name>.rows.example`; its links lead to that host. `takes` are the paths
that are taken, in any order, or how many; `fails` the word with which a look ends that gives nothing; `capped` the
limit that is said; `skips` words that count what was left out; `most` and `size` bound what the server sees.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from scraper.model import SourceKind
from tests.fetch.answers import CLOSED, Behaviour, Visit, answer, redirect
from tests.fetch.behaviours import _bomb

DOMAIN = "rows.example"
CANARY = "http://127.0.0.3:{port}"
MIB = 1024**2


@dataclass(frozen=True)
class Row:
    """One source and what is expected of a look at it."""

    kind: SourceKind
    answers: Behaviour
    takes: tuple[str, ...] | int = ()
    fails: str | None = None
    capped: str | None = None
    skips: tuple[str, ...] = ()
    most: int = 1
    size: int = 5 * MIB
    more: dict[str, Behaviour] = field(default_factory=dict)


def rss(*items: str, head: str = "", declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    """An RSS feed."""
    return f'{declaration}<rss version="2.0"><channel><title>Row</title>{head}{"".join(items)}</channel></rss>'


def item(link: str = "/a/1", title: str = "A title of some words", more: str = "") -> str:
    """One item."""
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def items(*links: str) -> str:
    """A feed of links."""
    return rss(*map(item, links))


def xml(text: str | bytes, **headers: str) -> bytes:
    """A document as an answer."""
    body = text.encode() if isinstance(text, str) else text
    return answer(body, **{"Content_Type": "application/xml", **headers})


def unmeasured(text: str) -> bytes:
    """A document that has a port put into it when it is sent, so that its length is not known before."""
    return CLOSED + text.encode()


def urlset(*locs: str, doctype: str = "", end: str = "</urlset>") -> str:
    """A sitemap of locations; what begins with a tag is an entry of its own."""
    body = "".join(loc if loc.startswith("<") else f"<url><loc>{loc}</loc></url>" for loc in locs)
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<urlset {spaces}>{body}{end}'


def sitemapindex(*locs: str) -> str:
    """An index of sitemaps."""
    body = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>'


def paths(count: int, stem: str = "/a/") -> tuple[str, ...]:
    """`/a/1`, `/a/2` …"""
    return tuple(f"{stem}{n}" for n in range(1, count + 1))


def lazily(make: Callable[[], bytes]) -> Behaviour:
    """An answer that is made when it is asked for."""

    async def behave(visit: Visit) -> None:
        await visit.send(cache(make)())

    return behave


def numbered(make: Callable[[Visit, int], bytes]) -> Behaviour:
    """An answer that knows the how manieth request of all it is."""
    count = iter(range(10**9))

    async def behave(visit: Visit) -> None:
        await visit.send(make(visit, next(count)))

    return behave


async def drip(visit: Visit) -> None:
    """A byte now and then, for ever."""
    await visit.send(CLOSED)
    await visit.drip(items("/a/1").encode() * 100, 0.2)


async def forever(visit: Visit) -> None:
    """Items without end."""
    await visit.send(CLOSED + items().partition("</channel>")[0].encode())
    number = 0
    while True:
        number += 100
        await visit.send("".join(item(f"/a/{n}") for n in range(number, number + 100)).encode())
        await asyncio.sleep(0)


async def locations(visit: Visit) -> None:
    """Locations without end."""
    await visit.send(CLOSED + urlset(end="").encode())
    while True:
        await visit.send(b"<url><loc>/a/1</loc></url>" * 500)


def paging(_visit: Visit, number: int) -> bytes:
    """A page of a feed that always has a next one, with items of its own."""
    told = rss(
        *(item(f"/page/{number}/{n}") for n in range(3)),
        head=f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/page-{number + 1}.xml"/>',
    )
    return xml(told)


def tree(visit: Visit, number: int) -> bytes:
    """An index of twenty new indexes."""
    told = sitemapindex(*(f"http://{visit.host}/tree-{number}-{n}.xml" for n in range(20)))
    return xml(told)


def everywhere(behaviour: Behaviour, stems: Iterable[str]) -> dict[str, Behaviour]:
    """One behaviour under many paths."""
    return dict.fromkeys(stems, behaviour)


def dated(*dates: str) -> str:
    """A feed with one item a date."""
    return rss(*(item(f"/a/{n}", more=f"<pubDate>{date}</pubDate>" if date else "") for n, date in enumerate(dates, 1)))


VARIANTS = [
    f"/pier{query}"
    for query in ("", "/", "?utm_source=rss", "?fbclid=x1", "#top", "?utm_medium=a&amp;utm_campaign=b", "?gclid=1")
    for _ in range(5)
] + ["http://LINK-VARIANTS.rows.example/pier", "http://link-variants.rows.example:80/pier", "/x/../pier"]

BAD_LINKS = (
    "",
    " ",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "mailto:a@example.org",
    f"{CANARY}/x",
    "/" + "x" * 60_000,
    "http://\u0430\u0440\u0440\u04cfe.example/x",
    "http://link-bad.rows.example:99999/x",
    "//[::1",
    "relative/a",
    "/with spaces/in it",
    "/last",
)
DATES = (
    "",
    "Fri, 01 Jan 2099 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "soon",
    "1700000000",
    "2026-13-01T00:00:00Z",
    "9" * 200_000,
)
TITLES = ("", "&lt;script&gt;alert(1)&lt;/script&gt;", "\x1b[2J red", "a&#0;b", "long " * 200_000, " \t ")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGH = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
QUADRATIC = f'<!DOCTYPE x [<!ENTITY big "{"b" * 100_000}">]>'
XXE = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "http://127.0.0.3:{port}/x">]>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://atom-ok.rows.example/base/"><title>Row</title>'
    '<entry><title>One</title><link href="one"/><id>urn:1</id><updated>2026-03-01T10:00:00Z</updated></entry>'
    '<entry><title>Two</title><link href="/two"/><id>urn:2</id><updated>2026-03-01T11:00:00Z</updated></entry></feed>'
)
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Row",
    "items": [{"id": "1", "url": "/a/1"}, {"id": "2", "url": "/a/2"}],
}
ODD_JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": 7,
    "next_url": [],
    "items": [None, 3, "x", [], {"url": 5}, {"url": {}, "title": []}, {"url": "/last", "title": {}, "tags": 1}],
}
CANARY_LINKS = "".join(
    f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{CANARY}/{rel}"/>'
    for rel in ("self", "next", "hub", "icon", "prev", "first")
)
CANARY_ITEM = f'<enclosure url="{CANARY}/e" length="1" type="audio/mpeg"/><comments>{CANARY}/c</comments>'
NEWS = (
    "<url><loc>/news/{n}</loc><n:news><n:publication_date>{date}</n:publication_date>"
    "<n:title>&lt;b&gt;Title {n}&lt;/b&gt;</n:title></n:news></url>"
)
LOCS = (
    "",
    "   ",
    "/a/1?x=1&y=2",
    "<url><loc><![CDATA[ /a/cdata ]]></loc></url>",
    "/a/x?p=1&amp;q=2",
    "/a/%C3%BCber",
    "/a/\u00fcber",
    "/" + "y" * 60_000,
    "/a/1",
    "/a/1",
)

PAGING = numbered(paging)

FEEDS: dict[str, Row] = {
    "rss-ok": Row("feed", xml(items(*paths(3))), paths(3)),
    "atom-ok": Row("feed", xml(ATOM), ("/base/one", "/two")),
    "json-ok": Row("feed", xml(json.dumps(JSON), Content_Type="application/feed+json"), paths(2)),
    "rss-space": Row("feed", xml("\n\n\ufeff  " + items("/a/1")), ("/a/1",)),
    "rss-1252": Row("feed", xml(rss(item(title="Caf\u00e9 \u201copen\u201d")).encode("cp1252")), ("/a/1",)),
    "rss-utf16": Row(
        "feed", xml(rss(item(), declaration='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")), ("/a/1",)
    ),
    "html-instead": Row(
        "feed", answer(b"<!doctype html><html><body><a href=/a/1>home</a></body></html>"), fails="not-a-feed"
    ),
    "feed-empty": Row("feed", answer(b""), fails="empty"),
    "feed-blank": Row("feed", answer(b" \r\n\t "), fails="empty"),
    "feed-no-items": Row("feed", xml(items()), ()),
    "feed-410": Row("feed", answer(b"gone", "410 Gone"), fails="http-410"),
    "feed-loop": Row("feed", redirect("/source"), fails="redirect-loop", most=40),
    "feed-gzip-bomb": Row("feed", lazily(lambda: answer(_bomb(100 * MIB), Content_Encoding="gzip")), fails="too-large"),
    "feed-slow": Row("feed", drip, fails="timeout"),
    "feed-endless": Row("feed", forever, fails="too-large"),
    "feed-100k": Row("feed", lazily(lambda: xml(items(*paths(20_000)))), 500, capped="items"),
    "guid-same": Row("feed", xml(rss(*(item(path, more="<guid>same</guid>") for path in paths(10)))), paths(10)),
    "guid-steal": Row(
        "feed", xml(rss(item("/other", more="<guid>http://rss-ok.rows.example/a/1</guid>"))), ("/other",)
    ),
    "link-variants": Row("feed", xml(items(*VARIANTS)), 1, skips=("duplicate",)),
    "link-bad": Row(
        "feed",
        unmeasured(items(*BAD_LINKS)),
        ("/relative/a", "/with%20spaces/in%20it", "/last"),
        skips=("bad-url", "foreign-host"),
    ),
    "dates-bad": Row("feed", xml(dated(*DATES)), paths(8)),
    "titles-bad": Row("feed", xml(rss(*(item(f"/a/{n}", title) for n, title in enumerate(TITLES, 1)))), paths(6)),
    "laughs": Row("feed", xml(rss(item(title="&l9;"), declaration=LAUGH)), fails="entities"),
    "quadratic": Row("feed", xml(rss(item(title="&big;" * 20_000), declaration=QUADRATIC)), fails="entities"),
    "xxe-file": Row("feed", unmeasured(rss(item(title="&file; &web;"), declaration=XXE)), ("/a/1",)),
    "xml-deep": Row("feed", xml("<rss><channel>" + "<x>" * 100_000), fails="broken-feed"),
    "xml-attrs": Row(
        "feed", xml(rss(item(), head="<x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>")), fails="too-heavy"
    ),
    "cdata-open": Row("feed", xml("<rss><channel><item><title><![CDATA[" + "c" * 3_000_000), fails="broken-feed"),
    "json-types": Row(
        "feed", xml(json.dumps(ODD_JSON), Content_Type="application/feed+json"), ("/last",), skips=("bad-url",)
    ),
    "json-deep": Row("feed", xml("[" * 200_000), fails="not-a-feed"),
    "next-forever": Row(
        "feed", PAGING, 18, capped="pages", most=6, more=everywhere(PAGING, (f"/page-{n}.xml" for n in range(99)))
    ),
    "links-canary": Row("feed", unmeasured(rss(item(more=CANARY_ITEM), head=CANARY_LINKS)), ("/a/1",)),
}

SITEMAPS: dict[str, Row] = {
    "sm-ok": Row("sitemap", xml(urlset(*paths(10))), paths(10)),
    "sm-index-ok": Row(
        "sitemap",
        xml(sitemapindex("/one.xml", "/two.xml")),
        ("/a/1", "/a/2", "/b/1", "/b/2"),
        most=3,
        more={"/one.xml": xml(urlset(*paths(2))), "/two.xml": xml(urlset(*paths(2, "/b/")))},
    ),
    "sm-gz-ok": Row(
        "sitemap", answer(gzip.compress(urlset(*paths(2)).encode()), Content_Type="application/gzip"), paths(2)
    ),
    "sm-gz-twice": Row(
        "sitemap", answer(gzip.compress(gzip.compress(urlset(*paths(2)).encode())), Content_Encoding="gzip"), paths(2)
    ),
    "sm-gz-lie": Row("sitemap", answer(urlset(*paths(2)).encode(), Content_Type="application/gzip"), paths(2)),
    "sm-gz-bomb": Row(
        "sitemap", lazily(lambda: answer(_bomb(100 * MIB), Content_Type="application/gzip")), fails="too-large"
    ),
    "sm-text": Row(
        "sitemap",
        answer(
            "\ufeffhttp://sm-text.rows.example/a/1\r\n\r\n http://sm-text.rows.example/a/2 \r\n".encode(),
            Content_Type="text/plain",
        ),
        paths(2),
    ),
    "sm-50k": Row("sitemap", lazily(lambda: xml(urlset(*paths(50_000)))), 50_000, capped="items"),
    "sm-500k": Row("sitemap", lazily(lambda: xml(urlset(*paths(200_000)))), fails="too-large"),
    "sm-endless": Row("sitemap", locations, fails="too-large"),
    "sm-cut": Row(
        "sitemap",
        xml(urlset("/a/whole-one", "/a/whole-two", end="<url><loc>/a/a-cut-one-that-goes")),
        ("/a/whole-one", "/a/whole-two"),
    ),
    "sm-laughs": Row("sitemap", xml(urlset("/&l9;", doctype=LAUGH)), fails="entities"),
    "sm-xxe": Row(
        "sitemap", unmeasured(urlset("&file;", "&web;", "/a/good", doctype=XXE)), ("/a/good",), skips=("bad-url",)
    ),
    "sm-self": Row("sitemap", xml(sitemapindex(*["/source"] * 100)), 0, most=3),
    "sm-tree": Row(
        "sitemap",
        numbered(tree),
        0,
        capped="sitemaps",
        most=50,
        more=everywhere(numbered(tree), (f"/tree-{m}-{n}.xml" for m in range(60) for n in range(20))),
    ),
    "sm-foreign": Row(
        "sitemap",
        unmeasured(
            urlset("/a/own", "http://elsewhere.example/x", f"{CANARY}/x", "file:///etc/passwd", "ftp://x.example/x")
        ),
        ("/a/own",),
        skips=("foreign-host", "bad-url"),
    ),
    "sm-lastmod-bad": Row(
        "sitemap",
        xml(
            urlset(
                *(
                    f"<url><loc>/a/{n}</loc><lastmod>{mod}</lastmod></url>"
                    for n, mod in enumerate(("", "2099-01-01", "garbage", "0000-00-00", "9999-12-31T23:59:59Z"), 1)
                )
            )
        ),
        paths(5),
    ),
    "sm-loc-bad": Row(
        "sitemap",
        xml(urlset(*LOCS)),
        ("/a/1?x=1&y=2", "/a/cdata", "/a/x?p=1&q=2", "/a/%C3%BCber", "/a/1"),
        skips=("bad-url", "duplicate"),
    ),
    "sm-news": Row(
        "sitemap",
        xml(
            urlset(
                *(
                    NEWS.format(n=n, date=date)
                    for n, date in enumerate(("2026-11-22", "2026-11-01T10:00:00Z", "soon"), 1)
                )
            )
        ),
        paths(3, "/news/"),
    ),
    "sm-loop": Row("sitemap", redirect("/source"), fails="redirect-loop", most=40),
}

ROWS = FEEDS | SITEMAPS
