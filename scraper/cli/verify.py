"""`scraper verify`: whether the archive can be trusted, in one run or in several."""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from scraper.cli.common import as_json, count, places, put, put_json, stamp
from scraper.cli.progress import Progress
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.store.bookmarks import Keeper, Part
    from scraper.store.checks import Finding

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SHOWN: Final = 5  # parts of a run that are told one by one


def _span(_context: click.Context, _parameter: click.Parameter, given: str | None) -> int | None:
    """The seconds of `2h`, `30m`. Raises UsageError."""
    if given is None:
        return None
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", given, re.ASCII)
    if match is None:
        raise UsageError(f"--for {given}: no span of time; 30m, 2h and 1d are")
    return int(match[1]) * _SECONDS[match[2]]


@click.command()
@click.option("--deep", is_flag=True, help="Read every record of every WARC too.")
@click.option("--resume", is_flag=True, help="Go on where the last one was cut short; begin anew if none was.")
@click.option("--for", "allowed", metavar="SPAN", callback=_span, help="End after so long, 30m or 2h, to be resumed.")
@as_json
@places
def verify(deep: bool, resume: bool, allowed: int | None, json_: bool, archive: Path, config: Path) -> None:
    """Prove that nothing in the archive was altered or lost.

    Every finding names the file and what to do. Changes nothing; may be run while a
    daemon works. Exit code 1 if anything was found.

    It notes where it is: after Ctrl-C, a kill or a power cut, --resume goes on from
    there, with what was found. What was stored meanwhile is checked too; what was
    checked before is not read again.

    \b
    scraper verify
    scraper verify --deep
    scraper verify --deep --resume
    scraper verify --deep --resume --for 2h     each night: all in turns
    """
    from scraper.store.bookmarks import Stopped
    from scraper.store.prune import nobody_prunes
    from scraper.store.verify import verify as check

    problems, again = 0, f"scraper verify{' --deep' * deep} --resume"
    with Progress() as progress, nobody_prunes(archive), _keeper(archive, deep, resume, allowed) as keeper:
        try:
            for finding in check(archive, deep=deep, step=progress.step, keeper=keeper):
                problems += 1
                progress.clear()
                put_json(finding) if json_ else put(_line(finding))
        except Stopped:
            progress.clear()
            _say_stopped(keeper, problems, again)
            raise click.exceptions.Exit(130 if keeper.interrupted else int(problems > 0)) from None
    if not json_:
        put(count(problems, "problem") if problems else "everything is as it was stored")
    for line in _parts((*keeper.parts, keeper.part)) if keeper.parts else ():
        put(line, err=json_)
    raise click.exceptions.Exit(int(problems > 0))


@contextlib.contextmanager
def _keeper(archive: Path, deep: bool, resume: bool, allowed: int | None) -> Iterator[Keeper]:
    """Who keeps the place of this run. The first Ctrl-C has it end where it can be gone on from, the second at once."""
    from scraper.store.bookmarks import Keeper

    def ending(_signal: int, _frame: FrameType | None) -> None:
        keeper.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.getsignal(signal.SIGINT)
    with Keeper(archive, deep=deep, resume=resume, allowed=allowed, say=_say) as keeper:
        if before is signal.default_int_handler:  # else somebody wants it ignored, or is no terminal
            signal.signal(signal.SIGINT, ending)
        try:
            yield keeper
        finally:
            signal.signal(signal.SIGINT, before)


def _say(what: str) -> None:
    put(f"scraper: {what}", err=True)


def _line(finding: Finding) -> str:
    found = f" (found {stamp(finding.found_at)})" if finding.found_at else ""
    return f"{finding.file}: {finding.problem}; {finding.repair}{found}"


def _say_stopped(keeper: Keeper, problems: int, again: str) -> None:
    """Where it was, what that is worth, and how to go on."""
    found = count(problems, "problem") if problems else "nothing wrong"
    why = "interrupted" if keeper.interrupted else "the time is over"
    far = keeper.part.far
    _say(f"{why}{f' at {far}' if far else ''}, with {found} so far")
    if keeper.trouble:
        _say(f"its place could not be noted, so that it has to begin anew: {keeper.trouble}")
    else:
        _say(f"`{again}` goes on from here")


def _parts(parts: tuple[Part, ...]) -> Iterator[str]:
    """What was checked when, if not all of it in one run."""
    *before, last = parts
    yield f"checked in {len(parts)} parts:"
    if earlier := before[:-SHOWN]:
        yield f"  {stamp(earlier[0].began)} to {stamp(earlier[-1].ended)}  in {count(len(earlier), 'part')}"
    for part in before[-SHOWN:]:
        yield f"  {stamp(part.began)} to {stamp(part.ended)}  as far as {part.far or 'the beginning'}"
    yield f"  {stamp(last.began)} to {stamp(last.ended)}  the rest, and what was stored since the beginning"
