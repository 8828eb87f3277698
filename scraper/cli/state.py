"""`scraper status`, `changes`, `reindex`: how the archive is doing."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from scraper import attention
from scraper.cli import colours
from scraper.cli.common import ago, as_json, count, load, moment, places, plain, put, put_json, reading, size, stamp
from scraper.cli.completing import held, kinds
from scraper.cli.notify import rule_lines, rules_of
from scraper.cli.progress import Progress
from scraper.errors import UsageError
from scraper.present import lately, working

if TYPE_CHECKING:
    from scraper.model import EditKind, SourceState
    from scraper.present import AtWork, Present
    from scraper.reports import DiskReport, OutletReport, Proof, Status
    from scraper.serve.jobs import Job
    from scraper.settings import Settings
    from scraper.store.archive import FileArchive

MOST_NEEDS = 10  # that `--all` would show whole
ASKED = 20  # fetches that somebody asked for
SHOWN = 20  # rows of a list that `--all` would show whole


@click.command()
@click.option("--all", "all_", is_flag=True, help="Every outlet and every failing source.")
@as_json
@places
def status(all_: bool, json_: bool, archive: Path, config: Path) -> None:
    """Say how outlets, queue and disk are doing.

    What needs attention comes first, in the words of the web pages.

    \b
    scraper status
    scraper status --all
    """
    now = datetime.now(UTC)
    with reading(archive) as store:
        found, runs = store.reports.status(now), _present(store, now)
    listed, values = _configured(config)
    low_water = values.archive.low_water if values else 0
    work, rules = _work(archive, low_water, now), rules_of(archive, values.notify if values else ())
    short = work["trouble"]
    told = f"{short['word']}: {short['why']}" if short else None
    needs = attention.needs(found, listed, told, now, low_water=low_water, shapes=_shapes(archive), rules=rules)
    if json_:
        more = {"attention": needs, "notify": rules, "now": _now(runs), "asked": _asked(archive)}
        put_json({**cast("dict[str, object]", plain(found)), **work, **more})
        return
    if not listed and config.is_dir():
        load(config)  # mistakes are said
    for line in _needs(needs, None if all_ else MOST_NEEDS):
        put(line)
    put(f"daemon     {_daemon(runs.at_work, work['elsewhere'])}")
    if short:
        put(f"trouble    {short['word']}: {short['why']}")
    put(f"visits     {lately(runs.visited)}")
    for line in (*_lines(found, listed, now, None if all_ else SHOWN), *rule_lines(rules, now)):
        put(line)


def _configured(config: Path) -> tuple[set[str], Settings | None]:
    """The outlets that are watched, and the settings; nothing if the configuration cannot be read. It is read once:
    thousands of outlets take seconds."""
    from scraper.errors import ConfigError

    with contextlib.suppress(ConfigError):
        if config.is_dir():
            values, outlets = load(config)
            return set(outlets), values
    return set(), None


def _needs(needs: Sequence[attention.Need], most: int | None) -> Iterator[str]:
    """What needs attention, in the words of the web pages."""
    if needs:
        yield "needs attention"
    for need in needs[:most]:
        yield f"  {need.outlet}: {need.said}" if need.outlet else f"  {need.said}"
    if most and len(needs) > most:
        yield f"  … and {len(needs) - most} more (--all shows them)"
    if needs:
        yield ""


def _work(archive: Path, low_water: int, now: datetime) -> dict[str, Any]:
    """Which daemons are at work, which other machine has the archive, and what keeps anybody from storing; asked of the
    system, as all of it may change without a word."""
    from scraper import limits
    from scraper.store.lease import elsewhere
    from scraper.store.locks import roles_held

    short, other = limits.shortage(archive, low_water, now), elsewhere(archive / ".run")
    lease = {"host": other.host, "since": other.since, "beat": other.beat} if other else None
    return {"daemon": roles_held(archive / ".run"), "elsewhere": lease, "trouble": short._asdict() if short else None}


def _present(store: FileArchive, now: datetime) -> Present:
    from scraper.store.present import present

    return present(store.root, store.catalogue, now)


def _now(runs: Present) -> dict[str, object]:
    """What runs now, with the words that pages and API have for it."""
    said, todo = working(runs.at_work)
    return {"said": said, "todo": todo, "lately": lately(runs.visited), **cast("dict[str, object]", plain(runs))}


def _shapes(archive: Path) -> Mapping[str, str]:
    """By outlet what is odd about its texts."""
    from scraper import minding
    from scraper.store.slips import Slips

    return minding.odd(Slips(archive, minding.FOLDER))


def _asked(archive: Path) -> list[Job]:
    """The last fetches that somebody asked the web side for, the newest first."""
    from scraper.serve.jobs import FOLDER, noted
    from scraper.store.slips import Slips

    return noted(Slips(archive, FOLDER))[: -ASKED - 1 : -1]


def _daemon(at_work: Sequence[AtWork], other: Mapping[str, str] | None) -> str:
    said = [f"{one.process}: {', '.join(one.roles)}, since {stamp(one.since)}" for one in at_work]
    if other:
        beat = f"its last heartbeat was {other['beat']} by its clock"
        said.append(f"another machine, {other['host']}, has had the archive since {other['since']}; {beat}")
    return "; ".join(said) or "none is at work; `scraper run` starts one"


def _lines(found: Status, listed: set[str], now: datetime, most: int | None) -> Iterator[str]:
    articles, gone = (sum(getattr(o, name) for o in found.outlets) for name in ("articles", "gone"))
    queue, disk = found.queue, found.disk
    yield f"archive    {count(articles, 'article')}, {count(disk.versions, 'version')}, {gone} gone"
    yield f"disk       {_disk(disk)}"
    if found.verified:
        yield f"verified   {', '.join(_proof(proof, now) for proof in found.verified)}"
    if disk.log_grown:
        yield f"log        {size(disk.log)} beside the catalogue: something reads it for very long; this ends with it"
    next_ = "" if queue.next_visit is None or queue.due else f", next {ago(queue.next_visit, now)}"
    yield f"queue      {count(queue.rows, 'article')} waiting, {queue.due} due now{next_}"
    if queue.blocked:
        soonest = min(until for _, until in queue.blocked)
        yield f"hosts      {len(queue.blocked)} left alone for a while, the first until {stamp(soonest)}"
    failing = [source for source in found.sources if source.failures]
    yield f"sources    {len(found.sources)} looked at, {len(failing)} failing"
    if failing and len(failing) == len(found.sources):
        yield "           not one answers: is this machine connected?"
    yield from _failures(failing, now, most)
    yield from _silent(found, most)
    yield from _noted([source for source in found.sources if source.note], most)
    never = sorted(listed - {source.outlet for source in found.sources})
    if never:
        more = " …" if most and never[most:] else ""
        yield f"\n{count(len(never), 'outlet')} not looked at yet: {', '.join(never[:most])}{more}"
    yield from _outlets([o for o in found.outlets if o.articles], now, most)


def _proof(proof: Proof, now: datetime) -> str:
    found = f" with {count(proof.problems, 'problem')}" if proof.problems else ""
    return f"{'deep ' * proof.deep}{ago(proof.ended, now)}{found}"


def _disk(disk: DiskReport) -> str:
    kept = disk.snapshots + disk.warcs + disk.catalogue
    rest = f"; {count(disk.unfinished, 'unfinished write')}, repaired by the next one" if disk.unfinished else ""
    files = f"{size(disk.warcs)} in {count(disk.warc_files, 'WARC file')}"
    return f"{size(kept)} kept ({files}), {size(disk.free)} free{rest}"


def _failures(failing: Iterable[SourceState], now: datetime, most: int | None) -> Iterator[str]:
    """Failing sources by the word of their reason: one down network is one line, not two hundred."""
    by_word: dict[str, list[SourceState]] = {}
    for source in failing:
        by_word.setdefault((source.last_error or "").split(":")[0], []).append(source)
    for word, sources in sorted(by_word.items(), key=lambda item: -len(item[1])):
        gone = ", gone: asked once a week, and what is archived stays" if word == "http-410" else ""
        yield f"\n{word}: {count(len(sources), 'source')}{gone}"
        for source in sources[: 5 if most else None]:
            good = f"last good {ago(source.last_ok, now)}" if source.last_ok else "never good yet"
            yield f"  {source.outlet}: {source.url}"
            yield f"    {_detail(source.last_error)}; {source.failures} in a row, {good}"
        if most and len(sources) > 5:
            yield f"  … and {len(sources) - 5} more (--all shows them)"


def _silent(found: Status, most: int | None) -> Iterator[str]:
    """Outlets that answer and announce nothing."""
    if found.silent:
        yield f"\nsilent: {count(len(found.silent), 'outlet')}"
    for silence in found.silent[:most]:
        since = f"nothing new since {stamp(silence.since)}" if silence.since else "lists nothing"
        yield f"  {silence.outlet}: {since}"
    if most and len(found.silent) > most:
        yield f"  … and {len(found.silent) - most} more (--all shows them)"


def _noted(sources: list[SourceState], most: int | None) -> Iterator[str]:
    """Sources that met a limit, or say what is not believed."""
    if sources:
        yield f"\nlimits: {count(len(sources), 'source')}"
    for source in sources[:most]:
        yield f"  {source.outlet}: {source.url}: {source.note}"
    if most and len(sources) > most:
        yield f"  … and {len(sources) - most} more (--all shows them)"


def _detail(error: str | None) -> str:
    return (error or "").partition(": ")[2] or error or "no reason given"


def _outlets(outlets: list[OutletReport], now: datetime, most: int | None) -> Iterator[str]:
    if not outlets:
        return
    wide = max(12, min(28, colours.columns() - 44))
    yield f"\n{'outlet':{wide}} {'articles':>8} {'versions':>8} {'gone':>5} {'due':>5}  newest"
    newest_first = sorted(outlets, key=lambda o: o.last_new or datetime.min.replace(tzinfo=UTC), reverse=True)
    for o in newest_first[:most]:
        when = ago(o.last_new, now) if o.last_new else ""
        yield f"{o.outlet[:wide]:{wide}} {o.articles:8} {o.versions:8} {o.gone:5} {o.due:5}  {when}"
    if most and len(outlets) > most:
        yield f"… and {len(outlets) - most} more (--all shows them)"


def edit_kind(_context: click.Context, _parameter: click.Parameter, given: str | None) -> EditKind | None:
    """The kind of edit that an option names. Raises UsageError."""
    from scraper.model import EditKind

    for known in get_args(EditKind):
        if given in {None, known}:
            return cast("EditKind | None", given)
    raise UsageError(f"--kind {given}: no such kind; known are {', '.join(get_args(EditKind))}")


def _since(_context: click.Context, _parameter: click.Parameter, given: str | None) -> datetime:
    return moment("--since", given, datetime.now(UTC)) if given else datetime.min.replace(tzinfo=UTC)


@click.command()
@click.option("--since", metavar="WHEN", callback=_since, help="A date, or how long back: 24h, 7d.")
@click.option("--outlet", shell_complete=held, help="Of this outlet only.")
@click.option("--kind", callback=edit_kind, shell_complete=kinds, help="Of this kind only: headline, figures, quotes …")
@click.option("--stealth", is_flag=True, help="Only edits made in silence.")
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, metavar="N",
              help="At most so many; 0 for all.")  # fmt: skip
@as_json
@places
def changes(limit: int, json_: bool, archive: Path, config: Path, **wanted: Any) -> None:
    """List edits across the archive, newest first.

    If there are more than --limit, a line on stderr says so.

    \b
    scraper changes --since 24h --stealth
    """
    with reading(archive) as store:
        found = store.reports.changes(**wanted, limit=limit + 1 if limit else sys.maxsize)
    for change in found[: limit or None]:
        if json_:
            put_json(change)
            continue
        flags = f" [{', '.join(change.flags)}]" if change.flags else ""
        put(f"{stamp(change.at)}  {change.outlet}  {', '.join(change.kinds)}{' (stealth)' * change.stealth}{flags}")
        put(f"  {change.title or change.url}")
        put(f"  {change.url}  {change.version - 1} → {change.version}")
    if limit and len(found) > limit:
        put(f"scraper: there are more than {limit}; --limit 0 shows all", err=True)


@click.command()
@as_json
@places
def reindex(json_: bool, archive: Path, config: Path) -> None:
    """Make the catalogue again from the files of the archive.

    \b
    scraper reindex
    """
    from scraper.store.reindex import reindex as rebuild

    with Progress() as progress:
        done = rebuild(archive, step=progress.step)
    if json_:
        put_json(done)
    else:
        made = (count(done.articles, "article"), count(done.versions, "version"), count(done.visits, "visit"))
        put(", ".join(made))
        for finding in done.findings:
            put(f"  {finding}")
