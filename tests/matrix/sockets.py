"""Rows about connections that speak no HTTP/1.1, or speak it over TLS: each has a server of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path

import trustme

from tests.fetch.answers import CLOSED, Behaviour, Visit, answer, redirect
from tests.fetch.behaviours import endless
from tests.matrix.row import LINES, MIB, POISON, Row, story, told

PREFACE = 24
SETTINGS, HEADERS, DATA, RST, PUSH, GOAWAY, CONTINUATION = 4, 1, 0, 3, 5, 7, 9
END_STREAM, END_HEADERS = 1, 4


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame of HTTP/2 (RFC 9113, 4.1)."""
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


OK = b"\x88"  # :status: 200, from HPACK's table
HELLO = frame(SETTINGS, 0, 0)
HEAD = frame(HEADERS, END_HEADERS, 1, OK)
BODY = story(POISON, title=POISON).encode()
HALF = frame(DATA, 0, 1, BODY[: len(BODY) // 2])
# content-length: 1000000, as a literal that is not indexed.
LONG_HEAD = frame(HEADERS, END_HEADERS, 1, OK + b"\x0f\x0d\x071000000")
WHOLE = frame(DATA, END_STREAM, 1, BODY)
CRUMBS = b"".join(frame(DATA, 0, 1, bytes([byte])) + frame(DATA, 0, 1) for byte in BODY)


def speaking(said: bytes) -> Behaviour:
    """HTTP/2 at once, whatever the client says."""

    async def behave(visit: Visit) -> None:
        assert visit.reader is not None
        await visit.reader.read(PREFACE)
        await visit.send(HELLO + said)
        await asyncio.sleep(0.2)

    return behave


def endlessly(piece: bytes) -> Behaviour:
    """HTTP/2 with a frame that is followed by its like for ever."""

    async def behave(visit: Visit) -> None:
        assert visit.reader is not None
        await visit.reader.read(PREFACE)
        await visit.act(endless(HELLO + frame(HEADERS, 0, 1, OK), piece))

    return behave


H2: dict[str, tuple[str, Behaviour]] = {
    "goaway": ("GOAWAY in the middle of the body", speaking(HEAD + HALF + frame(GOAWAY, 0, 0, bytes(8)))),
    "rst": ("RST_STREAM in the middle of the body", speaking(HEAD + HALF + frame(RST, 0, 1, bytes(3) + b"\x02"))),
    "short": ("less than it said", speaking(LONG_HEAD + frame(DATA, END_STREAM, 1, BODY[:1500]))),
    "close": ("no end of the stream", speaking(HEAD + HALF)),
    "continuation": ("CONTINUATION for ever", endlessly(frame(CONTINUATION, 0, 1, b"\x00\x01x\x01y" * 100))),
    "tiny": ("frames of one byte, and empty ones", speaking(HEAD + CRUMBS + frame(DATA, END_STREAM, 1))),
    "push": ("a page nobody asked for", speaking(frame(PUSH, END_HEADERS, 1, b"\0\0\0\x02" + OK) + HEAD + WHOLE)),
    "ping": ("PING for ever", endlessly(frame(6, 0, 0, bytes(8)))),
}


async def silent(visit: Visit) -> None:
    """Not a word."""
    await asyncio.sleep(60)


async def cut_off(visit: Visit) -> None:
    """Half an article, then the end of the connection below TLS."""
    assert visit.writer is not None
    whole = CLOSED + story("tls-cut", *LINES).encode()
    await visit.send(whole[: len(whole) // 2])
    await asyncio.sleep(0.05)
    visit.writer.get_extra_info("socket").shutdown(1)
    await asyncio.sleep(0.2)


def only(behaviour: Behaviour) -> dict[str, Behaviour]:
    """A server that does this at whatever it is told."""
    return {"*accept*": behaviour}


PLAIN: Mapping[str, dict[str, Behaviour]] = {
    "raw-silent": only(silent),
    "raw-close": only(b""),
    "raw-ssh": only(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "raw-tls-on-http": only(b"\x15\x03\x01\x00\x02\x02\x46"),
    "raw-handshake-hang": only(silent),
    **{f"h2-{name}": only(behaviour) for name, (_, behaviour) in H2.items()},
}
SECURE: Mapping[str, dict[str, Behaviour]] = {
    "tls-ok": {"/tls-ok": told("tls-ok")},
    "tls-unknown": {"/tls-unknown": told(POISON)},
    "tls-wrong-host": {"/tls-wrong-host": told(POISON)},
    "tls-cut": {"/tls-cut": cut_off},
    "tls-downgrade": {"/tls-downgrade": redirect("http://tls-downgrade.example/plain")},
    **{f"h2-{name}-tls": only(behaviour) for name, (_, behaviour) in H2.items()},
}

PROTOCOL, TLS = ("failed protocol again",), ("failed tls again",)

RAW = (
    Row("raw-silent", "accepts, and never says a word", ("deferred robots-unreachable again",), server="raw-silent"),
    Row("raw-close", "closes on accept", ("failed connect again",), server="raw-close"),
    Row("raw-ssh", "speaks SSH", PROTOCOL, server="raw-ssh"),
    Row("raw-tls-on-http", "answers with a TLS alert", PROTOCOL, server="raw-tls-on-http"),
    Row("raw-handshake-hang", "never answers the TLS hello", TLS, server="raw-handshake-hang", secure=True),
    Row("raw-refused", "nobody listens there", ("failed connect again",), server="nobody"),
    *(
        Row(f"h2-{name}", f"HTTP/2 without being asked: {does}", PROTOCOL, server=f"h2-{name}", sent=8 * MIB)
        for name, (does, _) in H2.items()
    ),
)
OVER_TLS = (
    Row("tls-ok", "a certificate of a known authority", ("new", "same"), server="tls-ok", secure=True),
    Row("tls-unknown", "a certificate of nobody", TLS, server="tls-unknown", secure=True),
    Row("tls-wrong-host", "a certificate for another host", TLS, server="tls-wrong-host", secure=True),
    Row("tls-cut", "cut in the middle, below TLS", ("failed incomplete again",), server="tls-cut", secure=True),
    Row(
        "tls-downgrade",
        "a redirect from https to http",
        ("new",),
        server="tls-downgrade",
        secure=True,
        marks=("tls-downgrade",),
        requests=2,
    ),
    *(
        Row(
            f"h2-{name}-tls",
            f"HTTP/2 over TLS, whatever was agreed on: {does}",
            PROTOCOL,
            server=f"h2-{name}-tls",
            secure=True,
            sent=8 * MIB,
        )
        for name, (does, _) in H2.items()
    ),
)
ROWS = (*RAW, *OVER_TLS)

# What the plain server answers on the way.
STEPS: dict[str, Behaviour] = {"/plain": told("tls-downgrade"), "/robots.txt": answer(b"", "404 Not Found")}


class Authority:
    """Certificates: one authority that the program trusts, and one that it does not."""

    def __init__(self) -> None:
        self._known, self._unknown = trustme.CA(), trustme.CA()

    def write(self, path: Path) -> Path:
        """The trusted certificate, as a file."""
        self._known.cert_pem.write_to_path(str(path))
        return path

    def context(self, name: str) -> ssl.SSLContext:
        """The server's side for the row `name`. Whoever speaks HTTP/2 offers nothing else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issuer = self._unknown if name == "tls-unknown" else self._known
        host = "elsewhere.example" if name == "tls-wrong-host" else f"{name}.example"
        issuer.issue_cert(host).configure_cert(context)
        if name.startswith("h2-"):
            context.set_alpn_protocols(["h2"])
        return context
