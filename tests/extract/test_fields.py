"""Each field is read from the best place that gives it, says where from, and is left out when nobody gives it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from scraper.model import Rule
from tests.extract.pages import PARAGRAPHS, TITLE, URL, ld, outlet, page, read, texts

CET = timezone(timedelta(hours=1))


def meta(**named: str) -> str:
    return "".join(f'<meta property="{key.replace("__", ":")}" content="{value}">' for key, value in named.items())


# ------------------------------------------------------------------------------------------------ headline


def test_the_visible_headline_is_taken_without_the_site_name() -> None:
    article = read(page(head=meta(og__title=f"{TITLE} | The Harbour Paper", og__site_name="The Harbour Paper")))
    assert (article.title, article.origins["title"]) == (TITLE, "h1")


def test_quotes_stay_as_the_visible_headline_prints_them() -> None:
    article = read(
        page(title="Bridge ‘will hold’, engineers say", head=ld(headline="Bridge 'will hold', engineers say"))
    )
    assert article.title == "Bridge ‘will hold’, engineers say"


def test_where_the_heading_says_something_else_the_declared_headline_stands() -> None:
    html = page(head=ld(headline="Two winters without a bridge")).replace(
        f"<h1>{TITLE}".encode(), b"<h1>The Harbour Paper"
    )
    assert read(html).title == "Two winters without a bridge"


def test_a_headline_in_parts_keeps_the_marks_between_them() -> None:
    html = page(title="Harbour: “We were told one summer”", head=ld(headline="Harbour: “We were told one summer”"))
    split = html.replace(b"<h1>Harbour: ", b"<h1><span>Harbour</span> ")
    assert read(split).title == "Harbour: “We were told one summer”"


def test_the_number_of_unread_messages_is_no_part_of_the_headline() -> None:
    assert read(page(title=f"(3) {TITLE}")).title == TITLE


def test_a_page_without_any_headline_has_none() -> None:
    assert read(b"<html><body>" + b"".join(f"<p>{p}</p>".encode() for p in PARAGRAPHS)).title is None


# ------------------------------------------------------------------------------------------------ authors


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "Ida Krol"}, ("Ida Krol",)),
        ([{"name": "Ida Krol"}, {"name": "Ole Berg"}], ("Ida Krol", "Ole Berg")),
        ("By Ida Krol and Ole Berg, City Editor", ("Ida Krol", "Ole Berg")),
        ("Von Ida Krol und Ole Berg", ("Ida Krol", "Ole Berg")),
        (["Ida Krol (ik)", "ida@paper.example"], ("Ida Krol",)),
        ([{"name": "The Harbour Paper"}, {"name": "Ida Krol"}], ("Ida Krol",)),
        ({"name": "The Harbour Paper news desk"}, ("The Harbour Paper news desk",)),
        ("https://social.example/harbourpaper", ()),
        ({"name": ["Ida Krol", None, 7, {"name": {}}]}, ("Ida Krol",)),
        ("admin", ()),
        (17, ()),
    ],
)
def test_authors_are_people_or_desks(author: object, names: tuple[str, ...]) -> None:
    assert read(page(head=meta(og__site_name="The Harbour Paper") + ld(headline=TITLE, author=author))).authors == names


def test_an_author_by_reference_is_looked_up() -> None:
    person = '<script type="application/ld+json">{"@graph":[{"@type":"Person","@id":"#ik","name":"Ida Krol"}]}</script>'
    assert read(page(head=person + ld(headline=TITLE, author={"@id": "#ik"}))).authors == ("Ida Krol",)


def test_a_printed_byline_counts_where_none_is_declared_and_is_no_body() -> None:
    article = read(page(above="<div><p>By Ida Krol</p><p>4 March 2026, 14:05</p></div>"))
    assert (article.authors, article.published) == (("Ida Krol",), datetime(2026, 3, 4, 14, 5))  # noqa: DTZ001 - none printed
    assert texts(article) == list(PARAGRAPHS)


def test_a_site_that_signs_itself_is_the_author_only_where_no_person_is() -> None:
    site = meta(og__site_name="The Harbour Paper", article__author="The Harbour Paper")
    assert read(page(head=site)).authors == ("The Harbour Paper",)
    assert read(page(head=site, above="<p>By Ida Krol</p>")).authors == ("Ida Krol",)


def test_an_outlet_that_signs_with_its_own_name_says_nothing() -> None:
    assert read(page(head=meta(article__author="The Harbour Paper")), outlet=outlet()).authors == ()


def test_nobody_is_made_an_author_by_guessing() -> None:
    article = read(page())
    assert article.authors == ()
    assert "authors" not in article.origins


def test_the_byline_of_an_appended_article_is_not_taken() -> None:
    below = '</article><article><h1>Another story</h1><div class="byline">By Someone Else</div><p>Text.</p>'
    assert read(page(below=below)).authors == ()


# ------------------------------------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-03-02T09:30:00+01:00", datetime(2026, 3, 2, 9, 30, tzinfo=CET)),
        ("2026-03-02T08:30:00.123Z", datetime(2026, 3, 2, 8, 30, 0, 123000, tzinfo=UTC)),
        ("2026-03-02T0930+0100", datetime(2026, 3, 2, 9, 30, tzinfo=CET)),
        ("2026-03-02 09:30", datetime(2026, 3, 2, 9, 30)),  # noqa: DTZ001 - the page gives no zone
        ("Mon, 02 Mar 2026 09:30:00 +0100", datetime(2026, 3, 2, 9, 30, tzinfo=CET)),
        ("1772440200", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("1772440200000", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("2026-03-02", date(2026, 3, 2)),
    ],
)
def test_a_declared_moment_keeps_what_it_says(text: str, when: datetime | date) -> None:
    assert read(page(head=ld(headline=TITLE, datePublished=text))).published == when


def test_a_time_without_zone_is_the_outlets() -> None:
    article = read(page(head=ld(headline=TITLE, datePublished="2026-03-02T09:30:00")), outlet=outlet())
    assert article.published == datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Europe/Prague"))
    assert article.timezone == "Europe/Prague"


@pytest.mark.parametrize(
    "text",
    ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"],
)
def test_a_date_no_article_can_have_is_dropped_and_flagged(text: str) -> None:
    article = read(page(head=ld(headline=TITLE, datePublished=text)), url="https://paper.example/bridge")
    assert article.published is None
    assert "implausible-date" in article.flags


@pytest.mark.parametrize(
    "text",
    ["10000-01-01T00:00:00Z", "-271821-04-20T00:00:00Z", "2024-05-06T07:08:09+99:99", "2024-05\x0006", "soon", ""],
)
def test_what_is_no_date_is_no_date(text: str) -> None:
    assert read(page(head=ld(headline=TITLE, datePublished=text)), url="https://paper.example/bridge").published is None


def test_the_time_of_day_is_found_where_only_another_place_gives_it() -> None:
    head = ld(headline=TITLE, datePublished="2026-03-02") + meta(article__published_time="2026-03-02T09:30:00+01:00")
    article = read(page(head=head))
    assert article.published == datetime(2026, 3, 2, 9, 30, tzinfo=CET)
    assert article.origins["published"] == "meta article:published_time"


def test_the_day_in_the_address_counts_last() -> None:
    article = read(page(), url="https://paper.example/2026/03/04/bridge")
    assert (article.published, article.origins["published"]) == (date(2026, 3, 4), "url")


def test_a_day_that_could_be_read_in_two_ways_is_not_read() -> None:
    assert read(page(above="<p>3/4/2026</p>"), url="https://paper.example/bridge").published is None


def test_a_date_in_words_is_read_in_other_languages() -> None:
    for line, day in {"12 червня 2025 року": 12, "le 7 août 2025": 7, "3. Dezember 2025": 3, "2025年4月9日": 9}.items():
        when = read(page(above=f'<div class="date">{line}</div>'), url="https://paper.example/x").published
        assert isinstance(when, date)
        assert when.day == day, line


def test_modification_is_kept_apart_from_publication() -> None:
    head = ld(headline=TITLE, datePublished="2026-03-02T09:30:00Z", dateModified="2026-03-03T10:00:00Z")
    assert read(page(head=head)).modified == datetime(2026, 3, 3, 10, tzinfo=UTC)


# ------------------------------------------------------------------------------------------------ the lead


def test_the_lead_pictures_caption_and_credit_are_kept_apart_from_the_body() -> None:
    caption = "<figcaption><span>The ramp on Monday.</span><span>Ole Berg</span></figcaption>"
    article = read(page(above=f'<figure><img src="/b.jpg">{caption}</figure>'))
    assert article.caption == "The ramp on Monday. Ole Berg"
    assert texts(article) == list(PARAGRAPHS)


def test_a_picture_further_down_is_not_the_lead() -> None:
    figure = "<figure><img src='/b.jpg'><figcaption>Gulls over the market.</figcaption></figure>"
    assert read(page([*PARAGRAPHS[:4], figure, *PARAGRAPHS[4:]])).caption is None


def test_the_line_under_the_headline_is_the_subtitle_and_no_body() -> None:
    dek = "Eleven million crowns, two winters, and a ferry that refuses to go"
    article = read(page(above=f'<p class="story-dek">{dek}</p>'))
    assert (article.subtitle, texts(article)) == (dek, list(PARAGRAPHS))


def test_a_first_paragraph_that_is_also_the_description_stays_in_the_body() -> None:
    article = read(page(head=f'<meta name="description" content="{PARAGRAPHS[0]}">'))
    assert (article.subtitle, texts(article)) == (None, list(PARAGRAPHS))


# ------------------------------------------------------------------------------------------------ about


def test_language_site_section_keywords_and_image_are_read() -> None:
    head = ld(
        headline=TITLE, articleSection="City", keywords="bridge, harbour, bridge", image={"url": "/b.jpg"},
        publisher={"@type": "Organization", "name": "The Harbour Paper"}, inLanguage="en_gb",
    )  # fmt: skip
    article = read(page(head=head).replace(b'lang="en"', b""))
    assert (article.language, article.site, article.section) == ("en-GB", "The Harbour Paper", "City")
    assert (article.keywords, article.image) == (("bridge", "harbour"), "https://paper.example/b.jpg")


def test_an_outlets_language_counts_where_the_page_declares_none() -> None:
    article = read(page().replace(b'lang="en"', b'lang="none at all"'), outlet=outlet(language="cs"))
    assert (article.language, article.origins["language"]) == ("cs", "outlet")


# ------------------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("claim", "taken"),
    [
        ("https://paper.example/2026/03/bridge-final/", "https://paper.example/2026/03/bridge-final/"),
        ("/2026/03/bridge-final/?utm_source=x", "https://paper.example/2026/03/bridge-final/"),
        ("https://elsewhere.example/bridge", URL),
        ("https://paper.example/", URL),
        ("javascript:alert(1)", URL),
        ("http://127.0.0.1/admin", URL),
        ("", URL),
    ],
)
def test_a_canonical_address_is_believed_on_the_same_site_only(claim: str, taken: str) -> None:
    assert read(page(head=f'<link rel="canonical" href="{claim}">'), f"{URL}?utm_medium=feed").canonical_url == taken


def test_other_claimed_addresses_are_recorded_and_not_believed() -> None:
    head = '<link rel="canonical" href="https://elsewhere.example/b"><link rel="amphtml" href="/amp/b">'
    article = read(page(head=head))
    assert article.claims == ("https://elsewhere.example/b", "https://paper.example/amp/b")


# ------------------------------------------------------------------------------------------------ rules


def test_a_field_rule_wins_over_everything_and_says_so() -> None:
    rule = Rule("fields", fields={"title": ".kicker", "authors": "meta[name=writer]@content"})
    html = page(head='<meta name="writer" content="Ida Krol">', above='<div class="kicker">The bridge is back</div>')
    article = read(html, outlet=outlet(rule))
    assert (article.title, article.authors) == ("The bridge is back", ("Ida Krol",))
    assert (article.origins["title"], article.origins["authors"]) == ("rule", "rule")


def test_an_outlets_own_field_rule_wins_over_its_presets() -> None:
    rules = (Rule("preset", fields={"title": "h1"}), Rule("own", fields={"title": ".kicker"}))
    assert (
        read(page(above='<div class="kicker">The bridge is back</div>'), outlet=outlet(*rules)).title
        == "The bridge is back"
    )


def test_a_rule_that_points_nowhere_leaves_the_field_to_the_page() -> None:
    assert read(page(), outlet=outlet(Rule("gone", fields={"title": ".old-headline"}))).title == TITLE
