"""What is said in the heads of requests and answers. Pure.

Headers are decoded as Latin-1, which loses nothing: the bytes can always be had back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from scraper.fetch.policy import FetchPolicy, Kind
from scraper.fetch.retry import http_date
from scraper.fetch.trouble import Trouble

Header = tuple[bytes, bytes]

_HTML: Final = "text/html,application/xhtml+xml"
_XML: Final = "application/xml;q=0.9,text/xml;q=0.9"
_ACCEPT: Final[dict[Kind, str]] = {
    "page": f"{_HTML},application/xml;q=0.9,application/pdf;q=0.8,*/*;q=0.5",
    "front": f"{_HTML},application/xml;q=0.9,*/*;q=0.5",
    "feed": f"application/rss+xml,application/atom+xml,application/feed+json,{_XML},*/*;q=0.5",
    "sitemap": f"{_XML},application/gzip;q=0.8,text/plain;q=0.7,*/*;q=0.5",
    "pdf": "application/pdf,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
}

_LONGEST_ETAG: Final = 1024
_PRINTABLE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_CODINGS: Final = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_NEVER: Final = ("video/", "audio/")
# Pages are sent under these by mistake, so it takes their first bytes to know.
_DOUBTFUL: Final = ("image/", "font/")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def question(policy: FetchPolicy, kind: Kind) -> list[tuple[str, str]]:
    """The headers of every request. No cookies, no credentials; only codings that can be opened under a limit."""
    return [
        ("User-Agent", policy.user_agent),
        ("Accept", _ACCEPT[kind]),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
    ]


def condition(etag: str | None, last_modified: str | None, now: datetime) -> Iterator[tuple[str, str]]:
    """The headers that ask for a change only. Validators that are no such thing are not sent back.

    A huge ETag would make every later request huge; a date in the future would be answered with 304 for ever.
    """
    if etag and len(etag) <= _LONGEST_ETAG and _PRINTABLE.fullmatch(etag):
        yield "If-None-Match", etag
    when = http_date(last_modified) if last_modified and _PRINTABLE.fullmatch(last_modified) else None
    if last_modified and when and when <= now:
        yield "If-Modified-Since", last_modified


def check_size(headers: Iterable[Header], policy: FetchPolicy) -> None:
    """Refuse a head that is too large. Cookies do not count: sites flood with them, and none is kept."""
    counted = [len(name) + len(value) + 4 for name, value in headers if name.lower() != b"set-cookie"]
    if len(counted) > policy.max_headers:
        raise Trouble("protocol", f"{len(counted)} headers")
    if sum(counted) > policy.max_header_bytes:
        raise Trouble("protocol", f"{sum(counted)} bytes of headers")


def values(headers: Iterable[Header], name: bytes) -> list[bytes]:
    """All values of the header `name`, which is given in lower case."""
    return [value for key, value in headers if key.lower() == name]


def text(headers: Iterable[Header], name: bytes) -> str:
    """All values of `name` as one, joined as RFC 9110, 5.3 says."""
    return b",".join(values(headers, name)).decode("latin-1").strip()


def coding(headers: Iterable[Header]) -> str:
    """The one content coding: "", "gzip" or "deflate". Raises Trouble for others, and for more than one."""
    named = [part.strip().lower() for part in text(headers, b"content-encoding").split(",")]
    layers = [part for part in named if part not in {"", "identity"}]
    if len(layers) > 1:
        raise Trouble("encoding", f"{len(layers)} layers of content coding", transient=False)
    if layers and layers[0] not in _CODINGS:
        raise Trouble("encoding", f"content coding {layers[0][:40]!r} was not asked for", transient=False)
    return _CODINGS[layers[0]] if layers else ""


def check_type(headers: Iterable[Header]) -> None:
    """Refuse what can be no document, from its type. Everything else is for readers to judge: types lie."""
    declared = text(headers, b"content-type").lower()
    if declared.startswith(_NEVER):
        raise Trouble("wrong-type", declared[:100], transient=False)


def is_doubtful(headers: Iterable[Header]) -> bool:
    """Whether the type is that of something else than a page, though pages have been sent under it."""
    return text(headers, b"content-type").lower().startswith(_DOUBTFUL)


def check_length(headers: Iterable[Header], limit: int) -> None:
    """Refuse a body that says itself that it is too large."""
    declared = text(headers, b"content-length")
    if declared.isascii() and declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
        raise Trouble("too-large", f"{declared[:40]} bytes announced, over {limit}")


def is_redirect(status: int) -> bool:
    """Whether `status` sends elsewhere."""
    return status in _REDIRECTS


def location(headers: Iterable[Header]) -> bytes:
    """Where a redirect leads. Raises Trouble("bad-redirect") if it leads nowhere, or to two places."""
    found = set(values(headers, b"location"))
    if len(found) != 1:
        raise Trouble("bad-redirect", f"{len(found)} different Locations", transient=False)
    return found.pop()


def decoded(headers: Iterable[Header]) -> tuple[tuple[str, str], ...]:
    """For a Page: in the order received, with all repetitions."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
