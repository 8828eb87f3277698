"""The description of the API is true: a program that knows nothing else tries all of it, and what nobody described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scraper.serve.gate import Door
from scraper.serve.jobs import Jobs, Limits
from scraper.serve.tries import Tries
from tests.serve.probe import probe
from tests.serve.shown import FERRY, Shown, fill, serving, shown
from tests.store.kit import HARBOUR
from tests.tally import Tally

TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture(params=[None, TOKEN], ids=["open", "locked"])
def token(request: pytest.FixtureRequest) -> str | None:
    """The token that is asked for, if one is."""
    found: str | None = request.param
    return found


@pytest.fixture
def tried(tmp_path: Path, token: str | None) -> Iterator[Shown]:
    """The web side over an archive with a history, with or without a token, that takes any number of fetches."""

    async def act(url: str) -> dict[str, object]:
        return {"url": url, "verdict": "new"}

    jobs = Jobs(act, Limits(waiting=100_000, a_minute=100_000))
    with shown(tmp_path / "archive", Door(token, tries=Tries(100_000)), jobs=jobs) as site:
        fill(site.archive)
        yield site


def test_every_answer_is_as_described(
    tried: Shown, token: str | None, tmp_path: Path, effort: int, tally: Tally
) -> None:
    """schemathesis: what fits the schemas is taken, what does not is refused, by every method, alone and in rows of
    requests that follow from each other; no answer is a 500, and none has a status, type, header or value that the
    description lacks."""
    names = [tried.id(), tried.id(FERRY)]
    found = probe(
        str(tried.client.base_url).rstrip("/"), tmp_path, token=token,
        examples=12 * effort, seed=None if effort == 1 else effort,
        values={
            "path.id": names, "query.article": names, "path.n": ["0", "1", "2"], "path.name": ["news.example"],
            "query.outlet": ["news.example"], "query.q": ["berths", "ferry OR harbour", "removed:yes 12"],
            "query.url": [HARBOUR, FERRY], "query.from": ["0", "1"], "query.to": ["1", "2"],
        },
    )  # fmt: skip
    tally("requests made up from the API's description", found.requests, found.requests - len(found.found))
    assert not found.found, "\n".join(found.found)
    described = tried.client.get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {token}"}).json()["paths"]
    assert found.operations >= {f"{method.upper()} {path}" for path, one in described.items() for method in one}
    assert {status for _, status in found.answers} >= {200, 202, 400, 404, 405} | ({401} if token else set())


LIES = {"openapi": "3.1.0", "info": {"title": "lies", "version": "1"}, "paths": {"/one": {"get": {
    "parameters": [{"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}],
    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "string"}}}}},
}}}}  # fmt: skip


def test_an_answer_that_is_not_as_described_is_noticed(tmp_path: Path) -> None:
    async def description(_request: Request) -> JSONResponse:
        return JSONResponse(LIES)

    async def one(_request: Request) -> JSONResponse:
        return JSONResponse(1)

    with serving(Starlette(routes=[Route("/api/v1/openapi.json", description), Route("/one", one)])) as port:
        found = probe(
            f"http://127.0.0.1:{port}", tmp_path, examples=1, seed=None, token=None, values={"query.n": ["1"]}
        )
    assert {"response_schema_conformance", "negative_data_rejection"} <= {
        word for line in found.found for word in line.split("'")
    }
