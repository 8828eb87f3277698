"""What the page on HTTP says can be done, can be done: its commands are run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from scraper.serve.app import routes_of
from tests.serve.shown import Shown
from tests.store.kit import HARBOUR
from tests.tools import needs

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"(?m)^curl .*?(?=  +# )", PAGE)


@needs("curl", "bash")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_in_the_page_work(mine: Shown, tmp_path: Path, command: str) -> None:
    line = command.replace("http://127.0.0.1:8765", str(mine.client.base_url).rstrip("/"))
    done = subprocess.run(
        ["bash", "-c", line.replace("curl ", "curl --fail-with-body --noproxy '*' ", 1)],
        cwd=tmp_path, env=os.environ | {"ID": mine.id(), "URL": HARBOUR}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout or "-o " in command


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 8


def test_every_path_is_in_a_page(site: Shown) -> None:
    """What programs ask for in the page on HTTP, what people look at in the one on web pages."""
    said = PAGE + (DOCS / "pages.md").read_text(encoding="utf-8")
    for route in routes_of(site.site):
        *_, last = re.split(r"(?=/)", route.path)
        assert route.path in said or f"`{last}`" in said, route.path
