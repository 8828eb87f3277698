"""What the first who asks would wait for is there before."""

from __future__ import annotations

from scraper.reports import Wanted
from scraper.serve.warming import warm
from tests.serve.shown import Shown


def test_the_newest_edits_are_compared_before_anybody_asks(site: Shown) -> None:
    newest = site.site.library.edits(Wanted(), None, 1).items[0]
    key = newest.before, newest.snapshot
    assert site.site.kept.get(key) is None
    warm(site.site)
    fragment = site.site.kept.get(key)
    assert fragment
    assert fragment in site.client.get("/").text
