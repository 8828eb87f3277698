"""The real daemon on simulated outlets, with and without a crowd at its web side, in turns.

    python -m tests.benchmarks.crowd [--outlets 20] [--delay 2] [--seconds 30] [--rounds 2]
                                     [--clients 50] [--idle 200] [--think 1] [--json]

Outlets answer over loopback, and always have more articles than can be visited. In every second window `--clients`
search, read and download, each with a pause of `--think` seconds on average between two requests, and `--idle`
connections say nothing. With `--delay 0` the daemon takes all that the machine has, and so every answer costs visits;
with a delay it is to visit as much as ever. Printed: visits a second without and with the crowd, how long answers took
by kind, what was refused, and what the log complains of. 1 if visits fall by a tenth, 99 of 100 answers take more than
a second, or the log complains.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.crowd.run import Shape, measure
from tests.benchmarks.crowd.table import lines


def main() -> int:
    """Run it, print the table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=20)
    parser.add_argument("--delay", type=float, default=2.0, help="seconds between requests to one host")
    parser.add_argument("--seconds", type=float, default=30.0, help="of one window")
    parser.add_argument("--rounds", type=int, default=2, help="of a window without and one with the crowd")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--idle", type=int, default=200, help="connections that say nothing")
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two requests of a client")
    parser.add_argument("--json", action="store_true")
    given = vars(parser.parse_args())
    as_json = given.pop("json")
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), Shape(**given))
    print(json.dumps(result.figures()) if as_json else "\n".join(lines(result)))
    return int(bool(result.wrong))


if __name__ == "__main__":
    sys.exit(main())
