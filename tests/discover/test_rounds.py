"""One look at one source: what is asked, what is taken, where it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest
from anyio import to_process

from scraper.discover import discover, rounds
from scraper.errors import Deferred, Failed, Refused
from scraper.model import Outlet, Request, Source
from tests.discover.web import (
    NOW,
    OUTLET,
    SOURCE,
    Answer,
    Given,
    Web,
    articles,
    index,
    item,
    located,
    look,
    rss,
    sitemap,
    state,
    urls,
)

MARKS = {"ETag": '"2"', "Last-Modified": "Sun, 22 Nov 2026 11:00:00 GMT"}
LINK = "https://example.com/2024/a-title"


# ------------------------------------------------------------------------------------------------ the source itself


def test_the_request_carries_validators_and_the_outlets_pace() -> None:
    """A look is one conditional request of the right kind."""
    _, web = look("feed", rss(), state=state(etag='"1"', last_modified="yesterday"))
    assert web.asked == [Request(SOURCE, "feed", '"1"', "yesterday", delay=OUTLET.delay)]


def test_a_first_look_is_unconditional_and_remembers_the_validators() -> None:
    """What the server gave to compare with is handed back."""
    found, web = look("feed", Answer(rss(item(LINK)), headers=MARKS))
    assert web.asked == [Request(SOURCE, "feed", delay=OUTLET.delay)]
    assert (found.etag, found.last_modified) == (MARKS["ETag"], MARKS["Last-Modified"])


def test_an_unchanged_source_says_so_and_keeps_its_validators() -> None:
    """After 304 the next look must still be conditional."""
    found, _ = look("feed", Answer(status=304), state=state(etag='"1"', last_modified="then"))
    assert (found.unchanged, found.etag, found.last_modified) == (True, '"1"', "then")


def test_an_unasked_304_is_a_failure() -> None:
    """Nothing was sent to compare with, so nothing is known to be unchanged."""
    with pytest.raises(Failed, match="http-304"):
        look("feed", Answer(status=304))


@pytest.mark.parametrize(
    ("status", "transient"), [(404, False), (410, False), (403, False), (429, True), (500, True), (503, True)]
)
def test_a_status_is_the_reason(status: int, transient: bool) -> None:
    """What may pass is asked again soon, what is over is not."""
    with pytest.raises(Failed) as caught:
        look("feed", Answer(rss(item(LINK)), status=status))
    assert (caught.value.reason, caught.value.transient) == (f"http-{status}", transient)


@pytest.mark.parametrize(
    "error", [Failed(SOURCE, "redirects"), Refused(SOURCE, "robots"), Deferred(SOURCE, "x", "", NOW)]
)
def test_the_fetchers_errors_pass_unchanged(error: Failed | Refused | Deferred) -> None:
    """The source could not be had: the caller is told by whom and why."""
    with pytest.raises(type(error), match=error.reason):
        look("feed", error)


@pytest.mark.parametrize(("kind", "reason"), [("feed", "not-a-feed"), ("sitemap", "not-a-sitemap")])
def test_a_page_instead_of_a_list(kind: str, reason: str) -> None:
    """A home page or challenge in place of the source is no empty source."""
    with pytest.raises(Failed, match=reason):
        look(kind, b"<!doctype html><title>Just a moment</title>")  # type: ignore[arg-type]  # two of the three kinds


def test_an_empty_answer_is_a_failure() -> None:
    """Nothing at all is not 'no news'."""
    with pytest.raises(Failed, match="empty"):
        look("feed", b"")


def test_a_source_without_items_is_a_round_without_sightings() -> None:
    """What is missing from a source is not gone: the round just names nothing."""
    found, _ = look("feed", rss())
    assert (found.sightings, dict(found.skipped), found.unchanged) == ((), {}, False)


def test_links_are_relative_to_where_the_source_was_found_in_the_end() -> None:
    """After a redirect its target is the base, and the sighting names the source as configured."""
    found, _ = look("feed", Answer(rss(item("a-title")), final="https://example.com/2024/feed"))
    assert [(one.url, one.source) for one in found.sightings] == [(LINK, SOURCE)]


# ------------------------------------------------------------------------------------------------ what is taken


def test_the_newest_come_first_and_the_undated_last() -> None:
    """Dates order a round; where there are none, the source's own order stands."""
    dates = {"a": "", "b": "12 Jun 2024 10:00:00 GMT", "c": "13 Jun 2024 10:00:00 GMT", "d": ""}
    found, _ = look("feed", rss(*(item(f"/article/{name}", date=date) for name, date in dates.items())))
    assert urls(found) == articles("cbad")


def test_one_article_under_forty_links_is_one_sighting() -> None:
    """Decorations, forms and spellings of one link are counted, not taken."""
    variants = [f"{LINK}?utm_source={n}" for n in range(20)] + [f"{LINK}#{n}" for n in range(10)]
    variants += [f"{LINK}/", f"{LINK}/amp", f"{LINK}?fbclid=1", LINK.replace("https", "http")]
    variants += [LINK.replace("example", "EXAMPLE"), LINK.replace("https://", "http://www.").replace(".com", ".com:80")]
    variants += [f"{LINK}?id=2"]
    found, _ = look("feed", rss(*map(item, variants)))
    assert urls(found) == [variants[0], f"{LINK}?id=2"]
    assert found.skipped == {"duplicate": len(variants) - 2}


def test_new_guids_make_no_new_articles() -> None:
    """Only the link counts: another guid, or another outlet's, changes nothing."""
    first, _ = look("feed", rss(item(LINK, guid="1")))
    second, _ = look("feed", rss(item(LINK, guid="https://other.example/article/0")))
    assert urls(first) == urls(second) == [LINK]


def test_only_the_outlets_own_pages_are_taken() -> None:
    """Links elsewhere are counted by their reason."""
    foreign = ["https://second.example/a", "http://127.0.0.1:9/a", "https://example.com:8443/a", "https://example.com/"]
    found, web = look("sitemap", sitemap(LINK, *foreign, "file:///etc/passwd", "ftp://example.com/a"))
    assert urls(found) == [LINK]
    assert found.skipped == {"foreign-host": 3, "not-article-path": 1, "bad-url": 2}
    assert web.addresses == [SOURCE]


def test_links_beside_the_items_are_never_asked_for() -> None:
    """Self, hub, icon, enclosure and comments links are nobody's business."""
    evil = "http://127.0.0.1:9/x"
    channel = (
        f'<atom:link rel="self" href="{evil}"/><atom:link rel="hub" href="{evil}"/><image><url>{evil}</url></image>'
    )
    channel += f'<atom:link rel="next" href="{evil}"/>'
    more = f'<comments>{evil}</comments><enclosure url="{evil}" type="audio/mpeg" length="1"/>'
    found, web = look("feed", rss(item(LINK, more=more), channel=channel))
    assert (urls(found), web.addresses) == ([LINK], [SOURCE])


def test_an_implausible_date_is_no_date() -> None:
    """A date before the web or far ahead says nothing about an article."""
    dates = ["Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 12 Jun 2099 10:00:00 GMT", "Sun, 22 Nov 2026 13:00:00 GMT"]
    found, _ = look("feed", rss(*(item(f"/article/{n}", date=date) for n, date in enumerate(dates))))
    assert {one.url[-1]: one.published for one in found.sightings} == {
        "0": None,
        "1": None,
        "2": NOW + timedelta(hours=1),
    }


# ------------------------------------------------------------------------------------------------ sitemap indexes


def test_an_index_is_followed_and_its_validators_are_not_kept() -> None:
    """An index that is unchanged says nothing about its sitemaps, so it is always asked whole."""
    answers: dict[str, Given] = {
        SOURCE: Answer(index("/a.xml", "/b.xml"), headers=MARKS),
        "https://example.com/a.xml": sitemap(*articles("12")),
        "https://example.com/b.xml": sitemap(*articles("23")),
    }
    found, web = look("sitemap", answers, state=state(etag='"1"'))
    assert sorted(urls(found)) == articles("123")
    assert found.etag is None
    assert [request.etag for request in web.asked] == ['"1"', None, None]


def test_each_sitemap_is_read_once() -> None:
    """An index that lists itself a hundred times is one request."""
    found, web = look("sitemap", index(*[SOURCE] * 100, f"{SOURCE}#x"))
    assert (web.addresses, found.sightings) == ([SOURCE], ())


def test_an_endless_tree_is_bounded() -> None:
    """Twenty new indexes in each index: the number a round asks for has an end, and it is said."""
    answers: dict[str, Given] = {SOURCE: index(*(f"/{n}.xml" for n in range(20)))}
    for n in range(500):
        answers[f"https://example.com/{n}.xml"] = index(*(f"/{(n + 1) * 20 + k}.xml" for k in range(20)))
    found, web = look("sitemap", answers)
    assert (len(web.asked), found.capped) == (rounds.MOST_SITEMAPS, "sitemaps")


def test_a_deep_tree_is_bounded() -> None:
    """Indexes below the third level are not asked for."""
    answers = {f"https://example.com/{n}.xml": index(f"/{n + 1}.xml") for n in range(10)}
    found, web = look("sitemap", {SOURCE: index("/0.xml"), **answers})
    assert (len(web.asked), found.capped) == (rounds.MOST_DEPTH, "depth")


def test_sitemaps_elsewhere_are_not_asked_for() -> None:
    """Only the outlet's hosts, and the host the index itself lies on."""
    elsewhere = index("https://cdn.example.net/own.xml", "http://127.0.0.1:9/x.xml", "https://other.example/x.xml")
    web = Web({"https://cdn.example.net/i.xml": elsewhere, "https://cdn.example.net/own.xml": sitemap(LINK)})
    source = Source("sitemap", "https://cdn.example.net/i.xml")
    found = asyncio.run(discover(OUTLET, source, None, web.get, NOW))
    assert web.addresses == ["https://cdn.example.net/i.xml", "https://cdn.example.net/own.xml"]
    assert (urls(found), found.skipped) == ([LINK], {"foreign-host": 2})


@pytest.mark.parametrize(
    "children",
    [
        [("/b.xml", "2026-11-20"), ("/a.xml", "2026-11-21"), ("/c.xml", "2025-01-01")],
        ["/2026-9.xml", "/2026-10.xml", "/2025-12.xml"],
        ["/s?yyyy=2026&amp;mm=11&amp;dd=21", "/s?yyyy=2026&amp;mm=11&amp;dd=22", "/s?yyyy=2026&amp;mm=1&amp;dd=23"],
        ["/map9.xml", "/map10.xml", "/map8.xml"],
    ],
    ids=["lastmod", "months", "days", "numbers"],
)
def test_the_newest_sitemaps_are_read_first(children: list[str | tuple[str, str]]) -> None:
    """By lastmod, else by the period in the name, else by the number in it."""
    web = Web({SOURCE: index(*children)})
    with pytest.raises(Failed, match="http-404"):
        asyncio.run(discover(OUTLET, Source("sitemap", SOURCE), None, web.get, NOW))
    names = [entry if isinstance(entry, str) else entry[0] for entry in children]
    expected = [names[1], names[0], names[2]]
    assert web.addresses[1:] == [f"https://example.com{name.replace('&amp;', '&')}" for name in expected]


def test_old_sitemaps_take_turns_behind_those_that_changed() -> None:
    """After a first look, sitemaps that seem unchanged are read a few a round, and all of them in time."""
    months = [f"/{year}-{month}.xml" for year in (2024, 2025) for month in range(1, 13)]
    answers: dict[str, Given] = {SOURCE: index("/2026-11.xml", *months)}
    answers |= {f"https://example.com{name}": sitemap(LINK) for name in ["/2026-11.xml", *months]}
    seen: set[str] = set()
    for hour in range(5):
        web = Web(answers)
        earlier = state(last_ok=NOW - timedelta(hours=1))
        when = NOW + timedelta(hours=hour)
        found = asyncio.run(discover(OUTLET, Source("sitemap", SOURCE), earlier, web.get, when))
        assert web.addresses[1] == "https://example.com/2026-11.xml"
        assert found.skipped["stale-sitemap"] == len(months) - rounds.STALE_A_ROUND
        seen |= set(web.addresses[2:])
    assert len(seen) == len(months)


def test_a_sitemap_that_cannot_be_had_costs_no_other() -> None:
    """What is missing or broken is counted by its reason."""
    answers: dict[str, Given] = {
        SOURCE: index("/a.xml", "/b.xml", "/c.xml"),
        "https://example.com/a.xml": sitemap(LINK),
        "https://example.com/b.xml": b"<html>",
    }
    found, _ = look("sitemap", answers)
    assert (urls(found), found.skipped) == ([LINK], {"http-404": 1, "not-a-sitemap": 1})


def test_an_index_of_nothing_but_trouble_is_trouble() -> None:
    """If no sitemap can be had, the round is a failure and not silence."""
    with pytest.raises(Failed, match="http-404"):
        look("sitemap", index("/a.xml", "/b.xml"))


def test_a_host_that_wants_to_rest_is_left_alone() -> None:
    """The round ends with what it has; without anything it says when to come back."""
    deferred = Deferred("https://example.com/b.xml", "retry-after", "", NOW)
    children = index("/a.xml", "/b.xml", "/c.xml")
    some: dict[str, Given] = {
        SOURCE: children,
        "https://example.com/c.xml": sitemap(LINK),
        "https://example.com/b.xml": deferred,
    }
    found, web = look("sitemap", some)
    assert (urls(found), found.capped, len(web.asked)) == ([LINK], "deferred", 3)
    with pytest.raises(Deferred):
        look("sitemap", some | {"https://example.com/c.xml": deferred})


def test_a_round_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sitemaps there are, one round takes only so many articles."""
    monkeypatch.setattr(rounds, "MOST_FOUND", 30)
    answers: dict[str, Given] = {SOURCE: index(*(f"/{n}.xml" for n in range(10)))}
    answers |= {f"https://example.com/{n}.xml": sitemap(*articles(range(n * 20, n * 20 + 20))) for n in range(10)}
    found, web = look("sitemap", answers)
    assert (len(found.sightings), found.capped, len(web.asked)) == (30, "items", 3)


def test_lastmods_that_are_always_now_change_nothing() -> None:
    """A lastmod orders, no more: the same articles are the same sightings."""
    entries = [located(url, "<lastmod>2026-11-22T12:00:00Z</lastmod>") for url in articles(range(5))]
    found, _ = look("sitemap", sitemap(*entries))
    assert (urls(found), {one.published for one in found.sightings}) == (articles(range(5)), {None})


# ------------------------------------------------------------------------------------------------ pages of a feed


def paged(count: int, items: Callable[[int], str]) -> dict[str, Given]:
    """A feed of `count` pages, each naming the next."""
    addresses = [SOURCE, *(f"{SOURCE}?page={n}" for n in range(1, count))]
    following = [f'<atom:link rel="next" href="?page={n}"/>' for n in range(1, count + 1)]
    return {url: rss(items(n), channel=following[n]) for n, url in enumerate(addresses)}


def test_pages_without_end_are_bounded() -> None:
    """Paging stops at a limit, and it is said."""
    found, web = look("feed", paged(50, lambda n: item(f"/article/{n}")))
    assert (len(web.asked), len(found.sightings), found.capped) == (rounds.MOST_PAGES, rounds.MOST_PAGES, "pages")


def test_pages_that_bring_nothing_new_end_the_round() -> None:
    """A next page with the same items is the last one that is asked for."""
    found, web = look("feed", paged(50, lambda _: item(LINK)))
    assert (len(web.asked), urls(found), found.capped) == (2, [LINK], None)


@pytest.mark.parametrize(
    ("date", "asked"), [("Sun, 22 Nov 2026 11:00:00 GMT", 4), ("Sun, 01 Nov 2026 11:00:00 GMT", 1), ("", 1)]
)
def test_next_pages_are_read_only_where_something_may_have_been_missed(date: str, asked: int) -> None:
    """If the oldest item of a page is older than the last look, what follows is known."""
    earlier = state(last_ok=NOW - timedelta(hours=1))
    _, web = look("feed", paged(3, lambda n: item(f"/article/{n}", date=date)), state=earlier)
    assert len(web.asked) == asked


# ------------------------------------------------------------------------------------------------ reading elsewhere


def test_reading_may_be_done_in_another_process() -> None:
    """The harvest and all it needs and gives can be pickled."""

    async def main() -> list[str]:
        web = Web({SOURCE: rss(item(LINK, date="Sun, 22 Nov 2026 11:00:00 GMT"))})
        return urls(await discover(OUTLET, Source("feed", SOURCE), None, web.get, NOW, to_process.run_sync))

    assert anyio.run(main) == [LINK]


def test_a_failure_in_another_process_keeps_its_reason() -> None:
    """What a parser refuses there is said here."""

    async def main() -> None:
        await discover(OUTLET, Source("feed", SOURCE), None, Web({SOURCE: b"<html>"}).get, NOW, to_process.run_sync)

    with pytest.raises(Failed, match="not-a-feed"):
        anyio.run(main)


@pytest.mark.parametrize("ending", [TimeoutError(), MemoryError(), anyio.BrokenWorkerProcess()])
def test_a_reader_that_was_ended_is_a_failure_of_the_source(ending: BaseException) -> None:
    """A document that takes too much time or memory is too heavy; nothing else is harmed."""

    async def ended(func: object, *args: object) -> None:
        raise ending

    with pytest.raises(Failed, match="too-heavy"):
        asyncio.run(discover(OUTLET, Source("feed", SOURCE), None, Web({SOURCE: rss()}).get, NOW, ended))  # type: ignore[arg-type]  # never returns


def test_an_outlets_identity_pattern_joins_addresses() -> None:
    """What the outlet's own number says is one article is one sighting."""
    outlet: Outlet = replace(OUTLET, identity=r"-(a\d+)$", witness="/pdf")
    links = ["/2024/06/12/one-slug-a85385", "/2024/06/13/other-slug-a85385", "/x-a85385/pdf", "/x-a85386"]
    found, _ = look("feed", rss(*map(item, links)), outlet=outlet)
    assert urls(found) == [f"https://example.com{links[0]}", f"https://example.com{links[3]}"]
