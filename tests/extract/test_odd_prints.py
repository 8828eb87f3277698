"""PDF files that are drawn in odd ways: in another order, letter by letter, without ink, without characters."""

from __future__ import annotations

from random import Random

import pytest
from fpdf import FPDF

from scraper.errors import ExtractError
from scraper.extract.pdf import read_pdf
from tests.extract.pdfs import Text, lines, pdf, raw, raw_font

URL = "https://www.news.example/a-bridge-closes-a77"
LINES = (
    "The council said on Monday that the old bridge",
    "will be closed to all traffic from the spring,",
    "and that the ferry will run instead of it.",
)
WHOLE = " ".join(LINES)
HIDDEN = b" BT %s /F1 %s Tf 50 600 Td (Buy cheap tickets for the ferry here.) Tj ET"


def drawn(order: int = 1, before: bytes = b"") -> bytes:
    """The lines as operators, from the first or from the last."""
    ops = [b"BT /F1 12 Tf 50 %d Td (%s) Tj ET" % (700 - 14 * n, text.encode()) for n, text in enumerate(LINES)]
    return before + b" ".join(ops[::order])


def body(page: bytes) -> str:
    return read_pdf(page, URL).body


def test_lines_drawn_from_the_last_to_the_first_are_read_from_the_first() -> None:
    assert body(raw(drawn(-1))) == WHOLE


@pytest.mark.parametrize("seed", range(4))
def test_letters_drawn_one_by_one_in_any_order_are_words(seed: int) -> None:
    measure = FPDF(unit="pt")
    measure.set_font("helvetica", size=12)
    letters = [
        Text(letter, 50 + measure.get_string_width(text[:at]), 100 + 14 * n)
        for n, text in enumerate(LINES)
        for at, letter in enumerate(text)
        if letter != " "
    ]
    Random(seed).shuffle(letters)
    assert body(pdf(letters)) == WHOLE


def test_columns_drawn_row_by_row_are_read_column_by_column() -> None:
    left = (
        "Nobody in the whole village",
        "was surprised. For years now",
        "the pier had leaned a little,",
        "and bets were laid on it all.",
    )
    right = (
        "On Sunday all bets were off:",
        "the council had two planks",
        "nailed across the road, and",
        "the ferryman was seen to smile.",
    )
    rows = [text for n in range(4) for text in (Text(left[n], 50, 100 + 14 * n), Text(right[n], 260, 100 + 14 * n))]
    assert body(pdf(rows)).split() == " ".join(left + right).split()


@pytest.mark.parametrize(
    ("initial", "rest", "whole"),
    [
        ("T", "he council of the town", "The council of the town"),
        ("A", "council of the town is", "A council of the town is"),
    ],
)
def test_an_initial_belongs_to_its_word_unless_it_is_one(initial: str, rest: str, whole: str) -> None:
    beside = lines(rest, "and of the council above", x=76, y=100, lead=14)
    below = lines("it said what a council of the village would say.", y=128)
    assert body(pdf([Text(initial, 50, 114, 34), *beside, *below])).startswith(whole)


@pytest.mark.parametrize(
    "hidden",
    [HIDDEN % (b"3 Tr", b"12"), HIDDEN % (b"1 1 1 rg", b"12"), HIDDEN % (b"", b"0.4")],
    ids=["no-ink", "white", "tiny"],
)
def test_what_readers_cannot_see_is_no_text_and_is_said(hidden: bytes) -> None:
    article = read_pdf(raw(drawn() + hidden), URL)
    assert article.body == WHOLE
    assert [(d.rule, d.text) for d in article.dropped] == [("pdf:unseen", "Buy cheap tickets for the ferry here.")]


def test_white_type_on_a_dark_ground_is_text() -> None:
    ground = b"0.1 0.1 0.3 rg 40 590 400 30 re f"
    assert "Buy cheap tickets" in body(raw(drawn() + b" " + ground + HIDDEN % (b"1 1 1 rg", b"12")))


def test_what_was_read_off_a_scanned_page_is_text_though_it_has_no_ink() -> None:
    assert body(raw(drawn(before=b"3 Tr "))) == WHOLE


def test_fonts_that_do_not_say_what_they_draw_are_refused_and_not_guessed() -> None:
    with pytest.raises(ExtractError) as caught:
        read_pdf(raw_font(*LINES), URL)
    assert (caught.value.reason, caught.value.detail) == (
        "not-text",
        "its fonts do not say which characters they draw",
    )


def test_no_page_at_all_is_refused() -> None:
    with pytest.raises(ExtractError) as caught:
        read_pdf(raw(pages=b"<< /Type /Pages /Kids [] /Count 0 >>"), URL)
    assert caught.value.reason == "bad-pdf"


def test_notes_of_readers_and_what_was_typed_into_forms_are_no_text() -> None:
    notes = (
        b"/Annots [<< /Type /Annot /Subtype /FreeText /Rect [50 500 400 520] /Contents (A note) /DA (/F1 12 Tf) >> "
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f) /V (Typed) /Rect [50 450 400 470] >>] "
    )
    assert body(raw(drawn(), page=notes)) == WHOLE
