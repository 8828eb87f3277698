"""When to look at what: fresh before old, a host at a time, at a cost that does not grow with the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from apsw import Connection

from scraper import urls
from scraper.model import Due, Outlet, Sighting, Source, SourceState
from scraper.store.archive import FileArchive
from scraper.store.catalogue import queries
from scraper.store.frontier import NEW_PER_DAY
from tests.store.kit import HARBOUR, OUTLET, START, opened, visit

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FEED = "https://news.example/feed"
LISTED = replace(OUTLET, sources=(Source("feed", FEED), Source("sitemap", "https://news.example/sitemap.xml")))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An empty archive."""
    with opened(tmp_path / "archive") as made:
        yield made


def seen(path: str, *, days_old: float | None = 0, host: str = "news.example", source: str = FEED) -> Sighting:
    """A link at a source."""
    published = None if days_old is None else START - timedelta(days=days_old)
    return Sighting(f"https://{host}/{path}", source, published=published)


def put(archive: FileArchive, *sightings: Sighting, outlet: Outlet = LISTED) -> int:
    return archive.frontier.put(outlet, sightings, START)


def due(url: str = HARBOUR, **more: object) -> Due:
    """A row after a first visit."""
    plain = Due(
        urls.identity(url), url, urls.host(url), "news.example", START + DAY, first_seen=START, last_visit=START
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # the fields of Due, as named


def taken(archive: FileArchive, limit: int = 10, host: str = "news.example") -> list[str]:
    """Paths of what is due."""
    return [row.url.rpartition("/")[2] for row in archive.frontier.take(host, START, limit)]


def test_what_is_put_is_due_at_once(archive: FileArchive) -> None:
    """A new link is a row without history."""
    assert put(archive, seen("a", days_old=1)) == 1
    (row,) = archive.frontier.take("news.example", START, 10)
    assert row == Due(
        "news.example/a", "https://news.example/a", "news.example", "news.example", START,
        published=START - DAY, first_seen=START,
    )  # fmt: skip


def test_a_link_is_added_once_under_all_its_forms(archive: FileArchive) -> None:
    """Tracking parameters, www, AMP: one article, one row, and the row that is there is not touched."""
    put(archive, seen("a"))
    before = archive.frontier.take("news.example", START, 10)
    again = (seen("a?utm_source=x"), seen("a/amp", host="www.news.example"), seen("a#top"))
    assert archive.frontier.put(LISTED, again, START + DAY) == 0
    assert archive.frontier.take("news.example", START + DAY, 10) == before


def test_a_known_article_is_not_added(archive: FileArchive) -> None:
    """What the archive has under any alias is known."""
    visit(archive, "A", aliases=(HARBOUR, "https://news.example/?p=77"))
    assert put(archive, seen("2024/06/harbour-reopens"), seen("?p=77")) == 0


def test_what_is_no_address_is_left_out(archive: FileArchive) -> None:
    """A feed may announce anything."""
    assert put(archive, Sighting("javascript:alert(1)", FEED), Sighting("https://", FEED), seen("a")) == 1


def test_fresh_comes_before_old(archive: FileArchive) -> None:
    """Older than 30 days, or undated from a sitemap, waits behind all that is younger."""
    put(
        archive,
        seen("old", days_old=31),
        seen("undated-sitemap", days_old=None, source="https://news.example/sitemap.xml"),
        seen("nested-sitemap", days_old=None, source="https://news.example/sitemap-7.xml"),
        seen("undated-feed", days_old=None),
        seen("fresh", days_old=29),
    )
    found = taken(archive)
    assert set(found[:2]) == {"fresh", "undated-feed"}
    assert set(found[2:]) == {"old", "undated-sitemap", "nested-sitemap"}
    assert taken(archive, limit=2) == found[:2]
    assert taken(archive, limit=4) == found[:4]


SITEMAP = "https://news.example/sitemap.xml"


def test_an_old_item_waits_behind_every_fresh_one_however_long_it_has_waited(archive: FileArchive) -> None:
    """First sight of an outlet floods nothing: what is older than 30 days is queued with the lowest priority."""
    old = [seen(f"old-{n}", days_old=37.01 + n) for n in range(20)]
    assert archive.frontier.put(LISTED, old, START - 7 * DAY) == 20
    fresh = {f"fresh-{days}" for days in (0, 7, 30)}
    assert put(archive, *(seen(name, days_old=int(name[6:])) for name in fresh), seen("ancient", days_old=400)) == 4
    found = taken(archive, limit=50)
    assert set(found[:3]) == set(taken(archive, limit=3)) == fresh
    assert set(found[3:]) == {f"old-{n}" for n in range(20)} | {"ancient"}
    with archive._catalogue.read() as db:
        assert db.execute("SELECT priority, count(*) FROM frontier GROUP BY 1").fetchall() == [(1, 3), (2, 21)]


@pytest.mark.parametrize(("days", "first"), [(1, ["hour"]), (7, ["hour", "week"]), (90, ["hour", "week", "quarter"])])
def test_how_far_back_is_fresh_may_be_said(archive: FileArchive, days: int, first: list[str]) -> None:
    """And what is as old as that is fresh still."""
    quarter, week, hour = seen("quarter", days_old=90), seen("week", days_old=7), seen("hour", days_old=1 / 24)
    archive.frontier.put(LISTED, [quarter, week, hour], START, look_back=days * DAY)
    assert set(taken(archive, limit=len(first))) == set(first)
    assert len(archive.frontier.take("news.example", START, 9)) == 3
    with archive._catalogue.read() as db:
        assert db.execute("SELECT count(*) FROM frontier WHERE priority = 1").get == len(first)


# ------------------------------------------------------------------------------------------------ the day's allowance


def queued(archive: FileArchive, outlet: str = "news.example") -> int:
    """All rows of an outlet."""
    with archive._catalogue.read() as db:
        return int(db.execute("SELECT count(*) FROM frontier WHERE outlet = ?", (outlet,)).get)


def test_an_outlet_gets_so_many_new_urls_a_day_the_freshest_first(archive: FileArchive) -> None:
    """A flood of links fills the day's allowance and no more; what was left out gets in by being offered again."""
    flood = [seen(str(n), days_old=(n * 7919 % 2500) / 100) for n in range(2500)]
    assert put(archive, *flood) == NEW_PER_DAY == queued(archive)
    with archive._catalogue.read() as db:
        admitted = {str(row[0]) for row in db.execute("SELECT url FROM frontier")}
    assert admitted == {each.url for each in flood if each.published and START - each.published < 20 * DAY}
    assert put(archive, *flood, seen("brand-new")) == 0
    assert archive.frontier.put(LISTED, flood, START.replace(hour=23, minute=59)) == 0
    assert archive.frontier.put(LISTED, flood, START.replace(hour=0) + DAY) == 500
    assert queued(archive) == 2500


def test_the_allowance_of_one_outlet_is_not_that_of_another(archive: FileArchive) -> None:
    """Nor does it count what the outlet had before."""
    archive.frontier.put(LISTED, [seen(f"before-{n}") for n in range(300)], START - DAY)
    assert put(archive, *(seen(str(n)) for n in range(2001))) == NEW_PER_DAY
    other = replace(LISTED, id="other.example")
    assert put(archive, *(seen(str(n), host="other.example") for n in range(10)), outlet=other) == 10


def test_a_sitemap_of_everything_leaves_room_for_the_news_of_the_day(archive: FileArchive) -> None:
    """The old cannot use up the day, and the fresh may use it up whole."""
    everything = [seen(f"old-{n}", days_old=None, source=SITEMAP) for n in range(2500)]
    assert not archive.frontier.full(LISTED, START)
    assert put(archive, *everything) == 1500
    assert archive.frontier.full(LISTED, START)
    assert put(archive, *everything) == 0
    assert put(archive, *(seen(f"news-{n}") for n in range(600))) == 500
    assert not archive.frontier.full(LISTED, START + DAY)


def test_what_is_new_is_counted_by_an_index(archive: FileArchive) -> None:
    """The allowance costs by a day's rows of one outlet, and not by the archive."""
    assert plan_of(archive, "frontier_new") == [
        "SEARCH frontier USING COVERING INDEX frontier_by_age (outlet=? AND first_seen>? AND first_seen<?)"
    ]


def test_what_is_not_due_is_not_taken(archive: FileArchive) -> None:
    """A row visited comes back when its next visit is due."""
    archive.frontier.done(due(next_visit=START + DAY))
    assert archive.frontier.take("news.example", START + DAY - MINUTE, 10) == []
    assert len(archive.frontier.take("news.example", START + DAY, 10)) == 1


def test_a_row_comes_back_as_it_was_written(archive: FileArchive) -> None:
    """All counters, times and validators are kept."""
    row = due(
        article_id="0123456789abcdef", published=START - DAY, last_edit=START, edits=1, unchanged=2, failures=3,
        misses=4, etag='"e"', last_modified="Sun, 02 Jun 2024 09:30:00 GMT", digest="sha256:00", fingerprint="f",
        reading="r", last_error="timeout", gone_first=START,
    )  # fmt: skip
    assert all(getattr(row, field.name) not in {None, 0} for field in fields(Due))
    archive.frontier.done(row)
    archive.frontier.done(row)
    assert archive.frontier.lookup(HARBOUR) == row


def test_a_row_is_found_under_every_form(archive: FileArchive) -> None:
    """By its own key, by the outlet's pattern, and by any alias of its article."""
    made = visit(archive, "A", aliases=(HARBOUR, "https://news.example/?p=77"))
    assert made
    archive.frontier.done(due(article_id=made.article_id))
    forms = (HARBOUR, f"{HARBOUR}/amp?utm_medium=x", "http://news.example/?p=77")
    assert {row.url for form in forms if (row := archive.frontier.lookup(form))} == {HARBOUR}
    assert archive.frontier.lookup("https://news.example/other") is None
    assert archive.frontier.lookup("not an address") is None


def test_one_row_stands_for_an_article(archive: FileArchive) -> None:
    """If two links turn out to be one article, one of them is visited from then on."""
    put(archive, seen("a"), seen("b"))
    archive.frontier.done(due("https://news.example/a", article_id="x"))
    archive.frontier.done(due("https://news.example/b", article_id="x"))
    assert archive.reports.status(START).queue.rows == 1


def test_a_commit_ties_its_row_to_the_article(archive: FileArchive) -> None:
    """A row put before its article was known knows it afterwards, and does not forget it."""
    put(archive, Sighting(HARBOUR, FEED))
    made = visit(archive, "A")
    assert made
    row = archive.frontier.lookup(HARBOUR)
    assert row
    assert row.article_id == made.article_id
    archive.frontier.done(replace(row, article_id=None))
    again = archive.frontier.lookup(HARBOUR)
    assert again
    assert again.article_id == made.article_id


def test_an_article_that_aged_waits_behind_the_young(archive: FileArchive) -> None:
    """Revisits of old articles never hold up fresh ones."""
    archive.frontier.done(due("https://news.example/aged", published=START - 40 * DAY, next_visit=START - DAY))
    put(archive, seen("fresh"))
    assert taken(archive) == ["fresh", "aged"]


# ------------------------------------------------------------------------------------------------ hosts


def test_hosts_come_in_the_order_they_have_waited(archive: FileArchive) -> None:
    """Who has something due longest comes first; who has nothing due does not come."""
    for host, late in (("b.example", 2), ("a.example", 1), ("c.example", 3), ("later.example", -1)):
        archive.frontier.done(due(f"https://{host}/x", next_visit=START - late * MINUTE, last_visit=None))
    assert archive.frontier.due_hosts(START, 10) == ["c.example", "b.example", "a.example"]
    assert archive.frontier.due_hosts(START, 2) == ["c.example", "b.example"]


def test_a_host_with_a_backlog_takes_its_turn(archive: FileArchive) -> None:
    """A host that was just served waits behind those that were not, however old its next row is."""
    archive.frontier.put(LISTED, [seen(str(n), host="busy.example") for n in range(50)], START - DAY)
    archive.frontier.put(LISTED, [seen("x", host="quiet.example")], START - MINUTE)
    assert archive.frontier.due_hosts(START, 10)[0] == "busy.example"
    (row,) = archive.frontier.take("busy.example", START, 1)
    archive.frontier.done(replace(row, next_visit=START + DAY, last_visit=START - timedelta(seconds=1)))
    assert archive.frontier.due_hosts(START, 10) == ["quiet.example", "busy.example"]


def test_a_clock_that_was_set_back_freezes_no_host(archive: FileArchive) -> None:
    """T1: a host served in what is now the future is still due."""
    put(archive, seen("a"), seen("b"))
    (row,) = archive.frontier.take("news.example", START, 1)
    archive.frontier.done(replace(row, next_visit=START + 2 * DAY, last_visit=START + DAY))
    assert archive.frontier.due_hosts(START, 10) == ["news.example"]


def test_what_a_clock_that_ran_ahead_put_off_is_due_again(archive: FileArchive) -> None:
    """A year too far once must not freeze an archive for a year; what is put off within reason stays so."""
    put(archive, seen("a"), seen("b", host="other.example"), seen("c", host="third.example"))
    frontier = archive.frontier
    [a], [b] = frontier.take("news.example", START, 9), frontier.take("other.example", START, 9)
    frontier.done(replace(a, next_visit=START + 365 * DAY))
    frontier.done(replace(b, next_visit=START + 80 * DAY))
    frontier.block_until("third.example", START + 365 * DAY)
    assert frontier.due_hosts(START, 9) == []
    assert frontier.thaw(START, 90 * DAY) == 2
    assert set(frontier.due_hosts(START, 9)) == {"news.example", "third.example"}


def test_a_blocked_host_is_left_alone(archive: FileArchive) -> None:
    """Until then, and no longer; also if nothing was known of it."""
    put(archive, seen("a"))
    archive.frontier.block_until("news.example", START + DAY)
    archive.frontier.block_until("unknown.example", START + DAY)
    assert archive.frontier.due_hosts(START, 10) == []
    assert archive.frontier.due_hosts(START + DAY, 10) == ["news.example"]
    archive.frontier.block_until("news.example", START)
    assert archive.frontier.due_hosts(START, 10) == ["news.example"]


def test_a_host_without_rows_is_not_due(archive: FileArchive) -> None:
    """When the last row of a host moves to another host, the host is forgotten."""
    put(archive, seen("a", host="old.example"))
    (row,) = archive.frontier.take("old.example", START, 1)
    archive.frontier.done(replace(row, host="new.example", next_visit=START))
    assert archive.frontier.due_hosts(START, 10) == ["new.example"]


# ------------------------------------------------------------------------------------------------ sources


def test_a_source_is_remembered(archive: FileArchive) -> None:
    """The last look at a source comes back as it was written."""
    state = SourceState(FEED, "news.example", START, START, START, "timeout", 2, 30, '"e"', "yesterday")
    assert archive.frontier.source(FEED) is None
    archive.frontier.source_done(replace(state, failures=1))
    archive.frontier.source_done(state)
    assert archive.frontier.source(FEED) == state


def test_a_million_visits_put_right_keep_nobody_from_writing(
    archive: FileArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few at once: in one transaction they took longer than anybody waits for the catalogue."""
    for number in range(1100):
        archive.frontier.done(due(f"https://news.example/{number}", last_visit=START + DAY, next_visit=START + 2 * DAY))
    many, plain = [0], archive.catalogue.write

    @contextmanager
    def write(*, durable: bool = True) -> Iterator[Connection]:
        with plain(durable=durable) as db:
            before = db.total_changes()
            yield db
            many.append(db.total_changes() - before)

    monkeypatch.setattr(archive.catalogue, "write", write)
    assert archive.frontier.thaw(START, 90 * DAY) == 1100
    assert max(many) < 3 * 600, "rows, and the hosts that their triggers put right"
    assert archive.frontier.thaw(START, 90 * DAY) == 0


def test_all_sources_are_remembered_by_address(archive: FileArchive) -> None:
    """A start asks once, not once a source."""
    states = [SourceState(f"https://news.example/{n}", "news.example", START, failures=n) for n in range(3)]
    for state in states:
        archive.frontier.source_done(state)
    assert archive.frontier.sources() == {state.url: state for state in states}


# ------------------------------------------------------------------------------------------------ cost

# Statements that may read a whole table, and why.
WHOLE = {
    "manifest_days": "one row a day",
    "all_articles": "verify reads everything",
    "all_warcs": "verify reads everything",
    "visits_without_version": "verify reads everything",
    "versions_unlike_readings": "verify reads everything",
    "all_widgets": "verify reads everything",
    "widgets_of": "a handful of rows an outlet",
    "pending": "holds what is being written this moment",
    "due_hosts": "one row a host with due work is put in order",
    "closed_warcs": "one row a GiB",
    "warc_names": "one row a GiB",
    "articles_to_seed": "reindex reads everything",
    "tombstone_of": "markers of one article",
    "aliases_of": "aliases of one article",
    "brought_by_id": "puts the few records of one id in order",
    "brought_by_payload": "puts the few records of one payload in order",
    "count_versions": "one row an outlet",
    "report_outlets": "one row an outlet",
    "export_rows": "reads everything",
    "last_moment": "the last row of a table",
    "first_visit": "the first row of a table",
    "articles_of_outlet_after": "the ids of one outlet are put in order",
    "edits_before": "what is chosen from one stretch is put in order",
    "edits_of_outlet_before": "what is chosen from one stretch is put in order",
    "news_upto": "a bounded number of visits",
    "visits_spread": "the visits to one article",
    "report_sources": "one row a source",
    "report_queue": "counts everything",
    "report_queue_of_outlet": "counts everything",
    "report_blocked": "one row a host",
    "hosts_thaw": "one row a host, once a day",
    "report_size": "one row an outlet",
    "report_warcs": "counts everything",
    "report_pending": "holds what is being written this moment",
}


@pytest.mark.parametrize("name", sorted(queries()))
def test_no_statement_reads_more_than_it_needs(archive: FileArchive, name: str) -> None:
    """Every statement on the path of a visit goes through an index: its cost is the same at any size."""
    statement = queries()[name]
    values = dict.fromkeys(re.findall(r"(?<!:):([a-z_0-9]+)", statement), 1)
    with archive._catalogue.read() as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    heavy = [step for step in plan if re.search(r"SCAN (?!CONSTANT ROW)|TEMP B-TREE (?!FOR LAST)", str(step))]
    assert bool(heavy) == (name in WHOLE), plan


def test_taking_what_is_due_reads_one_index_in_order(archive: FileArchive) -> None:
    """The plans that a million rows depend on."""
    assert plan_of(archive, "take") == [
        "SEARCH frontier USING INDEX frontier_turn (host=? AND priority=? AND next_visit<?)"
    ]
    assert plan_of(archive, "due_hosts")[0].startswith("SEARCH hosts USING INDEX hosts_due (next_visit<?)")
    assert plan_of(archive, "frontier_by_key") == ["SEARCH frontier USING INDEX sqlite_autoindex_frontier_1 (key=?)"]


def plan_of(archive: FileArchive, name: str) -> list[str]:
    statement = queries()[name]
    values = dict.fromkeys(re.findall(r":([a-z_]+)", statement), 1)
    with archive._catalogue.read() as db:
        return [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_the_next_visit_of_a_host_is_found_without_reading_its_rows(archive: FileArchive) -> None:
    """The trigger that keeps one row a host costs one step down an index."""
    with archive._catalogue.read() as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT min(next_visit) FROM frontier WHERE host = 'x'").fetchall()
    assert [row[3] for row in plan] == ["SEARCH frontier USING COVERING INDEX frontier_next (host=?)"]
