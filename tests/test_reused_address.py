"""What the commands say of an address that had another article before."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from click.testing import CliRunner

from scraper.cli import cli
from tests.stage import HOME, PIER, SNOW, page, staged

LIVE = f"{HOME}news/latest"


async def _fill(root: Path) -> list[str]:
    with staged(root) as stage:
        for story in (PIER, SNOW, SNOW):
            await stage.see(LIVE, page(story))
        return [entry.id for entry in stage.histories()]


@pytest.fixture(scope="module")
def reused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """An archive in which another story took an address; the ids of both."""
    root = tmp_path_factory.mktemp("reused") / "archive"
    return root, anyio.run(_fill, root)


def said(root: Path, *args: str) -> str:
    """What a command prints."""
    ended = CliRunner().invoke(cli, [*args, "--archive", str(root), "--config", str(root.parent / "none")])
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_log_of_the_address_names_the_article_before(reused: tuple[Path, list[str]]) -> None:
    root, (first, _) = reused
    assert f"earlier at this address: {PIER.title} (`scraper log {first}`)" in said(root, "log", LIVE)


def test_log_of_the_first_says_that_its_address_was_given_away(reused: tuple[Path, list[str]]) -> None:
    root, (first, second) = reused
    told = said(root, "log", first)
    assert f"another article is at this address since 2026-03-01T15:00:00Z: {SNOW.title}" in told
    assert f"`scraper log {second}`" in told
    assert "gone" not in told


def test_each_id_shows_its_own_text_and_visits(reused: tuple[Path, list[str]]) -> None:
    root, (first, second) = reused
    assert said(root, "show", first).startswith(PIER.title)
    assert said(root, "show", second).startswith(SNOW.title)
    assert [line.split()[1] for line in said(root, "log", first, "--visits").splitlines()] == ["new", "partial"]


def test_why_says_that_the_address_was_used_before(reused: tuple[Path, list[str]]) -> None:
    root, (first, _) = reused
    assert f"at an address that was used before (reused: {first} was here)" in said(root, "why", LIVE)
    assert "not watched" in said(root, "why", first)
