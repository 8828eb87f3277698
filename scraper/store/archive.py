"""The archive on disk: `interfaces.Archive` over files, WARC and SQLite.

    capture   response + request → WARC, synced
    commit    pending row → sidecar and text, synced → metadata record → WARC, synced → one transaction

Whatever is cut short in between is repaired by the next who takes the lock (`recovery`). Layout, formats and the order
of writing with its reasons: docs/archive.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

import apsw

from scraper.errors import ArchiveUnwritable
from scraper.model import Capture, Entry, Intent, Page, Revision, Snapshot
from scraper.store import drafts, index, manifests, paths, sidecar, warc, widgets
from scraper.store.catalogue import Catalogue, queries
from scraper.store.drafts import Draft
from scraper.store.export.view import Exports
from scraper.store.files import Files, unwritable
from scraper.store.frontier import SqliteFrontier
from scraper.store.intake import Notes, visit_record
from scraper.store.lease import Lease
from scraper.store.locks import Lock, Word, hold_roles
from scraper.store.opening import PATIENCE, Locks, no_catalogue, prepare, try_to_write
from scraper.store.plan import Known, Plan, plan, snapshot_text
from scraper.store.prune import Parts, Policy, Pruned, Pruner, finish_prunings
from scraper.store.quarantine import Quarantine
from scraper.store.recovery import Recovery
from scraper.store.reindex import renew
from scraper.store.repeats import is_pruned, known_payload
from scraper.store.report import Reports
from scraper.store.search.search import Search, Shelf
from scraper.store.shelves import Shelves, entry_of
from scraper.store.sidecar import Link
from scraper.store.spool import Settings, Spool
from scraper.store.stamps import from_ticks, now, stamp, ticks
from scraper.widgets import Decided, Widget

WARC_SIZE: Final = 1 << 30


def new_id() -> str:
    """A name for a record, never used before."""
    return f"<urn:uuid:{uuid.uuid4()}>"


@dataclass(frozen=True, slots=True)
class Seams:
    """What an archive takes from the world besides its folder."""

    files: Files
    clock: Callable[[], datetime] = now
    new_id: Callable[[], str] = new_id


class FileArchive(Shelves):
    """One archive, opened. Use `open`. Calls may come from any thread, and any number of processes may have it open.

    `repairs` says what was found unfinished and put right, for the log. `frontier` is kept in the same catalogue.
    """

    def __init__(self, root: Path, catalogue: Catalogue, locks: Locks, settings: Settings, files: Files):
        super().__init__(root, catalogue)
        self.run_dir = root / paths.RUN
        self.repairs: list[str] = []
        self.frontier = SqliteFrontier(catalogue)
        self.reports = Reports(root, catalogue)
        self.exports = Exports(root, catalogue)
        shelf = Shelf(self.entry, self.snapshot)
        self.search = Search(root, catalogue, shelf, self._snapshot, settings.clock, files)
        self._open_lock, self._lock, self._lease = locks
        self._settings = settings
        self._files = files
        self._mistrust = Word(self.run_dir / paths.MISTRUST)
        files.trust.when_lost(self._mistrust.say)
        catalogue.trust, catalogue.fence = files.trust, self._lease.check
        self._spool = Spool(root, files, catalogue, self._lock, settings)
        quarantine = Quarantine(root, files, settings.clock)
        self._recovery = Recovery(root, files, catalogue, self._spool, quarantine, Notes(self.repairs.append))

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        create: bool = False,
        read_only: bool = False,
        name: str = "scraper",
        warc_size: int = WARC_SIZE,
        seams: Seams | None = None,
    ) -> FileArchive:
        """The archive at `root`. `create`: made if there is nothing yet, never over files that lack a catalogue.

        `read_only`: nothing is written, not even repairs; works beside a daemon and on a read-only file system. `name`
        and `warc_size` (bytes) are those of new WARC files. Raises ArchiveError.
        """
        seams = seams or Seams(Files())
        root = root.resolve()
        settings = Settings(name, warc_size, seams.clock, seams.new_id)
        run_dir, done = root / paths.RUN, list[str | None]()
        locks = Locks(Lock(run_dir / "open.lock"), Lock(run_dir / "write.lock"), Lease(run_dir))
        with contextlib.ExitStack() as undo:
            undo.callback(locks.lease.close)
            if not read_only:
                aside = Quarantine(root, seams.files, seams.clock)
                done.append(prepare(root, locks, seams.files, aside, create=create))
            elif not (root / paths.CATALOGUE).exists():
                raise no_catalogue(root)
            undo.callback(locks.open.close)
            done.append(None if read_only else renew(root, seams.files))
            locks.open.share("the catalogue is being made again", PATIENCE)
            found = Catalogue.open(root / paths.CATALOGUE, read_only=read_only)
            undo.callback(found.close)
            archive = cls(root, found, locks, settings, seams.files)
            archive.repairs += filter(None, done)
            if not read_only:
                with archive._writing():
                    archive._recovery.tidy()
                    archive._recovery.adopt_newer()
                    archive.repairs += finish_prunings(root, seams.files, found)
            undo.pop_all()
        return archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files, locks and the catalogue."""
        self._spool.close()
        self.search.close()
        self._catalogue.close()
        self._lock.close()
        self._open_lock.close()
        self._mistrust.close()
        self._lease.close()

    @contextlib.contextmanager
    def _writing(self) -> Generator[None]:
        """The lock of the whole archive, with nothing left half done by whoever had it before."""
        if self._catalogue.read_only:
            raise ArchiveUnwritable(self.root, "was opened to be read only")
        self._files.trust.check(self.root)
        if not self._catalogue.path.exists() and not self.run_dir.is_dir():
            # Else the lock would be made in the bare folder where the disk was mounted.
            raise ArchiveUnwritable(self.root, "is not there any more; bring its disk back, nothing stored is lost")
        with self._lock.held(PATIENCE, "the archive is being written"):
            self._lease.check()
            if not self._catalogue.in_place:
                self._go_on_with_another()
            self._recovery.settle()
            yield
            self._spool.mark()

    def _go_on_with_another(self) -> None:
        """The disk went away and came back, or another one with the same content did. Raises ArchiveDamaged if only the
        catalogue was removed or replaced."""
        self._catalogue.reopen()
        self._spool.close()
        self._open_lock.close()
        self._open_lock.share("the catalogue is being made again")
        self._recovery.adopt_newer()

    def check_lease(self) -> None:
        """Raises ArchiveTaken if another machine has taken the archive over, as every write from then on."""
        self._lease.check()

    def check_writable(self) -> None:
        """Find out whether the archive can be written, by writing. Raises the ArchiveError that a visit would meet."""
        with self._writing():
            try_to_write(self.root, self._files)
            self._catalogue.check_writable()

    def hold_daemon_lock(self, roles: Iterable[str] = ("all",)) -> AbstractContextManager[None]:
        """Be the one daemon with these roles on this archive. Raises ArchiveBusy, naming the process that is."""
        return hold_roles(self.run_dir, roles)

    # ------------------------------------------------------------------------------------------ writing

    def capture(self, page: Page) -> Capture:
        """See `interfaces.Archive`. A 304 refers to the last whole answer of the same URL."""
        answer_id, request_id = self._settings.new_id(), self._settings.new_id()
        known = known_payload(self._catalogue, page)
        records = [warc.answer(page, answer_id, known), warc.request(page, request_id, answer_id)]
        records += warc.redirects(page, answer_id, self._settings.new_id)
        with self._writing():
            if known and is_pruned(self._catalogue, known.record_id):  # since it was looked up
                known = None
                records[0] = warc.answer(page, answer_id, known)
            file, offset = self._spool.append(records)
        return Capture(
            file=file,
            offset=offset,
            length=len(records[0]),
            record_id=answer_id,
            digest=warc.digest(page.raw),
            url=page.final_url,
            status=page.status,
            captured_at=page.fetched_at,
            refers_to=known.record_id if known else None,
        )

    def commit(self, intent: Intent) -> Snapshot | None:
        """See `interfaces.Archive`. None also if another process has stored the same text meanwhile.

        Raises ValueError if a version is asked for without the capture it was read from.
        """
        with self._writing():
            with self._catalogue.read() as db:
                draft = self._draft(db, intent)
            self._write(draft)
        if draft.version is None or draft.data is None:
            return None
        return sidecar.snapshot_from(draft.data, draft.files[-1][0])

    def _draft(self, db: apsw.Connection, intent: Intent) -> Draft:
        known = self._known(db, intent)
        what, record_id = plan(intent, known), self._settings.new_id()
        if what.writes == "version":
            entry = known.entry if known else self._begin(db, intent)
            seen = [cast("str", row[0]) for row in db.execute(queries()["aliases_of"], {"id": entry.id})]
            return drafts.version_draft(intent, known, what, record_id, entry, seen)
        if what.writes and known:
            return drafts.marker_draft(intent, known, what, record_id, self._marker_data(db, intent, known, what))
        return drafts.visit_draft(intent, known, what, record_id)

    def revise(self, revision: Revision) -> Snapshot | None:
        """See `interfaces.Archive`. Raises ValueError if there is no such version, ArchiveDamaged if it is not as it
        was stored."""
        with self._writing():
            with self._catalogue.read() as db:
                draft = self._revision(db, revision)
            if draft is None:
                return None
            self._write(draft)
        return sidecar.snapshot_from(cast("sidecar.Json", draft.data), draft.files[-1][0])

    def _revision(self, db: apsw.Connection, revision: Revision) -> Draft | None:
        entry, number = revision.entry, revision.version
        row = db.execute(queries()["last_reading"], {"id": entry.id, "version": number}).fetchone()
        if row is None:
            raise ValueError(f"{entry.url} has no version {number}")
        path, sha256, side, again = cast("tuple[str, str, str, int]", row)
        article = replace(revision.article, canonical_url=entry.url)
        made = hashlib.sha256(snapshot_text(article)).hexdigest()
        _, data = self._sidecar(path, side)
        if made == sha256 and sidecar.is_told_already(data, revision):
            return None
        readings = db.execute(queries()["readings_of"], {"id": entry.id}).fetchall()
        taken = any((version, text) == (number, made) for version, _, text, *_ in readings)
        stem = f"{entry.path}/{paths.snapshot(number, made, again + 1 if taken else 0)}"
        current = (data, side)
        return drafts.revision_draft(replace(revision, article=article), stem, current, self._settings.new_id())

    def decide_widget(self, widget: Widget, decision: Decided, url: str) -> None:
        """Keep a decision about a widget of an outlet whose home is `url`, after all that were made before.

        It is dated by the archive's clock, and says nothing of what is stored: see `reread`.
        """
        at = self._settings.clock()
        with self._writing():
            with self._catalogue.read() as db:
                row = db.execute(queries()["last_widget"], {"outlet": widget.outlet}).fetchone()
            last = cast("tuple[int, str] | None", row)
            self._write(widgets.decision_draft(widget, decision, (at, url), last, self._settings.new_id()))

    def _known(self, db: apsw.Connection, intent: Intent) -> Known | None:
        """The article as it is now: under the id the visit began with, under any form of its address, or by its URL."""
        entry = entry_of(db, "article_by_id", {"id": intent.entry.id}) if intent.entry else None
        for key, _ in () if entry else drafts.forms_of(intent):
            entry = entry or entry_of(db, "article_by_key", {"key": key})
        if entry and intent.follows and entry.id == intent.follows.id:
            return None
        if entry is None and intent.article:
            entry = entry_of(db, "article_by_id", {"id": paths.article_id(intent.article.canonical_url)})
        if entry is None:
            return None
        row = db.execute(queries()["last_version"], {"id": entry.id}).fetchone()
        if row is None:
            return Known(entry, None, -1)
        version, text, side, seq, at = cast("tuple[int, str, str, int, int]", row)
        return Known(entry, Link(version, text, side), seq, from_ticks(at))

    def _begin(self, db: apsw.Connection, intent: Intent) -> Entry:
        """A new article, under an id and in a folder of its own, also if its address was another's."""
        if intent.article is None or intent.capture is None:
            raise ValueError(f"{intent.url}: a version needs an article and its capture")
        url, day, before = intent.article.canonical_url, paths.shelf_day(intent.article, intent.capture.captured_at), 0
        while entry_of(db, "article_by_id", {"id": paths.article_id(url, before)}):
            before += 1
        short = paths.folder(intent.outlet, url, day, before=before)
        taken = db.execute(queries()["article_at_path"], {"path": short}).fetchone()
        folder = paths.folder(intent.outlet, url, day, 16, before) if taken else short
        return drafts.new_entry(intent, paths.article_id(url, before), folder)

    def _marker_data(self, db: apsw.Connection, intent: Intent, known: Known, what: Plan) -> sidecar.Json:
        """What a tombstone says of the visits before, or which tombstone is ended; `number` keeps names apart."""
        folder, number = self.root / known.entry.path, 0
        while os.path.lexists(folder / paths.marker(what.writes or "", intent.at, number)):
            number += 1
        if what.writes == "back":
            row = db.execute(queries()["tombstone_of"], {"id": known.entry.id}).fetchone()
            return {"number": number, "ends": row[0] if row else None}
        rows = db.execute(queries()["missed_by"], {"id": known.entry.id}).fetchall()
        missed = cast("list[tuple[int, str | None, str | None, int | None, int | None]]", rows)
        visits = [
            {"at": stamp(from_ticks(at)), "reason": reason, "record_id": record_id, "status": status}
            for at, reason, record_id, status, _ in missed
        ]
        since = from_ticks(missed[0][0]) if missed else intent.at
        return {"number": number, "gone_since": stamp(min(since, intent.at)), "visits": visits}

    def _write(self, draft: Draft) -> None:
        """In this order: a reader who sees a row finds its files, and a crash leaves what can be told apart."""
        if draft.files:
            self._announce(draft)
            self._write_files(draft)
        file, offset = self._spool.append([visit_record(draft.visit, draft.record_id)])
        with self._catalogue.write() as db:
            self._take_in(db, draft)
            index.add_visit(db, draft.visit, file, offset, draft.record_id)
            for key, _ in draft.visit["forms"] if draft.entry else ():
                db.execute(queries()["link_frontier"], {"key": key, "article_id": draft.visit["article_id"]})
            db.execute(queries()["settle_pending"], {"record_id": draft.record_id})
            db.execute(queries()["warc_known"], {"serial": self._spool.serial, "known": self._spool.end})
        self._spool.taken_in()

    def _announce(self, draft: Draft) -> None:
        visit = sidecar.dumps(draft.visit).decode()
        row = {"record_id": draft.record_id, "url": draft.visit["url"], "visit": visit}
        with self._catalogue.write() as db:
            db.execute(queries()["add_pending"], row | {"at": ticks(self._settings.clock())})

    def _write_files(self, draft: Draft) -> None:
        places = [(self.root / path, data) for path, data in draft.files]
        folder = places[0][0].parent
        with unwritable(folder):
            self._files.make_folder(folder)
            for place, data in places:
                self._files.stage(place, data)
            for place, _ in places:
                self._files.publish(place)
            self._files.sync_folder(folder)

    def _take_in(self, db: apsw.Connection, draft: Draft) -> None:
        if draft.data is None:
            return
        path, content = draft.files[-1]
        if paths.is_widget(path):
            index.add_widget(db, draft.data, path, hashlib.sha256(content).hexdigest())
            return
        if draft.version is None:
            index.add_marker(db, draft.data, path, hashlib.sha256(content).hexdigest())
            return
        side = draft.files[0][1]
        index.add_version(db, draft.data, path, hashlib.sha256(side).hexdigest(), len(side) + len(content))

    def prune(self, policy: Policy, *, yes: bool = False) -> Iterator[Pruned]:
        """Drop from closed WARC files what `policy` lets go, one file after the other; only if `yes`, else say what
        would go. Raises ArchiveBusy while another process prunes or verifies."""
        parts = Parts(self.root, self._files, self._catalogue, self._settings.clock, self._settings.new_id)
        return Pruner(parts, self._writing).prune(policy, yes=yes)

    def write_manifests(self, today: date) -> list[str]:
        """Write the manifest of every finished day (UTC) that lacks one; their paths. A written one never changes."""
        with self._writing():
            self._recovery.tidy()
            return manifests.write(self.root, self._files, self._catalogue, today)
