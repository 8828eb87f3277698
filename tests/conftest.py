"""What the whole suite takes from the command line, and what it counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests import tally as tallies
from tests.tally import Sums, Tally

# A machine that is busy with other work is no fault of what is tested. The ordinary run tries the same examples every
# time, so that it tells of the change that was made; those who look for new ones (`make torture`) throw dice.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("busy"), derandomize=True)
settings.load_profile("same")

SUMS = pytest.StashKey[Sums]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bench DIR`: saved pages with their truth, for the figures that need more than the project's own pages.

    `--all-tools`: no test may lack a program. `--effort N`: go round random loops N times as often. `--tally FILE`:
    keep as JSON what was tried.
    """
    parser.addoption("--bench", type=Path, help="folder with truth.jsonl, pages/, score.py: hold the figures to floors")
    parser.addoption("--effort", type=int, default=1, help="how much more often random loops go round (default 1)")
    parser.addoption("--all-tools", action="store_true", help="a test that lacks a program is one that failed")
    parser.addoption("--tally", type=Path, help="where to keep the table of what was tried, as JSON")


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: many tests wait for a process, a host's turn or a browser."""
    return (os.cpu_count() or 1) + 2


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    if config.getoption("effort") > 1:
        settings.load_profile("busy")
    config.addinivalue_line("markers", "torture: tries many things and says how many (`make torture`)")
    config.stash[SUMS] = Sums()
    config.pluginmanager.register(config.stash[SUMS], "sums")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what tallies."""
    tallies.mark(items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hold it against the run if a test lacked a program of the distribution, and that was asked for."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if session.config.getoption("all_tools") and any("apt-get install" in str(report.longrepr) for report in skipped):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The test of real pages does not exist where there are none."""
    return True if collection_path.name == "test_bench.py" and not config.getoption("bench") else None


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """Commands that are run in this process set up the log on a stream that does not outlive the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Adds to the table of what was tried: `tally(row, tried, right)`."""
    return request.config.stash[SUMS].add


@pytest.fixture
def effort(request: pytest.FixtureRequest) -> int:
    """How often random loops go round: 1 in an ordinary run, more under `make torture`."""
    return int(request.config.getoption("effort"))
