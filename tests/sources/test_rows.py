"""Every hostile feed and sitemap of `rows`, looked at by the real program in one go: what it takes, what it says."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fetch.hostile import Hostile, running
from tests.site import Program, Site
from tests.sources.rows import DOMAIN, ROWS, Row
from tests.tally import Tally

HOSTS = {name: f"{name}.{DOMAIN}" for name in ROWS}
LIMITS = '[network]\ndeadline = "15s"\nsilence = "8s"\nconnect_timeout = "15s"\nmax_feed = "4MB"\nmax_sitemap = "4MB"\n'


@dataclass
class Told:
    """What one look at one source gave and said."""

    paths: list[str] = field(default_factory=list)
    note: str = ""
    error: str = ""


def paths_of(rows: Mapping[str, Row]) -> dict[str, Any]:
    """All behaviours of `rows`, each on its host."""
    return {
        f"{HOSTS[name]}{path}": behaviour
        for name, row in rows.items()
        for path, behaviour in {"/source": row.answers, **row.more}.items()
    }


def listed(rows: Mapping[str, Row]) -> str:
    """One outlet file with all sources."""
    sources = "".join(
        f'[[sources]]\nkind = "{row.kind}"\nurl = "http://{HOSTS[name]}/source"\nevery = "1h"\n'
        for name, row in rows.items()
    )
    return f'name = "Rows"\nhome = "http://{DOMAIN}/"\nhosts = ["*.{DOMAIN}"]\n{sources}'


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Told], Hostile, Hostile]:
    """What `scraper discover` told of each row, the site that was asked, and the one that must not be."""
    program = Program(tmp_path_factory.mktemp("rows"))
    site, canary = Hostile(paths=paths_of(ROWS)), Hostile("127.0.0.3")
    with running(site, canary):
        program.configure(Site(address=f"127.0.0.1:{site.port}"), *HOSTS.values(), outlets={DOMAIN: listed(ROWS)})
        settings = program.config / "scraper.toml"
        settings.write_text(settings.read_text().replace("[network]\n", LIMITS))
        plain = program.run("discover", DOMAIN, timeout=200)
        assert "Traceback" not in plain.stderr
    told: dict[str, Told] = defaultdict(Told)
    current = Told()
    for line in plain.stdout.splitlines():
        if head := re.match(r"(?:feed|sitemap) http://([a-z0-9-]+)\.rows\.example/source: (.*)", line):
            current = told[head[1]]
            current.note = head[2]
        elif found := re.search(r"http://[a-z0-9.-]+(/.*)", line):
            current.paths.append(found[1])
    for name, host in HOSTS.items():
        if failed := re.search(rf"^scraper: http://{re.escape(host)}/\S*: (.*)", plain.stderr, re.MULTILINE):
            told[name].error = failed[1]
    return dict(told), site, canary


def wrong(name: str, told: Told) -> list[str]:
    """What is not as the row wants it."""
    row, found = ROWS[name], []
    if row.fails or told.error:
        found += [f"fails {told.error}"] * ((row.fails or "?") != told.error.partition(":")[0])
    elif isinstance(row.takes, int):
        found += [f"takes {len(told.paths)}"] * (len(told.paths) != row.takes)
    else:
        found += [f"takes {told.paths}"] * (sorted(told.paths) != sorted(row.takes))
    found += (
        [f"does not say {row.capped}: {told.note}"] * (f"stopped at {row.capped}" not in told.note)
        if row.capped
        else []
    )
    found += [f"does not count {word}: {told.note}" for word in row.skips if word not in told.note]
    return found


def test_every_row_ends_as_it_has_to(looked: tuple[dict[str, Told], Hostile, Hostile], tally: Tally) -> None:
    """The good items are taken, the rest is counted, a limit is said, and what gives nothing has its word."""
    told, _, _ = looked
    found = {name: why for name in ROWS if (why := wrong(name, told.get(name, Told())))}
    tally("hostile feeds, sitemaps and robots files", len(ROWS), len(ROWS) - len(found))
    assert found == {}


def test_no_row_costs_more_than_it_may(looked: tuple[dict[str, Told], Hostile, Hostile]) -> None:
    """In requests and in bytes, as the server counts them; and nobody goes where nobody may."""
    _, site, canary = looked
    asked: dict[str, list[int]] = defaultdict(list)
    for visit in site.visits:
        if visit.path != "/robots.txt":
            asked[visit.host.removesuffix(f".{DOMAIN}")].append(visit.sent)
    assert asked.keys() == ROWS.keys()
    assert {name: len(sizes) for name, sizes in asked.items() if len(sizes) > ROWS[name].most} == {}
    assert {name: sum(sizes) for name, sizes in asked.items() if sum(sizes) > 2 * ROWS[name].size + 8_000_000} == {}
    assert canary.connections == 0


def test_what_is_shown_is_clean(looked: tuple[dict[str, Told], Hostile, Hostile]) -> None:
    """No control character, no local file."""
    shown = json.dumps([vars(one) for one in looked[0].values()], ensure_ascii=False)
    assert not re.search("[\x00-\x1f\x7f-\x9f]", shown)
    assert "root:" not in shown
