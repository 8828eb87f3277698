"""Dockerfile, compose.yaml and the unit for systemd: what can be tried of them without an engine."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scraper
from scraper import daemon, settings
from tests.serve.shown import Shown
from tests.tools import needs

TREE = Path(scraper.__file__).parent.parent
UNIT = (TREE / "deploy" / "scraper.service").read_text(encoding="utf-8")
COMPOSE = (TREE / "compose.yaml").read_text(encoding="utf-8")
# Each instruction as one line: what is continued is joined, what is said about it left out.
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", (TREE / "Dockerfile").read_text("utf-8"))).splitlines()
    if line.strip()
]
LAST = STEPS[max(place for place, step in enumerate(STEPS) if step[0] == "FROM") :]


def said(word: str, steps: list[list[str]] = LAST) -> list[str]:
    """What follows each instruction `word`."""
    return [step[1] for step in steps if step[0] == word]


def test_the_image_runs_as_nobody_in_particular() -> None:
    """By number, so that an engine told to refuse root can see it; and nothing after that is done as root."""
    [user] = said("USER")
    uid, gid = map(int, user.split(":"))
    assert min(uid, gid) > 0
    assert {step[0] for step in LAST[LAST.index(["USER", user]) :]}.isdisjoint({"RUN", "COPY"})
    assert f"--uid {uid}" in " ".join(said("RUN"))


def test_packages_come_by_their_hashes_only() -> None:
    fetched = [run for run in said("RUN", STEPS) if " install " in run and "pip" in run]
    assert all("--require-hashes" in run or "--no-deps --no-build-isolation" in run for run in fetched)
    assert "--hash=sha256:" in (TREE / "requirements.lock").read_text("utf-8")


def test_the_image_has_the_packages_of_everybody_and_those_of_notifications() -> None:
    """The same versions: what is tried without them is what runs in the image."""
    plain, more = (
        set(re.findall(r"(?m)^([a-z0-9_-]+)==(\S+)", (TREE / f"requirements{name}.lock").read_text("utf-8")))
        for name in ("", "-notify")
    )
    assert plain < more
    assert {"apprise"} <= {name for name, _ in more - plain}
    assert "requirements-notify.lock" in said("ARG", STEPS)[-1]


def test_nothing_that_installs_is_left_in_the_image() -> None:
    assert "--without-pip" in " ".join(said("RUN", STEPS))
    assert not [run for run in said("RUN") if "pip" in run]


def test_where_things_are_kept_is_where_the_program_looks() -> None:
    [volumes], [environment] = said("VOLUME"), said("ENV")
    assert set(json.loads(volumes)) == {"/archive", "/config"}
    assert {"SCRAPER_ARCHIVE=/archive", "SCRAPER_CONFIG=/config"} <= set(environment.split())


def test_all_that_is_copied_is_let_in_and_the_rest_is_not() -> None:
    """Nothing but what `.dockerignore` names reaches the engine: an archive or a token never gets into an image."""
    ignore = (TREE / ".dockerignore").read_text("utf-8").split("\n")
    let_in = {line[1:] for line in ignore if line.startswith("!")}
    copied = {name.rstrip("/").removeprefix("./") for step in said("COPY", STEPS) if "--from" not in step
              for name in step.split()[:-1] if not name.startswith("--")}  # fmt: skip
    assert copied == let_in
    assert all((TREE / name).exists() for name in copied)
    assert fnmatch.fnmatch("config/scraper.env", ignore[ignore.index("**/*.env")].replace("**", "*"))


def test_its_health_is_asked_for_as_an_engine_would(mine: Shown) -> None:
    """The command as it stands there: 0 while the service is up, else not."""
    [check] = said("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    here = str(mine.client.base_url).rstrip("/").removeprefix("http://")
    up, down = (
        [sys.executable, *[a.replace("127.0.0.1:8765", to) for a in command[1:]]] for to in (here, "127.0.0.1:1")
    )
    assert subprocess.run(up, check=False, capture_output=True).returncode == 0
    assert subprocess.run(down, check=False, capture_output=True).returncode == 1


def test_signals_are_handed_on_by_process_one() -> None:
    [entry], [command] = said("ENTRYPOINT"), said("CMD")
    assert (json.loads(entry), json.loads(command)) == (["tini", "--", "scraper"], ["run"])


# ------------------------------------------------------------------------------------------------ compose


@pytest.mark.parametrize(
    "line",
    ["read_only: true", "- ALL", "- no-new-privileges:true", "env_file: scraper.env", '- "127.0.0.1:8765:8765"',
     "- archive:/archive", "- ./config:/config:ro"],
)  # fmt: skip
def test_the_container_is_kept_small(line: str) -> None:
    assert re.search(rf"(?m)^ +{re.escape(line)}$", COMPOSE)
    assert "privileged: true" not in COMPOSE


def test_the_container_has_its_limits() -> None:
    found = dict(re.findall(r"(?m)^    (mem_limit|pids_limit|memswap_limit): (\S+)$", COMPOSE))
    assert found == {"mem_limit": "2g", "memswap_limit": "2g", "pids_limit": "256"}


def test_its_variables_are_ones_the_program_takes(tmp_path: Path) -> None:
    """With a token as scraper.env gives it, it listens where the port is published; without one it does not start."""
    given = dict(re.findall(r'(?m)^      (SCRAPER_\w+): "(.+)"$', COMPOSE))
    (tmp_path / "scraper.toml").touch()
    loaded = settings.load(tmp_path, given | {"SCRAPER_SERVE_TOKEN": "0123456789abcdef"})
    assert loaded.serve.bind == "0.0.0.0:8765"
    with pytest.raises(Exception, match="needs a token"):
        settings.load(tmp_path, given)


# ------------------------------------------------------------------------------------------------ systemd


def unit(name: str) -> list[str]:
    """What the unit says of `name`."""
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT)


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """The unit as it would stand on a machine where the program is installed."""
    program = tmp_path / "scraper"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    path = tmp_path / "scraper.service"
    path.write_text(UNIT.replace("/opt/scraper/bin/scraper", str(program)), encoding="utf-8")
    return path


@needs("systemd-analyze")
def test_systemd_finds_nothing_wrong(placed: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", str(placed)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs("systemd-analyze")
def test_systemd_calls_it_well_shut_in(placed: Path) -> None:
    """Of ten points of exposure at most two; a service that asks the internet cannot do with much less."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(placed)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-300:]


def test_it_is_given_the_time_it_needs_to_end() -> None:
    assert float(unit("TimeoutStopSec")[0]) > daemon.LAST_GRACE + 2
    assert float(re.findall(r"stop_grace_period: (\d+)s", COMPOSE)[0]) > daemon.LAST_GRACE + 2


def test_it_is_begun_again_after_a_failure_but_not_for_ever() -> None:
    assert (unit("Restart"), unit("StartLimitBurst"), unit("RestartPreventExitStatus")) == (
        ["on-failure"],
        ["5"],
        ["2"],
    )
