"""Rows about how answers come: what has to work, framing, pace, content codings."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from base64 import b85decode
from functools import cache

from tests.fetch.answers import CHUNKED, Behaviour, Visit, answer, article, redirect
from tests.fetch.behaviours import endless
from tests.matrix.row import LINES, MIB, POISON, Row, conditional, lazily, poisoned, told, turns

GZIP, DEFLATE = {"Content_Encoding": "gzip"}, {"Content_Encoding": "deflate"}
GIB = 1024 * MIB


@cache
def bomb(size: int, wbits: int = 31) -> bytes:
    """A body that opens to `size` zeros; its checksum is not right, which nobody may live to see."""
    pack = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = pack.compress(bytes(MIB)) + pack.flush(zlib.Z_FULL_FLUSH)
    block = pack.compress(bytes(MIB)) + pack.flush(zlib.Z_FULL_FLUSH)
    return head + block * (size // MIB - 2) + pack.compress(bytes(MIB)) + pack.flush()


# A gibibyte of one letter in brotli, 809 bytes, made once by its library.
BROTLI = (
    "c-lMv|9?G$%7;fA9g5!n|M~wve*=qyj9A0FzxMzC|7V=Q&~cdQ!ruSS|NpmV5Mn5dVA%Ej|DXT=*&Ub^__"
    "!Uu|C<j~#o)nkB$4sOz5k#8|CeXrY_QN_xcj^Q-~a#23XB5ntP86Dp9fpQ@Mr@=$*3ixmJCHp>;d9rug("
)


def brotli_bomb() -> bytes:
    """What `BROTLI` says."""
    return zlib.decompress(b85decode(BROTLI))


def zstd_bomb() -> bytes:
    """A gibibyte in blocks that repeat one byte (RFC 8878, 3.1.1.2.2)."""
    blocks = [(128 * 1024 << 3 | 1 << 1 | (n == 8191)).to_bytes(3, "little") + b"x" for n in range(8192)]
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(blocks)


def layers(count: int) -> bytes:
    """An article under layers of gzip, each declared by a header of its own."""
    body = article(POISON)
    for _ in range(count):
        body = gzip.compress(body)
    return answer(body).replace(b"\r\n", b"\r\n" + b"Content-Encoding: gzip\r\n" * count, 1)


async def when_allowed(visit: Visit) -> None:
    """gzip for whoever asks for it, plain for others."""
    allowed = "gzip" in visit.headers.get("Accept-Encoding", "")
    body = told("ok-gzip").partition(b"\r\n\r\n")[2]
    await visit.act(answer(gzip.compress(body), **GZIP) if allowed else answer(body))


async def slow_pieces(visit: Visit) -> None:
    """An article in eight pieces over four seconds."""
    whole = told("ok-slow")
    size = len(whole) // 8 + 1
    for start in range(0, len(whole), size):
        await visit.send(whole[start : start + size])
        await asyncio.sleep(0.5)


def cut(whole: bytes) -> bytes:
    """An answer whose body ends in the middle."""
    head, _, body = whole.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2]


def chunked(body: bytes) -> bytes:
    return CHUNKED + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def body_of(mark: str, *lines: str) -> bytes:
    return told(mark, *lines).partition(b"\r\n\r\n")[2]


def flood(head: bytes) -> Behaviour:
    """A whole chunked article, and lines after it that never end."""
    body = body_of("trailers-flood")
    return endless(CHUNKED + b"%x\r\n" % len(body) + body + b"\r\n0\r\n", head)


CONTROLS = (
    Row("ok", "a plain article", ("new",), told("ok")),
    Row("ok-chunked", "an article in chunks", ("new",), chunked(body_of("ok-chunked"))),
    Row("ok-gzip", "gzip, if it may be sent", ("new",), when_allowed),
    Row("ok-gzip-members", "gzip in two members, under an old name", ("new",)),
    Row(
        "ok-deflate",
        "deflate as it should be, then as it often is",
        ("new", "same"),
        turns(
            answer(zlib.compress(body_of("ok-deflate")), **DEFLATE),
            answer(zlib.compress(body_of("ok-deflate"))[2:-4], **DEFLATE),
        ),
    ),
    Row("ok-deflate-raw", "deflate without a head", ("new",)),
    Row("ok-http10", "HTTP/1.0, ended by closing", ("new",)),
    Row(
        "ok-conditional",
        "304 to whoever knows the page",
        ("new", "same", "same"),
        conditional(
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
            told("ok-conditional", ETag='"1"', Last_Modified="Sun, 01 Mar 2026 09:00:00 GMT"),
        ),
    ),
    Row("ok-redirect-chain", "four redirects on one site", ("new",), redirect("/chain-1"), marks=("end",), requests=5),
    Row("ok-slow", "an article in eight pieces over four seconds", ("new",), slow_pieces),
    Row("ok-early-hints", "two answers of the kind 1xx, then the article", ("new",)),
    Row(
        "ok-correction",
        "one sentence is corrected",
        ("new", "edited"),
        turns(told("ok-correction"), told("ok-correction", LINES[0].replace("two", "three"), *LINES[1:])),
        holds=("in three last winter",),
    ),
    Row(
        "ok-reverted",
        "a sentence is changed, and changed back",
        ("new", "edited", "edited"),
        turns(
            told("ok-reverted"),
            told("ok-reverted", LINES[0].replace("two", "three"), *LINES[1:]),
            told("ok-reverted"),
        ),
        holds=("in two last winter",),
    ),
    Row(
        "ok-gone",
        "an article, then 410 for ever",
        ("new", "gone http-410 [unconfirmed]", "gone http-410 [unconfirmed]"),
        turns(told("ok-gone"), poisoned("410 Gone")),
    ),
)

FRAMING = (
    Row("cl-short", "fewer bytes than were declared, then the end", ("failed incomplete again",)),
    Row("cl-short-rst", "fewer bytes than were declared, then a reset", ("failed incomplete again",)),
    Row(
        "cl-short-after-article",
        "an article, then the same cut in the middle",
        ("new", "failed incomplete again", "same"),
        turns(told("cl-short-after-article"), cut(told("cl-short-after-article")), told("cl-short-after-article")),
    ),
    Row(
        "cl-long",
        "another answer behind the article, on the same connection",
        ("new", "same"),
        turns(told("cl-long", Connection="keep-alive") + poisoned("200 OK"), told("cl-long")),
    ),
    Row("cl-long-keep-alive", "the same, and the connection stays open", ("new",), marks=("cl-long",)),
    Row("cl-negative", "Content-Length: -1", ("failed protocol again",)),
    Row("cl-garbage", "Content-Length: 10abc", ("failed protocol again",)),
    Row("cl-twice", "two lengths", ("failed protocol again",)),
    Row("status-garbage", "a status that is no number", ("failed protocol again",)),
    Row("status-999", "status 999", ("failed http-999 again",)),
    Row("http09", "markup at once, without a head", ("failed protocol again",)),
    Row("header-no-colon", "a header without a colon", ("failed protocol again",)),
    Row("header-nul", "a NUL in a header", ("failed protocol again",)),
    Row("switching", "101 to a plain question", ("failed protocol again",)),
    Row("bare-lf", "lines that end in LF only", ("new",)),
    Row("close", "closes without a word", ("failed connect again",)),
    Row("chunk-no-end", "chunks without a last one", ("failed incomplete again",)),
    Row("chunk-size-garbage", "a chunk of size zz", ("failed protocol again",)),
    Row("chunk-size-huge", "a chunk of 16 exbibytes", ("failed incomplete again",)),
    Row("chunk-tiny", "chunks of one byte", ("new",)),
    Row("chunk-crumbs", "chunks of one byte without end", ("failed protocol again",)),
    Row("chunk-extensions", "chunks of one byte with 4 KiB of extensions, for ever", ("failed too-large again",)),
    Row("trailers-flood", "a whole article, then trailers for ever", ("failed protocol again",), flood(b"X-T: y\r\n")),
    Row("headers-endless", "headers for ever", ("failed protocol again",), sent=4 * MIB),
    Row("header-1mb", "one header of 1 MiB", ("failed protocol again",), sent=4 * MIB),
    Row("headers-10000", "10,000 small headers", ("failed protocol again",), sent=4 * MIB),
    Row(
        "cookies-flood",
        "300 cookies, some for everybody, one that is binary",
        ("new", "same"),
        told("cookies-flood").replace(
            b"\r\n",
            b"\r\nSet-Cookie: bad=\x01\x02\x7f\r\n"
            + b"".join(b"Set-Cookie: c%d=%s; Domain=.com\r\n" % (n, b"x" * 80) for n in range(300)),
            1,
        ),
    ),
    Row(
        "keepalive-lie",
        "promises to stay, and closes",
        ("new", "same"),
        paths=("/keep-alive-lie",),
        marks=("keep-alive-lie",),
    ),
    Row("partial-206", "a part nobody asked for", ("failed incomplete again",)),
    Row("empty-200", "200 and nothing", ("failed empty again",)),
    Row("no-content-204", "204, and a body all the same", ("failed empty again",)),
)

PACE = (
    Row("hang", "never answers", ("failed timeout again",)),
    Row("slow-headers", "a byte of a header now and then", ("failed timeout again",)),
    Row("slow-body", "a byte of a body now and then", ("failed timeout again",)),
    Row("slow-chunks", "a chunk now and then", ("failed timeout again",)),
    Row("stall-body", "half an article, then silence", ("failed timeout again",)),
    Row("endless-body", "a body without end", ("failed too-large again",)),
    Row("declared-huge", "a terabyte, as declared", ("failed too-large again",), sent=4 * MIB),
    Row("endless-1xx", "answers of the kind 1xx for ever", ("failed protocol again",)),
)

CODINGS = (
    Row("gzip-bomb-200m", "200 MiB in gzip", ("failed too-large",), lazily(lambda: answer(bomb(200 * MIB), **GZIP))),
    Row("gzip-bomb", "100 MiB in gzip, checksum and all", ("failed too-large",)),
    Row("gzip-layers", "40 layers of gzip", ("failed encoding",), layers(40)),
    Row("gzip-twice", "two layers of gzip", ("failed encoding",)),
    Row("deflate-bomb", "1 GiB in deflate", ("failed too-large",), lazily(lambda: answer(bomb(GIB, 15), **DEFLATE))),
    Row(
        "br-bomb",
        "1 GiB in brotli, which nobody asked for",
        ("failed encoding",),
        answer(brotli_bomb(), Content_Encoding="br"),
    ),
    Row(
        "zstd-bomb",
        "1 GiB in zstd, which nobody asked for",
        ("failed encoding",),
        lazily(lambda: answer(zstd_bomb(), Content_Encoding="zstd")),
    ),
    Row("br-unasked", "a little brotli", ("failed encoding",)),
    Row("zstd-unasked", "a little zstd", ("failed encoding",)),
    Row("gzip-cut", "gzip cut in the middle, its length as declared", ("failed incomplete again",)),
    Row("gzip-not", "plain text that is called gzip", ("failed encoding",)),
    Row("gzip-undeclared", "gzip that is called HTML", ("failed not-text",)),
    Row("gzip-undeclared-bomb", "1 GiB in gzip, called HTML", ("failed not-text",), lazily(lambda: answer(bomb(GIB)))),
    Row(
        "bomb-on-404",
        "404 with 1 GiB in gzip",
        ("failed too-large",),
        lazily(lambda: answer(bomb(GIB), "404 Not Found", **GZIP)),
    ),
    Row(
        "bomb-on-500",
        "500 with 1 GiB in gzip",
        ("failed too-large again",),
        lazily(lambda: answer(bomb(GIB), "500 Oops", **GZIP)),
    ),
    Row("unasked-on-502", "502 packed in a way that nobody asked for", ("failed encoding again",)),
    Row(
        "bomb-on-redirect",
        "a redirect with 1 GiB in gzip",
        ("new",),
        lazily(lambda: redirect("/ok", bomb(GIB), **GZIP)),
        marks=("ok",),
        requests=2,
    ),
)

# What is asked for on the way, at any host.
STEPS: dict[str, Behaviour] = {
    "/chain-1": redirect("chain-2"),
    "/chain-2": redirect("/chain-3"),
    "/chain-3": redirect("end?q=3"),
    "/end": told("end"),
    "/robots.txt": answer(b"", "404 Not Found"),
}

ROWS = (*CONTROLS, *FRAMING, *PACE, *CODINGS)
