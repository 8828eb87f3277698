"""A disk that fills while the daemon works: it rests at the reserve, room is made, and it goes on; again and again."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from scraper.store.verify import verify
from tests.benchmarks.load.watch import MIB
from tests.fakes import article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for

PATIENCE: Final = 600.0  # seconds for what has to come in the end
REST: Final = 5.0  # seconds for which nobody may be asked while the disk is low


@dataclass(frozen=True, slots=True)
class Shape:
    """What is run; see `__main__`. MiB, and kB of text in an article."""

    size: int = 256
    reserve: int = 64
    rounds: int = 5
    step: int = 12
    hosts: int = 10
    articles: int = 60
    text: int = 100


@dataclass(frozen=True, slots=True)
class Round:
    """One time that the reserve was met: articles kept by then, bytes free, requests while it rested, what was said of
    its health and readiness, and what had changed or gone of what was kept before."""

    kept: int
    free: int
    asked: int
    alive: bool
    ready: tuple[int, str]
    lost: int


@dataclass(slots=True)
class Result:
    """What came of it. `pages` says how often each article was asked for, `kept` are articles kept in the end."""

    shape: Shape
    rounds: list[Round] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    findings: list[str] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be."""
        shape, again = self.shape, sum(times > 1 for times in self.pages.values())
        return [
            *(f"round {n}: {said}" for n, one in enumerate(self.rounds, 1) for said in _of_round(one, shape)),
            *([f"{again} articles were fetched again"] if again else []),
            *([f"{self.kept} of {shape.hosts * shape.articles} were kept"] if self._some_missing else []),
            *([f"it was said {self.events['disk-low']} times within the hour"] if self._not_once else []),
            *(name for name in ("task-broke", "visit-broke", "archive-unwritable", "archive-trouble")
              if self.events[name]),
            *self.findings,
        ]  # fmt: skip

    @property
    def _some_missing(self) -> bool:
        return self.kept != self.shape.hosts * self.shape.articles

    @property
    def _not_once(self) -> bool:
        return self.events["disk-low"] != 1


def _of_round(one: Round, shape: Shape) -> Iterator[str]:
    if one.asked:
        yield f"{one.asked} requests while the disk was low"
    if not shape.reserve * MIB // 2 < one.free < shape.reserve * MIB:
        yield f"{one.free / MIB:.0f} MiB were free"
    if not one.alive or one.ready != (503, "disk-low"):
        yield f"alive: {one.alive}, ready: {one.ready}"
    if one.lost:
        yield f"{one.lost} files changed or went"


@contextmanager
def disk(folder: Path, size: int) -> Iterator[None]:
    """A disk of `size` MiB at `folder`. Raises PermissionError if nothing may be mounted here."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise PermissionError(f"{folder}: may not mount a disk there")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def measure(root: Path, shape: Shape) -> Result:
    """All rounds, then room for all that is left."""
    program, result = Program(root), Result(shape)
    with serve(_press(shape)) as site, disk(program.archive.parent / "disk", shape.size):
        program.archive.symlink_to(root / "disk", target_is_directory=True)
        _configure(program, site, shape)
        ballast = _Ballast(root / "disk" / ".ballast", shape)
        ballast.leave(shape.step)
        with program.daemon() as daemon:
            wait_for(lambda: _count(program)["started"], PATIENCE)
            for _ in range(shape.rounds):
                result.rounds.append(_round(program, site))
                ballast.leave(shape.step)
                wait_for(partial(_is, program, 200), PATIENCE)
            ballast.path.unlink()
            wait_for(lambda: len(program.texts()) == shape.hosts * shape.articles, PATIENCE)
            daemon.terminate()
            daemon.wait(60)
        result.kept, result.events = len(program.texts()), _count(program)
        result.pages = Counter(f"{host}{path}" for _, host, path in site.asked if path.startswith("/story"))
        result.findings = [f"{one.file}: {one.problem}" for one in verify(program.archive, deep=True)]
    return result


@dataclass
class _Ballast:
    """What others keep on the disk."""

    path: Path
    shape: Shape

    def leave(self, step: int) -> None:
        """Have as much of it as leaves `step` MiB above the reserve."""
        size = self.path.stat().st_size if self.path.exists() else 0
        free = shutil.disk_usage(self.path.parent).free
        wanted = max(0, size + free - (self.shape.reserve + step) * MIB)
        with self.path.open("ab") as file:
            file.truncate(min(size, wanted))
            file.seek(0, 2)
            for _ in range(max(0, wanted - size) // MIB):
                file.write(bytes(MIB))


def _round(program: Program, site: Site) -> Round:
    """Until the reserve is met, and a while more."""
    wait_for(partial(_is, program, 503), PATIENCE)
    _wait_until_quiet(site)
    asked, before = len(site.asked), _digests(program)
    time.sleep(REST)
    free, now = shutil.disk_usage(program.archive).free, _digests(program)
    lost = sum(now.get(path) != digest for path, digest in before.items())
    return Round(len(before), free, len(site.asked) - asked, _alive(program), _ready(program), lost)


def _wait_until_quiet(site: Site) -> None:
    """What was being asked for when it began may end."""
    asked = -1
    while asked != len(site.asked):
        asked = len(site.asked)
        time.sleep(2)


def _digests(program: Program) -> dict[str, str]:
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in program.texts()}


def _is(program: Program, ready: int) -> bool:
    return _ready(program)[0] == ready


def _count(program: Program) -> Counter[str]:
    return Counter(line["event"] for line in program.log())


def _alive(program: Program) -> bool:
    return _health(program, "healthz")[0] == 200


def _ready(program: Program) -> tuple[int, str]:
    return _health(program, "readyz")


def _health(program: Program, path: str) -> tuple[int, str]:
    [line] = [line for line in program.log() if line["event"] == "listening"]
    try:
        with urllib.request.urlopen(f"{line['address']}{path}", timeout=60) as answer:  # noqa: S310  # ours
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().partition('"status":"')[2].partition('"')[0]
    except OSError:
        return 0, "nobody listens"


def _press(shape: Shape) -> Site:
    """Articles of words that hardly compress, all of them announced from the beginning."""
    site, chance = Site(), random.Random(1)
    for number in range(shape.hosts):
        host = f"paper{number}.example"
        for story in range(shape.articles):
            words = [f"{chance.getrandbits(40):x}" for _ in range(shape.text * 1000 // 11)]
            text = [" ".join(words[n : n + 60]) + "." for n in range(0, len(words), 60)]
            site.routes[f"{host}/story-{story}"] = article_page(*text, title=f"Story {story} of paper {number}")
        site.routes[f"{host}/feed.xml"] = feed(*(f"http://{host}/story-{n}" for n in range(shape.articles)))
    return site


def _configure(program: Program, site: Site, shape: Shape) -> None:
    hosts = [f"paper{number}.example" for number in range(shape.hosts)]
    program.configure(
        site, *hosts, outlets={host: outlet(host, "10m") for host in hosts},
        more=f'[archive]\nlow_water = "{shape.reserve}MiB"\nwarc_size = "16MiB"\n',
    )  # fmt: skip


def lines(result: Result) -> Iterator[str]:
    """The figures, then what is wrong."""
    for number, one in enumerate(result.rounds, 1):
        yield (
            f"round {number}  {one.kept} articles kept when it rested, {one.free / MIB:.1f} MiB free, "
            f"{one.asked} requests in {REST:g} s, ready {one.ready[0]} {one.ready[1]}, {one.lost} files changed"
        )
    asked = sum(result.pages.values())
    yield f"in the end {result.kept} articles kept, {asked} requests for {len(result.pages)} of them"
    yield from (f"wrong: {one}" for one in result.wrong) if result.wrong else ["nothing wrong"]


def figures(result: Result) -> dict[str, Any]:
    """For programs."""
    return {"rounds": list(map(asdict, result.rounds)), "kept": result.kept, "wrong": result.wrong}
