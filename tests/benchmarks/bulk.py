"""A large archive, quickly: what measures the web side needs one that took months to fill.

Every snapshot, sidecar and row is what a commit would write, made by the same functions and taken in by the same ones.
What differs: nothing is synced, a thousand articles are one transaction, and all captures are one WARC record, since no
page reads more of them than their names. `scraper verify` would say so.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast, get_args

import apsw

from scraper import urls
from scraper.article import Article, Block
from scraper.model import Capture, Edit, EditKind, Entry, Intent, Page, Verdict, VerdictKind
from scraper.store import catalogue, drafts, index, paths
from scraper.store.archive import FileArchive, Seams
from scraper.store.drafts import Draft
from scraper.store.files import Files
from scraper.store.plan import Known, Plan
from scraper.store.sidecar import Link
from scraper.store.stamps import ticks
from tests.benchmarks.search import LANGUAGES, Hasty, Language

END: Final = datetime(2026, 11, 1, tzinfo=UTC)  # of all captures: what is captured comes before it
OUTLETS: Final = 40
BUSY: Final = "outlet0.example"  # a fifth of all articles
FRAMED: Final = "https://outlet1.example/2026/most-edited"  # 200 versions, 5,000 visits
RARE: Final[EditKind] = "correction"
USUAL: Final = tuple(kind for kind in cast("tuple[EditKind, ...]", get_args(EditKind)) if kind != RARE)
BATCH: Final = 1000


@dataclass(frozen=True)
class Told:
    """One article: its outlet, and its texts with their times, oldest first. `visits` that saw nothing new follow."""

    outlet: str
    history: tuple[tuple[datetime, Article], ...]
    visits: int
    is_gone: bool


def stories(articles: int, versions: int) -> Iterator[Told]:
    """The same at every run: `articles` of them, with `versions` in all."""
    dice, languages = random.Random(5), [Language(code) for code in LANGUAGES]
    yield _story(dice, languages[0], FRAMED, "outlet1.example", END - timedelta(days=9), 199, 4800)
    left = versions - 200
    for number in range(1, articles):
        mean = left / (articles - number)
        edits = min(int(dice.expovariate(1 / max(mean - 0.5, 0.1))), 30, left - (articles - number))
        outlet = BUSY if dice.random() < 0.2 else f"outlet{dice.randrange(1, OUTLETS)}.example"
        at = END - timedelta(minutes=10 * (articles - number), days=5)
        url = f"https://{outlet}/{at:%Y/%m}/{number}-{dice.randrange(16**6):06x}"
        language = languages[int(outlet[6:].partition(".")[0]) % len(languages)]
        told = _story(dice, language, url, outlet, at, max(edits, 0), dice.randrange(4))
        left -= len(told.history)
        yield told


def _story(
    dice: random.Random, language: Language, url: str, outlet: str, at: datetime, edits: int, visits: int
) -> Told:
    blocks = tuple(Block("paragraph", language.text(dice, dice.randint(20, 40))) for _ in range(dice.randint(6, 11)))
    first = Article(
        url, url, title=language.text(dice, 8), authors=(language.text(dice, 2),), published=at, blocks=blocks,
        language=language.code, site=outlet, section="news", reading="extract 1", fingerprint="0" * 32,
    )  # fmt: skip
    history = [(at, first)]
    for number in range(edits):
        old = history[-1][1]
        there = dice.randrange(len(old.blocks))
        words = old.blocks[there].text.split()
        words[dice.randrange(len(words))] = language.text(dice, 1)
        changed = (*old.blocks[:there], Block("paragraph", " ".join(words)), *old.blocks[there + 1 :])
        pause = timedelta(minutes=dice.randint(20, 600)) if edits < 100 else timedelta(hours=1)
        history.append((at + pause * (number + 1), replace(old, blocks=changed)))
    return Told(outlet, tuple(history), visits, dice.random() < 0.01)


def fill(root: Path, articles: int, versions: int) -> None:
    """Make the archive at `root`. Prints how it goes on the standard error."""
    with FileArchive.open(root, create=True, seams=Seams(Hasty())) as archive:
        seen = _page("https://outlet0.example/capture")
        capture = archive.capture(seen)
    db = catalogue.connect(root / paths.CATALOGUE, apsw.SQLITE_OPEN_READWRITE)
    db.pragma("synchronous", "OFF")
    db.pragma("cache_size", -400_000)
    made, began = Writer(root, db, capture), time.monotonic()
    for batch in itertools.count(1):
        told = list(itertools.islice(made.stories(articles, versions), BATCH))
        if not told:
            break
        db.execute("BEGIN")
        for story in told:
            made.add(story)
        db.execute("COMMIT")
        if batch % 10 == 0:
            print(f"{made.versions} versions after {time.monotonic() - began:.0f} s", file=sys.stderr)
    db.close()


def _page(url: str) -> Page:
    return Page(url, url, 200, "OK", (("Content-Type", "text/html"),), (), b"<p>x", b"<p>x", END, "192.0.2.7")


class Writer:
    """Writes one article after the other."""

    def __init__(self, root: Path, db: apsw.Connection, capture: Capture) -> None:
        self.versions = 0
        self._root, self._db, self._capture = root, db, capture
        self._dice = random.Random(3)
        self._places = itertools.count(1 << 30, 1000)  # where the visits' records would be
        self._told: Iterator[Told] | None = None
        self._files = Files()

    def stories(self, articles: int, versions: int) -> Iterator[Told]:
        """What is still to be written."""
        self._told = self._told or stories(articles, versions)
        return self._told

    def add(self, story: Told) -> None:
        """One article, all of it."""
        entry, last = None, None
        for number, (at, article) in enumerate(story.history):
            entry, last = self._version(story.outlet, entry, last, number, at, article)
        if entry is None:
            return
        at, article = story.history[-1]
        self._plan(entry, at)
        quiet = [at + timedelta(minutes=7 * (n + 1)) for n in range(story.visits)]
        for at in quiet:
            self._visit(drafts.visit_draft(self._intent(entry, "same", at, article), _known(entry), Plan("same"), ""))
        if story.is_gone:
            self._gone(entry, (quiet or [story.history[-1][0]])[-1] + timedelta(hours=4), article)

    def _plan(self, entry: Entry, at: datetime) -> None:
        """When to look at it again, as `reindex` has it."""
        values = {
            "key": urls.identity(entry.url), "url": entry.url, "host": urls.host(entry.url), "outlet": entry.outlet,
            "at": ticks(at + timedelta(days=365)), "article_id": entry.id, "first_seen": ticks(entry.first_seen),
        }  # fmt: skip
        self._db.execute(catalogue.queries()["seed_frontier"], values)

    def _version(
        self, outlet: str, entry: Entry | None, last: Link | None, number: int, at: datetime, article: Article
    ) -> tuple[Entry, Link]:
        kind: VerdictKind = "edited" if entry else "new"
        intent = self._intent(entry, kind, at, article, outlet)
        begun = entry or drafts.new_entry(
            intent, paths.article_id(article.url), paths.folder(outlet, article.url, at.date())
        )
        known = Known(begun, last, 0) if last else None
        draft = drafts.version_draft(intent, known, Plan(kind, "version"), "", begun, ())
        side, text = (content for _, content in draft.files)
        folder = self._root / begun.path
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in draft.files:
            (self._root / path).write_bytes(content)
        side_sha256 = hashlib.sha256(side).hexdigest()
        if draft.data is None:
            raise AssertionError("a version has its sidecar")
        index.add_version(self._db, draft.data, draft.files[-1][0], side_sha256, len(side) + len(text))
        self._visit(draft)
        self.versions += 1
        return replace(begun, latest=number), Link(number, draft.data["archive"]["text_sha256"], side_sha256)

    def _intent(
        self, entry: Entry | None, kind: VerdictKind, at: datetime, article: Article, outlet: str = ""
    ) -> Intent:
        kinds = (RARE if self._dice.random() < 0.0002 else self._dice.choice(USUAL),)
        edit = Edit(kinds, (), stealth=self._dice.random() < 0.05) if kind == "edited" else None
        capture = replace(self._capture, captured_at=at)
        return Intent(
            url=article.url, outlet=entry.outlet if entry else outlet, verdict=Verdict(kind, edit=edit), at=at,
            entry=entry, article=article, capture=capture, page=None, aliases=(article.url,),
        )  # fmt: skip

    def _gone(self, entry: Entry, at: datetime, article: Article) -> None:
        intent = self._intent(entry, "gone", at, article)
        data = {"number": 0, "gone_since": f"{at:%Y-%m-%dT%H:%M:%SZ}", "visits": []}
        draft = drafts.marker_draft(
            intent, _known(entry), Plan("gone", "gone", "status: 410", ("confirmed",)), "", data
        )
        (path, content), *_ = draft.files
        (self._root / path).write_bytes(content)
        index.add_marker(self._db, draft.data or {}, path, hashlib.sha256(content).hexdigest())
        self._visit(draft)

    def _visit(self, draft: Draft) -> None:
        place = next(self._places)
        index.add_visit(self._db, draft.visit, self._capture.file, place, f"<urn:uuid:{place}>")


def _known(entry: Entry) -> Known:
    return Known(entry, None, 0)
