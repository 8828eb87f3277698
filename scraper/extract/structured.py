"""What a page declares about itself for machines: JSON-LD and <meta>, read without believing it.

Wrong types, broken JSON, cycles and absurd depths are normal input. Sizes are bounded; nothing here raises.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from scraper.text import clean

Node = dict[str, object]

MAX_NODES: Final = 400
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 50

_ARTICLE = re.compile(r"(?i)(?:article|posting|report|^newsitem|^review$|^recipe$|^claimreview|analysis|opinion)$")
_WRAPPING = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?:\]\]>|-->)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
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
        """The nodes that describe an article."""
        return [node for node in self.nodes if any(map(_ARTICLE.search, types(node)))]


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
    """The types of a node, without the address of the vocabulary."""
    return tuple(text.rsplit("/", 1)[-1] for text in strings(node.get("@type")))


def strings(value: object) -> list[str]:
    """The texts in `value`, which may be a text, a list of texts, or a node with a name or value."""
    match value:
        case str():
            return [text] if (text := plain(value)) else []
        case bool() | None:
            return []
        case int() | float():
            return [str(value)] if abs(value) < 1e15 else []
        case list():
            return [text for item in value[:MAX_VALUES] if not isinstance(item, list) for text in strings(item)]
        case dict():
            return strings(next((value[key] for key in ("name", "@value", "text") if key in value), None))
    return []


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
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (attrs.get(key) or "").strip().lower()
            if name not in wanted:
                continue
            values = found.setdefault(name, [])
            if len(values) < MAX_VALUES and (text := plain(content)):
                values.append(text)
    return found


def _parse(text: str) -> list[object]:
    text = text.strip()
    try:
        return [msgspec.json.decode(text)]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _repair(text)


def _repair(text: str) -> list[object]:
    """JSON as found in pages: wrapped in comments, escaped, with raw line breaks and commas too many, or several."""
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    if text[:20].lstrip("[{ \n\r\t").startswith("&quot;"):
        text = html.unescape(text)
    text = _TRAILING_COMMA.sub("", text)
    decoder = json.JSONDecoder(strict=False)
    values: list[object] = []
    at = 0
    try:
        while at < len(text) and len(values) < MAX_VALUES:
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            while at < len(text) and text[at] in " \t\r\n;,":
                at += 1
    except (ValueError, RecursionError):
        pass  # what was read before the break is kept
    return values


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
            if "@type" in value:
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
