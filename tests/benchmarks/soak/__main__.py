"""Weeks of the real daemon on many outlets, in minutes: does anything grow, get lost, come twice, or come late?

    python -m tests.benchmarks.soak [--days 30] [--outlets 100] [--articles 15] [--stop-after DAYS --stop-for DAYS]
                                    [--at-once] [--delay 2] [--bad-actor] [--seed 1] [--keep DIR] [--json]

The command's own code: fetcher over sockets, caged reader, archive on disk. The outlets answer over loopback. Time
leaps where nothing is under way (see `clock`). Prints a table; 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.soak.run import Pause, Soak
from tests.benchmarks.soak.table import as_json, lines
from tests.benchmarks.soak.world import Shape


def main() -> int:
    """Run it, print the table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--outlets", type=int, default=100)
    parser.add_argument("--articles", type=int, default=15, help="of each outlet, over all days")
    parser.add_argument("--stop-after", type=float, help="stop the daemon after so many days …")
    parser.add_argument("--stop-for", type=float, default=7.0, help="… and start it again when so many have passed")
    parser.add_argument(
        "--at-once", action="store_true", help="all articles are there at the start: a load, with --delay 0"
    )
    parser.add_argument("--delay", type=float, default=2.0, help="seconds between requests to one host")
    parser.add_argument("--bad-actor", action="store_true", help="one outlet more, which sends what it should not")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep archive and log in this folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    pause = Pause(given.stop_after, given.stop_for) if given.stop_after else None
    with tempfile.TemporaryDirectory() as folder:
        shape = Shape(
            given.days, given.outlets, given.articles, given.seed, given.at_once, given.delay, given.bad_actor
        )
        result = Soak((given.keep or Path(folder)) / "soak", shape, pause).run()
    print(json.dumps(as_json(result)) if given.json else "\n".join(lines(result)))
    return int(bool(result.wrong))


if __name__ == "__main__":
    sys.exit(main())
