"""Every row of the table through `scraper fetch`, all of them side by side, as often as the row says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fetch.hostile import BEHAVIOURS
from tests.matrix import play
from tests.matrix.table import ROWS, STEPS
from tests.site import Program
from tests.tally import Tally


@pytest.mark.timeout(600)
def test_every_row_ends_in_its_own_words(tmp_path: Path, tally: Tally) -> None:
    """And keeps what it may keep, within what the server may see of it; then the archive is whole."""
    program = Program(tmp_path)
    ends = []
    with play.started() as world:
        play.configure(program, world, ROWS)
        for turn in range(max(len(row.ends) for row in ROWS)):
            found, scales = play.fetched(program, [row.urls[turn] for row in ROWS if turn < len(row.ends)])
            assert scales.own < play.MOST_OWN
            assert scales.all < play.MOST_ALL
            ends.append(found)
            time.sleep(2 if turn == 0 else 0)
            play.time_passes(program)
    told = play.by_row(ROWS, ends)
    faults = {row.id: faults for row in ROWS if (faults := play.wrong(program, world, row, told[row.id]))}
    tally("answers of a hostile server", len(ROWS), len(ROWS) - len(faults))
    assert faults == {}
    assert play.forbidden(world) == []
    assert program.run("verify", "--deep").returncode == 0


def test_no_behaviour_is_left_out() -> None:
    """Whoever adds one to the hostile server says in the table how it ends; and no row has the name of another."""
    asked = {path for row in ROWS for path in row.asked}
    assert set(BEHAVIOURS) - asked - set(STEPS) == set()
    assert len({row.id for row in ROWS}) == len({row.host for row in ROWS}) == len(ROWS)
