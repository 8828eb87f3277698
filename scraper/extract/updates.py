"""What the data of a live page say of it and of its entries: schema.org LiveBlogPosting and its liveBlogUpdate."""

from __future__ import annotations

from typing import Final

from scraper.extract.structured import Declared, Node, string, types
from scraper.extract.tree import Document
from scraper.urls import resolve

TYPE: Final = "LiveBlogPosting"
MAX_ENTRIES: Final = 2_000


def updates(declared: Declared) -> tuple[Node, ...]:
    """The entries that the page's data hold, in their order."""
    lists = [node.get("liveBlogUpdate") for node in declared.nodes if TYPE in types(node)]
    items = [item for found in lists for item in (found if isinstance(found, list) else [found])]
    return tuple(item for item in items if isinstance(item, dict))[:MAX_ENTRIES]


def is_told(declared: Declared, doc: Document) -> bool:
    """Whether the page's data say that this very page is live: not one that it only mentions."""
    lives = [node for node in declared.nodes if TYPE in types(node)]
    entries = {id(node) for node in updates(declared)}
    rivals = [node for node in declared.articles() if TYPE not in types(node) and id(node) not in entries]
    if not lives or not rivals:
        return bool(lives)
    canonical = [link.get("href") or "" for link in doc.links if (link.get("rel") or "").lower() == "canonical"]
    here = {page_of(resolve(doc.url, url)) for url in (doc.url, *canonical)}
    said = [[string(node.get(key)) for key in ("url", "@id")] for node in lives]
    return any(not any(urls) or any(page_of(resolve(doc.url, url)) in here for url in urls if url) for urls in said)


def page_of(url: str | None) -> str:
    """An address as far as it names the page: without scheme and fragment."""
    return (url or "").partition("#")[0].partition("://")[2].rstrip("/")


def anchor(node: Node) -> str:
    """The fragment by which a data node addresses its entry, or the last part of an address of its own."""
    for key in ("url", "@id", "mainEntityOfPage"):
        fragment = (string(node.get(key)) or "").partition("#")[2]
        if fragment:
            return fragment[:120]
    return ""


def heading_of(node: Node) -> str:
    """The heading that a data node gives its entry."""
    return string(node.get("headline")) or string(node.get("name")) or ""
