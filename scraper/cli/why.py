"""`scraper why`: why each visit to an article made a version or made none, and when the next one is due."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from scraper.cli.common import as_json, places, put, put_json, reading, stamp
from scraper.cli.history import asked_for, own_up
from scraper.reasons import explained

if TYPE_CHECKING:
    from scraper.model import Due, Snapshot
    from scraper.reports import Seen

HANG: Final = 32  # columns before what is said of a visit
COUNTED: Final = 3  # parts of an edit that are shown


@click.command(no_args_is_help=True, short_help="Say why each visit to an article made a version or none.")
@click.argument("url")
@click.option("--last", type=click.IntRange(1), metavar="N", help="The last N visits only.")
@as_json
@places
def why(url: str, last: int | None, json_: bool, archive: Path, config: Path) -> None:
    """Say why each visit to the article at URL made a version, or none.

    And when it is looked at next, and why then.

    \b
    scraper why https://example.org/2026/11/22/a-story/ --last 2
    """
    asked = asked_for(url, config)
    with reading(archive) as store:
        seen = asked.visits(store)[-(last or 0) :]
        entry = store.find(seen[-1].url, asked.outlet(seen[-1].url)) if seen else None
        entry = store.entry(url) or entry
        whole, harmed = store.sound(entry.id) if entry else ([], [])
        versions = {one.version: one for one in whole}
        due = store.frontier.lookup(entry.url if entry else seen[-1].url, asked.outlet(url)) if seen else None
        if entry and store.follower(entry.id):
            due = None  # its address is another article's now
    for visit in seen:
        made = versions.get(visit.version) if visit.version is not None else None
        if json_:
            put_json({"at": visit.at, "verdict": visit.verdict, "version": visit.version, "why": _why(visit, made)})
        else:
            put(f"{stamp(visit.at)}  {visit.verdict:8}  {_why(visit, made)}", hang=HANG)
            for line in _evidence(made) if visit.verdict in {"edited", "back"} else ():
                put(f"{'':{HANG}}{line}")
    kind = next((visit.verdict for visit in reversed(seen) if visit.verdict not in NO_VISIT), None)
    _next(due, kind, json_=json_)
    own_up(harmed)


NO_VISIT: Final = frozenset({"reread"})


def _why(visit: Seen, made: Snapshot | None) -> str:
    """One line: the version and what it is, or why there is none."""
    if visit.verdict == "new":
        reused = f", at an address that was used before ({visit.reason})" if visit.reason else ""
        return f"version {visit.version}: the first text of this article{reused}"
    if visit.verdict == "reread":
        return f"version {visit.version} reads otherwise by {visit.reason}: no edit of the outlet"
    if made and made.edit:
        return f"version {visit.version}: {', '.join(made.edit.kinds)}{' (stealth)' * made.edit.stealth}"
    if made:
        return f"version {visit.version}: {visit.reason or 'reads like the version before, as both are read now'}"
    return _why_none(visit)


def _why_none(visit: Seen) -> str:
    """Why there is no version, or none that can be read."""
    if visit.version is not None and visit.verdict in {"edited", "back"}:
        return f"version {visit.version}: is damaged, so that it cannot be told what changed"
    if visit.verdict == "gone":
        confirmed = (
            "believed: a tombstone was set" if "confirmed" in visit.flags else "has to be confirmed by later visits"
        )
        return f"{visit.reason}: {confirmed}"
    return f"no version: {explained(visit.reason)}"


def _evidence(made: Snapshot | None) -> list[str]:
    parts = made.edit.parts if made and made.edit else ()
    shown = [f"{part.kind}: “{_short(part.old)}” → “{_short(part.new)}”" for part in parts[:COUNTED]]
    return [*shown, f"and {len(parts) - COUNTED} more"] if len(parts) > COUNTED else shown


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _next(due: Due | None, kind: str | None, *, json_: bool) -> None:
    from scraper import cadence

    if due is None:
        put_json({"next_visit": None, "why": ["it is not watched"]}) if json_ else put("\nnot watched: no visit is due")
        return
    reasons = cadence.explain(due, kind, datetime.now(UTC))  # type: ignore[arg-type]  # a word of the records
    if json_:
        put_json({"next_visit": due.next_visit, "why": reasons, "last_error": due.last_error})
        return
    if due.last_error and kind not in {"new", "same", "edited", "back"}:
        put(f"\nlast trouble: {due.last_error}")
    put(f"\nnext visit {stamp(due.next_visit)}")
    for reason in reasons:
        put(f"  {reason}")
