"""`scraper import`: archive what WARC files hold, each capture at its own date."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import click
from anyio import to_thread

from scraper.cli.common import as_json, count, folder, load, moment, one_error, places, put, put_json, stamp, writing
from scraper.cli.completing import listed
from scraper.cli.progress import Progress
from scraper.errors import ArchiveUnwritable, UsageError

if TYPE_CHECKING:
    from scraper.gather.holdings import Holdings
    from scraper.gather.wacz import Listing
    from scraper.interfaces import Reader
    from scraper.outlets import Outlets
    from scraper.pipeline.importing import Brought
    from scraper.pipeline.services import Services
    from scraper.settings import Settings

TOLD = frozenset({"new", "edited", "back", "gone"})
_LOOK_AT_DISK = 100  # captures
_LEAVE = 10  # seconds for a file that is being read to be let go of


@click.command("import", no_args_is_help=True, short_help="Archive what WARC files hold.")
@click.argument("files", metavar="WARC…", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--outlet", metavar="NAME", shell_complete=listed,
              help="Only of this outlet: a file in config/outlets/, or a host.")  # fmt: skip
@click.option("--since", metavar="WHEN", help="Only captures from then on: 2024-06-02, 30d.")
@click.option("--until", metavar="WHEN", help="Only captures before then.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and change nothing.")
@as_json
@places
def import_(files: tuple[Path, ...], json_: bool, archive: Path, config: Path, **options: Any) -> None:
    """Archive what WARC files hold (.warc, .warc.gz, .wacz): crawls, Common Crawl
    news, browsertrix, or another archive of this program.

    Each capture is looked at as if it had been fetched on its day, in the order of
    their dates over all files given, and nobody is asked anything. Of listed outlets
    come the addresses that they admit, of others what reads as an article. What was
    imported before is known: an import that was cut short is simply made again.

    \b
    scraper import crawl-2024.warc.gz
    scraper import --outlet example.org --since 2024-01-01 news/*.warc.gz
    scraper import --dry-run collection.wacz
    """
    wanted = _Wanted.of(**options)
    work = _dry_run if wanted.dry_run else _import
    with Progress() as progress:
        code = asyncio.run(work(files, wanted, (archive, folder(config)), progress, json_=json_))
    raise click.exceptions.Exit(code)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    outlet: str | None
    since: datetime | None
    until: datetime | None
    dry_run: bool

    @staticmethod
    def of(outlet: str | None, since: str | None, until: str | None, *, dry_run: bool) -> _Wanted:
        """Raises UsageError."""
        now = datetime.now(UTC)
        first = moment("--since", since, now) if since else None
        last = moment("--until", until, now) if until else None
        if first and last and first >= last:
            raise UsageError(f"--since {since} is not before --until {until}")
        return _Wanted(outlet, first, last, dry_run)


@dataclass(slots=True)
class _Summary:
    """What is said at the end."""

    files: int
    captures: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    superseded: int = 0
    left: Counter[str] = field(default_factory=Counter)
    outlets: set[str] = field(default_factory=set)
    damaged: int = 0

    def add(self, brought: Brought) -> None:
        """One capture has ended."""
        self.captures += 1
        if brought.outcome is None:
            self.left[brought.left or ""] += 1
            return
        self.outlets.add(brought.outlet)
        self.verdicts[brought.outcome.verdict] += 1
        self.superseded += brought.outcome.reason == "superseded"
        self.damaged += (brought.outcome.reason or "").startswith("damaged")

    def put(self, left: Counter[str], *, json_: bool) -> None:
        """Say it. `left` counts what was left out before it had a turn."""
        left_out = dict((self.left + left).most_common())
        if json_:
            known = {"files": self.files, "captures": self.captures, "outlets": len(self.outlets)}
            more = {"verdicts": dict(self.verdicts), "superseded": self.superseded, "left_out": left_out}
            put_json({"summary": known | more})
            return
        visits = sum(self.verdicts.values())
        put(
            f"{count(self.files, 'file')}: {count(visits, 'capture')} archived, of {count(len(self.outlets), 'outlet')}"
        )
        for verdict, number in self.verdicts.most_common():
            past = f", {self.superseded} of them captured before the last version" if verdict == "same" else ""
            put(f"  {number:7} {verdict}{past if self.superseded else ''}")
        if left_out:
            put(f"{count(sum(left_out.values()), 'capture')} left out")
        for reason, number in left_out.items():
            put(f"  {number:7} {reason}")


# ---------------------------------------------------------------------------------------------- the import


async def _import(
    files: tuple[Path, ...], wanted: _Wanted, where: tuple[Path, Path | None], progress: Progress, *, json_: bool
) -> int:
    from scraper import limits, log
    from scraper.pipeline.importing import bring

    log.setup(level="warning")
    summary = _Summary(len(files))
    async with _opened(*where) as (services, settings):

        def check() -> None:
            if short := limits.shortage(where[0], settings.archive.low_water, datetime.now(UTC)):
                raise ArchiveUnwritable(where[0], short.why)

        def tell(brought: Brought) -> None:
            summary.add(brought)
            done = summary.captures
            progress.tell(lambda: f"{done:,} of {total:,} captures, {stamp(brought.found.at)[:10]}", done, total)
            _report(brought, progress, json_=json_)
            if summary.captures % _LOOK_AT_DISK == 0:
                check()

        check()
        with _held(where[0] / ".run", settings, services.outlets, wanted) as holdings:
            await _take_in(files, services.reader, holdings, progress)
            total = holdings.shelf.count()
            # A task of its own: an interrupt ends it when what it writes is written.
            with one_error():
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(partial(bring, services, holdings, tell, ahead=settings.extract.workers + 1))
            progress.clear()
            troubles = _troubles(holdings)
            summary.put(holdings.told.left, json_=json_)
    return int(bool(troubles or summary.damaged))


@asynccontextmanager
async def _opened(archive: Path, config: Path | None) -> AsyncIterator[tuple[Services, Settings]]:
    """The archive and a reader, and no network."""
    from scraper.pipeline.importing import Nobody
    from scraper.pipeline.learning import with_learned
    from scraper.pipeline.services import Services
    from scraper.worker import Cage, CagedReader

    settings, outlets = load(config)
    with writing(archive, settings) as store:
        reader = CagedReader(Cage(**asdict(settings.extract)))
        ruled = with_learned(outlets, store.widgets())
        yield Services(Nobody(), reader, store, store.frontier, ruled), settings


@contextmanager
def _held(folder: Path, settings: Settings, outlets: Outlets, wanted: _Wanted) -> Iterator[Holdings]:
    """Room for what the files hold, with the limits that a fetch has."""
    from scraper import urls
    from scraper.gather.describe import Limits, Wanted
    from scraper.gather.holdings import Holdings

    name = wanted.outlet
    if name is not None and name not in outlets and "." not in name:
        raise UsageError(f"--outlet {name}: neither a file in config/outlets/ nor a host; `scraper outlets` lists them")

    def takes(url: str) -> bool:
        if name is None:
            return True
        owner = outlets.for_url(url)
        return (owner.id if owner else urls.host(url).removeprefix("www.")) == name

    network = settings.network
    most = Limits(network.max_body, network.max_pdf)
    with Holdings(folder, datetime.now(UTC), most, Wanted(wanted.since, wanted.until, takes)) as holdings:
        yield holdings


async def _take_in(files: tuple[Path, ...], reader: Reader, holdings: Holdings, progress: Progress) -> None:
    """Find out what the files hold. A list of a zip's members is made where a parser may be killed."""
    stop, idle = threading.Event(), threading.Event()
    idle.set()
    for number, path in enumerate(files, 1):

        def step(known: int, *, number: int = number, path: Path = path) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            progress.tell(lambda: f"file {number} of {len(files)}, {known} captures: {path.name}")

        try:
            listing = await _listed(path, reader)
            idle.clear()
            await to_thread.run_sync(_add, holdings, (path, listing), step, idle, abandon_on_cancel=True)
        except OSError as error:
            holdings.told.trouble(f"{path}: {error.strerror or error}")
        except BaseException:
            stop.set()
            idle.wait(_LEAVE)  # it asks after each record
            raise


def _add(
    holdings: Holdings, file: tuple[Path, Listing | None], step: Callable[[int], None], idle: threading.Event
) -> None:
    try:
        holdings.add(*file, step)
    finally:
        idle.set()


async def _listed(path: Path, reader: Reader) -> Listing | None:
    from scraper.gather import wacz

    with path.open("rb") as file:
        if not wacz.is_zip(file):
            return None
    try:
        return await reader.run(wacz.members, path)
    except (TimeoutError, anyio.BrokenWorkerProcess, MemoryError):
        return wacz.Listing(troubles=("is a zip that takes too much only to be listed",))


def _troubles(holdings: Holdings) -> bool:
    """Say what is wrong with the files; whether anything is."""
    for sentence in holdings.told.troubles:
        put(f"scraper: {sentence}", err=True)
    if holdings.told.more:
        put(f"scraper: and {holdings.told.more} more", err=True)
    return bool(holdings.told.troubles)


def _report(brought: Brought, progress: Progress, *, json_: bool) -> None:
    outcome, at = brought.outcome, brought.found.at
    if outcome is None:
        return
    if json_:
        progress.clear()
        put_json({**{name: getattr(outcome, name) for name in outcome.__slots__}, "captured_at": at})
    elif outcome.verdict in TOLD:
        progress.clear()
        why = ", ".join(outcome.edit.kinds) if outcome.edit else outcome.reason
        flags = f" [{', '.join(outcome.flags)}]" if outcome.flags else ""
        put(f"{stamp(at)}  {outcome.verdict:8} {outcome.title or outcome.url}{f' ({why})' if why else ''}{flags}")


# ---------------------------------------------------------------------------------------------- a dry run


@dataclass(slots=True)
class _Share:
    """What one outlet would get."""

    listed: bool
    captures: int = 0
    first: datetime | None = None
    last: datetime | None = None
    left: Counter[str] = field(default_factory=Counter)


async def _dry_run(
    files: tuple[Path, ...], wanted: _Wanted, where: tuple[Path, Path | None], progress: Progress, *, json_: bool
) -> int:
    """Say what would come. Nothing is read of the pages, and nothing is written."""
    from scraper.model import Origin
    from scraper.pipeline.importing import KNOWN, owner_of, why_not
    from scraper.store.archive import FileArchive
    from scraper.worker import Cage, CagedReader

    settings, outlets = load(where[1])
    shares: dict[str, _Share] = {}
    with contextlib.ExitStack() as stack:
        there = (where[0] / "catalogue.sqlite").exists()
        archive = stack.enter_context(FileArchive.open(where[0], read_only=True)) if there else None
        holdings = stack.enter_context(_held(Path(tempfile.gettempdir()), settings, outlets, wanted))
        await _take_in(files, CagedReader(Cage(**asdict(settings.extract))), holdings, progress)
        progress.clear()
        for found in holdings.shelf.by_date():
            address = found.asked or found.url
            outlet = outlets.for_url(address)
            share = shares.setdefault(owner_of(address, outlet), _Share(outlet is not None))
            origin = Origin("", found.record_id, "", found.key)
            known = archive is not None and archive.is_imported(origin, found.at)
            if why := KNOWN if known else None if found.location else why_not(address, outlet):
                share.left[why] += 1
                continue
            share.captures += 1
            share.first, share.last = share.first or found.at, found.at
        troubles = _troubles(holdings)
        _tell_shares(shares, holdings.told.left, json_=json_)
    return int(troubles)


def _tell_shares(shares: dict[str, _Share], left: Counter[str], *, json_: bool) -> None:
    for name, share in sorted(shares.items(), key=lambda each: (not each[1].listed, -each[1].captures, each[0])):
        reasons = dict(share.left.most_common())
        if json_:
            span = {"first": share.first, "last": share.last}
            put_json({"outlet": name, "listed": share.listed, "captures": share.captures, **span, "left_out": reasons})
            continue
        days = f", {stamp(share.first)[:10]} to {stamp(share.last)[:10]}" if share.first and share.last else ""
        most = "" if share.listed else " at most: not listed, so only what reads as an article"
        put(f"{name}: {count(share.captures, 'capture')}{days}{most if share.captures else ''}")
        for reason, number in reasons.items():
            put(f"  {number:7} left out: {reason}")
    if json_:
        put_json({"summary": {"dry_run": True, "left_out": dict(left.most_common())}})
    elif left:
        put(f"{count(sum(left.values()), 'capture')} left out before that")
        for reason, number in left.most_common():
            put(f"  {number:7} {reason}")
