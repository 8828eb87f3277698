"""What a person should look at, judged once for the command line and the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.attention import needs, state
from scraper.model import SourceState
from scraper.reports import DiskReport, QueueReport, Status
from tests.site import Program, Site, outlet, serve, wait_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def source(
    name: str = "a.example", *, failures: int = 0, items: int = 9, quiet: int = 0, path: str = ""
) -> SourceState:
    """A source whose last new article came `quiet` days ago."""
    ok = None if failures else NOW
    return SourceState(
        f"http://{name}/{path}", name, NOW, ok, NOW - timedelta(days=quiet), failures=failures, items=items
    )


def status(*sources: SourceState, late: timedelta = timedelta(), due: int = 0) -> Status:
    """An archive with these sources, whose next visit was due so long ago."""
    return Status((), sources, QueueReport(9, due, NOW - late, ()), DiskReport(0, 0, 0, 0, 0, 0, 0), ())


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], "not looked at yet"),
        ([source()], "well"),
        ([source(failures=3)], "its source does not answer"),
        ([source(failures=3), source(path="b", failures=1)], "none of its 2 sources answers"),
        ([source(failures=3), source(path="b")], "1 of 2 sources do not answer"),
        ([source(quiet=30)], "silent for 30 days"),
        ([source(quiet=30), source(path="b")], "well"),
    ],
)
def test_an_outlet_is_judged_by_its_sources(sources: list[SourceState], said: str) -> None:
    """Failures before silence; one source with news is enough."""
    assert state(sources, NOW) == said


def test_what_is_not_watched_needs_nobody() -> None:
    """Neither an outlet whose file was taken away nor one that was asked by hand."""
    assert state([source(failures=1)], NOW, listed=False) == "not watched"
    assert needs(status(source(failures=1), source("b.example")), ["b.example"], None, NOW) == ()


def test_a_machine_without_a_network_is_one_line() -> None:
    """Not one for each outlet; what keeps from storing comes first, a late queue after it."""
    found = status(source(failures=1), source("b.example", failures=1), late=timedelta(hours=5), due=7)
    told = needs(found, ["a.example", "b.example"], "disk-low: 3 MB are free", NOW)
    assert [need.word for need in told] == ["trouble", "offline", "late"]
    assert told[2].said == "visits are 5 hours late, 7 are due"


def test_what_is_due_just_now_is_not_late() -> None:
    """Nor what is not due yet."""
    assert needs(status(source(), late=timedelta(minutes=50), due=7), ["a.example"], None, NOW) == ()
    assert needs(status(source(), late=timedelta(hours=-2)), ["a.example"], None, NOW) == ()


def test_status_begins_with_what_needs_attention(tmp_path: Path) -> None:
    """The same words as in the page of the outlet, and in JSON."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site, "a.example", outlets={"a.example": outlet("a.example")})
        with program.daemon():
            wait_for((program.archive / "catalogue.sqlite").exists)
            wait_for(lambda: json.loads(program.run("status", "--json").stdout or "{}").get("attention"), 60)
    first, second, *_ = program.run("status").stdout.splitlines()
    assert (first, second) == ("needs attention", "  a.example: its source does not answer")
