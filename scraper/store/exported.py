"""What lies in WARC and WACZ files outside of the archive: which of its records are kept there as well.

Read record by record with all digests made anew, so that a damaged copy counts as none.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from scraper.errors import ArchiveDamaged, UsageError
from scraper.store.files import opened
from scraper.store.scan import Record, scan


def exported(path: Path) -> dict[str, str]:
    """The whole records in a `.warc.gz` or `.wacz` file: record id → digest of its block.

    Raises UsageError if `path` is neither, or is damaged.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(stack.enter_context(opened(path)), "rb", closefd=False))
        except ArchiveDamaged as exc:
            raise UsageError(str(exc).replace("; restore it from a backup", "")) from exc
        found = dict(_all(path, cast("BinaryIO", file)))
    if not found:
        raise UsageError(f"{path}: no record of a WARC file in it; name a .warc.gz or .wacz file")
    return found


def _all(path: Path, file: BinaryIO) -> Iterator[tuple[str, str]]:
    if not zipfile.is_zipfile(file):
        yield from _records(file, os.fstat(file.fileno()).st_size)
        return
    try:
        with zipfile.ZipFile(file) as wacz:
            for member in wacz.infolist():
                if member.filename.startswith("archive/") and member.filename.endswith(".warc.gz"):
                    with wacz.open(member) as inside:
                        yield from _records(cast("BinaryIO", inside), member.file_size)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as exc:
        raise UsageError(f"{path}: is a damaged WACZ file ({exc}); export it again") from exc


def _records(file: BinaryIO, size: int) -> Iterator[tuple[str, str]]:
    for piece in scan(file, 0, size):
        if isinstance(piece, Record) and piece.wrong is None:
            yield piece.headers.get("warc-record-id", ""), piece.block_digest
