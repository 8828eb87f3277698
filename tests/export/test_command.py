"""The command: what it chooses, where it writes, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.cli.export import FORMATS
from scraper.store.archive import FileArchive
from scraper.store.export import formats
from scraper.store.export.view import Wanted
from tests.export.kit import TITLES, Command, snapshots, texts_of
from tests.export.test_rows import lines, rows
from tests.store.kit import START, opened, visit

DAY = timedelta(days=1)
VERSIONS = len(TITLES) + 4


def test_every_format_is_offered() -> None:
    """The command knows the formats that there are."""
    assert FORMATS == formats.FORMATS


# ------------------------------------------------------------------------------------------------ how many

COUNTED: dict[str, Callable[[Path], int]] = {
    "jsonl": lambda path: len(lines(path.read_bytes())),
    "csv": lambda path: len(rows(path.read_bytes())),
    "parquet": lambda path: int(pq.read_metadata(path).num_rows),
    "text": lambda path: len(texts_of(path)),
    "warc": lambda path: len(answers(path.read_bytes())),
    "wacz": lambda path: len(ZipFile(path).read("pages/pages.jsonl").splitlines()) - 1,
}


def answers(content: bytes) -> list[str]:
    """The ids of all answers in a WARC file."""
    return [r.rec_headers.get_header("WARC-Record-ID") for r in ArchiveIterator(BytesIO(content)) if is_answer(r)]


def is_answer(record: object) -> bool:
    """Whether a record of warcio's holds one."""
    return getattr(record, "rec_type", "") in {"response", "revisit"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_what_the_catalogue_counts(kept: Path, run: Command, tmp_path: Path, form: str) -> None:
    """One for each version; a version on two pages has two answers."""
    said = run(kept, form, "-o", str(tmp_path / "out"), "--json", "--version", "all", "--since", "2000-01-01")
    told = json.loads(said.out)
    assert (said.code, told["versions"], told["complete"], told["problems"]) == (0, VERSIONS, True, 0)
    assert COUNTED[form](tmp_path / "out") == VERSIONS + 2 * (form == "warc")


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_archive_gives_the_same_bytes(kept: Path, run: Command, tmp_path: Path, form: str) -> None:
    """Whenever it is asked for."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert run(kept, form, "-o", str(tmp_path / name / "out")).code == 0
    first, second = ([p for p in sorted((tmp_path / n).rglob("*")) if p.is_file()] for n in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ((), VERSIONS),
        (("--version", "latest"), VERSIONS - 2),
        (("--version", "first"), VERSIONS - 2),
        (("--version", "1"), 2),
        (("--version", "9"), 0),
        (("--outlet", "paper.example"), 9),
        (("--outlet", "paper.example", "--outlet", "news.example"), VERSIONS),
        (("--kind", "figures"), 1),
        (("--kind", "wording"), 2),
        (("--stealth",), 1),
        (("--since", "2024-06-07"), len(TITLES) - 5 + 2),
        (("--until", "2024-06-03"), 2),
        (("--since", "2024-06-03", "--until", "2024-06-04"), 2),
        # The state of things at a day: later versions do not hide it.
        (("--until", "2024-06-08", "--version", "latest", "--outlet", "news.example"), 5),
    ],
    ids=str,
)
def test_filters_choose_versions(kept: Path, run: Command, options: tuple[str, ...], number: int) -> None:
    """By outlet, time, number and kind of edit."""
    assert len(lines(run(kept, "jsonl", *options).out)) == number if number else not run(kept, "jsonl", *options).out


def test_the_order_is_that_of_captures(kept: Path, run: Command) -> None:
    """So that a reader may stop early, and an export be continued by another."""
    times = [line["captured_at"] for line in lines(run(kept, "jsonl").out)]
    assert times == sorted(times)


# ------------------------------------------------------------------------------------------------ where to


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_written_over(kept: Path, run: Command, tmp_path: Path, form: str) -> None:
    """What is there stays, and nothing lies beside it."""
    place = tmp_path / "out"
    place.mkdir() if form == "text" else place.write_text("mine")
    (place / "mine").write_text("mine") if form == "text" else None
    said = run(kept, form, "-o", str(place))
    assert (said.code, "is there already" in said.err, list(tmp_path.iterdir())) == (2, True, [place])
    assert (place / "mine" if form == "text" else place).read_text() == "mine"


def test_overwriting_is_asked_for(kept: Path, run: Command, tmp_path: Path) -> None:
    """Then the old file is replaced as a whole."""
    place = tmp_path / "out.jsonl"
    place.write_text("mine")
    assert run(kept, "jsonl", "-o", str(place), "--overwrite").code == 0
    assert place.read_bytes() == run(kept, "jsonl").out


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "warc", "wacz"])
def test_a_full_disk_leaves_nothing_half_done(kept: Path, run: Command, tmp_path: Path, form: str) -> None:
    """Neither a file that looks whole nor its beginnings; what was there stays."""
    place = tmp_path / "out"
    place.write_text("mine")
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); import signal; \
signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from scraper.cli import main; main()"
    options = ["export", "--archive", str(kept), "--format", form, "-o", str(place), "--overwrite"]
    done = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert (done.returncode, list(tmp_path.iterdir()), place.read_text()) == (1, [place], "mine")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("parquet",), "-o FILE"),
        (("wacz",), "-o FILE"),
        (("jsonl", "--bom"), "--bom"),
        (("csv", "--overwrite"), "--overwrite"),
        (("jsonl", "-o", "no/such/folder/x"), "no folder"),
        (("jsonl", "--outlet", "nowhere.example"), "nowhere.example"),
        (("jsonl", "--version", "-1"), "--version"),
        (("jsonl", "--version", "newest"), "--version"),
        (("jsonl", "--until", "soon"), "--until soon"),
        (("jsonl", "--kind", "odd"), "--kind odd"),
        (("docx",), "docx"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_said_so(kept: Path, run: Command, options: tuple[str, ...], word: str) -> None:
    """With exit code 2, and nothing on standard output."""
    said = run(kept, *options)
    assert (said.code, said.out, word in said.err) == (2, b"", True)


def test_without_an_archive_none_is_made(run: Command, tmp_path: Path) -> None:
    """There is nothing to export."""
    assert run(tmp_path / "none", "jsonl").code == 1
    assert not list(tmp_path.iterdir())


def test_the_summary_never_mixes_with_the_export(kept: Path, run: Command) -> None:
    """On stderr if the export takes standard output."""
    said = run(kept, "jsonl", "--json")
    assert len(lines(said.out)) == VERSIONS
    summary = {"format": "jsonl", "output": None, "versions": VERSIONS, "complete": True, "problems": 0}
    assert summary.items() <= json.loads(said.err).items()
    assert run(kept, "jsonl").err == f"scraper: {VERSIONS} versions as jsonl\n"


def test_a_reader_who_leaves_is_no_disaster(kept: Path) -> None:
    """`| head -1`: no traceback."""
    command = [sys.executable, "-m", "scraper", "export", "--archive", str(kept), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read().decode()
        assert (process.wait(), "Traceback" in said, "Exception" in said) == (1, False, False)


def test_progress_is_for_terminals(kept: Path, tmp_path: Path) -> None:
    """And binary files are not."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scraper", "export", "--archive", str(kept), "--format"]
    done = subprocess.run([*command, "csv", "-o", str(tmp_path / "a")], stderr=theirs, check=False)
    assert done.returncode == 0
    assert re.search(rb"\r.*\d+ %", os.read(ours, 10_000))
    refused = subprocess.run([*command, "warc"], stdout=theirs, stderr=subprocess.PIPE, check=False)
    assert (refused.returncode, b"terminal" in refused.stderr) == (2, True)


# ------------------------------------------------------------------------------------------------ one moment


@pytest.mark.parametrize("form", FORMATS)
def test_it_sees_the_archive_as_it_was_when_it_began(kept: Path, mine: Path, tmp_path: Path, form: str) -> None:
    """Whatever is written while it runs: what begins at one moment is of that moment."""
    with FileArchive.open(mine, read_only=True) as archive, archive.exports.view(Wanted()) as view:
        with opened(mine, seed=7) as writer:
            visit(writer, "Written meanwhile.", url="https://news.example/meanwhile")
            visit(writer, "The harbour is shut again.", at=START + 9 * DAY)
        formats.write(view, form, formats.Place(tmp_path / "out"))  # type: ignore[arg-type]  # one of FORMATS
    assert COUNTED[form](tmp_path / "out") == {"warc": VERSIONS + 5}.get(form, VERSIONS)
    assert len(snapshots(mine)) == VERSIONS + 2


def test_nobody_who_writes_waits_for_it(mine: Path) -> None:
    """A visit is committed while an export stands still in its middle."""
    with FileArchive.open(mine, read_only=True) as archive, archive.exports.view(Wanted()) as view:
        next(items := view.items())
        with opened(mine, seed=7) as writer:
            assert visit(writer, "Written meanwhile.", url="https://news.example/meanwhile")
        assert sum(1 for _ in items) == VERSIONS - 1


# ------------------------------------------------------------------------------------------------ damage


def marked(form: str, place: Path) -> bool:
    """Whether an export says of itself that it is incomplete."""
    match form:
        case "jsonl":
            return [bool(line["problem"]) for line in lines(place.read_bytes())].count(True) == 1
        case "csv":
            return [bool(row["problem"]) for row in rows(place.read_bytes())].count(True) == 1
        case "parquet":
            table = pq.read_table(place)
            told = (table.schema.metadata or {}) | (pq.read_metadata(place).metadata or {})
            return b"incomplete" in told and sum(map(bool, table.column("problem").to_pylist())) == 1
        case "text":
            return (place / "INCOMPLETE.txt").exists()
        case "warc":
            return any(
                b"incomplete" in r.raw_stream.read()
                for r in ArchiveIterator(BytesIO(place.read_bytes()))
                if r.rec_type == "warcinfo"
            )
        case _:
            return "incomplete" in json.loads(ZipFile(place).read("datapackage.json"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("damage", ["flipped", "missing"])
def test_what_is_damaged_is_named_and_the_rest_is_there(
    mine: Path, run: Command, tmp_path: Path, form: str, damage: str
) -> None:
    """Exit code 1, the file by name, all others exported, and a mark in the export itself."""
    if form in {"warc", "wacz"}:
        [victim] = mine.glob("warc/*/*/*")
        content = bytearray(victim.read_bytes())
        with FileArchive.open(mine, read_only=True) as archive:
            [first, *_] = [s.capture for e in archive.articles("paper.example") for s in archive.versions(e.id)]
        content[first.offset + first.length // 2] ^= 0xFF
        victim.write_bytes(content)
    else:
        victim = texts_of(mine)[len(texts_of(mine)) // 2]
        victim.write_bytes(b"other") if damage == "flipped" else victim.unlink()
    said = run(mine, form, "-o", str(tmp_path / "out"), "--json", "--since", "2000-01-01")
    assert (said.code, json.loads(said.out)["complete"]) == (1, False)
    assert victim.relative_to(mine).as_posix() in said.err
    assert marked(form, tmp_path / "out")
    whole = {"text": VERSIONS - 1, "warc": VERSIONS + 1, "wacz": VERSIONS}.get(form, VERSIONS)
    assert COUNTED[form](tmp_path / "out") == whole


def test_a_lost_warc_file_costs_only_itself(mine: Path, run: Command, tmp_path: Path) -> None:
    """The records of all others are exported."""
    with opened(mine, seed=7, warc_size=1) as archive:
        visit(archive, "In another file.", url="https://news.example/another")
    first, *rest = sorted(mine.glob("warc/*/*/*"), key=lambda path: path.name)
    first.unlink()
    said = run(mine, "warc", "-o", str(tmp_path / "out"))
    assert (said.code, len(rest) >= 1, first.name in said.err) == (1, True, True)
    assert len(answers((tmp_path / "out").read_bytes())) == 1


def test_very_many_problems_are_counted(mine: Path, run: Command) -> None:
    """Told one by one at first, then summed up."""
    for path in texts_of(mine):
        path.unlink()
    said = run(mine, "jsonl")
    assert (said.code, said.err.count(" is missing")) == (1, 20)
    assert f"INCOMPLETE: {VERSIONS} problems" in said.err


def test_a_tar_may_be_read_as_it_comes(kept: Path, run: Command) -> None:
    """Streamed, from a pipe."""
    with tarfile.open(fileobj=BytesIO(run(kept, "text").out), mode="r|") as tar:
        assert sum(member.name.endswith(".txt") for member in tar) == VERSIONS
