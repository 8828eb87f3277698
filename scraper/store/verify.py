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
from collections.abc import Callable, Iterator
from pathlib import Path

from scraper.errors import ArchiveDamaged, ArchiveError
from scraper.store import chains, index, manifests, paths
from scraper.store.catalogue import REBUILD, Catalogue, logs, unfinished
from scraper.store.checks import BACKUP, SURPLUS, Check, Finding, Step, followed, pairs, spoken_of, untold
from scraper.store.drafts import is_marker, is_sidecar, is_text
from scraper.store.files import opened
from scraper.store.intake import is_metadata, warc_files
from scraper.store.locks import quiet
from scraper.store.prune import replaced
from scraper.store.recount import unlike
from scraper.store.reindex import article_files, bytes_read
from scraper.store.scan import Gap, Record, scan
from scraper.store.sidecar import checked, loads, snapshot_from
from scraper.store.stamps import from_ticks, moment, stamp

# File and row differ, and each is whole: which one is wrong shows once the row is made again.
_UNLIKE = "run `scraper reindex`; if it is named again, restore it from a backup"

__all__ = ["Finding", "verify"]
_HOME = {
    paths.ARTICLES, paths.WARC, paths.WIDGETS, paths.MANIFESTS, paths.QUARANTINE, paths.RUN, paths.CATALOGUE,
    paths.SEARCH, f"{paths.SEARCH}-wal", f"{paths.SEARCH}-shm",
    *(Path(log).name for log in logs(Path(paths.CATALOGUE))),
    *(name.name for name in unfinished(Path(paths.CATALOGUE))), "README.md", ".git", ".gitignore", ".gitattributes",
}  # fmt: skip


def verify(root: Path, *, deep: bool = False, step: Step = untold) -> Iterator[Finding]:
    """All findings, as they are made; `step` is told how far it is. Each damaged file is named once. Changes nothing.

    Memory does not grow with the archive. Raises ArchiveError only if there is no archive.
    """
    root = root.resolve()
    if not root.is_dir():
        raise ArchiveError(root, "is no archive; `scraper fetch URL` or `scraper run` begins one")
    try:
        catalogue = Catalogue.open(root / paths.CATALOGUE, read_only=True)
    except ArchiveError as exc:
        yield Finding(paths.CATALOGUE, exc.why.partition("; ")[0], REBUILD)  # what to do comes behind it
        yield from _Check(root, None, step, deep=deep).all()
        return
    with contextlib.closing(catalogue):
        yield from _Check(root, catalogue, step, deep=deep).all()


class _Check(Check):
    """One run."""

    def all(self) -> Iterator[Finding]:
        parts = (
            self._database(),
            self._home(),
            self._articles(),
            self._widgets(),
            self._warcs(),
            self._manifests(),
            self._rows(),
        )
        for part in (*parts, self._surplus(), self._recount()):
            for finding in part:
                if finding.file not in self.named:
                    self.named.add(finding.file)
                    yield finding

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
        yield from self._bare_articles()
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

    def _bare_articles(self) -> Iterator[Finding]:
        """Articles whose folder is not there, is no folder, cannot be read, or holds nothing: no file led to them."""
        last = ""
        while rows := self._rows_of("articles_by_path", {"after": last, "limit": 500}):
            for (path,) in rows:
                folder = self.root / path
                if not os.path.lexists(folder):
                    yield Finding(path, "is missing", BACKUP)
                elif folder.resolve() != folder or not folder.is_dir():
                    yield Finding(path, "is not a folder of this archive", BACKUP)
                elif (names := _names(folder)) is None:
                    yield Finding(path, "cannot be read", "restore its permissions, or restore it from a backup")
                elif not any(not (folder / name).is_dir() for name in names):
                    yield from self._folder(path, [])
            last = rows[-1][0]

    # ------------------------------------------------------------------------------------------ articles

    def _home(self) -> Iterator[Finding]:
        for name in sorted(os.listdir(self.root)):  # noqa: PTH208  # names are enough
            if name not in _HOME and not name.startswith(f".{paths.SEARCH}"):
                self.surplus.append(name)
        yield from ()

    def _articles(self) -> Iterator[Finding]:
        folder, names = "", list[Path]()
        versions = sum(number for (number,) in self._rows_of("count_versions"))
        for path in self._counted(article_files(self.root), versions):
            here = path.parent.relative_to(self.root).as_posix()
            if here != folder and names:
                yield from self._folder(folder, names)
                names = []
            folder = here
            names.append(path)
        if names:
            yield from self._folder(folder, names)

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
                self.surplus.append(path)
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
            self.surplus.append(path)

    def _sidecar(self, path: str, known: dict[str, tuple[str, str]], chain: chains.Chain) -> Iterator[Finding]:
        text, content = path.removesuffix(".json") + ".txt", self._content(path)
        if isinstance(content, Finding):
            yield content
            return
        sha256 = hashlib.sha256(content).hexdigest()
        if text in known and sha256 != known[text][1]:
            yield Finding(path, "was altered since it was stored", _UNLIKE)
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
            self.surplus.append(path)

    def _marker(self, path: str, markers: dict[str, str]) -> Iterator[Finding]:
        content = self._content(path)
        if isinstance(content, Finding):
            yield content
        elif path not in markers and self.catalogue:
            self.surplus.append(path)
        elif path in markers and hashlib.sha256(content).hexdigest() != markers[path]:
            yield Finding(path, "was altered since it was stored", _UNLIKE)

    # ------------------------------------------------------------------------------------------ WARC

    def _warcs(self) -> Iterator[Finding]:
        known = {file: (serial, size) for serial, file, size in self._rows_of("all_warcs")}
        there = {path.relative_to(self.root).as_posix(): path for _, path in warc_files(self.root)}
        read_on = bytes_read(self.root, self.step if self.deep else untold)
        for file in sorted(there):
            serial, size = known.get(file, (None, 0))
            if serial is None and self.catalogue:
                self.surplus.append(file)
            yield from self._warc(file, serial, size, read_on)
        # A name that was only reserved was never a file.
        yield from self._missing(file for file, (_, size) in known.items() if size and file not in there)
        for path in sorted((self.root / paths.WARC).rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if name not in there and not path.is_dir():
                self.surplus.append(name)

    def _warc(self, file: str, serial: int | None, known: int, read_on: Callable[[int], None]) -> Iterator[Finding]:
        try:
            expected = self._captures(serial) if self.deep else {}
            with opened(self.root / file) as fd, open(fd, "rb", closefd=False) as stream:
                size = os.fstat(fd).st_size
                if size < known:
                    yield Finding(file, f"is cut short by {known - size} bytes", BACKUP)
                    return
                pieces = scan(stream, 0 if self.deep else known, size, is_metadata)
                yield from self._records(file, expected, known, followed(pieces, read_on))
        except ArchiveDamaged as exc:
            yield Finding(file, exc.why, BACKUP)

    def _records(
        self, file: str, expected: dict[int, tuple[str | int | None, ...]], known: int, pieces: Iterator[Record | Gap]
    ) -> Iterator[Finding]:
        for piece in pieces:
            if isinstance(piece, Gap):
                if piece.offset < known:
                    yield Finding(file, f"{piece.length} bytes at {piece.offset} are no record: {piece.why}", BACKUP)
                elif self._is_still_torn(file, piece):
                    repair = "the next command that writes cuts it off and keeps it"
                    yield Finding(file, f"has a torn tail of {piece.length} bytes at {piece.offset}", repair)
                continue
            if piece.wrong:
                yield Finding(file, f"the record at {piece.offset} was altered: {piece.wrong}", BACKUP)
            if piece.kind == "metadata":
                yield from self._said(piece)
            wanted = expected.pop(piece.offset, None)
            if wanted and wanted != _told(piece):
                yield Finding(file, f"the record at {piece.offset} is not the one that was stored", _UNLIKE)
        for offset in sorted(expected):
            yield Finding(file, f"the record at {offset} is missing", BACKUP)

    def _said(self, record: Record) -> Iterator[Finding]:
        """The files a visit made have the hashes that its record gave them."""
        visit = index.visit_of(record.block or b"")
        for path, sha256 in visit["files"] if visit else ():
            if path in self.named or not paths.is_ours(path):
                continue
            content = self._content(path)
            if isinstance(content, Finding):
                yield content
            elif hashlib.sha256(content).hexdigest() == sha256:
                self.surplus = [other for other in self.surplus if other != path]
            else:
                yield Finding(path, "is not what the visit that made it says", BACKUP)

    def _captures(self, serial: int | None) -> dict[int, tuple[str | int | None, ...]]:
        if serial is None:
            return {}
        span = {"from": serial << 40, "to": (serial + 1) << 40}
        rows = self._rows_of("captures_of_warc", span)
        return {index.place(seq)[1]: (*told, stamp(from_ticks(at))) for seq, *told, at in rows}

    def _is_still_torn(self, file: str, gap: Gap) -> bool:
        """A record that is being written looks torn until it is whole."""
        with opened(self.root / file) as fd, open(fd, "rb", closefd=False) as stream:
            piece = next(scan(stream, gap.offset, os.fstat(fd).st_size), None)
        return isinstance(piece, Gap)

    # ------------------------------------------------------------------------------------------ widgets

    def _widgets(self) -> Iterator[Finding]:
        """Decisions about widgets: each has the hash in its name, and the catalogue knows it."""
        known = dict(self._rows_of("all_widgets"))
        there = [path.relative_to(self.root).as_posix() for path in (self.root / paths.WIDGETS).rglob("*")]
        there = [name for name in there if not stat.S_ISDIR((self.root / name).lstat().st_mode)]
        for path in sorted(there):
            if not paths.is_widget(path) or (self.catalogue and path not in known):
                self.surplus.append(path)
                continue
            content = self._content(path)
            sha256 = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""
            if isinstance(content, Finding):
                yield content
            elif not Path(path).stem.endswith(f"_{sha256[:16]}") or known.get(path, sha256) != sha256:
                yield Finding(path, "was altered: its bytes do not have the hash in its name", BACKUP)
        yield from self._missing(set(known) - set(there))

    # ------------------------------------------------------------------------------------------ manifests

    def _manifests(self) -> Iterator[Finding]:
        written = dict(self._rows_of("manifest_days"))
        there = sorted((self.root / paths.MANIFESTS).glob("*"))
        for path in there:
            match = paths.MANIFEST.fullmatch(path.name)
            name = path.relative_to(self.root).as_posix()
            if match is None or (self.catalogue and match["day"] not in written):
                self.surplus.append(name)
                continue
            content = self._content(name)
            if isinstance(content, Finding):
                yield content
            elif written.get(match["day"], hashlib.sha256(content).hexdigest()) != hashlib.sha256(content).hexdigest():
                yield Finding(name, "was altered since it was written", _UNLIKE)
            else:
                yield from self._listed(content)
        yield from self._missing(f"{paths.MANIFESTS}/{day}.sha256" for day in written)

    def _listed(self, content: bytes) -> Iterator[Finding]:
        for sha256, path in manifests.parse(content):
            if path in self.named:
                continue
            place = self.root / path
            if not os.path.lexists(place):
                if not paths.is_warc(path) or sha256 not in replaced(self.root, path):
                    yield Finding(path, "is listed in a manifest and missing", BACKUP)
                continue
            if paths.is_warc(path) and not self.deep:
                continue
            with contextlib.suppress(ArchiveDamaged):
                if manifests.file_sha256(place) != sha256:
                    yield Finding(path, "was altered since its manifest was written", BACKUP)

    # ------------------------------------------------------------------------------------------ all of it once more

    def _recount(self) -> Iterator[Finding]:
        """If all files are whole, what the catalogue says can be asked of them."""
        if self.deep and self.catalogue and not self.named and (table := unlike(self.root, self.catalogue, self.step)):
            yield Finding(paths.CATALOGUE, f"does not say what the files say, in the table {table}", REBUILD)

    # ------------------------------------------------------------------------------------------ surplus

    def _surplus(self) -> Iterator[Finding]:
        """What nothing accounts for. A daemon may have stored it since: the catalogue is asked once more."""
        for path in self.surplus:
            if os.path.lexists(self.root / path) and not self._accounted(path):
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


def _told(record: Record) -> tuple[str | int | None, ...]:
    """What a record says of itself, as the catalogue remembers it; the time in one way of writing it."""
    at, said = record.headers.get("warc-date", ""), ("warc-record-id", "warc-payload-digest", "warc-target-uri")
    with contextlib.suppress(ValueError):
        at = stamp(moment(at))
    return (record.length, *map(record.headers.get, said), at)


def _names(folder: Path) -> list[str] | None:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names are enough
    except OSError:
        return None
