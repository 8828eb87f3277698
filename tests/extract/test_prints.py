"""Pages printed by a real browser: what they say on paper is what they say on the screen, paragraph by paragraph.

`prints/` holds own pages in the layouts that print has, and each as Chromium printed it. A new case is two new files:

    python -m tests.benchmarks.print_forms --anew
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from scraper import extract
from scraper.article import Article
from scraper.extract import dates
from tests.extract.browser import browser, printed

PRINTS = Path(__file__).parent / "prints"
NAMES = sorted(path.stem for path in PRINTS.glob("*.html"))
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')


@cache
def html(name: str) -> str:
    return (PRINTS / f"{name}.html").read_text(encoding="utf-8")


def url(name: str) -> str:
    """Where the page says it is."""
    match = _CANONICAL.search(html(name))
    assert match
    return match[1]


def parts(article: Article) -> list[tuple[str, str]]:
    """All that a reader sees of an article, in order."""
    head = [
        ("title", article.title or ""),
        ("subtitle", article.subtitle or ""),
        ("authors", ", ".join(article.authors)),
        ("day", str(article.day)),
        ("caption", article.caption or ""),
    ]
    return [*head, *((block.kind, block.text) for block in article.blocks)]


def on_screen(name: str) -> list[tuple[str, str]]:
    return parts(extract(html(name).encode(), url(name)))


def on_paper(name: str, pdf: bytes) -> list[tuple[str, str]]:
    return parts(extract(pdf, url(name)))


@pytest.mark.parametrize("name", NAMES)
def test_paper_says_what_the_screen_says(name: str) -> None:
    assert on_paper(name, (PRINTS / f"{name}.pdf").read_bytes()) == on_screen(name)


@pytest.mark.parametrize("line", ["11 مارس 2025", "11 במרץ 2025", "١١ مارس 2025"])
def test_dates_in_arabic_and_hebrew_are_read(line: str) -> None:
    assert dates.in_text(line) == date(2025, 3, 11)


@pytest.mark.skipif(browser() is None, reason="no browser to print with: install Chromium (apt-get install chromium)")
@pytest.mark.parametrize("name", NAMES[::3])
def test_a_page_printed_anew_says_the_same(name: str) -> None:
    assert on_paper(name, printed(html(name))) == on_screen(name)
