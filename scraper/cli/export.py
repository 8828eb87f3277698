"""`scraper export`: the archive in other people's formats."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from scraper.cli.common import as_json, count, moment, places, put, put_json, reading
from scraper.cli.completing import held, kinds
from scraper.cli.progress import Progress
from scraper.cli.state import edit_kind
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.store.export.formats import Format, Place
    from scraper.store.export.view import Problem, View, Which

FORMATS = ("jsonl", "csv", "parquet", "text", "warc", "wacz")
SAID = 20  # problems that are told one by one


def _when(_context: click.Context, parameter: click.Parameter, given: str | None) -> datetime | None:
    return moment(f"--{parameter.name}", given, datetime.now(UTC)) if given is not None else None


def _which(_context: click.Context, _parameter: click.Parameter, given: str) -> int | Which:
    if given in {"all", "latest", "first"}:
        return cast("Which", given)
    if given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given)
    raise UsageError(f"--version {given}: neither all, latest, first nor the number of a version")


@click.command(no_args_is_help=True, short_help="Write the archive, or part of it, in another format.")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="See above.")
@click.option("-o", "--output", metavar="FILE", default="-", show_default=True,
              help="File, or folder for text; - for standard output.")  # fmt: skip
@click.option("--outlet", "outlets", metavar="NAME", multiple=True, shell_complete=held,
              help="Of this outlet only; may be repeated.")  # fmt: skip
@click.option("--since", metavar="WHEN", callback=_when, help="Captured from then on: a date, or 24h, 7d back.")
@click.option("--until", metavar="WHEN", callback=_when, help="Captured before then.")
@click.option("--version", default="all", show_default=True, callback=_which, metavar="WHICH",
              help="all, latest, first, or a number.")  # fmt: skip
@click.option(
    "--kind", callback=edit_kind, shell_complete=kinds, help="Edits of this kind only: headline, figures, quotes …"
)
@click.option("--stealth", is_flag=True, help="Only edits made in silence.")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
@click.option("--bom", is_flag=True, help="csv: begin with the mark by which Excel knows UTF-8.")
@as_json
@places
def export(form: Format, output: str, json_: bool, archive: Path, config: Path, **options: Any) -> None:
    """Write the archive, or part of it, in another format.

    \b
    jsonl    one version a line: text, edit, hashes, the whole sidecar
    csv      one version a row, harmless in spreadsheets
    parquet  one version a row, in typed columns (needs scraper[parquet])
    text     the snapshots in their folders, to -o DIR or as a tar
    warc     the captures: answers, requests and visits, as received
    wacz     the same with an index and a list of pages, for replay

    Without filters: everything. May run while the daemon works: it sees the
    archive as it was when it began. A file gets its name when it is whole. What is
    damaged is named and left out, and the exit code is 1.

    \b
    scraper export --format jsonl --version latest | jq -r .title
    scraper export --format csv --stealth --since 7d -o edits.csv
    scraper export --format wacz --outlet example.org -o example.wacz
    """
    from scraper.store.export import formats
    from scraper.store.export.view import Ears, Wanted

    place = formats.Place(None if output == "-" else Path(output), options.pop("overwrite"), options.pop("bom"))
    formats.check(form, place)
    if place.name is None and form in formats.BINARY and sys.stdout.isatty():
        raise UsageError(f"--format {form}: these bytes are not for a terminal; name a file with -o, or use a pipe")
    wanted = Wanted(**{name: value for name, value in options.items() if value is not None})
    with Progress(quiet=place.name is None and sys.stdout.isatty()) as progress, reading(archive) as store:
        told = _Told(progress, "bytes" if form in {"warc", "wacz"} else "versions")
        with store.exports.view(wanted, Ears(told.problem, told.step)) as view:
            versions = view.count()
            formats.write(view, form, place)
        progress.clear()
        _summary(view, versions, form, place, json_=json_)
        raise click.exceptions.Exit(int(view.problems > 0))


class _Told:
    """What is said while the export runs, all of it on stderr: problems, and on a terminal how far it is."""

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress = progress
        self._what = what
        self._said = 0

    def problem(self, problem: Problem) -> None:
        """Name what is damaged; very many are summed up at the end."""
        self._said += 1
        self._progress.clear()
        if self._said <= SAID:
            put(f"scraper: {problem.file}: {problem.problem}", err=True)
        elif self._said == SAID + 1:
            put("scraper: … and more", err=True)

    def step(self, done: tuple[int, int]) -> None:
        """How far it is, now and then."""
        self._progress.step(self._what, *done)


def _summary(view: View, versions: int, form: Format, place: Place, *, json_: bool) -> None:
    """One line on stderr, or with --json as an object on stdout unless the export itself goes there."""
    output = str(place.name) if place.name else None
    if json_:
        found = {
            "format": form,
            "output": output,
            "versions": versions,
            "as_of": view.as_of,
            "complete": not view.problems,
            "problems": view.problems,
        }
        put_json(found, err=place.name is None)
        return
    where = f" to {output}" if output else ""
    lack = f"; INCOMPLETE: {count(view.problems, 'problem')}, see `scraper verify`" if view.problems else ""
    put(f"scraper: {count(versions, 'version')} as {form}{where}{lack}", err=True)
