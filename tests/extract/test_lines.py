"""Short true lines survive, and so do articles about the things that templates print around articles."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.article import Block
from tests.extract.pages import PARAGRAPHS, WIDGETS, page, read, texts

SHORT = [
    "AFP contributed reporting.",
    "The contingent did not intervene.",
    "He declined to comment.",
    "No one was hurt.",
    "“No.”",
    "Why?",
    "(Reuters)",
    "With reports from Prague and Lviv.",
    "Reporting by Ida Krol; editing by Ole Berg",
    "Additional reporting by Jana Hollister in the harbour.",
    "Ida Krol contributed to this report.",
    "Correction: an earlier version of this story gave the wrong year.",
    "Editor's note: This is a developing story and is being updated.",
    "Update, 3 March: The bridge has been closed again.",
    "Subscribe or leave, the captain said.",
    "It costs $12 a month.",
    "Mehr weiß niemand.",
    "Больше никто ничего не знает.",
    "それ以上は誰も知らない。",
    "25 years.",
]


@pytest.mark.parametrize("line", SHORT)
def test_a_short_line_of_the_article_survives_anywhere_after_the_first_paragraph(line: str) -> None:
    for at in range(1, len(PARAGRAPHS) + 1):
        body = [*PARAGRAPHS[:at], line, *PARAGRAPHS[at:]]
        assert texts(read(page(body))) == body, f"before paragraph {at}"


@pytest.mark.parametrize("line", SHORT[:6])
def test_a_short_line_survives_among_widgets(line: str) -> None:
    box, card = WIDGETS["membership appeal"], WIDGETS["related card"]
    assert texts(read(page([*PARAGRAPHS[:3], box, line, card, *PARAGRAPHS[3:]]))) == [
        *PARAGRAPHS[:3],
        line,
        *PARAGRAPHS[3:],
    ]


@pytest.mark.parametrize(
    "heading", ["Shifting dynamics", "What happened:", "The details:", "Up next", "Read the fine print"]
)
def test_a_subheading_survives_with_its_kind(heading: str) -> None:
    article = read(page([*PARAGRAPHS[:3], f"<h2>{heading}</h2>", *PARAGRAPHS[3:]]))
    assert article.blocks[3] == Block("subheading", heading)
    assert len(article.blocks) == len(PARAGRAPHS) + 1


def test_a_heading_of_which_nothing_is_left_goes_with_its_list() -> None:
    body = [*PARAGRAPHS, "<h3>From the archive</h3>", WIDGETS["related list, no names"]]
    assert texts(read(page(body))) == list(PARAGRAPHS)


NEWSLETTERS = (
    "The paper will close its evening newsletter in May, the editors said in a letter to subscribers on Tuesday.",
    "More than forty thousand people had signed up for it since 2019, most of them over the age of sixty.",
    "Membership revenue fell by a tenth last year, while donations from readers abroad nearly doubled.",
    "“Support us or lose us,” the editor wrote in her last column, which was read aloud on the radio.",
    "Readers can cancel their subscription until the end of June and get the rest of their money back.",
    "The newsletter's archive will stay online.",
)
COOKIES = (
    "A court in the capital has ruled that cookie banners must offer a button to refuse that is as large as the other.",
    "Websites that track visitors without consent face fines of up to four million crowns under the new rules.",
    "The data protection office counted nine hundred banners in a week and found fault with most of them.",
    "“Nobody reads them,” the judge said. “They accept, and then they wonder.”",
    "An association of publishers called the ruling a gift to advertising companies abroad.",
)
DONATIONS = (
    "The aid group had asked for donations of blankets, and got four thousand of them within two days.",
    "Its volunteers ask people not to donate clothes any more, but to give money or time.",
    "A donor from the north, who did not want to be named, paid for a bus and for its driver.",
    "The group's founder called on the government to support independent organisations with tax money.",
    "Members voted on Sunday to go on until spring.",
)


LETTER = (
    "This paper turned thirty on Friday, which is more than anyone who was there at the start would have bet on.",
    "Our newsroom had four desks then, and our readers brought the fifth when they heard that somebody was standing.",
    "Our journalists have since been sued eleven times, our work was copied abroad, and our team has doubled.",
    "The first issue sold four hundred copies, most of them to the mothers of the people who had written it.",
    "We have no plans for the next thirty years, but we will print them when we do.",
)


@pytest.mark.parametrize(
    "body",
    [NEWSLETTERS, COOKIES, DONATIONS, LETTER],
    ids=["newsletters", "cookies", "donations", "a paper's own letter"],
)
def test_an_article_about_such_things_is_whole(body: tuple[str, ...]) -> None:
    article = read(page(body, title=body[0][:60]))
    assert (texts(article), article.kind, article.access) == (list(body), "article", None)


@pytest.mark.parametrize("body", [NEWSLETTERS, DONATIONS], ids=["newsletters", "donations"])
def test_such_an_article_is_told_from_an_appeal_beside_it(body: tuple[str, ...]) -> None:
    html = page([*body[:2], WIDGETS["membership appeal"], *body[2:], WIDGETS["newsletter form"]], title=body[0][:60])
    assert texts(read(html)) == list(body)


# ------------------------------------------------------------------------------------------------ blocks


def test_blocks_keep_their_kinds_and_order() -> None:
    body = [
        PARAGRAPHS[0], "<h3>The bill</h3>", "<ul><li>Steel: seven million</li><li>Paint: one and a half</li></ul>",
        f"<blockquote><p>{PARAGRAPHS[2]}</p></blockquote>", PARAGRAPHS[4],
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>4</td></tr></table>",
        "<pre>a = 1\n  b = 2</pre>", PARAGRAPHS[5],
    ]  # fmt: skip
    kinds = [block.kind for block in read(page(body)).blocks]
    assert kinds == ["paragraph", "subheading", "item", "item", "quote", "paragraph", "row", "row", "code", "paragraph"]


def test_inline_markup_is_flattened_and_words_stay_whole() -> None:
    body = [
        *PARAGRAPHS[:2],
        "<p>The <b>bri</b>dge, <a href='/x'>built</a> in<br>1931,&nbsp;is <em>old</em>&shy;er.</p>",
        *PARAGRAPHS[2:],
    ]
    assert texts(read(page(body)))[2] == "The bridge, built in 1931, is older."


def test_two_line_breaks_end_a_paragraph_and_one_does_not() -> None:
    text = f"{PARAGRAPHS[0]}<br><br>{PARAGRAPHS[1]}<br>And so on.<br>\n<br>{PARAGRAPHS[3]}"
    assert texts(read(page([f"<div>{text}</div>"]))) == [PARAGRAPHS[0], f"{PARAGRAPHS[1]} And so on.", PARAGRAPHS[3]]


def test_a_large_first_letter_belongs_to_its_word() -> None:
    body = [
        '<p><span class="drop-cap">T</span> <span>raffic crossed the bridge again on Monday, as it used to.</span></p>',
        *PARAGRAPHS,
    ]
    assert texts(read(page(body)))[0] == "Traffic crossed the bridge again on Monday, as it used to."


def test_quotes_and_dashes_stay_as_printed() -> None:
    line = '‘Straight’ and "curly" – and „low“ — mixed in one paragraph, as the paper printed them that day.'
    assert texts(read(page([*PARAGRAPHS, line])))[-1] == line


# ------------------------------------------------------------------------------------------------ edits

WORDS = st.sampled_from(
    ["bridge", "ferry", "council", "harbour", "winter", "captain", "gulls", "ramp", "paint", "crowns"]
)
SENTENCES = st.lists(WORDS, min_size=12, max_size=30).map(lambda words: f"The {' '.join(words)}.")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SENTENCES, min_size=3, max_size=9, unique=True), st.data())
def test_an_edit_changes_exactly_what_was_edited(body: list[str], data: st.DataObject) -> None:
    """A paragraph added, removed or changed is just that, whatever stands around it."""
    at = data.draw(st.integers(0, len(body) - 1))
    new = data.draw(SENTENCES.filter(lambda text: text not in body))
    edits = {
        "added": [*body[:at], new, *body[at:]],
        "changed": [*body[:at], new, *body[at + 1 :]],
        "removed": body[:at] + body[at + 1 :],
    }
    furniture = WIDGETS["related card"], WIDGETS["newsletter form"]
    for name, edited in edits.items():
        assert texts(read(page([*edited, *furniture]))) == edited, name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(sorted(WIDGETS.keys() - {"next article"})), max_size=5),
    st.lists(st.integers(0, len(PARAGRAPHS)), min_size=5, max_size=5),
)
def test_any_mixture_of_widgets_leaves_the_article_as_it_is(names: list[str], places: list[int]) -> None:
    body = list(PARAGRAPHS)
    for name, at in zip(names, places, strict=False):
        body.insert(at, WIDGETS[name])
    assert texts(read(page(body))) == list(PARAGRAPHS)
