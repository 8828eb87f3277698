"""What an import costs: `python -m tests.benchmarks.imports [CAPTURES]`.

A file of generated captures (four of each article: as first seen, as it was, behind another banner, edited) is imported
by the real program, twice. Printed: captures a second, and the most memory that the program itself and any of its
reading processes took.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.fakes import article_page
from tests.gather.shapes import HOUR, START, Answer, per_record, plain
from tests.site import Program, Site, outlet

WORDS = (
    *("harbour", "council", "storm", "bridge", "winter", "engineers", "region", "library", "mayor", "ferry", "island"),
    *("school", "budget", "vote", "court", "hospital", "railway", "tunnel", "forest", "river", "police", "fishermen"),
    *("market", "museum", "strike", "theatre", "village", "coast", "minister", "tax"),
)


def captures(count: int) -> Iterator[Answer]:
    """So many captures, in no order."""
    chance = random.Random(7)
    for number in range(count // 4):
        paragraphs = [_sentence(chance) for _ in range(12)]
        title = _sentence(chance)[:60].title()
        url = f"https://paper.example/2024/{number:05d}-{title[:20].lower().replace(' ', '-')}"
        for step, (more, banner) in enumerate((([], "a"), ([], "a"), ([], "b"), ([_sentence(chance)], "b"))):
            body = article_page(*paragraphs, *more, title=title, banner=banner * 200).encode()
            yield Answer(url, body, START + timedelta(minutes=number) + step * 30 * HOUR)


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(18, 40))).capitalize() + "."


def main(count: int) -> None:
    """Make, import, import again, print."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        program.configure(Site(address="127.0.0.1:9"), outlets={"paper.example": outlet("paper.example")})
        made = list(captures(count))
        random.Random(1).shuffle(made)
        path = program.root / "crawl.warc.gz"
        path.write_bytes(per_record(*map(plain, made)))
        print(f"{len(made)} captures, {path.stat().st_size / 1e6:.1f} MB")
        for run in ("first", "second"):
            begun, before = time.monotonic(), _cpu()
            command = program.command("import", "--json", str(path))
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, cpu = time.monotonic() - begun, _cpu() - before
            summary = json.loads(done.stdout.splitlines()[-1])["summary"]
            rate, most = len(made) / seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{run}: {seconds:.1f} s, {rate:.0f} captures/s, {cpu:.1f} s CPU, {most:.0f} MB at most in one process"
            )
            print(f"  {summary['verdicts']} {summary['left_out']}")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
