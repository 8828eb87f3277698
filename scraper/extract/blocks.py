"""The container of an article → pieces of text in reading order, each with what later steps judge it by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from scraper.article import BlockKind
from scraper.extract.names import words
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.words import tokens
from scraper.text import clean

_KINDS: Final[dict[str, BlockKind]] = {
    "li": "item", "dt": "item", "dd": "item", "blockquote": "quote", "pre": "code",
    "h1": "subheading", "h2": "subheading", "h3": "subheading", "h4": "subheading", "h5": "subheading",
    "h6": "subheading",
}  # fmt: skip
_BOLD: Final = frozenset(("b", "strong"))
# NULs were taken out of the page when it was decoded, so one can stand for a line break of the page.
_BREAK: Final = "\0"
_BREAKS = re.compile("\0\\s*(?:\0\\s*)+")
# After an initial that is no word by itself, blanks of the source do not count.
_GLUE: Final = "\x01"
_GLUED = re.compile("\x01\\s*")
_INITIAL: Final = tokens("initial dropcap cap lettrine firstletter letter")
_WORDS_OF_ONE: Final = frozenset("AIOEYUÀÈÉÓÚÅÖАИОУВКСЯЄІЙ")
# A piece of this length is prose, not a label.
SENTENCE: Final = 50
_LAYOUT: Final = tokens("p table h1 h2 h3 ul ol div blockquote")


@dataclass(slots=True)
class Piece:
    """One run of text. `linked` and `bold` count characters within links and bold type; `element` is the block it
    stands in; `drop` is the rule that judged it not to be article."""

    kind: BlockKind
    text: str
    element: Element
    linked: int = 0
    bold: int = 0
    drop: str | None = None
    hrefs: list[str] = field(default_factory=list)

    @property
    def link_share(self) -> float:
        """The part of the text that is within links."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0


def live(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that are not dropped."""
    return [piece for piece in pieces if piece.drop is None]


@dataclass(slots=True)
class _Run:
    """Text between two block boundaries."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    hrefs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Leave:
    """On the stack: the end of an element."""

    element: Element


def collect(container: Element) -> list[Piece]:
    """The pieces of `container`, without dropped branches."""
    walk = _Walk([container])
    stack: list[Element | str | _Leave] = list(reversed(container.kids))
    while stack:
        kid = stack.pop()
        if isinstance(kid, str):
            walk.text(kid)
        elif isinstance(kid, _Leave):
            walk.leave(kid.element)
        elif kid.drop is None and walk.enter(kid):
            stack.append(_Leave(kid))
            stack.extend(reversed(kid.kids))
    walk.flush()
    return walk.pieces


# Inline elements that tell a line from another: bold names, links.
_TELLING: Final = _BOLD | frozenset(("a", "br"))


def outline(container: Element) -> str:
    """All that `collect` makes pieces of, as one text, which costs less than the pieces.

    Words that only a tag without meaning parts are one run; tokens in the query of a link are left out.
    """
    parts: list[str] = []
    stack: list[Element | str] = [container]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.drop is None:
            tag = node.tag
            if tag in BLOCKS or tag in _TELLING:
                href = node.attrs.get("href") if tag == "a" else None
                parts.append(f"<{tag} {href.partition('?')[0]}>" if href else f"<{tag}>")
                stack.append(f"</{tag}>")
            elif node.size <= 2:
                parts.append(f"<{node.get('class')}>")
            stack.extend(reversed(node.kids))
    return "".join(parts)


@dataclass(slots=True)
class _Walk:
    """Where a walk through a container is: the blocks it is in, links and bold type open, the run so far."""

    blocks: list[Element]
    pieces: list[Piece] = field(default_factory=list)
    run: _Run = field(default_factory=_Run)
    links: int = 0
    bolds: int = 0

    def text(self, text: str) -> None:
        """Text between tags."""
        self.run.parts.append(text)
        length = len(text.strip()) if self.links or self.bolds else 0
        self.run.linked += length if self.links else 0
        self.run.bold += length if self.bolds else 0

    def enter(self, element: Element) -> bool:
        """The start of an element; False if what is in it needs no visit."""
        tag = element.tag
        if tag == "br":
            self.run.parts.append(_BREAK)
            return False
        if tag in BLOCKS:
            self.flush()
            if tag == "table" and not is_layout(element):
                self.pieces.extend(_rows(element))
                return False
            self.blocks.append(element)
        elif _is_initial(element):
            self.run.parts.extend((element.text().strip(), _GLUE))
            return False
        elif is_link(element):
            self.run.hrefs.append(element.get("href"))
        self._count(element, 1)
        return True

    def leave(self, element: Element) -> None:
        """The end of an element."""
        if element.tag in BLOCKS:
            self.flush()
            self.blocks.pop()
        self._count(element, -1)

    def flush(self) -> None:
        """The end of a run: its pieces are made."""
        if self.run.parts:
            self.pieces.extend(_cut(self.run, self.blocks[-1]))
            self.run = _Run()

    def _count(self, element: Element, by: int) -> None:
        self.links += by if is_link(element) else 0
        self.bolds += by if element.tag in _BOLD else 0


def _is_initial(element: Element) -> bool:
    """Whether an element is a large first letter, and only that."""
    if not 0 < element.size <= 2 or element.tag in BLOCKS or not element.get("class"):
        return False
    letter = element.text().strip()
    if len(letter) != 1 or not letter.isalpha() or letter in _WORDS_OF_ONE:
        return False
    return any(words(name) & _INITIAL for name in element.get("class").split())


def _cut(run: _Run, block: Element) -> list[Piece]:
    """The paragraphs of one run: two line breaks of the page end one."""
    raw = "".join(run.parts)
    if _GLUE in raw:
        raw = _GLUED.sub("", raw)
    kind = _kind(block)
    if kind == "code":
        lines = map(_code, raw.replace(_BREAK, "\n").split("\n"))
        return [Piece(kind, text, block)] if (text := "\n".join(filter(None, lines))) else []
    parts = _BREAKS.split(raw) if _BREAK in raw else [raw]
    texts = [text for part in parts if (text := clean(part.replace(_BREAK, " ")))]
    total = sum(map(len, texts)) or 1
    return [
        Piece(kind, text, block, run.linked * len(text) // total, run.bold * len(text) // total, None, run.hrefs)
        for text in texts
    ]


def _code(line: str) -> str:
    body = line.expandtabs(4).lstrip(" ")
    return " " * (len(line.expandtabs(4)) - len(body)) + clean(body) if body.strip() else ""


def _kind(block: Element) -> BlockKind:
    if kind := _KINDS.get(block.tag):
        return kind
    return next((kind for above in block.ancestors() if (kind := _KINDS.get(above.tag))), "paragraph")


def is_layout(table: Element) -> bool:
    """Whether a table only places things: its cells hold blocks or long prose."""
    cells = [node for node in table.walk() if node.tag in {"td", "th"}]
    return any(cell.size > 400 for cell in cells) or (
        len(cells) <= 2 and any(node.tag in _LAYOUT for node in table.walk() if node is not table)
    )


def _rows(table: Element) -> list[Piece]:
    pieces = []
    for row in table.walk():
        if row.tag == "tr":
            cells = [clean(cell.text()) for cell in row.elements() if cell.drop is None]
            if text := " | ".join(filter(None, cells)):
                pieces.append(Piece("row", text, row, row.linked))
    return pieces
