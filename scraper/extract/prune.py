"""What is certainly not article, judged from markup: every dropped branch keeps the rule that dropped it.

    outlet rules → tags and roles → hidden → class names → shape (links, controls)

Nothing that holds a large part of the page's prose is dropped for its name alone: templates call their main column all
sorts of things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final

from scraper.extract import appeals, names
from scraper.extract.tree import BLOCKS, Element, is_link
from scraper.extract.words import tokens

_TAGS: Final = {
    "nav": "nav", "footer": "footer", "aside": "aside", "form": "form", "button": "control", "dialog": "dialog",
    "menu": "nav", "label": "control", "fieldset": "control", "figcaption": "caption", "amp-sidebar": "nav",
}  # fmt: skip
_ROLES: Final = {
    "navigation": "nav", "complementary": "aside", "banner": "nav", "contentinfo": "footer", "search": "form",
    "dialog": "dialog", "alertdialog": "dialog", "menu": "nav", "menubar": "nav", "toolbar": "toolbar",
    "tablist": "nav", "button": "control", "form": "form", "tooltip": "tooltip",
}  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HOOKS: Final = tokens(
    "data-testid data-component data-component-name data-module data-type data-name data-block data-qa data-tb-region "
    "data-area data-widget data-tracking-area id"
)

# A run of text counts as prose from this length on; captions, labels and teasers' titles are mostly shorter.
PROSE: Final = 60
MIN_BARRED: Final = 250
# Names that wrappers of whole columns bear as well as widgets; a branch with a column of text in it is none.
DOUBTFUL: Final = tokens(
    "sidebar advert sponsor promo share toolbar print widget date legal loader gallery audio video tags popular "
    "ticker rating "
    "login paywall subscribe meta byline caption tooltip affiliate embed"
)
# How much of a paragraph counts for its parent, itself, and the three above: many sites wrap each paragraph.
_SHARES: Final = (1, 2, 2, 3, 4)
MIN_COLUMN: Final = 600
# So many paragraphs side by side, and so much in them, may be a whole article.
MIN_BESIDE: Final = 3
MIN_NEAREST: Final = 400
# More prose than any page has.
BOUNDLESS: Final = 10_000_000
_HEADINGS: Final = tokens("h1 h2 h3 h4 h5 h6")
_ROOTS: Final = frozenset(("body", "html"))
MIN_WORN: Final = 3
MAX_WRAPPERS: Final = 12
MAX_TEASER: Final = 900
# An inline element in one of these is part of a sentence; only the names below take it out.
_SENTENCES: Final = tokens("p li h1 h2 h3 h4 h5 h6 blockquote td th dt dd pre")
_INLINE: Final = tokens("share advert dialog tooltip")
# The cells of a table are named after what they hold, which may well be a player or a ticker.
_CELLS: Final = frozenset(("td", "th", "tr", "tbody", "thead"))
_TIPS: Final = tokens("block content text tooltiptext body box inner popup card info message")
# These hold prose of their own: readers' comments, other articles' beginnings, the small print.
NEVER_CORE: Final = tokens("comment footer dialog cookie paywall aside form")
# Their prose does not count for the core either, whatever they are named.
BARRED: Final = frozenset(tag for tag, rule in _TAGS.items() if rule in NEVER_CORE)
# Signs of Chinese, Japanese and Korean say about as much as two and a half letters.
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


def measure(elements: list[Element], html: str) -> None:
    """Fill in `size`, `linked` and `run` of all `elements` of the page `html`, which are in reading order."""
    # One letter in thirty tells which scripts a page is written in.
    measured = length if max(html[::31], default="") >= "\u2e80" else len
    for element in elements:
        parent = element.parent
        element.in_link = (parent is not None and parent.in_link) or element.tag == "nav" or is_link(element)
    runs: dict[int, int] = {}
    for element in reversed(elements):
        own = 0
        for kid in element.kids:
            if isinstance(kid, str) and not kid.isspace():
                own += measured(kid)
        run = runs.pop(element.order, 0) + (0 if element.in_link else own)
        element.size += own
        if element.in_link:
            element.linked = element.size
        parent = element.parent
        if element.tag in BLOCKS:
            element.run = run
        elif parent is not None:
            runs[parent.order] = runs.get(parent.order, 0) + run
        if parent is not None:
            parent.size += element.size
            parent.linked += element.linked


def length(text: str) -> int:
    """How much a text weighs, in characters of an alphabet."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2


def core(elements: list[Element], headline: Element | None, threads: Sequence[Element] = ()) -> Element | None:
    """The element in which the most prose stands side by side: the article's column, or a part of it.

    Readers' comments do not count, however long they are: branches named so, and `threads`, unless there is nothing
    else.
    """
    away = {thread.order for thread in threads}
    return _core(elements, headline, away) or (_core(elements, headline, set()) if away else None)


@dataclass(slots=True)
class _Column:
    """An element with the prose in and below it, weighed and as it is; and how many paragraphs stand in it."""

    element: Element
    weight: int = 0
    prose: int = 0
    beside: int = 0

    def is_enough(self, best: _Column, *, foreign: bool) -> bool:
        """Whether this may be a whole article, `best` being the heaviest column of the page, `foreign` if that stands
        in another article."""
        times = 3 if self.beside < MIN_BESIDE else 40 if foreign else 10
        return self.prose >= MIN_NEAREST and self.prose * times >= best.prose


@dataclass(frozen=True, slots=True)
class Margin:
    """How much more prose there may be on a page before its core may be another one: anywhere, and in the boxes around
    the headline that the core does not stand in."""

    anywhere: int
    near: int


def margin(elements: list[Element], headline: Element, core: Element) -> Margin:
    """How far `core` is ahead on a page made of `elements`; none at all where it is not the heaviest column."""
    columns, best = _columns(elements, headline, set())
    if best is None or best.element is not core or _nearest([*columns.values()], headline, best) is not best:
        return Margin(0, 0)
    second = max((one.weight for one in columns.values() if one is not best), default=0)
    lead = (best.weight - second) // 2
    far = {above.order for above in (core, *core.ancestors())}
    around = next((above for above in reversed([*headline.ancestors()]) if above.order not in far), None)
    if around is None:
        return Margin(lead, BOUNDLESS)
    end = _end(around)
    there = max((one.prose for one in columns.values() if around.order <= one.element.order <= end), default=0)
    near = max(0, MIN_NEAREST - there)
    # Behind the core's beginning the two cannot be told apart by a walk through the page.
    return Margin(lead, near) if around.order < core.order else Margin(min(lead, near), BOUNDLESS)


def _core(elements: list[Element], headline: Element | None, barred: set[int]) -> Element | None:
    columns, best = _columns(elements, headline, barred)
    return _nearest(list(columns.values()), headline, best).element if best is not None else None


def _columns(
    elements: list[Element], headline: Element | None, barred: set[int]
) -> tuple[dict[int, _Column], _Column | None]:
    """All elements with prose in them, by their orders, and the heaviest; what is in `barred` does not count."""
    columns: dict[int, _Column] = {}
    best: _Column | None = None
    around = {above.order for above in headline.ancestors()} if headline else set()
    whole = elements[0].size if elements else 0
    known: dict[int, int] = {}
    for element in elements:
        if element.run >= PROSE and element.parent is not None:
            times = _times(element, barred, around, whole, known)
            if times and not is_teaser(element):
                best = _add(element, columns, best, times)
    return columns, best


def _times(element: Element, barred: set[int], around: set[int], whole: int, known: dict[int, int]) -> int:
    """How many times prose in an element counts: twice in the main part of the page, not at all if `barred`. `around`
    is what the headline is in; `known` keeps the answers, so that only what has prose in it is asked, and once."""
    chain: list[Element] = []
    node: Element | None = element
    while node is not None and node.order not in known:
        chain.append(node)
        node = node.parent
    times = known[node.order] if node is not None else 1
    for one in reversed(chain):
        if one.parent is not None and one.order not in around and (one.order in barred or is_barred(one, whole)):
            times = 0
        times = known[one.order] = 2 if times and one.tag in {"article", "main"} else times
    return times


def _add(leaf: Element, columns: dict[int, _Column], best: _Column | None, times: int) -> _Column | None:
    """Count a paragraph for what it stands in; the heaviest column so far."""
    unit = outer(leaf)
    holder = unit.parent or unit
    # What is in a list beside the headline sums up as often as not.
    prose = 0 if leaf.tag in _HEADINGS else leaf.run * 2 // 5 if leaf.tag == "li" else leaf.run
    for above, part in zip((holder, unit, *holder.ancestors()), _SHARES, strict=False):
        column = columns.setdefault(above.order, _Column(above))
        column.weight += leaf.run * times // part
        column.prose += prose // part
        column.beside += part == 1 and leaf.tag != "li" and leaf.tag not in _HEADINGS
        if best is None or column.weight > best.weight:
            best = column
    return best


def outer(element: Element) -> Element:
    """The widest element that holds nothing but `element`: many templates wrap each paragraph, some twice."""
    while (parent := element.parent) is not None and parent.size <= element.size and parent.tag not in _ROOTS:
        element = parent
    return element


def _nearest(columns: Sequence[_Column], headline: Element | None, best: _Column) -> _Column:
    """The column that shares the smallest branch with the headline, `best` if none is enough for an article: other
    articles and what readers say of this one may weigh many times as much."""
    if headline is None:
        return best
    foreign = _is_foreign(best.element, headline)
    enough = [column for column in columns if column.is_enough(best, foreign=foreign)]
    for around in headline.ancestors():
        end = _end(around)
        if around.order <= best.element.order <= end:
            return best
        inside = [one for one in enough if one.element is around or headline.order < one.element.order <= end]
        if inside:
            return max(inside, key=lambda one: one.weight)
    return best


def _is_foreign(element: Element, headline: Element) -> bool:
    """Whether an element stands in an article, or below a heading of the first level, that is not the headline's."""
    around = {above.order for above in headline.ancestors()}
    apart = takewhile(lambda above: above.order not in around, (element, *element.ancestors()))
    return any(above.tag == "article" or any(kid.tag == "h1" for kid in above.elements()) for above in apart)


def _end(element: Element) -> int:
    """The order of the last element below `element`."""
    last = element
    while kids := [kid for kid in last.kids if not isinstance(kid, str)]:
        last = kids[-1]
    return last.order


def is_teaser(leaf: Element) -> bool:
    """Whether a paragraph stands alone beside a linked headline, as teasers do."""
    parent = leaf.parent
    if parent is None or parent.size > MAX_TEASER or parent.linked < 10 or leaf.run * 2 < parent.size - parent.linked:
        return False
    return any(kid is not leaf and kid.linked >= 0.8 * kid.size > 10 for kid in parent.elements())


def is_barred(element: Element, whole: int) -> bool:
    """Whether a branch cannot be the article's core, however much it says: comments, footers, what is hidden.

    `whole` is the length of the page's text: what holds most of it is never barred.
    """
    if element.size * 2 >= whole and element.tag != "footer":
        return False
    if element.tag in _TAGS:
        return _TAGS[element.tag] in NEVER_CORE
    if _by_hiding(element):
        return True
    # Small branches do not matter here, and are most of a page.
    return element.size > MIN_BARRED and (_by_tag(element) or _by_name(element, frozenset(), NEVER_CORE)) in NEVER_CORE


def prune(
    root: Element,
    outlet: dict[int, str],
    keep: set[int],
    middle: Element | None,
    headline: Element | None,
    entries: Sequence[Element] = (),
) -> frozenset[str]:
    """Mark every branch below `root` that is not article; the names that say nothing on this page.

    `outlet` and `keep` hold element orders from outlet rules. The generic rules spare what `middle`, in which most of
    the prose stands, the headline and the `entries` of a live page stand in.
    """
    tops = {one.order: one for one in (middle, headline, *entries) if one is not None}
    above = [*{a.order: a for one in tops.values() for a in (one, *one.ancestors())}.values()]
    spared = {element.order for element in above}
    # What its own column is called says nothing on this page, nor what most of its paragraphs are called.
    void = frozenset(name for element in above for name, _ in said(element)) | _worn(middle)
    stack = [root]
    while stack:
        for kid in stack.pop().elements():
            rule = outlet.get(kid.order)
            if rule is None and kid.order not in keep and kid.order not in spared:
                rule = rule_of(kid, void)
            if rule and not (rule in DOUBTFUL and kid.size > MIN_COLUMN and _is_column(kid)):
                drop(kid, rule)
            elif kid.kids and kid.order not in keep:
                stack.append(kid)
    return void


def drop_threads(threads: Sequence[Element], keep: set[int], middle: Element | None, headline: Element | None) -> None:
    """Drop what readers say, where it stands behind the article's core and not around it."""
    above = [above for one in (middle, headline) if one is not None for above in (one, *one.ancestors())]
    spared = keep | {element.order for element in above}
    for thread in threads:
        if middle is not None and thread.order > middle.order and thread.order not in spared and thread.is_live:
            drop(thread, "comment")


def _worn(top: Element | None) -> frozenset[str]:
    """The names that most of the paragraphs in a column go by: tools for reading aloud or for sharing put theirs on
    each of them."""
    leaves = [node for node in top.walk() if node.run >= PROSE] if top is not None else []
    worn: Counter[str] = Counter()
    for leaf in leaves:
        above = islice(takewhile(lambda above: above is not top, leaf.ancestors()), MAX_WRAPPERS)
        chain = [leaf, *above] if leaf is not top else []
        worn.update({name for element in chain for name, _ in said(element)})
    return frozenset(name for name, count in worn.items() if count >= MIN_WORN and count * 2 > len(leaves))


def _is_column(element: Element) -> bool:
    """Whether paragraphs stand side by side in a branch, enough of them to be an article or a part of one."""
    for node in element.walk():
        runs = [kid.run for kid in node.elements() if kid.tag == "p" and kid.run >= PROSE]
        if len(runs) >= 3 and sum(runs) >= MIN_COLUMN and not appeals.cues(element.text(limit=3_000), soft=False):
            return True
    return False


def drop(element: Element, rule: str) -> None:
    """Mark `element` as not article, and take its weight off what is above it."""
    element.drop = rule
    for above in element.ancestors():
        above.size -= element.size
        above.linked -= element.linked


def rule_of(element: Element, void: Container[str]) -> str | None:
    """The rule by which an element is not article, as far as it can be told from outside; `void` names say nothing."""
    if not element.attrs and "-" not in element.tag:
        return _TAGS.get(element.tag)
    return _by_hiding(element) or _by_tag(element) or _by_name(element, void)


def _by_tag(element: Element) -> str | None:
    return _TAGS.get(element.tag) or _ROLES.get(element.get("role")) or None


def _by_hiding(element: Element) -> str | None:
    attrs = element.attrs
    if not attrs:
        return None
    if "hidden" in attrs or attrs.get("aria-hidden") == "true":
        return "hidden"
    style = attrs.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return "hidden"
    return "hidden" if names.hides(attrs.get("class") or "") else None


def _by_name(element: Element, void: Container[str], only: frozenset[str] | None = None) -> str | None:
    for name, rule in element.said if element.said is not None else said(element):
        if name not in void and (only is None or rule in only):
            return rule if _applies(rule, name, element) else None
    return None


def said(element: Element) -> tuple[tuple[str, str], ...]:
    """What an element's class, id and test hooks say that it is."""
    if element.said is None:
        element.said = _says(element)
    return element.said


def _says(element: Element) -> tuple[tuple[str, str], ...]:
    found = names.verdicts(element.get("class"))
    for key, value in element.attrs.items():
        if value and key in _HOOKS:
            found += names.verdicts(value)
    return found + names.verdicts(element.tag) if "-" in element.tag else found


def _applies(rule: str, name: str, element: Element) -> bool:
    """Whether a name counts on this element: cells are named after what they hold, words in a sentence stay in it."""
    if element.tag in _CELLS or (rule == "tooltip" and not _is_tip(name)):
        return False
    if element.tag in BLOCKS or rule in _INLINE:
        return True
    block = next((above for above in element.ancestors() if above.tag in BLOCKS), None)
    return block is None or block.tag not in _SENTENCES or (rule == "caption" and element.size >= 0.9 * block.size)


def _is_tip(name: str) -> bool:
    """Whether a name is that of the note that opens, not of the word it opens on."""
    return bool(names.words(name) & _TIPS)
