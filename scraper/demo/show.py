"""The demo in a terminal: rows in, a table out. Knows nothing of sites or archives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

_STYLES = {"new": "dim", "gone": "red", "correction": "yellow", "reverted": "magenta"}


@dataclass(frozen=True, slots=True)
class Row:
    """One article: what the outlet did (`edits`, `visits`, `faces`, `gone`), and what the archive says of it;
    `confirmed`: it believes that the article is gone."""

    title: str
    visits: int
    edits: int
    faces: int
    versions: int
    last: str
    gone: bool = False
    confirmed: bool = False
    kinds: tuple[str, ...] = ()
    stealth: bool = False

    @property
    def agrees(self) -> bool:
        """Whether there are as many versions as there were texts."""
        return self.versions == self.edits + 1 or (self.visits == 0 and self.versions == 0)


def table(rows: Iterable[Row], below: str | None = None) -> Table:
    """The articles, with what was done to them and what was kept; `below` is a line under it."""
    made = Table(box=None, pad_edge=False, caption=below, caption_justify="left")
    made.add_column("article", no_wrap=True, max_width=38, overflow="ellipsis")
    for name in ("visits", "banners", "edits", "versions"):
        made.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    made.add_column("last edit", no_wrap=True, min_width=28)
    for row in rows:
        style = "green" if row.agrees else "yellow"
        made.add_row(
            escape(row.title),
            str(row.visits),
            str(row.faces),
            str(row.edits),
            f"[{style}]{row.versions}[/{style}]",
            _last(row),
        )
    return made


def _last(row: Row) -> str:
    said = ", ".join(row.kinds) or row.last
    if row.gone:
        said = "gone" if row.confirmed else "gone, unconfirmed"
    style = _STYLES.get("gone" if row.gone else row.last, "cyan")
    stealth = " [red]on the quiet[/red]" if row.stealth and not row.gone else ""
    return f"[{style}]{escape(said)}[/{style}]{stealth}"


def sentence(rows: Iterable[Row]) -> str:
    """The result in one line; a version that no edit explains is called false.

    >>> sentence([Row("a", visits=9, edits=2, faces=6, versions=3, last="figures")])
    '2 real edits, 2 new versions after the first, 6 banner changes, 0 false versions'
    """
    rows = list(rows)
    edits = sum(row.edits for row in rows)
    later = sum(max(0, row.versions - 1) for row in rows)
    false = sum(max(0, row.versions - 1 - row.edits) for row in rows)
    faces = sum(row.faces for row in rows)
    return f"{edits} real edits, {later} new versions after the first, {faces} banner changes, {false} false versions"
