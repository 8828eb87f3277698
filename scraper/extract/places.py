"""Where each block of an article stands on its page: what tells a widget from a paragraph that says the same.

A widget stands in a box of its own, with something to click, wherever it turns up; a background paragraph that
reporters use again stands among the other paragraphs. Pure, like all extraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scraper.article import BlockKind
from scraper.extract import reading
from scraper.extract.blocks import Piece
from scraper.extract.tree import Element, is_link
from scraper.model import Outlet

# Most classes carry an element's state or a build's hash beside its name; a selector of all of them would never match
# the next article.
MAX_CLASSES = 3
_PLAIN = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """An element below the column that holds whole blocks. `blocks` are the numbers of those it holds, in reading
    order; `selector` is a CSS selector by its own class or id, None if it has neither; `acts` says whether there is
    anything to follow or to fill in."""

    blocks: tuple[int, ...]
    selector: str | None
    acts: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """One block of an article with the boxes it stands in, the widest first; none if it stands among the paragraphs."""

    kind: BlockKind
    text: str
    boxes: tuple[Box, ...]


def places(page: bytes, url: str, content_type: str | None = None, outlet: Outlet | None = None) -> tuple[Placed, ...]:
    """The blocks of the article on `page`, in order. Raises ExtractError like `extract`."""
    pieces = reading.pieces(page, url, content_type, outlet)
    held: dict[int, list[int]] = {}
    chains = [_chain(piece.element) for piece in pieces]
    for number, chain in enumerate(chains):
        for element in chain:
            held.setdefault(element.order, []).append(number)
    most = max(map(len, held.values()), default=0)
    return tuple(
        Placed(piece.kind, piece.text, tuple(_boxes(piece, chain, held, most)))
        for piece, chain in zip(pieces, chains, strict=True)
    )


def _chain(element: Element) -> list[Element]:
    """The block itself and all it stands in, the widest first."""
    return [*reversed(list(element.ancestors())), element]


def _boxes(piece: Piece, chain: Iterable[Element], held: dict[int, list[int]], most: int) -> Iterable[Box]:
    """Elements around a block that do not hold most of the article, and are more than the paragraph itself."""
    for element in chain:
        blocks = held[element.order]
        paragraph = element is piece.element and element.tag in {"p", "li", "h2", "h3", "h4", "blockquote", "tr"}
        if 2 * len(blocks) <= most and not paragraph:
            yield Box(tuple(blocks), selector(element), _acts(element))


def _acts(element: Element) -> bool:
    return any(is_link(node) or node.tag in {"button", "form"} for node in element.walk())


def selector(element: Element) -> str | None:
    """A CSS selector by which the element's like can be found on other pages; None if it has no plain id or class.

    >>> selector(Element("div", {"class": "goal-box wide"}, None, 1))
    'div.goal-box.wide'
    """
    names = [name for name in element.get("class").split() if _PLAIN.fullmatch(name)][:MAX_CLASSES]
    if names:
        return ".".join((element.tag, *names))
    name = element.get("id")
    return f"{element.tag}#{name}" if _PLAIN.fullmatch(name) else None
