"""The description of the API for people: the same document that programs are given, told as a page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from scraper.serve import openapi
from scraper.serve.endpoint import JSON
from scraper.serve.problems import MEDIA
from scraper.serve.site import Site

Schema = Mapping[str, Any]
Words = tuple[tuple[str, str | None], ...]  # text, and the shape that it names, if it names one
# What any request may meet, whatever it asks for; no endpoint lists it.
ALWAYS: Final = {
    "400": (
        "A value that is wrong, `detail` says which and why; or what is no HTTP/1.1.",
        (*openapi.WHY["400"][1], "no-http"),
    ),
    "431": ("There are too many headers.", ("too-many-headers",)),
    "405": ("Not with that method; `Allow` says with which.", ("method",)),
    "500": ("A mistake of the program; its log says more.", ("internal",)),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, a member of a body, or a member of a shape. `bounds` are words for what its schema asks."""

    name: str
    kind: Words
    about: str = ""
    where: str = ""
    required: bool = False
    default: str = ""
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back with one status: `forms` are media types with the shape, if it has one."""

    status: str
    about: str
    forms: tuple[tuple[str, Words], ...]
    headers: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    name: str
    method: str
    path: str
    summary: str
    values: tuple[Value, ...]
    answers: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Manual:
    """All of it. `problems` are statuses with what they mean and their words."""

    operations: tuple[Operation, ...]
    shapes: tuple[tuple[str, str, tuple[Value, ...]], ...]
    problems: tuple[tuple[str, str, tuple[str, ...]], ...]
    locked: bool


def manual(site: Site, base: str, *, locked: bool) -> Manual:
    """The page's content. `base` is where this service is asked for; examples name what the archive has."""
    described = openapi.document(locked=locked)
    known = _known(site)
    return Manual(
        tuple(
            _operation(method.upper(), path, one, _curl(method.upper(), path, one, base, known, locked=locked))
            for path, methods in described["paths"].items()
            for method, one in methods.items()
        ),
        tuple(
            (name, schema["description"], tuple(_members(schema)))
            for name, schema in sorted(described["components"]["schemas"].items())
        ),
        tuple((code, *said) for code, said in sorted((openapi.WHY | ALWAYS).items()) if locked or code != "401"),
        locked,
    )


# ------------------------------------------------------------------------------------------------ what is said


def _operation(method: str, path: str, one: Mapping[str, Any], curl: str) -> Operation:
    body = one.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    values = [*map(_parameter, one.get("parameters", ())), *_members(body, "body")]
    answers = tuple(_answer(code, said) for code, said in one["responses"].items())
    return Operation(one["operationId"], method, path, one["summary"], tuple(values), answers, curl)


def _parameter(one: Mapping[str, Any]) -> Value:
    schema = one["schema"]
    return Value(
        one["name"], _kind(schema), one["description"], one["in"], one["required"], _default(schema), _bounds(schema)
    )


def _members(schema: Schema, where: str = "") -> Iterator[Value]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Value(name, _kind(one), one.get("description", ""), where, name in required, "", _bounds(_inner(one)))


def _default(schema: Schema) -> str:
    return json.dumps(schema["default"]).strip('"') if "default" in schema else ""


def _answer(code: str, said: Mapping[str, Any]) -> Answer:
    content = said.get("content", {})
    forms = tuple((media, _kind(one["schema"])) for media, one in content.items() if media != MEDIA)
    words = openapi.WHY[code][1] if MEDIA in content else ()
    return Answer(code, said["description"], forms, tuple(said.get("headers", ())), words)


def _inner(schema: Schema) -> Schema:
    """What it is if it is not null, and what a list is made of."""
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(some) == 1:
        return _inner(some[0])
    items = schema.get("items")
    return _inner(items) if isinstance(items, dict) else schema


def _kind(schema: Schema) -> Words:
    """The type in words: `integer`, `ArticleShape or null`, `list of HitShape`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return ((name, name),)
    if "prefixItems" in schema:
        return (("pair of ", None), *_kind(schema["prefixItems"][0]))
    if schema.get("type") == "array":
        return (("list of ", None), *_kind(schema["items"]))
    if "anyOf" in schema:
        return _either([_kind(one) for one in schema["anyOf"]])
    return ((schema.get("format") or schema.get("type") or "string", None),)


def _either(kinds: Sequence[Words]) -> Words:
    first, *others = kinds
    return (*first, *(word for kind in others for word in ((" or ", None), *kind)))


def _bounds(schema: Schema) -> tuple[str, ...]:
    """What else has to hold, in words; what is to be typed between backticks."""
    told = {
        "minimum": "at least {}", "maximum": "at most {}", "minLength": "at least {} characters",
        "maxLength": "at most {} characters", "pattern": "like `{}`",
    }  # fmt: skip
    enum = (f"`{' | '.join(map(str, schema['enum']))}`",) if "enum" in schema else ()
    return (*enum, *(form.format(schema[name]) for name, form in told.items() if name in schema))


# ------------------------------------------------------------------------------------------------ an example


def _known(site: Site) -> dict[str, str]:
    """A value for each name that an example needs, of the archive's own if it has any."""
    first = next(iter(site.library.articles(None, None, 1)), None)
    article, url = (first.id, first.url) if first else ("0" * 16, "https://news.example/a-story")
    outlet = first.outlet if first else "news.example"
    return {"id": article, "article": article, "url": url, "name": outlet, "n": "0", "q": "harbour", "limit": "5",
            "job": "0" * 16}  # fmt: skip


def _curl(method: str, path: str, one: Mapping[str, Any], base: str, known: Mapping[str, str], *, locked: bool) -> str:
    """A command that asks, ready for a shell."""
    parameters = one.get("parameters", ())
    for name in (parameter["name"] for parameter in parameters if parameter["in"] == "path"):
        path = path.replace(f"{{{name}}}", quote(known[name], safe=""))
    asked = [p["name"] for p in parameters if p["in"] == "query" and (p["required"] or p["name"] == "limit")]
    query = urlencode({name: known[name] for name in asked})
    words = ["curl"]
    if locked:
        words += ["-H", "Authorization: Bearer TOKEN"]
    if method == "POST":
        words += ["-H", f"Content-Type: {JSON}", "-d", json.dumps({"url": known["url"]})]
    return shlex.join([*words, f"{base.rstrip('/')}{path}{'?' if query else ''}{query}"])
