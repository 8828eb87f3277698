"""`scraper fetch`: archive these URLs now."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import click

from scraper.cli.common import Open, as_json, folder, one_error, opened, places, put, put_json, put_text
from scraper.errors import ArchiveDamaged, ArchiveError, ArchiveUnwritable, UrlError, UsageError

if TYPE_CHECKING:
    from scraper.model import Snapshot
    from scraper.pipeline import Outcome

DONE = frozenset({"new", "same", "edited", "gone", "back"})


@click.command(no_args_is_help=True, short_help="Fetch URLs now and archive them.")
@click.argument("urls", nargs=-1, required=True)
@click.option("--print", "print_", is_flag=True, help="Print the text that is kept now.")
@click.option("--force", is_flag=True, help="Ask for the whole page, whatever is known of it.")
@as_json
@places
def fetch(urls: tuple[str, ...], print_: bool, force: bool, json_: bool, archive: Path, config: Path) -> None:
    """Fetch URLs now and archive them; `-` reads them from stdin, one a line.

    Any article can be fetched, of a listed outlet or not, also where there is no
    configuration. This may be done while `scraper run` is at work: both keep to
    the same pace and the same archive.

    \b
    scraper fetch https://example.org/2026/11/22/a-story/
    scraper fetch --json - < urls.txt
    """
    if print_ and json_:
        raise UsageError("--print and --json cannot be combined; `scraper show --json URL` prints a text as JSON")
    places = (archive, folder(config))
    code = asyncio.run(_fetch(list(_given(urls)), print_=print_, force=force, json_=json_, places=places))
    raise click.exceptions.Exit(code)


def _given(urls: tuple[str, ...]) -> Iterator[str]:
    for url in urls:
        if url == "-":
            yield from filter(None, map(str.strip, sys.stdin))
        else:
            yield url


async def _fetch(urls: list[str], *, print_: bool, force: bool, json_: bool, places: tuple[Path, Path | None]) -> int:
    from scraper import limits, log
    from scraper import urls as addresses

    log.setup(level="warning")  # what happened to each URL is said on its own line
    bad = 0
    by_host: dict[str, list[str]] = {}
    for url in urls:
        try:
            by_host.setdefault(addresses.host(addresses.parse(url)), []).append(url)
        except UrlError as error:
            if len(urls) == 1:
                raise
            bad = 2
            put(f"scraper: {error}", err=True)
    outcomes: list[Outcome] = []
    async with opened(*places) as open_:
        if short := limits.shortage(open_.archive.root, open_.settings.archive.low_water, datetime.now(UTC)):
            raise ArchiveUnwritable(places[0], short.why)

        async def one_host(mine: list[str]) -> None:
            for url in mine:
                outcome = await _visit(open_, addresses.canonical(url), force=force)
                latest = await _latest(open_, outcome)
                outcomes.append(outcome)
                _report(replace(outcome, url=url, snapshot=latest.path if latest else outcome.snapshot), json_=json_)
                if print_ and outcome.article_id:
                    put_text(latest.article.text if latest else "")

        with one_error():
            async with anyio.create_task_group() as tasks:
                for mine in by_host.values():
                    tasks.start_soon(one_host, mine)
    return bad or int(any(o.verdict not in DONE for o in outcomes))


async def _visit(open_: Open, url: str, *, force: bool) -> Outcome:
    """One visit, whatever happens in it."""
    import structlog

    from scraper.pipeline import Outcome, visit_now

    log = structlog.get_logger()
    try:
        return await visit_now(open_.services, url, force=force)
    except ArchiveError:
        raise
    except Exception as error:  # the host's net: a bug met on one page must not keep the other addresses waiting
        log.exception("visit-broke", url=url, error=repr(error))
        return Outcome(url, None, "failed", reason=f"internal: {type(error).__name__}")


async def _latest(open_: Open, outcome: Outcome) -> Snapshot | None:
    """What is kept now, also of an article whose visit needed no look at it; None if it cannot be read."""
    if outcome.article_id is None:
        return None
    try:
        return await open_.services.store(open_.archive.latest, outcome.article_id)
    except ArchiveDamaged:
        return None


def _report(outcome: Outcome, *, json_: bool) -> None:
    if json_:
        put_json(outcome)
        return
    flags = f" [{', '.join(outcome.flags)}]" if outcome.flags else ""
    if outcome.snapshot and outcome.verdict in DONE:
        why = ", ".join(outcome.edit.kinds) if outcome.edit else outcome.reason if outcome.verdict == "gone" else None
        put(f"{outcome.verdict:8} {outcome.title or outcome.url}{f' ({why})' if why else ''}{flags}")
        put(f"         {outcome.snapshot}")
    else:
        put(f"{outcome.verdict:8} {outcome.url}: {outcome.reason or 'nothing new'}{flags}")
    if outcome.retry_at and outcome.verdict not in DONE:
        put(f"         again from {outcome.retry_at:%Y-%m-%d %H:%M:%S} UTC")
