"""A machine that has little to give: few open files, no processor time to spare."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from scraper.limits import requests_at_once
from tests.fakes import article_page
from tests.site import Program, Site, descriptors, feed, outlet, serve, wait_for
from tests.test_daemon import curl, free_port

GOOD = "good.example"
IMPATIENT = 'deadline = "3s"\nsilence = "3s"\nconnect_timeout = "2s"\n'


def hang(_headers: Mapping[str, str]) -> str:
    """Longer than anybody waits."""
    time.sleep(8)
    return ""


def test_few_open_files(tmp_path: Path) -> None:
    """64 of them, and 60 outlets that never answer: the good one is archived, the web side answers, nothing spins."""
    program, port = Program(tmp_path), free_port()
    hosts = [f"hang{n}.example" for n in range(60)]
    site = Site({f"{GOOD}/s{n}": article_page(title=f"Good {n}") for n in range(5)})
    site.routes |= {f"{host}/feed.xml": hang for host in hosts}
    site.routes[f"{GOOD}/feed.xml"] = feed(*(f"http://{GOOD}/s{n}" for n in range(5)))
    with serve(site):
        program.configure(site, GOOD, *hosts, outlets={host: outlet(host, "1s") for host in (GOOD, *hosts)})
        settings = program.config / "scraper.toml"
        told = settings.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}")
        settings.write_text(told.replace("[network]\n", f"[network]\n{IMPATIENT}"))
        with program.daemon(files=64) as daemon:
            wait_for(lambda: len(program.texts()) == 5)
            wait_for(lambda: sum(line["event"] == "source-failed" for line in program.log()) >= 30)
            assert curl(f"http://127.0.0.1:{port}/healthz") == '{"status":"ok"}'
            before, at = sum(psutil.Process(daemon.pid).cpu_times()[:2]), time.monotonic()
            time.sleep(4)
            used = (sum(psutil.Process(daemon.pid).cpu_times()[:2]) - before) / (time.monotonic() - at)
            assert descriptors(daemon.pid) < 64
            assert daemon.poll() is None
    assert used < 0.5
    assert {line["event"] for line in program.log()} & {"task-broke", "visit-broke", "archive-unwritable"} == set()
    assert not any("resources" in str(line.get("reason")) for line in program.log())


def test_requests_leave_files_for_what_is_stored() -> None:
    """As many at once as asked for where there is room, a few where there is not, never none."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert requests_at_once(200) == 200
        found = []
        for files in (1024, 256, 64, 32):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
            found.append(requests_at_once(200))
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(640, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == [200] * 4
