"""Words of pages that stand on them by the hundred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.serve import views


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11))])
def test_a_moment_is_told_in_utc_whatever_its_zone(zone: timezone) -> None:
    """To the second for programs, to the minute for people."""
    at = datetime(2026, 11, 22, 8, 30, 59, 999_999, UTC).astimezone(zone)
    assert views.when(at) == '<time datetime="2026-11-22T08:30:59Z">2026-11-22 08:30</time>'


def test_what_an_edit_was_is_told_apart_by_each_of_its_words() -> None:
    """Also where it is remembered from another edit."""
    told = {
        views.kinds(names, stealth) for names in (("figures",), ("figures", "names"), ()) for stealth in (True, False)
    }
    assert len(told) == 6
    assert views.kinds(("figures",), stealth=False) == '<span class="kinds"><span class="kind">figures</span></span>'


def test_no_word_of_an_edit_is_markup() -> None:
    """A catalogue may have been written to."""
    assert "<b>" not in views.kinds(("<b>",), stealth=True)
