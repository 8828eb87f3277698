"""The snapshots themselves, text and sidecar, under the names they have in the archive: a folder, or a tar.

`sha256sum -c SHA256SUMS` checks what is there; so does `sha256sum -c --ignore-missing` with a manifest of the archive,
since names and bytes are the same.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from scraper.store.export.view import View

SUMS: Final = "SHA256SUMS"
INCOMPLETE: Final = "INCOMPLETE.txt"
Put = Callable[[str, BinaryIO, datetime], None]


def write_folder(view: View, folder: Path) -> None:
    """All files below `folder`, dated as they were captured."""
    last: Path | None = None

    def put(path: str, content: BinaryIO, at: datetime) -> None:
        nonlocal last
        place = folder / path
        if place.parent != last:
            place.parent.mkdir(parents=True, exist_ok=True)
            last = place.parent
        with place.open("xb") as file:
            shutil.copyfileobj(content, file)
        os.utime(place, (at.timestamp(), at.timestamp()))

    _write(view, put)


def write_tar(view: View, out: BinaryIO) -> None:
    """The same as a tar (POSIX.1-2001) in which nobody owns anything."""
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:

        def put(path: str, content: BinaryIO, at: datetime) -> None:
            info = tarfile.TarInfo(path)
            info.size, info.mtime, info.mode = content.seek(0, os.SEEK_END), int(at.timestamp()), 0o644
            content.seek(0)
            tar.addfile(info, content)
            tar.members.clear()  # type: ignore[attr-defined]  # kept for readers, and would grow

        _write(view, put)


def _write(view: View, put: Put) -> None:
    with TemporaryFile() as sums:
        for item in view.items():
            row, stored = item.row, item.stored
            if stored is None:
                continue
            put(row.sidecar_path, BytesIO(stored.sidecar), row.captured_at)
            put(row.path, BytesIO(stored.text), row.captured_at)
            pairs = f"{row.sidecar_sha256}  {row.sidecar_path}\n{row.sha256}  {row.path}\n"
            sums.write(pairs.encode())
        if view.problems:
            put(INCOMPLETE, BytesIO(_incomplete(view)), view.as_of)
        sums.seek(0)
        put(SUMS, cast("BinaryIO", sums), view.as_of)


def _incomplete(view: View) -> bytes:
    said = "".join(f"{problem.file}: {problem.problem}\n" for problem in view.listed)
    head = f"This export is incomplete: {view.problems} of its versions could not be read.\n\n"
    return (head + said).encode("utf-8", "backslashreplace")
