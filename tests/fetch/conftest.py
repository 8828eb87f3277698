"""Servers and clients for this verb's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scraper.fetch.client import Client
from tests.fetch.helpers import fresh
from tests.fetch.hostile import Hostile


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def site(anyio_backend: str) -> AsyncIterator[Hostile]:
    """A site that misbehaves; beside it there may be others, at `{other}` and at the forbidden `{canary}`."""
    async with Hostile(other="127.0.0.2", canary="127.0.0.3") as server:
        yield server


@pytest.fixture
async def other(site: Hostile) -> AsyncIterator[Hostile]:
    """A second site that may be reached, at the same port."""
    places = {"/robots.txt": b"HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\nUser-agent: testbot\nDisallow: /private\n "}
    async with Hostile("127.0.0.2", site.port, {**places}, other="127.0.0.1", canary="127.0.0.3") as server:
        yield server


@pytest.fixture
async def canary(site: Hostile) -> AsyncIterator[Hostile]:
    """A site that must never be reached, at the same port."""
    async with Hostile("127.0.0.3", site.port) as server:
        yield server


@pytest.fixture
async def client(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Client]:
    async with fresh(tmp_path / "hosts") as fetcher:
        yield fetcher
