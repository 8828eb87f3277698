"""A sidecar says all that an article is, and gives it back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.article import Access, Article, Block, BlockKind, Dropped, Kind
from scraper.errors import ArchiveDamaged
from scraper.model import Edit, EditKind, Part
from scraper.store.sidecar import (
    DROPPED_CHARACTERS,
    DROPPED_PIECES,
    article_from,
    article_json,
    checked,
    dumps,
    edit_from,
    edit_json,
    loads,
    snapshot_from,
)
from tests.store.kit import article

TEXT = st.text(max_size=20)  # with lone surrogates, control characters, everything
MAYBE = st.none() | TEXT
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.none() | st.dates() | st.datetimes(timezones=ZONES) | st.datetimes()
SHORT = st.text(max_size=DROPPED_CHARACTERS)

ARTICLES = st.builds(
    Article,
    url=TEXT,
    canonical_url=TEXT,
    title=MAYBE,
    subtitle=MAYBE,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    published=TIMES,
    modified=TIMES,
    caption=MAYBE,
    blocks=st.lists(
        st.builds(Block, st.sampled_from(get_args(BlockKind)), TEXT, TEXT, st.none() | st.datetimes(timezones=ZONES)),
        max_size=4,
    ).map(tuple),
    language=MAYBE,
    site=MAYBE,
    section=MAYBE,
    keywords=st.lists(TEXT, max_size=3).map(tuple),
    image=MAYBE,
    access=st.none() | st.sampled_from(get_args(Access)),
    kind=st.sampled_from(get_args(Kind)),
    timezone=MAYBE,
    claims=st.lists(TEXT, max_size=3).map(tuple),
    origins=st.dictionaries(TEXT, TEXT, max_size=3),
    dropped=st.lists(st.builds(Dropped, TEXT, SHORT), max_size=4).map(tuple),
    evidence=st.lists(TEXT, max_size=3).map(tuple),
    flags=st.lists(TEXT, max_size=3).map(tuple),
    fingerprint=TEXT,
    reading=TEXT,
)
PARTS = st.builds(Part, st.sampled_from(get_args(EditKind)), TEXT, TEXT, st.none() | st.integers(0, 9))
EDITS = st.builds(
    Edit,
    st.lists(st.sampled_from(get_args(EditKind)), max_size=3).map(tuple),
    st.lists(PARTS, max_size=3).map(tuple),
    stealth=st.booleans(),
)


@given(ARTICLES)
def test_an_article_comes_back_as_it_was(given_article: Article) -> None:
    """Written, read and made again, it is equal, whatever its texts hold."""
    assert article_from(loads(dumps(article_json(given_article)), Path("x"))) == given_article


@given(st.none() | EDITS)
def test_an_edit_comes_back_as_it_was(edit: Edit | None) -> None:
    """The same for edits."""
    data = edit_json(edit)
    assert edit_from(loads(dumps(data), Path("x")) if data else None) == edit


def test_the_file_reads_like_text() -> None:
    """Sorted keys, two spaces, letters as they are, one newline at the end: what `diff` and git like."""
    written = dumps(article_json(article("Порт відкрито.", title="“Порт”"))).decode()
    assert written == json.dumps(json.loads(written), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert '"headline": "“Порт”"' in written


def test_a_field_the_page_does_not_give_is_left_out() -> None:
    """Nothing is null, empty or guessed."""
    data = article_json(Article("https://a.example/1", "https://a.example/1"))
    assert set(data) == {"@context", "@type", "url", "archive"}


def test_schema_org_words_are_used() -> None:
    """Other people's tools find what they look for."""
    data = article_json(
        article(
            subtitle="At last",
            modified=date(2024, 6, 3),
            language="en",
            site="The Example",
            image="https://a.example/i.jpg",
            caption="A ferry",
            access="paid",
        )
    )
    assert data["alternativeHeadline"] == "At last"
    assert data["author"] == [{"@type": "Person", "name": "Ann Author"}]
    assert data["datePublished"] == "2024-06-02T07:00:00+00:00"
    assert data["dateModified"] == "2024-06-03"
    assert data["image"] == {"@type": "ImageObject", "url": "https://a.example/i.jpg", "caption": "A ferry"}
    assert data["publisher"] == {"@type": "Organization", "name": "The Example"}
    assert data["isAccessibleForFree"] is False
    assert data["articleBody"] == [{"kind": "paragraph", "text": "The harbour is open."}]


def test_what_was_dropped_is_bounded_and_counted() -> None:
    """A page of widgets does not make a sidecar of megabytes, and nobody is left to think that this was all."""
    pieces = tuple(Dropped("rule", "x" * 10_000) for _ in range(DROPPED_PIECES + 7))
    ours = article_json(article(dropped=pieces))["archive"]
    assert (len(ours["dropped"]), ours["dropped_more"]) == (DROPPED_PIECES, 7)
    assert len(ours["dropped"][0]["text"]) == DROPPED_CHARACTERS


def test_a_time_keeps_its_zone_and_so_its_day() -> None:
    """Half past midnight in Kyiv is another day than in UTC."""
    kyiv = timezone(timedelta(hours=3))
    there = article_from(article_json(article(published=datetime(2024, 6, 3, 0, 30, tzinfo=kyiv))))
    assert there.day == date(2024, 6, 3)
    assert there.published == datetime(2024, 6, 2, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', b"{}", b'{"archive": []}', b'{"archive": {"warc": 1}}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_sidecar_is_damage(content: bytes) -> None:
    """No other error leaves the reading of a file."""
    path = Path("x.json")
    with pytest.raises(ArchiveDamaged, match=r"x\.json"):
        checked(path, lambda: snapshot_from(loads(content, path), "x.txt"))


@given(st.lists(st.integers() | st.floats() | st.text(st.characters(exclude_categories=())), max_size=5))
def test_values_are_read_as_python_reads_them(values: list[object]) -> None:
    """Numbers of any size, lone surrogates: whichever reader takes them."""
    content = json.dumps({"v": values}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    assert repr(loads(content, Path("x.json"))) == repr(json.loads(content))


@pytest.mark.parametrize(
    "value",
    [b"-0", b"1e999", b"NaN", b"01", b"1.", b"9" * 400, b'"\\ud800"', b'"\\ude00\\ud83d"', b'"a\x01b"', b'"\xff"',
     b"[1,]", b'"\xed\xa0\x80"', b"nul", b"[" * 5000, b"1, \"v\": 2", b"1 // one", b"1}\x00"],
)  # fmt: skip
def test_odd_values_are_read_or_refused_as_python_does(value: bytes) -> None:
    """What Python refuses is damage, for the reason that it gives."""
    content = b'{"v": ' + value + b"}"
    try:
        expected = repr(json.loads(content))
    except (ValueError, RecursionError) as error:
        with pytest.raises(ArchiveDamaged, match=type(error).__name__):
            loads(content, Path("x.json"))
    else:
        assert repr(loads(content, Path("x.json"))) == expected
