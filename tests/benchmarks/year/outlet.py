"""The outlet that shows them: three templates in turn, and surroundings that are never the same twice."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from scraper.errors import Failed
from scraper.model import Page, Request
from tests.benchmarks.year.stories import Story, Text
from tests.fakes import Clock

HOST = "coastweekly.example"
HOME = f"https://{HOST}"
EDITION = "Printed in the evening edition of the Coast Weekly."
CHALLENGE = (
    "<html><title>Just a moment...</title><h1>Checking your browser</h1><p>Enable JavaScript to go on.</p></html>"
)


@dataclass(frozen=True)
class Plan:
    """When the outlet changes itself."""

    start: datetime
    redesigns: tuple[datetime, datetime]
    counter: datetime  # from when on a widget stands in the text column
    outages: tuple[datetime, ...]

    def template(self, now: datetime) -> int:
        """Which of the three templates is in use."""
        return sum(now >= at for at in self.redesigns)

    def is_out(self, now: datetime) -> bool:
        """Whether the outlet cannot be reached: three hours each time."""
        return any(at <= now < at + timedelta(hours=3) for at in self.outages)


@dataclass
class Served:
    """The last answer: what it was, and the story if it was one."""

    what: str
    story: Story | None = None
    text: Text | None = None


@dataclass
class Outlet:
    """A `Fetcher` that plays the outlet."""

    clock: Clock
    stories: list[Story]
    plan: Plan
    rng: random.Random
    served: Served = field(default_factory=lambda: Served("nothing"))
    counts: dict[str, int] = field(default_factory=dict)
    fetched: int = 0

    async def get(self, request: Request) -> Page:
        """See `interfaces.Fetcher`."""
        now = self.clock()
        self._count("requests")
        if self.plan.is_out(now):
            self.served = Served("outage")
            raise Failed(request.url, "connect", "refused")
        if request.url.endswith("/rss"):
            return self._answer(request, 200, self._feed(now), kind="application/rss+xml")
        found = [story for story in self.stories if request.url.endswith(story.path)]
        if not found or found[0].first.published > now:
            return self._answer(request, 404, "not here")
        return self._story(request, found[0], now)

    def _story(self, request: Request, story: Story, now: datetime) -> Page:
        if story.is_gone(now):
            self.served = Served("gone", story)
            return self._answer(request, story.status, "gone")
        if self.rng.random() < 0.004:
            self.served = Served("challenge", story)
            return self._answer(request, 200, CHALLENGE)
        text = story.text(now)
        self.served = Served("article", story, text)
        etag = None
        if story.number % 3 == 0:  # a server that knows what it changed
            state = f"{text!r}{self.plan.template(now)}{now >= self.plan.counter}"
            etag = f'"{hashlib.sha256(state.encode()).hexdigest()[:16]}"'
            if request.etag == etag:
                self._count("not modified")
                return self._answer(request, 304, "", etag=etag)
        return self._answer(request, 200, self.page(story, text, now), etag=etag)

    def _answer(
        self,
        request: Request,
        status: int,
        body: str,
        *,
        kind: str = "text/html; charset=utf-8",
        etag: str | None = None,
    ) -> Page:
        raw = body.encode()
        self.fetched += len(raw)
        headers = [("content-type", kind), *([("etag", etag)] if etag else [])]
        return Page(
            url=request.url,
            final_url=request.url,
            status=status,
            reason="",
            headers=tuple(headers),
            request_headers=(("host", HOST),),
            raw=raw,
            body=raw,
            fetched_at=self.clock(),
            address="192.0.2.1",
        )

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _feed(self, now: datetime) -> str:
        live = [story for story in self.stories if story.first.published <= now][-30:]
        items = "".join(
            f"<item><title>{escape(s.text(now).title)}</title><link>{HOME}{s.path}?utm_source=rss</link>"
            f"<pubDate>{format_datetime(s.first.published)}</pubDate></item>"
            for s in reversed(live)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Coast Weekly</title>{items}</channel></rss>'

    # ------------------------------------------------------------------------------------------ pages

    def page(self, story: Story, text: Text, now: datetime) -> str:
        """The story as it is shown at `now`, behind everything that moves by itself."""
        look = (_semantic, _hashed, _micro)[self.plan.template(now)]
        return look(text, Around(now, story.number, self.rng, now >= self.plan.counter), story)


@dataclass
class Around:
    """What surrounds an article: some of it another at each request, some each hour, some each day."""

    now: datetime
    story: int
    request: random.Random
    counter: bool

    @property
    def hour(self) -> random.Random:
        """The same for an hour."""
        return random.Random(f"{self.now:%Y-%m-%d %H}")

    @property
    def day(self) -> random.Random:
        """The same for a day and a story."""
        return random.Random(f"{self.now:%Y-%m-%d} {self.story}")

    def banner(self) -> str:
        """A donation banner with a goal."""
        goal = f"Help us reach {self.hour.randint(100, 999)} new members this month."
        return f"<div class='support-banner'><p>{goal}</p><a href='/join'>Join us</a></div>"

    def cards(self, title: str) -> str:
        """Related stories."""
        numbers = [self.request.randint(1, 999) for _ in range(4)]
        links = "".join(
            f"<li><a href='/2026/01/x{n}'>Another story from {n % 90 + 2} streets</a></li>" for n in numbers
        )
        return f"<section class='related'><h3>{title}</h3><ul>{links}</ul></section>"

    def also(self) -> str:
        """A line between two paragraphs that points elsewhere."""
        link = f"<a href='/2026/02/y{self.day.randint(1, 99)}'>Why the ferries are late again</a>"
        return f"<p><strong>Read also: {link}</strong></p>"

    def widget(self) -> str:
        """A widget that no rule knows, in the middle of the text."""
        said = f"At breakfast {self.hour.randint(20, 900)} households had this page on the table."
        return f"<div class='q7'><p>{said}</p></div>" if self.counter else ""

    def comments(self) -> str:
        """How many readers have written."""
        count = f"<h3>{self.request.randint(0, 400)} comments</h3>"
        return f"<div class='comments'>{count}<p>Be kind, and stay with the subject.</p></div>"

    def token(self) -> str:
        """Something only a machine reads."""
        return f"<script>window.t='{self.request.getrandbits(64):x}';</script>"


def _lines(text: Text, around: Around, paragraph: str) -> str:
    made, also = [], around.day.randint(2, 4)
    for n, (kind, line) in enumerate(text.blocks):
        tag = "h2" if kind == "subheading" else paragraph
        made.append(f"<{tag}>{escape(line)}</{tag.split()[0]}>")
        if n == also:
            made.append(around.also())
        if n == 1:
            made.append(around.widget())
    return "".join(made)


def _data(text: Text) -> str:
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text.title,
        "datePublished": text.published.isoformat(),
        "dateModified": text.modified.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in text.authors],
    }
    return f"<script type='application/ld+json'>{json.dumps(told)}</script>"


def _semantic(text: Text, around: Around, story: Story) -> str:
    title, minutes = escape(text.title), around.request.randint(1, 59)
    head = f"<title>{title} - Coast Weekly</title>{_data(text)}<link rel='canonical' href='{HOME}{story.path}'>"
    figure = f"<figure><img src='/i/{minutes}.jpg'><figcaption>{escape(text.caption)}</figcaption></figure>"
    return (
        f"<!doctype html><html lang='en'><head>{head}</head><body><header><a href='/'>Coast Weekly</a></header>"
        f"{around.banner()}<main><article><h1>{title}</h1><p class='subtitle'>{escape(text.subtitle)}</p>"
        f"<p class='byline'>By {escape(text.authors[0])} · {minutes} minutes ago</p>{figure}"
        f"<div class='article-body'>{_lines(text, around, 'p')}<p class='edition'>{EDITION}</p></div>"
        f"<div class='tags'><a href='/t/coast'>coast</a></div></article>{around.cards('Most read')}{around.comments()}"
        f"</main><footer><p>All rights reserved.</p></footer>{around.token()}</body></html>"
    )


def _hashed(text: Text, around: Around, story: Story) -> str:
    build, title = f"x{around.hour.getrandbits(24):06x}", escape(text.title)
    head = f"<meta property='og:title' content=\"{title}\">{_data(text)}<title>{title} | Coast Weekly</title>"
    lines = _lines(text, around, f"p class={build}p")
    figure = f"<figure><picture><img src='/i.webp'></picture><figcaption>{escape(text.caption)}</figcaption></figure>"
    return (
        f"<!doctype html><html lang='en'><head>{head}</head><body><div id='app'>"
        f"<div class='{build}a'><a href='/'>Home</a></div><div class='{build}b'><div class='{build}c'><h1>{title}</h1>"
        f"<h2 class='standfirst'>{escape(text.subtitle)}</h2>"
        f"<div class='author-line'><a href='/author/1' rel='author'>{escape(text.authors[0])}</a></div>{figure}"
        f"<div class='{build}d'><div class='{build}e'>{lines}<p class='edition'>{EDITION}</p></div></div></div>"
        f"<div class='{build}f'>{around.cards('More from the coast')}{around.banner()}</div></div></div>"
        f"{around.token()}</body></html>"
    )


def _micro(text: Text, around: Around, story: Story) -> str:
    when, title = text.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), escape(text.title)
    figure = f"<figure><img src='/z.jpg' alt='road'><figcaption>{escape(text.caption)}</figcaption></figure>"
    form = "<form><label>Your e-mail</label><input type='email'><button>Sign up</button></form>"
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{_data(text)}</head>"
        "<body><aside class='menu'><a href='/'>Home</a></aside>"
        f"<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop='headline'>{title}</h1>"
        f"<p class='lead' itemprop='description'>{escape(text.subtitle)}</p>"
        f"<span itemprop='author'>{escape(text.authors[0])}</span>"
        f"<time itemprop='datePublished' datetime='{when}'>{around.request.randint(2, 40)} days ago</time>{figure}"
        f"<section itemprop='articleBody'>{around.banner()}{_lines(text, around, 'p')}"
        f"<p class='edition'>{EDITION}</p></section></div>{around.cards('You may like')}"
        f"<div class='newsletter'>{form}</div>{around.comments()}{around.token()}</body></html>"
    )
