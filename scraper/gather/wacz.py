"""The WARC files in a WACZ, which is a zip of them (https://specs.webrecorder.net/wacz/1.1.1/).

Nothing is unpacked under its name, so no name leads anywhere; what is stored as it is is read where it lies.
The list of members is a parser's work on hostile bytes: run `members` in the cage.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

MOST_MEMBERS: Final = 10_000
_DIRECTORY_LIMIT: Final = 16 << 20
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_MAGIC: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Member:
    """One WARC file in a zip. `offset` is where its bytes begin if they are `stored` as they are."""

    name: str
    size: int
    offset: int
    stored: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What a zip holds: its WARC files by name, and what is wrong with it or them, as sentences' ends."""

    members: tuple[Member, ...] = ()
    troubles: tuple[str, ...] = ()


def is_zip(file: BinaryIO) -> bool:
    """Whether a file begins like a zip."""
    file.seek(0)
    return file.read(len(_MAGIC)) == _MAGIC


def members(path: Path) -> Listing:
    """The WARC files in the zip at `path`; never raises for what the file is. Links, folders and names that lead out of
    the archive are left out and told, encrypted and oddly packed ones too."""
    try:
        with path.open("rb") as file:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                return _listing(file, archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, EOFError) as exc:
        return Listing(troubles=(f"is no whole zip file ({exc})",))


def _check_directory(file: BinaryIO) -> None:
    """Refuse what would take memory only to be listed. Raises ValueError."""
    found = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # what ZipFile asks first; it reads the rest whole
    if found and (found[5] > _DIRECTORY_LIMIT or found[4] > 10 * MOST_MEMBERS):
        raise ValueError(f"{found[4]} members")


def _listing(file: BinaryIO, archive: zipfile.ZipFile) -> Listing:
    found, troubles = list[Member](), list[str]()
    for info in archive.infolist():
        if not info.filename.lower().endswith((".warc", ".warc.gz", ".warc.zst")):
            continue
        if why := _objection(info):
            troubles.append(f"holds {info.filename[:200]!r}, which {why}")
        elif len(found) >= MOST_MEMBERS:
            troubles.append(f"holds over {MOST_MEMBERS} WARC files")
            break
        else:
            found.append(_member(file, info))
    if not found and not troubles:
        troubles.append("holds no WARC file")
    return Listing(tuple(sorted(found, key=lambda each: each.name)), tuple(troubles[:20]))


def _objection(info: zipfile.ZipInfo) -> str | None:
    parts = info.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return "leads out of the archive"
    if (info.external_attr >> 16) & 0o170000 not in {0, 0o100000}:
        return "is no plain file"
    if info.flag_bits & 1:
        return "is encrypted"
    return None if info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} else "is packed in a strange way"


def _member(file: BinaryIO, info: zipfile.ZipInfo) -> Member:
    """Where the bytes begin is said by the header before them, whose name and extras may be of another length."""
    file.seek(info.header_offset)
    magic, name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if magic != _MAGIC:
        raise zipfile.BadZipFile(f"{info.filename[:200]!r} is not where it is said to be")
    begin = info.header_offset + _LOCAL_HEADER.size + name + extra
    return Member(info.filename, info.compress_size, begin, info.compress_type == zipfile.ZIP_STORED)
