"""What it costs to see again that nothing changed, where a server has no validators.

    python -m tests.benchmarks.recheck BENCH [--limit N]

BENCH is a folder as for `tests.benchmarks.end_to_end`. Every page is read as one visit shows it and looked at again as
the next one does: the article's own markup as saved, and around it another banner, other related stories, comments,
adverts, tokens and relative times, made up by `noise.py`; alone and all together. Printed for each: on how many pages
the article's text stayed the same, how many of these a glance recognised, how many the fingerprint of the pruned page,
how many were read in full; the CPU of one look beside that of a full extraction, and of trafilatura on the same bytes.
Last, pages are edited within the article: none of these may be taken for unchanged.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from scraper import charset, extract
from scraper.article import Article
from scraper.extract import container, read, reading
from scraper.extract.tree import Element
from tests.benchmarks import noise
from tests.benchmarks.corpus import Record, load

STEPS = ("same bytes", "glance", "fingerprint", "full")


@dataclass
class Row:
    """One kind of change: pages by the step that settled them, milliseconds of CPU of each."""

    steps: Counter[str] = field(default_factory=Counter)
    other: int = 0
    wrong: list[str] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    by_step: dict[str, list[float]] = field(default_factory=dict)
    full: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)


def clock(call: Callable[[], object], repeat: int = 2) -> float:
    """The least CPU time of a few calls, in milliseconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best * 1000


class Steps:
    """Which step settles a look at a page: counted is how often a page's column is looked for."""

    def __init__(self) -> None:
        self.pruned = 0
        inner = container.choose

        def counting(*args: Any) -> list[Element]:
            self.pruned += 1
            return inner(*args)

        setattr(container, "choose", counting)  # noqa: B010 - of another type, on purpose

    def look(self, body: bytes, url: str, known: str) -> tuple[str, Article | None]:
        """The step that settled it, and the article if there was one."""
        reading._seen.clear()
        before = self.pruned
        article = read(body, url, known=known)
        return ("full" if article else "fingerprint" if self.pruned > before else "glance"), article


def look_again(record: Record, names: tuple[str, ...], row: Row, steps: Steps, *, peer: bool) -> None:
    """One page, two visits."""
    html = charset.decode(record.body).text
    old, new = (noise.visit(html, seed, names).encode("utf-8", "replace") for seed in (1, 2))
    kind = "text/html; charset=utf-8"
    known = extract(old, record.url, content_type=kind)
    again = extract(new, record.url, content_type=kind)
    step, article = steps.look(new, record.url, known.fingerprint)
    if again.text != known.text:
        row.other += 1
        row.wrong += [] if article else [record.id]
        return

    def once() -> None:
        reading._seen.clear()
        read(new, record.url, known=known.fingerprint)

    row.steps[step] += 1
    row.looks.append(clock(once))
    row.by_step.setdefault(step, []).append(row.looks[-1])
    row.full.append(clock(lambda: extract(new, record.url)))
    if peer:
        row.peer.append(clock(lambda: bare_extraction(new.decode("utf-8", "replace"), url=record.url), 1))


_PARAGRAPH = re.compile(r"(<p\b[^>]*>[^<]{60,}?)(\w+)([^<]*</p>)")


def edited(html: str, text: str, seed: int) -> str | None:
    """`html` with one word of one of the article's paragraphs changed."""
    places = [m for m in _PARAGRAPH.finditer(html) if m[3].removesuffix("</p>").strip()[-40:] in text]
    if not places:
        return None
    match = random.Random(seed).choice(places)
    return f"{html[: match.start(2)]}amended{html[match.end(2) :]}"


def edits(records: list[Record], steps: Steps) -> tuple[int, list[str]]:
    """How many pages were edited, and those whose edit was not seen."""
    count, missed = 0, []
    for record in records:
        html = charset.decode(record.body).text
        known = extract(html.encode("utf-8", "replace"), record.url)
        for seed in range(3):
            new = edited(html, known.text, seed)
            body = noise.visit(new, seed).encode("utf-8", "replace") if new else b""
            if new and extract(body, record.url).text != known.text:
                count += 1
                missed += [] if steps.look(body, record.url, known.fingerprint)[1] else [record.id]
    return count, missed


def shown(name: str, row: Row) -> str:
    """One line of the table."""
    total = sum(row.steps.values()) or 1
    look, full = statistics.fmean(row.looks), statistics.fmean(row.full)
    shares = " | ".join(f"{row.steps[step] / total:.1%}" for step in STEPS[1:])
    cost = " | ".join(
        f"{statistics.fmean(times) / full:.3f}" if (times := row.by_step.get(step)) else "" for step in STEPS[1:]
    )
    peer = f"{look / statistics.fmean(row.peer):.3f}" if row.peer else ""
    return (
        f"| {name} | {total} | {shares} | {look:.2f} | {full:.2f} | {look / full:.3f} | {cost} | {peer} | {row.other} |"
        f" {len(row.wrong)} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    told = parser.parse_args()
    records, steps = load(told.bench, told.limit), Steps()
    print("| change | pages | glance | fingerprint | full | look ms | full ms | look/full | … by glance |", end="")
    print(" … by fingerprint | … in full | look/trafilatura | text differs | missed |")
    print("|" + " --- |" * 14)
    for names in [(), *((name,) for name in noise.CHANGES), tuple(noise.CHANGES)]:
        row, everything = Row(), len(names) == len(noise.CHANGES)
        for record in records:
            look_again(record, names, row, steps, peer=everything)
        print(shown("all" if everything else ", ".join(names) or "nothing", row), flush=True)
        print(*[f"missed: {name}" for name in row.wrong], sep="\n", end="\n" if row.wrong else "")
    count, missed = edits(records, steps)
    print(f"edits within the article: {count}, not seen: {len(missed)} {' '.join(missed)}")


if __name__ == "__main__":
    main()
