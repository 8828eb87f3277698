"""The command line as people and scripts use it: every list says when it is cut, and JSON is JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scraper import extract
from scraper.cli import COMMANDS, cli, main
from scraper.cli.common import count
from scraper.store.sidecar import article_json, dumps
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, outlet, serve, wait_for
from tests.wire import WIRES

HOST = "paper.example"
EDITED = f"http://{HOST}/news/pier-vote-a1041"
OTHER_FORM = f"http://{HOST}/en/a-new-headline-a1041"
DELETED = f"http://{HOST}/news/mayor-a1042"
MISSING = f"http://{HOST}/news/never-a1043"
TIMES = 4  # versions of the edited article


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it printed."""
        return self.out.splitlines()

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What it printed: a JSON object on each line."""
        return [json.loads(line) for line in self.lines]


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def known() -> Site:
    """A site with two articles."""
    return Site({"/news/mayor-a1042": article_page(*WIRES["en"].story, title="Mayor resigns")})


@pytest.fixture(scope="module")
def program(known: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An archive with an article of four versions, one that has just been deleted, and one that never was."""
    with serve(known) as site:
        program = Program(tmp_path_factory.mktemp("cli"))
        program.configure(site, HOST, outlets={HOST: f"identity = '-a([0-9]+)$'\n{outlet(HOST)}"})
        for number in range(TIMES):
            changed = PARAGRAPHS[1].replace("3.2 million", f"{7 + number * 11} million")
            site.routes["/news/pier-vote-a1041"] = article_page(PARAGRAPHS[0], changed, *PARAGRAPHS[2:])
            program.fetch(EDITED, *[DELETED] * (number == 0))
        site.routes["/news/mayor-a1042"] = (410, {}, b"")
        yield program


@pytest.fixture(scope="module")
def deleted(program: Program) -> list[dict[str, Any]]:
    """What fetch said of the articles that are not there."""
    return program.fetch(DELETED, MISSING)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process, as typed."""

    def run(*args: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(args)
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def run(typed: Run, program: Program) -> Run:
    """Run the program on the archive, in this process."""
    return lambda *args: typed(*args, "--archive", str(program.archive), "--config", str(program.config))


# --------------------------------------------------------------------------------------------- changes


def test_changes_that_are_cut_say_so(run: Run) -> None:
    """On stderr, so that whoever counts lines is not misled."""
    said = run("changes", "--json", "--limit", "2")
    assert [change["version"] for change in said.objects] == [TIMES - 1, TIMES - 2]
    assert said.err == "scraper: there are more than 2; --limit 0 shows all\n"


@pytest.mark.parametrize("limit", ["0", str(TIMES - 1), "100"])
def test_changes_that_are_whole_say_nothing(run: Run, limit: str) -> None:
    """Also if there are exactly as many as were asked for."""
    said = run("changes", "--limit", limit)
    assert (len(said.lines), said.err) == (3 * (TIMES - 1), "")


def test_changes_can_be_narrowed(run: Run) -> None:
    """By kind, outlet and time; what is no kind is named."""
    assert len(run("changes", "--json", "--kind", "figures", "--since", "1h").lines) == TIMES - 1
    assert run("changes", "--json", "--kind", "headline").lines == []
    assert run("changes", "--json", "--outlet", "other.example").lines == []
    assert run("changes", "--kind", "nonsense").code == 2


# --------------------------------------------------------------------------------------------- log, show, diff


@pytest.mark.parametrize("command", ["log", "show", "diff"])
def test_an_article_is_found_under_every_form_its_outlet_knows(run: Run, command: str) -> None:
    """The outlet says that the number at the end is the article."""
    assert run(command, OTHER_FORM).out == run(command, EDITED).out
    assert run(command, OTHER_FORM).code == 0


def test_without_a_configuration_the_archive_can_be_read(typed: Run, program: Program, tmp_path: Path) -> None:
    """It holds everything that was fetched."""
    said = typed("log", EDITED, "--archive", str(program.archive), "--config", str(tmp_path / "none"))
    assert (said.code, len(said.lines)) == (0, 4 + TIMES)


def test_a_wrong_configuration_does_not_hide_the_archive(typed: Run, program: Program, tmp_path: Path) -> None:
    """It is said in a line, and the versions come all the same."""
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "a.example.toml").write_text("nonsense = 1\n")
    said = typed("log", "--json", EDITED, "--archive", str(program.archive), "--config", str(tmp_path))
    assert (said.code, len(said.objects)) == (0, TIMES)
    assert "outlets check" in said.err


def test_fetch_is_suggested_for_what_can_be_fetched_only(run: Run) -> None:
    """No advice is better than nonsense."""
    assert run("log", "nothing").err == "scraper: nothing is not in this archive\n"
    assert run("log", f"http://{HOST}/x").err.endswith(f"`scraper fetch http://{HOST}/x` archives it\n")


def test_a_deletion_that_is_not_believed_yet_is_said(run: Run, deleted: list[dict[str, Any]]) -> None:
    """By URL and by id, with the reason."""
    for name in (DELETED, str(deleted[0]["article_id"])):
        assert run("log", name).lines[-1] == "gone at the last visit (http-410), not confirmed yet"
    assert "gone" not in run("log", EDITED).out


def test_visits_are_listed(run: Run, deleted: list[dict[str, Any]]) -> None:
    """With verdict, reason and the version they made."""
    said = run("log", DELETED, "--visits")
    assert [line.split()[1:] for line in said.lines] == [
        ["new", "version", "0"],
        ["gone", "http-410", "[unconfirmed]"],
    ]
    told = run("log", DELETED, "--visits", "--json").objects
    assert [(visit["verdict"], visit["reason"], visit["version"]) for visit in told] == [
        ("new", None, 0),
        ("gone", "http-410", None),
    ]


def test_visits_to_what_never_became_an_article_are_known(run: Run, deleted: list[dict[str, Any]]) -> None:
    """The sentence says how they ended, and the list has them."""
    assert deleted[1]["verdict"] == "failed"
    assert run("log", MISSING).err == f"scraper: {MISSING} has no version; 1 visit, the last failed: http-404\n"
    assert [visit["reason"] for visit in run("log", MISSING, "--visits", "--json").objects] == ["http-404"]


def test_one_version_has_no_difference_in_json_too(run: Run) -> None:
    """An object that has the keys of any other."""
    [told] = run("diff", "--json", DELETED).objects
    [other] = run("diff", "--json", EDITED).objects
    assert told == {"from": None, "to": 0, "changed": False, "coarse": False, "rows": []}
    assert set(told) == set(other)


# --------------------------------------------------------------------------------------------- outlets


def mistaken(folder: Path) -> Path:
    """A configuration with one mistake in an outlet's file and one in scraper.toml."""
    (folder / "outlets").mkdir()
    (folder / "outlets" / "a.example.toml").write_text(f"{outlet('a.example')}\nevry = '1h'\n")
    (folder / "scraper.toml").write_text("[log]\nlevel = 'loud'\n")
    return folder


def test_check_names_the_mistakes_of_all_files(typed: Run, tmp_path: Path) -> None:
    """Each line begins with file and line, for editors."""
    said = typed("outlets", "check", "--config", str(mistaken(tmp_path)))
    assert (said.code, said.out) == (2, "")
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == [
        f"{tmp_path}/outlets/a.example.toml:8",
        f"{tmp_path}/scraper.toml:2",
    ]


def test_check_gives_mistakes_as_json(typed: Run, tmp_path: Path) -> None:
    """One object a mistake, and nothing on stderr."""
    said = typed("outlets", "check", "--json", "--config", str(mistaken(tmp_path)))
    assert (said.code, said.err) == (2, "")
    assert [(m["line"], m["word"]) for m in said.objects] == [(8, "evry"), (2, "level")]
    assert [list(m) for m in said.objects] == [["file", "line", "word", "message"]] * 2


def test_options_may_stand_before_the_subcommand(
    typed: Run, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And go before the environment there too; what stands after it goes before both."""
    mine = str(program.config)
    for args in (["--json", "--config", mine, "check"], ["check", "--json", "--config", mine]):
        assert typed("outlets", *args).objects == [{"outlets": 1, "mistakes": []}]
    monkeypatch.setenv("SCRAPER_CONFIG", str(mistaken(tmp_path)))
    assert typed("outlets", "--config", mine, "check").out == "1 outlet, no mistakes\n"
    assert typed("outlets", "check").code == 2
    assert typed("outlets", "--config", str(tmp_path), "check", "--config", mine).code == 0


# --------------------------------------------------------------------------------------------- fetch, extract


def test_text_and_json_are_not_mixed(run: Run) -> None:
    """The combination is refused before anything is asked for."""
    said = run("fetch", "--json", "--print", EDITED)
    assert (said.code, said.out) == (2, "")
    assert "show --json" in said.err


def test_fetch_needs_no_configuration(typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults do, under which nothing private is reached."""
    monkeypatch.chdir(tmp_path)
    said = typed("fetch", "http://127.0.0.1:9/x")
    assert said.code == 1
    assert said.out.startswith("refused  http://127.0.0.1:9/x: private-address")
    assert (tmp_path / "archive").is_dir()


def test_a_configuration_that_was_named_has_to_be_there(
    typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in its name must not lead to defaults."""
    monkeypatch.chdir(tmp_path)
    assert typed("fetch", "http://127.0.0.1:9/x", "--config", "confg").code == 2
    monkeypatch.setenv("SCRAPER_CONFIG", "elsewhere")
    assert typed("fetch", "http://127.0.0.1:9/x").code == 2
    assert not (tmp_path / "archive").exists()


def test_extract_prints_the_sidecar_form(typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the store writes it, to the byte."""
    monkeypatch.chdir(tmp_path)
    page = article_page(title="Причал").encode()
    (tmp_path / "page.html").write_bytes(page)
    said = typed("extract", "page.html", "--url", EDITED, "--json")
    assert said.out.encode() == dumps(article_json(extract(page, EDITED)))


# --------------------------------------------------------------------------------------------- words, help, log


def test_one_is_no_plural(run: Run) -> None:
    """In numbers that people read."""
    assert [count(n, "outlet file") for n in (0, 1, 2)] == ["0 outlet files", "1 outlet file", "2 outlet files"]
    status = run("status").out
    assert " in 1 WARC file)" in status
    assert "2 articles, 5 versions, 0 gone" in status


@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS), ["outlets", "check"], ["outlets", "add"]], ids="-".join
)
def test_help_fits_and_is_not_cut(command: list[str]) -> None:
    """80 columns, and each command in a whole sentence."""
    shown = CliRunner().invoke(cli, [*command, "--help"], terminal_width=80).output.splitlines()
    assert max(map(len, shown)) <= 80
    assert not [line for line in shown if line.endswith("...") and not line.startswith("Usage:")]
    name = " ".join(["scraper", *command])
    assert [line for line in shown if re.match(rf"  (?:eval \"\$\()?{name}\b", line)], "an example is missing"


@pytest.mark.parametrize(
    ("typo", "meant"), [(["stauts"], "status"), (["outlets", "chekc"], "check"), (["status", "--al"], "--all")]
)
def test_who_mistypes_is_told_what_is_near(typed: Run, typo: list[str], meant: str) -> None:
    said = typed(*typo)
    assert (said.code, meant in said.err.partition("Error:")[2]) == (2, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(typed: Run, shell: str) -> None:
    """It then asks the program, which knows its commands."""
    said = typed("completion", shell)
    assert (said.code, "_SCRAPER_COMPLETE" in said.out) == (0, True)


def test_commands_and_options_are_completed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell asks for them."""
    for words, wanted in (("scraper sta", "status"), ("scraper outlets a", "add"), ("scraper status --a", "--all")):
        monkeypatch.setenv("_SCRAPER_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        done = subprocess.run([sys.executable, "-m", "scraper"], capture_output=True, text=True, check=False)
        assert f"plain,{wanted}" in done.stdout


def test_a_daemon_without_outlets_says_how_to_list_one(tmp_path: Path) -> None:
    """It runs all the same: a file that is written later is taken up."""
    program = Program(tmp_path)
    program.configure(Site())
    with program.daemon() as process:
        wait_for(lambda: any(line["event"] == "started" for line in program.log()))
        process.terminate()
        process.wait(20)
    [hint] = [line["hint"] for line in program.log() if line["event"] == "nothing-to-watch"]
    assert "scraper outlets add" in hint


def test_the_daemon_says_where_it_listens(tmp_path: Path) -> None:
    """With the port that the system chose, and times to the millisecond."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1s")})
        with program.daemon() as process:
            wait_for(lambda: any(line["event"] == "source-failed" for line in program.log()))
            process.terminate()
            process.wait(20)
    [address] = [line["address"] for line in program.log() if line["event"] == "listening"]
    assert address.startswith("http://127.0.0.1:")
    assert not address.endswith(":0/")
    assert {len(line["timestamp"]) for line in program.log()} == {len("2026-11-22T09:30:00.123Z")}
    assert not [line for line in program.log() if line["event"].startswith("fetch")]


# --------------------------------------------------------------------------------------------- demo


def test_the_demo_keeps_out_of_what_is_in_use(typed: Run, program: Program, tmp_path: Path) -> None:
    """It refuses to write over a real configuration."""
    before = (program.config / "scraper.toml").read_bytes()
    said = typed("demo", "--archive", str(tmp_path / "a"), "--config", str(program.config))
    assert (said.code, (program.config / "scraper.toml").read_bytes()) == (2, before)


def test_the_demo_goes_where_it_is_told(typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the folders of its options and not to those of the environment; and it says how to go on."""
    monkeypatch.setenv("SCRAPER_ARCHIVE", str(tmp_path / "real"))
    monkeypatch.setenv("SCRAPER_CONFIG", str(tmp_path / "real-config"))
    said = typed("demo", "--seconds", "5", "--archive", str(tmp_path / "a b"), "--config", str(tmp_path / "c"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a b", "c"]
    end = said.out.partition("Look around:\n")[2].splitlines()
    assert end[:2] == [f"  export SCRAPER_ARCHIVE='{tmp_path}/a b'", f"  export SCRAPER_CONFIG={tmp_path}/c"]
    assert end[2].endswith(" status")
    assert max(map(len, said.lines[: said.lines.index("")])) <= 78
