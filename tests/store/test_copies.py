"""One text at several addresses: found from every one of them, with who had it first and who edited it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.article import Article, Block
from scraper.copies import Copy, first_published, span
from scraper.model import Revision, Snapshot
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from scraper.store.verify import verify
from tests.store.kit import START, article, capture_and_commit, dumped, opened
from tests.wire import WIRES, Wire

EN = WIRES["en"]
HOME, AWAY, THIRD = (f"https://{name}.example/2024/06/ferry" for name in ("agency", "courier", "herald"))
HOUR = timedelta(hours=1)
LANGUAGES = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    with opened(tmp_path / "archive") as made:
        yield made


def outlet_of(url: str) -> str:
    return url.split("/")[2]


def story(body: Sequence[str], url: str, **more: object) -> Article:
    """An article with this body."""
    return article("", url, blocks=tuple(Block("paragraph", text) for text in body), **more)


def printed(
    archive: FileArchive, body: Sequence[str], url: str = HOME, at: datetime = START, **more: object
) -> Snapshot | None:
    """One visit that found `body`; `more` are fields of the article."""
    return capture_and_commit(archive, story(body, url, **more), url, at, outlet_of(url))


def copies(archive: FileArchive, url: str = HOME) -> Sequence[Copy]:
    entry = archive.find(url)
    assert entry
    return archive.copies(entry.id)


def places(archive: FileArchive, url: str = HOME) -> list[str]:
    return [copy.entry.url for copy in copies(archive, url)]


@LANGUAGES
def test_a_copy_is_found_from_both_sides(archive: FileArchive, wire: Wire) -> None:
    printed(archive, wire.story)
    printed(archive, wire.edited(), AWAY, title="Another headline")
    assert places(archive, HOME) == [AWAY]
    assert places(archive, AWAY) == [HOME]


@LANGUAGES
def test_an_abridged_copy_is_found(archive: FileArchive, wire: Wire) -> None:
    printed(archive, wire.story)
    printed(archive, wire.cut(), AWAY)
    (copy,) = copies(archive)
    assert copy.contained == 1.0
    assert copy.similarity < 0.7


@LANGUAGES
def test_what_is_no_copy_is_not_found(archive: FileArchive, wire: Wire) -> None:
    """The event in other words, and stories over the same background at home and elsewhere."""
    printed(archive, wire.story)
    printed(archive, wire.elsewhere, AWAY)
    for news, url in zip(wire.news * 2, (f"{HOME}-1", f"{HOME}-2", AWAY + "-3", THIRD), strict=True):
        printed(archive, (news, *wire.background), url)
    assert not places(archive, HOME)
    assert places(archive, f"{HOME}-1") == [AWAY + "-3"]


def test_one_outlet_may_have_it_at_several_addresses(archive: FileArchive) -> None:
    """Nothing in these addresses says that they are one article."""
    printed(archive, EN.story)
    printed(archive, EN.edited(1), "https://agency.example/print/88213")
    assert places(archive) == ["https://agency.example/print/88213"]


def test_a_text_at_many_addresses_of_one_outlet_is_its_form(archive: FileArchive) -> None:
    for number in range(7):
        printed(archive, EN.story, f"{HOME}-{number}")
    printed(archive, EN.story, AWAY)
    assert places(archive, f"{HOME}-3") == [AWAY]


def test_a_text_that_half_the_world_prints_is_found_all_the_same(archive: FileArchive) -> None:
    """Marks that are common say little, unless all are."""
    for number in range(70):
        printed(archive, EN.story, f"https://paper{number}.example/ferry")
    assert 50 < len(places(archive, "https://paper3.example/ferry")) <= 65


def test_a_copy_that_was_rewritten_since_is_found_by_what_it_was(archive: FileArchive) -> None:
    """The text came in between: neither the first version nor the last one has it."""
    printed(archive, EN.news[:1], AWAY)
    printed(archive, EN.story, AWAY, START + HOUR)
    printed(archive, EN.elsewhere, AWAY, START + 2 * HOUR)
    printed(archive, EN.story, HOME, START + 3 * HOUR)
    (copy,) = copies(archive)
    assert (copy.version, copy.versions) == (1, 3)
    assert copy.captured_at == START + HOUR


def test_who_edited_since_both_had_it_is_said(archive: FileArchive) -> None:
    printed(archive, EN.story)
    printed(archive, EN.edited(1), at=START + HOUR)
    printed(archive, EN.story, AWAY, START + 2 * HOUR)
    printed(archive, EN.edited(1), AWAY, START + 3 * HOUR)
    printed(archive, EN.edited(2), AWAY, START + 4 * HOUR)
    (there,) = copies(archive)
    assert (there.edits, there.edited_at, there.of_edits) == (2, START + 4 * HOUR, 0)
    (here,) = copies(archive, AWAY)
    assert (here.edits, here.of_edits, here.of_edited_at) == (0, 2, START + 4 * HOUR)


def test_who_had_it_first_is_two_claims(archive: FileArchive) -> None:
    """The one that was captured later says that it was published earlier."""
    printed(archive, EN.story, published=START - HOUR)
    printed(archive, EN.story, AWAY, START + HOUR, published=START - 2 * HOUR)
    (copy,) = copies(archive)
    assert (copy.first_captured, copy.first_published) == ("this", "other")


def test_what_was_captured_at_the_same_time_has_no_first(archive: FileArchive) -> None:
    printed(archive, EN.story)
    printed(archive, EN.story, AWAY)
    (copy,) = copies(archive)
    assert (copy.first_captured, copy.first_published) == (None, None)


def test_copies_come_by_when_they_were_captured(archive: FileArchive) -> None:
    printed(archive, EN.story)
    printed(archive, EN.edited(), THIRD, START + HOUR)
    printed(archive, EN.story, AWAY, START + 2 * HOUR)
    assert places(archive) == [THIRD, AWAY]


def test_a_short_text_has_no_copies(archive: FileArchive) -> None:
    printed(archive, ["The harbour is open."])
    printed(archive, ["The harbour is open."], AWAY)
    assert not places(archive)


def test_a_damaged_copy_is_left_out(archive: FileArchive) -> None:
    printed(archive, EN.story)
    damaged = printed(archive, EN.story, AWAY)
    printed(archive, EN.story, THIRD)
    assert damaged
    (archive.root / damaged.path).with_suffix(".json").write_text("{}")
    assert places(archive) == [THIRD]


def test_an_unknown_article_has_no_copies(archive: FileArchive) -> None:
    assert not archive.copies("0123456789abcdef")


def test_another_reading_is_compared_as_it_is_read_now(archive: FileArchive) -> None:
    """What an old extractor took for the article does not link it."""
    printed(archive, EN.story)
    wrong = printed(archive, EN.story, AWAY)
    entry = archive.find(AWAY)
    assert wrong
    assert entry
    archive.revise(Revision(entry, 0, story(EN.elsewhere, AWAY), START + HOUR, "rules 2"))
    assert not places(archive)
    assert not places(archive, AWAY)


def test_the_files_alone_give_the_same_marks(tmp_path: Path) -> None:
    """Versions, edits and another reading: line by line the same catalogue."""
    root = tmp_path / "archive"
    with opened(root) as archive:
        for wire in WIRES.values():
            url = f"{HOME}-{wire.swaps[0][0][:1].encode().hex()}"
            printed(archive, wire.story, url)
            printed(archive, wire.heavy(), url, START + HOUR)
        entry = archive.find(url)
        assert entry
        archive.revise(Revision(entry, 0, story(wire.elsewhere, url), START + 2 * HOUR, "rules 2"))
    before = dumped(root)
    assert sum(line.startswith("marks ") for line in before) > 100
    (root / "catalogue.sqlite").unlink()
    reindex(root)
    assert dumped(root) == before
    assert not list(verify(root, deep=True))


def test_an_edit_adds_only_the_marks_it_changed(archive: FileArchive) -> None:
    """The table grows by text, not by versions."""
    printed(archive, EN.story)
    for number in range(1, 6):
        printed(archive, EN.edited(number), at=START + number * HOUR)
    with archive._catalogue.read() as db:
        rows = db.execute("SELECT count(*) FROM marks").fetchone()
    assert rows
    assert rows[0] < 40


# ---------------------------------------------------------------------------------------------- who published first


def dated(published: datetime | date | None, zone: str | None = None) -> Article:
    return Article("u", "u", published=published, timezone=zone)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2024, 6, 2, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("this", "other", "first"),
    [
        (dated(at(9)), dated(at(10)), "this"),
        (dated(at(9, 30, 20)), dated(at(9, 30)), None),  # the other one may be of any second of its minute
        (dated(at(9, 31)), dated(at(9, 30)), "other"),
        (dated(date(2024, 6, 1), "Europe/Kyiv"), dated(at(7)), "this"),
        (dated(date(2024, 6, 2), "Europe/Kyiv"), dated(at(7)), None),
        (dated(date(2024, 6, 1)), dated(at(7)), None),  # a day somewhere on earth
        (dated(at(0)), dated(at(7)), None),  # midnight is how a day is written
        (dated(datetime(2024, 6, 2, 6)), dated(at(7)), None),  # noqa: DTZ001  # a time of an unknown zone
        (dated(None), dated(at(7)), None),
        (dated(at(9)), dated(at(23)), None),  # it was captured before it says it was published
        (dated(date.max), dated(at(9)), None),
    ],
)
def test_published_first_is_claimed_only_where_times_allow_it(this: Article, other: Article, first: str | None) -> None:
    assert first_published(this, at(12), other, at(12)) == first


def test_a_day_is_the_outlets_own() -> None:
    assert span(dated(date(2024, 6, 2), "Europe/Kyiv")) == (
        datetime(2024, 6, 1, 21, tzinfo=UTC),
        datetime(2024, 6, 2, 21, tzinfo=UTC),
    )
