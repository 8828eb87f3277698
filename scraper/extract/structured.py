"""What a page declares about itself for machines: JSON-LD and <meta>, read without believing it.

Wrong types, broken JSON, cycles and absurd depths are normal input. Sizes are bounded; nothing here raises.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from scraper.extract import mend
from scraper.text import clean

Node = dict[str, object]

# The attributes under which a <meta> may have its name.
NAMES: Final = ("property", "name", "itemprop", "http-equiv")
MAX_NODES: Final = 400
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 50

_ARTICLE = re.compile(r"(?i)(?:article|posting|report|^newsitem|^review$|^recipe$|^claimreview|analysis|opinion)$")
# A node that says no more of what it is than these is an article if it has a headline.
_VAGUE: Final = frozenset(("CreativeWork", "Thing"))
# Where a data block keeps further nodes that speak of the page itself; not mentions, comments or related items.
_NESTED: Final = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "liveBlogUpdate", "hasPart")


@dataclass(frozen=True, slots=True)
class Declared:
    """All JSON-LD nodes of a page in order, and its meta values by lower-case name."""

    nodes: tuple[Node, ...]
    metas: dict[str, list[str]]

    def meta(self, *names: str) -> str | None:
        """The first non-empty meta value under any of `names`, in that order."""
        return next((value for name in names for value in self.metas.get(name, ())), None)

    def articles(self) -> list[Node]:
        """The nodes that describe an article: by their type, or by a headline where the type says nothing."""
        return [node for node in self.nodes if _is_article(node)]


def read(data: Iterable[str], metas: Iterable[dict[str, str | None]], wanted: frozenset[str]) -> Declared:
    """Read the data blocks of a page, and its metas of the `wanted` names (in lower case)."""
    nodes: list[Node] = []
    for text in data:
        for value in _parse(text):
            nodes.extend(_flatten(value))
            if len(nodes) > MAX_NODES:
                break
    return Declared(tuple(nodes[:MAX_NODES]), read_metas(metas, wanted))


def types(node: Node) -> tuple[str, ...]:
    """The types of a node, without the address or the prefix of the vocabulary."""
    return tuple(re.split("[/:#]", text)[-1] for text in strings(node.get("@type")))


def _is_article(node: Node) -> bool:
    said = types(node)
    return any(map(_ARTICLE.search, said)) or (_VAGUE.issuperset(said) and isinstance(node.get("headline"), str))


def strings(value: object) -> list[str]:
    """The texts in `value`, which may be a text, a list of texts, or a node with a name or value."""
    match value:
        case str():
            return [text] if (text := plain(value)) else []
        case int() | float() if not isinstance(value, bool):
            return [str(value)] if abs(value) < 1e15 else []
        case list():
            return [text for item in value[:MAX_VALUES] if not isinstance(item, list) for text in strings(item)]
        case dict():
            return strings(_named(value))
    return []


def _named(node: Node) -> object:
    """What a node is called: by its name, or the parts of one."""
    parts = [part for key in ("givenName", "familyName") if isinstance(part := node.get(key), str)]
    if "name" not in node and parts:
        return " ".join(parts)
    return next((node[key] for key in ("name", "@value", "text", "@list") if key in node), None)


def string(value: object) -> str | None:
    """The first text in `value`."""
    return next(iter(strings(value)), None)


def plain(text: str) -> str:
    """A declared text as readers see it: entities that were escaped twice resolved, tags taken out, one line."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = re.sub(r"<[/!]?[a-zA-Z][^<>]{0,300}>", " ", text)
    return clean(text)


def read_metas(metas: Iterable[dict[str, str | None]], wanted: frozenset[str]) -> dict[str, list[str]]:
    """The values of the `wanted` names (in lower case), each name's in page order."""
    found: dict[str, list[str]] = {}
    for attrs in metas:
        content = attrs.get("content")
        if not content or len(content) > 20_000:
            continue
        for key in NAMES:
            name = (attrs.get(key) or "").strip().lower()
            if name not in wanted:
                continue
            values = found.setdefault(name, [])
            if len(values) < MAX_VALUES and (text := plain(content)):
                values.append(text)
    return found


def _parse(text: str) -> list[object]:
    text = text.strip(" \t\r\n\ufeff")
    try:
        return [msgspec.json.decode(text)]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return mend.values(text)


def _flatten(top: object) -> Iterator[Node]:
    """The nodes in `top`, outer ones first, each with references to others of the page resolved by `@id`."""
    queue: list[tuple[object, int]] = [(top, 0)]
    seen = 0
    while queue and seen < MAX_NODES:
        value, depth = queue.pop(0)
        if isinstance(value, list):
            queue.extend((item, depth + 1) for item in value[:MAX_NODES] if depth < MAX_DEPTH)
        elif isinstance(value, dict):
            seen += 1
            if "@type" in value or "headline" in value:
                yield value
            if depth < MAX_DEPTH:
                queue.extend((value[key], depth + 1) for key in _NESTED if isinstance(value.get(key), dict | list))


def resolve(value: object, declared: Declared) -> object:
    """`value`, or the node it refers to if it is nothing but a reference."""
    if isinstance(value, list):
        return [resolve(item, declared) for item in value[:MAX_VALUES] if not isinstance(item, list)]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return next((node for node in declared.nodes if node.get("@id") == value["@id"] and "name" in node), value)
    return value
