"""The element that shows a page's headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scraper.extract import title
from scraper.extract.structured import Declared
from scraper.extract.tree import Document, Element


def find(
    elements: Sequence[Element], doc: Document, declared: Declared, told: Mapping[str, list[str]]
) -> Element | None:
    """The heading that the page's title agrees with, else the first one; `told` is what an outlet's rules found."""
    shown = _titles(doc, declared, told)
    heads = [(e, title.fold(e.text())) for e in elements if e.tag in {"h1", "h2", "h3"} and 8 < e.size < 600]
    for level in ("h1", "h2", "h3"):
        for element, text in heads:
            if element.tag == level and _is_in(text, shown):
                return element
    return next((element for element, _ in heads if element.tag == "h1"), None)


def agrees(headline: Element, doc: Document, declared: Declared, told: Mapping[str, list[str]]) -> bool:
    """Whether a heading of the first level, with whatever was dropped in it, is one that the page's title agrees with:
    then only another of that level can take its place."""
    text = title.fold(headline.text(dropped=True))
    return headline.tag == "h1" and _is_in(text, _titles(doc, declared, told))


def _titles(doc: Document, declared: Declared, told: Mapping[str, list[str]]) -> str:
    return title.fold(" ".join([doc.title, declared.meta("og:title") or "", *told.get("title", [])]))


def _is_in(heading: str, titles: str) -> bool:
    return len(heading) > 8 and (heading[:30] in titles or heading[-30:] in titles)
