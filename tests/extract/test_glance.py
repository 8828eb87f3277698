"""A page is taken for unchanged only if it would give the same text; what changes around the text costs a glance."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.article import Article
from scraper.extract import container
from scraper.extract import read as read_known
from scraper.model import Rule
from tests.benchmarks import noise
from tests.extract.pages import PARAGRAPHS, TITLE, URL, WIDGETS, ld, outlet, page, read, texts

LONG = [
    f"{text} It was said again, in other words, on day {n} of the repairs." for n in range(5) for text in PARAGRAPHS
]
DATED = "2026-03-02T09:30:00+01:00"
DATA: dict[str, object] = {"headline": TITLE, "author": "Ida Krol", "datePublished": DATED, "dateModified": DATED}
HEAD = ld(**DATA)
NOTE = "Correction: an earlier version of this story gave the wrong year for the opening of the bridge, which was 1931."
COLUMN = b'<div class="story">'
OTHER = "".join(f"<p>{text} This is another story, and it is told elsewhere.</p>" for text in LONG)


def base(**more: object) -> bytes:
    return page(LONG, head=HEAD, **more)  # type: ignore[arg-type]  # of `page`, by name


def known(html: bytes) -> str:
    """What is kept of a page; a page with a mark a glance can know again."""
    fingerprint = read(html).fingerprint
    assert "." in fingerprint
    return fingerprint


def is_seen(new: bytes, fingerprint: str) -> bool:
    return read_known(new, URL, known=fingerprint) is not None


@pytest.fixture
def only_glances(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it lets no page be pruned any more."""
    return lambda: monkeypatch.setattr(container, "choose", None)


def around(html: bytes, old: bytes, new: bytes) -> bytes:
    assert old in html
    return html.replace(old, new, 1)


EDITS: dict[str, bytes] = {
    "a word": around(base(), b"on day 3 of", b"on day three of"),
    "a paragraph less": page(LONG[:-1], head=HEAD),
    "a paragraph more": page([*LONG, "The mayor has resigned."], head=HEAD),
    "a notice above the headline": around(base(), b"<article>", f"<article><p>{NOTE}</p>".encode()),
    "a notice above everything": around(base(), b"<main>", f"<main><div><p>{NOTE}</p></div>".encode()),
    "a notice below the headline": base(above=f"<p>{NOTE}</p>"),
    "a notice in a box below the column": base(below=f'<div class="note"><p>{NOTE}</p></div>'),
    "a notice as loose text": base(below=f"{NOTE}"),
    "a short line below the column": base(below="<p>This story has been withdrawn.</p>"),
    "a second column beside the first": base(below=f'<div class="story">{OTHER}</div>'),
    "a line under the headline": base(above='<p class="dek">Two winters, one pier and nobody to blame for it.</p>'),
    "another headline": page(LONG, head=HEAD, title="Harbour bridge closes again"),
    "another headline in the data": page(LONG, head=ld(**{**DATA, "headline": "Harbour bridge: what it cost"})),
    "another author": page(LONG, head=ld(**{**DATA, "author": "Ole Berg"})),
    "another date": page(LONG, head=ld(**{**DATA, "datePublished": "2026-03-03T09:30:00+01:00"})),
    "another address": page(LONG, head=HEAD + '<link rel="canonical" href="https://paper.example/2026/03/bridge/">'),
    "a caption": base(above="<figure><img src='/b.jpg'><figcaption>The ramp on Monday.</figcaption></figure>"),
    "a headline of another level": around(base(), COLUMN, COLUMN + b"<h2>What it cost</h2>"),
    "a paragraph turned into a heading": around(base(), b"<p>The ferry stays.", b"<h3>The ferry stays.").replace(
        b"day 0 of the repairs.</p>\n<p>Inspectors", b"day 0 of the repairs.</h3>\n<p>Inspectors"
    ),
    "a link instead of a line": around(base(), b"<p>AFP contributed", b"<p><a href='/agency/'>AFP contributed").replace(
        b"day 0 of the repairs.</p>\n<p>Traffic", b"day 0 of the repairs.</a></p>\n<p>Traffic"
    ),
    "the column in a template, another one in its place": around(
        base(), COLUMN, f'<div class="story">{OTHER}</div><template><div class="story">'.encode()
    ),
    "the column hidden, another one beside it": around(
        base(), COLUMN, f'<div class="story">{OTHER}</div><div class="story" hidden>'.encode()
    ),
    "the column within what is dropped": around(base(), b"<main>", b"<p>Gone.</p><main hidden>"),
    "a longer story in an unnamed box": base(around=(f"<div>{OTHER * 2}</div>", "")),
    "a longer story in a box of related ones": base(below=f'<div class="related"><div>{OTHER * 3}</div></div>'),
    "a live page": page(LONG, head=ld(**{**DATA, "@type": "LiveBlogPosting"})),
    "behind a wall, and cut": page(
        [*LONG[:4]], head=HEAD, below='<div class="paywall"><p>Subscribe to read on.</p></div>'
    ),
    "a heading of which nothing is left": base(below='<div><h2>More</h2></div><div class="related"><p>One.</p></div>'),
}


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_is_never_taken_for_noise(name: str) -> None:
    new = EDITS[name]
    again = read_known(new, URL, known=known(base()))
    assert again is not None or read(new).text == read(base()).text


SEEN = EDITS.keys() - {"a longer story in an unnamed box", "a longer story in a box of related ones",
                       "a heading of which nothing is left"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SEEN))
def test_such_an_edit_changes_the_article(name: str) -> None:
    assert read(EDITS[name]) != read(base())


QUIET: dict[str, bytes] = {
    "nothing": base(),
    "a banner": base(around=('<div class="promo-banner"><p>Goal: 900 new members by Friday!</p></div>', "")),
    "other stories": base(below=WIDGETS["related list"]),
    "comments": base(below=WIDGETS["comments"]),
    "an advertisement among the paragraphs": page([*LONG[:6], WIDGETS["advert"], *LONG[6:]], head=HEAD),
    "a card among the paragraphs": page([*LONG[:6], WIDGETS["newsletter box"], *LONG[6:]], head=HEAD),
    "tokens": page(LONG, head=HEAD + '<meta name="csrf-token" content="8f1c"><script>t = 1772440200</script>'),
    "attributes": around(base(), b"<main>", b'<main data-build="a9f3" style="opacity: 1">'),
    "a menu": around(base(), b"</nav>", b' <a href="/fair/">Fair</a></nav>'),
    "small print": around(base(), b"All letters are read", b"Some letters are read"),
    "a hidden note": base(around=("", WIDGETS["hidden note"])),
    "a picture's address": base(around=("", '<div class="gallery"><img src="/x.jpg?t=1"></div>')),
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_changes_around_the_article_costs_a_glance(name: str, only_glances: Callable[[], None]) -> None:
    fingerprint = known(base())
    only_glances()
    assert not is_seen(QUIET[name], fingerprint)


@pytest.mark.parametrize("name", sorted(noise.CHANGES))
def test_made_up_noise_costs_a_glance(name: str, only_glances: Callable[[], None]) -> None:
    old, *new = [noise.visit(base().decode(), seed, (name,)).encode() for seed in range(6)]
    fingerprint = known(old)
    only_glances()
    assert [html for html in new if is_seen(html, fingerprint)] == []


def test_a_story_that_outweighs_the_lead_of_the_core_is_looked_at(only_glances: Callable[[], None]) -> None:
    fingerprint = known(base())
    only_glances()
    with pytest.raises(TypeError):
        is_seen(EDITS["a longer story in a box of related ones"], fingerprint)


def test_rules_are_part_of_what_is_known(only_glances: Callable[[], None]) -> None:
    ruled = outlet(Rule("sponsors", drop=(".sponsors",), body=("div.story",)))
    html = [base(below=f'<div class="sponsors"><p>{text}</p></div>') for text in LONG[:2]]
    fingerprint = read(html[0], outlet=ruled).fingerprint
    only_glances()
    assert read_known(html[1], URL, outlet=ruled, known=fingerprint) is None
    with pytest.raises(TypeError):
        read_known(html[0], URL, known=fingerprint)


def test_an_article_that_a_word_from_elsewhere_could_turn_has_no_mark() -> None:
    assert "." not in read(page(head=HEAD)).fingerprint
    assert "." not in read(page(LONG)).fingerprint


def test_what_is_kept_of_a_page_is_short() -> None:
    assert len(known(base(around=('<div class="promo related share">', "</div>")))) <= 200


@pytest.mark.parametrize("mark", ["", "x", "0" * 24, "0" * 24 + "-1-0-0-9999999999-1-", "🙂", "." * 300])
def test_a_mark_from_elsewhere_is_no_mark(mark: str) -> None:
    assert is_seen(base(), f"{'0' * 32}.{mark}")


# ------------------------------------------------------------------------------------------------ any mixture

PLACES = st.lists(st.tuples(st.sampled_from(sorted(WIDGETS)), st.integers(-4, len(LONG))), max_size=4)


def dressed(body: list[str], furniture: list[tuple[str, int]], visit: int) -> bytes:
    """A page with widgets among its paragraphs and, at the places below 0, around them."""
    blocks, outside = list(body), ["", "", "", ""]
    for name, at in furniture:
        if at < 0:
            outside[at] += WIDGETS[name]
        else:
            blocks.insert(at, WIDGETS[name])
    html = page(blocks, head=HEAD, above=outside[0], below=outside[1], around=(outside[2], outside[3]))
    return noise.visit(html.decode(), visit).encode()


def amended(body: list[str], how: str, at: int, rng: random.Random) -> list[str]:
    """The same paragraphs with one edit."""
    words = body[at].split()
    words[rng.randrange(len(words))] = rng.choice(["eleven", "not", "Kravets", "1932", "“never”"])
    edits = {
        "none": body,
        "word": [*body[:at], " ".join(words), *body[at + 1 :]],
        "removed": [*body[:at], *body[at + 1 :]],
        "added": [*body[:at], NOTE, *body[at:]],
        "moved": [body[at], *body[:at], *body[at + 1 :]],
        "heading": [*body[:at], f"<h2>{TITLE}, again</h2>", *body[at:]],
        "item": [*body[:at], f"<ul><li>{NOTE}</li></ul>", *body[at:]],
    }
    return edits[how]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    PLACES,
    PLACES,
    st.sampled_from(["none", "word", "removed", "added", "moved", "heading", "item"]),
    st.integers(0, len(LONG) - 1),
    st.randoms(use_true_random=False),
)
def test_whatever_is_taken_for_unchanged_gives_the_same_text(
    before: list[tuple[str, int]], after: list[tuple[str, int]], how: str, at: int, rng: random.Random
) -> None:
    old = dressed(LONG, before, rng.randrange(9))
    new = dressed(amended(LONG, how, at, rng), after, rng.randrange(9))
    article = read(old)
    again: Article | None = read_known(new, URL, known=article.fingerprint)
    assert again is not None or read(new).text == article.text


def test_the_long_article_is_read_as_it_is() -> None:
    assert texts(read(base())) == LONG
