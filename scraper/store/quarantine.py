"""Repair deletes nothing: what is no part of the archive is moved aside, with the reason beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from scraper.store import paths
from scraper.store.files import Files, staged, unwritable
from scraper.store.stamps import compact, stamp

# A program that crashes in a loop must not fill the disk: beyond this many pieces the oldest go.
PIECES: Final = 500


class Quarantine:
    """The folder `quarantine/`: pieces of writes that never ended, and of files that were damaged."""

    def __init__(self, root: Path, files: Files, clock: Callable[[], datetime]) -> None:
        self.root = root
        self.files = files
        self.clock = clock

    def take(self, path: Path, why: str) -> str:
        """Move `path` aside; what was done, as a sentence."""
        with unwritable(path):
            kept = self._place(path.name.lstrip("."))
            self.files.move(path, kept)
            self._explain(kept, why)
        return f"{self._relative(path)} moved to {self._relative(kept)}: {why}"

    def hold(self, path: Path, why: str) -> str:
        """Keep the file at `path`, which is about to be replaced, under a further name; what was done."""
        with unwritable(path):
            if path.stat().st_nlink > 1:
                return f"{self._relative(path)} is kept in {paths.QUARANTINE}/ already"  # by somebody who died then
            kept = self._place(path.name)
            self.files.link(path, kept)
            self._explain(kept, why)
            self.files.sync_folder(kept.parent)
        return f"{self._relative(path)} is kept as {self._relative(kept)}: {why}"

    def keep(self, name: str, data: bytes, why: str) -> Path:
        """Keep `data`, which is about to be cut off somewhere."""
        with unwritable(self.root / paths.QUARANTINE):
            kept = self._place(name)
            self.files.create(kept, data)
            self._explain(kept, why)
        return kept

    def _place(self, name: str) -> Path:
        folder = self.root / paths.QUARANTINE
        self.files.make_folder(folder, 0o700)
        self.files.sync_up(folder, self.root)
        self._bound(folder)
        number, day = 0, compact(self.clock())
        while True:
            place = folder / f"{day}-{number:03d}-{name}"
            if not os.path.lexists(place) and not os.path.lexists(staged(place)):
                return place
            number += 1

    def _explain(self, kept: Path, why: str) -> None:
        text = json.dumps({"at": stamp(self.clock()), "file": kept.name, "why": why}) + "\n"
        fd = self.files.open(kept.with_name(kept.name + ".why"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            self.files.write_all(fd, text.encode())
        finally:
            os.close(fd)

    def tidy(self) -> None:
        """Remove what was being put there when somebody died: it is still where it came from."""
        for leftover in (self.root / paths.QUARANTINE).glob(staged(Path("*")).name):
            with unwritable(leftover):
                self.files.unlink(leftover)

    def _bound(self, folder: Path) -> None:
        for old in sorted(os.listdir(folder))[: -2 * PIECES]:  # noqa: PTH208  # names are enough
            self.files.unlink(folder / old)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()
