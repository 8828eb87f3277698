"""What the API gives, as values: each is a schema in its documentation. Times are UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from scraper.article import BlockKind
from scraper.copies import Copy
from scraper.model import Edit, EditKind, Entry, Part, RecordKind, Snapshot, VerdictKind
from scraper.reports import Change, Edition, Seen
from scraper.serve.jobs import State

Moment = Annotated[datetime, Meta(tz=True)]  # in UTC
ArticleId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
JobId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0)]
Kinds = tuple[EditKind, ...]
Pair = tuple[Count, Count]


@dataclass(frozen=True, slots=True)
class ArticleShape:
    """An article: everything the archive has of one story at one outlet."""

    id: ArticleId
    outlet: str
    url: str
    title: str | None
    first_seen: Moment
    latest: Count | None
    gone_since: Moment | None
    follows: ArticleId | None

    @classmethod
    def of(cls, entry: Entry) -> ArticleShape:
        """As the catalogue has it."""
        return cls(
            entry.id, entry.outlet, entry.url, entry.title, entry.first_seen, entry.latest, entry.gone_since,
            entry.follows,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticlesShape:
    """Some articles. `next` is the cursor of what comes after them, null at the end."""

    items: tuple[ArticleShape, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class EditionShape:
    """One version without its text. `kinds` and `stealth` are those of the edit that made it."""

    version: Count
    captured_at: Moment
    verdict: VerdictKind
    title: str | None
    kinds: Kinds
    stealth: bool
    flags: tuple[str, ...]
    revision: Count
    sha256: Sha256
    snapshot: str

    @classmethod
    def of(cls, one: Edition) -> EditionShape:
        """As the catalogue has it."""
        return cls(
            one.version, one.captured_at, one.verdict, one.title, one.kinds, one.stealth, one.flags, one.revision,
            one.sha256, one.path,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionsShape:
    """All versions of an article, oldest first."""

    article: ArticleShape
    items: tuple[EditionShape, ...]


@dataclass(frozen=True, slots=True)
class PartShape:
    """One part of an edit: its kind, and the words before and after."""

    kind: EditKind
    old: str
    new: str
    block: Count | None

    @classmethod
    def of(cls, part: Part) -> PartShape:
        """As the sidecar has it."""
        return cls(part.kind, part.old, part.new, part.block)


@dataclass(frozen=True, slots=True)
class EditShape:
    """The difference from the version before."""

    kinds: Kinds
    stealth: bool
    parts: tuple[PartShape, ...]

    @classmethod
    def of(cls, edit: Edit) -> EditShape:
        """As the sidecar has it."""
        return cls(edit.kinds, edit.stealth, tuple(map(PartShape.of, edit.parts)))


@dataclass(frozen=True, slots=True)
class VersionShape:
    """One version: its text in the seed format, and its sidecar (schema.org NewsArticle) as it lies beside it."""

    article: ArticleId
    version: Count
    captured_at: Moment
    text: str
    sha256: Sha256
    snapshot: str
    edit: EditShape | None
    sidecar: dict[str, Any]

    @classmethod
    def of(cls, one: Snapshot, text: str, sidecar: dict[str, Any]) -> VersionShape:
        """With what its two files say."""
        edit = EditShape.of(one.edit) if one.edit else None
        return cls(one.article_id, one.version, one.captured_at, text, one.sha256, one.path, edit, sidecar)


@dataclass(frozen=True, slots=True)
class VisitShape:
    """One look at an article. `version` is the one it made, if it made one."""

    at: Moment
    url: str
    verdict: RecordKind
    reason: str | None
    flags: tuple[str, ...]
    version: Count | None

    @classmethod
    def of(cls, seen: Seen) -> VisitShape:
        """As the catalogue has it."""
        return cls(seen.at, seen.url, seen.verdict, seen.reason, seen.flags, seen.version)


@dataclass(frozen=True, slots=True)
class VisitsShape:
    """The last visits to an article, newest first; `more` says whether there were others before."""

    items: tuple[VisitShape, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class CopyShape:
    """Another article with the same text. `similarity` is from 0 to 1; who had it first by our captures."""

    article: ArticleShape
    similarity: Annotated[float, Meta(ge=0, le=1)]
    published: str | None
    captured_at: Moment
    edits: Count

    @classmethod
    def of(cls, one: Copy) -> CopyShape:
        """As the archive found it."""
        published = one.published.isoformat() if one.published else None
        return cls(ArticleShape.of(one.entry), round(one.similarity, 3), published, one.captured_at, one.edits)


@dataclass(frozen=True, slots=True)
class CopiesShape:
    """All copies of an article that are known."""

    items: tuple[CopyShape, ...]


@dataclass(frozen=True, slots=True)
class ChangeShape:
    """One edit: which version of which article it made, and when that was captured."""

    at: Moment
    article: ArticleId
    version: Count
    outlet: str
    url: str
    title: str | None
    kinds: Kinds
    stealth: bool
    verdict: VerdictKind
    flags: tuple[str, ...]
    snapshot: str

    @classmethod
    def of(cls, one: Change) -> ChangeShape:
        """As the catalogue has it."""
        return cls(
            one.at, one.article_id, one.version, one.outlet, one.url, one.title, one.kinds, one.stealth, one.verdict,
            one.flags, one.snapshot,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangesShape:
    """Some edits, newest first. `next` is the cursor of older ones; a stretch may be short or empty and still go on."""

    items: tuple[ChangeShape, ...]
    next: str | None

    @classmethod
    def of(cls, items: Iterable[Change], next_: str | None) -> ChangesShape:
        """With the cursor of what follows."""
        return cls(tuple(map(ChangeShape.of, items)), next_)


@dataclass(frozen=True, slots=True)
class HitShape:
    """An article, or one version of it, that has what was searched for. `versions` are all that have it, as first and
    last of each row; `removed_in` is the version that no longer had it. `snippet_marks` are pairs of character offsets
    into `snippet`."""

    article: ArticleId
    outlet: str
    url: str
    title: str
    language: str | None
    published: str | None
    version: Count
    captured_at: Moment | None
    versions: tuple[Pair, ...]
    latest: Count
    removed_in: Count | None
    gone_since: Moment | None
    snippet: str | None
    snippet_marks: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class FoundShape:
    """A page of hits, the most telling first. `next` is the cursor of the next page, null at the end."""

    items: tuple[HitShape, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RunShape:
    """Words that stayed (`equal`), went or came."""

    op: Literal["equal", "delete", "insert"]
    text: str


@dataclass(frozen=True, slots=True)
class SideShape:
    """What a row is in one of the two texts: the kinds of its blocks, and the index of the first; null for fields."""

    at: Count | None
    kinds: tuple[BlockKind | None, ...]


@dataclass(frozen=True, slots=True)
class RowShape:
    """One paragraph beside what it became. `moved`: where it stands on the other side, if it went there."""

    op: Literal["equal", "change", "delete", "insert"]
    place: Literal["headline", "subtitle", "byline", "caption", "body"]
    old: SideShape
    new: SideShape
    moved: Count | None
    runs: tuple[RunShape, ...]

    @classmethod
    def of(cls, row: dict[str, Any]) -> RowShape:
        """As the comparison has it."""
        return cls(
            row["op"], row["place"], SideShape(**row["old"]), SideShape(**row["new"]), row["moved"],
            tuple(RunShape(**run) for run in row["runs"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiffShape:
    """How one version of an article became another. `rows` are paragraphs in order, each with its words; `html` is the
    same as an escaped fragment. `coarse`: so much changed that paragraphs are not compared word by word."""

    article: ArticleId
    from_version: Count
    to_version: Count
    changed: bool
    coarse: bool
    rows: tuple[RowShape, ...]
    html: str


@dataclass(frozen=True, slots=True)
class RouteShape:
    """One method on one path of the API, and what it gives."""

    method: Literal["GET", "POST"]
    path: str
    summary: str


@dataclass(frozen=True, slots=True)
class IndexShape:
    """Where to go on: paths of what describes the API and of what to look at first, and all its routes."""

    docs: str
    openapi: str
    status: str
    changes: str
    feed: str
    routes: tuple[RouteShape, ...]


@dataclass(frozen=True, slots=True)
class JobShape:
    """A fetch that was asked for: `queued`, `running`, `done` or `failed`. `result` is what `scraper fetch` says."""

    id: JobId
    url: str
    state: State
    asked_at: Moment
    ended_at: Moment | None
    result: dict[str, Any] | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ProblemShape:
    """What was wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
