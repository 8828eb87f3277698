"""The demo's pages: an article's text within this visit's surroundings. Templates lie beside this file; pure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from random import Random
from string import Template
from typing import Any, Final

from scraper.demo.outlets import NAMES
from scraper.demo.stories import State

_LOOKS: Final = {"harbourpost.example": "harbour", "valleycourier.example": "courier", "northwire.example": "wire"}
_MONTHS: Final = ("January", "February", "March", "April", "May", "June",
                  "July", "August", "September", "October", "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """An article as it stands."""

    url: str
    host: str
    section: str
    published: datetime
    modified: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Noise:
    """What chooses the surroundings of one visit; `count` makes counters run."""

    rng: Random
    count: int

    def words(self) -> dict[str, str]:
        """Everything around the text, escaped."""
        said, rng = _noise(), self.rng
        count, small = str(11_500 + 7 * self.count), str(100 + 3 * self.count)
        title, text, button = rng.choice(said["appeals"])
        letter, letter_text = rng.choice(said["letters"])
        following = rng.choice(said["ticker"])
        plain = {
            "banner": " ".join(rng.choice(said["banners"])),
            "appeal_title": title,
            "appeal": text,
            "button": button,
            "letter": letter,
            "letter_text": letter_text,
            "next_title": following[0],
            "next_text": following[1],
            "online": str(rng.randint(20, 900)),
            "small": small,
            "nonce": f"{rng.getrandbits(64):016x}",
            "build": f"{rng.getrandbits(32):08x}",
            "minutes": str(rng.randint(1, 4)),
            "length": f"{rng.randint(1, 4)}:{rng.randint(10, 59)}",
        }
        done = {key: escape(value.replace("{count}", count).replace("{small}", small)) for key, value in plain.items()}
        done["ticker"] = "".join(map(self._item, rng.sample(said["ticker"], rng.randint(2, 4))))
        done["popular"] = "".join(f"<li><a href='/x/'>{escape(t)}</a></li>" for t in rng.sample(said["popular"], 3))
        return done

    def _item(self, item: Sequence[str]) -> str:
        at = f"{self.rng.randint(1, 12)}:{self.rng.randint(10, 59)} {self.rng.choice(('AM', 'PM'))}"
        return (
            f'<div class="news-feed__item"><time>{at}</time><h4><a href="/x/">{escape(item[0])}</a></h4>'
            f"<p>{escape(item[1])}</p></div>"
        )


@cache
def _noise() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("noise.toml").read_text(encoding="utf-8"))


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath("pages", name).read_text(encoding="utf-8"))


def article(subject: Subject, noise: Noise) -> str:
    """The page of an article, as one visitor gets it."""
    state, look = subject.state, _LOOKS[subject.host]
    day = subject.published
    words = noise.words() | {
        "site": escape(NAMES[subject.host]),
        "title": escape(state.title),
        "subtitle": f"<h2>{escape(state.subtitle)}</h2>" if state.subtitle else "",
        "authors": " and ".join(f'<a rel="author" href="/author/">{escape(name)}</a>' for name in state.authors),
        "url": escape(subject.url),
        "published": day.isoformat(),
        "modified": subject.modified.isoformat(),
        "day": day.date().isoformat(),
        "date": f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
        "jsonld": _jsonld(subject),
        "figure": _figure(look, state),
        "body": "\n".join(_with_inserts(_blocks(state.body, look), look, noise.rng, NAMES[subject.host])),
    }
    return _template(f"{look}/page.html").substitute(words)


def _figure(look: str, state: State) -> str:
    if not state.caption:
        return ""
    return _template(f"{look}/figure.html").substitute(
        image="/images/lead.jpg", caption=escape(state.caption), credit=escape(state.credit or "")
    )


def _jsonld(subject: Subject) -> str:
    state = subject.state
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": state.title,
        "url": subject.url,
        "datePublished": subject.published.isoformat(),
        "dateModified": subject.modified.isoformat(),
        "articleSection": subject.section,
        "author": [{"@type": "Person", "name": name} for name in state.authors],
        "publisher": {"@type": "Organization", "name": NAMES[subject.host]},
        "isAccessibleForFree": True,
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _blocks(body: Sequence[str], look: str) -> list[str]:
    """The text as HTML, one element a paragraph; a list is one element."""
    done = []
    for kind, run in groupby(body, key=_mark):
        texts = [escape(text[len(kind) :]) for text in run]
        if kind == "- ":
            done.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            tag = {"## ": "h2", "> ": "blockquote"}.get(kind, "p")
            done.extend(f"<{tag}>{text}</{tag}>" for text in texts)
    if look == "courier":
        return [
            f'<div data-id="article-block-type" class="article__block article__block--html">{b}</div>' for b in done
        ]
    return done


def _mark(text: str) -> str:
    return next((mark for mark in ("## ", "- ", "> ") if text.startswith(mark)), "")


def _with_inserts(blocks: list[str], look: str, rng: Random, site: str) -> list[str]:
    """The text with a related card and an offer between two of its paragraphs, wherever they fall this time."""
    said = _noise()
    done = list(blocks)
    for name, title, text in (("card", *rng.choice(said["cards"])), ("insert", *rng.choice(said["letters"]))):
        if rng.random() < 0.8:
            piece = _template(f"{look}/{name}.html").substitute(
                title=escape(title), text=escape(text), link="/x/", site=escape(site)
            )
            done.insert(rng.randint(1, len(done)), piece)
    return done


# ------------------------------------------------------------------------------------------------ lists


def front(host: str, subjects: Sequence[Subject], noise: Noise) -> str:
    """The front page."""
    teasers = "\n".join(
        f'<div class="teaser"><h2><a href="{escape(s.url)}">{escape(s.state.title)}</a></h2></div>' for s in subjects
    )
    words = noise.words() | {"site": escape(NAMES[host]), "home": f"http://{host}/", "teasers": teasers}
    return _template("front.html").substitute(words)


def feed(host: str, subjects: Sequence[Subject]) -> str:
    """The feed: RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(s.state.title)}</title><link>{escape(s.url)}</link><guid>{escape(s.url)}</guid>"
        f"<pubDate>{format_datetime(s.published)}</pubDate></item>\n"
        for s in subjects
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{escape(NAMES[host])}</title>'
        f"<link>http://{host}/</link><description>News</description>\n{items}</channel></rss>\n"
    )


def news_sitemap(host: str, subjects: Sequence[Subject]) -> str:
    """The news sitemap."""
    name = escape(NAMES[host])
    entries = "".join(
        f"<url><loc>{escape(s.url)}</loc><news:news><news:publication><news:name>{name}</news:name>"
        f"<news:language>en</news:language></news:publication>"
        f"<news:publication_date>{s.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(s.state.title)}</news:title></news:news></url>\n"
        for s in subjects
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )


def robots(host: str) -> str:
    """What robots may do, and where the sitemap is."""
    return f"User-agent: *\nDisallow: /search/\n\nSitemap: http://{host}/sitemap-news.xml\n"


def gone(host: str) -> str:
    """The page for what is not there."""
    name = escape(NAMES[host])
    head = f"<!doctype html><html lang='en'><head><title>Not here - {name}</title></head>"
    return f"{head}<body><h1>Not here</h1><p>There is no such page, or there is none any more.</p></body></html>\n"


def index(hosts: Sequence[str]) -> str:
    """For a browser that comes to the bare address: where the outlets are."""
    links = "".join(f'<li><a href="/live/{host}/">{escape(NAMES[host])}</a></li>' for host in hosts)
    return (
        f"<!doctype html><html lang='en'><head><title>Demo outlets</title></head><body><ul>{links}</ul></body></html>\n"
    )
