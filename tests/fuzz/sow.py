"""The seeds, made anew: python -m tests.fuzz.sow

All of them are our own words and markup: small, ordinary, and one of each kind of thing that a target reads.
"""

# ruff: noqa: E501  # seeds are data: wrapped lines would only hide them

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from scraper.store import sidecar
from tests.extract import pdfs
from tests.fuzz.pages import BODY
from tests.fuzz.targets import HERE
from tests.store import kit

ITEM = "<item><title>Harbour reopens</title><link>/2024/a1</link><guid>x1</guid><pubDate>Sun, 02 Jun 2024 09:30:00 GMT</pubDate></item>"
RSS = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>{ITEM}</channel></rss>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.com/b/"><entry><title type="html">A &amp;amp; B</title>'
    '<id>http://example.com/i</id><link rel="alternate" href="c"/><updated>2024-06-02T09:30:00Z</updated></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://example.com/3"><title><![CDATA[<b>C</b>]]></title>'
    "<link>http://example.com/3</link><dc:date>2024-06-02</dc:date></item></rdf:RDF>"
)
JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "next_url": "/p2",
    "items": [{"id": "1", "url": "/a", "title": "A", "date_published": "2024-06-02T09:30:00Z"}],
})  # fmt: skip
MAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    "<url><loc>http://example.com/a?x=1&y=2</loc><lastmod>2024-06-02</lastmod><news:news><news:title>T</news:title>"
    "<news:publication_date>2024-06-02T09:30:00+02:00</news:publication_date></news:news></url></urlset>"
)
INDEX = "<sitemapindex><sitemap><loc>http://example.com/s.xml.gz</loc></sitemap></sitemapindex>"
LD = json.dumps({
    "@context": "https://schema.org", "@graph": [
        {"@type": "NewsArticle", "headline": "Harbour reopens", "datePublished": "2024-06-02T09:30:00+03:00",
         "author": [{"@id": "#ann"}], "image": {"url": "/i.jpg", "caption": "The pier"}, "keywords": "sea, ships"},
        {"@type": "Person", "@id": "#ann", "name": "Ann Author"},
    ],
})  # fmt: skip
LIVE = json.dumps({
    "@type": "LiveBlogPosting", "headline": "As it happened",
    "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "9:30", "articleBody": "The first ferry has left.",
                        "datePublished": "2024-06-02T09:30:00Z", "url": "#u1"}],
})  # fmt: skip
PAGE = (
    f"<!doctype html><html lang=en><head><title>Harbour reopens - News</title><script type=application/ld+json>{LD}</script>"
    "<meta property='og:title' content='Harbour reopens'><link rel=canonical href='/2024/06/02/harbour-reopens-a1234'></head>"
    f"<body><nav><a href='/'>Home</a></nav>{BODY}<aside class=related><a href='/x'>Other story</a></aside>"
    "<div class=newsletter><form><input type=email></form></div><footer>All rights reserved.</footer></body></html>"
)
RICH = (
    "<html><body><article><h1>What changes on Monday</h1><p class=byline>By Ann Author, June 2, 2024</p>"
    "<figure><img src=a.jpg><figcaption>The pier in May. Bo Bright / News</figcaption></figure><h2>Trains</h2><p>Every "
    "second train ends at the harbour until the bridge is mended, the railway said.</p><ul><li>one</li><li>two</li></ul>"
    "<blockquote><p>We were not asked.</p></blockquote><table><tr><th>Line</th><th>From</th></tr><tr><td>4</td><td>May"
    "</td></tr></table><pre>a\n\nb</pre><p>Read also: <a href=/b>More</a></p><p>AFP contributed reporting.</p></article>"
)
TOML = (
    'name = "Example"\nhome = "https://example.com/"\nlanguage = "en"\ntimezone = "Europe/Kyiv"\npreset = "wordpress"\n'
    "identity = '-(a\\d+)$'\nhosts = [\"*.example.net\"]\ndelay = \"5s\"\n[admit]\nnever = ['/tag/']\n[pages]\nnumber = "
    '\'/(\\d+)$\'\n[[sources]]\nkind = "feed"\nurl = "https://example.com/rss"\nevery = "10m"\n[[rules]]\nname = "r"\n'
    'drop = [".x", """y"""]\nfields = { title = "h1@title" }\nuntil = 2024-06-02\ndrop_text = [\'^Join\']\n'
)
SETTINGS = (
    '[network]\nuser_agent = "scraper/1 (me)"\nprivate = ["10.0.0.0/8"]\nconnect_to = {"a.example:80" = "127.0.0.1:1"}\n'
    'delay = "2s"\nmax_body = "10MB"\n[serve]\nbind = "127.0.0.1:8765"\n[visits]\nper_host_day = 10\n'
)


def _record(kind: str, block: str) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    return gzip.compress(f"{head}{block}\r\n\r\n".encode(), mtime=0)


def _addresses() -> Iterator[bytes]:
    yield b"https://example.com/a/b/\nc/../d?utm_source=x&b=2&a=1#top\n//cdn.example.net:8080/i\nhttp://m.example.com/amp/a-a12"
    yield "http://bücher.example/stra%c3%9fe/INDEX.html?q=ä\n\thttps://0x7f.1/\nHTTP://[::FFFF:1.2.3.4]:80/".encode()
    yield b"https://example.org/2024/06/x-a77/3?page=2&print=1\nmailto:a@b\njavascript:1\n?page=3\n#!/x;jsessionid=1"


def _sidecars() -> Iterator[bytes]:
    made = kit.article(subtitle="After a winter of repairs", caption="The pier", language="en", keywords=("sea",))
    yield sidecar.dumps(sidecar.article_json(made))
    ours = {
        "article_id": "0" * 16, "outlet": "news.example", "version": 0, "verdict": "edited", "text_sha256": "0" * 64,
        "captured_at": "2024-06-02T09:30:00Z", "verdict_flags": [], "http": {"status": 200, "final_url": kit.HARBOUR},
        "warc": {"file": "w", "offset": 0, "length": 1, "record_id": "<urn:x>", "payload_digest": "sha256:0"},
        "edit": {"kinds": ["wording"], "parts": [{"kind": "wording"}], "stealth": False}, "previous": None, "forms": [],
    }  # fmt: skip
    data = sidecar.article_json(made)
    yield sidecar.dumps({**data, "archive": data["archive"] | ours})


def _printed() -> Iterator[bytes]:
    whole = pdfs.pdf(
        pdfs.lines("Harbour reopens", size=24) + pdfs.lines("The harbour reopened on Monday after", "repairs.", y=140),
        title="Harbour reopens", author="Ann Author", lang="en",
    )  # fmt: skip
    yield whole.removeprefix(b"%PDF-")
    content = b"BT /F1 12 Tf 72 720 Td (The harbour is open.) Tj ET"
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")  # fmt: skip
    body = b"".join(b"%d 0 obj%s endobj\n" % (n, text) for n, text in enumerate(objects, 1))
    yield b"1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"


def _articles(*texts: str) -> bytes:
    """Bytes that give an article many of whose fields are there: a length before each text."""
    return b"".join(bytes([len(text.encode())]) + text.encode() + b"\1" for text in texts)


TALE = _articles(
    "https://a.example/x", "x", "Title", "Sub", "Ann", "\u00a0 e\u0301 ", "cap", "One line.", "Two\nlines.", "12 boats"
)
SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "addresses": _addresses,
    "redirect": lambda: iter((b"/x?y#z", b"//example.org:8080/a", b"http://127.0.0.1/", b"../\xc3\xa4 b", b"?q=%zz")),
    "lines": lambda: iter((" A\u00a0line\n of  te\u00adxt ".encode(), "e\u0301\u200b\u202ex\ufeff\r\x07".encode(), b"\xff\xed\xa0\x80")),
    "feed": lambda: iter(b"\0" + text.encode() for text in (RSS, ATOM, RDF, JSON_FEED)),
    "sitemap": lambda: iter((
        b"\0" + MAP.encode(), b"\1" + INDEX.encode(), b"\0" + gzip.compress(MAP.encode(), mtime=0),
        b"\0http://example.com/a\nhttp://example.com/b\n", b"\0Sitemap: http://example.com/s.xml\n",
    )),
    "front": lambda: iter((
        b"\0<main><article><h2><a href='/2024/06/02/harbour-reopens-after-repairs-a1234'>Harbour reopens</a></h2></article></main>"
        b"<nav><a href=/tag/x>x</a></nav><base href=//b.example>",
    )),
    "robots": lambda: iter((
        b"User-agent: *\nDisallow: /a/*\nAllow: /a/b$\nCrawl-delay: 10\nSitemap: https://example.com/s.xml\n",
        b"\xef\xbb\xbfuser-agent:scraper\nUser-Agent: other\ndisallow: /%C3%A9\nCrawl-delay: 1e9\n\n",
    )),
    "answer": lambda: iter((
        b"\x20HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"v1\"\r\nContent-Length: 5\r\n\r\nhello",
        b"\x00HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"\x01HTTP/1.1 304 Not Modified\r\n\r\n", b"\x02HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n",
        b"\x20HTTP/1.0 503 No\r\nRetry-After: 9\r\n\r\nx",
        b"\x40HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello", mtime=0),
    )),
    "body": lambda: iter((
        b"\0\x07\1hello hello hello", b"\1\x03\1hello", b"\0\x10\0" + gzip.compress(b"a", mtime=0) * 2,
        b"\1\x01\0" + zlib.compress(b"raw" * 9)[2:-4], b"\2\0\0plain",
    )),
    "heads": lambda: iter((
        b"120", b"Sun, 02 Jun 2024 09:30:00 GMT", b'W/"abc"', b"gzip, deflate", b"x-gzip",
        b'{"done": 1.5, "delay": 2.0, "pause": 0, "failures": 3, "error": "timeout"}',
    )),
    "charset": lambda: iter((
        b"\0<meta charset=windows-1251>\xcf\xf0\xe8\xe2\xe5\xf2", "\1<p>Zürich".encode(), b"\3<p>Z\xfcrich",
        b"\4" + "<p>wide".encode("utf-16-le"), "\0\ufeff<p>x".encode(), b"\6\x1b$B4A;z\x1b(B", "\5汉字".encode("gb18030"),
    )),
    "snapshot": lambda: iter((TALE, TALE[::-1])),
    "sidecar": _sidecars,
    "warc": lambda: iter((
        b"\0" + _record("response", "HTTP/1.1 200 OK\r\n\r\nbody") + _record("metadata", "x"),
        b"\0" + _record("request", "GET / HTTP/1.1\r\n\r\n")[:-9] + _record("revisit", "HTTP/1.1 200 OK\r\n\r\n"),
        b"\x41\x18HTTP/1.1 200 OK\r\n\r\nbody!tail", b"\x72\x02ab\x02cd", b"\0\x1f\x8b\x08junk",
    )),
    "compare": lambda: iter((TALE + TALE, TALE + TALE.replace(b"12", b"13").replace(b"One", b"Won"))),
    "config": lambda: iter((TOML.encode(), SETTINGS.encode(), b'drop = [".y"]\n[[rules]]\nname = "x"\ndrop = [".z"]\n')),
    "data": lambda: iter(text.encode() for text in (LD, LIVE, "<!-- {'a': 1} -->" + LD[:-3], LD.replace('"', "&quot;"))),
    "page": lambda: iter(b"\0" + text.encode() for text in (PAGE, RICH, BODY, f"<script type=application/ld+json>{LIVE}</script>")),
    "printed": _printed,
}  # fmt: skip


def main() -> None:
    """Write all seeds."""
    for name, make in SEEDS.items():
        folder = HERE / "seeds" / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(make()):
            _write(folder / f"{number:02d}", data)


def _write(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


if __name__ == "__main__":
    main()
