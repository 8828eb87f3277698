"""The search follows the catalogue: what is not in it yet is taken in, bit by bit, by whoever comes first.

    visits since the last look → their articles          what is new is found soon
    all articles, in order of their ids, once a day      also what was never taken in, was repaired, or is no more there
    each article → its versions → sheets that changed → one transaction with how far it came

Only one process does it at a time; the others search what there is. Whatever is cut short is gone on with: each
transaction holds what it took in together with the place it came to. Nothing of the archive is changed or locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final, cast

import apsw

from scraper.errors import ArchiveBusy, ArchiveDamaged, ArchiveError, ArchiveUnwritable
from scraper.hits import Followed
from scraper.model import Snapshot
from scraper.store import paths
from scraper.store.catalogue import Catalogue, Row
from scraper.store.catalogue import queries as of_catalogue
from scraper.store.files import Files
from scraper.store.lease import elsewhere
from scraper.store.locks import Lock
from scraper.store.opening import refuse_network
from scraper.store.search import file
from scraper.store.search.file import queries
from scraper.store.search.sheets import VERSIONS, packed, sheet
from scraper.store.search.state import State, counts, load, save
from scraper.store.search.stems import Stem, language, stemmer
from scraper.store.stamps import from_ticks

Read = Callable[[int, str, str, str], Snapshot]  # a row of `versions_of` → the version; raises ArchiveDamaged

LOOK: Final = 500  # articles or visits that are looked through at a time
SLICE: Final = 1.0  # seconds of work between two commits
WALK_EVERY: Final = timedelta(days=1)
_MISMATCH: Final = timedelta(minutes=10)  # no two walks in a row over a number that does not add up
_KNOWN_FORMS: Final = 300_000
_LONGEST_FORM: Final = 32  # characters: of what is longer nobody asks for another form


class Follower:
    """Keeps `search.sqlite` of one archive up to its catalogue. `read` gives a version, checked against its hash."""

    def __init__(self, root: Path, catalogue: Catalogue, read: Read, now: Callable[[], datetime], files: Files) -> None:
        self.path = root / paths.SEARCH
        self._lock = Lock(root / paths.RUN / "search.lock")
        self._catalogue = catalogue
        self._read = read
        self._now = now
        self._files = files
        self._forms: dict[str, set[str]] = {}

    def close(self) -> None:
        """Let go of the lock's file."""
        self._lock.close()

    def follow(self, seconds: float) -> Followed:
        """Take in what is not there yet, for about so long, and say what is left. Does nothing if nothing is new.

        What is in the way is said, not raised: the search as it is can be used all the same. Raises ArchiveNewer, and
        whatever is wrong with the catalogue.
        """
        until, done = time.monotonic() + seconds, Followed()
        if idle := self._idle():
            return idle
        if strange := _strange(self.path.parent):
            return self._left(done, strange)
        try:
            with self._lock.held(0.0, "the search is being brought up to date"):
                return self._left(self._follow(until))
        except ArchiveBusy:
            return self._left(replace(done, busy=True), "they are being taken in just now")
        except ArchiveUnwritable as exc:
            return self._left(done, str(exc))

    def behind(self) -> int:
        """See `interfaces.Searcher`. Raises ArchiveNewer, and whatever is wrong with the catalogue."""
        return self._left(Followed()).behind

    def make_again(self) -> None:
        """Begin with nothing, because what is there is damaged. Raises ArchiveBusy or ArchiveUnwritable."""
        if strange := _strange(self.path.parent):
            raise ArchiveUnwritable(self.path, f"is to be made again, but not here: {strange}")
        with self._lock.held(0.0, "the search is being brought up to date"):
            file.begin_anew(self.path, self._files)
            self._forms.clear()

    # ------------------------------------------------------------------------------------------ where we are

    def _idle(self) -> Followed | None:
        """What is left if there is nothing to do, which is what every search finds out first."""
        try:
            with file.to_read(self.path) as db:
                state = load(db)
                return None if self._is_due(db, state) else Followed(0, *self._missing(db, state))
        except ArchiveError as exc:
            if file.is_about(exc, self.path):
                return None
            raise

    def _is_due(self, db: apsw.Connection, state: State) -> bool:
        if state.walk is not None or state.catalogue != self._catalogue_file():
            return True
        (made,) = self._ask("count_made_after", {"seq": state.mark})
        return bool(made) or self._is_walk_due(db, state)

    def _is_walk_due(self, db: apsw.Connection, state: State) -> bool:
        (versions,) = self._ask("count_versions")
        age = self._now().timestamp() - state.walked
        odd = versions != counts(db)[0] and not 0 <= age < _MISMATCH.total_seconds()
        return odd or not 0 <= age < WALK_EVERY.total_seconds()

    def _left(self, done: Followed, why: str | None = None) -> Followed:
        """With what is not taken in yet."""
        try:
            with file.to_read(self.path) as db:
                left, damaged = self._missing(db, load(db))
        except ArchiveError as exc:
            if not file.is_about(exc, self.path):
                raise
            left, damaged = cast("int", self._ask("count_versions")[0]), 0
        return replace(done, behind=left, damaged=damaged, why=why or done.why)

    def _missing(self, db: apsw.Connection, state: State) -> tuple[int, int]:
        """How many versions are not taken in, and how many could not be read."""
        (versions,), (taken, damaged) = self._ask("count_versions"), counts(db)
        (made,) = self._ask("count_made_after", {"seq": state.mark})
        left = max(0, cast("int", versions) - taken, 0 if state.walk is not None else cast("int", made))
        return left, damaged

    def _ask(self, query: str, values: dict[str, int] | None = None) -> Row:
        with self._catalogue.read() as db:
            return cast("Row", db.execute(of_catalogue()[query], values).fetchone())

    def _catalogue_file(self) -> str:
        found = self._catalogue.path.stat()
        return f"{found.st_dev} {found.st_ino}"

    # ------------------------------------------------------------------------------------------ following

    def _follow(self, until: float) -> Followed:
        try:
            return self._slices(until)
        except ArchiveDamaged as exc:
            if not file.is_about(exc, self.path):
                raise
        file.begin_anew(self.path, self._files)
        self._forms.clear()
        return self._slices(until)

    def _slices(self, until: float) -> Followed:
        taken = 0
        try:
            with file.to_write(self.path, self._files) as db:
                while self._is_due(db, load(db)):
                    with file.transaction(db):
                        taken += self._slice(db, min(until, time.monotonic() + SLICE))
                    if time.monotonic() >= until:
                        break
        except BaseException:
            self._forms.clear()  # what was noted with what is taken back
            raise
        return Followed(taken)

    def _slice(self, db: apsw.Connection, until: float) -> int:
        """One transaction: what is new, then a stretch of all articles. How many versions were taken in."""
        state = load(db)
        (last,) = self._ask("last_visit")
        if state.catalogue != self._catalogue_file():
            # Another catalogue: its visits may have other places, and what it lacks has to go.
            state = State(cast("int", last), "", state.walked, self._catalogue_file())
        with self._catalogue.read() as catalogue:
            values = {"seq": state.mark, "limit": LOOK}
            made = cast("list[tuple[int, str]]", catalogue.execute(of_catalogue()["made_after"], values).fetchall())
        taken, done = self._take_in(db, [article for _, article in made], until)
        if done < len(made):
            mark = made[done - 1][0] if done else state.mark
        else:
            mark = made[-1][0] if len(made) == LOOK else max(state.mark, cast("int", last))
        state = replace(state, mark=mark)
        if done == len(made) < LOOK:
            more, state = self._walk(db, state, until)
            taken += more
        save(db, state)
        return taken

    def _walk(self, db: apsw.Connection, state: State, until: float) -> tuple[int, State]:
        """A stretch of all articles in order; those that are no more in the catalogue go."""
        if state.walk is None and not self._is_walk_due(db, state):
            return 0, state
        after = state.walk or ""
        with self._catalogue.read() as catalogue:
            rows = catalogue.execute(of_catalogue()["ids_after"], {"after": after, "limit": LOOK}).fetchall()
        ids = cast("list[str]", [row[0] for row in rows])
        taken, done = self._take_in(db, ids, until)
        ended = done == len(ids) < LOOK
        upto = "\U0010ffff" if ended else ids[done - 1] if done else after
        there = set(ids)
        for (known,) in db.execute(queries()["ids_between"], {"after": after, "upto": upto}).fetchall():
            if known not in there:
                _remove(db, cast("str", known))
        if ended:
            return taken, replace(state, walk=None, walked=int(self._now().timestamp()))
        return taken, replace(state, walk=upto)

    def _take_in(self, db: apsw.Connection, ids: Sequence[str], until: float) -> tuple[int, int]:
        """Articles in their order, as far as time allows but one at least; how many versions, and how many articles."""
        taken, seen = 0, set[str]()
        for number, article_id in enumerate(ids):
            if number and time.monotonic() >= until:
                return taken, number
            if article_id not in seen:
                seen.add(article_id)
                taken += self._article(db, article_id)
        return taken, len(ids)

    # ------------------------------------------------------------------------------------------ one article

    def _article(self, db: apsw.Connection, article_id: str) -> int:
        """Make the sheets of an article that are not as its versions are now; how many versions are new."""
        with self._catalogue.read() as catalogue:
            entry = catalogue.execute(of_catalogue()["article_by_id"], {"id": article_id}).fetchone()
            rows = cast(
                "list[tuple[int, str, str, str]]",
                catalogue.execute(of_catalogue()["versions_of"], {"id": article_id}).fetchall(),
            )
        known = db.execute(queries()["article"], {"id": article_id}).fetchone()
        if entry is None or not rows:
            _remove(db, article_id)
            return 0
        digest = _digest(rows)
        if known and known[3] == 0 and known[4] == digest:
            return 0
        first_seen = from_ticks(cast("int", entry[5])).date()
        values = {
            "id": article_id, "outlet": entry[1], "versions": len(rows), "latest": rows[-1][0], "digest": digest,
            "language": known[1] if known else "", "day": known[2] if known else first_seen.toordinal(),
            "sheets": -(-len(rows) // VERSIONS), "unread": 0,
        }  # fmt: skip
        ((no,),) = db.execute(queries()["add_article"], values).fetchall()
        read = self._sheets(db, cast("int", no), rows)
        if last := read.last:
            day = last.article.day or date.fromordinal(cast("int", values["day"]))
            values |= {"day": day.toordinal(), "language": language(last.article.language)}
        db.execute(queries()["add_article"], values | {"unread": read.unread}).fetchall()
        return read.taken

    def _sheets(self, db: apsw.Connection, no: int, rows: Sequence[tuple[int, str, str, str]]) -> _ReadVersions:
        there = {
            place: (sheet_no, digest) for sheet_no, place, digest in db.execute(queries()["sheets"], {"article": no})
        }
        read = _ReadVersions()
        for place, start in enumerate(range(0, len(rows), VERSIONS)):
            some = rows[start : start + VERSIONS]
            sheet_no, digest = there.pop(place, (None, b""))
            if digest != _digest(some):
                self._sheet(db, (no, place, cast("int | None", sheet_no)), some, read)
        for sheet_no, _ in there.values():
            _remove_sheet(db, cast("int", sheet_no))
        return read

    def _sheet(
        self,
        db: apsw.Connection,
        where: tuple[int, int, int | None],
        rows: Sequence[tuple[int, str, str, str]],
        read: _ReadVersions,
    ) -> None:
        article, place, no = where
        found = read.all(rows, self._read)
        made = sheet([snapshot.article for snapshot in found])
        if no is not None:
            _remove_texts(db, no)
        whole = len(found) == len(rows)
        values = {
            "article": article, "place": place, "numbers": packed(snapshot.version for snapshot in found),
            "pieces": made.pieces.packed(), "changed": int(made.pieces.changed),
            # One that lacks a version is never what it should be: it is made again when it is looked at again.
            "digest": _digest(rows) if whole else b"",
        }  # fmt: skip
        ((sheet_no,),) = db.execute(queries()["add_sheet"], values).fetchall()
        db.execute(queries()["add_words"], (sheet_no, *made.columns))
        if any(made.gone):
            db.execute(queries()["add_gone"], (sheet_no, *made.gone))
        if found:
            self._learn_forms(db, language(found[-1].article.language), made.spelled)

    def _learn_forms(self, db: apsw.Connection, code: str, spelled: Iterable[tuple[str, str]]) -> None:
        """Note the words of a language under their stems."""
        stem = stemmer(code)
        if stem is None:
            return
        if sum(map(len, self._forms.values())) > _KNOWN_FORMS:
            self._forms.clear()
        known = self._forms.setdefault(code, set())
        fresh = {(typed, word) for typed, word in spelled if typed not in known and _may_have_forms(typed)}
        db.executemany(queries()["add_form"], _forms(code, stem, fresh))
        known |= {typed for typed, _ in fresh}


@dataclass(slots=True)
class _ReadVersions:
    """What was read of an article. `last` is the newest version that could be, `taken` how many, `unread` how many
    could not."""

    last: Snapshot | None = None
    taken: int = 0
    unread: int = 0

    def all(self, rows: Sequence[tuple[int, str, str, str]], read: Read) -> list[Snapshot]:
        """Those of `rows` that can be read. Raises ArchiveUnwritable and the like: only damage is passed over."""
        found = []
        for row in rows:
            try:
                found.append(read(*row))
            except ArchiveDamaged:
                self.unread += 1
        self.taken += len(found)
        self.last = found[-1] if found else self.last
        return found


def _strange(root: Path) -> str | None:
    """Why this machine may not write beside the archive at `root`: its locks would be seen by no other."""
    try:
        refuse_network(root)
    except ArchiveUnwritable as exc:
        return str(exc)
    holder = elsewhere(root / paths.RUN)
    return f"another machine, {holder.host}, writes the archive, and takes in what is new" if holder else None


def _may_have_forms(word: str) -> bool:
    return 2 < len(word) <= _LONGEST_FORM and not word[0].isdigit()


def _forms(code: str, stem: Stem, found: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"language": code, "stem": stem(typed), "word": word} for typed, word in found]


def _digest(rows: Sequence[tuple[int, str, str, str]]) -> bytes:
    """Which versions these are, as they are read now."""
    text = " ".join(f"{version}:{side}" for version, _, _, side in rows)
    return blake2b(text.encode(), digest_size=8).digest()


def _remove(db: apsw.Connection, article_id: str) -> None:
    row = db.execute(queries()["article"], {"id": article_id}).fetchone()
    if row is None:
        return
    for sheet_no, _, _ in db.execute(queries()["sheets"], {"article": row[0]}).fetchall():
        _remove_sheet(db, cast("int", sheet_no))
    db.execute(queries()["remove_article"], {"no": row[0]})


def _remove_sheet(db: apsw.Connection, no: int) -> None:
    _remove_texts(db, no)
    db.execute(queries()["remove_sheet"], {"no": no})


def _remove_texts(db: apsw.Connection, no: int) -> None:
    db.execute(queries()["remove_words"], {"no": no})
    db.execute(queries()["remove_gone"], {"no": no})
