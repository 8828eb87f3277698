"""A month of an outlet that redesigns itself, and whose rules change: the edits found are the edits made."""

from __future__ import annotations

import pytest

from tests.benchmarks.year.run import Result, simulate
from tests.benchmarks.year.table import lines


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def month(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return await simulate(tmp_path_factory.mktemp("month"), articles=9, days=26, seed=7)


@pytest.mark.anyio
async def test_the_edits_found_are_the_edits_made(month: Result) -> None:
    """Behind two redesigns, new rules, a widget nobody knew, outages and challenges."""
    assert (month.missed, month.false) == ([], [])
    assert sum(month.edits.values()) >= 5


@pytest.mark.anyio
async def test_their_kinds_and_silence_are_right(month: Result) -> None:
    assert sum(month.right.values()) >= 0.95 * sum(month.edits.values()), month.wrong
    assert month.stealth_wrong == 0


@pytest.mark.anyio
async def test_what_the_reading_changed_is_revisions(month: Result) -> None:
    assert month.counts["revisions"] > 0
    assert month.counts["widgets learnt"] > 0


@pytest.mark.anyio
async def test_the_archive_can_be_proved_and_made_again(month: Result) -> None:
    assert month.findings == []
    assert month.same_catalogue


@pytest.mark.anyio
async def test_the_table_says_it_all(month: Result) -> None:
    told = "\n".join(lines(month))
    assert f"{month.counts['visits']:8}" in told
    assert max(map(len, told.splitlines())) <= 100
