"""What was exported as a web archive is an archive again when it is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.kit import snapshots
from tests.fakes import article_page
from tests.site import Program, Site, serve
from tests.wire import WIRES


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An archive of two articles, one of them edited, one found through a redirect."""
    program, story = Program(tmp_path_factory.mktemp("fetched")), WIRES["en"].story
    site = Site({
        "/news/mayor": article_page(*story, title="Mayor resigns"),
        "/news/pier": article_page(*story[::-1], title="Pier opens"),
        "/old": (301, {"Location": "/news/pier"}, b"moved"),
    })  # fmt: skip
    with serve(site):
        program.configure(site, "paper.example")
        program.fetch("http://paper.example/news/mayor", "http://paper.example/old")
        site.routes["/news/mayor"] = article_page(*story[:-1], title="Mayor of the town resigns")
        program.fetch("http://paper.example/news/mayor")
    return program


@pytest.mark.parametrize(("form", "options"), [("warc", ()), ("wacz", ("--outlet", "paper.example"))], ids=str)
def test_the_same_versions_come_back(fetched: Program, tmp_path: Path, form: str, options: tuple[str, ...]) -> None:
    """Of the same articles, with the same texts and times, whether all records were exported or those of versions."""
    place = tmp_path / f"out.{'warc.gz' if form == 'warc' else form}"
    assert fetched.run("export", "--format", form, "-o", str(place), *options).returncode == 0
    other = Program(tmp_path)
    other.configure(Site())
    said = other.run("import", str(place))
    assert said.returncode == 0, said.stderr
    assert told(other.archive) == told(fetched.archive)


def told(root: Path) -> list[tuple[str, int, str, object]]:
    """What an archive holds: articles, versions, texts, times."""
    return [(s.article_id, s.version, text, s.captured_at) for s, text in snapshots(root)]
