"""Figures for Prometheus: right, and with labels that do not grow."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from scraper.serve.metrics import OTHER
from tests.serve.shown import Shown
from tests.store.kit import article, intent, page


def figures(site: Shown) -> dict[str, float]:
    """All samples by name and labels."""
    text = site.client.get("/metrics").text
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_are_those_of_the_archive(site: Shown) -> None:
    found = figures(site)
    assert found["scraper_articles news.example"] == 2
    assert found["scraper_versions news.example"] == 4
    assert found["scraper_gone news.example"] == 1
    assert found["scraper_ready ready"] == 1


def test_outlets_without_a_file_share_a_label(mine: Shown) -> None:
    """Who has any host fetched does not make a new series of figures each time."""
    for number in range(3):
        url = f"https://stranger{number}.example/a"
        seen = page(url)
        mine.archive.commit(
            intent("new", seen, mine.archive.capture(seen), None, article("A.", url), outlet=f"s{number}")
        )
    found = figures(mine)
    assert found[f"scraper_articles {OTHER}"] == 3
    assert not any("stranger" in name or " s0" in name for name in found)
