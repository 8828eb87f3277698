"""Pages of one article: which addresses they have, and the text they are together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import paging, urls
from scraper.article import Access, Article, Block, BlockKind, Dropped
from scraper.model import Outlet, Paging

PAPER = Outlet("paper.example", "The Paper", "https://paper.example/", pages=Paging("a.next"))
QUERY = replace(PAPER, pages=Paging(number="[?&]page=([0-9]+)"))
FOLDER = replace(PAPER, pages=Paging(number="(?<=/)([0-9]+)/$"))
ENDING = replace(PAPER, pages=Paging(number=r"-([0-9]+)(?=\.html$)"))
STORY = "https://paper.example/2026/a-story"
LONG = "The harbour council voted on Monday to rebuild the old pier, which a storm had broken in two."


def page(*texts: str, url: str = STORY, **more: object) -> Article:
    """One page of an article."""
    plain = Article(url, STORY, title="A story of piers", blocks=tuple(Block("paragraph", text) for text in texts))
    return replace(plain, **more)  # type: ignore[arg-type]  # the fields of Article, as named


# ---------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("/a-story", "/a-story?page=2"),
        ("/a-story", "/a-story/2"),
        ("/a-story/", "/a-story/2/"),
        ("/a-story/", "/a-story/page/2/"),
        ("/a-story.html", "/a-story-2.html"),
        ("/a-story.html", "/a-story_2.html"),
        ("/a-story.html", "/a-story,seite-2.html"),
        ("/read.php?id=7", "/read.php?id=7&p=2"),
        ("/a-story", "http://m.paper.example/a-story/2?utm_source=x"),
    ],
)
def test_a_later_page_goes_on_where_the_first_ends(first: str, later: str) -> None:
    later = later if "//" in later else "https://paper.example" + later
    assert paging.continues("https://paper.example" + first, later, PAPER)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("/a-story", "/a-story"),
        ("/a-story", "/a-story/amp/"),
        ("/a-story", "/a-story/#comments"),
        ("/a-story", "/another-story"),
        ("/a-story", "/a-story-of-two-cities"),
        ("/a-story-14", "/a-story-15"),
        ("/read.php?id=7", "/read.php?id=8"),
        ("/read.php?id=7", "/read.php?page=2"),
        ("/a-story", "/a-story/comments/2024"),
        ("/", "/2/"),
        ("/a-story", "https://other.example/a-story/2"),
        ("/a-story", "https://shop.paper.example/a-story/2"),
        ("/a-story", "javascript:next()"),
    ],
)
def test_another_address_is_no_later_page(first: str, other: str) -> None:
    other = other if ":" in other else "https://paper.example" + other
    assert not paging.continues("https://paper.example" + first, other, PAPER)


@pytest.mark.parametrize(
    ("outlet", "path", "bare", "number"),
    [
        (QUERY, "/a-story?page=3", "/a-story", 3),
        (QUERY, "/a-story?page=3&id=7", "/a-story?id=7", 3),
        (QUERY, "/a-story?id=7&page=3", "/a-story?id=7", 3),
        (FOLDER, "/a-story/4/", "/a-story/", 4),
        (ENDING, "/a-story-2.html", "/a-story.html", 2),
    ],
)
def test_a_page_number_is_told_from_the_address(outlet: Outlet, path: str, bare: str, number: int) -> None:
    assert urls.numbered("https://paper.example" + path, outlet) == ("https://paper.example" + bare, number)


@pytest.mark.parametrize(
    ("outlet", "url"),
    [
        (ENDING, "https://paper.example/the-year-2024.html"),  # no article has so many pages
        (FOLDER, "https://paper.example/covid-19/"),
        (FOLDER, "https://paper.example/7/"),  # without it nothing would be left
        (QUERY, "https://paper.example/?page=2"),
        (QUERY, "https://other.example/a-story?page=2"),
        (PAPER, "https://paper.example/a-story?page=2"),
        (QUERY, "not an address"),
    ],
)
def test_what_is_no_page_number_is_left_alone(outlet: Outlet, url: str) -> None:
    assert urls.numbered(url, outlet) is None


def test_all_numbered_pages_are_one_article_and_its_neighbours_are_not() -> None:
    keys = {urls.identity(f"{STORY}-{number}.html", ENDING) for number in range(1, 11)}
    assert keys == {urls.identity(f"{STORY}.html", ENDING)}
    assert urls.identity(f"{STORY}-11.html", ENDING) not in keys


def test_with_a_pattern_nothing_else_is_a_later_page() -> None:
    assert paging.continues(STORY, f"{STORY}?page=2", QUERY)
    assert not paging.continues(STORY, f"{STORY}/2", QUERY)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"{STORY}/3", None),
        (f"{STORY}/2/", "loop"),
        (f"{STORY}?utm_source=x", "loop"),
        ("https://other.example/2026/a-story/3", "other-host"),
        ("https://paper.example/2026/b-story/3", "another-article"),
        ("file:///etc/passwd", "other-host"),
    ],
)
def test_a_next_page_has_to_be_one_of_the_same_article(url: str, why: str | None) -> None:
    assert paging.objection(page(LONG), [STORY, f"{STORY}/2"], url, PAPER) == why


# ---------------------------------------------------------------------------------------------- what came


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (page("Other words than before.", url=f"{STORY}/2"), None),
        (page("Other words.", url=f"{STORY}/2", canonical_url=f"{STORY}/2"), None),
        (page("Other words.", url=f"{STORY}/2", canonical_url="https://paper.example/b"), "another-article"),
        (page(LONG, "And more.", url=f"{STORY}/2"), None),
        (page(LONG, url=f"{STORY}/2"), "repeats page 1"),
        (page(url=f"{STORY}/2", kind="empty"), "empty"),
        (page("Prove that you are human.", url=f"{STORY}/2", kind="challenge"), "challenge"),
        (page("No such page.", url=f"{STORY}/2", kind="error"), "error"),
    ],
)
def test_a_page_that_came_is_doubted_where_it_is_another(later: Article, why: str | None) -> None:
    assert paging.doubt([page(LONG)], later, PAPER) == why


def test_a_page_that_came_before_is_doubted_under_another_address() -> None:
    second = page("Its text.", url=f"{STORY}/2")
    assert paging.doubt([page(LONG), second], replace(second, url=f"{STORY}/3"), PAPER) == "repeats an earlier page"


# ---------------------------------------------------------------------------------------------- joining

WORD = st.text("abcdefghijklmnop éд世", min_size=3, max_size=12).map(lambda text: f"x{text.strip()}x")
BODY = st.lists(WORD, min_size=1, max_size=12, unique_by=str.casefold)
KINDS: st.SearchStrategy[BlockKind] = st.sampled_from(["paragraph", "subheading", "item", "quote", "row"])
LABELS = st.sampled_from(["Page {0} of {1}", "{0}/{1}", "Seite {0} von {1}", "Страница {0} из {1}", "(Page {0})"])


@st.composite
def articles(draw: st.DrawFn) -> tuple[Article, list[Article]]:
    """An article, and the pages its outlet makes of it: cut at paragraphs, and dressed up again and again."""
    words = draw(BODY)
    blocks = tuple(Block(draw(KINDS), f"{number} {word} {LONG}") for number, word in enumerate(words))
    whole = page(subtitle="What the council did", authors=("Ann Author",), published=date(2026, 3, 1), blocks=blocks)
    cuts = sorted(draw(st.sets(st.integers(1, len(blocks) - 1), max_size=5))) if len(blocks) > 1 else []
    parts = [blocks[a:b] for a, b in zip([0, *cuts], [*cuts, len(blocks)], strict=True)]
    label, foot = draw(LABELS), draw(st.booleans())
    pages = []
    for number, part in enumerate(parts, 1):
        marks = [Block("paragraph", label.format(number, len(parts)))] if len(parts) > 1 else []
        again = draw(st.lists(st.sampled_from(_furniture(whole)), max_size=4)) if number > 1 else []
        body = (*again, *part, *marks) if foot else (*marks, *again, *part)
        pages.append(replace(whole, blocks=tuple(body), url=f"{STORY}/{number}", fingerprint=str(number)))
    return whole, pages


def _furniture(whole: Article) -> list[Block]:
    title, subtitle = whole.title or "", whole.subtitle or ""
    lines = [title, subtitle, "by Ann Author, March 1, 2026", "Ann Author", title.upper()]
    return [*(Block("paragraph", line) for line in lines), Block("subheading", title)]


@given(articles())
def test_cut_into_pages_and_joined_an_article_is_what_it_was(given_pages: tuple[Article, list[Article]]) -> None:
    """Wherever it is cut, and whatever of its head each page prints again."""
    whole, pages = given_pages
    assert paging.join(pages).text == whole.text


@given(articles())
def test_nothing_that_is_left_out_is_forgotten(given_pages: tuple[Article, list[Article]]) -> None:
    """What each page has more than the article is in `dropped`, in number."""
    _, pages = given_pages
    joined = paging.join(pages)
    assert len(joined.blocks) + len(joined.dropped) == sum(len(one.blocks) for one in pages)


def test_how_the_first_page_begins_may_be_told_again() -> None:
    """A teaser above the text of each page is said once."""
    joined = paging.join([page(LONG, "One."), page("Page 2 of 3", LONG, "Two."), page(LONG.upper(), "Three.")])
    assert joined.body.split("\n") == [LONG, "One.", "Two.", "Three."]
    assert joined.dropped == tuple(Dropped("page", text) for text in ("Page 2 of 3", LONG, LONG.upper()))


def test_what_every_page_ends_with_stands_at_the_end() -> None:
    """A note on the author, below each page."""
    note = "Ann Author has reported on harbours and piers for fourteen years."
    joined = paging.join([page("One.", note), page("Two.", note), page("Three.", note)])
    assert joined.body.split("\n") == ["One.", "Two.", "Three.", note]


def test_the_number_of_a_page_may_stand_before_what_every_page_ends_with() -> None:
    note = "Ann Author has reported on harbours and piers for fourteen years."
    joined = paging.join([page("One.", "Page 1 of 2", note), page("Two.", "Page 2 of 2", note, "2/2")])
    assert joined.body.split("\n") == ["One.", "Two.", note]


def test_a_short_line_that_comes_again_is_article() -> None:
    """A subheading, an answer, an item: they may stand on two pages."""
    pages = [
        page("Background", "One.", "He declined to comment."),
        page("Background", "Two.", "He declined to comment."),
    ]
    assert paging.join(pages).body.count("Background") == 2
    assert paging.join(pages).body.count("declined") == 2


@pytest.mark.parametrize("line", ["2", "3/4", "Page 7 of 9", "12 of 14", "Page 2 of 1", "2024", "Pages", "2 of them"])
def test_a_line_with_numbers_is_no_label_of_this_page(line: str) -> None:
    """A score, a share, a count of votes."""
    assert line in paging.join([page(LONG), page(line, "Two.")]).body


def test_a_headline_with_the_number_of_its_page_is_a_headline() -> None:
    pages = [page("One."), page("A story of piers – Page 2 of 2", "Two.")]
    assert paging.join(pages).body == "One.\nTwo."


@pytest.mark.parametrize(
    ("access", "joined"),
    [(("free", "free"), "free"), (("free", "teaser"), "teaser"), (("paid", "free"), "paid"), ((None, "free"), None)],
)
def test_access_is_that_of_the_worst_page(access: tuple[Access | None, ...], joined: Access | None) -> None:
    assert paging.join([page("One.", access=access[0]), page("Two.", access=access[1])]).access == joined


def test_fields_are_those_of_the_first_page() -> None:
    first = page("One.", authors=("Ann",), published=date(2026, 3, 1), evidence=("a",), flags=("undecodable",))
    second = page(
        "Two.", title="Two", authors=("Bo",), published=date(2026, 3, 2), evidence=("b",), flags=("text-lost",)
    )
    joined = paging.join([first, second])
    assert (joined.title, joined.authors, joined.published) == (first.title, ("Ann",), date(2026, 3, 1))
    assert (joined.evidence, joined.flags) == (("a", "joined from 2 pages", "page 2: b"), ("undecodable",))


def test_the_fingerprint_is_of_all_pages_and_of_their_order() -> None:
    one, two = page("One.", fingerprint="1"), page("Two.", fingerprint="2")
    prints = {paging.join(pages).fingerprint for pages in ([one, two], [two, one], [one], [one, two, two])}
    assert len(prints) == 4


def test_one_page_is_an_article_as_it_is() -> None:
    assert paging.join([page("One.", next_page=f"{STORY}/2")]) == page("One.")


def test_the_text_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_BLOCKS", 3)
    joined = paging.join([page("1a", "1b"), page("2a", "2b")])
    assert (len(joined.blocks), joined.flags) == (3, ("truncated",))
