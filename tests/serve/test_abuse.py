"""Every route against everything that is not meant for it: methods, tokens, ids, values, ranges, names of hosts.

The tables walk the router: a route that is not in PLACES fails here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from scraper.serve.api import ENDPOINTS
from scraper.serve.app import create_app, routes_of
from scraper.serve.gate import Door
from scraper.serve.tries import Tries
from tests.serve.asker import Asker, asker, faults
from tests.serve.shown import Shown, fill, serving, shown
from tests.tally import Tally

TOKEN = "a-token-of-sixteen-characters"
ROW = "abuse of the interfaces"
JSON, HTML, ATOM = "application/json", "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"

# Route → what a GET of it gives; None where only POST is taken.
PLACES: dict[str, str | None] = {
    "/healthz": JSON, "/readyz": JSON, "/metrics": "text/plain; version=0.0.4; charset=utf-8",
    "/api/v1": JSON, "/api/v1/": JSON,
    "/api/v1/articles": JSON, "/api/v1/articles/{id}": JSON, "/api/v1/articles/{id}/versions": JSON,
    "/api/v1/articles/{id}/versions/{n}": JSON, "/api/v1/articles/{id}/visits": JSON,
    "/api/v1/articles/{id}/copies": JSON, "/api/v1/diff": JSON, "/api/v1/changes": JSON, "/api/v1/search": JSON,
    "/api/v1/outlets": JSON, "/api/v1/outlets/{name}": JSON, "/api/v1/status": JSON, "/api/v1/openapi.json": JSON,
    "/api/v1/fetch": None, "/api/v1/fetch/{job}": JSON, "/api/v1/docs": HTML,
    "/feeds/changes.atom": ATOM, "/feeds/outlets/{name}.atom": ATOM, "/feeds/kinds/{name}.atom": ATOM,
    "/feeds/search.atom": ATOM,
    "/": HTML, "/stealth": HTML, "/gone": HTML, "/outlets": HTML, "/outlets/{name}": HTML, "/search": HTML,
    "/status": HTML, "/articles/{id}": HTML, "/articles/{id}/diff": HTML, "/articles/{id}/evidence": HTML,
    "/fetch": None, "/fetch/{job}": HTML, "/static/{name}": "text/css; charset=utf-8",
}  # fmt: skip
NEEDED = {"/api/v1/diff": "article={id}", "/api/v1/search": "q=berths", "/feeds/search.atom": "q=berths"}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY", "get", "PROPFIND")
FORM, ASKED = b"url=https%3A%2F%2Fnews.example%2Fa", b'{"url": "https://news.example/a"}'

# What is no name of anything, as it stands in a path.
NO_NAMES = (
    "-1", "0", "1e400", "NaN", "1_000", "%D9%A1%D9%A2", "+1", "%201", "9223372036854775808", "18446744073709551616",
    "9" * 400, "0x1f", "..", "../..", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c",
    "%00", "a%00.css", "%2fetc%2fpasswd", "%5c%5c%3f%5cC:%5c", "a" * 5000, "%ff%fe", "%ED%A0%80", "%0d%0aX-Evil:%201",
    "[]", "{}", "*", "%3Cscript%3E", "0123456789ABCDEF", "0123456789abcdef%0a", "123e4567-e89b-12d3-a456-426614174000",
    "news.example%00", "style.css%00", "NEWS.EXAMPLE%2f..", "%u0041", "%", "%zz", ";x=1", "~root", ".git",
    "%F0%9F%92%A9",
)  # fmt: skip
# What may stand as a value, for whatever it is meant.
NO_VALUES = (
    "", "0", "-1", "1e400", "NaN", "null", "true", "999999999999999999999", "[]", '{"$gt":""}', "\x00", "a\x00b",
    "<script>alert(1)</script>", "\"'><svg onload=alert(1)>", "' OR 1=1 --", "\r\nX-Evil: 1", "../../etc/passwd",
    "//evil.example", "/\\evil.example", "http:evil.example", "\t//evil.example", "javascript:alert(1)", "{{7*7}}",
    "\u202eevil", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "漢字", "a" * 1999, "a" * 2001,
    "99999999999999999-0000000000000000-999999999", "999999999999999999-ffffffffffffffff-1", "0-0-0",
    "999999999.999999",
    "ffffffffffffffff", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "2026-02-30", "P1D",
)  # fmt: skip


# What pages and feeds take; endpoints say it themselves.
EDITS = ("outlet", "language", "kind", "stealth", "since", "until")
SEARCH = ("q", "outlet", "language", "since", "until", "version", "removed", "cursor")
TAKEN: dict[str, tuple[str, ...]] = {
    "/": (*EDITS, "cursor", "next"), "/stealth": ("cursor", "since"), "/gone": ("outlet",), "/search": SEARCH,
    "/outlets/{name}": ("before",), "/articles/{id}": ("version",), "/articles/{id}/evidence": ("version",),
    "/articles/{id}/diff": ("from", "to", "view"), "/feeds/changes.atom": EDITS, "/feeds/search.atom": SEARCH,
    "/feeds/outlets/{name}.atom": ("kind", "since"), "/feeds/kinds/{name}.atom": ("outlet", "until"),
} | {one.path: tuple(field.name for field in one.fields if field.where == "query") for one in ENDPOINTS}  # fmt: skip


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The web side behind a token."""
    with shown(tmp_path_factory.mktemp("locked") / "archive", Door(TOKEN, tries=Tries(10_000))) as it:
        fill(it.archive)
        yield it


@pytest.fixture(scope="module")
def ask(site: Shown) -> Iterator[Asker]:
    """A client of the open one."""
    with asker(site) as it:
        yield it


@pytest.fixture(scope="module")
def stranger(locked: Shown) -> Iterator[Asker]:
    """A client of the locked one, without its token."""
    with asker(locked) as it:
        yield it


@pytest.fixture(scope="module")
def member(locked: Shown) -> Iterator[Asker]:
    """A client of the locked one that has it."""
    with asker(locked, TOKEN) as it:
        yield it


@pytest.fixture(scope="module")
def job(ask: Asker) -> str:
    """A fetch that was asked for."""
    return str(ask("POST", "/api/v1/fetch", ASKED).json["id"])


def place(site: Shown, route: str, **odd: str) -> str:
    """Where to ask for a route: of what is there, but for what is `odd`."""
    name = "figures" if "kinds" in route else "style.css" if "static" in route else "news.example"
    values = {"id": site.id(), "n": "0", "name": name, "job": "x"} | odd
    path = f"{route}?{NEEDED[route]}" if route in NEEDED else route
    for key, value in values.items():
        path = path.replace(f"{{{key}}}", value)
    return path


def methods_of(site: Shown) -> dict[str, set[str]]:
    """Route → the methods that it says it takes."""
    return {route.path: set(route.methods or ()) for route in routes_of(site.site)}


def test_every_route_has_its_place_here(site: Shown) -> None:
    assert methods_of(site).keys() == PLACES.keys()


def test_every_route_takes_its_methods_and_no_other(site: Shown, ask: Asker, job: str, tally: Tally) -> None:
    """405 names those that are taken; nothing is done by one that is not."""
    wrong, tried, asked = [], 0, list(site.asked)
    for route, taken in methods_of(site).items():
        for method in METHODS:
            body = None if method != "POST" else ASKED if route.startswith("/api") else FORM
            answer, tried = ask(method, place(site, route, job=job), body), tried + 1
            allowed = {one.strip() for one in answer["allow"].split(",") if one.strip()}
            right = allowed == set() if method in taken else (answer.status, allowed) == (405, taken)
            expected = answer.status in ({202, 303} if method == "POST" else {200}) if method in taken else True
            wrong += [(method, route, answer.status, fault) for fault in faults(answer)]
            wrong += [] if right and expected else [(method, route, answer.status, answer["allow"])]
    tally(ROW, tried, tried - len({one[:2] for one in wrong}))
    assert wrong == []
    assert set(site.asked) - set(asked) <= {"https://news.example/a"}


def test_head_is_get_without_its_body(site: Shown, ask: Asker, job: str, tally: Tally) -> None:
    wrong = []
    routes = [route for route, media in PLACES.items() if media]
    for route in routes:
        got, head = (ask(method, place(site, route, job=job)) for method in ("GET", "HEAD"))
        if route == "/metrics":  # it tells of the process, which goes on
            got = replace(got, headers=dict(got.headers) | {"content-length": head.headers["content-length"]})
        same = {name: value for name, value in got.headers.items() if name != "date"}
        if (head.body, head.status, got["content-type"]) != (b"", got.status, PLACES[route]) or same != {
            name: value for name, value in head.headers.items() if name != "date"
        }:
            wrong.append((route, got.headers, head.headers))
    tally(ROW, len(routes), len(routes) - len(wrong))
    assert wrong == []


def test_who_has_it_already_is_told_so_everywhere(site: Shown, ask: Asker, job: str, tally: Tally) -> None:
    """An ETag on all JSON, feeds and pages; it gives 304, with the same rules for caches and without a body."""
    wrong = []
    routes = [route for route, media in PLACES.items() if media and route not in {"/metrics", "/fetch/{job}"}]
    for route in routes:
        got = ask("GET", place(site, route, job=job))
        again = ask("GET", place(site, route, job=job), headers=[("If-None-Match", f'"x", W/{got["etag"]}')])
        split = ask(
            "GET", place(site, route, job=job), headers=[("If-None-Match", '"x"'), ("If-None-Match", got["etag"])]
        )
        kept = all(again[name] == got[name] for name in ("etag", "cache-control", "vary"))
        if not (got["etag"] and (again.status, again.body, split.status) == (304, b"", 304) and kept):
            wrong.append((route, got["etag"], again.status, split.status, again.headers))
    tally(ROW, 2 * len(routes), 2 * len(routes) - len(wrong))
    assert wrong == []


def test_a_range_is_the_whole(site: Shown, ask: Asker, job: str, tally: Tally) -> None:
    wrong, tried = [], 0
    ranges = ("bytes=0-0", "bytes=-0", "bytes=5-1", "bytes=0-99999999999999999999", "bytes=-1", "lines=1-2",
              "bytes=" + ",".join(f"{n}-{n}" for n in range(5000)), "bytes=0-,0-,0-")  # fmt: skip
    for route in (route for route, media in PLACES.items() if media):
        for one in ranges:
            answer, tried = ask("GET", place(site, route, job=job), headers=[("Range", one)]), tried + 1
            if answer.status != 200 or "content-range" in answer.headers or faults(answer):
                wrong.append((route, one[:30], answer.status, faults(answer)))
    tally(ROW, tried, tried - len(wrong))
    assert wrong == []


def test_what_is_no_name_is_not_there_and_no_answer_says_why(site: Shown, ask: Asker, job: str, tally: Tally) -> None:
    """Whatever stands in the place of an id or a name, in every route that has one: it is told as of none."""
    wrong, tried = [], 0
    absent = {"id": "0" * 16, "n": "7", "name": "nobody.example", "job": "0" * 16}
    for route in (route for route, media in PLACES.items() if media and "{" in route):
        for key in (key for key in absent if f"{{{key}}}" in route):
            nothing = ask("GET", place(site, route, **({"job": job} | {key: absent[key]})))
            for odd in NO_NAMES:
                path = place(site, route, **({"job": job} | {key: odd}))
                if route == "/api/v1/articles/{id}/versions/{n}" and (key, odd) == ("n", "0"):
                    continue  # that is one
                answer, tried = ask("GET", path), tried + 1
                alike = answer.status == 404 and (answer.body == nothing.body or b"nothing here" in answer.body)
                wrong += [] if alike and not faults(answer) else [(path[:90], answer.status, answer.body[:200])]
    tally(ROW, tried, tried - len(wrong))
    assert wrong == []


def test_no_value_breaks_anything(site: Shown, ask: Asker, effort: int, tally: Tally) -> None:
    """Every value of every endpoint, and the same names on all pages and feeds: an answer, or what is wrong with it."""
    wrong, tried = [], 0
    for turn, (route, name) in enumerate((route, name) for route, names in TAKEN.items() for name in names):
        for value in NO_VALUES if effort > 1 else NO_VALUES[turn % 4 :: 4]:
            path, _, needed = place(site, route).partition("?")
            kept = "&".join(one for one in needed.split("&") if one and not one.startswith(f"{name}="))
            asked = f"{path}?{kept}&{name}={quote(value, safe='')}".replace("?&", "?")
            answer, tried = ask("GET", asked, headers=[("Accept", "text/html")]), tried + 1
            run = answer["content-type"].startswith("text/html") and b"<script" in answer.body.lower()
            if answer.status not in {200, 400, 404} or run or faults(answer):
                wrong.append((asked[:120], answer.status, run, faults(answer)))
    tally(ROW, tried, tried - len(wrong))
    assert wrong == []


def test_without_the_token_everything_is_the_same_nothing(locked: Shown, stranger: Asker, tally: Tally) -> None:
    """Whether there is such an article, outlet, route or method: 401 in the same words."""
    told, tried = set(), 0
    paths = [place(locked, route) for route in PLACES if route != "/healthz"]
    paths += [place(locked, route, id="0" * 16, name="nobody.example") for route in PLACES if "{" in route]
    for path in [*paths, "/nothing", "/%2e%2e/", "/api/v1/fetch/", "//", "*"]:
        for method in METHODS:
            answer, tried = stranger(method, path, ASKED if method == "POST" else None), tried + 1
            told.add((answer.status, answer.body if method != "HEAD" else answer["content-length"]))
            assert faults(answer) == [], (method, path)
            assert answer["www-authenticate"], (method, path)
    tally(ROW, tried, tried)
    assert {status for status, _ in told} == {401}
    assert len(told) == 2  # one with a body, one to HEAD
    assert locked.asked == []


def test_with_the_token_no_answer_may_be_kept_by_others(locked: Shown, member: Asker, tally: Tally) -> None:
    job = member("POST", "/api/v1/fetch", ASKED).json["id"]
    answers = {route: member("GET", place(locked, route, job=job)) for route, media in PLACES.items() if media}
    tally(ROW, len(answers), len(answers))
    assert {route: faults(answer) for route, answer in answers.items() if faults(answer)} == {}
    assert {answer.status for answer in answers.values()} == {200}
    assert answers["/api/v1/fetch/{job}"]["cache-control"] == "no-store"


def test_a_wrong_token_is_told_the_same_as_none(stranger: Asker, tally: Tally) -> None:
    tokens = ("", "Bearer", "Bearer ", f"bearer {TOKEN}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Basic !",
              f"Bearer\t{TOKEN}", f"Bearer {TOKEN},{TOKEN}", f"Bearer {TOKEN.upper()}", f"Token {TOKEN}", "Basic Og==",
              f"Bearer {'x' * 50_000}", "Negotiate YII=", f"Bearer {TOKEN}\u00ff")  # fmt: skip
    nothing = stranger("GET", "/api/v1/status")
    answers = [stranger("GET", "/api/v1/status", headers=[("Authorization", one)]) for one in tokens]
    answers += [stranger("GET", "/api/v1/status", headers=[("Authorization", f"Bearer {TOKEN}")] * 2)]
    right = [answer for answer in answers if (answer.status, answer.body) == (401, nothing.body)]
    tally(ROW, len(answers), len(right))
    assert len(right) == len(answers)
    assert all(TOKEN.encode() not in answer.body for answer in answers)


# Host → whether this service, on loopback and without a token, is asked for under it.
HOSTS = {
    "127.0.0.1": True, "127.0.0.1:80": True, "localhost": True, "LOCALHOST:8765": True, "[::1]": True, "[::1]:1": True,
    "localhost.": False, "127.0.0.1.": False, "127.1": False, "2130706433": False, "0.0.0.0": False, "[::]": False,
    "localhost:": False, "localhost:abc": False, "localhost:123456": False, "localhost:80:80": False, "[::1": False,
    "::1": False, "[0:0:0:0:0:0:0:1]": False, "[::ffff:127.0.0.1]": False, "localhost#": False, "localhost?x": False,
    "localhost/": False, "localhost\\": False, "user@localhost": False, "localhost@evil.example": False,
    "evil.example": False, "localhost.evil.example": False, "evil.example:localhost": False, "local\thost": False,
    "localhost, evil.example": False, "localhost evil": False, "": False, "%6cocalhost": False, "ⓛocalhost": False,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_only_its_own_names_are_answered(ask: Asker, tally: Tally, host: str) -> None:
    answer = ask("GET", "/api/v1/status", headers=[("Host", host.encode().decode("latin-1"))])
    right = answer.status == 200 if HOSTS[host] else answer.status in {400, 421}
    tally(ROW, 1, int(right and not faults(answer)))
    assert right, answer.status
    assert faults(answer) == []


STRANGERS = [
    [("Origin", "null")], [("Origin", "")], [("Origin", "http://evil.example")], [("Origin", "http://127.0.0.1.evil")],
    [("Origin", "http://evil.example/http://127.0.0.1:{port}")], [("Origin", "file://")],
    [("Origin", "127.0.0.1:{port}")],
    [("Origin", "http://127.0.0.1:{port}/")], [("Origin", "http://127.0.0.1:{port}.evil.example")],
    [("Origin", "http://127.0.0.1:1")], [("Origin", "HTTP://EVIL@127.0.0.1:{port}")],
    [("Origin", "http://127.0.0.1:{port}"), ("Origin", "http://evil.example")],
    [("Origin", "http://127.0.0.1:{port} http://evil.example")], [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-site")], [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "anything"), ("Origin", "http://127.0.0.1:{port}")],
]  # fmt: skip


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
def test_no_strangers_page_may_ask_for_anything(
    site: Shown, ask: Asker, tally: Tally, headers: list[tuple[str, str]]
) -> None:
    """On every route that takes more than reading, and in the preflight before it."""
    asked, tried = list(site.asked), 0
    sent = [(name, value.format(port=site.client.base_url.port)) for name, value in headers]
    for route in (route for route, media in PLACES.items() if media is None):
        for method in ("POST", "OPTIONS", "PUT"):
            answer, tried = ask(method, route, FORM if method == "POST" else None, sent), tried + 1
            assert (answer.status, faults(answer)) == (403, []), (method, route)
    tally(ROW, tried, tried)
    assert site.asked == asked


@pytest.mark.parametrize(
    "path",
    ["{}/", "/{}", "/.{}", "{};x", "{}.json", "{}%2f", "{}%00", "{}%20", "{}/..%2f", "/x/..{}", "/%2e%2e{}", "{}#x",
     "\\{}"],
)  # fmt: skip
def test_another_way_to_write_a_path_is_another_path(
    locked: Shown, member: Asker, stranger: Asker, tally: Tally, path: str
) -> None:
    """Neither does it open without the token, nor does it lead somewhere else with it. What has a place of its own with
    a slash has another test."""
    mine = {route.rstrip("/") for route in PLACES if route.endswith("/")}
    routes = [route for route, media in PLACES.items() if media and "{" not in route and route.rstrip("/") not in mine]
    for route in routes:
        written = path.format(place(locked, route).partition("?")[0])
        assert stranger("GET", written).status in {400, 401}, written
        answer = member("GET", written)
        assert (answer.status in {400, 404}, faults(answer)) == (True, []), written
    tally(ROW, 2 * len(routes), 2 * len(routes))


def test_no_header_or_field_changes_what_is_asked(member: Asker, stranger: Asker, tally: Tally) -> None:
    plain = member("GET", "/api/v1/outlets")
    tricks = [("X-Original-URL", "/metrics"), ("X-Rewrite-URL", "/metrics"), ("X-HTTP-Method-Override", "DELETE"),
              ("X-HTTP-Method", "POST"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "//evil.example"),
              ("Forwarded", "host=evil.example"), ("X-Forwarded-For", "127.0.0.1"), ("Upgrade", "websocket"),
              ("X-Accel-Redirect", "/etc/passwd"), ("Expect", "200-ok"),
              ("TE", "trailers"), ("Accept", "*/*;q=x")]  # fmt: skip
    for name, value in tricks:
        answer = member("GET", "/api/v1/outlets", headers=[(name, value)])
        assert (answer.status, answer.body, faults(answer)) == (200, plain.body, []), name
        assert stranger("GET", "/api/v1/outlets", headers=[(name, value)]).status == 401, name
    tally(ROW, 2 * len(tricks), 2 * len(tricks))


def test_a_socket_for_a_strangers_script_is_not_opened(ask: Asker, stranger: Asker) -> None:
    """There are no websockets: the upgrade is not taken up, from wherever it is asked."""
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
               ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "http://evil.example")]  # fmt: skip
    assert [ask("GET", path, headers=upgrade).status for path in ("/", "/ws")] == [200, 404]
    assert stranger("GET", "/", headers=upgrade).status == 401


class Broken:
    """A library in which nothing works, and that says why."""

    def nothing_at_all(self, *_: object, **__: object) -> Any:
        raise RuntimeError("a secret: /srv/news")

    def __getattr__(self, name: str) -> Any:
        return self.nothing_at_all


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_what_breaks_says_nothing_of_itself(site: Shown, tally: Tally, accept: str) -> None:
    """Every route over an archive that cannot even be asked: 500, or what needs no archive; the log has it."""
    broken: Any = Broken()
    app = create_app(replace(site.site, library=broken, search=broken, differ=broken, outlets=broken.nothing_at_all))
    wrong, seen = [], Counter[int]()
    with serving(app) as port, capture_logs() as said:
        ask = Asker(port)
        for route in (route for route, media in PLACES.items() if media):
            answer = ask("GET", place(site, route), headers=[("Accept", accept)])
            seen[answer.status] += 1
            if b"secret" in answer.body or not set(faults(answer)) <= {"broke"}:
                wrong.append((route, answer.body[:200], faults(answer)))
        ask.close()
    tally(ROW, seen.total(), seen.total() - len(wrong))
    assert wrong == []
    assert seen.keys() == {200, 404, 500} | ({303} if accept == "text/html" else set())
    assert ["a secret" in one["error"] for one in said if one["event"] == "request-broke"] == [True] * seen[500]


def test_health_says_nothing_but_that(stranger: Asker) -> None:
    answer = stranger("GET", "/healthz")
    assert (answer.status, answer.body, faults(answer)) == (200, b'{"status":"ok"}', [])
