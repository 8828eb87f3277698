"""Which part of the page is the article: the smallest branch that holds nearly all of the page's prose."""

from __future__ import annotations

from typing import Final

from scraper.extract.tree import Element

# Going down stops where no single branch holds this part of what its parent holds: the paragraphs begin there.
STEP: Final = 0.75


def choose(root: Element) -> Element:
    """The branch below `root` that holds the article, by weight of prose; `root` itself if nothing stands out."""
    node = root
    while True:
        heaviest = max((kid for kid in node.elements() if kid.drop is None), key=lambda kid: kid.prose, default=None)
        if heaviest is None or heaviest.prose < STEP * node.prose or not heaviest.prose or heaviest.tag in {"p", "pre"}:
            return node
        node = heaviest
