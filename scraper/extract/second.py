"""The one door to trafilatura: a second opinion on pages where the first one found next to nothing."""

from __future__ import annotations

from typing import Final

from scraper.article import Block, BlockKind
from scraper.text import clean

_KINDS: Final[dict[str, BlockKind]] = {
    "head": "subheading",
    "item": "item",
    "quote": "quote",
    "code": "code",
    "row": "row",
}


def opinion(html: str, url: str) -> tuple[Block, ...]:
    """The blocks of text that trafilatura finds, without metadata, comments and its own slow ways out.

    It is given text, never bytes: it would unpack compressed bytes without a limit.
    """
    # Slow to load, and rarely needed.
    from trafilatura import bare_extraction  # noqa: PLC0415 - see above
    from trafilatura.settings import Document  # noqa: PLC0415 - see above

    found = bare_extraction(html, url=url, fast=True, include_comments=False, with_metadata=False, deduplicate=False)
    if not isinstance(found, Document) or found.body is None:
        return ()
    blocks = []
    for node in found.body.iter("p", "head", "item", "quote", "code", "row"):
        if any(above.tag in _KINDS for above in node.iterancestors()):
            continue
        if text := clean(" ".join(map(str, node.itertext()))):
            blocks.append(Block(_KINDS.get(node.tag, "paragraph"), text))
    return tuple(blocks)
