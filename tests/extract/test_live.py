"""Live pages are read entry by entry, whatever made them; and nothing else becomes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.article import Article
from scraper.model import Outlet, Rule
from tests.extract import live_pages, pages
from tests.extract.live_pages import NEWEST_FIRST, START, TEMPLATES, Post, Scene, Template, bare, clock, posts, told

ARABIC = (
    ("إغلاق الجسر", "أغلق الجسر القديم أمام حركة المرور عند الفجر بعدما بلغ الماء عوارضه السفلى في وسط المدينة."),
    ("المدرسة مغلقة", "يتلقى تلاميذ مدرسة الرصيف دروسهم في مبنى البلدية إلى أن تجف الأقبية تماما من المياه."),
    ("وصول مضخة", "وصلت مضخة من الوادي المجاور، كما تقول فرق الإطفاء، ويجري نصبها الآن عند الطاحونة القديمة."),
    ("عودة الكهرباء", "عادت الكهرباء إلى نحو 340 منزلا غربي السوق، بحسب بيان قصير صدر عن شركة المياه والكهرباء."),
)
JAPANESE = (
    (
        "橋が通行止め",
        "古い橋は夜明けに全面通行止めとなった。水位が橋桁の下まで達したためだと市の担当者は説明している。",
    ),
    ("学校は休校", "岸壁小学校の児童は、地下室が乾くまで市役所の会議室で授業を受けることになったと市が発表した。"),
    ("ポンプが到着", "隣の谷から大型のポンプが到着し、消防によると水車小屋の近くで設置作業が進められているという。"),
    ("停電が解消", "市場の西側の約340世帯で電気が復旧したと、水道電気局が短い知らせの中で明らかにしたところである。"),
)

STILL = Scene()


def expected(items: list[Post], *, newest_first: bool) -> list[tuple[str, ...]]:
    """What a snapshot prints of these entries."""
    rows = [
        (" · ".join(filter(None, (post.at.isoformat(" ", "minutes"), post.heading))), *post.texts) for post in items
    ]
    return rows[::-1] if newest_first else rows


def drawn(template: Template, scene: Scene = STILL, count: int = 6) -> Article:
    """A page of that make, as it is read."""
    return live_pages.read(template(posts(count), scene))


@pytest.mark.parametrize("name", sorted(set(NEWEST_FIRST) - {"script"}))
def test_entries_are_read_in_page_order_with_their_times(name: str) -> None:
    """Heading and time on one line, then the paragraphs; no advertisement, no button, no byline between them."""
    article = drawn(NEWEST_FIRST[name])
    assert article.kind == "live"
    assert told(article) == expected(posts(), newest_first=True)


def test_entries_without_a_date_keep_their_time_of_day() -> None:
    """The oldest first; no day is guessed."""
    article = drawn(clock)
    assert told(article) == [(" · ".join(filter(None, (f"{p.at:%H:%M}", p.heading))), *p.texts) for p in posts()]
    assert {block.at for block in article.blocks} == {None}


def test_entries_that_only_the_data_hold_are_taken_from_there() -> None:
    """Where a script would show them, and the page shows none; it is said so."""
    article = drawn(NEWEST_FIRST["script"])
    assert [entry[1:] for entry in told(article)] == [post.texts for post in reversed(posts())]
    assert article.origins["entries"] == "json-ld"


def test_what_readers_saw_counts_more_than_the_data() -> None:
    """The data hold sixty entries, the page shows the newest six."""
    shown = NEWEST_FIRST["full"](posts(60)[-6:], Scene())
    more = live_pages._data(posts(60), full=True)
    article = live_pages.read(shown.replace("</head>", more + "</head>"))
    assert len(told(article)) == 6
    assert article.origins["entries"] == "markup"


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - {"clock"}))
def test_an_entry_is_called_what_the_page_calls_it(name: str) -> None:
    """By its anchor, id or hook, the same at every visit."""
    names = {block.entry for block in drawn(TEMPLATES[name]).blocks if block.entry}
    assert names == {post.name for post in posts()}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_surroundings_and_the_hour_change_nothing(name: str) -> None:
    """Relative times tick, advertisements and counters change, another entry comes: the others read the same."""
    first = drawn(TEMPLATES[name])
    later = drawn(TEMPLATES[name], Scene(ticks=34, round_=5))
    grown = drawn(TEMPLATES[name], Scene(ticks=75, round_=9), count=8)
    assert later.text == first.text
    assert set(told(first)) < set(told(grown))
    assert [b.entry for b in later.blocks] == [b.entry for b in first.blocks]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_what_stands_above_the_entries_stays(name: str) -> None:
    """The introduction is no entry."""
    assert [block.text for block in drawn(TEMPLATES[name]).blocks if not block.entry] == [Scene().intro]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_fields_are_those_of_the_page_not_of_its_newest_entry(name: str) -> None:
    """Author and date stay as they are while entries come."""
    few, many = (drawn(TEMPLATES[name], count=count) for count in (5, 9))
    assert (few.authors, few.published, few.caption) == (many.authors, many.published, many.caption)


def test_a_live_page_in_arabic() -> None:
    """From right to left, with times said in words."""
    scene = Scene(
        "مباشر: الفيضان في المدينة السفلى", "نتابع التطورات منذ الصباح من الضفتين.", "ar", "rtl", "منذ {n} دقائق"
    )
    items = posts(4, ARABIC)
    assert told(live_pages.read(bare(items, scene))) == expected(items, newest_first=True)


def test_a_live_page_in_japanese() -> None:
    """Its clock has its own signs, its words no spaces."""
    scene = Scene("【速報】下町で洪水", "朝から下町が浸水している。両岸から一日を通して伝える。", "ja", ago="{n}分前")
    items = posts(4, JAPANESE)
    article = live_pages.read(clock(items, scene))
    assert told(article) == [(f"{p.at:%H:%M} · {p.heading}", *p.texts) for p in items]
    assert told(live_pages.read(bare(items, scene))) == expected(items, newest_first=True)


def test_an_outlet_rule_names_entries() -> None:
    """Where neither data nor times give them away."""
    boxes = "".join(f'<div class="bit"><p>{post.texts[0]}</p></div>' for post in posts())
    html = f"<html><head><title>Flood</title></head><body><main><h1>Flood</h1>{boxes}</main></body></html>"
    outlet = Outlet("paper.example", "Paper", "https://paper.example/", rules=(Rule("live", entries=("div.bit",)),))
    assert told(live_pages.read(html, outlet)) == [post.texts for post in posts()]
    assert live_pages.read(html).kind == "article"


def test_times_are_printed_in_the_outlets_zone() -> None:
    """Whatever zone the page's markup uses today."""
    outlet = Outlet("paper.example", "Paper", "https://paper.example/", timezone="Europe/Kyiv")
    utc = [replace(post, at=post.at.astimezone(UTC)) for post in posts()]
    one, other = (live_pages.read(bare(items, Scene()), outlet) for items in (posts(), utc))
    assert one.text == other.text
    assert "2026-03-01 12:20+02:00 · Level falls" in one.text


def test_the_first_entry_of_all_is_read_as_one() -> None:
    """A page that has just begun."""
    assert told(drawn(NEWEST_FIRST["full"], count=1)) == expected(posts(1), newest_first=True)


def test_two_entries_in_articles_are_no_teasers() -> None:
    """Short, linked headings, a paragraph each: what would be a card elsewhere."""
    assert told(drawn(NEWEST_FIRST["full"], count=2)) == expected(posts(2), newest_first=True)


def test_a_short_newest_entry_is_whole() -> None:
    """Nothing is lost for standing first on the page."""
    last = Post("post-9999", START + timedelta(hours=6), "", ("Kick-off", "It rains."))
    article = live_pages.read(bare([*posts(), last], Scene()))
    assert told(article)[0] == ("2026-03-01 14:00+01:00", "Kick-off", "It rains.")


# ------------------------------------------------------------------------------------------------ no live page

TIMELINE = "".join(
    f'<li id="t{n}"><time datetime="2026-02-{n:02d}T10:00">Feb {n}</time> The council met on day {n} for the pier.</li>'
    for n in range(3, 9)
)
COMMENTS = "".join(
    f'<div class="u{n}" id="c-{n}"><b>Reader {n}</b> <time datetime="2026-03-02T1{n}:00:00Z">{n} h ago</time>'
    f"<p>I have crossed that bridge every day for {n * 7} years and never saw a crack in it, nor did anybody.</p></div>"
    for n in range(9)
)
NEWS = "".join(
    f'<li><time datetime="2026-03-02T1{n}:00:00Z">1{n}:00</time> <a href="/n/{n}">Another thing happened in town'
    f" number {n} and nobody was there to see it</a></li>"
    for n in range(9)
)
CHRONICLE = [
    f"<h3>0{n}:15</h3><p>At that time the night watch walked over the bridge and saw nothing.</p>" for n in (2, 4)
]
MENTIONED = (
    f'<script type="application/ld+json">[{{"@type":"NewsArticle","headline":"x","url":"{pages.URL}"}},'
    '{"@type":"LiveBlogPosting","url":"https://paper.example/live/other"}]</script>'
)


@pytest.mark.parametrize(
    "html",
    [
        pages.page([*pages.PARAGRAPHS, f"<ul>{TIMELINE}</ul>"]),
        pages.page(below=f"<div>{COMMENTS}</div>"),
        pages.page(title="Live music returns to the harbour bridge", below=f"<section>{COMMENTS}</section>"),
        pages.page(below=f"<ul>{NEWS}</ul>"),
        pages.page([*pages.PARAGRAPHS, *CHRONICLE]),
        pages.page(head=MENTIONED),
    ],
    ids=["timeline", "comments", "comments-live", "news", "chronicle", "mentioned"],
)
def test_an_article_with_times_is_no_live_page(html: bytes) -> None:
    """A timeline, comments, other news, a chronicle of a night, another page that is live."""
    article = pages.read(html)
    assert (article.kind, {block.entry for block in article.blocks}) == ("article", {""})


def test_a_front_page_with_times_is_no_live_page() -> None:
    """Teasers with times lead elsewhere."""
    cards = "".join(
        f'<article id="a{n}"><time datetime="2026-03-02T1{n}:00:00Z">1{n}:00</time><h2><a href="/n/{n}">Thing number'
        f" {n} happened in the town</a></h2><p>A short account of thing {n}, with a place and a name.</p></article>"
        for n in range(9)
    )
    html = f"<html><head><title>Latest</title></head><body><main><h1>Latest</h1>{cards}</main></body></html>".encode()
    assert pages.read(html, "https://paper.example/latest/").kind != "live"


# ------------------------------------------------------------------------------------------------ hostile


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "yesterday", "", "5" * 70])
def test_no_time_breaks_reading(at: str) -> None:
    """Neither the end of the calendar nor nonsense."""
    outlet = Outlet("paper.example", "Paper", "https://paper.example/", timezone="Pacific/Kiritimati")
    html = NEWEST_FIRST["full"](posts(), Scene()).replace(START.isoformat(), at)
    assert told(live_pages.read(html, outlet))[-1][-1] == posts()[0].texts[0]


def test_a_page_of_nothing_but_marks_is_read_in_bounded_time() -> None:
    """Tens of thousands of times in one column, none of them an entry."""
    marks = '<div><time datetime="2026-03-01T10:00:00Z">10:00</time></div>' * 30_000
    article = live_pages.read(f"<html><head><title>Live</title></head><body>{marks}</body></html>")
    assert article.kind != "live"


def test_entries_nobody_told_apart_have_names_of_their_own() -> None:
    """The same id twice, as where a pinned entry stands again in its place."""
    items = posts()
    article = live_pages.read(bare([*items, items[0]], Scene()))
    assert len(told(article)) == len(items) + 1


def test_a_moment_with_zone_stands_beside_every_block_of_its_entry() -> None:
    """As an instant, to be compared with."""
    ats = {block.at for block in drawn(bare).blocks if block.entry == "post-7100"}
    assert ats == {datetime(2026, 3, 1, 7, tzinfo=UTC)}
