"""The description of the API (OpenAPI 3.1), made from the endpoints themselves.

What it says is held against the answers by a program that knows nothing else of them (tests/serve/test_probe.py): each
status, type, header and value has to be here, and whatever fits a schema of a parameter has to be taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from scraper.serve.api import ENDPOINTS, FETCHING, ROOT
from scraper.serve.endpoint import JSON, Endpoint, Field
from scraper.serve.problems import MEDIA
from scraper.serve.shapes import JobShape, ProblemShape
from scraper.urls import MAX_LENGTH

PROBLEM: Final = "urn:scraper:problem:"
JOB: Final = "^[0-9a-f]{16}$"
_REF: Final = "#/components/schemas/{name}"
# Status → what it means, and the words that `type` ends in; none where there are too many to list.
WHY: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "400": ("A value that is wrong; `detail` says which and why.", ("bad-request", "too-dear")),
    "401": ("A token is needed.", ("unauthorized",)),
    "403": ("That came from a page of another site.", ("foreign-origin",)),
    "404": ("There is no such thing.", ("not-found",)),
    "408": ("The request did not arrive.", ("timeout",)),
    "413": ("The request is too large.", ("too-large",)),
    "415": ("The body is compressed.", ("content-encoding",)),
    "421": ("This service is not asked for under that name.", ("unknown-host",)),
    "429": ("Too much was asked for; `Retry-After` says when to come again.", ("too-many", "wrong-tokens")),
    "503": ("That cannot be done just now: the archive cannot be read, or a file in it is damaged, or nothing can be "
            "stored; `type` and `detail` say what it is.", ()),
}  # fmt: skip
_STRING: Final = {"type": "string"}
_SECONDS: Final = {"type": "string", "pattern": "^[0-9]+$"}
_TAG: Final = {"ETag": {"description": "Names these bytes; send it back as `If-None-Match`.", "required": True,
                        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}}}  # fmt: skip
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "401": {"WWW-Authenticate": {"description": "How to send it.", "required": True, "schema": _STRING}},
    "429": {"Retry-After": {"description": "Seconds.", "required": True, "schema": _SECONDS}},
    "503": {"Retry-After": {"description": "Seconds, if it may pass by itself.", "schema": _SECONDS}},
}


def document(endpoints: Sequence[Endpoint] = ENDPOINTS, *, locked: bool = False) -> dict[str, Any]:
    """The whole description, of a service that asks for a token if it is `locked`."""
    shapes = [*(one.shape for one in endpoints), JobShape, ProblemShape]
    _, schemas = msgspec.json.schema_components(shapes, ref_template=_REF)
    for schema in schemas.values():
        schema["description"] = " ".join(schema["description"].split())
    paths: dict[str, Any] = {one.path: {"get": _operation(one, locked=locked)} for one in endpoints}
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "scraper",
            "version": "1",
            "description": "A versioned archive of the news. Times are UTC. Everything that came from a page is data.",
        },
        "paths": paths | _fetching(locked=locked),
        "components": {"schemas": schemas},
    }
    if locked:
        described["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic", "description": "The token as password of any user name."},
        }
        described["security"] = [{"token": []}, {"password": []}]
    return described


def _operation(one: Endpoint, *, locked: bool) -> dict[str, Any]:
    found: dict[str, Any] = {JSON: {"schema": {"$ref": _REF.format(name=one.shape.__name__)}}}
    for media in one.media:
        found[media] = {"schema": {"type": "string"}}
    answers = {
        "200": {"description": "OK", "headers": _TAG, "content": found},
        "304": {"description": "You have it already.", "headers": _TAG},
    }
    if one.page:
        answers["303"] = {"description": "What describes it for people, for who asks for HTML.",
                          "headers": {"Location": {"description": "Where that is.", "required": True,
                                                   "schema": {"const": one.page}}}}  # fmt: skip
    return {
        "summary": one.summary,
        "operationId": _name(one.path) or "index",
        "parameters": [_parameter(field) for field in one.fields],
        "responses": answers | _problems("400", "421", "503", *(["404"] if one.missing else []), locked=locked),
    }


def _name(path: str) -> str:
    words = path.removeprefix(ROOT).replace("{", "").replace("}", "").strip("/").split("/")
    return "_".join(words)


def _parameter(field: Field) -> dict[str, Any]:
    default = {} if field.default is None else {"default": field.default}
    return {
        "name": field.name,
        "in": field.where,
        "description": field.about,
        "required": field.required or field.where == "path",
        "schema": dict(field.schema) | default,
    }


def _problems(*codes: str, locked: bool) -> dict[str, Any]:
    asked = sorted({*codes, *(["401", "429"] if locked else [])})
    return {code: _problem(code) for code in asked}


def _problem(code: str) -> dict[str, Any]:
    about, words = WHY[code]
    kind = {"enum": [PROBLEM + word for word in words]} if words else {"pattern": f"^{PROBLEM}[a-z-]+$"}
    exact = {"properties": {"type": kind, "status": {"const": int(code)}}}
    schema = {"allOf": [{"$ref": _REF.format(name="ProblemShape")}, exact]}
    headers = {"headers": _HEADERS[code]} if code in _HEADERS else {}
    return {"description": about, "content": {MEDIA: {"schema": schema}}} | headers


def _fetching(*, locked: bool) -> dict[str, Any]:
    job = {JSON: {"schema": {"$ref": _REF.format(name="JobShape")}}}
    where = {"Location": {"description": "Where to follow it.", "required": True,
                          "schema": {"type": "string", "pattern": f"^{ROOT}/fetch/{JOB[1:]}"}}}  # fmt: skip
    follow = {"operationId": "fetch_job", "parameters": {"job": "$response.body#/id"}}
    asked = {"description": "It is queued, or was already.", "headers": where, "content": job,
             "links": {"follow": follow}}  # fmt: skip
    return {
        f"{ROOT}/fetch": {
            "post": {
                "summary": FETCHING[0][2],
                "operationId": "fetch",
                "requestBody": _BODY,
                "responses": {"202": asked}
                | _problems("400", "403", "408", "413", "415", "421", "429", "503", locked=locked),
            }
        },
        f"{ROOT}/fetch/{{job}}": {
            "get": {
                "summary": FETCHING[1][2],
                "operationId": "fetch_job",
                "parameters": [_JOB],
                "responses": {"200": {"description": "OK", "headers": _TAG, "content": job}}
                | {"304": {"description": "You have it already.", "headers": _TAG}}
                | _problems("404", "421", "503", locked=locked),
            }
        },
    }


_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["url"],
                "additionalProperties": False,
                "properties": {
                    "url": {
                        "type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://",
                        "maxLength": MAX_LENGTH, "examples": ["https://news.example/2026/11/a-story"],
                    }
                },
            }
        }
    },
}  # fmt: skip
_JOB: Final[dict[str, Any]] = {
    "name": "job", "in": "path", "required": True, "description": "Its id.",
    "schema": {"type": "string", "pattern": JOB},
}  # fmt: skip
