"""A write may end at any operation, by a kill, an error or a power cut: nothing acknowledged is lost, nothing half is
seen. Every scene is checked against all of I1 to I7 and I9 to I12 (`invariants.py`); errors against I8 too.

An ordinary run tries some of the states by chance, always the same; `make torture` tries many times more.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.errors import ArchiveError
from tests.store.invariants import Promises
from tests.store.kit import texts
from tests.store.scenes import SCENES, Scene, act, made_real, prepared, promised, reopened, wrong_after
from tests.store.tape import Fault, State, Tape, World, chosen, recording
from tests.tally import Tally

SOME = 9  # states of a scene in an ordinary run


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is one: the disk is a model here, and real syncs would take minutes."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder with a name of its own is made in it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def taped(tmp_path: Path, scene: Scene) -> Tape:
    """The scene, played once to its end, and everything it did to the disk."""
    root = prepared(tmp_path / "template", scene)
    shutil.copytree(root, tmp_path / "live")
    tape = Tape(tmp_path / "live", World.of(root))
    act(tmp_path / "live", scene, tape)
    return tape


def failures(tmp_path: Path, scene: Scene, tape: Tape, states: list[tuple[int, State]]) -> list[str]:
    """What is wrong after each state, with the state's name."""
    found = []
    for count, state in states:
        root = made_real(state, tmp_path / "after")
        promises, done = promised(tmp_path / "template", tape, count)
        found += [f"{state.name}: {each}" for each in wrong_after(root, scene, promises, done=done)]
        shutil.rmtree(root)
    return found


def some(numbers: range, limit: int, chance: random.Random) -> list[int]:
    return list(numbers) if len(numbers) <= limit else sorted(chance.sample(numbers, limit))


@pytest.mark.parametrize("name", SCENES)
def test_killed_at_any_operation_the_archive_is_sound(tmp_path: Path, name: str, effort: int, tally: Tally) -> None:
    """C1 to C10, C12: a process that ends at any operation leaves what the next one puts right by itself."""
    scene, chance = SCENES[name], random.Random(name)
    tape = taped(tmp_path, scene)
    states = chosen(tape.killed(), SOME * effort, chance)
    found = failures(tmp_path, scene, tape, [(state.after, state) for state in states])
    tally("crash points", len(states), len(states) - len(found))
    assert found == []


@pytest.mark.parametrize("name", SCENES)
def test_a_power_cut_at_any_operation_loses_nothing_acknowledged(
    tmp_path: Path, name: str, effort: int, tally: Tally
) -> None:
    """Whatever of the unsynced the disk has kept, in whatever order, the archive is sound after the next start."""
    scene, chance = SCENES[name], random.Random(name)
    tape = taped(tmp_path, scene)
    seen = set[int]()
    states: list[State] = []
    for count in some(tape.moments(), 12 * effort, chance):
        states += chosen(tape.cuts(count, chance, more=effort), 4 * effort, chance, seen)
    states = states if len(states) <= SOME * effort else chance.sample(states, SOME * effort)
    found = failures(tmp_path, scene, tape, [(state.after, state) for state in states])
    tally("power cuts", len(states), len(states) - len(found))
    assert found == []


def interrupted(root: Path, scene: Scene, tape: Tape) -> None:
    """Do it, though the disk fails on the way; then, once it does no more, again: in the same process, if it could open
    the archive at all."""
    with contextlib.suppress(ArchiveError):
        if scene.alone:
            scene.alone(root, tape)
        else:
            with reopened(scene, 2, tape)(root) as archive:
                try:
                    scene.action(archive)
                except ArchiveError:
                    assert tuple(texts(archive)) in {scene.old, scene.new}, "I8: reading does not go on"
                    tape.fail_at = 0
                    scene.action(archive)
                tape.fail_at = 0
                assert tuple(texts(archive)) == scene.new, "I8: the work does not go on"
    tape.fail_at = 0


@pytest.mark.parametrize("name", SCENES)
def test_an_error_at_any_operation_is_said_and_survived(tmp_path: Path, name: str, effort: int, tally: Tally) -> None:
    """S1, S2, S4, S5: no room, EIO, a disk that became read-only, a call that was interrupted or did half: once, or
    until somebody mends it."""
    scene, chance = SCENES[name], random.Random(name)
    template = prepared(tmp_path / "template", scene)
    total = taped(tmp_path / "once", scene).tried
    faults: list[Fault] = ["full", "broken", "read-only", "interrupted", "short"]
    ways = [(at, fault, lasts) for at in range(1, total + 1) for fault in faults for lasts in (False, True)]
    ways = chance.sample(ways, min(len(ways), SOME * effort))
    found = []
    for at, fault, lasts in ways:
        root = tmp_path / "live"
        shutil.copytree(template, root)
        tape = Tape(root)
        tape.fail_at, tape.fault, tape.lasts = at, fault, lasts
        with recording(tape):
            interrupted(root, scene, tape)
        promises = Promises.of(template)
        found += [f"{fault} at {at}: {each}" for each in wrong_after(root, scene, promises, done=False)]
        shutil.rmtree(root)
    tally("errors injected", len(ways), len(ways) - len(found))
    assert found == []


@pytest.mark.parametrize("name", SCENES)
def test_what_a_dead_writer_had_not_synced_is_synced_before_it_counts(
    tmp_path: Path, name: str, effort: int, tally: Tally
) -> None:
    """C14: killed before it could sync what it had written; the next one takes that over; then the power fails."""
    scene, chance = SCENES[name], random.Random(name)
    first = taped(tmp_path, scene)
    found, tried = [], 0
    alive = {state.after: state for state in first.killed() if state.name == f"killed after {state.after}"}
    unsure = [count for count in alive if count < len(first.ops) and first.ops[count].kind == "sync"]
    # Who prunes removes files because of what the catalogue says: there every moment counts.
    many = len(unsure) if name == "prune" else 3 * effort
    for count in sorted(chance.sample(unsure, min(len(unsure), many))):
        root = made_real(alive[count], tmp_path / f"life-{count}")
        tape = first.continued(root, count)
        act(root, scene, tape, seed=6)
        states = [
            each for each in tape.cuts(len(tape.ops), chance) if each.name.endswith(("kept nothing", "half", "zeros"))
        ]
        found += failures(tmp_path, scene, tape, [(state.after, state) for state in states])
        tried += len(states)
    tally("crash points", tried, tried - len(found))
    assert found == []


@pytest.mark.parametrize("name", SCENES)
def test_repair_may_be_killed_twice_and_then_the_power_fails(
    tmp_path: Path, name: str, effort: int, tally: Tally
) -> None:
    """C14: repair itself may end at any operation and is done again; what it then says is stored survives a power cut,
    though the first process had synced nothing of what it made."""
    scene, chance = SCENES[name], random.Random(name)
    first = taped(tmp_path, scene)
    found, tried = [], 0
    for turn in range(2 * effort):
        tape = first
        for life in range(2):
            count = chance.choice(tape.moments())
            (state,) = [each for each in tape.killed() if each.name == f"killed after {count}"]
            root = made_real(state, tmp_path / f"life-{turn}-{life}")
            tape = tape.continued(root, count)
            act(root, scene, tape, seed=6 + life)
        moment = chance.choice(tape.moments())
        states = chosen(tape.cuts(moment, chance, more=1), 2, chance)
        states += chosen(tape.cuts(len(tape.ops), chance), 1, chance)
        found += failures(tmp_path, scene, tape, [(state.after, state) for state in states])
        tried += len(states)
    tally("crash points", tried, tried - len(found))
    assert found == []
