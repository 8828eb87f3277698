"""Where an export goes: whole under its name, or not there. Standard output is the one place where that cannot be."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scraper.errors import UsageError


@contextlib.contextmanager
def file(name: Path | None, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A new file that gets its `name` when it is whole; standard output without one.

    What has that name is replaced only if `overwrite` says so, and stays as it is if anything goes wrong. Raises
    UsageError if it may not be replaced, OSError if the disk cannot take it.
    """
    if name is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    _may_be_written(name, overwrite=overwrite)
    part = _part(name)
    try:
        with part.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _publish(part, name, overwrite=overwrite)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(name.parent)


@contextlib.contextmanager
def folder(name: Path) -> Iterator[Path]:
    """A new folder that gets its `name` when all is in it. An empty one of that name is taken, no other is touched.

    Raises UsageError if there is something, OSError if the disk cannot take it.
    """
    if name.is_symlink() or (name.exists() and (not name.is_dir() or any(name.iterdir()))):
        raise UsageError(f"{name}: is there already; an export never mixes with other files, name another folder")
    _has_parent(name)
    part = _part(name)
    try:
        part.mkdir()
        yield part
        part.rename(name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync(name.parent)


def _may_be_written(name: Path, *, overwrite: bool) -> None:
    if name.is_dir():
        raise UsageError(f"{name}: is a folder; name a file")
    if name.exists() and not name.is_file():
        raise UsageError(f"{name}: is no ordinary file; use `-o -` to write into a pipe")
    if os.path.lexists(name) and not overwrite:
        raise UsageError(f"{name}: is there already; --overwrite replaces it")
    _has_parent(name)


def _has_parent(name: Path) -> None:
    if not name.parent.is_dir():
        raise UsageError(f"{name}: there is no folder {name.parent}")


def _part(name: Path) -> Path:
    """A temporary name beside `name`: two exports to one place do not meet."""
    return name.with_name(f".{name.name}.{os.getpid()}.part")


def _publish(part: Path, name: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(name)
        return
    try:
        os.link(part, name)
    except FileExistsError as exc:
        raise UsageError(f"{name}: has appeared meanwhile; --overwrite replaces it") from exc
    except OSError:  # no hard links here
        if os.path.lexists(name):
            raise UsageError(f"{name}: has appeared meanwhile; --overwrite replaces it") from None
        part.rename(name)
    else:
        part.unlink()


def _sync(where: Path) -> None:
    fd = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
