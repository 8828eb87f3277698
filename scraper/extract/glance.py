"""Whether a page still holds the article it held, told without copying or pruning it.

    parse → walk down the page's boxes → skip what pruning is certain to drop → one digest over all the rest

The mark of a page (a short text) holds that digest and what is needed to skip nothing that might count. Equal digests
mean the same article, because everything that an article is made from is in the digest, but for branches that pruning
drops by their first tag alone, whatever they hold. What such a branch can still do from where it is is bounded:

- Its prose weighs when the article's core is looked for: no more of it than the core's lead over the next best allows,
  nor so much near the headline that it could be an article.
- It may look like what readers say to each other, of one make with its neighbours: these are in the digest.
- It may name itself like the paragraphs do: less of it stands in the core than would outvote these.
- A heading of the first level in it may be taken for the article's: all of them are in the digest.
- It tells a heading without text from a subheading, one link from a sentence, a teaser from a paragraph: beside those,
  it is in the digest.

Where any of this is not certain a page gets no mark, or a digest that differs. That costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from scraper.extract import addresses, fields, live, prune, structured, tree
from scraper.extract.tree import Document, Element, Parser
from scraper.extract.walk import Limits, Names, Spots, Told, Walk, short, sign

MAX_VOID: Final = 24
_DIGEST: Final = 12
_MARK = re.compile(r"([0-9a-f]{24})-([123])-(\d{1,6})-(\d{1,6})-(\d{1,9})-(\d{1,9})-(\d{1,9})-((?:[0-9a-f]{4})*)")


@dataclass(frozen=True, slots=True)
class Opened:
    """What reading found out about a page that is to be marked.

    `void` are the names that say nothing on it, `level` is the lowest level of heading that can be the headline,
    `is_told` whether an outlet's rule names the column, which then is the core.
    """

    doc: Document
    headline: Element
    middle: Element
    column: Element
    void: frozenset[str]
    level: int
    is_told: bool
    told: Told


def mark(page: Opened, salt: str) -> str:
    """The mark of a page, empty if nothing certain can be said about it. `salt` is all that is no part of the page."""
    hashes = _spared(page)
    parser, by_id = page.doc.parser, page.doc.by_id
    ids = {element.order: mem_id for mem_id, element in by_id.items()}
    spots = [ids.get(element.order, 0) for element in (page.column, page.middle)]
    if parser is None or page.doc.truncated or len(hashes) > MAX_VOID:
        return ""
    walk = Walk(Names(hashes), page.told, Spots(spots[0], spots[1], by_id=True), by_id)
    walk.down(parser)
    if not set(spots) <= set(walk.boxes):
        return ""
    if any((element := by_id.get(key)) is None or element.drop != rule for key, rule in walk.skipped.items()):
        return ""
    limits = _limits(page, walk)
    if not walk.fits(limits):
        return ""
    numbers = (page.level, *map(walk.boxes.index, spots), limits.anywhere, limits.near, limits.inside)
    digest = _digest(parser, walk, page.level, salt)
    return "-".join([digest, *map(str, numbers), "".join(sorted(hashes))])


def matches(parser: Parser, known: str, told: Told, salt: str) -> bool:
    """Whether a parsed page is the one that the mark `known` was made of, as far as its article goes."""
    found = _MARK.fullmatch(known)
    if not found:
        return False
    level, column, middle, *limits = (int(found[n]) for n in range(2, 8))
    names = Names(frozenset(found[8][at : at + 4] for at in range(0, len(found[8]), 4)))
    walk = Walk(names, told, Spots(column, middle))
    walk.down(parser)
    return walk.fits(Limits(*limits)) and _digest(parser, walk, level, salt) == found[1]


def _spared(page: Opened) -> frozenset[str]:
    """What pruning spares on this page: the names that say nothing on it, and boxes whose tag says nothing."""
    above = [above for one in (page.middle, page.headline) for above in (one, *one.ancestors())]
    boxes = {sign(element) for element in above if prune.rule_of(element, page.void)}
    return frozenset(map(short, page.void | boxes))


def _limits(page: Opened, walk: Walk) -> Limits:
    """How much prose skipped branches may hold; none where what is left does not give the same core by itself."""
    by_id = page.doc.by_id
    out = {by_id[key].order for key in walk.skipped}
    kept = [page.doc.root]
    for element in by_id.values():
        if element.order in out or (element.parent is not None and element.parent.order in out):
            out.add(element.order)
        else:
            kept.append(element)
    above = {one.order for one in (page.headline, *page.headline.ancestors())}
    boxes = (by_id[key] for key in walk.boxes)
    named = any(rule in prune.NEVER_CORE for box in boxes if box.order not in above for _, rule in prune.said(box))
    if named or live.may_be_shaped(kept):
        return Limits(0, 0, 0)
    if page.is_told:
        return Limits(prune.BOUNDLESS, prune.BOUNDLESS, _outvoting(page.middle))
    margin = prune.margin(kept, page.headline, page.middle)
    return Limits(margin.anywhere, margin.near, _outvoting(page.middle))


def _outvoting(middle: Element) -> int:
    """How much text outvotes the paragraphs of the core in what they are named; 0 if they bear such names."""
    leaves = [node for node in middle.walk() if node.run >= prune.PROSE]
    above = (one for leaf in leaves for one in (leaf, *islice(leaf.ancestors(), prune.MAX_WRAPPERS)))
    chains = {one.order: one for one in above if one.order > middle.order}
    return 0 if any(map(prune.said, chains.values())) else prune.PROSE * max(len(leaves), prune.MIN_WORN)


def _digest(parser: Parser, walk: Walk, level: int, salt: str) -> str:
    heads = [node.text() for node in parser.css(",".join(["h1", "h2", "h3"][:level]))]
    parts = [salt, *walk.told.rest, *filter(None, _declared(parser)), *heads, *walk.parts]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()


def _declared(parser: Parser) -> Iterable[str]:
    root = Element("html", dict(parser.root.attributes) if parser.root is not None else {}, None, 0)
    yield f"{root.get('lang')} {root.get('xml:lang')} {prune.said(root)}"
    for node in parser.css(tree.DECLARED):
        match node.tag:
            case "meta":
                yield _meta(node.attributes)
            case "link":
                yield _link(node.attributes)
            case _:
                yield node.text()


def _meta(attrs: Mapping[str, str | None]) -> str:
    names = {(attrs.get(key) or "").strip().lower() for key in structured.NAMES}
    return f"{sorted(names)}={attrs.get('content')}" if names & fields.READ else ""


def _link(attrs: Mapping[str, str | None]) -> str:
    rels = addresses.rels(attrs) & addresses.RELS
    return f"{sorted(rels)}={attrs.get('href')}" if rels else ""
