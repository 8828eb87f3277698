"""Does a version mean an edit? All cases of the catalogue, counted by category and by language.

    python -m tests.benchmarks.versions [FOLDER] [--wrong]

FOLDER holds the cases (default: tests/compare/cases). `--wrong` names each case that is judged wrongly. Columns: cases;
false: a version of what is no edit; missed: an edit without a version; astray: no version, but for another reason than
expected; kinds, stealth, words: found edits with other kinds, another stealth, or without the words in their parts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.compare.catalogue.judged import FOLDER, WRONGS, Judged, by, compared, count, load


def main() -> int:
    """Print the tables; 1 if any version is false or any edit missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--wrong", action="store_true", help="name each case that is judged wrongly")
    args = parser.parse_args()
    judged = [(case, compared(case)) for case in load(args.folder)]
    for title, key in (("category", "what"), ("language", "language"), ("template", "template")):
        rows = {name: count(group) for name, group in by(judged, lambda case, key=key: getattr(case, key)).items()}  # type: ignore[misc]
        _table(title, rows)
    total = count(judged)
    _table("all", {"all": total})
    edits = sum(case.is_edit for case, _ in judged) or 1
    for name in ("kinds", "stealth"):
        print(f"{name} correct: {100 * (1 - (total[name] + total['missed']) / edits):.1f} % of {edits} edits")
    if args.wrong:
        _wrong(judged)
    return int(total["false"] + total["missed"] > 0)


def _table(title: str, rows: Mapping[str, Mapping[str, int]]) -> None:
    names = ("cases", *WRONGS)
    print(f"\n{title:<16}" + "".join(f"{name:>9}" for name in names))
    for name, row in rows.items():
        print(f"{name:<16}" + "".join(f"{row[column] or '·':>9}" for column in names))


def _wrong(judged: Judged) -> None:
    for case, verdict in judged:
        wrongs = [name for name, wrong in WRONGS.items() if wrong(case, verdict)]
        if wrongs:
            print(f"\n{case.name}: {' '.join(wrongs)}")
            print(f"  expected {case.verdict} {case.reason or ''} {' '.join(case.kinds)} stealth={case.stealth}")
            kinds = f"{' '.join(verdict.edit.kinds)} stealth={verdict.edit.stealth}" if verdict.edit else ""
            print(f"  found    {verdict.kind} {verdict.reason or ''} {kinds}")
            for part in verdict.edit.parts[:8] if verdict.edit else ():
                print(f"    {part.kind}: {part.old[:90]!r} → {part.new[:90]!r}")


if __name__ == "__main__":
    sys.exit(main())
