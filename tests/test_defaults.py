"""Verbs know nothing of settings, so some defaults stand twice: they have to be the same."""

from __future__ import annotations

from dataclasses import asdict

from scraper.fetch.policy import FetchPolicy
from scraper.settings import ExtractLimits, Network
from scraper.worker import Cage


def test_the_fetcher_without_settings_asks_as_with_them() -> None:
    """Every key of [network], under the same name."""
    assert FetchPolicy(**asdict(Network())) == FetchPolicy()


def test_the_cage_without_settings_is_as_strong() -> None:
    """All but the number of children, which is the machine's."""
    assert Cage(**asdict(ExtractLimits(workers=Cage().workers))) == Cage()
