"""One endpoint of the API as data: its route, the values it takes, and its documentation all come from here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scraper.reports import Stream
from scraper.serve.problems import bad, not_found
from scraper.serve.site import Site
from scraper.serve.streamed import Streamed

Values = Mapping[str, Any]
JSON: Final = "application/json"
BY_ACCEPT: Final = {"Vary": "Accept"}  # else a cache would give one form to who asks for another
LONGEST: Final = 2000  # characters of a value
_ID = re.compile(r"[0-9a-f]{16}")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?", re.ASCII)
Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """A value from the path or the query: `read` makes it of the text, or raises ValueError with what is wrong.

    `what` it names, if it is of the path: so that what is no id is told the same as an id that leads nowhere.
    """

    name: str
    about: str
    read: Callable[[str], Any]
    schema: Schema
    where: Literal["query", "path"] = "query"
    required: bool = False
    default: Any = None
    what: str = ""

    def take(self, texts: list[str]) -> Any:
        """The value. Raises Problem."""
        if not texts:
            if self.required:
                raise bad(self.name, "has to be given")
            return self.default
        if len(texts) > 1:
            raise bad(self.name, "was given more than once")
        try:
            if len(texts[0]) > LONGEST:
                raise ValueError(f"is longer than {LONGEST} characters")  # noqa: TRY301  # as what `read` finds wrong
            return self.read(texts[0])
        except ValueError as error:
            if self.where == "path":  # what is no name of anything is not there
                raise not_found(self.what or self.name) from None
            raise bad(self.name, str(error)) from None


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint says: `data` as JSON, `body` as it is, or `stream`, piece by piece."""

    data: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    stream: Stream | None = None
    media: str = JSON


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`answer` runs outside the event loop and may block. `shape` is what it gives, `media` other forms of it,
    and `page` where who asks for HTML finds the same to read."""

    path: str
    summary: str
    answer: Callable[[Site, Values], Reply]
    shape: type
    fields: tuple[Field, ...] = ()
    media: tuple[str, ...] = ()
    missing: str | None = None
    page: str | None = None

    def route(self, site: Site) -> Route:
        """The route that answers it."""

        async def respond(request: Request) -> Response:
            values = self.values(request)
            if self.page and "text/html" in values["accept"]:
                return Response(None, 303, {"Location": self.page} | BY_ACCEPT)
            reply = await run_in_threadpool(self.answer, site, values)
            return respond_with(request, replace(reply, headers={**BY_ACCEPT, **reply.headers}) if self.page else reply)

        return Route(self.path, respond, methods=["GET"])

    def values(self, request: Request) -> Values:
        """All values of a request. Raises Problem for one that is wrong, or that nobody asked for."""
        known = {one.name for one in self.fields if one.where == "query"}
        for name in request.query_params:
            if name not in known:
                raise bad(name[:100], f"no such parameter; there are {', '.join(sorted(known)) or 'none'}")
        return {one.name: one.take(_texts(request, one)) for one in self.fields} | {
            "accept": request.headers.get("accept", "")
        }


def _texts(request: Request, one: Field) -> list[str]:
    if one.where == "path":
        return [str(request.path_params[one.name])]
    return request.query_params.getlist(one.name)


def respond_with(request: Request, reply: Reply) -> Response:
    """The response, with an ETag over its bytes; 304 to whoever has them (RFC 9110, 13.1.2)."""
    if reply.stream:
        return _streamed(request, reply.stream, reply)
    body = msgspec.json.encode(reply.data) if reply.body is None else reply.body
    if reply.status != 200:
        return Response(body, reply.status, dict(reply.headers), reply.media)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag} | dict(reply.headers)
    if has_it(request, tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, reply.media)


def _streamed(request: Request, stream: Stream, reply: Reply) -> Response:
    headers = {"ETag": f'"{stream.sha256[:32]}"', **reply.headers}
    if has_it(request, headers["ETag"]):
        return Response(None, 304, headers)
    if request.method == "HEAD":
        return Response(None, 200, headers | {"Content-Length": str(stream.size)}, reply.media)
    return Streamed(stream, headers, reply.media)


def has_it(request: Request, tag: str) -> bool:
    """Whether whoever asks has what `tag` names (RFC 9110, 13.1.2: compared as a weak one)."""
    given = re.split(r"\s*,\s*", ",".join(request.headers.getlist("if-none-match")))
    return "*" in given or tag in {one.removeprefix("W/") for one in given}


# ------------------------------------------------------------------------------------------------ values
# Each reader beside the JSON schema that says the same: whatever fits the one is taken by the other.

ID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{16}$"}


def article_id(text: str) -> str:
    """16 hex digits."""
    if not _ID.fullmatch(text):
        raise ValueError("is 16 hex digits")
    return text


NUMBER: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}


def number(text: str) -> int:
    """A whole number from 0 on, in ASCII digits."""
    if not _DIGITS.fullmatch(text):
        raise ValueError("is a whole number of at most nine digits")
    return int(text)


COUNT: Final[Schema] = {"type": "integer"}


def up_to(most: int) -> Callable[[str], int]:
    """A number of things to give: what is more, or less than one, is brought within bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):  # of LONGEST digits at most, as all values
            raise ValueError("is a whole number")
        return max(1, min(int(text), most))

    return read


WHEN: Final[Schema] = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
    "examples": ["2026-11-22", "2026-11-22T08:30:00Z"],
}


def moment(text: str) -> datetime:
    """A date or a date and time (ISO 8601); without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise ValueError("is a date (2026-11-22) or a date and time (2026-11-22T08:30:00Z)") from None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:  # a day at either end of the calendar, and on another one in UTC
        return datetime.min.replace(tzinfo=UTC) if at.year == 1 else datetime.max.replace(tzinfo=UTC)


FLAG: Final[Schema] = {"type": "boolean"}


def flag(text: str) -> bool:
    """`true` or `false`."""
    if text not in {"true", "false", "1", "0"}:
        raise ValueError("is true or false")
    return text in {"true", "1"}


def words(*known: str) -> Schema:
    """The schema of `one_of`."""
    return {"type": "string", "enum": list(known)}


def one_of(*words: str) -> Callable[[str], str]:
    """One of some words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"is one of {', '.join(words)}")
        return text

    return read


LANGUAGE: Final[Schema] = {"type": "string", "maxLength": LONGEST, "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9_-]*)?$"}


def language(text: str) -> str:
    """The code of a language in lower case, without its country."""
    found = _LANGUAGE.fullmatch(text)
    if found is None:
        raise ValueError("is the code of a language, such as en")
    return found[1].lower()


PLAIN: Final[Schema] = {"type": "string", "maxLength": LONGEST, "pattern": r"^(?:[^\p{C}\p{Z}]| )*$"}


def plain(text: str) -> str:
    """Any text without control characters."""
    if not text.isprintable():
        raise ValueError("has characters that cannot be printed")
    return text
