"""Before an archive is opened for writing: is it one, may it be made here, is anything in the way."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from scraper.errors import ArchiveDamaged, ArchiveError, ArchiveUnwritable
from scraper.store import catalogue, paths
from scraper.store.catalogue import REBUILD
from scraper.store.files import Files, unwritable
from scraper.store.lease import Lease
from scraper.store.locks import Lock
from scraper.store.quarantine import Quarantine

PATIENCE: Final = 60.0  # seconds to wait for another process that is writing
PROBE: Final = 256 << 10  # bytes: more than a page usually is
MOUNTS: Final = Path("/proc/self/mountinfo")
# SQLite's log keeps its index in memory shared by processes: two machines do not share memory.
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|ncpfs|9p|ceph|glusterfs|ocfs2|gfs2|lustre|gpfs|beegfs"
    r"|fuse\.(?:sshfs|s3fs|rclone|glusterfs|ceph(?:-fuse)?|juicefs|gcsfuse|mfs)"
)


class Locks(NamedTuple):
    """What keeps others away from an archive: shared while it is open, held while it is written, and the lease."""

    open: Lock
    write: Lock
    lease: Lease


def prepare(root: Path, locks: Locks, files: Files, quarantine: Quarantine, *, create: bool) -> str | None:
    """Take the lease, then make the archive if that is wanted and nothing is there; whose lease was taken over, if one
    was. Nothing is ever made over what is."""
    place = root / paths.CATALOGUE
    if not place.exists() and (not create or is_file(root)):
        raise no_catalogue(root)
    refuse_network(root)
    with unwritable(root):
        files.make_folder(root)
    taken = locks.lease.take()
    with locks.write.held(PATIENCE, "the archive is being made"):
        if place.exists() and place.stat().st_size > 0:
            return taken
        if _has_files(root) or not create:
            raise no_catalogue(root)
        for log in filter(os.path.lexists, catalogue.logs(place)):
            quarantine.take(Path(log), "a log without its database, which would be taken for that of the new one")
        with unwritable(place):
            catalogue.create(place, files)
            files.sync_up(root, root.parent)
    return taken


def no_catalogue(root: Path) -> ArchiveError:
    """Why there is none: there is no archive, or it has lost its catalogue, or the path leads to a file."""
    if is_file(root):
        return ArchiveError(root, "is a file, not a folder; name the folder of the archive, or move the file away")
    if _has_files(root):
        return ArchiveDamaged(root / paths.CATALOGUE, f"is missing or empty, though there are files; {REBUILD}")
    return ArchiveError(root, "is no archive yet; `scraper fetch URL` or `scraper run` begins one")


def try_to_write(root: Path, files: Files) -> None:
    """Write a file, durably, and remove it. Raises ArchiveUnwritable. Call it under the archive's lock.

    Nothing depends on that file, so a sync that fails here says nothing about what was stored (`trust`).
    """
    probe = root / paths.RUN / "probe"
    with unwritable(root):
        fd = files.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            files.write_all(fd, bytes(PROBE))
            files.fsync(fd)
        finally:
            os.close(fd)
            files.unlink(probe)


def is_file(root: Path) -> bool:
    """Whether something lies at `root` that can never hold an archive."""
    return root.exists() and not root.is_dir()


def refuse_network(root: Path) -> None:
    """Raise ArchiveUnwritable if `root` lies on a network file system."""
    if kind := network(root):
        why = "whose locks and logs two machines cannot share; use a disk of this machine, or read only"
        raise ArchiveUnwritable(root, f"lies on a network file system ({kind}), {why}")


def network(root: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of network file system that `root` lies on; None if it lies on none, or nobody can tell. proc(5)"""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    best, kind = "", ""
    for line in lines:
        left, _, right = line.partition(" - ")
        point = left.split(" ")[4].replace("\\040", " ") if len(left.split(" ")) > 4 else ""
        if point and root.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind if _NETWORK.fullmatch(kind) else None


def _has_files(root: Path) -> bool:
    return any(names for folder in paths.EVIDENCE for _, _, names in os.walk(root / folder))
