"""`scraper log`, `show`, `diff`: what the archive knows of one article."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import as_json, count, places, put, put_json, reading, stamp
from scraper.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from scraper.model import Entry, Outlet, Reading, Snapshot
    from scraper.outlets import Outlets
    from scraper.reports import Seen
    from scraper.store.archive import FileArchive

# Verdicts that say whether the article stands.
ANSWERS = frozenset({"new", "same", "edited", "back", "gone"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: any form of an article's URL, or its id."""

    url: str
    outlets: Outlets | None

    def entry(self, store: FileArchive) -> Entry:
        """The article. Raises UsageError, with what to do, if the archive has none."""
        found = store.entry(self.url) if "/" not in self.url else store.find(self.url, self.outlet(self.url))
        if found:
            return found
        if seen := store.reports.visits(self.url, self.outlet(self.url)):
            last = f"{seen[-1].verdict}: {seen[-1].reason or 'no reason given'}"
            raise UsageError(f"{self.url} has no version; {count(len(seen), 'visit')}, the last {last}")
        advice = f"; `scraper fetch {self.url}` archives it" if self.url.startswith(("http://", "https://")) else ""
        raise UsageError(f"{self.url} is not in this archive{advice}")

    def visits(self, store: FileArchive) -> Sequence[Seen]:
        """Its visits, also if it never became an article. Raises UsageError if there are none."""
        if found := store.reports.visits(self.url, self.outlet(self.url)):
            return found
        return store.reports.visits_of(self.entry(store).id)

    def outlet(self, url: str) -> Outlet | None:
        """The outlet of `url`, if it has a file."""
        return self.outlets.for_url(url) if self.outlets else None


def asked_for(url: str, config: Path) -> Asked:
    """With the outlets, which know more forms of their URLs. Wrong files never hide the archive."""
    from scraper import outlets

    try:
        return Asked(url, outlets.load(config) if config.is_dir() else None)
    except ConfigError as error:
        wrong = count(len(error.mistakes), "mistake")
        click.echo(f"scraper: {config} has {wrong} and is left aside; `scraper outlets check` names them", err=True)
        return Asked(url, None)


def _version(versions: Sequence[Snapshot], number: int) -> Snapshot:
    """Version `number`; negative ones count from the last."""
    wanted = number if number >= 0 else len(versions) + number
    for snapshot in versions:
        if snapshot.version == wanted:
            return snapshot
    raise UsageError(f"there is no version {number}; there are 0 to {len(versions) - 1}")


def _revision(readings: Sequence[Reading], snapshot: Snapshot, number: int) -> Snapshot:
    """`snapshot` as its reading `number` gave it."""
    for past in readings:
        if (past.version, past.revision) == (snapshot.version, number):
            return replace(snapshot, path=past.path, sha256=past.sha256, revision=number)
    raise UsageError(f"version {snapshot.version} has no revision {number}; there are 0 to {snapshot.revision}")


@click.command(no_args_is_help=True)
@click.argument("url")
@click.option("--visits", is_flag=True, help="List the visits instead, also those that made no version.")
@as_json
@places
def log(url: str, visits: bool, json_: bool, archive: Path, config: Path) -> None:
    """List the versions of the article at URL, oldest first.

    Any form of the URL does, or the id of the article. With --visits: when it
    was looked at, what came of it and why, and the version that was made.
    """
    asked = asked_for(url, config)
    with reading(archive) as store:
        if visits:
            for seen in asked.visits(store):
                put_json(seen) if json_ else put(_visit_line(seen))
            return
        entry = asked.entry(store)
        versions = store.versions(entry.id)
        if json_:
            for snapshot in versions:
                put_json(_line(snapshot))
            return
        put(f"{entry.title or entry.url}\n{entry.url}\n{entry.path}\n")
        readings = store.readings(entry.id)
        for snapshot in versions:
            put(_version_line(snapshot))
            for past in readings:
                if past.version == snapshot.version and snapshot.revision:
                    put(_reading_line(past))
        if copies := store.copies(entry.id):
            from scraper.cli.copies import named

            put(named(copies))
        looks = asked.visits(store)
        for line in _denied(looks):
            put(line)
        if last := _gone(entry, looks):
            put(last)
        for line in _neighbours(store, entry):
            put(line)


def _neighbours(store: FileArchive, entry: Entry) -> list[str]:
    """The articles that stood at this address before, and the one that stands there now."""
    found = [
        f"earlier at this address: {before.title or before.url} (`scraper log {before.id}`)"
        for before in store.earlier(entry)
    ]
    if after := store.follower(entry.id):
        since = stamp(after.first_seen)
        found.append(f"another article is at this address since {since}: {after.title} (`scraper log {after.id}`)")
    return found


def _version_line(snapshot: Snapshot) -> str:
    edit = f"{', '.join(snapshot.edit.kinds)}{' (stealth)' * snapshot.edit.stealth}" if snapshot.edit else ""
    words = len(snapshot.article.body.split())
    if "no-edit" in snapshot.flags:
        edit = "no-edit: it reads like the version before"
    line = f"{snapshot.version:03d}  {stamp(snapshot.captured_at)}  {snapshot.verdict:7} {words:6} words  {edit}"
    return line.rstrip()


def _reading_line(reading: Reading) -> str:
    """How a version was read, first and then: the text of each is still there."""
    return f"     {stamp(reading.at)}  read by {reading.reading or 'an unknown reading'}: {Path(reading.path).name}"


def _visit_line(seen: Seen) -> str:
    made = f"version {seen.version}" if seen.version is not None else ""
    flags = f"[{', '.join(seen.flags)}]" if seen.flags else ""
    rest = "  ".join(filter(None, (made, seen.reason, flags)))
    return f"{stamp(seen.at)}  {seen.verdict:8}  {rest}".rstrip()


def _denied(seen: Sequence[Seen]) -> list[str]:
    """Other forms of the article, such as its print, that said something else when they were last looked at."""
    last = {visit.url: visit for visit in seen if visit.verdict in ANSWERS}
    return [
        f"{visit.url} disagreed at {stamp(visit.at)}: {(visit.reason or '').removeprefix('witness: ')}"
        for visit in last.values()
        if "witness-differs" in visit.flags
    ]


def _gone(entry: Entry, seen: Sequence[Seen]) -> str | None:
    """Whether it is gone, as far as anybody knows. A visit without a usable answer says nothing about that."""
    if entry.gone_since:
        return f"gone since {stamp(entry.gone_since)}"
    answers = [visit for visit in reversed(seen) if visit.verdict in ANSWERS]
    missed = list(takewhile(lambda visit: visit.verdict == "gone", answers))
    if not missed:
        return None
    visits = "visit" if len(missed) == 1 else f"{len(missed)} visits"
    return f"gone at the last {visits} ({missed[0].reason}), not confirmed yet"


def _line(snapshot: Snapshot) -> dict[str, object]:
    return {
        "version": snapshot.version,
        "revision": snapshot.revision,
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
@click.option("--revision", type=click.IntRange(0), metavar="N",
              help="As it was read first (0), or anew for the Nth time; the last by default.")  # fmt: skip
@click.option("--text", "only", is_flag=True, help="Nothing but the text.")
@as_json
@places
def show(url: str, number: int, revision: int | None, only: bool, json_: bool, archive: Path, config: Path) -> None:
    """Print the text of the article at URL, as readers saw it.

    Behind it, if there are any: other articles with the same text, at other
    outlets or under other addresses, who had it first and who edited it.
    """
    from scraper.cli.copies import data, lines

    asked = asked_for(url, config)
    with reading(archive) as store:
        entry = asked.entry(store)
        snapshot = _version(store.versions(entry.id), number)
        if revision is not None:
            snapshot = _revision(store.readings(entry.id), snapshot, revision)
        text = store.read_text(snapshot)
        copies = [] if only else store.copies(entry.id)
        if json_:
            put_json(_line(snapshot) | {"text": text} | ({} if only else {"also": list(map(data, copies))}))
            return
        put(text.rstrip("\n"))
        for line in lines(copies):
            put(line)


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

    asked = asked_for(url, config)
    with reading(archive) as store:
        versions = store.versions(asked.entry(store).id)
        if a is None and len(versions) < 2:
            _nothing(versions[-1].version, json_=json_)
            return
        old, new = _version(versions, -2 if a is None else a), _version(versions, -1 if b is None else b)
        found = rendered.diff(old.article, new.article)
        if json_:
            put_json({"from": old.version, "to": new.version} | rendered.to_json(found))
        elif html:
            click.echo(rendered.to_html(found))
        else:
            click.echo(rendered.to_terminal(found, colour=sys.stdout.isatty(), width=_width()))


def _nothing(only: int, *, json_: bool) -> None:
    if json_:
        put_json({"from": None, "to": only, "changed": False, "rows": []})
    else:
        put("one version, nothing to compare")


def _width() -> int:
    import shutil

    return min(100, shutil.get_terminal_size((80, 24)).columns)
