"""One target under atheris, in a process of its own: python -m tests.fuzz.drive TARGET FINDINGS [libFuzzer options]

A finding is written down and the search goes on. Only what ends the process (a crash of a library in C, a hang, too
much memory) stops it; libFuzzer then leaves the input behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

INSTRUMENTED = ["scraper", "tests.fuzz", "protego", "yarl", "fastfeedparser", "feedparser", "h11"]


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    name, findings, *options = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        from tests.fuzz.breach import breach_of, kept  # noqa: PLC0415  # instrumented as it is imported
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    target, folder = TARGETS[name], Path(findings)

    def one(data: bytes) -> None:
        breach = breach_of(target, data)
        # A machine with other things to do is slow now and then: only what is slow twice is slow.
        if breach and breach.error == "too-slow":
            breach = breach_of(target, data)
        if breach and kept(folder, breach, data):
            print(f"finding: {breach}", file=sys.stderr, flush=True)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
