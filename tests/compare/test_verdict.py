"""Verdicts: first sights, worse pages, flags, stealth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.article import Block, Kind
from scraper.compare import SECOND_LOOK, compare
from scraper.compare.verdict import MOST_PARTS
from scraper.model import Verdict

from .articles import around, article, story

NOT_ARTICLES: dict[Kind, str] = {
    "challenge": "challenge",
    "consent": "consent-wall",
    "login": "login-wall",
    "error": "soft-404",
    "empty": "empty",
    "listing": "not-an-article: listing",
    "video": "not-an-article: video",
    "gallery": "not-an-article: gallery",
    "other": "not-an-article: other",
}


@pytest.mark.parametrize("kind", NOT_ARTICLES)
@pytest.mark.parametrize("known", [True, False])
def test_a_page_that_is_no_article_is_partial_with_its_reason(kind: Kind, known: bool) -> None:
    verdict = compare(story() if known else None, story(kind=kind, title="Are you human?"))
    assert (verdict.kind, verdict.reason, verdict.edit) == ("partial", NOT_ARTICLES[kind], None)


@pytest.mark.parametrize("blocks", [(), ("",), (" \t", "")])
@pytest.mark.parametrize("confirmed", [True, False])
def test_an_article_without_a_body_is_partial_however_often_it_is_seen(
    blocks: tuple[str, ...], confirmed: bool
) -> None:
    assert compare(story(), article(*blocks), shrink_confirmed=confirmed) == Verdict("partial", "empty")


def test_a_first_sight_is_new() -> None:
    assert compare(None, story()) == Verdict("new")


def test_a_first_sight_keeps_what_reading_found_wrong() -> None:
    assert compare(None, story(flags=("undecodable",), access="teaser", kind="live")).flags == (
        "undecodable",
        "teaser",
        "live",
    )


# ---------------------------------------------------------------------------------------------- teasers


def cut(blocks: int, **fields: Any) -> Any:
    """The story with its first `blocks` blocks only."""
    return story(blocks=story().blocks[:blocks], **fields)


def test_a_teaser_never_replaces_a_fuller_text() -> None:
    verdict = compare(story(), cut(4, access="teaser"), shrink_confirmed=True)
    assert (verdict.kind, verdict.reason, verdict.flags) == ("partial", "teaser", ("teaser",))


def test_a_shorter_teaser_does_not_replace_a_longer_one() -> None:
    assert compare(cut(4, access="teaser"), cut(3, access="teaser")).reason == "teaser"


def test_the_whole_text_after_a_teaser_is_an_addition() -> None:
    verdict = compare(cut(2, access="teaser"), story())
    assert verdict.edit
    assert (verdict.edit.kinds, verdict.edit.stealth, verdict.flags) == (("addition",), False, ())


def test_an_edit_within_a_teaser_is_an_edit_that_says_so() -> None:
    old, new = around("It cost 12.", "en", access="teaser"), around("It cost 120.", "en", access="teaser")
    verdict = compare(old, new)
    assert (verdict.kind, verdict.flags) == ("edited", ("teaser",))


def test_the_same_teaser_again_is_the_same() -> None:
    assert compare(cut(2, access="teaser"), cut(2, access="teaser")) == Verdict("same")


# ---------------------------------------------------------------------------------------------- shrinking


def test_a_text_that_lost_more_than_half_waits_for_a_second_look() -> None:
    verdict = compare(story(), cut(2))
    assert (verdict.kind, verdict.reason, verdict.flags) == ("partial", "shrunk", ("shrunk",))
    assert verdict.reason in SECOND_LOOK


def test_a_confirmed_loss_is_a_flagged_removal() -> None:
    verdict = compare(story(), cut(2), shrink_confirmed=True)
    assert verdict.edit
    assert (verdict.kind, verdict.flags, verdict.edit.kinds) == ("edited", ("shrunk",), ("removal",))


def test_a_text_that_lost_less_than_half_is_an_edit_at_once() -> None:
    verdict = compare(story(), cut(4))
    assert (verdict.kind, verdict.flags) == ("edited", ())


def test_scripts_without_spaces_shrink_by_the_same_measure() -> None:
    old = around("袭击造成三人死亡，另有五人受伤，警方正在调查此事。", "zh")
    assert compare(old, replace(old, blocks=old.blocks[:1])).reason == "shrunk"


@pytest.mark.parametrize("flag", ["truncated", "text-lost"])
def test_a_smaller_loss_waits_too_if_reading_reports_one(flag: str) -> None:
    assert compare(story(), cut(4, flags=(flag,))).reason == f"shrunk: {flag}"
    assert compare(story(), cut(4, flags=(flag,)), shrink_confirmed=True).flags == (flag,)


def test_a_text_that_cannot_be_decoded_any_more_waits_for_a_second_look() -> None:
    broken = around("It c\ufffdst 12.", "en", flags=("undecodable",))
    assert compare(around("It cost 12.", "en"), broken).reason == "undecodable"
    assert compare(around("It cost 12.", "en"), broken, shrink_confirmed=True).kind == "edited"


def test_one_bad_byte_outside_the_text_hides_no_edit() -> None:
    verdict = compare(around("It cost 12.", "en"), around("It cost 120.", "en", flags=("undecodable",)))
    assert (verdict.kind, verdict.flags) == ("edited", ("undecodable",))


def test_another_article_at_the_same_address_is_flagged() -> None:
    other = article(
        "Bakers across the region have raised prices since spring, as flour became dearer by a fifth.",
        "Shoppers line up before sunrise; some bring neighbours' ration cards with them.",
        "Officials promise relief once harvests arrive, though farmers doubt it.",
        "Mills in three provinces have stopped working at night; electricity costs them more than wages now.",
        title="Why bread is dearer",
    )
    assert compare(story(), other, shrink_confirmed=True).flags == ("replaced",)


def test_a_live_page_says_so() -> None:
    old = story(kind="live")
    grown = replace(old, blocks=(Block("paragraph", "14:05 The ferry has left with forty cars."), *old.blocks))
    verdict = compare(old, grown)
    assert verdict.edit
    assert (verdict.flags, verdict.edit.kinds) == (("live",), ("addition",))


# ---------------------------------------------------------------------------------------------- stealth

STEALTH: dict[str, tuple[dict[str, Any], bool]] = {
    "no dateModified at all": ({}, True),
    "a newer dateModified": ({"modified": datetime(2024, 4, 18, tzinfo=UTC)}, False),
    "a dateModified that is no newer": ({"modified": datetime(2024, 4, 17, 12, 0, tzinfo=UTC)}, True),
    "a newer day": ({"modified": date(2024, 4, 18)}, False),
    "the same day": ({"modified": date(2024, 4, 17)}, True),
}


@pytest.mark.parametrize("name", STEALTH)
def test_stealth_is_a_figure_without_a_newer_date(name: str) -> None:
    fields, stealth = STEALTH[name]
    verdict = compare(around("It cost 12.", "en"), around("It cost 120.", "en", **fields))
    assert verdict.edit
    assert verdict.edit.stealth == stealth


def test_a_date_that_did_not_move_since_the_last_version_is_no_excuse() -> None:
    at = {"modified": datetime(2024, 4, 18, tzinfo=UTC)}
    verdict = compare(around("It cost 12.", "en", **at), around("It cost 120.", "en", **at))
    assert verdict.edit
    assert verdict.edit.stealth


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The goverment met.", "The government met."),
        ("The army left.", "The army went."),
        ("Left, he said.", "Left he said."),
    ],
)
def test_small_changes_are_never_stealth(before: str, after: str) -> None:
    verdict = compare(around(before, "en"), around(after, "en"))
    assert verdict.edit
    assert not verdict.edit.stealth


def test_a_notice_that_stood_there_before_is_no_notice_of_this_edit() -> None:
    notice = Block("paragraph", "Correction: an earlier version of this article named the wrong river.")
    old, new = around("It cost 12.", "en"), around("It cost 120.", "en")
    verdict = compare(replace(old, blocks=(*old.blocks, notice)), replace(new, blocks=(*new.blocks, notice)))
    assert verdict.edit
    assert (verdict.edit.kinds, verdict.edit.stealth) == (("figures",), True)


def test_a_notice_that_is_taken_away_is_a_removal_in_stealth() -> None:
    old = story()
    notice = Block("paragraph", "Correction: an earlier version of this article named the wrong river.")
    verdict = compare(replace(old, blocks=(*old.blocks, notice)), old)
    assert verdict.edit
    assert (verdict.edit.kinds, verdict.edit.stealth) == (("removal",), True)


# ---------------------------------------------------------------------------------------------- bounds


def test_the_evidence_is_capped_and_says_so_but_every_kind_is_named() -> None:
    old = article(
        *(f"Row {number} of this long table says 7 in all." for number in range(MOST_PARTS + 100)), "It left."
    )
    new = replace(
        old,
        blocks=tuple(replace(b, text=b.text.replace(" 7 ", " 70 ").replace("left", "went")) for b in old.blocks),
    )
    verdict = compare(old, new)
    assert verdict.edit
    assert verdict.edit.kinds == ("figures", "wording")
    assert (len(verdict.edit.parts), verdict.flags) == (MOST_PARTS + 1, ("parts-capped",))


texts = st.text(alphabet="ab1.5 ,-“”\"'Zé安全 \u0301\u200f\ufffd\n", max_size=12)
any_blocks = st.lists(st.builds(Block, st.sampled_from(["paragraph", "item", "quote", "code"]), texts), max_size=6)


@given(any_blocks, any_blocks)
@settings(max_examples=150, deadline=None)
def test_any_two_articles_get_one_of_four_verdicts_the_same_each_time(old: list[Block], new: list[Block]) -> None:
    before, after = story(blocks=tuple(old)), story(blocks=tuple(new))
    verdict = compare(before, after)
    assert verdict == compare(before, after)
    assert verdict.kind in {"same", "edited", "partial"}
    assert (verdict.edit is not None) == (verdict.kind == "edited")


@given(any_blocks)
@settings(max_examples=60, deadline=None)
def test_any_article_compared_with_itself_is_the_same_or_empty(blocks: list[Block]) -> None:
    one = story(blocks=tuple(blocks))
    assert compare(one, one).kind == ("same" if "".join(one.body.split()) else "partial")
