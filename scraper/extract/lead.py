"""What stands between the headline and the text: the line under the headline, and the lead picture's caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from scraper.extract import dates, phrases, shape
from scraper.extract.blocks import SENTENCE, Piece
from scraper.extract.container import dek_words
from scraper.extract.title import fold
from scraper.extract.tree import BLOCKS, Element
from scraper.text import clean

MAX_DEK: Final = 700
MAX_CAPTION: Final = 1_200
MIN_CAPTION: Final = 20
_LABELS: Final = re.compile(
    r"(?i)^(?:image|photo|foto|picture|caption|credit|advertisement|anzeige|enlarge(?: this)? image|"
    r"view (?:gallery|image|photo)|open image.*|bild|zoom|[\d /|]+)$"
)


def dek(
    elements: Sequence[Element], headline: Element | None, first: Piece | None, declared: Sequence[str]
) -> tuple[str, Element] | None:
    """The line under the headline, as printed, and where it stands.

    `headline` shows the title, `first` is the first paragraph of the text, `declared` are summaries that the page
    declares. Taken is a block between the two that is named as such a line, repeats a declared summary, or is a heading
    of the second level beside the headline.
    """
    if headline is None:
        return None
    summaries = {fold(text)[:80] for text in declared if len(text) > 25}
    end = first.element.order if first is not None else 1 << 30
    for element in elements:
        if element.order >= end:
            return None
        if element.order <= headline.order or element.tag not in BLOCKS or not 15 <= element.size <= MAX_DEK:
            continue
        if not element.is_live:
            continue
        text = clean(element.text())
        if _is_dek(element, headline, text, summaries) and not _is_label(text):
            return text, element
    return None


def _is_dek(element: Element, headline: Element, text: str, summaries: set[str]) -> bool:
    if (
        any(node is not element and node.tag in BLOCKS and node.run > 15 for node in element.walk())
        and element.run < 15
    ):
        return False
    if dek_words(element) or "description" in element.get("itemprop"):
        return element.linked * 2 < element.size
    if fold(text)[:80] in summaries:
        return True
    return (
        element.tag == "h2" and element.parent is headline.parent and len(text) >= 30 and not _is_one_of_many(element)
    )


def _is_one_of_many(heading: Element) -> bool:
    """Whether a heading is the first of several of one make: then it heads a part of the text."""
    parent = heading.parent
    return parent is not None and sum(kid.tag == "h2" and kid.drop is None for kid in parent.elements()) > 1


def _is_label(text: str) -> bool:
    if phrases.fold(text) in phrases.LABEL:
        return True
    return len(text) < 80 and (dates.in_text(text) is not None or bool(phrases.STAMP.match(text)))


def caption(
    elements: Sequence[Element], headline: Element | None, pieces: Sequence[Piece], authors: Sequence[str] = ()
) -> str | None:
    """Caption and credit of the lead picture: the first caption from the headline on, before the second paragraph.

    A box that holds a picture and a line of text has a caption too, unless the line names the article's `authors`.
    """
    prose = [piece for piece in pieces if piece.drop is None and max(len(piece.text), piece.element.run) >= SENTENCE]
    if not prose:
        return None
    end = prose[min(1, len(prose) - 1)].element.order
    start = _start(headline, prose[0].element)
    for element in elements:
        if element.order >= end:
            return None
        if element.order <= start:
            continue
        framed = element.drop is None and headline is not None and element.order > headline.order
        bears = element.drop == "caption" or (framed and _is_framed(element, authors))
        if bears and not _is_elsewhere(element):
            text = _caption_text(element)
            if text:
                return text
    return None


def _is_framed(element: Element, authors: Sequence[str]) -> bool:
    """Whether an element is the box of a picture and its caption, and not that of an author's portrait."""
    kids = list(element.elements())
    if element.tag not in {"div", "section"} or len(kids) < 2 or element.linked or not shape.is_picture(element):
        return False
    if kids[0].tag not in {"img", "picture", "amp-img"} and kids[0].size:
        return False
    text = clean(element.text())
    named = any(author.casefold() in text.casefold() for author in authors)
    return element.size >= MIN_CAPTION and not named and not dates.is_in(text)


def _start(headline: Element | None, first: Element) -> int:
    """Where to begin: at what headline and text have in common, so that a picture above the headline counts."""
    if headline is None:
        return first.order - 60
    above = {element.order: element for element in first.ancestors()}
    common = next((element for element in headline.ancestors() if element.order in above), None)
    return common.order if common is not None and common.tag not in {"body", "html"} else headline.order


def _is_elsewhere(element: Element) -> bool:
    return any(above.drop is not None and above.drop != "caption" for above in element.ancestors())


def _caption_text(element: Element) -> str | None:
    inner = next((node for node in _below(element) if node.tag == "figcaption" and node.size), element)
    lines: dict[str, str] = {}
    for block in _leaves(inner):
        text = clean(block)
        if text and not _LABELS.match(text) and phrases.fold(text) not in phrases.LABEL:
            lines.setdefault(fold(text), text)
    text = " ".join(lines.values())
    return text if 2 < len(text) <= MAX_CAPTION else None


def _below(element: Element) -> list[Element]:
    found = [element]
    for node in found:
        found.extend(kid for kid in node.elements() if kid.drop in {None, "caption"})
    return found


def _leaves(element: Element) -> list[str]:
    """The texts of an element's blocks; inline elements side by side are kept apart."""
    parts: list[str] = [""]
    stack: list[Element | str | None] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts[-1] += node
        elif node is None:
            parts.append("")
        elif node.drop in {None, "caption"} and node.tag != "button":
            block = node.tag in BLOCKS or node.tag == "br"
            stack.append(None if block else " " if node.tag == "span" else "")
            stack.extend(reversed(node.kids))
            stack.append(None if block else " " if node.tag == "span" else "")
    return parts
