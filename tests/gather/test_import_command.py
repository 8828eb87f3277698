"""`scraper import`, the real program: what it prints, how it ends, what it never does, and back from an export."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import anyio
import pytest

from scraper.pipeline import Outcome
from scraper.store.archive import FileArchive
from tests.benchmarks.imports import captures
from tests.gather.kit import bring_into
from tests.gather.shapes import (
    DAY,
    HOUR,
    PIER,
    START,
    Answer,
    browsertrix,
    per_record,
    plain,
    story,
    wacz,
    wget,
    written,
)
from tests.site import Program, Site, outlet, serve
from tests.store.kit import findings

EDITED = "The mayor added on Tuesday that 5 boats had been lost, among them the oldest of the harbour."
OTHER = "https://other.example/2024/a-story-about-the-pier"
CAPTURES = (
    Answer(PIER, story(), START),
    Answer(PIER, story(EDITED), START + DAY),
    Answer(OTHER, story(), START + 2 * DAY),
    Answer("https://paper.example/", story(), START),
    Answer("https://paper.example/logo.png", b"\x89PNG", START, headers=(("Content-Type", "image/png"),)),
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program, with one listed outlet."""
    made = Program(tmp_path)
    made.configure(Site(address="127.0.0.1:9"), "paper.example", outlets={"paper.example": outlet("paper.example")})
    return made


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What was printed, as JSON."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def crawl(program: Program, *answers: Answer, called: str = "crawl.warc.gz") -> str:
    """A WARC file with these answers."""
    return str(written(program.root, per_record(*map(plain, answers)), called))


def test_each_capture_is_a_line_and_the_last_sums_up(program: Program) -> None:
    """The lines of `fetch`, with the time of the capture; what was left out is counted by reason."""
    done = program.run("import", "--json", crawl(program, *CAPTURES))
    *told, end = lines(done)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(each["verdict"], each["captured_at"], each["outlet"]) for each in told] == [
        ("new", "2024-06-02T09:30:00Z", "paper.example"),
        ("edited", "2024-06-03T09:30:00Z", "paper.example"),
        ("new", "2024-06-04T09:30:00Z", "other.example"),
    ]
    assert set(told[0]) == {*(each.name for each in fields(Outcome)), "captured_at"}
    assert end["summary"] == {
        "files": 1, "captures": 4, "outlets": 2, "verdicts": {"new": 2, "edited": 1}, "superseded": 0,
        "left_out": {"not-article-path": 1, "not-html": 1},
    }  # fmt: skip


def test_a_person_reads_what_was_made_and_a_summary(program: Program) -> None:
    """And a second run says that there was nothing to do."""
    path = crawl(program, *CAPTURES)
    done = program.run("import", path)
    assert "2024-06-03T09:30:00Z  edited   Council votes to rebuild the old pier (addition)" in done.stdout
    assert "1 file: 3 captures archived, of 2 outlets" in done.stdout
    again = program.run("import", path)
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "1 file: 0 captures archived, of 0 outlets")
    assert "      3 known" in again.stdout


def test_nobody_is_asked_anything(program: Program) -> None:
    """Not the outlets, not for further pages, not for robots.txt: a site that plays every host counts nothing."""
    with serve(Site()) as site:
        program.configure(site, "paper.example", "other.example", "paged.example", outlets={
            "paper.example": outlet("paper.example"),
            "paged.example": outlet("paged.example") + '[pages]\nnext = "a.next"\n',
        })  # fmt: skip
        more = story().replace(b"</article>", b'</article><a class="next" rel="next" href="?page=2">2</a>')
        paged = Answer("http://paged.example/2024/a-long-story", more, START)
        led = Answer(
            "http://paper.example/old", b"", START, "301 X", headers=(("Location", "http://paper.example/new"),)
        )
        done = program.run("import", "--json", crawl(program, *CAPTURES, paged, led))
        assert done.returncode == 0
        assert site.asked == []
    assert "pages: page 2: not-captured" in [each.get("reason") for each in lines(done)]


def test_filters(program: Program) -> None:
    """By outlet, listed or not, and by date."""
    path = crawl(program, *CAPTURES)
    assert [
        each["outlet"] for each in lines(program.run("import", "--json", "--outlet", "other.example", path))[:-1]
    ] == ["other.example"]
    told = lines(program.run("import", "--json", "--since", "2024-06-03", "--until", "2024-06-04", path))[:-1]
    assert [(each["verdict"], each["captured_at"]) for each in told] == [("new", "2024-06-03T09:30:00Z")]


def test_a_dry_run_says_what_would_come_and_changes_nothing(program: Program) -> None:
    """By outlet and reason; no archive is made for it."""
    path = crawl(program, *CAPTURES)
    done = program.run("import", "--dry-run", path)
    assert not program.archive.exists()
    assert done.stdout.splitlines() == [
        "paper.example: 2 captures, 2024-06-02 to 2024-06-03",
        "        1 left out: not-article-path",
        "other.example: 1 capture, 2024-06-04 to 2024-06-04 at most: not listed, so only what reads as an article",
        "1 capture left out before that",
        "        1 not-html",
    ]
    program.run("import", path)
    before = sorted(
        each for each in program.archive.rglob("*") if ".run" not in each.parts and each.suffix != ".sqlite-shm"
    )
    told = lines(program.run("import", "--dry-run", "--json", path))
    assert [each.get("left_out", {}).get("known") for each in told[:2]] == [2, 1]
    after = sorted(
        each for each in program.archive.rglob("*") if ".run" not in each.parts and each.suffix != ".sqlite-shm"
    )
    assert [each for each in after if "sqlite-" not in each.name] == [
        each for each in before if "sqlite-" not in each.name
    ]


def test_what_is_wrong_with_a_file_is_said_and_the_others_come(program: Program) -> None:
    """Exit code 1, a sentence for each, and whatever is whole is archived."""
    good = crawl(program, CAPTURES[0])
    cut = written(program.root, per_record(plain(CAPTURES[1]))[:-20], "cut.warc.gz")
    zst = written(program.root, b"\x28\xb5\x2f\xfd" + bytes(50), "new.warc.zst")
    done = program.run("import", good, str(cut), str(zst))
    assert done.returncode == 1
    assert [line.partition(": ")[2] for line in done.stderr.splitlines()] == [
        f"{cut}: what is at 0 is cut short",
        f"{zst}: is packed with zstd, which is not read here; unpack it (zstd -d) or convert it to .warc.gz",
    ]
    assert len(program.texts()) == 1


@pytest.mark.parametrize(
    "args", [["missing.warc.gz"], ["--since", "tomorrow-ish"], ["--since", "2024-06-04", "--until", "2024-06-03"],
             ["--outlet", "nobody"], []],
)  # fmt: skip
def test_wrong_usage(program: Program, args: list[str]) -> None:
    """Exit code 2, before anything is made."""
    path = [] if not args or args[0] == "missing.warc.gz" else [crawl(program, CAPTURES[0])]
    done = program.run("import", *args, *path)
    assert done.returncode == 2
    assert program.texts() == []


def test_a_wacz(program: Program) -> None:
    """As browsertrix makes them."""
    inside = [("archive/data.warc.gz", per_record(*browsertrix(*CAPTURES[:2])))]
    done = program.run("import", "--json", str(written(program.root, wacz(inside), "some.wacz")))
    assert [each["verdict"] for each in lines(done)[:-1]] == ["new", "edited"]


def test_the_help_fits_a_terminal(program: Program) -> None:
    """With examples."""
    told = program.run("import", "--help").stdout
    assert max(map(len, told.splitlines())) <= 80
    assert "scraper import crawl-2024.warc.gz" in told


def test_an_export_and_its_import_are_the_same_snapshots(program: Program, tmp_path: Path) -> None:
    """Archive, exported WARC, new archive: the same texts under the same names, and the same again from WACZ and from
    the archive's own files."""
    seen = [
        *CAPTURES[:3], Answer(PIER, story(EDITED, banner="Other"), START + 2 * DAY),
        *(Answer(PIER, b"", START + n * DAY, "404 Not Found") for n in (3, 4, 5)),
        Answer(PIER, story(), START + 6 * DAY),
        Answer("https://paper.example/s/1", b"", START - HOUR, "301 X", headers=(("Location", PIER),)),
        Answer(PIER, story(), START - HOUR + DAY / 1440),
    ]  # fmt: skip
    program.run("import", str(written(tmp_path, per_record(*wget(*seen)), "seen.warc.gz")))
    names = [str(each.relative_to(program.archive)) for each in program.texts()]
    assert len(names) == 4
    assert len(list(program.archive.rglob("gone-*.json"))) == 1
    made = {form: program.root / f"out.{form}" for form in ("warc.gz", "wacz")}
    for form, path in made.items():
        assert program.run("export", "--format", form.removesuffix(".gz"), "-o", str(path)).returncode == 0
    marks = sorted(each.name for each in program.archive.rglob("[gb]*-*Z.json"))
    for number, path in enumerate(made.values()):
        root = tmp_path / str(number)
        with FileArchive.open(root, create=True) as other:
            anyio.run(bring_into, other, tmp_path, path)
            assert [str(each.relative_to(root)) for each in sorted(root.rglob("[0-9]*_*.txt"))] == names
            assert sorted(each.name for each in root.rglob("[gb]*-*Z.json")) == marks
        assert findings(root) == []


def test_what_wget_writes(program: Program) -> None:
    """The real program, if this machine has it: a site on loopback, archived by it, redirect and all."""
    program_wget = shutil.which("wget")
    with serve(Site(routes={"/2024/a-story": story(), "/old": (301, {"Location": "/2024/a-story"}, b"")})) as site:
        urls = [f"http://{site.address}/{path}" for path in ("old", "2024/a-story")]
        into = program.root / "real"
        if program_wget:
            args = [
                "-q",
                "--warc-cdx",
                f"--warc-file={into}",
                "--compression=auto",
                "-O",
                str(program.root / "out"),
                *urls,
            ]
            subprocess.run([program_wget, *args], check=True, timeout=60)
        else:
            written(program.root, per_record(*wget(Answer(urls[1], story()))), "real.warc.gz")
    done = program.run("import", "--json", f"{into}.warc.gz")
    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done)[0]["verdict"] == "new"
    assert lines(done)[0]["title"] == "Council votes to rebuild the old pier"


def test_an_interrupt_ends_it_cleanly(program: Program) -> None:
    """With its own exit code and one word, and the next run goes on from there."""
    path = crawl(program, *captures(200))
    process = subprocess.Popen(
        program.command("import", "--json", path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.strip()) == (130, "interrupted")
    assert program.run("verify", "--deep").returncode == 0
