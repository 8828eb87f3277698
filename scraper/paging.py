"""Articles on several pages: which address is a page of which article, and one article of all its pages. Pure.

    page 1, page 2 … → fields of page 1, the text of all of them, nothing twice that each page shows again

Nothing here fetches a page: `chain` does, and asks here whether a page belongs to the article.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from scraper import urls
from scraper.article import Access, Article, Block, Dropped, byline
from scraper.errors import UrlError
from scraper.model import Outlet

MAX_BLOCKS: Final = 20_000
# A line this long that stands on top, or at the end, of each page is the page's and not the article's. A shorter one
# may be a subheading that the article has twice.
TELLING: Final = 40
# Only so many blocks at either end of a page are looked at for what is printed on each page.
EDGE: Final = 12
LOOKED_AT: Final = 2000  # characters of a block
RULE: Final = "page"

# How an address goes on behind that of page 1: `/2`, `-2`, `/page/2`, `_seite-2`.
_MORE = re.compile(r"[/_,.;-]{1,2}(?:[a-z]{1,10}[/_=-]?)?[0-9]{1,3}", re.ASCII)
_ENDING = re.compile(r"(?i)\.(?:html?|s?html|php\d?|aspx?|jsp|cms|ece)$")
_PAGE = (
    "page|pages|pág|pagina|página|pàgina|pag|seite|strona|str|stránka|strana|stran|oldal|sida|side|sivu|leht|lapa"
    "|puslapis|pagină|sayfa|страница|страніца|сторінка|стр|стор|старонка|страна|σελίδα|էջ|გვერდი|səhifə|bet|trang"
    "|halaman|صفحة|صفحه|עמוד|पृष्ठ|หน้า|ページ|第"
)
_OF = r"/|\||of|von|de|di|da|du|sur|z|ze|iz|od|av|af|van|из|з|із|от|од|ή|από|dari|dintre|kati|में|de las|من|מתוך"
_LABEL = re.compile(
    rf"(?i)[\W_]*(?P<word>(?:{_PAGE})\.?)?\s*(?P<number>[0-9]{{1,3}})\s*(?:[页頁]\s*)?"
    rf"(?:(?:{_OF})\s*(?P<total>[0-9]{{1,3}}))?[\W_]*"
)
_LETTERS = re.compile(r"\w+")
_MARKS: Final = "-–—|:(["


# ---------------------------------------------------------------------------------------------- addresses


def continues(first: str, url: str, outlet: Outlet) -> bool:
    """Whether `url` can be that of a later page of the article whose page 1 is at `first`, by the addresses alone.

    With a pattern for page numbers, both are the same but for the number. Without one `url` has all that `first` has,
    and besides either a number behind the path or more parameters: the address of another story has not.

    >>> paper = Outlet("e.example", "E", "https://e.example/")
    >>> continues("https://e.example/a-story.html", "https://e.example/a-story-2.html", paper)
    True
    >>> continues("https://e.example/story-14", "https://e.example/story-15", paper)
    False
    """
    if not (urls.belongs(first, outlet) and urls.belongs(url, outlet)):
        return False
    page = urls.numbered(url, outlet)
    if page and urls.identity(first, outlet) == urls.identity(url, outlet):
        return place(first) != place(url)
    return outlet.pages is not None and outlet.pages.number is None and _extends(first, url)


def _extends(first: str, url: str) -> bool:
    a, b = urlsplit(f"//{place(first)}"), urlsplit(f"//{place(url)}")
    asked, more = (set(parse_qsl(part.query, keep_blank_values=True)) for part in (a, b))
    if not a.path.strip("/") and not asked:
        return False  # everything goes on from a front page
    if a.path == b.path:
        return asked < more
    stem, longer = _ENDING.sub("", a.path), _ENDING.sub("", b.path)
    return asked <= more and longer.startswith(stem) and _MORE.fullmatch(longer[len(stem) :]) is not None


def place(url: str) -> str:
    """A key of one page of an article, whatever form its address has; "" for what is no address."""
    try:
        return urls.identity(url)
    except UrlError:
        return ""


def objection(first: Article, seen: Sequence[str], url: str, outlet: Outlet) -> str | None:
    """Why the page at `url` is not asked for, or not believed, as the one that follows the pages at `seen`."""
    if place(url) in {place(one) for one in seen}:
        return "loop"
    if not urls.belongs(url, outlet):
        return "other-host"
    if not any(continues(one, url, outlet) for one in (first.url, first.canonical_url)):
        return "another-article"
    return None


def doubt(pages: Sequence[Article], page: Article, outlet: Outlet) -> str | None:
    """Why `page`, as it was read, is not the one that follows `pages`."""
    first = pages[0]
    own = {place(one) for one in (*(p.url for p in pages), first.canonical_url, page.url)}
    claimed = page.canonical_url
    if place(claimed) not in own and not any(
        continues(one, claimed, outlet) for one in (first.url, first.canonical_url)
    ):
        return "another-article"
    if page.kind in {"error", "challenge", "consent", "login", "listing"}:
        return page.kind
    text, _ = _own(first, page, len(pages) + 1)
    if not text:
        return "repeats page 1" if page.blocks else "empty"
    if any(text == _own(first, earlier, number)[0] for number, earlier in enumerate(pages, 1)):
        return "repeats an earlier page"
    return None


# ---------------------------------------------------------------------------------------------- joining


def join(pages: Sequence[Article]) -> Article:
    """One article of all its `pages` in their order: fields of the first, text of all.

    What follow-up pages print again (headline, subtitle, byline, caption, how page 1 begins, numbers of pages) is in
    `dropped`. `access` is the worst of all. A single page is given back, without the address of a next one.
    """
    first, *rest = pages
    if not rest:
        return replace(first, next_page=None)
    bodies, dropped = [], list(first.dropped)
    for number, page in enumerate(pages, 1):
        text, again = _own(first, page, number)
        bodies.append(text)
        dropped += [*(page.dropped if number > 1 else ()), *_pieces(again)]
    foot = _foot(bodies)
    blocks: list[Block] = []
    for number, body in enumerate(bodies, 1):
        text, label = _unnumbered(body[: len(body) - len(foot)], number)
        blocks += text
        dropped += _pieces((*label, *(foot if number < len(pages) else ())))
    blocks += foot
    return replace(
        first,
        blocks=tuple(blocks[:MAX_BLOCKS]),
        access=_access(pages),
        dropped=tuple(dropped),
        evidence=_evidence(pages),
        flags=_flags(pages, truncated=len(blocks) > MAX_BLOCKS),
        fingerprint=hashlib.sha256("\0".join(page.fingerprint for page in pages).encode()).hexdigest()[:32],
        next_page=None,
    )


def _access(pages: Sequence[Article]) -> Access | None:
    found = {page.access for page in pages}
    worst: tuple[Access, ...] = ("teaser", "paid")
    return next((access for access in worst if access in found), pages[0].access)


def _evidence(pages: Sequence[Article]) -> tuple[str, ...]:
    further = (f"page {number}: {why}" for number, page in enumerate(pages[1:], 2) for why in page.evidence)
    return (*pages[0].evidence, f"joined from {len(pages)} pages", *further)


def _flags(pages: Sequence[Article], *, truncated: bool) -> tuple[str, ...]:
    """Those of all pages. The data of one page often hold the text of all: that it shows less is no loss here."""
    found = [flag for page in pages for flag in page.flags if flag != "text-lost"]
    return tuple(dict.fromkeys([*found, *(["truncated"] if truncated else [])]))


def _pieces(blocks: Sequence[Block]) -> list[Dropped]:
    return [Dropped(RULE, block.text) for block in blocks]


def _own(first: Article, page: Article, number: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The blocks that are this page's own, and those it only prints again."""
    start = 0
    known = {
        _fold(line) for line in (first.title, first.subtitle, first.caption, byline(first), *first.authors) if line
    }
    while start < min(len(page.blocks), EDGE) and _is_head(first, page, start, number, known):
        start += 1
    text, label = _unnumbered(page.blocks[start:], number)
    return text, (*page.blocks[:start], *label)


def _unnumbered(blocks: tuple[Block, ...], number: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The blocks without the page's number at their end, and that."""
    end = len(blocks)
    while end and _is_label(blocks[end - 1], number):
        end -= 1
    return blocks[:end], blocks[end:]


def _is_head(first: Article, page: Article, at: int, number: int, known: set[str]) -> bool:
    block = page.blocks[at]
    if _is_label(block, number):
        return True
    if number == 1:
        return False
    text = _fold(block.text)
    if block.kind in {"paragraph", "subheading"} and (text in known or _fold(_unlabelled(block.text, number)) in known):
        return True
    return len(text) >= TELLING and text in {_fold(one.text) for one in first.blocks[:EDGE]}


def _is_label(block: Block, number: int) -> bool:
    """Whether a block only says which page this is. A bare number is no label: it may be anything."""
    match = _LABEL.fullmatch(block.text) if len(block.text) < 40 and block.kind != "code" else None
    if match is None or int(match["number"]) != number:
        return False
    return int(match["total"]) >= number if match["total"] else bool(match["word"])


def _unlabelled(text: str, number: int) -> str:
    """A repeated headline without the number of the page behind it."""
    cut = max(text.rfind(mark) for mark in _MARKS)
    return text[:cut] if cut > 0 and _is_label(Block("paragraph", text[cut + 1 :]), number) else text


def _foot(bodies: Sequence[tuple[Block, ...]]) -> tuple[Block, ...]:
    """What every page ends with, such as a note on the author: it stands once, at the end of the last."""
    size, most = 0, min(EDGE, *(len(body) - 1 for body in bodies))
    while size < most and _is_foot(bodies, size):
        size += 1
    return bodies[-1][len(bodies[-1]) - size :]


def _is_foot(bodies: Sequence[tuple[Block, ...]], size: int) -> bool:
    texts = {_fold(body[-1 - size].text) for body in bodies}
    return len(texts) == 1 and len(texts.pop()) >= TELLING


def _fold(text: str) -> str:
    """Letters and digits only, in one case: furniture is set in other type on other pages."""
    return "".join(_LETTERS.findall(text[:LOOKED_AT].casefold()))
