"""Small notes of whoever runs, under `.run/`: replaced whole, so that after any end the old one is there or the new."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from scraper.errors import ArchiveUnwritable
from scraper.store import paths
from scraper.store.files import Files, opened, staged, unwritable

LARGEST: Final = 4 << 20


class Slips:
    """The notes in one folder under `.run/` of the archive at `root`, by short names. Calls block."""

    def __init__(self, root: Path, folder: str, files: Files | None = None) -> None:
        self._folder = root / paths.RUN / folder
        self._files = files or Files()

    def read(self, name: str) -> bytes | None:
        """What was noted last; None if nothing was. Raises ArchiveDamaged."""
        path = self._path(name)
        if not os.path.lexists(path):
            return None
        with opened(path) as fd, open(fd, "rb", closefd=False) as file:
            return file.read(LARGEST)

    def write(self, name: str, data: bytes) -> None:
        """Note `data` instead of what was there, durably. Raises ArchiveUnwritable."""
        path = self._path(name)
        if not self._folder.parent.is_dir():
            # Else it would be made in the bare folder where the disk was mounted.
            raise ArchiveUnwritable(self._folder, "its archive is not there any more; bring the disk back")
        with unwritable(path):
            self._files.make_folder(self._folder)
            with contextlib.suppress(FileNotFoundError):  # of a process that died here
                self._files.unlink(staged(path))
            self._files.rename(self._files.stage(path, data), path)
            self._files.sync_folder(self._folder)

    def remove(self, name: str) -> None:
        """Note nothing any more. Raises ArchiveUnwritable."""
        path = self._path(name)
        with unwritable(path), contextlib.suppress(FileNotFoundError):
            self._files.unlink(path)
            self._files.sync_folder(self._folder)

    def _path(self, name: str) -> Path:
        if os.sep in name or name.startswith("."):
            raise ArchiveUnwritable(self._folder / name, "is no name for a note; choose a plain word")
        return self._folder / f"{name}.json"
