"""What all commands share: where the archive and the configuration are, and how lines are printed."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from scraper.cli import colours
from scraper.errors import UsageError
from scraper.screen import fitted
from scraper.text import printable

if TYPE_CHECKING:  # the parsers behind these are imported by the commands that need them only
    from scraper.fetch.client import Client
    from scraper.outlets import Outlets
    from scraper.pipeline.services import Services
    from scraper.settings import Settings
    from scraper.store.archive import FileArchive

TEXT = 100  # columns of running text, at most: longer lines are hard to read
F = TypeVar("F", bound=Callable[..., Any])


def places(function: F) -> F:
    """Add `--archive DIR` and `--config DIR`, which every command takes."""
    for decorate in (
        click.option("--config", "config", metavar="DIR", type=click.Path(path_type=Path), default=Path("config"),
                     envvar="SCRAPER_CONFIG", show_default=True, help="Where scraper.toml and outlets/ are."),
        click.option("--archive", "archive", metavar="DIR", type=click.Path(path_type=Path), default=Path("archive"),
                     envvar="SCRAPER_ARCHIVE", show_default=True, help="Where everything is kept."),
    ):  # fmt: skip
        function = decorate(function)
    return function


def as_json(function: F) -> F:
    """Add `--json`: one JSON object a line on stdout."""
    return click.option("--json", "json_", is_flag=True, help="One JSON object a line.")(function)


def count(number: int, noun: str) -> str:
    """`1 outlet`, `2 outlets`, `1 outlet file`: the last word takes the s.

    >>> count(1, "problem"), count(0, "problem")
    ('1 problem', '0 problems')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(size: float) -> str:
    """`12 MB`: bytes in the largest unit of which there is at least one.

    >>> size(999), size(12_300_000)
    ('999 B', '12 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def put(text: str = "", *, err: bool = False, plain: bool = False, hang: int = 2) -> None:
    """A line for a person: nothing in it can steer the terminal. On one it is coloured, and broken between words, what
    follows a break `hang` columns further to the right; `plain` lines, such as those of a file, stay as they are."""
    line = printable(text)
    if not plain and (wide := colours.room(err=err)):
        line = fitted(line, wide, hang)
    click.echo(line if err or plain or not colours.wanted() else colours.painted(line), err=err)


def put_text(text: str) -> None:
    """The text of an article: in lines of `TEXT` columns at most on a terminal, else as its file has it."""
    text, wide = printable(text.rstrip("\n")), colours.room()
    click.echo(fitted(text, min(wide, TEXT), 0) if wide else text)


def put_json(value: object, *, err: bool = False) -> None:
    """A line for a program: dataclasses as objects, times as ISO 8601 in UTC with Z. ASCII, so that it is one line."""
    click.echo(json.dumps(value, default=plain), err=err)


def plain(value: object) -> object:
    """What `json` does not know itself."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def stamp(at: datetime) -> str:
    """`2026-11-22T09:30:00Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at.tzinfo else at.isoformat()


def ago(at: datetime, now: datetime) -> str:
    """`3 min ago`, `in 2 h`: as far as one step of a unit."""
    seconds = (now - at).total_seconds()
    for name, unit in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if abs(seconds) >= unit:
            span = f"{abs(seconds) / unit:.0f} {name}"
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "now"


def moment(option: str, given: str, now: datetime) -> datetime:
    """The moment that an option names: a date, a time, or how long before `now`. Raises UsageError."""
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if match := re.fullmatch(r"(\d{1,6})([mhdw])", given, re.ASCII):
        back = timedelta(**{units[match[2]]: int(match[1])})
        return now - min(back, now - datetime.min.replace(tzinfo=UTC))
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"{option} {given}: neither a date (2026-11-22) nor a time back (24h, 7d)") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def folder(config: Path) -> Path | None:
    """The folder of the configuration for a command that can do without: None if there is none and none was named."""
    source = click.get_current_context().get_parameter_source("config")
    named = source not in {ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP}
    return config if named or config.is_dir() else None


def load(config: Path | None) -> tuple[Settings, Outlets]:
    """Settings and outlets; without a folder what the environment says, and no outlets.

    Raises UsageError if there is no such folder, and ConfigError with all mistakes of both.
    """
    from scraper import outlets, settings
    from scraper.errors import ConfigError, Mistake

    mistakes: list[Mistake] = []
    try:
        values = settings.load(config, os.environ)
    except ConfigError as error:
        mistakes += error.mistakes
    try:
        known = outlets.load(config) if config else outlets.Outlets.of(())
    except ConfigError as error:
        mistakes += error.mistakes
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return values, known


@contextmanager
def one_error() -> Iterator[None]:
    """What several tasks fell over, as the first error of its kind: a person wants a sentence, not a tree."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from group


@dataclass(frozen=True, slots=True)
class Open:
    """An open archive with all that a visit needs. `client` is the fetcher among the services, with all it can."""

    services: Services
    archive: FileArchive
    settings: Settings
    client: Client


@asynccontextmanager
async def opened(archive: Path, config: Path | None) -> AsyncIterator[Open]:
    """Open archive, network and reader for a command that visits articles."""
    from scraper import limits
    from scraper.fetch.client import Client
    from scraper.fetch.policy import FetchPolicy
    from scraper.pipeline.learning import with_learned
    from scraper.pipeline.services import Services
    from scraper.worker import Cage, CagedReader

    settings, outlets = load(config)
    with writing(archive, settings) as store:
        policy = FetchPolicy(
            **dataclasses.asdict(settings.network),
            per_host_day=settings.visits.per_host_day,
            connections=limits.requests_at_once(FetchPolicy().connections),
        )
        async with Client(policy, store.run_dir / "hosts") as fetcher:
            reader = CagedReader(Cage(**dataclasses.asdict(settings.extract)))
            ruled = with_learned(outlets, store.widgets())
            yield Open(Services(fetcher, reader, store, store.frontier, ruled), store, settings, fetcher)


@contextmanager
def writing(archive: Path, settings: Settings) -> Iterator[FileArchive]:
    """The archive, made if the folder is empty or missing, and repaired if a process died in it."""
    from scraper.store.archive import FileArchive

    with FileArchive.open(archive, create=True, warc_size=settings.archive.warc_size) as store:
        yield store


@contextmanager
def reading(archive: Path) -> Iterator[FileArchive]:
    """The archive for a command that only looks: never made, never changed, also while a daemon writes."""
    from scraper.store.archive import FileArchive

    with FileArchive.open(archive, read_only=True) as store:
        yield store
