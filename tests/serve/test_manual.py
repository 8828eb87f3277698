"""The API's page for people says all that its description says, and its examples can be pasted into a shell."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from scraper.serve.gate import Door
from tests.serve.shown import Shown, fill, shown
from tests.tools import needs

TOKEN = "a-token-of-sixteen-characters"
PAGE, DESCRIPTION = "/api/v1/docs", "/api/v1/openapi.json"


def page_of(site: Shown) -> Any:
    """The page, as a tree."""
    answer = site.client.get(PAGE)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def commands(page: Any) -> list[str]:
    """The examples, as they stand there."""
    return [one.text_content() for one in page.xpath("//pre[@class='ask']")]


def sections(page: Any) -> dict[str, str]:
    """`GET /path` → all that is said of it."""
    return {one.xpath("string(.//h2)"): one.text_content() for one in page.xpath("//section[contains(@class, 'card')]")}


def test_all_that_the_description_says_is_said(site: Shown) -> None:
    said, told = sections(page_of(site)), site.json(DESCRIPTION)
    operations = {
        f"{method.upper()} {path}": one for path, some in told["paths"].items() for method, one in some.items()
    }
    assert said.keys() == operations.keys()
    for name, one in operations.items():
        words = [*one["responses"], *(parameter["name"] for parameter in one.get("parameters", ()))]
        assert [word for word in words if word not in said[name]] == [], name


def test_bounds_and_defaults_are_said(site: Shown) -> None:
    said = sections(page_of(site))
    assert "at most 999999999" in said["GET /api/v1/diff"]
    assert "default 50" in " ".join(said["GET /api/v1/changes"].split())
    assert "any | latest | all" in said["GET /api/v1/search"]


def test_every_link_on_the_page_leads_somewhere(site: Shown) -> None:
    page = page_of(site)
    inside = {href[1:] for href in page.xpath("//main//a/@href") if href.startswith("#")}
    assert inside <= set(page.xpath("//@id"))
    assert inside >= set(site.json(DESCRIPTION)["components"]["schemas"])
    for href in set(page.xpath("//a/@href")) - {f"#{name}" for name in page.xpath("//@id")}:
        assert site.client.get(href).status_code == 200, href


@needs("curl", "bash")
@pytest.mark.parametrize("token", [None, TOKEN], ids=["open", "locked"])
def test_the_examples_work_as_they_stand(tmp_path: Path, token: str | None) -> None:
    """All but the one that follows a fetch, whose id nobody knows beforehand: it is told so."""
    with shown(tmp_path / "archive", Door(token)) as site:
        fill(site.archive)
        site.client.headers["Authorization"] = f"Bearer {token}"
        lines = commands(page_of(site))
        assert len(lines) == sum(map(len, site.json(DESCRIPTION)["paths"].values()))
        statuses = {line: _run(line.replace("TOKEN", token or "TOKEN"), tmp_path) for line in lines}
        assert {status for line, status in statuses.items() if "/fetch/" not in line} == {200, 202}
        assert [status for line, status in statuses.items() if "/fetch/" in line] == [404]


def _run(line: str, folder: Path) -> int:
    """The status that a command, pasted into a shell, was answered with."""
    command = line.replace("curl ", "curl --noproxy '*' -s -o answer -w '%{http_code}' ", 1)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    json.loads((folder / "answer").read_bytes())
    return int(done.stdout)


def test_a_token_is_spoken_of_where_one_is_needed(site: Shown, tmp_path: Path) -> None:
    with shown(tmp_path / "archive", Door(TOKEN)) as locked:
        assert locked.client.get(PAGE).status_code == 401
        locked.client.headers["Authorization"] = f"Bearer {TOKEN}"
        assert "unauthorized" in page_of(locked).text_content()
    assert "unauthorized" not in page_of(site).text_content()


def test_in_an_empty_archive_there_are_examples_too(tmp_path: Path) -> None:
    with shown(tmp_path / "archive") as site:
        assert len(commands(page_of(site))) == len(sections(page_of(site)))
