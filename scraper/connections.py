"""Connections that wait for nobody: who says nothing, or takes nothing, makes room for others.

uvicorn waits without end for the first request, for the rest of one, and for an answer to be taken, and each such
connection holds a descriptor that fetching would lack. Here each is looked at now and then, and there are only so many.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

AT_ONCE: Final = 200  # connections; who comes when there are that many takes somebody's place
BEYOND: Final = 4  # but nobody's whose answer is worked on, unless there are a quarter more
LOOK: Final = 10.0  # seconds between two looks at a connection
LEAST: Final = 64 * 1024  # bytes of an answer that have to be taken between two looks


_NO_HTTP_BODY: Final = (
    b'{"type":"urn:scraper:problem:no-http","title":"Bad Request","status":400,'
    b'"detail":"that is no request of HTTP/1.1, or one of its parts is too long"}'
)
_NO_HTTP: Final = b"\r\n".join(
    (
        b"HTTP/1.1 400 Bad Request",
        b"Content-Type: application/problem+json",
        b"Content-Length: %d" % len(_NO_HTTP_BODY),
        b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        b"X-Content-Type-Options: nosniff",
        b"X-Frame-Options: DENY",
        b"Cache-Control: no-store",
        b"Connection: close",
        b"",
        _NO_HTTP_BODY,
    )
)


@dataclass(frozen=True, slots=True)
class _State:
    """What a look sees: answers that were given, bytes of them that were taken and that are not taken yet, and whether
    one is worked on."""

    answers: int
    taken: int
    left: int
    is_working: bool

    def is_stuck_since(self, before: _State) -> bool:
        """Whether nothing went on between two looks that was the other side's to do."""
        if self.answers != before.answers:
            return False
        if self.left:
            return before.left > 0 and self.taken - before.taken < LEAST
        return not self.is_working and not before.is_working


class _Counted:
    """A transport that knows how much was given to it: what is left alone does not tell who takes a long answer, which
    is written only as fast as it is taken, from who takes nothing."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.written = 0

    def write(self, data: bytes) -> None:
        """See `asyncio.WriteTransport`."""
        self.written += len(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connection(H11Protocol):
    """One connection, as uvicorn makes it."""

    def __init__(self, *args: Any, look: float = LOOK, at_once: int = AT_ONCE, **more: Any) -> None:
        super().__init__(*args, **more)
        self.began = self.since = 0.0  # the latter: since when it has nothing to ask
        self.answers = 0
        self._every, self._at_once = look, at_once
        self._seen: _State | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take it up, if there is room or can be made."""
        self._counted = _Counted(transport)
        super().connection_made(cast("asyncio.Transport", self._counted))
        self.began = self.since = self.loop.time()
        self._timer = self.loop.call_later(self._every, self._look)
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        super().connection_lost(exc)
        if self._timer:
            self._timer.cancel()

    def on_response_complete(self) -> None:
        """An answer was given, though maybe not yet taken."""
        self.answers += 1
        self.since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told so, as all else that is wrong, and hung up on; nothing is said into an answer."""
        cycle = cast("Any", self.cycle)
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_NO_HTTP)
        self.transport.close()

    @property
    def state(self) -> _State:
        """As it is now."""
        cycle = cast("Any", self.cycle)  # None before the first request, whatever uvicorn declares
        working = cycle is not None and not cycle.response_complete
        left = self.transport.get_write_buffer_size()
        return _State(self.answers, self._counted.written - left, left, working)

    def _look(self) -> None:
        before, self._seen = self._seen, self.state
        if before and self._seen.is_stuck_since(before):
            self.transport.abort()
            return
        self._timer = self.loop.call_later(self._every, self._look)

    def _make_room(self) -> None:
        """Hang up on who keeps others out: of the peer with the most connections, one that never asked or has not for
        longest, else the one that takes its answer most slowly. Who holds few is not kept out by who holds many."""
        others = [one for one in self.connections if isinstance(one, Connection) and one.is_open and one is not self]
        if len(others) < self._at_once - 1:
            return
        peers = Counter(one.peer for one in others)
        states = {one: one.state for one in others}
        if waiting := [one for one in others if not states[one].is_working and not states[one].left]:
            max(waiting, key=lambda one: (peers[one.peer], not one.answers, -one.since)).transport.abort()
        elif taking := [one for one in others if states[one].left]:
            min(taking, key=lambda one: (-peers[one.peer], one.pace)).transport.abort()
        elif len(others) >= self._at_once + self._at_once // BEYOND:
            max(others, key=lambda one: (peers[one.peer], -one.began)).transport.abort()

    @property
    def is_open(self) -> bool:
        """Whether nobody has hung up yet."""
        return not self.transport.is_closing()

    @property
    def pace(self) -> float:
        """How fast its answers were taken, in bytes a second of its whole life."""
        return self.state.taken / (self.loop.time() - self.began + 1)

    @property
    def peer(self) -> str:
        """The address of the other side."""
        return self.client[0] if self.client else ""


def connections(look: float = LOOK, at_once: int = AT_ONCE) -> Callable[..., Connection]:
    """What makes them; `look` in seconds."""

    def made(*args: Any, **more: Any) -> Connection:
        return Connection(*args, look=look, at_once=at_once, **more)

    return made
