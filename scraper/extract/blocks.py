"""The container of an article → pieces of text in reading order, each with what later steps judge it by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from scraper.article import BlockKind
from scraper.extract.names import words
from scraper.extract.tree import BLOCKS, Element
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
_INITIAL: Final = frozenset("initial dropcap cap lettrine firstletter letter".split())
_WORDS_OF_ONE: Final = frozenset("AIOEYUÀÈÉÓÚÅÖАИОУВКСЯЄІЙ")
_LAYOUT: Final = frozenset("p table h1 h2 h3 ul ol div blockquote".split())


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
    pieces: list[Piece] = []
    run = _Run()
    blocks = [container]
    links = bolds = 0
    stack: list[Element | str | _Leave] = list(reversed(container.kids))

    def flush() -> None:
        nonlocal run
        if run.parts:
            pieces.extend(_cut(run, blocks[-1]))
            run = _Run()

    while stack:
        kid = stack.pop()
        if isinstance(kid, str):
            run.parts.append(kid)
            run.linked += len(kid.strip()) if links else 0
            run.bold += len(kid.strip()) if bolds else 0
        elif isinstance(kid, _Leave):
            tag = kid.element.tag
            if tag in BLOCKS:
                flush()
                blocks.pop()
            links -= tag == "a" and bool(kid.element.get("href"))
            bolds -= tag in _BOLD
        elif kid.drop is not None:
            continue
        elif kid.tag == "br":
            run.parts.append(_BREAK)
        else:
            if kid.tag in BLOCKS:
                flush()
                if kid.tag == "table" and not is_layout(kid):
                    pieces.extend(_rows(kid))
                    continue
                blocks.append(kid)
            elif kid.tag == "a":
                run.hrefs.append(kid.get("href"))
            if _is_initial(kid):
                run.parts.extend((kid.text().strip(), _GLUE))
                continue
            links += kid.tag == "a" and bool(kid.get("href"))
            bolds += kid.tag in _BOLD
            stack.append(_Leave(kid))
            stack.extend(reversed(kid.kids))
    flush()
    return pieces


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
