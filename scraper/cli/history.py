"""`scraper log`, `show`, `diff`: what the archive knows of one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli import colours
from scraper.cli.common import TEXT, as_json, count, places, put, put_json, put_text, reading, stamp
from scraper.errors import ArchiveDamaged, ConfigError, UsageError

if TYPE_CHECKING:
    from scraper.model import Entry, Outlet, Reading, Snapshot
    from scraper.outlets import Outlets
    from scraper.reports import Harm, Seen
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
        put(f"scraper: {config} has {wrong} and is left aside; `scraper outlets check` names them", err=True)
        return Asked(url, None)


def _version(store: FileArchive, entry: Entry, number: int) -> Snapshot:
    """Version `number`; negative ones count from the last. Its neighbours may be damaged.

    Raises ArchiveDamaged, which names the version and those that are whole, if it is."""
    last = -1 if entry.latest is None else entry.latest
    wanted = number if number >= 0 else last + 1 + number
    try:
        snapshot = store.snapshot(entry.id, wanted)
        if snapshot:
            store.read_text(snapshot)
            return snapshot
    except ArchiveDamaged as error:
        whole = ", ".join(str(one.version) for one in store.sound(entry.id)[0]) or "none"
        raise ArchiveDamaged(error.path, f"version {wanted}: {_advised(error.why)}; whole are: {whole}") from error
    raise UsageError(f"there is no version {number}; there are 0 to {last}")


def _advised(why: str) -> str:
    return why if "scraper verify" in why else f"{why}; `scraper verify` says more"


def own_up(harmed: Sequence[Harm]) -> None:
    """Name the versions that could not be shown among their neighbours, and end with exit code 1 if there are any."""
    for one in harmed:
        put(f"scraper: version {one.version} is damaged: {one.file}: {_advised(one.why)}", err=True)
    if harmed:
        click.get_current_context().exit(1)


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

    \b
    scraper log https://example.org/2026/11/22/a-story/
    scraper log https://example.org/2026/11/22/a-story/ --visits
    """
    asked = asked_for(url, config)
    with reading(archive) as store:
        if visits:
            for seen in asked.visits(store):
                put_json(seen) if json_ else put(_visit_line(seen), hang=32)
            return
        entry = asked.entry(store)
        whole, harmed = store.sound(entry.id)
        if json_:
            for snapshot in whole:
                put_json(_line(snapshot))
            own_up(harmed)
            return
        put(f"{entry.title or entry.url}\n{entry.url}\n{entry.path}\n")
        for line in _version_lines(whole, harmed, store.readings(entry.id)):
            put(line)
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
        own_up(harmed)


def _version_lines(whole: Sequence[Snapshot], harmed: Sequence[Harm], readings: Sequence[Reading]) -> list[str]:
    """All versions in their order, with the readings of each that was read more than once."""
    found = [(one.version, f"{one.version:03d}  damaged: {one.file}") for one in harmed]
    for snapshot in whole:
        past = [one for one in readings if one.version == snapshot.version and snapshot.revision]
        found.append((snapshot.version, "\n".join([_version_line(snapshot), *map(_reading_line, past)])))
    return [lines for _, lines in sorted(found)]


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

    \b
    scraper show https://example.org/2026/11/22/a-story/ --version 0
    """
    from scraper.cli.copies import data, lines

    asked = asked_for(url, config)
    with reading(archive) as store:
        entry = asked.entry(store)
        snapshot = _version(store, entry, number)
        if revision is not None:
            snapshot = _revision(store.readings(entry.id), snapshot, revision)
        text = store.read_text(snapshot)
        copies = [] if only else store.copies(entry.id)
        if json_:
            put_json(_line(snapshot) | {"text": text} | ({} if only else {"also": list(map(data, copies))}))
            return
        put_text(text)
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
        entry = asked.entry(store)
        if a is None and not entry.latest:
            _nothing(_version(store, entry, -1).version, json_=json_)
            return
        old, new = _version(store, entry, -2 if a is None else a), _version(store, entry, -1 if b is None else b)
        found = rendered.diff(old.article, new.article)
        if json_:
            put_json({"from": old.version, "to": new.version} | rendered.to_json(found))
        elif html:
            click.echo(rendered.to_html(found))
        else:
            click.echo(rendered.to_terminal(found, colour=colours.wanted(), width=colours.columns(TEXT)))


def _nothing(only: int, *, json_: bool) -> None:
    if json_:
        put_json({"from": None, "to": only, "changed": False, "coarse": False, "rows": []})
    else:
        put("one version, nothing to compare")
