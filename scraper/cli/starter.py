"""A configuration for who has none yet: the settings with every key explained, and the presets, as they are shipped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import scraper
from scraper.errors import UsageError

PARTS = ("scraper.toml", "presets")


def shipped() -> Path:
    """Where they came with the program: within the package, or beside it in its own source tree."""
    package = Path(scraper.__file__).parent
    return found if (found := package / "starter").is_dir() else package.parent / "config"


@contextmanager
def standing_in(config: Path) -> Iterator[Path]:
    """`config`, or if there is none yet, a folder like the one that `begin` makes, for as long as it is needed."""
    if config.is_dir():
        yield config
        return
    with tempfile.TemporaryDirectory(prefix="scraper-") as folder:
        yield _laid_out(Path(folder) / "config")


def begin(config: Path) -> bool:
    """Make `config` if there is none, whole or not at all; whether that was done. Raises UsageError and OSError."""
    if config.is_dir():
        return False
    config.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".scraper-", dir=config.parent) as folder:
        made = _laid_out(Path(folder) / config.name)
        try:
            made.rename(config)
        except (FileExistsError, NotADirectoryError) as error:
            raise UsageError(f"{config} is there already and is no folder; name another with --config DIR") from error
    return True


def _laid_out(folder: Path) -> Path:
    (folder / "outlets").mkdir(parents=True)
    for name in PARTS:
        part = shipped() / name
        if part.is_dir():
            shutil.copytree(part, folder / name)
        elif part.exists():
            shutil.copyfile(part, folder / name)
    return folder
