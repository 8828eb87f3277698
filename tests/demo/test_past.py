"""The past of the demo's outlets: made up, said to be so, and brought in as any WARC file is."""

from __future__ import annotations

import asyncio
import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper import outlets
from scraper.cli.common import opened
from scraper.demo import past
from scraper.demo.bringing import bring_past
from scraper.demo.outlets import outlet_files
from scraper.demo.pages import Noise
from scraper.demo.site import DemoSite, story
from scraper.demo.stories import load
from scraper.model import Entry
from scraper.store.archive import FileArchive
from scraper.store.verify import verify
from tests.demo.test_demo import marked, read

OPENED = datetime(2026, 3, 11, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def olds() -> tuple[past.Old, ...]:
    return past.olds(OPENED)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, olds: tuple[past.Old, ...]) -> Path:
    """A folder with the demo's configuration and an archive that has the past, brought twice."""
    folder = tmp_path_factory.mktemp("past")
    for name, text in outlet_files("http://127.0.0.1:1").items():
        (folder / "config" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "config" / name).write_text(text, encoding="utf-8")

    async def both() -> list[past.Past]:
        told = [past.Past(), past.Past()]
        async with opened(folder / "archive", folder / "config") as open_:
            for one in told:
                await bring_past(open_.services, olds, 0, one)
        return told

    first, second = asyncio.run(both())
    assert str(first) == "14 articles in 32 versions, 2 of them gone"
    assert str(second).startswith("0 articles"), "what an earlier demo brought is there"
    return folder


def entry(archive: FileArchive, old: past.Old) -> Entry:
    found = archive.find(old.url)
    assert found
    return found


def test_every_page_of_the_past_says_what_its_newsroom_wrote(tmp_path: Path, olds: tuple[past.Old, ...]) -> None:
    for name, text in outlet_files("http://127.0.0.1:1").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    known = outlets.load(tmp_path)
    rng = random.Random(1)
    for old in olds:
        for number, at in enumerate(old.looks()):
            status, text = past.page(old, at, Noise(rng, number))
            if status == 200:
                article = read(text.encode(), old.url, known.for_url(old.url))
                assert (article.title, marked(article)) == (old.state(at).title, old.state(at).body)


def test_the_archive_holds_each_text_at_its_own_date_and_no_other(root: Path, olds: tuple[past.Old, ...]) -> None:
    with FileArchive.open(root / "archive", read_only=True) as archive:
        for old in olds:
            kept = archive.versions(entry(archive, old).id)
            texts = [state for state in old.story.states if state.status == 200]
            assert len(kept) == len(texts), old.url
            assert all(old.state(one.captured_at) is state for one, state in zip(kept, texts, strict=True)), old.url
        assert list(verify(root / "archive", deep=True)) == []


def test_what_was_taken_away_is_gone_since_then(root: Path, olds: tuple[past.Old, ...]) -> None:
    taken = [old for old in olds if old.story.states[-1].status != 200]
    with FileArchive.open(root / "archive", read_only=True) as archive:
        for old in taken:
            since = entry(archive, old).gone_since
            assert since
            assert old.published < since < OPENED
    assert len(taken) == 2


def test_a_version_of_the_past_says_which_file_it_came_from(root: Path, olds: tuple[past.Old, ...]) -> None:
    """Whoever meets one later can see that nobody fetched it."""
    records = gzip.decompress(next((root / "archive" / "warc").rglob("*.warc.gz")).read_bytes())
    assert records.count(b"made-up-past.warc.gz") >= sum(len(old.looks()) for old in olds)


def test_the_past_is_over_before_the_demo_begins(olds: tuple[past.Old, ...]) -> None:
    looks = [at for old in olds for at in old.looks()]
    assert max(looks) < OPENED
    assert min(looks) > OPENED - timedelta(days=9)
    assert all(old.state(old.looks()[-1]) is old.story.states[-1] for old in olds), "each edit was looked at"


def test_a_visitor_is_shown_the_past_as_it_stands(olds: tuple[past.Old, ...]) -> None:
    site = DemoSite(opened=OPENED)
    answers = [site.answer(old.story.host, old.url.split(old.story.host)[1]) for old in olds]
    assert [one.status for one in answers] == [old.story.states[-1].status for old in olds]
    assert {one.url for one in site.truth()} & {old.url for old in olds} == set()


def test_the_past_has_addresses_of_its_own() -> None:
    paths = [(one.host, one.path) for one in (*load(), *load(past.STORIES))]
    assert len(set(paths)) == len(paths) == 21


def test_it_is_said_that_the_past_is_made_up() -> None:
    assert "a past of nine days is made up" in " ".join(story().split())
