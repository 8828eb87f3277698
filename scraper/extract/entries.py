"""The entries of a live page: identity, time and heading of each, and their text in page order.

    Feed → heads (read, then taken out of the page) → pieces, judged entry by entry → blocks

An entry is read by itself: what stands around it never decides what is kept of it, so that it reads the same wherever
it stands on the page. What a reader sees on top of it becomes one line, from its own time; how long ago that was is
never printed.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scraper.article import Block
from scraper.extract import asking, clock, dates, trim
from scraper.extract.blocks import Piece, live
from scraper.extract.live import HEADINGS, MAX_HEAD, MAX_MARK, Feed, Span, names_entry
from scraper.extract.prune import PROSE, drop
from scraper.extract.structured import Node, plain, string
from scraper.extract.title import fold
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.updates import anchor, heading_of
from scraper.extract.words import tokens
from scraper.text import clean

MAX_NAME: Final = 100
MAX_HEADING: Final = 400
# A box between entries that is no longer than this, or leads somewhere, is the site's own.
MAX_BETWEEN: Final = 200
_HOOKS: Final = tokens("time date timestamp datetime published pubdate created posted ts")
_LINES = re.compile(r"(?i)\n|<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote)>")


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an entry besides its text. `clock` is a time of day alone, or a day, where that is all."""

    key: str
    at: datetime | None
    clock: str
    heading: str

    @property
    def line(self) -> str:
        """The line that stands above the entry in a snapshot."""
        return clock.line(self.at, self.clock, self.heading)

    def block(self) -> Block:
        """The same as a block."""
        return Block("subheading", self.line, self.key, self.at)


# ------------------------------------------------------------------------------------------------ heads


def heads(feed: Feed, zone: str | None, metas: Sequence[tuple[int, str]]) -> tuple[Head, ...]:
    """Read the head of every entry, and take it out of the page.

    `zone` is the outlet's, if known; `metas` are times of publication that stand unseen in the page, with the order of
    the element they are in.
    """
    said = {anchor(node): node for node in feed.nodes if anchor(node)}
    titled = {fold(heading_of(node)): node for node in feed.nodes if heading_of(node)}
    unseen = {number: text for order, text in reversed(metas) if (number := feed.at(order)) is not None}
    found: list[Head] = []
    for number, (span, name, below) in enumerate(zip(feed.spans, _names(feed), _stretches(feed), strict=True)):
        title = _title(below)
        heading = _text(title) if title is not None else ""
        node = said.get(name) or _addressed(below, said) or titled.get(fold(heading)) or {}
        declared = [string(node.get(key)) or "" for key in ("datePublished", "dateCreated")]
        at, alone = _time(span, below, [*declared, unseen.get(number, "")], zone)
        found.append(Head(anchor(node) or name, at, alone, heading[:MAX_HEADING]))
        _take_out(below, span.mark, title)
    return _distinct(found)


def _stretches(feed: Feed) -> list[list[Element]]:
    """The elements of each entry, in reading order."""
    if feed.boxed:
        return [_walk(span.first) for span in feed.spans]
    found: list[list[Element]] = [[] for _ in feed.spans]
    parent = feed.spans[0].first.parent
    for element in _walk(parent) if parent is not None else []:
        if (number := feed.at(element.order)) is not None:
            found[number].append(element)
    return found


def _walk(top: Element) -> list[Element]:
    found: list[Element] = []
    stack = [top]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed([*node.elements()]))
    return found


def _addressed(below: Sequence[Element], said: dict[str, Node]) -> Node | None:
    return next((said[name] for e in below for name in (e.get("id"), e.get("name")) if name in said), None)


def _title(below: Sequence[Element]) -> Element | None:
    """The heading of an entry: one that stands before its text."""
    before = 0
    for element in below:
        if (element.tag in HEADINGS or "headline" in element.get("itemprop").lower()) and element.size:
            return element
        before += sum(len(kid.strip()) for kid in element.kids if isinstance(kid, str))
        if before > MAX_HEAD or (element.run >= 2 * PROSE and element.tag in {"p", "li", "blockquote"}):
            return None
    return None


def _text(title: Element) -> str:
    """A heading without the time that may stand in it."""
    parts: list[str] = []
    stack: list[Element | str] = [title]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node is title or not _is_time(node):
            stack.extend([" ", *reversed(node.kids), " "])
    return clean("".join(parts)).strip(" -–—|·•:")


def _is_time(element: Element) -> bool:
    text = clean(element.text(dropped=True)) if element.size <= clock.MAX_LINE else ""
    return element.tag == "time" or clock.is_ago(text) or clock.of_day(text) is not None


def _time(
    span: Span, below: Sequence[Element], declared: Sequence[str], zone: str | None
) -> tuple[datetime | None, str]:
    """When an entry was published, as declared or as marked; or the time of day alone, as text."""
    marks = [e for e in below if _may_date(e)]
    first = [e for e in marks if "datepublished" in e.get("itemprop").lower()]
    plain_ = [e for e in marks if not _is_update(e, span.first)]
    moments = [at for e in (*first, *plain_, *marks) if (at := clock.moment(*_values(e)))]
    at = clock.moment(*declared) or next(iter(moments), None)
    # A declared time without a zone, and the same with one on the page: the page says more.
    if at is not None and at.tzinfo is None:
        at = next((m for m in moments if m.tzinfo and m.replace(tzinfo=None) == at), at)
    if at is not None:
        return clock.placed(at, zone), ""
    alone = next((text for e in marks if (text := clock.of_day(clean(e.text(dropped=True))))), "")
    return None, alone


def _may_date(element: Element) -> bool:
    if element.tag == "time" or "datepublished" in element.get("itemprop").lower() or _time_hooks(element):
        return True
    return 4 <= element.size <= clock.MAX_LINE and clock.of_day(clean(element.text(dropped=True))) is not None


def _time_hooks(element: Element) -> list[str]:
    """The values of hooks that are named after a time: `data-timestamp`, `data-published-date`."""
    hooks = ((key, value) for key, value in element.attrs.items() if key.startswith("data-") and value)
    return [value for key, value in hooks if _HOOKS & {*key.split("-")}]


def _values(element: Element) -> list[str]:
    text = clean(element.text(dropped=True)) if element.size <= clock.MAX_LINE else ""
    return [element.get("datetime"), element.get("content"), *_time_hooks(element), text]


def _is_update(element: Element, top: Element) -> bool:
    """Whether a time is named, or labelled, as that of a change."""
    names = [element.get("itemprop"), element.get("class")]
    for above in element.ancestors():
        if above is top:
            break
        names.append(above.get("class"))
        if above.size <= MAX_MARK * 2:
            names += [kid for kid in above.kids if isinstance(kid, str)]
    return any(map(clock.is_update, names))


def _take_out(below: Sequence[Element], mark: Element | None, title: Element | None) -> None:
    """Drop what the head line says: heading, times above the text, and all that says how long ago something was."""
    text = next((e.order for e in below if e is not title and e.run >= PROSE and e.tag not in HEADINGS), 1 << 40)
    if title is not None and title.drop is None:
        drop(title, "entry-head")
    for element in below:
        if element.drop is None and element.size and _is_time(element) and _stands_alone(element):
            above = element.order < text or element is mark
            if above or clock.is_ago(clean(element.text())):
                drop(element, "date")


def _stands_alone(element: Element) -> bool:
    """Whether a time is a line, or begins one; a time within a sentence is text."""
    if element.tag in BLOCKS:
        return True
    block = next((above for above in element.ancestors() if above.tag in BLOCKS), None)
    if block is None or block.run - element.size < PROSE:
        return True
    text = clean(element.text(dropped=True))
    return clean(block.text()).startswith(text)


# ------------------------------------------------------------------------------------------------ identity


def _names(feed: Feed) -> list[str]:
    """What the page calls each entry: by the first attribute that names nearly all of them, and each another way."""
    rows = [_hooks(span) for span in feed.spans]
    keys = sorted({key for row in rows for key in row}, key=lambda key: (key != "id", key != "itemid", key))
    for key in keys:
        values = [row[key] for row in rows if key in row]
        if len(values) * 10 >= 8 * len(rows) and len(set(values)) * 10 >= 9 * len(values):
            return [row.get(key, "") for row in rows]
    return [""] * len(rows)


def _hooks(span: Span) -> dict[str, str]:
    """Attributes that may name an entry: its own, those of what fills it, and links to itself."""
    found: dict[str, str] = {}
    top = span.first
    elements = [top, *top.elements()]
    for element in elements:
        if element is not top and element.size * 2 < top.size and element.tag != "a" and element.size:
            continue
        for key, value in element.attrs.items():
            if value and names_entry(key) and len(value) <= MAX_NAME:
                found.setdefault("id" if key == "name" and element.tag == "a" else key, clean(value))
    for element in top.walk():
        fragment = element.get("href").partition("#")[2] if element.tag == "a" else ""
        if fragment:
            found.setdefault("~link", clean(fragment)[:MAX_NAME])
    return found


def _distinct(found: Sequence[Head]) -> tuple[Head, ...]:
    """Every head with a name, and no name twice: what has none is called by its time and heading."""
    named = [Head(h.key or _digest(h), h.at, h.clock, h.heading) for h in found]
    seen: Counter[str] = Counter()
    kept = []
    for head in named:
        seen[head.key] += 1
        again = f".{seen[head.key]}" if seen[head.key] > 1 else ""
        kept.append(Head(head.key + again, head.at, head.clock, head.heading))
    return tuple(kept)


def _digest(head: Head) -> str:
    at = head.at.timestamp() if head.at and head.at.tzinfo else head.at
    return "~" + hashlib.sha256(f"{at}\0{head.clock}\0{head.heading}".encode("utf-8", "replace")).hexdigest()[:8]


# ------------------------------------------------------------------------------------------------ text


def spared(feed: Feed) -> set[int]:
    """The orders of entries, of what fills them, and of all they stand in: no widgets, whatever their shape."""
    found: set[int] = set()
    for span in feed.spans:
        found.update(above.order for above in span.first.ancestors())
        found.add(span.first.order)
        if feed.boxed:
            found.update(e.order for e in span.first.walk() if e.size * 2 > span.first.size)
    return found


def drop_between(feed: Feed) -> None:
    """Drop what the site puts between entries: short boxes, labels, and boxes that lead elsewhere."""
    if not feed.boxed or len(feed.spans) < 3:
        return
    first, last = feed.spans[0].end, feed.spans[-1].first.order
    holders = {span.first.parent.order: span.first.parent for span in feed.spans if span.first.parent is not None}
    for kid in [kid for holder in holders.values() for kid in holder.elements()]:
        if kid.drop is None and first < kid.order < last and not feed.meets(kid):
            leads = any(is_link(e) or e.drop == "control" for e in _walk(kid))
            if leads or kid.size <= MAX_BETWEEN:
                drop(kid, "between-entries")


def judge(pieces: list[Piece], feed: Feed, known: trim.Known) -> list[Piece]:
    """Mark the pieces that are not article, and return those outside entries: they are judged as any article's."""
    groups: dict[int, list[Piece]] = {}
    outside = []
    for piece in pieces:
        number = feed.at(piece.element.order)
        outside.append(piece) if number is None else groups.setdefault(number, []).append(piece)
    trim.trim(outside, known)
    for number, group in groups.items():
        trim.lines(group, known)
        asking.drop_runs(group)
        _tidy(group, feed.spans[number])
    return outside


def _tidy(group: Sequence[Piece], span: Span) -> None:
    """Drop what is left of an entry's head, and see that a list of entries does not make items of paragraphs."""
    text = False
    for piece in live(group):
        if piece.kind == "item" and not _is_item(piece.element, span):
            piece.kind = "paragraph"
        text = text or trim.is_prose(piece)
        if clock.is_ago(piece.text) or (not text and (_is_dated(piece) or _labels_time(piece))):
            piece.drop = "date"


def _is_item(element: Element, span: Span) -> bool:
    """Whether a list stands within the entry."""
    inside = (above for above in (element, *element.ancestors()) if span.first.order < above.order)
    return any(above.tag in {"li", "dt", "dd"} for above in inside)


def _labels_time(piece: Piece) -> bool:
    """Whether a line only stood beside a time."""
    return len(piece.text) <= MAX_MARK // 2 and any(e.drop == "date" for e in piece.element.elements())


def _is_dated(piece: Piece) -> bool:
    """Whether a line is nothing but a time."""
    text = piece.text
    return len(text) <= MAX_MARK and (clock.of_day(text) is not None or (len(text) < 30 and dates.is_in(text)))


def blocks(pieces: Sequence[Piece], feed: Feed, found: Sequence[Head]) -> tuple[Block, ...]:
    """The body in page order: each entry under its head, what stands outside of entries where it stands."""
    made: list[Block] = []
    opened: set[int] = set()
    done = 0
    for piece in pieces:
        number = feed.at(piece.element.order)
        upto = number if number is not None else _passed(feed, piece.element.order)
        for bare in range(done, upto):
            if bare not in opened and found[bare].heading:
                made.append(found[bare].block())
            opened.add(bare)
        done = max(done, upto)
        if piece.drop is not None:
            continue
        if number is None:
            made.append(Block(piece.kind, piece.text))
            continue
        if number not in opened and found[number].line:
            made.append(found[number].block())
        opened.add(number)
        made.append(Block(piece.kind, piece.text, found[number].key, found[number].at))
    made += [found[bare].block() for bare in range(done, len(found)) if bare not in opened and found[bare].heading]
    return tuple(made)


def _passed(feed: Feed, order: int) -> int:
    """How many entries end before the element of that order."""
    return bisect_left(feed.spans, order, key=lambda span: span.end)


# ------------------------------------------------------------------------------------------------ data alone


def from_data(nodes: Sequence[Node], zone: str | None) -> tuple[Block, ...]:
    """The entries as the page's data have them, in their order: for pages that show none without a script."""
    found = []
    texts = []
    for node in nodes:
        at = clock.moment(*(string(node.get(key)) or "" for key in ("datePublished", "dateCreated")))
        body = node.get("articleBody") or node.get("text") or node.get("description")
        lines = [plain(line) for line in _LINES.split(body)] if isinstance(body, str) else []
        found.append(Head(anchor(node), clock.placed(at, zone) if at else None, "", heading_of(node)[:MAX_HEADING]))
        texts.append([line for line in lines if line])
    made: list[Block] = []
    for head, lines in zip(_distinct(found), texts, strict=True):
        if not lines and not head.heading:
            continue
        made += [head.block()] if head.line else []
        made += [Block("paragraph", line, head.key, head.at) for line in lines]
    return tuple(made)


def are_shown(nodes: Sequence[Node], text: str) -> bool:
    """Whether any of the entries that the data hold can be read in `text` already."""
    shown = fold(text)
    starts = [fold(plain(body))[:40] for node in nodes if isinstance(body := node.get("articleBody"), str)]
    return any(start and start in shown for start in starts)
