"""Our own article pages: invented outlets in the manners of real content systems, each with what a reader sees on it.

A folder holds `page.html` and `truth.json`: url, title, subtitle, authors, published, caption, language, and the blocks
as [kind, text]. A new page is a new folder, and new floors.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scraper import extract
from scraper.article import Article

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Own:
    """A page, its truth, and what extraction makes of it."""

    page: bytes
    truth: dict[str, Any]
    article: Article

    @property
    def identity(self) -> bytes:
        """What makes it another page, or another truth."""
        return self.page + json.dumps(self.truth, sort_keys=True).encode()

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """The blocks of the truth."""
        return [(kind, text) for kind, text in self.truth["blocks"]]

    @property
    def found(self) -> list[tuple[str, str]]:
        """The blocks that were found."""
        return [(block.kind, block.text) for block in self.article.blocks]


def load() -> Iterator[Own]:
    """All pages, by name, read without rules."""
    for folder in sorted(CORPUS.iterdir()):
        page = (folder / "page.html").read_bytes()
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        yield Own(page, truth, extract(page, truth["url"]))


def figures(pages: Sequence[Own]) -> dict[str, float]:
    """What is held to floors.

    Of the body: precision, recall, pages that are right to the last character, and kinds of the right blocks. Of each
    field: the share of pages where it is right, absent where there is none.
    """
    right = [shared(one) for one in pages]
    known, found = (sum(len(part) for part in side) for side in zip(*((p.blocks, p.found) for p in pages), strict=True))
    kinds = sum(len(set(one.blocks) & set(one.found)) for one in pages)
    share = {
        "title": lambda one: one.article.title == one.truth["title"],
        "subtitle": lambda one: one.article.subtitle == one.truth["subtitle"],
        "authors": lambda one: list(one.article.authors) == one.truth["authors"],
        "caption": lambda one: one.article.caption == one.truth["caption"],
        "language": lambda one: one.article.language == one.truth["language"],
        "day": lambda one: str(one.article.day) == one.truth["published"][:10],
        "instant": lambda one: one.article.published == instant(one.truth["published"]),
        "exact": lambda one: one.found == one.blocks,
    }
    return {
        "precision": sum(right) / found,
        "recall": sum(right) / known,
        "kinds": kinds / max(1, sum(right)),
        **{name: sum(map(is_right, pages)) / len(pages) for name, is_right in share.items()},
    }


def shared(one: Own) -> int:
    """How many blocks are found with the right text."""
    known, found = (Counter(text for _, text in blocks) for blocks in (one.blocks, one.found))
    return sum((known & found).values())


def instant(told: str) -> datetime | date:
    """The day of the truth, or its instant."""
    return datetime.fromisoformat(told) if "T" in told else date.fromisoformat(told)
