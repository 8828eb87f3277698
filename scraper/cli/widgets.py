"""`scraper widgets`: what the archive has learnt to be no article, on one outlet's pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import as_json, count, folder, opened, places, put, put_json, reading, stamp
from scraper.cli.completing import held
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.widgets import Decision, Widget


@click.command(no_args_is_help=True, short_help="What was learnt to be a widget on an outlet's pages.")
@click.argument("outlet", shell_complete=held)
@click.option("--learn", is_flag=True, help="Look for new ones now; the daemon does it each night.")
@click.option("--dry-run", is_flag=True, help="With --learn: say what would be learnt, and keep nothing.")
@click.option("--forget", metavar="ID", help="Leave this one in the text again, and do not learn it anew.")
@click.option("--history", is_flag=True, help="List all decisions, also those taken back.")
@as_json
@places
def widgets(outlet: str, json_: bool, archive: Path, config: Path, **options: object) -> None:
    """List the widgets that were learnt on the pages of OUTLET, with the evidence.

    A widget recurs around many articles in a box of its own, or changes at every
    look. Once learnt, captures from its first day on are read without it. That is
    a revision of the reading, never an edit, and can be taken back.

    \b
    scraper widgets example.org
    scraper widgets example.org --forget 1f0a93c2
    """
    if options["learn"]:
        found = asyncio.run(_learn(outlet, (archive, folder(config)), dry_run=bool(options["dry_run"])))
        _show(found, json_=json_, none="nothing new to learn")
    elif forget := options["forget"]:
        asyncio.run(_forget(outlet, str(forget), (archive, folder(config))))
    elif options["history"]:
        with reading(archive) as store:
            for decision in store.decisions(outlet):
                put_json(decision) if json_ else put(_decision(decision))
    else:
        with reading(archive) as store:
            _show(store.widgets(outlet), json_=json_, none="none learnt")


def _show(found: list[Widget], *, json_: bool, none: str) -> None:
    for widget in found:
        if json_:
            put_json({"id": widget.id, "outlet": widget.outlet, "kind": widget.kind, "pattern": widget.pattern,
                      "since": widget.since, "evidence": widget.evidence})  # fmt: skip
            continue
        put(f"{widget.id}  {widget.kind}  since {widget.since}")
        put(f"  {widget.pattern}")
        for line in widget.evidence:
            put(f"    {line}")
    if not found and not json_:
        put(none)


def _decision(made: Decision) -> str:
    return f"{made.number:03d}  {stamp(made.at)}  {made.decision:6}  {made.widget.id}  {made.widget.pattern}"


async def _learn(name: str, where: tuple[Path, Path | None], *, dry_run: bool) -> list[Widget]:
    from scraper import log
    from scraper.pipeline.learning import learn_widgets

    log.setup(level="warning")
    async with opened(*where) as open_:
        outlet = open_.services.outlets.get(name)
        if outlet is None:
            raise UsageError(f"{name} has no file in config/outlets; `scraper outlets` lists those that have")
        return await learn_widgets(open_.services, outlet, dry_run=dry_run)


async def _forget(name: str, widget_id: str, where: tuple[Path, Path | None]) -> None:
    async with opened(*where) as open_:
        outlet = open_.services.outlets.get(name)
        held = {widget.id: widget for widget in open_.archive.widgets(name)}
        if widget_id not in held:
            known = count(len(held), "widget")
            raise UsageError(f"{name} has no widget {widget_id}; `scraper widgets {name}` lists its {known}")
        home = outlet.home if outlet else f"https://{name}/"
        open_.archive.decide_widget(held[widget_id], "forget", home)
        put(f"forgotten: {held[widget_id].pattern}")
        put(f"`scraper reread --outlet {name}` puts it back into the texts it was left out of")
