"""The articles' folders: each file by itself, the chain through it, what should be there and is not.

    all folders, in one order     so that a run can go on behind the one where another ended
    folders of later visits       of a run that goes on: what was stored since it began
    folders that rows speak of    and no file led to

A folder is looked at as a whole, or, by a run that ended in it, not at all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from scraper.errors import ArchiveDamaged
from scraper.store import chains, paths
from scraper.store.checking import Check
from scraper.store.checks import BACKUP, UNLIKE, Finding, pairs, spoken_of
from scraper.store.drafts import is_marker, is_sidecar, is_text
from scraper.store.reindex import article_files
from scraper.store.sidecar import checked, loads, snapshot_from

_PAGE = 500  # rows at a time


class ArticleCheck(Check):
    """What lies under `articles/`."""

    def articles(self) -> Iterator[Finding]:
        """All folders behind the place where the run is."""
        folder, names = "", list[Path]()
        for path in article_files(self.root, after=self.place.folder):
            here = path.parent.relative_to(self.root).as_posix()
            if here != folder and names:
                yield from self._whole_folder(folder, names)
                names = []
            folder = here
            names.append(path)
        if names:
            yield from self._whole_folder(folder, names)

    def _whole_folder(self, folder: str, found: list[Path]) -> Iterator[Finding]:
        yield from self._folder(folder, found)
        versions = self.place.versions + sum(is_text(path.name) for path in found)
        self.step("versions", versions, max(versions, self._versions) if self._versions else 0)
        self.at(folder=folder, versions=versions)

    @cached_property
    def _versions(self) -> int:
        return sum(number for (number,) in self._rows_of("count_versions"))

    def stored_since(self) -> Iterator[Finding]:
        """Of a run that goes on: articles of which something was stored since it began, also in folders that it had
        been through."""
        while self.resumed and (rows := self._rows_of("stored_after", {"seq": self.place.since, "limit": _PAGE})):
            for article_id in dict.fromkeys(row[1] for row in rows):
                for row in self._rows_of("article_by_id", {"id": article_id}):
                    yield from self._again(row[3])
            self.at(since=rows[-1][0], file=self._file_at(rows[-1][0]))

    def _again(self, path: str) -> Iterator[Finding]:
        yield from self._bare(path)
        found = [self.root / path / name for name in sorted(_names(self.root / path) or ())]
        if files := [each for each in found if each.is_symlink() or not each.is_dir()]:
            yield from self._folder(path, files)

    def bare_articles(self) -> Iterator[Finding]:
        """Articles whose folder is not there, is no folder, cannot be read, or holds nothing: no file led to them."""
        while rows := self._rows_of("articles_by_path", {"after": self.place.row, "limit": _PAGE}):
            for (path,) in rows:
                yield from self._bare(path)
            self.at(row=rows[-1][0])

    def _bare(self, path: str) -> Iterator[Finding]:
        folder = self.root / path
        if not os.path.lexists(folder):
            yield Finding(path, "is missing", BACKUP)
        elif folder.resolve() != folder or not folder.is_dir():
            yield Finding(path, "is not a folder of this archive", BACKUP)
        elif (names := _names(folder)) is None:
            yield Finding(path, "cannot be read", "restore its permissions, or restore it from a backup")
        elif not any(not (folder / name).is_dir() for name in names):
            yield from self._folder(path, [])

    def _folder(self, folder: str, found: list[Path]) -> Iterator[Finding]:
        """One article: each file by itself, then the chain, then what should be there and is not."""
        row = self._rows_of("article_at_path", {"path": folder})
        article = row[0][0] if row else None
        known = {path: (sha, side) for _, path, sha, side, *_ in self._rows_of("readings_of", {"id": article})}
        markers = dict(self._rows_of("all_markers_of", {"id": article}))
        there = {path.relative_to(self.root).as_posix() for path in found}
        chain: chains.Chain = {}
        for path in sorted(there):
            if is_text(path):
                yield from self._text(path, known)
            elif is_sidecar(path):
                yield from self._sidecar(path, known, chain)
            elif is_marker(path):
                yield from self._marker(path, markers)
            else:
                self._stray(path)
        for path, by in chains.broken(chain):
            yield Finding(path, f"is not what {by} remembers", BACKUP)
        wanted = spoken_of(known, markers) if self.catalogue else pairs(there)
        yield from self._missing(wanted - there)

    def _text(self, path: str, known: dict[str, tuple[str, str]]) -> Iterator[Finding]:
        content = self._content(path)
        if isinstance(content, Finding):
            yield content
            return
        sha256 = hashlib.sha256(content).hexdigest()
        expected = known[path][0] if path in known else None
        if sha256[:16] != paths.digits(path) or expected not in {None, sha256}:
            yield Finding(path, "was altered: its bytes do not have the hash in its name", BACKUP)
        elif expected is None and self.catalogue:
            self._stray(path)

    def _sidecar(self, path: str, known: dict[str, tuple[str, str]], chain: chains.Chain) -> Iterator[Finding]:
        text, content = path.removesuffix(".json") + ".txt", self._content(path)
        if isinstance(content, Finding):
            yield content
            return
        sha256 = hashlib.sha256(content).hexdigest()
        if text in known and sha256 != known[text][1]:
            yield Finding(path, "was altered since it was stored", UNLIKE)
            return
        try:
            data = loads(content, self.root / path)
            said = checked(self.root / path, lambda: snapshot_from(data, text))
        except ArchiveDamaged as exc:
            yield Finding(path, exc.why, BACKUP)
            return
        if Path(path).stem not in {paths.snapshot(said.version, said.sha256, again) for again in (0, said.revision)}:
            yield Finding(path, "does not describe the text beside it", BACKUP)
            return
        chain[said.version, said.revision] = (path, data["archive"], sha256)
        if text not in known and self.catalogue:
            self._stray(path)

    def _marker(self, path: str, markers: dict[str, str]) -> Iterator[Finding]:
        content = self._content(path)
        if isinstance(content, Finding):
            yield content
        elif path not in markers and self.catalogue:
            self._stray(path)
        elif path in markers and hashlib.sha256(content).hexdigest() != markers[path]:
            yield Finding(path, "was altered since it was stored", UNLIKE)


def _names(folder: Path) -> list[str] | None:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names are enough
    except OSError:
        return None
