"""`scraper prune` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site import Program, Site, serve, wait_for
from tests.store.test_prune import busy, warcs


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """An archive in which much made no version."""
    program = Program(tmp_path)
    program.configure(Site(address="127.0.0.1:1"))
    busy(program.archive)
    return program


def test_nothing_is_deleted_without_yes(program: Program) -> None:
    """And the last line says so."""
    before = warcs(program.archive)
    done = program.run("prune", "--older-than", "30d")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith("would go; nothing was deleted, --yes does it")
    assert warcs(program.archive) == before


def test_yes_makes_room_beside_a_daemon(program: Program) -> None:
    """The daemon goes on, and in the end everything is proved."""
    with serve(Site()) as site:
        program.configure(site)
        with program.daemon() as daemon:
            wait_for(lambda: any(line["event"] == "started" for line in program.log()))
            before = sum(map(len, warcs(program.archive).values()))
            done = program.run("prune", "--older-than", "30d", "--yes", "--json")
            assert daemon.poll() is None
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert before - sum(map(len, warcs(program.archive).values())) == sum(each["freed"] for each in found) > 0
    checked = program.run("verify", "--deep")
    assert checked.stdout == "everything is as it was stored\n"


@pytest.mark.parametrize(
    "words", [[], ["--older-than", "5h"], ["--older-than", "0d"], ["--older-than", "30d", "--yes", "--dry-run"]]
)
def test_what_is_not_meant_is_not_done(program: Program, words: list[str]) -> None:
    """Exit code 2, one line, and every byte stays."""
    before = warcs(program.archive)
    done = program.run("prune", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("scraper: ")
    assert warcs(program.archive) == before
