"""A version means an edit: the catalogue of page changes in `cases/`, each judged as a visit judges it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from scraper import extract
from scraper.model import Verdict
from tests.compare.catalogue import generate
from tests.compare.catalogue.judged import FOLDER, astray, by, compared, count, false, load, missed
from tests.compare.catalogue.stories import Story, plain

CASES = {case.name: case for case in load()}
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


@cache
def verdict(name: str) -> Verdict:
    return compared(CASES[name])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.is_edit])
def test_what_nobody_edited_is_no_version(name: str) -> None:
    assert not false(CASES[name], verdict(name)), verdict(name)
    assert not astray(CASES[name], verdict(name)), verdict(name)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.is_edit])
def test_what_somebody_edited_is_a_version(name: str) -> None:
    assert not missed(CASES[name], verdict(name)), verdict(name)


def test_edits_are_found_as_what_they_are() -> None:
    judged = [(case, verdict(name)) for name, case in CASES.items() if case.is_edit]
    wrong = count(judged)
    found = {name: 1 - wrong[name] / len(judged) for name in ("kinds", "stealth", "words")}
    assert {name: found[name] for name in found if found[name] < FLOORS[name]} == {}


def test_the_catalogue_is_as_wide_as_it_says() -> None:
    cases = [(case, Verdict("same")) for case in CASES.values()]
    wide = {
        "noise": sum(not case.is_edit for case, _ in cases),
        "edits": sum(case.is_edit for case, _ in cases),
        "templates": len(by(cases, lambda case: case.template)),
        "languages": len(by(cases, lambda case: case.language)),
    }
    assert {name: wide[name] for name in wide if wide[name] < FLOORS["catalogue"][name]} == {}


# ---------------------------------------------------------------------------------------------- the catalogue itself


def test_the_folders_are_what_the_lists_say() -> None:
    """What is in git is reviewed as data and read as pages: both have to be the same, to the byte."""
    written = {e["name"]: generate.files(e) for e in generate.entries()}
    kept = {each.name: {file.name: file.read_bytes() for file in each.iterdir()} for each in FOLDER.iterdir()}
    assert written.keys() == kept.keys()
    assert [name for name in kept if written[name] != kept[name]] == []


def test_pages_of_cases_are_small() -> None:
    assert max(max(len(case.before), len(case.after)) for case in CASES.values()) <= 15_000


def told(story: Story) -> list[str]:
    """The blocks of a story as they should be read."""
    return [plain(text) for _, text in story.body]


@pytest.mark.parametrize("entry", [e for e in generate.entries() if "machines" not in e], ids=lambda e: e["name"])
def test_the_page_before_is_read_as_the_story_that_was_printed(entry: dict[str, object]) -> None:
    """Else a case could be judged rightly for a wrong reason, such as that nothing was read at all."""
    case = CASES[str(entry["name"])]
    also = entry.get("also", [])
    assert isinstance(also, list)
    read = [block.text for block in extract(case.before, case.url).blocks]
    assert [text for text in read if text not in also] == told(generate.sides(entry)[0])
