"""The JSON API tells what the archive has, and says plainly what it has not."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.reports import Place
from scraper.serve.api import cursor_of, place_of
from scraper.serve.app import routes_of
from tests.serve.shown import FERRY, Shown, told
from tests.store.kit import HARBOUR, START, article, intent, page

API = "/api/v1"
SIZE = 12 << 20


def test_articles_are_listed_in_pages_that_meet(site: Shown) -> None:
    first = site.json(f"{API}/articles", {"limit": 1})
    second = site.json(f"{API}/articles", {"limit": 1, "cursor": first["next"]})
    assert sorted(one["url"] for one in first["items"] + second["items"]) == [FERRY, HARBOUR]
    assert site.json(f"{API}/articles", {"cursor": second["next"]}) == {"items": [], "next": None}


def test_any_form_of_an_address_finds_its_article(site: Shown) -> None:
    found = site.json(f"{API}/articles", {"url": HARBOUR.replace("https", "http") + "/?utm_source=x#top"})
    assert [one["id"] for one in found["items"]] == [site.id()]
    assert site.json(f"{API}/articles", {"url": "https://news.example/never"})["items"] == []


def test_an_article_that_is_gone_says_since_when(site: Shown) -> None:
    assert site.json(f"{API}/articles/{site.id(FERRY)}")["gone_since"] == "2024-06-02T14:30:00Z"
    assert site.json(f"{API}/articles/{site.id()}")["gone_since"] is None


def test_versions_say_what_kind_of_edit_made_them(site: Shown) -> None:
    found = site.json(f"{API}/articles/{site.id()}/versions")["items"]
    assert [(one["version"], one["verdict"], one["kinds"], one["stealth"]) for one in found] == [
        (0, "new", [], False),
        (1, "edited", ["addition"], False),
        (2, "edited", ["figures"], True),
    ]


def test_a_version_is_its_text_and_its_sidecar(site: Shown) -> None:
    found = site.json(f"{API}/articles/{site.id()}/versions/2")
    assert "with 9 berths" in found["text"]
    assert hashlib.sha256(found["text"].encode()).hexdigest() == found["sha256"]
    assert found["sidecar"]["@type"] == "NewsArticle"
    assert [(part["kind"], part["old"], part["new"]) for part in found["edit"]["parts"]] == [("figures", "12", "9")]


@pytest.mark.parametrize(("values", "accept"), [({"format": "text"}, "*/*"), ({}, "text/plain")])
def test_the_text_can_be_had_as_its_file_has_it(site: Shown, values: dict[str, str], accept: str) -> None:
    path = f"{API}/articles/{site.id()}/versions/0"
    answer = site.client.get(path, params=values, headers={"Accept": accept})
    (file,) = _texts(site)
    assert answer.content == file.read_bytes()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def _texts(site: Shown) -> list[Path]:
    entry = site.archive.find(HARBOUR)
    assert entry
    return sorted((site.archive.root / entry.path).glob("000_*.txt"))


def test_the_record_behind_a_version_can_be_had(site: Shown) -> None:
    answer = site.client.get(f"{API}/articles/{site.id()}/versions/0", params={"format": "warc"})
    record = gzip.decompress(answer.content)
    assert record.startswith(b"WARC/1.1\r\n")
    assert b"with 12 berths" in record
    assert b"WARC-Type: request" in record
    assert answer.headers["content-disposition"].startswith("attachment")


def test_visits_are_told_newest_first(site: Shown) -> None:
    found = site.json(f"{API}/articles/{site.id(FERRY)}/visits", {"limit": 1})
    assert (found["items"][0]["verdict"], found["items"][0]["reason"], found["more"]) == ("gone", "http-404", True)


def test_a_difference_is_given_by_word_and_as_html(site: Shown) -> None:
    found = site.json(f"{API}/diff", {"article": site.id(), "from": 1, "to": 2})
    words = [run for row in found["rows"] for run in row["runs"] if run["op"] != "equal"]
    assert words == [{"op": "delete", "text": "12"}, {"op": "insert", "text": "9"}]
    assert "<del>12</del><ins>9</ins>" in found["html"].replace("\n", "")


def test_without_numbers_the_difference_is_that_of_the_last_edit(site: Shown) -> None:
    found = site.json(f"{API}/diff", {"article": site.id()})
    assert (found["from_version"], found["to_version"]) == (1, 2)


@pytest.mark.parametrize(
    ("values", "versions"),
    [
        ({}, [2, 1]),
        ({"stealth": "true"}, [2]),
        ({"kind": "addition"}, [1]),
        ({"outlet": "news.example"}, [2, 1]),
        ({"outlet": "elsewhere.example"}, []),
        ({"since": "2024-06-02T11:00:00Z"}, [2]),
        ({"until": "2024-06-02T11:00:00+00:00"}, [1]),
        ({"language": "en"}, []),
    ],
)
def test_edits_can_be_chosen(site: Shown, values: dict[str, str], versions: list[int]) -> None:
    assert [one["version"] for one in site.json(f"{API}/changes", values)["items"]] == versions


def test_edits_come_in_pages_that_meet(site: Shown) -> None:
    first = site.json(f"{API}/changes", {"limit": 1})
    second = site.json(f"{API}/changes", {"limit": 1, "cursor": first["next"]})
    assert [one["version"] for one in (*first["items"], *second["items"])] == [2, 1]


def test_outlets_and_status_count(site: Shown) -> None:
    assert site.json(f"{API}/outlets/news.example")["articles"] == 2
    found = site.json(f"{API}/status")
    assert (found["articles"], found["versions"], found["gone"], found["state"]) == (2, 4, 1, "ready")


def test_who_has_an_answer_already_is_told_so(site: Shown) -> None:
    path = f"{API}/articles/{site.id()}"
    tag = site.client.get(path).headers["etag"]
    assert site.client.get(path, headers={"If-None-Match": f'"x", {tag}'}).status_code == 304
    assert site.client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


ODD = ("-1", "1e3", "１２", "+1", " 1", "1_000", "NaN", "9" * 30, "a" * 3000, "..%2f..", "%00", "%ff", "0x1", "x" * 5)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "path", ["articles/{}", "articles/{}/versions", "articles/{}/visits", "outlets/{}", "fetch/{}"]
)
def test_what_is_no_name_of_anything_is_not_there(site: Shown, path: str, odd: str) -> None:
    """The same answer as for a name that might be one."""
    answer = site.client.get(f"{API}/{path.format(odd)}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("odd", [*ODD, "3"])
def test_what_is_no_number_of_a_version_is_not_there(site: Shown, odd: str) -> None:
    assert site.client.get(f"{API}/articles/{site.id()}/versions/{odd}").status_code == 404


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("changes", {"since": "yesterday"}),
        ("changes", {"since": "9999-99-99"}),
        ("changes", {"kind": "nothing"}),
        ("changes", {"stealth": "maybe"}),
        ("changes", {"cursor": "1-2-3"}),
        ("changes", {"cursor": "999999999999999999-0000000000000000-1"}),
        ("changes", {"limit": "many"}),
        ("changes", {"other": "1"}),
        ("articles", {"cursor": "x"}),
        ("articles", {"url": "x" * 5000}),
        ("articles", {"outlet": "a\x00b"}),
        ("diff", {}),
        ("diff", {"article": "x"}),
    ],
)
def test_a_wrong_value_is_named(site: Shown, path: str, values: dict[str, str]) -> None:
    told = site.json(f"{API}/{path}", values, 400)
    assert told["type"] == "urn:scraper:problem:bad-request"
    assert next(iter(values), "article") in told["detail"]


@pytest.mark.parametrize(("limit", "given"), [("0", 1), ("-5", 1), ("99999999999999999999", 2), ("9" * 2000, 2)])
def test_a_limit_is_brought_within_bounds(site: Shown, limit: str, given: int) -> None:
    assert len(site.json(f"{API}/changes", {"limit": limit})["items"]) == given


def test_a_value_given_twice_is_no_choice(site: Shown) -> None:
    answer = site.client.get(f"{API}/changes?limit=1&limit=2")
    assert (answer.status_code, "more than once" in answer.json()["detail"]) == (400, True)


def test_a_damaged_version_is_an_error_and_its_neighbours_are_not(mine: Shown) -> None:
    (file,) = _texts(mine)
    file.write_bytes(b"another text\n")
    path = f"{API}/articles/{mine.id()}/versions"
    answer = mine.client.get(f"{path}/0")
    assert (answer.status_code, "another text" in answer.text) == (503, False)
    assert mine.client.get(f"{path}/1").status_code == 200


def test_every_route_is_described(site: Shown) -> None:
    """A new route without its description fails here."""
    described = set(site.json(f"{API}/openapi.json")["paths"])
    routes = {route.path for route in routes_of(site.site) if route.path.startswith(API)}
    assert described == routes - {f"{API}/openapi.json", f"{API}/docs", f"{API}/"}


@pytest.mark.parametrize("path", [API, f"{API}/"])
def test_the_index_names_all_that_is_described(site: Shown, path: str) -> None:
    found, described = site.json(path), site.json(f"{API}/openapi.json")["paths"]
    assert {(one["method"], one["path"], one["summary"]) for one in found["routes"]} == {
        (method.upper(), where, one["summary"]) for where, some in described.items() for method, one in some.items()
    }
    assert {name: site.client.get(found[name]).status_code for name in found.keys() - {"routes"}} == dict.fromkeys(
        ("docs", "openapi", "status", "changes", "feed"), 200
    )


@pytest.mark.parametrize("path", [API, f"{API}/"])
def test_a_browser_at_the_index_is_led_to_the_page(site: Shown, path: str) -> None:
    answer = site.client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{API}/docs")
    assert answer.headers["vary"] == site.client.get(path).headers["vary"] == "Accept"
    assert site.client.get(path, headers={"Accept": "*/*"}).json()["docs"] == f"{API}/docs"


def test_what_nobody_expected_is_not_told_to_strangers(mine: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(type(mine.site.library), "entry", broken)
    answer = mine.client.get(f"{API}/articles/{'0' * 16}")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@given(st.integers(0, 1 << 52), st.integers(0, 10**9 - 1))
def test_any_place_has_a_cursor(microseconds: int, version: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    place = Place(at, "0123456789abcdef", version)
    assert place_of(cursor_of(place) or "") == place


@given(st.text())
def test_any_text_is_a_cursor_or_is_not(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert cursor_of(place_of(text))


def test_a_hostile_title_is_data(mine: Shown) -> None:
    """JSON has no syntax for it to break out of."""
    title = '"},"admin":true,{"x":"</script><script>alert(1)</script>'
    told(mine.archive, article("A text of its own.", FERRY + "-2", title=title), FERRY + "-2", hours=6)
    found = mine.json(f"{API}/articles/{mine.id(FERRY + '-2')}")
    assert found["title"] == title
    assert "admin" not in found


def test_head_is_get_without_a_body(site: Shown) -> None:
    answer = site.client.head(f"{API}/status")
    assert (answer.status_code, answer.content) == (200, b"")


def large(site: Shown) -> tuple[str, Path]:
    """Where a capture is to be had that no buffer on the way can hold, and the file it lies in."""
    url = f"{FERRY}-large"
    seen = page(url, os.urandom(SIZE), START)
    capture = site.archive.capture(seen)
    site.archive.commit(intent("new", seen, capture, None, article("A text of its own.", url)))
    return f"{API}/articles/{site.id(url)}/versions/0?format=warc", site.archive.root / capture.file


def test_a_large_record_is_whole_and_known_again(mine: Shown) -> None:
    path, file = large(mine)
    answer = mine.client.get(path)
    assert answer.content in file.read_bytes()
    assert int(answer.headers["content-length"]) == len(answer.content) > SIZE
    again = mine.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = mine.client.head(path)
    assert {name: head.headers[name] for name in ("content-length", "etag", "content-type")} == {
        name: answer.headers[name] for name in ("content-length", "etag", "content-type")
    }


def test_a_record_that_is_cut_while_it_is_sent_is_not_taken_for_whole(mine: Shown) -> None:
    """Its length was said before: the connection ends without the rest, and nothing else is said in its place."""
    path, file = large(mine)
    with mine.client.stream("GET", path) as answer:
        rest = answer.iter_raw(1000)
        next(rest)
        os.truncate(file, SIZE // 2)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message"):
            list(rest)
    assert mine.client.get("/healthz").status_code == 200


def test_a_damaged_record_is_said_to_be_damaged_before_a_byte_of_it_is_sent(mine: Shown) -> None:
    path, file = large(mine)
    with file.open("r+b") as bytes_:
        bytes_.seek(SIZE // 2)
        bytes_.write(bytes(20))
    assert mine.client.get(path).json()["type"] == "urn:scraper:problem:archive"
