"""I12, S6 to S8, S12, S13, S18, W1 to W4: an archive is harmed at random, in any file and in any way, and `verify`
says exactly what was harmed.

What is asked for: every file that is not as it was is named, and none besides; the catalogue is named if a row of it
says something else than the files; nothing is changed; a repair is named.
"""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import apsw
import pytest

from scraper.errors import ArchiveError
from scraper.model import Revision
from scraper.store.reindex import reindex
from scraper.store.verify import Finding
from scraper.widgets import Widget
from tests.store.invariants import contents
from tests.store.kit import START, Clock, article, dumped, findings, gone, opened, pieces, visit
from tests.tally import Tally

DAY = timedelta(days=1)
CATALOGUE = "catalogue.sqlite"
Harm = Callable[[Path, random.Random], None]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of file: versions, a revision, tombstones, widgets, manifests, closed WARC files and an open one."""
    root = tmp_path_factory.mktemp("template") / "archive"
    with opened(root, warc_size=6000, clock=Clock()) as archive:
        for number, text in enumerate("ABC"):
            visit(archive, text, at=START + number * DAY)
            visit(archive, f"tower {text}", url="https://news.example/tower", at=START + number * DAY)
        gone(archive, at=START + 3 * DAY)
        widget = Widget("news.example", "text", "Goal: # readers", date(2024, 6, 2), ("around 9 articles",))
        archive.decide_widget(widget, "learn", "https://news.example/")
        archive.decide_widget(widget, "forget", "https://news.example/")
        entry = archive.find("https://news.example/tower")
        assert entry
        archive.revise(Revision(entry, 1, article("tower B, anew", reading="extract 2"), START + 3 * DAY, "1 → 2"))
        archive.write_manifests(date(2024, 6, 4))
        visit(archive, "D", at=START + 4 * DAY)
    assert findings(root) == []
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "archive")
    return tmp_path / "archive"


# ------------------------------------------------------------------------------------------------ ways to harm a file


def _edit(path: Path, change: Callable[[bytearray], object]) -> None:
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def flip(path: Path, chance: random.Random) -> None:
    def change(content: bytearray) -> None:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)

    _edit(path, change)


def overwrite(path: Path, chance: random.Random) -> None:
    def change(content: bytearray) -> None:
        at, size = chance.randrange(len(content)), chance.choice((1, 8, 100, 4096))
        content[at : at + size] = chance.randbytes(len(content[at : at + size]))

    _edit(path, change)


def zero(path: Path, chance: random.Random) -> None:
    def change(content: bytearray) -> None:
        at, size = chance.randrange(len(content)), chance.choice((8, 512, 4096))
        content[at : at + size] = bytes(len(content[at : at + size]))

    _edit(path, change)


def cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def grow(path: Path, chance: random.Random) -> None:
    _edit(path, lambda content: content.extend(chance.randbytes(chance.choice((1, 700)))))


def insert(path: Path, chance: random.Random) -> None:
    def change(content: bytearray) -> None:
        at = chance.randrange(len(content))
        content[at:at] = chance.randbytes(3)

    _edit(path, change)


def remove(path: Path, _: random.Random) -> None:
    path.unlink()


def rename(path: Path, _: random.Random) -> None:
    path.rename(path.with_name(f"x{path.name}"))


def folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


def link(path: Path, _: random.Random) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def link_to_itself(path: Path, _: random.Random) -> None:
    """The bytes are right; where they lie is nobody's business but the archive's."""
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def pipe(path: Path, _: random.Random) -> None:
    path.unlink()
    os.mkfifo(path)


def sparse(path: Path, _: random.Random) -> None:
    os.truncate(path, 1 << 36)


HARMS: tuple[Harm, ...] = (
    flip, flip, flip, overwrite, zero, cut, grow, insert, remove, rename, folder, link, link_to_itself, pipe, sparse
)  # fmt: skip


def evidence(root: Path) -> list[Path]:
    parts = ("articles", "warc", "widgets", "manifests")
    return sorted(path for part in parts for path in (root / part).rglob("*") if path.is_file())


def harmed(root: Path, before: dict[str, str]) -> set[str]:
    """Paths whose bytes are not what they were, also those that are new, apart from the catalogue."""
    after = contents(root)
    odd = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    odd |= {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_symlink() or path.is_fifo()}
    return odd - {CATALOGUE}


def meaningless(template: Path, root: Path, name: str) -> bool:
    """Whether a WARC file gives the same records as before: gzip has bits that say nothing."""
    if (
        not name.endswith(".warc.gz")
        or (root / name).is_symlink()
        or not (root / name).is_file()
        or (root / name).stat().st_size > 1 << 20
    ):
        return False
    return pieces((template / name).read_bytes()) == pieces((root / name).read_bytes())


def missed(template: Path, root: Path, before: dict[str, str]) -> list[str]:
    """What `verify` did not say of what was done to `root`, or said of what was not."""
    done = set(harmed(root, before))  # a manifest knows a WARC file by every bit, also by those without meaning
    wanted = {name for name in done if not meaningless(template, root, name)}
    there = contents(root)
    found = findings(root)
    named = {finding.file for finding in found}
    wrong = [f"not named: {name}" for name in sorted(wanted - named)]
    wrong += [f"named for nothing: {name}" for name in sorted(named - done - {CATALOGUE}) if name in before]
    wrong += [f"no repair for {finding.file}" for finding in found if not finding.repair]
    wrong += ["changed something"] if contents(root) != there else []
    return wrong


def test_any_harm_to_any_file_is_named(template: Path, tmp_path: Path, effort: int, tally: Tally) -> None:
    """One file, or three at once, in any way."""
    chance, before, wrong = random.Random(1202), contents(template), []
    turns = 90 * effort
    for turn in range(turns):
        root = tmp_path / "archive"
        shutil.copytree(template, root)
        done = []
        for path in chance.sample(evidence(root), 3 if turn % 5 == 0 else 1):
            harm = chance.choice(HARMS)
            harm(path, chance)
            done.append(f"{harm.__name__} {path.relative_to(root)}")
        wrong += [f"{turn} {done}: {each}" for each in missed(template, root, before)]
        shutil.rmtree(root)
    tally("mutations found", turns, turns - len(wrong))
    assert wrong == []


def test_every_byte_counts(template: Path, tmp_path: Path, effort: int, tally: Tally) -> None:
    """A flipped bit anywhere in texts, sidecars, tombstones, widgets and manifests; WARC files by chance."""
    chance, before, wrong, tried = random.Random(7), contents(template), [], 0
    root = tmp_path / "archive"
    shutil.copytree(template, root)
    for path in evidence(root):
        content = path.read_bytes()
        for at in sorted(chance.sample(range(len(content)), min(len(content), 4 * effort))):
            path.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
            name = path.relative_to(root).as_posix()
            if not meaningless(template, root, name):
                tried += 1
                named = {finding.file for finding in findings(root)}
                wrong += [f"byte {at} of {name}: {named}"] if named != {name} else []
        path.write_bytes(content)
    assert harmed(root, before) == set()
    tally("bytes mutated", tried, tried - len(wrong))
    assert wrong == []


def test_two_files_that_changed_places_are_both_named(template: Path, tmp_path: Path, tally: Tally) -> None:
    """Texts, sidecars, tombstones, widgets, manifests, WARC files: each with another of its kind."""
    before, wrong = contents(template), []
    pairs = [
        (a, b) for a in evidence(template) for b in evidence(template)
        if a < b and a.suffix == b.suffix and a.parts[-2] == b.parts[-2] and a.read_bytes() != b.read_bytes()
    ]  # fmt: skip
    for a, b in pairs[::3]:
        root = tmp_path / "archive"
        shutil.copytree(template, root)
        one, other = (root / path.relative_to(template) for path in (a, b))
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
        wrong += [f"{a.name} and {b.name}: {each}" for each in missed(template, root, before)]
        shutil.rmtree(root)
    tally("mutations found", len(pairs[::3]), len(pairs[::3]) - len(wrong))
    assert wrong == []


def test_two_records_that_changed_places_are_found(root: Path, template: Path) -> None:
    """Each is whole, each has its digests; they are not where they were written."""
    before = contents(template)
    path = max((root / "warc").rglob("*.gz"))
    content = path.read_bytes()
    found = pieces(content)
    first, second = found[1], found[-1]
    parts = [content[each.offset : each.offset + each.length] for each in found]
    parts[1], parts[-1] = parts[-1], parts[1]
    path.write_bytes(b"".join(parts))
    assert first != second
    assert missed(template, root, before) == []


def test_a_pair_that_fits_itself_does_not_fit_the_archive(root: Path, template: Path) -> None:
    """Text and sidecar of a version are replaced by another valid pair, under names that fit."""
    before = contents(template)
    with opened(root.parent / "forger") as archive:
        made = visit(archive, "Z")
        assert made
        forged = archive.root / made.path
    mine = min((root / "articles").rglob("harbour*/000_*.txt"))
    for old, new in ((mine, forged), (mine.with_suffix(".json"), forged.with_suffix(".json"))):
        old.unlink()
        shutil.copy(new, old.parent)
    named = {finding.file for finding in findings(root)}
    assert {name for name in harmed(root, before) if name in before} <= named
    assert len(named) == 4


# ------------------------------------------------------------------------------------------------ the catalogue


def said(root: Path) -> list[str]:
    """What the catalogue says of files, or that nobody can read it."""
    try:
        return dumped(root)
    except (ArchiveError, ValueError, TypeError) as error:
        return [str(error)]


def blamed(found: list[Finding]) -> bool:
    """Whether the catalogue is named, or to be made again before a file is believed to be the one that is wrong."""
    return CATALOGUE in {each.file for each in found} or (bool(found) and all("reindex" in e.repair for e in found))


def test_a_catalogue_that_says_otherwise_is_named(template: Path, tmp_path: Path, effort: int, tally: Tally) -> None:
    """S12: any bytes of it are overwritten. If any row then says something else, or is lost, `verify` says so (of a
    row with another path or hash as of the file that it seems to miss); and it can be made again as it was."""
    chance, wrong, tried = random.Random(12), [], 0
    truth = dumped(template)
    for _ in range(40 * effort):
        root = tmp_path / "archive"
        shutil.copytree(template, root)
        for _ in range(chance.choice((1, 1, 20))):
            chance.choice((flip, overwrite, zero))(root / CATALOGUE, chance)
        changed = said(root) != truth
        found = findings(root)
        named = {finding.file for finding in found}
        tried += 1
        if changed and not found:
            wrong.append(f"not named, but {named}: {sorted(set(said(root)) ^ set(truth))[:2]}")
        reindex(root)
        if dumped(root) != truth or findings(root):
            wrong.append("not made again")
        shutil.rmtree(root)
    tally("mutations found", tried, tried - len(wrong))
    assert wrong == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE articles SET title = 'Harbour closes'",
        "UPDATE articles SET gone_since = 1",
        "UPDATE versions SET captured_at = captured_at + 1 WHERE version = 0",
        "UPDATE versions SET kinds = 'typo' WHERE version = 1",
        "UPDATE visits SET verdict = 'same' WHERE verdict = 'edited'",
        "UPDATE captures SET url = 'https://news.example/forged'",
        "UPDATE aliases SET article_id = (SELECT max(id) FROM articles)",
        "DELETE FROM visits WHERE seq = (SELECT max(seq) FROM visits)",
        "INSERT INTO marks VALUES (1, (SELECT min(id) FROM articles))",
        "DELETE FROM widgets WHERE number = 1",
        "UPDATE readings SET manifest = NULL",
    ],
)
def test_a_row_that_was_changed_is_found(root: Path, template: Path, change: str) -> None:
    """Somebody with an SQL prompt: the files say otherwise."""
    with apsw.Connection(str(root / CATALOGUE)) as db:
        db.execute(change)
    db.close()
    truth = dumped(template)
    found = findings(root)
    assert blamed(found)
    reindex(root)
    assert dumped(root) == truth
    assert findings(root) == []


def test_names_that_are_no_text_are_named(root: Path) -> None:
    """S18: bytes that are no UTF-8, names of 255 bytes, folders deeper than a path may be long."""
    shelf = min((root / "articles").rglob("000_*.txt")).parent
    odd = os.fsencode(shelf) + b"/\xff\xfe.txt"
    Path(os.fsdecode(odd)).write_bytes(b"x")
    (shelf / ("n" * 255)).write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(root) + b"/articles/\xff")).mkdir()
    deep = root / "articles" / "deep"
    deep.mkdir()
    here = Path.cwd()
    try:
        os.chdir(deep)
        for _ in range(30):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
        Path("stray").write_bytes(b"x")
    finally:
        os.chdir(here)
    named = [finding.file for finding in findings(root)]
    assert any(os.fsencode(name).endswith(b"\xff\xfe.txt") for name in named)
    assert any(name.endswith("n" * 255) for name in named)
    before = dumped(root)
    reindex(root)
    assert dumped(root) == before


def test_a_consistent_forgery_in_an_open_warc_is_found(root: Path) -> None:
    """A whole answer is packed again with another page in it and right digests: the catalogue remembers the old one."""
    path = max((root / "warc").rglob("*.gz"))
    content = path.read_bytes()
    target = next(piece for piece in pieces(content) if getattr(piece, "kind", "") == "response")
    record = gzip.decompress(content[target.offset : target.offset + target.length])
    forged = gzip.compress(record.replace(b"WARC-Date: 2024", b"WARC-Date: 2023"), mtime=0)
    path.write_bytes(content[: target.offset] + forged + content[target.offset + target.length :])
    assert path.relative_to(root).as_posix() in {finding.file for finding in findings(root)}
