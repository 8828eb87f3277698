"""`scraper outlets check NAME --live`: what an outlet's file brings, on the site itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any, Final

from scraper.cli.common import count, opened, put, put_json
from scraper.cli.progress import told
from scraper.errors import FetchError, UsageError
from scraper.text import clean

if TYPE_CHECKING:
    from scraper.pipeline.trying import Sample, Tried

ARTICLES: Final = 5
WIDTH: Final = 80


async def live(name: str, places: tuple[Path, Path], *, json_: bool) -> int:
    """Try the sources of the outlet and its newest articles, and say what comes; 1 if something does not work."""
    from scraper import log
    from scraper.pipeline import trying

    log.setup(level="warning")
    async with opened(*places) as open_:
        services = told(open_.services)
        outlet = services.outlets.get(name.removesuffix(".toml"))
        if outlet is None:
            raise UsageError(f"{name} is no outlet of {places[1]}; `scraper outlets` lists them")
        works = await _robots(open_.client.sitemaps, outlet.home, json_=json_)
        tried = []
        for source in outlet.sources:
            tried.append(await trying.source(services, outlet, source))
            _tell_source(tried[-1], json_=json_)
        for url in trying.newest(tried, ARTICLES):
            sample = await trying.article(services, outlet, url)
            works = works and sample.why is None
            _tell_article(sample, json_=json_)
    if not outlet.sources and not json_:
        put("sources   none: nothing is announced, and nothing will be archived")
    return int(not (works and tried and all(one.works for one in tried)))


async def _robots(ask: Any, home: str, *, json_: bool) -> bool:
    """Whether robots.txt could be had."""
    why = None
    try:
        await ask(home)
    except FetchError as error:
        why = error.said
    if json_:
        put_json({"robots": home, "why": why})
    else:
        _line("robots", why or "could be read; what it forbids is said below")
    return why is None


def _tell_source(one: Tried, *, json_: bool) -> None:
    number = len(one.round.sightings) if one.round else 0
    if json_:
        put_json({"source": one.source.url, "kind": one.source.kind, "articles": number, "why": one.why})
        return
    _line(one.source.kind, one.source.url)
    _line("", one.why or count(number, "article"))


def _tell_article(one: Sample, *, json_: bool) -> None:
    found = _shape(one)
    if json_:
        put_json(found)
        return
    put()
    _line("article", one.url)
    for key in ("why", "title", "authors", "published", "words", "first", "last", "dropped", "flags"):
        if value := found[key]:
            _line({"why": "not kept"}.get(key, key), _said(value))


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{rule} ×{number}" if number > 1 else rule for rule, number in value.items())
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _shape(one: Sample) -> dict[str, Any]:
    """What would be stored of it; keys as in the lines for people."""
    article = one.article
    lines = article.body.splitlines() if article else []
    dropped = Counter(piece.rule for piece in article.dropped) if article else Counter[str]()
    return {
        "article": one.url, "why": one.why, "title": article.title if article else None,
        "authors": list(article.authors) if article else [],
        "published": article.published.isoformat() if article and article.published else None,
        "words": sum(len(line.split()) for line in lines), "first": lines[0] if lines else None,
        "last": lines[-1] if lines else None, "dropped": dict(dropped.most_common()),
        "flags": list(article.flags) if article else [],
    }  # fmt: skip


def _line(word: str, text: str) -> None:
    """A word and what it is, in 80 columns: long texts are cut, addresses never."""
    text = clean(text)
    if " " in text:
        text = shorten(text, 3 * (WIDTH - 10), placeholder=" …")
    put(fill(text, WIDTH, initial_indent=f"{word:9} ", subsequent_indent=" " * 10,
             break_long_words=False, break_on_hyphens=False))  # fmt: skip
