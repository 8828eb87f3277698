"""One page → one article: the order of the steps.

    decode | weigh | parse | read data | outlet rules | prune | container | shapes | blocks | trim | fields | kind

Nothing here looks at the network, a clock or a disk, and nothing is kept between pages but answers that depend on
their question alone.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from scraper.article import Access, Article, Block, Kind
from scraper.extract import (
    access,
    addresses,
    asking,
    blocks,
    byline,
    container,
    ending,
    entries,
    fields,
    glance,
    headlines,
    incoming,
    kinds,
    lead,
    live,
    pager,
    prune,
    record,
    rules,
    second,
    shape,
    structured,
    threads,
    title,
    tree,
    trim,
    updates,
    view,
    weight,
)
from scraper.extract.blocks import Piece
from scraper.extract.structured import Declared, string
from scraper.extract.tree import Document, Element
from scraper.model import Outlet

# Raised whenever the same bytes may give another article: the archive then knows whose doing a difference is.
VERSION: Final = "4"
MAX_BLOCKS: Final = 20_000
# Text of this length is an article; below it, other witnesses are heard.
THIN: Final = 200


@dataclass(slots=True)
class _Page:
    """One page on its way to being an article."""

    doc: Document
    html: str
    declared: Declared
    applied: rules.Applied
    elements: list[Element]
    headline: Element | None
    middle: Element | None
    column: list[Element]
    void: frozenset[str]
    pager: pager.Pager
    feed: live.Feed | None = None
    told_live: bool = False
    talk: Sequence[Element] = ()
    first: Element | None = None

    @property
    def around(self) -> list[Element]:
        """The page without the entries of a live page, which speak for themselves only."""
        feed = self.feed
        return self.elements if feed is None else [e for e in self.elements if feed.at(e.order) is None]


def read(page: bytes, url: str, content_type: str | None, outlet: Outlet | None, known: str | None) -> Article | None:
    """See `scraper.extract.read`."""
    reading = reading_of(outlet)
    told = f"{reading} {content_type} {url}".encode("utf-8", "replace")
    key = hashlib.sha256(page).digest() + told  # what processors compute by themselves, for half of what others cost
    if known and _seen.get(key) == known:
        return None
    decoded = incoming.text(page, url, content_type)
    weight.check(decoded.text, url)
    parser = tree.parse(incoming.utf8(page, decoded), url)
    whole, _, mark = (known or "").partition(".")
    if (
        mark
        and live.TOLD not in decoded.text
        and glance.matches(parser, mark, rules.told(parser, outlet), reading + url)
    ):
        _remember(key, known or "")
        return None
    opened = _open(parser, decoded.text, url, outlet)
    try:
        fingerprint = _fingerprint(opened, reading)
        if whole == fingerprint:
            _remember(key, known or "")
            return None
        article = _article(opened, outlet, decoded.damaged, (fingerprint, reading))
        _remember(key, article.fingerprint)
        return article
    finally:
        tree.release(opened.elements)


def pieces(page: bytes, url: str, content_type: str | None, outlet: Outlet | None) -> list[Piece]:
    """The pieces that are the article's blocks, with the elements they stand in: for `places`."""
    decoded = incoming.text(page, url, content_type)
    weight.check(decoded.text, url)
    opened = _open(tree.parse(incoming.utf8(page, decoded), url), decoded.text, url, outlet)
    src = fields.source(opened.doc, opened.declared, outlet, opened.applied.fields)
    src = fields.seen(
        src, opened.elements, opened.headline, byline.lines(opened.elements, opened.headline, opened.first)
    )
    return blocks.live(_pieces(opened, src, fields.read(src)))


# Fingerprints of the last pages, by their bytes: the very same page is not even parsed again.
_seen: OrderedDict[bytes, str] = OrderedDict()
_MAX_SEEN: Final = 20_000


def _remember(key: bytes, fingerprint: str) -> None:
    _seen[key] = fingerprint
    if len(_seen) > _MAX_SEEN:
        _seen.popitem(last=False)


def reading_of(outlet: Outlet | None) -> str:
    """The version of this extractor and a digest of the rules it was given."""
    return f"{VERSION}+{rules.digest(outlet)}"


def _open(parser: tree.Parser, html: str, url: str, outlet: Outlet | None) -> _Page:
    """Copy, prune and find the article's column."""
    doc = tree.document(parser, url)
    declared = structured.read(doc.data, doc.metas, fields.READ)
    applied = rules.apply(doc, outlet)
    elements = [doc.root, *doc.by_id.values()]
    prune.measure(elements, html)
    headline = headlines.find(elements, doc, declared, applied.fields)
    talk = threads.find(elements)
    feed = live.find(live.Asked(doc, declared, html, elements, headline, applied.entries, talk))
    if feed:
        declared = _outside(doc, declared, feed)
        talk = [one for one in talk if not feed.meets(one)]
    middle = applied.body or (feed and feed.holder) or prune.core(elements, headline, talk)
    prune.drop_threads(talk, applied.keep, middle, headline)
    tops = [span.first for span in feed.spans] if feed and feed.boxed else []
    void = prune.prune(doc.root, applied.drop, applied.keep, middle, headline, tops)
    column = [applied.body] if applied.body else container.choose(doc.root, headline, middle, _witness(declared))
    if feed and feed.holder and not applied.body and not feed.stands_in(column):
        column = [feed.holder]
    told_live, links = updates.TYPE in html and updates.is_told(declared, doc), pager.read(doc, outlet)
    first = _first(column, headline, middle)
    return _Page(
        doc, html, declared, applied, elements, headline, middle, column, void, links, feed, told_live, talk, first
    )


def _outside(doc: Document, declared: Declared, feed: live.Feed) -> Declared:
    """What the page declares, without the metas that stand in its entries: they speak of these."""
    inner = {frozenset(attrs.items()) for element, attrs in doc.metas_within() if feed.at(element.order) is not None}
    metas = [attrs for attrs in doc.metas if frozenset(attrs.items()) not in inner]
    return replace(declared, metas=structured.read_metas(metas, fields.READ))


def _witness(declared: Declared) -> str:
    return next((text for node in declared.articles() if (text := string(node.get("articleBody")))), "")


def _fingerprint(page: _Page, reading: str) -> str:
    """A digest of all that the article is made from: the pruned column, block by block, what stands around the
    headline, and the data that are read."""
    parts = [reading, page.doc.title, *page.doc.data]
    parts += [f"{name}={values}" for name, values in sorted(page.declared.metas.items())]
    parts += [f"{name}={texts}" for name, texts in sorted(page.applied.fields.items())]
    parts += [e.get("datetime") for e in page.elements if e.tag == "time"]
    parts += byline.heads(page.elements, page.headline, page.first)
    parts += [blocks.outline(column) for column in page.column]
    links = [(addresses.rels(link) & addresses.RELS, link.get("href")) for link in page.doc.links]
    parts += [f"{sorted(rels)}={href}" for rels, href in links if rels]
    parts += page.pager.told
    digest = hashlib.sha256("\0".join(" ".join(part.split()) for part in parts).encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


def _article(page: _Page, outlet: Outlet | None, damaged: bool, stamp: tuple[str, str]) -> Article:
    """Fields, body and kind of an opened page. `stamp` is its fingerprint and the reading."""
    zone = outlet.timezone if outlet else None
    heads = entries.heads(page.feed, zone, _times(page.doc)) if page.feed else ()
    printed = byline.lines(page.around, page.headline, page.first)
    src = fields.source(page.doc, page.declared, outlet, page.applied.fields)
    src = fields.seen(src, page.around, page.headline, printed)
    found = fields.read(src)
    pieces = _pieces(page, src, found)
    body = _body(page, found, pieces, heads)
    judged = _asked(page, src, found, pieces)
    kind, shown, evidence = _judged(judged)
    mark = _mark(page, outlet, found, stamp[1]) if kind == "article" and access.is_settled(judged) else ""
    if kind == "live" and shown not in {"paid", "teaser"}:
        body = _updates(page, found, body, zone)
    whole = kind in {"article", "empty"} and shown not in {"paid", "teaser"} and not page.pager.told
    if whole and (other := _elsewhere(page, body, src)):
        body, found.origins["body"] = other
        kind, evidence = "article", (*evidence, f"text from {other[1]}")
    values: dict[str, Any] = dict(found.values)
    return Article(
        url=page.doc.url,
        canonical_url=src.canonical,
        blocks=body,
        kind=kind,
        access=shown,
        evidence=evidence,
        flags=tuple(dict.fromkeys([*found.flags, *_flags(page, body, damaged, shown, src)])),
        claims=fields.claims(src),
        dropped=record.dropped(page.elements, pieces),
        origins=dict(found.origins),  # a plain one: an article crosses between processes
        timezone=zone,
        fingerprint=".".join(filter(None, (stamp[0], mark))),
        reading=stamp[1],
        next_page=page.pager.next,
        first_page=page.pager.first,
        **values,
    )


def _times(doc: Document) -> list[tuple[int, str]]:
    """Times of publication in metas below the head, with the orders of the elements they are in."""
    found = [(element.order, attrs) for element, attrs in doc.metas_within()]
    return [(at, attrs.get("content") or "") for at, attrs in found if attrs.get("itemprop") == "datePublished"]


def _body(
    page: _Page, found: fields.Fields, pieces: Sequence[Piece], heads: Sequence[entries.Head]
) -> tuple[Block, ...]:
    """The blocks of the body; on a live page under the heads of its entries."""
    if page.feed is None:
        return tuple(Block(piece.kind, piece.text) for piece in pieces if piece.drop is None)[:MAX_BLOCKS]
    found.origins["entries"] = "markup"
    return entries.blocks(pieces, page.feed, heads)[:MAX_BLOCKS]


def _updates(page: _Page, found: fields.Fields, body: tuple[Block, ...], zone: str | None) -> tuple[Block, ...]:
    """`body`, and behind it the entries that only the page's data hold, if the page itself shows none."""
    nodes = updates.updates(page.declared) if page.feed is None and page.told_live else ()
    if not nodes or entries.are_shown(nodes, "".join(block.text for block in body)):
        return body
    if told := entries.from_data(nodes, zone):
        found.origins["entries"] = "json-ld"
    return (*body, *told)[:MAX_BLOCKS]


def _pieces(page: _Page, src: fields.Source, found: fields.Fields) -> list[Piece]:
    """The pieces of the column, judged; what they give away of author, subtitle and caption goes to `found`."""
    own = addresses.own_links(page.doc.url)
    posts = frozenset(entries.spared(page.feed)) if page.feed else frozenset[int]()
    if page.feed:
        entries.drop_between(page.feed)
    for column in page.column:
        spared = page.applied.keep | shape.spared_by(page.middle) | posts
        asking.drop_boxes(column, spared)
        shape.prune(column, own, page.applied.keep, page.middle, posts | shape.spared_by(page.headline))
    pieces = [piece for column in page.column for piece in blocks.collect(column)]
    rules.drop_lines(pieces, page.applied)
    said = (
        page.declared.meta("og:description"),
        page.declared.meta("description"),
        string(src.node.get("description")),
    )
    summaries = [text for text in said if text]
    known = trim.Known(found.text("title") or "", found.names("authors"), summaries, own)
    if page.feed:
        outside = entries.judge(pieces, page.feed, known)
    else:
        outside = pieces
        trim.trim(pieces, known)
    _sign(found, outside)
    _lead(page, found, outside, summaries)
    return pieces


# Where a field came from if the page's boxes had no say in it.
_DECLARED: Final = frozenset(("json-ld", "meta", "rule"))


def _mark(page: _Page, outlet: Outlet | None, found: fields.Fields, reading: str) -> str:
    """The mark by which a glance knows the page again; empty where its fields came from all over the page."""
    told = {name: found.origins.get(name, "").split(" ")[0] for name in ("authors", "published", "modified")}
    parser, headline, middle = page.doc.parser, page.headline, page.middle
    is_live = page.feed is not None or page.told_live or live.TOLD in page.html
    if is_live or (outlet and outlet.pages) or any(thread.is_live for thread in page.talk):
        return ""
    if not isinstance(found.values.get("published"), datetime) or found.signed:
        return ""
    if not _DECLARED.issuperset(told.values()) or parser is None or headline is None or middle is None:
        return ""
    level = 1 if headlines.agrees(headline, page.doc, page.declared, page.applied.fields) else 3
    column, by_rule, told_by = page.column[0], page.applied.body is not None, rules.told(parser, outlet)
    opened = glance.Opened(page.doc, headline, middle, column, page.void, level, by_rule, told_by)
    return glance.mark(opened, reading + page.doc.url)


def _asked(page: _Page, src: fields.Source, found: fields.Fields, pieces: Sequence[Piece]) -> view.Page:
    """What the page's kind is judged by."""
    said = [*(["json-ld LiveBlogPosting"] if page.told_live else []), *([page.feed.evidence] if page.feed else [])]
    # What an address says was asked for, not what came.
    signs = ("published" in found.values and found.origins["published"] != "url") + ("authors" in found.values)
    head = found.text("title") or ""
    return view.Page(
        page.doc, page.html, page.declared, src.node, head, pieces, page.column, signs=signs, live=tuple(said)
    )


def _judged(judged: view.Page) -> tuple[Kind, Access | None, tuple[str, ...]]:
    """The page's kind and access, with the evidence for both."""
    kind, why = kinds.judge(judged)
    if kind not in {"article", "live"}:
        return kind, None, why
    shown, reason = access.access(judged)
    return kind, shown, (*why, *reason)


def _first(column: Sequence[Element], headline: Element | None, middle: Element | None) -> Element | None:
    """The first paragraph of the column: of its core if it can be told, for a line above that may be as long."""
    after = headline.order if headline else 0
    least = {"p": prune.PROSE}
    long = [e for top in column for e in top.walk() if e.run >= least.get(e.tag, 2 * prune.PROSE)]
    prose = [e for e in long if e.order > after and e.tag[:1] != "h"] or long
    return next((e for e in prose if middle in (e, *list(e.ancestors())[:2])), prose[0] if prose else None)


def _sign(found: fields.Fields, pieces: Sequence[Piece]) -> None:
    """Fill in authors from the text's first line, or from how the site signs; the line then is no body."""
    if "authors" not in found.values and (opened := byline.opening(pieces)):
        found.put("authors", opened[0], "first line")
        opened[1].drop = "byline"
    if found.signed:
        found.put("authors", *found.signed)


def _lead(page: _Page, found: fields.Fields, pieces: list[Piece], summaries: Sequence[str]) -> None:
    """Fill in subtitle and caption, and take the subtitle out of the body."""
    prose = (piece for piece in pieces if piece.drop is None and trim.is_prose(piece) and not trim.is_dek(piece))
    line = lead.dek(page.around, page.headline, next(prose, None), summaries)
    if line and title.fold(line[0]) != title.fold(found.text("title") or ""):
        found.put("subtitle", line[0], "page")
    found.put("caption", lead.caption(page.around, page.headline, pieces, found.names("authors")), "page")
    subtitle = title.fold(found.text("subtitle") or "")
    for piece in pieces[:40]:
        if piece.drop is None and subtitle and title.is_same(piece.text, subtitle):
            piece.drop = "subtitle"


def _elsewhere(page: _Page, body: Sequence[Block], src: fields.Source) -> tuple[tuple[Block, ...], str] | None:
    """The text from another witness, and which, where the page's own markup gave next to nothing."""
    length = sum(len(block.text) for block in body)
    if length >= THIN:
        return None
    told = src.node.get("articleBody")
    lines = [structured.plain(line) for line in told.split("\n")] if isinstance(told, str) else []
    if sum(map(len, lines)) > max(2 * THIN, 3 * length):
        return tuple(Block("paragraph", line) for line in lines if line), "json-ld"
    if body and page.middle is not None:
        return None
    other = second.opinion(page.html, page.doc.url)
    enough = sum(len(block.text) for block in other) > max(2 * THIN, 2 * length)
    return (other, "trafilatura") if enough else None


def _flags(page: _Page, body: Sequence[Block], damaged: bool, shown: Access | None, src: fields.Source) -> list[str]:
    flags = ["undecodable"] if damaged else []
    if page.doc.truncated or ending.is_unfinished(page.html):
        flags.append("truncated")
    if shown == "teaser":
        flags.append("teaser")
    witness = string(src.node.get("articleBody")) or ""
    length = sum(len(block.text) for block in body)
    if len(witness) > 2 * THIN and length * 10 < len(witness) * 6 and shown != "teaser":
        flags.append("text-lost")
    return flags
