"""Bytes that no client would send: requests that are none, bodies that never end, files that are not what they were."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.serve import asking
from tests.serve.asker import PROBLEM, Asker, asker, faults, raw, statuses
from tests.serve.shown import FERRY, Shown, told
from tests.store.kit import HARBOUR, article
from tests.tally import Tally

ROW = "abuse of the interfaces"
GET = b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/v1/fetch HTTP/1.1\r\nHost: localhost\r\n"
SECOND = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BODY = b'{"url": "https://news.example/a"}'


@pytest.fixture(scope="module")
def ask(site: Shown) -> Iterator[Asker]:
    with asker(site) as it:
        yield it


# What two parsers might read in two ways: one answer at most, and it refuses. A second one would be smuggled.
NO_REQUESTS = {
    "both lengths": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "both lengths, the other way": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": POST + b"Content-Length: 33\r\nContent-Length: 34\r\n\r\n" + BODY + SECOND,
    "a list of lengths": POST + b"Content-Length: 33, 34\r\n\r\n" + BODY + SECOND,
    "a length with a sign": POST + b"Content-Length: +33\r\n\r\n" + BODY + SECOND,
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n" + BODY + SECOND,
    "a length in hex": POST + b"Content-Length: 0x21\r\n\r\n" + BODY + SECOND,
    "a length of words": POST + b"Content-Length: many\r\n\r\n" + BODY + SECOND,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + BODY + SECOND,
    "two codings": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SECOND,
    "a blank before the colon": GET + b"X-Name : y\r\n\r\n" + SECOND,
    "a name with a blank": GET + b"X Name: y\r\n\r\n" + SECOND,
    "no name": GET + b": y\r\n\r\n" + SECOND,
    "no colon": GET + b"nothing\r\n\r\n" + SECOND,
    "a return in a value": GET + b"X: a\rX-Evil: b\r\n\r\n" + SECOND,
    "a NUL in a value": GET + b"X: a\x00b\r\n\r\n" + SECOND,
    "a NUL in the path": b"GET /api\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND,
    "a blank in the path": b"GET /api v1 HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND,
    "a long path": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n" + SECOND,
    "a long query": b"GET /api/v1/search?q=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "many headers": GET + b"X: y\r\n" * 20_000 + b"\r\n" + SECOND,
    "a long header": GET + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n" + SECOND,
    "a long name": GET + b"X" * 200_000 + b": y\r\n\r\n" + SECOND,
    "no host": b"GET /api/v1/status HTTP/1.1\r\n\r\n" + SECOND,
    "two hosts": GET + b"Host: localhost\r\n\r\n" + SECOND,
    "an old version": b"GET /healthz\r\n\r\n" + SECOND,
    "a version to come": b"GET /healthz HTTP/3.0\r\nHost: localhost\r\n\r\n" + SECOND,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x06\x04\x00\x00\x00\x00\x00" * 1000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "rubbish": bytes(range(256)) * 20 + b"\r\n\r\n",
    "empty lines": b"\r\n" * 50_000,
    "a chunk that is none": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"url\r\nZZ\r\n" + SECOND,
    "a chunk of many digits": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 30 + b"\r\n" + BODY + SECOND,
    "a chunk of a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + BODY + SECOND,
}  # fmt: skip


@pytest.mark.parametrize("name", NO_REQUESTS)
def test_what_is_no_request_is_refused_once(
    site: Shown, tally: Tally, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """At most one answer, which refuses; nothing was done, and nobody who sends rubbish fills the log with errors."""
    asked, came = list(site.asked), raw(site, NO_REQUESTS[name])
    right = statuses(came) in ([], [400], [431]) and site.asked == asked
    right = right and (not came or (PROBLEM.encode() in came and b"nosniff" in came and b"no-store" in came))
    tally(ROW, 1, int(right))
    assert right, came[:600]
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


# What is read in one way only, and harms nobody: the request counts, and nothing of it is taken for another.
ODD_REQUESTS = {
    "bare line feeds": GET.replace(b"\r\n", b"\n") + b"Connection: close\n\n",
    "a folded header": GET + b"X: a\r\n b\r\nConnection: close\r\n\r\n",
    "an absolute address": GET.replace(b"/api", b"http://evil.example/api") + b"Connection: close\r\n\r\n",
    "an address of another": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "a trailer": POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\nHost: evil.example\r\n\r\n",
    "HTTP/1.0": b"GET /api/v1/status HTTP/1.0\r\nHost: localhost\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_REQUESTS)
def test_odd_requests_have_one_answer(site: Shown, tally: Tally, name: str) -> None:
    came = raw(site, ODD_REQUESTS[name])
    right = len(statuses(came)) == 1 and statuses(came)[0] in {200, 400, 404, 405} and b"location: " not in came.lower()
    tally(ROW, 1, int(right))
    assert right, came[:600]


BODIES: dict[str, tuple[bytes, int]] = {
    "nested": (b"[" * 60_000, 400),
    "nested deeper": (b"[" * 100_000, 413),
    "nested names": (b'{"url":' * 9_000, 400),
    "a name of a megabyte": (b'{"' + b"u" * 1_000_000 + b'": 1}', 413),
    "a long name": (b'{"' + b"u" * 60_000 + b'":1}', 400),
    "many names": (b"{" + b",".join(b'"%d":1' % n for n in range(7_000)) + b"}", 400),
    "a number of many digits": (b'{"url": ' + b"9" * 60_000 + b"}", 400),
    "not a number": (b'{"url": NaN}', 400),
    "endless": (b'{"url": Infinity}', 400),
    "UTF-16": ('{"url": "http://x.example/"}'.encode("utf-16"), 400),
    "UTF-32": ('{"url": "http://x.example/"}'.encode("utf-32"), 400),
    "a mark before it": (b"\xef\xbb\xbf" + BODY, 400),
    "broken UTF-8": (b'{"url": "http://x.example/\xff"}', 400),
    "half a pair": (b'{"url": "http://x.example/\\ud800"}', 400),
    "two": (BODY + BODY, 400),
    "a comment": (b"/* */" + BODY, 400),
    "nothing": (b"", 400),
    "null": (b"null", 400),
    "a NUL": (b'{"url": "http://x.example/\\u0000b"}', 400),
    "a line feed": (b'{"url": "http://x.example/\\r\\nX: y"}', 400),
    "a list of one": (b'{"url": ["http://x.example/"]}', 400),
    "a secret": (b'{"url": "http://me:secret@x.example/"}', 400),
    "a long address": (b'{"url": "http://x.example/' + b"a" * 9_000 + b'"}', 400),
    "gzip without a word": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" * 50, 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_asks_for_nothing_is_told_so(site: Shown, ask: Asker, tally: Tally, name: str) -> None:
    (body, status), asked = BODIES[name], list(site.asked)
    try:
        answer = ask("POST", "/api/v1/fetch", body)
        right = answer.status == status and not faults(answer) and len(answer.body) < 3000
    except ConnectionError:
        right = status == 413  # hung up while we were still talking
    tally(ROW, 1, int(right and site.asked == asked))
    assert right
    assert site.asked == asked


FORMS = {
    "nothing": b"", "no address": b"url=", "two addresses": b"url=http://x.example/&url=http://y.example/",
    "another name": b"address=http://x.example/", "many fields": b"&".join(b"f%d=1" % n for n in range(5_000)),
    "many fields and ours": b"url=http://x.example/&" + b"&".join(b"f%d=1" % n for n in range(100)),
    "JSON": BODY, "broken UTF-8": b"url=\xff\xfe", "broken escapes": b"url=http://x.example/%ff%zz%",
    "a NUL": b"url=http://x.example/%00b", "new lines": b"url=http://x.example/%0d%0aSet-Cookie:%20a=b",
    "a script": b"url=javascript:alert(1)", "a file": b"url=file:///etc/passwd", "parts": b"--x\r\n\r\n\r\n--x--\r\n",
    "another method": b"_method=DELETE&url=", "a word": b"url=" + b"a" * 60_000,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_asks_for_nothing_is_told_so(site: Shown, ask: Asker, tally: Tally, name: str) -> None:
    asked = list(site.asked)
    kind = "multipart/form-data; boundary=x" if name == "parts" else "application/x-www-form-urlencoded"
    answer = ask("POST", "/fetch", FORMS[name], [("Content-Type", kind), ("Accept", "text/html")])
    right = (answer.status, faults(answer), site.asked) == (400, [], asked)
    tally(ROW, 1, int(right))
    assert right, (answer.status, answer.body[-300:])


@pytest.mark.parametrize("path", ["/api/v1/fetch", "/fetch"])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x", "identity, gzip"])
def test_no_body_is_unpacked(ask: Asker, tally: Tally, path: str, coding: str) -> None:
    answer = ask("POST", path, b"\x1f\x8b\x08\x00" + bytes(2000), [("Content-Encoding", coding)])
    tally(ROW, 1, int((answer.status, faults(answer)) == (415, [])))
    assert (answer.status, faults(answer)) == (415, [])


SLOW = {
    "one byte of many": (b"Content-Length: 33\r\n\r\n", b"{"),
    "nothing of what was said": (b"Content-Length: 33\r\n\r\n",),
    "a chunk without end": (b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n", b"{"),
    "chunks without a last": (b"Transfer-Encoding: chunked\r\n\r\n", b'1\r\n{\r\n'),
    "a promise": (b"Content-Length: 33\r\nExpect: 100-continue\r\n\r\n",),
}  # fmt: skip


@pytest.mark.parametrize("path", [b"/api/v1/fetch", b"/fetch"])
@pytest.mark.parametrize("name", SLOW)
def test_a_body_that_does_not_come_is_not_waited_for(
    site: Shown, tally: Tally, monkeypatch: pytest.MonkeyPatch, name: str, path: bytes
) -> None:
    monkeypatch.setattr(asking, "SLOW", 0.2)
    came = raw(site, POST.replace(b"/api/v1/fetch", path), *SLOW[name])
    right = [one for one in statuses(came) if one != 100] == [408]
    tally(ROW, 1, int(right))
    assert right, came[:500]


@pytest.mark.parametrize("sent", [b"", b'{"url"', b"1"])
def test_who_hangs_up_in_the_middle_is_no_error(
    site: Shown, tally: Tally, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", site.client.base_url.port or 0)) as sock:
        sock.sendall(POST + b"Content-Length: 33\r\n\r\n" + sent)
        time.sleep(0.2)  # until somebody waits for the rest
    for _ in range(20):
        assert site.client.get("/healthz").status_code == 200
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    tally(ROW, 1, int(not errors))
    assert errors == []


# ------------------------------------------------------------------------------------------------ searches


QUERIES = (
    '"', '""', "'", "(", ")", "((((", "NEAR(", "NEAR(a b, 5)", "a NEAR b", "col:a", "{title body}: a", "title:", ":a",
    "^a",
    "a AND", "OR", "OR OR OR", "NOT", "a NOT", "NOT a", "-", "--", "-a", "*", "a*", "a* b* c* d* e*", "**", "a**", "+a",
    "a" * 900, "a " * 499, '"a ' * 300, "-a " * 300, "a* " * 300, "title:" * 160, "(" * 999, "a OR " * 190 + "a",
    "\u200b", "\u202e", "\ufeff", "\u0301" * 500, "漢字", "漢" * 300, "😀", "😀" * 200, "ß", "İ", "ﬁ",
    "e\u0301", "%", "_",
    "; DROP TABLE search;", "1; SELECT 1", "' UNION SELECT 1 --", "\\", "\\0", "$(id)", "`id`", "{{7*7}}",
    "after:0000",
    "after:9999-99-99", "before:-1", "version:-1", "version:99999999999999999999", "lang:" + "e" * 300, "outlet:../..",
    "removed:maybe", "harbour" + " harbour" * 100, "rowid:1", "rank:1", "a\tb", "a\u2028b",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/api/v1/search", "/search", "/feeds/search.atom"])
def test_every_search_finds_something_or_says_why_not(site: Shown, tally: Tally, path: str) -> None:
    wrong = []
    for one in QUERIES:
        answer = site.client.get(path, params={"q": one})
        if answer.status_code not in {200, 400} or (answer.status_code == 400 and path == "/search"):
            wrong.append((one[:40], answer.status_code, answer.text[-200:]))
    tally(ROW, len(QUERIES), len(QUERIES) - len(wrong))
    assert wrong == []


def test_a_word_that_stands_ten_thousand_times_is_found_and_shown_in_part(mine: Shown) -> None:
    """Neither a snippet, nor marks, nor a difference of the largest texts grows without bound."""
    url, word = FERRY + "-heavy", "anchor "
    told(mine.archive, article(word * 10_000, url), url, hours=7)
    told(mine.archive, article("one " + word * 10_000 + "more", url), url, hours=8)
    found = mine.json("/api/v1/search", {"q": "anchor"})["items"][0]
    assert len(found["snippet"]) < 2000
    changed = mine.json("/api/v1/diff", {"article": mine.id(url)})
    assert (changed["changed"], len(json.dumps(changed)) < 8 * len(word) * 10_000) == (True, True)
    for path in ("/search?q=anchor", "/", f"/articles/{mine.id(url)}", "/feeds/changes.atom"):
        assert mine.client.get(path).status_code == 200, path


# ------------------------------------------------------------------------------------------------ files


@pytest.mark.parametrize("which", ["*.txt", "*.json", "warc"])
def test_a_link_planted_in_the_archive_leads_nowhere(mine: Shown, tmp_path: Path, tally: Tally, which: str) -> None:
    """Instead of a text, its sidecar, or the WARC file: what it leads to is never shown."""
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"secret": "of the machine"}) * 300, encoding="utf-8")
    entry = mine.archive.find(HARBOUR)
    assert entry
    folder = mine.archive.root / entry.path if which != "warc" else mine.archive.root
    planted = sorted(folder.rglob("*.warc.gz") if which == "warc" else folder.glob(f"002_{which}"))
    assert planted
    for file in planted:
        file.unlink()
        file.symlink_to(secret)
    paths = [f"/api/v1/articles/{entry.id}/versions/2{form}" for form in ("", "?format=text", "?format=warc")]
    paths += [f"/articles/{entry.id}", f"/articles/{entry.id}/diff", f"/articles/{entry.id}/evidence", "/",
              f"/api/v1/diff?article={entry.id}", "/feeds/changes.atom", "/api/v1/search?q=berths"]  # fmt: skip
    answers = [mine.client.get(path) for path in paths]
    tally(ROW, len(paths), sum("of the machine" not in answer.text for answer in answers))
    assert [answer.url for answer in answers if "of the machine" in answer.text] == []
    assert {answer.status_code for answer in answers} <= {200, 404, 503}
    assert 503 in {answer.status_code for answer in answers}
