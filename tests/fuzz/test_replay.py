"""Every seed and every finding of the fuzzer holds its property, without the fuzzer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.breach import Breach, breach_of, kept, smaller
from tests.fuzz.targets import HERE, TARGETS, Target, seeds
from tests.tally import Tally

INPUTS = [(name, path) for name in TARGETS for path in seeds(name)]


@pytest.mark.parametrize(("name", "path"), INPUTS, ids=[f"{n}-{p.name}" for n, p in INPUTS])
def test_an_input_holds_its_property(name: str, path: Path) -> None:
    TARGETS[name].check(path.read_bytes())


@pytest.mark.parametrize("path", seeds("printed"), ids=lambda path: path.name)
def test_a_printed_page_is_read_in_a_reading_process_too(path: Path) -> None:
    confirm = TARGETS["printed"].confirm
    assert confirm is not None
    confirm(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_that_were_cut_and_mixed_hold_it_too(name: str, effort: int, tally: Tally) -> None:
    """A small part of what the fuzzer does, at every run."""
    dice, tried = random.Random(f"{name} {effort}"), 0
    inputs = [path.read_bytes() for path in seeds(name)]
    for _ in range(6 * effort):
        one, other = dice.choice(inputs), dice.choice(inputs)
        data = bytearray(one[: dice.randint(0, len(one))] + other[dice.randint(0, len(other)) :])
        for _ in range(dice.randint(0, 4) if data else 0):
            data[dice.randrange(len(data))] = dice.randrange(256)
        TARGETS[name].check(bytes(data[: TARGETS[name].most]))
        tried += 1
    tally("inputs to what reads strangers' bytes", tried, tried)


def test_every_target_has_seeds() -> None:
    for name in TARGETS:
        assert list((HERE / "seeds" / name).iterdir()), name


def test_no_folder_is_of_no_target() -> None:
    """Else a target that was renamed would take its findings out of the tests."""
    for kind in ("seeds", "findings"):
        folder = HERE / kind
        assert {path.name for path in folder.iterdir() if path.is_dir()} <= TARGETS.keys() if folder.is_dir() else True


def _fussy(data: bytes) -> None:
    if b"a" in data and b"b" in data:
        raise KeyError(len(data))


def test_a_finding_is_made_small_and_kept_once(tmp_path: Path) -> None:
    target = Target(_fussy)
    data = bytes(range(256)) * 3
    breach = breach_of(target, data)
    assert breach
    small = smaller(target, data, breach)
    assert sorted(small) == [97, 98]
    assert kept(tmp_path, breach, small)
    assert kept(tmp_path, breach, data) is None
    assert breach_of(target, small) == Breach("KeyError", breach.places, "2")
