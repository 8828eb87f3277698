"""`scraper search`: full text over all versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli import colours
from scraper.cli.common import as_json, count, moment, places, put, put_json, reading, stamp
from scraper.cli.completing import held
from scraper.cli.progress import Progress
from scraper.errors import UsageError
from scraper.text import printable

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

    from scraper.hits import Followed, Hit, Marked
    from scraper.interfaces import Searcher
    from scraper.query import Query

CATCH_UP = 2.0  # seconds that taking in what is new may delay a search
STRETCH = 0.5  # seconds
PAGE = 200  # hits asked for at once
WIDTH = 80


@click.command(no_args_is_help=True, context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("query", nargs=-1, required=True)
@click.option("--outlet", multiple=True, shell_complete=held, help="Of this outlet only; may be given several times.")
@click.option("--language", multiple=True, metavar="CODE", help="In this language only: en, de …")
@click.option("--since", metavar="WHEN", help="Published from this day on; or how long back: 7d.")
@click.option("--until", metavar="WHEN", help="Published before this day.")
@click.option("--version", "versions", metavar="WHICH",
              help="latest: what stands there now. all: each version by itself. A number: only there.")  # fmt: skip
@click.option("--removed", is_flag=True, help="Only what no longer stands in the last version.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, metavar="N",
              help="At most so many.")  # fmt: skip
@click.option("--catch-up", is_flag=True, help="First take in all that is new, however long it takes.")
@as_json
@places
def search(
    query: tuple[str, ...], limit: int, catch_up: bool, json_: bool, archive: Path, config: Path, **wanted: Any
) -> None:
    """Search the texts of all versions.

    \b
    scraper search harbour strike            both words, in any form
    scraper search '"harbour strike"'        exactly so
    scraper search 'ferry OR boat -rail'     either, and without
    scraper search 'harb* title:strike'      a beginning; in the headline
    scraper search --removed resign          what was taken out again

    One hit an article, with the versions in which it stands. docs/search.md has
    the whole language.
    """
    asked = _query(" ".join(query), **wanted)
    with reading(archive) as store:
        _say(_caught_up(store.search) if catch_up else store.search.follow(CATCH_UP))
        found, more = _hits(store.search, asked, limit)
    for hit in found:
        if json_:
            put_json(_data(hit))
        else:
            _show(hit)
    if not found:
        click.echo("nothing found", err=True)
    if more:
        put(f"scraper: there are more than {limit}; --limit shows more", err=True)


def _query(
    text: str,
    *,
    outlet: tuple[str, ...],
    language: tuple[str, ...],
    since: str | None,
    until: str | None,
    versions: str | None,
    removed: bool,
) -> Query:
    """The query with what the options add to it."""
    from scraper import query

    now = datetime.now(UTC)
    asked = query.parse(text).narrowed(
        outlets=tuple(query.outlet(name) for name in outlet),
        languages=tuple(query.language(code) for code in language),
        after=moment("--since", since, now).date() if since else None,
        before=moment("--until", until, now).date() if until else None,
    )
    if removed and asked.removed is False:
        raise UsageError("--removed and removed:no: nothing is both")
    asked = replace(asked, removed=True) if removed else asked
    return replace(asked, versions=query.versions(versions)) if versions else asked


def _hits(searcher: Searcher, asked: Query, limit: int) -> tuple[list[Hit], bool]:
    """So many hits, page by page, and whether there are more."""
    hits: list[Hit] = []
    cursor: str | None = None
    while True:
        page = searcher.find(asked, limit=min(PAGE, limit - len(hits)), cursor=cursor)
        hits += page.hits
        cursor = page.cursor
        if cursor is None or len(hits) >= limit:
            return hits, cursor is not None


def _caught_up(searcher: Searcher) -> Followed:
    """Take in all that is new, stretch by stretch, so that it can be said how far it is."""
    with Progress() as progress:
        done = searcher.follow(STRETCH)
        while done.behind and done.taken and not done.why:
            progress.tell(partial("{:,} versions to be taken in".format, done.behind))
            done = searcher.follow(STRETCH)
        # Whatever a stretch could not do.
        return searcher.follow(float("inf")) if done.behind and not done.why else done


def _say(followed: Followed) -> None:
    """What the search does not know, on stderr."""
    if followed.behind:
        why = f" ({followed.why})" if followed.why else "; --catch-up takes them in first"
        known = f"{count(followed.behind, 'version')} not yet searched{why}"
        put(f"scraper: {known}", err=True)
    if followed.damaged:
        damaged = count(followed.damaged, "version")
        put(f"scraper: {damaged} cannot be read and not be found; `scraper verify` names them", err=True)


# ------------------------------------------------------------------------------------------------ printing


def _show(hit: Hit) -> None:
    """A hit for a person, in lines of 80 columns, what was looked for in bold."""
    from rich.console import Console

    console = Console(
        width=colours.columns(WIDTH), highlight=False, soft_wrap=False, force_terminal=sys.stdout.isatty(), emoji=False
    )
    with console.capture() as drawn:
        for line in _lines(hit):
            console.print(line, soft_wrap=bool(getattr(line, "no_wrap", None)))  # an address stays whole
    # What fills a line up is nothing to look at, nor to copy.
    for row in drawn.get().splitlines():
        click.echo(row.rstrip())


def _lines(hit: Hit) -> Iterator[Text | Padding]:
    from rich.padding import Padding
    from rich.text import Text

    yield _text(hit.title) if hit.title.text else Text("no headline")
    yield Text(f"  {hit.outlet}  {_when(hit)}  {_versions(hit)}")
    yield Text(f"  {printable(hit.url)}", no_wrap=True, overflow="ignore")
    if hit.snippet is None:
        yield Text("    its text cannot be read; `scraper verify` says why")
    elif hit.snippet.text:
        yield Padding(_text(hit.snippet), (0, 0, 0, 4), expand=False)
    yield Text()


def _text(marked: Marked) -> Text:
    """A text with what was looked for in bold: nothing in it can steer the terminal."""
    from rich.text import Text

    text = Text("" if marked.begins else "… ")
    for piece, found in marked.runs:
        text.append(printable(piece), style="bold" if found else "")
    return text if marked.ends else text.append(" …")


def _when(hit: Hit) -> str:
    at = hit.published
    return at.date().isoformat() if isinstance(at, datetime) else str(at or hit.day)


def _versions(hit: Hit) -> str:
    """`versions 0–2, 4 of 0–7; removed in 5`."""
    rows = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in hit.versions)
    noun = "version" if len(hit.versions) == 1 and hit.versions[0][0] == hit.versions[0][1] else "versions"
    removed = "" if hit.removed_in is None else f", removed in version {hit.removed_in}"
    gone = f", gone since {hit.gone_since:%Y-%m-%d}" if hit.gone_since else ""
    return f"{noun} {rows}{removed}{gone}"


def _data(hit: Hit) -> dict[str, object]:
    """A hit for a program. Marks are pairs of character offsets into the text they belong to."""
    snippet = hit.snippet
    return {
        "article_id": hit.article_id,
        "outlet": hit.outlet,
        "url": hit.url,
        "title": hit.title.text,
        "title_marks": hit.title.marks,
        "language": hit.language,
        "day": hit.day,
        "published": _iso(hit.published),
        "version": hit.version,
        "captured_at": hit.captured_at,
        "versions": hit.versions,
        "latest": hit.latest,
        "removed_in": hit.removed_in,
        "gone_since": hit.gone_since,
        "snippet": snippet.text if snippet else None,
        "snippet_field": snippet.field if snippet else None,
        "snippet_marks": snippet.marks if snippet else (),
    }


def _iso(at: datetime | date | None) -> str | None:
    return stamp(at) if isinstance(at, datetime) else at.isoformat() if at else None
