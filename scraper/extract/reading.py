"""One page → one article: the order of the steps.

    decode | check weight | parse | read what is declared | prune | choose container | collect blocks | trim | judge kind
"""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import Any

from scraper import charset
from scraper.article import Article, Block
from scraper.errors import ExtractError
from scraper.extract import blocks, container, fields, prune, structured, tree, weight
from scraper.model import Outlet

VERSION = "1"


def read(page: bytes, url: str, content_type: str | None, outlet: Outlet | None, known: str | None) -> Article | None:
    """See `scraper.extract.read`."""
    decoded = _text(page, url, content_type)
    weight.check(decoded.text, url)
    doc = tree.parse(decoded.text, url)
    declared = structured.read(doc.data, doc.metas)
    elements = list(doc.root.walk())
    prune.measure(elements)
    prune.prune(doc.root, {}, set())
    chosen = container.choose(doc.root)
    pieces = blocks.collect(chosen)
    src = fields.source(doc, declared, outlet)
    found = fields.read(src)
    print_ = hashlib.sha256("\n".join([repr(sorted(found.values.items(), key=lambda i: i[0])), *(p.text for p in pieces)]).encode("utf-8", "replace"))
    fingerprint = print_.hexdigest()[:32]
    if known == fingerprint:
        return None
    values: dict[str, Any] = dict(found.values)
    flags = list(found.flags) + (["undecodable"] if decoded.damaged else [])
    body = tuple(Block(p.kind, p.text) for p in pieces if not p.drop)
    return Article(
        url=url,
        canonical_url=src.canonical,
        blocks=body,
        kind="article" if body else "empty",
        claims=fields.claims(src),
        origins=MappingProxyType(dict(found.origins)),
        timezone=outlet.timezone if outlet else None,
        flags=tuple(flags),
        fingerprint=fingerprint,
        reading=reading_of(outlet),
        **values,
    )


def reading_of(outlet: Outlet | None) -> str:
    """The version of this extractor and a digest of the rules it was given."""
    rules = [
        (r.name, r.drop, r.keep, r.body, sorted(r.fields.items()), r.drop_text) for r in (outlet.rules if outlet else ())
    ]
    return f"{VERSION}+{hashlib.sha256(repr(rules).encode()).hexdigest()[:8]}"


def is_pdf(page: bytes, content_type: str | None) -> bool:
    """Whether `page` is a PDF, by its first bytes or by what the server says."""
    return b"%PDF-" in page[:1024] or (content_type or "").split(";")[0].strip().lower() == "application/pdf"


def _text(page: bytes, url: str, content_type: str | None) -> charset.Decoded:
    if not page.strip():
        raise ExtractError(url, "empty", "the answer has no content")
    decoded = charset.decode(page, content_type)
    sample = decoded.text[:65536]
    odd = sum(ch < "\x20" and ch not in "\t\n\r\x0c\x1b" or ch == "\ufffd" for ch in sample)
    if odd * 20 > len(sample):
        raise ExtractError(url, "not-text", "the bytes are no text in any encoding")
    return decoded
