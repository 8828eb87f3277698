"""What a person should look at, judged once for the command line and the pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.attention import WORDS, needs, state
from scraper.model import SourceState
from scraper.notices import RuleState
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


def dead(days: int) -> SourceState:
    """A source that last answered so long ago."""
    return replace(source(failures=40), last_ok=NOW - timedelta(days=days), last_error="http-410: gone")


def status(*sources: SourceState, late: timedelta = timedelta(), due: int = 0, free: int = 0) -> Status:
    """An archive with these sources, whose next visit was due so long ago."""
    return Status((), sources, QueueReport(9, due, NOW - late, ()), DiskReport(0, 0, 0, free, 0, 0, 0), ())


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
        ([dead(5)], "its source has not answered for 5 days (http-410)"),
        ([dead(5), source(path="b")], "1 of 2 sources has not answered for 5 days (http-410)"),
        ([dead(2)], "its source does not answer"),
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


def test_a_disk_is_low_before_it_is_too_low() -> None:
    """In time for a larger one; what keeps from storing says it otherwise."""
    (low,) = needs(status(source(), free=4_000_000_000), ["a.example"], None, NOW, low_water=1_000_000_000)
    assert low.said == "4.0 GB are free on the disk; below 1.0 GB (low_water) nothing is archived"
    assert needs(status(source(), free=6_000_000_000), ["a.example"], None, NOW, low_water=1_000_000_000) == ()
    told = needs(status(source()), ["a.example"], "disk-low: 3 MB are free", NOW, low_water=1_000_000_000)
    assert [need.word for need in told] == ["trouble"]


def test_the_worst_comes_first() -> None:
    """In the order in which the words are listed, and each of them is one of these."""
    sources = (source("a.example", quiet=30), dead(5), source("b.example", failures=1), source("c.example"))
    sources = (sources[0], replace(sources[1], outlet="d.example"), *sources[2:])
    found = status(*sources, late=timedelta(hours=5), due=1)
    listed = ["a.example", "b.example", "c.example", "d.example"]
    told = needs(found, listed, None, NOW, low_water=1, shapes={"c.example": "odd", "gone.example": "odd"})
    assert [need.word for need in told] == ["late", "dead", "failing", "shape", "silent", "disk"]
    assert {need.word for need in told} < set(WORDS)


def test_messages_that_nobody_takes_are_told_of() -> None:
    """After an hour, or once one was given up; not while a receiver is asked for the second time."""
    hours = [NOW - timedelta(hours=number) for number in range(4)]
    rules = [
        RuleState("new"),
        RuleState("well", begun=True, sent=3, last_ok=NOW),
        RuleState("again", begun=True, trouble="status 500", trouble_at=NOW, waiting=NOW - timedelta(minutes=9)),
        RuleState("down", begun=True, trouble="status 503", trouble_at=NOW, waiting=hours[3], again=NOW),
        RuleState("lost", begun=True, given_up=1, trouble="given up: status 413", trouble_at=hours[1]),
    ]
    told = needs(status(source()), ["a.example"], None, NOW, rules=rules)
    assert [(need.word, need.said) for need in told] == [
        ("notify", "the messages of rule down have not been taken for 3 hours: status 503"),
        ("notify", "a message of rule lost was given up: status 413"),
    ]


def test_status_begins_with_what_needs_attention(tmp_path: Path) -> None:
    """The same words as in the page of the outlet, and in JSON."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site, "a.example", outlets={"a.example": outlet("a.example")})
        with program.daemon():
            wait_for((program.archive / "catalogue.sqlite").exists)
            wait_for(lambda: json.loads(program.run("status", "--json").stdout or "{}").get("attention"))
    first, second, *_ = program.run("status").stdout.splitlines()
    assert (first, second) == ("needs attention", "  a.example: its source does not answer")
