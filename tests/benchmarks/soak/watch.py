"""What the daemon holds while it works: memory, files, threads, and what lies on the disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Sample:
    """One look. Sizes are bytes; `rss` is the daemon's own, `pss` that of it and its reading children together, each
    page of memory counted once."""

    at: datetime
    rss: int
    pss: int
    children: int
    files: int
    threads: int
    temporary: int
    wal: int
    catalogue: int
    hosts: int
    cpu: float


def sample(process: psutil.Process, archive: Path, temporary: Path, at: datetime) -> Sample | None:
    """Look once; None if the process has ended."""
    try:
        children = process.children(recursive=True)
        times = process.cpu_times()
        return Sample(
            at,
            process.memory_info().rss,
            sum(_pss(one) for one in (process, *children)),
            len(children),
            process.num_fds(),
            process.num_threads(),
            sum(1 for _ in temporary.rglob("*")),
            _size(archive / "catalogue.sqlite-wal"),
            _size(archive / "catalogue.sqlite"),
            len(os.listdir(archive / ".run" / "hosts")) if (archive / ".run" / "hosts").is_dir() else 0,  # noqa: PTH208
            times.user + times.system,
        )
    except psutil.Error:
        return None


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True)
class Trend:
    """One figure over time: its first and last value (means of a tenth), the largest, and its slope a day, by least
    squares over what follows the first fifth: by then all is warm."""

    first: float
    last: float
    most: float
    slope: float


def trends(samples: Sequence[Sample]) -> dict[str, Trend]:
    """The trend of each figure."""
    names = [one.name for one in fields(Sample) if one.name not in {"at", "cpu"}]
    return {name: _trend(samples, name) for name in names} if len(samples) >= 5 else {}


def _trend(samples: Sequence[Sample], name: str) -> Trend:
    values = [float(getattr(one, name)) for one in samples]
    tenth, warm = max(1, len(values) // 10), len(values) // 5
    days = [(one.at - samples[0].at).total_seconds() / 86_400 for one in samples]
    slope = _slope(days[warm:], values[warm:])
    return Trend(sum(values[:tenth]) / tenth, sum(values[-tenth:]) / tenth, max(values), slope)


def _slope(across: Sequence[float], up: Sequence[float]) -> float:
    middle, mean = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - mean) for x, y in zip(across, up, strict=True)) / spread if spread else 0.0
