"""Messages through apprise, by the plugin that posts JSON, to a receiver on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from scraper import notifying
from scraper.errors import UsageError
from scraper.model import Edit, Part
from scraper.notices import Notice
from scraper.notify import hub
from scraper.notifying import read
from scraper.store.slips import Slips
from tests.notify.kit import MINUTE, Desk, Receiver, receiver
from tests.store.kit import opened

# One of apprise's own libraries looks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, hook: Receiver) -> Iterator[Desk]:
    with opened(tmp_path / "archive") as archive:
        desk = Desk(archive, Notice("all", hook.url.replace("http://", "json://")), tmp_path)
        desk.edit()
        anyio.run(desk.step)
        yield desk


def kept(desk: Desk) -> Any:
    return read(Slips(desk.archive.root, "notify"), "all")


def test_an_edit_comes_as_plain_text(desk: Desk, hook: Receiver) -> None:
    edit = Edit(("figures",), (Part("figures", "*12* berths", "[9](http://evil.example) berths @all"),), stealth=True)
    desk.edit(title="<b>Harbour</b>", edit=edit)
    anyio.run(desk.step, 6 * MINUTE)
    (got,) = hook.messages
    assert got["title"] == "scraper: 1 edit (all)"
    lines = [line.strip() for line in got["message"].splitlines()]
    assert lines[0] == "news.example: ‹b›Harbour‹/b›"
    assert lines[1].startswith("figures (stealth), 2024-06-02T")
    assert lines[2:4] == ["− ∗12∗ berths", "+ (9)(http∶//evil.example) berths ＠all"]
    assert lines[4].startswith("https://archive.example/articles/")


def test_a_service_that_refuses_is_asked_again(desk: Desk, hook: Receiver) -> None:
    hook.statuses = [500]
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert kept(desk).trouble == "the service did not take it"
    anyio.run(desk.step, MINUTE)
    assert (len(hook.got), kept(desk).sent, kept(desk).trouble) == (2, 1, None)


def test_a_redirect_is_not_followed(desk: Desk, hook: Receiver) -> None:
    with receiver() as elsewhere:
        hook.statuses, hook.extra = [307], {"Location": elsewhere.url}
        desk.edit()
        anyio.run(desk.step, 6 * MINUTE)
    assert elsewhere.got == []


def test_this_machine_is_asked_only_if_it_was_named(desk: Desk, hook: Receiver) -> None:
    desk.allowed = ()
    desk.begin()
    desk.edit()
    anyio.run(desk.step, 6 * MINUTE)
    assert hook.got == []
    assert "private-address" in kept(desk).trouble


def test_a_service_that_hangs_is_left_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    release = anyio.Event()

    def hang(_target: hub.Target, _made: object) -> bool:
        anyio.from_thread.run(release.wait)
        return True

    async def main() -> None:
        await desk.step(6 * MINUTE)
        release.set()

    monkeypatch.setattr(notifying, "HUB_DEADLINE", 0.05)
    monkeypatch.setattr(hub.Target, "send", hang)
    desk.edit()
    anyio.run(main)
    assert kept(desk).trouble == "no answer within 0.05 s"
    assert kept(desk).pending.again == desk.at + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("to", "host"),
    [
        ("json://127.0.0.1:9000/a", "127.0.0.1"),
        ("jsons://user:pass@[::1]:90/", "::1"),
        ("ntfy://push.example.org/topic", "push.example.org"),
        ("mailto://me:secret@example.org?smtp=mail.example.org", "mail.example.org"),
        ("ntfy://a-topic-that-nobody-is-to-know", None),
        ("tgram://123456789:abcdefg_hijklmnop/12315544", None),
    ],
)
def test_only_what_is_a_host_is_looked_up(to: str, host: str | None) -> None:
    """A token that stands where a host would is told to no resolver."""
    assert hub.target(Notice("all", to)).host == host


def test_without_apprise_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError, match=r"scraper.toml:4: to: ntfy:// .*pip install 'scraper\[notify\]'"):
        hub.target(Notice("all", "ntfy://topic", where="config/scraper.toml:4"))
