"""The catalogue of differences that make no version: what a template, a clock or a counter changes by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scraper.article import Article, Block, Dropped
from scraper.compare import compare
from scraper.model import Verdict

from .articles import AROUND, around, article, story


def blocks(old: Article, change: Callable[[str], str]) -> Article:
    """The same article with the text of every block changed."""
    return replace(old, blocks=tuple(replace(block, text=change(block.text)) for block in old.blocks))


# The article, and fields that may differ in a later reading of it without anybody having edited.
FIELDS: dict[str, dict[str, object]] = {
    "another URL form": {"url": "https://www.example.org/bridge?utm_source=feed"},
    "another canonical URL": {"canonical_url": "https://example.org/2024/04/18/bridge"},
    "another section": {"section": "World"},
    "other keywords": {"keywords": ("bridge", "council")},
    "another lead image": {"image": "https://example.org/i/2.jpg"},
    "another site name": {"site": "Example, the paper"},
    "another language tag": {"language": "en-GB"},
    "other claims": {"claims": ("https://example.org/amp/bridge",)},
    "another fingerprint": {"fingerprint": "ffff", "reading": "9"},
    "another banner dropped": {"dropped": (Dropped("banner", "Give five pounds. 12,345 readers have."),)},
    "a newer dateModified alone": {"modified": datetime(2024, 4, 19, tzinfo=UTC)},
    "paid instead of free": {"access": "paid"},
    "the caption went": {"caption": None},
    "the subtitle went": {"subtitle": None},
    "the byline went": {"authors": (), "origins": {"title": "h1"}},
    "the date went": {"published": None, "origins": {"title": "h1"}},
    "the headline went": {"title": None, "origins": {}},
    "all fields went": {
        "title": None,
        "subtitle": None,
        "authors": (),
        "published": None,
        "caption": None,
        "origins": {},
    },
    "a counter before the headline": {"title": "(3) Council decides about the bridge"},
    "a big counter": {"title": "[99+] Council decides about the bridge"},
    "names in capitals": {"authors": ("ANN LEE", "BO CHEN")},
    "names from another place of the page": {"authors": ("Ann Lee",), "origins": {"authors": "byline"}},
    "curled quotes in the caption": {"caption": "The bridge at low water. (Photo: Ann  Lee)"},
    "a headline set otherwise": {"title": "Council decides about the bridge"},
    "the time of day is lost": {"published": date(2024, 4, 17)},
    "another zone, the same instant": {"timezone": "Pacific/Auckland"},
    "published now": {"published": datetime(2024, 4, 19, 8, tzinfo=UTC)},
    "published and modified now": {
        "published": datetime(2024, 4, 19, 8, tzinfo=UTC),
        "modified": datetime(2024, 4, 19, 8, tzinfo=UTC),
    },
    "another day from another place": {"published": date(2024, 4, 12), "origins": {"published": "text"}},
}


@pytest.mark.parametrize("name", FIELDS)
def test_what_a_template_or_a_clock_changes_is_no_version(name: str) -> None:
    assert compare(story(), story(**FIELDS[name])) == Verdict("same")


@pytest.mark.parametrize("name", ["caption", "subtitle", "authors", "published"])
def test_a_field_that_a_template_begins_to_show_is_no_version(name: str) -> None:
    empty: object = () if name == "authors" else None
    lacking = story(**{name: empty, "origins": {"title": "h1"}})
    assert compare(lacking, story()) == Verdict("same")


def test_a_counter_that_goes_up_at_every_visit_is_no_version() -> None:
    assert compare(story(title="(3) Council decides"), story(title="(4) Council decides")) == Verdict("same")


def test_a_counter_does_not_hide_another_headline() -> None:
    assert compare(story(title="(3) Council decides"), story(title="(4) Council waits")).kind == "edited"


def test_a_headline_that_is_only_a_figure_in_brackets_is_not_a_counter() -> None:
    assert compare(story(title="(12)"), story(title="(120)")).kind == "edited"


REDRAWN: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "quotes curled": (str, lambda text: text.replace(' "', " “").replace('" ', "” ").replace("'", "’")),
    "dashes lengthened": (str, lambda text: text.replace(" - ", " — ")),
    "dots joined": (str, lambda text: text.replace("...", "…")),
    "all of it": (
        str,
        lambda text: text.replace(' "', " “").replace('" ', "” ").replace("'", "’").replace(" - ", " – "),
    ),
}
TYPED = (
    'The "old" bridge - so it\'s called - was closed... again.',
    'It\'s a "shame" - they said - but nobody\'s... "surprised" now...',
    "The town's \"new\" ferry - a loan - can't carry lorries...",
)


@pytest.mark.parametrize("name", REDRAWN)
def test_marks_that_a_machine_redraws_all_over_are_no_version(name: str) -> None:
    old = article(*TYPED)
    assert compare(old, blocks(old, REDRAWN[name][1])) == Verdict("same")
    assert compare(blocks(old, REDRAWN[name][1]), old) == Verdict("same")


def test_redrawn_marks_do_not_hide_a_figure_nor_colour_its_edit() -> None:
    old = article(*TYPED, "It cost 12 pounds.")
    new = blocks(old, lambda text: REDRAWN["quotes curled"][1](text).replace("12", "120"))
    verdict = compare(old, new)
    assert verdict.edit
    assert verdict.edit.kinds == ("figures",)


def test_one_paragraph_redrawn_by_hand_is_a_cosmetic_edit() -> None:
    old = article(*TYPED)
    new = replace(old, blocks=(*old.blocks[:2], replace(old.blocks[2], text=REDRAWN["all of it"][1](TYPED[2]))))
    verdict = compare(old, new)
    assert verdict.edit
    assert verdict.edit.kinds == ("cosmetic",)


def test_paragraphs_marked_up_as_a_list_say_the_same() -> None:
    old = story()
    new = replace(old, blocks=tuple(Block("item", block.text) for block in old.blocks))
    assert compare(old, new) == Verdict("same")


def test_line_breaks_that_become_paragraphs_all_over_are_no_version() -> None:
    apart = story().blocks
    joined = (Block("paragraph", " ".join(block.text for block in apart)),)
    assert compare(story(), replace(story(), blocks=joined)) == Verdict("same")


@pytest.mark.parametrize("language", AROUND)
def test_an_article_compared_with_itself_is_the_same(language: str) -> None:
    assert compare(around("12", language), around("12", language)) == Verdict("same")


def test_a_date_that_is_now_at_every_visit_never_makes_a_version() -> None:
    old = story()
    visits = [story(published=old.published + timedelta(days=day)) for day in range(1, 30)]  # type: ignore[operator]  # the story has a datetime
    assert {compare(old, new).kind for new in visits} == {"same"}


def test_a_caption_that_flickers_between_templates_never_makes_a_version() -> None:
    with_it, without = story(), story(caption=None)
    assert {compare(with_it, without).kind, compare(without, with_it).kind} == {"same"}
