"""What the given files hold: indexed once, then read capture by capture.

path → plain file or members of a WACZ → records → what is no page is counted, the rest goes on the shelf
capture → record, digest checked → HTTP message → of a revisit, the payload it repeats → page
"""

from __future__ import annotations

import re
import tempfile
import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from scraper.gather import describe, digests, http
from scraper.gather.describe import HELD, NOT_MODIFIED, Describer, Limits, Wanted
from scraper.gather.http import Message, Unfit
from scraper.gather.records import SPOOL, Gap, Place, Record, read, records
from scraper.gather.shelf import Found, Shelf
from scraper.gather.stream import CHUNK, Broken, Stream, opened
from scraper.gather.wacz import Listing, Member
from scraper.model import Origin, Page
from scraper.text import clean

_OPEN: Final = 16
_TOLD: Final = 20
_RATIO: Final = 200


@dataclass(slots=True)
class _File:
    path: Path
    name: str
    start: int
    end: int
    unpacked: BinaryIO | None = None
    packed: bool = False


@dataclass(slots=True)
class Told:
    """What was met while reading: captures that are none of ours by reason, and sentences about what is damaged."""

    left: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    more: int = 0

    def trouble(self, sentence: str) -> None:
        """Something is wrong with a file."""
        if len(self.troubles) < _TOLD:
            self.troubles.append(clean(sentence))
        else:
            self.more += 1


class Holdings:
    """Add files, then look at what they hold. Lives on temporary files without names in `folder`; close it."""

    def __init__(self, folder: Path, now: datetime, limits: Limits | None = None, wanted: Wanted | None = None) -> None:
        self.limits = limits or Limits()
        self._describer = Describer(self.limits, wanted or Wanted(), now)
        self.shelf = Shelf(folder)
        self.told = Told()
        self._folder = folder
        self._files: list[_File] = []
        self._open: OrderedDict[int, BinaryIO] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self.shelf.close()
        for file in (*self._open.values(), *(each.unpacked for each in self._files if each.unpacked)):
            file.close()
        self._open.clear()

    # ------------------------------------------------------------------------------------------ taking in

    def add(self, path: Path, listing: Listing | None, step: Callable[[int], None] = lambda _: None) -> None:
        """Index the file at `path`, or the members that `listing` found in it. `step` is told of each record, by how
        many captures are known. Raises OSError if it cannot be read."""
        self.shelf.begin()
        try:
            if listing is None:
                self._add(_File(path, path.name, 0, path.stat().st_size), step)
                return
            for trouble in listing.troubles:
                self.told.trouble(f"{path}: {trouble}")
            for member in listing.members:
                self._add_member(path, member, step)
        finally:
            self.shelf.end()

    def _add_member(self, path: Path, member: Member, step: Callable[[int], None]) -> None:
        name = f"{path.name}/{member.name}"
        try:
            unpacked = None if member.stored else self._unpack(path, member)
        except Broken as exc:
            self.told.trouble(f"{path}: {member.name} {exc}")
            return
        start = member.offset if member.stored else 0
        end = unpacked.seek(0, 2) if unpacked else start + member.size
        self._add(_File(path, name, start, end, unpacked), step)

    def _unpack(self, path: Path, member: Member) -> BinaryIO:
        """A member that was packed once more, on disk without a name. Raises Broken if it is a bomb."""
        out = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115  # closed with the rest
        inflate, left, written = zlib.decompressobj(-zlib.MAX_WBITS), member.size, 0
        with path.open("rb") as file:
            file.seek(member.offset)
            while left and not inflate.eof and (data := file.read(min(CHUNK, left))):
                left -= len(data)
                while data and not inflate.eof:
                    try:
                        piece = inflate.decompress(data, 4 * CHUNK)
                    except zlib.error as exc:
                        out.close()
                        raise Broken("is damaged") from exc
                    written += out.write(piece)
                    data = inflate.unconsumed_tail
                    if written > max(self.limits.block, _RATIO * member.size):
                        out.close()
                        raise Broken(f"inflates to over {_RATIO} times its size")
        return out

    def _add(self, file: _File, step: Callable[[int], None]) -> None:
        self._files.append(file)
        number = len(self._files) - 1
        stream = opened(self._handle(number), file.start, file.end)
        if isinstance(stream, str):
            self.told.trouble(f"{self._named(file)}: {stream}")
            return
        file.packed = stream.packed
        for piece in records(stream, number, self.shelf.spool, self._describer.fits, self.limits.block):
            if isinstance(piece, Gap):
                self.told.trouble(f"{self._named(file)}: what is at {piece.offset} {piece.why}")
                continue
            self._take(piece)
            step(self._count)

    @staticmethod
    def _named(file: _File) -> str:
        return str(file.path) + file.name.removeprefix(file.path.name)

    def _take(self, record: Record) -> None:
        if record.kind == "request":
            own, answer = (record.headers.get(name, "") for name in ("warc-record-id", "warc-concurrent-to"))
            if record.place:
                self.shelf.add_request(own, answer, record.place)
            return
        if record.kind not in HELD:
            return
        try:
            found = self._describer.found(record.headers, record.prefix, record.length)
        except Unfit as exc:
            self.told.left[exc.reason] += 1
            return
        if record.place:
            self.shelf.add(replace(found, number=self._count, source=len(self._files) - 1, place=record.place))
            self._count += 1

    # ------------------------------------------------------------------------------------------ giving out

    def page(self, found: Found, elsewhere: Callable[[Found], Page | None] = lambda _: None) -> Page:
        """The page that a capture is. `elsewhere` is asked for a payload that the given files lack.

        Raises Unfit: `bad-digest`, `incomplete`, `encoding`, `too-large`, `unresolved`, `unreadable`.
        """
        headers, block = self._read(found.place)
        digests.check(headers.get("warc-block-digest", ""), block)
        whole = found.kind == "response"
        answer = http.message(block) if whole else self._repeat(found, headers, block, elsewhere)
        is_pdf = answer.media_type == "application/pdf"
        answer, body = http.body(answer, self.limits.pdf if is_pdf else self.limits.page, self.limits.ratio)
        if found.kind == "response":
            self._check_payload(headers, block, answer.raw, body)
        if not body and 200 <= answer.status < 300:
            raise Unfit("empty")
        origin = Origin(
            file=describe.source_name(self._files[found.source].name),
            record_id=found.record_id,
            digest=digests.sha256(block),
            key=found.key,
            payload=found.payload,
        )
        return self._page(found, headers, answer, body, origin)

    def _repeat(
        self, found: Found, headers: Mapping[str, str], block: bytes, elsewhere: Callable[[Found], Page | None]
    ) -> Message:
        own = http.message(block) if block.strip() else None
        if found.status == NOT_MODIFIED or describe.is_unmodified(headers):
            return replace(own or Message(NOT_MODIFIED, "Not Modified", "1.1", ()), status=NOT_MODIFIED, raw=b"")
        first = self.shelf.repeated(found)
        if first and digests.differ(first.payload, found.payload):
            first = None
        if first:
            payload_of, whole = self._read(first.place)
            digests.check(payload_of.get("warc-block-digest", ""), whole)
            stored = http.message(whole)
        elif kept := elsewhere(found):
            stored = Message(kept.status, kept.reason, kept.http_version, kept.headers, kept.raw)
        else:
            raise Unfit("unresolved")
        return http.stands_for(own, stored) if own else stored

    def _page(self, found: Found, headers: Mapping[str, str], answer: Message, body: bytes, origin: Origin) -> Page:
        asked, hops = describe.route(headers.get("warc-json-metadata", ""))
        return Page(
            url=asked or found.uri,
            final_url=found.uri,
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            request_headers=self._asked_with(found, headers),
            raw=answer.raw,
            body=body,
            fetched_at=found.at,
            address=describe.address(headers.get("warc-ip-address", "")),
            hops=hops,
            http_version=describe.version(headers.get("warc-protocol", ""), answer.version),
            origin=origin,
        )

    def _asked_with(self, found: Found, headers: Mapping[str, str]) -> http.Headers:
        """The headers of the request that got this answer; none if it is not there, or is no request."""
        place = self.shelf.request(found.record_id, headers.get("warc-concurrent-to", ""))
        if place is None:
            return ()
        try:
            _, block = self._read(place)
        except Unfit:
            return ()
        return http.headers(re.split(rb"\r?\n\r?\n", block, maxsplit=1)[0].splitlines()[1:200])

    @staticmethod
    def _check_payload(headers: Mapping[str, str], block: bytes, raw: bytes, body: bytes) -> None:
        """The payload's digest may have been taken with or without its codings."""
        lies = re.split(rb"\r?\n\r?\n", block, maxsplit=1)[-1]
        digests.check(headers.get("warc-payload-digest", ""), raw, body, lies)

    def _read(self, place: Place) -> tuple[dict[str, str], bytes]:
        try:
            with self._lock:
                if place.file == SPOOL:
                    spool = self.shelf.spool
                    return read(Stream(spool.file, place.offset, spool.used, packed=False), self.limits.block)
                file = self._files[place.file]
                stream = Stream(self._handle(place.file), place.offset, file.end, packed=file.packed)
                return read(stream, self.limits.block)
        except (Broken, OSError) as exc:
            raise Unfit("unreadable", str(exc)) from exc

    def _handle(self, number: int) -> BinaryIO:
        if unpacked := self._files[number].unpacked:
            return unpacked
        if number not in self._open:
            if len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            self._open[number] = self._files[number].path.open("rb")
        self._open.move_to_end(number)
        return self._open[number]
