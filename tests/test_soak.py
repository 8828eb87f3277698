"""Some days of the real daemon on a few outlets in simulated time: nothing lost, doubled, missed or left behind."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.soak.run import Pause, Result, Soak
from tests.benchmarks.soak.table import as_json, lines
from tests.benchmarks.soak.world import Shape
from tests.tally import Tally

pytestmark = pytest.mark.timeout(400)  # the daemon's time is simulated, its work is not


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A day and a half; for ten hours of it there is no daemon."""
    return Soak(tmp_path_factory.mktemp("soak"), Shape(days=1.5, outlets=3, articles=3, seed=2), Pause(0.6, 0.4)).run()


def test_nothing_is_wrong(days: Result, tally: Tally) -> None:
    """Every article once, every edit a version, every source on time, no host asked too soon, the archive proved."""
    assert days.wrong == {}
    tally("articles of the soak", days.found.stories, days.found.stories)


def test_it_was_work(days: Result) -> None:
    """Else nothing could have been wrong."""
    assert days.found.stories == 9
    assert days.found.edits >= 2
    assert days.found.looks >= 3 * 6
    assert days.verdicts["same"] > 20


def test_the_table_says_it_all(days: Result) -> None:
    told = "\n".join(lines(days))
    assert "nothing is wrong" in told
    assert max(map(len, told.splitlines())) <= 100
    assert json.loads(json.dumps(as_json(days)))["wrong"] == {}
