"""Is the daemon alive, and can it do its work: `/healthz` and `/readyz`, over Starlette."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


def create_app(trouble: Callable[[], str | None], token: str | None = None) -> Starlette:
    """The application. `trouble` says in a word what keeps the daemon from its work, or None.

    With a `token`, every route but `/healthz` asks for `Authorization: Bearer <token>`.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        word = trouble()
        return JSONResponse({"status": word or "ready"}, status_code=503 if word else 200)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz)],
        middleware=[Middleware(TokenGate, token=token)] if token else [],
    )


class TokenGate:
    """Lets nothing through without the token, and says the same to everybody who has none (ASGI middleware)."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; everything else is 401 without a body that tells more."""
        if scope["type"] == "http" and scope["path"] != "/healthz":
            sent = [value for name, value in scope["headers"] if name == b"authorization"]
            if len(sent) != 1 or not hmac.compare_digest(sent[0], self.expected):
                answer = JSONResponse({"status": "unauthorized"}, 401, {"WWW-Authenticate": "Bearer"})
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)
