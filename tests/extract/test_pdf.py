"""What a printed page says, read back: fields, paragraphs, and what is refused."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from scraper.article import Article
from scraper.errors import ExtractError
from scraper.extract import pdf as door
from scraper.extract.pdf import read_pdf
from scraper.model import Outlet, Rule
from tests.extract.pdfs import LINE, Text, lines, pdf, raw, shifted

URL = "https://www.news.example/2024/05/14/a-bridge-closes-a77/pdf"
OUTLET = Outlet("news.example", "The News", "https://www.news.example/", "en", "Europe/Kyiv", witness="/pdf")
BODY = (
    "The old bridge over the Sula will be closed to traffic from Monday, the",
    "district council said, after divers found a crack in its second pier.",
)
MORE = ("Buses will turn back at the mill, and the ferry will run twice an hour.",)
HEAD = lines("A Bridge Closes", size=24, style="B", y=80)


def read(*pages: list[Text], url: str = URL, outlet: Outlet | None = None, **properties: str) -> Article:
    return read_pdf(pdf(*pages, **properties), url, outlet)


def sheet(*between: Text) -> list[Text]:
    """A headline, what is given, and two paragraphs of body."""
    return [*HEAD, *between, *lines(*BODY, y=200), *lines(*MORE, y=260)]


def reason(page: bytes) -> str:
    with pytest.raises(ExtractError) as caught:
        read_pdf(page, URL)
    return caught.value.reason


# ------------------------------------------------------------------------------------------------ fields


def test_the_largest_type_is_the_headline_and_lines_are_joined_to_paragraphs() -> None:
    article = read(sheet())
    assert article.title == "A Bridge Closes"
    assert [block.text for block in article.blocks] == [" ".join(BODY), MORE[0]]


def test_a_headline_of_two_lines_is_one() -> None:
    article = read(
        [*lines("A Bridge Closes, and a", "Ferry Comes Back", size=24, style="B", lead=30, y=60), *sheet()[1:]]
    )
    assert article.title == "A Bridge Closes, and a Ferry Comes Back"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("By Ann Lee and Bo Ek", ("Ann Lee", "Bo Ek")),
        ("von Anna Bär", ("Anna Bär",)),
    ],
)
def test_a_printed_byline_gives_the_authors(line: str, authors: tuple[str, ...]) -> None:
    article = read(sheet(Text(line, 50, 120, 10)))
    assert (article.authors, article.origins["authors"]) == (authors, "print")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("May 14, 2024", date(2024, 5, 14)),
        ("Tuesday, 14 May 2024", date(2024, 5, 14)),
        ("Published on May 14, 2024", date(2024, 5, 14)),
        ("14. Mai 2024", date(2024, 5, 14)),
        ("14 de mayo de 2024", date(2024, 5, 14)),
        ("14.05.2024", date(2024, 5, 14)),
        ("2024-05-14", date(2024, 5, 14)),
        ("14/05/2024", date(2024, 5, 14)),
    ],
)
def test_a_printed_date_is_the_day_of_publication(line: str, day: date) -> None:
    article = read(sheet(Text(line, 50, 120, 10)), url="https://news.example/a")
    assert (article.published, len(article.blocks)) == (day, 2)


def test_a_printed_time_of_day_is_in_the_outlets_zone() -> None:
    article = read(sheet(Text("May 14, 2024 9:30 PM", 50, 120, 10)), outlet=OUTLET)
    assert article.published == datetime(2024, 5, 14, 21, 30, tzinfo=ZoneInfo("Europe/Kyiv"))


def test_a_date_that_could_be_two_days_is_not_guessed() -> None:
    article = read(sheet(Text("04/05/2024", 50, 120, 10)), url="https://news.example/a")
    assert article.published is None


def test_names_and_date_may_share_a_line() -> None:
    article = read(sheet(Text("by Ann Lee and Bo Ek, May 13, 2024 2:51 PM", 50, 120, 10)), outlet=OUTLET)
    assert article.authors == ("Ann Lee", "Bo Ek")
    assert article.day == date(2024, 5, 13)


def test_an_update_is_not_the_publication() -> None:
    article = read(sheet(Text("May 14, 2024", 50, 110, 10), Text("Updated: May 15, 2024", 50, 126, 10)))
    assert (article.published, article.modified) == (date(2024, 5, 14), date(2024, 5, 15))


def test_a_paragraph_that_names_a_date_is_body() -> None:
    text = "The crack was seen first on May 3, 2024, by a diver who had lost an anchor."
    article = read([*HEAD, *lines("May 14, 2024", y=110, size=10), *lines(text, y=150), *lines(*BODY, y=200)])
    assert [block.text for block in article.blocks] == [text, " ".join(BODY)]


def test_what_stands_between_headline_and_byline_is_the_subtitle() -> None:
    article = read(sheet(Text("Divers found a crack", 50, 110, 12), Text("By Ann Lee", 50, 140, 10)))
    assert (article.subtitle, article.authors) == ("Divers found a crack", ("Ann Lee",))


def test_small_print_with_a_bold_credit_is_the_caption() -> None:
    credit = [Text("The second pier of the bridge. ", 50, 150, 9), Text("Ann Lee / Foto", 190, 150, 9, "B")]
    article = read(sheet(Text("May 14, 2024", 50, 110, 10), *credit))
    assert article.caption == "The second pier of the bridge. Ann Lee / Foto"
    assert len(article.blocks) == 2


def test_the_printed_address_is_canonical_if_it_is_of_the_same_site() -> None:
    address = "https://news.example/2024/05/14/a-bridge-closes-a77"
    article = read([*sheet(), *lines("Original url:", address, y=400, size=10)])
    assert (article.canonical_url, article.origins["canonical_url"]) == (address, "printed address")


def test_an_address_cut_at_a_line_end_is_put_together() -> None:
    cut = ("Original url:", "https://news.example/2024/05/14/a-bridge-", "closes-a77")
    article = read([*sheet(), *lines(*cut, y=400, size=10)])
    assert article.canonical_url == "https://news.example/2024/05/14/a-bridge-closes-a77"


def test_the_printed_address_of_another_site_is_a_claim() -> None:
    article = read([*sheet(), *lines("Original url: https://copy.example.org/a77", y=400, size=10)], outlet=OUTLET)
    assert article.claims == ("https://copy.example.org/a77",)
    assert article.canonical_url == URL.removesuffix("/pdf")


def test_what_is_printed_behind_the_address_stays() -> None:
    article = read(
        [*sheet(), *lines("Original url: https://news.example/a77", y=400), *lines("One more thing.", y=440)]
    )
    assert (article.blocks[-1].text, article.canonical_url) == ("One more thing.", "https://news.example/a77")


def test_a_date_above_the_headline_counts() -> None:
    article = read([Text("May 14, 2024", 50, 50, 10), Text("TOWN AND COUNTRY", 50, 25, 10), *sheet()])
    assert (article.published, article.title, len(article.blocks)) == (date(2024, 5, 14), "A Bridge Closes", 2)


def test_a_related_article_is_dropped_and_said() -> None:
    article = read([*sheet(), *lines("Related article: The Ferry Is Back", y=300), *lines("That is all.", y=340)])
    assert [block.text for block in article.blocks] == [" ".join(BODY), MORE[0], "That is all."]
    assert [(d.rule, d.text) for d in article.dropped] == [("pdf:related", "Related article: The Ferry Is Back")]


def test_an_outlets_own_words_are_dropped_by_its_rule() -> None:
    outlet = Outlet("news.example", "The News", "https://news.example/", rules=(Rule("offers", drop_text=("Buy .*",)),))
    article = read([*sheet(), *lines("Buy a print", y=300)], outlet=outlet)
    assert ("offers", "Buy a print") in [(d.rule, d.text) for d in article.dropped]


def test_a_logo_set_in_type_is_no_headline() -> None:
    article = read([Text("THE NEWS", 50, 40, 40, "B"), *sheet()], outlet=OUTLET)
    assert article.title == "A Bridge Closes"


def test_properties_count_only_where_nothing_is_printed() -> None:
    page = [*lines("May 14, 2024", size=12), *lines(*BODY, y=200)]
    article = read(page, title="A Bridge Closes", author="The News", lang="en-GB", outlet=OUTLET)
    assert (article.title, article.origins["title"]) == ("A Bridge Closes", "pdf properties")
    assert (article.authors, article.site, article.language) == ((), "The News", "en-GB")


def test_a_file_name_is_no_headline() -> None:
    assert read(lines(*BODY), title="Microsoft Word - bridge2.docx").title is None


def test_subheadings_and_lists_keep_their_kind() -> None:
    page = [
        *sheet(),
        *lines("What Happens Now", y=300, style="B"),
        *lines("• The mill road is closed", "• The ferry runs", y=320),
    ]
    kinds = [(block.kind, block.text) for block in read(page).blocks[2:]]
    assert kinds == [
        ("subheading", "What Happens Now"),
        ("item", "The mill road is closed"),
        ("item", "The ferry runs"),
    ]


# ------------------------------------------------------------------------------------------------ places


def test_running_heads_and_page_numbers_are_dropped() -> None:
    def page(number: int, texts: list[Text]) -> list[Text]:
        return [Text("The News, 14 May", 50, 30, 9), *texts, Text(f"{number} / 2", 280, 820, 9)]

    article = read(page(1, sheet()), page(2, lines("The council meets again on Thursday.", y=80)))
    assert [block.text for block in article.blocks][-1] == "The council meets again on Thursday."
    assert {d.rule for d in article.dropped} == {"pdf:running"}


def test_the_same_words_elsewhere_on_two_pages_stay() -> None:
    first = [*sheet(), *lines("The ferry is free.", y=400)]
    second = [
        *lines("Some of it was said twice.", y=80),
        *shifted(sheet()[1:], 40),
        *lines("The ferry is free.", y=600),
    ]
    assert read(first, second).body.count("The ferry is free.") == 2


def test_a_paragraph_cut_by_the_page_break_is_one() -> None:
    cut = ("The council had asked for two opinions before it agreed to a Poltava-", "drafted plan to mend the pier.")
    article = read([*sheet(), *lines(cut[0], y=700)], lines(cut[1], y=60))
    assert article.blocks[-1].text == "".join(cut)


def test_two_columns_are_read_one_after_the_other() -> None:
    left = ["Nobody in the village", "was surprised. For years", "the pier had leaned, and", "children bet on it. On"]
    right = [
        "Sunday the bets were",
        "off: the council nailed",
        "two planks across, and",
        "the ferryman, who had",
        "waited, smiled.",
    ]
    page = [*HEAD, *lines(*left, y=150), *lines(*right, x=300, y=150)]
    assert read(page).body == " ".join([*left, *right])


def test_a_turned_watermark_is_not_text() -> None:
    assert "DRAFT" not in read([*sheet(), Text("DRAFT", 300, 400, 60, angle=45)]).body


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(turn: int) -> None:
    matrix = {90: "0 1 -1 0 500 50", 180: "-1 0 0 -1 500 700", 270: "0 -1 1 0 100 700"}[turn]
    content = f"BT /F1 12 Tf {matrix} Tm (First comes this line, which is long,) Tj 0 -16 Td (then that.) Tj ET"
    article = read_pdf(raw(content.encode(), page=b"/Rotate %d " % turn), URL)
    assert article.body == "First comes this line, which is long, then that."


def test_text_beyond_the_edge_of_the_page_is_not_shown() -> None:
    content = LINE + b" BT /F1 12 Tf 50 1900 Td (Nobody sees this.) Tj ET"
    assert "Nobody" not in read_pdf(raw(content), URL).body


# ------------------------------------------------------------------------------------------------ hostile files


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (b"<html><body>Not found</body></html>", "bad-pdf"),
        (b"%PDF-1.4\n", "bad-pdf"),
        (raw()[: len(raw()) // 2], "bad-pdf"),
        (raw(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "bad-pdf"),
        (pdf(lines(*BODY), password="secret"), "encrypted"),
        (raw(b"q 10 0 0 10 0 0 cm Q"), "not-text"),
        (raw(b" " * 10_000_000, packed=3), "not-text"),
    ],
    ids=["html", "nothing", "cut", "loop", "password", "no-text", "packed-thrice"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(page: bytes, word: str) -> None:
    assert reason(page) == word


def test_a_damaged_file_is_read_or_refused_and_nothing_else() -> None:
    whole = pdf(sheet())
    for n in range(60):
        rng = Random(n)
        page = bytearray(whole)
        for _ in range(rng.choice((1, 4, 30))):
            page[rng.randrange(len(page))] = rng.randrange(256)
        with contextlib.suppress(ExtractError):
            assert read_pdf(bytes(page[: rng.randint(len(page) // 2, len(page))]), URL).url == URL


def test_a_file_that_only_forbids_printing_is_read() -> None:
    assert read_pdf(pdf(lines(*BODY), password=""), URL).body == " ".join(BODY)


def test_a_page_with_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_OBJECTS", 50)
    assert reason(raw(b"BT /F1 12 Tf 50 700 Td " + b"(a) Tj " * 60 + b"ET")) == "too-heavy"


def test_a_count_of_two_billion_pages_is_not_believed() -> None:
    article = read_pdf(raw(pages=b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"), URL)
    assert (len(article.blocks), article.flags) == (1, ())


def test_more_pages_than_the_limit_are_left_out_and_flagged() -> None:
    pages = b"<< /Type /Pages /Kids [" + b"3 0 R " * 1000 + b"] /Count 1000 >>"
    article = read_pdf(raw(pages=pages), URL)
    assert article.flags == ("truncated",)
    assert article.body.count("A plain line") == door.MAX_PAGES


def test_more_characters_than_the_limit_are_left_out_and_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_CHARACTERS", 20)
    article = read_pdf(raw(), URL)
    assert (article.flags, len(article.body)) == (("truncated",), 20)


def test_a_file_without_its_end_is_flagged() -> None:
    assert read_pdf(raw() + b" " * 4096, URL).flags == ("truncated",)


def test_nothing_in_a_document_runs_or_is_opened(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    actions = (
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/touch) /Win << /F (touch) /P ({canary}) >> "
        f"/Next << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\)) /Next << /S /URI "
        f"/URI (http://127.0.0.1:9/) >> >> >> >>"
    )
    article = read_pdf(raw(catalog=actions.encode()), URL)
    assert (len(article.blocks), canary.exists()) == (1, False)


def test_the_same_file_gives_the_same_fingerprint_and_another_text_another() -> None:
    same = [read(sheet()).fingerprint for _ in range(2)]
    assert same[0] == same[1] != read(sheet(*lines("May 14, 2024", y=110))).fingerprint
