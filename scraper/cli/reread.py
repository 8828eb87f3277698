"""`scraper reread`: extract the archive again from its captures."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import click

from scraper.cli.common import Open, as_json, count, folder, one_error, opened, places, put, put_json
from scraper.cli.completing import held
from scraper.cli.history import Asked
from scraper.cli.progress import Progress
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.model import Entry, Snapshot
    from scraper.pipeline.reread import Rereading

WORDS = {
    "same": "as before",
    "revised": "revised",
    "kept": "kept as they were, because the new reading seems worse",
    "pruned": "left alone, because their answers were pruned",
    "unreadable": "could not be read",
}


@click.command(short_help="Extract the archive again from its captures.")
@click.argument("urls", nargs=-1)
@click.option("--outlet", shell_complete=held, help="Articles of this outlet only.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--all", is_flag=True, help="Also versions that were read with today's rules.")
@click.option("--force", is_flag=True, help="Keep new readings that seem worse, too.")
@as_json
@places
def reread(urls: tuple[str, ...], json_: bool, archive: Path, config: Path, **options: Any) -> None:
    """Extract the archive again from its captures, with today's program and rules.

    Where the text comes out differently, the new reading is kept beside the old
    one, under the same version: the outlet has changed nothing. No number changes,
    nothing is written over, and no outlet is asked. Without URL: all articles.

    \b
    scraper reread --dry-run --outlet example.org
    scraper reread https://example.org/2026/11/22/a-story/
    """
    wanted = _Wanted(urls, **options)
    if not (archive / "catalogue.sqlite").exists():
        from scraper.store.opening import no_catalogue

        raise no_catalogue(archive)
    with Progress() as progress:
        told = asyncio.run(_reread(wanted, (archive, folder(config)), progress, json_=json_))
    if not json_:
        _summary(told, dry_run=wanted.dry_run)
    raise click.exceptions.Exit(int(told["unreadable"] > 0))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    urls: Sequence[str]
    outlet: str | None
    dry_run: bool
    all: bool
    force: bool

    def entries(self, open_: Open) -> Iterator[Entry]:
        """The articles, one after the other: there may be very many. Raises UsageError for one that is not there."""
        for url in self.urls:
            yield Asked(url, open_.services.outlets).entry(open_.archive)
        if not self.urls:
            yield from open_.archive.articles(self.outlet)

    def count(self, open_: Open) -> int:
        """How many articles these are."""
        found = open_.archive.reports.status(open_.services.now()).outlets
        return len(self.urls) or sum(one.articles for one in found if self.outlet in {None, one.outlet})

    def is_current(self, open_: Open, entry: Entry) -> Callable[[Snapshot], bool]:
        """Whether a version was read with what would be used now."""
        from scraper.extract.reading import reading_of

        outlet = open_.services.outlets.get(entry.outlet)

        def current(snapshot: Snapshot) -> bool:
            rules = outlet.as_of(snapshot.captured_at.date()) if outlet else None
            return not self.all and snapshot.article.reading == reading_of(rules)

        return current


async def _reread(wanted: _Wanted, where: tuple[Path, Path | None], progress: Progress, *, json_: bool) -> Counter[str]:
    """Read as many articles at once as there are reading processes; how many versions ended how."""
    from scraper import log

    log.setup(level="warning")
    told: Counter[str] = Counter()
    async with opened(*where) as open_:
        entries, total = wanted.entries(open_), wanted.count(open_)

        async def work() -> None:
            for entry in entries:
                progress.step("articles", told["articles"], total)
                told["articles"] += 1
                async for found in _versions(open_, wanted, entry):
                    told[found.result] += 1
                    told["no-edit"] += found.no_edit
                    _report(found, progress, json_=json_)

        with one_error():
            async with anyio.create_task_group() as tasks:
                for _ in range(open_.settings.extract.workers):
                    tasks.start_soon(work)
    if wanted.outlet and not told["articles"]:
        raise UsageError(f"--outlet {wanted.outlet}: no article of that outlet is here; `scraper status` lists outlets")
    return told


def _versions(open_: Open, wanted: _Wanted, entry: Entry) -> AsyncIterator[Rereading]:
    from scraper.pipeline.reread import reread as read_all

    current = wanted.is_current(open_, entry)
    return read_all(open_.services, entry, current, dry_run=wanted.dry_run, force=wanted.force)


def _report(found: Rereading, progress: Progress, *, json_: bool) -> None:
    if json_ or found.result != "same":
        progress.clear()
    if json_:
        put_json(found)
    elif found.result != "same":
        what = ", ".join(found.edit.kinds) if found.edit else found.reason
        put(f"{found.result:10} {found.url} {found.version:03d}: {what}{' [no edit]' * found.no_edit}")


def _summary(told: Counter[str], *, dry_run: bool) -> None:
    versions = sum(told[word] for word in WORDS)
    put(f"{count(told['articles'], 'article')}, {count(versions, 'version')} read again{' (dry run)' * dry_run}")
    for word, said in WORDS.items():
        if told[word]:
            put(f"  {told[word]:6} {said}")
    if told["no-edit"]:
        put(f"  {told['no-edit']:6} of them read like the version before: no edit of the outlet")
