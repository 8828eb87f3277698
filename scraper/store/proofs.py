"""When `verify` was last done as a whole, by its own word: `.run/verify/last.json` and `last-deep.json`."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from scraper.errors import ArchiveDamaged
from scraper.reports import Proof
from scraper.store.slips import Slips
from scraper.store.stamps import moment, stamp

FOLDER = "verify"


def note(root: Path, proof: Proof) -> None:
    """Note it instead of the one before. Raises ArchiveUnwritable."""
    told = {"began": proof.began, "ended": proof.ended, "problems": proof.problems}
    data = json.dumps(told, default=lambda value: stamp(cast("datetime", value)), sort_keys=True)
    Slips(root, FOLDER).write(_name(deep=proof.deep), data.encode("ascii"))


def noted(root: Path) -> tuple[Proof, ...]:
    """The last one of each kind, the deep one behind the other; what is damaged counts as none."""
    found = []
    for deep in (False, True):
        with contextlib.suppress(ArchiveDamaged, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            if data := Slips(root, FOLDER).read(_name(deep=deep)):
                told: dict[str, Any] = json.loads(data)
                found.append(Proof(deep, moment(told["began"]), moment(told["ended"]), int(told["problems"])))
    return tuple(found)


def _name(*, deep: bool) -> str:
    return "last-deep" if deep else "last"
