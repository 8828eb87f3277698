"""Answers whose payload is kept already: a record of them repeats nothing, and names the one that has it."""

from __future__ import annotations

from typing import cast

from scraper.model import Page
from scraper.store import warc
from scraper.store.catalogue import Catalogue, queries
from scraper.store.stamps import from_ticks


def known_payload(catalogue: Catalogue, page: Page) -> warc.Known | None:
    """The record that has the payload of `page` under its URL: the last whole answer for a 304, else one of the same
    bytes."""
    if page.status == 304:
        query, values = "known_answer", {"url": page.final_url}
    elif page.raw:
        query, values = "known_payload", {"url": page.final_url, "digest": warc.digest(page.raw)}
    else:
        return None
    with catalogue.read() as db:
        row = db.execute(queries()[query], values).fetchone()
    if row is None:
        return None
    record_id, url, at = cast("tuple[str, str, int]", row)
    return warc.Known(record_id, url, from_ticks(at))


def is_pruned(catalogue: Catalogue, record_id: str) -> bool:
    """Whether `scraper prune` has dropped that record."""
    with catalogue.read() as db:
        return db.execute(queries()["record_pruned"], {"record_id": record_id}).fetchone() is not None
