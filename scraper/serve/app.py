"""The application: what is asked for, who answers it, and what becomes of an error."""

from __future__ import annotations

from dataclasses import replace

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scraper.errors import ArchiveError
from scraper.serve import api, asking, feeds, metrics, openapi, pages
from scraper.serve.crowd import Crowd
from scraper.serve.endpoint import Reply, respond_with
from scraper.serve.gate import Door, Gate
from scraper.serve.problems import Problem
from scraper.serve.site import Site

log = structlog.get_logger("scraper.serve")


def create_app(site: Site, door: Door | None = None) -> Gate:
    """The application over one archive, behind its gate."""

    app = Starlette(
        routes=routes_of(site, locked=bool(door and door.token)),
        exception_handlers={Problem: _problem, HTTPException: _http, ArchiveError: _archive, Exception: _bug},
    )
    app.router.redirect_slashes = False
    return Gate(Crowd(app), door or Door())  # around all of it: an answer to a bug has its headers too


def routes_of(site: Site, *, locked: bool = False) -> list[Route]:
    """Everything that can be asked for; `locked` where a token is needed, which the description of it says."""

    async def healthz(request: Request) -> Response:
        return respond_with(request, Reply({"status": "ok"}))

    async def readyz(request: Request) -> Response:
        word = site.trouble()
        return respond_with(request, Reply({"status": word or "ready"}, 503 if word else 200))

    async def description(request: Request) -> Response:
        return respond_with(request, Reply(openapi.document(locked=locked)))

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        *(one.route(site) for one in api.ENDPOINTS),
        replace(api.INDEX, path=f"{api.ROOT}/").route(site),
        *asking.routes(site),
        Route(api.OPENAPI, description),
        *feeds.routes(site),
        *pages.routes(site, locked=locked),
        *metrics.routes(site),
    ]


def _say(request: Request, problem: Problem) -> Response:
    """The error as whoever asked can read it: a person's browser asks for HTML, programs for anything else."""
    programs = request.url.path.startswith((api.ROOT, "/feeds/", "/metrics"))
    wants_page = "text/html" in request.headers.get("accept", "") and not programs
    return pages.problem(problem) if wants_page else problem.response()


def _problem(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, ArchiveError):
        log.warning("archive-trouble", error=str(error.__cause__))
    return _say(request, error) if isinstance(error, Problem) else _bug(request, error)


def _http(request: Request, error: Exception) -> Response:
    """What the router has to say: there is nothing there, or not for this method."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return _say(request, Problem(405, "method", "not with that method", dict(error.headers or {})))
    return _say(request, Problem(404, "not-found", "there is nothing here"))


def _archive(request: Request, error: Exception) -> Response:
    """The archive cannot be read, or a file in it is not as it was stored: never another text instead."""
    log.warning("archive-trouble", error=str(error))
    return _say(request, Problem(503, "archive", "this cannot be read from the archive; `scraper verify` says why"))


def _bug(request: Request, error: Exception) -> Response:
    """What nobody expected: all of it goes to the log, nothing of it to the client."""
    log.error("request-broke", path=request.url.path, error=repr(error), exc_info=error)
    return _say(request, Problem(500, "internal", "that should not have happened; the log says more"))
