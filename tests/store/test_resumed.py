"""A run of `verify` that is cut short and gone on with finds what one run finds, and what was stored meanwhile."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from scraper.store.bookmarks import Keeper, Stopped
from scraper.store.checks import Finding
from scraper.store.verify import verify
from tests.store.kit import START, Clock, findings, gone, opened, visit
from tests.tally import Tally

DAY = timedelta(days=1)
STORIES = 6
Told = set[tuple[str, str, str]]


def url(number: int) -> str:
    return f"https://news.example/story-{number}"


def fill(root: Path) -> None:
    """Six articles of three versions, one of them gone, in several WARC files, with two manifests."""
    with opened(root, warc_size=12_000, clock=Clock()) as archive:
        for day in range(3):
            for number in range(STORIES):
                visit(archive, f"{number} {day}", url=url(number), at=START + day * DAY + timedelta(minutes=number))
            archive.write_manifests(date(2024, 6, 2) + (day + 1) * DAY)
        gone(archive, at=START + 3 * DAY, url=url(2))
    assert len(list(root.glob("warc/*/*/*"))) > 2


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive to copy."""
    root = tmp_path_factory.mktemp("template") / "archive"
    fill(root)
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "archive")
    return tmp_path / "archive"


def harm(root: Path) -> None:
    """Damage of every kind, early and late in every order of work."""
    texts, sides = sorted(root.glob("articles/*/*/*/*/*.txt")), sorted(root.glob("articles/*/*/*/*/00*.json"))
    for path in (texts[0], texts[-1], sides[4]):
        path.write_bytes(path.read_bytes() + b"x")
    texts[7].unlink()
    shutil.rmtree(texts[-5].parent)
    (texts[4].parent / "stray").touch()
    (root / "warc" / "stray").touch()
    first, *_, last = sorted(root.glob("warc/*/*/*.gz"))
    for warc in (first, last):
        content = bytearray(warc.read_bytes())
        content[len(content) // 2] ^= 0xFF
        warc.write_bytes(content)
    manifest = min(root.glob("manifests/*"))
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.execute("DELETE FROM readings WHERE path = ?", (texts[3].relative_to(root).as_posix(),))


class Impatient(Keeper):
    """Is cut short at one of the places where it can be; `places` counts them."""

    places = 0
    cut_at = -1

    def at(self, made: object, *, hurry: bool = True) -> None:
        """See Keeper."""
        type(self).places += 1
        self.interrupted = self.places == self.cut_at
        super().at(made, hurry=hurry)  # type: ignore[arg-type]  # what it was given


def told(found: Iterable[Finding]) -> Told:
    return {(finding.file, finding.problem, finding.repair) for finding in found}


def run(root: Path, *, cut_at: int = -1, deep: bool = True, resume: bool = True, **how: object) -> list[Finding] | None:
    """What one run finds; None if it was cut short."""
    Impatient.places, Impatient.cut_at = 0, cut_at
    with Impatient(root, deep=deep, resume=resume, **how) as keeper:  # type: ignore[arg-type]  # as named
        with suppress(Stopped):
            return list(verify(root, deep=deep, keeper=keeper))
        assert keeper.trouble is None
        return None


def places(root: Path, *, deep: bool) -> int:
    """At how many places a run can be cut short."""
    assert run(root, deep=deep, resume=False) is not None
    return Impatient.places


def left(root: Path) -> list[str]:
    return [path.name for path in root.glob(".run/verify/place*")]


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("harmed", [True, False])
def test_cut_short_anywhere_and_gone_on_with_finds_what_one_run_finds(
    root: Path, effort: int, tally: Tally, harmed: bool, deep: bool
) -> None:
    """S19: before and behind the place, whatever it is that is damaged; nothing is said twice, and no place is left."""
    if harmed:
        harm(root)
    whole, number = findings(root, deep=deep), places(root, deep=deep)
    assert (len(whole) > 8) == harmed
    chosen = random.Random(3).sample(range(1, number + 1), min(number, 12 * effort))
    for place in chosen:
        assert run(root, cut_at=place, deep=deep, resume=False) is None
        found = run(root, deep=deep)
        assert found is not None
        assert (told(found), len(found), left(root)) == (told(whole), len(whole), [])
    tally("verify cut short and gone on with", len(chosen), len(chosen))


@pytest.mark.parametrize("deep", [True, False])
def test_a_run_in_the_smallest_pieces_comes_to_its_end(root: Path, deep: bool) -> None:
    """However short the time is that each is allowed, each gets a little further."""
    harm(root)
    whole, pieces = findings(root, deep=deep), 0
    while (found := run(root, deep=deep, allowed=0)) is None:
        pieces += 1
        assert pieces < 1000
    assert pieces > 5
    assert told(found) == told(whole)


def test_what_was_found_before_says_when(root: Path) -> None:
    """And what is found now does not: it is now."""
    harm(root)
    at = datetime(2024, 7, 1, tzinfo=UTC)
    number = places(root, deep=True)
    run(root, cut_at=number // 2, resume=False, clock=lambda: at)
    found = run(root, clock=lambda: at + DAY)
    assert found is not None
    assert {finding.found_at for finding in found} == {at, None}


def test_nothing_is_read_again_that_was_checked(root: Path) -> None:
    """What is damaged behind the back of a run that was cut short is not found by its second half, but by the next."""
    number = places(root, deep=False)
    run(root, cut_at=number - 1, deep=False, resume=False)
    text = min(root.glob("articles/*/*/*/*/000_*.txt"))
    text.write_bytes(b"")
    assert run(root, deep=False) == []
    assert [finding.file for finding in findings(root, deep=False)] == [text.relative_to(root).as_posix()]


def grow(root: Path) -> list[Path]:
    """Another version of an early article, a first one that comes before all, a tombstone: their files."""
    before = set(root.glob("articles/**/*.*"))
    with opened(root, seed=7, clock=Clock(START + 9 * DAY)) as archive:
        visit(archive, "edited since", url=url(0), at=START + 9 * DAY)
        visit(archive, "new since", url="https://news.example/a-first", at=START + 9 * DAY)
        gone(archive, at=START + 9 * DAY, url=url(1))
    return sorted(set(root.glob("articles/**/*.*")) - before)


def test_what_is_stored_in_between_is_checked_too(root: Path, effort: int, tally: Tally) -> None:
    """In folders that the first part had been through, too; whatever became of it."""
    number, template = places(root, deep=False), root.with_name("before")
    shutil.copytree(root, template)
    chosen = random.Random(5).sample(range(1, number), min(number - 1, 4 * effort))
    for place in chosen:
        run(root, cut_at=place, deep=False, resume=False)
        made = grow(root)
        assert run(root, deep=False) == []
        run(root, cut_at=place, deep=False, resume=False)
        again = grow_more(root)
        for path in again:
            path.write_bytes(path.read_bytes()[:-2])
        names = {finding.file for finding in run(root, deep=False) or ()}
        assert names >= {path.relative_to(root).as_posix() for path in again}
        assert not names & {path.relative_to(root).as_posix() for path in made}
        shutil.rmtree(root)
        shutil.copytree(template, root)
    tally("verify cut short, archive grown, gone on with", len(chosen), len(chosen))


def grow_more(root: Path) -> list[Path]:
    """One more version of an article that every run is through with first: its files."""
    before = set(root.glob("articles/**/*.*"))
    with opened(root, seed=8, clock=Clock(START + 10 * DAY)) as archive:
        visit(archive, "edited once more", url="https://news.example/a-first", at=START + 10 * DAY)
    return sorted(set(root.glob("articles/**/*.*")) - before)
