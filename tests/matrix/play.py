"""The table played: its servers, the program among them, and what is wrong with a row afterwards."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import psutil

from scraper import log, urls
from tests.fetch.answers import Visit, answer
from tests.fetch.hostile import Hostile, running
from tests.matrix.row import POISON, Row, make_all
from tests.matrix.sockets import PLAIN, SECURE, Authority
from tests.matrix.table import GOOD, paths
from tests.site import Program

# What the program itself may hold, and what it and the processes that read pages may hold together.
MOST_OWN, MOST_ALL = 400_000_000, 3_000_000_000
FEEDS = 16
SECOND = "second.example"
PRIVATE = answer(b"User-agent: *\nDisallow: /private\n", Content_Type="text/plain")
LIMITS = """\
[network]
delay = "0s"
deadline = "15s"
silence = "5s"
connect_timeout = "5s"
ca_file = "ca.pem"
connect_to = { %s }
[extract]
workers = 2
timeout = "60s"
[serve]
bind = "127.0.0.1:0"
"""


def said(line: Mapping[str, Any]) -> str:
    """`failed timeout again [flag]`: verdict, stable word, whether it will be tried again soon, and flags."""
    word = (line["reason"] or "").partition(":")[0] if line["verdict"] not in {"new", "same", "edited"} else ""
    flags = f"[{' '.join(line['flags'])}]" if line["flags"] else ""
    again = "again" if line["retry_at"] else ""
    return " ".join(filter(None, [line["verdict"], word, again, flags]))


@dataclass
class World:
    """The servers of the table: `main` plays most hosts, others play one each."""

    authority: Authority = field(default_factory=Authority)
    main: Hostile = field(init=False)
    second: Hostile = field(init=False)
    canary: Hostile = field(init=False)
    own: dict[str, Hostile] = field(init=False)

    def __post_init__(self) -> None:
        self.main = Hostile(paths=paths(), other="127.0.0.2", canary="127.0.0.3")
        self.second = Hostile("127.0.0.2", paths={"/robots.txt": PRIVATE}, canary="127.0.0.3")
        self.canary = Hostile("127.0.0.3")
        plain = {name: Hostile(paths=dict(does)) for name, does in PLAIN.items()}
        secure = {name: Hostile(paths=dict(does), tls=self.authority.context(name)) for name, does in SECURE.items()}
        self.own = plain | secure

    def address(self, row: Row) -> str:
        """Where the host of `row` is to be found."""
        if row.server == "nobody":
            return "127.0.0.1:1"
        site = self.main if row.server == "main" else self.own[row.server]
        return f"{site.host}:{site.port}"

    def visits(self, row: Row) -> list[Visit]:
        """What came to the host of `row`, its robots.txt left out."""
        own = self.own[row.server].visits if row.server in self.own else []
        came = [*own, *(visit for visit in self.main.visits if visit.host == row.host)]
        return [visit for visit in came if visit.path != "/robots.txt"]


@contextmanager
def started() -> Iterator[World]:
    """The servers, in a thread of their own."""
    make_all()
    world = World()
    with running(world.main, world.second, world.canary, *world.own.values()):
        yield world


def configure(program: Program, world: World, rows: Sequence[Row], *, outlets: bool = False) -> None:
    """Lead the hosts of `rows` to their servers; with `outlets`, a feed announces the addresses of each."""
    (program.config / "outlets").mkdir(parents=True, exist_ok=True)
    world.authority.write(program.config / "ca.pem")
    main = f"127.0.0.1:{world.main.port}"
    hosts = {SECOND: f"127.0.0.2:{world.main.port}", GOOD: main, "tls-downgrade.example": main}
    hosts |= {f"feeds{n}.example": main for n in range(FEEDS)}
    led = [f'"{host}:80" = "{address}"' for host, address in hosts.items()]
    led += [f'"{row.host}:{443 if row.secure else 80}" = "{world.address(row)}"' for row in rows]
    (program.config / "scraper.toml").write_text(LIMITS % ", ".join(led), encoding="utf-8")
    if outlets:
        places = {GOOD: f"http://{GOOD}/feeds/good"}
        places |= {row.host: f"http://feeds{n % FEEDS}.example/feeds/{row.id}" for n, row in enumerate(rows)}
        for host, place in places.items():
            text = (
                f'name = "{host}"\nhome = "http://{host}/"\n[[sources]]\nkind = "feed"\nurl = "{place}"\nevery = "1h"\n'
            )
            (program.config / "outlets" / f"{host}.toml").write_text(text, encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------ memory


@dataclass
class Scales:
    """The most that a process, and it with all it has started, was seen to hold, in bytes."""

    own: int = 0
    all: int = 0

    def weigh(self, process: psutil.Process) -> None:
        """Look once."""
        with contextlib.suppress(psutil.Error):
            own = process.memory_info().rss
            self.own = max(self.own, own)
            self.all = max(self.all, own + sum(child.memory_info().rss for child in process.children(recursive=True)))


@contextmanager
def weighed(pid: int) -> Iterator[Scales]:
    """Weigh a process five times a second while the block runs."""
    scales, over = Scales(), threading.Event()

    def watch() -> None:
        process = psutil.Process(pid)
        while not over.wait(0.2):
            scales.weigh(process)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield scales
    finally:
        over.set()
        thread.join()


# ------------------------------------------------------------------------------------------------------------- fetch


def fetched(program: Program, addresses: Sequence[str]) -> tuple[dict[str, str], Scales]:
    """One `scraper fetch` of all `addresses`: how each ended. Nothing is said but these lines."""
    command = program.command("fetch", "--json", "-")
    with (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as p,
        weighed(p.pid) as scales,
    ):
        out, err = p.communicate("\n".join(addresses), timeout=400)
    assert (p.returncode in {0, 1}, err) == (True, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == len(addresses)
    return {line["url"]: said(line) for line in lines}, scales


def time_passes(program: Program) -> None:
    """What waits for longer than a few seconds has waited: pauses of hosts are over, all visits are due."""
    for path in (program.archive / ".run" / "hosts").glob("*.json"):
        state = json.loads(path.read_text() or "{}")
        if state.get("pause", 0) > 3:
            path.write_text(json.dumps({**state, "pause": 0.0}), encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------ verdict


def kept(program: Program, row: Row) -> dict[str, str]:
    """The files of the articles of a row's host: path → text."""
    folder = program.archive / "articles" / row.host
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.*"))}


def wrong(program: Program, world: World, row: Row, ends: Sequence[str]) -> list[str]:
    """What is not as the row says; nothing, if all is."""
    found = [] if tuple(ends) == row.ends else [f"ended as {list(ends)}"]
    return [*found, *_wrong_texts(kept(program, row), row), *_wrong_visits(world.visits(row), row)]


def _wrong_texts(files: Mapping[str, str], row: Row) -> Iterator[str]:
    texts = [text for name, text in files.items() if name.endswith(".txt")]
    marks = set(re.findall(r"MARK-(\S+)", "".join(texts)))
    if len(texts) != row.versions:
        yield f"{len(texts)} texts"
    if marks != row.expected:
        yield f"marks {marks}"
    if any(POISON in text for text in files.values()):
        yield "poison"
    yield from (f"without {words!r}" for words in row.holds if texts and words not in texts[-1])


def _wrong_visits(visits: Sequence[Visit], row: Row) -> Iterator[str]:
    answered = [visit for visit in visits if visit.path != "*accept*"]
    if len(answered) > row.most_requests:
        yield f"{len(answered)} requests"
    if sum(visit.sent for visit in visits) > row.sent:
        yield f"{sum(visit.sent for visit in visits)} bytes"
    if any(visit.ended - visit.began > row.seconds for visit in visits):
        yield "seconds"
    if row.gap and any(two.began - one.began < row.gap for one, two in pairwise(answered)):
        yield "asked too soon"
    if any(visit.head > 16_384 for visit in visits if len(visit.path) < 10_000):
        yield "a long head"
    told = {name.lower() for visit in visits for name in visit.headers}
    yield from (f"sent {name}" for name in sorted(told & {"cookie", "authorization", "referer", "range"}))


def forbidden(world: World) -> list[str]:
    """What was asked for that nobody may ask for."""
    asked = [f"canary {visit.path}" for visit in world.canary.visits]
    asked += [visit.path for visit in world.second.visits if visit.path.startswith("/private")]
    asked += [visit.path for visit in world.main.visits if visit.path.startswith(("/own-api", "/i/"))]
    return asked


def by_row(rows: Sequence[Row], ends: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """How the fetches of each row ended, from how its addresses did in each round."""
    found: dict[str, list[str]] = defaultdict(list)
    for turn, lines in enumerate(ends):
        for row in rows:
            if turn < len(row.ends):
                found[row.id].append(lines.get(row.urls[turn], "nothing"))
    return found


def wait(condition: Any, seconds: float) -> bool:
    """Whether `condition` holds in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def known(url: str) -> str:
    """An address as the log has it."""
    return str(log.tame(None, "", {"url": urls.canonical(url)})["url"])
