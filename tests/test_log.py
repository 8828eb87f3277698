"""The log: one event, one line, bounded, valid JSON, whoever wrote what is in it, and whatever it is."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper.log import LONGEST, MOST, tame

FORGED = 'x\n{"event": "forged"}\r\u2028\u2029\x85\x0b{"event": "forged"}'
FIELDS = {
    "newlines": FORGED,
    "quotes": '"}, "admin": true, {"',
    "steering": "\x1b[2J\u202e\x9b\x07",
    "a megabyte": "é" * 1_000_000,
    "bytes": b"\xff\xfe\x00 \x1b[2J" + b"x" * 1_000_000,
    "half a character": "a\ud800b",
    "a list": [FORGED] * 10_000,
    "a table": {FORGED: {FORGED: [b"\xff", FORGED]}},
    "an error": ValueError(FORGED * 10_000),
    "a path": Path("/\x1b[2J\n" + "x" * 5000),
    "no number": float("nan"),
    "a thing": object,
}
PROGRAM = """
import logging, sys, structlog
from scraper import log
from tests.test_log import FIELDS
log.setup(sys.argv[1])
own, theirs = structlog.get_logger(), logging.getLogger("strange.library")
for name, value in FIELDS.items():
    own.warning("event", field=value)
    own.warning(value, name=name)
    theirs.error("%s", value)
    theirs.error("%d", value)
    try:
        raise ValueError(value)
    except ValueError:
        own.exception("broke", error=value)
        theirs.exception("%s", value)
"""


def lines(form: str) -> list[str]:
    """The log of a process that says all these things."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, form], capture_output=True, timeout=60, check=True)
    return done.stderr.decode("utf-8").split("\n")[:-1]


def test_every_event_is_one_line_of_json() -> None:
    """Ours and those of libraries, with their tracebacks."""
    told = lines("json")
    assert len(told) == 6 * len(FIELDS)
    assert max(map(len, told)) < 20 * LONGEST
    assert all({"event", "level", "timestamp"} <= json.loads(line, parse_constant=_none).keys() for line in told)
    assert not any(json.loads(line)["event"] == "forged" for line in told)


def test_every_event_is_one_line_for_people() -> None:
    """And one more with the traceback, if there is one."""
    told = lines("console")
    assert len([line for line in told if line.startswith("20")]) == 6 * len(FIELDS)
    assert all(line.startswith(("20", "Traceback (most")) and line.isprintable() for line in told)


def _none(word: str) -> Any:
    raise AssertionError(word)  # NaN is no JSON


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_bounded(name: str) -> None:
    told = json.dumps(tame(logging.getLogger(), "info", {"event": "x", "field": FIELDS[name]}), ensure_ascii=False)
    assert len(told) < (MOST + 2) * (LONGEST + 50)


def test_figures_stay_figures() -> None:
    event = {"event": "x", "ms": 3, "share": 0.5, "capped": False, "reason": None, "kinds": ("a", "b")}
    assert tame(logging.getLogger(), "info", event) == event | {"kinds": ["a", "b"]}
