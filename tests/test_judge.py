"""The decisions of one visit, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scraper.article import Article, Block
from scraper.errors import Deferred, Failed, Refused
from scraper.model import Due, Entry, Verdict
from scraper.pipeline import judge, stories
from tests.fakes import Clock, answered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://example.com/2026/03/pier-vote/"
DUE = Due(key="k", url=URL, host="example.com", outlet="example.com", next_visit=NOW)
ENTRY = Entry("id", "example.com", URL, "articles/x", "Pier", NOW, 0)


@pytest.mark.parametrize(
    ("code", "known", "verdict"),
    [
        (200, True, None),
        (203, False, None),
        (304, True, "same"),
        (304, False, "failed"),
        (404, False, "failed"),
        (404, True, "gone"),
        (410, True, "gone"),
        (403, True, "failed"),
        (451, True, "failed"),
        (500, True, "failed"),
        (206, False, "failed"),
        (999, True, "failed"),
    ],
)
def test_status(code: int, known: bool, verdict: str | None) -> None:
    """A status alone decides everything but 200."""
    found = judge.status(answered(URL, code, Clock(NOW)), DUE, ENTRY if known else None)
    assert (found.kind if found else None) == verdict


def test_redirect_of_a_known_article_to_the_front_page_is_gone() -> None:
    """Many outlets delete that way; the front page is never the article's text."""
    page = answered(URL, "<p>News</p>", Clock(NOW), final_url="https://example.com/")
    found = judge.status(page, DUE, ENTRY)
    assert found == Verdict("gone", "redirect-to-front", flags=("unconfirmed",))


def test_gone_is_confirmed_by_several_visits_over_time() -> None:
    """One 404 proves nothing; many at once prove little."""
    seen = replace(DUE, misses=9, gone_first=NOW - timedelta(days=3))
    assert judge.gone("http-404", 404, seen, NOW).flags == ("confirmed",)
    assert judge.gone("http-404", 404, replace(seen, gone_first=NOW - timedelta(minutes=1)), NOW).flags == (
        "unconfirmed",
    )


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("https://example.com", True),
        ("https://example.com/", True),
        ("https://example.com/index.html", True),
        ("https://example.com/uk/", True),
        ("https://example.com/pt-BR/", True),
        ("https://example.com/a-story/", False),
        ("https://example.com/?p=12", False),
    ],
)
def test_front_pages(url: str, front: bool) -> None:
    """A front page has no path but a language."""
    assert judge.is_front(url) is front


@pytest.mark.parametrize(
    ("found", "claim", "kept"),
    [
        (URL, URL + "?utm_source=feed", URL),
        ("https://m.example.com/2026/03/pier-vote/", URL, URL),
        (
            "https://example.com/amp/news/pier-vote",
            "https://example.com/news/pier-vote",
            "https://example.com/news/pier-vote",
        ),
        ("https://example.com/?p=12", URL, URL),
        (URL, "https://example.com/2026/03/another-story/", URL),
        (URL, "https://other.org/2026/03/pier-vote/", URL),
        (URL, "https://example.com/", URL),
    ],
)
def test_a_canonical_link_is_a_claim(found: str, claim: str, kept: str) -> None:
    """Believed where it names another form of the same URL; not where it names another article or site."""
    article = Article(url=found, canonical_url=claim)
    assert judge.name(article, answered(found, "", Clock(NOW)), None) == kept


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Refused(URL, "robots"), "refused"),
        (Deferred(URL, "http-503", "", NOW), "deferred"),
        (Failed(URL, "timeout"), "failed"),
    ],
)
def test_errors_become_verdicts(error: Refused | Deferred | Failed, kind: str) -> None:
    """A failure is a record, never an exception that ends a loop."""
    assert judge.trouble(error).kind == kind


def test_another_story_behind_a_redirect_is_seen() -> None:
    """Another headline and hardly a word in common."""
    old = Article(URL, URL, title="Pier", blocks=(Block("paragraph", "The council voted to rebuild the old pier"),))
    new = Article(
        URL, URL, title="Snow", blocks=(Block("paragraph", "Heavy snowfall closed mountain roads overnight"),)
    )
    assert stories.moved(old, new)
    assert not stories.moved(old, replace(old, title="Old pier"))


@pytest.mark.parametrize(
    ("published", "instant"),
    [
        (None, None),
        (date(2026, 3, 1), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (datetime(2026, 3, 1, 9, 30), datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),  # noqa: DTZ001  # a page without a zone
        (datetime.fromisoformat("2026-03-01T09:30:00+02:00"), datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_instants(published: datetime | date | None, instant: datetime | None) -> None:
    """What a page says about its time becomes an instant for the schedule, and only for it."""
    assert judge.instant(Article(URL, URL, published=published)) == instant


@pytest.mark.parametrize(
    ("kind", "counters"),
    [
        ("new", {"edits": 2, "unchanged": 0, "failures": 0, "misses": 0}),
        ("edited", {"edits": 3, "unchanged": 0, "failures": 0, "misses": 0}),
        ("same", {"edits": 2, "unchanged": 5, "failures": 0, "misses": 0}),
        ("gone", {"edits": 2, "unchanged": 4, "failures": 0, "misses": 2}),
        ("failed", {"edits": 2, "unchanged": 4, "failures": 4, "misses": 1}),
        ("refused", {"edits": 2, "unchanged": 4, "failures": 3, "misses": 1}),
        ("deferred", {"edits": 2, "unchanged": 4, "failures": 3, "misses": 1}),
    ],
)
def test_counters_after_a_visit(kind: str, counters: dict[str, int]) -> None:
    """What is counted decides when to look again and when to believe that something is gone."""
    due = replace(DUE, edits=2, unchanged=4, failures=3, misses=1)
    row = judge.after(due, Verdict(kind), NOW)  # type: ignore[arg-type]  # the table holds plain strings
    assert {name: getattr(row, name) for name in counters} == counters
    assert row.next_visit > NOW
