"""Who comes in a crowd is told to come again; whether the process lives can be asked always."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from scraper.serve.crowd import MOST
from tests.serve.shown import Shown
from tests.site import wait_for


def test_too_many_at_once_are_told_to_come_again(mine: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and without waiting for those who came before; these get their answers."""
    over = threading.Event()
    now_at = type(mine.site.library).status

    def slow(*args: object) -> object:
        over.wait(60)
        return now_at(*args)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(type(mine.site.library), "status", slow)
    limits = httpx.Limits(max_connections=MOST + 20)
    with httpx.Client(base_url=mine.client.base_url, trust_env=False, timeout=60, limits=limits) as client:
        with ThreadPoolExecutor(MOST + 20) as pool:
            crowd = [pool.submit(client.get, "/api/v1/status") for _ in range(MOST + 20)]
            wait_for(lambda: sum(one.done() for one in crowd) == 20)
            assert mine.client.get("/healthz").status_code == 200
            over.set()
        answers = Counter(one.result().status_code for one in crowd)
        [told] = {one.result().text for one in crowd if one.result().status_code == 503}
        assert (answers, "busy" in told) == ({200: MOST, 503: 20}, True)
        assert client.get("/api/v1/changes").status_code == 200
