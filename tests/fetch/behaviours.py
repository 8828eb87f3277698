"""What the hostile server does: a path for each behaviour, as the bytes it sends or a function that sends them."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable
from functools import cache

from tests.fetch.answers import CHUNKED, CLOSED, Behaviour, Visit, answer, article, redirect


async def hang(visit: Visit) -> None:
    """Say nothing."""
    await asyncio.sleep(60)


async def slow_headers(visit: Visit) -> None:
    """Headers, one byte at a time, for ever."""
    await visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000)


async def slow_body(visit: Visit) -> None:
    """A body, one byte at a time, for ever."""
    await visit.send(CLOSED)
    await visit.drip(article() * 50)


async def slow_chunks(visit: Visit) -> None:
    """Ten bytes now and then."""
    await visit.send(CHUNKED)
    while True:
        await visit.send(b"a\r\n0123456789\r\n")
        await asyncio.sleep(0.2)


async def ok_slow(visit: Visit) -> None:
    """An article in eight pieces: slow, but alive."""
    body = article("ok-slow", 100)
    await visit.send(answer(body).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    size = len(body) // 8 + 1
    for start in range(0, len(body), size):
        await visit.send(body[start : start + size])
        await asyncio.sleep(0.1)


async def stall_body(visit: Visit) -> None:
    """Half an article, then silence."""
    whole = answer(article())
    await visit.send(whole[: len(whole) // 2])
    await asyncio.sleep(60)


async def short_reset(visit: Visit) -> None:
    """Half an article, then a reset."""
    whole = answer(article())
    await visit.send(whole[: len(whole) // 2])
    await asyncio.sleep(0.05)
    visit.reset()


def endless(head: bytes, piece: bytes) -> Behaviour:
    """`head`, then `piece` for ever at full speed."""

    async def behave(visit: Visit) -> None:
        await visit.send(head)
        while True:
            await visit.send(piece * (65536 // len(piece) + 1))

    return behave


async def chunk_tiny(visit: Visit) -> None:
    """The article in chunks of one byte."""
    await visit.send(CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in article("chunk-tiny")) + b"0\r\n\r\n")


@cache
def _bomb(size: int, wbits: int = 31) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(pack.compress(bytes(1024**2)) for _ in range(size // 1024**2)) + pack.flush()


def _lazily(make: Callable[[], bytes]) -> Behaviour:
    """An answer that takes time to make, made when it is asked for."""

    async def behave(visit: Visit) -> None:
        await visit.send(make())

    return behave


GZIPPED = gzip.compress(article("ok-gzip"))
LAYERS = "".join("Content-Encoding: gzip\r\n" for _ in range(40))
FORGED = answer(article("forged"))

BEHAVIOURS: dict[str, Behaviour] = {
    "/robots.txt": answer(b"", "404 Not Found"),
    # What has to work.
    "/ok-chunked": CHUNKED + b"%x\r\n" % len(article("ok-chunked")) + article("ok-chunked") + b"\r\n0\r\n\r\n",
    "/ok-gzip": answer(GZIPPED, Content_Encoding="gzip"),
    "/ok-gzip-members": answer(
        gzip.compress(article("ok-gzip-members")[:300]) + gzip.compress(article("ok-gzip-members")[300:]),
        Content_Encoding="x-gzip",
    ),
    "/ok-deflate": answer(zlib.compress(article("ok-deflate")), Content_Encoding="deflate"),
    "/ok-deflate-raw": answer(zlib.compress(article("ok-deflate-raw"))[2:-4], Content_Encoding="deflate"),
    "/ok-http10": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + article("ok-http10"),
    "/ok-early-hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    + answer(article("ok-early-hints")),
    "/ok-slow": ok_slow,
    "/bare-lf": answer(article("bare-lf")).replace(b"\r\n", b"\n"),
    "/chunk-tiny": chunk_tiny,
    "/cookies-flood": answer(article("cookies-flood")).replace(
        b"\r\n", b"\r\n" + b"".join(b"Set-Cookie: c%d=%s; Domain=.com\r\n" % (n, b"x" * 270) for n in range(300)), 1
    ),
    "/keep-alive-lie": answer(article("keep-alive-lie"), Connection="keep-alive"),
    "/etag-60k": answer(article("etag-60k"), ETag='"' + "e" * 60_000 + '"'),
    "/cl-long-keep-alive": answer(article("cl-long"), Connection="keep-alive") + FORGED,
    # Transport and framing.
    "/cl-short": answer(article(), Content_Length="10000"),
    "/cl-short-rst": short_reset,
    "/cl-negative": answer(article(), Content_Length="-1"),
    "/cl-garbage": answer(article(), Content_Length="10abc"),
    "/cl-twice": answer(article()).replace(b"\r\n", b"\r\nContent-Length: 10\r\n", 1),
    "/status-garbage": b"HTTP/1.1 abc Wat\r\n\r\n",
    "/status-999": answer(article(), "999 Denied"),
    "/http09": article(),
    "/header-no-colon": b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    "/header-nul": b"HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\n\r\n",
    "/switching": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "/chunk-no-end": CHUNKED + b"5\r\nhello\r\n",
    "/chunk-size-garbage": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "/chunk-size-huge": CHUNKED + b"FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    "/chunk-crumbs": endless(CHUNKED, b"1\r\nx\r\n"),
    "/chunk-extensions": endless(CHUNKED, b"1;" + b"e" * 4096 + b"\r\nx\r\n"),
    "/trailers-flood": endless(CHUNKED + b"5\r\nhello\r\n0\r\n", b"X-Trailer: y\r\n"),
    "/headers-endless": endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n"),
    "/header-1mb": answer(article(), X_Big="x" * 1024**2),
    "/headers-10000": answer(article()).replace(b"\r\n", b"\r\n" + b"X-A: b\r\n" * 10_000, 1),
    "/partial-206": answer(article()[:300], "206 Partial Content", Content_Range="bytes 0-299/9999"),
    "/empty-200": answer(b""),
    "/no-content-204": b"HTTP/1.1 204 No Content\r\n\r\n" + article(),
    "/304-unasked": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "/close": b"",
    # Slow, stalled and endless.
    "/hang": hang,
    "/slow-headers": slow_headers,
    "/slow-body": slow_body,
    "/slow-chunks": slow_chunks,
    "/stall-body": stall_body,
    "/endless-body": endless(CLOSED, b"<p>and on it goes</p>"),
    "/declared-huge": endless(answer(b"", Content_Length="1000000000000"), b"x" * 100),
    "/endless-1xx": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    # Content codings.
    "/gzip-bomb": _lazily(lambda: answer(_bomb(100 * 1024**2), Content_Encoding="gzip")),
    "/deflate-bomb": _lazily(lambda: answer(_bomb(100 * 1024**2, 15), Content_Encoding="deflate")),
    "/gzip-layers": answer(article()).replace(b"\r\n", b"\r\n" + LAYERS.encode(), 1),
    "/gzip-twice": answer(gzip.compress(GZIPPED), Content_Encoding="gzip, gzip"),
    "/br-unasked": answer(b"\x0b\x02\x80hello\x03", Content_Encoding="br"),
    "/zstd-unasked": answer(b"\x28\xb5\x2f\xfd\x04\x00", Content_Encoding="zstd"),
    "/gzip-cut": answer(GZIPPED[: len(GZIPPED) // 2], Content_Encoding="gzip"),
    "/gzip-not": answer(article(), Content_Encoding="gzip"),
    "/gzip-undeclared": answer(GZIPPED),
    "/bomb-on-404": _lazily(lambda: answer(_bomb(100 * 1024**2), "404 Not Found", Content_Encoding="gzip")),
    "/bomb-on-500": _lazily(lambda: answer(_bomb(100 * 1024**2), "500 Oops", Content_Encoding="gzip")),
    "/unasked-on-502": answer(b"busy", "502 Bad Gateway", Content_Encoding="br"),
    "/bomb-on-redirect": _lazily(lambda: redirect("/ok", _bomb(100 * 1024**2), Content_Encoding="gzip")),
    "/video": endless(answer(b"", Content_Type="video/mp4", Content_Length="999999999999"), b"x" * 100),
    # Redirects.
    "/ok-redirect-chain": redirect("/chain-1"),
    "/chain-1": redirect("chain-2"),
    "/chain-2": redirect("end?q=3"),
    "/loop-self": redirect("/loop-self"),
    "/loop-a": redirect("/loop-b"),
    "/loop-b": redirect("/loop-a"),
    "/cookie-bounce": redirect("/cookie-bounce", Set_Cookie="seen=1"),
    "/to-other": redirect("http://{other}:{port}/private/x"),
    "/ssrf-plain": redirect("http://{canary}:{port}/x"),
    "/ssrf-relative-scheme": redirect("//{canary}:{port}/x"),
    "/ssrf-decimal": redirect("http://2130706435:{port}/x"),
    "/ssrf-hex": redirect("http://0x7f000003:{port}/x"),
    "/ssrf-short": redirect("http://127.3:{port}/x"),
    "/ssrf-octal": redirect("http://0177.0.0.3:{port}/x"),
    "/ssrf-fullwidth": redirect("http://127。0。0。3:{port}/x"),
    "/ssrf-mapped": redirect("http://[::ffff:{canary}]:{port}/x"),
    "/ssrf-nat64": redirect("http://[64:ff9b::7f00:3]:{port}/x"),
    "/ssrf-6to4": redirect("http://[2002:7f00:3::]:{port}/x"),
    "/ssrf-userinfo": redirect("http://{other}@{canary}:{port}/x"),
    "/ssrf-backslash": redirect("http://{canary}\\@{other}:{port}/x"),
    "/ssrf-upper": redirect("HTTP://{canary}:{port}/x"),
    "/ssrf-empty-host": redirect("http://:{port}/x"),
    "/ssrf-localhost-dot": redirect("http://localhost.:1/x"),
    "/ssrf-second-hop": redirect("http://{other}:{port}/ssrf-plain"),
    "/scheme-file": redirect("file:///etc/passwd"),
    "/scheme-ftp": redirect("ftp://{canary}/x"),
    "/scheme-view-source": redirect("view-source:file:///etc/passwd"),
    "/scheme-jar": redirect("jar:file:///etc/passwd!/"),
    "/scheme-unix": redirect("http+unix://%2Fvar%2Frun%2Fdocker.sock/x"),
    "/scheme-about": redirect("about:blank"),
    "/scheme-javascript": redirect("javascript:alert(1)"),
    "/loc-empty": redirect(""),
    "/loc-garbage": redirect("http://[::1"),
    "/loc-port-high": redirect("http://{other}:99999/"),
    "/loc-port-zero": redirect("http://{other}:0/"),
    "/loc-bytes": redirect(b"/\xff\xfe"),
    "/loc-label": redirect("http://" + "a" * 64 + ".example/"),
    "/loc-60k": redirect("/" + "x" * 60_000),
    "/loc-missing": answer(b"", "302 Found"),
    "/loc-twice": answer(b"", "302 Found").replace(
        b"\r\n", b"\r\nLocation: /ok\r\nLocation: http://{canary}:{port}/x\r\n", 1
    ),
    "/loc-dotdot": redirect("/../../../../etc/passwd"),
    "/loc-umlaut": redirect("/ma\u00df"),
    # Status codes.
    "/s429": answer(b"", "429 Too Many Requests"),
    "/s401": answer(b"", "401 Unauthorized", WWW_Authenticate='Basic realm="x"'),
    "/s404": answer(b"<p>not here</p>", "404 Not Found"),
    "/s404-bare": answer(b"", "404 Not Found"),
    "/s500": answer(article(), "500 Internal Server Error"),
}
BEHAVIOURS |= {
    f"/retry-after-{name}": answer(b"", status, Retry_After=value)
    for name, status, value in [
        ("2", "429 Too Many Requests", "2"),
        ("huge", "429 Too Many Requests", "9" * 5000),
        ("negative", "429 Too Many Requests", "-5"),
        ("float", "429 Too Many Requests", "1.5e3"),
        ("garbage", "503 Service Unavailable", "soon(tm)"),
        ("zero", "429 Too Many Requests", "0"),
        ("date", "503 Service Unavailable", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("year", "503 Service Unavailable", "Fri, 31 Dec 99999 23:59:59 +9999"),
    ]
}
