"""What captures of WARC files become: visits of their day, in their order, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from scraper.gather.describe import Wanted
from scraper.store.archive import FileArchive
from scraper.store.reindex import reindex
from tests.fakes import paged
from tests.gather.kit import NOW, PAPER, at, bring_into, said, warc, words
from tests.gather.shapes import (
    DAY,
    HOUR,
    PIER,
    Answer,
    browsertrix,
    per_record,
    plain,
    record,
    repeat,
    sha1,
    story,
)
from tests.store.kit import dumped, findings

pytestmark = pytest.mark.anyio
EDITED = "The mayor added on Tuesday that 5 boats had been lost, among them the oldest of the harbour."
LATER = "The work began on Friday, a week earlier than planned, with 12 divers and a crane of 80 tonnes."


@pytest.fixture
def anyio_backend() -> str:
    """As in production."""
    return "asyncio"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    """An empty archive; after the test everything in it has to be whole, and the catalogue the one the files give."""
    root = tmp_path / "archive"
    with FileArchive.open(root, create=True) as made:
        yield made
    assert findings(root) == []
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before


def answer(days: float, edit: str = "", **more: object) -> Answer:
    """The story as it stood so many days after the first capture."""
    return Answer(**{"body": story(edit), "at": at(days), **more})  # type: ignore[arg-type]  # fields of Answer


async def test_versions_come_in_the_order_of_dates(archive: FileArchive, tmp_path: Path) -> None:
    """Over all files that are given, with the dates of the captures."""
    files = [warc(answer(2, EDITED + LATER)), warc(answer(0), answer(1, EDITED))]
    assert words(await bring_into(archive, tmp_path / "w", *files)) == ["new", "edited", "edited"]
    (entry,) = archive.articles()
    assert [snapshot.captured_at for snapshot in archive.versions(entry.id)] == [at(0), at(1), at(2)]
    assert entry.first_seen == at(0)


async def test_a_second_run_adds_nothing(archive: FileArchive, tmp_path: Path) -> None:
    """Also of another file with the same records, and of records that are this archive's own."""
    data = warc(answer(0), answer(1, EDITED))
    await bring_into(archive, tmp_path / "w", data)
    before = dumped(archive.root)
    assert words(await bring_into(archive, tmp_path / "w", data)) == ["known", "known"]
    assert words(await bring_into(archive, tmp_path / "w", b"", data)) == ["known", "known"]
    own = [path.read_bytes() for path in archive.root.glob("warc/*/*/*")]
    assert words(await bring_into(archive, tmp_path / "w", *own)) == ["known", "known"]
    assert dumped(archive.root) == before


async def test_where_it_came_from_is_kept(archive: FileArchive, tmp_path: Path) -> None:
    """File, record and digest, in the record of the capture and in that of the visit."""
    await bring_into(archive, tmp_path / "w", warc(answer(0)))
    (entry,) = archive.articles()
    latest = archive.latest(entry.id)
    assert latest
    origin = archive.page(latest.capture).origin
    assert origin
    assert (origin.file, origin.digest[:7]) == ("0.warc.gz", "sha256:")
    assert origin.record_id == plain(answer(0)).split(b"WARC-Record-ID: ")[1].split(b"\r\n")[0].decode()


async def test_a_capture_of_before_is_kept_and_changes_nothing(archive: FileArchive, tmp_path: Path) -> None:
    """Versions never come between others, and what is older than a tombstone does not lift it."""
    await bring_into(archive, tmp_path / "w", warc(answer(5, EDITED)))
    told = await bring_into(archive, tmp_path / "w", warc(answer(1), answer(2, LATER), answer(6, EDITED + LATER)))
    assert words(told) == ["same: superseded", "same: superseded", "edited"]
    missing = [answer(days, status="404 Not Found") for days in (10, 11, 12)]
    assert words(await bring_into(archive, tmp_path / "w", warc(*missing))) == ["gone: http-404"] * 3
    assert words(await bring_into(archive, tmp_path / "w", warc(answer(8, EDITED)))) == ["same: superseded"]
    (entry,) = archive.articles()
    assert (entry.latest, entry.gone_since) == (1, at(10))


async def test_gone_is_confirmed_by_captures_and_lifted_by_one(archive: FileArchive, tmp_path: Path) -> None:
    """Three times 404 over more than a day; a page that comes back ends it."""
    missing = [answer(days, status="404 Not Found") for days in (3, 4, 5)]
    told = await bring_into(archive, tmp_path / "w", warc(answer(0), *missing, answer(9)))
    assert words(told) == ["new", *["gone: http-404"] * 3, "back"]
    assert [("confirmed" in each.outcome.flags) for each in told if each.outcome][1:4] == [False, False, True]
    assert len(list(archive.root.rglob("gone-*.json"))) == len(list(archive.root.rglob("back-*.json"))) == 1


async def test_what_is_gone_from_the_start_is_left_out(archive: FileArchive, tmp_path: Path) -> None:
    """An address that never was an article has nothing to lose."""
    told = await bring_into(archive, tmp_path / "w", warc(answer(0, status="404 Not Found"), answer(1, status="500 X")))
    assert words(told) == ["http-404", "http-500"]


async def test_redirects_are_hops(archive: FileArchive, tmp_path: Path) -> None:
    """Where the files have them: the address that was asked is another form of the article's."""
    short = "https://paper.example/s/17"
    moved = Answer(short, b"", at(0), "301 Moved Permanently", headers=(("Location", PIER),))
    told = await bring_into(archive, tmp_path / "w", warc(moved, answer(0.0001)))
    assert words(told) == ["new", "known"]
    (entry,) = archive.articles()
    latest = archive.latest(entry.id)
    assert latest
    assert [hop.url for hop in archive.page(latest.capture).hops] == [short]
    assert archive.find(short) == archive.find(PIER) == entry


async def test_an_article_that_leads_to_the_front_page_is_gone(archive: FileArchive, tmp_path: Path) -> None:
    """That is how many outlets delete; the front page itself is no article, however many lead there."""
    front = "https://paper.example/"
    led = [answer(days, status="302 Found", headers=(("Location", front),)) for days in (3, 4, 5)]
    fronts = [Answer(front, story("front"), each.at + HOUR / 60) for each in led]
    told = await bring_into(archive, tmp_path / "w", warc(answer(0), *led, *fronts))
    assert words(told) == ["new", *["gone: redirect-to-front", "not-article-path"] * 3]
    (entry,) = archive.articles()
    assert entry.gone_since == fronts[0].at
    again = await bring_into(archive, tmp_path / "w", warc(answer(0), *led, *fronts))
    assert set(words(again)) == {"known"}


async def test_redirects_that_lead_nowhere(archive: FileArchive, tmp_path: Path) -> None:
    """In a circle, out of the files, and to what is no article."""
    a, b, c = (f"https://paper.example/{name}" for name in "abc")
    led = [
        Answer(one, b"", at(0), "302 Found", headers=(("Location", two),)) for one, two in ((a, b), (b, a), (c, "/d"))
    ]
    assert words(await bring_into(archive, tmp_path / "w", warc(*led))) == ["redirect"] * 3


async def test_only_what_is_admitted_or_reads_as_an_article(archive: FileArchive, tmp_path: Path) -> None:
    """Of a listed outlet its addresses, of others whatever the judge of every fetch takes for an article."""
    listing = "".join(f'<li><a href="/{n}">Some headline of the day, number {n}</a></li>' for n in range(40)).encode()
    page = b"<html><head><title>News</title></head><body><h1>News</h1><ul>" + listing + b"</ul></body></html>"
    told = await bring_into(
        archive, tmp_path / "w",
        warc(
            Answer("https://paper.example/", story(), at(0)),
            Answer("https://paper.example/photo.jpg", story(), at(1)),
            Answer("https://other.example/", story(), at(2)),
            Answer("https://other.example/news/", page, at(3)),
            Answer("https://other.example/2024/a-story-about-the-pier", story(LATER), at(4)),
        ),
    )  # fmt: skip
    assert words(told)[:3] == ["not-article-path", "not-article-path", "front"]
    assert words(told)[3] in {"not-an-article", "empty"}
    assert (words(told)[4], told[4].outlet) == ("new", "other.example")


async def test_listed_articles_are_looked_at_again_and_others_not(archive: FileArchive, tmp_path: Path) -> None:
    """When their age asks for it, from now on: not all of an old archive at once, and with no validators of others."""
    headers = (("Content-Type", "text/html"), ("ETag", '"theirs"'))
    unlisted = Answer("https://other.example/2024/a-story-about-the-pier", story(), at(4))
    await bring_into(archive, tmp_path / "w", warc(answer(0, headers=headers), unlisted))
    row = archive.frontier.lookup(PIER, PAPER)
    assert row
    assert NOW + 40 * DAY < row.next_visit < NOW + 50 * DAY
    assert (row.etag, row.digest, row.last_visit) == (None, None, at(0))
    assert archive.frontier.lookup(unlisted.url) is None


async def test_repeats_are_resolved_in_the_archive(archive: FileArchive, tmp_path: Path) -> None:
    """A crawl of today refers to the one of last year, which was imported then."""
    first = plain(answer(0, warc={"WARC-Payload-Digest": sha1(story())}))
    await bring_into(archive, tmp_path / "w", per_record(first))
    again = repeat(first, at(3))
    by_digest = repeat(first, at(4), WARC_Refers_To="<urn:uuid:other>", WARC_Payload_Digest=sha1(story()))
    lost = repeat(first, at(5), WARC_Refers_To="<urn:uuid:other>", WARC_Payload_Digest=sha1(b"?"))
    told = await bring_into(archive, tmp_path / "w", per_record(again, by_digest, lost))
    assert words(told) == ["same", "same", "unresolved"]


async def test_not_modified_says_that_nothing_changed(archive: FileArchive, tmp_path: Path) -> None:
    """Of an article that is known; of another it says nothing."""
    profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    head = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    known = record("revisit", head, at(1), PIER, WARC_Profile=profile)
    other = record("revisit", head, at(2), "https://paper.example/2024/another-one", WARC_Profile=profile)
    told = await bring_into(archive, tmp_path / "w", per_record(plain(answer(0)), known, other))
    assert words(told) == ["new", "same", "http-304"]


async def test_half_an_article_is_believed_at_the_second_look(archive: FileArchive, tmp_path: Path) -> None:
    """What visits remember of each other they remember across captures too, also when an import was cut short between
    them."""
    half = story().replace(b"<p>Fishermen", b"<!--").replace(b"</article>", b"--></article>")
    shrunk = [Answer(PIER, half, at(days)) for days in (1, 2)]
    assert words(await bring_into(archive, tmp_path / "w", warc(answer(0), shrunk[0])))[1].startswith(
        ("partial", "edited")
    )
    whole = [answer(0), *shrunk]
    told = await bring_into(archive, tmp_path / "w", warc(*whole))
    with FileArchive.open(tmp_path / "at-once", create=True) as other:
        at_once = await bring_into(other, tmp_path / "v", warc(*whole))
    assert words(at_once)[2] == words(told)[2]
    assert said(archive.root) == said(tmp_path / "at-once")


async def test_pages_of_an_article_come_together(archive: FileArchive, tmp_path: Path) -> None:
    """Where an outlet's file says how: the second page is asked of the files, and is none of its own."""
    url = "https://paged.example/2024/a-long-story"
    texts = (
        "The first page tells how it began, at some length.|And more of it.",
        "The second page tells how it ended, too.|So it did.",
    )
    made = paged(*texts, url=url)
    bodies = [str(made[place]).replace('class="pager-next"', 'class="next"') for place in made]
    answers = [
        Answer(place, body.encode(), at(n / 1000)) for n, (place, body) in enumerate(zip(made, bodies, strict=True))
    ]
    told = await bring_into(archive, tmp_path / "w", warc(*answers))
    (entry,) = archive.articles()
    latest = archive.latest(entry.id)
    assert latest
    assert "how it ended" in latest.article.body
    assert len(latest.further) == 1
    assert words(told)[0] == "new"


async def test_a_page_that_was_not_captured_makes_no_half(archive: FileArchive, tmp_path: Path) -> None:
    """All of an article or nothing of it."""
    url = "https://paged.example/2024/a-long-story"
    body = str(paged("The first page.|With more.", "The second page.", url=url)[url]).replace("pager-next", "next")
    told = await bring_into(archive, tmp_path / "w", warc(Answer(url, body.encode(), at(0))))
    assert [each.outcome.reason for each in told if each.outcome] == ["pages: page 2: not-captured"]
    assert list(archive.articles()) == []


async def test_filters_leave_out_and_still_resolve(archive: FileArchive, tmp_path: Path) -> None:
    """A repeat within the dates may stand for a record before them."""
    first = plain(answer(0))
    again = repeat(first, at(3))
    wanted = Wanted(since=at(2), until=at(4), url=lambda url: "paper.example" in url)
    outside = [answer(5, EDITED), Answer("https://other.example/2024/a-story-of-others", story(), at(3))]
    told = await bring_into(archive, tmp_path / "w", per_record(first, again, *map(plain, outside)), wanted=wanted)
    assert [(each.found.at, word) for each, word in zip(told, words(told), strict=True)] == [(at(3), "new")]


async def test_a_browser_and_a_crawler_see_one_article(archive: FileArchive, tmp_path: Path) -> None:
    """Captures of several programs are one history, and other surroundings make no version."""
    seen = Answer(PIER, story(banner="Another banner"), at(1))
    told = await bring_into(archive, tmp_path / "w", per_record(*browsertrix(seen)), warc(answer(0), answer(2, EDITED)))
    assert words(told) == ["new", "same", "edited"]


def test_an_import_in_two_halves_is_the_same(tmp_path: Path) -> None:
    """Whatever was brought before the second half began."""
    captures = [answer(0), answer(1, EDITED), answer(2, EDITED), answer(3, LATER), answer(4, status="404 Not Found")]
    for cut in range(1, len(captures)):
        halves = (captures[:cut], captures)
        for name, runs in (("whole", halves[1:]), ("halves", halves)):
            with FileArchive.open(tmp_path / f"{name}{cut}", create=True) as made:
                for run in runs:
                    anyio.run(bring_into, made, tmp_path / "w", warc(*run))
        assert said(tmp_path / f"whole{cut}") == said(tmp_path / f"halves{cut}")


async def test_a_redirect_whose_body_was_not_kept(archive: FileArchive, tmp_path: Path) -> None:
    """It leads all the same; and where its end says itself how it was reached, it comes with that."""
    asked = "https://paper.example/s/17"
    headers = (("Location", PIER), ("Content-Length", "500"))
    moved = Answer(asked, b"", at(0), "301 Moved", headers=headers, warc={"WARC-Truncated": "unspecified"})
    told = json.dumps({"asked": asked, "hops": [{"url": asked, "status": 301, "location": PIER}]})
    reached = answer(0, warc={"WARC-JSON-Metadata": told})
    assert sorted(words(await bring_into(archive, tmp_path / "w", warc(reached, moved)))) == ["new", "redirect"]
    assert words(await bring_into(archive, tmp_path / "w", warc(moved, answer(1)))) == ["redirect", "same"]
    with FileArchive.open(tmp_path / "other", create=True) as other:
        assert words(await bring_into(other, tmp_path / "w", warc(moved, answer(0)))) == ["new", "known"]
