"""What is kept of each outlet is counted while it is taken in, and the counts are those of the rows."""

from __future__ import annotations

import contextlib

import apsw
from hypothesis import given
from hypothesis import strategies as st

from scraper.store.catalogue import queries, sql
from tests.store.kit import counted, tallies

OUTLETS = ("a.example", "b.example")
step = st.tuples(
    st.sampled_from(["version", "reading", "gone", "back", "seen", "number"]),
    st.integers(0, 4),  # article
    st.integers(0, 3),  # version
    st.integers(0, 500),  # bytes, or when
)


def take_in(db: apsw.Connection, what: str, article: int, version: int, number: int) -> None:
    """What one file, or one repair, says of an article."""
    id_, outlet = f"{article:016x}", OUTLETS[article % 2]
    values = {
        "article_id": id_, "version": version, "outlet": outlet, "url": "http://x/", "follows": None, "folder": id_,
        "path": f"{id_}/{version}", "sha256": "", "sidecar_sha256": "", "size": number, "verdict": "edited", "seq": 1,
        "captured_at": number, "title": None, "kinds": "", "stealth": 0, "flags": "", "marks": b"", "reading": "",
        "revision": number % 3 if what == "reading" else 0, "at": number, "id": id_, "kind": what, "since": number,
        "after_version": version,
    }  # fmt: skip
    wanted = {
        "version": ("add_version", "add_reading", "add_article", "retitle_article"),
        "reading": ("add_version", "add_reading", "add_article"),
        "seen": ("add_article",),
        "number": ("number_is_taken",),
        "gone": ("mark_article",),
        "back": ("mark_article",),
    }
    for query in wanted[what]:
        db.execute(queries()[query], values)


@given(st.lists(step, max_size=30))
def test_tallies_are_what_counting_would_say(steps: list[tuple[str, int, int, int]]) -> None:
    """Whatever is taken in, how often, and in which order."""
    with contextlib.closing(apsw.Connection(":memory:")) as db:
        db.execute(sql("schema.sql"))
        for each in steps:
            take_in(db, *each)
        assert tallies(db) == counted(db)
