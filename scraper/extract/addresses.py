"""What a page calls itself: the canonical address where it can be believed, and the other addresses it claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scraper.errors import UrlError
from scraper.extract.tree import Document
from scraper.urls import canonical, resolve, same_site

MAX_CLAIMS = 10
# The links by which a page names other addresses of itself.
RELS = frozenset(("canonical", "amphtml", "shortlink"))


def own_address(doc: Document) -> str:
    """What the outlet calls this page, if it can be believed: same site, not its front page."""
    own = _clean_url(doc.url)
    claimed = [link.get("href") or "" for link in doc.links if "canonical" in rels(link)]
    for href in claimed[:3]:
        url = resolve(doc.url, href)
        if url and _believable(url, doc.url):
            return _clean_url(url)
    return own


def _believable(url: str, page: str) -> bool:
    path = url.split("/", 3)[3] if url.count("/") > 2 else ""
    try:
        return bool(path.strip("/?#")) and same_site(url, page)
    except UrlError:
        return False


def _clean_url(url: str) -> str:
    try:
        return canonical(url)
    except UrlError:
        return url


def rels(link: Mapping[str, str | None]) -> set[str]:
    """What a link is, in its own words."""
    return set((link.get("rel") or "").lower().split())


def claims(doc: Document, declared: Iterable[str | None], chosen: str) -> tuple[str, ...]:
    """The other addresses that the page says it has, in order: recorded, not believed.

    `declared` are those its data give, `chosen` is the one taken for it.
    """
    found = [link.get("href") for link in doc.links if RELS & rels(link)]
    urls = [url for href in [*found[:20], *declared] if href and (url := resolve(doc.url, href))]
    return tuple(dict.fromkeys(url for url in urls if url != chosen))[:MAX_CLAIMS]


def own_links(url: str) -> Callable[[str], bool]:
    """A test whether a link on the page `url` stays on its site."""
    host = domain(url, whole=True)
    tail = ".".join(host.split(".")[-2:])

    def own(href: str) -> bool:
        if href.startswith("#"):
            return False
        if "//" in href[:12]:
            return href.partition("//")[2].partition("/")[0].partition("?")[0].partition(":")[0].lower().endswith(tail)
        return ":" not in href.partition("/")[0]

    return own


def domain(url: str, *, whole: bool = False) -> str:
    """The first label of a host without `www.`; all of it if `whole`."""
    host = url.split("/")[2].split(":", maxsplit=1)[0].removeprefix("www.") if url.count("/") > 2 else ""
    return host if whole else host.split(".")[0]
