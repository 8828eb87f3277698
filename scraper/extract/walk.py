"""A walk down the boxes of a parsed page, past what pruning drops: see `glance`, which says why that is enough."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from scraper.extract import prune, shape, threads, tree
from scraper.extract.tree import BLOCKS, Element, Node, Parser
from scraper.extract.words import tokens

# Boxes: gone into. Everything else that is not skipped counts with all its markup.
_OPEN: Final = tokens("body div section article main header center figure picture hgroup address details")
_IMAGES: Final = frozenset(("img", "amp-img"))
_HEADINGS: Final = tokens("h1 h2 h3 h4 h5 h6")
_FORMS: Final = frozenset(("form", "button"))
_ASKED: Final = frozenset(("form", "control"))
# Behind a heading, these are no sign that it headed a widget.
_SILENT: Final = frozenset(("advert", "caption", "control"))
_NO_ELEMENT: Final = frozenset("-!")
# Nothing is said of these by their tag.
_BARE: Final = _OPEN | tokens("p h1 h2 h3 h4 h5 h6 ul ol li dl table blockquote pre hr br a b i strong em span")
# What readers never see of a branch, as far as it can hold text.
_UNSEEN: Final = "script,style,noscript,template,svg,iframe,select,textarea"
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Names and elements that pruning spares on a page, known by two bytes each; taking one for another spares more."""

    hashes: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return bool(self.hashes) and short(str(name)) in self.hashes


@dataclass(frozen=True, slots=True)
class Told:
    """What an outlet's rules say about a page: the nodes to drop (with the rule's name) and to keep, by their `mem_id`,
    and whatever else the rules found, as it goes into the digest."""

    drop: Mapping[int, str] = field(default_factory=dict)
    keep: frozenset[int] = frozenset()
    rest: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Spots:
    """Where the column and the article's core begin: the place among the boxes gone into, from 0, or the `mem_id`."""

    column: int
    middle: int
    by_id: bool = False

    def holds(self, spot: int, place: int, mem_id: int) -> bool:
        """Whether the box gone into as the `place`-th, with that `mem_id`, is at `spot`."""
        return spot == (mem_id if self.by_id else place)


@dataclass(frozen=True, slots=True)
class Limits:
    """Lengths of prose that skipped branches must not reach: anywhere, before the core, and within it."""

    anywhere: int
    near: int
    inside: int


@lru_cache(maxsize=4096)
def short(name: str) -> str:
    """Two bytes that a name is known by."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=2).hexdigest()


def sign(element: Element) -> str:
    """What tells a box from others, as far as its first tag goes."""
    return f"<{element.tag} {element.get('class')} {element.get('id')}"


# A skipped branch, the length of all text in it, and whether it stands before the core.
Branch = tuple[Node, int, bool]


@dataclass(slots=True)
class _Frame:
    """A box that is gone into, and what is known of it so far.

    `start` is the length of paragraphs counted before it and `leaves` their number, `own` the length of the text in it
    but not in blocks of its own, `inline` whether text or inline elements came last, `split` whether something was
    skipped behind them, `beside` whether a paragraph stands in it, `pictured` whether a picture does, `skipped` the
    branches skipped.
    """

    start: int
    leaves: int
    in_column: bool = False
    in_middle: bool = False
    own: int = 0
    inline: bool = False
    split: bool = False
    beside: bool = False
    pictured: bool = False
    skipped: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """One walk through a page.

    `known` are the elements of a page that was read, by their `mem_id`. `parts` is what goes into the digest, `skipped`
    the rule for each branch that does not, `boxes` the boxes gone into, both by `mem_id`. `lean` is the length of text
    in paragraphs. `inside` are branches skipped within the core, `loose` those whose prose may weigh, `barred` those in
    which it does not if they are less than half of the page. `in_core` is whether the core has begun, `leaves` how many
    paragraphs there were.
    """

    names: Names
    told: Told
    spots: Spots
    known: Mapping[int, Element] | None = None
    parts: list[str] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    boxes: list[int] = field(default_factory=list)
    lean: int = 0
    inside: list[Branch] = field(default_factory=list)
    loose: list[Branch] = field(default_factory=list)
    barred: list[Branch] = field(default_factory=list)
    in_core: bool = False
    leaves: int = 0
    headed: bool = False
    blank: bool = False

    def fits(self, limits: Limits) -> bool:
        """Whether so little was skipped that it changes nothing about what was not."""
        heavy = [one for one in self.barred if one[1] * 2 >= self.lean]
        near = [one for one in (*self.loose, *heavy) if one[2]]
        reached = ((*self.loose, *heavy), limits.anywhere), (near, limits.near), (self.inside, limits.inside)
        return not any(_is_more(branches, limit) for branches, limit in reached)

    def down(self, parser: Parser) -> None:
        """Go through the page, without recursion."""
        top = parser.body or parser.root
        if top is None:
            return
        frame = self._enter(top, Element("body", dict(top.attributes), None, 0), _Frame(0, 0))
        node = top.first_child
        stack: list[tuple[Node | None, _Frame]] = []
        while True:
            if node is not None:
                following = node.next
                inner = self._visit(node, node.tag or "", frame)
                if inner is None:
                    node = following
                else:
                    stack.append((following, frame))
                    node, frame = node.first_child, inner
            elif stack:
                outer = stack.pop()
                self._leave(frame, outer[1])
                node, frame = outer
            else:
                return

    def _visit(self, node: Node, tag: str, frame: _Frame) -> _Frame | None:
        """One node; the frame of the box if it is gone into."""
        if tag == "-text":
            self._text(node.text_content or "", frame)
            return None
        if tag in tree.SKIP or tag[:1] in _NO_ELEMENT:
            return None
        element = self._element(node, tag)
        if self.told.keep and node.mem_id in self.told.keep:
            self._whole(node, element, frame)
            return None
        rule = self._rule(node, element)
        if rule == "caption" or (rule in prune.DOUBTFUL and _is_large(node)):
            self._whole(node, element, frame)
        elif tag in _IMAGES:
            frame.pictured = True
            self.parts.append(f"<{tag} {rule}")
        elif rule:
            self._skip(node, element, rule, frame)
        elif tag in _OPEN or "-" in tag:
            return self._enter(node, element, frame)
        else:
            self._whole(node, element, frame)
        return None

    def _element(self, node: Node, tag: str) -> Element:
        """A node by itself; what is known of it already need not be asked again."""
        known = self.known.get(node.mem_id) if self.known else None
        if known is None:
            return Element(tag, node.attributes, None, 0)
        element = Element(tag, known.attrs, None, 0)
        element.said = known.said
        return element

    def _rule(self, node: Node, element: Element) -> str | None:
        """The rule by which pruning drops an element, whatever is in it."""
        told = self.told.drop.get(node.mem_id) if self.told.drop else None
        if not told and not element.attrs and element.tag in _BARE:
            return None
        rule = told or prune.rule_of(element, self.names)
        return None if rule and not told and sign(element) in self.names else rule

    def _text(self, text: str, frame: _Frame) -> None:
        if text.isspace():
            self.blank = True
            return
        self._goes_on(frame)
        frame.own += prune.length(text)
        self.parts.append(text)
        self.headed = False

    def _goes_on(self, frame: _Frame) -> None:
        """Text or an inline element: whether a blank or something skipped stands between it and the one before."""
        if self.blank or frame.split:
            self.parts.append(f" {frame.split}")
        self.blank = frame.split = False
        frame.inline = True

    def _enter(self, node: Node, element: Element, frame: _Frame) -> _Frame:
        place, mem_id = len(self.boxes), node.mem_id
        self.boxes.append(mem_id)
        said = _DIGITS.sub("", f"{element.get('id')} {element.get('itemprop')}")
        self.parts.append(f"<{element.tag} {element.get('class')} {said} {prune.said(element)}")
        self.blank = False
        in_column = frame.in_column or self.spots.holds(self.spots.column, place, mem_id)
        is_core = self.spots.holds(self.spots.middle, place, mem_id)
        self.in_core = self.in_core or is_core
        in_middle = frame.in_middle or is_core
        return _Frame(self.lean, self.leaves, in_column, in_middle)

    def _leave(self, frame: _Frame, outer: _Frame) -> None:
        self.leaves += frame.own >= prune.PROSE
        if frame.skipped and (self._is_alone(frame) or _has_posts(frame.skipped)):
            self.parts.extend(node.html or "" for node in frame.skipped)
        outer.pictured = outer.pictured or frame.pictured
        outer.beside = outer.beside or frame.own >= prune.PROSE
        outer.inline = False
        self.blank = False
        self.parts.append(">")

    def _is_alone(self, frame: _Frame) -> bool:
        """Whether a box holds but a picture, a teaser or a single paragraph beside what is skipped in it."""
        if frame.pictured and self.lean - frame.start <= shape.MAX_CAPTION:
            return True
        return (frame.beside and self.lean - frame.start <= prune.MAX_TEASER) or self.leaves == frame.leaves + 1

    def _whole(self, node: Node, element: Element, frame: _Frame) -> None:
        """An element that counts with all its markup."""
        tag, html = element.tag, node.html or ""
        text = node.text(strip=True)
        length = prune.length(text)
        if tag not in BLOCKS and tag != "br":
            self._goes_on(frame)
            frame.own += length
        else:
            frame.inline = self.blank = False
            frame.beside = frame.beside or length >= prune.PROSE
            self.leaves += length >= prune.PROSE
        if tag == "p" and "<script" not in html and "<style" not in html:
            self.lean += len(text)
        if text:
            self.headed = tag in _HEADINGS
        self.parts.append(html)

    def _skip(self, node: Node, element: Element, rule: str, frame: _Frame) -> None:
        """A branch that pruning drops; noted is what it can still do to what stands around it."""
        self.skipped[node.mem_id] = rule
        frame.skipped.append(node)
        frame.split = frame.inline
        if frame.in_column and (element.tag in _FORMS or rule in _ASKED):
            self.parts.append(f"!{rule}")
        if self.headed and _shown(node).strip():
            self.parts.append(f"!{rule in _SILENT}")
        if element.tag not in BLOCKS:
            size = prune.length(_shown(node))
            frame.own += size
            self.parts.append(f"!{size}")
        self._weigh(node, element.tag, rule, frame)

    def _weigh(self, node: Node, tag: str, rule: str, frame: _Frame) -> None:
        """Count a skipped branch where its prose counts."""
        size = prune.length(node.text())
        if tag == "nav" or size < prune.PROSE:
            return
        branch = (node, size, not self.in_core)
        if frame.in_middle:
            self.inside.append(branch)
        is_large = (
            rule in prune.NEVER_CORE and size > prune.MIN_BARRED and prune.length(_shown(node)) > prune.MIN_BARRED
        )
        (self.barred if tag in prune.BARRED or rule == "hidden" or is_large else self.loose).append(branch)


def _has_posts(skipped: Sequence[Node]) -> bool:
    """Whether so many branches side by side are of one make that they may be what readers say."""
    if len(skipped) < threads.MIN_POSTS:
        return False
    makes = Counter((node.tag, node.attributes.get("class")) for node in skipped)
    return max(makes.values()) >= threads.MIN_POSTS


def _is_more(branches: Sequence[Branch], limit: int) -> bool:
    """Whether skipped branches hold prose of length `limit`; counted only where their text alone does not say."""
    if sum(size for _, size, _ in branches) < limit:
        return False
    return limit <= 0 or sum(_prose(node) for node, _, _ in branches) >= limit


def _prose(top: Node) -> int:
    """The length of runs of text in a branch that are long enough to be prose, links apart."""
    runs = [0]
    stack = [(top.first_child, 0)]
    while stack:
        node, block = stack.pop()
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content or ""
                runs[block] += 0 if text.isspace() else prune.length(text)
            elif tag not in tree.SKIP and tag != "nav" and not (tag == "a" and node.attributes.get("href")):
                stack.append((node.next, block))
                if tag in BLOCKS:
                    block = len(runs)
                    runs.append(0)
                node = node.first_child
                continue
            node = node.next
    return sum(run for run in runs if run >= prune.PROSE)


def _is_large(branch: Node) -> bool:
    """Whether so much text is in a branch that it may be a column, whatever its name."""
    return prune.length(branch.text()) > prune.MIN_COLUMN and prune.length(_shown(branch)) > prune.MIN_COLUMN


def _shown(branch: Node) -> str:
    """The text that readers can see in a branch."""
    text = branch.text()
    for unseen in branch.css(_UNSEEN):
        text = text.replace(unseen.text(), "", 1)
    return text
