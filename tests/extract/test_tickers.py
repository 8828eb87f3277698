"""What stands below an article in its own column: other news by the minute, and how to pay."""

from __future__ import annotations

import pytest

from tests.extract.pages import page, read, texts

BODY = [
    "The water board will open the gates of the upper dam on Friday, to make room for snow that is still to melt.",
    "Farmers below the mill were told to move their sheep by Thursday evening, and most of them have done so.",
    "The lake stands two fingers below the mark at which the board has to act, and it is rising by the hour.",
    "The train left at 5:29 PM, and nobody who was on it had heard of the warning.",
]
TICKER = [
    "Latest",
    "5:29 PM",
    "Two swans block a tram line for an hour.",
    "They were walking in the right direction, a passenger said, but not at the right speed.",
    "11:54 AM",
    "The market hall gets a new roof.",
    "The old one will be sold as souvenirs, slate by slate, the council said on Monday.",
]


def column(lines: list[str]) -> list[str]:
    """All lines in one container, each in a box whose name says nothing."""
    return [f'<div class="css-1x{n}"><p>{line}</p></div>' for n, line in enumerate(lines)]


def test_news_by_the_minute_is_not_the_article() -> None:
    """The heading, the times and the news below them go; a time within a sentence stays."""
    assert texts(read(page(column(BODY + TICKER)))) == BODY


def test_a_page_that_is_mostly_such_news_keeps_it() -> None:
    """There it is the text."""
    assert "5:29 PM" in texts(read(page(column(BODY[:1] + TICKER * 3))))


@pytest.mark.parametrize("line", ["visa masterCard americanExpress", "Visa, Mastercard, PayPal", "Payment methods"])
def test_means_of_payment_are_not_the_article(line: str) -> None:
    """Wherever they stand as a line of their own."""
    assert texts(read(page(column([*BODY[:2], line, *BODY[2:]])))) == BODY
