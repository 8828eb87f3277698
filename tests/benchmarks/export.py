"""What an export costs: processor time and memory for each format, over archives of two sizes written as any are.

    python -m tests.benchmarks.export [--versions 10000] [--keep DIR]

Memory is the highest of the process that exports. It has to be the same for both sizes.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from scraper.article import Block
from scraper.cli.export import FORMATS
from tests.store.kit import START, article, capture_and_commit, opened

WORDS = (
    "harbour",
    "council",
    "mayor",
    "storm",
    "vote",
    "pier",
    "bridge",
    "winter",
    "budget",
    "engine",
    "ferry",
    "strike",
)
PER_ARTICLE = 4  # versions
# What the kernel tells a parent of its child's memory begins with the parent's own; the child knows better.
MEASURED = """
import re, sys, time
from scraper.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(time.process_time(), re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def fill(root: Path, versions: int) -> None:
    """An archive of articles of four versions each, some 3,000 characters long."""
    chance = random.Random(1)
    with opened(root) as archive:
        for number in range(versions):
            outlet = f"outlet{number % 20}.example"
            url = f"https://{outlet}/story-{number // PER_ARTICLE // 20 * 20 + number % 20}"
            blocks = tuple(Block("paragraph", " ".join(chance.choices(WORDS, k=60))) for _ in range(8))
            found = article("", url, title=f"Story {number}", blocks=blocks, keywords=("a", "b"))
            capture_and_commit(archive, found, url, START + number * timedelta(minutes=1), outlet)


def export(root: Path, form: str, place: Path) -> tuple[float, float]:
    """Export in a process of its own: seconds of its processor, and the most memory it had, in MB."""
    options = ["export", "--archive", str(root), "--format", form, "-o", str(place)]
    done = subprocess.run([sys.executable, "-c", MEASURED, *options], stdout=subprocess.PIPE, text=True, check=True)
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes) / 1024


def size(place: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(p.stat().st_size for p in ([place] if place.is_file() else place.rglob("*")) if p.is_file())


def archives(folder: Path, versions: int) -> Iterator[tuple[int, Path]]:
    """A small archive and a large one, made if they are not there."""
    for number in (versions // 10, versions):
        root = folder / f"archive-{number}"
        if not root.exists():
            fill(root, number)
        yield number, root


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="where archives are kept, to be used again")
    options = parser.parse_args()
    print(f"{'format':8} {'versions':>8} {'seconds':>8} {'a second':>9} {'memory':>9} {'size':>9}")
    with TemporaryDirectory() as made:
        for number, root in archives(options.keep or Path(made), options.versions):
            for form in FORMATS:
                place = Path(made) / f"{form}-{number}"
                seconds, memory = export(root, form, place)
                rate = f"{number / seconds:9.0f} {memory:6.0f} MB {size(place) / 1e6:6.1f} MB"
                print(f"{form:8} {number:8} {seconds:8.1f} {rate}")


if __name__ == "__main__":
    main()
