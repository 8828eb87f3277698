"""Live pages in our own words, in the make of several kinds of content system: entries, and what stands around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from scraper import extract
from scraper.article import Article
from scraper.model import Outlet

URL = "https://paper.example/2026/03/flood-in-the-lower-town/"


@dataclass(frozen=True)
class Post:
    """One entry: its own name, when it was published, its heading and paragraphs."""

    name: str
    at: datetime
    heading: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """What a page shows besides its entries, and how: `ticks` minutes have passed, `round_` numbers the visit."""

    title: str = "Flood in the lower town: live"
    intro: str = "Water stands in the lower town since the morning. We report through the day from both banks."
    lang: str = "en"
    direction: str = "ltr"
    ago: str = "{n} min ago"
    ticks: int = 0
    round_: int = 0


START = datetime.fromisoformat("2026-03-01T08:00:00+01:00")
WORDS = (
    ("Bridge closed", "The old bridge was closed to all traffic at dawn, after the water had reached its lower beams."),
    ("School stays shut", "Children of the quay school are taught in the town hall until the cellars are dry again."),
    ("", "A pump from the neighbouring valley has arrived, the fire brigade says, and is being set up at the mill."),
    ("Mayor speaks", "“Nobody has been hurt, and that is what counts,” the mayor told reporters on the steps."),
    ("Power is back", "Some 340 houses west of the market have power again, the works said in a short notice."),
    ("Level falls", "The gauge at the weir shows 4.1 metres, 20 centimetres less than in the early morning."),
)  # fmt: skip


def posts(count: int = 6, words: Sequence[tuple[str, ...]] = WORDS) -> list[Post]:
    """Entries, the oldest first, forty minutes apart."""
    rows = [words[n % len(words)] for n in range(count)]
    return [
        Post(f"post-{7100 + 37 * n}", START + timedelta(minutes=40 * n), row[0], row[1:]) for n, row in enumerate(rows)
    ]


Template = Callable[[Sequence[Post], Scene], str]


def _shell(scene: Scene, head: str, main: str) -> str:
    return f"""<!doctype html><html lang="{scene.lang}" dir="{scene.direction}"><head><meta charset="utf-8">
<title>{escape(scene.title)} - The Harbour Paper</title>{head}</head><body>
<header><nav><a href="/">Home</a> <a href="/town/">Town</a> <a href="/sport/">Sport</a></nav></header>
<main>{main}</main>
<footer><p>The Harbour Paper, 4 Quay Street. Visit number {scene.round_ * 7919 % 1000}.</p></footer></body></html>"""


def _paragraphs(post: Post) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in post.texts)


def _ago(post: Post, scene: Scene) -> str:
    return scene.ago.format(n=3 + scene.ticks + (post.at.hour * 60 + post.at.minute) % 50)


def _data(items: Sequence[Post], *, full: bool) -> str:
    updates = [
        {
            "@type": "BlogPosting",
            "@id": f"{URL}#{post.name}",
            "datePublished": post.at.isoformat(),
            **({"headline": post.heading or post.texts[0][:40], "articleBody": "\n".join(post.texts)} if full else {}),
        }
        for post in items
    ]
    node = {
        "@context": "https://schema.org", "@type": "LiveBlogPosting", "url": URL, "headline": "Flood in the lower town",
        "datePublished": "2026-03-01T07:30:00+01:00", "author": {"@type": "Person", "name": "Ann Lee"},
        "liveBlogUpdate": updates,
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def _advert(scene: Scene, n: int) -> str:
    return (
        f'<div class="slot"><p>Advertisement</p><a href="https://shop.example/{scene.round_}{n}">Boots for all weather'
        f" now {scene.round_ + 20} per cent off, only until tonight at the harbour shop</a></div>"
    )


def _with_adverts(boxes: Sequence[str], scene: Scene) -> str:
    return "".join(box + (_advert(scene, n) if n % 2 else "") for n, box in enumerate(boxes))


def full(items: Sequence[Post], scene: Scene) -> str:
    """Everything declared; articles in a column, the newest first, relative times, share buttons, a byline each."""
    boxes = [
        f'<article class="live-update" id="{post.name}"><div class="live-update__meta">'
        f'<time datetime="{post.at.isoformat()}">{_ago(post, scene)}</time> '
        f'<span class="author-name">Ann Lee</span></div>'
        f'<h2 class="live-update__title"><a href="{URL}#{post.name}">{escape(post.heading)}</a></h2>'
        f'<div class="live-update__body">{_paragraphs(post)}</div>'
        f'<div class="share-bar"><a href="https://social.example/?u={post.name}">Share</a></div></article>'
        for post in reversed(items)
    ]
    column = f"<h1>{escape(scene.title)}</h1><p>{escape(scene.intro)}</p>"
    feed = f'<div class="live-feed">{_with_adverts(boxes, scene)}</div><button>Load more</button>'
    return _shell(scene, _data(items, full=True), column + feed)


def ids(items: Sequence[Post], scene: Scene) -> str:
    """Data with names and times only; the page itself says nothing but how long ago it was."""
    boxes = [
        f'<li><div id="{post.name}"><span class="when">{_ago(post, scene)}</span><h3>{escape(post.heading)}</h3>'
        f"{_paragraphs(post)}</div></li>"
        for post in reversed(items)
    ]
    main = f"<h1>{escape(scene.title)}</h1><p>{escape(scene.intro)}</p><ul>{''.join(boxes)}</ul>"
    return _shell(scene, _data(items, full=False), main)


def microdata(items: Sequence[Post], scene: Scene) -> str:
    """Everything in attributes; the newest first, a time of change beside that of publication."""
    boxes = [
        f'<section itemprop="liveBlogUpdate" itemscope itemtype="https://schema.org/BlogPosting" '
        f'data-post-id="{post.name}"><p class="stamp">Updated <time itemprop="dateModified" '
        f'content="2026-03-01T2{scene.round_ % 4}:00:00+01:00">now</time></p>'
        f'<meta itemprop="datePublished" content="{post.at.isoformat()}">'
        f'<time itemprop="datePublished" datetime="{post.at.isoformat()}">{_ago(post, scene)}</time>'
        f'<h3 itemprop="headline">{escape(post.heading)}</h3>'
        f'<div itemprop="articleBody">{_paragraphs(post)}</div></section>'
        for post in reversed(items)
    ]
    main = (
        f'<div itemscope itemtype="https://schema.org/LiveBlogPosting"><h1>{escape(scene.title)}</h1>'
        f"<p>{escape(scene.intro)}</p>{_with_adverts(boxes, scene)}</div>"
    )
    return _shell(scene, "", main)


def bare(items: Sequence[Post], scene: Scene) -> str:
    """No data at all, class names that are hashes; names in a hook, times for machines, the newest first."""
    boxes = [
        f'<div class="x{n * 977 % 8999:04x}k" data-entry-id="{post.name}"><div class="q81ab"><a href="#{post.name}">'
        f'<time datetime="{post.at.isoformat()}">{_ago(post, scene)}</time></a></div>'
        + (f'<h3 class="b7cc2">{escape(post.heading)}</h3>' if post.heading else "")
        + f'<div class="z19d0">{_paragraphs(post)}</div></div>'
        for n, post in enumerate(reversed(items))
    ]
    main = (
        f'<div class="a1b2c"><h1>{escape(scene.title)}</h1><p class="i9">{escape(scene.intro)}</p>'
        f'<div class="f00ba">{_with_adverts(boxes, scene)}</div></div>'
    )
    return _shell(scene, "", main)


def clock(items: Sequence[Post], scene: Scene) -> str:
    """No data and no names: a time of day on a line of its own, the oldest first, a rule between days."""
    form = {"ja": "{:%H時%M分}"}.get(scene.lang, "{:%H:%M}")
    boxes = [
        f'<div class="s{n % 2}"><span>{form.format(post.at)}</span>'
        + (f"<h4>{escape(post.heading)}</h4>" if post.heading else "")
        + f"{_paragraphs(post)}</div>"
        for n, post in enumerate(items)
    ]
    main = f"<h1>{escape(scene.title)}</h1><p>{escape(scene.intro)}</p><div>{_with_adverts(boxes, scene)}</div>"
    return _shell(scene, "", main)


def flat(items: Sequence[Post], scene: Scene) -> str:
    """No boxes: a heading with the time in it, paragraphs, the next heading, all in one column."""
    rows = [
        f'<h3 id="{post.name}"><time datetime="{post.at.isoformat()}">{post.at:%H:%M}</time> '
        f"{escape(post.heading)}</h3>"
        f"{_paragraphs(post)}"
        for post in reversed(items)
    ]
    main = f"<article><h1>{escape(scene.title)}</h1><p>{escape(scene.intro)}</p>{''.join(rows)}</article>"
    return _shell(scene, _data(items, full=False), main)


def script(items: Sequence[Post], scene: Scene) -> str:
    """Entries come by script: only the data have them."""
    main = f"<h1>{escape(scene.title)}</h1><p>{escape(scene.intro)}</p><div id='feed'></div>"
    return _shell(scene, _data([*reversed(items)], full=True), main)


NEWEST_FIRST: dict[str, Template] = {
    "full": full, "ids": ids, "microdata": microdata, "bare": bare, "flat": flat, "script": script,
}  # fmt: skip
TEMPLATES: dict[str, Template] = {**NEWEST_FIRST, "clock": clock}


def read(html: str, outlet: Outlet | None = None) -> Article:
    """The article on a live page."""
    return extract(html.encode(), URL, outlet=outlet)


def told(article: Article) -> list[tuple[str, ...]]:
    """The entries of an article in order: head line (if any) and texts, without what stands outside of entries."""
    found: dict[str, list[str]] = {}
    for block in article.blocks:
        if block.entry:
            found.setdefault(block.entry, []).append(block.text)
    return [tuple(texts) for texts in found.values()]
