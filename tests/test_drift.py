"""The alarm about texts that look otherwise: it sounds after a redesign that costs text, and not in a quiet year."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper import attention, drift, minding
from scraper.article import Block as Paragraph
from scraper.article import Dropped
from scraper.drift import Outline, Shape
from scraper.model import Verdict
from scraper.store import outlines
from scraper.store.archive import FileArchive
from scraper.store.outlines import statements
from scraper.store.slips import Slips
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.kit import OUTLET, article, capture_and_commit, intent, opened, page
from tests.tally import Tally

START = datetime(2026, 1, 1, tzinfo=UTC)
Event = tuple[datetime, Outline | None]  # None: a page that gave no text
Harm = Callable[[Outline, random.Random], Outline | None]


@dataclass(frozen=True)
class Paper:
    """An invented outlet. `spread` is that of the logarithm of lengths, `briefs` the share of agency shorts, at night
    all of them; `videos` the share of pages without text; at weekends it prints other things, and fewer."""

    name: str
    a_day: float
    chars: float = 3000
    spread: float = 0.6
    briefs: float = 0.2
    videos: float = 0.05
    anonymous: float = 0.2
    weekend: float = 1.0
    fewer: float = 1.0
    summer: float = 1.0


PAPERS = (
    Paper("national daily", 120, weekend=1.6, fewer=0.5, briefs=0.3),
    Paper("agency", 300, chars=900, spread=0.4, briefs=0.6, anonymous=0.7),
    Paper("local paper", 14, chars=2200, fewer=0.3, summer=0.8),
    Paper("weekly", 2.5, chars=9000, spread=0.5, briefs=0.0, anonymous=0.0),
    Paper("blog of one", 0.6, chars=4000, spread=0.9, videos=0.2, anonymous=0.0),
    Paper("broadcaster", 60, chars=1400, spread=0.9, videos=0.45, anonymous=0.6, fewer=0.7),
    Paper("essays and links", 6, chars=2500, spread=1.3, briefs=0.5, anonymous=0.4),
)


def year(paper: Paper, rng: random.Random, days: int = 365, harm: tuple[int, Harm] | None = None) -> Iterator[Event]:
    """What is read of a paper, in order; from a day on as `harm` makes it."""
    for day in range(days):
        at = START + timedelta(days=day)
        weekend = at.weekday() >= 5
        number = paper.a_day * (paper.fewer if weekend else 1) * (paper.summer if at.month in {7, 8} else 1)
        count = int(number) + (rng.random() < number % 1)
        for minute in sorted(int(rng.betavariate(2.5, 2) * 1439) for _ in range(count)):
            when = at + timedelta(minutes=minute)
            read = printed(paper, rng, weekend=weekend, night=minute < 300)
            changed = harm[1](read, rng) if harm and day >= harm[0] else read
            yield when, None if rng.random() < paper.videos else changed


def printed(paper: Paper, rng: random.Random, *, weekend: bool, night: bool) -> Outline:
    """One article as it is read where all is well."""
    short = night or rng.random() < paper.briefs
    usual = (500 if short else paper.chars) * (paper.weekend if weekend else 1)
    chars = int(usual * math.exp(rng.gauss(0, paper.spread)))
    noise = rng.uniform(800, 2500)
    return Outline(
        chars, chars / (chars + noise), rng.random() < 0.01, rng.random() < (0.8 if short else paper.anonymous),
        rng.random() < 0.02, rng.random() < 0.04, rng.random() < 0.03,
    )  # fmt: skip


def watched(events: Iterator[Event]) -> Iterator[tuple[datetime, Shape]]:
    """The shape after each block."""
    shape = Shape()
    for row in drift.parts(list(events), lambda event: event[0]):
        read = [found for _, found in row if found]
        unread = len(row) - len(read)
        made = drift.block(row[0][0], row[-1][0], len(row), drift.sample(read), unread)
        shape = drift.judged(shape, [made], row[-1][0])
        yield row[-1][0], shape


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_quiet_year_sounds_no_alarm(paper: Paper, effort: int, tally: Tally) -> None:
    """Weekends, nights, the summer, a broadcaster's videos, essays beside two lines: all of it is habit."""
    for seed in range(effort):
        told = [shape.said for _, shape in watched(year(paper, random.Random(seed))) if shape.said]
        assert told == [], seed
    tally("quiet years of outlets without a false alarm", effort, effort)


HARMS: dict[str, Harm] = {
    "only the first sentence is left": lambda read, _: replace(read, chars=min(read.chars, 160), kept=0.1),
    "the page around is taken for text": lambda read, _: replace(read, chars=6 * read.chars + 20_000, kept=0.99),
    "headlines are pictures": lambda read, _: replace(read, untitled=True),
    "dates are gone": lambda read, _: replace(read, undated=True),
    "texts are loaded by script": lambda _, rng: None if rng.random() < 0.95 else Outline(90, 0.2, *5 * (False,)),
    "most of it is a teaser now": lambda read, rng: replace(read, flagged=rng.random() < 0.9),
    "only another witness has the text": lambda read, _: replace(read, second=True),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("paper", PAPERS[:4], ids=lambda paper: paper.name)
def test_a_redesign_that_costs_text_is_told(paper: Paper, harm: str) -> None:
    """Within a few days, or two dozen articles where there are few; and it stands until it is habit."""
    day = 60
    redesigned = START + timedelta(days=day)
    shapes = list(watched(year(paper, random.Random(7), day + 40, (day, HARMS[harm]))))
    first = next((at for at, shape in shapes if shape.said), None)
    assert first, harm
    assert redesigned <= first <= redesigned + timedelta(days=max(3.0, 36 / paper.a_day))
    since = next(shape.since for _, shape in shapes if shape.said)
    assert since
    later = [shape for at, shape in shapes if first <= at < since + drift.STANDS]
    assert all(shape.said and shape.since == since for shape in later)


def test_an_alarm_ends_when_texts_are_as_before() -> None:
    """As when somebody wrote rules for the new pages."""
    paper, rng = PAPERS[2], random.Random(3)
    cut = HARMS["only the first sentence is left"]
    days = {True: 0, False: 0}
    events = [*year(paper, rng, 40)]
    events += [(at + timedelta(days=40), read) for at, read in year(paper, rng, 6, (0, cut))]
    events += [(at + timedelta(days=46), read) for at, read in year(paper, rng, 10)]
    for _, shape in watched(iter(events)):
        days[shape.said is not None] += 1
        last = shape
    assert days[True] >= 3
    assert last.said is None


def test_what_stands_for_a_month_is_the_habit() -> None:
    """Nobody is told for ever of what somebody has decided to live with."""
    events = year(PAPERS[0], random.Random(5), 70, (25, HARMS["headlines are pictures"]))
    told = [at for at, shape in watched(events) if shape.said]
    assert timedelta(days=29) < told[-1] - told[0] <= drift.STANDS + timedelta(days=1)


@pytest.mark.parametrize("days", [3, 6])
def test_a_new_outlet_has_no_habit_yet(days: int) -> None:
    """A week has to have passed, with enough in it."""
    events = year(PAPERS[0], random.Random(1), days, (days - 2, HARMS["headlines are pictures"]))
    assert not any(shape.said for _, shape in watched(events))


# ---------------------------------------------------------------------------------------------------- an archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    with opened(tmp_path / "archive") as it:
        yield it


def publish(archive: FileArchive, day: int, number: int, text: str, start: datetime = START) -> None:
    """One article, seen for the first time."""
    url = f"https://news.example/2026/{day}/story-{number}"
    found = article(text, url, blocks=(Paragraph("paragraph", text),))
    capture_and_commit(archive, found, url, start + timedelta(days=day, hours=2 * number), OUTLET.id)


def unread(archive: FileArchive, day: int, number: int) -> None:
    """A page that gave no text."""
    url = f"https://news.example/2026/{day}/story-{number}"
    seen = page(url, b"<div id=app></div>", START + timedelta(days=day, hours=2 * number))
    archive.commit(intent("failed", seen, archive.capture(seen), None, verdict=Verdict("failed", "empty: no text")))


def minded(archive: FileArchive, day: int) -> Shape:
    """As the daemon does it at the end of a day."""
    desk = Slips(archive.root, minding.FOLDER)
    return minding.mind(archive, desk, OUTLET.id, START + timedelta(days=day))


def test_a_redesign_is_told_from_an_archive_in_the_words_of_status(archive: FileArchive) -> None:
    """First the texts shrink, then pages give none: read from sidecars and visits, noted for whoever shows it."""
    rng = random.Random(2)
    for day in range(10):
        for number in range(12):
            publish(archive, day, number, "The harbour is open. " * rng.randint(60, 200))
        assert minded(archive, day + 1).said is None
    for day in range(10, 13):
        for number in range(12):
            publish(archive, day, number, "The harbour is open.") if number % 3 else unread(archive, day, number)
        minded(archive, day + 1)
    (said,) = minding.odd(Slips(archive.root, minding.FOLDER)).values()
    assert said.startswith("its texts look otherwise since 2026-01-1")
    assert "texts of about 20 characters (were " in said
    status = archive.reports.status(START + timedelta(days=13))
    shapes = minding.odd(Slips(archive.root, minding.FOLDER))
    (need,) = attention.needs(status, [OUTLET.id], None, START, shapes=shapes)
    assert (need.word, need.outlet, need.said) == ("shape", OUTLET.id, said)
    assert attention.needs(status, [], None, START, shapes=shapes) == ()


def test_a_daemon_minds_the_texts_and_status_tells(tmp_path: Path) -> None:
    """Another process than the one that found it out says it, in one sentence; the outlet itself has nothing new."""
    program, site = Program(tmp_path), Site({"/feed.xml": feed()})
    begin = datetime.now(UTC) - timedelta(days=13)
    with opened(program.archive) as archive:
        for day in range(12):
            for number in range(12):
                publish(archive, day, number, "The harbour is open. " * (90 if day < 9 else 1), begin)
    with serve(site):
        program.configure(site, OUTLET.id, outlets={OUTLET.id: outlet(OUTLET.id)})
        with program.daemon("--role", "scheduler"):
            wait_for(lambda: "shape-odd" in [line["event"] for line in program.log()])
            told = json.loads(program.run("status", "--json").stdout)["attention"]
    (said,) = [need["said"] for need in told if need["word"] == "shape"]
    assert "texts of about 21 characters (were 1890 to 1890)" in said


def test_pages_without_text_are_told_though_nothing_new_is_read(archive: FileArchive) -> None:
    """A shell that a script fills: no version comes of it, and a silent archive looks like a quiet outlet."""
    for day in range(9):
        for number in range(12):
            publish(archive, day, number, "The harbour is open. " * 90)
    for day in range(9, 12):
        for number in range(12):
            for _ in range(2):  # tried again and again: one page still
                unread(archive, day, number)
    assert "100% of the pages give no text (were 0% at most)" in (minded(archive, 13).said or "")


def test_what_is_noted_is_not_read_again(archive: FileArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block is read once: what a look costs does not grow with the archive."""
    for day in range(3):
        for number in range(12):
            publish(archive, day, number, "The harbour is open. " * 90)
    first = minded(archive, 4)
    assert len(first.blocks) == 3
    monkeypatch.setattr(FileArchive, "snapshot", None)
    assert minded(archive, 5) == first


def test_notes_that_make_no_sense_are_a_new_beginning(archive: FileArchive) -> None:
    desk = Slips(archive.root, minding.FOLDER)
    for name in (f"outlet-{OUTLET.id}", minding.ODD):
        desk.write(name, b'{"blocks": [1]')
    assert (minded(archive, 1), minding.odd(desk)) == (Shape(), {})


def test_an_outline_tells_text_from_the_rest() -> None:
    found = article(
        "x" * 300, dropped=(Dropped("nav", "y" * 100),), flags=("text-lost",), authors=(), origins={"body": "json-ld"}
    )
    assert outlines.outline(found) == Outline(300, 0.75, False, True, False, True, True)


@pytest.mark.parametrize("name", ["first_versions", "unread"])
def test_a_look_at_an_outlet_goes_by_an_index(archive: FileArchive, name: str) -> None:
    values = {"outlet": "x", "after": 1, "until": 2, "most": 5} | ({"words": "[]"} if name == "unread" else {})
    with archive.catalogue.read() as db:
        plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statements()[name]}", values)]
    assert plan[0].startswith("SEARCH v")
    assert not any("TEMP B-TREE" in step for step in plan)
