"""Outlet rules are data: what they drop, keep and name is done, and recorded under their name."""

from __future__ import annotations

from scraper.model import Rule
from tests.extract.pages import PARAGRAPHS, WIDGETS, outlet, page, read, texts

LETTER = (
    '<div class="letter"><p>A letter from the ferry captain, which the paper prints in full beside the story.</p></div>'
)


def test_a_drop_rule_drops_and_is_named() -> None:
    article = read(page([*PARAGRAPHS[:2], LETTER, *PARAGRAPHS[2:]]), outlet=outlet(Rule("letters", drop=(".letter",))))
    assert texts(article) == list(PARAGRAPHS)
    assert "letters" in {one.rule for one in article.dropped}


def test_a_keep_rule_keeps_what_generic_rules_would_drop() -> None:
    box = '<div class="newsletter-box"><p>The bridge has a letter of its own, on the back of its tickets.</p></div>'
    html = page([*PARAGRAPHS[:2], box, *PARAGRAPHS[2:]])
    assert len(texts(read(html))) == len(PARAGRAPHS)
    assert len(texts(read(html, outlet=outlet(Rule("keep", keep=(".newsletter-box",)))))) == len(PARAGRAPHS) + 1


def test_a_keep_rule_wins_over_a_drop_rule() -> None:
    rules = (Rule("letters", drop=(".letter",)), Rule("this one", keep=(".letter",)))
    assert len(texts(read(page([*PARAGRAPHS, LETTER]), outlet=outlet(*rules)))) == len(PARAGRAPHS) + 1


def test_a_body_rule_names_the_container() -> None:
    html = page(
        below='<div class="second"><p>Only this paragraph stands in the second column of the page today.</p></div>'
    )
    assert texts(read(html, outlet=outlet(Rule("body", body=(".nowhere", ".second"))))) == [
        "Only this paragraph stands in the second column of the page today."
    ]


def test_a_line_rule_drops_whole_blocks_only() -> None:
    rule = Rule("lines", drop_text=(r"The ferry stays\.",))
    body = [*PARAGRAPHS, "The ferry stays. So does its captain, who has bought a second hat."]
    assert texts(read(page(body), outlet=outlet(rule))) == [*PARAGRAPHS[:3], *PARAGRAPHS[4:], body[-1]]


def test_a_selector_the_engine_does_not_take_drops_nothing() -> None:
    assert texts(read(page(), outlet=outlet(Rule("odd", drop=("p:has(", "[["))))) == list(PARAGRAPHS)


def test_the_reading_names_extractor_and_rules() -> None:
    plain, ruled = read(page()), read(page(), outlet=outlet(Rule("letters", drop=(".letter",))))
    version, _, digest = plain.reading.partition("+")
    assert version.isdigit()
    assert len(digest) == 8
    assert ruled.reading.startswith(f"{version}+")
    assert ruled.reading != plain.reading


def test_rules_do_not_weaken_the_generic_ones() -> None:
    html = page([*PARAGRAPHS[:3], WIDGETS["donation, German"], *PARAGRAPHS[3:]])
    assert texts(read(html, outlet=outlet(Rule("letters", drop=(".letter",))))) == list(PARAGRAPHS)
