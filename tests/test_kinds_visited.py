"""Pages that are no articles, through the whole path of a visit: `partial` with the word for it, and nothing stored."""

from __future__ import annotations

import pytest

from tests.extract.kinds.build import Labelled, read
from tests.fakes import article_page
from tests.test_pipeline import URL, World, anyio_backend, world  # noqa: F401 - fixtures of this kind of test

pytestmark = pytest.mark.anyio

PAGES = read("first")
REASONS = {
    "challenge": "challenge",
    "consent": "consent-wall",
    "login": "login-wall",
    "error": "soft-404",
    "empty": "empty",
    "listing": "not-an-article: listing",
    "video": "not-an-article: video",
    "gallery": "not-an-article: gallery",
    "other": "not-an-article: other",
}


@pytest.mark.parametrize("kind", REASONS)
async def test_no_such_page_is_stored_at_first_sight(world: World, kind: str) -> None:  # noqa: F811 - see above
    """Every labelled page of the kind, each at its own address."""
    ends = set()
    for page in of_kind(kind):
        world.web.pages[page.url] = page.html
        done = await world.visit(page.url)
        ends.add((done.verdict, done.version, done.reason))
    assert ends == {("partial", None, REASONS[kind])}


@pytest.mark.parametrize("kind", REASONS)
async def test_no_such_page_takes_the_place_of_a_version(world: World, kind: str) -> None:  # noqa: F811 - see above
    """And the article is the same again afterwards."""
    await world.visit()
    ends = {}
    for page in of_kind(kind):
        world.web.pages[URL] = page.html
        world.clock.forward(hours=1)
        ends[page.id] = (await world.visit()).verdict
    world.web.pages[URL] = article_page()
    assert [name for name, verdict in ends.items() if verdict != "partial"] == []
    assert (await world.visit()).verdict == "same"


async def test_a_teaser_is_stored_as_one_and_never_replaces_the_whole_text(world: World) -> None:  # noqa: F811 - see above
    """At first sight it is all that there is; behind a fuller version it is `partial`."""
    (page,) = [page for page in PAGES if page.id == "hard-wall-declared"]
    world.web.pages[page.url] = page.html
    done = await world.visit(page.url)
    assert (done.verdict, "teaser" in done.flags) == ("new", True)
    await world.visit()
    world.web.pages[URL] = page.html
    world.clock.forward(hours=1)
    again = await world.visit()
    assert again.verdict == "partial"
    assert (again.reason or "").partition(":")[0] in {"teaser", "replaced"}  # it is another story's teaser


async def test_every_story_is_stored(world: World) -> None:  # noqa: F811 - see above
    """Also those that look like something else, and the one that gives no date, no author and no data."""
    lost = []
    for page in PAGES:
        if page.is_story:
            world.web.pages[page.url] = page.html
            if (await world.visit(page.url)).verdict != "new":
                lost.append(page.id)
    assert lost == []


def of_kind(kind: str) -> list[Labelled]:
    """The pages of one kind that have no second name."""
    return [page for page in PAGES if page.kind == kind and not page.also]
