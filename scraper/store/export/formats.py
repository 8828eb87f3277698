"""All formats of an export by name: what is written, and where it may go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal, get_args

from scraper.errors import UsageError
from scraper.store.export import jsonl, parquet, sheet, target, texts, wacz, warcs
from scraper.store.export.view import View

Format = Literal["jsonl", "csv", "parquet", "text", "warc", "wacz"]
FORMATS: Final = get_args(Format)
# Their readers begin at the end of the file, and people take what they print for noise.
FILES_ONLY: Final = frozenset({"parquet", "wacz"})
BINARY: Final = frozenset({"parquet", "text", "warc", "wacz"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an export goes: a file or folder, or standard output if there is no `name`. `bom`: see `sheet`."""

    name: Path | None = None
    overwrite: bool = False
    bom: bool = False


def check(form: Format, place: Place) -> None:
    """Raise UsageError for what cannot be done, before the archive is read."""
    if place.name is None and form in FILES_ONLY:
        raise UsageError(f"--format {form} is no stream; name a file with -o FILE")
    if place.bom and form != "csv":
        raise UsageError(f"--bom: {form} has no such mark; it is for --format csv")
    if place.overwrite and form == "text":
        raise UsageError("--overwrite replaces files and never a folder; name a new one")
    if place.overwrite and place.name is None:
        raise UsageError("--overwrite replaces a file; name one with -o FILE")
    if form == "parquet":
        parquet.check()


def write(view: View, form: Format, place: Place) -> None:
    """Export a view: whole under its name, or not there. Raises UsageError, ArchiveError or OSError."""
    if form == "text" and place.name is not None:
        with target.folder(place.name) as folder:
            texts.write_folder(view, folder)
        return
    with target.file(place.name, overwrite=place.overwrite) as out:
        if form == "csv":
            sheet.write(view, out, bom=place.bom)
        elif form == "warc":
            warcs.write(view, out, place.name.name if place.name else "export.warc.gz")
        else:
            _WRITERS[form](view, out)


_WRITERS: Final[Mapping[str, Callable[[View, BinaryIO], None]]] = {
    "jsonl": jsonl.write,
    "parquet": parquet.write,
    "text": texts.write_tar,
    "wacz": wacz.write,
}
