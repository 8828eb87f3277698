"""Every odd robots.txt of `robots`, met by the real program: what it asks for, and what it leaves alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from tests.fetch.hostile import Hostile, running
from tests.site import Program, Site
from tests.sources.robots import ROBOTS
from tests.sources.test_rows import LIMITS
from tests.tally import Tally

HOSTS = {name: f"{name}.example" for name in ROBOTS}


def end(line: Mapping[str, Any]) -> str:
    """`refused robots`: the verdict and its word."""
    return " ".join(filter(None, [line["verdict"], (line["reason"] or "").partition(":")[0]]))


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Hostile, Hostile]:
    """How the fetch of each address ended, the site that was asked, and the one that must not be."""
    program = Program(tmp_path_factory.mktemp("robots"))
    files = {f"{HOSTS[name]}/robots.txt": row.file for name, row in ROBOTS.items()}
    steps = {f"{HOSTS[name]}{path}": step for name, row in ROBOTS.items() for path, step in row.more.items()}
    site, canary = Hostile(paths=files | steps), Hostile("127.0.0.3")
    with running(site, canary):
        program.configure(Site(address=f"127.0.0.1:{site.port}"), *HOSTS.values())
        settings = program.config / "scraper.toml"
        settings.write_text(settings.read_text().replace("[network]\n", LIMITS))
        urls = [f"http://{host}/{word}/x" for host in HOSTS.values() for word in ("article", "private")]
        done = program.run("fetch", "--json", "-", stdin="\n".join(urls), timeout=200)
    assert done.stderr == ""
    return {line["url"]: end(line) for line in map(json.loads, done.stdout.splitlines())}, site, canary


def test_every_file_is_obeyed_as_far_as_it_can_be_read(
    fetched: tuple[dict[str, str], Hostile, Hostile], tally: Tally
) -> None:
    """RFC 9309: what cannot be had now defers, what is not there or says nothing allows, and the rest is obeyed."""
    ends, _, _ = fetched
    found = {name: (ends[f"http://{host}/article/x"], ends[f"http://{host}/private/x"]) for name, host in HOSTS.items()}
    wanted = {name: (row.article, row.private) for name, row in ROBOTS.items()}
    tally("hostile feeds, sitemaps and robots files", len(wanted), sum(found[name] == wanted[name] for name in wanted))
    assert found == wanted


def test_nothing_is_asked_for_that_may_not_be(fetched: tuple[dict[str, str], Hostile, Hostile]) -> None:
    """Neither a private path, nor more than a few requests, nor a file to its end when it has none."""
    _, site, canary = fetched
    asked: dict[str, list[str]] = defaultdict(list)
    for visit in site.visits:
        asked[visit.host.removesuffix(".example")].append(visit.path)
    closed = {name for name, row in ROBOTS.items() if row.private != "new"}
    assert {name for name in closed if "/private/x" in asked[name]} == set()
    assert {name: paths for name, paths in asked.items() if len(paths) > ROBOTS[name].most} == {}
    sizes = {name: max(v.sent for v in site.visits if v.host == host) for name, host in HOSTS.items()}
    assert {name: size for name, size in sizes.items() if size > 10 * ROBOTS[name].size} == {}
    assert canary.connections == 0
