"""Edits of a known kind, placed by a generator in articles made of sentences: each is found, as what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scraper.article import Article, Block
from scraper.compare import compare
from scraper.extract import extract
from tests.compare.catalogue.machines import MACHINES

from .articles import article
from .test_diff import articles

SENTENCES = (
    "The road office counted 48 lorries a day on the old bridge before it was closed in spring.",
    "“Nobody told us about the detour,” a baker from the northern bank said while he loaded his van.",
    "Deputy mayor Olena Kravets promised that buses would run until midnight during the repairs.",
    "Engineers from Lviv had found cracks in two piers and reported them to the ministry in March.",
    "The ferry, which is on loan from another town, carries 30 cars and needs 20 minutes to cross.",
    "Fishermen complain that the current has changed since the new dam upstream began to work.",
    "A first estimate put the cost at $2.5 million, of which the region would pay about a third.",
    "Schools on both sides of the river have moved the start of their lessons to half past eight.",
    "The contractor said «we are on schedule» and declined to answer further questions by telephone.",
    "Opposition members left the hall before the vote, calling the procedure a farce.",
    "Traffic lights were put up at the landing stage, though drivers often ignore them.",
    "An older plan for a tunnel was given up because the ground proved to be too soft.",
)
bodies = st.lists(st.sampled_from(SENTENCES), min_size=12, max_size=12, unique=True).map(
    lambda chosen: article(*(" ".join(chosen[k : k + 2]) for k in range(0, 12, 2)))
)
Change = Callable[[tuple[Block, ...], int], tuple[Block, ...]]


def within(old: str, new: str) -> Change:
    """Replace `old` by `new` in the block at the place, if it is there."""

    def change(blocks: tuple[Block, ...], at: int) -> tuple[Block, ...]:
        text = blocks[at].text.replace(old, new, 1)
        return (*blocks[:at], replace(blocks[at], text=text), *blocks[at + 1 :])

    return change


def without(blocks: tuple[Block, ...], at: int) -> tuple[Block, ...]:
    return blocks[:at] + blocks[at + 1 :]


def with_more(blocks: tuple[Block, ...], at: int) -> tuple[Block, ...]:
    more = Block("paragraph", "Residents hope for a footbridge, which was never part of any plan.")
    return (*blocks[:at], more, *blocks[at:])


def first(blocks: tuple[Block, ...], at: int) -> tuple[Block, ...]:
    return (blocks[at], *without(blocks, at)) if at > 1 else blocks


KINDS: dict[str, tuple[Change, ...]] = {
    "figures": (within("48", "480"), within("30 cars", "300 cars"), within("$2.5", "$25"), within("March", "May")),
    "names": (within("Kravets", "Kravetz"), within("Lviv", "Lutsk")),
    "quotes": (within("“Nobody told", "“They told"), within("«we are on", "«we are not on")),
    "wording": (within("often ignore", "do not ignore"), within("promised that", "denied that")),
    "typo": (within("telephone", "telehpone"), within("procedure", "proceedure")),
    "cosmetic": (within("ferry, which", "ferry which"), within("vote, calling", "vote - calling")),
    "removal": (without, within(", calling the procedure a farce", ""),
                within(" and reported them to the ministry", "")),
    "addition": (with_more, within("too soft.", "too soft. Nobody had tested it before the money was spent.")),
    "moved": (first,),
}  # fmt: skip
edits = st.sampled_from([(kind, change) for kind, changes in KINDS.items() for change in changes])


@given(bodies, edits, st.integers(0, 5))
@settings(max_examples=400, deadline=None)
def test_a_generated_edit_is_found_with_its_kind_and_no_other(old: Article, edit: tuple[str, Change], at: int) -> None:
    kind, change = edit
    new = replace(old, blocks=change(old.blocks, at))
    assume(new != old)
    verdict = compare(old, new)
    assert verdict.edit
    # A name or a figure put right inside a quotation is also a changed quotation.
    assert set(verdict.edit.kinds) - {"quotes"} == {kind} - {"quotes"}


@given(articles)
@settings(max_examples=150, deadline=None)
def test_an_article_is_the_same_as_itself_whatever_it_holds(one: Article) -> None:
    assume(any("".join(block.text.split()) for block in one.blocks))
    assert compare(one, one).kind == "same"


@given(articles, articles)
@settings(max_examples=150, deadline=None)
def test_any_two_articles_can_be_compared(old: Article, new: Article) -> None:
    """And what is called an edit is one that can be seen in the text, with at least one part for each kind."""
    edit = compare(old, new, shrink_confirmed=True).edit
    if edit:
        assert old.text != new.text
        assert {part.kind for part in edit.parts} == set(edit.kinds)


@given(bodies, edits, st.integers(0, 5), st.sampled_from(sorted(MACHINES)))
@settings(max_examples=150, deadline=None)
def test_an_edit_is_found_through_what_a_machine_did_to_the_page(
    old: Article, edit: tuple[str, Change], at: int, machine: str
) -> None:
    """The same edit, on a page whose marks, spaces or markup were changed at the same time."""
    new = replace(old, blocks=edit[1](old.blocks, at))
    assume(new != old)
    read = extract(MACHINES[machine](paper(new)).encode(), old.url)
    verdict = compare(extract(paper(old).encode(), old.url), read)
    assert verdict.edit
    # Where a machine changed all marks, one changed by hand cannot be told; nor can a slip in a word it cut in two.
    hidden = edit[0] == "cosmetic" or (edit[0] == "typo" and machine == "zero_width_spaces")
    assert edit[0] in verdict.edit.kinds or hidden


def paper(one: Article) -> str:
    """A page of a paper with this article."""
    text = "\n".join(f"<p>{block.text}</p>" for block in one.blocks)
    head = f'<html lang="en"><head><meta charset="utf-8"><title>{one.title} | Paper</title></head>'
    return f"{head}<body><main><article><h1>{one.title}</h1>{text}</article></main></body></html>"


@given(bodies, st.lists(st.tuples(edits, st.integers(0, 5)), min_size=2, max_size=5))
@settings(max_examples=150, deadline=None)
def test_of_several_edits_at_once_none_is_missed(old: Article, several: list[tuple[tuple[str, Change], int]]) -> None:
    new, kinds = old, set()
    for (kind, change), at in several:
        if kind in {"figures", "names", "quotes", "typo"}:
            changed = replace(new, blocks=change(new.blocks, at))
            kinds |= {kind} if changed != new else set()
            new = changed
    assume(kinds)
    verdict = compare(old, new)
    assert verdict.edit
    assert set(verdict.edit.kinds) == kinds
