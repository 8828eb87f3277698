"""How much of an article a page shows: each judgement with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper.article import Access
from scraper.extract import phrases, walls
from scraper.extract.spoken import unquoted
from scraper.extract.structured import Node, string, strings, types
from scraper.extract.tree import Element
from scraper.extract.view import Page
from scraper.extract.words import tokens
from scraper.text import clean

# Boxes that were dropped for asking something.
_ASKING: Final = tokens("appeal subscribe paywall login dialog newsletter membership theme control form card box aside")
# A text of this length may still be a beginning.
SHORT: Final = 1_500
# Those who may read on, and what they are asked to order instead of the article.
_SUBSCRIBER = re.compile(
    r"(?i)\b(?:subscri|abonn|abonent|suscri|assinant|assine|abbonat|předplat|predplat|előfizet|prenumer|подпис|"
    r"передплат|abonaț|pretplat|tilaaj|συνδρομητ|абонат|aboneler|abone)\w*|有料|会員|購読|구독|订阅|訂閱|付费|"
    r"مشترك|اشترك|למנויים|सदस्य"
)
_LETTER = re.compile(
    r"(?i)newsletter|\bletters?\b|lettre|bolet[ií]|nyhetsbrev|nieuwsbrief|hírlevél|рассылк|розсилк|bülten|buletin|"
    r"bản tin|ενημερωτικό|نشرت|خبرنامه|ניוזלטר|न्यूज़लेटर|メールマガジン|ニュースレター|뉴스레터|早报"
)


def access(page: Page) -> tuple[Access | None, tuple[str, ...]]:
    """How much of the article is shown, None if the page does not say: `teaser` if it ends at a wall."""
    free = _is_free(page)
    line = next((piece for piece in page.pieces if piece.drop == "wall"), None)
    if line is not None and free is not True:
        return "teaser", (f"says {line.text[:80]!r}",)
    if free is not True and is_cut(page) and (wall := _wall(page, sold=free is False)):
        return "teaser", (wall,)
    if free is False:
        cut = _shortfall(page)
        return ("teaser", (cut,)) if cut else ("paid", ("isAccessibleForFree false",))
    return ("free", ("isAccessibleForFree true",)) if free else (None, ())


def _is_free(page: Page) -> bool | None:
    nodes = [page.node, *(node for node in page.declared.nodes if "WebPage" in types(node))]
    for node in nodes:
        said = node.get("isAccessibleForFree")
        if isinstance(said, bool):
            return said
        if isinstance(said, str) and said.rsplit("/", 1)[-1].lower() in {"true", "false"}:
            return said.lower().endswith("true")
    tier = (page.declared.meta("article:content_tier") or "").lower()
    return {"free": True, "locked": False, "metered": None}.get(tier)


def _wall(page: Page, *, sold: bool) -> str | None:
    """Where the page says that the rest is for subscribers: behind the text, never in it."""
    if any(comment.strip() == "members-only" for comment in page.doc.comments):
        return "a members-only mark"
    own = [piece for piece in page.kept if not piece.linked and not _said(piece.text, sold)]
    if sold and len(own) > 1 and len(own[-1].text) < 200 and _SUBSCRIBER.search(own[-1].text):
        own.pop()
    last = max((piece.element.order for piece in own), default=0)
    for node in _boxes(page.doc.root):
        if node.order <= last or node.tag == "h1":
            continue
        text = unquoted(node.text(dropped=True, limit=600)[:600])
        if len(text) > 8 and (said := _said(text, sold)):
            return f"says {clean(said)[:80]!r}"
        if sold and page.text < 600 and (match := _SUBSCRIBER.search(text)) and not _LETTER.search(text):
            return f"is sold, short, and says {match[0]!r} behind the text"
    return None


def _said(text: str, sold: bool) -> str:
    if match := phrases.WALL.search(text):
        said = match[0]
        # What the foot of any page of such a site says is evidence only where the page is declared to be sold.
        return said if sold or not said.casefold().startswith("already") else walls.said("wall", text)
    return walls.said("wall", text, soft=sold)


def _boxes(root: Element) -> Iterator[Element]:
    """Runs of text, and boxes that were dropped for asking something; menus and footers left out."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.drop in {"nav", "footer", "related"}:
            continue
        if (8 < node.run < 300 and node.drop is None) or node.drop in _ASKING:
            yield node
        stack.extend(reversed(list(node.elements())))


def is_settled(page: Page) -> bool:
    """Whether an article is so plainly one, and whole, that nothing outside its column could make it anything else."""
    return page.is_described and page.is_story and not is_cut(page)


def is_cut(page: Page) -> bool:
    """Whether the text looks like a beginning: short, or ending without an end."""
    kept = page.kept
    return page.text < SHORT or bool(_shortfall(page)) or (bool(kept) and kept[-1].text.endswith(("…", "...")))


def _shortfall(page: Page) -> str | None:
    """Evidence that the page holds less than the article has."""
    words = string(page.node.get("wordCount"))
    shown = sum(len(piece.text.split()) for piece in page.kept)
    if words and words.isdigit() and len(words) < 7 and shown * 1.6 < int(words) and int(words) > 80:
        return f"{shown} of {words} words"
    selectors = strings([part.get("cssSelector") for part in _parts(page.node)])
    hidden = [e for selector in selectors[:3] for e in page.doc.select(selector)]
    if selectors and not any(e.size > 200 for e in hidden) and page.text < 2_500:
        return "the paid part is not on the page"
    return None


def _parts(node: Node) -> list[Node]:
    parts = node.get("hasPart")
    parts = parts if isinstance(parts, list) else [parts]
    return [part for part in parts if isinstance(part, dict)]
