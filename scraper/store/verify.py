"""Proof that nothing in the archive was altered or lost, and that nothing is there that nobody put there.

    catalogue   is a whole database; its rows have their files; without it, the files prove each other; `deep`: if all
                files are whole, every row says what they say
    articles/   name = hash = sidecar = catalogue = what the next version remembers; nothing else lies there
    warc/       whole up to where it is known; `deep`: every record and digest, every capture at its place, and every
                file that a visit made
    manifests/  unchanged, and what they list is there; `deep`: closed WARC files hash to what is listed

Reads only, also beside a daemon that writes: what looks like surplus is looked at once more at the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from scraper.errors import ArchiveDamaged, ArchiveError
from scraper.store import paths
from scraper.store.bookmarks import Keeper
from scraper.store.catalogue import REBUILD, Catalogue, logs, unfinished
from scraper.store.check_articles import ArticleCheck
from scraper.store.check_records import RecordCheck
from scraper.store.checks import BACKUP, SURPLUS, Finding, Step, untold
from scraper.store.drafts import is_marker
from scraper.store.locks import quiet
from scraper.store.recount import unlike

__all__ = ["Finding", "verify"]
_HOME = {
    paths.ARTICLES, paths.WARC, paths.WIDGETS, paths.MANIFESTS, paths.QUARANTINE, paths.RUN, paths.CATALOGUE,
    paths.SEARCH, f"{paths.SEARCH}-wal", f"{paths.SEARCH}-shm",
    *(Path(log).name for log in logs(Path(paths.CATALOGUE))),
    *(name.name for name in unfinished(Path(paths.CATALOGUE))), "README.md", ".git", ".gitignore", ".gitattributes",
}  # fmt: skip


def verify(root: Path, *, deep: bool = False, step: Step = untold, keeper: Keeper | None = None) -> Iterator[Finding]:
    """All findings, as they are made; `step` is told how far it is. Each damaged file is named once. Changes nothing.

    A `keeper` notes where it is, and may have it go on where another run was: then what that one found comes first,
    with its time. Memory does not grow with the archive. Raises Stopped if the keeper ends it before its end, and
    ArchiveError only if there is no archive.
    """
    root = root.resolve()
    if not root.is_dir():
        raise ArchiveError(root, "is no archive; `scraper fetch URL` or `scraper run` begins one")
    try:
        catalogue = Catalogue.open(root / paths.CATALOGUE, read_only=True)
    except ArchiveError as exc:
        yield Finding(paths.CATALOGUE, exc.why.partition("; ")[0], REBUILD)  # what to do comes behind it
        yield from _Check(root, None, step, deep=deep, keeper=keeper).all()
        return
    with contextlib.closing(catalogue):
        yield from _Check(root, catalogue, step, deep=deep, keeper=keeper).all()


class _Check(ArticleCheck, RecordCheck):
    """One run."""

    def all(self) -> Iterator[Finding]:
        yield from self.new(self._database())
        yield from self.go_on()
        parts = (
            self._home(),
            self.articles(),
            self.stored_since(),
            self._widgets(),
            self.warcs(),
            self.manifests(),
            self._rows(),
            self._surplus(),
            self._recount(),
        )
        for part in parts:
            yield from self.new(part)
        if self.keeper and self.catalogue:
            self.keeper.done(len(self.found))

    # ------------------------------------------------------------------------------------------ catalogue

    def _database(self) -> Iterator[Finding]:
        if self.catalogue is None:
            return
        try:
            with self.catalogue.read() as db:
                said = db.pragma("integrity_check" if self.deep else "quick_check", 1)
        except ArchiveDamaged as exc:
            said = exc.why
        if said != "ok":
            self.catalogue = None
            yield Finding(paths.CATALOGUE, f"is damaged: {said}", REBUILD)

    def _rows(self) -> Iterator[Finding]:
        """Rows whose files are not there, and visits whose version is not."""
        yield from self.bare_articles()
        for url, article_id, version in self._rows_of("visits_without_version"):
            what = f"version {version} of {url}"
            yield Finding(what, f"was stored (article {article_id}) and is not in the catalogue", BACKUP)
        for (path,) in self._rows_of("versions_unlike_readings"):
            yield Finding(path.removesuffix(".txt") + ".json", "is not what the catalogue says of it", REBUILD)
        with quiet(self.root / paths.RUN / "write.lock") as nobody_writes:
            unfinished = self._rows_of("pending") if nobody_writes else []
        for record_id, url, _, _ in unfinished:
            yield Finding(record_id, f"the write of {url} did not end", "the next command that writes repairs it")
        if self.damage:
            yield Finding(paths.CATALOGUE, self.damage, REBUILD)

    def _home(self) -> Iterator[Finding]:
        for name in sorted(os.listdir(self.root)):  # noqa: PTH208  # names are enough
            if name not in _HOME and not name.startswith(f".{paths.SEARCH}"):
                self._stray(name)
        yield from ()

    # ------------------------------------------------------------------------------------------ widgets

    def _widgets(self) -> Iterator[Finding]:
        """Decisions about widgets: each has the hash in its name, and the catalogue knows it."""
        known = dict(self._rows_of("all_widgets"))
        there = [path.relative_to(self.root).as_posix() for path in (self.root / paths.WIDGETS).rglob("*")]
        there = [name for name in there if not stat.S_ISDIR((self.root / name).lstat().st_mode)]
        for path in sorted(there):
            if not paths.is_widget(path) or (self.catalogue and path not in known):
                self._stray(path)
                continue
            content = self._content(path)
            sha256 = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""
            if isinstance(content, Finding):
                yield content
            elif not Path(path).stem.endswith(f"_{sha256[:16]}") or known.get(path, sha256) != sha256:
                yield Finding(path, "was altered: its bytes do not have the hash in its name", BACKUP)
        yield from self._missing(set(known) - set(there))

    # ------------------------------------------------------------------------------------------ all of it once more

    def _recount(self) -> Iterator[Finding]:
        """If all files are whole, what the catalogue says can be asked of them. That is done in one piece."""
        if self.deep and self.catalogue and not self.named and (table := unlike(self.root, self.catalogue, self._tell)):
            yield Finding(paths.CATALOGUE, f"does not say what the files say, in the table {table}", REBUILD)

    def _tell(self, what: str, done: int, total: int) -> None:
        self.step(what, done, total)
        self.at(hurry=False)

    # ------------------------------------------------------------------------------------------ surplus

    def _surplus(self) -> Iterator[Finding]:
        """What nothing accounts for. A daemon may have stored it since: the catalogue is asked once more."""
        for path in self.surplus:
            if path not in self.accounted and os.path.lexists(self.root / path) and not self._accounted(path):
                yield Finding(path, "is no file of this archive", SURPLUS)

    def _accounted(self, path: str) -> bool:
        if paths.is_warc(path):
            return any(file == path for _, file, _ in self._rows_of("all_warcs"))
        if paths.is_widget(path):
            return path in dict(self._rows_of("all_widgets"))
        folder, _, name = path.rpartition("/")
        if match := paths.MANIFEST.fullmatch(name):
            return folder == paths.MANIFESTS and match["day"] in dict(self._rows_of("manifest_days"))
        if any(f'"{folder}/' in visit for _, _, _, visit in self._rows_of("pending")):
            return True
        text = path.removesuffix(".json").removesuffix(".txt") + ".txt"
        row = self._rows_of("article_at_path", {"path": folder})
        if is_marker(path):
            return bool(row) and path in dict(self._rows_of("all_markers_of", {"id": row[0][0]}))
        return paths.SNAPSHOT.fullmatch(name) is not None and bool(
            self._rows_of("reading_at_path", {"folder": folder, "path": text})
        )
