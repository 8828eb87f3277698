"""Rows about where answers lead, what their status says, and what they ask for."""

from __future__ import annotations

from tests.fetch.answers import Behaviour, Visit, redirect
from tests.matrix.row import POISON, Row, conditional, counted, html, other, poisoned, story, told, turns

LOOP, NOWHERE = ("failed redirect-loop",), ("failed bad-redirect",)
PRIVATE, ODD, SCHEME = ("refused private-address",), ("refused bad-url",), ("refused scheme",)
MORE = 8


def to(location: str) -> bytes:
    """A redirect with a page of its own."""
    return redirect(location, story(POISON, title=POISON).encode())


async def endless_chain(visit: Visit) -> None:
    """To an address that is new each time, and leads on."""
    await visit.act(to(f"/chain-endless?{int(visit.path.partition('?')[2] or 0) + 1}"))


async def bounce(visit: Visit) -> None:
    """To itself until a cookie comes back."""
    if "Cookie" in visit.headers:
        await visit.act(told(POISON))
    await visit.act(redirect("/cookie-bounce", Set_Cookie="seen=1"))


EMBEDDED = "".join(
    f"<{tag}>"
    for tag in (
        'link rel="stylesheet" href="http://{canary}:{port}/a.css"',
        'link rel="amphtml" href="http://{canary}:{port}/amp"',
        'link rel="alternate" type="application/rss+xml" href="http://{canary}:{port}/feed"',
        'link rel="icon" href="http://{canary}:{port}/icon"',
        'link rel="manifest" href="http://{canary}:{port}/manifest"',
        'link rel="next" href="http://{canary}:{port}/2"',
        'link rel="preload" as="script" href="http://{canary}:{port}/x.js"',
        'script src="http://{canary}:{port}/x.js"></script',
        'meta property="og:image" content="http://{canary}:{port}/x.png"',
    )
)
INLINE = (
    '<img src="http://{canary}:{port}/x.png" srcset="http://{canary}:{port}/y.png 2x">'
    '<iframe src="http://{canary}:{port}/frame"></iframe><video src="http://{canary}:{port}/v"></video>'
    '<object data="http://{canary}:{port}/o"></object><base href="http://{canary}:{port}/">'
)

REDIRECTS = (
    Row("loop-self", "a redirect to itself", LOOP),
    Row("loop-a", "a redirect there and back", LOOP, requests=2),
    Row("chain-endless", "redirects that never end", LOOP, endless_chain, requests=40),
    Row("cookie-bounce", "a redirect to itself until a cookie is sent", LOOP, bounce),
    Row("to-other", "a redirect to a private address nobody allowed", PRIVATE),
    Row("ssrf-plain", "a redirect to the forbidden address", PRIVATE, to("http://{canary}:{port}/x")),
    Row("ssrf-own-api", "a redirect to this machine", PRIVATE, to("http://127.0.0.1:{port}/own-api")),
    Row("ssrf-relative-scheme", "to //forbidden/", PRIVATE, to("//{canary}:{port}/x")),
    Row("ssrf-decimal", "to the forbidden address as one number", PRIVATE, to("http://2130706435:{port}/x")),
    Row("ssrf-hex", "to the forbidden address in hexadecimal", PRIVATE, to("http://0x7f000003:{port}/x")),
    Row("ssrf-short", "to 127.3", PRIVATE, to("http://127.3:{port}/x")),
    Row("ssrf-octal", "to 0177.0.0.3", ODD, to("http://0177.0.0.3:{port}/x")),
    Row("ssrf-fullwidth", "with ideographic full stops", PRIVATE, to("http://127。0。0。3:{port}/x")),
    Row("ssrf-mapped", "to ::ffff:127.0.0.3", PRIVATE, to("http://[::ffff:{canary}]:{port}/x")),
    Row("ssrf-nat64", "to 64:ff9b::7f00:3", PRIVATE, to("http://[64:ff9b::7f00:3]:{port}/x")),
    Row("ssrf-6to4", "to 2002:7f00:3::", PRIVATE, to("http://[2002:7f00:3::]:{port}/x")),
    Row("ssrf-userinfo", "to allowed@forbidden", ODD, to("http://second.example@{canary}:{port}/x")),
    Row("ssrf-backslash", "to forbidden\\@allowed", ODD, to("http://{canary}\\@second.example:{port}/x")),
    Row("ssrf-upper", "to HTTP://", PRIVATE, to("HTTP://{canary}:{port}/x")),
    Row("ssrf-empty-host", "to a port without a host", ODD, to("http://:{port}/x")),
    Row("ssrf-localhost-dot", "to localhost with a dot", PRIVATE, to("http://localhost.:{port}/own-api")),
    Row("ssrf-second-hop", "by way of an allowed site", PRIVATE, to("http://second.example/ssrf-plain")),
    Row(
        "ssrf-meta-refresh",
        "an article that asks to be left for the forbidden address",
        ("new",),
        told(
            "ssrf-meta-refresh",
            head='<meta http-equiv="refresh" content="0;url=http://{canary}:{port}/x">',
        ).replace(b"\r\n", b"\r\nRefresh: 0;url=http://{canary}:{port}/x\r\nConnection: close\r\n", 1),
    ),
    Row(
        "ssrf-subresources",
        "an article whose every part lies at the forbidden address",
        ("new",),
        told("ssrf-subresources", *["A line that says nothing new. " * 4] * 3, head=EMBEDDED, tail=INLINE),
    ),
    *(
        Row(f"scheme-{name}", f"a redirect to {location}", SCHEME, to(location))
        for name, location in {
            "file": "file:///etc/passwd",
            "ftp": "ftp://{canary}/x",
            "view-source": "view-source:file:///etc/passwd",
            "jar": "jar:file:///etc/passwd!/",
            "unix": "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
            "about": "about:blank",
            "javascript": "javascript:alert(1)",
            "data": "data:text/html,<p>x",
            "gopher": "gopher://{canary}:{port}/x",
        }.items()
    ),
    Row("loc-empty", "an empty Location", NOWHERE, requests=MORE),
    Row("loc-garbage", "a Location that is none", NOWHERE, requests=MORE),
    Row("loc-port-high", "to port 99999", NOWHERE, requests=MORE),
    Row("loc-port-zero", "to port 0", NOWHERE, requests=MORE),
    Row("loc-bytes", "a Location of raw bytes", NOWHERE, requests=MORE),
    Row("loc-label", "to a name that is too long", NOWHERE, requests=MORE),
    Row("loc-60k", "to an address of 60 KiB", NOWHERE, requests=MORE),
    Row("loc-missing", "a redirect without Location", NOWHERE, requests=MORE),
    Row("loc-twice", "two Locations, the second forbidden", NOWHERE, requests=MORE),
    Row(
        "loc-dotdot",
        "to /../../etc/passwd, which is a path of this site",
        ("failed http-404",),
        requests=MORE,
    ),
    Row("xn--a", "a host in Punycode that stands for no name", ("new",), told("xn--a")),
    Row("loc-umlaut", "to a path in UTF-8", ("new",), marks=("ma%C3%9F",), requests=2),
    Row(
        "cross-origin-robots",
        "to where another site wants nobody",
        ("refused robots",),
        to("http://second.example/private/x"),
    ),
    Row(
        "to-homepage",
        "an article, then a redirect to the front page",
        ("new", "gone redirect-to-front [unconfirmed]"),
        turns(told("to-homepage"), to("/").replace(b"302 Found", b"301 Moved")),
        requests=3,
    ),
    Row(
        "to-other-article",
        "an article, then a redirect to another one",
        ("new", "partial moved again"),
        turns(told("to-other-article"), to("/elsewhere")),
        requests=3,
    ),
)


def wait(status: str, asked: str) -> bytes:
    """Asks to be left alone."""
    return poisoned(status, Retry_After=asked)


BUSY, AWAY = "429 Too Many Requests", "503 Service Unavailable"
DEFERRED, DOWN = ("deferred http-429 again",), ("deferred http-503 again",)
ARTICLE_2 = ("A second text stands here, which nobody who trusts the server will ever get to see in print.",)

STATUS = (
    Row(
        "retry-after-2",
        "asks for two seconds, then answers",
        ("deferred http-429 again", "new"),
        turns(wait(BUSY, "2"), told("retry-after-2")),
        gap=2,
    ),
    Row("retry-after-huge", "asks for a number of 5,000 digits", DEFERRED, wait(BUSY, "9" * 5000)),
    Row("retry-after-negative", "asks for -5", DEFERRED, wait(BUSY, "-5")),
    Row("retry-after-float", "asks for 1.5e3", DEFERRED, wait(BUSY, "1.5e3")),
    Row("retry-after-garbage", "asks for soon(tm)", DOWN, wait(AWAY, "soon(tm)")),
    Row("retry-after-zero", "asks for 0, always", DEFERRED, wait(BUSY, "0")),
    Row("retry-after-date", "asks for the end of all dates", DOWN, wait(AWAY, "Fri, 31 Dec 9999 23:59:59 GMT")),
    Row("retry-after-year", "asks for a year there is not", DOWN, wait(AWAY, "Fri, 31 Dec 99999 23:59:59 +9999")),
    Row("s429", "429 and no more", DEFERRED),
    Row(
        "s401-basic", "401, with a password", ("failed http-401",), poisoned("401 No", WWW_Authenticate="Basic realm=x")
    ),
    Row(
        "s401-ntlm",
        "401, as Windows does",
        ("failed http-401",),
        poisoned("401 No", WWW_Authenticate="NTLM, Negotiate"),
    ),
    Row("s403", "403", ("failed http-403",), poisoned("403 Forbidden")),
    Row("s404", "404", ("failed http-404",), poisoned("404 Not Found")),
    Row("s401", "401 and no more", ("failed http-401",)),
    Row("s404-bare", "404 without a body", ("failed http-404",)),
    Row(
        "s404-after",
        "an article, then 404",
        ("new", "gone http-404 [unconfirmed]"),
        turns(told("s404-after"), poisoned("404 Not Found")),
    ),
    Row("s418", "418", ("failed http-418",), poisoned("418 I'm a teapot")),
    Row("s451", "an article, then 451", ("new", "failed http-451"), turns(told("s451"), poisoned("451 No"))),
    Row("s500", "500", ("failed http-500 again",), html(other("Error", "<h1>Error</h1>"), "500 No")),
    Row("s200-error-body", "an article under 500", ("failed http-500 again",), poisoned("500 No")),
    Row(
        "flap",
        "500, 500, an article",
        ("failed http-500 again", "failed http-500 again", "new"),
        turns(poisoned("500 No"), poisoned("500 No"), told("flap")),
    ),
    Row(
        "n304-unasked",
        "304 to whoever knows nothing",
        ("failed protocol again",),
        paths=("/304-unasked",),
    ),
    Row(
        "n304-lie",
        "another text, and 304 to whoever knows the first",
        ("new", "same"),
        turns(
            told("n304-lie", ETag='"1"'),
            conditional(b"HTTP/1.1 304 Not Modified\r\n\r\n", told("n304-lie", *ARTICLE_2)),
        ),
    ),
    Row(
        "etag-churn",
        "the same bytes under new names",
        ("new", "same", "same"),
        counted(lambda n: told("etag-churn", ETag=f'"{n}"', Last_Modified=f"Sun, 01 Mar 2026 09:00:0{n % 10} GMT")),
    ),
    Row("etag-60k", "an ETag of 60 KiB", ("new", "same"), told("etag-60k", ETag='"' + "e" * 60_000 + '"')),
    Row(
        "lastmod-lies",
        "times that cannot be",
        ("new", "same"),
        told(
            "lastmod-lies",
            Last_Modified="Sun, 01 Mar 2099 09:00:00 GMT",
            Date="Thu, 01 Jan 1970 00:00:00 GMT",
            Age="-5",
            Expires="whenever",
        ),
    ),
    Row(
        "lastmod-garbage",
        "a time that is none",
        ("new", "same"),
        told("lastmod-garbage", Last_Modified="yesterday-ish"),
    ),
)

# Another article, with words of its own.
SNOW = other(
    "Snow closes mountain roads",
    "<article><h1>Snow closes mountain roads</h1>"
    "<p>Heavy snowfall shut every pass overnight and stranded several hundred lorries near the tunnel.</p>"
    "<p>Police asked drivers to stay at home until ploughs had cleared at least one lane, perhaps by Sunday.</p>"
    "<p>Two villages are without power, and the hospital runs on its generator, said the governor.</p>"
    "<p>Forecasters expect the wind to turn at night and the snow to give way to rain in the valleys.</p></article>",
)
STEPS: dict[str, Behaviour] = {
    "/loop-b": redirect("/loop-a"),
    "/": html(other("The Paper", "<h1>The Paper</h1>")),
    "/elsewhere": html(SNOW),
    "/etc/passwd": poisoned("404 Not Found"),
}
ROWS = (*REDIRECTS, *STATUS)
