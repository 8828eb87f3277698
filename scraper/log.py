"""The program's log: one event, one line, a fixed word plus fields. For people on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from itertools import islice
from math import isfinite

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from scraper.text import printable

# A field longer than this is cut: what comes from the network must not fill the disk by way of the log.
LONGEST = 2000
MOST = 50  # items of a list


def setup(form: str = "auto", level: str = "info") -> None:
    """Send the log to stderr. `form` is auto, console or json; auto: for people on a terminal, JSON elsewhere."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=18)
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            timestamp,
            structlog.processors.format_exc_info,
            tame,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard library's log: only what is wrong is of interest, one event a line like ours.
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()])
    # A tick that finds the one before still at work is no news, nor is a reading process that has ended by itself.
    for name in ("apscheduler", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Libraries(logging.Handler):
    """Hands on what libraries say as an event `library`."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        try:
            said = record.getMessage().strip()
        except (TypeError, ValueError):  # its words do not fit its figures
            said = str(record.msg)
        log = structlog.get_logger()
        log.log(record.levelno, "library", name=record.name, said=said, exc_info=record.exc_info or None)


def timestamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the time in UTC, to the millisecond."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {**event, "timestamp": now.replace("+00:00", "Z")}


def tame(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every field one bounded line without control characters, whoever wrote it."""
    return {key: _tamed(value) for key, value in event.items()}


def _tamed(value: object) -> object:
    """Figures as they are, lists and tables item by item, at most MOST of them, and everything else as text."""
    match value:
        case None | bool() | int():
            return value
        case float() if isfinite(value):
            return value
        case list() | tuple() | set() | frozenset():
            return [_tamed(one) for one in islice(value, MOST)]
        case dict():
            return {_one_line(str(key)): _tamed(one) for key, one in islice(value.items(), MOST)}
        case bytes():
            return _one_line(value[: LONGEST + 1].decode("utf-8", "backslashreplace"))
        case _:
            return _one_line(str(value))


def _one_line(value: str) -> str:
    cut = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    return printable(cut).replace("\n", "\\n").replace("\t", " ")
