"""A configuration folder made of a few lines."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from scraper.errors import Mistake
from scraper.tomlfile.files import Check, Wrong

OUTLET = """\
name = "The Example"
home = "https://www.example.com/"
"""


def folder(root: Path, **contents: str) -> Path:
    """`root` with the given files: `settings`, `preset_<name>`, or an outlet by its domain with `_` for the dots."""
    for key, text in contents.items():
        path = root / _name(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    root.mkdir(exist_ok=True)
    return root


def _name(key: str) -> str:
    if key == "settings":
        return "scraper.toml"
    if key.startswith("preset_"):
        return f"presets/{key.removeprefix('preset_')}.toml"
    return f"outlets/{key.replace('_', '.')}.toml"


def said(mistakes: list[Mistake] | tuple[Mistake, ...]) -> list[str]:
    """Each mistake as `line word: message`."""
    return [f"{mistake.line} {mistake.word}: {mistake.message}" for mistake in mistakes]


def tried(check: Check[Any], value: object) -> str:
    """Why `check` refuses `value`, or "fine"."""
    try:
        check(value)
    except Wrong as why:
        return str(why)
    return "fine"
