"""What a shell is offered for names of outlets: a glance at two folders. No file is opened, nothing is validated."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

# What a shell may split, expand or run stands in no name of an outlet; a file called otherwise is none.
_NAME: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_MOST: Final = 1000
_LONGEST: Final = 253  # characters of a host


def listed(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Outlets that have a file in the configuration named on the line, by the environment, or by default."""
    found = _names(_folder(context, "config") / "outlets", ".toml")
    return sorted(set(_beginning(found, begun)))[:_MOST]


def held(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The same, and those of which the archive holds something."""
    found = _names(_folder(context, "archive") / "articles", "")
    return sorted({*_beginning(found, begun), *listed(context, parameter, begun)})[:_MOST]


def kinds(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Kinds of edits."""
    from typing import get_args

    from scraper.model import EditKind

    return [kind for kind in get_args(EditKind) if kind.startswith(begun)]


def _folder(context: click.Context, name: str) -> Path:
    """The folder that the line names, also before a subcommand; else that of the environment; else the usual one."""
    at: click.Context | None = context
    while at:
        given: Any = at.params.get(name)
        if given and at.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return Path(given).expanduser()
        at = at.parent
    return Path(os.environ.get(f"SCRAPER_{name.upper()}") or name)


def _names(folder: Path, ending: str) -> Iterator[str]:
    """Names in a folder without their ending; none if it cannot be read: a shell is told nothing of mistakes."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(ending):
                    yield entry.name[: len(entry.name) - len(ending)]
    except OSError:
        return


def _beginning(names: Iterator[str], begun: str) -> Iterator[str]:
    for name in names:
        if name.startswith(begun.lower()) and len(name) <= _LONGEST and _NAME.fullmatch(name):
            yield name
