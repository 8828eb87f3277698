"""Live pages are compared entry by entry: what came, what went, what was changed, and what only fell off the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.article import Article, Block
from scraper.compare import compare
from scraper.compare.live import is_growth, is_lost
from scraper.model import Edit
from tests.compare.articles import article

START = datetime(2024, 4, 17, 8, tzinfo=UTC)
SAID = (
    "The old bridge was closed to lorries at dawn, after divers had found cracks in two of its piers.",
    "Twelve buses turn around at the northern bank, and a ferry carries cars across from noon on.",
    "“We could not wait for another winter,” the head of the road office said in the town hall.",
    "Repairs may take eight months and cost 1.5 million, the engineers wrote in their first report.",
    "Fishermen who moor below the bridge were told to leave before the evening, some refused to.",
    "A crane has arrived from the next valley and is being set up on the meadow beside the mill.",
    "The school by the river opens an hour later, because most of its pupils have to walk around.",
    "Nobody may pass on foot either, the police said, for the railing is loose along its whole length.",
)


@dataclass(frozen=True)
class Note:
    """One entry."""

    name: str
    minute: int
    heading: str
    text: str

    def blocks(self, *, dated: bool) -> list[Block]:
        """As extraction gives them."""
        at = START + timedelta(minutes=self.minute)
        time = at.isoformat(" ", "minutes") if dated else f"{at:%H:%M}"
        moment = at if dated else None
        head = Block("subheading", f"{time} · {self.heading}" if self.heading else time, self.name, moment)
        return [head, Block("paragraph", self.text, self.name, moment)]


NOTES = [Note(f"n{k}", 30 * k, f"Heading {'abcdefgh'[k]}" if k % 2 else "", text) for k, text in enumerate(SAID)]
INTRO = Block("paragraph", "We report through the day from both banks of the river, and take your questions.")


def page(notes: Sequence[Note], *, dated: bool = True, newest_first: bool = True, **fields: Any) -> Article:
    """A live page that shows these entries, given from the oldest on."""
    rows = [*reversed(notes)] if newest_first else [*notes]
    blocks = (INTRO, *(block for note in rows for block in note.blocks(dated=dated)))
    return replace(article(**fields), kind="live", blocks=blocks)


def edit(old: Article, new: Article) -> Edit:
    """The edit between two readings."""
    found = compare(old, new).edit
    assert found is not None
    return found


WAYS = pytest.mark.parametrize(
    ("dated", "newest_first"), [(True, True), (True, False), (False, True), (False, False)],
    ids=["newest-first", "oldest-first", "clock-newest-first", "clock-oldest-first"],
)  # fmt: skip


@WAYS
def test_entries_that_came_are_routine(dated: bool, newest_first: bool) -> None:
    """Named, and nothing else."""
    way = {"dated": dated, "newest_first": newest_first}
    found = edit(page(NOTES[:4], **way), page(NOTES[:6], **way))
    assert {(part.kind, part.entry) for part in found.parts} == {("routine", "n4"), ("routine", "n5")}
    assert not found.stealth
    assert is_growth(found.parts)


@WAYS
def test_an_entry_that_was_taken_away_is_a_removal_in_silence(dated: bool, newest_first: bool) -> None:
    """Whether or not others came at the same time, and although the page says that it was modified."""
    way = {"dated": dated, "newest_first": newest_first}
    old = page(NOTES[:5], modified=START, **way)
    new = page([*NOTES[:2], *NOTES[3:6]], modified=START + timedelta(hours=9), **way)
    found = edit(old, new)
    assert [(part.kind, part.entry) for part in found.parts if part.kind != "routine"] == [("removal", "n2")]
    assert found.stealth


@WAYS
def test_what_was_changed_in_an_entry_is_told_by_the_usual_kinds(dated: bool, newest_first: bool) -> None:
    """With the entry it is in, and the block."""
    way = {"dated": dated, "newest_first": newest_first}
    other = replace(NOTES[1], text=SAID[1].replace("Twelve", "Twenty"))
    new = page([NOTES[0], other, *NOTES[2:5]], **way)
    (part,) = edit(page(NOTES[:5], **way), new).parts
    assert (part.kind, part.old, part.new, part.entry) == ("figures", "Twelve", "Twenty", "n1")
    assert part.block is not None
    assert new.blocks[part.block].text == other.text


def test_a_heading_of_an_entry_is_part_of_its_text() -> None:
    """And names the line it stands on."""
    new = page([NOTES[0], replace(NOTES[1], heading="Heading x"), *NOTES[2:4]])
    (part,) = edit(page(NOTES[:4]), new).parts
    assert (part.new, part.entry) == ("x", "n1")
    assert part.block is not None
    assert "Heading x" in new.blocks[part.block].text


@WAYS
def test_what_falls_off_the_end_of_a_page_is_no_removal(dated: bool, newest_first: bool) -> None:
    """A page of five entries goes on."""
    way = {"dated": dated, "newest_first": newest_first}
    found = edit(page(NOTES[:5], **way), page(NOTES[2:7], **way))
    assert {(part.kind, part.entry) for part in found.parts} == {("routine", "n5"), ("routine", "n6")}


def test_a_page_on_which_nothing_is_left_of_the_last_one_has_gone_on() -> None:
    """Between two looks more came than a page shows."""
    found = edit(page(NOTES[:4]), page(NOTES[4:]))
    assert found.kinds == ("routine",)


def test_a_page_that_shows_fewer_entries_is_the_same() -> None:
    """Half a dozen of the oldest at once, and nothing new: the length of a page was changed."""
    assert compare(page(NOTES), page(NOTES[5:])).kind == "same"


def test_the_oldest_entry_alone_is_missed() -> None:
    """Nothing came that could have pushed it off."""
    found = edit(page(NOTES), page(NOTES[1:]))
    assert [(part.kind, part.entry) for part in found.parts] == [("removal", "n0")]


@WAYS
def test_a_pinned_entry_that_moves_is_no_edit(dated: bool, newest_first: bool) -> None:
    """Nor is one that stands twice for a while."""
    old = page(NOTES[:6], dated=dated, newest_first=newest_first)
    blocks = list(old.blocks[1:])
    pinned = [replace(block, entry="n3") for block in NOTES[3].blocks(dated=dated)]
    moved = replace(old, blocks=(INTRO, *pinned, *(block for block in blocks if block.entry != "n3")))
    twice = [replace(block, entry="n3.2") if block.entry == "n3" else block for block in blocks]
    doubled = replace(old, blocks=(INTRO, *pinned, *twice))
    assert [compare(a, b).kind for a, b in ((old, moved), (old, doubled), (doubled, old))] == ["same"] * 3


def test_an_entry_put_in_among_older_ones_is_an_addition() -> None:
    """It is no growth: somebody added to the past."""
    found = edit(page([*NOTES[:2], *NOTES[3:8]]), page(NOTES))
    assert [(part.kind, part.entry) for part in found.parts] == [("addition", "n2")]


def test_an_entry_that_is_dated_back_is_an_edit_and_one_dated_on_is_none() -> None:
    """Outlets stamp entries anew when they touch them; nobody stamps them older by accident."""
    old = page(NOTES[:4])
    later, earlier = (page([*NOTES[:3], replace(NOTES[3], minute=minute)]) for minute in (95, 31))
    assert compare(old, later).kind == "same"
    assert [(part.kind, part.entry) for part in edit(old, earlier).parts] == [("date", "n3")]


def test_times_in_another_zone_are_the_same_times() -> None:
    """A template that prints UTC instead of local time edits nothing."""
    old = page(NOTES[:4])
    local = [replace(b, text=b.text.replace("+00:00", "+01:00").replace("08:", "09:")) for b in old.blocks]
    assert compare(old, replace(old, blocks=tuple(local))).kind == "same"


def test_names_that_follow_the_place_are_not_believed() -> None:
    """The first entry is always called `n0`: the texts say which is which."""

    def numbered(notes: list[Note]) -> Article:
        return page([replace(note, name=f"n{len(notes) - k}") for k, note in enumerate(notes)])

    changed = replace(NOTES[2], text=NOTES[2].text.replace("winter", "summer"))
    found = edit(numbered(NOTES[:5]), numbered([*NOTES[:2], changed, *NOTES[3:6]]))
    assert sorted(part.kind for part in found.parts) == ["quotes", "routine"]


def test_reports_in_the_same_words_are_not_taken_for_each_other() -> None:
    """One fell off, one came: with names and times of their own."""
    rows = [Note(f"n{k}", 20 * k, "", f"Report {k}: the board has opened another gate of the dam.") for k in range(9)]
    assert edit(page(rows[:5]), page(rows[3:8])).kinds == ("routine",)


def test_a_correction_among_the_entries_is_one() -> None:
    """It excuses what it speaks of."""
    notice = Note("n9", 300, "", "Correction: an earlier entry gave a wrong number of buses. We regret the error.")
    changed = replace(NOTES[1], text=SAID[1].replace("Twelve", "Twenty"))
    found = edit(page(NOTES[:4]), page([NOTES[0], changed, *NOTES[2:4], notice]))
    assert set(found.kinds) == {"correction", "figures", "routine"}
    assert not found.stealth


def test_what_stands_above_the_entries_is_compared_too() -> None:
    """By the usual kinds, without the name of an entry."""
    old = page(NOTES[:4])
    other = replace(INTRO, text=INTRO.text.replace("both banks", "the northern bank"))
    (part,) = edit(old, replace(old, blocks=(other, *old.blocks[1:]))).parts
    assert (part.kind, part.entry, part.block) == ("wording", "", 0)


def test_a_live_page_without_its_entries_is_half_loaded() -> None:
    """The entries come by script today: the last version stands until a second look agrees."""
    old = replace(page(NOTES[:2]), blocks=(*[INTRO] * 9, *page(NOTES[:2]).blocks))
    bare = replace(old, blocks=(INTRO,) * 9)
    assert (compare(old, bare).kind, compare(old, bare).reason) == ("partial", "shrunk: entries")
    assert compare(old, bare, shrink_confirmed=True).kind == "edited"


def test_what_was_seen_and_never_kept_is_known() -> None:
    """An entry that came and went between two versions, or had another text for a while."""
    latest, seen = page(NOTES[:3]), page(NOTES[:4])
    changed = page([*NOTES[:3], replace(NOTES[3], text=SAID[3].replace("eight", "nine"))])
    assert [is_lost(latest, seen, new) for new in (page(NOTES[:5]), page(NOTES[:3]), changed)] == [False, True, True]


notes = st.lists(
    st.builds(Note, st.sampled_from("abcdef"), st.integers(0, 900), st.text(max_size=4), st.text(max_size=8)),
    max_size=7,
)


@settings(deadline=None)
@given(notes, notes, st.booleans())
def test_any_two_live_pages_can_be_compared(one: list[Note], other: list[Note], dated: bool) -> None:
    """Whatever the entries are; the same page is the same, and every part names a block that is there."""
    old, new = page(one, dated=dated), page(other, dated=dated)
    assert compare(old, old).kind == "same"
    found = compare(old, new).edit
    assert all(part.block is None or 0 <= part.block <= len(new.blocks) for part in (found.parts if found else ()))
