"""Extraction on real pages, held to its floors. Collected only if `--bench DIR` says where the pages are."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper import extract
from tests.benchmarks.corpus import Record, load, scorer
from tests.extract.test_ratchet import digest, held


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["aeb", "news"])
def test_real_pages(request: pytest.FixtureRequest, name: str) -> None:
    """The figures that the documentation names, on the pages it names."""
    folder: Path = request.config.getoption("bench")
    records = [record for record in load(folder) if record.corpus == name]
    figures = scorer(folder).figures(name, [(record, answer(record)) for record in records])
    held(name, figures, digest(record.body for record in records))


def answer(record: Record) -> dict[str, object]:
    """What is scored of one page."""
    article = extract(record.body, record.url)
    when = None if article.published is None else str(article.published)
    return {"body": article.body, "title": article.title, "authors": list(article.authors), "date": when}
