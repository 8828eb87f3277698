"""What hostile servers are made of: whole answers as bytes, and one request as the server sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"


def article(mark: str = "ok", paragraphs: int = 20) -> bytes:
    """A plain article that can be told from all others by its mark."""
    words = "".join(f"<p>Paragraph {n} of the council's report on the bridge.</p>\n" for n in range(paragraphs))
    head = f"<!doctype html><html lang=en><head><title>The bridge {mark}</title></head>"
    return (
        f"{head}<body><article><h1>The bridge {mark}</h1>\n<p>MARK-{mark}</p>\n{words}</article></body></html>".encode()
    )


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; header names are written with underscores for hyphens."""
    lines = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(body))} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str | bytes, body: bytes = b"", **headers: str) -> bytes:
    """A 302."""
    raw = location if isinstance(location, bytes) else location.encode()
    return answer(body, "302 Found", **headers).replace(b"\r\n", b"\r\nLocation: " + raw + b"\r\n", 1)


@dataclass
class Visit:
    """One request that came, and when it was over. `turn` counts those for its host and path before it, `head` the
    bytes of its head."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0
    sent: int = 0
    writer: asyncio.StreamWriter | None = field(default=None, repr=False)
    reader: asyncio.StreamReader | None = field(default=None, repr=False)
    turn: int = 0
    head: int = 0
    port: int = 0
    places: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def host(self) -> str:
        """The host that was asked, without its port."""
        return self.headers.get("Host", "").partition(":")[0]

    async def act(self, behaviour: Behaviour) -> None:
        """Behave; places in bytes are filled in."""
        if not isinstance(behaviour, bytes):
            await behaviour(self)
            return
        for name, value in {"port": str(self.port), **self.places}.items():
            behaviour = behaviour.replace(b"{" + name.encode() + b"}", value.encode())
        await self.send(behaviour)

    async def send(self, data: bytes) -> None:
        """Send, and wait until it is taken; raises ConnectionError when the client has gone."""
        assert self.writer is not None
        self.sent += len(data)
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0)  # over TLS, drain would never let the news come that nobody is there

    async def drip(self, data: bytes, every: float = 0.05) -> None:
        """Send one byte at a time."""
        for byte in data:
            await self.send(bytes([byte]))
            await asyncio.sleep(every)

    def reset(self) -> None:
        """End the connection with a reset instead of a farewell."""
        assert self.writer is not None
        self.writer.transport.abort()


Behaviour = bytes | Callable[[Visit], Awaitable[None]]
