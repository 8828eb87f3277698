"""An archive into which WARC files are brought, in one process and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from scraper.gather.describe import Wanted
from scraper.gather.holdings import Holdings
from scraper.gather.wacz import members
from scraper.model import Outlet, Paging, Source
from scraper.outlets import Outlets
from scraper.pipeline.importing import Brought, Nobody, bring
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from scraper.store.catalogue import Catalogue
from tests.fakes import InlineReader
from tests.gather.shapes import DAY, START, Answer, per_record, plain, written

NOW = START + 700 * DAY
PAPER = Outlet(
    "paper.example", "The Paper", "https://paper.example/", sources=(Source("feed", "https://paper.example/feed"),)
)
PAGED = Outlet("paged.example", "Pages", "https://paged.example/", pages=Paging(next="a.next"))


async def bring_into(
    archive: FileArchive,
    folder: Path,
    *files: bytes | Path,
    outlets: Sequence[Outlet] = (PAPER, PAGED),
    wanted: Wanted | None = None,
) -> list[Brought]:
    """Import these files; what became of each capture."""
    told: list[Brought] = []
    services = Services(Nobody(), InlineReader(), archive, archive.frontier, Outlets.of(list(outlets)), lambda: NOW)
    with Holdings(archive.run_dir, NOW, wanted=wanted) as holdings:
        for number, data in enumerate(files):
            path = data if isinstance(data, Path) else written(folder, data, f"{number}.warc.gz")
            holdings.add(path, members(path) if path.suffix == ".wacz" else None)
        await bring(services, holdings, told.append)
    return told


def words(told: list[Brought]) -> list[str]:
    """Each ending in a word or two: the verdict with the first word of its reason, or why it was left out."""
    return [each.left or _word(each) for each in told]


def _word(each: Brought) -> str:
    outcome = each.outcome
    assert outcome
    why = (outcome.reason or "").partition(":")[0]
    return f"{outcome.verdict}: {why}" if why and outcome.verdict not in {"new", "edited"} else outcome.verdict


def warc(*answers: Answer) -> bytes:
    """A file with these answers."""
    return per_record(*map(plain, answers))


def said(root: Path) -> list[str]:
    """What the catalogue says, whatever records are called and wherever they lie: what two runs must agree on."""
    lines: list[str] = []
    catalogue = Catalogue.open(root / "catalogue.sqlite", read_only=True)
    try:
        with catalogue.read() as db:
            for query in (
                "SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles ORDER BY 1",
                "SELECT article_id, version, path, verdict, captured_at, kinds, flags FROM versions ORDER BY 1, 2",
                "SELECT article_id, url, outlet, at, verdict, reason, flags, version FROM visits ORDER BY seq",
                "SELECT key, url FROM aliases ORDER BY 1, 2",
                "SELECT key, record_id, payload, url FROM imports ORDER BY 1",
                "SELECT path, kind, at, since FROM markers ORDER BY 1",
            ):
                lines += [repr(row) for row in db.execute(query)]
    finally:
        catalogue.close()
    return lines


def at(days: float) -> datetime:
    """So many days after the first capture."""
    return START + days * DAY
