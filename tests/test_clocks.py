"""T1 to T4: clocks that are wrong, are set, change with the season or the zone, under the real program."""

from __future__ import annotations

import itertools
import json
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.kit import dumped
from tests.stunt import Stunted
from tests.test_disk_trouble import readiness, setup

HOST = "paper.example"
HOUR, YEAR = 3600, 365 * 86_400
_DATE = "2026-03-01T09:00:00+00:00"


def told(at: str, _headers: object = None) -> str:
    """A page that says so of its time, and is never twice the same beside its text."""
    return article_page(banner=f"Reader {next(_COUNT)}").replace(_DATE, at)


_COUNT = itertools.count()


# zone of the outlet, what its page says, the moment that is
MOMENTS = {
    "gap": ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T02:30:00+01:00"),
    "overlap": ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),
    "west": ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00"),
    "half-hour-gap": ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:15:00+10:30"),
    "said": ("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
    "summer": ("Europe/Berlin", "2026-07-01T12:00:00", "2026-07-01T12:00:00+02:00"),
}


def test_a_time_without_offset_is_one_moment_and_stays_it(tmp_path: Path) -> None:
    """T4: also in the hours in which clocks are changed; seen again it is no edit."""
    program, hosts = Program(tmp_path), {f"{name}.example": moment for name, moment in MOMENTS.items()}
    site = Site({f"{host}/story": partial(told, at) for host, (_, at, _) in hosts.items()})
    with serve(site):
        outlets = {host: f'timezone = "{zone}"\n{outlet(host)}' for host, (zone, _, _) in hosts.items()}
        program.configure(site, *hosts, outlets=outlets)
        for verdict in ("new", "same"):
            done = program.fetch("--force", *(f"http://{host}/story" for host in hosts))
            assert [line["verdict"] for line in done] == [verdict] * len(hosts)
    found = {text.parents[2].parent.name: text.with_suffix(".json") for text in program.texts()}
    dates = {host: json.loads(side.read_text())["datePublished"] for host, side in found.items()}
    assert dates == {host: instant for host, (_, _, instant) in hosts.items()}


def test_the_zone_of_the_machine_changes_nothing_that_is_kept(tmp_path: Path) -> None:
    """T4: at both ends of the world texts and names are the same, and all times are UTC."""
    found = {}
    for zone in ("Pacific/Kiritimati", "America/St_Johns"):
        program, site = Stunted(tmp_path / zone.replace("/", "-")), Site({f"{HOST}/a": told("2026-07-01T23:30:00")})
        program.root.mkdir()
        program.say("zone", zone)
        program.say("ahead", datetime(2026, 7, 1, 23, 45, tzinfo=UTC).timestamp() - time.time())
        with serve(site):
            program.configure(site, HOST, outlets={HOST: outlet(HOST)})
            assert program.fetch(f"http://{HOST}/a")[0]["verdict"] == "new"
        (text,) = program.texts()
        found[zone] = (str(text.relative_to(program.root)), text.read_bytes())
        captured = json.loads(text.with_suffix(".json").read_text())["archive"]["captured_at"]
        assert captured.startswith("2026-07-01T23:4")
    assert len(set(found.values())) == 1


class Edited:
    """A page of which every look sees another figure; how often it was asked for."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, _headers: object) -> str:
        """The page as it is now."""
        self.seen += 1
        return article_page(f"The harbour counted {100 + self.seen} boats on Monday, a record.", *PARAGRAPHS)


def requests(site: Site, seconds: float) -> list[tuple[float, str]]:
    """What was asked for within the last seconds."""
    since = time.monotonic() - seconds
    return [(at, path) for at, _, path in site.asked if at >= since]


def test_a_clock_that_is_wrong_and_set_again_stops_and_storms_nothing(tmp_path: Path) -> None:
    """T1, T2, T3: 1970 at boot, set right, an hour back, a year ahead and back again, in another zone each time. New
    articles are found all along, nobody is asked in a storm, and versions are in the order of captures."""
    program, site, page = Stunted(tmp_path, delay="200ms"), Site(), Edited()
    now = time.time()
    program.say("ahead", -now + 120)
    times = {"right": 0, "an hour back": -HOUR, "a year ahead": YEAR, "right again": 0}
    zones = ("Asia/Kathmandu", "America/St_Johns", "", "Pacific/Kiritimati")
    with serve(site):
        port = setup(program, site)
        site.routes = {f"{HOST}/2026/edited": page}
        links: list[str] = [f"http://{HOST}/2026/edited"]
        site.routes[f"{HOST}/feed.xml"] = lambda _: feed(*links)
        with program.daemon() as daemon:
            wait_for(lambda: readiness(port) == (503, "clock-unset"))
            assert site.asked == []
            for number, ahead in enumerate(times.values()):
                program.say("zone", zones[number])
                program.say("ahead", ahead)
                link = f"{HOST}/2026/news-{number}"
                site.routes[link] = article_page(*(f"{text} (for {number})" for text in PARAGRAPHS), title=link)
                links.append(f"http://{link}")
                wait_for(partial(has_fresh, program, number + 1))
                time.sleep(3)
                asked = Counter(path for _, path in requests(site, 3))
                assert sum(asked.values()) <= 15, "every 200 ms at the most"
                assert max((asked[path] for path in asked if path != "/feed.xml"), default=0) <= 2
            assert readiness(port) == (200, "ready")
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
    assert 1 <= page.seen <= 12
    made = [
        line["version"] for line in program.log() if line.get("url") == links[0] and line.get("version") is not None
    ]
    assert made == list(range(len(made)))
    assert [line["event"] for line in program.log()].count("clock-set") == len(times)
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"
    before = dumped(program.archive)
    assert program.run("reindex").returncode == 0
    assert dumped(program.archive) == before


def has_fresh(program: Program, many: int) -> bool:
    """Whether so many of the articles are kept that were announced one after the other."""
    return sum("/news-" in str(path) for path in program.texts()) == many


def test_versions_are_in_the_order_of_captures_whatever_the_clock_says(tmp_path: Path) -> None:
    """T1, T2: the second is an hour older than the first by the clock, the third a year younger."""
    program, site, page = Stunted(tmp_path), Site(), Edited()
    site.routes = {f"{HOST}/2026/edited": page}
    with serve(site):
        program.configure(site, HOST, outlets={HOST: outlet(HOST)})
        for ahead in (0, -HOUR, YEAR):
            program.say("ahead", ahead)
            program.fetch("--force", f"http://{HOST}/2026/edited")
    assert page.seen == 3
    texts = program.texts()
    assert [f"{101 + number} boats" in text.read_text() for number, text in enumerate(texts)] == [True] * 3
    sides = [json.loads(text.with_suffix(".json").read_text()) for text in texts]
    times = [datetime.fromisoformat(side["archive"]["captured_at"]) for side in sides]
    assert times[1] < times[0] - timedelta(minutes=50)
    assert times[2] > times[0] + timedelta(days=364)
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"
