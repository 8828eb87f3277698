"""Where a page asks its reader for something: boxes with something to click, and lines, that speak for the site.

The words alone decide nothing: counted is how the page speaks, and looked for is evidence of place: a button or a link
to sign up or pay, a box among paragraphs, the end of the text, a neighbour that asks as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from scraper.extract import appeals, inviting, notices, phrases, shape
from scraper.extract.blocks import SENTENCE, Piece, is_layout, live
from scraper.extract.prune import PROSE, drop
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.words import tokens
from scraper.text import clean

_CLOCK: Final = re.compile(r"[\d:./ -]{1,12}")
_BOXES: Final = tokens("div section article aside table center header footer ul fieldset details")
_HEADINGS: Final = tokens("h2 h3 h4 h5 h6")
MIN_LINK: Final = 8
MAX_APPEAL: Final = 3_000
MAX_ODD: Final = 900
# What is printed on a door or a button.
MAX_BUTTONS: Final = 200
# How much of a block one phrase can speak for: where line breaks part paragraphs, a block is a whole article.
MAX_PER_CUE: Final = 300
MAX_FORM: Final = 600
MAX_PROSE: Final = 2
MIN_LINKS: Final = 3
MAX_ALIKE: Final = 4
MIN_SIGNS: Final = 2
# What stands on a button.
MAX_CALL: Final = 45
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
    """Drop boxes set between paragraphs, made otherwise than these, that speak to the reader but once, or hold
    something to click."""
    for parent in top.walk():
        if len(parent.kids) < MIN_BESIDE:
            continue
        kids = [kid for kid in parent.elements() if kid.drop is None]
        if len(kids) < MIN_BESIDE or not any(kid.tag in _BOXES for kid in kids):
            continue
        own = _makes_of_paragraphs(parent, kids)
        if own is None:
            continue
        alike = Counter(map(_make, kids))
        for kid in kids:
            if kid.tag not in _BOXES or kid.order in spared or kid.size > MAX_ODD or _make(kid) in own:
                continue
            # What stands there again and again is what the page consists of, whatever can be pressed in it.
            if alike[_make(kid)] <= MAX_ALIKE and (rule := _odd(kid)):
                drop(kid, rule)


def _makes_of_paragraphs(parent: Element, kids: Sequence[Element]) -> set[tuple[str, str]] | None:
    """How the boxes that paragraphs stand in are made, empty if they stand in none; None if this is no column."""
    wrapped = [kid for kid in kids if kid.tag != "p" and _wraps_one(kid)]
    makes = Counter(map(_make, wrapped))
    bare = sum(kid.tag == "p" and kid.run >= PROSE for kid in kids)
    if bare + len(wrapped) < MIN_BESIDE and not shape.is_cut(parent):
        return None
    return {make for make, count in makes.items() if count >= MIN_BESIDE}


def _wraps_one(box: Element) -> bool:
    """Whether a box holds one paragraph and nothing else."""
    if box.tag not in _BOXES or box.size < PROSE:
        return False
    leaves = [node for node in box.walk() if node.run]
    return len(leaves) == 1 and leaves[0].run >= PROSE


def _make(box: Element) -> tuple[str, str]:
    return box.tag, box.get("class") or ("" if _wraps_one(box) else "#")


def _odd(box: Element) -> str | None:
    """The rule by which a box between paragraphs is none of them."""
    if any(node.tag in {"blockquote", "pre"} or (node.tag == "table" and not is_layout(node)) for node in box.walk()):
        return None
    text = clean(box.text(apart=True))
    if sum(node.run >= PROSE for node in box.walk()) > MAX_PROSE:
        return "appeal" if appeals.cues(text) >= 2 else None
    lines = [clean(node.text()) for node in box.walk() if node.tag in BLOCKS and node.run]
    if appeals.cues(text) or (len(lines) > 1 and all(map(_is_label, lines))):
        return "appeal"
    if any(len(line) < MAX_BUTTONS and phrases.BY_MACHINE.search(line) for line in lines):
        return "summary"
    if box.size < MAX_BUTTONS and _is_door(box):
        return "appeal"
    return _odd_by_shape(box) or _notice(text, lines) or ("appeal" if _calls_once(box, text) else None)


def _odd_by_shape(box: Element) -> str | None:
    if shape.is_authors(box):
        return "byline"
    links = sum(is_link(node) for node in box.walk()) if box.tag not in {"ul", "ol"} else 0
    if box.linked * 2 >= box.size and links >= MIN_LINKS:
        return "links"
    return "appeal" if _has_control(box) else None


def _is_label(line: str) -> bool:
    return phrases.fold(line) in phrases.LABEL or _CLOCK.fullmatch(line) is not None


def _notice(text: str, lines: Sequence[str]) -> str | None:
    return next((rule for line in (text, *lines) if (rule := notices.rule(line, soft=True))), None)


def _has_control(box: Element) -> bool:
    """Whether there is something to press or fill in, and no more than a few lines."""
    if not _is_small(box):
        return False
    stack = list(box.elements())
    while stack:
        node = stack.pop()
        if node.drop in {"control", "form"}:
            return True
        stack.extend(node.elements())
    return False


def _is_small(box: Element) -> bool:
    """Whether a box is shorter than two paragraphs."""
    return box.size <= MAX_FORM and sum(node.run >= PROSE for node in box.walk()) <= MAX_PROSE


def _calls_once(box: Element, text: str) -> bool:
    """Whether a box invites: a short link on a line of its own, as a button is, or the signs of an invitation."""
    if not _is_small(box):
        return False
    links = [node for node in box.walk() if is_link(node)]
    if any(node.size <= MAX_CALL and not node.text().strip().endswith(".") and _is_alone(node, box) for node in links):
        return True
    if box.tag in {"ul", "center"} and not links:
        return False
    return (
        len(text) <= inviting.MAX_INVITATION
        and sum(inviting.signs(text, [node.get("href") for node in links])) >= MIN_SIGNS
    )


def _is_alone(link: Element, box: Element) -> bool:
    """Whether no words stand beside a link in its block, while there are some elsewhere in the box."""
    block = link
    while block is not box and block.tag not in BLOCKS:
        block = block.parent or box
    return not block.run and box.size > box.linked


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
            speaking = 0 if shape.is_cut(node) else min(node.run, MAX_PER_CUE * appeals.cues(_own_text(node)))
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


def drop_lines(pieces: list[Piece]) -> None:
    """Lines that are a notice or an invitation by themselves. Where most lines are, that is what the article is
    about."""
    rest = live(pieces)
    rules = [_line_rule(piece) for piece in rest]
    if sum(map(bool, rules)) > MAX_ASKING * len(rest):
        return
    for piece, rule in zip(rest, rules, strict=True):
        piece.drop = rule


def _line_rule(piece: Piece) -> str | None:
    if piece.kind in {"code", "row", "subheading"} or len(piece.text) > inviting.MAX_INVITATION:
        return None
    if rule := notices.rule(piece.text):
        return rule
    return "follow" if inviting.invites(piece) else None


def is_signature(piece: Piece) -> bool:
    """Whether a line in italics or bold begins with a link to its author's page."""
    return bool(piece.hrefs) and inviting.is_set_apart(piece.element) and shape.is_authors(piece.element)


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
