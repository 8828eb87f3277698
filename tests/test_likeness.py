"""Copies are told from other stories in every script, and the same text has the same marks everywhere."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.likeness import KEPT, LEAST_WORDS, guess, likeness, marks, packed, unpacked
from tests.benchmarks.copies import measure
from tests.stories import world
from tests.wire import WIRES, Wire

LANGUAGES = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)


def test_marks_are_the_same_numbers_on_every_machine() -> None:
    """What is in the catalogue of one machine is looked up by another."""
    assert marks(WIRES["en"].story)[:3] == (57539129886, 618508431069, 4021746871871)
    assert marks(WIRES["zh"].story)[:3] == (2026552474108, 2162387503594, 4696462487854)


def test_marks_do_not_depend_on_the_process() -> None:
    code = "from tests.wire import WIRES; from scraper.likeness import marks; print(marks(WIRES['ar'].story))"
    said = subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True)
    assert said.stdout.decode().strip() == repr(marks(WIRES["ar"].story))


def test_how_a_text_is_set_changes_no_mark() -> None:
    """Quotes, dashes, capitals, spaces and the cut into paragraphs are the template's."""
    plain = WIRES["en"].story
    other = " ".join(plain).upper().replace("“", '"').replace("”", '"').replace(" ", "  ")
    assert marks([other]) == marks(plain)


def test_a_short_text_has_no_marks() -> None:
    """Too many say the same few words."""
    words = ["".join(pair) for pair in itertools.product("abcdefgh", "nopqrstu")]
    assert not marks([" ".join(words[: LEAST_WORDS - 1])])
    assert len(marks([" ".join(words[:LEAST_WORDS])])) == KEPT
    assert not marks(["渡轮停航" * 15])


@given(st.lists(st.text(st.characters(), max_size=300), max_size=6))
def test_any_text_has_marks_in_order_or_none(texts: list[str]) -> None:
    found = marks(texts)
    assert list(found) == sorted(set(found))
    assert unpacked(packed(found)) == found
    assert guess(found, found) in {0.0, 1.0}


@given(st.lists(st.text(max_size=300), max_size=4), st.lists(st.text(max_size=300), max_size=4))
def test_likeness_does_not_depend_on_the_order(one: list[str], other: list[str]) -> None:
    assert likeness(one, other) == likeness(other, one)


@LANGUAGES
@pytest.mark.parametrize("at_home", [False, True])
def test_a_light_edit_is_a_copy(wire: Wire, at_home: bool) -> None:
    assert likeness(wire.story, wire.edited(2)).is_copy(at_home=at_home)


@LANGUAGES
def test_a_heavy_edit_elsewhere_is_a_copy(wire: Wire) -> None:
    """Words changed all over, the end left out, and an own paragraph."""
    assert likeness(wire.story, wire.heavy()).is_copy(at_home=False)


@LANGUAGES
def test_an_abridged_story_is_a_copy(wire: Wire) -> None:
    assert likeness(wire.cut(), wire.story).is_copy(at_home=False)


@LANGUAGES
def test_a_story_behind_an_own_paragraph_is_a_copy(wire: Wire) -> None:
    assert likeness((wire.local, *wire.story), wire.story).is_copy(at_home=False)


@LANGUAGES
def test_an_abridged_copy_has_a_mark_in_common(wire: Wire) -> None:
    """Else it would never be looked at."""
    assert guess(marks(wire.story), marks((*wire.cut(), wire.local))) > 0


@LANGUAGES
@pytest.mark.parametrize("at_home", [False, True])
def test_two_stories_of_one_event_are_none(wire: Wire, at_home: bool) -> None:
    """Though both quote the same words of the same person."""
    assert not likeness(wire.story, wire.elsewhere).is_copy(at_home=at_home)


@LANGUAGES
@pytest.mark.parametrize("at_home", [False, True])
def test_shared_background_is_none(wire: Wire, at_home: bool) -> None:
    """Though it is most of both texts."""
    bodies = [(lead, *wire.background) for lead in wire.news]
    found = likeness(*bodies)
    assert found.contained > 0.5
    assert not found.is_copy(at_home=at_home)


@LANGUAGES
def test_the_next_days_story_above_the_old_one_is_none(wire: Wire) -> None:
    assert not likeness(wire.story, (*wire.news, wire.local, *wire.story[:3])).is_copy(at_home=True)


def test_a_turn_of_phrase_is_not_where_the_shared_text_begins() -> None:
    """A sequel of 80 words of news above the whole old story: eight words of it stood in the news already."""
    wire = WIRES["en"]
    phrase = "stopped running on Tuesday after an inspector found a crack"
    assert phrase in wire.story[0]
    words = wire.news[0].split()
    news = " ".join([*words[:20], phrase, *words[20:]])
    found = likeness(wire.story, (news, wire.news[1], *wire.story))
    assert found.onset > 60
    assert not found.is_copy(at_home=False)


def test_a_report_with_other_figures_is_none() -> None:
    """A form that is filled in anew each day: the words are the same."""
    form = "Of the day’s catch of {} tonnes, {} tonnes of herring and {} tonnes of cod were sold at the auction in the "
    form += (
        "harbour, where {} boats were moored; a crate of herring cost {} crowns, {} more than on the day before, and "
    )
    form += "the auctioneer expects calm weather and good prices until the end of the week for all who put out to sea."
    days = [form.format(*numbers) for numbers in ((412, 230, 71, 38, 95, 4), (388, 197, 64, 35, 99, 7))]
    assert not likeness(days[:1], days[1:]).is_copy(at_home=True)


def test_copies_among_generated_articles_are_found_and_nothing_else_is() -> None:
    """The floors are modest; `python -m tests.benchmarks.copies` has the figures."""
    found = measure(world(seed=7, most=400))
    assert found.links > 200
    assert found.precision >= 0.99
    assert found.found >= 0.9
