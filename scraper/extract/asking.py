"""Where a page asks its reader for something: boxes with something to click, and lines, that speak for the site.

The words alone decide nothing: counted is how the page speaks, and looked for is evidence of place: a button or a link
to sign up or pay, a box among paragraphs, the end of the text, a neighbour that asks as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scraper.extract import appeals, phrases
from scraper.extract.blocks import SENTENCE, Piece, live
from scraper.extract.prune import PROSE, drop
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.words import tokens
from scraper.text import clean

_BOXES: Final = tokens("div section article aside table center header footer ul fieldset details")
_HEADINGS: Final = tokens("h2 h3 h4 h5 h6")
MIN_LINK: Final = 8
MAX_APPEAL: Final = 3_000
MAX_ODD: Final = 900
MAX_BUTTONS: Final = 200
# How much of a block one phrase can speak for: where line breaks part paragraphs, a block is a whole article.
MAX_PER_CUE: Final = 300
# So many paragraphs side by side make a column; a box among them is no paragraph.
MIN_BESIDE: Final = 3
# Where so large a part of the pieces speaks to the reader, that is what the article is about.
MAX_ASKING: Final = 0.5


def drop_boxes(top: Element, spared: set[int]) -> None:
    """Drop the boxes below `top` that ask for something. `spared` holds the orders of what is never a box."""
    _appeal_boxes(top, spared)
    _odd_boxes(top, spared)


def _appeal_boxes(top: Element, spared: set[int]) -> None:
    """Drop boxes that speak to the reader for the site and hold something to click or fill in."""
    for call in _calls(top):
        box: Element | None = None
        for above in (call, *call.ancestors()):
            if above.order in spared or above is top or above.size > MAX_APPEAL or above.drop is not None:
                break
            if above.tag in _BOXES and _asks(above):
                box = above
        if box is not None:
            drop(box, "appeal")


def _odd_boxes(top: Element, spared: set[int]) -> None:
    """Drop boxes set between paragraphs that speak to the reader but once, or only hold something to click."""
    for parent in top.walk():
        if len(parent.kids) < MIN_BESIDE:
            continue
        kids = list(parent.elements())
        if sum(kid.tag == "p" and kid.run >= PROSE for kid in kids) < MIN_BESIDE:
            continue
        for kid in kids:
            if (
                kid.drop is None
                and kid.tag in _BOXES
                and kid.order not in spared
                and kid.size <= MAX_ODD
                and _is_odd(kid)
            ):
                drop(kid, "appeal")


def _is_odd(box: Element) -> bool:
    if any(node.tag in {"blockquote", "table", "pre"} for node in box.walk()):
        return False
    lines = [clean(node.text()) for node in box.walk() if node.tag in BLOCKS and node.run]
    if any(len(line) < MAX_BUTTONS and phrases.BY_MACHINE.search(line) for line in lines):
        return True
    if appeals.cues(" ".join(lines)) or (lines and all(phrases.fold(line) in phrases.LABEL for line in lines)):
        return True
    if box.size < MAX_BUTTONS and _is_door(box):
        return True
    return box.size < MAX_BUTTONS and bool(_calls(box)) and not any(node.run >= PROSE for node in box.walk())


def _is_door(box: Element) -> bool:
    """Whether a box holds a heading and a link to go through, and nothing to read."""
    headings = [node for node in box.walk() if node.tag in _HEADINGS]
    away = any(is_link(node) and not node.get("href").startswith("#") and node.size >= MIN_LINK for node in box.walk())
    return away and bool(headings) and box.size - box.linked <= sum(node.size - node.linked for node in headings)


def _calls(top: Element) -> list[Element]:
    """Links, buttons and forms below `top` that lead to giving money or an address; dropped controls count."""
    found = []
    stack = [top]
    while stack:
        node = stack.pop()
        if (
            node.tag in {"form", "button"}
            or node.drop in {"control", "form"}
            or (
                is_link(node)
                and (phrases.CALL.search(node.get("href")) or (node.size < 60 and appeals.cues(clean(node.text()))))
            )
        ):
            found.append(node)
        if node.drop is None:
            stack.extend(reversed(list(node.elements())))
    return found


def _asks(box: Element) -> bool:
    """Whether at least half of a box's text speaks to the reader, in two ways or more."""
    found = appeals.cues(clean(box.text()))
    if found < 2:
        return False
    asking = rest = 0
    for node in box.walk():
        if node.tag in BLOCKS and node.run > 25:
            speaking = min(node.run, MAX_PER_CUE * appeals.cues(_own_text(node)))
            asking += speaking
            rest += node.run - speaking if node.run >= PROSE else 0
    return asking * (3 if found >= 4 else 1) >= rest


def _own_text(block: Element) -> str:
    """The text of a block without that of the blocks in it."""
    parts: list[str] = []
    stack: list[Element | str] = [*reversed(block.kids)]
    while stack:
        kid = stack.pop()
        if isinstance(kid, str):
            parts.append(kid)
        elif kid.tag in BLOCKS or kid.tag == "br":
            parts.append(" ")
        elif kid.drop is None:
            stack.extend(reversed(kid.kids))
    return clean("".join(parts))


def drop_runs(pieces: list[Piece]) -> None:
    """Runs of pieces in which the site speaks to its reader for itself."""
    rest = live(pieces)
    counts = [appeals.cues(piece.text, soft=_stands_apart(piece)) if piece.kind != "code" else 0 for piece in rest]
    for at in range(len(rest) - 1, -1, -1):
        # Behind the last paragraph there is no article of advice any more.
        soft = appeals.cues(rest[at].text)
        if not soft and len(rest[at].text) >= SENTENCE:
            break
        counts[at] = soft
    if sum(map(bool, counts)) > MAX_ASKING * len(rest):
        return
    at = 0
    while at < len(rest):
        if not counts[at]:
            at += 1
            continue
        end = at + 1
        while end < len(rest) and (
            counts[end] or (len(rest[end].text) < SENTENCE and end + 1 < len(rest) and counts[end + 1])
        ):
            end += 1
        if _is_appeal(rest[at:end], counts[at:end], last=end >= len(rest) - 1):
            for piece in rest[at:end]:
                piece.drop = "appeal"
        at = end


def _stands_apart(piece: Piece) -> bool:
    """Whether a piece leads somewhere to sign up or pay."""
    return any(map(phrases.CALL.search, piece.hrefs))


def _is_appeal(run: Sequence[Piece], counts: Sequence[int], *, last: bool) -> bool:
    called = any(phrases.CALL.search(href) for piece in run for href in piece.hrefs)
    total = sum(counts)
    if last or called:
        return total >= 2 or (last and called and len(run[-1].text) < 300)
    return total >= 3 and any(appeals.asks(piece.text) for piece in run)
