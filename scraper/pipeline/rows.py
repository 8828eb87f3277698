"""What the visits kept so far make of an article's row: the frontier's memory, told again from the archive. Pure.

An import cannot trust the frontier: that speaks of now, may lack the article, and does not survive a power cut. The
visits do, so an import that was cut short goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from scraper.model import Due, Look, Verdict, VerdictKind
from scraper.pipeline import judge
from scraper.pipeline.growing import COALESCED

_BELIEVED = frozenset({"new", "edited", "same", "back"})
_VISITS = frozenset({*_BELIEVED, "partial", "gone", "failed"})


def replayed(row: Due, looks: Iterable[Look]) -> Due:
    """`row` after these visits. Of validators it knows the digest of the last answer that was believed."""
    for look in looks:
        if look.verdict not in _VISITS or look.reason == judge.SUPERSEDED:
            continue
        if look.verdict in _BELIEVED and look.status != 304:
            row = replace(row, digest=None if COALESCED in look.flags else look.digest)
        row = judge.after(row, Verdict(cast("VerdictKind", look.verdict), look.reason), look.at)
    return row
