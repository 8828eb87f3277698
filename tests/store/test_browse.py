"""Lists of the archive, a stretch at a time: all of it once, in order, whatever the stretches are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.model import EditKind
from scraper.reports import Change, Wanted
from scraper.store.browse import Browse
from scraper.store.catalogue import Catalogue, create, queries
from scraper.store.files import Files
from scraper.store.stamps import ticks

START = datetime(2026, 3, 1, tzinfo=UTC)
KINDS: tuple[EditKind, ...] = ("headline", "figures", "typo")
OUTLETS = ("a.example", "b.example")
Edits = list[tuple[int, int, int, tuple[EditKind, ...], bool]]


def filled(path: Path, edits: Edits) -> Catalogue:
    """A catalogue with one article for each name used and these edits: (article, minute, outlet, kinds, stealth)."""
    create(path, Files())
    catalogue = Catalogue.open(path)
    with catalogue.write() as db:
        for number, (article, minute, outlet, kinds, stealth) in enumerate(edits):
            _add(db, f"{article:016x}", number, OUTLETS[outlet], START + timedelta(minutes=minute), kinds, stealth)
    return catalogue


def _add(
    db: apsw.Connection, id_: str, version: int, outlet: str, at: datetime, kinds: tuple[EditKind, ...], stealth: bool
) -> None:
    moment = ticks(at)
    version_of = {
        "outlet": outlet,
        "path": f"p{version}",
        "sha256": "",
        "sidecar_sha256": "",
        "size": 1,
        "seq": version,
    }
    told = {"verdict": "edited", "captured_at": moment, "title": "t", "flags": "", "revision": 0, "marks": b""}
    edit = {"kinds": " ".join(kinds), "stealth": int(stealth)}
    db.execute(queries()["add_version"], {"article_id": id_, "version": version} | version_of | told | edit)
    article = (id_, outlet, "http://x/", id_, "t", moment, version)
    db.execute("INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)", article)


def walked(lists: Browse, wanted: Wanted, limit: int) -> Iterator[Change]:
    """All of a list, stretch by stretch."""
    stretch = lists.edits(wanted, None, limit)
    yield from stretch.items
    while stretch.next:
        stretch = lists.edits(wanted, stretch.next, limit)
        yield from stretch.items


edits = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 6),
        st.integers(0, 1),
        st.lists(st.sampled_from(KINDS), max_size=2, unique=True).map(tuple),
        st.booleans(),
    ),
    max_size=30,
)
wanteds = st.builds(
    Wanted,
    since=st.none() | st.integers(0, 6).map(lambda m: START + timedelta(minutes=m)),
    until=st.none() | st.integers(0, 7).map(lambda m: START + timedelta(minutes=m)),
    outlets=st.none() | st.frozensets(st.sampled_from(OUTLETS)),
    kinds=st.frozensets(st.sampled_from(KINDS), max_size=2),
    stealth=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(edits=edits, wanted=wanteds, limit=st.integers(1, 7), stretch=st.integers(1, 5))
def test_any_stretches_make_up_the_whole_list(
    tmp_path_factory: pytest.TempPathFactory, edits: Edits, wanted: Wanted, limit: int, stretch: int
) -> None:
    """Every edit that is wanted once, newest first, also where the bound of one stretch ends it early."""
    catalogue = filled(tmp_path_factory.mktemp("lists") / "c.sqlite", edits)
    found = list(walked(Browse(catalogue, stretch), wanted, limit))
    catalogue.close()
    expected = {
        number
        for number, (_, minute, outlet, kinds, stealth) in enumerate(edits)
        if kinds
        and (wanted.outlets is None or OUTLETS[outlet] in wanted.outlets)
        and (not wanted.kinds or wanted.kinds & set(kinds))
        and (stealth or not wanted.stealth)
        and (wanted.since is None or START + timedelta(minutes=minute) >= wanted.since)
        and (wanted.until is None or START + timedelta(minutes=minute) < wanted.until)
    }
    assert sorted(change.version for change in found) == sorted(expected)
    assert all((a.at, a.article_id, a.version) > (b.at, b.article_id, b.version) for a, b in pairwise(found))


def test_a_stretch_of_a_long_list_reads_only_its_part(tmp_path: Path) -> None:
    """The index is walked from the place on: nothing is sorted, nothing before it is read."""
    plan = planned(filled(tmp_path / "c.sqlite", []), "edits_before")
    assert any(step.startswith("SEARCH versions USING COVERING INDEX edits_by_time (captured_at>") for step in plan)
    assert [step for step in plan if "TEMP" in step] == ["USE TEMP B-TREE FOR ORDER BY"]  # of those that are given


@pytest.mark.parametrize(
    ("query", "begins"),
    [
        ("edits_stretch", "SEARCH versions USING COVERING INDEX edits_by_time (captured_at>"),
        (
            "edits_of_outlet_stretch",
            "SEARCH versions USING COVERING INDEX versions_of_outlet (outlet=? AND captured",
        ),
        ("edited_since", "SEARCH versions USING COVERING INDEX versions_of_outlet (outlet=? AND captured"),
        ("newest_seen", "SEARCH articles USING COVERING INDEX articles_of_outlet (outlet=?)"),
        ("articles_gone", "SEARCH articles USING INDEX articles_gone (gone_since"),
        ("last_visits", "SEARCH visits USING INDEX visits_of_article (article_id=?)"),
    ],
)
def test_how_far_a_list_looks_is_known_from_an_index(tmp_path: Path, query: str, begins: str) -> None:
    assert planned(filled(tmp_path / "c.sqlite", []), query)[0].startswith(begins)


def test_articles_of_an_outlet_are_not_looked_for_among_all(tmp_path: Path) -> None:
    plan = planned(filled(tmp_path / "c.sqlite", []), "articles_of_outlet_after")
    assert any("COVERING INDEX articles_of_outlet (outlet=?)" in step for step in plan)
    assert not any(step.startswith("SCAN articles") for step in plan)


def planned(catalogue: Catalogue, query: str) -> list[str]:
    """How SQLite goes about a query."""
    names = set(re.findall(r":([a-z]+)", queries()[query]))
    with catalogue.read() as db:
        rows = db.execute(f"EXPLAIN QUERY PLAN {queries()[query]}", dict.fromkeys(names, 1))
        plan = [str(row[3]) for row in rows]
    catalogue.close()
    return plan
