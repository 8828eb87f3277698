"""A web archive in one file with its index and a list of its pages: WACZ 1.1.1, as replayweb.page opens it.

    archive/data.warc.gz        the records, not compressed again
    indexes/index.cdx.gz, .idx  where each answer is, by its key (`surt`); a thousand lines a gzip member
    pages/pages.jsonl           one line a version: address, time, title, text
    datapackage.json            each file with its hash; datapackage-digest.json has the hash of that one

https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import IO, BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from scraper.store import warc
from scraper.store.export import warcs
from scraper.store.export.records import Piece
from scraper.store.export.sorter import Sorter, sorter
from scraper.store.export.surt import surt
from scraper.store.export.view import View
from scraper.store.scan import Headers
from scraper.store.stamps import moment, stamp

VERSION: Final = "1.1.1"
DATA: Final = "data.warc.gz"
INDEX: Final = "index.cdx.gz"
LINES: Final = 1000  # of the index in one gzip member
_ANSWERS: Final = {"response", "revisit"}


@dataclass(slots=True)
class _Package:
    """The zip as it grows, and what the list of its files says of each."""

    zip: ZipFile
    at: datetime
    resources: list[dict[str, object]] = field(default_factory=list)

    @contextlib.contextmanager
    def file(self, path: str, *, compress: bool = False) -> Iterator[_Counted]:
        """A file of the package, to be written once, from one end to the other."""
        with self.zip.open(self._entry(path, compress=compress), "w", force_zip64=True) as out:
            counted = _Counted(out)
            yield counted
        name = path.rpartition("/")[2]
        self.resources.append({"name": name, "path": path, "hash": counted.hash, "bytes": counted.size})

    def put(self, path: str, content: bytes) -> None:
        """A small file that the list does not name."""
        self.zip.writestr(self._entry(path, compress=True), content)

    def _entry(self, path: str, *, compress: bool) -> ZipInfo:
        at = max(self.at.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC))
        entry = ZipInfo(path, at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED if compress else ZIP_STORED
        entry.external_attr = 0o644 << 16
        return entry


class _Counted:
    """Writes on, and knows size and hash of what was written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        return self._out.write(data)

    @property
    def hash(self) -> str:
        """As the format writes it."""
        return f"sha256:{self._hash.hexdigest()}"


def write(view: View, out: BinaryIO) -> None:
    """The records, their index, and all versions as pages. What could not be read is named in `datapackage.json`."""
    with ZipFile(out, "w") as zipped, sorter() as index:
        package = _Package(zipped, view.as_of)
        with package.file(f"archive/{DATA}") as data:
            warcs.write(view, cast("BinaryIO", data), DATA, lambda piece, at: _note(index, piece, at), _answers)
        _write_index(package, index)
        with package.file("pages/pages.jsonl", compress=True) as lines:
            for line in _pages(view):
                lines.write(line)
        described = _json(_description(view, package.resources))
        package.put("datapackage.json", described)
        digest = f"sha256:{hashlib.sha256(described).hexdigest()}"
        package.put("datapackage-digest.json", _json({"path": "datapackage.json", "hash": digest}))


def _answers(headers: Headers) -> bool:
    return headers.get("warc-type") in _ANSWERS


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"


# ------------------------------------------------------------------------------------------------ index


def _note(index: Sorter, piece: Piece, offset: int) -> None:
    """A line of the index for an answer. What else is in the file is nobody's page.

    Nor is "not modified": replay tools would show it as it is, empty, and not the page that it confirms.
    """
    record = piece.record
    if record.kind not in _ANSWERS or record.headers.get("warc-profile") == warc.NOT_MODIFIED:
        return
    status, mime = warc.told(record.block or b"")
    url = record.headers.get("warc-target-uri", "")
    found = {
        "url": url,
        "mime": "warc/revisit" if record.kind == "revisit" else mime,
        "status": status,
        "digest": record.headers.get("warc-payload-digest"),
        "length": str(record.length),
        "offset": str(offset),
        "filename": DATA,
    }
    at = moment(record.headers["warc-date"])
    line = json.dumps({name: value for name, value in found.items() if value})
    index.add(f"{surt(url)} {at:%Y%m%d%H%M%S} {line}\n".encode())


def _write_index(package: _Package, index: Sorter) -> None:
    """The lines in members of a thousand, and a second index that says where each member begins, and with what."""
    places = [f'!meta 0 {{"format": "cdxj-gzip-1.0", "filename": "{INDEX}"}}\n'.encode()]
    lines = iter(index)
    with package.file(f"indexes/{INDEX}") as out:
        while some := list(islice(lines, LINES)):
            squeeze = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)
            member = squeeze.compress(b"".join(some)) + squeeze.flush()
            digest = f"sha256:{hashlib.sha256(member).hexdigest()}"
            where = json.dumps({"offset": out.size, "length": len(member), "digest": digest})
            places.append(some[0].partition(b" {")[0] + f" {where}\n".encode())
            out.write(member)
    with package.file("indexes/index.idx", compress=True) as out:
        out.write(b"".join(places))


# ------------------------------------------------------------------------------------------------ pages


def _pages(view: View) -> Iterator[bytes]:
    """A line that says what this is, then one for each version; of one that is damaged there is none."""
    yield _line({"format": "json-pages-1.0", "id": "pages", "title": "Versions", "hasText": True})
    for item in view.items():
        if item.stored:
            capture = item.stored.snapshot.capture
            page = {
                "id": f"{item.row.article_id}-{item.row.version}",
                "url": capture.url,
                "ts": capture.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "title": item.row.title or capture.url,
                "text": item.stored.text.decode("utf-8"),
            }
            yield _line(page)


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _description(view: View, resources: list[dict[str, object]]) -> dict[str, object]:
    """`datapackage.json`. It is dated as the archive is, so that the same archive gives the same bytes."""
    problems = [{"file": problem.file, "problem": problem.problem} for problem in view.listed]
    return {
        "profile": "data-package",
        "title": "News archive",
        "description": warcs.said(view.wanted),
        "wacz_version": VERSION,
        "software": warc.SOFTWARE,
        "created": stamp(view.as_of.replace(microsecond=0)),
        "resources": resources,
        **({"incomplete": {"problems": view.problems, "listed": problems}} if view.problems else {}),
    }
