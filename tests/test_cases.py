"""The catalogue of page changes through the whole program: fetched, read, compared, stored; only the web is played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from scraper import urls
from scraper.model import Due, Outlet
from scraper.outlets import Outlets
from scraper.pipeline import Outcome, visit
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from tests.compare.catalogue.judged import Case, load
from tests.fakes import Clock, FakeWeb, InlineReader, answered

pytestmark = pytest.mark.anyio

CASES = {case.name: case for case in load()}


@pytest.fixture
def anyio_backend() -> str:
    """The daemon runs on asyncio."""
    return "asyncio"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileArchive]:
    """One archive for all cases: each is an article of a site of its own."""
    with FileArchive.open(tmp_path_factory.mktemp("cases") / "archive", create=True) as opened:
        yield opened


def own(case: Case) -> Case:
    """The case on a site that no other case is on."""
    host = urls.host(case.url)
    mine = f"{case.name}.{host}"
    pages = [page.replace(host.encode(), mine.encode()) for page in (case.before, case.after)]
    addresses = [url.replace(host, mine) for url in (case.url, case.url_after)]
    return replace(case, before=pages[0], after=pages[1], url=addresses[0], url_after=addresses[1])


async def visited(case: Case, archive: FileArchive) -> tuple[Outcome, Outcome, int]:
    """Both visits of a case, two hours apart, and the number of versions that are kept after them."""
    outlet = Outlet(urls.host(case.url), "The Paper", f"https://{urls.host(case.url)}/")
    clock = Clock()
    web = FakeWeb(clock)
    services = Services(web, InlineReader(), archive, archive.frontier, Outlets.of([outlet]), clock)
    outcomes = []
    for url, page in ((case.url, case.before), (case.url_after, case.after)):
        # What the server says of the encoding is often nothing: the page has to tell.
        web.pages[url] = answered(url, page, clock, content_type="text/html")
        due = archive.frontier.lookup(url, outlet) or Due(
            urls.identity(url, outlet), url, urls.host(url), outlet.id, clock()
        )
        outcomes.append(await visit(services, due, url=url))
        clock.forward(hours=2)
    entry = archive.find(case.url, outlet)
    assert entry is not None
    assert entry.latest is not None
    return outcomes[0], outcomes[1], entry.latest + 1


@pytest.mark.parametrize("name", CASES)
async def test_a_second_visit_ends_in_the_verdict_of_the_case(name: str, archive: FileArchive) -> None:
    """And keeps a second version if and only if somebody edited."""
    case = own(CASES[name])
    first, second, versions = await visited(case, archive)
    assert first.verdict == "new"
    assert (second.verdict, versions) == (case.verdict, 2 if case.is_edit else 1), (second.reason, second.edit)
    assert (second.reason or "").partition(":")[0] == (case.reason or "")
