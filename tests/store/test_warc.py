"""What other people's tools find in our WARC files, and that a page comes back as it was received."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scraper.errors import ArchiveDamaged
from scraper.model import Hop, Page
from scraper.store.archive import FileArchive
from scraper.store.export.view import Wanted
from scraper.store.pages import decoded
from tests.store.kit import HARBOUR, START, article, findings, gone, intent, opened, page, pieces, visit

DAY = timedelta(days=1)
PLAIN = {"warcinfo", "metadata"}  # no HTTP messages


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An empty archive."""
    with opened(tmp_path / "archive") as made:
        yield made


def warcs(archive: FileArchive) -> list[Path]:
    """All WARC files, by name."""
    return sorted(archive.root.glob("warc/*/*/*.warc.gz"), key=lambda path: path.name)


def records(archive: FileArchive) -> list[dict[str, Any]]:
    """All records as warcio reads them, each with what it says of its digests and its payload."""
    found = []
    for path in warcs(archive):
        with path.open("rb") as file:
            iterator = ArchiveIterator(file, check_digests=True)
            for record in iterator:
                payload = record.raw_stream.read()
                found.append(
                    dict(record.rec_headers.headers)
                    | {"type": record.rec_type, "ok": record.digest_checker.passed, "payload": payload}
                    | {"http": record.http_headers, "offset": iterator.get_record_offset()}
                )
    return found


def test_a_file_holds_request_and_response(archive: FileArchive) -> None:
    """warcinfo first, then the answer and the request for it, tied together."""
    capture = archive.capture(page())
    info, response, request = records(archive)
    assert [each["type"] for each in (info, response, request)] == ["warcinfo", "response", "request"]
    assert (info["WARC-Filename"], response["offset"]) == (warcs(archive)[0].name, capture.offset)
    assert response["WARC-Target-URI"] == request["WARC-Target-URI"] == HARBOUR
    assert response["WARC-Record-ID"] == request["WARC-Concurrent-To"] == capture.record_id
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert response["WARC-Date"] == "2024-06-02T09:30:00.000000Z"
    assert response["payload"] == b"<p>The harbour is open.</p>"
    assert request["http"].get_header("user-agent") == "scraper"


def test_the_visit_is_told_beside_the_answer(archive: FileArchive) -> None:
    """A metadata record holds the verdict as JSON, so that the files alone tell the whole story."""
    made = visit(archive, "The harbour is open.")
    assert made
    (told,) = [each for each in records(archive) if each["type"] == "metadata"]
    content = json.loads(told["payload"])
    assert told["WARC-Concurrent-To"] == made.capture.record_id
    assert (told["Content-Type"], content["verdict"], content["version"]) == ("application/json", "new", 0)
    assert [made.path, made.sha256] in content["files"]


def test_both_libraries_confirm_every_digest(archive: FileArchive) -> None:
    """warcio and fastwarc verify block and payload digests of every record that we write.

    A repeat's payload lies in the record it names, so fastwarc, which looks at the record alone, cannot; the digest is
    that record's. What is no HTTP message has no payload and claims none.
    """
    visit(archive, "A")
    visit(archive, "A", at=START + DAY)
    gone(archive, at=START + 2 * DAY)
    archive.capture(page(body=gzip.compress(b"packed", mtime=0), headers=(("Content-Encoding", "gzip"),)))
    archive.capture(page(body=b"", status=304, at=START + 3 * DAY))
    assert all(each["ok"] or each["type"] == "revisit" for each in records(archive))
    told: dict[str, str] = {}
    seen = set()
    with warcs(archive)[0].open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            record.freeze()
            seen.add(kind := record.headers["WARC-Type"])
            assert record.verify_block_digest()
            payload = record.headers.get("WARC-Payload-Digest")
            assert bool(payload) == record.is_http == (kind not in PLAIN)
            if str(record.headers.get("WARC-Profile")).endswith("identical-payload-digest"):
                assert payload == told[record.headers["WARC-Refers-To"]]
            elif payload:
                told[str(record.record_id)] = payload
                record.parse_http()
                assert record.verify_payload_digest()
    assert seen == {*PLAIN, "response", "request", "revisit"}


def test_a_changed_byte_fails_in_both_libraries(archive: FileArchive) -> None:
    """The check above can fail."""
    archive.capture(page())
    (path,) = warcs(archive)
    content = path.read_bytes()
    members = (gzip.decompress(content[each.offset : each.offset + each.length]) for each in pieces(content))
    path.write_bytes(b"".join(gzip.compress(each.replace(b"is open", b"is shut")) for each in members))
    with path.open("rb") as file:
        assert [r.rec_type for r in ArchiveIterator(file, check_digests=True) if _failed(r)] == ["response"]
    with path.open("rb") as file:
        kinds = [
            r.record_type for r in FastIterator(file, parse_http=False) if not (r.freeze() and r.verify_block_digest())
        ]
    assert kinds == [WarcRecordType.response]


def _failed(record: Any) -> bool:
    record.raw_stream.read()
    return record.digest_checker.passed is False


def test_the_same_payload_is_kept_once(archive: FileArchive) -> None:
    """A repeat is a revisit record that names the first."""
    first = visit(archive, "A")
    assert first
    again = archive.capture(page(body=b"<p>A</p>", at=START + DAY))
    revisit = records(archive)[-2]
    assert (revisit["type"], revisit["payload"]) == ("revisit", b"")
    assert revisit["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit["WARC-Refers-To"] == again.refers_to == first.capture.record_id
    assert revisit["WARC-Refers-To-Target-URI"] == HARBOUR
    assert revisit["WARC-Refers-To-Date"] == "2024-06-02T09:30:00.000000Z"
    assert revisit["WARC-Payload-Digest"] == again.digest == first.capture.digest


def test_the_same_payload_under_another_address_is_kept_again(archive: FileArchive) -> None:
    """Evidence of one page does not hang on another's."""
    visit(archive, "A")
    other = archive.capture(page("https://news.example/other", b"<p>A</p>"))
    assert other.refers_to is None


def test_not_modified_names_the_answer_it_confirms(archive: FileArchive) -> None:
    """304 is a revisit record too, of its own profile."""
    first = visit(archive, "A")
    assert first
    archive.capture(page(body=b"", status=304, reason="Not Modified", at=START + DAY))
    revisit = records(archive)[-2]
    assert revisit["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit["WARC-Refers-To"] == first.capture.record_id
    assert revisit["http"].get_statuscode() == "304"


def test_a_transfer_coding_that_is_gone_is_not_claimed(archive: FileArchive) -> None:
    """A reader who trusts the headers finds the body it is told of."""
    headers = (("Transfer-Encoding", "chunked"), ("Content-Length", "7"), ("Content-Type", "text/html"))
    archive.capture(page(body=b"eleven byte", headers=headers))
    http = records(archive)[1]["http"]
    assert http.get_header("transfer-encoding") is None
    assert http.get_header("x-archive-orig-transfer-encoding") == "chunked"
    assert http.get_header("content-length") == "11"


def test_redirects_are_kept_as_they_came(archive: FileArchive) -> None:
    """Behind the answer they led to, each with its request: who replays the file finds the page by the address asked
    for. The page itself comes back as before, and nothing is surplus."""
    headers = (("Location", HARBOUR), ("Content-Length", "99"), ("Set-Cookie", "a=b"))
    moved = page("https://news.example/old", b"", status=301, reason="Moved", headers=headers)
    hop = Hop(moved.url, 301, HARBOUR, moved)
    seen = replace(page(), url=moved.url, hops=(hop,))
    capture = archive.capture(seen)
    archive.commit(intent("new", seen, capture, None, article()))
    *_, redirect, asked, visited = records(archive)
    assert [each["type"] for each in (redirect, asked)] == ["response", "request"]
    assert redirect["WARC-Target-URI"] == asked["WARC-Target-URI"] == moved.url
    assert (redirect["WARC-Concurrent-To"], redirect["WARC-Truncated"]) == (capture.record_id, "unspecified")
    assert (redirect["http"].get_statuscode(), redirect["http"].get_header("set-cookie")) == ("301", "a=b")
    assert (redirect["http"].get_header("content-length"), redirect["ok"]) == ("0", True)
    assert (archive.page(capture), findings(archive.root)) == (seen, [])
    assert json.loads(visited["payload"])["hops"] == [{"url": moved.url, "status": 301, "location": HARBOUR}]


def test_what_is_told_of_a_visit_stands_under_an_address_of_its_own(archive: FileArchive) -> None:
    """Replay tools show whatever stands under a page's address at its time, and would show the JSON."""
    visit(archive, "A")
    told = records(archive)[-1]
    assert (told["type"], told["WARC-Target-URI"]) == ("metadata", f"urn:scraper:visit:{HARBOUR}")


def test_files_end_at_their_size(tmp_path: Path) -> None:
    """A full file is followed by a new one; serials count up and offsets stay right."""
    with opened(tmp_path / "archive", warc_size=4000) as archive:
        captures = [archive.capture(page(body=str(n).encode() * 200, at=START + n * DAY)) for n in range(12)]
        names = [path.name for path in warcs(archive)]
        assert len(names) > 2
        assert [name.rsplit("-", 1)[1] for name in names] == [f"{n + 1:05d}.warc.gz" for n in range(len(names))]
        assert [archive.page(capture).raw for capture in captures] == [str(n).encode() * 200 for n in range(12)]
    assert all(path.stat().st_size <= 4000 for path in (tmp_path / "archive").glob("warc/*/*/*"))


# ------------------------------------------------------------------------------------------------ back again

NAMES = st.sampled_from(["Content-Type", "Set-Cookie", "X-Odd", "Content-Length", "Transfer-Encoding", "etag"])
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=30)
HEADERS = st.lists(st.tuples(NAMES, VALUES.map(str.strip)), max_size=6).map(tuple)
HOPS = st.lists(st.builds(Hop, st.just(HARBOUR), st.just(301), st.text(max_size=20)), max_size=2).map(tuple)
PAGES = st.builds(
    page,
    body=st.binary(max_size=200),
    headers=HEADERS,
    request_headers=HEADERS,
    status=st.integers(200, 999),
    reason=VALUES.map(str.strip),
    fetched_at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds are naive by contract
    address=st.sampled_from([None, "192.0.2.7", "2001:db8::1"]),
    http_version=st.sampled_from(["1.0", "1.1", "2"]),
    hops=HOPS,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAGES)
def test_a_page_comes_back_as_it_was(archive: FileArchive, given_page: Page) -> None:
    """Status line, headers in their order, bytes, hops, address, request: all as it was received."""
    seen = replace(given_page, url="https://news.example/asked") if given_page.hops else given_page
    expected = replace(seen, body=decoded(seen.raw, seen.headers))
    assert archive.page(archive.capture(seen)) == expected


def test_a_repeat_comes_back_with_its_payload(archive: FileArchive) -> None:
    """The page of a revisit is whole, with the headers of the repeat."""
    visit(archive, "A")
    again = page(body=b"<p>A</p>", at=START + DAY, headers=(("ETag", '"v2"'),))
    capture = archive.capture(again)
    assert capture.refers_to
    assert archive.page(capture) == again


@pytest.mark.parametrize(
    ("coding", "raw"),
    [
        ("gzip", gzip.compress(b"text", mtime=0)),
        ("x-gzip", gzip.compress(b"te", mtime=0) + gzip.compress(b"xt", mtime=0)),
        ("deflate", zlib.compress(b"text")),
        ("deflate", zlib.compress(b"text")[2:-4]),
        ("", b"text"),
    ],
)
def test_a_body_is_decoded_again(coding: str, raw: bytes) -> None:
    """The page has its bytes as sent and as meant."""
    assert decoded(raw, (("Content-Encoding", coding),)) == b"text"


def test_a_coding_nobody_knows_is_left_alone() -> None:
    """Bytes are never made up."""
    assert decoded(b"??", (("Content-Encoding", "gzip"),)) == b"??"
    assert decoded(b"??", (("Content-Encoding", "br"),)) == b"??"


@pytest.mark.parametrize("damage", ["flip", "cut", "missing", "elsewhere", "outside"])
def test_a_damaged_record_is_an_error(archive: FileArchive, damage: str) -> None:
    """A page that is not as it was captured is never given."""
    capture = archive.capture(page(body=b"x" * 3000))
    other = archive.capture(page("https://news.example/2", b"other"))
    (path,) = warcs(archive)
    content = bytearray(path.read_bytes())
    match damage:
        case "flip":
            content[capture.offset + capture.length // 2] ^= 0xFF
        case "cut":
            del content[capture.offset + 20 :]
        case "missing":
            path.unlink()
        case "elsewhere":
            capture = replace(capture, offset=other.offset)
        case "outside":
            capture = replace(capture, file="../../etc/passwd")
    if damage in {"flip", "cut"}:
        path.write_bytes(content)
    with pytest.raises(ArchiveDamaged):
        archive.page(capture)


def test_a_line_break_in_a_header_forges_nothing(archive: FileArchive) -> None:
    """A header that holds a line break is one header."""
    archive.capture(page(headers=(("X-Odd", "a\r\nContent-Type: text/evil\r\n\r\n<p>forged"),), reason="OK\r\nX: y"))
    response = records(archive)[1]
    assert response["http"].get_header("content-type") is None
    assert response["payload"] == b"<p>The harbour is open.</p>"
    assert response["ok"]


def test_the_catalogue_knows_how_far_a_full_file_goes(tmp_path: Path) -> None:
    """Also where the answer of a visit is the last of one file, and what was made of it begins the next: else nobody
    would notice that the end of the first was cut off."""
    root = tmp_path / "archive"
    with opened(root, warc_size=1) as archive:
        visit(archive, "A")
        visit(archive, "B", at=START + DAY)
        files = warcs(archive)
    with FileArchive.open(root, read_only=True) as archive, archive.exports.view(Wanted()) as view:
        assert [known for _, _, known in view.warcs()] == [path.stat().st_size for path in files]
    files[0].write_bytes(files[0].read_bytes()[:-1])
    assert [finding.file for finding in findings(root, deep=False)] == [files[0].relative_to(root).as_posix()]
