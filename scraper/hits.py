"""What a search finds: values for a terminal, a page or a program, each of which escapes them in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and what was looked for in it: `marks` are from which character to before which, in order, apart from
    each other. `field` is where it stands: title, subtitle, author, caption or body. `begins` and `ends`: nothing of
    the block it is from was cut off there."""

    text: str
    marks: tuple[Span, ...] = ()
    field: str = "body"
    begins: bool = True
    ends: bool = True

    @property
    def runs(self) -> Sequence[tuple[str, bool]]:
        """The text in pieces, each with whether it was looked for; joined they are the text again.

        >>> Marked("a harbour town", ((2, 9),)).runs
        [('a ', False), ('harbour', True), (' town', False)]
        """
        found, at = [], 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [(text, marked) for text, marked in [*found, (self.text[at:], False)] if text]


@dataclass(frozen=True, slots=True)
class Hit:
    """One article, or one version of it, that has what was looked for.

    `version` is the one shown: its `title`, `published`, `captured_at` and `snippet`. `versions` are all that
    have it, as first and last number of each row of them; `latest` is the number of the last version there is.
    `removed_in` is the version that no longer had it, None if the last one has it. `day` is the day the search goes by.
    `snippet` is None if the version cannot be read.
    """

    article_id: str
    outlet: str
    url: str
    title: Marked
    language: str | None
    day: date
    published: datetime | date | None
    version: int
    captured_at: datetime | None
    versions: tuple[Span, ...]
    latest: int
    removed_in: int | None
    gone_since: datetime | None
    snippet: Marked | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, the most telling first. `cursor` asks for the next one; None if there is none."""

    hits: tuple[Hit, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles a query finds, and how many by outlet, language and year, the most first.

    `more`: counting stopped at `articles`.
    """

    articles: int
    outlets: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of taking in what is new: versions taken in, versions still to come, and why it goes no further now
    (None if nothing is in the way); `busy` if that is only that somebody else is taking it in just now. `damaged`
    versions cannot be read and are looked at again another day."""

    taken: int = 0
    behind: int = 0
    damaged: int = 0
    why: str | None = None
    busy: bool = False
