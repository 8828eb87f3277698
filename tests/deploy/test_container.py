"""What holds in a container: nobody's number, no capabilities, nothing writable but the archive and a /tmp of its own.

An engine and an image from a registry are not at hand in a test; the same walls are, from bubblewrap, around the
program of this tree. `docker compose exec` is a second process within them.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

import scraper
from tests.deploy.test_image import said
from tests.fakes import article_page
from tests.site import Program, Site, outlet, serve, wait_for
from tests.store.test_backup import commands
from tests.tools import found, needs

TREE = Path(scraper.__file__).parent.parent
HOST = "paper.example"
STORY = f"http://{HOST}/news/pier-vote"
TOKEN = "0123456789abcdef0123456789abcdef"
WALLS = ["--unshare-user", "--unshare-ipc", "--unshare-uts", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL",
         "--new-session", "--die-with-parent", "--clearenv"]  # fmt: skip


def stands() -> bool:
    """Whether this machine lets walls be put up at all."""
    bwrap = found("bwrap")
    done = bwrap and subprocess.run([bwrap, *WALLS, "--ro-bind", "/", "/", "true"], capture_output=True, check=False)
    return not done or done.returncode == 0


pytestmark = [
    needs("bwrap"),
    pytest.mark.skipif(not stands(), reason="this machine does not let a process have namespaces of its own"),
]


@dataclass(frozen=True)
class Container:
    """The walls around one archive, configuration and folder for copies."""

    program: Program
    port: int

    def command(self, *args: str, at: str = "/archive") -> list[str]:
        """`args` within them."""
        roots = [path for path in sorted(Path("/").iterdir()) if path.name not in {"proc", "dev", "tmp", "sys", "run"}]
        places = [bit for path in roots for bit in (
            ("--symlink", str(path.readlink()), str(path)) if path.is_symlink() else ("--ro-bind", str(path), str(path))
        )]  # fmt: skip
        own = [bit for path in (TREE, Path(sys.prefix)) for bit in ("--ro-bind", str(path), str(path))]
        volumes = ["--bind", str(self.program.archive), "/archive", "--ro-bind", str(self.program.config), "/config",
                   "--bind", str(self.program.root / "backup"), "/backup",
                   "--bind", str(self.program.root / "restored"), "/restored"]  # fmt: skip
        given = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "SCRAPER_ARCHIVE": "/archive",
                 "SCRAPER_CONFIG": "/config", "SCRAPER_SERVE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1",
                 "SCRAPER_SERVE_BIND": f"0.0.0.0:{self.port}", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        known = [bit for name, value in given.items() for bit in ("--setenv", name, value)]
        return [found("bwrap") or "", *WALLS, *places, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", *own,  # noqa: S108  # theirs
                *volumes, "--remount-ro", "/", *known, "--chdir", at, *args]  # fmt: skip

    def run(self, *args: str, at: str = "/archive") -> subprocess.CompletedProcess[str]:
        """One command within them, to its end."""
        return subprocess.run(self.command(*args, at=at), capture_output=True, text=True, timeout=60, check=False)

    @contextmanager
    def at_work(self) -> Iterator[psutil.Process]:
        """The image's own command, and the process that it is."""
        [command] = said("CMD")
        with (self.program.root / "daemon.log").open("wb") as log, subprocess.Popen(
            self.command("scraper", *json.loads(command)), stdout=log, stderr=log
        ) as walls:  # fmt: skip
            try:
                wait_for(lambda: "started" in log_of(self))
                yield psutil.Process(walls.pid).children(recursive=True)[0]
            finally:
                walls.kill()


def log_of(container: Container) -> str:
    return (container.program.root / "daemon.log").read_text("utf-8")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    feed = f'<rss version="2.0"><channel><item><link>{STORY}</link></item></channel></rss>'
    routes = {
        "/feed.xml": (200, {"Content-Type": "application/rss+xml"}, feed.encode()),
        "/news/pier-vote": article_page(),
    }
    with serve(Site(routes)) as it:  # type: ignore[arg-type]  # a dict of one kind of answers is one of answers
        yield it


@pytest.fixture(scope="module")
def container(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A daemon in a container, which has archived the one article there is."""
    program = Program(tmp_path_factory.mktemp("container"))
    program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1s")})
    for name in ("archive", "backup", "restored"):
        (program.root / name).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    it = Container(program, port)
    with it.at_work() as _:
        wait_for(lambda: list(program.archive.glob("articles/**/000_*.txt")))
        yield it


def test_nothing_else_can_be_written(container: Container) -> None:
    """Or the walls would prove nothing."""
    for place in ("/x", "/config/x", "/usr/x", str(TREE / "x")):
        assert container.run("touch", place).returncode != 0, place
    assert container.run("touch", "/archive/.run/x").returncode == 0
    assert container.run("id", "-u").stdout.strip() == "10001"


def test_its_health_is_asked_for_within(container: Container) -> None:
    [check] = said("HEALTHCHECK")
    command = [word.replace(":8765", f":{container.port}") for word in json.loads(check.partition("CMD ")[2])]
    assert container.run(*command).returncode == 0


def test_a_second_process_fetches_into_the_archive_in_use(container: Container) -> None:
    """The only word about it in docs/deployment.md."""
    done = container.run("scraper", "fetch", "--json", STORY)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "same"), done.stderr


@pytest.mark.parametrize("command", ["status", "verify --deep", "search council", "outlets check"])
def test_other_commands_work_beside_the_daemon(container: Container, command: str) -> None:
    done = container.run("scraper", *command.split())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_backup_is_taken_and_restored_within(container: Container) -> None:
    """Beside the daemon, by the words of docs/archive.md, in the folder that docs/deployment.md names."""
    backup, restore = commands()
    assert re.search(r"exec -w / scraper sh", (TREE / "docs" / "deployment.md").read_text("utf-8"))
    taken = container.run("sh", "-ec", backup, at="/")
    restored = container.run("sh", "-ec", restore.replace("mkdir restored\n", ""), at="/")
    assert (taken.returncode, restored.returncode) == (0, 0), taken.stderr + restored.stdout + restored.stderr
    assert list((container.program.root / "restored").glob("articles/**/000_*.txt"))


def test_it_ends_in_order_when_it_is_told_to(container: Container, tmp_path: Path, site: Site) -> None:
    """SIGTERM, as `docker stop` sends it; nothing is left to be repaired."""
    program = Program(tmp_path)
    program.configure(site, HOST, outlets={HOST: outlet(HOST, every="1s")})
    for name in ("archive", "backup", "restored"):
        (tmp_path / name).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        other = Container(program, free.getsockname()[1])
    with other.at_work() as process:
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    assert '"stopped"' in log_of(other)
