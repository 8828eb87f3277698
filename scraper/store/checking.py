"""One run of `verify`: where it is, what it found, the catalogue as long as it can be read, files that may be anything.

What is known of a place is complete when `at` is told of it: all findings up to there were yielded. So a run that ends
there can be gone on with by another one, which begins with what was found (`go_on`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scraper.errors import ArchiveDamaged
from scraper.store.bookmarks import Bookmark, Keeper, identity
from scraper.store.catalogue import Catalogue, queries
from scraper.store.checks import BACKUP, Finding, Step
from scraper.store.files import read


class Check:
    """A run over the archive at `root`. `named` are the files that were named already, `surplus` those that nothing
    accounted for when they were met, `accounted` those for which a record did later; `step` is told how far it is;
    `keeper` keeps its place, if anybody does."""

    def __init__(
        self, root: Path, catalogue: Catalogue | None, step: Step, *, deep: bool, keeper: Keeper | None = None
    ) -> None:
        self.root = root
        self.catalogue = catalogue
        self.step = keeper.telling(step) if keeper else step
        self.deep = deep
        self.keeper = keeper
        self.damage: str | None = None
        self.named: set[str] = set()
        self.surplus: dict[str, None] = {}
        self.accounted: set[str] = set()
        self.found: list[Finding] = []
        self.checked: dict[str, int] = {}
        self.place = Bookmark("", deep)
        self.resumed = False

    # ------------------------------------------------------------------------------------------ where it is

    def go_on(self) -> Iterator[Finding]:
        """Go on where another run was, if that is wanted and possible: what that one found. Else this one begins."""
        if self.keeper is None:
            return
        (last,) = self._rows_of("last_visit") or [(0,)]
        first = "".join(record_id for (record_id,) in self._rows_of("first_visit"))
        self.place = replace(self.place, archive=identity(self.root, first), since=last[0], file=self._file_at(last[0]))
        if mark := self.keeper.begins(self.place.archive if self.catalogue else ""):
            self._take_up(mark)
        yield from list(self.found)

    def _take_up(self, mark: Bookmark) -> None:
        self.place, self.resumed = mark, True
        if mark.file != self._file_at(mark.since):  # it was pruned: visits in it are at other places now
            self.place = replace(mark, since=mark.since >> 40 << 40)
        self.found = list(mark.found)
        self.named = {finding.file for finding in mark.found}
        self.surplus = dict.fromkeys(mark.surplus)
        self.accounted = set(mark.accounted)
        self.checked = dict(mark.checked)

    def _file_at(self, seq: int) -> str:
        """The WARC file in which a place in the order of all records lies now."""
        return "".join(file for (file,) in self._rows_of("warc_at", {"serial": seq >> 40}))

    def at(self, *, hurry: bool = True, **place: Any) -> None:
        """Be at a place from which the run can be gone on with, see `Bookmark`. Raises Stopped if it is to end here."""
        if place:
            self.place = replace(self.place, **place)
        if self.keeper:
            self.keeper.at(self._bookmark, hurry=hurry)

    def _bookmark(self) -> Bookmark | None:
        if self.catalogue is None:
            return None  # what was stored since could not be told
        return replace(
            self.place,
            found=tuple(self.found),
            surplus=tuple(self.surplus),
            accounted=tuple(sorted(self.accounted)),
            checked=dict(self.checked),
        )

    def new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those of `findings` that are about files that were not named yet; they are named by that."""
        for finding in findings:
            if finding.file not in self.named:
                self.named.add(finding.file)
                if self.keeper:
                    self.found.append(replace(finding, found_at=self.keeper.clock()))
                yield finding

    # ------------------------------------------------------------------------------------------ what it looks at

    def _rows_of(self, query: str, values: dict[str, Any] | None = None) -> list[Any]:
        """Rows of the catalogue; none from the moment it turns out to be damaged."""
        if self.catalogue is None:
            return []
        try:
            with self.catalogue.read() as db:
                return db.execute(queries()[query], values).fetchall()
        except ArchiveDamaged as exc:
            self.catalogue, self.damage = None, exc.why
            return []
        except UnicodeEncodeError:
            return []  # a name that is no text is none of ours

    def _content(self, path: str) -> bytes | Finding:
        try:
            return read(self.root / path)
        except ArchiveDamaged as exc:
            return Finding(path, exc.why, BACKUP)

    def _stray(self, path: str) -> None:
        """Remember a file that nothing accounts for, until the end."""
        self.surplus[path] = None

    def _missing(self, paths_: Iterable[str]) -> Iterator[Finding]:
        """What is really not there, or no file: some of it may have been stored after the folder was read."""
        for path in sorted(paths_):
            if not os.path.lexists(self.root / path):
                yield Finding(path, "is missing", BACKUP)
            elif not stat.S_ISREG((self.root / path).lstat().st_mode):
                yield Finding(path, "is not a regular file", BACKUP)
