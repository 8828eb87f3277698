"""The outermost edge, played: one function that is the web, and one clock. Everything else in the tests is real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar, TypeVarTuple

from scraper.article import Article
from scraper.errors import FetchError
from scraper.extract import read
from scraper.model import Hop, Outlet, Page, Request

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Answer = str | bytes | int | FetchError | Page


class Clock:
    """A clock that goes only when told to."""

    def __init__(self, at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass: `forward(hours=2)`."""
        self.at += timedelta(**by)


@dataclass
class FakeWeb:
    """A `Fetcher` whose answers are given by a table: URL → page text, bytes, status, error, or a whole Page."""

    clock: Clock
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    async def get(self, request: Request) -> Page:
        """See `interfaces.Fetcher`."""
        self.asked.append(request)
        answer = self.pages.get(request.url, 404)
        if isinstance(answer, FetchError):
            raise answer
        if isinstance(answer, Page):
            return answer
        return answered(request.url, answer, self.clock)


def answered(
    url: str, answer: str | bytes | int, clock: Callable[[], datetime], *, final_url: str | None = None, **headers: str
) -> Page:
    """A page as the fetcher would hand it over; with `final_url`, after one redirect."""
    status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
    body = body.encode() if isinstance(body, str) else body
    sent = {"content-type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Page(
        url=url,
        final_url=final_url or url,
        status=status,
        reason="OK" if status == 200 else "",
        headers=tuple(sent.items()),
        request_headers=(("host", "example.com"), ("user-agent", "test")),
        raw=body,
        body=body,
        fetched_at=clock(),
        address="192.0.2.1",
        hops=(Hop(url, 301, final_url),) if final_url else (),
    )


PARAGRAPHS = (
    "The harbour council voted on Monday to rebuild the old pier, which a storm had broken in two last winter.",
    "Engineers expect the work to take 14 months and to cost 3.2 million crowns, a third of it paid by the region.",
    "Fishermen who moor there say they were never asked, and have called a meeting for next week.",
    "The mayor said the plans would be shown in the library from Thursday, and that all comments would be read.",
)


def article_page(
    *paragraphs: str, title: str = "Council votes to rebuild the old pier", banner: str = "Join us today!", **meta: str
) -> str:
    """A plain article page in own markup, with a donation banner that may change."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs or PARAGRAPHS)
    extra = "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in meta.items())
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{extra}'
        '<meta property="article:published_time" content="2026-03-01T09:00:00+00:00"></head>'
        f'<body><header><nav><a href="/">Home</a> <a href="/news/">News</a></nav></header>'
        f'<div class="donate-banner"><p>{banner}</p><button>Donate</button></div>'
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def paged(*texts: str, url: str, form: str = "{url}?page={number}", **more: str) -> dict[str, Answer]:
    """An article of as many pages as there are texts, each with a headline and links to the pages beside it: address →
    page. `form` makes the address of a later page."""
    places = [url, *(form.format(url=url, number=number) for number in range(2, len(texts) + 1))]
    pages: dict[str, Answer] = {}
    for at, text in enumerate(texts):
        near = [("prev", places[at - 1])] * (at > 0) + [("next", place) for place in places[at + 1 : at + 2]]
        links = "".join(f'<a class="pager-{rel}" rel="{rel}" href="{place}">{rel}</a>' for rel, place in near)
        label = f"<p>Page {at + 1} of {len(texts)}</p>" if len(texts) > 1 else ""
        body = article_page(*text.split("|"), **more).replace("</article>", f"{label}</article>{links}")
        pages[places[at]] = body
    return pages


class InlineReader:
    """Extraction without a cage, for tests that are about something else."""

    async def read(self, page: Page, outlet: Outlet | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        rules = outlet.as_of(page.fetched_at.date()) if outlet else None
        return read(page.body, page.final_url, content_type=page.content_type, outlet=rules, known=known)

    def attempt(self, page: Page) -> str:
        """See `interfaces.Reader`."""
        return f"bytes {hash(page.body)}"

    async def run(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        """See `worker.CagedReader.run`."""
        return func(*args)
