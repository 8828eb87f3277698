"""What is certainly not article, judged from markup: every dropped branch keeps the rule that dropped it.

    outlet rules → tags and roles → hidden → class names → shape (links, controls)

Nothing that holds a large part of the page's prose is dropped for its name alone: templates call their main column all
sorts of things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper.extract import names
from scraper.extract.tree import BLOCKS, Element

_TAGS: Final = {
    "nav": "nav", "footer": "footer", "aside": "aside", "form": "form", "button": "control", "dialog": "dialog",
    "menu": "nav", "label": "control", "details": "", "fieldset": "control",
}  # fmt: skip
_ROLES: Final = {
    "navigation": "nav", "complementary": "aside", "banner": "nav", "contentinfo": "footer", "search": "form",
    "dialog": "dialog", "alertdialog": "dialog", "menu": "nav", "menubar": "nav", "toolbar": "toolbar",
    "tablist": "nav", "button": "control", "form": "form", "tooltip": "tooltip",
}  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HOOKS: Final = ("data-testid", "data-component", "data-component-name", "data-module", "data-type", "data-name",
                 "data-block", "data-qa", "data-tb-region", "data-area", "data-widget", "data-tracking-area")  # fmt: skip
_SCREENS = re.compile(r"^(?:sm|md|lg|xl|2xl):(?:block|flex|grid|inline)")

# A run of text counts as prose from this length on; captions, labels and teasers' titles are mostly shorter.
PROSE: Final = 60
# An element named like a widget that has more than this part of the page's prose is the article's own column.
MAX_SHARE: Final = 0.4
# Names that may be large and are still not article.
_CERTAIN: Final = frozenset("comment nav".split())
# Inline elements are part of a sentence; only these names take them out of it.
_INLINE: Final = frozenset("share advert modal hidden".split())


def measure(elements: list[Element]) -> None:
    """Fill in `size`, `linked` and `prose` of all `elements`, which are in reading order."""
    runs = [0] * (len(elements) + 3)
    linked = [0] * (len(elements) + 3)
    for element in reversed(elements):
        own = sum([len(kid) for kid in element.kids if isinstance(kid, str) and not kid.isspace()])
        run = runs[element.order] + own
        element.size += own
        if element.tag == "a":
            element.linked = element.size
            linked[element.order] = run
        plain = run - linked[element.order]
        parent = element.parent
        if element.tag in BLOCKS:
            if plain >= PROSE:
                element.prose += plain
        elif parent is not None:
            runs[parent.order] += run
            linked[parent.order] += linked[element.order]
        if parent is not None:
            parent.size += element.size
            parent.linked += element.linked
            parent.prose += element.prose


def prune(root: Element, outlet: dict[int, str], keep: set[int]) -> None:
    """Mark every branch below `root` that is not article. `outlet` and `keep` hold element orders from outlet rules."""
    total = root.prose
    stack = [root]
    while stack:
        node = stack.pop()
        for kid in node.elements():
            rule = outlet.get(kid.order)
            if rule is None and kid.order not in keep:
                rule = _rule(kid, total)
            if rule:
                drop(kid, rule)
            elif kid.kids and kid.order not in keep:
                stack.append(kid)


def drop(element: Element, rule: str) -> None:
    """Mark `element` as not article, and take its weight off what is above it."""
    element.drop = rule
    for above in element.ancestors():
        above.size -= element.size
        above.linked -= element.linked
        above.prose -= element.prose


def _rule(element: Element, total: int) -> str | None:
    share = element.prose / total if total else 0.0
    rule = _by_hiding(element) or _by_tag(element) or _by_name(element)
    if rule and (share < MAX_SHARE or (rule in _CERTAIN and share < 0.8)):
        return rule
    return None


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
    classes = (attrs.get("class") or "").split()
    if any(map(names.hidden, classes)) and not any(map(_SCREENS.match, classes)):
        return "hidden"
    return None


def _by_name(element: Element) -> str | None:
    inline = element.tag not in BLOCKS
    for name in labels(element):
        rule = names.judge(name)
        if rule and (not inline or rule in _INLINE):
            return rule
    return None


def labels(element: Element) -> Iterator[str]:
    """All names an element goes by: classes, id, test hooks."""
    attrs = element.attrs
    if not attrs:
        return
    yield from (attrs.get("class") or "").split()
    if name := attrs.get("id"):
        yield name
    for hook in _HOOKS:
        if name := attrs.get(hook):
            yield name
    if "-" in element.tag:
        yield element.tag
