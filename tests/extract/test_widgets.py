"""Whatever a site puts between, above or below the paragraphs, the article stays the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from scraper import extract
from tests.benchmarks.widgets import Trial, parts, tried
from tests.extract import catalogue
from tests.extract.catalogue import Snippet, templates
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


# ------------------------------------------------------------------------------------------------ the catalogue

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
SHAPES = list(templates.SHAPES)


def trials(number: int, snippet: Snippet) -> list[Trial]:
    """The snippet in all places of two of the nine shapes, other ones for the next snippet."""
    found = []
    for shape in (SHAPES[number % len(SHAPES)], SHAPES[(number * 5 + 3) % len(SHAPES)]):
        before = parts(extract(templates.page(shape), templates.URL))
        for place in templates.PLACES:
            page = templates.page(shape, snippet.html, place)
            found.append(tried(snippet, f"{shape}@{place}", page, templates.URL, before))
    return found


@pytest.mark.parametrize("kind", ["widgets", "lines"])
@pytest.mark.parametrize("part", range(4))
def test_the_catalogue_holds_but_for_what_is_listed(kind: str, part: int) -> None:
    """A widget leaves nothing, a line stays whole, anywhere between paragraphs; what still fails has its name in
    `floors.toml`, and nothing stands there that holds by now."""
    snippets = catalogue.everything(kind)
    mine = [(number, snippet) for number, snippet in enumerate(snippets) if number % 4 == part]
    failed = {snippet.id for number, snippet in mine if any(trial.failed for trial in trials(number, snippet))}
    assert failed == set(FLOORS["catalogue"][kind]) & {snippet.id for _, snippet in mine}


@pytest.mark.parametrize("kind", ["widgets", "lines"])
def test_nothing_in_the_catalogue_takes_a_paragraph_with_it(kind: str) -> None:
    """Whatever is put beside the paragraphs, each of them is still there, as it was."""
    harmed = [
        snippet.id
        for number, snippet in enumerate(catalogue.everything(kind))
        if any(trial.gone for trial in trials(number + 1, snippet)[::3])
    ]
    assert not harmed
