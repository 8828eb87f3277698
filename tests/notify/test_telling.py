"""What a rule tells, when, and to whom: over a real archive, to a real receiver, by a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from scraper.model import Edit, Part
from scraper.notices import Notice
from scraper.notify.progress import Answer
from scraper.notifying import Sender, read
from scraper.reports import Change, Happening, News
from scraper.store.library import FileLibrary
from scraper.store.slips import Slips
from tests.notify.kit import MINUTE, SECRET, Desk, Receiver, receiver
from tests.store.kit import START, gone, opened


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, hook: Receiver) -> Iterator[Desk]:
    """A rule that tells everything, over an archive with one article, at work since a minute."""
    with opened(tmp_path / "archive") as archive:
        desk = Desk(archive, Notice("all", hook.url, SECRET, every=5 * MINUTE), tmp_path)
        desk.edit()
        anyio.run(desk.step)
        yield desk


def ruled(desk: Desk, **changes: Any) -> None:
    """The same rule with some keys set otherwise."""
    desk.notice = replace(desk.notice, **changes)
    desk.begin()


def kept(desk: Desk) -> Any:
    return read(Slips(desk.archive.root, "notify"), desk.notice.name)


def test_a_new_rule_begins_now(tmp_path: Path, hook: Receiver) -> None:
    """The history of an archive is not told."""
    with opened(tmp_path / "archive") as archive:
        desk = Desk(archive, Notice("all", hook.url), tmp_path)
        desk.edit()
        desk.edit()
        anyio.run(desk.step)
        anyio.run(desk.step, 10 * MINUTE)
    assert hook.got == []


def test_an_edit_is_told_once_its_period_is_over(desk: Desk, hook: Receiver) -> None:
    desk.edit(edit=Edit(("figures",), (Part("figures", "12 berths", "9 berths"),), stealth=True))
    anyio.run(desk.step, 4 * MINUTE)
    assert hook.got == []
    anyio.run(desk.step, 2 * MINUTE)
    (told,) = hook.messages
    (edit,) = told["edits"]
    assert (edit["title"], edit["kinds"], edit["stealth"]) == ("Harbour reopens", ["figures"], True)
    assert edit["parts"] == [{"kind": "figures", "old": "12 berths", "new": "9 berths"}]
    assert edit["link"] == f"https://archive.example/articles/{edit['article_id']}?version=1"


def test_nothing_is_told_twice(desk: Desk, hook: Receiver) -> None:
    desk.edit()
    for _ in range(5):
        anyio.run(desk.step, 6 * MINUTE)
        desk.begin()
    assert len(hook.got) == 1


def test_a_storm_is_one_message(desk: Desk, hook: Receiver, effort: int) -> None:
    """All edits of one minute: twenty are told, the rest is counted."""
    number = 100 * min(effort, 5)
    for each in range(number):
        desk.edit(f"story-{each % 5}", at=desk.at + each * MINUTE / number)
    for _ in range(60):
        anyio.run(desk.step, timedelta(seconds=6))
    (told,) = hook.messages
    assert (len(told["edits"]), told["more"]) == (20, number - 5 - 20)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"outlets": frozenset({"other.example"})}, ["ferry"]),
        ({"kinds": frozenset({"figures"})}, ["harbour"]),
        ({"stealth": True}, ["harbour"]),
        ({"words": ("BERTHS",)}, ["harbour"]),
        ({"words": ("sails at   noon", "nothing")}, ["ferry"]),
        ({"words": ("berth",)}, []),
        ({}, ["harbour", "ferry"]),
    ],
)
def test_rules_choose(desk: Desk, hook: Receiver, rule: dict[str, Any], told: list[str]) -> None:
    ruled(desk, **rule)
    desk.edit("ferry", "other.example", "Ferry sails at noon")
    desk.edit(edit=Edit(("figures",), (Part("figures", "12 berths", "9 berths"),), stealth=True))
    desk.edit("ferry", "other.example", "Ferry sails at noon", edit=Edit(("wording",), (Part("wording", "a", "b"),)))
    anyio.run(desk.step, 6 * MINUTE)
    assert [edit["url"].split("/")[-1] for message in hook.messages for edit in message["edits"]] == told


@pytest.mark.parametrize("asked", [True, False])
def test_articles_that_went_are_told_if_asked_for(desk: Desk, hook: Receiver, *, asked: bool) -> None:
    ruled(desk, gone=asked)
    for minutes in (1, 2):  # the second answer says nothing new
        gone(desk.archive, at=desk.at + minutes * MINUTE, url="https://news.example/2024/06/harbour")
    anyio.run(desk.step, 6 * MINUTE)
    assert [edit["gone"] for message in hook.messages for edit in message["edits"]] == [True] * asked


def test_a_rule_may_be_about_what_went_and_nothing_else(desk: Desk, hook: Receiver) -> None:
    ruled(desk, gone=True, edits=False)
    desk.edit()
    gone(desk.archive, at=desk.at + MINUTE, url="https://news.example/2024/06/harbour")
    anyio.run(desk.step, 6 * MINUTE)
    assert [[edit["gone"] for edit in message["edits"]] for message in hook.messages] == [[True]]


class Redesigned(FileLibrary):
    """An outlet that changed 5,000 articles within the hour, one every 0.7 seconds, as far as anybody has looked."""

    def news(self, after: int) -> News:
        begin = START + 2 * MINUTE
        change = Change(
            begin, "0" * 16, 1, "news.example", "https://news.example/a", "T", "", ("wording",), False, "edited"
        )
        upto = min(after + 1000, self.at)
        seqs = range(max(after, self.before) + 1, upto + 1)
        items = (Happening(n, replace(change, at=begin + timedelta(seconds=0.7 * (n - self.before)))) for n in seqs)
        return News(tuple(items), upto, more=upto < self.at)

    before = at = 0


def test_a_redesign_of_five_thousand_edits_in_an_hour_is_one_digest(desk: Desk, hook: Receiver) -> None:
    """Small enough for any receiver; and the hour after it is quiet."""
    desk.notice = replace(desk.notice, every=60 * MINUTE)
    desk.begin()
    library = Redesigned(desk.archive)
    library.before = library.at = desk.teller._library.now_at()
    desk.teller._library = library
    for minute in range(130):
        library.at = min(library.before + 5000, library.at + 86)
        anyio.run(desk.step, MINUTE)
        assert minute > 57 or not hook.got
    assert [(len(message["edits"]), message["more"]) for message in hook.messages] == [(20, 4980)]
    assert max(len(one.body) for one in hook.got) < 20_000


def test_what_was_imported_from_long_ago_is_not_told(desk: Desk, hook: Receiver) -> None:
    desk.edit("old", at=desk.at - timedelta(days=900))
    desk.edit("old", at=desk.at - timedelta(days=800))
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert [len(message["edits"]) for message in hook.messages] == [1]


def test_what_happened_while_the_daemon_rested_is_told(desk: Desk, hook: Receiver) -> None:
    """Four days of rest do not make an edit old that was kept just before them."""
    desk.edit()
    desk.begin()
    anyio.run(desk.step, timedelta(days=4))
    assert len(hook.got) == 1


# ---------------------------------------------------------------------------------------------------- trouble


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_order(desk: Desk, hook: Receiver) -> None:
    """One message waits and is sent with growing pauses; what came meanwhile is one digest behind it."""
    hook.statuses = [503] * 6
    for number in range(14):
        desk.edit(f"story-{number % 2}")
        anyio.run(desk.step, 6 * MINUTE)
    assert [one.headers["x-scraper-id"] for one in hook.got[:7]] == [hook.got[0].headers["x-scraper-id"]] * 7
    assert len({one.body for one in hook.got[:7]}) == 1
    anyio.run(desk.step, 6 * MINUTE)
    assert sum(len(message["edits"]) for message in hook.messages[6:]) == 14 - 2


def test_a_receiver_that_cannot_be_reached_is_asked_again(desk: Desk, hook: Receiver) -> None:
    ruled(desk, to="http://127.0.0.1:1/hook")
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert kept(desk).trouble.startswith("connect")
    ruled(desk, to=hook.url)
    anyio.run(desk.step, MINUTE)
    assert len(hook.got) == 1
    assert (kept(desk).trouble, kept(desk).sent) == (None, 1)


def test_retry_after_is_heeded(desk: Desk, hook: Receiver) -> None:
    hook.statuses, hook.extra = [429], {"Retry-After": "1800"}
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    anyio.run(desk.step, 29 * MINUTE)
    assert len(hook.got) == 1
    anyio.run(desk.step, 2 * MINUTE)
    assert len(hook.got) == 2


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=900)])
def test_a_clock_that_is_set_back_makes_no_storm_and_no_silence(desk: Desk, hook: Receiver, back: timedelta) -> None:
    """What waits is sent again within hours, and not at every look."""
    hook.statuses = [500] * 3
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    desk.at -= back
    for _ in range(20):
        anyio.run(desk.step, timedelta(seconds=1))
    assert len(hook.got) <= 2
    for _ in range(20):
        anyio.run(desk.step, timedelta(minutes=20))
    assert kept(desk).sent == 1


def test_after_a_day_a_message_is_given_up_and_the_next_one_goes_out(desk: Desk, hook: Receiver) -> None:
    hook.statuses = [500] * 200
    desk.edit()
    for _ in range(25):
        anyio.run(desk.step, timedelta(hours=1))
    assert (kept(desk).given_up, kept(desk).pending) == (1, None)
    assert kept(desk).trouble == "given up: status 500"
    hook.statuses.clear()
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert (kept(desk).sent, len(hook.messages[-1]["edits"])) == (1, 1)


def test_a_message_that_is_refused_holds_up_nothing(desk: Desk, hook: Receiver) -> None:
    hook.statuses = [413]
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert (len(hook.got), kept(desk).given_up, kept(desk).sent) == (2, 1, 1)


def test_a_redirect_is_not_followed(desk: Desk, hook: Receiver) -> None:
    with receiver() as elsewhere:
        hook.statuses, hook.extra = [307], {"Location": elsewhere.url}
        desk.edit()
        anyio.run(desk.step, 6 * MINUTE)
    assert elsewhere.got == []
    assert "redirects are not followed" in kept(desk).trouble


def test_whoever_is_killed_after_sending_sends_the_same_again(
    desk: Desk, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same id and the same bytes, although more has happened since: the receiver can tell."""
    send = Sender.send

    async def killed(*args: Any) -> Answer:
        await send(*args)
        raise KeyboardInterrupt

    desk.edit()
    with monkeypatch.context() as patched:
        patched.setattr(Sender, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            anyio.run(desk.step, 6 * MINUTE)
    desk.edit()
    desk.begin()
    anyio.run(desk.step, MINUTE)
    anyio.run(desk.step, 6 * MINUTE)
    first, again, other = hook.got
    assert (first.headers["idempotency-key"], first.body) == (again.headers["idempotency-key"], again.body)
    assert [edit["version"] for edit in other.json["edits"]] == [2]


def test_a_note_that_makes_no_sense_is_a_new_beginning(desk: Desk, hook: Receiver) -> None:
    desk.edit()
    (desk.archive.root / ".run" / "notify" / "all.json").write_bytes(b'{"place": "\xff')
    desk.begin()
    anyio.run(desk.step)
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert [edit["version"] for edit in hook.messages[0]["edits"]] == [2]


@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/hook", "http://localhost:{port}/hook"])
def test_this_machine_is_told_only_if_it_was_named(desk: Desk, hook: Receiver, to: str) -> None:
    desk.allowed = ()
    ruled(desk, to=to.format(port=hook.url.split(":")[2].split("/")[0]))
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert hook.got == []
    assert "private-address" in kept(desk).trouble
    assert "`private` under [network]" in kept(desk).trouble
