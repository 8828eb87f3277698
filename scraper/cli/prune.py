"""`scraper prune`: make room by a policy, and only when told to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.common import as_json, count, places, put, put_json, size
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.store.prune import Policy, Pruned

LEAST_AGE = timedelta(days=1)
_UNITS = {"d": "days", "w": "weeks"}


def _age(_context: click.Context, _parameter: click.Parameter, given: str | None) -> timedelta | None:
    if given is None:
        return None
    match = re.fullmatch(r"(\d{1,5})([dw])", given)
    age = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if age < LEAST_AGE:
        raise UsageError(f"--older-than {given}: name days or weeks, 1d or more: 90d, 26w")
    return age


@click.command(short_help="Make room: drop answers that made no version.")
@click.option("--older-than", "age", metavar="AGE", callback=_age,
              help="Drop answers of visits that made no version, captured longer ago than this: 90d, 26w.")  # fmt: skip
@click.option("--exported", metavar="FILE", multiple=True, type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="Drop answers that lie in this .warc.gz or .wacz file too, those of versions as well.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it. Without this nothing is deleted.")
@click.option("--dry-run", is_flag=True, help="Say what would go, as without --yes.")
@as_json
@places
def prune(
    age: timedelta | None,
    exported: tuple[Path, ...],
    yes: bool,
    dry_run: bool,
    json_: bool,
    archive: Path,
    config: Path,
) -> None:
    """Make room in WARC files that are no longer written to.

    Texts, their sidecars, tombstones, manifests and the record of every visit stay.
    What goes is listed, with its digests, in the file it was taken out of. What goes
    with --exported is proved against that file first, record by record. Without
    --yes it is only said what would go. A daemon may run meanwhile.

    \b
    scraper prune --older-than 90d
    scraper prune --exported backup/2026-06.wacz --yes
    """
    if yes and dry_run:
        raise UsageError("--yes and --dry-run cannot be combined")
    if age is None and not exported:
        raise UsageError(
            "prune by what? --older-than 90d drops what made no version, --exported FILE what is kept there"
        )
    from scraper.store.archive import FileArchive

    with FileArchive.open(archive) as store:
        done = []
        for found in store.prune(_policy(age, exported), yes=yes):
            done.append(found)
            put_json(found) if json_ else put(_line(found))
    if not json_:
        put(_summary(done, yes=yes))
    raise click.exceptions.Exit(int(any(found.note for found in done)))


def _policy(age: timedelta | None, files: tuple[Path, ...]) -> Policy:
    from scraper.store.exported import exported
    from scraper.store.prune import Policy

    why = [f"made no version, older than {age.days} d"] if age else []
    why += [f"exported to {', '.join(path.name for path in files)}"] if files else []
    known = {name: digest for path in files for name, digest in exported(path).items()}
    before = datetime.now(UTC) - (age or LEAST_AGE)
    return Policy(before, "; ".join(why), spare=age is not None, exported=known)


def _line(found: Pruned) -> str:
    if found.note:
        return f"{found.file}: {found.note}"
    share = f"{size(found.freed)} of {size(found.size)}"
    return f"{found.file}: {found.records} of {count(found.of_records, 'record')}, {share}"


def _summary(done: Iterable[Pruned], *, yes: bool) -> str:
    files = [found for found in done if not found.note]
    records, freed = sum(found.records for found in files), sum(found.freed for found in files)
    if not records:
        return "nothing to drop"
    what = f"{count(records, 'record')} in {count(len(files), 'file')}, {size(freed)}"
    return f"{what}: dropped" if yes else f"{what}: would go; nothing was deleted, --yes does it"
