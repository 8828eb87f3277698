"""An outlet's rules, laid over one page. They are data, checked when they were loaded; here they only point."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scraper.extract.blocks import Piece
from scraper.extract.tree import Document, Element, Node, Parser, select
from scraper.extract.walk import Told
from scraper.model import Outlet, Rule
from scraper.text import clean

# At the end of a selector: the attribute that is meant, instead of the text.
_ATTRIBUTE = re.compile(r"@([A-Za-z_][\w:.-]*)\Z")


@dataclass(frozen=True, slots=True)
class Applied:
    """Where the rules point on this page.

    `drop` names the rule for each element that is not article, `keep` holds what generic rules must spare, with all
    that is in it, `body` the container, `fields` the texts found for each field, `lines` patterns for whole blocks,
    `entries` the entries of a live page.
    """

    drop: dict[int, str] = field(default_factory=dict)
    keep: set[int] = field(default_factory=set)
    body: Element | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    lines: tuple[tuple[re.Pattern[str], str], ...] = ()
    entries: tuple[Element, ...] = ()


def apply(doc: Document, outlet: Outlet | None) -> Applied:
    """Look up all rules of `outlet` on the page. An outlet's own rules stand after its preset's, and win."""
    if outlet is None or not outlet.rules:
        return Applied()
    keep = {e.order for rule in outlet.rules for e in _found(doc, rule.keep)}
    drop = {e.order: rule.name for rule in outlet.rules for e in _found(doc, rule.drop) if e.order not in keep}
    own_first = tuple(reversed(outlet.rules))
    body = next((e for rule in own_first for e in _found(doc, rule.body) if e.order not in drop), None)
    lines = tuple((re.compile(text), rule.name) for rule in outlet.rules for text in rule.drop_text)
    entries = {e.order: e for rule in outlet.rules for e in _found(doc, rule.entries) if e.order not in drop}
    return Applied(drop, keep, body, _fields(doc, own_first), lines, tuple(entries[k] for k in sorted(entries)))


def digest(outlet: Outlet | None) -> str:
    """What tells the rules of an outlet from others."""
    told: list[Any] = [
        (r.name, r.drop, r.keep, r.body, sorted(r.fields.items()), r.drop_text, *([r.entries] if r.entries else []))
        for r in (outlet.rules if outlet else ())
    ]
    if outlet and outlet.pages:
        told.append((outlet.pages.next, outlet.pages.number, outlet.pages.most))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


# Tags, classes, ids and what stands in what: all that a glance at a page keeps of its boxes.
_PLAIN = re.compile(r"[\w\s.,#>*-]+")


def told(parser: Parser, outlet: Outlet | None) -> Told:
    """What the rules of `outlet` say about a page that is only glanced at."""
    if outlet is None or not outlet.rules:
        return Told()
    keep = frozenset(node.mem_id for rule in outlet.rules for node in _nodes(parser, rule.keep))
    drop = {node.mem_id: rule.name for rule in outlet.rules for node in _nodes(parser, rule.drop)}
    rest = [text for rule in outlet.rules for text in _said(parser, rule)]
    return Told({key: name for key, name in drop.items() if key not in keep}, keep, rest)


def _nodes(parser: Parser, selectors: Iterable[str]) -> list[Node]:
    return [node for selector in selectors for node in select(parser, selector)]


def _said(parser: Parser, rule: Rule) -> Iterator[str]:
    """What a rule finds, where that is no part of what is looked at anyway."""
    for selector in rule.body:
        yield str(len(select(parser, selector)))
    for selector in (*rule.body, *rule.drop, *rule.keep):
        if not _PLAIN.fullmatch(selector):
            yield from (node.html or "" for node in select(parser, selector))
    for where in rule.fields.values():
        yield from (node.html or "" for node in select(parser, _ATTRIBUTE.sub("", where).strip() or where))


def _found(doc: Document, selectors: Iterable[str]) -> list[Element]:
    return [element for selector in selectors for element in doc.select(selector)]


def _fields(doc: Document, rules: Iterable[Rule]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in rules:
        for name, where in rule.fields.items():
            if name not in found and (texts := _texts(doc, where)):
                found[name] = texts
    return found


def _texts(doc: Document, where: str) -> list[str]:
    if match := _ATTRIBUTE.search(where):
        values = doc.select_attribute(where[: match.start()].strip(), match[1])
    else:
        values = [element.text(dropped=True, apart=True) for element in doc.select(where)]
    return [text for value in values if (text := clean(value))]


def drop_lines(pieces: list[Piece], applied: Applied) -> None:
    """Mark the pieces that a rule for whole blocks matches."""
    for piece in pieces:
        if piece.drop is None:
            piece.drop = next((name for pattern, name in applied.lines if pattern.fullmatch(piece.text)), None)
