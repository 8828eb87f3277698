"""`scraper outlets add`: the file of a new outlet, from its home page."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from scraper.cli import starter
from scraper.cli.common import as_json, count, opened, places, put, put_json
from scraper.cli.progress import told
from scraper.errors import ConfigError, Deferred, FetchError, UsageError

if TYPE_CHECKING:
    from scraper.pipeline.newcomer import Newcomer, Trial

# What keeps an outlet from being added, as the rest of a sentence that begins with its address.
_WHY: Final = {
    "robots": "its robots.txt does not want to be asked by programs like this one",
    "private-address": "leads to an address that is not public; what may be reached all the same is `private` under "
    "[network] in scraper.toml",
    "challenge": "answers with a page that wants to know whether a person is asking; this program does not pretend",
    "consent": "answers with a page that asks for consent instead of its own",
    "login": "answers with a login form instead of its own page",
    "not-a-page": "is no home page",
    "dns": "there is no such host, as far as this machine can tell",
    "connect": "does not answer",
    "timeout": "does not answer in time",
    "robots-unreachable": "its robots.txt cannot be had, so nobody knows what it wants",
    "too-large": "is larger than a home page may be",
}


@click.command(no_args_is_help=True, short_help="Write the file of a new outlet, from its home page.")
@click.argument("url")
@click.option("--front", is_flag=True, help="Take links from the page itself, too.")
@click.option("--force", is_flag=True, help="Write an outlet's file anew.")
@click.option("--dry-run", is_flag=True, help="Print the file, and write nothing.")
@as_json
@places
def add(url: str, json_: bool, archive: Path, config: Path, **options: bool) -> None:
    """Write the file of a new outlet, from what its home page says.

    Looks at the page, its feeds and sitemaps, and writes those that work into
    config/outlets/<domain>.toml. A daemon that is at work takes the file up by
    itself. Nothing is guessed: what the pages do not say is left to you.

    \b
    scraper outlets add https://example.org/
    scraper outlets add https://example.org/ --dry-run
    """
    from scraper.cli.outlets import inherited

    places, json_ = inherited((archive, config), json_=json_)
    raise click.exceptions.Exit(asyncio.run(_add(url, options, places, json_=json_)))


async def _add(url: str, options: dict[str, bool], places: tuple[Path, Path], *, json_: bool) -> int:
    from scraper import log, outlets, urls
    from scraper.pipeline.newcomer import Wish, meet

    wish = Wish(urls.parse(url), options["front"], options["force"])
    log.setup(level="warning")
    with starter.standing_in(places[1]) as config:
        outlets.load(config)  # a wrong configuration is said before anybody is asked
        try:
            async with opened(places[0], config) as open_:
                found = await meet(told(open_.services), wish, open_.client.sitemaps, outlets.signs(config))
        except FetchError as error:
            _refuse(error, json_=json_)
            return 1
    text = _text(found, wish.url, datetime.now(UTC))
    path = places[1] / outlets.OUTLETS / f"{found.outlet.id}.toml"
    works = bool(found.outlet.sources)
    if works and not options["dry_run"]:
        if starter.begin(places[1]):
            hint = "say there who you are, under [network]: outlets like to know who asks"
            put(f"scraper: {places[1]} was made, with scraper.toml; {hint}", err=True)
        write(places[1], path, text, force=options["force"])
    _tell(found, path, text, dry_run=options["dry_run"], json_=json_)
    return int(not works)


def _refuse(error: FetchError, *, json_: bool) -> None:
    if json_:
        put_json({"url": error.url, "error": error.reason, "detail": error.detail})
    said = _WHY.get(error.reason, error.reason)
    more = f" ({error.detail})" if error.detail else ""
    when = f"; again from {error.retry_at:%Y-%m-%d %H:%M:%S} UTC" if isinstance(error, Deferred) else ""
    put(f"scraper: {error.url}: {said}{more}{when}. Nothing was written", err=True)


def _tell(found: Newcomer, path: Path, text: str, *, dry_run: bool, json_: bool) -> None:
    outlet, works = found.outlet, bool(found.outlet.sources)
    if json_:
        put_json({"outlet": outlet.id, "file": str(path), "written": works and not dry_run, "name": outlet.name,
                  "home": outlet.home, "language": outlet.language, "preset": outlet.preset,
                  "generator": found.home.generator, "hosts": outlet.hosts,
                  "tried": list(map(_shape, found.trials)), "toml": text if works else None})  # fmt: skip
    elif works and dry_run:
        put(text.rstrip("\n"), plain=True)
    elif works:
        put(f"{path}: {outlet.name}")
        put(f"  language {outlet.language or 'not said'}; {_made_with(found)}")
        for trial in found.trials:
            put(f"  {trial.source.kind:8} {trial.source.url}: {_result(trial)}")
        put(f"Look through it; `scraper outlets check {outlet.id} --live` tries it.")
    if not works:
        _say_none(found, json_=json_)


def _made_with(found: Newcomer) -> str:
    """Which publishing system, as far as its pages tell."""
    preset, said = found.outlet.preset, found.home.generator
    if preset:
        return f"made with {said or preset} (preset {preset})"
    return f"made with {said}, for which there is no preset" if said else "what it is made with its pages do not tell"


def _shape(trial: Trial) -> dict[str, Any]:
    return {"kind": trial.source.kind, "url": trial.source.url, "articles": len(trial.found), "newest": trial.newest,
            "taken": trial.why is None, "why": trial.why}  # fmt: skip


def _result(trial: Trial) -> str:
    if trial.why:
        return f"not taken: {trial.why}"
    newest = f", the newest of {trial.newest:%Y-%m-%d}" if trial.newest else ""
    return f"{count(len(trial.found), 'article')}{newest}"


def _say_none(found: Newcomer, *, json_: bool) -> None:
    """On stderr, as nothing was done."""
    for trial in () if json_ else found.trials:
        put(f"scraper: {trial.source.url}: {trial.why}", err=True)
    tried_front = any(trial.source.kind == "front" for trial in found.trials)
    hint = "" if tried_front else "; --front takes links from the page itself"
    put(f"scraper: {found.outlet.home}: no source with articles was found. Nothing was written{hint}", err=True)


def _text(found: Newcomer, asked: str, now: datetime) -> str:
    from scraper.tomlfile.written import outlet_file

    outlet = found.outlet
    head = [
        f"Written by `scraper outlets add` on {now:%Y-%m-%d}, from {asked}. What its pages did not say is not here."
    ]
    about = {trial.source.url: _note(trial) for trial in found.trials if not trial.why}
    if found.home.named_by == "title":
        about["name"] = "The title of the page; what does the outlet call itself?"
    if not found.home.named_by:
        about["name"] = "The page gives no name; what does the outlet call itself?"
    if found.offset:
        about["timezone"] = f'Dates in its feed are all {found.offset}. If you know the zone: timezone = "Europe/Kyiv"'
    if outlet.hosts:
        about["hosts"] = "Its articles lie there, too."
    unused = [(trial.source, trial.why) for trial in found.trials if trial.why]
    unused += [(source, "not tried, as a feed works") for source in found.untried]
    return outlet_file(outlet, head, about, unused)


def _note(trial: Trial) -> str:
    return f"At the first look: {_result(trial)}."


def write(config: Path, path: Path, text: str, *, force: bool) -> None:
    """Give `path` this text: read by the loader first, whole or not at all, never over a file unless `force`.

    Raises UsageError for a file that is there, ConfigError for what the loader does not take, and OSError.
    """
    from scraper import outlets

    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        draft.write_text(text, encoding="utf-8")
        if mistakes := outlets.check(config, path.stem, draft):
            raise ConfigError(tuple(mistakes))
    path.parent.mkdir(exist_ok=True)
    with _staged(path, text) as new:
        if not force and _is_taken(new, path):
            raise UsageError(f"{path} is there already; --force writes it anew")
        if new.exists():
            new.replace(path)
    folder_ = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder_)
    finally:
        os.close(folder_)


def _is_taken(new: Path, path: Path) -> bool:
    """Give `new` the name `path` too; whether somebody has it already."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return True
    except OSError:  # a file system without links
        return path.exists()
    new.unlink()
    return False


@contextmanager
def _staged(path: Path, text: str) -> Iterator[Path]:
    """`text` beside `path`, durably, under a name that no loader reads."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)
