"""The daemon as a process: what it archives by itself, how it stops, what a kill leaves, how calm it is."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
import urllib.request
from collections import Counter
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from scraper.store.archive import FileArchive
from tests.fakes import PARAGRAPHS, article_page
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.invariants import Promises, broken
from tests.tally import Tally

HOSTS = [f"paper{number}.example" for number in range(4)]


def stories(host: str, count: int) -> dict[str, str]:
    """Articles with a text of their own each."""
    return {
        f"{host}/2026/story-{n}": article_page(*(f"{text} ({host}, {n})" for text in PARAGRAPHS), title=f"Story {n}")
        for n in range(count)
    }


def papers(count: int) -> Site:
    """A site that plays four outlets with a feed and `count` articles each."""
    site = Site()
    for host in HOSTS:
        pages = stories(host, count)
        site.routes |= dict(pages)
        site.routes[f"{host}/feed.xml"] = feed(*(f"http://{key}" for key in pages))
    return site


def versions_of(program: Program) -> Counter[str]:
    """How many versions each article's folder holds."""
    return Counter(str(path.parent) for path in program.texts())


def test_archives_what_its_sources_announce(tmp_path: Path) -> None:
    """From an empty folder to snapshots, without a word from anybody; then it stops within ten seconds."""
    program = Program(tmp_path)
    with serve(papers(5)) as site:
        program.configure(site, *HOSTS, outlets={host: outlet(host) for host in HOSTS})
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 20)
            started = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(15) == 0
            assert time.monotonic() - started < 10
    assert set(versions_of(program).values()) == {1}
    assert program.run("verify", "--deep").returncode == 0


def test_keeps_to_the_pace_of_each_host(tmp_path: Path) -> None:
    """One request at a time and the delay between them, whoever asks: the daemon or a one-off fetch beside it."""
    program = Program(tmp_path, delay="400ms")
    host = HOSTS[0]
    site = papers(6)
    site.routes[f"{host}/extra"] = article_page(title="By hand")
    with serve(site):
        program.configure(site, *HOSTS, outlets={host: outlet(host, every="1h")})
        with program.daemon():
            wait_for(program.texts)
            assert program.fetch(f"http://{host}/extra")[0]["verdict"] == "new"
            wait_for(lambda: len(program.texts()) == 7)
    times = [at for at, asked, _ in site.asked if asked == host]
    assert min(b - a for a, b in pairwise(times)) > 0.39


def test_killed_at_any_moment_nothing_is_lost_or_stored_twice(tmp_path: Path, effort: int, tally: Tally) -> None:
    """C15: kill -9 again and again; all invariants hold after each, and in the end everything is there once."""
    program, dice = Program(tmp_path), random.Random(7)
    seen: set[Path] = set()
    with serve(papers(12)) as site:
        program.configure(site, *HOSTS, outlets={host: outlet(host, every="1h") for host in HOSTS})
        for _ in range(10 * effort):
            promises = Promises.of(program.archive)
            with program.daemon() as daemon:
                time.sleep(1.2 + dice.random() * 1.5)
                daemon.kill()
            if (program.archive / "catalogue.sqlite").exists():
                wrong = list(broken(program.archive, promises, FileArchive.open))
                tally("kills of the real daemon", 1, int(not wrong))
                assert wrong == []
            now = set(program.texts())
            assert seen <= now
            seen = now
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 48)
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(15)
    assert set(versions_of(program).values()) == {1}
    checked = program.run("verify", "--deep")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_blames_no_page(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and service managers reach the reading children too: that says nothing about what they read."""
    program = Program(tmp_path)
    with serve(papers(12)) as site:
        program.configure(site, *HOSTS, outlets={host: outlet(host, every="1h") for host in HOSTS})
        with program.daemon() as daemon:
            wait_for(program.texts)
            os.killpg(daemon.pid, number)
            assert daemon.wait(15) == 0
    told = (tmp_path / "daemon.log").read_text(encoding="utf-8")
    assert "too-heavy" not in told
    assert "Traceback" not in told


def test_the_second_daemon_says_so_and_leaves(tmp_path: Path) -> None:
    """One daemon an archive."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site)
        with program.daemon():
            wait_for(lambda: any(line["event"] == "started" for line in program.log()))
            second = program.run("run")
    assert second.returncode == 1
    assert "already runs on this archive" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    """Wrong configuration: exit code 2, the address, and what to do."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site)
        path = program.config / "scraper.toml"
        path.write_text(path.read_text().replace("127.0.0.1:0", site.address))
        done = program.run("run")
    assert done.returncode == 2
    assert site.address in done.stderr


def test_a_token_that_everybody_may_read_is_warned_of_and_not_shown(tmp_path: Path) -> None:
    """S10: once, at the start, and whatever comes of that."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site)
        path = program.config / "scraper.toml"
        text = path.read_text().replace("127.0.0.1:0", site.address)
        path.write_text(text.replace("[serve]", '[serve]\ntoken = "a-word-nobody-is-told"'))
        done = program.run("run")
        path.chmod(0o600)
        again = program.run("run")
    assert done.stderr.count("secret-exposed") == 1
    assert "secret-exposed" not in again.stderr
    assert "a-word-nobody" not in done.stderr


def test_two_hundred_outlets_that_are_down(tmp_path: Path) -> None:
    """Not being able to reach anybody is an ordinary state: little work, and a status that says it plainly."""
    program = Program(tmp_path)
    hosts = [f"down{number}.example" for number in range(200)]
    with serve(Site()) as site:
        program.configure(site, *hosts, outlets={host: outlet(host, every="10m") for host in hosts})
    with program.daemon() as daemon:  # the server is gone: connections are refused
        wait_for(lambda: sum(line["event"] == "source-failed" for line in program.log()) == 200)
        process = psutil.Process(daemon.pid)
        before = process.cpu_times()
        time.sleep(5)
        after = process.cpu_times()
        assert daemon.poll() is None
    used = after.user + after.system - before.user - before.system
    assert used < 1.0, "a daemon that spins takes five seconds of five"
    shown = program.run("status").stdout
    assert "200" in shown
    assert "connect" in shown


def test_changed_configuration_is_taken_up(tmp_path: Path) -> None:
    """A new outlet file is watched without a restart; one with a mistake is reported and harms nothing."""
    program = Program(tmp_path)
    with serve(papers(1)) as site:
        program.configure(site, *HOSTS, outlets={HOSTS[0]: outlet(HOSTS[0])})
        with program.daemon():
            wait_for(lambda: len(program.texts()) == 1)
            (program.config / "outlets" / "broken.example.toml").write_text('nam = "x"\n')
            wait_for(lambda: any(line["event"] == "config-mistake" for line in program.log()))
            (program.config / "outlets" / "broken.example.toml").unlink()
            program.configure(site, *HOSTS, outlets={HOSTS[1]: outlet(HOSTS[1])})
            wait_for(lambda: len(program.texts()) == 2)


def test_a_hanging_outlet_holds_up_nobody(tmp_path: Path) -> None:
    """A host that never answers costs its own turn only, and the daemon still stops in time."""
    program = Program(tmp_path)
    site = papers(3)

    def hang(_headers: object) -> str:
        time.sleep(20)
        return ""

    site.routes[f"{HOSTS[0]}/feed.xml"] = hang
    with serve(site):
        program.configure(site, *HOSTS, outlets={host: outlet(host) for host in HOSTS})
        with program.daemon() as daemon:
            wait_for(lambda: len(program.texts()) == 9)
            started = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(15) == 0
            assert time.monotonic() - started < 10


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_served(tmp_path: Path, path: str) -> None:
    """On loopback by default."""
    program = Program(tmp_path)
    with serve(Site()) as site:
        program.configure(site)
        port = free_port()
        settings = program.config / "scraper.toml"
        settings.write_text(settings.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        with program.daemon():
            wait_for(lambda: curl(f"http://127.0.0.1:{port}{path}") in {'{"status":"ok"}', '{"status":"ready"}'})


def free_port() -> int:
    """A port that nobody has right now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def curl(url: str) -> str:
    """The body behind `url`, or nothing while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  # our own daemon
            return str(answer.read().decode())
    except OSError:
        return ""
