"""Brings the past that is made up into the demo's archive: by the same import as every WARC file, beside the daemon."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from anyio import to_thread

from scraper.demo import past
from scraper.gather.holdings import Holdings
from scraper.pipeline.importing import Nobody, bring
from scraper.pipeline.services import Services


async def bring_past(services: Services, olds: Sequence[past.Old], seed: int, told: past.Past) -> None:
    """Import all of it, and say in `told` how far it is; nothing if the archive has a past from an earlier demo.

    Asks nobody anything. Raises ArchiveError.
    """
    if await services.store(services.archive.find, olds[0].url):
        return
    asks_nobody = replace(services, fetcher=Nobody())
    with tempfile.TemporaryDirectory(prefix="scraper-demo-past-") as folder:
        file = Path(folder) / past.FILE
        file.write_bytes(await to_thread.run_sync(past.warc, olds, seed))
        with Holdings(Path(folder), datetime.now(UTC)) as holdings:
            await to_thread.run_sync(holdings.add, file, None)
            await bring(asks_nobody, holdings, told.add, ahead=1)
