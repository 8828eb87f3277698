"""Errors as the API tells them: problem details (RFC 9457), with a stable word and never a traceback."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from scraper.text import printable

MEDIA = "application/problem+json"


class Problem(Exception):
    """What was asked cannot be answered. `word` is stable, `detail` says what to do about it."""

    def __init__(self, status: int, word: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.word = word
        self.detail = detail
        self.headers = headers or {}

    def response(self) -> Response:
        """The answer."""
        told = {
            "type": f"urn:scraper:problem:{self.word}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": printable(self.detail)[:500],
        }
        return Response(msgspec.json.encode(told), self.status, self.headers | {"Cache-Control": "no-store"}, MEDIA)


def not_found(what: str) -> Problem:
    """404. It says the same of what never was and of what is no name of anything."""
    return Problem(404, "not-found", f"there is no such {what}")


def bad(name: str, why: str) -> Problem:
    """400 for one value of a request."""
    return Problem(400, "bad-request", f"{name}: {why}")
