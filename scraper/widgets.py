"""What an archive has learnt about an outlet's widgets: values, and the rule that each becomes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from scraper.model import Rule


@dataclass(frozen=True, slots=True)
class Widget:
    """What an archive has learnt to be no article, on the pages of one outlet.

    `kind` says what `pattern` is: `text`, that of a whole block, with `#` for each number; or `place`, the CSS selector
    of a box whose text changes by itself. `since` is the day from which on captures are read without it. `evidence`
    says why: numbers of articles, times, examples.
    """

    outlet: str
    kind: Literal["text", "place"]
    pattern: str
    since: date
    evidence: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The first 8 hex digits of the SHA-256 of outlet, kind and pattern."""
        told = "\0".join((self.outlet, self.kind, self.pattern))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:8]

    def rule(self) -> Rule:
        """The rule that leaves it out."""
        name = f"learned#{self.id}"
        if self.kind == "place":
            return Rule(name, drop=(self.pattern,), since=self.since)
        number = r"[0-9#][0-9#.,'’ \u00a0\u202f]*"
        return Rule(name, drop_text=(number.join(map(re.escape, self.pattern.split("#"))),), since=self.since)


Decided = Literal["learn", "forget"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about a widget. `number` counts those about its outlet, in the order in which they were made."""

    number: int
    at: datetime
    decision: Decided
    widget: Widget
