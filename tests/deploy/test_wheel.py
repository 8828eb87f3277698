"""The wheel alone, installed where the source tree is not: nothing is missing from it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import pytest

import scraper
from tests.site import wait_for

TREE = Path(scraper.__file__).parent.parent
CONFIG = '[serve]\nbind = "127.0.0.1:0"\n[log]\nformat = "json"\n'


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as the Dockerfile builds it: nothing is fetched for it."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
                   cwd=TREE, check=True, capture_output=True)  # fmt: skip
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and other packages as plain files: nothing leads to the tree."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home / "venv", with_pip=True)
    python = home / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
                    "--no-deps", wheel], check=True, cwd=home)  # fmt: skip
    site = next((home / "venv" / "lib").glob("python*")) / "site-packages"
    (site / "others.pth").write_text(str(Path(click.__file__).parent.parent) + "\n", encoding="utf-8")
    (home / "config").mkdir()
    (home / "config" / "scraper.toml").write_text(CONFIG, encoding="utf-8")
    return home


def run(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The installed command, from a folder that knows nothing of the tree."""
    return subprocess.run([home / "venv/bin/scraper", *args], cwd=home, env=plain(), capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip


def plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@contextmanager
def pages(home: Path) -> Iterator[httpx.Client]:
    """A client on the pages of `scraper run --role web`."""
    with (home / "log").open("wb") as log, subprocess.Popen(
        [home / "venv/bin/scraper", "run", "--role", "web"], cwd=home, env=plain(), stderr=log
    ) as process:  # fmt: skip
        try:
            wait_for(lambda: b'"started"' in (home / "log").read_bytes())
            [address] = re.findall(r"http://127[^\"]+", (home / "log").read_text("utf-8"))
            with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
                yield client
        finally:
            process.terminate()
            process.wait(20)


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    """Templates, styles, SQL, the demo's stories and the mark that the package is typed."""
    files = {
        str(path.relative_to(TREE))
        for path in (TREE / "scraper").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    config = TREE / "config"
    starter = {f"scraper/starter/{path.relative_to(config)}"
               for path in (config / "scraper.toml", *(config / "presets").iterdir())}  # fmt: skip
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("scraper/")}
    assert held == files | starter
    assert {Path(name).suffix for name in held} >= {".html", ".css", ".svg", ".sql", ".toml", ".typed"}


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"scraper", f"scraper-{wheel.name.split('-')[1]}.dist-info"}


def test_what_runs_is_the_installed_one(home: Path) -> None:
    done = subprocess.run([home / "venv/bin/python", "-c", "import scraper; print(scraper.__file__)"],
                          cwd=home, env=plain(), capture_output=True, text=True, check=True)  # fmt: skip
    assert Path(done.stdout.strip()).is_relative_to(home)


def test_it_knows_its_version(home: Path, wheel: Path) -> None:
    assert run(home, "--version").stdout.split()[1] == wheel.name.split("-")[1]


def test_it_serves_every_kind_of_page(home: Path) -> None:
    paths = ["/", "/static/style.css", "/static/icon.svg", "/outlets", "/search?q=ferry", "/status", "/gone",
             "/api/v1/openapi.json", "/feeds/changes.atom", "/metrics", "/healthz", "/readyz"]  # fmt: skip
    with pages(home) as client:
        answers = {path: client.get(path).status_code for path in paths}
    assert set(answers.values()) == {200}, answers


def test_a_newcomer_is_told_how_to_begin(home: Path) -> None:
    """Where there is no configuration; and what is begun with came along."""
    for command in ("run", "outlets", "discover x"):
        done = run(home, *command.split(), "--config", "none")
        assert (done.returncode, "`scraper outlets add https://example.org/` begins one" in done.stderr) == (2, True)
    code = "from scraper.cli import starter; from pathlib import Path; print(starter.begin(Path('begun')))"
    made = subprocess.run([home / "venv/bin/python", "-c", code], cwd=home, env=plain(), capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert made.stdout == "True\n"
    assert run(home, "outlets", "check", "--config", "begun").stdout == "0 outlets, no mistakes\n"
    assert (home / "begun" / "presets" / "ghost.toml").exists()


def test_its_archive_can_be_proved(home: Path) -> None:
    """The SQL of catalogue and search came along."""
    with pages(home):
        pass
    assert (run(home, "reindex").returncode, run(home, "verify", "--deep").returncode) == (0, 0)
