"""Decisions about widgets: one small file each, numbered, dated, chained, never changed.

    widgets/<outlet>/NNN_<16 hex of its SHA-256>.json

What holds now is what was learnt and not forgotten since, in the order of the numbers. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from scraper.store import paths
from scraper.store.drafts import FORMAT, Draft
from scraper.store.sidecar import Json, dumps
from scraper.store.stamps import stamp
from scraper.widgets import Decided, Decision, Widget

WIDGET_FORMAT: Final = "scraper-widget/1"


def decision_draft(
    widget: Widget, decision: Decided, where: tuple[datetime, str], last: tuple[int, str] | None, record_id: str
) -> Draft:
    """The file and the record of a decision. `where` is when, and the outlet's home; `last` the one before."""
    at, url = where
    number = last[0] + 1 if last else 0
    told = {**asdict(widget), "id": widget.id, "since": widget.since.isoformat(), "evidence": list(widget.evidence)}
    data: Json = {
        "format": WIDGET_FORMAT,
        "number": number,
        "at": stamp(at),
        "decision": decision,
        "widget": told,
        "previous": {"number": last[0], "sha256": last[1]} if last else None,
    }
    content = dumps(data)
    sha256 = hashlib.sha256(content).hexdigest()
    path = paths.widget(widget.outlet, number, sha256)
    visit = {
        "format": FORMAT,
        "url": url,
        "outlet": widget.outlet,
        "at": stamp(at),
        "verdict": {"learn": "learnt", "forget": "forgot"}[decision],
        "reason": f"widget {widget.id}",
        "flags": [],
        "article_id": None,
        "version": None,
        "files": [[path, sha256]],
        "capture": None,
        "asked": url,
        "hops": [],
        "forms": [],
    }
    return Draft(record_id, visit, None, ((path, content),), data)


def widget_from(data: Json) -> Widget:
    """The widget in a decision's file. Raises KeyError, TypeError or ValueError for anything else."""
    since, evidence = date.fromisoformat(data["since"]), tuple(map(str, data["evidence"]))
    return Widget(data["outlet"], data["kind"], data["pattern"], since, evidence)


def standing(decisions: Iterable[Decision]) -> list[Widget]:
    """What holds after all decisions."""
    held: dict[tuple[str, str], Widget] = {}
    for made in decisions:
        key = (made.widget.outlet, made.widget.id)
        held.pop(key, None)
        if made.decision == "learn":
            held[key] = made.widget
    return list(held.values())
