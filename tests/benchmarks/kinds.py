"""What extraction calls the labelled pages of `tests/extract/kinds`, and what they are.

    python -m tests.benchmarks.kinds [first|second|third …]

Printed, a table for each set: of each kind how many pages were called what, precision and recall for each kind and for
each word of `access`, the figures that `tests/extract/floors.toml` holds, and every page that was taken for another.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scraper import extract
from tests.extract.kinds.build import Labelled, read

STORIES = frozenset({"article", "live"})


@dataclass(frozen=True)
class Judged:
    """A page and what it was called."""

    page: Labelled
    kind: str
    access: str
    evidence: tuple[str, ...]

    @property
    def called(self) -> str:
        """The kind given; the page's own if it is as good."""
        return self.page.kind if self.kind in self.page.also else self.kind


def judged(folder: str) -> list[Judged]:
    """Every page of a set, read without rules."""
    found = []
    for page in read(folder):
        article = extract(page.html, page.url)
        found.append(Judged(page, article.kind, article.access or "", article.evidence))
    return found


def shares(pairs: Iterable[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall of pairs (it is, it was said to be); 1 where there was nothing to say."""
    counts = Counter(pairs)
    right = counts[True, True]
    said, is_so = right + counts[False, True], right + counts[True, False]
    return right / said if said else 1.0, right / is_so if is_so else 1.0


def figures(rows: Sequence[Judged]) -> dict[str, float]:
    """What is held to floors.

    `story_*`: is there an article, whole, live or in part. `wall_*`: the same question asked of pages without one.
    `teaser_*`: does the text end at a wall, asked of stories. `kind`, `access`: the share of pages with the right word.
    """
    stories = [row for row in rows if row.page.is_story]
    story = shares((row.page.is_story, row.called in STORIES) for row in rows)
    wall = shares((not row.page.is_story, row.called not in STORIES) for row in rows)
    teaser = shares((row.page.access == "teaser", row.access == "teaser") for row in stories)
    named = dict(zip(("story", "wall", "teaser"), (story, wall, teaser), strict=True))
    both = {f"{name}_{word}": pair[n] for name, pair in named.items() for n, word in enumerate(("precision", "recall"))}
    return both | {
        "kind": sum(row.page.kind == row.called for row in rows) / len(rows),
        "access": sum(row.page.access == row.access for row in stories) / len(stories),
    }


def table(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A confusion matrix of pairs (is, called), with precision and recall of each word."""
    words = sorted({word for pair in pairs for word in pair})
    counts = Counter(pairs)
    yield " " * 12 + "".join(f"{word or '-':>10}" for word in words) + f"{'precision':>12}{'recall':>8}"
    for word in words:
        precision, recall = shares((one == word, other == word) for one, other in pairs)
        cells = "".join(f"{counts[word, other] or '':>10}" for other in words)
        yield f"{word or '-':<12}{cells}{precision:>12.3f}{recall:>8.3f}"


def report(folder: str) -> Iterator[str]:
    """The lines that are printed for one set."""
    rows = judged(folder)
    stories = [row for row in rows if row.page.is_story]
    yield f"{folder}: {len(rows)} pages, {len(stories)} of them stories; a row is what pages are"
    yield from ("", "kind", *table([(row.page.kind, row.called) for row in rows]))
    yield from ("", "access of stories", *table([(row.page.access, row.access) for row in stories]), "")
    yield from (f"{name:<18}{value:.3f}" for name, value in figures(rows).items())
    for row in rows:
        if row.called != row.page.kind or (row.page.is_story and row.access != row.page.access):
            wanted = f"{row.page.kind} {row.page.access}".strip()
            yield f"  {row.page.id}: {wanted}, called {row.kind} {row.access} {list(row.evidence)}"


def main() -> None:
    """Print the report of each set asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["first", "second", "third"])
    for folder in parser.parse_args().sets:
        print("\n".join(report(folder)))


if __name__ == "__main__":
    main()
