"""`scraper outlets` and `scraper discover`: what is watched, whether its files are right, what it announces now."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from scraper.cli import colours
from scraper.cli.adding import add
from scraper.cli.common import as_json, count, load, opened, places, put, put_json
from scraper.cli.completing import listed
from scraper.cli.progress import told
from scraper.errors import ConfigError, FetchError, UsageError

if TYPE_CHECKING:
    from scraper.errors import Mistake
    from scraper.model import Round


@click.group(invoke_without_command=True)
@as_json
@places
@click.pass_context
def outlets(context: click.Context, json_: bool, archive: Path, config: Path) -> None:
    """List the outlets that are watched.

    \b
    scraper outlets
    scraper outlets check example.org
    scraper outlets add https://example.org/
    """
    context.obj = {name: context.params[name] for name in ("json_", "archive", "config") if _is_typed(context, name)}
    if context.invoked_subcommand:
        return
    known = load(config)[1]
    for outlet in known.values():
        if json_:
            put_json({"outlet": outlet.id, "name": outlet.name, "home": outlet.home, "language": outlet.language,
                      "timezone": outlet.timezone, "preset": outlet.preset,
                      "sources": [{"kind": s.kind, "url": s.url} for s in outlet.sources]})  # fmt: skip
        else:
            kinds = ", ".join(count(n, kind) for kind, n in Counter(s.kind for s in outlet.sources).items())
            wide = max(8, min(26, colours.columns() - 54))
            put(f"{outlet.id:24} {outlet.name[:wide]:{wide}} {kinds}")


@outlets.command(short_help="Validate the configuration, or one outlet's file.")
@click.argument("name", required=False, shell_complete=listed)
@click.option("--live", is_flag=True, help="Try its sources and five articles.")
@as_json
@places
def check(name: str | None, live: bool, json_: bool, archive: Path, config: Path) -> None:
    """Validate the configuration, or one outlet's file: every mistake with file and line.

    With --json, one object a mistake: file, line, word, message. Exit code 2 if
    there are any. With --live the outlet's site is asked too: its sources, and what
    would be stored of its five newest articles; nothing is stored. Exit code 1 if
    something does not work.

    \b
    scraper outlets check
    scraper outlets check example.org --live
    """
    (archive, config), json_ = inherited((archive, config), json_=json_)
    if live and name is None:
        raise UsageError("--live tries one outlet: `scraper outlets check NAME --live`")
    mistakes = _mistakes(config, name)
    if mistakes and not json_:
        raise ConfigError(tuple(mistakes))
    for mistake in mistakes:
        put_json(mistake)
    if mistakes:
        raise click.exceptions.Exit(2)
    if live and name:
        from scraper.cli.live import live as try_

        raise click.exceptions.Exit(asyncio.run(try_(name, (archive, config), json_=json_)))
    known = 1 if name else len(load(config)[1])
    if json_:
        put_json({"outlets": known, "mistakes": []})
    else:
        put(f"{name}: no mistakes" if name else f"{count(known, 'outlet')}, no mistakes")


outlets.add_command(add)


def inherited(places: tuple[Path, Path], *, json_: bool) -> tuple[tuple[Path, Path], bool]:
    """`--archive`, `--config` and `--json` of a subcommand, which may stand before its name as well."""
    context = click.get_current_context()
    given: dict[str, Path] = context.obj
    archive, config = (
        given.get(name, value) if not _is_typed(context, name) else value
        for name, value in zip(("archive", "config"), places, strict=True)
    )
    return (archive, config), json_ or "json_" in context.obj


def _is_typed(context: click.Context, option: str) -> bool:
    return context.get_parameter_source(option) is ParameterSource.COMMANDLINE


def _mistakes(config: Path, name: str | None) -> list[Mistake]:
    """Those in the file of the outlet `name`; without a name, in the outlets' files and in scraper.toml."""
    from scraper import outlets as files
    from scraper import settings

    found = files.check(config, name)
    if name is None:
        try:
            settings.load(config, os.environ)
        except ConfigError as error:
            found += error.mistakes
    return found


@click.command(no_args_is_help=True, short_help="Show what an outlet's sources announce now.")
@click.argument("outlet", shell_complete=listed)
@as_json
@places
def discover(outlet: str, json_: bool, archive: Path, config: Path) -> None:
    """Show what the sources of OUTLET announce now, without fetching articles.

    \b
    scraper discover example.org
    """
    raise click.exceptions.Exit(asyncio.run(_discover(outlet, json_=json_, places=(archive, config))))


async def _discover(name: str, *, json_: bool, places: tuple[Path, Path]) -> int:
    from scraper import log
    from scraper.discover import discover as look

    log.setup(level="warning")
    async with opened(*places) as open_:
        services = told(open_.services)
        outlet = services.outlets.get(name)
        if outlet is None:
            raise UsageError(f"{name} is no outlet of {places[1]}; `scraper outlets` lists them")
        failed = 0
        for source in outlet.sources:
            try:
                found = await look(outlet, source, None, services.fetcher.get, services.now(), run=services.reader.run)
            except FetchError as error:
                failed += 1
                put(f"scraper: {error}", err=True)
                continue
            _announce(found, json_=json_)
    return int(failed > 0)


def _announce(found: Round, *, json_: bool) -> None:
    if not json_:
        left = ", ".join(f"{number} {why}" for why, number in sorted(found.skipped.items()))
        notes = [count(len(found.sightings), "article")]
        notes += [f"left out: {left}"] if left else []
        put(f"{found.source.kind} {found.source.url}: {'; '.join([*notes, *_limits(found)])}")
    elif said := "; ".join(_limits(found)):
        put(f"scraper: {found.source.url}: {said}", err=True)
    for seen in found.sightings:
        if json_:
            put_json({"url": seen.url, "source": seen.source, "title": seen.title, "published": seen.published})
        else:
            when = f"{seen.published:%Y-%m-%d %H:%M}" if seen.published else " " * 16
            put(f"  {when}  {seen.url}")


def _limits(found: Round) -> list[str]:
    """Which limit a look met, and what of the source is not believed."""
    capped = [f"stopped at {found.capped}"] if found.capped else []
    return [*capped, f"not believed: {found.doubt}"] if found.doubt else capped
