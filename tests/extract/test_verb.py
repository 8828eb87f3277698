"""The verb itself: how it is imported and called, and when a page need not be read again."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib import import_module

import pytest

import scraper
from scraper import extract
from scraper.article import Article
from scraper.errors import ExtractError
from scraper.extract import read as read_known
from scraper.extract import tree
from scraper.model import Rule
from tests.extract.pages import PARAGRAPHS, URL, WIDGETS, ld, outlet, page, read, texts

LONG = [
    f"{text} It was said again, in other words, on day {n} of the repairs." for n in range(8) for text in PARAGRAPHS
]


def test_one_name_is_the_function_and_the_place_of_its_parts() -> None:
    assert texts(extract(page(), URL)) == list(PARAGRAPHS)
    assert scraper.extract(page(), URL) == import_module("scraper.extract").extract(page(), URL)
    assert import_module("scraper.extract.prune").__name__ == "scraper.extract.prune"


@pytest.mark.parametrize("heavy", ["lxml", "selectolax", "trafilatura", "pypdfium2"])
def test_naming_the_package_loads_no_parser(heavy: str) -> None:
    code = f"import scraper, sys; scraper.extract; sys.exit('{heavy}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_reading_a_plain_page_loads_neither_trafilatura_nor_pdfium() -> None:
    code = "import sys; from scraper import extract; extract(sys.stdin.buffer.read(), 'https://paper.example/x'); "
    code += "sys.exit('trafilatura' in sys.modules or 'pypdfium2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], input=page(LONG), check=False).returncode == 0


def test_an_unknown_name_of_the_package_is_an_error() -> None:
    with pytest.raises(AttributeError):
        _ = scraper.nothing


def test_a_pdf_is_told_by_its_bytes_or_its_type() -> None:
    for data, content_type in ((b"%PDF-1.7 broken", None), (b"broken", "application/pdf")):
        with pytest.raises(ExtractError) as caught:
            extract(data, URL, content_type=content_type)
        assert caught.value.reason == "bad-pdf"


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "image/jpeg", "application/json", "application/pdf", None, "x"]
)
def test_html_is_html_whatever_the_server_calls_it(content_type: str | None) -> None:
    assert texts(read(page(), content_type=content_type)) == list(PARAGRAPHS)


def test_an_article_crosses_between_processes() -> None:
    article = read(
        page(list(WIDGETS.values()), head=ld(headline="Harbour bridge", datePublished="2026-03-02T09:30+01:00"))
    )
    assert pickle.loads(pickle.dumps(article)) == article  # noqa: S301 - our own


# ------------------------------------------------------------------------------------------------ again


def test_a_known_page_is_not_read_again() -> None:
    known = read(page()).fingerprint
    assert read_known(page(), URL, known=known) is None
    assert isinstance(read_known(page(), URL, known="something else"), Article)


@pytest.mark.parametrize(
    "other",
    [
        page(around=('<div class="promo-banner"><p>Goal: 900 new members by Friday!</p></div>', "")),
        page(below=WIDGETS["related list"]),
        page(below=WIDGETS["comments"]),
        page(head='<meta name="csrf-token" content="8f1c"><script>window.t = 1772440200</script><style>p{}</style>'),
        page().replace(b"<main>", b'<main data-build="a9f3" class="v71">'),
    ],
)
def test_what_changes_around_the_article_is_no_reason_to_read_again(other: bytes) -> None:
    assert read_known(other, URL, known=read(page()).fingerprint) is None


@pytest.mark.parametrize(
    "other",
    [
        page([*PARAGRAPHS[:3], "The ferry goes.", *PARAGRAPHS[4:]]),
        page(PARAGRAPHS[:-1]),
        page(title="Harbour bridge closes again"),
        page(head=ld(headline="Harbour bridge", dateModified="2026-03-03")),
        page(above="<p class='byline'>By Ida Krol</p>"),
        page(above="<figure><img src='/b.jpg'><figcaption>The ramp on Monday.</figcaption></figure>"),
        page(head='<meta property="article:published_time" content="2026-03-02T09:30:00Z">'),
        page([f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}", *PARAGRAPHS[2:]]),
        page([f"<ul><li>{PARAGRAPHS[0]}</li></ul>", *PARAGRAPHS[1:]]),
        page(above='<p class="standfirst">The ferry stays, and so does the doubt about the northern pier.</p>'),
        page(below='<p>Text by <a rel="author" href="/people/ida-krol">Ida Krol</a></p>'),
    ],
)
def test_whatever_changes_the_article_changes_the_fingerprint(other: bytes) -> None:
    assert read_known(other, URL, known=read(page()).fingerprint) is not None


FIGURE = "<figure><img src='/b.jpg'><figcaption>The ramp on {}.</figcaption></figure>"
BOX = '<div class="pic"><img src="/b.jpg"><p class="pic-line">The ramp on {} morning, from the ferry.</p></div>'


@pytest.mark.parametrize(
    "above", [FIGURE, BOX, '<p class="standfirst">The ferry stays until {}, and so do the doubts.</p>']
)
def test_another_line_above_the_text_changes_the_fingerprint(above: str) -> None:
    """It is dropped from the column, and still is a part of the article."""
    known = read(page(above=above.format("Monday"))).fingerprint
    other = read_known(page(above=above.format("Tuesday")), URL, known=known)
    assert other is not None
    assert "Tuesday" in other.text


def test_other_rules_read_a_known_page_again() -> None:
    ruled = outlet(Rule("letters", drop=(".letter",)))
    assert read_known(page(), URL, outlet=ruled, known=read(page()).fingerprint) is not None


def test_the_same_bytes_at_another_address_are_another_page() -> None:
    assert read_known(page(), f"{URL}?page=2", known="") is not None


def test_the_very_same_bytes_are_not_even_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = read(page()).fingerprint
    monkeypatch.setattr(tree, "parse", None)
    assert read_known(page(), URL, known=known) is None
