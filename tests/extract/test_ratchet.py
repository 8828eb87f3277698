"""The quality of extraction goes up, never quietly down: figures on a corpus, held to the floors in `floors.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from scraper.article import render
from tests.benchmarks import kinds
from tests.extract import own
from tests.seeds.test_seeds import NAMES, Seed, seed, shipped

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


def digest(parts: Iterable[bytes]) -> str:
    """What tells one corpus from another."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def held(name: str, figures: dict[str, float], corpus: str) -> None:
    """Fail with the figure that fell, or with the corpus that is another one."""
    floors = dict(FLOORS[name])
    assert floors.pop("digest") == corpus, f"another corpus than the floors were set on: {corpus}"
    fallen = {key: (round(figures[key], 4), floor) for key, floor in floors.items() if figures[key] < floor}
    assert not fallen, f"figure and floor: {fallen}"


def truth(one: Seed) -> list[str]:
    """The body of a reference document: its blocks as read by the outlet's rules, if they give its snapshot exactly."""
    article = one.read(shipped(one.outlet))
    assert render(article).encode() == one.snapshot.read_bytes()
    return [block.text for block in article.blocks]


def test_own_pages() -> None:
    """Without rules each line that extraction gives is one of the article's, and none of these is missing."""
    pages = [seed(name) for name in NAMES]
    found = [[block.text for block in one.read(None).blocks] for one in pages]
    known = [truth(one) for one in pages]
    right = [len(set(mine) & set(lines)) for mine, lines in zip(found, known, strict=True)]
    figures = {
        "precision": sum(right) / sum(map(len, found)),
        "recall": sum(right) / sum(map(len, known)),
        "exact": sum(mine == lines for mine, lines in zip(found, known, strict=True)) / len(pages),
    }
    held("own", figures, digest(one.page for one in pages))


def test_own_articles() -> None:
    """Articles among everything that content systems print around them, in sixteen languages."""
    pages = list(own.load())
    held("own-articles", own.figures(pages), digest(one.identity for one in pages))


@pytest.mark.parametrize("folder", ["first", "second", "third"])
def test_kinds_of_pages(folder: str) -> None:
    """Walls are told from stories, and stories from beginnings that end at a wall."""
    rows = kinds.judged(folder)
    held(f"kinds-{folder}", kinds.figures(rows), digest(row.page.identity for row in rows))
