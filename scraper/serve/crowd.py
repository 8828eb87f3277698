"""How many requests may be worked on at once: who comes in a crowd is told to come again, and holds up nobody (ASGI
middleware)."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scraper.serve.problems import Problem

MOST: Final = 100
ALWAYS: Final = frozenset({"/healthz"})  # costs nothing, and says that the process lives


class Crowd:
    """Counts a request from its beginning until its answer begins: what is only taken slowly is no work. Whether the
    other side is still there does not matter, because what was begun for it goes on."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self._app = app
        self._most = most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on. Raises Problem if there are too many."""
        if scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            raise Problem(503, "busy", "too much is asked for at once; try again in a moment", {"Retry-After": "2"})
        is_counted = True
        self._under_way += 1

        async def send_on(message: Message) -> None:
            nonlocal is_counted
            self._under_way -= is_counted
            is_counted = False
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            self._under_way -= is_counted
