"""Which part of the page is the article: going down from the top to where its paragraphs stand side by side.

Weighed is prose that is not within links. A paragraph counts less in a list or a card, and before the headline; more
where the page's own data repeat it as the article's text.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Final

from scraper.extract.blocks import is_layout
from scraper.extract.names import words
from scraper.extract.prune import PROSE, is_teaser
from scraper.extract.title import fold
from scraper.extract.tree import Element
from scraper.extract.words import tokens

# One branch with this part of the weight is gone into without looking at the rest.
CLEAR: Final = 0.97
_WHOLE: Final = frozenset(("p", "pre", "blockquote", "li", "ul", "ol"))
# Paragraphs that stand beside the heaviest branch, with this part of the weight, hold the walk where it is.
BESIDE: Final = 0.15
# What templates call the line or paragraph under the headline.
DEK: Final = tokens(
    "dek subtitle subtitulo sottotitolo standfirst subheadline subhead deck lead intro summary chapo excerpt "
    "description perex ingress vorspann teaser abstract lede bajada copete kicker entradilla subheading"
)


def choose(root: Element, headline: Element | None, middle: Element | None, witness: str = "") -> list[Element]:
    """The branches below `root` that hold the article, in reading order; mostly one.

    `headline` is the element that shows the title, `middle` the one in which most prose stands side by side, `witness`
    the article's text as the page's data give it.
    """
    live = list(root.walk())
    weigh(live, headline, witness)
    if hinted := _hinted(live):
        root = hinted
    titled = {above.order for element in live if element.tag == "h1" for above in (element, *element.ancestors())}
    core = {middle.order, *(above.order for above in middle.ancestors())} if middle is not None else set()
    node = root
    while True:
        kids = [kid for kid in node.elements() if kid.drop is None and kid.weight > 0]
        if not kids:
            return [node]
        best = next((kid for kid in kids if kid.order in core), None) or max(kids, key=lambda kid: kid.weight)
        if own := _own_article(kids, headline, titled):
            node = own
            continue
        if best.tag in _WHOLE or _is_leaf(best) or (best.tag == "table" and not is_layout(best)):
            return [node]
        if best.weight < CLEAR * node.weight and (node is middle or _side_by_side(node, best, kids)):
            return [node]
        node = best


def _own_article(kids: list[Element], headline: Element | None, titled: set[int]) -> Element | None:
    """Of several articles side by side, as where the next ones are appended, the one with the headline.

    `titled` holds the orders of all that has a heading of the first level in it.
    """
    if headline is None:
        return None
    above = {element.order for element in headline.ancestors()}
    rivals = [kid for kid in kids if kid.tag == "article" or kid.order in titled]
    own = next((kid for kid in rivals if kid.order in above), None)
    heaviest = max((kid.weight for kid in rivals), default=0.0)
    return own if own is not None and len(rivals) > 1 and own.weight > 0.25 * heaviest else None


def weigh(live: list[Element], headline: Element | None, witness: str) -> None:
    """Fill in `weight` of all `live` elements, which are in reading order, the first above all others."""
    text = fold(witness) if len(witness) > 200 else ""
    start = headline.order if headline is not None else 0
    root = live[0]
    listed: set[int] = set()
    for element in live:
        element.weight = 0.0
        if element.tag == "li" or (element.parent is not None and element.parent.order in listed):
            listed.add(element.order)
    for element in reversed(live):
        if element.run >= PROSE:
            element.weight += _weight(element, start, text) * (0.4 if element.order in listed else 1)
        if element.parent is not None and element is not root:
            element.parent.weight += element.weight


def _weight(leaf: Element, start: int, witness: str) -> float:
    weight = float(leaf.run)
    if leaf.order < start:
        weight *= 0.3
    if is_teaser(leaf):
        weight *= 0.3
    if witness and _beginning(leaf.text()) in witness:
        weight *= 4
    return weight


def _beginning(text: str) -> str:
    """The first sixty letters of a text, folded."""
    start = fold(text[:120])
    return (start if len(start) >= 60 else fold(text))[:60]


def _side_by_side(node: Element, best: Element, kids: list[Element]) -> bool:
    """Whether the article goes on beside its heaviest branch."""
    loose = [kid for kid in kids if _is_leaf(kid) and not dek_words(kid)]
    if any(kid.tag == "p" and kid.order < best.order for kid in loose):
        return True
    # A single paragraph behind it is small print as often as not.
    alone = len(loose) == 1 and loose[0].order > best.order
    if not alone and sum(kid.weight for kid in loose) + node.run >= BESIDE * node.weight:
        return True
    return any(kid is not best and _are_twins(kid, best) for kid in kids) or _is_outweighed(best, kids)


def _is_outweighed(best: Element, kids: list[Element]) -> bool:
    """Whether branches of one make, each too small to be looked at, are the text beside a heavier box."""
    makes: dict[tuple[str, frozenset[str]], list[float]] = {}
    for kid in kids:
        if kid is not best:
            makes.setdefault((kid.tag, sign(kid)), []).append(kid.weight)
    return any(len(weights) >= 3 and sum(weights) > best.weight for weights in makes.values())


def _are_twins(kid: Element, best: Element) -> bool:
    """Whether two branches are parts of one text: named alike, digits apart, or with paragraphs of the same make."""
    name, other = sign(best), sign(kid)
    # Where names are nothing but hashes, the same ones are the same make.
    if other == name and kid.tag == best.tag and (name or kid.get("class").split() == best.get("class").split()):
        return kid.weight >= best.weight * (0.08 if name else 0.3)
    make = _make(best)
    return make is not None and _make(kid) == make and kid.weight >= best.weight * 0.15 and bool(make or name & other)


def _make(branch: Element) -> frozenset[str] | None:
    """How the paragraphs of a branch are named, if there are three of one make or more."""
    makes = Counter(sign(node) for node in branch.walk() if node.tag == "p" and node.run >= PROSE)
    make, count = makes.most_common(1)[0] if makes else (frozenset[str](), 0)
    return make if count >= 3 else None


def _is_leaf(element: Element) -> bool:
    return element.tag == "p" or element.run * 2 > element.weight


def sign(element: Element) -> frozenset[str]:
    """The words an element is named by, digits apart: elements of one make share it."""
    return _named(element.get("class"), element.get("id"))


# Paragraphs of one text stand in boxes of one name.
@lru_cache(maxsize=4096)
def _named(classes: str, own: str) -> frozenset[str]:
    names = [*classes.split(), own]
    return frozenset(word for name in names for word in words(name) if not word.isdigit())


def dek_words(element: Element) -> bool:
    """Whether an element is named as the line under the headline."""
    return any(words(name) & DEK for name in element.get("class").split())


def _hinted(live: list[Element]) -> Element | None:
    """The branch that is marked up as the article's text, if it holds enough of the page's weight."""
    marked = [e for e in live if "articlebody" in e.get("itemprop").lower() and e.weight > 0]
    if len(marked) == 1 and marked[0].weight * 2 > live[0].weight:
        return marked[0]
    return None
