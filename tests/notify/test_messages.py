"""Messages as they arrive: the shape that the page describes, the signature that it shows, and hostile words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Edit, Part
from scraper.notices import Notice
from scraper.notify import message
from scraper.notify.message import Told, plain
from scraper.reports import Change, Happening
from tests.notify.kit import MINUTE, SECRET, Desk, Got, receiver
from tests.store.kit import START, opened

PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")
NOTICE = Notice("all", "https://hook.example/")


@pytest.fixture(scope="module")
def got(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Got]:
    """A signed message about one edit."""
    root = tmp_path_factory.mktemp("notify")
    with receiver() as hook, opened(root / "archive") as archive:
        desk = Desk(archive, Notice("all", hook.url, SECRET), root)
        desk.edit()
        anyio.run(desk.step)
        desk.edit(edit=Edit(("wording",), (Part("wording", "a", "b"),)))
        anyio.run(desk.step, 6 * MINUTE)
        yield hook.got[0]


def is_ours(*args: Any) -> bool:
    """The receiver's check, as the page shows it."""
    (snippet,) = re.findall(r"(?s)```python\n(.*?)```", PAGE)
    names: dict[str, Any] = {}
    exec(snippet, names)  # noqa: S102  # the very code that readers will copy
    return bool(names["is_ours"](*args))


def test_the_signature_is_as_the_page_says(got: Got) -> None:
    now = (START + 6 * MINUTE).timestamp()
    assert is_ours(SECRET, got.headers, got.body, now)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{}"},
        {"secret": "another secret of some length"},
        {"x-scraper-id": "all-2"},
        {"x-scraper-timestamp": "1717321000"},
        {"now": (START + 60 * MINUTE).timestamp()},
    ],
)
def test_what_is_forged_or_sent_again_later_fails_the_check(got: Got, change: dict[str, Any]) -> None:
    headers = got.headers | {name: value for name, value in change.items() if name in got.headers}
    now = change.get("now", (START + 6 * MINUTE).timestamp())
    assert not is_ours(change.get("secret", SECRET), headers, change.get("body", got.body), now)


def test_the_page_names_every_key_that_is_sent(got: Got) -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert set(got.json) | set(got.json["edits"][0]) | set(got.json["edits"][0]["parts"][0]) <= named


def test_one_id_is_in_headers_and_body(got: Got) -> None:
    assert got.headers["x-scraper-id"] == got.headers["idempotency-key"] == got.json["id"]


def test_without_a_secret_nothing_is_signed(tmp_path: Path) -> None:
    with receiver() as hook, opened(tmp_path / "archive") as archive:
        desk = Desk(archive, Notice("all", hook.url), tmp_path)
        anyio.run(desk.step)
        desk.edit()
        desk.edit()
        anyio.run(desk.step, 6 * MINUTE)
    assert "x-scraper-signature" not in hook.got[0].headers


def made(title: str, old: str = "", new: str = "", url: str = "https://news.example/a") -> dict[str, Any]:
    change = Change(
        datetime(2026, 11, 22, tzinfo=UTC), "a1", 1, "news.example", url, title, "p", ("wording",), False, "edited"
    )
    edit = Edit(("wording",), (Part("wording", old, new),))
    return message.message(NOTICE, "n1", START, [Told(Happening(1, change), edit)], 0, "https://archive.example/")


@given(st.text(), st.text(), st.text())
def test_json_brings_any_words_whole(title: str, old: str, new: str) -> None:
    """Quotes, controls and lone surrogates cannot leave their strings; what is sent is ASCII on one line."""
    sent = message.encoded(made(title, old, new))
    assert sent.isascii()
    assert b"\n" not in sent
    assert json.loads(sent)["edits"][0]["parts"][0]["kind"] == "wording"


HOSTILE = [
    "**Breaking** [click](http://evil.example) @everyone <!channel>",
    "# heading\n> quote\n- list\n```code```",
    "<a href='javascript:1'>x</a> ||hidden|| ~~gone~~ __bold__",
    "right\u202eto left \u001b[2J and \x00 nothing",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_in_plain_text_no_sign_of_a_stranger_means_anything(words: str) -> None:
    told = message.text(made(words, words, words))
    quoted = told.replace("https://archive.example/articles/a1?version=1", "")
    assert not re.search(r"[<>`*_~|\[\]\\@#\x00-\x09\x0b-\x1f\u202a-\u202e]|\w://", quoted)


@given(st.text())
def test_words_stay_on_their_line(words: str) -> None:
    """Nothing of a stranger begins a line, and none is longer than the message can bear."""
    assert len(plain(words).splitlines()) <= 1
    assert not re.search(r"[<>`*_~|\[\]\\@#]|[a-zA-Z]://", plain(words).replace("\\x", "").replace("\\u", ""))


def test_an_address_of_a_stranger_cannot_mark_up_either() -> None:
    text = message.text({**made("t"), "edits": [{**made("t")["edits"][0], "link": None,
                                                 "url": "https://news.example/_a_*b*(c)|<d>@e"}]})  # fmt: skip
    assert "https://news.example/%5Fa%5F%2Ab%2A%28c%29%7C%3Cd%3E%40e" in text


@pytest.mark.parametrize("most", [250, 1000, 4000])
def test_a_text_is_no_longer_than_a_service_takes(most: int) -> None:
    """What does not fit is counted with the rest."""
    many = {**made("A title"), "edits": made("A title", "before", "after")["edits"] * 30, "more": 12}
    text = message.text(many, most)
    rest = re.search(r"… and (\d+) more", text)
    assert len(text) <= most
    assert rest
    assert text.count("A title") + int(rest[1]) == 42


def test_long_words_are_cut() -> None:
    edit = made("t" * 5000, "o" * 5000)["edits"][0]
    assert (len(edit["title"]), len(edit["parts"][0]["old"])) == (300, 300)
