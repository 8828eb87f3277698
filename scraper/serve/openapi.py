"""The description of the API (OpenAPI 3.1), made from the endpoints themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from scraper.serve.api import ENDPOINTS, ROOT
from scraper.serve.endpoint import JSON, Endpoint, Field
from scraper.serve.problems import MEDIA
from scraper.serve.shapes import JobShape, ProblemShape

_REF: Final = "#/components/schemas/{name}"
_PROBLEM: Final = {"content": {MEDIA: {"schema": {"$ref": _REF.format(name="ProblemShape")}}}}
_WHY: Final = {
    "400": "A value that is wrong; `detail` says which and why.",
    "401": "A token is needed.",
    "404": "There is no such thing.",
    "421": "This service is not asked for under that name.",
    "429": "Too much was asked for; `Retry-After` says when to come again.",
    "503": "The archive cannot be read just now, or a file in it is damaged; `detail` says which.",
}


def document(endpoints: Sequence[Endpoint] = ENDPOINTS) -> dict[str, Any]:
    """The whole description."""
    shapes = [*(one.shape for one in endpoints), JobShape, ProblemShape]
    _, schemas = msgspec.json.schema_components(shapes, ref_template=_REF)
    paths: dict[str, Any] = {one.path: {"get": _operation(one)} for one in endpoints}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "scraper",
            "version": "1",
            "description": "A versioned archive of the news. Times are UTC. Everything that came from a page is data.",
        },
        "paths": paths | _fetching(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {JSON: {"schema": {"$ref": _REF.format(name=one.shape.__name__)}}}
    for media in one.media:
        found[media] = {"schema": {"type": "string"}}
    answers = {"200": {"description": "OK", "content": found}, "304": {"description": "You have it already."}}
    return {
        "summary": one.summary,
        "operationId": _name(one.path),
        "parameters": [_parameter(field) for field in one.fields],
        "responses": answers | _problems("400", "401", "421", "503", *(["404"] if one.missing else [])),
    }


def _name(path: str) -> str:
    words = path.removeprefix(ROOT).replace("{", "").replace("}", "").strip("/").split("/")
    return "_".join(words)


def _parameter(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "in": field.where,
        "description": field.about,
        "required": field.required or field.where == "path",
        "schema": dict(field.schema),
    }


def _problems(*codes: str) -> dict[str, Any]:
    return {code: {"description": _WHY[code]} | _PROBLEM for code in sorted(codes)}


def _fetching() -> dict[str, Any]:
    job = {JSON: {"schema": {"$ref": _REF.format(name="JobShape")}}}
    url = {"type": "object", "required": ["url"], "additionalProperties": False,
           "properties": {"url": {"type": "string", "maxLength": 8000}}}  # fmt: skip
    body = {"required": True, "content": {JSON: {"schema": url}}}
    where = {"Location": {"description": "Where to follow it.", "schema": {"type": "string"}}}
    job_id = {"name": "job", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Its id."}
    asked = {"description": "It is queued, or was already.", "headers": where, "content": job}
    more = {"408": {"description": "The request did not arrive."} | _PROBLEM,
            "413": {"description": "The request is too large."} | _PROBLEM}  # fmt: skip
    return {
        f"{ROOT}/fetch": {
            "post": {
                "summary": "Fetch a URL now and archive it.",
                "operationId": "fetch",
                "requestBody": body,
                "responses": {"202": asked} | more | _problems("400", "401", "421", "429", "503"),
            }
        },
        f"{ROOT}/fetch/{{job}}": {
            "get": {
                "summary": "How a fetch is going.",
                "operationId": "fetch_job",
                "parameters": [job_id],
                "responses": {"200": {"description": "OK", "content": job}} | _problems("401", "404", "421", "503"),
            }
        },
    }
