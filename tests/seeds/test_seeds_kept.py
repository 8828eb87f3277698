"""The reference documents through the whole program: fetched, stored, and read back, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scraper import outlets, urls
from scraper.article import render
from scraper.model import Due
from scraper.pipeline import Outcome, visit
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from tests.fakes import Clock, FakeWeb, InlineReader, answered
from tests.seeds.test_seeds import NAMES, ROOT, Seed, seed

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


async def keep(archive: FileArchive, one: Seed, change: Callable[[bytes], bytes] = lambda page: page) -> Outcome:
    """One visit to the document's page, with the configuration that is shipped."""
    clock, known = Clock(), outlets.load(ROOT / "config")
    web = FakeWeb(clock, {one.url: answered(one.url, change(one.page), clock, content_type=one.content_type)})
    services = Services(web, InlineReader(), archive, archive.frontier, known, clock)
    outlet = known.for_url(one.url)
    row = archive.frontier.lookup(one.url, outlet)
    fresh = Due(urls.identity(one.url, outlet), one.url, urls.host(one.url), one.outlet, clock())
    return await visit(services, row or fresh, url=one.url)


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_stored_is_the_snapshot(tmp_path: Path, name: str) -> None:
    """Under the same file name, and the sidecar gives the same text again."""
    one = seed(name)
    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        done = await keep(archive, one)
        assert done.snapshot is not None
        assert done.article_id is not None
        path = archive.root / done.snapshot
        assert (path.name, path.read_bytes()) == (one.snapshot.name, one.snapshot.read_bytes())
        latest = archive.latest(done.article_id)
    assert latest is not None
    assert render(latest.article).encode() == one.snapshot.read_bytes()


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("-pdf")])
async def test_other_numbers_in_its_banners_make_no_version(tmp_path: Path, name: str) -> None:
    """The appeals count on; the article is the same."""
    one = seed(name)

    def counted(page: bytes) -> bytes:
        box = b'<div class="donation-box"><p>Only 418 of 1,217 to go. Be one of them!</p><a href="/give">Give</a></div>'
        head, mark, body = page.partition(b"</h1>")
        return head + mark + box + body.replace(b"</body>", b"<p>418 visitors now</p></body>")

    with FileArchive.open(tmp_path / "archive", create=True) as archive:
        await keep(archive, one)
        again = await keep(archive, one, counted)
    assert again.verdict == "same"
