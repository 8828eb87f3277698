"""A folder of saved pages with their truth, and its own way of scoring."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

KINDS = {"aeb": "A", "news": "B"}


@dataclass(frozen=True)
class Record:
    """One saved page with its truth."""

    id: str
    url: str
    corpus: str
    truth: dict[str, object]
    body: bytes

    @property
    def plain(self) -> str:
        """The URL as it can be served without TLS."""
        return self.url.replace("https://", "http://", 1)


def load(bench: Path, limit: int = 0) -> list[Record]:
    """The pages of `truth.jsonl` (id, url, corpus, truth a line) with `pages/<id>.html.gz`, in the file's order."""
    found = []
    for line in (bench / "truth.jsonl").read_text(encoding="utf-8").splitlines()[: limit or None]:
        row = json.loads(line)
        body = gzip.decompress((bench / "pages" / f"{row['id']}.html.gz").read_bytes())
        found.append(Record(row["id"], row["url"], row["corpus"], row["truth"], body))
    return found


@dataclass(frozen=True)
class Scorer:
    """The corpus's own `score.py`."""

    module: ModuleType

    def figures(self, corpus: str, answers: list[tuple[Record, dict[str, object]]]) -> dict[str, float]:
        """All figures of `corpus` for these answers (body, title, authors, date), by short names."""
        kind = KINDS[corpus]
        score = self.module.score_a if kind == "A" else self.module.score_b
        rows = [score(record.truth, answer) for record, answer in answers]
        summary: dict[str, Any] = self.module.summarise(kind, rows, stderr=False)
        if kind == "A":
            return {**{key: summary[key] for key in ("f1", "precision", "recall")}, "exact": summary["accuracy"]}
        fields = {"title": "title", "authors": "authors", "day": "date_day", "instant": "date_instant"}
        core = {key: summary["shingle_core"][key] for key in ("f1", "precision", "recall")}
        return core | {short: summary[key] for short, key in fields.items() if summary[key] is not None}


def scorer(bench: Path) -> Scorer:
    """`score.py` of the folder, imported from there."""
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return Scorer(module)
