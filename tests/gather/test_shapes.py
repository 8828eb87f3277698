"""Captures come out of WARC files of every origin and packing as they were made."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.gather.holdings import Holdings
from scraper.gather.wacz import members
from scraper.model import Page
from tests.gather.shapes import (
    DAY,
    HOUR,
    HTML,
    PACKINGS,
    PIER,
    START,
    Answer,
    browsertrix,
    by_fastwarc,
    by_warcio,
    chunked,
    common_crawl,
    deflated,
    heritrix,
    per_record,
    plain,
    record,
    repeat,
    sha1,
    story,
    wacz,
    warcinfo,
    wget,
    written,
)
from tests.tally import Tally

NOW = START + 700 * DAY
THREE = [Answer(body=story()), Answer(body=story("A"), at=START + HOUR), Answer(body=story("B"), at=START + DAY)]
CRAWLERS: dict[str, Callable[..., list[bytes]]] = {
    "wget": wget, "browsertrix": browsertrix, "Common Crawl": common_crawl, "Heritrix": heritrix,
}  # fmt: skip


def held(tmp_path: Path, *files: bytes) -> Holdings:
    """What these files hold."""
    holdings = Holdings(tmp_path, NOW)
    for number, data in enumerate(files):
        holdings.add(written(tmp_path, data, f"{number}.warc.gz"), None)
    return holdings


def pages(tmp_path: Path, *files: bytes) -> list[Page]:
    """Every page in these files, by date; that nothing is wrong with the files is checked."""
    with held(tmp_path, *files) as holdings:
        assert holdings.told.troubles == []
        return [holdings.page(found) for found in holdings.shelf.by_date()]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("crawler", CRAWLERS)
def test_every_crawler_in_every_packing(tmp_path: Path, crawler: str, packing: str, tally: Tally) -> None:
    """Bodies are decoded, dates and addresses are the record's, whoever wrote the file and however it is packed."""
    found = pages(tmp_path, PACKINGS[packing](*CRAWLERS[crawler](*THREE)))
    expected = [(each.url, each.at, each.body) for each in THREE]
    tally("WARC shapes imported", 1, int([(p.final_url, p.fetched_at, p.body) for p in found] == expected))
    assert [(page.final_url, page.fetched_at, page.body) for page in found] == expected
    assert {page.status for page in found} == {200}


@pytest.mark.parametrize("write", [by_warcio, by_fastwarc, lambda *a: by_warcio(*a, packed=False)])
def test_what_libraries_write(tmp_path: Path, write: Callable[..., bytes], tally: Tally) -> None:
    """warcio's and fastwarc's own files, with the digests they compute."""
    assert [page.body for page in pages(tmp_path, write(*THREE))] == [each.body for each in THREE]
    tally("WARC shapes imported", 1, 1)


def test_captures_of_all_files_are_in_order_of_their_dates(tmp_path: Path) -> None:
    """However they are spread over files, and in whatever order these are named."""
    files = [per_record(plain(each)) for each in (THREE[2], THREE[0], THREE[1])]
    assert [page.fetched_at for page in pages(tmp_path, *files)] == [each.at for each in THREE]


def test_the_request_goes_with_its_answer(tmp_path: Path) -> None:
    """Whichever of the two names the other."""
    for made in (wget(THREE[0]), browsertrix(THREE[0])):
        assert pages(tmp_path, per_record(*made))[0].request_headers


@pytest.mark.parametrize(
    ("headers", "wire"),
    [
        ((("Content-Encoding", "gzip"),), gzip.compress(story(), mtime=0)),
        ((("Content-Encoding", "x-gzip"),), gzip.compress(story()[:9], mtime=0) + gzip.compress(story()[9:], mtime=0)),
        ((("Content-Encoding", "deflate"),), deflated(story())),
        ((("Content-Encoding", "deflate"),), deflated(story())[2:-4]),
        ((("Content-Encoding", "gzip"), ("Content-Length", "17")), story()),
        ((("Content-Encoding", "br"), ("Content-Length", "17")), story()),
        ((("Transfer-Encoding", "chunked"),), chunked(story())),
        ((("Transfer-Encoding", "chunked"),), story()),
        ((("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")), chunked(gzip.compress(story(), mtime=0))),
        ((("Content-Length", "3"),), story()),
        ((("Content-Encoding", "identity"),), story()),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_codings_are_what_lies_there(
    tmp_path: Path, headers: tuple[tuple[str, str], ...], wire: bytes, tally: Tally
) -> None:
    """A coding may lie in the block or be gone while its header stays; a length that no longer fits is no matter."""
    (page,) = pages(tmp_path, per_record(plain(Answer(body=story(), wire=wire, headers=(*HTML, *headers)))))
    assert page.body == story()
    tally("WARC shapes imported", 1, 1)


@pytest.mark.parametrize("line", [b"\r\n", b"\n"])
@pytest.mark.parametrize("http", ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3"])
def test_status_lines_of_every_kind(tmp_path: Path, http: str, line: bytes) -> None:
    """HTTP/2 has no reason and no minor version, and some writers end lines with LF alone."""
    (page,) = pages(tmp_path, per_record(plain(Answer(body=story(), http=http, line=line, status="200 "))))
    assert (page.status, page.http_version[0]) == (200, http[5])
    assert page.content_type == "text/html; charset=utf-8"


def test_a_repeat_has_the_payload_it_stands_for(tmp_path: Path) -> None:
    """By the id it names, in whatever file that is; with its own date and headers."""
    first = plain(THREE[0])
    again = repeat(first, START + DAY, head=b'HTTP/1.1 200 OK\r\nETag: "v2"\r\nContent-Type: text/html\r\n\r\n')
    _, page = pages(tmp_path, per_record(again), per_record(warcinfo(), first))
    assert (page.body, page.fetched_at, page.header("etag")) == (story(), START + DAY, '"v2"')


def test_a_repeat_is_found_by_its_digest(tmp_path: Path) -> None:
    """Where the record it names is not there, or it names none."""
    first = plain(Answer(body=story(), warc={"WARC-Payload-Digest": sha1(story())}))
    again = repeat(first, START + DAY, WARC_Refers_To="<urn:uuid:none>", WARC_Payload_Digest=sha1(story()))
    assert [page.body for page in pages(tmp_path, per_record(first, again))] == [story(), story()]


def test_members_of_a_wacz(tmp_path: Path) -> None:
    """Stored as they are, or packed once more: both are read without unpacking anything by its name."""
    inside = [("archive/b.warc.gz", per_record(plain(THREE[1]))), ("archive/a.warc", plain(THREE[0]))]
    for stored in (True, False):
        path = written(tmp_path, wacz(inside, stored=stored), "some.wacz")
        with Holdings(tmp_path, NOW) as holdings:
            holdings.add(path, members(path))
            found = [holdings.page(each) for each in holdings.shelf.by_date()]
            assert holdings.told.troubles == []
        assert [page.body for page in found] == [THREE[0].body, THREE[1].body]
        assert [page.origin.file for page in found if page.origin] == [
            "some.wacz/archive/a.warc", "some.wacz/archive/b.warc.gz"
        ]  # fmt: skip


def test_what_is_no_page_is_counted_by_reason(tmp_path: Path) -> None:
    """Pictures, look-ups of names, parts, what is cut, what has no date or no address."""
    picture = Answer(body=b"\x89PNG", headers=(("Content-Type", "image/png"),))
    made = [
        plain(picture),
        plain(Answer(body=b"x", status="206 Partial Content")),
        plain(Answer(body=story(), warc={"WARC-Truncated": "length"})),
        plain(Answer(body=story(), warc={"WARC-Date": "2031-01-01T00:00:00Z"})),
        plain(Answer(body=story(), warc={"WARC-Date": "yesterday"})),
        plain(Answer(url="http://[", body=story())),
        record("response", b"<html>no head</html>", START, PIER),
        *heritrix()[1:],
    ]
    with held(tmp_path, per_record(*made)) as holdings:
        assert holdings.told.left == {
            "not-html": 1, "incomplete": 1, "truncated": 1, "bad-date": 2, "bad-url": 1, "no-http": 1, "not-http": 1
        }  # fmt: skip
        assert list(holdings.shelf.by_date()) == []


BODIES = st.binary(min_size=1, max_size=3000)
PACKED = st.sampled_from(sorted(PACKINGS))
WIRES = st.sampled_from(["plain", "gzip", "deflate", "chunked", "both"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(BODIES, min_size=1, max_size=6), packing=PACKED, wire=WIRES)
def test_any_body_comes_back(tmp_path: Path, bodies: list[bytes], packing: str, wire: str) -> None:
    """Whatever bytes a page has, and however they were sent and packed, also if they look like records."""
    answers = [sent(body, wire, number) for number, body in enumerate([*bodies, b"\r\n\r\nWARC/1.0\r\nWARC-Type: x"])]
    found = pages(tmp_path, PACKINGS[packing](warcinfo(), *map(plain, answers)))
    assert [page.body for page in found] == [each.body for each in answers]
    assert [page.raw for page in found] == [raw(each.body, wire) for each in answers]


def raw(body: bytes, wire: str) -> bytes:
    """The body with its content coding."""
    return {"gzip": gzip.compress(body, mtime=0), "both": gzip.compress(body, mtime=0), "deflate": deflated(body)}.get(
        wire, body
    )


def sent(body: bytes, wire: str, number: int) -> Answer:
    """An answer with that body."""
    coding = {"gzip": "gzip", "both": "gzip", "deflate": "deflate"}.get(wire)
    headers = [*HTML, *([("Content-Encoding", coding)] if coding else [])]
    lies = raw(body, wire)
    if wire in {"chunked", "both"}:
        headers.append(("Transfer-Encoding", "chunked"))
        lies = chunked(lies)
    return Answer(body=body, wire=lies, headers=tuple(headers), at=START + number * HOUR, warc={
        "WARC-Payload-Digest": sha1(lies)})  # fmt: skip
