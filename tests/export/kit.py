"""An archive with everything that is awkward to export, and the command that exports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from scraper.article import Article, Block
from scraper.cli import main
from scraper.model import Edit, Part, Snapshot, Verdict
from scraper.store.archive import FileArchive
from tests.store.kit import START, article, capture_and_commit, gone, opened, page, visit, visit_of_pages

DAY = timedelta(days=1)
# Each is a headline that some reader of some format takes for something else.
TITLES = (
    '=HYPERLINK("http://evil.example","open")',
    "+1 for the harbour",
    "-2 degrees by night",
    "@harbour reopens",
    "'=1+1",
    "''quoted twice",
    "'Tis the season",
    'Mayor says "no", then; yes,\tperhaps',
    "Turned \u202egnihtyreve\u202c round",
    "Closed ]]> here <![CDATA[ and --> there",
    "</script><script>alert(1)</script>",
    "Line\u2028separator and\u2029paragraph",
    "Nothing\x00here".replace("\x00", "\ufffd"),
    "\u200fכותרת בעברית",
    "＝1+1",
    "emoji 👩‍🚒 and Zürich, e\u0301",
    "%s %d {0} \\n \\u0000",
)


def hostile(root: Path, titles: Sequence[str] = TITLES) -> int:
    """An archive of articles with such headlines, at two outlets, and of every kind of visit; how many versions."""
    with opened(root) as archive:
        for number, title in enumerate(titles):
            outlet = "news.example" if number % 2 else "paper.example"
            url = f"https://{outlet}/{number}"
            capture_and_commit(archive, awkward(title, url), url, START + number * DAY, outlet)
        visit(archive, "The harbour is open.")
        visit(archive, "The harbour is shut.", at=START + DAY, verdict=edited("The harbour is open.", "=shut"))
        visit(archive, "The harbour is shut.", at=START + 2 * DAY)  # the same again: a revisit record and no version
        archive.capture(page(body=b"", status=304, reason="Not Modified", at=START + 3 * DAY))
        gone(archive, at=START + 4 * DAY)
        visit_of_pages(archive, "first page", "second page", url="https://news.example/long", at=START + 5 * DAY)
        visit_of_pages(archive, "first page", "other page", url="https://news.example/long", at=START + 6 * DAY)
    return len(titles) + 4


def awkward(title: str, url: str) -> Article:
    """An article whose every field is as odd as its headline."""
    return article(
        title,
        url,
        title=title,
        subtitle=f"{title} (more)",
        authors=(title, "O'Neil; Jr.", "=cmd|' /C calc'!A0"),
        keywords=("a,b", title),
        caption=f"-{title}",
        published=datetime(2024, 6, 2, 1, 30, tzinfo=timezone(timedelta(hours=3))),
        modified=date(2024, 6, 3),
        timezone="Europe/Kyiv",
        language="uk",
        section="@news",
        image="https://img.example/a.jpg?x=1&y=2",
        access="free",
        blocks=(Block("subheading", title), Block("paragraph", f"{title}. Text."), Block("item", "=item")),
    )


def edited(old: str, new: str) -> Verdict:
    """A verdict with an edit that has parts."""
    parts = (Part("wording", old, new, 0), Part("figures", "", "-3"))
    return Verdict("edited", edit=Edit(("figures", "wording"), parts, stealth=True))


def snapshots(root: Path) -> list[tuple[Snapshot, str]]:
    """All versions with their texts as the archive itself gives them, in the order of captures."""
    with FileArchive.open(root, read_only=True) as archive:
        found = [(s, archive.read_text(s)) for entry in archive.articles() for s in archive.versions(entry.id)]
    return sorted(found, key=lambda pair: (pair[0].captured_at, pair[0].article_id, pair[0].version))


@dataclass(frozen=True)
class Said:
    """How the command ended."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True)
class Command:
    """`scraper export`, run in this process."""

    capture: pytest.CaptureFixture[bytes]

    def __call__(self, root: Path, form: str, *options: str) -> Said:
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["export", "--archive", str(root), "--format", form, *options])
        out, err = self.capture.readouterr()
        return Said(int(ended.value.code or 0), out, err.decode())


def texts_of(root: Path) -> list[Path]:
    """All snapshots of an archive, by path."""
    return sorted((root / "articles").rglob("[0-9]*_*.txt"))
