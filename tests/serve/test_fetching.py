"""A fetch can be asked for and followed; what is asked too often waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scraper.serve.jobs import Jobs, Limits
from tests.serve.shown import Shown, shown
from tests.site import wait_for

START = datetime(2026, 1, 1, tzinfo=UTC)


def asked(site: Shown, url: str) -> Any:
    """What a POST gives: its status, and the job."""
    answer = site.client.post("/api/v1/fetch", json={"url": url})
    return answer.status_code, answer.headers, answer.json()


def test_a_fetch_is_queued_done_and_told(mine: Shown) -> None:
    status, headers, job = asked(mine, "HTTP://News.Example/a?utm_source=x")
    assert (status, job["url"]) == (202, "http://news.example/a")
    wait_for(lambda: mine.json(headers["location"])["state"] == "done")
    assert mine.json(headers["location"])["result"] == {"url": "http://news.example/a", "verdict": "new"}
    assert mine.asked == ["http://news.example/a"]


def test_a_fetch_that_breaks_is_told_and_ends_no_other(tmp_path: Path) -> None:
    async def act(url: str) -> dict[str, object]:
        if url.endswith("bad"):
            raise RuntimeError("no room on the disk")
        return {"verdict": "new"}

    with shown(tmp_path / "archive", jobs=Jobs(act, Limits(at_once=1))) as site:
        bad, good = (asked(site, f"http://x.example/{name}")[1]["location"] for name in ("bad", "good"))
        wait_for(lambda: site.json(good)["state"] == "done")
        assert (site.json(bad)["state"], site.json(bad)["error"]) == ("failed", "no room on the disk")


def test_too_many_in_a_minute_are_told_when_to_come_again(tmp_path: Path) -> None:
    clock = [START]

    async def act(url: str) -> dict[str, object]:
        return {"url": url}

    with shown(tmp_path / "archive", jobs=Jobs(act, Limits(a_minute=2), lambda: clock[0])) as site:
        assert [asked(site, f"http://x.example/{n}")[0] for n in range(3)] == [202, 202, 429]
        clock[0] += timedelta(seconds=20)
        assert asked(site, "http://x.example/3")[1]["retry-after"] == "40"
        clock[0] += timedelta(seconds=41)
        assert asked(site, "http://x.example/4")[0] == 202


def test_the_same_url_twice_is_one_fetch(tmp_path: Path) -> None:
    """Somebody who clicks twice does not ask twice."""
    with shown(tmp_path / "archive", jobs=Jobs(_never, Limits(at_once=0))) as site:
        first, second = (asked(site, "http://x.example/a")[2]["id"] for _ in range(2))
        assert first == second


def test_a_long_queue_takes_no_more(tmp_path: Path) -> None:
    with shown(tmp_path / "archive", jobs=Jobs(_never, Limits(at_once=0, waiting=2))) as site:
        assert [asked(site, f"http://x.example/{n}")[0] for n in range(3)] == [202, 202, 429]


def test_old_fetches_are_forgotten(tmp_path: Path) -> None:
    async def act(url: str) -> dict[str, object]:
        return {"url": url}

    with shown(tmp_path / "archive", jobs=Jobs(act, Limits(kept=1))) as site:
        places = []
        for number in range(3):
            places.append(asked(site, f"http://x.example/{number}")[1]["location"])
            wait_for(lambda: site.json(places[-1])["state"] == "done")
        assert site.client.get(places[0]).status_code == 404
        assert site.json(places[-1])["state"] == "done"


def test_who_only_shows_says_so(tmp_path: Path) -> None:
    with shown(tmp_path / "archive", jobs=None) as site:
        status, _, told = asked(site, "http://x.example/a")
    assert (status, told["type"]) == (503, "urn:scraper:problem:read-only")


def test_while_nothing_can_be_stored_nothing_is_fetched(tmp_path: Path) -> None:
    with shown(tmp_path / "archive", trouble=lambda: "disk-low") as site:
        status, headers, told = asked(site, "http://x.example/a")
        assert (status, told["type"], site.asked) == (503, "urn:scraper:problem:disk-low", [])
        assert headers["retry-after"] == "60"


async def _never(_url: str) -> dict[str, object]:
    raise AssertionError("nobody works here")
