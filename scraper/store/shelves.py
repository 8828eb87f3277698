"""The archive as it can be read: articles, versions, readings and captures, each checked against its hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, cast

import apsw

from scraper.copies import Copy
from scraper.errors import ArchiveDamaged, ArchivePruned
from scraper.model import Capture, Entry, Look, Origin, Outlet, Page, Reading, Snapshot
from scraper.reports import Harm
from scraper.store import copies, drafts, imports, index, pages, paths, sidecar
from scraper.store.catalogue import Catalogue, Value, queries
from scraper.store.files import read
from scraper.store.recent import Recent
from scraper.store.stamps import from_ticks, ticks
from scraper.store.widgets import standing, widget_from
from scraper.widgets import Decided, Decision, Widget

HINTED: Final = 5  # articles that are compared with a page at an unknown address


class Shelves:
    """The reading half of `interfaces.Archive`. Nothing is given out that is not as it was stored."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self._catalogue = catalogue

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue over these files."""
        return self._catalogue

    def find(self, url: str, outlet: Outlet | None = None) -> Entry | None:
        """See `interfaces.Archive`. None also for what is no address."""
        with self._catalogue.read() as db:
            found = (entry_of(db, "article_by_key", {"key": key}) for key in drafts.keys_of(url, outlet))
            return next(filter(None, found), None)

    def entry(self, article_id: str) -> Entry | None:
        """The article with this id."""
        with self._catalogue.read() as db:
            return _by_id(db, article_id)

    def hinted(self, hints: Sequence[str]) -> list[Entry]:
        """See `interfaces.Archive`."""
        with self._catalogue.read() as db:
            rows = [row for hint in hints for row in db.execute(queries()["articles_hinted"], {"hint": hint})]
        found = sorted(set(map(entry_from, rows)), key=lambda entry: (entry.first_seen, entry.id), reverse=True)
        return found[:HINTED]

    def earlier(self, entry: Entry) -> list[Entry]:
        """The articles that stood at this one's address before it, the last one first."""
        found: list[Entry] = []
        while entry.follows and (before := self.entry(entry.follows)) and before not in found:
            found.append(before)
            entry = before
        return found

    def follower(self, article_id: str) -> Entry | None:
        """The article that stands now where this one stood, or stood there next."""
        with self._catalogue.read() as db:
            return entry_of(db, "article_following", {"id": article_id})

    def articles(self, outlet: str | None = None, *, batch: int = 500) -> Iterator[Entry]:
        """All articles, or those of one outlet, in order of their ids. What is stored meanwhile may be left out."""
        last = ""
        while True:
            with self._catalogue.read() as db:
                found = entries_after(db, outlet, last, batch)
            yield from found
            if len(found) < batch:
                return
            last = found[-1].id

    def decisions(self, outlet: str | None = None) -> list[Decision]:
        """What was learnt and forgotten about widgets of one outlet, or of all, in order."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["widgets_of"], {"outlet": outlet}).fetchall()
        return [
            Decision(number, from_ticks(at), word, widget_from(json.loads(data)))
            for _, number, _, at, word, data in cast("list[tuple[str, int, str, int, Decided, str]]", rows)
        ]

    def widgets(self, outlet: str | None = None) -> list[Widget]:
        """What holds of them now."""
        return standing(self.decisions(outlet))

    def recent(self, outlet: str, since: datetime, limit: int) -> list[Snapshot]:
        """The newest versions of an outlet captured from `since` on, oldest first. Damaged ones are left out."""
        values = {"outlet": outlet, "since": ticks(since), "limit": limit}
        with self._catalogue.read() as db:
            rows = cast("list[tuple[int, str, str, str]]", db.execute(queries()["recent_versions"], values).fetchall())
        found = []
        for row in reversed(rows):
            with contextlib.suppress(ArchiveDamaged):
                found.append(self._snapshot(*row))
        return found

    def versions(self, article_id: str) -> Sequence[Snapshot]:
        """See `interfaces.Archive`. Raises ArchiveDamaged if one cannot be read; `snapshot` reads its neighbours."""
        return [self._snapshot(*row) for row in self._rows(article_id)]

    def legible(self, article_id: str) -> Sequence[Snapshot]:
        """See `interfaces.Archive`."""
        found = []
        for row in self._rows(article_id):
            with contextlib.suppress(ArchiveDamaged):
                found.append(self._snapshot(*row))
        return found

    def sound(self, article_id: str) -> tuple[list[Snapshot], list[Harm]]:
        """See `interfaces.Archive`."""
        whole, harmed = list[Snapshot](), list[Harm]()
        for version, path, sha256, side in self._rows(article_id):
            try:
                found = self._snapshot(version, path, sha256, side)
                text_as_stored(self.root, path, sha256)
                whole.append(found)
            except ArchiveDamaged as error:
                harmed.append(Harm(version, self._relative(error.path), error.why))
        return whole, harmed

    def harmed(self, article_id: str, versions: Container[int], whole: Recent[None]) -> list[Harm]:
        """See `interfaces.Library`. Compares hashes only; `whole` remembers files that nobody has touched since."""
        found = list[Harm]()
        for row in self._rows(article_id):
            try:
                if row[0] in versions:
                    whole.once((row, *_touched(self.root, row[1])), partial(self._check, *row))
            except ArchiveDamaged as error:
                found.append(Harm(row[0], self._relative(error.path), error.why))
        return found

    def _check(self, _version: int, path: str, sha256: str, side: str) -> None:
        text_as_stored(self.root, path, sha256)
        as_stored(_beside(self.root / path), side)

    def _rows(self, article_id: str) -> list[tuple[int, str, str, str]]:
        """Number, path and both hashes of each version."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["versions_of"], {"id": article_id}).fetchall()
        return cast("list[tuple[int, str, str, str]]", rows)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def snapshot(self, article_id: str, version: int) -> Snapshot | None:
        """One version, None if there is none of that number. Raises ArchiveDamaged."""
        with self._catalogue.read() as db:
            row = db.execute(queries()["version_of"], {"id": article_id, "version": version}).fetchone()
        return self._snapshot(*cast("tuple[int, str, str, str]", row)) if row else None

    def latest(self, article_id: str) -> Snapshot | None:
        """See `interfaces.Archive`. Raises ArchiveDamaged."""
        with self._catalogue.read() as db:
            row = db.execute(queries()["last_version"], {"id": article_id}).fetchone()
        return self.snapshot(article_id, cast("int", row[0])) if row else None

    def copies(self, article_id: str) -> Sequence[Copy]:
        """Other articles with the text of this one: at other outlets, or at this one under another address.

        By when their text was first captured. What is too short is not looked for, and what is damaged is left out.
        """
        with self._catalogue.read() as db:
            this = _by_id(db, article_id)
            found = copies.pairs(db, this, _by_id) if this else []
        return copies.copies(found, self.snapshot)

    def readings(self, article_id: str) -> Sequence[Reading]:
        """All readings of all versions, oldest first: which extractor and rules gave which text."""
        with self._catalogue.read() as db:
            rows = db.execute(queries()["readings_of"], {"id": article_id}).fetchall()
        found = cast("list[tuple[int, str, str, str, int, int, str]]", rows)
        return [
            Reading(version, revision, path, sha256, from_ticks(at), reading)
            for version, path, sha256, _, revision, at, reading in found
        ]

    def _snapshot(self, _version: int, path: str, _sha256: str, sidecar_sha256: str) -> Snapshot:
        place, data = self._sidecar(path, sidecar_sha256)
        return sidecar.checked(place, lambda: sidecar.snapshot_from(data, path))

    def _sidecar(self, path: str, sha256: str) -> tuple[Path, sidecar.Json]:
        """What lies beside the text at `path`, and where."""
        place = _beside(self.root / path)
        return place, sidecar.loads(as_stored(place, sha256), place)

    def read_text(self, snapshot: Snapshot | Reading) -> str:
        """The text of a version, or of one of its readings, as its file has it.

        Raises ArchiveDamaged rather than give another one.
        """
        return text_as_stored(self.root, snapshot.path, snapshot.sha256).decode("utf-8")

    def failed_with(self, url: str, words: str, outlet: Outlet | None = None) -> bool:
        """See `interfaces.Archive`."""
        with self._catalogue.read() as db:
            for key in drafts.keys_of(url, outlet):
                article = db.execute(queries()["article_by_key"], {"key": key}).fetchone()
                values = {"key": key, "id": article[0] if article else None, "words": words}
                if db.execute(queries()["failed_with"], values).fetchone():
                    return True
        return False

    def read_sidecar(self, snapshot: Snapshot) -> bytes:
        """The sidecar of a version, as its file has it. Raises ArchiveDamaged rather than give another one."""
        with self._catalogue.read() as db:
            values = {"id": snapshot.article_id, "version": snapshot.version}
            row = db.execute(queries()["version_of"], values).fetchone()
        place = _beside(self.root / snapshot.path)
        if row is None or row[1] != snapshot.path:
            raise ArchiveDamaged(place, "is no longer how this version is read; ask for it again")
        return as_stored(place, cast("str", row[3]))

    def coalesced(self, article_id: str) -> Capture | None:
        """See `interfaces.Archive`."""
        with self._catalogue.read() as db:
            row = db.execute(queries()["last_coalesced"], {"id": article_id}).fetchone()
        if row is None:
            return None
        seq, file, length, name, digest, url, status, at = cast("tuple[int, str, int, str, str, str, int, int]", row)
        return Capture(file, index.place(seq)[1], length, name, digest, url, status, from_ticks(at))

    def is_imported(self, origin: Origin, at: datetime) -> bool:
        """See `interfaces.Archive`."""
        with self._catalogue.read() as db:
            return imports.is_known(db, origin.key, origin.record_id, at)

    def imported_payload(self, origin: Origin, url: str) -> Page | None:
        """See `interfaces.Archive`. Raises ArchiveDamaged."""
        with self._catalogue.read() as db:
            capture = imports.payload_of(db, origin, url)
        return self.page(capture) if capture else None

    def looks(self, article_id: str, after: int = -1) -> list[Look]:
        """See `interfaces.Archive`."""
        with self._catalogue.read() as db:
            return imports.looks(db, article_id, after)

    def page(self, capture: Capture) -> Page:
        """See `interfaces.Archive`. A repeat has the payload of the record it stands for.

        Raises ArchiveDamaged; ArchivePruned if it was dropped on purpose."""
        placed = self.placed(capture)
        try:
            return pages.read_page(self.root, placed, self._payload_place)
        except ArchiveDamaged:
            again = self.placed(capture)
            if again == placed:
                raise
            return pages.read_page(self.root, again, self._payload_place)  # its file was pruned while it was read

    def placed(self, capture: Capture) -> Capture:
        """`capture` with the place where its record lies now: elsewhere if its WARC file was pruned.

        Raises ArchivePruned if it was dropped."""
        with self._catalogue.read() as db:
            self._check_kept(db, capture.record_id, capture.file)
            row = db.execute(queries()["record_moved"], {"record_id": capture.record_id}).fetchone()
        if row is None:
            return capture
        seq, file = cast("tuple[int, str]", row)
        return replace(capture, file=file, offset=index.place(seq)[1])

    def _check_kept(self, db: apsw.Connection, record_id: str, file: str) -> None:
        row = db.execute(queries()["record_pruned"], {"record_id": record_id}).fetchone()
        if row:
            at, why = cast("tuple[int, str]", row)
            raise ArchivePruned(self.root / file, f"the answer was pruned on {from_ticks(at):%Y-%m-%d} ({why})")

    def _payload_place(self, record_id: str) -> tuple[str, int] | None:
        with self._catalogue.read() as db:
            self._check_kept(db, record_id, paths.WARC)
            row = db.execute(queries()["capture_place"], {"record_id": record_id}).fetchone()
        if row is None:
            return None
        seq, _, file = cast("tuple[int, int, str]", row)
        return file, index.place(seq)[1]


def as_stored(place: Path, sha256: str) -> bytes:
    """The bytes of a file of the archive. Raises ArchiveDamaged rather than give others."""
    content = read(place)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArchiveDamaged(place, "is not what was stored; `scraper verify` says more")
    return content


def text_as_stored(root: Path, path: str, sha256: str) -> bytes:
    """The bytes of a snapshot's text. Raises ArchiveDamaged, also for a path at which none is kept."""
    if not paths.is_article_file(path):
        raise ArchiveDamaged(root / path, "is no place where snapshots are kept")
    return as_stored(root / path, sha256)


def _touched(root: Path, path: str) -> tuple[int, ...]:
    """What changes when somebody writes to the text at `path` or to its sidecar, or puts another file in place."""
    told = list[int]()
    for name in (path, path.removesuffix(".txt") + ".json"):
        with contextlib.suppress(OSError, ValueError):
            found = os.lstat(f"{root}/{name}")
            told += found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return tuple(told)


def _beside(text: Path) -> Path:
    return text.with_suffix(".json")


def entry_of(db: apsw.Connection, query: str, values: dict[str, str]) -> Entry | None:
    """The article that a named query finds, if it finds one."""
    row = db.execute(queries()[query], values).fetchone()
    return entry_from(row) if row else None


def _by_id(db: apsw.Connection, article_id: str) -> Entry | None:
    return entry_of(db, "article_by_id", {"id": article_id})


def entries_after(db: apsw.Connection, outlet: str | None, after: str, limit: int) -> list[Entry]:
    """At most `limit` articles, of one outlet or of all, in order of their ids, from behind the id `after` on."""
    values: dict[str, Value] = {"after": after, "limit": limit}
    if outlet is None:
        return [entry_from(row) for row in db.execute(queries()["articles_after"], values)]
    rows = db.execute(queries()["articles_of_outlet_after"], values | {"outlet": outlet})
    return [entry_from(row) for row in rows]


def entry_from(row: tuple[object, ...]) -> Entry:
    """The article of a row that has all columns of `articles`."""
    id_, outlet, url, path, title, first, latest, gone, follows = cast(
        "tuple[str, str, str, str, str | None, int, int, int | None, str | None]", row
    )
    return Entry(id_, outlet, url, path, title, from_ticks(first), latest, from_ticks(gone), follows)
