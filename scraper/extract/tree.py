"""The one door to selectolax: a page as a tree of plain Python values.

The parser's own nodes are left at once: they point into memory that a removed branch would take with it, and asking
them twice costs more than keeping the answer. What readers never see (scripts, styles, templates) is not copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper.errors import ExtractError
from scraper.extract.words import tokens

# A parsed page and its nodes, for those who look at it without copying it.
Parser = LexborHTMLParser
Node = LexborNode
DECLARED: Final = 'meta,link[rel],title,script[type*="ld+json"]'

MAX_NODES: Final = 100_000
MAX_SCRIPT: Final = 3_000_000
MAX_NAV: Final = 2_000

# Never text that a reader sees. `noscript` is what readers with scripts do not see.
SKIP: Final = tokens(
    "script style template noscript svg math iframe object embed applet param canvas audio video source track map area "
    "select option optgroup datalist input textarea meter progress link meta base head frameset frame dialog"
)
BLOCKS: Final = tokens(
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul amp-story"
)
_PARTING: Final = BLOCKS | {"br"}
_FREE: Final = BLOCKS - {"pre", "p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"}


class Element:
    """One element. `size` counts the characters of text below it, `linked` those within links; both without dropped
    branches once `prune` has run. `drop` is the rule that judged it not to be article, or None."""

    __slots__ = (
        "attrs",
        "drop",
        "in_link",
        "kids",
        "linked",
        "order",
        "parent",
        "run",
        "said",
        "size",
        "tag",
        "weight",
    )

    def __init__(self, tag: str, attrs: dict[str, str | None], parent: Element | None, order: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.order = order
        self.kids: list[Element | str] = []
        self.drop: str | None = None
        self.size = 0
        self.linked = 0
        self.run = 0
        self.weight = 0.0
        self.in_link = False
        self.said: tuple[tuple[str, str], ...] | None = None

    def get(self, name: str) -> str:
        """The attribute `name`, empty if there is none."""
        return self.attrs.get(name) or ""

    def elements(self) -> Iterator[Element]:
        """The child elements."""
        return (kid for kid in self.kids if not isinstance(kid, str))

    def walk(self) -> Iterator[Element]:
        """This element and all below it that are not dropped, in reading order."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.drop is None:
                yield node
                stack.extend([kid for kid in reversed(node.kids) if not isinstance(kid, str)])

    @property
    def is_live(self) -> bool:
        """Whether neither this element nor anything it is in was dropped."""
        return self.drop is None and all(above.drop is None for above in self.ancestors())

    def ancestors(self) -> Iterator[Element]:
        """The parents, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def text(self, *, dropped: bool = False, apart: bool = False, limit: int = 1 << 40) -> str:
        """All text below, as one string; the text of dropped branches only if asked for.

        `apart` puts a blank between inline elements that stand side by side, as caption and credit often do. Reading
        ends some way behind `limit` characters that are not blank.
        """
        parts: list[str] = []
        stack: list[Element | str] = [self]
        while stack and limit > 0:
            node = stack.pop()
            if isinstance(node, str):
                parts.append(node)
                limit -= 0 if node.isspace() else len(node)
            elif dropped or node.drop is None:
                if apart or node.tag in _PARTING:
                    parts.append(" ")
                    stack.append(" ")
                stack += node.kids[::-1]
        return "".join(parts)


def release(elements: Iterable[Element]) -> None:
    """Let go of a page that was read: elements that hold each other would wait for the collector, hundreds a page."""
    for element in elements:
        element.parent = None


def is_link(element: Element) -> bool:
    """Whether an element leads somewhere; an anchor without address, left open, can hold a whole article."""
    return element.tag == "a" and bool(element.get("href"))


@dataclass(slots=True)
class Document:
    """A parsed page: its visible tree, and what its head and its data blocks declare."""

    url: str
    root: Element
    metas: list[dict[str, str | None]] = field(default_factory=list)
    links: list[dict[str, str | None]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    comments: list[str] = field(default_factory=list)
    parser: LexborHTMLParser | None = None
    by_id: dict[int, Element] = field(default_factory=dict)
    truncated: bool = False

    def select(self, selector: str) -> list[Element]:
        """Elements that match a CSS selector; [] if the parser does not understand it."""
        found = select(self.parser, selector) if self.parser is not None else []
        return [self.by_id[node.mem_id] for node in found if node.mem_id in self.by_id]

    def metas_within(self) -> list[tuple[Element, dict[str, str | None]]]:
        """The metas that stand below the head, each with the element of the visible tree that it is in."""
        found = []
        for node in self.parser.css("body meta") if self.parser is not None else []:
            above = node.parent
            while above is not None and above.mem_id not in self.by_id:
                above = above.parent
            if above is not None:
                found.append((self.by_id[above.mem_id], node.attributes))
        return found

    def select_attribute(self, selector: str, name: str) -> list[str]:
        """The values of an attribute of the elements that match, also of those in the head."""
        found = select(self.parser, selector) if self.parser is not None else []
        return [value for node in found if (value := node.attributes.get(name))]


def select(parser: Parser, selector: str) -> list[Node]:
    """The nodes that match a CSS selector; [] if the parser does not understand it."""
    try:
        return parser.css(selector)
    except (SelectolaxError, ValueError):
        return []


def parse(html: str | bytes, url: str) -> Parser:
    """Parse `html`, bytes in UTF-8. Raises ExtractError (`too-heavy`) when the parser gives up."""
    try:
        return LexborHTMLParser(html)
    except (SelectolaxError, MemoryError, ValueError) as exc:
        raise ExtractError(url, "too-heavy", "the parser gave up") from exc


def document(parser: Parser, url: str) -> Document:
    """Copy what readers see of a parsed page, and what it declares."""
    top = parser.root
    doc = Document(url, Element("html", {}, None, 0), parser=parser)
    if top is None:
        return doc
    doc.root.attrs = dict(top.attributes)
    doc.lang = doc.root.get("lang") or doc.root.get("xml:lang")
    _declared(doc, parser)
    _copy(doc, parser.body or top)
    return doc


def _declared(doc: Document, parser: LexborHTMLParser) -> None:
    room = MAX_SCRIPT
    for node in parser.css(DECLARED):
        match node.tag:
            case "meta":
                doc.metas.append(node.attributes)
            case "link":
                doc.links.append(node.attributes)
            case "title":
                # Later ones belong to pictures (svg).
                doc.title = doc.title or node.text()
            case _:
                text = node.text()
                room -= len(text)
                if room >= 0:
                    doc.data.append(text)


def _copy(doc: Document, top: LexborNode) -> None:
    """Copy the visible tree below `top`, without recursion: pages nest as deep as they like."""
    root = Element("body", dict(top.attributes), doc.root, 1)
    doc.root.kids.append(root)
    doc.by_id[top.mem_id] = root
    by_id, comments = doc.by_id, doc.comments
    count = 1
    stack: list[tuple[LexborNode | None, Element]] = [(top.first_child, root)]
    while stack:
        node, parent = stack.pop()
        while node is not None:
            tag = node.tag or ""
            following = node.next
            if tag == "-text":
                text = node.text_content or ""
                # What stands between blocks is mostly the indentation of the source.
                parent.kids.append(" " if parent.tag in _FREE and text.isspace() else text)
            elif tag == "-comment":
                comments.append((node.comment_content or "")[:200])
            elif tag not in SKIP and tag[:1] not in {"-", "!"}:
                count += 1
                if count > MAX_NODES:
                    doc.truncated = True
                    return
                element = Element(tag, node.attributes, parent, count)
                parent.kids.append(element)
                by_id[node.mem_id] = element
                if tag == "nav" and not node.css_first("h1,script,style"):
                    element.kids.append(node.text(separator=" ")[:MAX_NAV])
                elif (first := node.first_child) is not None:
                    stack.append((following, parent))
                    node, parent = first, element
                    continue
            node = following
