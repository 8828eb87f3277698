"""`POST /api/v1/fetch`: archive a URL now, and follow how it goes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final
from urllib.parse import parse_qs

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from scraper import urls
from scraper.errors import UrlError
from scraper.serve.api import ROOT
from scraper.serve.endpoint import Reply, respond_with
from scraper.serve.jobs import Full, Job, Jobs
from scraper.serve.problems import Problem, bad, not_found
from scraper.serve.shapes import JobShape
from scraper.serve.site import Site

SLOW: Final = 10.0  # seconds that a request's body may take


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request: which URL."""

    url: str


def routes(site: Site) -> list[Route]:
    """The endpoints that ask for something."""

    async def fetch(request: Request) -> Response:
        job = ask(site, _url(await body_of(request)))
        where = f"{ROOT}/fetch/{job.id}"
        return respond_with(request, Reply(shape(job), 202, {"Location": where}))

    async def follow(request: Request) -> Response:
        job = jobs_of(site).get(request.path_params["job"])
        if job is None:
            raise not_found("job")
        return respond_with(request, Reply(shape(job), headers={"Cache-Control": "no-store"}))

    return [
        Route(f"{ROOT}/fetch", fetch, methods=["POST"]),
        Route(f"{ROOT}/fetch/{{job}}", follow, methods=["GET"]),
    ]


def jobs_of(site: Site) -> Jobs:
    """The queue. Raises Problem where there is none."""
    if site.jobs is None:
        raise Problem(503, "read-only", "this process only shows the archive; ask one that runs the worker")
    return site.jobs


def ask(site: Site, url: str) -> Job:
    """Queue the fetch of `url`. Raises Problem for what is no address of the web, when too much is asked for, and while
    nothing can be stored: then no outlet is asked for anything."""
    jobs = jobs_of(site)
    if word := site.trouble():
        raise Problem(503, word, f"nothing can be archived just now: {word}; see /readyz", {"Retry-After": "60"})
    try:
        canonical = urls.canonical(url)
    except UrlError as error:
        raise bad("url", str(error)) from None
    try:
        return jobs.add(canonical)
    except Full as error:
        wait = {"Retry-After": str(error.seconds)}
        raise Problem(429, "too-many", f"too many fetches at once; {error}", wait) from None


async def body_of(request: Request) -> bytes:
    """The whole body, which the gate has bounded. Raises Problem for one that does not come, or not whole."""
    try:
        with anyio.fail_after(SLOW):
            return await request.body()
    except TimeoutError:
        raise Problem(408, "timeout", "the request did not arrive", {"Connection": "close"}) from None
    except ClientDisconnect:  # nobody is there to be told, and it is nothing to log
        raise Problem(400, "bad-request", "the request ended before its end") from None


def pasted(body: bytes) -> str:
    """The address that a form was sent with. Raises Problem for what is no such form."""
    try:
        (url,) = parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=5)["url"]
    except (ValueError, KeyError):
        raise Problem(400, "bad-request", "url: paste one address") from None
    return url.strip()


def _url(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Asked).url
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "bad-request", f'the body has to be JSON like {{"url": "https://…"}}: {error}') from None


def shape(job: Job) -> JobShape:
    """A job as the API tells it."""
    return JobShape(**asdict(job))
