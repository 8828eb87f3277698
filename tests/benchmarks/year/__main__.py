"""A year of one outlet: are the edits that are found the edits that were made, and what does a visit cost?

    python -m tests.benchmarks.year [--articles 300] [--days 365] [--seed 1] [--keep DIR]

The real pipeline, frontier, cadence and store; only the web and the clock are played. Every figure is of this run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.year.run import simulate
from tests.benchmarks.year.table import lines


def main() -> int:
    """Run it, print the table; 1 if an edit was missed or invented."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the archive in this folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(simulate(given.keep or Path(folder), given.articles, given.days, given.seed))
    print("\n".join(lines(result)))
    return int(bool(result.missed or result.false))


if __name__ == "__main__":
    sys.exit(main())
