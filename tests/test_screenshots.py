"""The pictures in README and docs: there, small, shown, and all of them made by `make screenshots`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.screenshots import IMAGES, LARGEST, PICTURES

ROOT = IMAGES.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown(page: Path) -> set[Path]:
    """The pictures that a page shows."""
    return {(page.parent / name).resolve() for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text("utf-8"))}


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    taken = {(IMAGES / f"{picture.name}.png").resolve() for picture in PICTURES}
    assert set().union(*map(shown, PAGES)) == taken == {path.resolve() for path in IMAGES.iterdir()}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_small_and_as_wide_as_its_window(picture: object) -> None:
    """A PNG begins with its width and height."""
    assert isinstance(picture, type(PICTURES[0]))
    data = (IMAGES / f"{picture.name}.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(data) <= LARGEST
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == picture.size


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
