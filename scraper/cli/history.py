"""`scraper log`, `show`, `diff`: what the archive knows of one article."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import as_json, places, put, put_json, reading, stamp
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.model import Entry, Snapshot
    from scraper.store.archive import FileArchive


def _known(store: FileArchive, url: str) -> tuple[Entry, Sequence[Snapshot]]:
    """The article behind any form of its URL (or its id), with its versions."""
    entry = store.entry(url) if "/" not in url else store.find(url)
    if entry is None:
        raise UsageError(f"{url} is not in this archive; `scraper fetch {url}` archives it")
    return entry, store.versions(entry.id)


def _version(versions: Sequence[Snapshot], number: int) -> Snapshot:
    """Version `number`; negative ones count from the last."""
    wanted = number if number >= 0 else len(versions) + number
    for snapshot in versions:
        if snapshot.version == wanted:
            return snapshot
    raise UsageError(f"there is no version {number}; there are 0 to {len(versions) - 1}")


@click.command(no_args_is_help=True)
@click.argument("url")
@as_json
@places
def log(url: str, json_: bool, archive: Path, config: Path) -> None:
    """List the versions of the article at URL, oldest first."""
    with reading(archive) as store:
        entry, versions = _known(store, url)
        if json_:
            for snapshot in versions:
                put_json(_line(snapshot))
            return
        put(f"{entry.title or entry.url}\n{entry.url}\n{entry.path}\n")
        for snapshot in versions:
            edit = f"{', '.join(snapshot.edit.kinds)}{' (stealth)' * snapshot.edit.stealth}" if snapshot.edit else ""
            put(f"{snapshot.version:03d}  {stamp(snapshot.captured_at)}  {snapshot.verdict:7} "
                f"{len(snapshot.article.body.split()):6} words  {edit}".rstrip())  # fmt: skip
        if entry.gone_since:
            put(f"gone since {stamp(entry.gone_since)}")


def _line(snapshot: Snapshot) -> dict[str, object]:
    return {
        "version": snapshot.version,
        "captured_at": snapshot.captured_at,
        "verdict": snapshot.verdict,
        "snapshot": snapshot.path,
        "sha256": snapshot.sha256,
        "title": snapshot.article.title,
        "edit": snapshot.edit,
        "flags": snapshot.flags,
    }


@click.command(no_args_is_help=True)
@click.argument("url")
@click.option("--version", "number", type=int, default=-1, help="Which version; the last one by default.")
@as_json
@places
def show(url: str, number: int, json_: bool, archive: Path, config: Path) -> None:
    """Print the text of the article at URL, as readers saw it."""
    with reading(archive) as store:
        _, versions = _known(store, url)
        snapshot = _version(versions, number)
        text = store.read_text(snapshot)
        if json_:
            put_json(_line(snapshot) | {"text": text})
        else:
            put(text.rstrip("\n"))


@click.command(no_args_is_help=True)
@click.argument("url")
@click.argument("a", type=int, required=False)
@click.argument("b", type=int, required=False)
@click.option("--html", is_flag=True, help="As an HTML fragment.")
@as_json
@places
def diff(url: str, a: int | None, b: int | None, html: bool, json_: bool, archive: Path, config: Path) -> None:
    """Show what changed between versions A and B, word by word.

    Without A and B: between the last two. With A only: from A to the last.

    \b
    scraper diff https://example.org/a-story
    scraper diff https://example.org/a-story 0 2 --html
    """
    from scraper.compare import diff as rendered

    with reading(archive) as store:
        _, versions = _known(store, url)
        if a is None and len(versions) < 2:
            put("one version, nothing to compare")
            return
        old, new = _version(versions, -2 if a is None else a), _version(versions, -1 if b is None else b)
        found = rendered.diff(old.article, new.article)
        if json_:
            put_json({"from": old.version, "to": new.version} | rendered.to_json(found))
        elif html:
            click.echo(rendered.to_html(found))
        else:
            click.echo(rendered.to_terminal(found, colour=sys.stdout.isatty(), width=_width()))


def _width() -> int:
    import shutil

    return min(100, shutil.get_terminal_size((80, 24)).columns)
