"""The daemon where things are short or broken: an outlet that wants too much, a full disk, a damaged file.

What single answers may do to it is in `tests/matrix`.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for

GOOD = "good.example"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty archive."""
    return Program(tmp_path)


OTHER = article_page(
    "Heavy snowfall closed all mountain roads overnight, stranding several hundred lorries near the tunnel.",
    "Police asked drivers to stay at home until ploughs had cleared at least one lane, perhaps by Sunday.",
    "Two villages are without power, and the hospital runs on its generator, the governor's office said.",
    "Forecasters expect the wind to turn at night and the snow to give way to rain in the lower valleys.",
    title="Snow closes mountain roads",
)


def visits(program: Program) -> list[dict[str, Any]]:
    """The log's visits."""
    return [line for line in program.log() if line["event"] == "visit"]


def paper(count: int, host: str = GOOD) -> Site:
    """One outlet with a feed of `count` articles."""
    site = Site({f"{host}/s{n}": article_page(f"Number {n}.", *PARAGRAPHS, title=f"S {n}") for n in range(count)})
    site.routes[f"{host}/feed.xml"] = feed(*(f"http://{host}/s{n}" for n in range(count)))
    return site


def events(program: Program, name: str) -> list[dict[str, Any]]:
    """The log's lines with this word."""
    return [line for line in program.log() if line["event"] == name]


def test_a_host_rests_when_its_day_is_spent(program: Program) -> None:
    """Whatever it announces; said once in the log, and shown by status."""
    with serve(paper(9)) as site:
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD, every="60s")}, more="[visits]\nper_host_day = 5\n")
        with program.daemon():
            wait_for(lambda: events(program, "host-capped"))
            time.sleep(2.5)
    assert (len(program.texts()), len(events(program, "host-capped"))) == (3, 1)
    assert "1 left alone for a while" in program.run("status").stdout


def test_what_is_announced_as_old_waits_behind_the_rest(program: Program) -> None:
    """It is visited last; what has no date, or none that can be read, is taken for fresh."""
    items = "".join(
        f"<item><title>t</title><link>http://{GOOD}/s{n}</link>{date}</item>"
        for n, date in enumerate(["<pubDate>Mon, 02 Jan 2017 10:00:00 GMT</pubDate>", "<pubDate>soon</pubDate>", ""])
    )
    with serve(paper(3)) as site:
        body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        site.routes[f"{GOOD}/feed.xml"] = (200, {"Content-Type": "application/rss+xml"}, body.encode())
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)})
        with program.daemon():
            wait_for(lambda: len(program.texts()) == 3)
    assert [path for path in site.paths(GOOD) if path != "/feed.xml"][-1] == "/s0"


def test_the_daemon_stops_before_the_disk_is_full_and_goes_on_by_itself(program: Program) -> None:
    """One line when it stops, one when it goes on; it asks nobody meanwhile."""
    program.archive.mkdir()
    free = shutil.disk_usage(program.archive).free
    ballast = program.root / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 600_000_000)
    with serve(paper(2)) as site:
        low = f'[archive]\nlow_water = "{free // 10**6 - 300}MB"\n'
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)}, more=low)
        with program.daemon() as daemon:
            wait_for(lambda: events(program, "disk-low"))
            time.sleep(3)
            assert (program.texts(), daemon.poll()) == ([], None)
            ballast.unlink()
            wait_for(lambda: len(program.texts()) == 2)
    assert len(events(program, "disk-low")) == len(events(program, "archive-back")) == 1


def test_one_damaged_file_does_not_stop_the_daemon(program: Program) -> None:
    """The article fails by name; others are visited as ever."""
    with serve(paper(1)) as site:
        program.configure(site, GOOD, outlets={GOOD: outlet(GOOD)})
        program.fetch(f"http://{GOOD}/s0")
        [text] = program.texts()
        side = text.with_suffix(".json")
        side.chmod(0o644)
        side.write_bytes(side.read_bytes()[:-20])
        site.routes |= paper(3).routes
        site.routes[f"{GOOD}/s0"] = OTHER
        hasten(program)
        with program.daemon():
            wait_for(
                lambda: {line["url"][-2:]: line["verdict"] for line in visits(program)}.keys() == {"s0", "s1", "s2"}
            )
    ends = {line["url"][-2:]: (line["verdict"], (line["reason"] or "").split(":")[0]) for line in visits(program)}
    assert ends == {"s0": ("failed", "damaged"), "s1": ("new", ""), "s2": ("new", "")}
    assert events(program, "archive-trouble") == []


def hasten(program: Program) -> None:
    """Make everything that waits due now."""
    from scraper.store.catalogue import Catalogue  # noqa: PLC0415  # only here

    catalogue = Catalogue.open(program.archive / "catalogue.sqlite")
    with catalogue.write() as db:
        db.execute("UPDATE frontier SET next_visit = 0")
    catalogue.close()
