"""`scraper extract`: read a saved page, without the network and without an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import folder, load, places, put, put_text

if TYPE_CHECKING:
    from scraper.article import Article
    from scraper.model import Outlet


@click.command(no_args_is_help=True)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="Where the page was found.")
@click.option("--content-type", help="The Content-Type it came with.")
@click.option("--explain", is_flag=True, help="What was dropped by which rule; where each field came from.")
@click.option("--json", "json_", is_flag=True, help="As the sidecar in the archive has it.")
@places
def extract(
    file: Path, url: str, content_type: str | None, explain: bool, json_: bool, archive: Path, config: Path
) -> None:
    """Extract the article of a saved HTML or PDF FILE; no network.

    --json prints what a sidecar says of an article, as it is written there: one
    object over several lines, keys sorted, indented by two spaces.

    \b
    scraper extract page.html --url https://example.org/a-story --explain
    """
    from scraper import extract as read
    from scraper import urls

    outlet = _outlet(config, urls.parse(url))
    article = read(file.read_bytes(), urls.parse(url), content_type=content_type, outlet=outlet)
    if json_:
        from scraper.store.sidecar import article_json, dumps

        click.echo(dumps(article_json(article)), nl=False)
    else:
        put_text(article.text)
    if explain:
        _explain(article)


def _outlet(config: Path, url: str) -> Outlet | None:
    """The outlet's rules, if there is a configuration; without one extraction is generic."""
    return load(folder(config))[1].for_url(url)


def _explain(article: Article) -> None:
    """On stderr, so that the text itself can be piped on."""

    def say(line: str = "") -> None:
        put(line, err=True)

    say(f"\nkind {article.kind}, access {article.access or 'unknown'}, reading {article.reading}")
    for line in (*article.evidence, *(f"flag {flag}" for flag in article.flags)):
        say(f"  {line}")
    if article.first_page:
        say(f"  a later page; the article begins at {article.first_page}")
    if article.next_page:
        say(f"  only this page was read; the article goes on at {article.next_page}")
    say("\nfields")
    for name, origin in sorted(article.origins.items()):
        say(f"  {name:12} {origin}")
    say("\ndropped")
    for piece in article.dropped:
        say(f"  {piece.rule:24} {piece.text[:100]}")
