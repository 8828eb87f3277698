"""Widgets known by their shape: lists of links, teaser cards, pictures, boxes that ask for something, author boxes.

For branches of the article's column, whatever their names are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from scraper.extract import phrases
from scraper.extract.prune import PROSE, drop
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.words import tokens
from scraper.text import clean

_HEADINGS: Final = tokens("h1 h2 h3 h4 h5 h6")
_LISTS: Final = frozenset(("ul", "ol", "dl"))
_CARDS: Final = tokens("div section article figure li td details center header")
# A paragraph or cell with a picture in it is text with a picture, not a picture with a caption.
_NO_FRAME: Final = tokens("p li tr table tbody ul ol h1 h2 h3 h4 h5 h6 blockquote pre article main body")
_BOXES: Final = tokens("div section article aside table center header footer ul fieldset details")
_PROFILE = re.compile(
    r"(?i)/(?:authors?|autor(?:en|es|e|i)?|auteurs?|autori|byline|by|people|profiles?|staff|team|contributors?|"
    r"journalists?|reporters?|experts?|avtor)/[^/?#]+|[?&]author="
)
MAX_CARD: Final = 900
MAX_NESTED: Final = 2
# So many paragraphs side by side make a column; a box among them is no paragraph.
MIN_BESIDE: Final = 3
MAX_BUTTONS: Final = 200
MAX_TEASER: Final = 420
MAX_CAPTION: Final = 350
MAX_APPEAL: Final = 3_000
MAX_BIO: Final = 900
MAX_CONSENT: Final = 1_200
MAX_COUNTS: Final = 60
_CELLS: Final = frozenset(("td", "th", "tr"))

Own = Callable[[str], bool]


def prune(
    top: Element, own: Own, keep: set[int], middle: Element | None, entries: frozenset[int] = frozenset()
) -> None:
    """Drop widgets below `top`. `own` says whether a link stays on the site; `keep` holds orders to spare.

    What `middle`, the core of the article, stands in is never a widget, nor are the `entries` of a live page.
    """
    spared = keep | spared_by(middle) | entries
    _consent_boxes(top, keep, entries)
    _counters(top, spared)
    _nested_articles(top, spared)
    stack = [top]
    while stack:
        for kid in stack.pop().elements():
            if kid.drop is not None or kid.order in keep:
                continue
            rule = _rule(kid, own) if kid.order not in spared else None
            if rule:
                drop(kid, rule)
                _drop_bio(kid, middle)
            elif kid.kids:
                stack.append(kid)


def _drop_bio(line: Element, middle: Element | None) -> None:
    """Drop the paragraph before a line that leads to its author's page, if it stands outside the article's core."""
    parent = line.parent
    if parent is None or parent is middle or not any(map(_PROFILE.search, _hrefs_of(line))):
        return
    kids = list(parent.elements())
    before = next((kid for kid in reversed(kids[: kids.index(line)]) if kid.drop is None), None)
    if before is not None and before.tag == "p" and before.size <= MAX_BIO:
        drop(before, "byline")


def _hrefs_of(dropped: Element) -> list[str]:
    return [kid.get("href") for kid in (dropped, *dropped.elements()) if kid.tag == "a"]


def spared_by(middle: Element | None) -> set[int]:
    """The orders of an element and all it stands in."""
    return {middle.order, *(above.order for above in middle.ancestors())} if middle else set()


def _nested_articles(top: Element, spared: set[int]) -> None:
    """Drop an article within the article: a teaser or a box. Many of them are the posts of a live page."""
    nested = [node for node in top.walk() if node.tag == "article" and node is not top and node.order not in spared]
    if len([node for node in nested if any(leaf.run >= PROSE for leaf in node.walk())]) <= MAX_NESTED:
        for node in nested:
            if node.drop is None and node.size < MAX_CARD * 2:
                drop(node, "card")


def _rule(element: Element, own: Own) -> str | None:
    if element.tag not in BLOCKS or not element.size:
        return None
    if is_picture(element):
        return "caption"
    if element.tag in _LISTS:
        return "links" if _is_link_list(element, own) else None
    if element.linked >= 0.85 * element.size:
        return _linked(element, own)
    return _box(element, own) if element.tag in _CARDS and element.linked >= 0.05 * element.size else None


def _box(element: Element, own: Own) -> str | None:
    if element.size <= MAX_BIO and _is_author_box(element):
        return "byline"
    return "card" if element.size <= MAX_CARD and _is_card(element, own) else None


def _is_link_list(element: Element, own: Own) -> bool:
    if element.size <= 12 or element.linked < 0.5 * element.size:
        return False
    if element.linked >= 0.75 * element.size:
        return True
    items = [item for item in element.walk() if item.tag == "li"]
    return all(any(map(own, _hrefs(item))) and not clean(item.text()).endswith((".", "!", "?", "。")) for item in items)


def is_picture(element: Element) -> bool:
    """A picture with nothing but its caption and credit."""
    if element.tag == "figure":
        return not any(
            node.tag in {"table", "pre", "blockquote"} or node.run > MAX_CAPTION * 2 for node in element.walk()
        )
    if element.tag in _NO_FRAME or element.size > MAX_CAPTION:
        return False
    return any(node.tag in {"img", "picture", "amp-img"} for node in element.walk()) and not any(
        node.tag in _HEADINGS or node.tag in _LISTS for node in element.walk()
    )


def _linked(element: Element, own: Own) -> str | None:
    """The rule for an element that is nearly all link."""
    if element.tag in _HEADINGS:
        return "linked-heading" if any(map(own, _hrefs(element))) else None
    if element.tag == "p" and not any(map(own, _hrefs(element))) and element.size < 60:
        return None
    return "linked-line" if element.size >= 12 else None


def _hrefs(element: Element) -> list[str]:
    """Where the links in an element lead, or the link that it is in."""
    if element.in_link:
        return [above.get("href") for above in (element, *element.ancestors()) if is_link(above)][:1]
    return [href for node in element.walk() if node.tag == "a" and (href := node.get("href")) and href[0] != "#"]


def _is_card(element: Element, own: Own) -> bool:
    """A link to another page of the site as headline, and at most one teaser beside it."""
    if not any(_is_card_title(node, element, own) for node in element.walk()):
        return False
    leaves = [node for node in element.walk() if node.run >= PROSE]
    return len(leaves) <= 1 and element.size - element.linked <= MAX_TEASER


def _is_card_title(node: Element, card: Element, own: Own) -> bool:
    if node is not card and node.tag in BLOCKS and node.linked >= 0.9 * node.size > 10:
        return any(map(own, _hrefs(node)))
    if not is_link(node) or not own(node.get("href")):
        return False
    return any(kid.tag in BLOCKS for kid in node.walk()) or (node.size >= 25 and _stands_alone(node))


def _stands_alone(link: Element) -> bool:
    """Whether a link begins its block and a line break or block follows it: no part of a sentence."""
    parent = link.parent
    if parent is None or parent.tag == "p":
        return False
    kids = [kid for kid in parent.kids if not (isinstance(kid, str) and not kid.strip())]
    at = next((n for n, kid in enumerate(kids) if kid is link), 0)
    before, after = kids[:at], kids[at + 1 : at + 2]
    return not any(isinstance(kid, str) for kid in before) and all(
        not isinstance(kid, str) and (kid.tag in BLOCKS or kid.tag == "br") for kid in after
    )


def _is_author_box(element: Element) -> bool:
    """A link to an author's page on a line of its own, and a few words about the author."""
    leaves = [node for node in element.walk() if node.run >= PROSE]
    if len(leaves) > 2:
        return False
    return any(
        is_link(node) and (_PROFILE.search(node.get("href")) or "author" in node.get("rel")) and _own_line(node)
        for node in element.walk()
    )


def is_cut(node: Element) -> bool:
    """Whether an element has paragraphs that only line breaks keep apart."""
    return node.run >= MIN_BESIDE * PROSE and sum(kid.tag == "br" for kid in node.elements()) >= MIN_BESIDE


def is_authors(box: Element) -> bool:
    """Whether a box of a line or two begins with a link to an author's page."""
    first = next((node for node in box.walk() if is_link(node)), None)
    if first is None or box.size > MAX_CAPTION or not _PROFILE.search(first.get("href")):
        return False
    return clean(box.text()).startswith(clean(first.text()))


def _own_line(link: Element) -> bool:
    block = next((above for above in link.ancestors() if above.tag in BLOCKS), None)
    return block is not None and block.run <= 30


def _counters(top: Element, keep: set[int]) -> None:
    """Drop counts of likes and views from within embedded posts and lines; a cell of a table may well hold them."""
    for node in list(top.walk()):
        if not 1 < node.size <= MAX_COUNTS or node.drop is not None or node.tag in _CELLS or node.order in keep:
            continue
        if any(isinstance(kid, str) and not kid.isspace() for kid in node.kids):
            text = clean(node.text())
            if any(map(str.isdigit, text)) and phrases.COUNTS.match(text):
                drop(node, "counter")


def _consent_boxes(top: Element, keep: set[int], entries: frozenset[int]) -> None:
    """Drop boxes that stand where something from elsewhere would be shown if the reader agreed."""
    stack = [top]
    while stack:
        for kid in stack.pop().elements():
            if kid.drop is not None or kid.order in keep:
                continue
            box = kid.tag in _BOXES and kid.order not in entries and 30 < kid.size < MAX_CONSENT
            if box and not is_cut(kid) and phrases.EMBED.search(kid.text()):
                drop(kid, "consent")
            else:
                stack.append(kid)
