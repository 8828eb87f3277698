"""An archive with some history, served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.shown import Shown, fill, shown


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The web side over two articles with a history, to look at."""
    with shown(tmp_path_factory.mktemp("shown") / "archive") as it:
        fill(it.archive)
        yield it


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Shown]:
    """The same, to write to or to harm."""
    with shown(tmp_path / "archive") as it:
        fill(it.archive)
        yield it
