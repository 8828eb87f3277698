"""The demo as somebody watches it: the real program, its pages while it runs, and the line at its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from scraper.cli.demo import _sees_a_display
from tests.site import wait_for
from tests.tools import needs

END = re.compile(r"\d+ real edits, \d+ new versions after the first, \d+ banner changes, 0 false versions")


@contextmanager
def demo(home: Path, *args: str, terminal: bool = False, **environment: str) -> Iterator[tuple[int, Path]]:
    """The demo at work: its process and the file with what it says. At the end it is interrupted, as by Ctrl-C."""
    home.mkdir()
    said = home / "said"
    command = [sys.executable, "-m", "scraper", "demo", "--keep", str(home / "kept"), *args]
    if terminal:  # `script` gives it a terminal and writes down what comes
        command = ["script", "--quiet", "--flush", "--return", "--command", "exec " + " ".join(command), str(said)]
    with said.open("wb") as out, subprocess.Popen(
        command, stdout=subprocess.DEVNULL if terminal else out, stdin=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={k: v for k, v in os.environ.items() if k != "SSH_CONNECTION"} | environment,
    ) as process:  # fmt: skip
        try:
            yield process.pid, said
        finally:
            if terminal:
                assert process.stdin
                process.stdin.write(b"\x03")
                process.stdin.flush()
            else:
                process.send_signal(signal.SIGINT)
            process.wait(30)


def address(said: Path) -> str:
    """Where the pages are."""
    told = re.compile(r"for a browser +(?:\x1b\[\d+m)?(http://127[^\s\x1b]+)/")  # coloured on a terminal
    wait_for(lambda: told.search(said.read_text("utf-8")))
    return str(told.findall(said.read_text("utf-8"))[0])


def under_way(said: Path) -> object:
    """Whether it keeps articles by now."""
    return httpx.get(f"{address(said)}/api/v1/articles", trust_env=False).json()["items"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """A client on the pages of a demo at work, and what the demo says."""
    with demo(tmp_path_factory.mktemp("demo") / "it") as (_, said), httpx.Client(
        base_url=address(said), trust_env=False, timeout=30
    ) as client:  # fmt: skip
        yield client, said


def test_its_pages_show_real_edits_while_it_runs(stage: tuple[httpx.Client, Path]) -> None:
    client, _ = stage
    wait_for(lambda: "<ins" in client.get("/").text)
    ready = client.get("/api/v1/changes").json()["items"]
    assert {one["outlet"] for one in ready} <= {"harbourpost.example", "valleycourier.example", "northwire.example"}
    assert client.get(f"/articles/{ready[0]['article']}").status_code == 200


def test_its_first_page_says_that_a_daemon_is_at_work(stage: tuple[httpx.Client, Path]) -> None:
    client, _ = stage
    assert "No daemon is at work" not in client.get("/").text


def test_its_first_page_looks_again_by_itself(stage: tuple[httpx.Client, Path]) -> None:
    client, _ = stage
    pages = [client.get(path) for path in ("/", "/?kind=quotes", "/stealth")]
    assert ["Refresh" in page.headers for page in pages] == [True, False, False]
    assert "A demo: three outlets on this machine" in pages[0].text


def test_its_pages_have_a_past_that_is_said_to_be_made_up(stage: tuple[httpx.Client, Path]) -> None:
    """Two articles that are gone, edits in silence, and the file that they came from."""
    client, said = stage
    wait_for(lambda: client.get("/gone").text.count("/articles/") >= 2, 120)
    assert "a past that is made up" in client.get("/").text
    assert "past of nine days is made up" in " ".join(said.read_text("utf-8").split())
    silent = client.get("/api/v1/changes", params={"stealth": "true", "limit": 100}).json()["items"]
    (mill,) = {one["article"] for one in silent if "mill-owner-denies" in one["url"]}
    assert "made-up-past.warc.gz" in client.get(f"/articles/{mill}/evidence").text


def test_its_texts_can_be_searched_while_it_runs(stage: tuple[httpx.Client, Path]) -> None:
    client, _ = stage
    wait_for(lambda: client.get("/api/v1/search", params={"q": "ferry"}).json()["items"])


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that writes down what it is to open, and is open until somebody closes it."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\nexec sleep 30\n', encoding="utf-8")
    program.chmod(0o755)
    return program


@needs("script")
def test_on_a_terminal_with_a_display_it_opens_its_pages(browser: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    with demo(tmp_path / "it", terminal=True, DISPLAY=":0", BROWSER=str(browser)) as (_, said):
        wait_for(lambda: opened.exists() and opened.read_text("utf-8").strip())
        assert httpx.get(opened.read_text("utf-8").strip(), trust_env=False).status_code == 200
    assert END.search(said.read_text("utf-8", "replace"))


@needs("script")
def test_told_not_to_it_opens_nothing(browser: Path, tmp_path: Path) -> None:
    with demo(tmp_path / "it", "--no-browser", terminal=True, DISPLAY=":0", BROWSER=str(browser)) as (_, said):
        wait_for(lambda: under_way(said))
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    ("terminal", "places", "opens"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (True, {}, False),
        (True, {"DISPLAY": ":0", "SSH_CONNECTION": "far"}, False),
        (False, {"DISPLAY": ":0"}, False),
    ],
    ids=["X11", "Wayland", "no display", "forwarded from afar", "a script"],
)
def test_a_browser_is_opened_only_where_somebody_sees_it(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, places: dict[str, str], opens: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in places.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    monkeypatch.setattr("sys.platform", "linux")
    assert _sees_a_display() is opens
