"""Live pages: which parts of a page are its entries, each with a time, a heading and an identity of its own.

    outlet rule | microdata | JSON-LD addresses | marks that repeat → entries → identity, time, heading

A mark is what an entry begins with: a time for machines, a time of day on a line, a heading or an anchor that the
page's data name. Entries are boxes of one make that hold such marks, or what lies between marks in one column. Nobody
says that a page without data is live but its own words and the shape of most of its text: a chronicle within an
article, dated comments and lists of other news are none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from scraper.extract import clock
from scraper.extract.prune import PROSE, is_barred
from scraper.extract.structured import Declared, Node
from scraper.extract.title import fold
from scraper.extract.tree import Document, Element
from scraper.extract.updates import MAX_ENTRIES, TYPE, anchor, heading_of, is_told, page_of, updates
from scraper.extract.words import tokens
from scraper.text import clean
from scraper.urls import resolve

# So many boxes of one make are entries if nothing but their shape says so; two if the page says that it is live.
MIN_SHAPED: Final = 4
# Where a page has this word in it, it may say what its entries are.
TOLD: Final = "liveBlogUpdate"
MIN_TOLD: Final = 2
MAX_MARKS: Final = 10_000
# What may stand in an entry before its time or heading, and how long a line is that does not count as text.
MAX_HEAD: Final = 200
MAX_MARK: Final = 40
MAX_CLIMB: Final = 12
# The part of a page's prose that has to lie in entries if their shape alone says that it is live.
MAJORITY: Final = 0.6
HEADINGS: Final = tokens("h1 h2 h3 h4 h5 h6")
_BOXES: Final = tokens("div article section li tr details")
_SAID = re.compile(
    r"(?i)\blive\b|live-?blog|(?:live|news)-?ticker|minute[- ]by[- ]minute|as it happen|en[- ]direct|en[- ]vivo|"
    r"minuto a minuto|ao[- ]vivo|in diretta|minut[ea] po minut|na żywo|relacja|онлайн|прямой эфир|хроника|хроніка|"
    r"наживо|текстова трансляція|canlı|direktrapport|seuraa|suorana|مباشر|لحظة بلحظة|زنده|直播|实时|實時|速報|ライブ|"
    r"実況|생중계|실시간|לייב|בזמן אמת|लाइव|ζωντανά"
)


@dataclass(frozen=True, slots=True)
class Span:
    """An entry as a stretch of the page, by the orders of its first and last element; `mark` is its time or heading."""

    first: Element
    end: int
    mark: Element | None

    def __contains__(self, order: int) -> bool:
        return self.first.order <= order <= self.end


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a live page in page order, the evidence for them, and the data nodes that speak of them."""

    spans: tuple[Span, ...]
    evidence: str
    nodes: tuple[Node, ...]
    boxed: bool

    def at(self, order: int) -> int | None:
        """The number of the entry that the element of that `order` is in."""
        found = bisect_right(self.spans, order, key=lambda span: span.first.order) - 1
        return found if found >= 0 and order in self.spans[found] else None

    def meets(self, branch: Element) -> bool:
        """Whether a branch is an entry, or has one in it or around it."""
        following = bisect_left(self.spans, branch.order, key=lambda span: span.end)
        return following < len(self.spans) and self.spans[following].first.order <= end_of(branch)

    def stands_in(self, branches: Sequence[Element]) -> bool:
        """Whether each entry is one of `branches` or below one."""
        tops = {branch.order for branch in branches}
        firsts = (span.first for span in self.spans)
        return all(any(e.order in tops for e in (first, *first.ancestors())) for first in firsts)

    @property
    def holder(self) -> Element | None:
        """The nearest element that all entries are in."""
        chains = [[span.first, *span.first.ancestors()][1:] for span in self.spans]
        common = set.intersection(*({above.order for above in chain} for chain in chains))
        return next((above for above in chains[0] if above.order in common), None)


@dataclass(frozen=True, slots=True)
class Witness:
    """What a page says of itself before its markup is looked at: its data's updates, their anchors and headings."""

    told: bool
    updates: tuple[Node, ...]
    anchors: frozenset[str]
    headings: frozenset[str]


def _witness(doc: Document, declared: Declared, elements: Sequence[Element], html: str) -> Witness:
    """What the page's data and its microdata say about entries."""
    if TYPE not in html:
        return Witness(told=False, updates=(), anchors=frozenset(), headings=frozenset())
    told = is_told(declared, doc)
    nodes = updates(declared) if told else ()
    told = told or any(TYPE in e.get("itemtype") for e in elements)
    anchors = frozenset(filter(None, (anchor(node) for node in nodes)))
    headings = frozenset(text for node in nodes if len(text := fold(heading_of(node))) >= 4)
    return Witness(told, nodes, anchors, headings)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page in which entries are looked for. `ruled` are the elements that the outlet's rules call entries, `talk`
    branches that look like readers' comments."""

    doc: Document
    declared: Declared
    html: str
    elements: Sequence[Element]
    headline: Element | None
    ruled: Sequence[Element] = ()
    talk: Sequence[Element] = ()


def find(page: Asked) -> Feed | None:
    """The entries of a live page, None if it is none or shows none. Costs next to nothing on other pages."""
    doc, declared, html, elements = page.doc, page.declared, page.html, page.elements
    said = _witness(doc, declared, elements, html)
    if page.ruled:
        return _feed(_outermost(page.ruled), said, "outlet rule")
    if TOLD in html:
        marked = _outermost(e for e in elements if "liveblogupdate" in e.get("itemprop").lower() and e.size)
        if marked:
            return _feed(marked, said, "microdata liveBlogUpdate")
    marks = _marks(elements, said)
    if len(marks) < (1 if said.anchors else MIN_TOLD if said.told else MIN_SHAPED):
        return None
    return _told(marks, said) if said.told else _shaped(page, marks, said)


def may_be_shaped(elements: Iterable[Element]) -> bool:
    """Whether so many of `elements` may be the times of entries that the shape of a page is looked at."""
    marks = (e for e in elements if e.tag == "time" or (4 <= e.size <= clock.MAX_LINE and _starts_with_digit(e)))
    return len(list(islice(marks, MIN_SHAPED))) == MIN_SHAPED


def _feed(firsts: Sequence[Element], said: Witness, evidence: str) -> Feed | None:
    spans = [Span(e, end_of(e), None) for e in firsts[:MAX_ENTRIES] if e.size]
    return Feed(tuple(spans), f"{len(spans)} entries: {evidence}", said.updates, boxed=True) if spans else None


def _outermost(found: Iterable[Element]) -> list[Element]:
    kept: list[Element] = []
    end = -1
    for element in sorted(found, key=lambda e: e.order):
        if element.order > end:
            kept.append(element)
            end = end_of(element)
    return kept


def end_of(element: Element) -> int:
    """The order of the last element below one."""
    last: Element | None = element
    while last is not None:
        element, last = last, next((kid for kid in reversed(last.kids) if not isinstance(kid, str)), None)
    return element.order


# ------------------------------------------------------------------------------------------------ marks


def _marks(elements: Sequence[Element], said: Witness) -> list[Element]:
    """What entries may begin with, in reading order, and not in what is certainly something else."""
    # Every page comes by here: most have a handful of short elements that begin with a digit, and no entry.
    found = [
        e
        for e in elements
        if e.tag == "time" or (4 <= e.size <= clock.MAX_LINE and _starts_with_digit(e) and _is_clock(e))
    ]
    if said.anchors or said.headings:
        marked = {e.order for e in found}
        found = [e for e in elements if e.order in marked or _is_named_by(e, said)]
    elif len(found) < (MIN_TOLD if said.told else MIN_SHAPED):
        return []
    whole = elements[0].size
    barred: dict[int, bool] = {}
    return [e for e in found if not _in_barred(e, whole, barred)][:MAX_MARKS]


def _is_named_by(element: Element, said: Witness) -> bool:
    """Whether the page's data name an element, by its id or by what it says."""
    if said.anchors and (element.get("id") in said.anchors or element.get("name") in said.anchors):
        return True
    return bool(said.headings) and element.tag in HEADINGS and fold(element.text()) in said.headings


def _starts_with_digit(element: Element) -> bool:
    first = element.kids[0] if element.kids else ""
    return isinstance(first, str) and first.lstrip()[:1].isdigit()


def _is_clock(element: Element) -> bool:
    text = clean(element.text())
    return clock.of_day(text) is not None or (len(text) >= 10 and clock.moment(text) is not None)


def _in_barred(element: Element, whole: int, known: dict[int, bool]) -> bool:
    """Whether an element is in comments, a footer, a list of other things, or hidden."""
    chain: list[Element] = []
    node: Element | None = element.parent
    while node is not None and node.order not in known:
        chain.append(node)
        node = node.parent
    barred = known[node.order] if node is not None else False
    for above in reversed(chain):
        barred = known[above.order] = barred or above.tag in {"nav", "footer", "aside"} or is_barred(above, whole)
    return barred


# ------------------------------------------------------------------------------------------------ entries


def _told(marks: Sequence[Element], said: Witness) -> Feed | None:
    """The entries of a page that says that it is live."""
    addressed = [e for e in marks if said.anchors and e.get("id") in said.anchors and e.size > MAX_MARK]
    boxes = _boxes(marks, MIN_TOLD) or []
    flat = _flat(marks, MIN_TOLD)
    if addressed and len(addressed) >= len(boxes):
        return _feed(_outermost(addressed), said, "json-ld addresses")
    if flat and _prose(flat) > 2 * sum(map(_own, boxes)):
        return Feed(tuple(flat), f"{len(flat)} entries: json-ld and times", said.updates, boxed=False)
    return _marked(boxes, marks, said, "json-ld and times") if boxes else None


def _shaped(page: Asked, marks: Sequence[Element], said: Witness) -> Feed | None:
    """The entries of a page that only looks like a live one: boxes with times of day, in order, most of its text."""
    found = _boxes(marks, MIN_SHAPED) or []
    boxes = [box for box in found if not _leads_away(box, page.doc.url)]
    if sum(1 for box in boxes if _own(box) >= PROSE or _heading(box)) < MIN_SHAPED or len(boxes) * 2 < len(found):
        return None
    feed = _marked(boxes, marks, said, "times and shape")
    if any(map(feed.meets, page.talk)):
        return None
    total = sum(e.run for e in page.elements if e.run >= PROSE)
    own = sum(e.run for box in boxes for e in box.walk() if e.run >= PROSE)
    if own < MAJORITY * total or not _in_order([_when(span.mark) for span in feed.spans]):
        return None
    shown = clean(page.headline.text(limit=400)) if page.headline is not None else ""
    if any(map(_SAID.search, (page.doc.title, shown, page.doc.url))):
        return feed
    named = sum(1 for box in boxes if _is_named(box)) * 10 >= 8 * len(boxes)
    return feed if named and 2 * sum(1 for box in boxes if _heading(box)) >= len(boxes) else None


def _marked(boxes: Sequence[Element], marks: Sequence[Element], said: Witness, evidence: str) -> Feed:
    spans = []
    for box in boxes[:MAX_ENTRIES]:
        end, at = end_of(box), bisect_left(marks, box.order, key=lambda mark: mark.order)
        spans.append(Span(box, end, marks[at] if at < len(marks) and marks[at].order <= end else None))
    return Feed(tuple(spans), f"{len(spans)} entries: {evidence}", said.updates, boxed=True)


def _boxes(marks: Sequence[Element], least: int) -> list[Element] | None:
    """The boxes with a mark at their head or foot that stand at one depth and hold the most text of their own."""
    levels: defaultdict[tuple[int, str], dict[int, Element]] = defaultdict(dict)
    places: dict[int, dict[int, int]] = {}
    for mark in marks:
        depth = sum(1 for _ in mark.ancestors())
        for k, box in enumerate(_headed(mark, places)):
            if box.tag in _BOXES:
                levels[depth - k, box.tag][box.order] = box
    groups = [[box for box in found.values() if _own(box) * 2 > box.size] for found in levels.values()]
    scored = [(sum(map(_own, group)), group) for group in groups if len(group) >= least]
    best = max((score for score, _ in scored), default=0)
    rivals = [group for score, group in scored if score >= 0.8 * best and score > 0]
    chosen = max(rivals, key=len, default=None)
    return sorted(chosen, key=lambda box: box.order) if chosen else None


def _headed(mark: Element, places: dict[int, dict[int, int]]) -> Iterator[Element]:
    """A mark and what it is in, for as long as hardly anything stands before it, or hardly anything behind it.

    `places` remembers where elements stand among their siblings: a column may have thousands of marks.
    """
    before = after = 0
    node = mark
    for _ in range(MAX_CLIMB):
        yield node
        parent = node.parent
        if parent is None:
            return
        known = places.get(parent.order)
        if known is None:
            known = places[parent.order] = {id(kid): k for k, kid in enumerate(parent.kids)}
        at = known[id(node)]
        before = _summed(reversed(parent.kids[max(0, at - MAX_HEAD) : at]), before, MAX_HEAD)
        after = _summed(parent.kids[at + 1 : at + MAX_HEAD], after, MAX_MARK)
        if before > MAX_HEAD and after > MAX_MARK:
            return
        node = parent


def _summed(kids: Iterable[Element | str], length: int, enough: int) -> int:
    for kid in kids:
        if length > enough:
            break
        length += len(kid.strip()) if isinstance(kid, str) else kid.size
    return length


def _own(box: Element) -> int:
    return box.size - box.linked


def _flat(marks: Sequence[Element], least: int) -> list[Span] | None:
    """Entries without boxes: in one column, from a short line with a mark to the next."""
    columns: defaultdict[int, dict[int, tuple[Element, Element]]] = defaultdict(dict)
    for mark in marks:
        line = mark
        for _ in range(3):
            if line.parent is not None and line.size <= MAX_HEAD and line.run < 2 * PROSE:
                columns[line.parent.order].setdefault(line.order, (line, mark))
                line = line.parent
    found = [_between([*lines.values()]) for lines in columns.values() if len(lines) >= least]
    return max(found, key=_prose, default=None)


def _between(lines: Sequence[tuple[Element, Element]]) -> list[Span]:
    parent = lines[0][0].parent
    last = end_of(parent) if parent is not None else lines[-1][0].order
    ends = [following.order - 1 for (_, _), (following, _) in pairwise(lines)]
    return [Span(line, end, mark) for (line, mark), end in zip(lines, [*ends, last], strict=True)][:MAX_ENTRIES]


def _prose(spans: Sequence[Span]) -> int:
    """How much text lies in entries without boxes."""
    parent = spans[0].first.parent
    inside = parent.walk() if parent is not None else ()
    return sum(e.run for e in inside if e.run >= PROSE and spans[0].first.order <= e.order)


# ------------------------------------------------------------------------------------------------ shape alone


def _heading(box: Element) -> Element | None:
    return next((e for e in box.walk() if e.tag in HEADINGS and e.size), None)


def _leads_away(box: Element, url: str) -> bool:
    """Whether a box's heading is a link to another page: then it is a teaser."""
    heading = _heading(box)
    if heading is None or heading.linked * 10 < heading.size * 8:
        return False
    links = [e for e in (*heading.walk(), *heading.ancestors()) if e.tag == "a" and e.get("href")][:1]
    return any(page_of(resolve(url, link.get("href"))) != page_of(url) for link in links)


def _is_named(box: Element) -> bool:
    """Whether an entry has a name of its own: an id, a data hook, or a link to itself."""
    if any(names_entry(key) and value for key, value in box.attrs.items()):
        return True
    return any("#" in e.get("href") for e in box.walk() if e.tag == "a")


_HOOK = re.compile(r"id|name|itemid|data-(?:[\w-]*-)?(?:id|key|uuid|guid|hash|anchor)")


def names_entry(attribute: str) -> bool:
    """Whether an attribute can hold an entry's own name; its place in a list is none."""
    return _HOOK.fullmatch(attribute) is not None


def _when(mark: Element | None) -> str | None:
    """The time of a mark as text that sorts, None if it has no time of day."""
    if mark is None:
        return None
    at = clock.moment(mark.get("datetime"), clean(mark.text()))
    return at.isoformat() if at else clock.of_day(clean(mark.text()))


def _in_order(times: Sequence[str | None]) -> bool:
    """Whether nearly all entries have a time of day, and these go one way: pinned ones and midnight apart."""
    known = [time for time in times if time]
    if len(known) * 10 < len(times) * 8 or len(set(known)) * 2 < len(known):
        return False
    steps = [(a < b) - (b < a) for a, b in pairwise(known) if a != b]
    turns = min(steps.count(1), steps.count(-1))
    return turns <= max(1, len(steps) // 5)
