"""Whether the texts of outlets look as they used to is minded while the daemon runs, a block of articles at a time.

What is known of an outlet is a note under `.run/shape/`; what is odd now is one more, for whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import anyio
import msgspec
import structlog

from scraper import drift
from scraper.drift import Shape
from scraper.errors import ArchiveError
from scraper.following import Host
from scraper.notifying import Desk
from scraper.pipeline.services import Services
from scraper.store.archive import FileArchive
from scraper.store.outlines import blocks

log = structlog.get_logger()

FOLDER: Final = "shape"
ODD: Final = "odd"
EVERY: Final = 600.0  # seconds between looks at whether a block is full


async def keep_minding(archive: FileArchive, desk: Desk, services: Services, host: Host, every: float = EVERY) -> None:
    """Look after the texts of all outlets until the daemon stops. What ails one outlet, or the notes, ails no other."""
    while not host.stopping.is_set():
        for name in host_outlets(host, services):
            if host.stopping.is_set() or host.trouble:
                break
            began = anyio.current_time()
            await services.store(_minded, archive, desk, name, services.now())
            await anyio.sleep(min(anyio.current_time() - began, 1.0))  # the first start has years of outlets to read
        with anyio.move_on_after(every):
            await host.stopping.wait()


def host_outlets(host: Host, services: Services) -> list[str]:
    """The outlets that are watched now: those of the host, which takes up changes, if it has any."""
    return sorted(getattr(host, "services", services).outlets)


def _minded(archive: FileArchive, desk: Desk, name: str, now: datetime) -> None:
    try:
        mind(archive, desk, name, now)
    except ArchiveError as error:
        log.warning("shape-unknown", outlet=name, why=str(error))
    except Exception as error:  # the host's net: an alarm that breaks must not end the daemon
        log.exception("shape-broke", outlet=name, error=repr(error))


def mind(archive: FileArchive, desk: Desk, name: str, now: datetime) -> Shape:
    """What is known of an outlet at `now`, with all blocks that are full, noted. Raises ArchiveError."""
    before = known(desk, name)
    last = before.blocks[-1].upto if before.blocks else None
    if last and last > now:  # noted by a clock that ran ahead
        before, last = Shape(), None
    more = blocks(archive, name, last, now)
    if not more and before.said is None:
        return before
    after = drift.judged(before, more, now)
    if after == before:
        return before
    desk.write(_note(name), msgspec.json.encode(after))
    if after.said != before.said:
        _tell(desk, name, after.said)
    return after


def known(desk: Desk, name: str) -> Shape:
    """What was noted of an outlet; nothing if the note makes no sense."""
    try:
        kept = desk.read(_note(name))
        return msgspec.json.decode(kept, type=Shape) if kept else Shape()
    except (ArchiveError, msgspec.MsgspecError, UnicodeDecodeError):
        return Shape()


def _note(name: str) -> str:
    return f"outlet-{name}"


def odd(desk: Desk) -> Mapping[str, str]:
    """By outlet what is odd about its texts now, as it was noted last."""
    try:
        kept = desk.read(ODD)
        return msgspec.json.decode(kept, type=dict[str, str]) if kept else {}
    except (ArchiveError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _tell(desk: Desk, name: str, said: str | None) -> None:
    rest = {outlet: what for outlet, what in odd(desk).items() if outlet != name}
    desk.write(ODD, msgspec.json.encode(rest | ({name: said} if said else {})))
    if said:
        log.warning("shape-odd", outlet=name, said=said)
    else:
        log.info("shape-as-before", outlet=name)
