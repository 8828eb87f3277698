"""Figures for Prometheus: right, and with labels that do not grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from scraper.serve.app import create_app
from scraper.serve.metrics import OTHER
from scraper.store.bookmarks import Keeper
from scraper.store.verify import verify
from tests.serve.shown import Shown, fill, serving, shown
from tests.store.kit import OUTLET, article, intent, page

AT = datetime(2024, 7, 1, tzinfo=UTC)


def figures(site: Shown) -> dict[str, float]:
    """All samples by name and labels."""
    return dict(of(site.client.get("/metrics").text))


def of(text: str, name: str | None = None) -> Iterator[tuple[str, float]]:
    """The samples in an exposition, those of one family if it is named."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if name in {None, sample.name}:
                yield " ".join([sample.name, *sample.labels.values()]), sample.value


def test_figures_are_those_of_the_archive(site: Shown) -> None:
    found = figures(site)
    assert found["scraper_articles news.example"] == 2
    assert found["scraper_versions news.example"] == 4
    assert found["scraper_gone news.example"] == 1
    assert found["scraper_ready ready"] == 1


def test_the_last_proof_is_told_of(mine: Shown) -> None:
    """When it came to its end, and what it found."""
    root = mine.archive.root
    (root / "stray").touch()
    with Keeper(root, deep=True, clock=lambda: AT) as keeper:
        assert len(list(verify(root, deep=True, keeper=keeper))) == 1
        assert keeper.trouble is None
    found = figures(mine)
    assert found["scraper_verified_timestamp_seconds deep"] == AT.timestamp()
    assert found["scraper_verify_problems deep"] == 1
    assert found["scraper_verified_timestamp_seconds plain"] == 0


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


def test_outlets_beyond_the_most_share_a_label_too(mine: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files there are: the sum stays right."""
    monkeypatch.setattr("scraper.serve.metrics.MOST", 2)
    names = [OUTLET.id, *(f"paper{number}.example" for number in range(5))]
    for number, name in enumerate(names[1:]):
        url = f"https://{name}/a"
        seen = page(url)
        made = intent("new", seen, mine.archive.capture(seen), None, article(f"A {number}.", url), outlet=name)
        mine.archive.commit(made)
    many = replace(mine.site, outlets=lambda: {name: replace(OUTLET, id=name) for name in names})
    with serving(create_app(many)) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as ask:
        found = {name.partition(" ")[2]: value for name, value in of(ask.get("/metrics").text, "scraper_articles")}
    assert found == {"news.example": 2, "paper0.example": 1, OTHER: 4}


@pytest.mark.parametrize("name", ['a"b', "a\nscraper_articles 9", "a\\", 'x"} 9\n#', "ü\u2028\u202e", "a" * 5000])
def test_no_name_makes_a_line_of_its_own(mine: Shown, name: str) -> None:
    """A label is data, whatever an outlet is called."""
    seen = page("https://odd.example/a")
    made = intent("new", seen, mine.archive.capture(seen), None, article("A.", seen.url), outlet=name)
    mine.archive.commit(made)
    odd = replace(mine.site, outlets=lambda: {name: replace(OUTLET, id=name)})
    with serving(create_app(odd)) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as ask:
        text = ask.get("/metrics").text
    assert dict(of(text, "scraper_articles")) == {f"scraper_articles {name}": 1, f"scraper_articles {OTHER}": 2}


def test_figures_are_the_same_after_a_restart(tmp_path: Path) -> None:
    """Gauges say what is kept, whoever kept it; counters begin again, as Prometheus expects."""
    with shown(tmp_path / "archive", counts=lambda: {"new": 4}) as it:
        fill(it.archive)
        before = figures(it)
    with shown(tmp_path / "archive", counts=dict) as it:
        after = figures(it)
    kept = {"scraper_articles", "scraper_versions", "scraper_gone", "scraper_last_new_timestamp_seconds"}
    ours = {name for name in before if name.partition(" ")[0] in kept}
    assert {name: before[name] for name in ours} == {name: after[name] for name in ours} != {}
    assert before["scraper_visits_total new"] == 4
    assert "scraper_visits_total new" not in after
