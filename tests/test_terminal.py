"""What somebody passes on to a command, from a page or a message, steers no terminal when the command speaks of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from scraper.cli import COMMANDS, cli, main
from tests.matrix.test_fields import STEERS

EVIL = "\x1b[2J\x1b]0;owned\x07\u202e\u2066x\x9b31m\x7f"
# The least that a command wants besides what is hostile; a new command needs a line here.
GIVEN: dict[str, tuple[str, ...]] = {
    "run": (), "fetch": (f"http://{EVIL}/",), "log": (EVIL,), "show": (EVIL,), "diff": (EVIL,), "why": (EVIL,),
    "search": (f'"{EVIL}" ((',), "changes": ("--since", EVIL), "status": (), "outlets": ("check", EVIL),
    "discover": (EVIL,), "extract": (EVIL,), "verify": (), "reindex": (), "reread": (EVIL,), "import": (EVIL,),
    "prune": ("--older-than", EVIL), "widgets": (EVIL,), "export": ("--outlet", EVIL), "notify": ("test", EVIL),
    "demo": (), "completion": (EVIL,),
}  # fmt: skip


def spoken(capfd: pytest.CaptureFixture[str], *args: str) -> str:
    """What a command says when it is not content."""
    with pytest.raises(SystemExit) as end:
        main(list(args))
    said = capfd.readouterr()
    assert end.value.code in {0, 1, 2}
    assert "Traceback" not in said.err
    return said.out + said.err


def steering(said: str) -> list[str]:
    return re.findall(f"[{STEERS}]", said)


def test_every_command_is_tried() -> None:
    assert set(GIVEN) == set(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_an_option_that_does_not_exist_is_told_of_without_its_steering(
    capfd: pytest.CaptureFixture[str], command: str
) -> None:
    said = spoken(capfd, command, f"--{EVIL}")
    assert (steering(said), "Usage" in said or "scraper" in said) == ([], True)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"run", "demo"}))
def test_what_was_given_is_told_of_without_its_steering(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """In an archive and a configuration that are not there and are called as badly."""
    monkeypatch.chdir(tmp_path)
    found = cli.get_command(click.Context(cli), command)
    assert found
    options = {name for one in found.params for name in one.opts}
    places = [part for option in ("--archive", "--config") if option in options for part in (option, f"no-{EVIL}")]
    said = spoken(capfd, command, *GIVEN[command], *places)
    assert steering(said) == []


def test_a_command_that_does_not_exist_is_told_of_without_its_steering(capfd: pytest.CaptureFixture[str]) -> None:
    assert steering(spoken(capfd, EVIL)) == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_steers_nothing(capfd: pytest.CaptureFixture[str], command: str) -> None:
    assert steering(spoken(capfd, command, "--help")) == []


def test_json_says_the_same_in_ascii(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What was asked for comes back as data."""
    said = spoken(capfd, "outlets", "--json", "--config", str(tmp_path / EVIL))
    assert steering(said) == []
    assert all(json.loads(line) for line in said.splitlines() if line.startswith("{"))
