"""A small outlet to archive: its pages, its articles, a clock, and the way the pipeline hands them to the store."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

from scraper.article import Article, Block
from scraper.model import Capture, Edit, Entry, Intent, Outlet, Page, Snapshot, Verdict, VerdictKind
from scraper.store.archive import FileArchive, Seams
from scraper.store.catalogue import Catalogue
from scraper.store.files import Files
from scraper.store.reindex import dump
from scraper.store.scan import Gap, Record, scan
from scraper.store.verify import Finding, verify

START = datetime(2024, 6, 2, 9, 30, tzinfo=UTC)
HARBOUR = "https://news.example/2024/06/harbour-reopens"
OUTLET = Outlet("news.example", "The Example", "https://news.example/", identity=r"/(\d+)-[a-z-]+$")


@dataclass
class Clock:
    """A clock that moves a minute each time it is read."""

    at: datetime = START

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@dataclass
class Ids:
    """Record ids in order, so that runs can be compared; `seed` keeps those of several runs apart."""

    seed: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __call__(self) -> str:
        return f"<urn:uuid:{self.seed:08x}-0000-4000-8000-{next(self.numbers):012x}>"


def opened(
    root: Path, files: Files | None = None, *, clock: Clock | None = None, seed: int = 0, warc_size: int = 1 << 30
) -> FileArchive:
    """An archive with a clock and ids that can be repeated."""
    seams = Seams(files or Files(), clock or Clock(), Ids(seed))
    return FileArchive.open(root, create=True, warc_size=warc_size, seams=seams)


def page(
    url: str = HARBOUR, body: bytes = b"<p>The harbour is open.</p>", at: datetime = START, **more: object
) -> Page:
    """A plain answer of a well-behaved server."""
    plain = Page(
        url=url,
        final_url=url,
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", '"v1"')),
        request_headers=(("Host", "news.example"), ("User-Agent", "scraper")),
        raw=body,
        body=body,
        fetched_at=at,
        address="192.0.2.7",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # the fields of Page, as named


def article(text: str = "The harbour is open.", url: str = HARBOUR, **more: object) -> Article:
    """An article of one paragraph."""
    plain = Article(
        url=url,
        canonical_url=url,
        title="Harbour reopens",
        authors=("Ann Author",),
        published=datetime(2024, 6, 2, 7, 0, tzinfo=UTC),
        blocks=(Block("paragraph", text),),
        reading="extract 1",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # the fields of Article, as named


def intent(
    kind: VerdictKind,
    seen: Page,
    capture: Capture | None,
    entry: Entry | None,
    text: Article | None = None,
    **more: object,
) -> Intent:
    """What the pipeline hands to `commit`."""
    edit = Edit(("wording",), (), stealth=False) if kind == "edited" else None
    plain = Intent(
        url=seen.url,
        outlet="news.example",
        verdict=Verdict(kind, edit=edit),
        at=seen.fetched_at,
        entry=entry,
        article=text,
        capture=capture,
        page=seen,
        aliases=(seen.url,),
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # the fields of Intent, as named


def visit(
    archive: FileArchive, text: str, *, url: str = HARBOUR, at: datetime = START, **more: object
) -> Snapshot | None:
    """One visit that found `text` at `url`, as the pipeline does it."""
    seen = page(url, f"<p>{text}</p>".encode(), at)
    capture = archive.capture(seen)
    entry = archive.find(url)
    return archive.commit(intent("edited" if entry else "new", seen, capture, entry, article(text, url), **more))


def capture_and_commit(archive: FileArchive, found: Article, url: str, at: datetime, outlet: str) -> Snapshot | None:
    """One visit that found an article at an outlet of any name."""
    seen = page(url, found.text.encode(), at)
    entry = archive.find(url)
    return archive.commit(
        intent("edited" if entry else "new", seen, archive.capture(seen), entry, found, outlet=outlet)
    )


def visit_of_pages(
    archive: FileArchive, *texts: str, url: str = HARBOUR, at: datetime = START, **more: object
) -> Snapshot | None:
    """One visit to an article on several pages, each captured before the next is asked for."""
    places = [url, *(f"{url}?page={number}" for number in range(2, len(texts) + 1))]
    seen = [page(place, f"<p>{text}</p>".encode(), at) for place, text in zip(places, texts, strict=True)]
    first, *further = [archive.capture(one) for one in seen]
    entry, text = archive.find(url), article(" ".join(texts), url)
    kind: VerdictKind = "edited" if entry else "new"
    made = intent(kind, seen[0], first, entry, text, further=tuple(further), aliases=tuple(places))
    return archive.commit(replace(made, **more))  # type: ignore[arg-type]  # the fields of Intent, as named


def gone(archive: FileArchive, *, at: datetime, url: str = HARBOUR, confirmed: bool = True) -> None:
    """One visit that was told the article is gone."""
    seen = page(url, b"no such page", at, status=404, reason="Not Found")
    capture = archive.capture(seen)
    verdict = Verdict("gone", "http-404", flags=("confirmed",) if confirmed else ("unconfirmed",))
    archive.commit(intent("gone", seen, capture, archive.find(url), verdict=verdict))


def texts(archive: FileArchive, url: str = HARBOUR) -> list[str]:
    """The paragraph of every version of an article."""
    entry = archive.find(url)
    return [snapshot.article.body for snapshot in archive.versions(entry.id)] if entry else []


def dumped(root: Path) -> list[str]:
    """All that the catalogue says about files."""
    catalogue = Catalogue.open(root / "catalogue.sqlite", read_only=True)
    try:
        with catalogue.read() as db:
            return list(dump(db))
    finally:
        catalogue.close()


def tallies(db: apsw.Connection) -> list[tuple[object, ...]]:
    """What the catalogue has counted: outlet, articles, gone, versions, bytes."""
    return db.execute("SELECT outlet, articles, gone, versions, bytes FROM tallies ORDER BY outlet").fetchall()


def counted(db: apsw.Connection) -> list[tuple[object, ...]]:
    """The same, counted now."""
    return db.execute(
        "SELECT outlet, (SELECT count(*) FROM articles AS a WHERE a.outlet = o.outlet),"
        " (SELECT count(*) FROM articles AS a WHERE a.outlet = o.outlet AND gone_since IS NOT NULL),"
        " (SELECT count(*) FROM versions AS v WHERE v.outlet = o.outlet),"
        " (SELECT coalesce(sum(r.size), 0) FROM versions AS v JOIN readings AS r"
        "  ON r.article_id = v.article_id AND r.version = v.version WHERE v.outlet = o.outlet)"
        " FROM (SELECT outlet FROM articles UNION SELECT outlet FROM versions) AS o ORDER BY outlet"
    ).fetchall()


def findings(root: Path, *, deep: bool = True) -> list[Finding]:
    """What `verify` finds."""
    return list(verify(root, deep=deep))


def leftovers(root: Path) -> list[str]:
    """Files that no finished write leaves behind."""
    return [str(path) for path in root.rglob(".*.part")]


def pieces(content: bytes) -> list[Record | Gap]:
    """The records of a WARC file, and the gaps between them."""
    return list(scan(io.BytesIO(content), 0, len(content)))
