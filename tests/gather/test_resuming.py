"""An import that is cut short anywhere and made again gives the same archive as one that was not."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import anyio
import pytest

from scraper.store.archive import FileArchive, Seams
from scraper.store.files import Files
from tests.gather.kit import at, bring_into, said, warc
from tests.gather.shapes import PIER, Answer, story
from tests.store.kit import findings
from tests.store.stunts import Killed, Stunt, Stunts
from tests.tally import Tally

EDITED = "The mayor added on Tuesday that 5 boats had been lost, among them the oldest of the harbour."
OTHER = "https://paper.example/2024/06/03/thieves-take-a-bronze-bell"
CAPTURES = warc(
    Answer(PIER, story(), at(0)),
    Answer(OTHER, story(EDITED, title="Thieves take a bronze bell"), at(0.5)),
    Answer(PIER, story(EDITED), at(1)),
    Answer(PIER, b"", at(2), "404 Not Found"),
    Answer(PIER, b"", at(3), "404 Not Found"),
    Answer(PIER, b"", at(4), "404 Not Found"),
    Answer(PIER, story(EDITED), at(5)),
)


def run(root: Path, files: Files | None = None) -> None:
    """One import; a process that is killed leaves its locks and nothing else."""
    archive = FileArchive.open(root, create=True, seams=Seams(files or Files()))
    try:
        anyio.run(bring_into, archive, root.with_name("warcs"), CAPTURES)
    finally:
        archive.close()


def cut_short(root: Path, stunts: Stunts) -> bool:
    """One import that ends at a step; whether it came so far."""
    with contextlib.suppress(Killed, Exception, BaseExceptionGroup):
        run(root, stunts)
    return stunts.done is not None


@pytest.mark.parametrize("stunt", ["kill-before", "kill-halfway", "kill-after", "full"])
def test_an_import_that_was_killed_goes_on(tmp_path: Path, stunt: Stunt, tally: Tally, effort: int) -> None:
    """Killed before, in the middle of and after steps of its writing, or out of disk there: the second run ends with
    the same articles, versions, visits and tombstones, in the same order, and nothing is unproven."""
    run(tmp_path / "whole")
    expected = said(tmp_path / "whole")
    every, step, tried = max(1, 11 // effort), 1, 0
    while True:
        root = tmp_path / "cut"
        shutil.rmtree(root, ignore_errors=True)
        if not cut_short(root, Stunts(step, stunt)):
            break
        run(root)
        assert said(root) == expected, step
        assert findings(root) == [], step
        tried, step = tried + 1, step + every
        tally("crash points", 1, 1)
    assert tried > 3
