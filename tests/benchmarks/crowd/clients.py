"""Those who look: each in turn searches, reads, compares and downloads, and says how long it took. Its own process.

    python -m tests.benchmarks.crowd.clients PORT CLIENTS IDLE THINK SECONDS

Prints JSON: for each kind of request how many seconds each answer took, and how many answers had which status.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.stories import Newsroom

API = "/api/v1"


class Crowd:
    """All of them, and what they were told."""

    def __init__(self, port: int, think: float, seconds: float) -> None:
        self.port, self.think = port, think
        self.until = time.monotonic() + seconds
        self.took: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[str] = Counter()
        self._words = Newsroom("en", 5)

    async def look(self, number: int) -> None:
        """One who looks until time is up."""
        chance = random.Random(number)
        base = f"http://127.0.0.1:{self.port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=60) as client:
            await asyncio.sleep(chance.random() * self.think)
            known: list[str] = []
            while time.monotonic() < self.until:
                kind, path = self._next(chance, known)
                answer = await self._ask(client, kind, path)
                if answer and kind == "list":
                    known = [one["id"] for one in answer.json()["items"]]
                await asyncio.sleep(chance.uniform(0, 2 * self.think))

    def _next(self, chance: random.Random, known: list[str]) -> tuple[str, str]:
        if not known:
            return "list", f"{API}/articles?limit=200"
        article = chance.choice(known)
        return chance.choice([
            ("search", f"{API}/search?q={'+'.join(self._words.words(2))}"),
            ("article", f"/articles/{article}"),
            ("version", f"{API}/articles/{article}/versions/0"),
            ("record", f"{API}/articles/{article}/versions/0?format=warc"),
            ("changes", f"{API}/changes"),
            ("front", "/"),
            ("feed", "/feeds/changes.atom"),
            ("status", f"{API}/status"),
        ])  # fmt: skip

    async def _ask(self, client: httpx.AsyncClient, kind: str, path: str) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await client.get(path)
        except httpx.HTTPError as error:
            self.statuses[type(error).__name__] += 1
            return None
        self.took[kind].append(round(time.monotonic() - began, 4))
        self.statuses[str(answer.status_code)] += 1
        return answer if answer.status_code == 200 else None


@contextlib.asynccontextmanager
async def _idle(port: int, number: int) -> AsyncIterator[None]:
    """So many connections that say nothing; who is hung up on comes again."""

    async def wait() -> None:
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()
            await asyncio.sleep(1)

    tasks = [asyncio.create_task(wait()) for _ in range(number)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _main(port: int, clients: int, idle: int, think: float, seconds: float) -> dict[str, Any]:
    crowd = Crowd(port, think, seconds)
    async with _idle(port, idle):
        await asyncio.gather(*(crowd.look(number) for number in range(clients)))
    return {"took": crowd.took, "statuses": crowd.statuses}


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    print(json.dumps(asyncio.run(_main(int(given[0]), int(given[1]), int(given[2]), *given[3:]))))
