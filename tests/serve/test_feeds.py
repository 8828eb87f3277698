"""Atom feeds of edits, that feed readers read, whatever the texts hold."""

from __future__ import annotations

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scraper.reports import Change
from scraper.serve.feeds import atom
from tests.serve.shown import FERRY, Shown, told
from tests.store.kit import START, article


def entries(site: Shown, path: str) -> list[dict[str, str]]:
    """A feed as a feed reader sees it."""
    answer = site.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    found = feedparser.parse(answer.content)
    assert not found.bozo
    return list(found.entries)


def test_edits_are_entries_with_their_difference(site: Shown) -> None:
    newest, older = entries(site, "/feeds/changes.atom")
    assert (newest["title"], older["title"]) == ("Harbour reopens [figures (stealth)]", "Harbour reopens [addition]")
    assert "<del>12</del><ins>9</ins>" in newest["content"][0]["value"]  # type: ignore[index]  # a list
    assert newest["link"].endswith(f"/articles/{site.id()}?version=2")


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/feeds/outlets/news.example.atom", 2),
        ("/feeds/kinds/figures.atom", 1),
        ("/feeds/kinds/quotes.atom", 0),
        ("/feeds/changes.atom?stealth=true", 1),
        ("/feeds/changes.atom?kind=addition&outlet=news.example", 1),
    ],
)
def test_there_is_a_feed_of_each_choice(site: Shown, path: str, count: int) -> None:
    assert len(entries(site, path)) == count


@pytest.mark.parametrize("path", ["/feeds/outlets/nobody.example.atom", "/feeds/kinds/nothing.atom"])
def test_there_is_none_of_what_is_not_there(site: Shown, path: str) -> None:
    assert site.client.get(path).status_code == 404


def test_an_entry_keeps_its_name(mine: Shown) -> None:
    """A reader that has seen it does not see it again when another comes."""
    before = {entry["id"] for entry in entries(mine, "/feeds/changes.atom")}
    told(mine.archive, article("The harbour reopens on Tuesday with 9 berths. Boats may wait outside."), hours=9)
    assert before < {entry["id"] for entry in entries(mine, "/feeds/changes.atom")}


def test_who_has_the_feed_already_is_told_so(site: Shown) -> None:
    tag = site.client.get("/feeds/changes.atom").headers["etag"]
    assert site.client.get("/feeds/changes.atom", headers={"If-None-Match": tag}).status_code == 304


def test_hostile_text_stays_text(mine: Shown) -> None:
    url, title = FERRY + "-3", ']]> <!-- --> <?xml version="1.0"?> &amp; &notanentity; <script>x</script>'
    told(mine.archive, article("One text.", url, title=title), url, hours=10)
    told(mine.archive, article("Another <script>alert(1)</script> text of 5.", url, title=title), url, hours=11)
    newest = entries(mine, "/feeds/changes.atom")[0]
    assert newest["title"].startswith("]]&gt;") or newest["title"].startswith("]]>")
    assert "<script" not in newest["content"][0]["value"]  # type: ignore[index]  # a list


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(), url=st.text(max_size=50), outlet=st.text(max_size=20))
def test_any_text_makes_a_feed_that_can_be_read(site: Shown, title: str, url: str, outlet: str) -> None:
    change = Change(START, "0" * 16, 1, outlet, url, title, "x", ("typo",), stealth=False, verdict="edited")
    root = etree.fromstring(atom(site.site, "edits", [change], "http://localhost/", "http://localhost/feed"))
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1
