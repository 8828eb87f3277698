"""Everything that writes, as scenes: what was there before, what is being done, and what is there once it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import apsw

from scraper.errors import ArchiveError
from scraper.model import Origin, Revision
from scraper.query import parse
from scraper.store.archive import FileArchive
from scraper.store.files import Files
from scraper.store.prune import Policy
from scraper.store.reindex import reindex
from scraper.widgets import Widget
from tests.store.invariants import Promises, broken
from tests.store.kit import HARBOUR, START, Clock, article, gone, intent, opened, page, texts, visit, visit_of_pages
from tests.store.tape import State, Tape, recording

DAY = timedelta(days=1)
SMALL = 2500  # bytes of a WARC file: a few records
Act = Callable[[FileArchive], object]


def _nothing(_: object) -> None:
    """Nothing is there, or nothing is done."""


@dataclass(frozen=True)
class Scene:
    """`before` makes the archive, `harm` is done to it, `action` is what is looked at; the texts before and after.
    `alone`: the action needs the archive for itself, as `reindex` does."""

    before: Act
    action: Act
    old: tuple[str, ...]
    new: tuple[str, ...]
    warc_size: int = 1 << 30
    harm: Callable[[Path], object] = _nothing
    alone: Callable[[Path, Files], object] | None = None


def _one(archive: FileArchive) -> None:
    visit(archive, "A")


def _gone(archive: FileArchive) -> None:
    visit(archive, "A")
    gone(archive, at=START + DAY)


def _back(archive: FileArchive) -> None:
    seen = page(at=START + 2 * DAY)
    archive.commit(intent("back", seen, archive.capture(seen), archive.find(HARBOUR)))


def _full(archive: FileArchive) -> None:
    for number, text in enumerate("ABC"):
        visit(archive, text, at=START + number * timedelta(minutes=1))


def _revised(archive: FileArchive) -> None:
    entry = archive.find(HARBOUR)
    assert entry
    archive.revise(Revision(entry, 0, article("A, read anew", reading="extract 2"), START + DAY, "extract 1 → 2"))


def _learnt(archive: FileArchive) -> None:
    widget = Widget("news.example", "text", "Goal: # readers", date(2024, 6, 2), ("around 9 articles",))
    if not archive.widgets("news.example"):
        archive.decide_widget(widget, "learn", "https://news.example/")
    assert archive.widgets("news.example") == [widget]


def _pages(archive: FileArchive) -> None:
    visit_of_pages(archive, "A", "B", "C")


LONG = " ".join(f"The quay master counted {n} boats and told them all to wait for tide {n}." for n in range(9))


def _copy(archive: FileArchive) -> None:
    visit(archive, f"{LONG} So it goes.", url="https://news.example/2024/06/copied", at=START + DAY)


def _proved(archive: FileArchive) -> None:
    archive.write_manifests(date(2024, 6, 9))


def _older(root: Path) -> None:
    """The catalogue as a program before this one left it."""
    with apsw.Connection(str(root / "catalogue.sqlite")) as db:
        db.pragma("user_version", 1)
    db.close()


def _torn(root: Path) -> None:
    """Somebody died in the middle of a record, and the machine was restarted."""
    with max(root.glob("warc/*/*/*.gz")).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")


ELSEWHERE = Origin("crawl.warc.gz", "<urn:uuid:00000000-0000-4000-8000-00000000abcd>", f"sha256:{'0' * 64}", "key")


def _brought(archive: FileArchive, *texts: str) -> None:
    """What an import does: each capture at its own date, and none that was brought before."""
    for number, text in enumerate(texts):
        at, origin = START - (9 - number) * DAY, replace(ELSEWHERE, key=f"key {number}")
        if archive.is_imported(origin, at):
            continue
        seen = page(body=f"<p>{text}</p>".encode(), at=at, origin=origin)
        entry, capture = archive.find(HARBOUR), archive.capture(seen)
        archive.commit(intent("edited" if entry else "new", seen, capture, entry, article(text)))


def _spare(archive: FileArchive) -> None:
    """Versions, and many answers that made none, in closed files."""
    visit(archive, "A")
    for number in range(6):
        banner = hashlib.sha256(str(number).encode()).hexdigest() * 20
        seen = page(body=f"<p>A</p><aside>{banner}</aside>".encode(), at=START + (number + 1) * timedelta(minutes=1))
        archive.commit(intent("same", seen, archive.capture(seen), archive.find(HARBOUR)))
    visit(archive, "B", at=START + timedelta(hours=1))
    visit(archive, "C", at=START + timedelta(hours=2))


def _thinned(archive: FileArchive) -> None:
    list(archive.prune(Policy(START + timedelta(hours=1), "made no version", spare=True), yes=True))


def _followed(archive: FileArchive) -> None:
    """What the daemon does now and then. Afterwards it is known whatever is there, or said why not."""
    done = archive.search.follow(60)
    if done.why or done.behind:
        raise ArchiveError(archive.root, f"the search is behind by {done.behind}: {done.why}")


def _searched(archive: FileArchive) -> None:
    _followed(archive)
    visit(archive, "D", at=START + DAY)
    _followed(archive)
    found = archive.search.find(parse("harbour"))
    assert [hit.version for hit in found.hits] != [], "the search has lost what it knew"


_BOTH = ("A B C", "A B D")
SCENES = {
    "fresh": Scene(_nothing, _nothing, (), (), harm=lambda root: (root / "catalogue.sqlite").unlink()),
    "new": Scene(_nothing, _one, (), ("A",)),
    "edit": Scene(_one, lambda a: visit(a, "B", at=START + DAY), ("A",), ("A", "B")),
    "same": Scene(_one, lambda a: visit(a, "A", at=START + DAY), ("A",), ("A",)),
    "gone": Scene(_one, lambda a: gone(a, at=START + DAY), ("A",), ("A",)),
    "back": Scene(_gone, _back, ("A",), ("A",)),
    "revision": Scene(_one, _revised, ("A",), ("A, read anew",)),
    "widget": Scene(_one, _learnt, ("A",), ("A",)),
    "pages": Scene(_nothing, _pages, (), ("A B C",)),
    "pages-edit": Scene(_pages, lambda a: visit_of_pages(a, "A", "B", "D", at=START + DAY), ("A B C",), _BOTH, SMALL),
    "copy": Scene(lambda a: visit(a, LONG), _copy, (LONG,), (LONG,)),
    "rotation": Scene(_full, lambda a: visit(a, "D", at=START + DAY), tuple("ABC"), tuple("ABCD"), SMALL),
    "manifest": Scene(_full, _proved, tuple("ABC"), tuple("ABC"), SMALL),
    "quarantine": Scene(_one, _nothing, ("A",), ("A",), harm=_torn),
    "remake": Scene(_full, _nothing, tuple("ABC"), tuple("ABC"), harm=_older),
    "import": Scene(_nothing, lambda a: _brought(a, "A"), (), ("A",)),
    "import-edit": Scene(lambda a: _brought(a, "A"), lambda a: _brought(a, "A", "B"), ("A",), ("A", "B")),
    "prune": Scene(_spare, _thinned, tuple("ABC"), tuple("ABC"), SMALL),
    "search": Scene(_full, _followed, tuple("ABC"), tuple("ABC")),
    "search-edit": Scene(_full, _searched, tuple("ABC"), tuple("ABCD")),
    "reindex": Scene(_full, _nothing, tuple("ABC"), tuple("ABC"), SMALL, alone=reindex),
}


def prepared(place: Path, scene: Scene) -> Path:
    """The archive before the action."""
    with opened(place, warc_size=scene.warc_size) as archive:
        scene.before(archive)
    scene.harm(place)
    return place


def reopened(scene: Scene, seed: int, files: Files | None = None) -> Callable[[Path], FileArchive]:
    """How somebody opens it next."""
    clock = Clock(START + seed * DAY)
    return lambda root: opened(root, files, seed=seed, warc_size=scene.warc_size, clock=clock)


def _listening(archive: FileArchive, tape: Tape) -> None:
    """Have the tape note what `archive` says is stored, at the moment it says so."""
    for name in ("capture", "commit", "revise"):
        tell = getattr(archive, name)

        def told(asked: object, tell: Callable[[object], object] = tell) -> object:
            made = tell(asked)
            tape.acknowledge(made)
            return made

        setattr(archive, name, told)


def act(root: Path, scene: Scene, tape: Tape, seed: int = 2) -> None:
    """Do it all on tape: open, act, close. Raises ArchiveError if the tape fails."""
    with recording(tape):
        if scene.alone:
            scene.alone(root, tape)
        else:
            with reopened(scene, seed, tape)(root) as archive:
                _listening(archive, tape)
                scene.action(archive)
                tape.acknowledge(Promises.of(root).files)
    tape.acknowledge("done")


def wrong_after(root: Path, scene: Scene, promises: Promises, *, done: bool) -> list[str]:
    """What does not hold at `root`, where `scene` was cut short (or `done`), and after it is done again."""
    found = list(broken(root, promises, reopened(scene, 3)))
    if found:
        return found
    with reopened(scene, 4)(root) as archive:
        seen = tuple(texts(archive))
        if seen != scene.new if done else seen not in {scene.old, scene.new}:
            return [f"I1: there is {seen}"]
        try:
            scene.action(archive)
        except ArchiveError as error:
            return [f"I5, I8: it cannot be done again: {error}"]
        if tuple(texts(archive)) != scene.new:
            return [f"I5: done again there is {texts(archive)}"]
    return []


def made_real(state: State, place: Path) -> Path:
    """The disk of `state` as a folder."""
    place.mkdir()
    return state.world.write_to(place, state.note)


def promised(root: Path, tape: Tape, count: int) -> tuple[Promises, bool]:
    """What was there before, and what was acknowledged by operation `count`; whether all of it was."""
    told = tape.acknowledged(count)
    return Promises.of(root, told), "done" in told
