"""`scraper run`: the daemon."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import Open, load, one_error, opened, places
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.limits import Shortage
    from scraper.notices import Notice
    from scraper.notifying import Teller
    from scraper.telling import Rules
    from scraper.web import Alarms


@click.command()
@click.option("--role", default="all", show_default=True, metavar="ROLES",
              help="What this process does: all, or some of scheduler,worker,web.")  # fmt: skip
@places
def run(role: str, archive: Path, config: Path) -> None:
    """Watch the outlets in config/ and archive every text they show.

    Looks at feeds, sitemaps and front pages on schedule, visits articles when they
    are due, keeps to each host's pace, and takes up changes in config/ by itself.
    SIGTERM or Ctrl-C ends it cleanly; a killed one is repaired at the next start.

    \b
    scraper run
    scraper run --config /etc/scraper --archive /srv/news
    """
    import structlog

    from scraper import log, settings

    # As long as nothing runs there is nothing to end cleanly: what was begun is repaired by the next start.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    values, _ = load(config)
    log.setup(values.log.format, values.log.level)
    if why := settings.exposed(config):
        structlog.get_logger().warning("secret-exposed", why=why)
    with one_error():
        asyncio.run(_run(_roles(role), archive, config))


def _roles(given: str) -> frozenset[str]:
    from scraper.daemon import ROLES

    words = frozenset(filter(None, (word.strip() for word in given.split(","))))
    unknown = words - {"all", *ROLES}
    if unknown or not words:
        raise UsageError(f"--role {given}: {', '.join(sorted(unknown)) or 'empty'}; known are all, {', '.join(ROLES)}")
    return frozenset(ROLES) if "all" in words else words


def _rules(open_: Open, config: Path) -> Rules:
    """All that is to be told. Raises UsageError for a rule whose service is not known."""
    from scraper.notifying import FOLDER, Sender, Teller
    from scraper.store.library import FileLibrary
    from scraper.store.slips import Slips
    from scraper.telling import Rulebook, Rules

    library, desk = FileLibrary(open_.archive), Slips(open_.archive.root, FOLDER)
    client, now, public = open_.client, open_.services.now, open_.settings.serve.public

    def make(notice: Notice) -> Teller:
        return Teller(notice, library, desk, Sender([notice], client, now), public)

    return Rules(Rulebook(config, open_.settings.notify, say=True), make, now)


def _alarms(open_: Open, config: Path) -> Alarms:
    """What the web side is told of besides the archive. It may be a process of its own, without the rules at work."""
    from scraper.notifying import FOLDER, state
    from scraper.store.slips import Slips
    from scraper.telling import Rulebook
    from scraper.web import Alarms

    book, desk = Rulebook(config, open_.settings.notify), Slips(open_.archive.root, FOLDER)
    return Alarms(open_.settings.archive.low_water, lambda: [state(desk, one.name) for one in book.current()])


def _lookers() -> int:
    """How many connections the web side may have beside all requests of the fetcher."""
    from scraper import limits
    from scraper.connections import AT_ONCE
    from scraper.fetch.policy import FetchPolicy

    return limits.connections_at_once(AT_ONCE, limits.requests_at_once(FetchPolicy().connections))


def _shortage(open_: Open) -> Shortage | None:
    """Why nothing may be kept for now. Raises ArchiveTaken if nothing may any more."""
    from scraper import limits

    open_.archive.check_lease()
    return limits.shortage(open_.archive.root, open_.settings.archive.low_water, datetime.now(UTC))


async def _run(roles: frozenset[str], archive: Path, config: Path) -> None:
    import anyio
    import structlog

    from scraper import limits
    from scraper.daemon import Daemon
    from scraper.following import keep_up
    from scraper.minding import FOLDER, keep_minding
    from scraper.store.slips import Slips
    from scraper.web import Web, address_of, listen_on

    limits.one_heap()
    async with opened(archive, config) as open_:
        rules, shapes = _rules(open_, config), Slips(open_.archive.root, FOLDER)
        serve = open_.settings.serve
        with open_.archive.hold_daemon_lock(roles):
            web = listen_on(serve.bind) if "web" in roles else None
            if web:
                structlog.get_logger().info("listening", address=address_of(web))
            if "scheduler" in roles and not open_.services.outlets:
                structlog.get_logger().warning(
                    "nothing-to-watch", hint="`scraper outlets add https://…` lists an outlet"
                )
            for repair in open_.archive.repairs:
                structlog.get_logger().warning("repaired", what=repair)
            daemon = Daemon(
                open_.services,
                config,
                visits=open_.settings.visits,
                roles=roles,
                maintain=lambda: open_.archive.write_manifests(datetime.now(UTC).date()),
                shortage=lambda: _shortage(open_),
                probe=open_.archive.check_writable,
            )
            async with anyio.create_task_group() as beside:
                if roles & {"scheduler", "web"}:
                    beside.start_soon(keep_up, open_.archive.search, open_.services, daemon)
                if "scheduler" in roles:
                    beside.start_soon(keep_minding, open_.archive, shapes, open_.services, daemon)
                    beside.start_soon(rules.keep_telling, daemon)
                alarms, most = _alarms(open_, config), _lookers()
                side = Web(daemon, open_.archive, serve, web, alarms=alarms, at_once=most) if web else None
                await daemon.run(side.served if side else None)
                beside.cancel_scope.cancel()
