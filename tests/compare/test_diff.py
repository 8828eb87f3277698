"""Differences: exact for any two articles, bounded in cost, and safe to show."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.article import Article, Block
from scraper.compare import align, blocks
from scraper.compare.diff import BREAK, Diff, apply, diff, lines, to_html, to_json, to_terminal
from scraper.compare.render import COARSE

from .articles import around, article, story

KINDS = ["paragraph", "subheading", "item", "quote", "row", "code"]
words_ = st.sampled_from(
    ["the", "a", "army", "left", "12", "120", "Kherson", "“", "”", ",", ".", "не", "安", "全", BREAK, "\n"]
)
texts = st.lists(words_, max_size=9).map(" ".join) | st.text(max_size=8)
fields = st.none() | texts
articles = st.builds(
    lambda title, subtitle, caption, body: replace(
        story(), title=title, subtitle=subtitle, caption=caption, blocks=tuple(body)
    ),
    fields,
    fields,
    fields,
    st.lists(st.builds(Block, st.sampled_from(KINDS), texts), max_size=7),
)


@given(articles, articles)
@example(story(), story(title=None))
@example(article("a b c. d e f."), article("a b c.", "", "d e f."))
@settings(max_examples=250, deadline=None)
def test_a_difference_applied_to_the_old_gives_the_new(old: Article, new: Article) -> None:
    assert apply(diff(old, new), lines(old)) == lines(new)


@given(articles)
@settings(max_examples=50, deadline=None)
def test_an_article_does_not_differ_from_itself(one: Article) -> None:
    assert not diff(one, one).changed


def test_a_difference_is_not_applied_to_a_text_it_was_not_made_from() -> None:
    found = diff(around("It cost 12.", "en"), around("It cost 120.", "en"))
    with pytest.raises(ValueError, match="was not made from"):
        apply(found, lines(around("It cost 13.", "en")))


def test_a_difference_is_not_applied_to_a_longer_text() -> None:
    with pytest.raises(ValueError, match="1 lines"):
        apply(diff(story(), story()), (*lines(story()), lines(story())[-1]))


def changes(found: Diff) -> list[tuple[str, str]]:
    return [(run.op, run.text) for row in found.rows if row.op == "change" for run in row.runs if run.op != "equal"]


def test_words_are_aligned_within_their_paragraph() -> None:
    found = diff(around("At least 12 people died.", "en"), around("At least 120 people have died.", "en"))
    assert [text.strip() for _, text in changes(found)] == ["12", "120", "have"]


def test_neighbouring_words_change_together() -> None:
    assert changes(diff(around("It was Jon Smith.", "en"), around("It was John Smyth.", "en"))) == [
        ("delete", "Jon Smith"),
        ("insert", "John Smyth"),
    ]


def test_one_paragraph_cut_in_two_is_one_row() -> None:
    found = diff(article("The army left. Nobody knows why."), article("The army left.", "Nobody knows why."))
    assert changes(found) == [("delete", " "), ("insert", BREAK)]


def test_a_block_that_only_changed_its_kind_has_the_same_words() -> None:
    old = story()
    new = replace(old, blocks=tuple(Block("item", block.text) for block in old.blocks))
    assert not diff(old, new).changed
    assert apply(diff(old, new), lines(old)) == lines(new)


def test_a_moved_block_knows_where_it_is_on_the_other_side() -> None:
    old = story()
    found = diff(old, replace(old, blocks=(old.blocks[-1], *old.blocks[:-1])))
    assert [(row.op, row.moved) for row in found.rows if row.op != "equal"] == [("insert", 4), ("delete", 0)]


# ---------------------------------------------------------------------------------------------- cost

HUGE = {
    "equal lines": (["the same line"] * 3000, ["the same line"] * 2900 + ["another line"] * 50),
    "one huge line": (["a " * 200_000], ["a " * 150_000 + "b " + "a " * 40_000]),
    "huge lines": ([f"{k} " + "a " * 2000 for k in range(40)], [f"{k} " + "a " * 1900 + "b" for k in range(40)]),
    "a word without end": (["x" * 500_000], ["x" * 499_000]),
    "nothing in common": ([f"{k} a b" for k in range(6000)], [f"c {k * 7} d" for k in range(6000)]),
    "marks only": (["!? " * 20_000], ["?! " * 20_000]),
    "quotes only": (['"a ' * 20_000], ['"b ' * 20_000]),
    "few against many": ([f"{k} a b c" for k in range(5)], [f"{k * 7} a b d" for k in range(4900)]),
}


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.timeout(100)
def test_degenerate_texts_are_coarser_and_still_exact(name: str) -> None:
    old, new = (article(*side) for side in HUGE[name])
    found = diff(old, new)
    assert apply(found, lines(old)) == lines(new)
    assert len(to_html(found)) > 0


def test_what_is_too_large_word_by_word_is_aligned_by_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(align, "CELLS", 2_000)
    sentences = [f"Sentence number {k} says that all is well" for k in range(60)]
    other = [*sentences[:30], "Something else happened here", *sentences[30:]]
    found = diff(article(". ".join(sentences) + "."), article(". ".join(other) + "."))
    assert [text.strip() for _, text in changes(found)] == ["Something else happened here."]


def test_pairing_covers_every_block_once_whatever_the_sizes() -> None:
    for old, new in [(7, 90), (90, 7), (60, 61)]:
        spans = blocks.pair([f"{k} a b c" for k in range(old)], [f"{k} a b d" for k in range(new)])
        assert [i for a, b, _, _ in spans for i in range(a, b)] == list(range(old))
        assert [j for _, _, a, b in spans for j in range(a, b)] == list(range(new))


# ---------------------------------------------------------------------------------------------- terminal


def shown(old: str, new: str, width: int = 80) -> str:
    return to_terminal(diff(around(old, "en"), around(new, "en")), colour=False, width=width)


def test_plain_lines_mark_what_went_and_came_and_count_the_rest() -> None:
    assert shown("At least 12 died.", "At least 120 died.") == (
        "… 5 paragraphs unchanged\n\nAt least [-12-]{+120+} died.\n\n… 1 paragraph unchanged\n"
    )


def test_colours_say_the_same_without_marks() -> None:
    coloured = to_terminal(diff(around("It cost 12.", "en"), around("It cost 120.", "en")), colour=True, width=80)
    assert "It cost \x1b[31;9m12\x1b[0m\x1b[32;4m120\x1b[0m.\n" in coloured


def test_no_difference_says_so() -> None:
    assert to_terminal(diff(story(), story()), colour=True, width=80) == "no difference\n"


def test_lists_and_moves_are_recognised() -> None:
    items = [Block("item", text) for text in ("one apple a day", "two pears a week", "three plums a month")]
    old, new = story(blocks=tuple(items)), story(blocks=(items[2], items[0], items[1]))
    text = to_terminal(diff(old, new), colour=False, width=80)
    assert "moved here: - {+three plums a month+}" in text
    assert "moved away: - [-three plums a month-]" in text


@given(st.text(max_size=80), st.text(max_size=80), st.integers(8, 60), st.booleans())
@example("\x1b[2J\x9b1m\u202eevil\u2066", "\r\n\x07ok", 20, True)
@settings(max_examples=150, deadline=None)
def test_no_text_steers_the_terminal(old: str, new: str, width: int, colour: bool) -> None:
    found = diff(story(title=old), story(title=new))
    text = re.sub(r"\x1b\[(?:0|31;9|32;4)m", "", to_terminal(found, colour=colour, width=width))
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]", text
    )


@pytest.mark.parametrize("width", [8, 20, 41])
@pytest.mark.parametrize(
    "text", ["some words and an-unusually-long-one-that-does-not-fit", "安全保障理事会は会合を開いた。" * 4]
)
def test_lines_fit_the_terminal(text: str, width: int) -> None:
    lines_ = to_terminal(diff(story(title=""), story(title=text)), colour=False, width=width).splitlines()
    wide = [sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in lines_ if not line.startswith("…")]
    assert max(wide) <= width


# ---------------------------------------------------------------------------------------------- HTML and JSON


class Tags(HTMLParser):
    """Collects the tags of a fragment, and the text inside and outside of `del`."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.texts: dict[str, str] = {"ins": "", "del": "", "": ""}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        mark = next((tag for tag in self.open if tag in {"ins", "del"}), "")
        self.texts[mark] += data


ALLOWED = {"div", "p", "h2", "h3", "ul", "li", "blockquote", "pre", "ins", "del", "small"}


@given(articles, articles)
@example(story(title="<script>alert(1)</script>"), story(title="</del><img src=x onerror=alert(1)>&amp;"))
@settings(max_examples=100, deadline=None)
def test_the_fragment_is_well_formed_and_holds_nothing_but_text(old: Article, new: Article) -> None:
    reader = Tags()
    reader.feed(to_html(diff(old, new)))
    reader.close()
    assert reader.open == []
    assert reader.seen <= ALLOWED


def test_the_fragment_shows_what_went_and_came() -> None:
    reader = Tags()
    reader.feed(to_html(diff(around("It cost <12> & more.", "en"), around("It cost <120> & more.", "en"))))
    assert (reader.texts["del"], reader.texts["ins"]) == ("12", "120")
    assert "It cost <> & more." in reader.texts[""]


def test_the_reading_order_of_the_fragment_cannot_be_turned() -> None:
    fragment = to_html(diff(story(title="a"), story(title="a \u202egnp.exe\x00")))
    assert "&lt;U+202E&gt;" in fragment
    assert "\x00" not in fragment


@given(articles, articles)
@settings(max_examples=60, deadline=None)
def test_both_texts_can_be_read_from_the_json(old: Article, new: Article) -> None:
    rows = json.loads(json.dumps(to_json(diff(old, new))))["rows"]
    for dropped, wanted in (("insert", old), ("delete", new)):
        joined = ["".join(run["text"] for run in row["runs"] if run["op"] != dropped) for row in rows]
        assert "".join(joined).replace(BREAK, "") == "".join(line.text for line in lines(wanted)).replace(BREAK, "")


# ---------------------------------------------------------------------------------------------- what would be dear


@given(articles, articles, st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_a_coarse_difference_is_as_true_as_a_fine_one(old: Article, new: Article, most: int) -> None:
    found = diff(old, new, most)
    assert apply(found, lines(old)) == lines(new)
    assert found.changed == diff(old, new).changed


def long(*changed: int, size: int = 3000) -> Article:
    """3,000 paragraphs, some of which say something else."""
    return article(*(f"Paragraph {n} says {'other' if n in changed else 'the same'} things." for n in range(size)))


def test_a_long_text_with_few_edits_is_still_compared_by_word() -> None:
    found = diff(long(), long(7, 2000), most=1000)
    rows = [row for row in found.rows if row.op != "equal"]
    assert (found.coarse, [row.op for row in rows]) == (False, ["change", "change"])


def test_where_too_much_changed_paragraphs_are_whole_and_it_is_said() -> None:
    found = diff(long(), long(*range(100, 200)), most=1000)
    ops = [row.op for row in found.rows if row.op != "equal"]
    assert (found.coarse, ops.count("delete"), ops.count("insert"), len(ops)) == (True, 100, 100, 200)
    assert COARSE in to_html(found)
    assert to_terminal(found, colour=False).startswith(COARSE)
    assert to_json(found)["coarse"] is True


def test_paragraphs_that_changed_places_are_known_however_many() -> None:
    """In time that grows with their number and not with its square: of 20,000 it took minutes."""
    one, other = long(size=20_000), article(*(block.text for block in reversed(long(size=20_000).blocks)))
    found = diff(one, other, most=1000)
    assert sum(row.moved is not None for row in found.rows) == 2 * 20_000
