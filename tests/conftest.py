"""What the whole suite takes from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bench DIR`: saved pages with their truth, for the figures that need more than the project's own pages."""
    parser.addoption("--bench", type=Path, help="folder with truth.jsonl, pages/, score.py: hold the figures to floors")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The test of real pages does not exist where there are none."""
    return True if collection_path.name == "test_bench.py" and not config.getoption("bench") else None
