"""The archive in somebody else's hands: a stock pywb finds every capture and shows what readers were shown."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.model import Hop, Page
from scraper.store.archive import FileArchive
from scraper.store.export import formats
from scraper.store.export.surt import surt
from scraper.store.export.view import Wanted
from tests.export.wayback import Replayed, Wayback, collect, serving, stamp14, tool, unpack
from tests.fakes import article_page
from tests.site import Program, Route, Site, serve
from tests.store.kit import HARBOUR, START, article, intent, opened, page
from tests.tally import Tally
from tests.wire import WIRES

HOST = "news.example"
SITE = f"https://{HOST}"
MINUTE = timedelta(minutes=1)
# A 304 confirms what was sent before. pywb shows it as it is, empty; without its line in the index it is never shown.
CONFIRMED = (
    '"mime": "warc/revisit", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'
)


@dataclass(frozen=True)
class Shown:
    """What the outlet sent from an address at a time."""

    url: str
    at: datetime
    status: int
    raw: bytes
    coding: str = ""


def brotli(text: bytes) -> bytes:
    """`text` in the brotli format, stored: one meta-block of at most 64 kB, then an empty last one (RFC 7932)."""
    assert 0 < len(text) <= 1 << 16
    # From the lowest bit: window of 16 bits, not the last, four digits of length, the length less one, not compressed.
    return ((len(text) - 1) << 4 | 1 << 20).to_bytes(3, "little") + text + b"\x03"


def pages() -> list[Page]:
    """Every way in which an answer can come."""
    html = ("Content-Type", "text/html; charset=utf-8")
    at = [START + number * MINUTE for number in range(40)]
    text = b"<p>Long enough to be worth packing. </p>" * 20
    moved = page(f"http://{HOST}/old", b"", at[20], status=301, headers=(("Location", f"{SITE}/new"),))
    secured = page(f"http://{HOST}/same", b"", at[21], status=301, headers=(("Location", f"{SITE}/same"),))
    further = page(f"{SITE}/older", b"", at[22], status=302, headers=(("Location", "/old"), ("Content-Length", "9")))
    return [
        page(HARBOUR, b"<p>First words.</p>", at[0]),
        page(HARBOUR, b"<p>First words.</p>", at[1]),  # a repeat
        page(HARBOUR, b"", at[2], status=304, reason="Not Modified"),
        page(HARBOUR, b"<p>Second words.</p>", at[3]),
        page(HARBOUR, b"<p>First words.</p>", at[4]),  # back to the first: a repeat of what was long ago
        page(HARBOUR, b"<p>No such page.</p>", at[5], status=404, reason="Not Found"),
        page(f"{SITE}/gone", b"", at[6], status=410, reason="Gone"),
        page(f"{SITE}/broken", b"<p>Sorry.</p>", at[7], status=500, reason="Oh"),
        page(f"{SITE}/gzip", gzip.compress(text, mtime=0), at[8], headers=(html, ("Content-Encoding", "gzip"))),
        page(f"{SITE}/gzip", gzip.compress(text, mtime=0), at[9], headers=(html, ("Content-Encoding", "gzip"))),
        page(f"{SITE}/deflate", zlib.compress(text), at[10], headers=(html, ("Content-Encoding", "deflate"))),
        page(f"{SITE}/br", brotli(text), at[11], headers=(html, ("Content-Encoding", "br"))),
        page(f"{SITE}/chunked", text, at[12], headers=(html, ("Transfer-Encoding", "chunked"))),
        page(f"{SITE}/both", gzip.compress(text, mtime=0), at[13],
             headers=(html, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Length", "3"))),
        page(f"{SITE}/Mixed/Case/?b=2&a=1&c", b"<p>Query.</p>", at[14]),
        page(f"{SITE}/caf%C3%A9/%E2%82%AC", b"<p>Caf\xe9.</p>", at[15], headers=(("Content-Type", "text/html"),)),
        page(f"{SITE}/paper.pdf", b"%PDF-1.4 \x00\xff", at[16], headers=(("Content-Type", "application/pdf"),)),
        page(f"{SITE}/untyped", b"plain", at[17], headers=()),
        page(f"https://www.{HOST}/www", b"<p>www</p>", at[18]),
        page(f"{SITE}:8443/port", b"<p>port</p>", at[19], http_version="2"),
        replace(page(f"{SITE}/new", b"<p>Moved.</p>", at[20]), url=moved.url, hops=(hop(moved),)),
        replace(page(f"{SITE}/same", b"<p>Secured.</p>", at[21] + MINUTE / 2), url=secured.url, hops=(hop(secured),)),
        replace(page(f"{SITE}/new", b"<p>Twice.</p>", at[22]), url=further.url, hops=(hop(further), hop(moved))),
    ]  # fmt: skip


def hop(answer: Page) -> Hop:
    """A redirect as the fetcher hands it on."""
    return Hop(answer.url, answer.status, answer.header("location") or "", answer)


def shown() -> list[Shown]:
    """All that readers were shown, redirects too. A 304 showed nothing new: what it confirms is shown again."""
    found, last = [], b""
    for each in pages():
        coding = each.header("content-encoding") or ""
        last = last if each.status == 304 else each.raw
        status = 200 if each.status == 304 else each.status
        found.append(Shown(each.final_url, each.fetched_at, status, last, coding))
        found += [Shown(h.url, h.answer.fetched_at, h.status, b"") for h in each.hops if h.answer]
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of all these answers, each of a visit that made a version of it."""
    where = tmp_path_factory.mktemp("shown") / "archive"
    with opened(where, warc_size=8000) as archive:
        for number, seen in enumerate(pages()):
            entry = archive.find(seen.url)
            text = article(f"Version {number}.", seen.final_url)
            archive.commit(intent("edited" if entry else "new", seen, archive.capture(seen), entry, text))
    return where


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An archive that the program itself made, of a site on loopback."""
    program = Program(tmp_path_factory.mktemp("real"))
    story = article_page(*WIRES["en"].story, title="Mayor resigns")
    packed = gzip.compress(article_page(*WIRES["en"].story, title="Pier opens").encode(), mtime=0)
    coded = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
    routes: dict[str, Route] = {
        "/old": (301, {"Location": "/older"}, b"moved"),
        "/older": (302, {"Location": "/news/mayor"}, b""),
        "/news/mayor": story,
        "/news/pier": (200, coded, packed),
    }
    with serve(Site(routes)) as site:
        program.configure(site, "paper.example")
        told = program.fetch("http://paper.example/old", "http://paper.example/news/pier", "http://paper.example/none")
    assert [line["verdict"] for line in told[:2]] == ["new", "new"]
    return program


@pytest.fixture(scope="module")
def wayback(root: Path, real: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    """pywb over our own WARC files as they lie, over an exported WARC, and over exported WACZ files."""
    place = tmp_path_factory.mktemp("wayback")
    (place / "one").mkdir()
    export(root, "warc", place / "one" / "all.warc.gz", Wanted())
    export(root, "wacz", place / "all.wacz", Wanted())
    export(root, "wacz", place / "chosen.wacz", Wanted(outlets=("news.example",)))
    collections = [
        collect(place, "own", root / "warc", CONFIRMED),
        collect(place, "warc", place / "one", CONFIRMED),
        collect(place, "plain", root / "warc"),
        collect(place, "real", real.archive / "warc"),
    ]
    for name in ("all", "chosen"):
        unpack(place, name, place / f"{name}.wacz")
    with serving(place, collections) as server:
        yield server


def export(root: Path, form: formats.Format, place: Path, wanted: Wanted) -> None:
    """An export that has to succeed."""
    with FileArchive.open(root, read_only=True) as archive, archive.exports.view(wanted) as view:
        formats.write(view, form, formats.Place(place))
        assert not view.problems


def is_as(answer: Replayed, expected: Shown) -> bool:
    """Whether what came is what was shown."""
    told = (answer.status, answer.body, answer.headers.get("content-encoding", ""))
    return told == (expected.status, expected.raw, expected.coding)


@pytest.mark.parametrize("collection", ["own", "warc", "all", "chosen"])
def test_every_capture_is_shown_as_it_was(wayback: Wayback, tally: Tally, collection: str) -> None:
    """The bytes that readers were shown, at the time when they were: packed, chunked, repeated, moved, gone."""
    wrong = []
    for each in shown():
        answer = wayback.get(collection, each.url, each.at)
        right = is_as(answer, each) or self_redirect(each, answer)
        wrong += [] if right else [(each, answer)]
        tally("archives replayed by pywb (captures)", 1, int(right))
    assert wrong == []


def self_redirect(each: Shown, answer: Replayed) -> bool:
    """Whether a redirect to the same page by https was left out for the page itself, as replay tools do: for them both
    have one address, and the redirect would lead to itself for ever."""
    return each.url.endswith("/same") and each.status == 301 and answer.body == b"<p>Secured.</p>"


@pytest.mark.parametrize("collection", ["own", "warc", "all", "chosen"])
def test_the_index_lists_every_capture(wayback: Wayback, collection: str) -> None:
    """By address and time, and nothing else under that address."""
    for url in {surt(each.url): each.url for each in shown()}.values():
        listed = {(each["url"], each["timestamp"]) for each in wayback.index(collection, url)}
        here = [each for each in pages() if each.status == 304 and each.final_url == url]
        expected = {(each.url, stamp14(each.at)) for each in shown() if surt(each.url) == surt(url)}
        assert listed == expected - {(each.final_url, stamp14(each.fetched_at)) for each in here}


def test_a_confirmation_is_listed_and_shown_as_what_it_is(wayback: Wayback) -> None:
    """With an index that nobody has touched: nothing that we write hides behind it."""
    [confirming] = [each for each in pages() if each.status == 304]
    answer = wayback.get("plain", HARBOUR, confirming.fetched_at)
    assert (answer.status, answer.body) == (304, b"")
    assert stamp14(confirming.fetched_at) in {each["timestamp"] for each in wayback.index("plain", HARBOUR)}


@pytest.mark.parametrize("path", ["/gzip", "/deflate", "/br", "/chunked", "/both"])
def test_a_browser_is_shown_the_text(wayback: Wayback, path: str) -> None:
    """Unpacked and rewritten by pywb, which has to believe our headers for that."""
    [each] = [each for each in shown() if urlsplit(each.url).path == path][-1:]
    for collection in ("own", "all"):
        answer = wayback.get(collection, each.url, each.at, "mp_")
        assert (answer.status, b"worth packing" in answer.body) == (200, True)


def test_what_the_program_fetched_itself_is_found_by_the_address_asked_for(wayback: Wayback, real: Program) -> None:
    """Through two redirects to the article, and without them."""
    with FileArchive.open(real.archive, read_only=True) as archive:
        entry = archive.find("http://paper.example/old")
        assert entry
        snapshot = archive.versions(entry.id)[0]
        capture, raw = snapshot.capture, archive.page(snapshot.capture).raw
    steps, url = [], "http://paper.example/old"
    while (answer := wayback.get("real", url, capture.captured_at)).status in {301, 302}:
        steps.append(answer.status)
        url = answer.headers["location"] if "://" in answer.headers["location"] else url
        assert len(steps) < 5
        url = f"http://paper.example{answer.headers['location']}" if answer.headers["location"][0] == "/" else url
    assert (steps, url, answer.status, answer.body) == ([301, 302], "http://paper.example/news/mayor", 200, raw)
    pier = wayback.get("real", "http://paper.example/news/pier", capture.captured_at)
    assert b"Pier opens" in gzip.decompress(pier.body)
    assert wayback.get("real", "http://paper.example/none", capture.captured_at).status == 404


# ------------------------------------------------------------------------------------------------ wacz


def test_the_package_is_valid_for_its_own_validator(root: Path, tmp_path: Path) -> None:
    """py-wacz: contents, hashes, compression, data package."""
    export(root, "wacz", tmp_path / "a.wacz", Wanted())
    assert "Validation succeeded" in tool("wacz", "validate", "-f", tmp_path / "a.wacz")
    with ZipFile(tmp_path / "a.wacz") as package, ZipFile(tmp_path / "b.wacz", "w") as other:
        for name in package.namelist():
            other.writestr(name, package.read(name).replace(b"Harbour", b"Harvest"))
    with pytest.raises(AssertionError, match="Hash Count Error"):
        tool("wacz", "validate", "-f", tmp_path / "b.wacz")


def test_the_index_is_the_one_that_its_own_indexer_makes(root: Path, tmp_path: Path) -> None:
    """cdxj-indexer over the same records: the same lines in the same order, but for what confirms only."""
    export(root, "wacz", tmp_path / "a.wacz", Wanted())
    with ZipFile(tmp_path / "a.wacz") as package:
        package.extract("archive/data.warc.gz", tmp_path)
        ours = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    theirs = tool("cdxj-indexer", "--sort", "--records", "response,revisit", tmp_path / "archive" / "data.warc.gz")
    expected = [line for line in map(split, theirs.splitlines()) if line[2].get("status") != "304"]
    assert [split(line) for line in ours] == expected


def split(line: str) -> tuple[str, str, dict[str, str]]:
    """A line of the index: key, time, fields."""
    key, at, fields = line.split(" ", 2)
    return key, at, json.loads(fields)


def test_the_second_index_leads_into_the_first(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its lines names a gzip member, its first line, and its hash."""
    monkeypatch.setattr("scraper.store.export.wacz.LINES", 7)
    export(root, "wacz", tmp_path / "a.wacz", Wanted())
    with ZipFile(tmp_path / "a.wacz") as package:
        data = package.read("indexes/index.cdx.gz")
        head, *places = package.read("indexes/index.idx").decode().splitlines()
        stored = {name for name in package.namelist() if package.getinfo(name).compress_type == ZIP_STORED}
    assert json.loads(head.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    assert len(places) > 2
    for key, at, where in map(split, places):
        member = data[int(where["offset"]) : int(where["offset"]) + int(where["length"])]
        assert gzip.decompress(member).decode().startswith(f"{key} {at} {{")
    assert {"archive/data.warc.gz", "indexes/index.cdx.gz"} <= stored


def test_pages_are_the_versions(root: Path, tmp_path: Path) -> None:
    """A head, then address, time, title and text of each; each is found in the index."""
    export(root, "wacz", tmp_path / "a.wacz", Wanted())
    with ZipFile(tmp_path / "a.wacz") as package:
        head, *lines = map(json.loads, package.read("pages/pages.jsonl").decode().splitlines())
        index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    assert (head["format"], head["id"], head["hasText"]) == ("json-pages-1.0", "pages", True)
    found = {split(line)[:2] for line in index}
    confirmed = {stamp14(p.fetched_at) for p in pages() if p.status == 304}
    for line in lines:
        at = datetime.fromisoformat(line["ts"])
        assert (surt(line["url"]), stamp14(at)) in found or stamp14(at) in confirmed
        assert line["title"] == "Harbour reopens"
        assert line["text"].startswith("Harbour reopens\n\nby Ann Author")


# ------------------------------------------------------------------------------------------------ keys

PIECES = st.one_of(
    st.sampled_from(["news", "A", "..", ".", "", "%41", "%2541", "%C3%A9", "é", "a b", "x=1", "sid=" + "0" * 32, ";j"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#?/"), max_size=6),
)
HOSTS = st.sampled_from(
    ["news.example", "WWW.news.example", "www2.News.example", "news.example.", "пример.example", "192.0.2.7", "a..b"]
)
URLS = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{'/'.join(path)}{query}",
    st.sampled_from(["http", "https", "HTTP"]),
    HOSTS,
    st.sampled_from(["", "", ":80", ":443", ":8080", ":"]),
    st.lists(PIECES, max_size=4),
    st.one_of(st.just(""), st.lists(PIECES, max_size=4).map(lambda parts: f"?{'&'.join(parts)}")),
)


def test_keys_are_those_of_the_common_library(tally: Tally, effort: int) -> None:
    """`surt`, by which pywb and py-wacz look pages up, makes the same key of any address."""
    found: list[str] = []

    @settings(max_examples=300 * effort, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(URLS)
    def gather(url: str) -> None:
        found.append(url)

    gather()
    code = "import json, sys, surt; print(json.dumps([surt.surt(url) for url in json.load(sys.stdin)]))"
    theirs = json.loads(tool("python", "-c", code, stdin=json.dumps(found)))
    wrong = [(url, surt(url), key) for url, key in zip(found, theirs, strict=True) if surt(url) != key]
    tally("keys of addresses like those of surt", len(found), len(found) - len(wrong))
    assert wrong == []
