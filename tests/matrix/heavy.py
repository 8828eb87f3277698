"""Rows about pages that cost more than they weigh, data that bite, and PDF files nobody meant to be read."""

from __future__ import annotations

import json
from functools import cache

from tests.extract.pdfs import ONE_PAGE, pdf, raw
from tests.fetch.answers import Behaviour, Visit, answer
from tests.matrix.row import LINES, MIB, POISON, Row, html, lazily, marked, story, told

TOO_HEAVY = ("failed too-heavy",)


def page(mark: str, more: str, head: str = "") -> Behaviour:
    """An article with something heavy at the end of its text."""
    return lazily(lambda: html(story(mark, *LINES, more, head=head)))


def before(more: str) -> Behaviour:
    """Something heavy, and no article to speak of."""
    return lazily(lambda: html(f"<!doctype html><title>{POISON}</title>{more}<p>{POISON} at the end</p>"))


@cache
def many(make: str, count: int) -> str:
    """`make`, numbered, so often."""
    return "".join(make.replace("#", str(n)) for n in range(count))


async def fifty_megabytes(visit: Visit) -> None:
    """50 MiB of paragraphs, as they are made."""
    piece = b"<p>" + b"word " * 200 + b"</p>"
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    for _ in range(50 * MIB // len(piece) // 64):
        await visit.send(piece * 64)


MARKUP = (
    Row("html-50mb", "50 MiB of paragraphs", ("failed too-large again",), fifty_megabytes),
    Row("nest-100k", "100,000 nested boxes", TOO_HEAVY, page("nest-100k", "<div>" * 100_000)),
    Row("formatting-3k", "3,000 unclosed <b>", TOO_HEAVY, before(many("<b id=#><p>", 3_000))),
    Row("formatting-6k", "6,000 unclosed <b>", TOO_HEAVY, before(many("<b id=#><p>", 6_000))),
    Row("attrs-10k", "10,000 attributes", ("new",), page("attrs-10k", f"<i {many('a#=1 ', 10_000)}>x</i>")),
    Row("attrs-100k", "100,000 attributes", TOO_HEAVY, page("attrs-100k", f"<i {many('a#=1 ', 100_000)}>x</i>")),
    Row(
        "attrs-1m",
        "a million attributes",
        ("failed too-large again",),
        lazily(lambda: html(f"<p {many('attr#=1 ', 1_000_000)}>{POISON}</p>")),
        sent=48 * MIB,
    ),
    Row("p-200k", "200,000 paragraphs", ("new [truncated]",), page("p-200k", "<p>short one</p>" * 200_000)),
    Row(
        "links-200k",
        "200,000 links",
        ("new [truncated]",),
        page("links-200k", many('<a href="/l/#">link #</a> ', 200_000)),
    ),
    Row("options-200k", "200,000 options", TOO_HEAVY, page("options-200k", "<select>" + "<option>x" * 200_000)),
    Row(
        "table-colspan",
        "600 cells over a billion columns",
        ("new",),
        page("table-colspan", "<table><tr>" + '<td colspan="1000000000">c</td>' * 600 + "</table>"),
    ),
    Row(
        "table-wide",
        "3,000 columns and 3,000 rows",
        ("new",),
        page("table-wide", "<table><tr>" + "<td>c</td>" * 3_000 + "</tr>" + "<tr><td>r</td></tr>" * 3_000 + "</table>"),
    ),
    Row("entities-1m", "a million references", ("new",), page("entities-1m", "&eacute;&#233; " * 500_000)),
    *(
        Row(
            f"{name}-open",
            f"an article and {opened}, which never ends",
            ("new [truncated]",),
            page(f"{name}-open", opened + f"{POISON} " * 300_000),
        )
        for name, opened in {
            "comment": "<!-- ",
            "script": "<script>",
            "style": "<style>",
            "textarea": "<textarea>",
        }.items()
    ),
    Row(
        "comment-before",
        "a comment that never ends, before the article",
        ("partial empty again [truncated]",),
        html(story(POISON, *LINES).replace("<h1>", "<!-- <h1>")),
    ),
    Row(
        "images-20k", "20,000 pictures of this site", ("new",), page("images-20k", many('<img src="/i/#.png">', 20_000))
    ),
    Row("dates-200k", "2 MB of dates", ("new",), page("dates-200k", "2024-05-06 12:33 May 5, 2024 " * 70_000)),
    Row("repeat-word", "one word 200,000 times", ("new",), page("repeat-word", "a " * 200_000)),
    Row("zalgo", "1 MB of marks on one letter", ("new",), page("zalgo", "e" + "\u0301" * 500_000)),
    Row(
        "doctype-entities",
        "entities in the document type",
        ("new",),
        html(
            story("doctype-entities", *LINES, "It costs &lol2; in all, or &x; so they say.").replace(
                "<!doctype html>",
                '<!DOCTYPE html [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;"><!ENTITY x SYSTEM "file:///etc/passwd">]>',
            )
        ),
    ),
    Row(
        "words-300k",
        "a script of 300,000 words",
        ("new",),
        lazily(lambda: told("words-300k", head=f"<script>{'word ' * 300_000}</script>")),
    ),
    Row(
        "deep-text",
        "a text 400 boxes deep",
        ("new",),
        told("deep-text", "<div>" * 400 + marked("deep-text") + "</div>" * 400),
    ),
    Row(
        "entity-huge",
        "references to what is no character",
        ("new",),
        told("entity-huge", *LINES, "A word&#0; and &#xFFFFFFFF; another&#99999999999; one."),
    ),
)


# -------------------------------------------------------------------------------------------------------------- data


def data(name: str, text: str) -> Behaviour:
    """An article with this as its JSON-LD."""
    return lazily(lambda: told(name, head=f'<script type="application/ld+json">{text}</script>'))


def node(**fields: object) -> str:
    return json.dumps({"@type": "NewsArticle", **fields})


AUTHORS = [{"@type": "Person", "name": f"Ann Bo{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}"} for n in range(10_000)]
TWICE = (
    '{"@type":"NewsArticle","headline":1,"headline":[2],"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}'
)
DATES = {
    "2099": "2099-01-01T00:00:00Z",
    "9999": "9999-12-31T23:59:59Z",
    "10000": "10000-01-01T00:00:00Z",
    "0001": "0001-01-01T00:00:00+14:00",
    "1970": "1970-01-01T00:00:00Z",
    "neg": "-271821-04-20T00:00:00Z",
    "tz": "2024-05-06T07:08:09+99:99",
    "epoch": "1714979289000",
    "nul": "2024-05\x0006",
}
DATED = dict.fromkeys(("2099", "9999", "0001", "1970"), "new [implausible-date]")

METADATA = (
    Row("ld-deep", "JSON 100,000 deep", ("new",), data("ld-deep", '{"a":' * 100_000 + "1" + "}" * 100_000)),
    Row(
        "ld-bigint",
        "a number of a million digits",
        ("new",),
        data("ld-bigint", '{"@type":"NewsArticle","wordCount":' + "9" * 1_000_000 + "}"),
    ),
    Row(
        "ld-types",
        "fields of the wrong types",
        ("new",),
        data(
            "ld-types",
            node(
                headline=[{}],
                author=7,
                datePublished={"a": 1},
                image=None,
                url=[[]],
                keywords=0.5,
                isAccessibleForFree={},
            ),
        ),
    ),
    Row("ld-invalid", "JSON that is none", ("new",), data("ld-invalid", "{'@type': NewsArticle, headline: oh no")),
    Row("ld-10mb", "nearly 10 MB of JSON", ("new",), data("ld-10mb", node(description="x" * 9_900_000))),
    Row("ld-duplicate-keys", "keys twice, and __proto__", ("new",), data("ld-duplicate-keys", TWICE)),
    Row("authors-10k", "10,000 authors", ("new",), data("authors-10k", node(author=AUTHORS))),
    Row(
        "canonicals-1k",
        "1,000 addresses of its own",
        ("new",),
        told("canonicals-1k", head=many('<link rel="canonical" href="http://canonicals-1k.example/c#">', 1_000)),
    ),
    *(
        Row(f"date-{name}", f"published {date!r}", (DATED.get(name, "new"),), told(f"date-{name}", date=date))
        for name, date in DATES.items()
    ),
)


# --------------------------------------------------------------------------------------------------------------- PDF


def printed(*lines: str) -> bytes:
    """What a PDF page draws: lines of text."""
    text = b" ".join(b"(%s) Tj 0 -16 Td" % line.encode() for line in lines)
    return b"BT /F1 12 Tf 16 TL 50 700 Td " + text + b" ET"


def sheet(mark: str, **more: object) -> bytes:
    """A PDF with the mark in its text."""
    return raw(printed(marked(mark), *LINES), **more)  # type: ignore[arg-type]


def sent(body: bytes) -> bytes:
    return answer(body, Content_Type="application/pdf")


ACTIVE = (
    b"<< /Type /Catalog /Pages 2 0 R "
    b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://{canary}:{port}/js'\\)) >> "
    b"/AA << /WC << /S /Launch /F (/bin/sh) >> /WS << /S /URI /URI (http://{canary}:{port}/uri) >> >> >>"
)
CMAP = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /..#2F..#2F..#2Ftmp#2Fevil "
    b"/ToUnicode /..#2F..#2F..#2Ftmp#2Fevil >>"
)
ALL_CMAP = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /..#2F..#2F..#2F..#2Ftmp#2Fevil "
    b"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 600 >>] >>"
)

PDFS = (
    Row("pdf-ok", "a page of print", ("new",), sent(sheet("pdf-ok"))),
    Row(
        "html-as-pdf",
        "an error page called a PDF",
        ("partial soft-404 again",),
        answer(f"<title>Error</title><h1>Page not found</h1><p>{POISON}</p>".encode(), Content_Type="application/pdf"),
    ),
    Row(
        "pdf-chain",
        "100 MB in three layers",
        ("failed not-text",),
        lazily(lambda: sent(raw(b" " * 100_000_000, packed=3))),
    ),
    Row(
        "pdf-ops",
        "two million pieces of text",
        ("failed too-heavy",),
        lazily(lambda: sent(raw(b"BT /F1 1 Tf " + b"(a) Tj " * 2_000_000 + b"ET", packed=1))),
    ),
    Row(
        "pdf-loop",
        "a tree of pages in itself",
        ("failed bad-pdf",),
        sent(raw(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")),
    ),
    Row("pdf-blank", "a sheet with nothing on it", ("failed not-text",), sent(pdf([]))),
    Row(
        "pdf-pages",
        "two billion pages, it says",
        ("new",),
        sent(sheet("pdf-pages", pages=ONE_PAGE.replace(b"/Count 1", b"/Count 2000000000"))),
    ),
    Row(
        "pdf-manypages",
        "one page 100,000 times",
        ("new [truncated]",),
        sent(sheet("pdf-manypages", pages=b"<< /Type /Pages /Kids [" + b"3 0 R " * 100_000 + b"] /Count 100000 >>")),
    ),
    Row("pdf-cut", "a PDF cut in the middle", ("failed bad-pdf",), sent(sheet(POISON)[:300])),
    Row("pdf-encrypted", "a PDF with a password", ("failed encrypted",), sent(pdf([], password="secret"))),
    Row("pdf-active", "a PDF that would run and call", ("new",), sent(sheet("pdf-active", catalog=ACTIVE))),
    Row("pdf-cmap", "a font whose map is a path", ("new",), sent(sheet("pdf-cmap", font=CMAP))),
    Row(
        "pdf-cmap-all",
        "a font whose map is a path, and no other",
        ("failed not-text",),
        sent(raw(printed(POISON), font=ALL_CMAP)),
    ),
)

ROWS = (*MARKUP, *METADATA, *PDFS)
