"""Rows about answers that are not what they say: pages that are no article, other texts, types, character sets."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO

from tests.fetch.answers import CLOSED, Behaviour, answer
from tests.fetch.behaviours import endless
from tests.matrix.row import LINES, POISON, Row, counted, html, marked, other, story, told, turns

AGAIN = "partial {} again"


def lie(name: str, does: str, reason: str, page: str, status: str = "200 OK") -> Row:
    """A page that is no article at first sight."""
    return Row(name, does, (AGAIN.format(reason),), html(page, status))


def after(name: str, does: str, end: str, page: str) -> Row:
    """An article, and then something else in its place, and then the article again: it is as it was."""
    return Row(name, does, ("new", end, "same"), turns(told(name), html(page), told(name)))


CHALLENGE = other(
    "Just a moment...",
    "<h1>paper.example</h1><p>Checking if the site connection is secure</p>"
    "<noscript>Enable JavaScript and cookies to continue</noscript><div id=cf-chl-widget></div>",
)
FEED_PAGE = (
    f'<?xml version="1.0"?><rss version="2.0"><channel><title>{POISON}</title>'
    + "".join(f"<item><title>Item {n}</title><description>{line}</description></item>" for n, line in enumerate(LINES))
    + "</channel></rss>"
)
MISSING = other("Page not found", "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>")
CARDS = "".join(
    f'<article><h2><a href="/2026/s{n}">Headline number {n} of the day</a></h2><p>What happened in {n}.</p></article>'
    for n in range(30)
)
WALL = (
    '<div class="paywall"><h2>Subscribe to read on</h2><p>Get full access for one crown a week.</p>'
    '<button>Subscribe</button><a href="/login">Log in</a></div>'
)
FREE_NOT = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
MANY = tuple(
    f"In street number {n} the council found {n + 3} lamps that had been broken since the storm." for n in range(40)
)


def walled(mark: str) -> str:
    """Two paragraphs and a box."""
    page = story(mark, *LINES[:1], head=FREE_NOT)
    return page.replace("</article>", f"</article>{WALL}")


LIES = (
    lie("challenge-200", "a bot challenge", "challenge", CHALLENGE),
    lie("feed-instead", "a feed called HTML", "not-an-article", FEED_PAGE),
    lie("script-instead", "a script called HTML", "not-an-article", f"window.{POISON} = 'the ferry is late';\n" * 90),
    Row(
        "challenge-403",
        "a bot challenge under 403",
        (AGAIN.format("challenge"),),
        html(CHALLENGE, "403 Forbidden", cf_mitigated="challenge"),
    ),
    Row(
        "challenge-503",
        "a bot challenge under 503",
        ("deferred http-503 again",),
        html(CHALLENGE, "503 Service Unavailable"),
    ),
    after("challenge-after", "an article, then a bot challenge", AGAIN.format("challenge"), CHALLENGE),
    lie(
        "captcha",
        "a CAPTCHA",
        "challenge",
        other("Are you a robot?", '<h1>Please verify you are a human</h1><div class="g-recaptcha"></div>'),
    ),
    lie(
        "login-wall",
        "a form to log in",
        "login-wall",
        other("Log in", '<h1>Log in to continue</h1><form><input name=u><input type="password"></form>'),
    ),
    lie(
        "consent-wall",
        "a question about cookies",
        "consent-wall",
        other("Before you continue", "<h1>Before you continue</h1><p>We and our partners use cookies.</p>"),
    ),
    lie(
        "js-shell",
        "a shell that a browser would fill",
        "empty",
        f"<!doctype html><title>{POISON}</title><div id=root></div>"
        f"<noscript>{POISON}: You need to enable JavaScript to run this app.</noscript>",
    ),
    lie(
        "maintenance",
        "maintenance",
        "soft-404",
        other("Scheduled maintenance", "<h1>We will be back soon</h1><p>Our site is down for maintenance.</p>"),
    ),
    lie("soft-404", "a page that says it is none", "soft-404", MISSING),
    after("soft-404-after", "an article, then a page that says it is none", AGAIN.format("soft-404"), MISSING),
    lie(
        "parked",
        "a domain for sale",
        "soft-404",
        other("paper.example", "<h1>paper.example</h1><p>This domain may be for sale. Buy this domain.</p>"),
    ),
    after(
        "emptied",
        "an article, then the page without its text",
        AGAIN.format("empty"),
        story(POISON, title="Council votes to rebuild the old pier")
        .replace(marked(POISON), " ")
        .replace("".join(f"<p>{line}</p>" for line in LINES), " "),
    ),
    lie(
        "unavailable-region",
        "not for this region",
        "soft-404",
        other("Not available", "<h1>Not available in your region</h1><p>We are sorry, for legal reasons.</p>"),
    ),
    lie("home", "the front page", "not-an-article", other("The Paper", f"<main>{CARDS}</main>")),
    Row("paywall", "two paragraphs and a box", ("new [teaser]",), html(walled("paywall"))),
    Row(
        "paywall-after",
        "an article, then two paragraphs and a box",
        ("new", "partial teaser again [teaser]"),
        turns(told("paywall-after"), html(walled("paywall-after"))),
    ),
    Row(
        "shrunk",
        "40 paragraphs, then the first 4",
        ("new", "partial shrunk again [shrunk]"),
        turns(told("shrunk", *MANY), told("shrunk", *MANY[:4]).replace(b"Content-Length", b"X-Length", 1)),
    ),
)


def noise(turn: int) -> bytes:
    """All that changes around an article by itself."""
    head = f'<meta name="csrf" content="{turn * 7919}"><script>window.ad = {turn * 31};</script>'
    around = "".join(f'<li><a href="/r{turn}{n}">Another story {turn * 17 + n} of the day</a></li>' for n in range(5))
    tail = (
        f'<aside class="related"><h3>Read also</h3><ul>{around}</ul></aside>'
        f'<div class="comments"><h3>{turn} comments</h3>'
        f"<div class=comment><p>Somebody says {turn}.</p></div></div><p class=clock>It is 12:{turn:02}.</p>"
        f"<!-- made in {turn} ms -->"
    )
    page = story("noise", head=head, tail=tail)
    return html(page.replace("<header>", f'<header><p class="visitors">{9000 + turn} visitors today</p>'))


def claiming(name: str, place: str) -> bytes:
    """An article that says it is another."""
    links = f'<link rel="canonical" href="{place}"><meta property="og:url" content="{place}">'
    lines = [f"{name} says that nothing which stands at the harbour was ever {word}." for word in ("sold", "lost")]
    return told(name, *lines, title=f"Claim of {name}", head=links)


SIGHTS = (
    Row("noise", "an article in noise that changes", ("new", "same", "same"), counted(noise)),
    Row(
        "flip",
        "two texts in turn",
        ("new", *["edited"] * 5),
        counted(lambda n: told("flip", LINES[0], LINES[1].replace("14", "14" if n % 2 else "15"), *LINES[2:])),
    ),
    Row(
        "churn",
        "another first paragraph each time",
        ("new", *["edited"] * 5),
        counted(
            lambda n: told("churn", f"At {n + 9} o'clock {n * 7} boats had left the harbour, the pilots said.", *LINES)
        ),
    ),
    Row(
        "canonical-hijack",
        "claims to be another article of its site",
        ("new", "new"),
        told("hijacked"),
        paths=("/hijacked", "/canonical-hijack"),
        marks=("hijacked", "canonical-hijack"),
    ),
    Row(
        "canonical-foreign",
        "claims to be an article of another site",
        ("new",),
        claiming("canonical-foreign", "http://second.example/ok"),
    ),
    Row(
        "canonical-canary",
        "claims to be at the forbidden address",
        ("new",),
        told(
            "canonical-canary",
            head='<link rel="canonical" href="http://{canary}:{port}/x">'
            '<link rel="amphtml" href="http://{canary}:{port}/x">'
            '<meta property="og:url" content="http://{canary}:{port}/x">',
        ),
    ),
    Row(
        "same-body",
        "one article at every address",
        ("new", "new", "new"),
        told("same-body"),
        paths=("/same-body/1", "/same-body/2", "/same-body/3"),
    ),
    Row(
        "date-churn",
        "published now, whenever that is",
        ("new", "same", "same"),
        counted(lambda n: told("date-churn", date=f"2026-03-01T10:{n:02}:00Z")),
    ),
    Row(
        "title-churn",
        "a counter before the headline",
        ("new", "same", "same"),
        counted(lambda n: told("title-churn", title=f"({n + 2}) Council votes to rebuild the old pier")),
    ),
)


# ------------------------------------------------------------------------------------------------------------- types

ACCENTS = "Für die Brücke über den Öresund zahlen Züge künftig mehr, sagte Anaïs Gærdt."
RUSSIAN = "Совет порта решил заново построить старый причал, который прошлой зимой разрушил шторм."
JAPANESE = "港の評議会は月曜日、昨冬の嵐で壊れた古い桟橋を再建することを決めた。"


def coded(
    name: str, codec: str, kind: str | None = "text/html", line: str = ACCENTS, head: str = "", end: str = "new"
) -> Row:
    """An article in `codec` with a Content-Type of `kind`."""
    body = story(name, line, *LINES, head=head).encode(codec, "xmlcharrefreplace")
    whole = answer(body, Content_Type=kind or "-")
    if kind is None:
        whole = whole.replace(b"Content-Type: -\r\n", b"")
    return Row(name, f"{codec}, declared as {kind}", (end,), whole, holds=() if "undecodable" in end else (line,))


def a_zip() -> bytes:
    """An archive that claims nothing."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.txt", f"{POISON} " * 5_000)
    return buffer.getvalue()


MIXED = (
    story("mixed", ACCENTS, *LINES)
    .encode()
    .replace(
        b"Engineers expect", "Zürich Straße".encode("cp1252") + b" " + "Öl".encode("utf-16-le") + b" Engineers expect"
    )
)
UTF8 = "text/html; charset=utf-8"
PNG = b"\x89PNG\r\n\x1a\n"
CODECS = "hex rot13 bz2 idna undefined unicode_escape raw_unicode_escape mbcs zlib punycode utf_7 base64"

TYPES = (
    coded("type-octet", "utf-8", "application/octet-stream", head="<meta charset=utf-8>"),
    coded("type-image", "utf-8", "image/jpeg", head="<meta charset=utf-8>"),
    coded("type-json", "utf-8", "application/json", head="<meta charset=utf-8>"),
    coded("type-missing", "utf-8", None),
    Row("binary-html", "random bytes called HTML", ("failed not-text",), answer(os.urandom(200_000))),
    Row("zip-html", "a ZIP called HTML", ("failed not-text",), answer(a_zip())),
    Row("video", "a video without end", ("failed wrong-type",), sent=4 * 1024**2),
    Row(
        "media",
        "a picture without end",
        ("failed wrong-type",),
        endless(CLOSED.replace(b"text/html", b"image/png") + PNG, bytes(100)),
        sent=4 * 1024**2,
    ),
    coded("meta-lies", "utf-8", UTF8, head="<meta charset=iso-8859-1>"),
    coded("both-lie", "cp1252", UTF8, head="<meta charset=utf-8>", end="new [undecodable]"),
    coded("latin1-is-1252", "cp1252", "text/html; charset=iso-8859-1", line=f"“{ACCENTS}” – so heißt es…"),
    coded("no-charset-1252", "cp1252"),
    coded("utf16-nobom", "utf-16-le", "text/html; charset=utf-16"),
    coded("utf8-bom", "utf-8-sig", line=ACCENTS),
    coded("koi8", "koi8-r", head="<meta charset=koi8-r>", line=RUSSIAN),
    coded("shift-jis", "cp932", "text/html; charset=Shift_JIS", line=JAPANESE),
    Row("mixed", "UTF-8 with pieces that are not", ("new [undecodable]",), answer(MIXED), holds=(ACCENTS,)),
    Row(
        "nul-bytes",
        "NULs all over",
        ("new",),
        answer(
            story(
                "nul-bytes",
                "A li\0ne with a NUL in it is a line all the same, they say.",
                title="A ti\0tle",
                head='<meta name="au\0thor" content="A\0nn">',
            ).encode()
        ),
        holds=("A line with a NUL in it",),
    ),
    coded("charset-twice", "utf-8", "text/html; charset=utf-8; charset=iso-8859-1"),
    coded("charset-quoted", "utf-8", "text/html; charset='\"utf-8\"'"),
    *(coded(f"charset-{codec}", "utf-8", f"text/html; charset={codec}") for codec in CODECS.split()),
    coded("charset-nul", "utf-8", "text/html; charset=utf\t8"),
)

STEPS: dict[str, Behaviour] = {
    **{f"/same-body/{n}": told("same-body") for n in (2, 3)},
    "/canonical-hijack": claiming("canonical-hijack", "http://canonical-hijack.example/hijacked"),
}
ROWS = (*LIES, *SIGHTS, *TYPES)
