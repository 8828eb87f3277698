"""A run with a crowd, to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmarks.crowd.run import Result


def lines(result: Result) -> Iterator[str]:
    """The figures, then what is wrong."""
    yield f"visits a second   alone {_row(result.alone)}  crowded {_row(result.crowded)}  fall {result.fall:.1%}"
    alone, crowded = zip(*result.cpu, strict=True)
    yield f"CPU of the daemon alone {_row(alone)}  crowded {_row(crowded)} (cores)"
    yield f"{'answers':12} {'number':>7} {'half':>8} {'99 %':>8} {'most':>8}"
    for kind in (*sorted(result.took), None):
        number = len(result.took[kind]) if kind else sum(map(len, result.took.values()))
        times = (f"{result.slow(kind, share):7.3f}s" for share in (0.5, 0.99, 1.0))
        yield f"{kind or 'all':12} {number:7} {' '.join(times)}"
    yield "statuses     " + ", ".join(f"{status}: {number}" for status, number in sorted(result.statuses.items()))
    yield from (f"wrong: {one}" for one in result.wrong) if result.wrong else ["nothing wrong"]


def _row(figures: Sequence[float]) -> str:
    return " ".join(f"{figure:.2f}" for figure in figures)
