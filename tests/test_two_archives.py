"""Two archives at once, in one process or in two: nothing of one is seen in the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.fakes import article_page
from tests.serve.shown import Shown, shown, told
from tests.site import Program, Site, feed, outlet, serve, wait_for
from tests.store.kit import HARBOUR, article
from tests.test_web_under_load import port_of

NUMBERS = {"left": ("twelve", "nine"), "right": ("fifty", "sixty")}
PATHS = (
    "/", "/articles/{id}", "/articles/{id}/diff?from=0&to=1", "/api/v1/articles/{id}/versions/0",
    "/api/v1/articles/{id}/versions/1", "/api/v1/diff?article={id}", "/feeds/changes.atom",
    "/search?q=berths", "/api/v1/search?q=berths",
)  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shown]]:
    """Two archives in one process. The same article, of the same id, reads otherwise in each."""
    with ExitStack() as both:
        found = {}
        for name, (first, second) in NUMBERS.items():
            it = both.enter_context(shown(tmp_path_factory.mktemp(name) / "archive", counts=lambda n=name: {n: 1}))
            told(it.archive, article(f"The harbour has {first} berths."))
            told(it.archive, article(f"The harbour has {second} berths."), hours=1)
            found[name] = it
        yield found


@pytest.mark.parametrize("path", PATHS)
def test_two_archives_in_one_process_show_each_its_own(pair: dict[str, Shown], path: str) -> None:
    """Also when they are asked in turn, and the second time, when answers may be kept."""
    for _ in range(2):
        for name, it in pair.items():
            answer = it.client.get(path.format(id=it.id()))
            [other] = set(NUMBERS) - {name}
            assert any(word in answer.text for word in NUMBERS[name]), answer.text
            assert not any(word in answer.text for word in NUMBERS[other])
            assert "set-cookie" not in answer.headers


def test_what_one_gave_is_not_unchanged_in_the_other(pair: dict[str, Shown]) -> None:
    left, right = pair.values()
    assert left.id() == right.id()
    path = f"/api/v1/articles/{left.id()}/versions/0"
    tag = left.client.get(path).headers["etag"]
    assert right.client.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert left.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_each_counts_its_own(pair: dict[str, Shown]) -> None:
    """Figures have no registry in common."""
    for name, it in pair.items():
        text = it.client.get("/metrics").text
        assert re.findall(r'(?m)^scraper_visits_total\{verdict="(\w+)"\}', text) == [name]
        assert 'scraper_articles{outlet="news.example"} 1.0' in text


def test_two_daemons_with_two_archives_know_nothing_of_each_other(tmp_path: Path) -> None:
    """Each with a port of its own, on the same hosts."""
    with serve(Site()) as site, ExitStack() as both:
        ports = {}
        for name in NUMBERS:
            host = f"{name}.example"
            site.routes |= {f"{host}/s": article_page(title=f"From the {name}"),
                            f"{host}/feed.xml": feed(f"http://{host}/s")}  # fmt: skip
            (tmp_path / name).mkdir()
            program = Program(tmp_path / name)
            program.configure(site, host, outlets={host: outlet(host)})
            both.enter_context(program.daemon())
            ports[name] = program
        for name, program in ports.items():
            wait_for(program.texts)
            base = f"http://127.0.0.1:{port_of(program)}"
            with httpx.Client(base_url=base, trust_env=False, timeout=30) as ask:
                [article_] = ask.get("/api/v1/articles").json()["items"]
                [listed] = ask.get("/api/v1/outlets").json()["items"]
                assert (article_["title"], listed["id"]) == (f"From the {name}", f"{name}.example")
                assert 'scraper_visits_total{verdict="new"} 1.0' in ask.get("/metrics").text


def test_the_article_of_one_is_not_known_to_the_other(pair: dict[str, Shown]) -> None:
    left, right = pair.values()
    url = f"{HARBOUR}-only-left"
    told(left.archive, article("A text that stands nowhere else.", url), url)
    assert right.json("/api/v1/articles", {"url": url})["items"] == []
    assert right.json("/api/v1/search", {"q": "nowhere"})["items"] == []
    assert len(left.json("/api/v1/search", {"q": "nowhere"})["items"]) == 1
