"""A captured response, read back: the bytes of its record, checked, as the page that was captured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from scraper import codings
from scraper.errors import ArchiveDamaged
from scraper.model import Capture, Hop, Page
from scraper.reports import Stream
from scraper.store import paths, warc
from scraper.store.files import opened
from scraper.store.scan import CHUNK, Headers, Record, whole
from scraper.store.sidecar import checked
from scraper.store.stamps import moment

# A page was within the limits when it was captured; this only bounds what a damaged or foreign record can do.
DECODED_LIMIT: Final = 256 << 20
_PROTOCOLS = {"http/1.0": "1.0", "http/1.1": "1.1"}


def read_page(root: Path, capture: Capture, place_of: Callable[[str], tuple[str, int] | None]) -> Page:
    """The page of `capture`; `place_of` finds the record that a revisit stands for. Raises ArchiveDamaged."""
    path = root / capture.file
    answer, request = _records(root, capture.file, capture.offset)
    if answer.headers.get("warc-record-id") != capture.record_id:
        raise _damaged(path, capture.offset, "it is not the one that was stored")
    if answer.wrong:
        raise _damaged(path, capture.offset, answer.wrong)
    head, raw = _split(answer.block or b"")
    if answer.kind == "revisit" and answer.headers.get("warc-profile") == warc.IDENTICAL:
        raw = _payload(root, capture, place_of)
    if warc.digest(raw) != capture.digest:
        raise _damaged(path, capture.offset, "its payload is not what was stored")
    return checked(path, lambda: _page(answer, request, head, raw))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bytes of a file."""

    path: Path
    offset: int
    length: int

    def pieces(self) -> Generator[bytes]:
        """The bytes, in pieces of at most CHUNK. Raises ArchiveDamaged where they end too early."""
        left = self.length
        with opened(self.path) as fd, open(fd, "rb", closefd=False) as stream:
            stream.seek(self.offset)
            while left:
                piece = stream.read(min(CHUNK, left))
                if not piece:
                    raise _damaged(self.path, self.offset, "it was cut off while it was read")
                left -= len(piece)
                yield piece


def members(root: Path, capture: Capture) -> Stretch:
    """Where the answer of `capture` and the request for it lie, compressed. They are read to see that they are whole,
    never held. Raises ArchiveDamaged."""
    path = root / capture.file
    answer, request = _records(root, capture.file, capture.offset, keep=lambda _: False)
    if answer.headers.get("warc-record-id") != capture.record_id or answer.wrong:
        raise _damaged(path, capture.offset, answer.wrong or "it is not the one that was stored")
    end = request.offset + request.length if request else answer.offset + answer.length
    return Stretch(path, capture.offset, end - capture.offset)


def stream(stretches: Sequence[Stretch]) -> Stream:
    """One stretch behind the other. Raises ArchiveDamaged."""

    def pieces() -> Generator[bytes]:
        for stretch in stretches:
            yield from stretch.pieces()

    digest = hashlib.sha256()
    for piece in pieces():
        digest.update(piece)
    return Stream(sum(stretch.length for stretch in stretches), digest.hexdigest(), pieces)


def _payload(root: Path, capture: Capture, place_of: Callable[[str], tuple[str, int] | None]) -> bytes:
    place = place_of(capture.refers_to or "")
    if place is None:
        raise _damaged(root / capture.file, capture.offset, f"it refers to {capture.refers_to}, which is not there")
    record, _ = _records(root, *place)
    return _split(record.block or b"")[1]


def _records(
    root: Path, file: str, offset: int, keep: Callable[[Headers], bool] = lambda _: True
) -> tuple[Record, Record | None]:
    """The record at `offset`, and the request behind it if there is one; with their blocks unless `keep` says no."""
    path = root / file
    if not paths.is_warc(file):
        raise ArchiveDamaged(path, "is no place where WARC files are kept")
    with opened(path) as fd, open(fd, "rb", closefd=False) as stream:
        end = stream.seek(0, 2)
        answer = whole(stream, offset, end, keep)
        if answer is None:
            raise _damaged(path, offset, "it is not whole")
        return answer, _request(stream, answer, end, keep)


def _request(stream: BinaryIO, answer: Record, end: int, keep: Callable[[Headers], bool]) -> Record | None:
    after = answer.offset + answer.length
    record = whole(stream, after, end, keep) if after < end else None
    if record is None or record.kind != "request":
        return None
    concurrent = record.headers.get("warc-concurrent-to") == answer.headers.get("warc-record-id")
    return record if concurrent else None


def _damaged(path: Path, offset: int, why: str) -> ArchiveDamaged:
    return ArchiveDamaged(path, f"the record at {offset} is damaged: {why}; restore the file from a backup")


def _split(block: bytes) -> tuple[bytes, bytes]:
    head, _, body = block.partition(b"\r\n\r\n")
    return head, body


def _page(answer: Record, request: Record | None, head: bytes, raw: bytes) -> Page:
    status, headers = _parsed(head)
    version, code, *reason = status.split(" ", 2)
    route = json.loads(answer.headers.get("warc-json-metadata", "{}"))
    final_url = answer.headers["warc-target-uri"]
    received = warc.as_received(headers)
    return Page(
        url=route.get("asked", final_url),
        final_url=final_url,
        status=int(code),
        reason=reason[0] if reason else "",
        headers=received,
        request_headers=tuple(_parsed(_split(request.block or b"")[0])[1]) if request else (),
        raw=raw,
        body=decoded(raw, received),
        fetched_at=moment(answer.headers["warc-date"]),
        address=answer.headers.get("warc-ip-address"),
        hops=tuple(Hop(**hop) for hop in route.get("hops", ())),
        http_version=_http_version(answer.headers.get("warc-protocol", ""), version),
        origin=warc.origin_from(route["imported"]) if "imported" in route else None,
    )


def _http_version(protocol: str, status_line: str) -> str:
    if protocol in _PROTOCOLS:
        return _PROTOCOLS[protocol]
    return protocol[1:] if protocol.startswith("h") else status_line.removeprefix("HTTP/")


def _parsed(head: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The first line and the headers of an HTTP block, bytes one to one as characters."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return first, [(name, value) for name, _, value in pairs]


def decoded(raw: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """`raw` without its content coding (gzip, deflate, none); `raw` itself if it is in another one, or broken."""
    coding = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "")
    try:
        return codings.decoded(raw, coding, DECODED_LIMIT)
    except codings.Undecodable:
        return raw
