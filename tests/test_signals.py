"""What ends the daemon, and how fast, whatever it waits for; and what it does when the clock is set."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.model import Due
from tests.site import Program, outlet, serve, wait_for
from tests.store.kit import opened
from tests.test_daemon import HOSTS, papers

START = datetime(2024, 6, 2, 9, 30, tzinfo=UTC)


def begun(program: Program) -> bool:
    """Whether the daemon is at work."""
    return any(line["event"] == "started" for line in program.log())


def test_a_daemon_that_waits_for_a_stopped_writer_still_ends_in_time(tmp_path: Path) -> None:
    """C17: somebody holds the archive and does not move; SIGTERM ends the daemon within ten seconds, exit code 0."""
    program = Program(tmp_path)
    with serve(papers(6)) as site:
        program.configure(site, *HOSTS, outlets={host: outlet(host, every="1h") for host in HOSTS})
        with program.daemon() as daemon:
            wait_for(program.texts)
            lock = os.open(program.archive / ".run" / "write.lock", os.O_RDWR)
            fcntl.flock(lock, fcntl.LOCK_EX)
            time.sleep(2)
            began = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
            assert time.monotonic() - began < 10
            os.close(lock)
    assert program.run("verify", "--deep").returncode == 0


@pytest.mark.parametrize("moment", [0.05, 0.3, 0.6])
def test_a_daemon_is_ended_while_it_begins(tmp_path: Path, moment: float) -> None:
    """C17: at any moment of its start; never with a traceback."""
    program = Program(tmp_path)
    with serve(papers(1)) as site:
        program.configure(site, *HOSTS)
        with program.daemon() as daemon:
            time.sleep(moment)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(15) in {0, -signal.SIGTERM}, "Python itself was not there yet"
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()


def test_sighup_reads_the_configuration_and_ends_nothing(tmp_path: Path) -> None:
    """As daemons do."""
    program = Program(tmp_path)
    with serve(papers(1)) as site:
        program.configure(site, *HOSTS, outlets={HOSTS[0]: outlet(HOSTS[0], every="1h")})
        with program.daemon() as daemon:
            wait_for(lambda: begun(program))
            daemon.send_signal(signal.SIGHUP)
            wait_for(lambda: any(line["event"] == "config-reloaded" for line in program.log()))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(15) == 0


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=30), timedelta(days=365)])
def test_what_was_visited_in_the_future_waits_no_longer_than_it_should(tmp_path: Path, ahead: timedelta) -> None:
    """T1, T2: the clock was ahead and is set right; no visit waits until that time, and none is made in a storm."""
    with opened(tmp_path) as archive:
        then = START + ahead
        row = Due("k", "https://news.example/k", "news.example", "news.example", next_visit=then)
        archive.frontier.done(replace(row, last_visit=then, next_visit=then + timedelta(minutes=20)))
        assert archive.frontier.thaw(START, timedelta(days=90)) == 1
        assert archive.frontier.thaw(START, timedelta(days=90)) == 0
        assert not archive.frontier.take("news.example", START + timedelta(minutes=19), 5) or ahead.days > 90
        assert archive.frontier.take("news.example", START + timedelta(minutes=20), 5)
