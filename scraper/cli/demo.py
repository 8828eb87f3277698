"""`scraper demo`: the whole thing on this machine, without the internet."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import anyio
import click

from scraper.cli.common import Open, opened, put
from scraper.errors import UsageError

if TYPE_CHECKING:
    import socket

    from scraper.demo.past import Past
    from scraper.demo.show import Row
    from scraper.demo.site import DemoSite, Truth
    from scraper.interfaces import Frontier
    from scraper.model import Due, Snapshot
    from scraper.serve.site import Notice

# Young articles are looked at every ten minutes; here that is every few seconds.
HASTE = 150
FIRST = 1.0  # second that belongs to the pages alone
AGAIN = 3  # seconds after which a browser asks for the newest edits anew


@click.command()
@click.option("--seconds", type=click.IntRange(5, 3600),
              help="How long at most.  [default: 150; on a terminal 900]")  # fmt: skip
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path),
              help="Keep both here, in DIR/config and DIR/archive.")  # fmt: skip
@click.option("--config", metavar="DIR", type=click.Path(path_type=Path), help="Keep the configuration here.")
@click.option("--archive", metavar="DIR", type=click.Path(path_type=Path), help="Keep the archive here.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, other banners.")
@click.option("--browser/--no-browser", default=True, help="Open the pages in a browser, on a terminal with a display.")
def demo(
    seconds: int | None, keep: Path | None, config: Path | None, archive: Path | None, seed: int, browser: bool
) -> None:
    """Watch it work without the internet.

    Serves three outlets on this machine whose banners change at each visit and
    whose articles are really edited now and then, runs the daemon on them, and
    shows the versions growing, on web pages too. A past of nine days is made up
    and imported, to have something to look at. Ends by itself when all has
    been shown; on a terminal the pages stay until Ctrl-C, or the time is over.

    Keeps everything in a new folder unless told otherwise. It does not look at
    SCRAPER_ARCHIVE and SCRAPER_CONFIG: a demo never lands in a real archive.

    \b
    scraper demo --seconds 60
    """
    root = keep or (None if config and archive else Path(tempfile.mkdtemp(prefix="scraper-demo-")))
    places = Places(_place(archive, root, "archive"), _place(config, root, "config"))
    agrees = asyncio.run(
        _demo(places, seconds or (900 if sys.stdout.isatty() else 150), seed, browser=browser and _sees_a_display())
    )
    raise click.exceptions.Exit(0 if agrees else 1)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the demo keeps what it makes."""

    archive: Path
    config: Path


def _place(named: Path | None, root: Path | None, name: str) -> Path:
    """The folder for `name`. Raises UsageError rather than write over a configuration that is in use."""
    place = named or (root or Path()) / name
    if name == "config" and (place / "scraper.toml").exists() and not _is_ours(place / "scraper.toml"):
        raise UsageError(f"{place} holds a configuration that is not a demo's; choose another folder")
    return place


def _is_ours(settings: Path) -> bool:
    return "scraper-demo" in settings.read_text(encoding="utf-8", errors="replace")


def _sees_a_display() -> bool:
    """Whether somebody sits here who can see a window: not a script, and not the far end of a connection."""
    if not sys.stdout.isatty() or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in {"darwin", "win32"} or bool(os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})


async def _demo(places: Places, seconds: int, seed: int, *, browser: bool) -> bool:
    from scraper import log
    from scraper.daemon import ROLES
    from scraper.demo.outlets import outlet_files
    from scraper.demo.past import Past
    from scraper.demo.site import DemoSite, serve, story
    from scraper.web import address_of, listen_on

    log.setup(level="error")
    site, past = DemoSite(seed=seed), Past()
    put(story())
    with listen_on("127.0.0.1:0") as sock:
        async with serve(site) as address:
            for name, text in outlet_files(address).items():
                (places.config / name).parent.mkdir(parents=True, exist_ok=True)
                (places.config / name).write_text(text, encoding="utf-8")
            put(f"\nthe pages, for a browser     {address_of(sock)}\nthe outlets they tell of     {address}/")
            put(f"the archive                  {places.archive}\n")
            async with opened(places.archive, places.config) as open_:
                with open_.archive.hold_daemon_lock(ROLES):
                    rows = await _watch(
                        Show(open_, site, address, past, seconds, browser, sys.stdout.isatty()), places.config, sock
                    )
    _end(rows, past, places)
    return all(row.agrees for row in rows)


@dataclass(slots=True)
class Show:
    """What is shown: for at most `seconds`, and for so long if somebody may be looking at the pages (`stays`)."""

    open_: Open
    site: DemoSite
    outlets: str
    past: Past
    seconds: int
    browser: bool
    stays: bool
    rows: Sequence[Row] = ()

    @property
    def told(self) -> bool:
        """Whether every text has been shown and kept."""
        return self.site.finished and all(row.agrees for row in self.rows)

    def notice(self) -> Notice:
        """What stands above the newest edits."""
        from scraper.demo.show import sentence
        from scraper.serve.site import Notice

        link = f"{self.outlets}/", "The outlets as they are now"
        made_up = "What was captured before the demo began is a past that is made up, imported from a WARC file."
        if self.told:
            return Notice(f"All has been shown: {sentence(self.rows)}. {made_up}", *link)
        return Notice(
            "A demo: three outlets on this machine, edited now and then, with other banners at each visit. "
            f"{made_up} This page looks again by itself.", *link, again=AGAIN,
        )  # fmt: skip


async def _watch(show: Show, config: Path, sock: socket.socket) -> Sequence[Row]:
    """Run the daemon on the site, and serve its pages, until every text was shown and kept, or the time is over."""
    from scraper.daemon import Daemon
    from scraper.following import keep_up
    from scraper.settings import Serve
    from scraper.web import Web, address_of

    open_ = show.open_
    frontier = cast("Frontier", Hurried(open_.services.frontier, HASTE))  # it hands on what it does not hurry
    daemon = Daemon(replace(open_.services, frontier=frontier), config)
    web = Web(daemon, open_.archive, Serve(bind="127.0.0.1:0"), sock, show.notice)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_show, show, daemon.stopping)
        tasks.start_soon(keep_up, open_.archive.search, open_.services, daemon, 1.0)
        tasks.start_soon(_bring, show)
        if show.browser:
            # A thread that ends with the program: some browsers are waited for until they are closed.
            threading.Thread(target=webbrowser.open, args=[address_of(sock)], daemon=True).start()
        await daemon.run(web.served)
        tasks.cancel_scope.cancel()
    return await open_.services.store(_rows, open_, show.site)


async def _bring(show: Show) -> None:
    """Bring the past, once the pages are there."""
    await anyio.sleep(FIRST)
    from scraper.demo.bringing import bring_past

    await bring_past(show.open_.services, show.site.past, show.site.seed, show.past)


async def _show(show: Show, stop: anyio.Event) -> None:
    """Redraw the table on a terminal, print new versions as lines elsewhere; `stop` when all is told."""
    from rich.console import Console
    from rich.live import Live

    from scraper.demo.show import table

    until = anyio.current_time() + show.seconds
    seen: set[str] = set()
    console = Console()
    with Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else _quiet() as live:
        while anyio.current_time() < until and not stop.is_set():
            await anyio.sleep(0.5)
            show.rows = await show.open_.services.store(_rows, show.open_, show.site)
            if live:
                live.update(table(show.rows, _left(show, until)), refresh=True)
            else:
                _say_new(show.open_, show.site, seen)
            if show.told and not show.stays:
                break
    stop.set()


def _left(show: Show, until: float) -> str | None:
    """How long the pages stay, once there is nothing else to wait for."""
    if not (show.told and show.stays):
        return None
    return f"All has been shown. The pages stay for {max(0, until - anyio.current_time()):.0f} s; Ctrl-C ends it now."


def _say_new(open_: Open, site: DemoSite, seen: set[str]) -> None:
    for truth in site.truth():
        for snapshot in _versions(open_, truth):
            if snapshot.path not in seen:
                seen.add(snapshot.path)
                what = ", ".join(snapshot.edit.kinds) if snapshot.edit else snapshot.verdict
                put(f"{snapshot.version:03d}  {(snapshot.article.title or '')[:50]:50}  {what}")


def _rows(open_: Open, site: DemoSite) -> list[Row]:
    from scraper.demo.show import Row

    rows = []
    for truth in site.truth():
        versions = _versions(open_, truth)
        last = versions[-1] if versions else None
        edit = last.edit if last else None
        rows.append(
            Row(
                title=truth.title,
                visits=truth.visits,
                edits=truth.edits,
                faces=truth.faces,
                versions=len(versions),
                last=last.verdict if last else "",
                gone=truth.gone,
                confirmed=_is_confirmed(open_, truth),
                kinds=edit.kinds if edit else (),
                stealth=edit.stealth if edit else False,
            )
        )
    return rows


def _versions(open_: Open, truth: Truth) -> Sequence[Snapshot]:
    entry = open_.archive.find(truth.url)
    return open_.archive.versions(entry.id) if entry else ()


def _is_confirmed(open_: Open, truth: Truth) -> bool:
    entry = open_.archive.find(truth.url)
    return entry is not None and entry.gone_since is not None


def _end(rows: Sequence[Row], past: Past, places: Places) -> None:
    from rich.console import Console

    from scraper.demo.show import sentence, table

    Console(width=None if sys.stdout.isatty() else 100).print(table(rows))
    put(f"\n{sentence(rows)}")
    if past.articles:
        put(f"besides, of the past that is made up: {past}")
    put("\nLook around:")
    put(f"  export SCRAPER_ARCHIVE={shlex.quote(str(places.archive.absolute()))}")
    put(f"  export SCRAPER_CONFIG={shlex.quote(str(places.config.absolute()))}")
    for command in ("status", "changes", "changes --stealth", "verify --deep", "run --role web"):
        put(f"  {_program()} {command}")


def _program() -> str:
    """What a person has to type for this program from where they are: its name alone only if the shell finds it."""
    running, found = Path(sys.argv[0]), shutil.which("scraper")
    if found and Path(found).absolute().parent == Path(sys.executable).absolute().parent:
        return "scraper"
    if running.stem == "__main__":
        return shlex.join([sys.executable, "-m", "scraper"])
    with suppress(ValueError):
        running = running.absolute().relative_to(Path.cwd())
    return shlex.quote(str(running))


class _quiet:  # noqa: N801  # stands where a context manager function would
    """No live display."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Hurried:
    """A frontier whose time runs `factor` times as fast: a demonstration cannot wait for tomorrow's visit."""

    inner: Frontier
    factor: float

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def done(self, due: Due) -> None:
        """As `Frontier.done`, sooner."""
        now = datetime.now(UTC)
        wait = max((due.next_visit - now) / self.factor, timedelta(seconds=2))
        self.inner.done(replace(due, next_visit=now + wait))
