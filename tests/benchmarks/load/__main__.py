"""The real daemon under a load of one kind: does it keep its pace, its promises and its measure?

    python -m tests.benchmarks.load wide [--outlets 5000] [--hosts 500] [--a-minute 10] [--bad 0.05] [--every 300]
    python -m tests.benchmarks.load deep [--known 1000000] [--sitemap 50000] [--rounds 3]
    python -m tests.benchmarks.load full [--size 192] [--reserve 64] [--rounds 5]

wide: many outlets on many hosts of 127.0.0.0/8; later a share of them hangs, another drips, another resets.
deep: one outlet of which a million addresses are known, and a sitemap that is read again.
full: a disk of `--size` MiB fills until the reserve is met, room is made, and it goes on (may mount: Linux, root).

Prints a table; 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from types import ModuleType

from tests.benchmarks.load import deep, full, wide

KINDS: dict[str, ModuleType] = {"wide": wide, "deep": deep, "full": full}


def main() -> int:
    """Run it, print the table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, module in KINDS.items():
        options = kinds.add_parser(name)
        for one in fields(module.Shape):
            options.add_argument(f"--{one.name.replace('_', '-')}", type=type(one.default), default=one.default)
        options.add_argument("--keep", type=Path, help="keep archive and log in this folder")
        options.add_argument("--json", action="store_true")
    given = vars(parser.parse_args())
    module, as_json, keep = KINDS[given.pop("kind")], given.pop("json"), given.pop("keep")
    with tempfile.TemporaryDirectory() as folder:
        result = module.measure(keep or Path(folder), module.Shape(**given))
    print(json.dumps(module.figures(result)) if as_json else "\n".join(module.lines(result)))
    return int(bool(result.wrong))


if __name__ == "__main__":
    sys.exit(main())
