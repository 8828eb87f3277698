"""A web that is a dictionary, and documents to put into it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scraper.discover import discover
from scraper.errors import FetchError
from scraper.model import Outlet, Page, Request, Round, Source, SourceKind, SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = "https://example.com/source"
OUTLET = Outlet(id="example.com", name="Example", home="https://example.com/", delay=timedelta(seconds=3))


@dataclass(frozen=True)
class Answer:
    """One answer of the fake web; `final` is where a redirect led to."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    final: str | None = None


Given = bytes | Answer | FetchError


@dataclass
class Web:
    """Answers by address: bytes, a whole answer, or an error to raise. Remembers what it was asked for."""

    answers: Mapping[str, Given]
    asked: list[Request] = field(default_factory=list)

    async def get(self, request: Request) -> Page:
        """The page at the address asked for; 404 if there is none."""
        self.asked.append(request)
        found = self.answers.get(request.url, Answer(status=404))
        if isinstance(found, FetchError):
            raise found
        answer = Answer(found) if isinstance(found, bytes) else found
        return Page(
            url=request.url,
            final_url=answer.final or request.url,
            status=answer.status,
            reason="",
            headers=tuple(answer.headers.items()),
            request_headers=(),
            raw=answer.body,
            body=answer.body,
            fetched_at=NOW,
        )

    @property
    def addresses(self) -> list[str]:
        """What was asked for, in order."""
        return [request.url for request in self.asked]


def look(
    kind: SourceKind,
    answers: Given | Mapping[str, Given],
    *,
    outlet: Outlet = OUTLET,
    state: SourceState | None = None,
) -> tuple[Round, Web]:
    """One look at the source, which answers with `answers` or as the web `answers` says."""
    web = Web(answers if isinstance(answers, Mapping) else {SOURCE: answers})
    return asyncio.run(discover(outlet, Source(kind, SOURCE), state, web.get, NOW)), web


def urls(found: Round) -> list[str]:
    """The addresses of the sightings, in order."""
    return [sighting.url for sighting in found.sightings]


def state(**fields: object) -> SourceState:
    """What is remembered of the source."""
    return SourceState(SOURCE, OUTLET.id, **fields)  # type: ignore[arg-type]  # each test gives the fields it is about


def item(link: str = "", *, title: str = "", date: str = "", guid: str = "", more: str = "") -> str:
    """One item of an RSS feed; what is not given is not there."""
    parts = {"title": title, "link": link, "guid": guid, "pubDate": date}
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text) + more + "</item>"


def rss(*items: str, channel: str = "", declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    """An RSS feed."""
    spaces = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    body = f"<title>Example</title><link>https://example.com/</link>{channel}{''.join(items)}"
    return f'{declaration}<rss version="2.0" {spaces}><channel>{body}</channel></rss>'.encode()


def sitemap(*entries: str, doctype: str = "") -> bytes:
    """A sitemap; an entry that is not markup is a location."""
    namespaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    )
    body = "".join(entry if entry.startswith("<url>") else located(entry) for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<urlset {namespaces}>{body}</urlset>'.encode()


def located(loc: str, more: str = "") -> str:
    """One entry of a sitemap."""
    return f"<url><loc>{loc}</loc>{more}</url>"


def index(*sitemaps: str | tuple[str, str]) -> bytes:
    """A sitemap index of locations, or of locations with their lastmod."""
    body = "".join(_indexed(entry) for entry in sitemaps)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>'.encode()


def _indexed(entry: str | tuple[str, str]) -> str:
    loc, lastmod = (entry, "") if isinstance(entry, str) else entry
    return f"<sitemap><loc>{loc}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"


def articles(names: Iterable[object]) -> list[str]:
    """Addresses of articles of the outlet."""
    return [f"https://example.com/article/{name}" for name in names]
