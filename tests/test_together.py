"""Everything at once on one archive: daemon, fetches, proofs and reports; nobody meets a lock, nobody asks twice."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.site import Program, Site, outlet, serve, wait_for
from tests.tally import Tally
from tests.test_daemon import HOSTS, papers, versions_of


class Turns:
    """Counts how many requests a host answers at the same time."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._lock = threading.Lock()

    def watched(self, host: str, answer: object) -> Callable[[Mapping[str, str]], object]:
        """`answer`, slowly, and counted."""

        def give(_headers: Mapping[str, str]) -> object:
            with self._lock:
                self.now[host] += 1
                self.most[host] = max(self.most[host], self.now[host])
            time.sleep(0.05)
            with self._lock:
                self.now[host] -= 1
            return answer

        return give


def watched(site: Site) -> Turns:
    """Every page of a site counts who asks for it."""
    turns = Turns()
    site.routes = {key: turns.watched(key.split("/")[0], route) for key, route in site.routes.items()}  # type: ignore[misc]  # an answer stays an answer
    return turns


def test_the_daemon_and_every_command_at_once(tmp_path: Path, effort: int, tally: Tally) -> None:
    """P2, promise 5: one request at a time for each host, versions once and in order, no lock and no traceback seen."""
    program, site = Program(tmp_path), papers(6)
    turns = watched(site)
    urls = [f"http://{host}/2026/story-{number}" for host in HOSTS for number in range(6)]
    with serve(site):
        program.configure(site, *HOSTS, outlets={host: outlet(host, every="2s") for host in HOSTS})
        with program.daemon() as daemon:
            wait_for(program.texts)
            done = []
            for _ in range(effort):
                commands = (["fetch", *urls[::2]], ["fetch", "--force", *urls[1::3]], ["verify", "--deep"], ["reread"],
                            ["log", urls[0]], ["changes"], ["status"])  # fmt: skip
                running = [
                    subprocess.Popen(program.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                    for words in commands
                ]
                done += [
                    (words, one.communicate(timeout=120), one.returncode)
                    for words, one in zip(commands, running, strict=True)
                ]
            refused = program.run("reindex")
            wait_for(lambda: len(program.texts()) == len(urls))
            assert daemon.poll() is None
    right = 0
    for words, (out, errors), code in done:
        assert "Traceback" not in errors, errors
        assert "locked" not in errors, errors
        assert code == 0 or words[0] == "log", (words, out, errors)
        right += 1
    assert set(turns.most.values()) == {1}
    assert set(versions_of(program).values()) == {1}
    assert refused.returncode == 1
    assert "the archive is in use" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert program.run("verify", "--deep").stdout == "everything is as it was stored\n"
    tally("commands beside a daemon", len(done), right)
