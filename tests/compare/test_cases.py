"""A version means an edit: the catalogue of page changes in `cases/`, each judged as a visit judges it."""

from __future__ import annotations

from tests.compare.catalogue import generate
from tests.compare.catalogue.judged import FOLDER, load

CASES = {case.name: case for case in load()}


def test_the_folders_are_what_the_lists_say() -> None:
    """What is in git is reviewed as data and read as pages: both have to be the same, to the byte."""
    written = {e["name"]: generate.files(e) for e in generate.entries()}
    kept = {each.name: {file.name: file.read_bytes() for file in each.iterdir()} for each in FOLDER.iterdir()}
    assert written.keys() == kept.keys()
    assert [name for name in kept if written[name] != kept[name]] == []


def test_pages_of_cases_are_small() -> None:
    assert max(max(len(case.before), len(case.after)) for case in CASES.values()) <= 15_000
