"""WARC files in the shapes that other people's programs write, made here byte by byte."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from fastwarc.warc import WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.fakes import PARAGRAPHS, article_page

START = datetime(2024, 6, 2, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PIER = "https://paper.example/2024/06/02/council-votes-to-rebuild-the-old-pier"
Headers = Sequence[tuple[str, str]]
HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)


def sha1(data: bytes) -> str:
    """A digest as most writers declare it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def name(text: str) -> str:
    """A record id that is the same for the same words."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}>"


def stamp(at: datetime) -> str:
    """A WARC-Date as WARC/1.0 has it, with microseconds only if there are some."""
    return at.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Answer:
    """One capture, and how its block is written."""

    url: str = PIER
    body: bytes = b""
    at: datetime = START
    status: str = "200 OK"
    http: str = "HTTP/1.1"
    headers: Headers = HTML
    wire: bytes | None = None  # the body as it lies in the block
    warc: dict[str, str] = field(default_factory=dict)
    kind: str = "response"
    line: bytes = b"\r\n"

    @property
    def block(self) -> bytes:
        """Status line, headers, body."""
        lines = [f"{self.http} {self.status}", *(f"{key}: {value}" for key, value in self.headers)]
        return self.line.join([*(line.encode("latin-1") for line in lines), b"", self.wire or self.body])


def story(
    edit: str = "", *, banner: str = "Join us today!", title: str = "Council votes to rebuild the old pier"
) -> bytes:
    """A page with the usual article; `edit` is one more paragraph."""
    return article_page(*PARAGRAPHS, *([edit] if edit else []), banner=banner, title=title).encode()


def record(
    kind: str, block: bytes, at: datetime = START, url: str | None = None, *, version: str = "1.0", **more: str
) -> bytes:
    """One record, plain. Further header fields as `WARC_Page_ID="…"`; an empty value leaves a usual field out."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": name(f"{kind} {url} {at} {hashlib.sha256(block).hexdigest()}"),
        "WARC-Date": stamp(at),
        "Content-Type": "application/http; msgtype=response",
        **({"WARC-Target-URI": url} if url else {}),
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    fields.setdefault("Content-Length", str(len(block)))
    head = "".join(f"{key}: {value}\r\n" for key, value in fields.items() if value)
    return f"WARC/{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def warcinfo(**more: str) -> bytes:
    """What a file begins with."""
    return record(
        "warcinfo", b"software: some crawler\r\n", START, None, Content_Type="application/warc-fields", **more
    )


def plain(answer: Answer) -> bytes:
    """A response as WARC/1.0 has it."""
    more = {key.replace("-", "_"): value for key, value in answer.warc.items()}
    version = more.pop("version", "1.0")
    return record(answer.kind, answer.block, answer.at, answer.url, version=version, **more)


# ------------------------------------------------------------------------------------------------ packing


def per_record(*records: bytes) -> bytes:
    """One gzip member a record: as it should be."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def together(*records: bytes) -> bytes:
    """One gzip member for all."""
    return gzip.compress(b"".join(records), mtime=0)


def in_blocks(*records: bytes, size: int = 700) -> bytes:
    """Gzip members of one size, wherever records begin: as block compressors do it."""
    whole = b"".join(records)
    return b"".join(gzip.compress(whole[at : at + size], mtime=0) for at in range(0, len(whole), size))


def unpacked(*records: bytes) -> bytes:
    """Plain."""
    return b"".join(records)


PACKINGS: dict[str, Callable[..., bytes]] = {
    "a member a record": per_record, "one member": together, "blocks": in_blocks, "plain": unpacked,
}  # fmt: skip


def wacz(files: Iterable[tuple[str, bytes]], *, stored: bool = True) -> bytes:
    """A WACZ with these members beside the usual ones."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0", "id": "pages"}\n')
        for place, data in files:
            archive.writestr(place, data)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------ whose shapes


def chunked(body: bytes, size: int = 100) -> bytes:
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def wget(*answers: Answer) -> list[bytes]:
    """wget --warc-file: the request first, URIs in angle brackets, chunks left in, a metadata record of its own."""
    records = [warcinfo(version="1.0")]
    for each in answers:
        asked = name(f"request {each.url} {each.at}")
        block = f"GET {each.url} HTTP/1.1\r\nUser-Agent: Wget/1.21\r\nHost: paper.example\r\n\r\n".encode()
        uri = f"<{each.url}>"
        records.append(
            record(
                "request",
                block,
                each.at,
                uri,
                WARC_Record_ID=asked,
                WARC_IP_Address="192.0.2.1",
                Content_Type="application/http;msgtype=request",
                WARC_Block_Digest=sha1(block),
            )
        )
        wire = chunked(each.body)
        sent = replace(each, wire=wire, headers=(*each.headers, ("Transfer-Encoding", "chunked")))
        records.append(
            record(
                "response",
                sent.block,
                each.at,
                uri,
                WARC_Concurrent_To=asked,
                WARC_Block_Digest=sha1(sent.block),
                WARC_Payload_Digest=sha1(wire),
                WARC_IP_Address="192.0.2.1",
            )
        )
    return [*records, record("metadata", b"", START, "metadata://gnu.org/software/wget/warc/MANIFEST.txt")]


def browsertrix(*answers: Answer) -> list[bytes]:
    """browsertrix: WARC/1.1 through the browser; codings are gone, HTTP/2 in the status line, records of pages."""
    records = [warcinfo(version="1.1")]
    for each in answers:
        sent = replace(
            each,
            http="HTTP/2",
            status="200 ",
            headers=(*each.headers, ("x-orig-content-encoding", "br"), ("content-length", "99")),
        )
        page_id = str(uuid.uuid5(uuid.NAMESPACE_URL, str(each.at)))
        more = {"version": "1.1", "WARC_Page_ID": page_id, "WARC_Resource_Type": "document"}
        declared = "sha256:" + hashlib.sha256(each.body).hexdigest()
        records.append(record("response", sent.block, each.at, each.url, WARC_Payload_Digest=declared, **more))
        block = b"GET / HTTP/1.1\r\naccept: text/html\r\n\r\n"
        records.append(record("request", block, each.at, each.url, WARC_Concurrent_To=_id_of(records[-1]), **more))
        info = b'{"pageid": "x", "urls": {}}'
        records.append(
            record("resource", info, each.at, f"urn:pageinfo:{each.url}", Content_Type="application/json", **more)
        )
    return records


def common_crawl(*answers: Answer) -> list[bytes]:
    """Common Crawl news: responses only, codings gone and kept under other names."""
    records = [warcinfo(WARC_Filename="CC-NEWS-20240602-00001.warc.gz")]
    for each in answers:
        headers = (
            *each.headers, ("X-Crawl-Content-Encoding", "gzip"), ("X-Crawl-Content-Length", "321"),
            ("Content-Length", str(len(each.body))),
        )  # fmt: skip
        sent = replace(each, headers=headers)
        records.append(
            record(
                "response",
                sent.block,
                each.at,
                each.url,
                WARC_Identified_Payload_Type="text/html",
                WARC_Payload_Digest=sha1(each.body),
                WARC_Block_Digest=sha1(sent.block),
            )
        )
    return records


def heritrix(*answers: Answer) -> list[bytes]:
    """Heritrix: a look-up of the name, the answer packed as it was sent, its request and what was thought of it."""
    looked_up = record("response", b"20240602093000\npaper.example. 1 IN A 192.0.2.1", START, "dns:paper.example",
                       Content_Type="text/dns")  # fmt: skip
    records = [warcinfo(), looked_up]
    for each in answers:
        body = gzip.compress(each.body, mtime=0)
        headers = (*each.headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(body))))
        sent = replace(each, headers=headers, wire=body)
        records.append(
            record(
                "response", sent.block, each.at, each.url, WARC_Payload_Digest=sha1(body), WARC_IP_Address="192.0.2.1"
            )
        )
        mine = _id_of(records[-1])
        block = b"GET / HTTP/1.0\r\nUser-Agent: heritrix\r\n\r\n"
        records.append(record("request", block, each.at, each.url, WARC_Concurrent_To=mine))
        thoughts = b"via: https://paper.example/\r\nhopsFromSeed: L\r\n"
        records.append(record("metadata", thoughts, each.at, each.url, Content_Type="application/warc-fields"))
    return records


def by_warcio(*answers: Answer, packed: bool = True) -> bytes:
    """What warcio writes of it, digests and all."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for each in answers:
        made = writer.create_warc_record(
            each.url, "response", payload=BytesIO(each.body), warc_headers_dict={"WARC-Date": stamp(each.at)},
            http_headers=StatusAndHeaders(each.status, list(each.headers), protocol="HTTP/1.1"),
        )  # fmt: skip
        writer.write_record(made)
        made.raw_stream.close()  # a temporary file by then, from which the digests were made
    return out.getvalue()


def by_fastwarc(*answers: Answer) -> bytes:
    """What fastwarc writes of it, one member a record."""
    out = b""
    for each in answers:
        made = WarcRecord()
        made.init_headers(WarcRecordType.response, record_urn=name(str(each.at))[5:-1].encode())
        made.headers["WARC-Target-URI"] = each.url
        made.headers["WARC-Date"] = stamp(each.at)
        made.is_http = True
        made.set_bytes_content(each.block)
        into = io.BytesIO()
        made.write(into, checksum_data=True)
        out += gzip.compress(into.getvalue(), mtime=0)
    return out


def repeat(first: bytes, at: datetime, url: str = PIER, head: bytes = b"", **more: str) -> bytes:
    """A revisit of an earlier record."""
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    fields = {"WARC_Refers_To": _id_of(first), "WARC_Profile": profile, **more}
    return record("revisit", head, at, url, version="1.0", **fields)


def _id_of(made: bytes) -> str:
    return made.split(b"WARC-Record-ID: ")[1].split(b"\r\n")[0].decode()


def deflated(data: bytes) -> bytes:
    """zlib's format."""
    return zlib.compress(data)


def written(folder: Path, data: bytes, called: str = "crawl.warc.gz") -> Path:
    """`data` as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / called
    path.write_bytes(data)
    return path
