"""Small loads of the kinds in `tests.benchmarks.load`, on the real program; and that what is wrong would be said."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.load import deep, full, wide
from tests.benchmarks.load.press import Asked
from tests.benchmarks.load.watch import MIB, Cost, Shown

pytestmark = pytest.mark.timeout(600)  # a disk that was full is looked at again after seconds, on any machine

COST = Cost(1.0, 1.0, 100 * MIB, 20, 5)


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> wide.Result:
    """Twenty outlets on ten hosts, of which three turn bad."""
    return wide.measure(tmp_path_factory.mktemp("wide"), wide.Shape(20, 10, 120, 0.1, every=8, delay=0.3))


def test_many_outlets_are_asked_politely_also_when_some_hosts_turn_bad(streets: wide.Result) -> None:
    """One connection a host, never sooner than the delay. How many looks fit into seconds is no matter of a test."""
    assert [said for said in streets.wrong if "looks at good hosts" not in said] == []
    assert streets.good("page", 0)


def test_what_is_wrong_with_many_outlets_is_said(streets: wide.Result) -> None:
    """A request too soon, two at once, looks that fell, and a page that fails."""
    last = streets.asked[-1]
    made = replace(
        streets,
        asked=[*streets.good("feed", 0), last, replace(last, at=(last.until or last.at) + 0.1)],
        most={"a host": 2},
        pages={"/metrics": Shown(500, 0.1, 'scraper_sources_failing{outlet="x"} 0\n' * 1002)},
        events=Counter({"task-broke": 1}),
    )
    said = " | ".join(made.wrong)
    wanted = ("two connections", "came too soon", "fell by", "1002 outlets", "/metrics answered 500", "task-broke")
    assert [part for part in wanted if part not in said] == []
    assert "never looked at" in " ".join(replace(streets, asked=[]).wrong)


def test_an_outlet_of_many_known_addresses_is_read_again_at_little_cost(tmp_path: Path) -> None:
    """A real sitemap, real rows, and the statements that a million of them depend on."""
    result = deep.measure(tmp_path, deep.Shape(known=4000, sitemap=1000, rounds=3, every=1))
    assert result.wrong == []
    assert len(result.readings) == 2


def test_what_is_wrong_with_many_addresses_is_said() -> None:
    """Time, memory, new addresses where there are none, a statement without an index, a visit of what is not due."""
    large = replace(COST, own=40.0, rss=COST.rss + 20 * MIB)
    result = deep.Result(
        deep.Shape(), COST, 1.0, 1, [COST, COST, large], [(50_000, 3)], {"/": Shown(503, 1.0, "")}, 1.0,
        {"take": ["SCAN frontier"]}, 2,
    )  # fmt: skip
    assert len(result.wrong) == 6


def test_a_disk_that_fills_again_and_again_costs_nothing_but_time(tmp_path: Path) -> None:
    """I3, I8, S3: rests at the reserve, answers, loses nothing, fetches nothing twice, goes on by itself."""
    try:
        result = full.measure(tmp_path, full.Shape(72, 32, rounds=2, step=1, hosts=3, articles=25, text=60))
    except PermissionError as error:
        pytest.skip(str(error))
    assert result.wrong == []
    assert [one.kept for one in result.rounds] == sorted(one.kept for one in result.rounds)


def test_what_is_wrong_with_a_full_disk_is_said() -> None:
    """Requests while it rests, a reserve that was used up, silence, loss, and articles that are fetched again."""
    bad = full.Round(kept=9, free=1, asked=2, alive=False, ready=(200, "ready"), lost=1)
    result = full.Result(full.Shape(), [bad], Counter({"a/story-1": 2}), 9, ["x: gone"], Counter({"disk-low": 7}))
    assert len(result.wrong) == 8


def test_a_request_on_a_connection_that_hangs_counts_from_its_beginning() -> None:
    """What was never answered has no end: the next one has to keep its distance from when it was asked."""
    result = wide.Result(wide.Shape(outlets=1, hosts=1, bad=0.0, delay=2.0), COST)
    result.asked = [Asked(0, "feed", -1, 10.0), Asked(0, "feed", -1, 11.0, 11.0), Asked(0, "page", 1, 13.0, 13.0)]
    assert [round(gap, 3) for gap in result.close] == [1.0]
