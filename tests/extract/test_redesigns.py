"""Where the article is, on pages whose names say nothing: by its headline, by its paragraphs, by what repeats."""

from __future__ import annotations

from html import escape

import pytest

from tests.extract.pages import PARAGRAPHS, TITLE, page, read, texts

OTHER = (
    "The council voted on Thursday to put the second bridge off until the river has been measured once more.",
    "Nobody in the chamber could say what it will cost to wait, and the treasurer had left for the evening train.",
    "Upstream, where the piers were to stand, a farmer has planted willows, and means to see them grow, he says.",
    "The ferry company has ordered a third boat in any case, from a yard in the north that builds nothing else.",
)
STORY = "".join(f"<p>{escape(line)}</p>" for line in PARAGRAPHS)


def naked(inside: str) -> bytes:
    """A page of boxes without a name, the headline first."""
    return f"<html><head><title>{TITLE}</title></head><body><div>{inside}</div></body></html>".encode()


def thread(count: int, *, tag: str = "div", control: str = "<button>Reply</button>", who: str = "gull") -> str:
    """Comments, each with somebody's name, a time, and a control."""
    posts = "".join(
        f'<{tag} class="k1"><div><b>{who}{chr(97 + n)}</b> <i>{n + 2} hours ago</i></div>'
        f"<div>{escape(OTHER[n % len(OTHER)])}</div>{control}</{tag}>"
        for n in range(count)
    )
    return f"<div class='k0'>{posts}</div>"


# ------------------------------------------------------------------------------------------------ readers' comments


@pytest.mark.parametrize("tag", ["div", "section", "article"])
def test_a_long_thread_behind_the_article_is_no_article(tag: str) -> None:
    article = read(naked(f"<h1>{TITLE}</h1><div>{STORY}</div>{thread(20, tag=tag)}"))
    assert texts(article) == list(PARAGRAPHS)
    assert {one.rule for one in article.dropped if OTHER[0] in one.text} == {"comment"}


def test_a_thread_between_the_last_paragraphs_and_the_end_of_their_box_is_no_article() -> None:
    assert texts(read(naked(f"<h1>{TITLE}</h1><div>{STORY}{thread(12)}</div>"))) == list(PARAGRAPHS)


def test_a_page_that_is_a_thread_keeps_it() -> None:
    assert OTHER[0] in texts(read(naked(f"<h1>{TITLE}</h1>{thread(20)}")))


def test_posts_that_begin_with_their_time_are_not_taken_for_comments() -> None:
    posts = "".join(
        f'<div class="k1"><div>{n + 9}:15</div><div>{escape(OTHER[n % 4])}</div><button>Share</button></div>'
        for n in range(8)
    )
    article = read(naked(f"<h1>{TITLE}</h1><div>{STORY}{posts}</div>"))
    assert all(line in texts(article) for line in OTHER)


def test_a_list_of_things_without_controls_is_not_taken_for_comments() -> None:
    films = "".join(
        f'<div class="k1"><div><b>Film number {"IVX"[n % 3] * (n + 1)}</b> <i>{1990 + n}</i></div>'
        f"<div>{escape(OTHER[n % 4])}</div></div>"
        for n in range(8)
    )
    assert OTHER[2] in texts(read(naked(f"<h1>{TITLE}</h1><div>{STORY}{films}</div>")))


# ------------------------------------------------------------------------------------------------ other articles


@pytest.mark.parametrize("tag", ["article", "div", "section"])
@pytest.mark.parametrize("heading", ["h1", "h2"])
def test_a_longer_article_behind_the_first_is_another_one(tag: str, heading: str) -> None:
    other = "".join(f"<p>{escape(line)}</p>" for line in OTHER * 3)
    html = naked(
        f"<{tag}><h1>{TITLE}</h1><div>{STORY}</div></{tag}><div class='n'><{tag}><{heading}>Second bridge put off"
        f"</{heading}><div>{other}</div></{tag}></div>"
    )
    assert texts(read(html)) == list(PARAGRAPHS)


def test_a_summary_beside_the_headline_is_not_taken_for_the_article() -> None:
    points = "".join(f"<li>{escape(line)}</li>" for line in OTHER)
    html = naked(f"<div><h1>{TITLE}</h1><ul>{points}</ul></div><div class='b'>{STORY}{STORY.replace('.', '!')}</div>")
    assert set(PARAGRAPHS) - {"The ferry stays."} <= set(texts(read(html)))


def test_a_headline_counts_for_no_paragraph_of_the_box_that_it_stands_in() -> None:
    title = f"{TITLE}, and what it has cost the city and its ferry"
    lead = f"<div><h1>{title}</h1><p>{OTHER[0]} {OTHER[1]}</p><p>{OTHER[2]} {OTHER[3][:60]}</p></div>"
    story = "".join(f"<p>{escape(line)} {escape(line)}</p>" for line in PARAGRAPHS)
    html = naked(f"<div>{lead}</div><div class='b'>{story}</div>").replace(TITLE.encode(), title.encode(), 1)
    assert f"{PARAGRAPHS[4]} {PARAGRAPHS[4]}" in texts(read(html))


# ------------------------------------------------------------------------------------------------ wrappers


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_wrapped_paragraphs_weigh_as_much_as_bare_ones(depth: int) -> None:
    wrapped = "".join(f"{'<div>' * depth}<p>{escape(line)}</p>{'</div>' * depth}" for line in PARAGRAPHS)
    beside = "".join(f"<p>{escape(line)}</p>" for line in OTHER)
    article = read(naked(f"<h1>{TITLE}</h1><div class='a'>{wrapped}</div><div class='z'>{beside}</div>"))
    assert texts(article) == list(PARAGRAPHS)


def test_boxes_whose_names_are_hashes_are_not_parts_of_one_text_for_that() -> None:
    small = "".join(f"<p>{escape(line)}</p>" for line in OTHER[:2])
    html = page().replace(b'<div class="story">', b'<div class="q9a561888">')
    assert texts(read(html.replace(b"<footer>", f'<div class="q81da18e">{small}</div><footer>'.encode()))) == list(
        PARAGRAPHS
    )
