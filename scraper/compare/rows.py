"""The shape of a difference: rows of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scraper.article import BlockKind

Place = Literal["headline", "subtitle", "byline", "caption", "body"]
RunOp = Literal["equal", "delete", "insert"]
RowOp = Literal["equal", "change", "delete", "insert"]

# Stands between two paragraphs that became one, or one that became two. No clean text holds it.
BREAK = "\u2029"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of an article: a field, or a block with its kind and its index among the article's blocks."""

    place: Place
    text: str
    kind: BlockKind | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stayed, went or came."""

    op: RunOp
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the old text beside what it became; two lines on one side if a paragraph was split or two joined.

    `old` and `new` are the kinds of the blocks, `old_at` and `new_at` the index of the first of them in its article
    (None for fields). `moved` is, for a block that came or went, where it stands on the other side.
    """

    op: RowOp
    place: Place
    runs: tuple[Run, ...]
    old: tuple[BlockKind | None, ...] = ()
    new: tuple[BlockKind | None, ...] = ()
    old_at: int | None = None
    new_at: int | None = None
    moved: int | None = None

    @property
    def before(self) -> str:
        """The old text of the row."""
        return "".join([run.text for run in self.runs if run.op != "insert"])

    @property
    def after(self) -> str:
        """The new text of the row."""
        return "".join([run.text for run in self.runs if run.op != "delete"])


@dataclass(frozen=True, slots=True)
class Diff:
    """The rows of a difference, in reading order of both texts. `coarse`: so much changed that paragraphs are not
    compared word by word."""

    rows: tuple[Row, ...]
    coarse: bool = False

    @property
    def changed(self) -> bool:
        """Whether any word differs."""
        return any(row.op != "equal" for row in self.rows)
