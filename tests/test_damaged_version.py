"""One version is damaged on the disk: whatever would show it names it, and it costs its neighbours nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from scraper.cli import main
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve, wait_for
from tests.test_hostile_web import hasten, visits
from tests.wire import WIRES

HOST = "paper.example"
PIER, OTHER, MOVED = (f"http://{HOST}/news/{name}" for name in ("pier-vote-a1041", "mayor-a1042", "pier-again"))
BERTHS = (12, 38, 71, 95)  # one version each


def story(figure: int, **more: Any) -> str:
    """The article with another figure."""
    return article_page(
        PARAGRAPHS[0], PARAGRAPHS[1].replace("3.2 million", f"{figure} million"), *PARAGRAPHS[2:], **more
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with an article of four versions, and another article."""
    site = Site({"/news/mayor-a1042": article_page(*WIRES["en"].story, title="Mayor resigns")})
    program = Program(tmp_path_factory.mktemp("damaged"))
    with serve(site):
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        for berths in BERTHS:
            site.routes["/news/pier-vote-a1041"] = story(berths)
            program.fetch(PIER, *[OTHER] * (berths == BERTHS[0]))
    return program.root


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: object
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(program: Program, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program on the archive, in this process."""

    def typed(*args: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([*args, "--archive", str(program.archive), "--config", str(program.config)])
        return Said(ended.value.code, *capsys.readouterr())

    return typed


@pytest.fixture
def program(template: Path, tmp_path: Path) -> Program:
    """A copy of that archive."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Program(tmp_path)


def file_of(program: Program, version: int, suffix: str) -> Path:
    """The text or the sidecar of a version."""
    (found,) = (program.archive / "articles").rglob(f"*pier*/{version:03d}_*{suffix}")
    return found


def altered(path: Path) -> None:
    """One byte of it is another."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def emptied(path: Path) -> None:
    """Nothing is left in it."""
    path.chmod(0o644)
    path.write_bytes(b"")


Harm = Callable[[Path], object]
HARMS: list[tuple[str, Harm]] = [(end, harm) for end in (".json", ".txt") for harm in (altered, emptied, Path.unlink)]


def damaged(program: Program, version: int, how: tuple[str, Harm] = HARMS[0]) -> str:
    """The name of the file that is damaged now."""
    path = file_of(program, version, how[0])
    how[1](path)
    return path.name


def names_it(done: Said, version: int, file: str) -> bool:
    """Whether it ended as work that failed, and one line says number, file and what to do."""
    (line,) = done.err.splitlines()
    return done.code == 1 and f"version {version}" in line and file in line and "`scraper verify`" in line


@pytest.mark.parametrize("how", HARMS, ids=lambda how: f"{how[1].__name__}{how[0]}")
def test_the_history_names_the_damaged_version_among_its_neighbours(
    program: Program, run: Run, how: tuple[str, Harm]
) -> None:
    file = damaged(program, 1, how)
    done = run("log", PIER)
    assert names_it(done, 1, file)
    lines = re.findall(r"^(\d{3})  (\S+)", done.out, re.MULTILINE)
    assert [(number, said == "damaged:") for number, said in lines] == [
        ("000", False), ("001", True), ("002", False), ("003", False),
    ]  # fmt: skip


def test_programs_are_given_the_whole_versions_and_an_exit_code(program: Program, run: Run) -> None:
    file = damaged(program, 1)
    done = run("log", "--json", PIER)
    assert names_it(done, 1, file)
    assert [json.loads(line)["version"] for line in done.out.splitlines()] == [0, 2, 3]


@pytest.mark.parametrize("how", HARMS, ids=lambda how: f"{how[1].__name__}{how[0]}")
def test_whole_versions_are_shown_and_compared_as_ever(program: Program, run: Run, how: tuple[str, Harm]) -> None:
    damaged(program, 1, how)
    shown = [run("show", PIER, "--version", number) for number in ("0", "2", "3", "-1")]
    assert [(one.code, one.err) for one in shown] == [(0, "")] * 4
    assert ["71 million" in one.out for one in shown] == [False, True, False, False]
    compared = run("diff", PIER, "0", "2")
    assert (compared.code, "71" in compared.out, compared.err) == (0, True, "")


@pytest.mark.parametrize("how", HARMS, ids=lambda how: f"{how[1].__name__}{how[0]}")
@pytest.mark.parametrize("command", [["show", PIER, "--version", "1"], ["diff", PIER, "0", "1"], ["diff", PIER, "1"]])
def test_the_damaged_version_is_neither_shown_nor_compared(
    program: Program, run: Run, command: list[str], how: tuple[str, Harm]
) -> None:
    """One sentence, which says which versions are whole."""
    file = damaged(program, 1, how)
    done = run(*command)
    assert names_it(done, 1, file)
    assert (done.out, "whole are: 0, 2, 3" in done.err) == ("", True)


def test_why_says_of_which_version_it_cannot_tell(program: Program, run: Run) -> None:
    file = damaged(program, 1)
    done = run("why", PIER)
    assert names_it(done, 1, file)
    said = [line.split("  ", 2)[2].strip() for line in done.out.splitlines() if re.match(r"\d{4}-.*Z  \w", line)]
    assert said[:4] == [
        "version 0: the first text of this article",
        "version 1: is damaged, so that it cannot be told what changed",
        "version 2: figures (stealth)",
        "version 3: figures (stealth)",
    ]


@pytest.mark.parametrize(
    ("command", "shows"), [(["changes"], 3), (["status"], 1), (["search", "pier"], 1), (["log", OTHER], 1)]
)
def test_lists_are_not_stopped_by_it(program: Program, run: Run, command: list[str], shows: int) -> None:
    damaged(program, 1)
    done = run(*command)
    assert (done.code, "Traceback" in done.err) == (0, False)
    assert len([line for line in done.out.splitlines() if line.strip()]) >= shows


def files(program: Program) -> dict[str, bytes]:
    """All snapshots with their sidecars."""
    return {path.name: path.read_bytes() for path in (program.archive / "articles").rglob("*_*") if path.is_file()}


@pytest.mark.parametrize("how", HARMS[::4], ids=lambda how: f"{how[1].__name__}{how[0]}")
@pytest.mark.parametrize("version", [len(BERTHS) - 1, 1])
def test_a_fetch_stores_nothing_false_over_it(program: Program, version: int, how: tuple[str, Harm]) -> None:
    """An edit is compared with the last version, or not at all: no second beginning and no edit against another one."""
    damaged(program, version, how)
    before = files(program)
    site = Site({"/news/pier-vote-a1041": story(123)})
    with serve(site):
        program.configure(site, HOST)
        (said,) = program.fetch(PIER)
    told = before.keys() ^ files(program).keys()
    is_last_sidecar = version == len(BERTHS) - 1 and how[0] == ".json"
    if is_last_sidecar:
        assert (said["verdict"], said["reason"].partition(":")[0], told) == ("failed", "damaged", set())
        assert f"{version:03d}_" in said["reason"]
    else:
        assert (said["verdict"], said["version"], len(told)) == ("edited", len(BERTHS), 2)
    assert all(files(program)[name] == content for name, content in before.items())


def test_an_address_that_claims_to_be_the_damaged_article_begins_no_second_one(program: Program) -> None:
    """Whether the page tells that story can be told by nobody: it is an outcome, not a new article."""
    file = damaged(program, len(BERTHS) - 1)
    claim = f'<link rel="canonical" href="{PIER}">'
    site = Site({"/news/pier-again": story(BERTHS[-1]).replace("</head>", f"{claim}</head>", 1)})
    with serve(site):
        program.configure(site, HOST)
        (said,) = program.fetch(MOVED)
    assert (said["verdict"], said["reason"].partition(":")[0], file in said["reason"]) == ("failed", "damaged", True)


def test_the_history_is_read_again_around_it(program: Program, run: Run) -> None:
    """The damaged version is said to be unreadable, by name; the others read as they did."""
    file = damaged(program, 1)
    done = run("reread", "--json", "--force", PIER)
    results = {found["version"]: found for found in map(json.loads, done.out.splitlines()) if "version" in found}
    assert {number: found["result"] for number, found in results.items()} == {1: "unreadable"}
    assert file in results[1]["reason"]


def test_the_daemon_says_so_of_the_article_and_goes_on(program: Program) -> None:
    """No trouble of the whole archive, nothing false on the disk, and the other article is visited."""
    damaged(program, len(BERTHS) - 1)
    before = files(program)
    site = Site({"/news/pier-vote-a1041": story(123), "/news/mayor-a1042": article_page(*WIRES["en"].story)})
    with serve(site):
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        hasten(program)
        with program.daemon():
            wait_for(lambda: len({line["url"] for line in visits(program)}) == 2)
    ends = {line["url"]: (line["verdict"], (line["reason"] or "").partition(":")[0]) for line in visits(program)}
    assert ends[PIER] == ("failed", "damaged")
    assert ends[OTHER][0] in {"same", "edited"}
    assert "archive-trouble" not in [line["event"] for line in program.log()]
    assert all(files(program)[name] == content for name, content in before.items())


def test_the_web_side_shows_the_whole_versions_and_lists_the_damaged_one(program: Program) -> None:
    """Pages and API: the page of a whole version, the history with the damaged one named, 503 for that one alone."""
    file = damaged(program, 1)
    site = Site({})
    with serve(site):
        program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1d")})
        with program.daemon():
            wait_for(lambda: any(line["event"] == "listening" for line in program.log()))
            base = next(line["address"] for line in program.log() if line["event"] == "listening")
            with httpx.Client(base_url=base, trust_env=False, timeout=30, headers={"Accept": "text/html"}) as client:
                id_ = client.get("/api/v1/articles", params={"url": PIER}).json()["items"][0]["id"]
                page = f"/articles/{id_}"
                got = {
                    path: client.get(path)
                    for path in (
                        page, f"{page}?version=0", f"{page}?version=1", f"{page}/diff?from=0&to=2",
                        f"{page}/diff?from=0&to=1", "/", f"/api/v1{page}/versions", f"/api/v1{page}/versions/0",
                        f"/api/v1{page}/versions/1", f"/api/v1/diff?article={id_}&from=2&to=3", "/feeds/changes.atom",
                        "/search?q=pier",
                    )
                }  # fmt: skip
    codes = {path: answer.status_code for path, answer in got.items()}
    assert {path for path, code in codes.items() if code != 200} == {
        f"{page}?version=1", f"{page}/diff?from=0&to=1", f"/api/v1{page}/versions/1",
    }  # fmt: skip
    assert {code for code in codes.values() if code != 200} == {503}
    assert all(file in got[path].text for path in (page, f"{page}?version=0", f"{page}?version=1"))
    assert f"version 1 is damaged ({file})" in got[f"/api/v1{page}/versions/1"].json()["detail"]
    assert "version=2" in got[f"{page}?version=1"].text
