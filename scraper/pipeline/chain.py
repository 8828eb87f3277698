"""The pages that follow an article's first: asked for, kept, read and joined, or the reason why not.

    page 1 → objection? → fetch → capture → read → doubt? → page 2 → … → join

All of an article or nothing of it: whatever happens to one page, no text is made of the others. What may follow what is
decided in `paging`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from scraper import paging, urls
from scraper.article import Article
from scraper.errors import Deferred, ExtractError, Failed, FetchError
from scraper.model import Capture, Due, Outlet, Page, Request, Verdict
from scraper.pipeline import judge
from scraper.pipeline.services import Services

# Fifty pages at the usual pace take two minutes; a host that needs longer is asked another time.
PATIENCE: Final = timedelta(minutes=15)


# What is said of an address that no page of this article is at.
_ELSEWHERE: Final = ("http-404", "http-410", "loop", "other-host", "another-article", "repeats", "empty", "error")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the pages are not an article now. `permanent`: asking again soon is no use."""

    verdict: Verdict
    permanent: bool = False
    retry_at: datetime | None = None


@dataclass(slots=True)
class Chain:
    """The pages so far. `further` are the captures of all but the first, also of those that were not believed,
    `addresses` all forms of address of those that were."""

    pages: list[Article]
    further: list[Capture]
    addresses: list[str]
    trouble: Trouble | None = None

    @property
    def article(self) -> Article:
        """All pages as one."""
        return paging.join(self.pages)


async def begin(services: Services, url: str, outlet: Outlet | None) -> str:
    """Where the article begins of which `url` is a page, as far as that can be known without asking; else `url`."""
    if outlet is None or outlet.pages is None:
        return url
    entry = await services.store(services.archive.find, url, outlet)
    if entry and paging.continues(entry.url, url, outlet):
        return entry.url
    page = urls.numbered(url, outlet)
    return page[0] if page and page[1] > 1 else url


def turned(due: Due, asked: Due, first: str) -> tuple[Due, Due]:
    """`due`, and what is `asked` of it, with the first page in place of the later one: articles are watched there."""
    if first == asked.url:
        return due, asked
    if asked is due:
        due = replace(due, url=first, **judge.NOTHING_KNOWN)
        return due, due
    return due, due if first == due.url else replace(due, url=first, **judge.NOTHING_KNOWN)


async def follow(services: Services, head: Article, request: Request, outlet: Outlet | None) -> Chain:
    """All pages of the article whose first, at `request`, is `head`. Raises ArchiveError only."""
    chain = Chain([head], [], [])
    if outlet is None or head.kind not in {"article", "live"}:
        return chain
    until = time.monotonic() + PATIENCE.total_seconds()
    while chain.trouble is None and (url := chain.pages[-1].next_page):
        left = timedelta(seconds=until - time.monotonic())
        step = replace(request, url=url, etag=None, last_modified=None, patience=min(request.patience, left))
        try:
            await _step(services, chain, step, outlet)
        except FetchError as error:
            permanent = not isinstance(error, Deferred) and not (isinstance(error, Failed) and error.transient)
            retry_at = error.retry_at if isinstance(error, Deferred) else None
            chain.trouble = _trouble(chain, error.said, permanent=permanent, retry_at=retry_at)
        except ExtractError as error:
            chain.trouble = _trouble(chain, error.said, permanent=error.reason != "resources")
    return chain


async def _step(services: Services, chain: Chain, request: Request, outlet: Outlet) -> None:
    """One page more, or the trouble with it. Raises FetchError and ExtractError."""
    most = outlet.pages.most if outlet.pages else 1
    if len(chain.pages) >= most:
        chain.trouble = Trouble(Verdict("partial", f"pages: more than {most}"))
        return
    if request.patience <= timedelta():
        chain.trouble = _trouble(chain, "out-of-time")
        return
    first, seen = chain.pages[0], [*(page.url for page in chain.pages), chain.pages[0].canonical_url, *chain.addresses]
    if why := paging.objection(first, seen, request.url, outlet):
        chain.trouble = _trouble(chain, why, "partial")
        return
    page = await services.fetcher.get(request)
    chain.further.append(await services.store(services.archive.capture, page))
    if page.status not in {200, 203}:
        chain.trouble = _trouble(chain, f"http-{page.status}", permanent=judge.is_final(page.status))
    elif page.final_url != request.url and (why := paging.objection(first, seen, page.final_url, outlet)):
        chain.trouble = _trouble(chain, f"{why} behind a redirect", "partial")
    else:
        await _read(services, chain, page, outlet)


async def probe(services: Services, chain: Chain, url: str, request: Request, outlet: Outlet) -> Trouble | None:
    """Whether a page that was part of the last version is there still, though nothing leads to it any more: then its
    links are what changed, and not the article. None if it is gone, or shows what another page shows."""
    more = replace(chain, pages=[*chain.pages])
    try:
        await _step(services, more, replace(request, url=url, etag=None, last_modified=None), outlet)
    except (FetchError, ExtractError) as error:
        return _trouble(chain, error.said)
    if more.trouble is None:
        return _trouble(chain, f"{url} is there, and no link leads to it", "partial")
    why = (more.trouble.verdict.reason or "").partition(": page ")[2].partition(": ")[2]
    return None if why.startswith(_ELSEWHERE) else more.trouble


async def _read(services: Services, chain: Chain, page: Page, outlet: Outlet) -> None:
    article = await services.reader.read(page, outlet)
    if article is None:  # only a known fingerprint gives None
        return
    if why := paging.doubt(chain.pages, article, outlet):
        chain.trouble = _trouble(chain, why, "partial")
        return
    chain.pages.append(article)
    chain.addresses += [page.url, *(hop.url for hop in page.hops), page.final_url]


def _trouble(
    chain: Chain,
    why: str,
    kind: Literal["failed", "partial"] = "failed",
    *,
    permanent: bool = False,
    retry_at: datetime | None = None,
) -> Trouble:
    return Trouble(Verdict(kind, f"pages: page {len(chain.pages) + 1}: {why}"), permanent, retry_at)
