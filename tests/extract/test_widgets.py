"""Whatever a site puts between, above or below the paragraphs, the article stays the same."""

from __future__ import annotations

import pytest

from tests.extract.pages import PARAGRAPHS, TITLE, WIDGETS, page, read, texts

# Below the last paragraph only: in the middle of an article no site appends the next one.
AT_THE_END = {"next article"}


@pytest.mark.parametrize("name", sorted(WIDGETS))
def test_a_widget_between_any_two_paragraphs_leaves_no_trace(name: str) -> None:
    places = range(len(PARAGRAPHS) + 1) if name not in AT_THE_END else ()
    for at in places:
        body = [*PARAGRAPHS[:at], WIDGETS[name], *PARAGRAPHS[at:]]
        assert texts(read(page(body))) == list(PARAGRAPHS), f"{name} before paragraph {at}"


@pytest.mark.parametrize("name", sorted(WIDGETS))
def test_a_widget_around_the_article_leaves_no_trace(name: str) -> None:
    widget = WIDGETS[name]
    for where, html in {
        "above the text": page(above=widget),
        "below the text": page(below=widget),
        "before everything": page(around=(widget, "")),
        "after everything": page(around=("", widget)),
    }.items():
        article = read(html)
        assert (article.title, texts(article)) == (TITLE, list(PARAGRAPHS)), f"{name} {where}"


def test_all_widgets_at_once_leave_no_trace() -> None:
    rest = [markup for name, markup in WIDGETS.items() if name not in AT_THE_END]
    step = len(rest) // len(PARAGRAPHS) + 1
    body: list[str] = []
    for at, paragraph in enumerate(PARAGRAPHS):
        body += [paragraph, *rest[at * step : (at + 1) * step]]
    assert texts(read(page(body))) == list(PARAGRAPHS)


def test_what_was_dropped_is_said_with_its_rule() -> None:
    dropped = read(page([*PARAGRAPHS[:3], WIDGETS["newsletter box"], *PARAGRAPHS[3:]])).dropped
    assert ("newsletter", True) in {(one.rule, "Before breakfast" in one.text) for one in dropped}


def test_the_record_of_what_was_dropped_is_bounded() -> None:
    body = [*PARAGRAPHS, *[f'<div class="promo"><p>{"Buy one, get one. " * 200}{n}</p></div>' for n in range(2_000)]]
    dropped = read(page(body)).dropped
    assert len(dropped) <= 300
    assert max(len(one.text) for one in dropped) <= 300


def test_the_same_article_behind_other_widgets_is_the_same_text() -> None:
    one = page([*PARAGRAPHS[:2], WIDGETS["membership appeal"], *PARAGRAPHS[2:]], below=WIDGETS["tags"])
    other = page([*PARAGRAPHS[:4], WIDGETS["related card"], *PARAGRAPHS[4:]], above=WIDGETS["audio notice"])
    assert read(one).text == read(other).text


@pytest.mark.parametrize(
    "name", ["tts-text", "share-text", "comment", "promo", "ad-free", "newsletter-body", "sidebar"]
)
def test_a_name_that_every_paragraph_goes_by_says_nothing(name: str) -> None:
    bare = [f'<p class="{name}">{paragraph}</p>' for paragraph in PARAGRAPHS]
    wrapped = [f'<div class="{name}"><p>{paragraph}</p></div>' for paragraph in PARAGRAPHS]
    assert texts(read(page(bare))) == texts(read(page(wrapped))) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "name", ["sidebar-grid", "modal-enabled", "cookie-accepted", "ads-on", "paywall", "promo-page"]
)
def test_a_name_that_the_whole_column_goes_by_says_nothing(name: str) -> None:
    html = (
        page()
        .replace(b"<main>", f'<main class="{name}">'.encode())
        .replace(b"<body>", f'<body class="{name}">'.encode())
    )
    assert texts(read(html.replace(b'class="story"', f'class="{name}"'.encode()))) == list(PARAGRAPHS)
