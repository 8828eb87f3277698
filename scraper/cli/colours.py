"""Colours for a person at a terminal: what a line says is seen before it is read. Nothing is said by colour alone."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import Final

import click

_GOOD, _BAD, _ODD = {"fg": "green"}, {"fg": "red"}, {"fg": "yellow"}
_VERDICTS: Final = {"new": _GOOD, "back": _GOOD, "edited": _ODD, "partial": _ODD, "deferred": _ODD, "gone": _BAD,
                    "refused": _BAD, "failed": _BAD, "same": {"dim": True}}  # fmt: skip
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_PARTS: Final = re.compile(
    rf"(?P<time>{_TIME})|(?P<address>https?://[^\s;`”’]+)|(?P<stealth>\(stealth\))"
    rf"|(?:(?<=Z  )|^)(?P<verdict>{'|'.join(_VERDICTS)})(?= {{2,}}|\s*$| [A-Z“\"(h])"
    r"|^(?P<bad>needs attention|trouble\b|\d+ problems?$)|^(?P<good>everything is as it was stored)"
    r"|^(?P<head>outlet +articles .*)"
)
_STYLES: Final = {"time": {"dim": True}, "address": {"fg": "cyan"}, "stealth": _BAD, "bad": _BAD | {"bold": True},
                  "good": _GOOD, "head": {"bold": True}}  # fmt: skip


def wanted() -> bool:
    """Whether stdout is a terminal whose owner wants colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns(most: int = 80) -> int:
    """How wide a line may be: as wide as the terminal, `most` at most; 80 where there is none."""
    return min(most, shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80)


def room(*, err: bool = False) -> int | None:
    """How many columns the terminal has; None where there is none, and nothing is to be broken."""
    stream = sys.stderr if err else sys.stdout
    return shutil.get_terminal_size((80, 24)).columns if stream.isatty() else None


def painted(text: str) -> str:
    """`text`, which cannot steer the terminal any more, with what matters in it in colours."""
    return "\n".join(_PARTS.sub(_paint, line) for line in text.split("\n"))


def _paint(match: re.Match[str]) -> str:
    word = match.lastgroup or ""
    style = _VERDICTS[match[0]] if word == "verdict" else _STYLES[word]
    return click.style(match[0], **style)  # type: ignore[arg-type]  # fg is a name, the others are flags
