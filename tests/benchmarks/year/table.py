"""The result of a simulated year as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.year.run import Result


def lines(result: Result) -> Iterator[str]:
    """The tables: what was found, what it cost, what was wrong."""
    counts = result.counts
    yield f"{result.articles} stories, {result.days} days, {result.seconds:.0f} s"
    yield ""
    yield from _edits(result)
    yield ""
    visits = max(1, counts["visits"])
    yield f"{'visits':32} {counts['visits']:8}"
    for name in ("not read", "recognised", "extracted", "gone", "challenge", "outage"):
        here = counts[f"visits {name}"]
        if here:
            cpu = result.cpu.get(f"visits {name}", 0.0) / here * 1000
            yield f"  {name:30} {here:8}  {here / visits:6.1%}  {cpu:7.1f} ms CPU each"
    yield from (f"{name:32} {counts[key]:8}" for name, key in _COUNTS)
    yield f"{'bytes fetched a visit':32} {counts['fetched bytes'] // visits:8}"
    yield f"{'bytes stored a visit':32} {result.bytes_stored // visits:8}"
    yield f"{'memory, MiB':32} {result.memory[0] >> 20:8} → {result.memory[1] >> 20}"
    full = result.cpu.get("extracted", 0.0) / max(1, counts["extracted"])
    spent = result.cpu.get("extracted", 0.0) + result.cpu.get("recognised", 0.0)
    answers = max(1, counts["extracted"] + counts["recognised"] + counts["visits not read"])
    yield f"{'CPU saved against reading each':32} {1 - spent / (full * answers or 1):8.0%}"
    yield f"{'verify --deep':32} {'clean' if not result.findings else result.findings[:3]}"
    yield f"{'reindex gives the same':32} {result.same_catalogue}"
    for name, found in (("missed", result.missed), ("false", result.false), ("kinds", result.wrong)):
        yield from (f"{name}: {line}" for line in found[:20])


_COUNTS = (
    ("requests", "requests"), ("answered 304", "not modified"), ("versions", "versions"), ("revisions", "revisions"),
    ("tombstones", "tombstones"), ("widgets learnt", "widgets learnt"),
)  # fmt: skip


def _edits(result: Result) -> Iterator[str]:
    made, right = sum(result.edits.values()), sum(result.right.values())
    yield f"{'edits that a visit could see':32} {made:8}"
    yield f"{'  missed':32} {len(result.missed):8}"
    yield f"{'  false, at the end':32} {len(result.false):8}"
    yield f"{'  false, until it was learnt':32} {result.false_at_first:8}"
    yield f"{'  kinds exactly right':32} {right:8}  {right / max(1, made):6.1%}"
    yield f"{'  stealth wrong':32} {result.stealth_wrong:8}"
    for name, number in sorted(result.edits.items(), key=lambda item: (-item[1], item[0]))[:24]:
        yield f"    {name:28} {number:8}  {result.right[name]:6} right"
