"""`docs/versions.md` says what the code does: its examples are run, its tables are compared."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from scraper import cadence
from scraper.cadence import DAY, HOUR, MINUTE
from scraper.compare import SECOND_LOOK, compare, verdict
from scraper.model import EditKind

from .articles import around

PAGE = (Path(__file__).parents[2] / "docs" / "versions.md").read_text(encoding="utf-8")


def table(header: str) -> list[list[str]]:
    """The cells of the table whose first column is called `header`."""
    block = PAGE.partition(f"\n| {header} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")[2:]]


def short(time: timedelta) -> str:
    """A time as the page writes it."""
    if time < HOUR:
        return f"{time // MINUTE} min"
    return f"{time // HOUR} h" if time < DAY else f"{time // DAY} d"


EXAMPLES = [row for row in table("kind") if row[1]]


@pytest.mark.parametrize(("kind", "before", "after"), EXAMPLES, ids=[row[2][:30] for row in EXAMPLES])
def test_each_example_is_of_its_kind(kind: str, before: str, after: str) -> None:
    found = compare(around(before, "en"), around(after, "en")).edit
    assert found
    assert found.kinds == (kind.strip("`"),)


def test_every_kind_is_explained() -> None:
    assert {kind for kind in get_args(EditKind) if f"`{kind}`" not in PAGE} == set()


def test_every_reason_is_explained() -> None:
    reasons = {reason.partition(":")[0] for reason in verdict.REASONS.values()} | SECOND_LOOK
    reasons |= {"teaser", "replaced", "moved"}
    assert {row[0].strip("`").partition(":")[0] for row in table("reason")} == reasons


def test_the_ladder_is_the_one_that_is_climbed() -> None:
    assert table("younger than") == [
        [short(rung.age) if rung.age else "any age", short(rung.step), rung.why] for rung in cadence.LADDER
    ]


def test_a_deletion_is_believed_as_the_page_says() -> None:
    believed = {row[0]: row[1:] for row in table("answer")}
    assert believed == {
        str(code): [str(visits), f"{over // HOUR} h"] for code, (visits, over) in cadence.BELIEVED.items()
    }


FIGURES = {
    "to twice after 20 visits": (cadence.QUIET_VISITS, cadence.QUIET_FACTOR) == (20, 2.0),
    "from 8 edits on at most every 30 min, from 24 edits on at most every 1 h": cadence.LIVELY
    == ((8, 30 * MINUTE), (24, HOUR)),
    "not more than 24 versions of an article in 24 hours": cadence.MOST_VERSIONS == 24,
    "after 5 min, doubling up to 1 d": cadence.TRANSIENT == (5 * MINUTE, DAY),
    "after 1 d, doubling up to 7 d": cadence.PERMANENT == (DAY, 7 * DAY),
    "refused after 7 d": cadence.REFUSED == 7 * DAY,
    "after 15 min, doubling up to what the ladder says (at least 1 d)": cadence.PARTIAL == (15 * MINUTE, DAY),
    "by up to 10 %": cadence.JITTER == 0.1,
    "never within a minute, never later than in 90 days": (cadence.FLOOR, cadence.HORIZON) == (MINUTE, 90 * DAY),
    "Dates before 1991": cadence.FIRST_YEAR == 1991,
    "more than 500 parts": verdict.MOST_PARTS == 500,
}


@pytest.mark.parametrize("said", FIGURES)
def test_each_figure_on_the_page_is_the_one_in_the_code(said: str) -> None:
    assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", PAGE)
    assert FIGURES[said]
