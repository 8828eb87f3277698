"""The program's log: one event, one line, a fixed word plus fields. For people on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from scraper.text import printable

# A field longer than this is cut: what comes from the network must not fill the disk by way of the log.
LONGEST = 2000


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
    # Libraries speak through the standard library's log: only what is wrong is of interest.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    # A tick that finds the one before still at work is no news, nor is a reading process that has ended by itself.
    for name in ("apscheduler", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)


def timestamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the time in UTC, to the millisecond."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {**event, "timestamp": now.replace("+00:00", "Z")}


def tame(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every text field one bounded line without control characters, whoever wrote it."""
    return {key: _one_line(value) if isinstance(value, str) else value for key, value in event.items()}


def _one_line(value: str) -> str:
    cut = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    return printable(cut).replace("\n", "\\n").replace("\t", " ")
