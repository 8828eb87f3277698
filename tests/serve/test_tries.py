"""Who comes with wrong tokens again and again is told to wait; who has the right one never is."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from scraper.serve.gate import Door
from scraper.serve.tries import Tries, place_of
from tests.serve.shown import Shown, shown

TOKEN = "a-token-of-sixteen-characters"
PATH = "/api/v1/outlets"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tries(clock: Clock) -> Tries:
    """Three in a row, and one more every ten seconds."""
    return Tries(3, 10.0, kept=4, now=clock)


@pytest.fixture
def locked(tmp_path: Path, tries: Tries) -> Iterator[Shown]:
    """The web side behind a token, counting."""
    with shown(tmp_path / "archive", Door(TOKEN, tries=tries)) as it:
        yield it


def ask(site: Shown, token: str, place: str = "192.0.2.1") -> httpx.Response:
    """What a client at `place` is told, as the proxy on this machine hands it on."""
    return site.client.get(PATH, headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": place})


def statuses(site: Shown, number: int, place: str = "192.0.2.1") -> list[int]:
    return [ask(site, f"wrong-{n}", place).status_code for n in range(number)]


def test_too_many_wrong_tokens_are_told_to_wait_and_how_long(locked: Shown, clock: Clock) -> None:
    assert statuses(locked, 4) == [401, 401, 401, 429]
    clock.at += 3.5
    answer = ask(locked, "wrong")
    assert (answer.headers["retry-after"], answer.headers["content-type"]) == ("7", "application/problem+json")
    assert answer.json()["type"] == "urn:scraper:problem:wrong-tokens"
    assert answer.headers["cache-control"] == "no-store"


def test_who_waits_as_told_is_heard_again(locked: Shown, clock: Clock) -> None:
    statuses(locked, 3)
    clock.at += int(ask(locked, "wrong").headers["retry-after"])
    assert statuses(locked, 2) == [401, 429]
    clock.at += 1000
    assert statuses(locked, 4) == [401, 401, 401, 429]


def test_the_right_token_is_let_in_at_any_time_from_anywhere(locked: Shown) -> None:
    """Nobody can shut the owner out, not even from the owner's own place, and whoever is let in is not counted."""
    assert statuses(locked, 20)[-1] == 429
    password = base64.b64encode(f"x:{TOKEN}".encode()).decode()
    assert {ask(locked, TOKEN).status_code for _ in range(20)} == {200}
    basic = {"Authorization": f"Basic {password}", "X-Forwarded-For": "192.0.2.1"}
    assert locked.client.get(PATH, headers=basic).status_code == 200
    assert statuses(locked, 1, "192.0.2.2") == [401]


def test_who_sends_no_token_has_not_tried_one(locked: Shown) -> None:
    """A browser asks without one first, each time."""
    assert {locked.client.get(PATH).status_code for _ in range(20)} == {401}
    assert locked.client.get("/healthz", headers={"Authorization": "Bearer x"}).status_code == 200


def test_what_a_proxy_elsewhere_says_is_not_believed(locked: Shown) -> None:
    """Nor what a client says of itself before a proxy that is: the last hop is the place."""
    assert statuses(locked, 4, "203.0.113.7, 192.0.2.1") == [401, 401, 401, 429]
    assert statuses(locked, 1, "203.0.113.8, 192.0.2.1") == [429]


def test_the_log_names_the_place_once_until_it_is_quiet_there(locked: Shown, clock: Clock) -> None:
    with capture_logs() as said:
        statuses(locked, 9)
        clock.at += 10
        statuses(locked, 9)
        clock.at += 1000
        statuses(locked, 9)
    assert [one["place"] for one in said if one["event"] == "wrong-tokens"] == ["192.0.2.1"] * 2
    assert "wrong-1" not in str(said)


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("unknown", ""), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_a_place_is_what_nobody_can_change_at_will(host: str | None, place: str) -> None:
    assert place_of(host) == place


@given(st.text())
def test_any_text_has_a_place(text: str) -> None:
    assert len(place_of(text)) < 50


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 50)), max_size=60))
def test_of_so_many_places_only_so_many_are_kept(events: list[tuple[str, float]]) -> None:
    """And a place that is kept is told to wait for no longer than until the next one is answered."""
    clock = Clock()
    tries = Tries(3, 10.0, kept=4, now=clock)
    for place, later in events:
        clock.at += later
        wait = tries.wrong(place)
        assert 0 <= wait <= 10
        if wait:
            tries.is_news(place)
    assert len(tries._quiet) <= 4
    assert tries._told.keys() <= tries._quiet.keys()


@given(st.lists(st.floats(0, 30), max_size=60))
def test_over_any_time_no_more_are_answered_than_that_time_has_room_for(waits: list[float]) -> None:
    clock = Clock()
    tries = Tries(3, 10.0, now=clock)
    answered = 0
    for later in waits:
        clock.at += later
        answered += tries.wrong("x") == 0
    assert answered <= 3 + (clock.at - 1000) / 10 + 1e-6
