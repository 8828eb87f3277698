"""Dashboard and alerts ask for figures that /metrics really gives."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import scraper
from scraper.notices import RuleState
from scraper.serve.app import create_app
from tests.serve.shown import Shown, serving

DEPLOY = Path(scraper.__file__).parent.parent / "deploy"
BOARD = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
ALERTS = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
# What a query may call besides: Prometheus' own words.
NAME = re.compile(r"\b(?:scraper|process)_[a-z_]+\b")
LABELS = re.compile(r"(\b(?:scraper|process)_[a-z_]+)\{([^}]*)\}")
GIVEN_BY_PROMETHEUS = {"instance", "job"}


def board_queries() -> list[str]:
    return [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]


def alert_queries() -> list[str]:
    """Each `expr`, on its line or in the block below it."""
    return [" ".join(found.split()) for found in re.findall(r"expr: (?:\|\n)?((?:.|\n)*?)\n +for:", ALERTS)]


@pytest.fixture(scope="module")
def given(site: Shown) -> dict[str, set[str]]:
    """The labels of every series in the exposition of a daemon that has worked for a while."""
    worked = replace(site.site, counts=lambda: Counter(new=3, failed=1), rules=lambda: [RuleState("all")])
    with serving(create_app(worked)) as port:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    return {s.name: set(s.labels) for family in text_string_to_metric_families(text) for s in family.samples} | {
        # No outlet of the test has sources: the family stands there without a series.
        name: {"outlet"}
        for name in re.findall(r"(?m)^# TYPE (scraper_sources_failing) ", text)
    }


@pytest.mark.parametrize("query", board_queries() + alert_queries())
def test_every_figure_asked_for_is_given(given: dict[str, set[str]], query: str) -> None:
    names = set(NAME.findall(query))
    assert names <= set(given)
    assert names or "up{" in query
    for name, chosen in LABELS.findall(query):
        assert set(re.findall(r"(\w+)=?[=!~]+\"", chosen)) <= given[name] | GIVEN_BY_PROMETHEUS


@pytest.mark.parametrize("query", board_queries() + alert_queries())
def test_what_is_grouped_by_is_a_label(given: dict[str, set[str]], query: str) -> None:
    labels = set().union(*(given[name] for name in NAME.findall(query)), GIVEN_BY_PROMETHEUS)
    grouped = {label.strip() for found in re.findall(r"\b(?:by|on) \(([^)]*)\)", query) for label in found.split(",")}
    assert grouped <= labels


@pytest.mark.parametrize("query", board_queries() + alert_queries())
def test_only_counters_have_a_rate(query: str) -> None:
    """That of a gauge is a figure too, and means nothing."""
    counted = re.findall(r"\b(?:rate|irate|increase)\((\w+)", query)
    assert all(name.endswith("_total") for name in counted)
    assert "_total" not in re.sub(r"\b(?:rate|irate|increase)\(\w+", "", query)


def test_every_figure_of_our_own_is_on_the_board(given: dict[str, set[str]]) -> None:
    """What nobody looks at need not be counted."""
    ours = {name for name in given if name.startswith("scraper_") and not name.endswith("_created")}
    assert ours <= set(NAME.findall(" ".join(board_queries())))


def test_every_figure_of_our_own_is_explained(given: dict[str, set[str]]) -> None:
    page = (DEPLOY.parent / "docs" / "deployment.md").read_text(encoding="utf-8")
    ours = {name for name in given if name.startswith("scraper_") and not name.endswith("_created")}
    assert ours == set(re.findall(r"`(scraper_[a-z_]+)(?:\{\w+\})?`", page))


def test_no_panel_lies_on_another() -> None:
    cells: Counter[tuple[int, int]] = Counter()
    for panel in BOARD["panels"]:
        at: dict[str, Any] = panel["gridPos"]
        cells.update((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"]))
    assert set(cells.values()) == {1}
    assert max(x for x, _ in cells) == 23


def test_every_alert_says_what_to_do() -> None:
    rules = ALERTS.split("- alert: ")[1:]
    assert len(rules) == len(alert_queries()) > 5
    for rule in rules:
        assert re.search(r"(?m)^ +severity|labels: \{severity: (page|ticket)\}", rule)
        assert all(f"          {word}: " in rule for word in ("summary", "action")), rule
