"""An address that is used again: two articles, each with its own history, whoever says so and however often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from scraper.model import Entry, Revision, Snapshot
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.store.kit import HARBOUR, START, article, dumped, findings, intent, opened, page, visit


def entry_at(archive: FileArchive, url: str = HARBOUR) -> Entry:
    """The article that an address leads to."""
    entry = archive.find(url)
    assert entry is not None
    return entry


def follow(archive: FileArchive, text: str, before: Entry, *, minutes: int = 1) -> Snapshot | None:
    """Another story at the address of `before`, as the pipeline keeps it."""
    seen = page(HARBOUR, f"<p>{text}</p>".encode(), START + timedelta(minutes=minutes))
    capture = archive.capture(seen)
    return archive.commit(intent("new", seen, capture, None, article(text), follows=before))


def whole(root: Path) -> bool:
    """Whether `verify` finds nothing, and the catalogue is what the files give."""
    before = dumped(root)
    reindex(root)
    return findings(root) == [] and dumped(root) == before


def test_two_who_saw_it_make_one_article_of_it(tmp_path: Path) -> None:
    """Who comes second finds the address with the new article, and its text there."""
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        first = entry_at(archive)
        assert follow(archive, "A bell was stolen.", first)
        assert follow(archive, "A bell was stolen.", first) is None
        assert len(list(archive.articles())) == 2
    assert whole(tmp_path)


def test_who_saw_a_later_text_makes_a_version_of_the_new_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        first = entry_at(archive)
        follow(archive, "A bell was stolen.", first)
        later = follow(archive, "A bell was stolen and found.", first)
        assert later is not None
        assert (later.article_id, later.version) == (entry_at(archive).id, 1)
    assert whole(tmp_path)


def test_a_slow_visit_to_the_old_article_takes_nothing_back(tmp_path: Path) -> None:
    """What began before the address was handed over ends in the old history; the address stays where it is."""
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        first = entry_at(archive)
        seen = page(HARBOUR, b"<p>The harbour is wide open.</p>", START + timedelta(minutes=1))
        capture = archive.capture(seen)
        follow(archive, "A bell was stolen.", first, minutes=2)
        archive.commit(intent("edited", seen, capture, first, article("The harbour is wide open.")))
        assert [len(archive.versions(one.id)) for one in (first, entry_at(archive))] == [2, 1]
        assert entry_at(archive).follows == first.id
    assert whole(tmp_path)


def test_each_has_its_own_id_and_folder_also_in_one_month(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        for minutes, text in enumerate(("A bell was stolen.", "Snow fell.", "The bell was found."), 1):
            assert follow(archive, text, entry_at(archive), minutes=minutes)
        last = entry_at(archive)
        chain = [last, *archive.earlier(last)]
        assert len({one.id for one in chain}) == len({one.path for one in chain}) == 4
        assert [archive.follower(one.id) for one in chain] == [None, *chain[:-1]]
        assert {one.gone_since for one in chain} == {None}
    assert whole(tmp_path)


def test_a_reading_anew_of_an_article_in_between_hands_nothing_over(tmp_path: Path) -> None:
    """The sidecar of a revision says again whom it follows: by then the address is another's."""
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        follow(archive, "A bell was stolen.", entry_at(archive))
        middle = entry_at(archive)
        follow(archive, "Snow fell.", middle, minutes=2)
        last = entry_at(archive)
        archive.revise(Revision(middle, 0, article("A bell was stolen, once."), START, "1 → 2"))
        assert entry_at(archive).id == last.id
    assert whole(tmp_path)


def test_only_the_last_is_due_when_the_frontier_is_lost(tmp_path: Path) -> None:
    """The address is asked for once, and for the article that stands there."""
    with opened(tmp_path) as archive:
        visit(archive, "The harbour is open.")
        follow(archive, "A bell was stolen.", entry_at(archive))
        last = entry_at(archive).id
    (tmp_path / "catalogue.sqlite").unlink()
    reindex(tmp_path)
    with opened(tmp_path) as archive:
        rows = archive.frontier.take("news.example", START + timedelta(days=400), 10)
        assert [row.article_id for row in rows] == [last]
