"""Rows of the table through `scraper run`: each host an outlet, each address announced, beside a good outlet."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scraper.store.catalogue import Catalogue
from tests.matrix import play
from tests.matrix.row import Row
from tests.matrix.table import GOOD, NEIGHBOURS, ROWS
from tests.site import Program
from tests.tally import Tally

# One in so many rows takes its turn in an ordinary run: some of every kind.
MIX = 7


@dataclass
class Visited:
    """What the daemon says of its visits in its log, read as it grows."""

    program: Program

    def lines(self) -> list[dict[str, Any]]:
        """The visits, in order."""
        return [line for line in self.program.log() if line["event"] == "visit"]

    def ends(self) -> dict[str, list[str]]:
        """How the visits to each address ended."""
        found: dict[str, list[str]] = defaultdict(list)
        for line in self.lines():
            found[line["url"]].append(play.said({**line, "flags": [], "retry_at": None}))
        return found


def short(end: str) -> str:
    """An end as the log tells it: without flags, and whether there is another try soon."""
    return end.partition(" [")[0].removesuffix(" again")


def seen(row: Row) -> Counter[str]:
    """The addresses of a row as they stand in the log, and how often each has to be visited."""
    return Counter(play.known(url) for url in row.urls)


def time_passes(program: Program, rows: Sequence[Row]) -> None:
    """Everything at the hosts of `rows` is due now."""
    play.time_passes(program)
    catalogue = Catalogue.open(program.archive / "catalogue.sqlite")
    with catalogue.write() as db:
        for row in rows:
            db.execute("UPDATE frontier SET next_visit = 0 WHERE host = :host", {"host": row.host})
            db.execute("UPDATE hosts SET blocked = 0 WHERE host = :host", {"host": row.host})
    catalogue.close()


@pytest.mark.timeout(900)
def test_the_daemon_meets_them_all_beside_a_good_outlet(tmp_path: Path, effort: int, tally: Tally) -> None:
    """Its articles come in time, each visit is a line in the log, nothing breaks, and the archive is whole."""
    rows = ROWS if effort > 1 else ROWS[::MIX]
    program = Program(tmp_path)
    visited = Visited(program)
    with play.started() as world:
        play.configure(program, world, rows, outlets=True)
        with program.daemon() as daemon, play.weighed(daemon.pid) as scales:
            assert play.wait(
                lambda: len(list((program.archive / "articles" / GOOD).rglob("0*.txt"))) == len(NEIGHBOURS), 90
            )
            for turn in range(max(len(row.ends) for row in rows)):
                due = [row for row in rows if turn < len(row.ends)]
                if turn:
                    time.sleep(2)
                    time_passes(program, [row for row in due if len(row.paths) < 2])
                assert play.wait(lambda: all(came(visited, row, turn) for row in due), 400), late(visited, due, turn)  # noqa: B023
            assert daemon.poll() is None
            os.kill(daemon.pid, 15)
            assert daemon.wait(30) == 0
        assert scales.own < play.MOST_OWN
        assert scales.all < play.MOST_ALL
    faults = {row.id: found for row in rows if (found := faulty(program, world, visited, row))}
    tally("hostile outlets beside a good one", len(rows), len(rows) - len(faults))
    assert faults == {}
    assert play.forbidden(world) == []
    assert {line["event"] for line in program.log()} & {"visit-broke", "task-broke", "archive-trouble"} == set()
    assert program.run("verify", "--deep").returncode == 0


def came(visited: Visited, row: Row, turn: int) -> bool:
    """Whether the visits of a row up to this turn are in the log."""
    ends = visited.ends()
    return all(len(ends[url]) >= min(turn + 1, times) for url, times in seen(row).items())


def late(visited: Visited, rows: Sequence[Row], turn: int) -> list[str]:
    """The rows that have not been visited."""
    return [row.id for row in rows if not came(visited, row, turn)]


def faulty(program: Program, world: play.World, visited: Visited, row: Row) -> list[str]:
    """What is not as the row says."""
    ends = visited.ends()
    told = [end for url in seen(row) for end in ends[url]]
    expected = sorted(map(short, row.ends)) if len(row.paths) > 1 else list(map(short, row.ends))
    again = told[len(expected) :] if expected[-1].startswith("deferred") else []  # it was left alone, and asked anew
    right = told == expected + again and set(again) <= {expected[-1]}
    found = [] if right else [f"ended as {told}"]
    return [*found, *play.wrong(program, world, row, row.ends)]
