"""What one WARC record is, by its header fields and how its block begins; and what they add to a page. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from scraper import cadence, urls
from scraper.errors import UrlError
from scraper.gather import http
from scraper.gather.http import Message, Unfit
from scraper.gather.records import Place
from scraper.gather.shelf import Found
from scraper.model import Hop
from scraper.text import clean

PAGES: Final = frozenset({"", "text/html", "application/xhtml+xml", "application/pdf"})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED: Final = 304
HELD: Final = frozenset({"response", "revisit"})
# Chunks and a head around a body.
_AROUND: Final = 1 << 20
_LONGEST, _LONGEST_URL, _MOST_HOPS = 300, 8192, 20
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z")
_PLAIN_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a page may be, in bytes, as sent and as decoded; how large a PDF; how often it may grow in decoding."""

    page: int = 10_000_000
    pdf: int = 50 << 20
    ratio: int = 200

    @property
    def block(self) -> int:
        """How large a record may be that could hold a page."""
        return max(self.page, self.pdf) + _AROUND


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: captures from `since` on and before `until`, of addresses that `url` takes."""

    since: datetime | None = None
    until: datetime | None = None
    url: Callable[[str], bool] = lambda _: True

    def takes(self, at: datetime) -> bool:
        """Whether a capture of that date is."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Describer:
    """Says what records are. `now` is the time of the import: nothing was captured after it."""

    limits: Limits
    wanted: Wanted
    now: datetime

    def found(self, headers: Mapping[str, str], prefix: bytes, length: int) -> Found:
        """The capture that a record is, as far as its place does not matter. Raises Unfit if no article can come of it:
        `not-http`, `bad-url`, `bad-date`, `other-outlet`, `too-large`, `truncated`, `no-http`, `incomplete`,
        `not-html`."""
        uri = headers.get("warc-target-uri", "").strip().removeprefix("<").removesuffix(">")
        if not uri.lower().startswith(("http://", "https://")):
            raise Unfit("not-http")
        url, at, kind = _canonical(uri), date(headers.get("warc-date", ""), self.now), kind_of(headers)
        if not self.wanted.url(url):
            raise Unfit("other-outlet")
        if length > self.limits.block:
            raise Unfit("too-large")
        answer = _head(headers, prefix, kind)
        if headers.get("warc-truncated") and answer.status not in REDIRECTS:
            raise Unfit("truncated")
        return Found(
            number=0,
            source=0,
            at=at,
            url=url,
            uri=uri,
            asked=_asked(headers),
            kind=kind,
            status=answer.status,
            media_type=answer.media_type[:_LONGEST],
            location=_location(url, answer),
            record_id=headers.get("warc-record-id", "")[:_LONGEST],
            key=_key(headers, prefix, length),
            payload=headers.get("warc-payload-digest", "")[:_LONGEST],
            repeats=headers.get("warc-refers-to", "")[:_LONGEST] if kind == "revisit" else "",
            length=length,
            place=Place(0, 0),
            wanted=self.wanted.takes(at),
        )

    def fits(self, headers: Mapping[str, str], prefix: bytes, length: int) -> bool:
        """Whether a record is worth being kept aside: a request, or what `found` would find."""
        if kind_of(headers) == "request":
            return True
        try:
            return kind_of(headers) in HELD and bool(self.found(headers, prefix, length))
        except Unfit:
            return False


def kind_of(headers: Mapping[str, str]) -> str:
    """The WARC-Type."""
    return headers.get("warc-type", "").lower()


def _head(headers: Mapping[str, str], prefix: bytes, kind: str) -> Message:
    if kind == "response" or prefix.strip():
        answer = http.head(prefix)
    else:
        answer = Message(NOT_MODIFIED if is_unmodified(headers) else 200, "", "1.1", ())
    if answer.status == 206:
        raise Unfit("incomplete")
    if 200 <= answer.status < 300 and answer.media_type not in PAGES:
        raise Unfit("not-html")
    return answer


def is_unmodified(headers: Mapping[str, str]) -> bool:
    """Whether a revisit says that the server had nothing new."""
    return headers.get("warc-profile", "").endswith("/server-not-modified")


def _canonical(uri: str) -> str:
    try:
        return urls.canonical(uri[: _LONGEST_URL + 1])
    except UrlError as exc:
        raise Unfit("bad-url") from exc


def date(text: str, now: datetime) -> datetime:
    """A WARC-Date. Raises Unfit for what is none, is before the web, or is yet to come.

    >>> date("2024-06-02T09:30:00.5Z", datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2024-06-02T09:30:00.500000+00:00'
    """
    match = _DATE.fullmatch(text) or _PLAIN_DATE.fullmatch(text)
    if match is None:
        raise Unfit("bad-date")
    *whole, part = match.groups()
    try:
        at = datetime(*map(int, whole), microsecond=int(f"{part or '':0<6.6}"), tzinfo=UTC)  # type: ignore[misc, arg-type]  # six of them
    except ValueError as exc:
        raise Unfit("bad-date") from exc
    if at.year < cadence.FIRST_YEAR or at > now + cadence.AHEAD:
        raise Unfit("bad-date")
    return at


def _asked(headers: Mapping[str, str]) -> str:
    asked, _ = route(headers.get("warc-json-metadata", ""))
    return urls.canonical(asked) if asked else ""


def _location(url: str, answer: Message) -> str:
    if answer.status not in REDIRECTS:
        return ""
    try:
        onward = urls.resolve(url, answer.header("location")) if answer.header("location") else None
        return urls.canonical(onward) if onward else ""
    except UrlError:
        return ""


def _key(headers: Mapping[str, str], prefix: bytes, length: int) -> str:
    """What one record is known by in whatever file it lies; where no digest is declared, its beginning is one."""
    names = ("warc-record-id", "warc-target-uri", "warc-date", "warc-block-digest", "warc-payload-digest")
    said = [kind_of(headers), str(length), *(headers.get(name, "").strip("<>") for name in names)]
    own = prefix if not (said[-1] or said[-2]) else b""
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace") + b"\n" + own).hexdigest()[:32]


# ------------------------------------------------------------------------------------------------ of a page


def route(text: str) -> tuple[str | None, tuple[Hop, ...]]:
    """What was asked and each redirect, as this program's own records tell it; nothing if it is somebody else's."""
    try:
        told = json.loads(text) if len(text) <= 1 << 16 else None
    except (ValueError, RecursionError):
        return None, ()
    if not isinstance(told, dict) or not isinstance(hops := told.get("hops", []), list) or len(hops) > _MOST_HOPS:
        return None, ()
    asked = told.get("asked")
    found = tuple(_hop(hop) for hop in hops)
    if not _is_address(asked) or None in found:
        return None, ()
    return asked, cast("tuple[Hop, ...]", found)


def _hop(told: object) -> Hop | None:
    if not isinstance(told, dict) or set(told) != {"url", "status", "location"} or not _is_address(told["url"]):
        return None
    if not isinstance(told["status"], int) or not isinstance(told["location"], str):
        return None
    return Hop(told["url"], told["status"], told["location"][:_LONGEST_URL])


def _is_address(told: object) -> bool:
    try:
        return isinstance(told, str) and len(told) <= _LONGEST_URL and bool(urls.canonical(told))
    except UrlError:
        return False


def address(text: str) -> str | None:
    """An IP address, or None."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def version(protocol: str, spoken: str) -> str:
    """The version of HTTP: by WARC-Protocol if that is one, else as the status line says."""
    said = {"http/1.0": "1.0", "http/1.1": "1.1", "http/2": "2", "h2": "2", "h3": "3"}
    return said.get(protocol.strip().lower(), spoken)


def source_name(name: str) -> str:
    """A file's name as it is kept: one line, of a length."""
    return clean(name)[-_LONGEST:]
