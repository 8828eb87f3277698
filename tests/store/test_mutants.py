"""A store that forgets one of its steps is caught: the crash tests are tried on archives that were broken on purpose.

Each mutant leaves out, or does too early, one thing that docs/archive.md promises. Whether the harness can see it is
what is tested here: if one survived, a slip of that kind could be made without any test noticing.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import cast

import apsw
import pytest

from scraper.model import Intent, Snapshot
from scraper.store import catalogue as catalogues
from scraper.store import reindex as reindexing
from scraper.store import sidecar
from scraper.store.archive import FileArchive
from scraper.store.drafts import Draft
from scraper.store.files import Files
from scraper.store.recovery import Recovery
from scraper.store.spool import Spool
from tests.store.scenes import SCENES
from tests.store.tape import Tape, chosen
from tests.store.test_crash import failures, taped, tmp_path  # noqa: F401  # the fixture: a folder in memory
from tests.tally import Tally

Patch = pytest.MonkeyPatch
MOST = 60  # states that are tried before a mutant counts as having survived


def no_file_sync(patch: Patch) -> None:
    """Files of the archive are not synced before they get their names; folders are, and SQLite's files."""

    def fsync(tape: Tape, fd: int) -> None:
        if isinstance(tape._fds.get(fd), str):
            synced(tape, fd)

    synced = Tape.fsync
    patch.setattr(Tape, "fsync", fsync)


def no_folder_sync(patch: Patch) -> None:
    """Names are never synced."""

    def fsync(tape: Tape, fd: int) -> None:
        if not isinstance(tape._fds.get(fd), str):
            synced(tape, fd)

    synced = Tape.fsync
    patch.setattr(Tape, "fsync", fsync)


def no_catalogue_sync(patch: Patch) -> None:
    """The transaction of a commit is left to SQLite's checkpoint."""

    def writer(self: catalogues.Catalogue, *, durable: bool) -> apsw.Connection:
        return made(self, durable=False)

    made = catalogues.Catalogue._writer
    patch.setattr(catalogues.Catalogue, "_writer", writer)


def no_announcement(patch: Patch) -> None:
    """No `pending` row says what is about to be written."""
    patch.setattr(FileArchive, "_announce", lambda *_: None)


def row_before_files(patch: Patch) -> None:
    """The version is in the catalogue before its files are there."""

    def write(self: FileArchive, draft: Draft) -> None:
        later: list[Draft] = []
        with patch.context() as inner:
            inner.setattr(FileArchive, "_write_files", lambda _, each: later.append(each))
            written(self, draft)
        for each in later:
            placed(self, each)

    written, placed = FileArchive._write, FileArchive._write_files
    patch.setattr(FileArchive, "_write", write)


def no_visit_record(patch: Patch) -> None:
    """The metadata record of a visit is not written, only its rows."""
    appended = Spool.append

    def append(self: Spool, records: list[bytes]) -> tuple[str, int]:
        if len(records) == 1:
            return self.file, self.end
        return appended(self, records)

    patch.setattr(Spool, "append", append)


def acknowledged_too_early(patch: Patch) -> None:
    """`commit` says that it is done while the visit's record is still to be written."""

    def commit(self: FileArchive, intent: Intent) -> Snapshot | None:
        with self._writing():
            with self._catalogue.read() as db:
                draft = self._draft(db, intent)
            self._write_files(draft)
        return sidecar.snapshot_from(cast("sidecar.Json", draft.data), draft.files[-1][0])

    patch.setattr(FileArchive, "commit", commit)


def no_repair_of_pending(patch: Patch) -> None:
    """What was announced and cut short is forgotten by the next one, its files left where they are."""

    def finish(self: Recovery, record_id: str, *_: object) -> None:
        with self.catalogue.write() as db:
            db.execute(catalogues.queries()["settle_pending"], {"record_id": record_id})

    patch.setattr(Recovery, "_finish", finish)


def torn_records_stay(patch: Patch) -> None:
    """A record that was cut short is not cut off; the next one is appended behind it."""
    patch.setattr(Files, "truncate", lambda *_: None)


def new_catalogue_is_not_synced(patch: Patch) -> None:
    """A catalogue made again takes the old one's name though neither it nor the name is synced."""

    def put(root: Path, files: Files, made: Path, state: reindexing.State) -> None:
        with contextlib.suppress(OSError):
            files.rename(made, root / "catalogue.sqlite")

    patch.setattr(reindexing, "_put_in_place", put)


def leftovers_stay(patch: Patch) -> None:
    """Temporary files of those who died are never removed."""
    patch.setattr(Recovery, "tidy", lambda *_: None)


MUTANTS: dict[Callable[[Patch], None], str] = {
    no_file_sync: "new",
    no_folder_sync: "new",
    no_catalogue_sync: "edit",
    no_announcement: "edit",
    row_before_files: "edit",
    no_visit_record: "new",
    acknowledged_too_early: "new",
    no_repair_of_pending: "edit",
    torn_records_stay: "same",
    new_catalogue_is_not_synced: "reindex",
    leftovers_stay: "manifest",
}


ORDINARY = 3  # every third of them in an ordinary run, all under `make torture`


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the mutants by the effort that is to be made."""
    if "mutant" in metafunc.fixturenames:
        chosen = list(MUTANTS)[:: 1 if metafunc.config.getoption("effort") > 1 else ORDINARY]
        metafunc.parametrize("mutant", chosen, ids=[mutant.__name__ for mutant in chosen])


def caught(folder: Path, scene_name: str, effort: int) -> list[str]:
    """What the harness says of the first state that is wrong; nothing if it sees none."""
    scene, chance = SCENES[scene_name], random.Random(scene_name)
    try:
        tape = taped(folder, scene)
    except AssertionError as error:
        return [f"not even once: {error}"]
    states = chosen(tape.killed(), MOST * effort, chance)
    for count in tape.moments():
        states += chosen(tape.cuts(count, chance, more=1), 6, chance)
    chance.shuffle(states)
    last = [state for count in tape.moments()[-3:] for state in chosen(tape.cuts(count, chance), 8, chance)]
    for state in (last + states)[: MOST * effort]:
        try:
            found = failures(folder, scene, tape, [(state.after, state)])
        except (ValueError, AssertionError) as error:  # a checker that falls over is no pass either
            return [f"{state.name}: {error!r}"]
        if found:
            return found
    return []


def test_a_store_that_forgets_a_step_is_caught(
    tmp_path: Path,  # noqa: F811  # the fixture
    mutant: Callable[[Patch], None],
    effort: int,
    tally: Tally,
    monkeypatch: Patch,
) -> None:
    mutant(monkeypatch)
    found = caught(tmp_path, MUTANTS[mutant], effort)
    tally("broken stores caught", 1, bool(found))
    assert found, f"{mutant.__name__}: nothing was found wrong"
