"""Rows about fields that are written to do harm where they are shown: titles, authors, captions, addresses."""

from __future__ import annotations

import json
from html import escape

from tests.fetch.answers import Behaviour
from tests.matrix.row import LINES, Row, html, story, told

TITLES = {
    "xss-title": "<script>window.__xss='title'</script><img src=x onerror=window.__xss=1>",
    "xss-attr": "\" onmouseover=\"window.__xss='attr'\" x=\"' onfocus='window.__xss=1' autofocus='",
    "xss-js": "</script><script>window.__xss='js'</script> ';window.__xss=1;//",
    "xss-markdown": "[x](javascript:window.__xss=1) ![x](http://127.0.0.3/x) <http://127.0.0.3/>",
    "newline": "Real title\r\n2026-01-01 00:00:00 CRITICAL forged line\nlevel=error event=forged\u2028x\u2029y\x85z",
    "ansi": "\x1b[2J\x1b[1;1H\x1b]0;owned\x07Red \x1b[31mtitle \x1b]8;;http://127.0.0.3/\x1b\\link",
    "bidi": "abc\u202e exe.doc \u2066x\u2069 \u200e\u200f\u061c",
    "c1": "a\x9b31m b\x90q\x9c c\x07\x08\x7f",
    "csv": '=HYPERLINK("http://127.0.0.3/?"&A1,"click")',
    "sql": "x'); DROP TABLE articles;-- \" ' \\ %_ [a-z]",
    "label": 'x"} 1\nforged_metric{a="b\\',
    "json": '"},"admin":true,{"x":"',
    "yaml": "- !!python/object/apply:os.system ['id'] # : | > & * ---",
    "xml": "]]> <!-- --> <?xml version='1.0'?> &amp; &lt; &notanentity; &#0;",
    "path": "../../../../etc/passwd",
    "shell": "$(touch /tmp/owned) `id` ; rm -rf / | x && y > z",
    "format": "%s%n {0} {port.__class__} ${jndi:ldap://127.0.0.3/x} {{7*7}}",
    "empty": "",
    "space": " \t\xa0\u3000 ",
    "nonchar": "a\ufffe\uffff\U0010ffff\ue000b",
    "lone": "a\ud800b",
    "zalgo": "e" + "\u0301" * 5_000,
    "long": "word " * 20_000,
}
SLUGS = {
    "backslash": "..%5c..%5cx",
    "double": "%252e%252e%252fx",
    "dash": "-rf",
    "dot": ".",
    "dots": "...",
    "con": "CON",
    "aux": "aux.html",
    "colon": "C:%5Cx",
    "trail": "name.%20",
    "long": "s" * 3_000,
    "badutf8": "%ff%fe%c0%af",
    "nfd": "cafe%CC%81",
    "nfc": "caf%C3%A9",
    "upper": "CASE",
    "lower": "case",
    "query": "x?a=../../y&b=%00",
    "fragment": "x%23y",
    "pct": "100%",
    "ansi": "%1b[31mx%0d%0aSet-Cookie:%20a=b",
    "bidi": "%E2%80%AEcod",
    "shell": "$(id);`id`&x|y",
}


def titled(name: str, title: str) -> Behaviour:
    """An article that says the same in every field that is shown."""
    shown = escape(title.encode("utf-8", "xmlcharrefreplace").decode()) if "\ud800" in title else escape(title)
    data = json.dumps({"@type": "NewsArticle", "headline": title, "author": {"@type": "Person", "name": title}})
    head = (
        f'<meta name="author" content="{shown}"><meta property="og:title" content="{shown}">'
        f'<meta name="description" content="{shown}"><meta property="article:tag" content="{shown}">'
        f'<script type="application/ld+json">{data.replace("<", "&lt;")}</script>'
    )
    figure = f'<figure><img src="/x.png" alt="{shown}"><figcaption>{shown}</figcaption></figure>'
    page = story(name, f"{shown[:400]} was what the sign said, and it stood there all day.", *LINES, head=head)
    page = page.replace("Council votes to rebuild the old pier", shown).replace("</article>", f"{figure}</article>")
    return html(page.encode("utf-8", "replace").decode())


ROWS = (
    *(
        Row(f"title-{name}", f"a title like {title[:40]!r}", ("new", "same"), titled(f"title-{name}", title))
        for name, title in TITLES.items()
    ),
    *(
        Row(
            f"slug-{name}",
            f"an article at /slug/{slug[:40]}",
            ("new", "same"),
            told(f"slug-{name}"),
            paths=(f"/{name}/{slug}",),
        )
        for name, slug in SLUGS.items()
    ),
)
