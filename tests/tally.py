"""How much was tried, and how much of it came out right: figures that tests give as they go, summed up over a run.

    def test_any_flipped_byte_is_found(tally, effort): ...
        tally("mutations found", tried, found)

`effort` is 1 in an ordinary run; `make torture` raises it, and random loops go round that much more often. Tests that
tally are marked `torture`, which is how that command chooses them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pytest

Table = dict[str, list[int]]


class Tally(Protocol):
    """Add to a row of the table: so much was tried, so much of it was right."""

    def __call__(self, row: str, tried: int = 1, right: int = 1) -> None: ...


class Sums:
    """The rows of one run, of all its processes."""

    def __init__(self) -> None:
        self.rows: Table = {}

    def add(self, row: str, tried: int = 1, right: int = 1) -> None:
        """Add to a row; an unknown one begins."""
        sums = self.rows.setdefault(row, [0, 0])
        sums[0] += tried
        sums[1] += right

    # ------------------------------------------------------------------------------------------ what pytest calls

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """A process of a run of several has ended: its rows are in what it hands over."""
        for row, (tried, right) in json.loads(getattr(node, "workeroutput", {}).get("tally", "{}")).items():
            self.add(row, tried, right)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the rows over, or keep them."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["tally"] = json.dumps(self.rows)
        elif path := session.config.getoption("tally"):
            Path(path).write_text(json.dumps(self.rows, indent=1, sort_keys=True), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, of a run that was made for it."""
        if self.rows and terminalreporter.config.getoption("effort") > 1:
            terminalreporter.section("what was tried")
            for line in lines(self.rows):
                terminalreporter.write_line(line)


def lines(rows: Table) -> Iterable[str]:
    """The table for a terminal."""
    wide = max(map(len, rows), default=0)
    for row, (tried, right) in sorted(rows.items()):
        yield f"{row:{wide}}  {tried:>9,}  {right:>9,}  {'all right' if tried == right else f'{tried - right} WRONG'}"


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark what tallies."""
    for item in items:
        if "tally" in getattr(item, "fixturenames", ()):
            item.add_marker("torture")
