"""The result of a soak as lines to read, and as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tests.benchmarks.soak.run import Result
from tests.benchmarks.soak.watch import trends

_MB = 1 << 20
_SIZES = {"rss", "pss", "wal", "catalogue"}
_COUNTS = ("new", "same", "edited", "partial", "gone", "back", "refused", "deferred", "failed")


def lines(result: Result) -> Iterator[str]:
    """The tables: what was done, what it held meanwhile, what is wrong."""
    shape, found = result.shape, result.found
    yield f"{shape.outlets} outlets, {shape.days:g} days, {found.stories} articles, in {result.seconds:.0f} s"
    yield ""
    for name, number in _account(result):
        yield f"{name:36} {number:>10}"
    yield ""
    yield f"{'':12}{'at first':>12}{'at last':>12}{'most':>12}{'a day':>12}"
    for name, trend in trends(result.samples).items():
        unit = _MB if name in _SIZES else 1
        figures = (trend.first / unit, trend.last / unit, trend.most / unit, trend.slope / unit)
        label = f"{name}, MiB" if name in _SIZES else name
        yield f"{label:16}" + "".join(f"{one:>12.2f}" for one in figures)[4:]
    if result.objects:
        yield f"{'objects':16}{result.objects[0]:>8}{result.objects[-1]:>12}{max(result.objects):>12}"
    yield ""
    yield "nothing is wrong" if not result.wrong else "wrong:"
    for name, said in result.wrong.items():
        yield f"  {name.replace('_', ' ')}: {len(said)}"
        yield from (f"    {one}" for one in said[:8])


def _account(result: Result) -> Iterator[tuple[str, object]]:
    found, verdicts = result.found, result.verdicts
    yield "requests answered", result.requests
    yield "visits", sum(verdicts.values())
    yield from ((f"  {name}", verdicts[name]) for name in _COUNTS if verdicts[name])
    yield "looks at sources", found.looks
    yield "versions", found.versions
    yield "texts shown one after the other", found.edits + found.stories
    yield "tombstones", found.taken_down
    for name, share in (("median", 0.5), ("99 of 100", 0.99), ("all", 1.0)):
        if found.waited:
            waited = found.waited[min(int(share * len(found.waited)), len(found.waited) - 1)]
            yield f"first look after publication, {name}", f"{waited / 60:.0f} min"
    if result.bad:
        yield "sent by the bad actor", sum(result.bad.values())
    if result.drained:
        yield "due when it came back", result.drained[0][1]
        yield "due an hour later", next((due for at, due in result.drained if at > 3600), result.drained[-1][1])
    yield "archive, MiB", f"{result.archive_bytes / _MB:.1f}"
    yield "catalogue, bytes an article", result.catalogue_bytes // max(1, found.stories)
    yield "verify --deep", "clean" if not result.findings else len(result.findings)
    cpu = result.samples[-1].cpu if result.samples else 0.0
    yield "CPU of the daemon itself, s", f"{cpu:.0f}"


def as_json(result: Result) -> dict[str, Any]:
    """The same for programs."""
    return {
        "outlets": result.shape.outlets,
        "days": result.shape.days,
        "seconds": round(result.seconds, 1),
        "account": {name.strip(): number for name, number in _account(result)},
        "trends": {name: asdict(trend) for name, trend in trends(result.samples).items()},
        "objects": result.objects,
        "rss": [one.rss for one in result.samples],
        "wrong": result.wrong,
    }
