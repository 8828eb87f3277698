"""Try to break the archive for some minutes, and say how much was tried.

    python -m tests.torture [--effort 10] [--write docs/reliability.md]

Runs every test that tallies, with longer random loops, and prints one table: what was tried, what came out right. With
`--write` the table goes into that page, with the day, the commit and the time it took. Exit code 1 if anything was
wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.tally import Table, lines

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- torture: begin -->", "<!-- torture: end -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, write."""
    options = _options(argv)
    began = time.monotonic()
    code, rows = _tried(options.effort, options.processes)
    print("\n".join(["", *lines(rows)]))
    if options.write:
        options.write.write_text(
            written(
                options.write.read_text(encoding="utf-8"), _section(rows, options.effort, time.monotonic() - began)
            ),
            encoding="utf-8",
        )
    return 1 if code or not rows or any(tried != right for tried, right in rows.values()) else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.torture", description=__doc__.partition("\n")[0])
    parser.add_argument("--effort", type=int, default=10, help="how much longer random loops are (default 10)")
    parser.add_argument("--processes", default="auto", help="as pytest-xdist's -n (default auto)")
    parser.add_argument("--write", type=Path, help="a page with a place for the table")
    return parser.parse_args(argv)


def _tried(effort: int, processes: str) -> tuple[int, Table]:
    """The exit code of the tests and what they counted."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "tally.json"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "torture", "-n", processes, "--timeout", "1800"]
        done = subprocess.run([*command, "--effort", str(effort), "--tally", str(kept)], cwd=ROOT, check=False)
        return done.returncode, json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


def _section(rows: Table, effort: int, seconds: float) -> str:
    """The table as it stands in the page."""
    say = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(say, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, effort {effort}, {seconds / 60:.0f} minutes on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}:"
    )
    table = [f"| {row} | {tried:,} | {right:,} |" for row, (tried, right) in sorted(rows.items())]
    return "\n".join([head, "", "| what | tried | right |", "| --- | ---: | ---: |", *table])


def written(page: str, section: str) -> str:
    """`page` with `section` in its place. Raises ValueError if it has none."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"no place for the table: {BEGIN} … {END}")
    return re.sub(
        f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n{section}\n{END}", page, flags=re.DOTALL
    )


if __name__ == "__main__":
    sys.exit(main())
