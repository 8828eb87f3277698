"""The year itself: the clock goes on, sources are looked at, what is due is visited, and each visit is judged."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from scraper import outlets as outlet_files
from scraper.article import Article
from scraper.model import Due, EditKind, Page, Rule, Source
from scraper.model import Outlet as Publisher
from scraper.pipeline import Outcome, visit
from scraper.pipeline.learning import learn_widgets, with_learned
from scraper.pipeline.services import Services
from scraper.pipeline.sources import look
from scraper.store.archive import FileArchive, Seams
from scraper.store.files import Files
from scraper.store.reindex import reindex
from scraper.store.verify import verify
from tests.benchmarks.year.outlet import HOME, HOST, Outlet, Plan
from tests.benchmarks.year.stories import Shown, Story, year
from tests.fakes import Clock, InlineReader
from tests.store.kit import dumped

START = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(minutes=5)
PUBLISHER = Publisher(
    HOST, "Coast Weekly", f"{HOME}/", language="en", timezone="UTC", identity=r"-a(\d+)$",
    sources=(Source("feed", f"{HOME}/rss", every=timedelta(minutes=30)),),
)  # fmt: skip
# Learnt by the outlet's watchers halfway through the year.
UPGRADE = Rule("upgrade#1", drop=(".edition",))


@dataclass
class Result:
    """What came of it. `edits` counts by kind what was expected, `right` what was found with exactly those kinds."""

    articles: int
    days: int
    counts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    cpu: dict[str, float] = field(default_factory=dict)
    edits: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    false_at_first: int = 0
    stealth_wrong: int = 0
    findings: list[str] = field(default_factory=list)
    same_catalogue: bool = False
    bytes_stored: int = 0
    memory: tuple[int, int] = (0, 0)
    seconds: float = 0.0


@dataclass(frozen=True)
class Expected:
    """An edit that a visit has to find: the kinds made since the text that is kept, and whether in silence."""

    kinds: frozenset[EditKind]
    stealth: bool


class MeasuredReader(InlineReader):
    """Extraction in this process, counted."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.last = "not read"

    async def read(self, page: Page, outlet: Publisher | None, known: str | None = None) -> Article | None:
        """See `interfaces.Reader`."""
        started = time.process_time()
        article = await super().read(page, outlet, known)
        self.last = "recognised" if article is None else "extracted"
        self.result.counts[self.last] += 1
        spent = self.result.cpu.get(self.last, 0.0) + time.process_time() - started
        self.result.cpu[self.last] = spent
        return article


@dataclass
class Year:
    """A year in progress. `kept` is what the archive should hold of each story, `since` when that was seen."""

    web: Outlet
    services: Services
    archive: FileArchive
    reader: MeasuredReader
    result: Result
    kept: dict[int, Shown] = field(default_factory=dict)
    since: dict[int, datetime] = field(default_factory=dict)
    expected: dict[tuple[str, int], Expected] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)

    async def step(self, now: datetime, tick: int) -> None:
        """Five minutes: sources, visits, and what is done at night."""
        if tick % 6 == 0:
            await look(self.services, self.services.outlets[HOST], PUBLISHER.sources[0])
        for host in self.archive.frontier.due_hosts(now, 4):
            while batch := self.archive.frontier.take(host, self.web.clock(), 20):
                for due in batch:
                    await self.visit(due)
        if now.hour == 1 and now.minute == 0:
            self.archive.write_manifests(now.date())
            if now.toordinal() % 3 == 0:
                await self.learn()

    async def learn(self) -> None:
        """What the daemon does at night."""
        for widget in await learn_widgets(self.services, self.services.outlets[HOST]):
            self.result.counts["widgets learnt"] += 1
            self.services = replace(self.services, outlets=with_learned(self.services.outlets, [widget]))

    async def visit(self, due: Due) -> None:
        """One visit, and what it should have found."""
        started, self.reader.last = time.process_time(), "not read"
        outcome = await visit(self.services, due)
        spent = time.process_time() - started
        what = self.reader.last if self.web.served.what == "article" else self.web.served.what
        self.result.counts["visits"] += 1
        self.result.counts[f"visits {what}"] += 1
        self.result.cpu[f"visits {what}"] = self.result.cpu.get(f"visits {what}", 0.0) + spent
        self.result.verdicts[outcome.verdict] += 1
        self.judge(outcome, self.web.clock())
        self.web.clock.forward(seconds=2)

    def judge(self, outcome: Outcome, now: datetime) -> None:
        """Compare an outcome with what was shown."""
        story, text = self.web.served.story, self.web.served.text
        if self.web.served.what != "article" or story is None or text is None:
            if outcome.verdict in {"new", "edited"}:
                self.result.false.append(
                    f"{outcome.url}: {outcome.verdict} from a page that was {self.web.served.what}"
                )
            return
        before, since = self.kept.get(story.number), self.since.get(story.number, now)
        self.kept[story.number], self.since[story.number] = text.shown, now
        edited = before is not None and before != text.shown
        made = outcome.verdict in {"edited", "back"} and outcome.edit is not None
        if edited and not made:
            self.result.missed.append(f"{outcome.url} at {now:%m-%d %H:%M}: {outcome.verdict} {outcome.reason}")
        elif edited and outcome.article_id and outcome.version is not None:
            self.expected[outcome.article_id, outcome.version] = _expected(story, since, now)
        elif made:
            self.result.false_at_first += 1

    def close(self) -> None:
        """What is listed as changed at the end, against what was made."""
        listed = {(one.article_id, one.version): one for one in self.archive.reports.changes(limit=100_000)}
        for key, one in listed.items():
            if key not in self.expected:
                self.result.false.append(f"{one.url} version {one.version}: {', '.join(one.kinds)}")
        for key, wanted in self.expected.items():
            name = "+".join(sorted(wanted.kinds))
            self.result.edits[name] += 1
            found = listed.get(key)
            if found is None:
                self.result.missed.append(f"{key}: {name} is listed no more")
            elif set(found.kinds) == wanted.kinds:
                self.result.right[name] += 1
                self.result.stealth_wrong += found.stealth != wanted.stealth
            else:
                self.result.wrong.append(
                    f"{found.url} version {found.version}: {name} found as {'+'.join(found.kinds)}"
                )


def _expected(story: Story, since: datetime, now: datetime) -> Expected:
    made = [change for change in story.changes if since < change.at <= now]
    kinds = frozenset(change.kind for change in made)
    quiet = {"headline", "figures", "names", "quotes", "removal"}
    noted = any(change.noted for change in made)
    return Expected(kinds, bool(kinds & quiet) and not noted and "correction" not in kinds)


async def simulate(root: Path, articles: int, days: int, seed: int) -> Result:
    """Run `days` days of an outlet with `articles` stories into the archive at `root`."""
    rng, began = random.Random(seed), time.perf_counter()
    clock, result = Clock(START), Result(articles, days)
    part = timedelta(days=days)
    plan = Plan(
        START, (START + part * 0.33, START + part * 0.66), START + part * 0.2,
        tuple(START + part * share for share in (0.1, 0.3, 0.5, 0.7, 0.9)),
    )  # fmt: skip
    web = Outlet(clock, year(articles, days, START, rng), plan, rng)
    reader, process = MeasuredReader(result), psutil.Process()
    with FileArchive.open(root / "archive", create=True, seams=Seams(Files(), clock)) as archive:
        known = outlet_files.Outlets.of([PUBLISHER])
        services = Services(web, reader, archive, archive.frontier, known, clock)
        run, memory = Year(web, services, archive, reader, result), process.memory_info().rss
        for tick in range(int(part / TICK)):
            now = max(clock(), START + tick * TICK)
            clock.at = now
            if tick == int(part / TICK) // 2:
                upgraded = replace(run.services.outlets[HOST], rules=(UPGRADE, *run.services.outlets[HOST].rules))
                run.services = replace(run.services, outlets=outlet_files.Outlets.of([upgraded]))
            await run.step(now, tick)
        run.close()
        result.memory = (memory, process.memory_info().rss)
        _tally(result, archive, web)
    before = dumped(root / "archive")
    result.findings = [f"{found.file}: {found.problem}" for found in verify(root / "archive", deep=True)]
    reindex(root / "archive")
    result.same_catalogue = before == dumped(root / "archive")
    result.seconds = time.perf_counter() - began
    return result


def _tally(result: Result, archive: FileArchive, web: Outlet) -> None:
    status: Any = archive.reports.status(web.clock())
    result.counts["versions"] = status.disk.versions
    result.counts["requests"] = web.counts["requests"]
    result.counts["not modified"] = web.counts.get("not modified", 0)
    result.counts["fetched bytes"] = web.fetched
    result.counts["tombstones"] = len(list(archive.root.glob("articles/**/gone-*.json")))
    result.counts["revisions"] = sum(
        reading.revision > 0 for entry in archive.articles() for reading in archive.readings(entry.id)
    )
    result.bytes_stored = status.disk.snapshots + status.disk.warcs
