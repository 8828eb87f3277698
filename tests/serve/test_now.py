"""What a newsroom sees at breakfast: what runs now, what was asked for, and which edits, chosen as one likes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from scraper.article import Block
from scraper.cli import cli
from scraper.errors import ArchiveUnwritable
from scraper.model import Outlet
from scraper.notices import RuleState
from scraper.present import AtWork, Visited, lately, working
from scraper.serve.jobs import CUT, FOLDER, NOTE, Jobs, Limits
from scraper.serve.standing import VISITED
from scraper.store.present import statements
from scraper.store.slips import Slips
from tests.serve.shown import FERRY, Shown, fill, shown
from tests.site import Program, Site, outlet, serve, wait_for
from tests.store.kit import HARBOUR, OUTLET, START, article, capture_and_commit

SINCE = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("roles", "said", "todo"),
    [
        ((), "No daemon is at work on this archive", "scraper run"),
        (("web",), "Only these pages are served", "scraper run --role scheduler,worker"),
        (("scheduler", "web"), "without the role worker: articles are not visited", "scraper run --role worker"),
        (("worker",), "without the role scheduler: sources are not looked at", "scraper run --role scheduler"),
        (("scheduler", "web", "worker"), "The daemon has been at work since 2026-11-22 08:12", None),
    ],
)
def test_who_is_at_work_is_told_and_what_to_do_if_nobody_is(
    roles: tuple[str, ...], said: str, todo: str | None
) -> None:
    found = working([AtWork("process 1", roles, SINCE)] if roles else [])
    assert (said in found[0], found[1]) == (True, todo)


def test_a_busy_archive_is_one_line() -> None:
    """The busiest outlets by name, the others counted."""
    said = lately([Visited(f"{name}.example", 9, 0, 0, 0, SINCE) for name in "abcdefg"])
    assert said.startswith("63 visits in the last 10 minutes: a.example 9, b.example 9, ")
    assert said.endswith("e.example 9 and 2 outlets more")


def text_of(site: Shown, path: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", site.client.get(path).text).split())


def test_the_front_page_tells_what_runs_now(tmp_path: Path) -> None:
    """From what processes share: locks, visits and the frontier; the page itself runs nothing."""
    with shown(tmp_path / "archive", now=lambda: START + timedelta(hours=5, minutes=5)) as site:
        fill(site.archive)
        assert "No daemon is at work on this archive: nothing is looked at or visited." in text_of(site, "/")
        with site.archive.hold_daemon_lock(("scheduler", "worker")):
            told = text_of(site, "/")
    assert re.search(r"The daemon has been at work since \d{4}-\d\d-\d\d \d\d:\d\d\.", told)
    assert "1 visit in the last 10 minutes. At work process " in told
    assert "Visited news.example 1, last 2024-06-02 14:30 Sources 0 looked at in that time" in told
    assert "Gone lately Ferry sails news.example, since 2024-06-02 14:30" in told
    assert "nothing is late" in told


def test_programs_are_told_what_the_page_tells(tmp_path: Path) -> None:
    """By `/api/v1/status`, and by `scraper status --json` in the same words."""
    with shown(tmp_path / "archive", now=lambda: START + timedelta(hours=5, minutes=5)) as site:
        fill(site.archive)
        with site.archive.hold_daemon_lock(("scheduler",)):
            found = site.json("/api/v1/status")["now"]
            told = text_of(site, "/")
            ran = CliRunner().invoke(cli, ["status", "--json", "--archive", str(site.archive.root)])
    said = json.loads(ran.stdout)["now"]
    assert found["said"] in told
    assert (found["todo"], found["lately"].partition(":")[0]) == (
        "scraper run --role worker",
        "1 visit in the last 10 minutes",
    )
    assert found["visited"] == [
        {"outlet": "news.example", "visits": 1, "new": 0, "edited": 0, "failed": 0, "last": "2024-06-02T14:30:00Z"}
    ]
    assert [one["url"] for one in found["went"]] == [FERRY]
    assert [said[name] for name in ("said", "todo")] == [found[name] for name in ("said", "todo")]
    assert said.keys() == found.keys()


def test_the_fetches_that_were_asked_for_are_told_without_their_words(tmp_path: Path) -> None:
    async def act(url: str) -> dict[str, object]:
        return {"url": url, "verdict": "edited", "edit": {"parts": ["x" * 1000]}}

    with shown(tmp_path / "archive", jobs=Jobs(act)) as site:
        for number in range(25):
            site.client.post("/api/v1/fetch", json={"url": f"https://news.example/{number}"})
        wait_for(lambda: {one["state"] for one in site.json("/api/v1/status")["asked"]} == {"done"})
        found = site.json("/api/v1/status")["asked"]
    assert [one["url"] for one in found] == [f"https://news.example/{number}" for number in range(24, 4, -1)]
    assert found[0]["result"] == {"url": "https://news.example/24", "verdict": "edited"}


def test_no_more_outlets_are_told_than_can_be_read(tmp_path: Path) -> None:
    with shown(tmp_path / "archive", now=lambda: START + timedelta(hours=1)) as site:
        for number in range(VISITED + 5):
            found = article("Eins.", f"https://o{number}.example/a")
            capture_and_commit(site.archive, found, found.url, START + timedelta(hours=1), f"o{number}.example")
        now = site.json("/api/v1/status")["now"]
    assert (len(now["visited"]), now["lately"][:2]) == (VISITED, "55")


def test_a_longer_list_and_a_chosen_one_do_not_tell_it_again(site: Shown) -> None:
    cursor = site.json("/api/v1/changes", {"limit": 1})["next"]
    assert "at work" not in text_of(site, f"/?cursor={cursor}")


@pytest.mark.parametrize("name", ["visited", "coming", "went"])
def test_what_runs_now_costs_the_same_in_any_archive(site: Shown, name: str) -> None:
    """No table is read whole: visits from their end, the frontier by its index."""
    values = dict.fromkeys(re.findall(r":([a-z_]+)", statements()[name]), 1)
    with site.archive.catalogue.read() as db:
        plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statements()[name]}", values)]
    scans = [step for step in plan if step.startswith("SCAN") and not re.match(r"SCAN (visits|\(subquery|f$)", step)]
    assert scans == [], plan
    assert all("LIMIT" in statements()[name] for step in plan if step == "SCAN visits")


def test_the_rules_of_notifications_are_shown_with_what_ails_them(tmp_path: Path) -> None:
    """In a table, among what needs attention, and as figures: by name, which is all that is not secret."""
    waits = RuleState("figures", True, 7, 1, START, "status 503", START, START - timedelta(hours=3), START)
    with shown(tmp_path / "archive", rules=lambda: [waits, RuleState("harbour")], now=lambda: START) as site:
        told = text_of(site, "/status")
        figures = site.client.get("/metrics").text
        (need,) = site.json("/api/v1/status")["attention"]
    assert "figures 7 1 2024-06-02 09:30 status 503, 2024-06-02 09:30 ; again 2024-06-02 09:30" in told
    assert "harbour 0 0 never begins with the daemon" in told
    assert need["said"] == "the messages of rule figures have not been taken for 3 hours: status 503"
    assert need["said"] in told
    assert 'scraper_message_waits{rule="figures"} 1.0' in figures
    assert 'scraper_attention{word="notify"} 1.0' in figures


# ---------------------------------------------------------------------------------------------------- choosing


def test_all_choices_hold_at_once_and_edits_stand_by_article(tmp_path: Path) -> None:
    """Outlet, kind, silence, language and period; the day that ends the period belongs to it."""
    deutsch = Outlet("zeitung.example", "Zeitung", "https://zeitung.example/", language="de")
    outlets = {OUTLET.id: OUTLET, deutsch.id: deutsch}
    with shown(tmp_path / "archive") as site:
        object.__setattr__(site.site, "outlets", lambda: outlets)
        fill(site.archive)
        for number in range(3):
            found = article("Eins.", "https://zeitung.example/a", blocks=(Block("paragraph", f"Text {number}."),))
            at = START + timedelta(days=number)
            capture_and_commit(site.archive, found, found.url, at, deutsch.id)
        whole = site.client.get("/").text
        assert (whole.count('<article class="card">'), whole.count('<section class="edit"')) == (2, 4)
        day = f"{START:%Y-%m-%d}"
        chosen = {"outlet": OUTLET.id, "kind": "figures", "stealth": "true", "since": day, "until": day}
        assert site.client.get("/", params=chosen).text.count('<section class="edit"') == 1
        others = {
            "outlet": deutsch.id,
            "kind": "quotes",
            "since": "2024-06-03",
            "until": "2024-06-01",
            "language": "de",
        }
        for name, other in others.items():
            assert '<section class="edit"' not in site.client.get("/", params=chosen | {name: other}).text, name
        german = site.client.get("/", params={"language": "de", "until": f"{START + timedelta(days=1):%Y-%m-%d}"})
        assert german.text.count('<section class="edit"') == 1


def test_the_feed_of_a_choice_gives_the_edits_of_the_page(site: Shown) -> None:
    page = site.client.get("/", params={"until": f"{START:%Y-%m-%d}", "stealth": "true"}).text
    (link,) = re.findall(r'type="application/atom\+xml" [^>]*href="([^"]+)"', page)
    assert site.client.get(link.replace("&amp;", "&")).text.count("<entry>") == page.count('<section class="edit"') == 1


# ---------------------------------------------------------------------------------------------------- asked for


async def _never(_url: str) -> dict[str, Any]:
    raise AssertionError("nobody works here")


@pytest.fixture
def desk(tmp_path: Path) -> Slips:
    (tmp_path / "archive" / ".run").mkdir(parents=True)
    return Slips(tmp_path / "archive", FOLDER)


def asked(site: Shown, url: str) -> str:
    """The page of the fetch that a person asks for."""
    return str(site.client.post("/fetch", data={"url": url}).headers["location"])


def test_what_was_asked_for_is_still_known_after_a_restart(tmp_path: Path, desk: Slips) -> None:
    """What ended is told as it was; what did not says so, and what the archive has under that address."""

    async def act(url: str) -> dict[str, object]:
        return {"url": url, "verdict": "refused", "reason": "robots", "edit": {"parts": ["x" * 1000]}}

    with shown(tmp_path / "archive", jobs=Jobs(act, desk=desk)) as site:
        fill(site.archive)
        done = asked(site, "https://news.example/forbidden")
        wait_for(lambda: b"robots" in (desk.read(NOTE) or b""))
        assert b"xxx" not in (desk.read(NOTE) or b"")
    with shown(tmp_path / "archive", jobs=Jobs(_never, Limits(at_once=0), desk=desk)) as site:
        cut = asked(site, HARBOUR)
        assert f'href="{cut}"' in site.client.get("/").text
        wait_for(lambda: HARBOUR.encode() in (desk.read(NOTE) or b""))
    with shown(tmp_path / "archive", jobs=Jobs(_never, Limits(at_once=0), desk=desk)) as site:
        assert "refused: robots.txt does not allow it" in text_of(site, done)
        told = site.client.get(cut).text
        assert (CUT in told, f'<a href="/articles/{site.id()}">Harbour reopens</a>' in told) == (True, True)
        assert site.json(f"/api/v1{cut}")["state"] == "failed"


def test_a_fetch_that_nobody_remembers_is_told_calmly(mine: Shown) -> None:
    answer = mine.client.get("/fetch/0123456789abcdef")
    assert answer.status_code == 404
    assert "Nobody remembers this fetch" in answer.text
    assert 'action="/fetch"' in answer.text


@pytest.mark.parametrize("note", [b"", b"{", b'[{"id": 1}]', b"\xff\xfe", b"[" * 100_000])
def test_a_note_that_makes_no_sense_is_none(tmp_path: Path, desk: Slips, note: bytes) -> None:
    desk.write(NOTE, note)
    assert Jobs(_never, desk=desk).last(5) == []


def test_no_note_is_left_where_a_disk_was(tmp_path: Path, desk: Slips) -> None:
    """The next one who looks would take the bare folder for an archive."""
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    with pytest.raises(ArchiveUnwritable, match="bring the disk back"):
        desk.write(NOTE, b"[]")
    assert not (tmp_path / "archive").exists()


def test_a_damaged_place_for_notes_stops_no_fetch(tmp_path: Path, desk: Slips) -> None:
    """It is a courtesy: what is archived does not hang on it."""
    (tmp_path / "archive" / ".run" / FOLDER).write_text("in the way")

    async def act(url: str) -> dict[str, object]:
        return {"url": url, "verdict": "same", "article_id": "0" * 16}

    with shown(tmp_path / "archive", jobs=Jobs(act, desk=desk)) as site:
        places = [asked(site, f"https://news.example/{name}") for name in "ab"]
        wait_for(lambda: [site.client.get(place).status_code for place in places] == [303, 303])


def test_pages_and_daemon_as_two_processes_share_the_pace_of_a_host(tmp_path: Path) -> None:
    """The process that serves the pages fetches what it is asked for, by the same turn as the daemon beside it."""
    program, site = Program(tmp_path, delay="1s"), Site()
    paths = [f"/2026/11/22/story-{number}" for number in range(4)]
    story = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>{1}</article></body></html>"
    text = "".join(f"<p>The harbour opens its berth number {n} to boats of every size on Monday.</p>" for n in range(9))
    for path in paths:
        site.routes[f"news.test{path}"] = story.format(f"Harbour {path[-1]} reopens", text.replace("berth", path[-7:]))
    items = "".join(f"<item><link>http://news.test{path}</link></item>" for path in paths[:3])
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    site.routes["news.test/feed.xml"] = (200, {"Content-Type": "application/rss+xml"}, rss.encode())
    with serve(site):
        program.configure(site, "news.test", outlets={"news.test": outlet("news.test", every="1h")})
        with program.daemon("--role", "web"):
            wait_for(lambda: _address(program))
            with httpx.Client(base_url=_address(program), trust_env=False, timeout=30) as client:
                assert "Only these pages are served" in client.get("/").text
                with program.daemon("--role", "scheduler,worker"):
                    wait_for(lambda: len(program.texts()) >= 1)
                    place = client.post("/fetch", data={"url": f"http://news.test{paths[3]}"}).headers["location"]
                    wait_for(lambda: client.get(place).status_code == 303)
                    assert client.get(client.get(place).headers["location"]).status_code == 200
                    wait_for(lambda: len(program.texts()) == 4)
                    wait_for(lambda: "The daemon has been at work since" in client.get("/").text)
    times = [at for at, *_ in site.asked]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.9
    assert sorted(site.paths("news.test")) == [*paths, "/feed.xml"]


def _address(program: Program) -> str:
    said = [line["address"] for line in program.log() if line["event"] == "listening"]
    return str(said[0]).rstrip("/") if said else ""
