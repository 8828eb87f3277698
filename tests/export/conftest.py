"""One awkward archive for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.kit import Command, hostile


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive. Nobody writes to it."""
    root = tmp_path_factory.mktemp("kept") / "archive"
    hostile(root)
    return root


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """One to be damaged."""
    root = tmp_path / "archive"
    hostile(root)
    return root


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    """The command."""
    return Command(capfdbinary)
