"""What judging a page looks at: its text and data, and the few things that tell a story from a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scraper.extract.blocks import Piece
from scraper.extract.structured import Declared, Node, types
from scraper.extract.tree import Document, Element, is_link
from scraper.text import clean

# A page with an article's data and so much text is an article, whatever words it uses.
ENOUGH: Final = 250
# Less is no article unless the page describes one.
SCRAP: Final = 60
_STORY = re.compile(r"(?i)(?:article|blogposting|^socialmediaposting|report|analysis|opinion)\w*$")
# Elements of a teaser card, at the most.
CARD: Final = 40
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
_PLAYERS: Final = (
    "video,audio,amp-video,amp-youtube,amp-audio,amp-iframe,iframe[src*=player],iframe[src*=embed],iframe[src*=video]"
)


@dataclass(frozen=True)
class Page:
    """What judging looks at: the parsed page, its raw text, what it declares, its column and the pieces found in it.

    `signs` counts what stories have and lists have not, as far as fields were found: a date, an author. `live` is the
    evidence that it is a live page, empty if there is none. What is judged is not changed any more: the answers to the
    questions below are kept.
    """

    doc: Document
    html: str
    declared: Declared
    node: Node
    title: str
    pieces: Sequence[Piece]
    column: Sequence[Element]
    signs: int = 0
    live: tuple[str, ...] = ()

    @cached_property
    def kept(self) -> list[Piece]:
        """The pieces that are article."""
        return [piece for piece in self.pieces if piece.drop is None]

    @cached_property
    def text(self) -> int:
        """The number of characters that are article; signs of Chinese, Japanese, Korean count as two and a half."""
        return sum(map(weight, self.kept))

    @property
    def is_described(self) -> bool:
        """Whether the page's data describe an article with a date."""
        return bool(self.node.get("datePublished") or self.declared.meta("article:published_time"))

    @property
    def is_called_article(self) -> bool:
        """Whether the page tells social networks that it is an article."""
        return (self.declared.meta("og:type") or "").lower() == "article"

    @cached_property
    def types(self) -> set[str]:
        """The types of everything the page declares."""
        return {name for node in self.declared.nodes for name in types(node)}

    @cached_property
    def is_story(self) -> bool:
        """Whether the page calls itself an article, and not only a product with a review."""
        return any(_STORY.search(name) for name in types(self.node))


def weight(piece: Piece) -> int:
    """How much a piece says: its characters, those of Chinese, Japanese and Korean two and a half times."""
    text = piece.text
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2


def everything(root: Element) -> list[Element]:
    """All elements below `root`, dropped ones too."""
    found = [root]
    for node in found:
        found.extend(node.elements())
    return found


def headings(root: Element) -> list[str]:
    """The first headings of the page, dropped or not."""
    return [node.text(dropped=True)[:200] for node in everything(root) if node.tag in {"h1", "h2"}][:3]


def has_password(doc: Document) -> bool:
    """Whether a password is asked for."""
    return doc.parser is not None and doc.parser.css_first('input[type="password"]') is not None


def has_player(doc: Document) -> bool:
    """Whether there is something to be played."""
    return doc.parser is not None and doc.parser.css_first(_PLAYERS) is not None


def signs(page: Page) -> int:
    """How much looks like one story: what was found of its fields, a headline of many words, prose of its own.

    Never its address: that was asked for, whatever came.
    """
    heading = next(iter(headings(page.doc.root)), "")
    is_long = len(heading.split()) >= 4 or len(_WIDE.findall(heading)) >= 8
    prose = sum(weight(piece) for piece in page.kept if not piece.linked and not _is_beside_headline(piece))
    return max(page.signs, is_signed(page)) + is_long + (prose >= SCRAP) + (prose >= ENOUGH)


def is_signed(page: Page) -> bool:
    """Whether a line with a date or a name was taken away before the text."""
    lines = (piece for piece in page.pieces if piece.drop is None or piece.drop in {"date", "byline"})
    first = next(lines, None)
    return first is not None and first.drop is not None


def _is_beside_headline(piece: Piece) -> bool:
    """Whether a piece is the teaser below one linked headline."""
    above = list(piece.element.ancestors())[:2]
    return any(1 <= len(stories(node, CARD)) <= 2 for node in above if node.tag not in {"body", "main"})


def stories(root: Element, most: int = 1 << 40) -> set[str]:
    """The addresses of links below `root` whose text is as long as a headline; menus and footers left out.

    Looked at are the first `most` elements.
    """
    found: set[str] = set()
    stack = [root]
    while stack and most > 0:
        node = stack.pop()
        most -= 1
        if node.drop in {"nav", "footer", "aside"}:
            continue
        if is_link(node) and len(found) < 200:
            text = clean(node.text(dropped=True, limit=200))
            if (len(text) >= 18 and text.count(" ") >= 2) or len(_WIDE.findall(text)) >= 7:
                found.add(node.get("href"))
        else:
            stack.extend(node.elements())
    return found
