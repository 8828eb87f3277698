"""WARC 1.1 records as bytes, each a gzip member of its own (ISO 28500:2017). The one door to warcio.

    page  → response + request            a payload seen for the first time under this URL
          → revisit  + request            the same payload again, or 304: the record it stands for is named
    visit → metadata                      what the program made of it, as JSON

The HTTP block is written as it was received. Two things are changed because the body is kept without its transfer
coding: `Transfer-Encoding` and a `Content-Length` that no longer fits are kept as `X-Archive-Orig-…`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.model import Hop, Origin, Page

ORIGINAL = "X-Archive-Orig-"
VISIT = "urn:scraper:visit:"
_CHANGED = {"transfer-encoding", "content-length"}
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SOFTWARE = "scraper (https://iipc.github.io/warc-specifications/ WARC/1.1)"
# Pages come compressed already, or shrink well at any level: 6 costs a third of 9 and gives up two per cent.
_LEVEL = 6
_ROUTE_LIMIT = 16 << 10  # readers give up on longer header lines
_BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier response record that holds a payload."""

    record_id: str
    url: str
    captured_at: datetime


def digest(data: bytes) -> str:
    """The digest as it stands in records: lower-case hex, which both warcio and fastwarc verify."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def warc_date(at: datetime) -> str:
    """`at` with microseconds, always: WARC 1.1 allows it and order within a second is kept."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def warcinfo(file_name: str, at: datetime, record_id: str, more: Sequence[tuple[str, str]] = ()) -> bytes:
    """The record every WARC file begins with. `more`: further fields, of which one line each is made."""
    fields = [("software", SOFTWARE), ("format", "WARC File Format 1.1"), ("conformsTo", "ISO 28500:2017"), *more]
    body = "".join(f"{name}: {_BREAKS.sub(' ', value)}\r\n" for name, value in fields).encode("utf-8", "replace")
    headers = {"WARC-Filename": file_name, "WARC-Date": warc_date(at), "WARC-Block-Digest": digest(body)}
    return _member("warcinfo", None, record_id, headers, body, content_type="application/warc-fields")


def answer(page: Page, record_id: str, known: Known | None, *, beside: str | None = None) -> bytes:
    """The response; a revisit record in its place if its payload is that of `known`, or the answer was 304.

    `beside`: the record of the answer that this one, a redirect without its body, led to.
    """
    block = http_block(page)
    whole = block if known else block + page.raw
    headers = {
        "WARC-Date": warc_date(page.fetched_at),
        "WARC-Block-Digest": digest(whole),
        "WARC-Payload-Digest": digest(page.raw),
        "WARC-Protocol": _protocol(page.http_version),
    }
    if page.address and (address := _address(page.address)):
        headers["WARC-IP-Address"] = address
    if beside:
        headers |= {"WARC-Concurrent-To": beside, "WARC-Truncated": "unspecified"}
    if route := _route(page):
        headers["WARC-JSON-Metadata"] = route
    if known is None:
        return _member("response", page.final_url, record_id, headers, page.raw, block)
    headers |= {
        "WARC-Profile": NOT_MODIFIED if page.status == 304 else IDENTICAL,
        "WARC-Refers-To": known.record_id,
        "WARC-Refers-To-Target-URI": _uri(known.url),
        "WARC-Refers-To-Date": warc_date(known.captured_at),
    }
    return _member("revisit", page.final_url, record_id, headers, b"", block)


def request(page: Page, record_id: str, answer_id: str) -> bytes:
    """The request that got the page's answer."""
    parts = urlsplit(page.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    version = page.http_version if page.http_version in {"1.0", "1.1"} else "1.1"
    block = _encoded(f"GET {target} HTTP/{version}") + _lines(page.request_headers)
    headers = {
        "WARC-Date": warc_date(page.fetched_at),
        "WARC-Concurrent-To": answer_id,
        "WARC-Block-Digest": digest(block),
        "WARC-Payload-Digest": digest(b""),
    }
    return _member("request", page.final_url, record_id, headers, b"", block)


def metadata(url: str, at: datetime, record_id: str, answer_id: str | None, body: bytes) -> bytes:
    """What was made of an answer (`answer_id`), or of there being none, as JSON.

    It has no digest of a payload: only HTTP messages have a payload beside their block. It stands under an address of
    its own (`VISIT`): under the page's, replay tools would show it in the page's place.
    """
    headers = {
        "WARC-Date": warc_date(at),
        "WARC-Block-Digest": digest(body),
        **({"WARC-Concurrent-To": answer_id} if answer_id else {}),
    }
    return _member("metadata", VISIT + url, record_id, headers, body, content_type="application/json")


def redirects(page: Page, answer_id: str, new_id: Callable[[], str]) -> list[bytes]:
    """The redirects that led to an answer, as far as they were received, each with its request: without them nobody who
    replays the file finds the page under the address that was asked for. Their bodies were never read."""
    found: list[bytes] = []
    for seen in filter(None, (hop.answer for hop in page.hops)):
        record_id, request_id = new_id(), new_id()
        found += [answer(seen, record_id, None, beside=answer_id), request(seen, request_id, record_id)]
    return found


def hop_json(hop: Hop) -> dict[str, str | int]:
    """A redirect in short."""
    return {"url": hop.url, "status": hop.status, "location": hop.location}


# ------------------------------------------------------------------------------------------------ HTTP


def http_block(page: Page) -> bytes:
    """Status line and headers of the answer, up to and with the empty line."""
    version = page.http_version if page.http_version in {"1.0", "1.1"} else "1.1"
    return _encoded(f"HTTP/{version} {page.status} {page.reason}") + _lines(_told(page))


def _told(page: Page) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    for name, value in page.headers:
        lower = name.lower()
        if lower == "transfer-encoding":
            kept.append((ORIGINAL + name, value))
        elif lower == "content-length" and page.status != 304 and value != str(len(page.raw)):
            kept += [(ORIGINAL + name, value), (name, str(len(page.raw)))]
        else:
            kept.append((name, value))
    return kept


def told(block: bytes) -> tuple[str, str]:
    """The status and the type, without parameters, of an answer's HTTP block; empty where it has none."""
    first, *lines = block.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    kind = next((value for name, _, value in pairs if name.strip().lower() == "content-type"), "")
    return first.partition(" ")[2][:3], re.split(r"[;\s]", kind.strip(), maxsplit=1)[0]


def as_received(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The inverse of what `http_block` changes."""
    kept = {name for name, _ in headers if name.startswith(ORIGINAL) and name[len(ORIGINAL) :].lower() in _CHANGED}
    replaced = {name.removeprefix(ORIGINAL) for name in kept}
    plain = [(name, value) for name, value in headers if name not in replaced]
    return tuple((name.removeprefix(ORIGINAL) if name in kept else name, value) for name, value in plain)


def _lines(headers: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> bytes:
    return b"\r\n" + b"".join(_encoded(f"{name}: {value}") + b"\r\n" for name, value in headers) + b"\r\n"


def _encoded(line: str) -> bytes:
    """As on the wire: bytes were decoded one to one. A line break inside would forge a header."""
    line = _BREAKS.sub(" ", line)
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def _protocol(version: str) -> str:
    return f"http/{version}" if version in {"1.0", "1.1"} else f"h{version[:1]}"


def _address(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def _route(page: Page) -> str | None:
    """What was asked and how it led here, and whose record it was; None if the asked URL answered us itself."""
    brought = {"imported": origin_json(page.origin)} if page.origin else {}
    if page.url == page.final_url and not page.hops:
        return json.dumps(brought) if brought else None
    text = json.dumps({"asked": page.url, "hops": [hop_json(hop) for hop in page.hops], **brought})
    if len(text) <= _ROUTE_LIMIT:
        return text
    return json.dumps(brought) if brought else None


def origin_json(origin: Origin) -> dict[str, object]:
    """Where a page was brought from, without what there is not."""
    return {name: list(value) if name == "also" else value for name, value in asdict(origin).items() if value}


def origin_from(told: dict[str, Any]) -> Origin:
    """The inverse of `origin_json`."""
    return Origin(**{**told, "also": tuple(told.get("also", ()))})


# ------------------------------------------------------------------------------------------------ records


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's, which would give `metadata` a payload digest of its own, and in SHA-1."""

    NO_PAYLOAD_DIGEST_TYPES = ("warcinfo", "revisit", "metadata")


class _Verbatim(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """HTTP headers that are written as they are; warcio's own would percent-encode what is not ASCII."""

    def __init__(self, block: bytes) -> None:
        super().__init__("", [("verbatim", "")])
        self.headers_buff = block

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Nothing to compute."""


def _member(
    kind: str,
    url: str | None,
    record_id: str,
    headers: dict[str, str],
    payload: bytes,
    http: bytes | None = None,
    content_type: str | None = None,
) -> bytes:
    out = BytesIO()
    writer = _Writer(out, gzip=False, warc_version="1.1")
    http_type = f"application/http; msgtype={'request' if kind == 'request' else 'response'}"
    record = writer.create_warc_record(
        _uri(url) if url else "",
        kind,
        payload=BytesIO(payload),
        length=len(payload),
        warc_content_type=content_type or http_type,
        warc_headers_dict={"WARC-Type": kind, "WARC-Record-ID": record_id, **headers},
        http_headers=_Verbatim(http) if http is not None else None,
    )
    writer.write_record(record)
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return squeeze.compress(out.getbuffer()) + squeeze.flush()


def _uri(url: str) -> str:
    """`url` without what would break a header line."""
    return re.sub(r"[\x00-\x20\x7f<>]", lambda m: quote(m[0]), url).encode("utf-8", "replace").decode()
